//! Closed forms of Tian et al. (NeurIPS 2023): how the decoder learns (Lemmas 5 and 6), what that sends back
//! (Theorem 1), and how attention first scans and then snaps (Theorems 2 to 4). All in `f64`.
//!
//! # One convention for time and rates
//! The paper's t counts batch-1 steps. In expectation such a step is a step of gradient descent on the mean loss over
//! classes, so t counts training steps, and each of the K classes is visited with probability 1/K. Lemma 4 sums over
//! the classes of a query while the constants of Theorem 4 fit their mean; here:
//! - a distinct token of class n moves by `dz = (eta_Z / K) f^2 xi_n`, so `B_n(t) = (eta_Z / K) sum_t xi_n` is what
//!   Theorem 3's bounds hold with;
//! - the common token of a query with J classes moves by `dz = -(eta_Z / K) sum_n (1 - f^2) xi_n`, which is close to
//!   `-(eta_Z J / K) xi`. Theorem 4 with `eta_Z' = eta_Z J / K` therefore describes the common token, and a distinct
//!   token gets the share 1/J: `B_n = (1 / 4J) ln((C_0 + 4 Gamma') / C_0)`.
//! - Momentum mu multiplies both rates by 1 / (1 - mu) once it is in swing; [`Clock`] tells the steps until then apart.
//!
//! # How far the closed forms carry
//! They are leading order in the overlap b of two classes (Assumption 2: K^2 b well below 1). With beta worked out
//! exactly for equal overlaps, K in C_0 becomes `(K - 1) / ((1 - b) (1 + (K - 1) b))`: a few percent for weak overlap.
//! Toy vocabularies overlap strongly (Syn-Small: b = .72), and decoders there take plain steps, not the modified ones
//! of Lemma 3: the shapes remain, the heights do not.

use core::ops::Range;

/// The constants of Theorem 4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// Number of classes K.
    pub classes: f64,
    /// Vocabulary size M.
    pub vocabulary: f64,
    /// Learning rate of Y.
    pub eta_y: f64,
    /// Learning rate of Z.
    pub eta_z: f64,
    /// C_0 = rho_0^4 / K.
    pub c0: f64,
}

impl Constants {
    /// The constants on the clock of a run: K classes, J of them for each query, M tokens, the run's rates and
    /// momentum, and the overlap f_n^T f_n' of two classes at the start.
    ///
    /// Theorem 4 writes f_n^T f_n' = exp(2 z) / rho_0^2 with z = 0 at the start, so rho_0^2 = 1 / overlap and
    /// C_0 = 1 / (K overlap^2).
    #[must_use]
    pub fn for_run(
        classes: usize,
        per_query: usize,
        vocabulary: usize,
        eta_y: f64,
        eta_z: f64,
        momentum: f64,
        overlap: f64,
    ) -> Self {
        let classes = classes as f64;
        Self {
            classes,
            vocabulary: vocabulary as f64,
            eta_y: eta_y / (1.0 - momentum),
            eta_z: eta_z / (1.0 - momentum) * per_query as f64 / classes,
            c0: 1.0 / (classes * overlap * overlap),
        }
    }

    /// h after `visits` visits of its class, continuous form: solves `exp(M h) + (M - 1) M h = M eta_Y s + 1`
    /// (Lemma 6). No unit; `visits` >= 0 need not be whole.
    ///
    /// With x = M h and the 1 taken across, `expm1(x) + (M - 1) x = M eta_Y s` loses no digits near 0. The left side
    /// rises and is convex, so Newton from the right of the root falls onto it without crossing, and ends where
    /// rounding lets it fall no further.
    #[must_use]
    pub fn h(&self, visits: f64) -> f64 {
        let m = self.vocabulary;
        let goal = m * self.eta_y * visits;
        // The root is left of both, as expm1(x) <= goal and M x <= goal; so exp(x) cannot overflow.
        let mut x = libm::log1p(goal).min(goal / m);
        loop {
            let grown = libm::expm1(x);
            let next = x - (grown + (m - 1.0) * x - goal) / (grown + m);
            // Also ends on NaN.
            if !(next < x && next > 0.0) {
                return x / m;
            }
            x = next;
        }
    }

