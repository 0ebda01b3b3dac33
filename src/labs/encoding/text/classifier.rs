//! The compact transformer as a reader of sentences: a token for each word, or the mask's where it is not shown, then one that
//! asks, at which the label is read. Knows no explanation.
//!
//! A query sees what is before it alone, so what fills a shorter sentence up to the length of its pass stands after the
//! token that asks, and nothing reads it. Rows of like length go in one pass, so that little is filled up.

use super::task::{Task, by_key};
use super::{Words, all_words};
use crate::labs::encoding::training::{Trainer, law};
use crate::random::{Purpose, Random};
use crate::transformer::{Batch, Config, Mask, Mlp, Model, Positions, Settings};

/// Rows of a training step, and of a pass.
pub const BATCH: usize = 64;
const PASS: usize = 16;
/// The largest learning rate.
const RATE: f32 = 5e-3;
/// What the learning rate of embeddings of words is multiplied by where training goes on: what is to be learned then is where
/// words stand, and few sentences would be learned by heart.
const SLOW: f32 = 0.03;

/// What is asked at a sentence's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The label, or q(y | x_v).
    Label,
    /// q(y | x_v, E_v = 0).
    Other,
    /// q(y | x_v, E_v = 1).
    Picked,
}

/// A sentence as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which sentence.
    pub sentence: usize,
    /// The words that are shown; all others are masked.
    pub shown: Words,
    /// What is asked.
    pub question: Question,
}

/// A transformer that reads labels.
#[derive(Clone, Debug)]
pub struct Classifier {
    model: Model,
    trainer: Trainer,
    labels: usize,
    /// The mask's token; then come those that ask.
    masked: u32,
    seed: u64,
    steps: u64,
    tokens: Vec<u32>,
    targets: Vec<u32>,
    weights: Vec<f32>,
}

impl Classifier {
    /// One that knows nothing yet, of one layer of this width, to be trained so many steps.
    ///
    /// # Panics
    /// When there is no transformer of that width.
    #[must_use]
    pub fn new(task: &Task, width: usize, steps: u64, seed: u64) -> Self {
        let masked = task.vocabulary() as u32;
        let labels = task.sentences().labels().len();
        let longest = (0..task.sentences().len()).map(|i| task.words(i)).max().unwrap_or_default();
        let settings = Settings {
            layers: 1,
            width,
            heads: 2,
            context: (longest + 1).max(8),
            vocabulary: task.vocabulary() + 4,
            mlp: Mlp::Hidden(2 * width),
            positions: Positions::Learned,
            mask: Mask::Causal,
            dropout: 0.0,
            tied: false,
            labels: Some(labels),
            ..Settings::default()
        };
        let config = Config::new(settings).expect("settings in their ranges");
        let model = Model::new(config, PASS, seed);
        let trainer = Trainer::new(&model, steps, RATE);
        let (tokens, targets, weights) = (Vec::new(), Vec::new(), Vec::new());
        Self { model, trainer, labels, masked, seed, steps: 0, tokens, targets, weights }
    }

    /// One that goes on from these weights for so many steps, at a learning rate of at most `eta`. What it knows of labels it
    /// knows whatever is asked.
    #[must_use]
    pub fn adapted(&self, steps: u64, eta: f32) -> Self {
        let mut model = self.model.clone();
        let c = model.config().width;
        // The embedding is what a model's weights begin with.
        let asks = &mut model.params_mut()[(self.masked + 1) as usize * c..][..3 * c];
        asks.copy_within(..c, c);
        asks.copy_within(..c, 2 * c);
        let slow = self.masked as usize * c;
        Self { trainer: Trainer::new(&model, steps, eta).with_rate(slow, SLOW), model, steps: 0, ..self.clone() }
    }

    /// Weights and moments: all that training changes but the number of steps.
    #[must_use]
    pub fn state(&self) -> [&[f32]; 3] {
        let [first, second] = self.trainer.moments();
        [self.model.params(), first, second]
    }

    /// Goes on after so many steps, with the state to be set.
    pub fn resume(&mut self, steps: u64) -> [&mut [f32]; 3] {
        self.steps = steps;
        let [first, second] = self.trainer.resume(steps);
        [self.model.params_mut(), first, second]
    }

    /// The transformer.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The transformer, to be run on rows of one's own.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// Labels k.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// The tokens of a reading: its words, then the one that asks.
    pub fn tokens(&self, task: &Task, reading: Reading) -> impl Iterator<Item = u32> {
        let Reading { sentence, shown, question } = reading;
        let word = move |(i, token): (usize, u32)| if shown >> i & 1 == 1 { token } else { self.masked };
        task.tokens(sentence).enumerate().map(word).chain([self.masked + 1 + question as u32])
    }

