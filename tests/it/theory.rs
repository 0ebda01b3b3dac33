//! The theory of Scan & Snap (docs/papers.md 1.2 to 1.5) against its own equations: each lemma is simulated from scratch in
//! `f64`, with full matrices and nothing assumed, and the closed forms must come out. Knows no training run.

use snapscope::experiment::scan_snap::Data;
use snapscope::labs::scan_snap::data::Classes;
use snapscope::labs::scan_snap::theory::{Clock, Constants, Integral, xi_from_gradient};
use snapscope::random::{Purpose, Random};

mod attention;
mod gradient;
mod matrix;

use attention::Attention;
use matrix::{correction, dot, unit};

/// Fig. 3's constants.
const FIG3: Constants = Constants { classes: 10.0, vocabulary: 1000.0, eta_y: 1.0, eta_z: 0.5, c0: 0.1 };

#[track_caller]
fn close(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "got {got}, expected {expected} +- {tolerance}");
}

// Row 1b: the decoder with attention frozen.

const CLASSES: usize = 5;
const VOCABULARY: usize = 60;

/// K directions over half of the vocabulary, every pair overlapping: the columns of F, each of length M.
fn overlapping_directions() -> Vec<Vec<f64>> {
    let mut random = Random::new(11, Purpose::Init, 0);
    let direction = |_| {
        let weights = (0..VOCABULARY).map(|l| if l < 30 { f64::from(random.unit()) } else { 0.0 });
        unit(&weights.collect::<Vec<f64>>())
    };
    (0..CLASSES).map(direction).collect()
}

/// The decoder Y (M, M), moved by the modified steps of Lemma 3 (docs/papers.md 1.3).
struct Decoder {
    f: Vec<Vec<f64>>,
    /// f_n - F E' e_n for each class.
    modified: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
}

impl Decoder {
    fn new(f: Vec<Vec<f64>>) -> Self {
        let correction = correction(&f);
        let modified = |n: usize| {
            let along = |l: usize| (0..f.len()).map(|j| f[j][l] * correction[j][n]).sum::<f64>();
            (0..VOCABULARY).map(|l| f[n][l] - along(l)).collect()
        };
        Self { modified: (0..f.len()).map(modified).collect(), f, y: vec![vec![0.0; VOCABULARY]; VOCABULARY] }
    }

    /// Row n of F^T Y: the logits of class n.
    fn logits(&self, n: usize) -> Vec<f64> {
        (0..VOCABULARY).map(|j| (0..VOCABULARY).map(|l| self.f[n][l] * self.y[l][j]).sum()).collect()
    }

    /// e_n - alpha_n, alpha_n the softmax of the logits.
    fn error(&self, n: usize) -> Vec<f64> {
        let weights: Vec<f64> = self.logits(n).into_iter().map(libm::exp).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().enumerate().map(|(j, weight)| f64::from(u8::from(j == n)) - weight / sum).collect()
    }

    /// Y += eta_Y (f_n - F E' e_n) (e_n - alpha_n)^T.
    fn visit(&mut self, n: usize, eta_y: f64) {
        let error = self.error(n);
        for (row, along) in self.y.iter_mut().zip(&self.modified[n]) {
            for (entry, error) in row.iter_mut().zip(&error) {
                *entry += eta_y * along * error;
            }
        }
    }

    /// g_n = Y (e_n - alpha_n).
    fn backpropagated(&self, n: usize) -> Vec<f64> {
        let error = self.error(n);
        self.y.iter().map(|row| dot(row, &error)).collect()
    }
}

/// zeta_n = (M / (M-1)) (e_n - 1/M).
fn zeta(n: usize) -> Vec<f64> {
    let m = VOCABULARY as f64;
    (0..VOCABULARY).map(|j| m / (m - 1.0) * (f64::from(u8::from(j == n)) - 1.0 / m)).collect()
}

