//! How the lab's transformers are trained, and how labels are read from their logits: Adam, up over a twentieth of the steps,
//! down along a cosine, gradients clipped. Knows no data.

use crate::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use crate::transformer::Model;
use libm::exp;

/// Longest gradient.
const CLIP: f64 = 1.0;

/// Moves a model's weights, step by step.
#[derive(Clone, Debug)]
pub(super) struct Trainer {
    optimizer: Optimizer,
    groups: Vec<Group>,
    schedule: Schedule,
    eta: f32,
    steps: u64,
}

impl Trainer {
    /// For so many steps at a learning rate of at most `eta`.
    pub fn new(model: &Model, steps: u64, eta: f32) -> Self {
        let group = |end, decays| Group { end, rate: 1.0, decays };
        let views = model.trained_views().iter();
        Self {
            groups: Group::merged(&mut views.map(|view| group(view.range.end, view.decays()))),
            optimizer: Optimizer::new(Rule::Adam, model.params().len()),
            schedule: Schedule::WarmupCosine { warmup: steps / 20, steps, floor: 0.0 },
            eta,
            steps: 0,
        }
    }

    /// Takes one step along the gradients that `passes` passes of equal size left.
    pub fn step(&mut self, model: &mut Model, passes: usize) {
        self.steps += 1;
        let share = (1.0 / passes as f64) as f32;
        let (params, grads) = model.trained();
        let scale = share * clip_scale(f64::from(share) * norm(grads), CLIP);
        let step = Step { eta: self.eta * self.schedule.factor(self.steps), scale, t: self.steps };
        self.optimizer.update(params, grads, &self.groups, step);
    }
}

/// What sentences ask for besides.
impl Trainer {
    /// The same, the first `slow` weights at a rate of their own; they are a part of the first group.
    pub fn with_rate(mut self, slow: usize, rate: f32) -> Self {
        self.groups.insert(0, Group { end: slow, rate, decays: false });
        self
    }

    /// The moments of its gradients.
    pub fn moments(&self) -> [&[f32]; 2] {
        self.optimizer.moments()
    }

    /// Goes on after so many steps, with the moments to be set.
    pub fn resume(&mut self, steps: u64) -> [&mut [f32]; 2] {
        self.steps = steps;
        self.optimizer.moments_mut()
    }
}

/// The probabilities that logits stand for.
pub(super) fn law(logits: &[f32]) -> impl Iterator<Item = f64> {
    let top = logits.iter().fold(f32::NEG_INFINITY, |top, z| top.max(*z));
    let odds = move |z: &f32| exp(f64::from(z - top));
    let total: f64 = logits.iter().map(odds).sum();
    logits.iter().map(move |z| odds(z) / total)
}
