//! Models of q(y | x_v), and with a flag of q(y | x_v, E_v), fitted to samples (docs/papers.md 2.5): a table of
//! frequencies, and the compact transformer, to which an input that is not selected is a mask token.

use super::explanation::Selection;
use super::joint::Joint;
use super::samples::Samples;
use super::scores::distinct;
use super::training::{Trainer, law};
use crate::experiment::encoding::{Model as Asked, Scoring};
use crate::random::{Purpose, Random};
use crate::transformer::{Batch, Config, Mask, Mlp, Model, Positions, Settings};
use core::ops::Range;
use std::collections::BTreeMap;

/// What a model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// x_v alone: q(y | x_v).
    Values,
    /// x_v and that v was picked: q(y | x_v, E_v = 1).
    Picked,
}

/// Most symbols of all inputs, and most labels, that a transformer tells apart: a batch has a logit for each.
const MOST_TOKENS: usize = 4096;

/// Too many symbols or labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{count} symbols or labels are too many for a transformer, expected at most {MOST_TOKENS}, or a table")]
pub struct TooMany {
    /// How many there are.
    pub count: usize,
}

/// Which model, and how it is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Counts of each label at each x_v, half a count added to each. For few inputs of few symbols.
    Table,
    /// The compact transformer, one layer, trained so many steps on batches of 128.
    Transformer {
        /// Width.
        width: usize,
        /// Steps.
        steps: u64,
    },
}

impl Kind {
    /// The one that settings ask for, of samples of this table.
    ///
    /// # Errors
    /// When a transformer has too much to tell apart.
    pub fn of(settings: &Scoring, joint: &Joint) -> Result<Self, TooMany> {
        let symbols = (0..joint.inputs().len()).map(|input| joint.symbols(input).len());
        let count = symbols.sum::<usize>().max(joint.labels().len());
        match settings.model {
            Asked::Table => Ok(Self::Table),
            Asked::Transformer if count > MOST_TOKENS => Err(TooMany { count }),
            Asked::Transformer => Ok(Self::Transformer { width: 16, steps: u64::from(settings.steps) }),
        }
    }

    /// Steps that a fit takes.
    #[must_use]
    pub fn steps(self) -> u64 {
        match self {
            Self::Table => 1,
            Self::Transformer { steps, .. } => steps,
        }
    }
}

/// What a model is fitted to.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// Samples.
    pub samples: &'a Samples,
    /// Explanations whose selections are covered; that v was picked is told of the first.
    pub explanations: &'a [Picks<'a>],
    /// The samples to fit to.
    pub train: &'a [usize],
    /// Of what is drawn.
    pub seed: u64,
}

/// A model.
pub trait Surrogate {
    /// Takes these of the steps of its fit, each once and in order.
    fn fit(&mut self, data: &Data<'_>, steps: Range<u64>);

    /// The probabilities of the labels at the selected values of samples: (n, k).
    fn predict(&mut self, samples: &Samples, asks: &[(usize, Selection)]) -> Vec<f64>;
}

/// The selections of an explanation, one for each sample.
pub type Picks<'a> = &'a [Selection];

/// A model that is not fitted yet.
///
/// # Panics
/// When there is no transformer of that width or of so many symbols and labels.
#[must_use]
pub fn start(kind: Kind, given: Given, samples: &Samples, seed: u64) -> Box<dyn Surrogate> {
    match kind {
        Kind::Table => Box::new(Table { given, counts: BTreeMap::new(), labels: samples.labels() }),
        Kind::Transformer { width, steps } => Box::new(Transformer::new(samples, width, steps, given, seed)),
    }
}

/// A fitted model.
///
/// # Panics
/// As [`start`], and when there is no sample or no explanation.
#[must_use]
pub fn fit(kind: Kind, given: Given, data: &Data<'_>) -> Box<dyn Surrogate> {
    assert!(!data.train.is_empty() && !data.explanations.is_empty(), "nothing to fit to");
    let mut model = start(kind, given, data.samples, data.seed);
    model.fit(data, 0..kind.steps());
    model
}

/// Counts of labels at each selection and its values.
struct Table {
    given: Given,
    counts: BTreeMap<(Selection, u128), Vec<f64>>,
    labels: usize,
}

impl Surrogate for Table {
    fn fit(&mut self, data: &Data<'_>, _steps: Range<u64>) {
        let Data { samples, explanations, train, .. } = *data;
        let picks = explanations[0];
        let used = distinct(explanations.iter().flat_map(|picks| picks.iter().copied()));
        for &i in train {
            // Without the flag every sample tells of every selection, whatever was picked for it.
            let selections = if self.given == Given::Picked { core::slice::from_ref(&picks[i]) } else { &used[..] };
            for &selection in selections {
                let key = (selection, samples.code(i, selection));
                self.counts.entry(key).or_insert_with(|| vec![0.5; samples.labels()])[samples.y(i)] += 1.0;
            }
        }
    }

