//! The optimisers: one flat buffer of parameters in groups, each with its learning rate.

use crate::kernels::simd;

/// Which rule moves the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// SGD with momentum mu: `v = mu v + g`, `w -= eta v`.
    Sgd {
        /// Momentum mu.
        momentum: f32,
    },
    /// Adam, beta = (0.9, 0.999), eps = 1e-8.
    Adam,
}

/// An optimiser's rule and its moments, as long as the parameters.
#[derive(Clone, Debug)]
pub struct Optimizer {
    rule: Rule,
    /// The velocity, or Adam's first moment.
    first: Vec<f32>,
    /// Adam's second moment; empty for SGD.
    second: Vec<f32>,
}

impl Optimizer {
    /// An optimiser at rest for `len` parameters.
    #[must_use]
    pub fn new(rule: Rule, len: usize) -> Self {
        let second = if rule == Rule::Adam { vec![0.0; len] } else { Vec::new() };
        Self { rule, first: vec![0.0; len], second }
    }

    /// Step number `t` (from 1): moves `params` against `grads`, each group `(end, eta)` with its own learning rate;
    /// groups follow each other from 0 and cover all parameters.
    ///
    /// # Panics
    /// When lengths differ or the groups do not cover the parameters.
    pub fn step(&mut self, params: &mut [f32], grads: &[f32], groups: &[(usize, f32)], t: u64) {
        assert!(params.len() == grads.len(), "parameters against gradients");
        assert!(groups.last().is_some_and(|group| group.0 == params.len()), "groups against parameters");
        let mut start = 0;
        for &(end, eta) in groups {
            let (w, m, g) = (&mut params[start..end], &mut self.first[start..end], &grads[start..end]);
            match self.rule {
                Rule::Sgd { momentum } => simd::sgd(w, m, g, eta, momentum, 1.0),
                Rule::Adam => simd::adam(w, m, &mut self.second[start..end], g, eta, t),
            }
            start = end;
        }
    }

    /// The moments, in the order a checkpoint keeps them.
    #[must_use]
    pub fn moments(&self) -> [&[f32]; 2] {
        [&self.first, &self.second]
    }

    /// The moments, to be restored.
    pub fn moments_mut(&mut self) -> [&mut [f32]; 2] {
        [&mut self.first, &mut self.second]
    }
}
