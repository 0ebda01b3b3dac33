//! Samples of a table, and what may be known where explanations of them are made. Of a table of probabilities they are drawn,
//! and the law is known. A table of counts *is* samples: each is used once, and no law is known.
//!
//! Methods ask a law for what they pick. Of counts they are given the frequencies among the samples that models are fitted to,
//! four of five, never those of the samples held out: a map that was chosen by the labels it is judged on would seem to tell
//! more of them than it tells of any others, as POSI does that learned them by heart. So the map is fixed before the samples
//! held out are looked at, and means over these are unbiased. It is the map on these frequencies, not on the law behind them:
//! the "best" tree is the best on them, and POSI points by the label that they hold for the likeliest. An explanation of the
//! reader's own is taken as it is; whoever made it of the very rows that are held out here has chosen it by them.

pub mod run;

use super::converging::LEAST;
use super::estimate::is_held_out;
use super::joint::{Joint, JointError};
use super::samples::Samples;

/// How often an input x comes, in samples, that is not among those fitted to: with all their labels, as nothing is known of
/// its own, and too seldom to move what is known of others.
const TRACE: f64 = 1e-3;

/// Samples of a table.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// The samples.
    pub samples: Samples,
    /// The row of each in the table.
    pub rows: Vec<usize>,
    /// What an explanation may be made by: for the same inputs x the law, or the frequencies among the samples fitted to.
    pub law: Joint,
}

/// Why there is nothing to estimate from.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampledError {
    /// Too few samples.
    #[error("{count} samples are too few to estimate from, expected at least {LEAST}")]
    TooFew {
        /// How many there are.
        count: usize,
    },
    /// Nothing to fit to.
    #[error("of the samples that models are fitted to: {0}")]
    Fitted(#[from] JointError),
}

impl Sampled {
    /// At most `most` samples of a table.
    ///
    /// # Errors
    /// When they are too few, or have one label only.
    pub fn new(joint: &Joint, most: usize, seed: u64) -> Result<Self, SampledError> {
        let Some((samples, rows)) = Samples::dealt(joint, most, seed) else {
            let (samples, rows) = Samples::draw(joint, most, seed);
            return Ok(Self { samples, rows, law: joint.clone() });
        };
        if samples.len() < LEAST {
            return Err(SampledError::TooFew { count: samples.len() });
        }
        let k = joint.labels().len();
        let mut counts = vec![0.0; joint.len() * k];
        let mut labels = vec![0.0; k];
        for i in (0..samples.len()).filter(|&i| !is_held_out(i)) {
            counts[rows[i] * k + samples.y(i)] += 1.0;
            labels[samples.y(i)] += 1.0;
        }
        let fitted: f64 = labels.iter().sum();
        for of_x in counts.chunks_exact_mut(k).filter(|of_x| of_x.iter().all(|count| *count == 0.0)) {
            of_x.iter_mut().zip(&labels).for_each(|(count, label)| *count = TRACE * label / fitted);
        }
        Ok(Self { samples, rows, law: joint.weighted(counts)? })
    }

