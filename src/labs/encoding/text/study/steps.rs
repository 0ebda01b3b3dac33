//! What a study does in each of its steps, known before it begins. Knows sizes only.

use core::ops::Range;

/// Sentences held out that are judged in one step.
pub const JUDGED: usize = 64;
/// Looks at how often the classifier is right while it learns.
pub const LOOKS: u64 = 10;

/// A step's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The classifier learns.
    Learn,
    /// A part of the sentences held out is predicted.
    Predict(usize),
    /// All methods explain a sentence.
    Explain(usize),
    /// The model of q(y | x_v) learns.
    Values,
    /// The model of q(y | x_v, E_v) learns of a target, in its step of that number.
    Picked(usize, u64),
    /// Both are asked about a part of the sentences held out.
    Judge(usize, usize),
}

/// How much of each there is. A target is a list of selections: the constant mask, then for each explanation the dealt-out ones
/// and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Steps of the classifier.
    pub learn: u64,
    /// Sentences.
    pub sentences: usize,
    /// Those held out.
    pub held_out: usize,
    /// Steps of the model of q(y | x_v).
    pub values: u64,
    /// Steps of each model of q(y | x_v, E_v).
    pub picked: u64,
    /// Explanations.
    pub explanations: usize,
}

impl Plan {
    /// Parts of the sentences held out.
    pub fn parts(&self) -> usize {
        self.held_out.div_ceil(JUDGED)
    }

    /// The places, among those held out, of a part.
    pub fn part(&self, part: usize) -> Range<usize> {
        part * JUDGED..((part + 1) * JUDGED).min(self.held_out)
    }

    /// Lists of selections that a model is fitted to.
    pub fn targets(&self) -> usize {
        1 + 2 * self.explanations
    }

    fn target(&self) -> u64 {
        self.picked + self.parts() as u64
    }

    /// Steps before the first target.
    fn before(&self) -> u64 {
        self.learn + self.parts() as u64 + self.sentences as u64 + self.values
    }

    /// All steps.
    pub fn steps(&self) -> u64 {
        self.before() + self.targets() as u64 * self.target()
    }

    /// What step number `step`, from 0, does.
    pub fn work(&self, step: u64) -> Work {
        let mut left = step;
        let mut within = |count: u64| {
            let at = left;
            left = left.saturating_sub(count);
            (at < count).then_some(at)
        };
        if within(self.learn).is_some() {
            return Work::Learn;
        }
        if let Some(part) = within(self.parts() as u64) {
            return Work::Predict(part as usize);
        }
        if let Some(sentence) = within(self.sentences as u64) {
            return Work::Explain(sentence as usize);
        }
        if within(self.values).is_some() {
            return Work::Values;
        }
        let (target, at) = ((left / self.target()) as usize, left % self.target());
        if at < self.picked { Work::Picked(target, at) } else { Work::Judge(target, (at - self.picked) as usize) }
    }

    /// Steps that the first `done` of all have of the classifier's, of the model's of q(y | x_v), and of the model's at hand of
    /// q(y | x_v, E_v).
    pub fn learned(&self, done: u64) -> [u64; 3] {
        let values = self.before() - self.values;
        let of_target = done.saturating_sub(self.before()) % self.target();
        [done.min(self.learn), done.saturating_sub(values).min(self.values), of_target.min(self.picked)]
    }

    /// Targets that are judged to their end after the first `done` steps.
    pub fn judged(&self, done: u64) -> usize {
        (done.saturating_sub(self.before()) / self.target()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_work_and_nothing_is_left_out() {
        let plan = Plan { learn: 5, sentences: 20, held_out: 100, values: 3, picked: 4, explanations: 2 };
        let works: Vec<Work> = (0..plan.steps()).map(|step| plan.work(step)).collect();
        let count = |of: &dyn Fn(&Work) -> bool| works.iter().filter(|work| of(work)).count();
        assert_eq!(count(&|work| *work == Work::Learn), 5);
        assert_eq!(count(&|work| matches!(work, Work::Predict(_))), 2);
        assert_eq!(count(&|work| matches!(work, Work::Explain(_))), 20);
        assert_eq!(count(&|work| *work == Work::Values), 3);
        for target in 0..5 {
            assert_eq!(count(&|work| matches!(work, Work::Picked(at, _) if *at == target)), 4);
            assert_eq!(count(&|work| matches!(work, Work::Judge(at, _) if *at == target)), 2);
        }
        assert_eq!(works.len(), 5 + 2 + 20 + 3 + 5 * 6);
        assert_eq!((works[28], works.last()), (Work::Values, Some(&Work::Judge(4, 1))));
        assert_eq!((plan.part(0), plan.part(1)), (0..64, 64..100));
        assert_eq!((plan.learned(32), plan.learned(41)), ([5, 3, 2], [5, 3, 4]));
        assert_eq!((plan.judged(35), plan.judged(36), plan.judged(plan.steps())), (0, 1, 5));
        assert_eq!((plan.learned(3), plan.learned(29), plan.learned(60)), ([3, 0, 0], [5, 2, 0], [5, 3, 0]));
    }
}