#[test]
fn row_1b_after_s_visits_the_logits_of_a_class_are_h_of_s_times_zeta() {
    let constants = Constants { classes: CLASSES as f64, vocabulary: VOCABULARY as f64, eta_y: 0.5, ..FIG3 };
    let m = constants.vocabulary;
    let mut decoder = Decoder::new(overlapping_directions());
    let mut h = [0.0; CLASSES];
    let mut order = Random::new(3, Purpose::Batch, 0);
    for visit in 0..400 {
        // Unequal numbers of visits, in any order: row n must not notice the others (Lemma 3).
        let n = order.below(CLASSES as u32).min(order.below(CLASSES as u32)) as usize;
        decoder.visit(n, constants.eta_y);
        h[n] = constants.next_h(h[n]);
        for (class, h) in h.iter().enumerate().filter(|_| visit % 20 == 19) {
            let errors = (m - 1.0) / ((m - 1.0) + libm::exp(m * h));
            for ((logit, error), zeta) in decoder.logits(class).iter().zip(decoder.error(class)).zip(zeta(class)) {
                close(*logit, (m - 1.0) * h * zeta, 1e-10);
                close(error, errors * zeta, 1e-10);
            }
        }
    }
    assert!(h[0] > 2.0 * h[4] || m * h[0] > libm::log(m), "the visits reach into the snapping phase: {h:?}");
}

#[test]
fn row_1b_what_is_sent_back_is_gamma_times_the_mixed_directions_of_theorem_1() {
    let constants = Constants { classes: CLASSES as f64, vocabulary: VOCABULARY as f64, eta_y: 0.5, ..FIG3 };
    let m = constants.vocabulary;
    let f = overlapping_directions();
    let correction = correction(&f);
    let mut decoder = Decoder::new(f.clone());
    let mut h = 0.0;
    for visit in 1..=60 {
        (0..CLASSES).for_each(|n| decoder.visit(n, constants.eta_y));
        h = constants.next_h(h);
        for n in (0..CLASSES).filter(|_| visit % 15 == 0) {
            // F (I - E') q with q_n = 1 + 1/(M-1) and -M/(M-1)^2 elsewhere: exact for equal visits.
            let q = |j: usize| if j == n { m / (m - 1.0) } else { -m / ((m - 1.0) * (m - 1.0)) };
            let mix = |j: usize| (0..CLASSES).map(|i| (f64::from(u8::from(i == j)) - correction[j][i]) * q(i)).sum();
            let mixed: Vec<f64> = (0..CLASSES).map(mix).collect();
            for (l, got) in decoder.backpropagated(n).into_iter().enumerate() {
                let expected = constants.gamma_at(h) * (0..CLASSES).map(|j| mixed[j] * f[j][l]).sum::<f64>();
                close(got, expected, 1e-10);
            }
        }
    }
}

#[test]
fn row_1b_h_solves_its_equation_over_the_whole_range() {
    for vocabulary in [2.0, 34.0, 1e3, 1e5, 1e7] {
        for eta_y in [1e-6, 0.01, 1.0, 1e3, 1e6] {
            let constants = Constants { vocabulary, eta_y, ..FIG3 };
            let mut last = 0.0;
            for visits in [1e-9, 1e-3, 1.0, 10.0, 1e3, 1e6] {
                let h = constants.h(visits);
                // exp(M h) - 1 + (M - 1) M h = M eta_Y s, and x = M h that solves it to the last bits.
                let (x, goal) = (vocabulary * h, vocabulary * eta_y * visits);
                let found = libm::expm1(x) + (vocabulary - 1.0) * x;
                // A relative error e in x moves the left side by at most x e (exp(x) + M - 1).
                let moved = x * (libm::exp(x) + vocabulary - 1.0);
                close(found, goal, 1e-14 * (moved + goal));
                assert!(h > last, "h rises: M = {vocabulary}, eta_Y = {eta_y}, {visits} visits: {last} to {h}");
                last = h;
            }
        }
    }
    assert_eq!(FIG3.h(0.0), 0.0, "no visit, no logits");
}

