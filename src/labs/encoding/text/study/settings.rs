//! What can be asked of a study. Knows no sentence.

use crate::labs::encoding::text::classifier::BATCH;
use crate::labs::encoding::text::{Method, Words};
use core::ops::RangeInclusive;

/// Words that a selection may have.
pub const SIZE: RangeInclusive<usize> = 1..=8;
/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The methods that explain.
    pub methods: Vec<Method>,
    /// Words that each selects, 1 to 8; fewer in sentences that have fewer.
    pub size: usize,
    /// Most tokens, 2 to 16,384.
    pub vocabulary: usize,
    /// Width of the models, 16 to 64, even.
    pub width: usize,
    /// Steps of the classifier, 1 to 100,000.
    pub learn: u64,
    /// Steps of the model of q(y | x_v), 1 to 100,000.
    pub values: u64,
    /// Steps of each model of q(y | x_v, E_v), 1 to 100,000.
    pub picked: u64,
    /// Masked versions of a sentence that LIME and KernelSHAP ask about, 2 to 4096.
    pub coalitions: usize,
}

impl Settings {
    /// Those that suit so many sentences: each is learned about five times, more often where there are few.
    #[must_use]
    pub fn of(sentences: usize) -> Self {
        let times_five = |share: usize| (sentences / 10 * share * 5 / BATCH) as u64;
        let fit = times_five(3).clamp(40, 600);
        Self {
            methods: Method::ALL.to_vec(),
            size: 4,
            vocabulary: 4000,
            width: 16,
            learn: times_five(5).clamp(200, 2000),
            values: fit,
            picked: fit,
            coalitions: 64,
        }
    }
}

/// Why a study does not begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StudyError {
    /// A setting is out of its range.
    #[error("{field} is {value}, expected {expected}")]
    OutOfRange {
        /// The setting.
        field: &'static str,
        /// Its value.
        value: u64,
        /// What is allowed.
        expected: &'static str,
    },
    /// Selections that are not of these sentences.
    #[error("{name}: {found} selections, expected one for each of the {expected} sentences")]
    Selections {
        /// The explanation.
        name: String,
        /// Its selections.
        found: usize,
        /// Sentences.
        expected: usize,
    },
    /// Nothing to score.
    #[error("no explanation to score")]
    Nothing,
}

impl Settings {
    /// That every setting is in its range.
    pub(super) fn check(&self) -> Result<(), StudyError> {
        let within = |field, value: u64, range: RangeInclusive<u64>, expected| {
            if range.contains(&value) { Ok(()) } else { Err(StudyError::OutOfRange { field, value, expected }) }
        };
        within("size", self.size as u64, 1..=*SIZE.end() as u64, "1 to 8 words")?;
        within("vocabulary", self.vocabulary as u64, 2..=16_384, "2 to 16384")?;
        // Two heads share it.
        let even = if self.width.is_multiple_of(2) { 16..=64 } else { 0..=0 };
        within("width", self.width as u64, even, "an even number from 16 to 64")?;
        for (field, steps) in [("learn", self.learn), ("values", self.values), ("picked", self.picked)] {
            within(field, steps, 1..=100_000, "1 to 100000 steps")?;
        }
        within("coalitions", self.coalitions as u64, 2..=4096, "2 to 4096")
    }
}

/// An explanation made elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it is called.
    pub name: String,
    /// The selected words of each sentence; places beyond its end do not count.
    pub selections: Vec<Words>,
}
