//! The base: a compact transformer that has learned the general text of [`lessons`](super::lessons) and never saw a call of a tool.
//!
//! It is learned once, natively, by `snapscope pretrain`, and ships as a file: the same command makes the same bytes, on any
//! number of cores, as a batch is always cut into the same shards, whose gradients are added in order.

use super::lessons::{Kind, Words};
use super::lexicon::{END, FRAMES, lexicon, said};
use crate::optimizer::muon::{Matrix, Muon};
use crate::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};
use crate::transformer::safetensors::{self, Dtype, FileError, Saved};
use crate::transformer::tokenizer::Vocabulary;
use crate::transformer::{Batch, Config, Init, Model, Positions, Role, Settings, View, likeliest};
use xxhash_rust::xxh64::xxh64;

/// Longest sequence.
pub const CONTEXT: usize = 384;
/// Shards of a batch.
const SHARDS: usize = 4;

/// What is learned at a time.
struct Stage {
    /// Tokens of a sequence, and sequences of a shard.
    length: usize,
    sequences: u64,
    /// How many steps it takes at most, and the loss, as [`Climb`] keeps it, at which it has taken enough.
    steps: u64,
    enough: f64,
    /// What lessons there are, each so many times in a bag they are drawn from.
    lessons: &'static [(Kind, u32)],
}

/// One after the other; the last one takes the rest.
///
/// To find a name by what is told of it, words must know what stands before them, a question must find these words, and the answer
/// must find the question: a list as prompts have it gives no sign before all three are there, and a choice among its entries stays
/// as good as drawn. So each stage adds one thing to what is known. Attention to what came before is learned from short sequences
/// that say the same again, what stands before a word from such as say it backwards, and the rest on rungs ([`Kind::Find`],
/// [`Kind::Mean`]), most in fifty to two hundred steps.
const STAGES: [Stage; 9] = [
    Stage { length: 64, sequences: 8, steps: 700, enough: 0.2, lessons: &[(Kind::Echo, 1)] },
    Stage { length: 64, sequences: 8, steps: 300, enough: 0.2, lessons: &[(Kind::Back, 1)] },
    Stage {
        length: 96,
        sequences: 8,
        steps: 600,
        enough: 0.15,
        lessons: &[(Kind::Back, 1), (Kind::Echo, 1), (Kind::Find(0), 2)],
    },
    Stage {
        length: 96,
        sequences: 8,
        steps: 300,
        enough: 0.1,
        lessons: &[(Kind::Back, 1), (Kind::Find(0), 1), (Kind::Find(1), 2)],
    },
    Stage { length: 256, sequences: 4, steps: 200, enough: 0.0, lessons: SOME_OF_ALL },
    Stage {
        length: 128,
        sequences: 6,
        steps: 200,
        enough: 0.25,
        lessons: &[(Kind::Back, 1), (Kind::Find(1), 2), (Kind::Find(2), 2), (Kind::Find(3), 1), (Kind::Mean(0), 1)],
    },
    Stage {
        length: 160,
        sequences: 6,
        steps: 200,
        enough: 0.7,
        lessons: &[(Kind::Find(3), 1), (Kind::Find(4), 2), (Kind::Mean(0), 2), (Kind::Mean(1), 1), (Kind::Relate, 1)],
    },
    Stage {
        length: 192,
        sequences: 6,
        steps: 300,
        enough: 0.7,
        lessons: &[
            (Kind::Find(4), 1),
            (Kind::Find(5), 2),
            (Kind::Mean(0), 1),
            (Kind::Mean(1), 2),
            (Kind::Mean(2), 2),
            (Kind::Relate, 1),
        ],
    },
    Stage { length: CONTEXT, sequences: 4, steps: u64::MAX, enough: 0.0, lessons: USUAL },
];

/// Where on the stages a base is: steps taken in this one, and their loss, each step's a twentieth of it.
#[derive(Clone, Copy, Debug, Default)]
struct Climb {
    stage: usize,
    steps: u64,
    loss: f64,
}

/// Fewest steps of a stage.
const FEWEST: u64 = 30;

impl Climb {
    fn stage(self) -> &'static Stage {
        &STAGES[self.stage]
    }

    fn is_last(self) -> bool {
        self.stage + 1 == STAGES.len()
    }

    /// After a step with this loss.
    fn next(mut self, loss: f64) -> Self {
        self.loss = if self.steps == 0 { loss } else { 0.95 * self.loss + 0.05 * loss };
        self.steps += 1;
        let Stage { steps, enough, .. } = *self.stage();
        let has_enough = self.steps >= FEWEST && self.loss <= enough;
        if !self.is_last() && (self.steps >= steps || has_enough) {
            return Self { stage: self.stage + 1, ..Self::default() };
        }
        self
    }
}