#[test]
fn row_1b_the_continuous_h_is_the_limit_of_the_recursion() {
    // Halving the rate and doubling the visits halves the gap: first order, so the limit is the continuous form.
    let gap = |halvings: u32| {
        let fine = f64::from(1 << halvings);
        let constants = Constants { eta_y: 1.0 / fine, vocabulary: 100.0, ..FIG3 };
        let h = (0..30 << halvings).fold(0.0, |h, _| constants.next_h(h));
        (h - constants.h(30.0 * fine)) / h
    };
    let gaps = [4, 5, 6, 7].map(gap);
    assert!(gaps[3].abs() < 1e-3, "the gap at eta_Y = 1/128: {gaps:?}");
    for pair in gaps.windows(2) {
        close(pair[1] / pair[0], 0.5, 0.02);
    }
}

// Row 1c: attention.

/// K classes, J for each query, one common token and the distinct tokens of Syn-Small.
fn one_common(classes: usize, per_query: usize, common: f64) -> Attention {
    let distinct: Vec<f64> = (1..=10).map(|i| 0.1 * f64::from(i)).collect();
    let constants = Constants { classes: classes as f64, vocabulary: 1000.0, eta_y: 1.0, eta_z: 2.0, c0: f64::NAN };
    Attention::new(constants, per_query, &[common], &distinct)
}

#[test]
fn row_1c_the_common_logit_falls_and_every_distinct_logit_rises_at_every_step() {
    for per_query in [1, 2, 6] {
        let mut attention = one_common(6, per_query, 1.0);
        for _ in 0..300 {
            let before = attention.clone();
            attention.step(1.0);
            for (m, (then, now)) in before.z.iter().zip(&attention.z).enumerate() {
                assert!(now[0] < then[0], "t = {}: the common logit of query {m} falls", attention.t);
                let own = (0..6).filter(|n| n / per_query == m).flat_map(|n| attention.distinct(n));
                for l in own {
                    assert!(now[l] > then[l], "t = {}: distinct logit {l} of query {m} rises", attention.t);
                }
            }
        }
    }
}

#[test]
fn row_1c_the_rates_are_those_of_theorem_2() {
    let mut attention = one_common(6, 3, 1.0);
    for _ in 0..5 {
        attention.step(10.0);
        let (dz, xi) = attention.rates();
        let share = attention.constants.eta_z / 6.0;
        let f: Vec<Vec<f64>> = (0..6).map(|n| attention.direction(n)).collect();
        for n in 0..6 {
            for l in attention.distinct(n) {
                close(dz[n / 3][l], share * f[n][l] * f[n][l] * xi[n], 1e-15);
            }
        }
        for (m, dz) in dz.iter().enumerate() {
            let fall: f64 = (3 * m..3 * m + 3).map(|n| (1.0 - f[n][0] * f[n][0]) * xi[n]).sum();
            close(dz[0], -share * fall, 1e-15);
        }
    }
}

#[test]
fn row_1c_relative_gain_is_its_start_times_chi() {
    for per_query in [1, 6] {
        let mut attention = one_common(6, per_query, 1.0);
        let start = attention.clone();
        let gain = |attention: &Attention, n: usize, l: usize, other: usize| {
            let f = attention.direction(n);
            f[l] * f[l] / (f[other] * f[other]) - 1.0
        };
        for _ in 0..300 {
            attention.step(1.0);
            for (n, l) in (0..6).flat_map(|n| attention.distinct(n).map(move |l| (n, l))) {
                for other in attention.distinct(n) {
                    let expected = gain(&start, n, l, other) * attention.chi(n, l);
                    close(gain(&attention, n, l, other), expected, 1e-6 * (1.0 + expected.abs()));
                }
            }
        }
    }
}