    /// The mask's token.
    #[must_use]
    pub fn masked(&self) -> u32 {
        self.masked
    }

    /// Puts down the tokens of readings that go in one pass; their length t.
    fn fill(&mut self, task: &Task, readings: &mut dyn Iterator<Item = (Reading, usize)>, t: usize) {
        self.tokens.clear();
        self.targets.clear();
        self.weights.clear();
        for (reading, y) in readings {
            let words = task.words(reading.sentence);
            let mut tokens = core::mem::take(&mut self.tokens);
            tokens.extend(self.tokens(task, reading));
            self.tokens = tokens;
            let end = self.targets.len() + t;
            self.targets.resize(end, y as u32);
            self.weights.resize(end - t + words, 0.0);
            self.weights.push(1.0);
            self.weights.resize(end, 0.0);
            self.tokens.resize(end, self.masked);
        }
    }

    /// One step towards the labels y of readings, [`BATCH`] of them; the loss in nats. Their order may change.
    ///
    /// # Panics
    /// When there are more or fewer.
    pub fn train(&mut self, task: &Task, readings: &mut [(Reading, usize)]) -> f64 {
        assert!(readings.len() == BATCH, "{} readings, expected {BATCH}", readings.len());
        let all: Vec<usize> = (0..BATCH).collect();
        let sorted = by_key(&all, |i| task.words(readings[i].0.sentence) as u64);
        let sorted: Vec<(Reading, usize)> = sorted.into_iter().map(|i| readings[i]).collect();
        readings.copy_from_slice(&sorted);
        self.model.clear_gradients();
        let mut loss = 0.0;
        for pass in readings.chunks_exact(PASS) {
            let t = pass.last().map_or(0, |(reading, _)| task.words(reading.sentence)) + 1;
            self.fill(task, &mut pass.iter().copied(), t);
            let batch = Batch { tokens: &self.tokens, targets: &self.targets, weights: Some(&self.weights), t };
            loss += self.model.forward(&batch, None);
            self.model.backward();
        }
        let passes = BATCH / PASS;
        self.trainer.step(&mut self.model, passes);
        self.steps += 1;
        loss / passes as f64
    }

    /// One step of learning to tell the labels of sentences: of two in three some words are masked, any share of them, so
    /// that it can be asked about masked ones.
    pub fn learn(&mut self, task: &Task) -> f64 {
        let mut random = Random::new(self.seed, Purpose::Batch, self.steps);
        let mut readings = [(Reading { sentence: 0, shown: 0, question: Question::Label }, 0); BATCH];
        for (reading, y) in &mut readings {
            reading.sentence = task.train()[random.below(task.train().len() as u32) as usize];
            *y = task.sentences().y(reading.sentence);
            let words = task.words(reading.sentence);
            reading.shown =
                if random.below(3) == 0 { all_words(words) } else { some_words(words, random.unit(), &mut random) };
        }
        self.train(task, &mut readings)
    }

    /// The probabilities of the labels, (n, k).
    #[must_use]
    pub fn laws(&mut self, task: &Task, readings: &[Reading]) -> Vec<f64> {
        let (k, room) = (self.labels, PASS * self.model.config().context);
        let all: Vec<usize> = (0..readings.len()).collect();
        let order = by_key(&all, |i| task.words(readings[i].sentence) as u64);
        let mut laws = vec![0.0; readings.len() * k];
        let mut left = &order[..];
        while !left.is_empty() {
            let length = |at: usize| task.words(readings[left[at]].sentence) + 1;
            // As many as have room at the length of the longest.
            let count = (1..left.len()).find(|&count| (count + 1) * length(count) > room).unwrap_or(left.len());
            let (now, later) = left.split_at(count);
            let t = length(count - 1);
            self.fill(task, &mut now.iter().map(|&i| (readings[i], 0)), t);
            let logits = self.model.logits(&self.tokens, t);
            for (&i, logits) in now.iter().zip(logits.chunks_exact(t * k)) {
                let at = task.words(readings[i].sentence) * k;
                laws[i * k..][..k].iter_mut().zip(law(&logits[at..][..k])).for_each(|(p, q)| *p = q);
            }
            left = later;
        }
        laws
    }

    /// The probabilities of the labels of whole sentences, (n, k).
    #[must_use]
    pub fn predict(&mut self, task: &Task, sentences: &[usize]) -> Vec<f64> {
        let whole = |&sentence: &usize| {
            let shown = all_words(task.words(sentence));
            Reading { sentence, shown, question: Question::Label }
        };
        self.laws(task, &sentences.iter().map(whole).collect::<Vec<_>>())
    }
}

/// Of so many words each with this probability.
pub(super) fn some_words(count: usize, share: f32, random: &mut Random) -> Words {
    (0..count).fold(0, |all, i| all | Words::from(random.unit() < share) << i)
}