/// The one that takes the rest.
const LAST: &Stage = &STAGES[STAGES.len() - 1];

/// Enough of all lessons to know their words.
const SOME_OF_ALL: &[(Kind, u32)] = &[
    (Kind::Echo, 1),
    (Kind::Find(0), 1),
    (Kind::Find(3), 1),
    (Kind::Find(4), 1),
    (Kind::Find(5), 1),
    (Kind::Mean(0), 1),
    (Kind::Mean(1), 1),
    (Kind::Mean(2), 1),
    (Kind::LookUp, 5),
    (Kind::Repeat, 1),
    (Kind::Files, 1),
    (Kind::Form, 7),
    (Kind::TakeUp, 1),
    (Kind::Relate, 3),
    (Kind::Chat, 1),
    (Kind::Caption, 1),
];

/// Each lesson as often as it is of use once all rungs are climbed.
const USUAL: &[(Kind, u32)] = &[
    (Kind::Echo, 1),
    (Kind::Find(3), 1),
    (Kind::Find(4), 1),
    (Kind::Find(5), 2),
    (Kind::Mean(0), 1),
    (Kind::Mean(1), 3),
    (Kind::Mean(2), 4),
    (Kind::LookUp, 6),
    (Kind::Repeat, 1),
    (Kind::Files, 1),
    (Kind::Form, 6),
    (Kind::TakeUp, 1),
    (Kind::Relate, 2),
    (Kind::Chat, 1),
    (Kind::Caption, 1),
];

/// Most sequences of a shard.
const SEQUENCES: u64 = 8;
/// The learning rate's peak; steps until it is reached, fewer of few; and what is left of it at the end of the last stage, in which it
/// falls.
const RATE: f32 = 2e-3;
const WARMUP: u64 = 100;
const LEFT: f32 = 0.05;
/// Momentum and decay of matrices, and the norm at which gradients are clipped.
const MOMENTUM: f32 = 0.95;
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
    /// xxh64 of its file.
    pub digest: u64,
}

/// Why a file has no base.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BaseError {
    /// It has no model.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its tokens stand for nothing.
    #[error("the file has no vocabulary")]
    NoVocabulary,
    /// Its tokens are not pieces of text by which a student reads, or it reads too few of them.
    #[error("the base reads {context} tokens of the kind {kind}, expected {CONTEXT} or more of the kind subwords")]
    Other {
        /// Its longest sequence.
        context: usize,
        /// The kind of its tokens.
        kind: &'static str,
    },
}

impl Base {
    /// Reads a base from a file.
    ///
    /// # Errors
    /// Why it has none.
    pub fn load(bytes: &[u8]) -> Result<Self, BaseError> {
        let Saved { config, params, vocabulary } = safetensors::load(bytes)?;
        let vocabulary = vocabulary.ok_or(BaseError::NoVocabulary)?;
        if config.context < CONTEXT || !matches!(vocabulary, Vocabulary::Subwords(_)) {
            return Err(BaseError::Other { context: config.context, kind: vocabulary.kind() });
        }
        Ok(Self { config, params, vocabulary, digest: xxh64(bytes, 0) })
    }

    /// The same with numbers that fit into two bytes, as they are read from its file.
    fn rounded(&self) -> Self {
        Self::load(&self.save()).expect("a base that was just written")
    }

