//! From what two models say of the samples held out to the scores, how sure one can be of them, and what can be said. Knows
//! neither models nor samples.

use super::super::explanation::largest;
use super::{Bin, Estimate, Interval, Verdict};
use crate::random::{Purpose, Random};
use crate::transformer::sort;
use libm::log;

/// Resamples of the bootstrap.
const RESAMPLES: usize = 1000;
/// Bins of the calibration.
const BINS: usize = 10;

/// Probabilities of the labels, (n, k) each, that two models give for the samples held out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::labs::encoding) struct Laws {
    /// q(y | x_v).
    pub values: Vec<f64>,
    /// q(y | x_v, E_v = 1).
    pub picked: Vec<f64>,
    /// q(y | x_v) at selections that were made for other samples.
    pub independent: Vec<f64>,
}

/// What both models say of the samples held out.
pub(in crate::labs::encoding) struct Seen {
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
    /// Of samples with these labels.
    ///
    /// # Panics
    /// When there is no sample.
    pub fn new(laws: &Laws, labels: &[usize]) -> Self {
        let Laws { values, picked, independent } = laws;
        let k = values.len() / labels.len();
        let of_label = |law: &[f64]| -> Vec<f64> {
            labels.iter().zip(law.chunks_exact(k)).map(|(&label, law)| log(law[label])).collect()
        };
        let term = |(p, q): (&f64, &f64)| if *p > 0.0 { p * log(p / q) } else { 0.0 };
        let guess = |(&label, law): (&usize, &[f64])| {
            let best = largest(law);
            (law[best], best == label)
        };
        Self {
            divergence: picked.iter().zip(values).map(term).sum::<f64>() / labels.len() as f64,
            guesses: labels.iter().zip(independent.chunks_exact(k)).map(guess).collect(),
            values: of_label(values),
            picked: of_label(picked),
        }
    }

    /// The scores, and whether the meter stands out of what a constant mask and dealt-out selections have.
    pub fn estimate(&self, floor: Interval, control: Interval, seed: u64) -> Estimate {
        let gains = self.gains();
        let [eval_x, fresh, encode_meter] = intervals([&self.values, &self.picked, &gains], seed);
        let is_shown = encode_meter.low > 0.0_f64.max(floor.high).max(control.high);
        let calibration = self.calibration();
        let off = |bin: &Bin| bin.count as f64 * (bin.sure - bin.right).abs();
        Estimate {
            held_out: self.values.len(),
            eval_x,
            fresh,
            encode_meter,
            encode_meter_kl: self.divergence,
            floor,
            control,
            calibration_error: calibration.iter().map(off).sum::<f64>() / self.values.len() as f64,
            calibration,
            verdict: if is_shown { Verdict::Encodes } else { Verdict::NotShown },
        }
    }

    /// FRESH - EVAL-X.
    pub fn meter(&self, seed: u64) -> Interval {
        let [meter] = intervals([&self.gains()], seed);
        meter
    }

    fn gains(&self) -> Vec<f64> {
        self.picked.iter().zip(&self.values).map(|(picked, values)| picked - values).collect()
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

/// The means and their intervals, all on the same resamples; the same seed resamples the same.
fn intervals<const N: usize>(of: [&[f64]; N], seed: u64) -> [Interval; N] {
    let n = of[0].len();
    let mut random = Random::new(seed, Purpose::Sample, 1);
    let mut sums = vec![[0.0; N]; RESAMPLES];
    for sums in &mut sums {
        for _ in 0..n {
            let at = random.below(n as u32) as usize;
            sums.iter_mut().zip(&of).for_each(|(sum, of)| *sum += of[at]);
        }
    }
    core::array::from_fn(|i| {
        let means: Vec<f64> = sums.iter().map(|sums| sums[i] / n as f64).collect();
        ends(&means, of[i].iter().sum::<f64>() / n as f64)
    })
}

/// A mean with the ends of the middle 95 % of its resampled ones.
fn ends(means: &[f64], value: f64) -> Interval {
    let mut order: Vec<u32> = (0..means.len() as u32).collect();
    sort(&mut order, &mut |a, b| means[a].total_cmp(&means[b]).then(a.cmp(&b)));
    let at = |share: f64| means[order[(share * (means.len() - 1) as f64).round() as usize] as usize];
    Interval { value, low: at(0.025), high: at(0.975) }
}
