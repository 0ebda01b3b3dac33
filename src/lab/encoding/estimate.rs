//! The scores of an explanation estimated from samples by models, with how sure one can be (PAPERS 2.5).
//!
//! One model tells q(y | x_v), a second one of the same kind, on the same samples, q(y | x_v, E_v = 1). On samples that neither
//! has seen, M = FRESH - EVAL-X is the mean of log q(y | x_v, E_v = 1) - log q(y | x_v): it needs no model to be right, only
//! the second one to know more. What it is by noise alone is told by two explanations that cannot encode: constant masks, the
//! floor, and the same selections dealt out to the samples anew, whatever they are, the control.

use super::explanation::Selection;
use super::samples::Samples;
use super::surrogate::{Given, Kind, Picks, Surrogate, fit};
use crate::random::{Purpose, Random};
use libm::log;

/// One sample of so many is held out.
const HELD_OUT: usize = 5;
/// Resamples of the bootstrap.
const RESAMPLES: usize = 1000;
/// Bins of the calibration.
const BINS: usize = 10;

/// A mean over the samples held out, with its interval of 95 % by the bootstrap (percentiles). The models are taken as they
/// are: how they would come out on other samples is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// The mean.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The meter's interval is above 0, above the floor's and above the control's.
    Encodes,
    /// It is not: which does not say that it does not encode.
    NotShown,
}

/// How often the likeliest label is right where the model of q(y | x_v) is about as sure of it; at selections that do not
/// depend on x, as at those that do it may be off by what they encode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Samples.
    pub count: usize,
    /// Mean probability of the likeliest label.
    pub sure: f64,
    /// Part of the samples that have it.
    pub right: f64,
}

/// Estimated scores, nats.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Samples held out.
    pub held_out: usize,
    /// EVAL-X.
    pub eval_x: Interval,
    /// FRESH.
    pub fresh: Interval,
    /// ENCODE-METER as the mean difference of log-likelihoods.
    pub encode_meter: Interval,
    /// ENCODE-METER as the mean KL of the two models: never negative, so noise makes it too large.
    pub encode_meter_kl: f64,
    /// The meter of the explanation that always shows the most frequent selection. 0 for a table, to which its two questions
    /// are the same.
    pub floor: Interval,
    /// The meter of the same selections, dealt out to the samples at random.
    pub control: Interval,
    /// Calibration of the model of q(y | x_v), bins of equal width from 0 to 1.
    pub calibration: Vec<Bin>,
    /// Expected calibration error: the mean distance of `sure` to `right`.
    pub calibration_error: f64,
    /// What can be said.
    pub verdict: Verdict,
}

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
    let (held, train): (Vec<usize>, Vec<usize>) = (0..samples.len()).partition(|i| i % HELD_OUT == 0);
    let constant = vec![most_frequent(&explanations.concat()); samples.len()];
    let all: Vec<Picks<'_>> = explanations.iter().copied().chain([&constant[..]]).collect();
    // One model of q(y | x_v) for all, as it does not know who picked; one with the flag for each.
    let mut values = fit(kind, Given::Values, samples, &all, &train, seed);
    let mut seen = |picks: Picks<'_>| {
        let mut picked = fit(kind, Given::Picked, samples, &[picks], &train, seed);
        Seen::new(samples, picks, &mut *values, &mut *picked, &held)
    };
    let floor = seen(&constant).meter(seed);
    let one = |picks: &Picks<'_>| {
        let control = seen(&dealt(picks, seed)).meter(seed);
        seen(picks).estimate(floor, control, seed)
    };
    explanations.iter().map(one).collect()
}

/// What both models say of the samples held out.
struct Seen {
    /// log q(y | x_v).
    values: Vec<f64>,
    /// log q(y | x_v, E_v = 1).
    picked: Vec<f64>,
    /// Mean KL of the second to the first.
    divergence: f64,
    /// Of q(y | x_v), the probability of the likeliest label and whether it is right.
    guesses: Vec<(f64, bool)>,
}