    /// Gives the long pieces that frame a prompt, which no lesson has, the mean embedding of their words, which lessons have: what
    /// such a row was drawn as would only be in the way of those who learn to read prompts.
    fn frame(&mut self) {
        let c = self.config.width;
        for text in FRAMES {
            let text = text.trim_end_matches(' ');
            let (mut whole, mut words) = (Vec::new(), Vec::new());
            self.vocabulary.encode(text, &mut whole);
            // Words are read with the blank before them.
            let starts: Vec<usize> = [0].into_iter().chain(text.match_indices(' ').map(|(at, _)| at)).collect();
            let ends = starts[1..].iter().copied().chain([text.len()]);
            starts.iter().zip(ends).for_each(|(at, end)| self.vocabulary.encode(&text[*at..end], &mut words));
            // Where a piece is not one token, as in a vocabulary of others, its tokens are known as they are.
            let [token] = whole[..] else { continue };
            let mut mean = vec![0.0; c];
            for word in &words {
                let row = &self.params[*word as usize * c..][..c];
                mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / words.len() as f32);
            }
            self.params[token as usize * c..][..c].copy_from_slice(&mean);
        }
    }

    /// Writes it as a file, numbers in two bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        safetensors::save_as(&self.config, &self.params, Some(&self.vocabulary), Dtype::Bf16)
    }
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
    /// Appends a sequence of `length` tokens: lessons, one after the other, the last one cut.
    fn draw(&mut self, source: &Source, sequence: u64, length: usize, lessons: &[(Kind, u32)]) {
        let mut random = Random::new(source.seed, Purpose::Lesson, sequence);
        let (mut tokens, mut weights) = (vec![END], vec![0.0]);
        while tokens.len() <= length {
            let lesson = Kind::draw(lessons, &mut random).lesson(&source.words, &mut random);
            // Each prompt and each answer is read as a whole, as when it is asked.
            for same in lesson.chunk_by(|one, next| one.1 == next.1) {
                let text: String = same.iter().map(|(text, _)| text.as_str()).collect();
                source.vocabulary.encode(&text, &mut tokens);
                weights.resize(tokens.len(), f32::from(same[0].1));
            }
            tokens.push(END);
            weights.push(0.0);
        }
        self.tokens.extend_from_slice(&tokens[..length]);
        self.targets.extend_from_slice(&tokens[1..=length]);
        self.weights.extend_from_slice(&weights[1..=length]);
    }
}

impl Shard {
    /// Works out loss and gradient of its part of a step's batch.
    fn work(&mut self, source: &Source, stage: &Stage, step: u64, shard: u64) {
        self.rows = Rows::default();
        let Stage { length, sequences, lessons, .. } = *stage;
        for i in 0..sequences {
            let sequence = (step * SHARDS as u64 + shard) * SEQUENCES + i;
            self.rows.draw(source, sequence, length, lessons);
        }
        let Rows { tokens, targets, weights } = &self.rows;
        self.total = weights.iter().map(|weight| f64::from(*weight)).sum();
        self.loss = self.model.forward(&Batch { tokens, targets, weights: Some(weights), t: length }, None);
        self.model.clear_gradients();
        self.model.backward();
    }
}

/// What sequences are drawn from.
pub struct Source {
    vocabulary: Vocabulary,
    words: Words,
    seed: u64,
}

/// A base that is being learned.
pub struct Pretraining {
    source: Source,
    shards: Vec<Shard>,
    muon: Muon,
    /// Of all that is no matrix.
    adam: Optimizer,
    groups: Vec<Group>,
    grads: Vec<f32>,
    step: u64,
    steps: u64,
    climb: Climb,
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

/// The matrices of a model; queries, keys and values, which one of them holds side by side, each on their own.
fn matrices(views: &[View]) -> Vec<Matrix> {
    let of_view = |view: &View| {
        let ([stride, rows], start) = ([view.shape[0], view.shape[1]], view.range.start);
        let parts = if view.name.ends_with("in_proj_weight") { 3 } else { 1 };
        let columns = stride / parts;
        (0..parts).map(move |part| Matrix { start: start + part * columns, rows, columns, stride })
    };
    views.iter().filter(|view| view.role == Role::Matrix).flat_map(of_view).collect()
}

impl Pretraining {
    /// Before the first of so many steps.
    ///
    /// # Errors
    /// When there is no model of that size.
    pub fn new(size: Size, steps: u64, seed: u64) -> Result<Self, crate::transformer::ConfigError> {
        let vocabulary = lexicon();
        let Size { layers, width, heads } = size;
        // Of positions only how far apart they are counts, wherever in a sequence: copying is the same everywhere.
        let settings = Settings {
            layers,
            width,
            heads,
            context: CONTEXT,
            vocabulary: vocabulary.len(),
            positions: Positions::HalfRotary,
            init: Init::Uniform,
            scale_embedding: true,
            ..Settings::default()
        };
        let model = Model::new(Config::new(settings)?, LAST.sequences as usize, seed);
        // Matrices are Muon's.
        let rate = |view: &View| if view.role == Role::Matrix { 0.0 } else { 1.0 };
        let group = |view: &View| Group { end: view.range.end, rate: rate(view), decays: false };
        let groups = Group::merged(&mut model.views().iter().map(group));
        let len = model.params().len();
        let shard = |model| Shard { model, rows: Rows::default(), total: 0.0, loss: 0.0 };
        Ok(Self {
            source: Source { words: said(&vocabulary), vocabulary, seed },
            shards: (0..SHARDS).map(|_| shard(model.clone())).collect(),
            muon: Muon::new(matrices(model.views()), MOMENTUM, DECAY),
            adam: Optimizer::new(Rule::Adam, len),
            groups,
            grads: vec![0.0; len],
            step: 0,
            steps,
            climb: Climb::default(),
        })
    }