#[test]
fn row_1c_theorem_3_bounds_the_dominant_gain_by_the_accumulated_b() {
    for per_query in [1, 2, 6] {
        let mut attention = one_common(6, per_query, 1.0);
        let dominant = |n| attention.distinct(n).last().expect("ten distinct tokens");
        let dominant: Vec<usize> = (0..6).map(dominant).collect();
        let start: Vec<f64> = (0..6).map(|n| attention.direction(n)[dominant[n]]).collect();
        let mut last = start.clone();
        for _ in 0..300 {
            attention.step(1.0);
            for n in 0..6 {
                let (b, half_log_chi) = (attention.b[n], attention.z[n / per_query][dominant[n]]);
                assert!(start[n] * start[n] * b < half_log_chi && half_log_chi < b, "class {n}, t = {}", attention.t);
                let now = attention.direction(n)[dominant[n]];
                assert!(now > last[n], "f of the dominant token rises: class {n}, t = {}", attention.t);
                last[n] = now;
            }
        }
        assert!(attention.b[0] > 0.2, "there is room between the bounds: B = {}", attention.b[0]);
    }
}

#[test]
fn row_1c_several_common_tokens_all_fall_under_one_query_with_equal_profiles() {
    let constants = Constants { classes: 5.0, ..FIG3 };
    let mut attention = Attention::new(constants, 5, &[0.5, 1.0, 2.0], &[0.2, 0.5, 1.0]);
    for _ in 0..300 {
        let before = attention.z[0].clone();
        attention.step(1.0);
        for (l, (then, now)) in before.iter().zip(&attention.z[0]).enumerate() {
            assert!(if l < 3 { now < then } else { now > then }, "t = {}, token {l}: {then} to {now}", attention.t);
        }
    }
}

#[test]
fn row_1c_xi_is_recovered_from_what_is_sent_back() {
    let mut attention = one_common(6, 2, 1.0);
    for _ in 0..4 {
        attention.step(15.0);
        let (_, xi) = attention.rates();
        for (n, xi) in xi.iter().enumerate() {
            let (f, g) = (attention.direction(n), attention.backpropagated(n));
            let [f32s, g32s] = [f, g].map(|values| values.into_iter().map(|value| value as f32).collect::<Vec<f32>>());
            let found = xi_from_gradient(&f32s, &g32s, attention.distinct(n));
            // f and g carry 24 bits; g's part along f, some times xi, cancels.
            close(found / xi, 1.0, 1e-5);
        }
    }
    assert_eq!(xi_from_gradient(&[1.0], &[1.0], 1..1), 0.0, "no distinct token, no xi");
}

#[test]
fn lemma_2_frequencies_of_a_sequence_stay_within_their_bound() {
    let classes = Classes::new(&Data::default());
    let class = &classes.all[1];
    let (length, sequences, delta) = (127, 2000, 0.05_f64);
    let bound = (libm::log(2.0 / delta) / (2.0 * length as f64)).sqrt();
    let mut random = Random::new(5, Purpose::Sample, 0);
    let mut outside = vec![0_u32; class.tokens.len()];
    for _ in 0..sequences {
        let mut counts = vec![0_u32; class.tokens.len()];
        class.draw(length, &mut random).into_iter().for_each(|l| counts[l as usize] += 1);
        for ((outside, count), p) in outside.iter_mut().zip(counts).zip(&class.probability) {
            *outside += u32::from((f64::from(count) / length as f64 - p).abs() > bound);
        }
    }
    for (l, outside) in outside.into_iter().enumerate() {
        assert!(f64::from(outside) <= delta * f64::from(sequences), "token {l}: outside {outside} of {sequences}");
    }
}

// Row 1d: the phase transition.

