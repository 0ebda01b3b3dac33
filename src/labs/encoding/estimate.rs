//! The scores of an explanation estimated from samples by models, with how sure one can be (docs/papers.md 2.5).
//!
//! One model tells q(y | x_v), a second one of the same kind, on the same samples, q(y | x_v, E_v = 1). On samples that neither
//! has seen, M = FRESH - EVAL-X is the mean of log q(y | x_v, E_v = 1) - log q(y | x_v): it needs no model to be right, only
//! the second one to know more. What it is by noise alone is told by two explanations that cannot encode: constant masks, the
//! floor, and the same selections dealt out to the samples anew, whatever they are, the control.
//!
//! [`Seen`] makes the scores of what two models say, be it of discrete inputs or of sentences.

mod result;
mod seen;

use super::explanation::Selection;
use super::samples::Samples;
use super::surrogate::{Data, Given, Kind, Picks, Surrogate, fit, start};
use crate::random::{Purpose, Random};
pub use result::{Bin, Estimate, Interval, Verdict};
pub(super) use seen::{Laws, Seen};

/// One sample of so many is held out.
const HELD_OUT: usize = 5;

/// Estimates the scores of explanations, each given by its selection for each sample.
///
/// # Panics
/// When there is not a selection for each sample, or fewer than 10 samples.
#[must_use]
pub fn estimate(samples: &Samples, explanations: &[Picks<'_>], kind: Kind, seed: u64) -> Vec<Estimate> {
    assert!(explanations.iter().all(|picks| picks.len() == samples.len()), "a selection for each sample");
    assert!(samples.len() >= 2 * HELD_OUT, "{} samples are too few", samples.len());
    if explanations.is_empty() {
        return Vec::new();
    }
    let judged = Judged::of(samples);
    let constant = vec![most_frequent(&explanations.concat()); samples.len()];
    let all: Vec<Picks<'_>> = explanations.iter().copied().chain([&constant[..]]).collect();
    // One model of q(y | x_v) for all, as it does not know who picked; one with the flag for each.
    let train = &judged.train[..];
    let mut values = fit(kind, Given::Values, &Data { samples, explanations: &all, train, seed });
    let mut seen = |picks: Picks<'_>| {
        let mut picked = fit(kind, Given::Picked, &Data { samples, explanations: &[picks], train, seed });
        judged.see(samples, picks, &mut *values, &mut *picked)
    };
    let floor = seen(&constant).meter(seed);
    let one = |picks: &Picks<'_>| {
        let control = seen(&dealt(picks, seed)).meter(seed);
        seen(picks).estimate(floor, control, seed)
    };
    explanations.iter().map(one).collect()
}

/// Whether a sample is held out, however many there are.
pub(super) fn is_held_out(i: usize) -> bool {
    i.is_multiple_of(HELD_OUT)
}

/// Which samples are held out, with their labels, and which are fitted to.
struct Judged {
    held: Vec<usize>,
    labels: Vec<usize>,
    train: Vec<usize>,
}

impl Judged {
    fn of(samples: &Samples) -> Self {
        let (held, train): (Vec<usize>, Vec<usize>) = (0..samples.len()).partition(|&i| is_held_out(i));
        Self { labels: held.iter().map(|&i| samples.y(i)).collect(), held, train }
    }

    /// What two fitted models say of selections, on the samples held out.
    fn see(&self, samples: &Samples, picks: Picks<'_>, values: &mut dyn Surrogate, picked: &mut dyn Surrogate) -> Seen {
        let asks: Vec<(usize, Selection)> = self.held.iter().map(|&i| (i, picks[i])).collect();
        // Each with what was picked for another one.
        let others = asks.iter().zip(asks.iter().cycle().skip(1)).map(|(one, other)| (one.0, other.1));
        let laws = Laws {
            values: values.predict(samples, &asks),
            picked: picked.predict(samples, &asks),
            independent: values.predict(samples, &others.collect::<Vec<_>>()),
        };
        Seen::new(&laws, &self.labels)
    }
}

/// Steps of a fit that are one piece of work.
const PIECE: u64 = 10;

/// The estimate of one explanation, made piece by piece: as [`estimate`] makes it.
pub struct Estimating {
    samples: Samples,
    judged: Judged,
    /// The constant mask, the dealt-out selections, and the explanation's own.
    targets: [Vec<Selection>; 3],
    kind: Kind,
    seed: u64,
    values: Box<dyn Surrogate>,
    picked: Box<dyn Surrogate>,
    /// Fits that are done: of q(y | x_v), then one for each target.
    fitted: usize,
    step: u64,
    meters: Vec<Interval>,
}

impl Estimating {
    /// Nothing fitted yet.
    ///
    /// # Panics
    /// As [`estimate`].
    #[must_use]
    pub fn new(samples: Samples, picks: Vec<Selection>, kind: Kind, seed: u64) -> Self {
        assert!(picks.len() == samples.len(), "a selection for each sample");
        assert!(samples.len() >= 2 * HELD_OUT, "{} samples are too few", samples.len());
        Self {
            judged: Judged::of(&samples),
            targets: [vec![most_frequent(&picks); samples.len()], dealt(&picks, seed), picks],
            values: start(kind, Given::Values, &samples, seed),
            picked: start(kind, Given::Picked, &samples, seed),
            samples,
            kind,
            seed,
            fitted: 0,
            step: 0,
            meters: Vec::new(),
        }
    }

    /// Pieces of work until the estimate is there.
    #[must_use]
    pub fn pieces(kind: Kind) -> u64 {
        4 * kind.steps().div_ceil(PIECE)
    }

    /// Does the next piece; gives the estimate with the last one.
    pub fn work(&mut self) -> Option<Estimate> {
        let steps = self.step..(self.step + PIECE).min(self.kind.steps());
        self.step = steps.end;
        let [constant, _, own] = &self.targets;
        let (both, one) = ([&own[..], &constant[..]], [&self.targets[self.fitted.saturating_sub(1)][..]]);
        let is_first = self.fitted == 0;
        let explanations: &[Picks<'_>] = if is_first { &both } else { &one };
        let data = Data { samples: &self.samples, explanations, train: &self.judged.train, seed: self.seed };
        if is_first {
            self.values.fit(&data, steps)
        } else {
            self.picked.fit(&data, steps)
        }
        if self.step < self.kind.steps() {
            return None;
        }
        self.step = 0;
        self.fitted += 1;
        if is_first {
            return None;
        }
        let seen = self.judged.see(&self.samples, one[0], &mut *self.values, &mut *self.picked);
        self.picked = start(self.kind, Given::Picked, &self.samples, self.seed);
        match self.meters[..] {
            [floor, control] => Some(seen.estimate(floor, control, self.seed)),
            _ => {
                self.meters.push(seen.meter(self.seed));
                None
            }
        }
    }
}

/// The same selections in another order.
fn dealt(picks: Picks<'_>, seed: u64) -> Vec<Selection> {
    let mut dealt = picks.to_vec();
    Random::new(seed, Purpose::Sample, 2).shuffle(&mut dealt);
    dealt
}

fn most_frequent(picks: &[Selection]) -> Selection {
    let mut sorted: Vec<(u64, u32)> = picks.iter().map(|selection| (u64::from(*selection), 0)).collect();
    sorted.sort_unstable();
    let longest = sorted.chunk_by(|a, b| a == b).reduce(|best, run| if run.len() > best.len() { run } else { best });
    longest.map_or(0, |run| run[0].0 as Selection)
}
