//! The seeded generator: ChaCha8, the same words on every platform. Knows no source of fresh randomness: a seed
//! is always an argument.
//!
//! Every (seed, purpose, step) has a stream of its own, so any step can be drawn again without its predecessors.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// What a stream of random words is for; streams of different purposes never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial values of Y and Z.
    Init,
    /// The sequences of a training step.
    Batch,
    /// The sequences shown to the reader.
    Sample,
    /// Initial weights of a transformer, a stream for each named parameter.
    Weights,
    /// What dropout drops, a stream for each step and place.
    Dropout,
    /// Tokens drawn from a model.
    Tokens,
}

/// Bits of a number that [`Random::fill`] draws.
pub const DRAW_BITS: u32 = 21;

/// A stream of random words.
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream of `purpose` at step `step` of the run seeded with `seed`.
    ///
    /// # Panics
    /// When `step` is 2^56 or more.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, step: u64) -> Self {
        assert!(step < 1 << 56, "step {step} does not fit the stream's name");
        let mut words = ChaCha8Rng::seed_from_u64(seed);
        words.set_stream(((purpose as u64) << 56) | step);
        Self(words)
    }

    /// Fills `draws` with uniform numbers of [`DRAW_BITS`] bits, three from each 64-bit word: making words is most of
    /// the cost of drawing a batch.
    pub fn fill(&mut self, draws: &mut [u32]) {
        for three in draws.chunks_mut(3) {
            let mut word = self.0.next_u64();
            for draw in three {
                *draw = word as u32 & ((1 << DRAW_BITS) - 1);
                word >>= DRAW_BITS;
            }
        }
    }

    /// A whole number below `below`, by the high half of a 32 x 32 bit product (bias below `below` / 2^32).
    pub fn below(&mut self, below: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(below)) >> 32) as u32
    }

    /// A number in [0, 1) with 24 random bits.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// Two independent numbers from N(0, 1), by Box and Muller's transform of two [`Self::unit`]s; at most 5.8.
    pub fn normal_pair(&mut self) -> [f32; 2] {
        // 1 - u is never 0, so its logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - f64::from(self.unit()))).sqrt();
        let angle = core::f64::consts::TAU * f64::from(self.unit());
        [(radius * libm::cos(angle)) as f32, (radius * libm::sin(angle)) as f32]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_seed_never_change() {
        let mut words = [0; 4];
        Random::new(7, Purpose::Batch, 3).fill(&mut words);
        assert_eq!(words, [939_562, 1_829_247, 1_652_803, 628_442], "these words are part of every golden digest");
    }

    #[test]
    fn streams_differ_by_seed_purpose_and_step() {
        let first = |seed, purpose, step| Random::new(seed, purpose, step).below(u32::MAX);
        let words = [
            first(0, Purpose::Init, 0),
            first(1, Purpose::Init, 0),
            first(0, Purpose::Batch, 0),
            first(0, Purpose::Batch, 1),
        ];
        for (i, a) in words.iter().enumerate() {
            assert!(words[i + 1..].iter().all(|b| a != b), "streams meet: {words:?}");
        }
    }

    #[test]
    fn normal_numbers_have_their_moments() {
        let mut random = Random::new(0, Purpose::Sample, 1);
        let mut moments = [0.0_f64; 4];
        for _ in 0..50_000 {
            for x in random.normal_pair() {
                for (k, moment) in moments.iter_mut().enumerate() {
                    *moment += (0..=k).map(|_| f64::from(x)).product::<f64>() / 100_000.0;
                }
            }
        }
        // Standard deviations of the means: 0.0032, 0.0045, 0.012, 0.031; 4 of each.
        let gaps: Vec<f64> = moments.iter().zip([0.0, 1.0, 0.0, 3.0]).map(|(a, b)| (a - b).abs()).collect();
        assert!(gaps.iter().zip([0.013, 0.018, 0.049, 0.124]).all(|(gap, most)| *gap < most), "{moments:?}");
    }

    #[test]
    fn units_fill_the_interval_evenly() {
        let mut random = Random::new(0, Purpose::Sample, 0);
        let mut bins = [0_u32; 10];
        for _ in 0..100_000 {
            bins[(random.unit() * 10.0) as usize] += 1;
        }
        // Each bin is binomial with mean 10,000 and standard deviation 95: 5 of them is 475.
        assert!(bins.iter().all(|&n| n.abs_diff(10_000) < 475), "{bins:?}");
    }
}