#[test]
fn row_1d_four_gamma_is_the_integral_of_gamma() {
    for constants in [FIG3, Constants { eta_y: 8.0, vocabulary: 1e4, ..FIG3 }] {
        // Simpson's rule, fine enough for its error to vanish beside the tolerance.
        let (end, pieces) = (200.0, 200_000_u32);
        let gamma = |i: u32| constants.gamma(end * f64::from(i) / f64::from(pieces));
        let weight = |i: u32| if i == 0 || i == pieces { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
        let sum: f64 = (0..=pieces).map(|i| weight(i) * gamma(i)).sum();
        let integral = sum * end / f64::from(pieces) / 3.0;
        close(constants.four_gamma(end) / (4.0 * constants.eta_z * integral), 1.0, 1e-10);
    }
}

#[test]
fn row_1d_the_integrator_holds_at_every_corner_of_the_ranges() {
    let corners = [1.0, 10.0, 10_000.0].into_iter().flat_map(|classes| {
        [2.0, 1000.0, 1e7].into_iter().flat_map(move |vocabulary| {
            [0.0, 1e-3, 1.0, 1e6].into_iter().flat_map(move |eta_y| {
                [0.0, 1.0, 1e6].into_iter().flat_map(move |eta_z| {
                    [5e-324, 0.1, 1e6].map(|c0| Constants { classes, vocabulary, eta_y, eta_z, c0 })
                })
            })
        })
    });
    for constants in corners {
        let mut integral = Integral::default();
        for t in 1..=20 {
            integral.step(&constants);
            let closed = constants.b(f64::from(t));
            assert!((integral.b - closed).abs() < 1e-4, "{constants:?} t={t}: {} against {closed}", integral.b);
            assert_eq!(integral.z, -integral.b, "what the common token loses is B");
        }
    }
}

#[test]
fn row_1d_lemma_4_runs_along_the_closed_form() {
    // Twenty classes, one weak common token, forty equal distinct ones: the normaliser hardly moves.
    for per_query in [1, 4, 20] {
        let (rate, common) = (40.0, [0.3]);
        let lemma = Constants { classes: 20.0, vocabulary: 1000.0, eta_y: 1.0, eta_z: rate, c0: f64::NAN };
        let mut attention = Attention::new(lemma, per_query, &common, &[1.0; 40]);
        let overlap = dot(&attention.direction(0), &attention.direction(1));
        let closed = Constants::for_run(20, per_query, 1000, 1.0, rate, 0.0, overlap);
        // Leading order counts K other classes instead of K - 1 and takes beta for E.
        let others = 19.0 / ((1.0 - overlap) * (1.0 + 19.0 * overlap));
        let exact = Constants { c0: closed.c0 * 20.0 / others, ..closed };
        while attention.t < 400.0 {
            attention.step(1.0);
            for n in [0, 19] {
                let share = 1.0 / per_query as f64;
                close(attention.b[n] / (share * exact.b(attention.t)), 1.0, 1e-2);
                close(attention.b[n] / (share * closed.b(attention.t)), 1.0, 0.1);
            }
            // What the query's common token loses is, to within its own small f^2, what J classes' B_n add up to.
            let lost = -attention.z[0][0];
            close(lost / (per_query as f64 * attention.b[0]), 1.0, 1.1 * overlap);
        }
    }
}

#[test]
fn row_1d_momentum_stretches_both_rates_of_a_run() {
    let plain = Constants::for_run(6, 3, 100, 10.0, 5.0, 0.0, 0.1);
    close(Constants::for_run(6, 3, 100, 1.0, 0.5, 0.9, 0.1).late_start() / plain.late_start(), 1.0, 1e-14);
    // Heavy ball on a slope of 1: velocity 1 + mu + mu^2 + ... tends to 1 / (1 - mu).
    let velocity = (0..500).fold(0.0, |velocity, _| 0.9 * velocity + 1.0);
    // And from rest it has moved by tau(t) times that.
    let (clock, mut velocity_now, mut moved) = (Clock { momentum: 0.9 }, 0.0, 0.0);
    for step in 1..=60 {
        velocity_now = 0.9 * velocity_now + 1.0;
        moved += velocity_now;
        close(clock.time(f64::from(step)), moved * (1.0 - 0.9), 1e-12);
        close(clock.steps(clock.time(f64::from(step))), f64::from(step), 1e-9);
    }
    close(Clock { momentum: 0.0 }.time(7.0), 7.0, 0.0);
    close(Constants::for_run(6, 3, 100, 1.0, 0.5, 0.9, 0.1).eta_z, 0.5 * velocity * 3.0 / 6.0, 1e-12);
    close(plain.c0, 1.0 / (6.0 * 0.01), 1e-12);
}