    /// h(s) = h(s-1) + eta_Y / ((M - 1) + exp(M h(s-1))): one visit more (Lemma 5).
    #[must_use]
    pub fn next_h(&self, h: f64) -> f64 {
        h + self.eta_y / ((self.vocabulary - 1.0) + libm::exp(self.vocabulary * h))
    }

    /// gamma = (M - 1)^2 h / ((M - 1) + exp(M h)), the strength of what is sent back (Theorem 1), at a given h.
    #[must_use]
    pub fn gamma_at(&self, h: f64) -> f64 {
        let m = self.vocabulary;
        (m - 1.0) * (m - 1.0) * h / ((m - 1.0) + libm::exp(m * h))
    }

    /// gamma(t), with h(t / K).
    #[must_use]
    pub fn gamma(&self, t: f64) -> f64 {
        self.gamma_at(self.h(t / self.classes))
    }

    /// 4 Gamma(t) = 4 eta_Z int_0^t gamma = 2 (eta_Z / eta_Y) K (M - 1)^2 h(t / K)^2 (Theorem 4).
    ///
    /// Zero where eta_Y is: nothing is sent back then.
    #[must_use]
    pub fn four_gamma(&self, t: f64) -> f64 {
        let logit = (self.vocabulary - 1.0) * self.h(t / self.classes);
        if logit > 0.0 { 2.0 * self.eta_z * self.classes * logit * (logit / self.eta_y) } else { 0.0 }
    }

    /// B_n(t) = (1/4) ln((C_0 + 4 Gamma(t)) / C_0). The paper prints it without the division, which starts it off zero.
    #[must_use]
    pub fn b(&self, t: f64) -> f64 {
        self.quarter_log(self.four_gamma(t))
    }

    /// (1/4) ln((C_0 + grown) / C_0), also where the quotient overflows.
    fn quarter_log(&self, grown: f64) -> f64 {
        let times = grown / self.c0;
        0.25 * if times < f64::MAX { libm::log1p(times) } else { libm::log(grown) - libm::log(self.c0) }
    }

    /// B_n's early asymptote, t < t0': `(1/4) ln(1 + 2 (M-1)^2 / (K M^2) eta_Y eta_Z t^2 / C_0)` (scanning).
    #[must_use]
    pub fn b_early(&self, t: f64) -> f64 {
        let ratio = (self.vocabulary - 1.0) / self.vocabulary;
        self.quarter_log(2.0 * ratio * ratio / self.classes * self.eta_y * self.eta_z * t * t)
    }

    /// B_n's late asymptote, t >= t0: `(1/4) ln(1 + (2 K (M-1)^2 / M^2) (eta_Z / eta_Y) ln^2(M eta_Y t / K) / C_0)`
    /// (snapping). NaN while the logarithm is negative.
    #[must_use]
    pub fn b_late(&self, t: f64) -> f64 {
        let ratio = (self.vocabulary - 1.0) / self.vocabulary;
        let log = libm::log(self.vocabulary * self.eta_y * t / self.classes);
        if log < 0.0 {
            return f64::NAN;
        }
        self.quarter_log(2.0 * self.classes * ratio * ratio * (self.eta_z / self.eta_y) * log * log)
    }

    /// t0' = K ln M / eta_Y: scanning ends.
    #[must_use]
    pub fn early_end(&self) -> f64 {
        self.classes * libm::log(self.vocabulary) / self.eta_y
    }

    /// t0 = 2 K ln M / eta_Y: snapping has begun (Theorem 4's 1 + o(1) taken as 1).
    #[must_use]
    pub fn late_start(&self) -> f64 {
        2.0 * self.early_end()
    }
}

/// A run's steps against the theory's time. From rest, heavy-ball momentum mu has the velocity
/// `(1 - mu^s) / (1 - mu)` at step s on a slope of 1, so after t steps as much was moved as at the full rate
/// eta / (1 - mu) in `tau(t) = t - mu (1 - mu^t) / (1 - mu)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// mu, below 1.
    pub momentum: f64,
}

impl Clock {
    /// tau(t): the theory's time after `steps` steps.
    #[must_use]
    pub fn time(self, steps: f64) -> f64 {
        let mu = self.momentum;
        let left = if mu > 0.0 { libm::exp(steps * libm::log(mu)) } else { 0.0 };
        steps - mu * (1.0 - left) / (1.0 - mu)
    }

