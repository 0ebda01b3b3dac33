//! What a run needs of a model that learns before it is explained.

use super::explanation::Explanation;
use super::joint::Joint;
use crate::run::{Array, Labels};

/// A model that learns step by step and is explained when it is done.
pub trait Learner {
    /// Steps in all.
    fn steps(&self) -> u64;

    /// Learns for one step, if there is one left; the mean loss on what it learned from, nats.
    fn step(&mut self) -> Option<f64>;

    /// Names of its explanations, in the order of a table.
    fn explanations(&self) -> Vec<String>;

    /// The explanation of that place, which selects `size` inputs.
    fn explain(&self, at: usize, size: usize) -> Explanation;

    /// Adds to a frame what there is to see of the inputs, and what an explanation selects of them.
    fn show(&self, joint: &Joint, of: Option<&Explanation>, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>);
}