    fn predict(&mut self, samples: &Samples, asks: &[(usize, Selection)]) -> Vec<f64> {
        let unseen = vec![1.0; self.labels];
        let law = |&(i, selection): &(usize, Selection)| {
            let counts = self.counts.get(&(selection, samples.code(i, selection))).unwrap_or(&unseen);
            let total: f64 = counts.iter().sum();
            counts.iter().map(move |count| count / total)
        };
        asks.iter().flat_map(law).collect()
    }
}

/// Samples of a step, and of a pass that predicts.
const BATCH: usize = 128;
/// The largest learning rate.
const RATE: f32 = 1e-2;

/// The compact transformer: a token for each input, then one that tells what is asked for, at which the label is read.
struct Transformer {
    model: Model,
    /// The first token of each input.
    first: Vec<u32>,
    /// The token of an input that is not selected; then come those of the three questions.
    masked: u32,
    given: Given,
    labels: usize,
    trainer: Trainer,
    tokens: Vec<u32>,
}

impl Transformer {
    fn new(samples: &Samples, width: usize, steps: u64, given: Given, seed: u64) -> Self {
        let mut masked = 0;
        let first = samples.symbols().iter().map(|count| {
            let first = masked;
            masked += count;
            first
        });
        let first: Vec<u32> = first.collect();
        let settings = Settings {
            layers: 1,
            width,
            heads: 2,
            context: (samples.inputs() + 1).max(8),
            // Labels are read from the first of the logits.
            vocabulary: (masked as usize + 4).max(samples.labels()),
            mlp: Mlp::Times(4),
            positions: Positions::Learned,
            mask: Mask::Causal,
            dropout: 0.0,
            tied: false,
            ..Settings::default()
        };
        let config = Config::new(settings).expect("settings in their ranges");
        let model = Model::new(config, BATCH, seed ^ given as u64);
        let trainer = Trainer::new(&model, steps, RATE);
        Self { model, first, masked, given, labels: samples.labels(), trainer, tokens: Vec::new() }
    }

    fn push(&mut self, samples: &Samples, i: usize, selection: Selection, is_picked: bool) {
        for (input, &x) in samples.x(i).iter().enumerate() {
            self.tokens.push(if selection >> input & 1 == 1 { self.first[input] + x } else { self.masked });
        }
        let question = match self.given {
            Given::Values => 1,
            Given::Picked => 2 + u32::from(is_picked),
        };
        self.tokens.push(self.masked + question);
    }
}

impl Surrogate for Transformer {
    fn fit(&mut self, data: &Data<'_>, steps: Range<u64>) {
        let Data { samples, explanations, train, seed } = *data;
        let t = samples.inputs() + 1;
        let weights: Vec<f32> = (0..BATCH * t).map(|at| if at % t + 1 == t { 1.0 } else { 0.0 }).collect();
        let mut targets = vec![0; BATCH * t];
        let all = if samples.inputs() < 32 { (1 << samples.inputs()) - 1 } else { Selection::MAX };
        for step in steps {
            let mut random = Random::new(seed, Purpose::Batch, step);
            self.tokens.clear();
            for target in targets.chunks_exact_mut(t) {
                let mut any = || train[random.below(train.len() as u32) as usize];
                let (i, other) = (any(), any());
                let coin = random.below(4);
                let picks = explanations[random.below(explanations.len() as u32) as usize];
                // Without the flag selections must not depend on x: they are another sample's, or none's.
                let selection = match (self.given, coin) {
                    (Given::Picked, 0 | 1) => picks[i],
                    (Given::Values, 0) => random.below(u32::MAX) & all,
                    _ => picks[other],
                };
                self.push(samples, i, selection, explanations[0][i] == selection);
                target[t - 1] = samples.y(i) as u32;
            }
            let batch = Batch { tokens: &self.tokens, targets: &targets, weights: Some(&weights), t };
            self.model.forward(&batch, None);
            self.model.clear_gradients();
            self.model.backward();
            self.trainer.step(&mut self.model, 1);
        }
    }

    fn predict(&mut self, samples: &Samples, asks: &[(usize, Selection)]) -> Vec<f64> {
        let (t, v, k) = (samples.inputs() + 1, self.model.config().vocabulary, self.labels);
        let mut all = Vec::with_capacity(asks.len() * k);
        for asks in asks.chunks(BATCH) {
            self.tokens.clear();
            for &(i, selection) in asks {
                self.push(samples, i, selection, true);
            }
            let logits = self.model.logits(&self.tokens, t);
            for row in logits.chunks_exact(v).skip(t - 1).step_by(t) {
                all.extend(law(&row[..k]));
            }
        }
        all
    }
}
