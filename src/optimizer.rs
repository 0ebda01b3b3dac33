//! The optimisers: one flat buffer of parameters in groups, each with its learning rate; schedules and clipping. Knows no
//! model.
//!
//! A step of training, with `grads` the gradient at `params` and `t` the step's number from 1:
//!
//! ```ignore
//! let scale = clip_scale(norm(grads), 0.5);
//! let eta = 1e-3 * schedule.factor(t);
//! optimizer.update(params, grads, &groups, Step { eta, scale, t });
//! ```

pub mod muon;

use crate::kernels::{AdamStep, simd};

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
    /// Adam with decoupled decay lambda, `w = (1 - eta lambda) w` before each step, in the groups that decay.
    AdamW {
        /// Decay lambda.
        weight_decay: f32,
    },
}

/// Parameters that follow each other and are treated alike: from the end of the group before to `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Where the group ends.
    pub end: usize,
    /// Multiplies the learning rate.
    pub rate: f32,
    /// Whether weight decay pulls at it.
    pub decays: bool,
}

impl Group {
    /// Groups in order, neighbours that are treated alike made one.
    #[must_use]
    pub fn merged(all: &mut dyn Iterator<Item = Self>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for group in all {
            match merged.last_mut() {
                Some(last) if last.rate == group.rate && last.decays == group.decays => last.end = group.end,
                _ => merged.push(group),
            }
        }
        merged
    }
}

/// How one step is to be taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Learning rate.
    pub eta: f32,
    /// What gradients are multiplied by, see [`clip_scale`]; 1 for none.
    pub scale: f32,
    /// Number of the step, from 1.
    pub t: u64,
}

/// How the learning rate goes with the steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// The same throughout.
    Constant,
    /// Straight up over the first `warmup` steps, then along half a cosine down to `floor` at step `steps` and after.
    WarmupCosine {
        /// Steps of the way up; 0 for none.
        warmup: u64,
        /// Steps in all.
        steps: u64,
        /// Last factor, 0 to 1.
        floor: f32,
    },
}

impl Schedule {
    /// What the learning rate of step `t` (from 1) is multiplied by.
    #[must_use]
    pub fn factor(self, t: u64) -> f32 {
        let Self::WarmupCosine { warmup, steps, floor } = self else { return 1.0 };
        if t <= warmup {
            return (t as f64 / warmup as f64) as f32;
        }
        let way = (t - warmup) as f64 / steps.saturating_sub(warmup).max(1) as f64;
        let cosine = libm::cos(core::f64::consts::PI * way.min(1.0));
        (f64::from(floor) + (1.0 - f64::from(floor)) * 0.5 * (1.0 + cosine)) as f32
    }
}

/// The l2 norm of a whole gradient.
#[must_use]
pub fn norm(grads: &[f32]) -> f64 {
    simd::sum_of_squares(grads).sqrt()
}

/// What a gradient of norm `norm` is multiplied by so that its norm is at most `most`; PyTorch's `clip_grad_norm_`.
#[must_use]
pub fn clip_scale(norm: f64, most: f64) -> f32 {
    let scale = most / (norm + 1e-6);
    if scale < 1.0 { scale as f32 } else { 1.0 }
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
        let second = if matches!(rule, Rule::Sgd { .. }) { Vec::new() } else { vec![0.0; len] };
        Self { rule, first: vec![0.0; len], second }
    }

    /// Step number `t` (from 1): moves `params` against `grads`, each group `(end, eta)` with its own learning rate;
    /// groups follow each other from 0 and cover all parameters.
    ///
    /// # Panics
    /// When lengths differ or the groups do not cover the parameters.
    pub fn step(&mut self, params: &mut [f32], grads: &[f32], groups: &[(usize, f32)], t: u64) {
        assert!(groups.last().is_some_and(|group| group.0 == params.len()), "groups against parameters");
        let mut start = 0;
        for &(end, eta) in groups {
            self.move_range(params, grads, start..end, false, Step { eta, scale: 1.0, t });
            start = end;
        }
    }

    /// One step: moves `params` against `grads`; groups follow each other from 0 and cover all parameters.
    ///
    /// # Panics
    /// When lengths differ or the groups do not cover the parameters.
    pub fn update(&mut self, params: &mut [f32], grads: &[f32], groups: &[Group], step: Step) {
        assert!(groups.last().is_some_and(|group| group.end == params.len()), "groups against parameters");
        let mut start = 0;
        for group in groups {
            let eta = step.eta * group.rate;
            self.move_range(params, grads, start..group.end, group.decays, Step { eta, ..step });
            start = group.end;
        }
    }

    fn move_range(
        &mut self,
        params: &mut [f32],
        grads: &[f32],
        range: core::ops::Range<usize>,
        decays: bool,
        Step { eta, scale, t }: Step,
    ) {
        assert!(params.len() == grads.len(), "parameters against gradients");
        let (w, m, g) = (&mut params[range.clone()], &mut self.first[range.clone()], &grads[range.clone()]);
        let weight_decay = match self.rule {
            Rule::Sgd { momentum } => return simd::sgd(w, m, g, eta, momentum, scale),
            Rule::AdamW { weight_decay } if decays => weight_decay,
            Rule::Adam | Rule::AdamW { .. } => 0.0,
        };
        simd::adamw(w, m, &mut self.second[range], g, AdamStep { eta, weight_decay, scale, t });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_rises_and_the_cosine_falls_to_its_floor() {
        let schedule = Schedule::WarmupCosine { warmup: 10, steps: 110, floor: 0.1 };
        let factors = [1, 5, 10, 60, 110, 1000].map(|t| schedule.factor(t));
        assert_eq!(factors, [0.1, 0.5, 1.0, 0.55, 0.1, 0.1]);
        let none = Schedule::WarmupCosine { warmup: 0, steps: 0, floor: 0.0 };
        assert_eq!([none.factor(1), Schedule::Constant.factor(9)], [0.0, 1.0]);
    }

    #[test]
    fn clipping_shortens_long_gradients_and_leaves_short_ones() {
        let grads = [3.0, 0.0, -4.0];
        assert_eq!(norm(&grads), 5.0);
        assert!((clip_scale(5.0, 0.5) - 0.1).abs() < 1e-6, "a tenth of it is left");
        assert_eq!([clip_scale(0.1, 0.5), clip_scale(0.0, 0.5), clip_scale(f64::NAN, 0.5)], [1.0; 3]);
    }

    #[test]
    fn only_decaying_groups_decay_and_rates_multiply() {
        let mut optimizer = Optimizer::new(Rule::AdamW { weight_decay: 0.5 }, 3);
        let group = |end, rate, decays| Group { end, rate, decays };
        let groups = Group::merged(&mut [group(1, 1.0, true), group(2, 1.0, false), group(3, 0.0, true)].into_iter());
        let mut params = [1.0; 3];
        optimizer.update(&mut params, &[0.0; 3], &groups, Step { eta: 0.1, scale: 1.0, t: 1 });
        assert_eq!(params, [0.95, 1.0, 1.0]);
    }

    #[test]
    fn neighbours_that_are_treated_alike_are_one_group() {
        let group = |end, decays| Group { end, rate: 1.0, decays };
        let merged = Group::merged(&mut [group(2, true), group(3, true), group(7, false)].into_iter());
        assert_eq!(merged, [group(3, true), group(7, false)]);
    }
}
