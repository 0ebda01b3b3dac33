//! The base: a compact transformer that has learned the general text of [`lessons`](super::lessons) and never saw a call of a tool.
//!
//! It is learned once, natively, by `snapscope pretrain`, and ships as a file: the same command makes the same bytes, on any
//! number of cores, as a batch is always cut into the same shards, whose gradients are added in order.

use super::lessons;
use super::lexicon::{END, lexicon};
use crate::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};
use crate::transformer::tokenizer::Vocabulary;
use crate::transformer::{Batch, Config, Init, Model, Positions, Settings};

/// Longest sequence.
pub const CONTEXT: usize = 384;
/// Shards of a batch, and sequences of a shard.
const SHARDS: usize = 4;
const SEQUENCES: usize = 4;
/// How much a token counts that does not follow from what was said before it.
const UNTOLD: f32 = 0.1;
/// The learning rate's peak; steps until it is reached, fewer of few; and the part of it that is left at the end.
const RATE: f32 = 2e-3;
const WARMUP: u64 = 100;
const LEFT: f32 = 0.05;
/// Decay of matrices, and the norm at which gradients are clipped.
const DECAY: f32 = 0.01;
const CLIP: f64 = 1.0;

/// A base: settings, weights, and what its tokens stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The settings.
    pub config: Config,
    /// The weights in the model's order.
    pub params: Vec<f32>,
    /// What tokens stand for.
    pub vocabulary: Vocabulary,
}

/// A part of a batch with a model of its own, so that parts can be worked on side by side.
pub struct Shard {
    model: Model,
    rows: Rows,
    /// Sum of the weights of its tokens, and its loss.
    total: f64,
    loss: f64,
}

/// What is done with the shard of that number.
pub type Work<'a> = &'a (dyn Fn(&mut Shard, u64) + Sync);

/// Sequences with targets and weights.
#[derive(Clone, Debug, Default)]
struct Rows {
    tokens: Vec<u32>,
    targets: Vec<u32>,
    weights: Vec<f32>,
}

impl Rows {
    /// Appends a sequence of [`CONTEXT`] tokens: lessons, one after the other, the last one cut.
    fn draw(&mut self, vocabulary: &Vocabulary, seed: u64, sequence: u64) {
        let mut random = Random::new(seed, Purpose::Lesson, sequence);
        let (mut tokens, mut weights) = (vec![END], vec![0.0]);
        while tokens.len() <= CONTEXT {
            for (text, follows) in lessons::draw(&mut random) {
                vocabulary.encode(&text, &mut tokens);
                weights.resize(tokens.len(), if follows { 1.0 } else { UNTOLD });
            }
            tokens.push(END);
            weights.push(UNTOLD);
        }
        self.tokens.extend_from_slice(&tokens[..CONTEXT]);
        self.targets.extend_from_slice(&tokens[1..=CONTEXT]);
        self.weights.extend_from_slice(&weights[1..=CONTEXT]);
    }
}

impl Shard {
    /// Works out loss and gradient of its part of a step's batch.
    pub fn work(&mut self, vocabulary: &Vocabulary, seed: u64, step: u64, shard: u64) {
        self.rows = Rows::default();
        for i in 0..SEQUENCES as u64 {
            let sequence = (step * SHARDS as u64 + shard) * SEQUENCES as u64 + i;
            self.rows.draw(vocabulary, seed, sequence);
        }
        let Rows { tokens, targets, weights } = &self.rows;
        self.total = weights.iter().map(|weight| f64::from(*weight)).sum();
        self.loss = self.model.forward(&Batch { tokens, targets, weights: Some(weights), t: CONTEXT }, None);
        self.model.clear_gradients();
        self.model.backward();
    }
}

/// A base that is being learned.
pub struct Pretraining {
    vocabulary: Vocabulary,
    shards: Vec<Shard>,
    optimizer: Optimizer,
    groups: Vec<Group>,
    schedule: Schedule,
    grads: Vec<f32>,
    seed: u64,
    step: u64,
    steps: u64,
}

/// Layers, width and heads of a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
}

impl Default for Size {
    /// That of the base that ships.
    fn default() -> Self {
        Self { layers: 4, width: 128, heads: 8 }
    }
}

impl Pretraining {
    /// Before the first of so many steps.
    ///
    /// # Errors
    /// When there is no model of that size.
    pub fn new(size: Size, steps: u64, seed: u64) -> Result<Self, crate::transformer::ConfigError> {
        let vocabulary = lexicon();
        let Size { layers, width, heads } = size;
        // Fixed positions let a head look at the token before from the start, which copying begins with.
        let settings = Settings {
            layers,
            width,
            heads,
            context: CONTEXT,
            vocabulary: vocabulary.len(),
            positions: Positions::Sinusoidal,
            init: Init::Uniform,
            scale_embedding: true,
            ..Settings::default()
        };
        let model = Model::new(Config::new(settings)?, SEQUENCES, seed);
        let views = model.trained_views().iter();
        let groups =
            Group::merged(&mut views.map(|view| Group { end: view.range.end, rate: 1.0, decays: view.decays() }));
        let len = model.params().len();
        let shard = |model| Shard { model, rows: Rows::default(), total: 0.0, loss: 0.0 };
        Ok(Self {
            vocabulary,
            shards: (0..SHARDS).map(|_| shard(model.clone())).collect(),
            optimizer: Optimizer::new(Rule::AdamW { weight_decay: DECAY }, len),
            groups,
            schedule: Schedule::WarmupCosine { warmup: WARMUP.min(steps / 10), steps, floor: LEFT },
            grads: vec![0.0; len],
            seed,
            step: 0,
            steps,
        })
    }

