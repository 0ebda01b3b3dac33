//! The seeded generator: ChaCha8, the same words on every platform. Knows no source of fresh randomness: a seed
//! is always an argument.
//!
//! Every (seed, purpose, step) has a stream of its own, so any step can be drawn again without its predecessors.

use crate::kernels::{DRAW_BITS, simd};

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
    /// Scenes that a teacher is told of, a stream for each.
    Scene,
    /// What a teacher answers, a stream for each scene.
    Teacher,
    /// Conversations made of a teacher's answer, a stream for each scene.
    Conversation,
    /// Text that a base model learns, a stream for each of its sequences.
    Lesson,
}

/// A stream of random words.
pub struct Random {
    key: [u32; 8],
    stream: u64,
    /// The block after those in `words`.
    block: u64,
    words: [u32; 64],
    /// The next of `words`.
    at: usize,
}

impl Random {
    /// The stream of `purpose` at step `step` of the run seeded with `seed`.
    ///
    /// # Panics
    /// When `step` is 2^56 or more.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, step: u64) -> Self {
        assert!(step < 1 << 56, "step {step} does not fit the stream's name");
        Self { key: key(seed), stream: ((purpose as u64) << 56) | step, block: 0, words: [0; 64], at: 64 }
    }

    fn next_u32(&mut self) -> u32 {
        if self.at == self.words.len() {
            simd::chacha8(&mut self.words, &self.key, self.block, self.stream);
            self.block += 4;
            self.at = 0;
        }
        self.at += 1;
        self.words[self.at - 1]
    }

    fn next_pair(&mut self) -> [u32; 2] {
        [self.next_u32(), self.next_u32()]
    }

    /// Fills `draws` with uniform numbers of [`DRAW_BITS`] bits, three from each 64-bit word: making words is most of
    /// the cost of drawing a batch.
    pub fn fill(&mut self, draws: &mut [u32]) {
        let (mut threes, rest) = draws.as_chunks_mut::<3>();
        while !threes.is_empty() {
            let pairs = self.words[self.at..].as_chunks::<2>().0;
            let (now, later) = threes.split_at_mut(pairs.len().min(threes.len()));
            split(now, pairs);
            self.at += 2 * now.len();
            threes = later;
            // A word that is left has its other half in the words to come.
            if let [three, later @ ..] = threes {
                split(core::slice::from_mut(three), &[self.next_pair()]);
                threes = later;
            }
        }
        if !rest.is_empty() {
            let mut three = [0; 3];
            split(core::slice::from_mut(&mut three), &[self.next_pair()]);
            rest.copy_from_slice(&three[..rest.len()]);
        }
    }

    /// Puts things in any order, each as likely as the others (Fisher and Yates).
    ///
    /// # Panics
    /// When there are 2^32 or more.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.below(u32::try_from(last + 1).expect("fewer than 2^32"));
            things.swap(last, other as usize);
        }
    }

    /// A whole number below `below`, by the high half of a 32 x 32 bit product (bias below `below` / 2^32).
    pub fn below(&mut self, below: u32) -> u32 {
        ((u64::from(self.next_u32()) * u64::from(below)) >> 32) as u32
    }

    /// A whole number below `below`, of more than 32 bits too.
    pub fn below_wide(&mut self, below: u64) -> u64 {
        let word = u64::from(self.next_u32()) << 32 | u64::from(self.next_u32());
        ((u128::from(word) * u128::from(below)) >> 64) as u64
    }

    /// A number in [0, 1) with 24 random bits.
    pub fn unit(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// Two independent numbers from N(0, 1), by Box and Muller's transform of two [`Self::unit`]s; at most 5.8.
    pub fn normal_pair(&mut self) -> [f32; 2] {
        // 1 - u is never 0, so its logarithm is finite.
        let radius = (-2.0 * libm::log(1.0 - f64::from(self.unit()))).sqrt();
        let angle = core::f64::consts::TAU * f64::from(self.unit());
        [(radius * libm::cos(angle)) as f32, (radius * libm::sin(angle)) as f32]
    }
}

/// Three numbers of [`DRAW_BITS`] bits from each 64 bits.
fn split(draws: &mut [[u32; 3]], words: &[[u32; 2]]) {
    const { assert!(DRAW_BITS < 32 && 2 * DRAW_BITS >= 32 && 3 * DRAW_BITS <= 64, "the second lies across the words") };
    for (three, [low, high]) in draws.iter_mut().zip(words) {
        let mask = (1 << DRAW_BITS) - 1;
        let across = (low >> DRAW_BITS) | (high << (32 - DRAW_BITS));
        *three = [low & mask, across & mask, (high >> (2 * DRAW_BITS - 32)) & mask];
    }
}

/// A seed, spread over the cipher's key by PCG32 (O'Neill 2014), as `rand_core`'s `seed_from_u64` does it.
fn key(seed: u64) -> [u32; 8] {
    let mut state = seed;
    core::array::from_fn(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(11_634_580_027_462_260_723);
        let xorshifted = (((state >> 18) ^ state) >> 27) as u32;
        xorshifted.rotate_right((state >> 59) as u32)
    })
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
    fn words_are_those_of_chacha8() {
        use rand_core::{Rng, SeedableRng};
        for (seed, step) in [(0, 0), (7, 3), (u64::MAX, (1 << 56) - 1)] {
            let mut theirs = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            theirs.set_stream(((Purpose::Batch as u64) << 56) | step);
            let mut random = Random::new(seed, Purpose::Batch, step);
            // An odd number of words first, so that a pair lies across the end of a block.
            for turn in 0..200 {
                assert_eq!(random.next_u32(), theirs.next_u32(), "seed {seed}, step {step}, turn {turn}");
                let mut draws = [0; 7];
                random.fill(&mut draws);
                let words = [theirs.next_u64(), theirs.next_u64(), theirs.next_u64()];
                let cut = |i: usize| (words[i / 3] >> (21 * (i % 3))) as u32 & 0x1f_ffff;
                assert_eq!(draws, core::array::from_fn(cut), "seed {seed}, step {step}, turn {turn}");
            }
        }
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