impl Seen {
    fn new(
        samples: &Samples,
        picks: Picks<'_>,
        of_values: &mut dyn Surrogate,
        of_picked: &mut dyn Surrogate,
        held: &[usize],
    ) -> Self {
        let asks: Vec<(usize, Selection)> = held.iter().map(|&i| (i, picks[i])).collect();
        let (values, picked) = (of_values.predict(samples, &asks), of_picked.predict(samples, &asks));
        // Each with what was picked for another one.
        let others = asks.iter().zip(asks.iter().cycle().skip(1)).map(|(one, other)| (one.0, other.1));
        let independent = of_values.predict(samples, &others.collect::<Vec<_>>());
        let k = samples.labels();
        let of_label = |law: &[f64]| -> Vec<f64> {
            held.iter().zip(law.chunks_exact(k)).map(|(&i, law)| log(law[samples.y(i)])).collect()
        };
        let term = |(p, q): (&f64, &f64)| if *p > 0.0 { p * log(p / q) } else { 0.0 };
        let guess = |(&i, law): (&usize, &[f64])| {
            let best = super::explanation::largest(law);
            (law[best], best == samples.y(i))
        };
        Self {
            divergence: picked.iter().zip(&values).map(term).sum::<f64>() / held.len() as f64,
            guesses: held.iter().zip(independent.chunks_exact(k)).map(guess).collect(),
            values: of_label(&values),
            picked: of_label(&picked),
        }
    }

    fn estimate(&self, floor: Interval, control: Interval, seed: u64) -> Estimate {
        let encode_meter = self.meter(seed);
        let is_shown = encode_meter.low > 0.0_f64.max(floor.high).max(control.high);
        let calibration = self.calibration();
        let off = |bin: &Bin| bin.count as f64 * (bin.sure - bin.right).abs();
        Estimate {
            held_out: self.values.len(),
            eval_x: interval(&self.values, seed),
            fresh: interval(&self.picked, seed),
            encode_meter,
            encode_meter_kl: self.divergence,
            floor,
            control,
            calibration_error: calibration.iter().map(off).sum::<f64>() / self.values.len() as f64,
            calibration,
            verdict: if is_shown { Verdict::Encodes } else { Verdict::NotShown },
        }
    }

    fn meter(&self, seed: u64) -> Interval {
        let gains: Vec<f64> = self.picked.iter().zip(&self.values).map(|(picked, values)| picked - values).collect();
        interval(&gains, seed)
    }

    fn calibration(&self) -> Vec<Bin> {
        let mut bins = vec![Bin::default(); BINS];
        for &(sure, is_right) in &self.guesses {
            let bin = &mut bins[((sure * BINS as f64) as usize).min(BINS - 1)];
            bin.count += 1;
            bin.sure += sure;
            bin.right += f64::from(u8::from(is_right));
        }
        for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
            bin.sure /= bin.count as f64;
            bin.right /= bin.count as f64;
        }
        bins
    }
}

/// The same selections in another order (Fisher and Yates).
fn dealt(picks: Picks<'_>, seed: u64) -> Vec<Selection> {
    let mut dealt = picks.to_vec();
    let mut random = Random::new(seed, Purpose::Sample, 2);
    for i in (1..dealt.len()).rev() {
        dealt.swap(i, random.below(i as u32 + 1) as usize);
    }
    dealt
}

fn most_frequent(picks: &[Selection]) -> Selection {
    let mut sorted = picks.to_vec();
    sorted.sort_unstable();
    let longest = sorted.chunk_by(|a, b| a == b).reduce(|best, run| if run.len() > best.len() { run } else { best });
    longest.map_or(0, |run| run[0])
}

/// The mean and its interval; the same seed resamples the same.
fn interval(of: &[f64], seed: u64) -> Interval {
    let mean = |sum: f64| sum / of.len() as f64;
    let mut random = Random::new(seed, Purpose::Sample, 1);
    let resampled = |_| mean((0..of.len()).map(|_| of[random.below(of.len() as u32) as usize]).sum());
    let mut means: Vec<f64> = (0..RESAMPLES).map(resampled).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[(share * (RESAMPLES - 1) as f64).round() as usize];
    Interval { value: mean(of.iter().sum()), low: at(0.025), high: at(0.975) }
}