    /// Steps done, and in all.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.step, self.steps)
    }

    /// Takes a step, if there is one left: `all` has the work done on each shard, side by side if it likes. Gives the
    /// loss, nats for each token that follows from those before it.
    pub fn step(&mut self, all: &dyn Fn(&mut [Shard], Work<'_>)) -> Option<f64> {
        if self.step == self.steps {
            return None;
        }
        let (source, step, climb) = (&self.source, self.step, self.climb);
        all(&mut self.shards, &|shard, place| shard.work(source, climb.stage(), step, place));
        let total: f64 = self.shards.iter().map(|shard| shard.total).sum();
        self.grads.fill(0.0);
        for shard in &self.shards {
            let share = (shard.total / total) as f32;
            self.grads.iter_mut().zip(shard.model.grads()).for_each(|(sum, grad)| *sum += share * grad);
        }
        self.step += 1;
        let scale = clip_scale(norm(&self.grads), CLIP);
        let eta = RATE * self.factor();
        let (first, others) = self.shards.split_at_mut(1);
        let params = first[0].model.params_mut();
        self.muon.update(params, &self.grads, eta, scale);
        self.adam.update(params, &self.grads, &self.groups, Step { eta, scale, t: self.step });
        for shard in others {
            shard.model.params_mut().copy_from_slice(params);
        }
        let loss = self.shards.iter().map(|shard| shard.loss * shard.total / total).sum();
        self.climb = climb.next(loss);
        Some(loss)
    }

    /// What the learning rate of the step at hand is multiplied by.
    fn factor(&self) -> f32 {
        if self.climb.is_last() {
            let Climb { steps: taken, .. } = self.climb;
            let steps = taken + self.steps - self.step;
            return Schedule::WarmupCosine { warmup: 0, steps, floor: LEFT }.factor(taken + 1);
        }
        let warmup = WARMUP.min(self.steps / 10);
        Schedule::WarmupCosine { warmup, steps: u64::MAX, floor: LEFT }.factor(self.step)
    }

    /// The base as it is now.
    #[must_use]
    pub fn base(&self) -> Base {
        let model = &self.shards[0].model;
        let (config, params, vocabulary) = (*model.config(), model.params().to_vec(), self.source.vocabulary.clone());
        let mut base = Base { config, params, vocabulary, digest: 0 }.rounded();
        base.frame();
        base.rounded()
    }

    /// How often a whole answer is right, each of its tokens the likeliest after those before it, in `count` sequences of a kind
    /// that are not learned.
    pub fn accuracy(&mut self, kind: Kind, count: u64) -> f64 {
        let (mut right, mut all) = (0, 0);
        let v = self.source.vocabulary.len();
        for i in 0..count {
            let mut rows = Rows::default();
            rows.draw(&self.source, (1 << 40) + i, CONTEXT, &[(kind, 1)]);
            let logits = self.shards[0].model.logits(&rows.tokens, CONTEXT);
            let hits = logits.chunks_exact(v).zip(&rows.targets).map(|(logits, target)| likeliest(logits) == *target);
            let [these, of] = answers(&rows.weights, hits);
            right += these;
            all += of;
        }
        f64::from(right) / f64::from(all.max(1))
    }
}

/// How many answers are right in all their tokens, and how many there are: tokens of an answer have a weight, and one that reaches
/// the end may be cut and does not count.
fn answers(weights: &[f32], hits: impl Iterator<Item = bool>) -> [u32; 2] {
    let (mut right, mut all) = (0, 0);
    let mut is_right = None;
    for (weight, hit) in weights.iter().zip(hits) {
        if *weight > 0.0 {
            is_right = Some(is_right.unwrap_or(true) && hit);
        } else if let Some(is_right) = is_right.take() {
            all += 1;
            right += u32::from(is_right);
        }
    }
    [right, all]
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
    fn a_stage_ends_when_enough_is_learned_or_its_steps_are_over() {
        let after = |losses: &[f64]| losses.iter().fold(Climb::default(), |climb, loss| climb.next(*loss));
        let at = |losses: &[f64]| [after(losses).stage as u64, after(losses).steps];
        let (first, fewest) = (STAGES[0].steps as usize, FEWEST as usize);
        assert_eq!(at(&vec![0.0; fewest - 1]), [0, FEWEST - 1], "luck is not enough");
        assert_eq!(at(&vec![0.0; fewest]), [1, 0]);
        assert_eq!([at(&vec![9.0; first - 1]), at(&vec![9.0; first])], [[0, first as u64 - 1], [1, 0]]);
        let falling: Vec<f64> = (0..200).map(|i| if i < 100 { 7.0 } else { 0.1 }).collect();
        let is_enough = |n: &u64| 6.9 * libm::pow(0.95, *n as f64) + 0.1 <= 0.2;
        let needed = (1..).find(is_enough).unwrap_or_default();
        assert_eq!(at(&falling), [1, 100 - needed], "7 falls to 0.2, each time by a twentieth of what is above 0.1");
        assert_eq!(at(&vec![0.0; 100_000])[0], STAGES.len() as u64 - 1, "the last one takes the rest");
        assert!(STAGES.iter().all(|stage| stage.sequences <= SEQUENCES && stage.length <= CONTEXT));
    }

    #[test]
    fn the_learning_rate_rises_stays_and_falls_on_the_last_stage() {
        let mut pretraining = Pretraining::new(TINY, 1_000, 1).expect("a size");
        let last = STAGES.len() - 1;
        let factors = [(50, 0, 50), (100, 1, 3), (700, 4, 9), (801, last, 0), (900, last, 98), (1000, last, 199)];
        let factors = factors.map(|(step, stage, steps)| {
            pretraining.step = step;
            pretraining.climb = Climb { stage, steps, loss: 1.0 };
            pretraining.factor()
        });
        let expected = [0.5, 1.0, 1.0, 1.0, (1.0 + LEFT) / 2.0, LEFT];
        assert!(factors.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-3), "{factors:?}");
    }

