//! Attention alone, moved by Lemma 4 with the exact beta of Theorem 1 (docs/papers.md 1.3, 1.4): what the closed forms of
//! B_n are approximations of.

use super::matrix::{correction, dot, unit};
use core::ops::Range;
use snapscope::labs::scan_snap::theory::Constants;

/// z_m of every query, and B_n of every class.
#[derive(Clone)]
pub struct Attention {
    /// K, M and the rates; C_0 is not used.
    pub constants: Constants,
    /// Time in training steps.
    pub t: f64,
    /// z_ml, (queries, tokens).
    pub z: Vec<Vec<f64>>,
    /// B_n = (eta_Z / K) int_0^t xi_n.
    pub b: Vec<f64>,
    per_query: usize,
    common: usize,
    /// P(l|n), (classes, tokens).
    probability: Vec<Vec<f64>>,
}

impl Attention {
    /// Classes that share the tokens `common` and own one token for each of `distinct`, with these weights;
    /// `per_query` classes to a query, Z = 0.
    pub fn new(constants: Constants, per_query: usize, common: &[f64], distinct: &[f64]) -> Self {
        let classes = constants.classes as usize;
        let tokens = common.len() + classes * distinct.len();
        let sum: f64 = common.iter().chain(distinct).sum();
        let probability = |n: usize| {
            let mut p = vec![0.0; tokens];
            p[..common.len()].copy_from_slice(common);
            p[common.len() + n * distinct.len()..][..distinct.len()].copy_from_slice(distinct);
            p.into_iter().map(|weight| weight / sum).collect()
        };
        Self {
            constants,
            t: 0.0,
            z: vec![vec![0.0; tokens]; classes / per_query],
            b: vec![0.0; classes],
            per_query,
            common: common.len(),
            probability: (0..classes).map(probability).collect(),
        }
    }

    /// The distinct tokens of class `n`.
    pub fn distinct(&self, n: usize) -> Range<usize> {
        let count = (self.probability[n].len() - self.common) / self.b.len();
        let start = self.common + n * count;
        start..start + count
    }

    /// f_n: the direction of c_n (Lemma 2).
    pub fn direction(&self, n: usize) -> Vec<f64> {
        let weights = self.probability[n].iter().zip(&self.z[n / self.per_query]);
        unit(&weights.map(|(p, z)| p * libm::exp(*z)).collect::<Vec<f64>>())
    }

    /// chi_l of class `n`'s token: exp(2 (z_l(t) - z_l(0))).
    pub fn chi(&self, n: usize, l: usize) -> f64 {
        libm::exp(2.0 * self.z[n / self.per_query][l])
    }

    /// g_n = gamma [iota_n f_n - sum_{n' != n} beta_nn' f_n'] (Theorem 1).
    pub fn backpropagated(&self, n: usize) -> Vec<f64> {
        let f: Vec<Vec<f64>> = (0..self.b.len()).map(|n| self.direction(n)).collect();
        let beta = correction(&f);
        let gamma = self.constants.gamma(self.t);
        let part = |other: usize, l: usize| (f64::from(u8::from(other == n)) - beta[n][other]) * f[other][l];
        (0..f[n].len()).map(|l| gamma * (0..f.len()).map(|other| part(other, l)).sum::<f64>()).collect()
    }

    /// dz/dt and xi_n, now:
    /// `dz_m/dt = (eta_Z / K) gamma sum_{n in m} diag(f_n) sum_{n' != n} beta_nn' (f_n f_n^T - I) f_n'` (Lemma 4, on
    /// the clock of the mean loss) and `xi_n = gamma sum_{n' != n} beta_nn' f_n^T f_n'`.
    pub fn rates(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let f: Vec<Vec<f64>> = (0..self.b.len()).map(|n| self.direction(n)).collect();
        let beta = correction(&f);
        let gamma = self.constants.gamma(self.t);
        let share = self.constants.eta_z / self.constants.classes;
        let mut dz: Vec<Vec<f64>> = self.z.iter().map(|row| vec![0.0; row.len()]).collect();
        let mut xi = vec![0.0; f.len()];
        for (n, xi) in xi.iter_mut().enumerate() {
            for other in (0..f.len()).filter(|&other| other != n) {
                let overlap = dot(&f[n], &f[other]);
                *xi += gamma * beta[n][other] * overlap;
                for (l, dz) in dz[n / self.per_query].iter_mut().enumerate() {
                    *dz += share * gamma * f[n][l] * beta[n][other] * (f[n][l] * overlap - f[other][l]);
                }
            }
        }
        (dz, xi)
    }

    /// Goes on by `dt` with the classical Runge-Kutta method.
    pub fn step(&mut self, dt: f64) {
        let first = self.rates();
        let second = self.moved(&first, dt / 2.0).rates();
        let third = self.moved(&second, dt / 2.0).rates();
        let fourth = self.moved(&third, dt).rates();
        let parts = [(first, dt / 6.0), (second, dt / 3.0), (third, dt / 3.0), (fourth, dt / 6.0)];
        let t = self.t;
        *self = parts.iter().fold(self.clone(), |to, (rates, dt)| to.moved(rates, *dt));
        self.t = t + dt;
    }

    fn moved(&self, (dz, xi): &(Vec<Vec<f64>>, Vec<f64>), dt: f64) -> Self {
        let share = self.constants.eta_z / self.constants.classes;
        let mut to = self.clone();
        to.t += dt;
        to.z.iter_mut().flatten().zip(dz.iter().flatten()).for_each(|(z, dz)| *z += dt * dz);
        to.b.iter_mut().zip(xi).for_each(|(b, xi)| *b += dt * share * xi);
        to
    }
}
