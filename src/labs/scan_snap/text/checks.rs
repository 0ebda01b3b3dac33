//! The claims of docs/papers.md 4, row 1g, and of section 6 of the paper, checked on a run on a text.

use super::history::{History, distance};
use crate::run::{Check, Verdict};

/// All that the checks look at.
pub struct View<'a> {
    /// What was recorded.
    pub history: &'a History,
    /// Records up to the step shown.
    pub records: usize,
    /// The step shown.
    pub step: u64,
    /// Steps in the whole run.
    pub steps: u64,
    /// Entropy of uniform attention on held-out windows, nats.
    pub uniform: f64,
    /// Positions of the map.
    pub positions: usize,
}

impl View<'_> {
    /// Every check, in the order of the notes.
    #[must_use]
    pub fn all(&self) -> Vec<Check> {
        vec![self.entropy_falls(), self.common_lose(), self.map_stops()]
    }

    /// Held-out attention entropy over that of uniform attention: it starts near 1 and falls.
    fn entropy_falls(&self) -> Check {
        let claim = "text_entropy_falls";
        let entropy = &self.history.entropy_validation;
        let (first, last) = (entropy[0], entropy[self.records - 1]);
        if self.uniform <= 0.0 {
            return skip(claim, "one_key");
        }
        if first < 0.9 * self.uniform {
            return skip(claim, "not_uniform_start");
        }
        check(claim, last < 0.99 * first, last / self.uniform)
    }

    /// Attention of one occurrence of a token among the least distinct half, against uniform: below 1.
    fn common_lose(&self) -> Check {
        let value = self.history.common[self.records - 1];
        if value.is_nan() {
            return skip("text_common_lose", "no_frequent_pairs");
        }
        check("text_common_lose", value < 1.0, value)
    }

    /// How far the map moved from the tenth of the run before to the last whole one, as a share of its farthest such move.
    /// Maps are averaged over a tenth: with a constant rate the batches' noise moves a single one for ever.
    fn map_stops(&self) -> Check {
        let claim = "text_map_stops";
        if self.steps < 10 {
            return skip(claim, "too_short");
        }
        let whole = (self.step * 10 / self.steps) as usize;
        let maps: Vec<&[f32]> = self.history.tenths.iter().take(whole).map(|(mean, _)| mean.as_slice()).collect();
        let moved: Vec<f64> = maps.windows(2).map(|two| distance(two[0], two[1], self.positions)).collect();
        let most = moved.iter().copied().fold(0.0, f64::max);
        match moved.last() {
            Some(last) if moved.len() >= 3 && most > 0.0 => check(claim, last / most < 0.25, last / most),
            _ => check(claim, false, f64::NAN),
        }
    }
}

fn check(claim: &str, holds: bool, value: f64) -> Check {
    let verdict = if holds { Verdict::Holds } else { Verdict::Fails };
    Check { claim: claim.to_owned(), verdict, value }
}

fn skip(claim: &str, reason: &str) -> Check {
    Check { claim: claim.to_owned(), verdict: Verdict::DoesNotApply(reason.to_owned()), value: f64::NAN }
}