    /// How many samples are held out, and how many of them have an input x that none of those fitted to has.
    #[must_use]
    pub fn unseen(&self) -> (usize, usize) {
        let mut is_fitted = vec![false; self.law.len()];
        let (held, fitted): (Vec<usize>, Vec<usize>) = (0..self.rows.len()).partition(|&i| is_held_out(i));
        fitted.iter().for_each(|&i| is_fitted[self.rows[i]] = true);
        (held.len(), held.iter().filter(|&&i| !is_fitted[self.rows[i]]).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::{Explanation, file};

    /// y follows x1 in nine of ten, x2 is idle.
    fn table(times: u32) -> Joint {
        let rows = ["0,0,0,9", "0,0,1,1", "0,1,0,9", "0,1,1,1", "1,0,0,1", "1,0,1,9", "1,1,0,1", "1,1,1,9"];
        let rows: String = rows.map(|row| format!("{row}\n")).concat();
        file::joint(format!("x1,x2,y,n\n{}", rows.repeat(times as usize)).as_bytes()).expect("counts")
    }

    #[test]
    fn every_sample_of_a_table_is_dealt_once() {
        let joint = table(5);
        let sampled = Sampled::new(&joint, 1_000, 3).expect("enough");
        let mut counts = vec![0; joint.len() * 2];
        for (i, row) in sampled.rows.iter().enumerate() {
            assert_eq!(sampled.samples.x(i), [joint.symbol(*row, 0), joint.symbol(*row, 1)], "sample {i}");
            counts[row * 2 + sampled.samples.y(i)] += 1;
        }
        assert_eq!(Some(&counts[..]), joint.counts(), "all 200, none twice");
        let other = Sampled::new(&joint, 1_000, 4).expect("enough");
        assert_ne!(sampled.rows, other.rows, "another seed deals otherwise");
        let some = Sampled::new(&joint, 150, 3).expect("enough");
        assert_eq!(some.rows[..], sampled.rows[..150], "fewer are the first of them");
    }

    #[test]
    fn more_samples_than_memory_are_dealt_from() {
        let text = format!("x1,y,n\n0,0,{}\n1,1,{}\n", 1_u64 << 51, 1_u64 << 52);
        let joint = file::joint(text.as_bytes()).expect("counts");
        let sampled = Sampled::new(&joint, 3_000, 1).expect("enough");
        let ones = sampled.rows.iter().filter(|row| **row == 1).count();
        assert!(ones.abs_diff(2_000) < 130, "two of three, within five standard deviations: {ones}");
    }

    #[test]
    fn labels_held_out_do_not_change_what_a_method_picks() {
        let joint = table(5);
        let sampled = Sampled::new(&joint, 1_000, 3).expect("enough");
        let held = (0..sampled.rows.len()).filter(|&i| is_held_out(i));
        // The same samples, but for a label held out.
        let mut counts: Vec<u64> = joint.counts().expect("counted").to_vec();
        held.for_each(|i| counts[sampled.rows[i] * 2 + sampled.samples.y(i)] -= 1);
        let total: u64 = counts.iter().sum();
        assert_eq!(total, 160, "four of five");
        for row in 0..joint.len() {
            for y in 0..2 {
                let share = counts[row * 2 + y] as f64 / total as f64;
                assert!((sampled.law.p(row)[y] - share).abs() < 1e-12, "row {row}, label {y}");
            }
        }
    }

    #[test]
    fn inputs_that_are_only_held_out_are_explained_without_their_labels() {
        // Each x comes once: those held out are seen nowhere else.
        let rows: String = (0..200).map(|i| format!("{i},{}\n", i % 2)).collect();
        let joint = file::joint(format!("x1,y\n{rows}").as_bytes()).expect("samples");
        let sampled = Sampled::new(&joint, 1_000, 1).expect("enough");
        assert_eq!(sampled.unseen(), (40, 40));
        let yhat = |row: usize| sampled.law.p(row)[1] > sampled.law.p(row)[0];
        let held: Vec<bool> = (0..200).filter(|&i| is_held_out(i)).map(|i| yhat(sampled.rows[i])).collect();
        assert!(held.iter().all(|guess| *guess == held[0]), "the label of most others: {held:?}");
        assert_eq!(Explanation::posi(&sampled.law).selections.len(), joint.len(), "for every row of the table");
    }

    #[test]
    fn too_few_samples_are_refused() {
        let said = |joint: &Joint| Sampled::new(joint, 1_000, 1).expect_err("too few").to_string();
        assert_eq!(said(&table(1)), "40 samples are too few to estimate from, expected at least 100");
        let one = file::joint(b"x1,y,n\n0,a,1000000000000\n1,b,1\n").expect("counts");
        assert_eq!(
            said(&one),
            "of the samples that models are fitted to: one class only (a), expected at least two labels of positive probability"
        );
    }
}