    #[test]
    fn queries_keys_and_values_are_matrices_of_their_own() {
        let pretraining = Pretraining::new(TINY, 1, 1).expect("a size");
        let views = pretraining.shards[0].model.views();
        let found = matrices(views);
        let names = ["self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight"];
        let start = |name: &str| views.iter().find(|view| view.name.ends_with(name)).map_or(0, |view| view.range.start);
        let [qkv, out, up, down] = names.map(start);
        let of = |start, rows, columns, stride| Matrix { start, rows, columns, stride };
        let parts = [0, 16, 32].map(|column| of(qkv + column, 16, 16, 48));
        let others = [of(out, 16, 16, 16), of(up, 16, 64, 64), of(down, 64, 16, 16)];
        assert_eq!(found, [&parts[..], &others].concat());
    }

    #[test]
    fn an_answer_is_right_as_a_whole() {
        let weights = [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0];
        let hits = [false, true, true, false, true, false, true, true, false, true, true, true];
        assert_eq!(answers(&weights, hits.into_iter()), [1, 3], "one right, one wrong, one wrong in part, one cut");
    }

    #[test]
    fn what_frames_a_prompt_is_as_its_words_are() {
        let base = Pretraining::new(TINY, 1, 1).expect("a size").base();
        let row = |token: u32| &base.params[token as usize * TINY.width..][..TINY.width];
        let token = |text: &str| {
            let mut tokens = Vec::new();
            base.vocabulary.encode(text, &mut tokens);
            tokens
        };
        for text in FRAMES.map(|text| text.trim_end_matches(' ')) {
            let mut words = text.split(' ');
            let first = token(words.next().expect("a word"));
            let words: Vec<u32> = first.into_iter().chain(words.flat_map(|word| token(&format!(" {word}")))).collect();
            let [whole] = token(text)[..] else { panic!("one token: {text}") };
            for at in 0..TINY.width {
                let mean = words.iter().map(|word| f64::from(row(*word)[at])).sum::<f64>() / words.len() as f64;
                let found = f64::from(row(whole)[at]);
                assert!((found - mean).abs() < 5e-3 * mean.abs() + 1e-5, "{found} of {mean}");
            }
        }
    }

    #[test]
    fn text_is_learned() {
        let mut pretraining = Pretraining::new(TINY, 60, 1).expect("a size");
        let all = |shards: &mut [Shard], work: Work<'_>| {
            shards.iter_mut().zip(0..).for_each(|(shard, place)| work(shard, place));
        };
        let losses: Vec<f64> = core::iter::from_fn(|| pretraining.step(&all)).collect();
        assert!(losses[59] < losses[0] - 0.2, "{} after {}", losses[59], losses[0]);
    }

    #[test]
    fn a_sequence_is_the_same_again_and_weighs_what_follows() {
        let draw = |seed, sequence| {
            let vocabulary = lexicon();
            let mut rows = Rows::default();
            let source = Source { words: said(&vocabulary), vocabulary, seed };
            rows.draw(&source, sequence, CONTEXT, USUAL);
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