    /// After how many steps, a fraction included, the theory's time is `time`.
    #[must_use]
    pub fn steps(self, time: f64) -> f64 {
        let (mut low, mut high) = (time, time + self.momentum / (1.0 - self.momentum));
        // The interval is at most 999 wide: 60 halvings leave nothing of it.
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if self.time(middle) < time { low = middle } else { high = middle }
        }
        high
    }
}

/// Theorem 4's own equations integrated numerically, without its closed form: h by Lemma 6's rate,
/// `dz/dt = -(eta_Z / C_0) gamma exp(4 z)` for the common token's logit, `dB/dt = eta_Z gamma exp(4 z) / C_0`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Integral {
    /// h.
    pub h: f64,
    /// The common token's logit z.
    pub z: f64,
    /// B_n.
    pub b: f64,
}

impl Integral {
    /// Goes on by one step of time, in as many substeps of the classical Runge-Kutta method as keep each below a
    /// change of 0.02 in M h, of 0.01 in z and of a half in h. All level off, so a step takes some thousands of them at
    /// worst, whatever the rates.
    pub fn step(&mut self, constants: &Constants) {
        // gamma grows from 0, so the slope at the very start says nothing; z sets in as (start t)^2 / 2.
        let start = (constants.eta_z.sqrt() / constants.c0.sqrt()) * (constants.eta_y / constants.classes).sqrt();
        let mut left = 1.0;
        while left > 0.0 {
            let [dh, dz, _] = self.rates(constants);
            let known = (constants.vocabulary * dh / 0.02).max(-dz / 0.01);
            let grows = if self.h > 0.0 { dh / self.h / 0.5 } else { start / 0.05 };
            let fastest = known.max(grows);
            let dt = (1.0 / fastest.max(1.0)).min(left);
            self.advance(constants, dt);
            left -= dt;
        }
    }

    /// dh/dt, dz/dt, dB/dt. All factors of the last meet in one exponent: apart they leave the range of `f64` where
    /// C_0 is tiny.
    fn rates(&self, constants: &Constants) -> [f64; 3] {
        let m = constants.vocabulary;
        let dh = constants.eta_y / constants.classes / ((m - 1.0) + libm::exp(m * self.h));
        let pull = libm::log(constants.eta_z * constants.gamma_at(self.h));
        let db = libm::exp(pull + 4.0 * self.z - libm::log(constants.c0));
        [dh, -db, db]
    }

    fn advance(&mut self, constants: &Constants, dt: f64) {
        let at = |rates: [f64; 3], dt: f64| Self {
            h: self.h + rates[0] * dt,
            z: self.z + rates[1] * dt,
            b: self.b + rates[2] * dt,
        };
        let first = self.rates(constants);
        let second = at(first, dt / 2.0).rates(constants);
        let third = at(second, dt / 2.0).rates(constants);
        let fourth = at(third, dt).rates(constants);
        let mean = core::array::from_fn(|i| (first[i] + 2.0 * (second[i] + third[i]) + fourth[i]) / 6.0);
        *self = at(mean, dt);
    }
}

/// xi_n from what was really sent back, g_n = Y (e_n - alpha_n): f and g over the tokens of class n, `distinct` a range
/// of them.
///
/// Lemma 1 moves z_ml by eta_Z f_l (g_l - f_l f^T g). Theorem 1 has g = gamma [iota f - sum beta f'], of which the part
/// along f drops out; a distinct token l of n has f'_l = 0 in every other class, so what remains is
/// `f_l (g_l - f_l f^T g) = f_l^2 gamma sum beta f^T f' = f_l^2 xi_n` (Theorem 2 a): one xi for all l. The one that
/// fits them in least squares is `xi = sum_l f_l^2 [f_l (g_l - f_l f^T g)] / sum_l f_l^4`; 0 without a distinct token.
#[must_use]
pub fn xi_from_gradient(f: &[f32], g: &[f32], distinct: Range<usize>) -> f64 {
    let pairs = || f.iter().zip(g).map(|(&f, &g)| (f64::from(f), f64::from(g)));
    let along: f64 = pairs().map(|(f, g)| f * g).sum();
    let (mut found, mut weight) = (0.0, 0.0);
    for (f, g) in pairs().skip(distinct.start).take(distinct.len()) {
        found += f * f * f * (g - f * along);
        weight += f * f * f * f;
    }
    if weight > 0.0 { found / weight } else { 0.0 }
}