    /// Steps done, and in all.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.step, self.steps)
    }

    /// Takes a step, if there is one left: `all` has [`Shard::work`] called on each shard, side by side if it likes. Gives the
    /// loss, nats for each token, those that follow from others before counting most.
    pub fn step(&mut self, all: &dyn Fn(&mut [Shard], Work<'_>)) -> Option<f64> {
        if self.step == self.steps {
            return None;
        }
        let (vocabulary, seed, step) = (&self.vocabulary, self.seed, self.step);
        all(&mut self.shards, &|shard, place| shard.work(vocabulary, seed, step, place));
        let total: f64 = self.shards.iter().map(|shard| shard.total).sum();
        self.grads.fill(0.0);
        for shard in &self.shards {
            let share = (shard.total / total) as f32;
            self.grads.iter_mut().zip(shard.model.grads()).for_each(|(sum, grad)| *sum += share * grad);
        }
        self.step += 1;
        let scale = clip_scale(norm(&self.grads), CLIP);
        let eta = RATE * self.schedule.factor(self.step);
        let (first, others) = self.shards.split_at_mut(1);
        let params = first[0].model.params_mut();
        self.optimizer.update(params, &self.grads, &self.groups, Step { eta, scale, t: self.step });
        for shard in others {
            shard.model.params_mut().copy_from_slice(params);
        }
        Some(self.shards.iter().map(|shard| shard.loss * shard.total / total).sum())
    }

    /// The base as it is now.
    #[must_use]
    pub fn base(&self) -> Base {
        let model = &self.shards[0].model;
        Base { config: *model.config(), params: model.params().to_vec(), vocabulary: self.vocabulary.clone() }
    }

    /// How often the likeliest token is the right one, among those that follow from others, in `count` sequences that are not
    /// learned.
    pub fn accuracy(&mut self, count: u64) -> f64 {
        let (mut right, mut all) = (0_u32, 0_u32);
        let v = self.vocabulary.len();
        for i in 0..count {
            let mut rows = Rows::default();
            rows.draw(&self.vocabulary, self.seed, (1 << 40) + i);
            let logits = self.shards[0].model.logits(&rows.tokens, CONTEXT);
            let told = rows.weights.iter().zip(&rows.targets).zip(logits.chunks_exact(v));
            for ((_, target), logits) in told.filter(|((weight, _), _)| **weight == 1.0) {
                let best = (0..v).fold(0, |best, i| if logits[i] > logits[best] { i } else { best });
                right += u32::from(best == *target as usize);
                all += 1;
            }
        }
        f64::from(right) / f64::from(all.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: Size = Size { layers: 1, width: 16, heads: 2 };

    #[test]
    fn a_batch_has_the_same_bits_in_whatever_order_its_shards_are_worked_on() {
        let learned = |all: &dyn Fn(&mut [Shard], Work<'_>)| {
            let mut pretraining = Pretraining::new(TINY, 3, 1).expect("a size");
            let losses: Vec<f64> = core::iter::from_fn(|| pretraining.step(all)).collect();
            (losses, pretraining.base())
        };
        let forward = learned(&|shards, work| shards.iter_mut().zip(0..).for_each(|(shard, place)| work(shard, place)));
        let back = learned(&|shards, work| {
            for place in (0..shards.len()).rev() {
                work(&mut shards[place], place as u64);
            }
        });
        assert_eq!(forward, back);
        assert_eq!(forward.0.len(), 3, "no step after the last");
        let most = libm::log(forward.1.vocabulary.len() as f64);
        assert!((forward.0[0] - most).abs() < 0.3, "at first all tokens are as likely: {} of {most}", forward.0[0]);
    }

    #[test]
    fn text_is_learned() {
        let mut pretraining = Pretraining::new(TINY, 25, 1).expect("a size");
        let all = |shards: &mut [Shard], work: Work<'_>| {
            shards.iter_mut().zip(0..).for_each(|(shard, place)| work(shard, place));
        };
        let losses: Vec<f64> = core::iter::from_fn(|| pretraining.step(&all)).collect();
        assert!(losses[24] < losses[0] - 0.2, "{} after {}", losses[24], losses[0]);
    }

    #[test]
    fn a_sequence_is_the_same_again_and_weighs_what_follows() {
        let vocabulary = lexicon();
        let draw = |seed, sequence| {
            let mut rows = Rows::default();
            rows.draw(&vocabulary, seed, sequence);
            rows
        };
        let rows = draw(1, 5);
        assert_eq!((rows.tokens.len(), rows.targets.len(), rows.weights.len()), (CONTEXT, CONTEXT, CONTEXT));
        assert_eq!(rows.tokens[1..], rows.targets[..CONTEXT - 1], "the target is the next token");
        assert_eq!(rows.tokens, draw(1, 5).tokens);
        assert_ne!(rows.tokens, draw(1, 6).tokens);
        let told = (0..50).map(|i| draw(1, i).weights.iter().filter(|weight| **weight == 1.0).count()).sum::<usize>();
        assert!((50 * CONTEXT / 10..50 * CONTEXT / 2).contains(&told), "{told} tokens of {}", 50 * CONTEXT);
    }
}
