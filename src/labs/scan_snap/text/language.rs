//! A transformer on a text: the protocol of docs/papers.md 1.6 "WikiText". The text is cut into `batch_size` streams
//! that are read side by side, `context` tokens a step, from the start again at their end; gradients are clipped by
//! their norm; the learning rate, `training.eta_z`, is constant. Judged on held-out windows without dropout.

use super::corpus::Corpus;
use super::history::Observation;
use super::pairs::Query;
use super::training::{Engine, Shown};
use crate::experiment::ConfigError;
use crate::experiment::scan_snap::{Optimizer as Rules, ScanSnap};
use crate::optimizer::{Group, Optimizer, Rule, Step, clip_scale, norm};
use crate::transformer::tokenizer::Vocabulary;
use crate::transformer::{
    Activation, Batch, Config, Dropout, Init, Mask, Mlp, Model, Norm, Positions, Settings, likeliest, safetensors,
};

/// Rows of a look at what is held out, at most; windows, at most and at least.
const HELD_OUT_ROWS: usize = 640;
const HELD_OUT_WINDOWS: [usize; 2] = [2, 16];
/// Sequences of a batch whose attention is measured.
const MEASURED: usize = 8;

/// The transformer with its optimiser and the batch at hand.
pub struct Language {
    model: Model,
    optimizer: Optimizer,
    groups: Vec<Group>,
    eta: f32,
    clip: f64,
    seed: u64,
    batch: usize,
    /// Rows of the batch at hand, (b, t).
    tokens: Vec<u32>,
    targets: Vec<u32>,
    t: usize,
}

/// Windows that are judged at once.
fn held_out_windows(context: usize) -> usize {
    (HELD_OUT_ROWS / context).clamp(HELD_OUT_WINDOWS[0], HELD_OUT_WINDOWS[1])
}

/// Memory of a run in bytes, to within small change: weights with gradient, moments and two checkpoints, and the numbers of
/// a pass.
#[must_use]
pub fn bytes(vocabulary: usize, settings: &ScanSnap) -> u64 {
    let model = &settings.model;
    let [v, c, h, layers] =
        [vocabulary as u64, u64::from(model.width), u64::from(model.mlp_width), u64::from(model.layers)];
    let t = u64::from(model.context);
    let rows = t * u64::from(settings.training.batch_size).max(held_out_windows(t as usize) as u64);
    let params = v * (2 * c + 1) + layers * (4 * c * c + 2 * c * h + 13 * c + h);
    let pass = v + layers * (14 * c + 2 * h) + 10 * c + 2 * h + u64::from(model.heads) * t;
    4 * (10 * params + rows * pass)
}

impl Language {
    /// The model at step 0.
    ///
    /// # Errors
    /// [`ConfigError`] when the text has too few tokens for so many streams.
    pub fn new(settings: &ScanSnap, seed: u64, corpus: &Corpus) -> Result<Self, ConfigError> {
        let (model, training) = (&settings.model, &settings.training);
        let batch = training.batch_size as usize;
        let found = corpus.train().len();
        if found < 2 * batch {
            let needed = 2 * batch;
            let what =
                format!("training.batch_size: {batch} streams need {needed} tokens to train on, there are {found}");
            return Err(ConfigError::Data { what });
        }
        let context = model.context as usize;
        let mlp = if model.mlp_width == 0 { Mlp::None } else { Mlp::Hidden(model.mlp_width as usize) };
        let config = Config::new(Settings {
            layers: model.layers as usize,
            width: model.width as usize,
            heads: model.heads as usize,
            context,
            vocabulary: corpus.len(),
            mlp,
            norm: Norm::Post,
            positions: Positions::Sinusoidal,
            mask: Mask::Causal,
            tied: false,
            dropout: model.dropout as f32,
            activation: Activation::Relu,
            init: Init::Uniform,
            scale_embedding: true,
            labels: None,
        });
        let config = config.map_err(|error| ConfigError::Data { what: error.to_string() })?;
        let rule = match training.optimizer {
            Rules::Sgd => Rule::Sgd { momentum: training.momentum as f32 },
            Rules::Adam => Rule::Adam,
        };
        let model = Model::new(config, batch.max(held_out_windows(context)), seed);
        let len = model.params().len();
        Ok(Self {
            optimizer: Optimizer::new(rule, len),
            groups: vec![Group { end: len, rate: 1.0, decays: false }],
            eta: training.eta_z as f32,
            clip: training.clip,
            seed,
            batch,
            tokens: Vec::with_capacity(batch * context),
            targets: Vec::with_capacity(batch * context),
            t: 0,
            model,
        })
    }

    fn fill(&mut self, text: &[u16], starts: &mut dyn Iterator<Item = usize>, t: usize) {
        self.tokens.clear();
        self.targets.clear();
        self.t = t;
        for start in starts {
            self.tokens.extend(text[start..start + t].iter().map(|&token| u32::from(token)));
            self.targets.extend(text[start + 1..start + 1 + t].iter().map(|&token| u32::from(token)));
        }
    }
}

impl Engine for Language {
    fn look(&mut self, corpus: &Corpus, step: u64) -> f64 {
        let text = corpus.train();
        let (stream, context) = (text.len() / self.batch, self.window());
        let windows = (stream - 1).div_ceil(context);
        let at = (step % windows as u64) as usize * context;
        let t = context.min(stream - 1 - at);
        self.fill(text, &mut (0..self.batch).map(|i| i * stream + at), t);
        let dropout = (self.model.config().dropout > 0.0).then_some(Dropout { seed: self.seed, step });
        let batch = Batch { tokens: &self.tokens, targets: &self.targets, weights: None, t };
        let loss = self.model.forward(&batch, dropout);
        self.model.clear_gradients();
        self.model.backward();
        loss
    }

    fn batch_entropy(&mut self) -> f64 {
        let (heads, t) = (self.model.config().heads, self.t);
        let mut weights = vec![0.0; heads * t * t];
        let (mut sum, measured, layers) = (0.0, self.batch.min(MEASURED), self.layers());
        for layer in 0..layers {
            for b_idx in 0..measured {
                self.model.attention(layer, b_idx, &mut weights);
                let positive = weights.iter().map(|&a| f64::from(a)).filter(|&a| a > 0.0);
                sum -= positive.map(|a| a * libm::log(a)).sum::<f64>();
            }
        }
        sum / (layers * measured * heads * t) as f64
    }

    fn advance(&mut self, t: u64) {
        let scale = if self.clip > 0.0 { clip_scale(norm(self.model.grads()), self.clip) } else { 1.0 };
        let (params, grads) = self.model.trained();
        self.optimizer.update(params, grads, &self.groups, Step { eta: self.eta, scale, t });
    }

    fn observe(&mut self, corpus: &Corpus, queries: &[Query]) -> Observation {
        let (heads, t) = (self.model.config().heads, self.window());
        let starts = corpus.held_out_windows(t, held_out_windows(t));
        self.fill(corpus.held_out(), &mut starts.iter().copied(), t);
        let batch = Batch { tokens: &self.tokens, targets: &self.targets, weights: None, t };
        let found = self.model.evaluate(&batch);
        let mut sums: Vec<Vec<[f64; 2]>> = queries.iter().map(|query| vec![[0.0; 2]; query.tokens.len()]).collect();
        let mut place = vec![usize::MAX; corpus.len()];
        let mut weights = vec![0.0; heads * t * t];
        let windows = starts.len();
        for b_idx in 0..windows {
            self.model.attention(0, b_idx, &mut weights);
            let row = &self.tokens[b_idx * t..(b_idx + 1) * t];
            for (query, sums) in queries.iter().zip(&mut sums) {
                query.tokens.iter().enumerate().for_each(|(i, token)| place[token.token as usize] = i);
                for i in (0..t).filter(|&i| row[i] == u32::from(query.token)) {
                    for j in 0..i {
                        let Some(sum) = sums.get_mut(place[row[j] as usize]) else { continue };
                        let a: f64 = (0..heads).map(|head| f64::from(weights[(head * t + i) * t + j])).sum();
                        // Against 1 / (i + 1), what each of the keys would get.
                        *sum = [sum[0] + a * (i + 1) as f64 / heads as f64, sum[1] + 1.0];
                    }
                }
                query.tokens.iter().for_each(|token| place[token.token as usize] = usize::MAX);
            }
        }
        let mean = |[sum, count]: &[f64; 2]| if *count > 0.0 { (sum / count) as f32 } else { f32::NAN };
        let attention = sums.iter().map(|sums| sums.iter().map(mean).collect()).collect();
        Observation { validation_loss: found.loss, entropy: found.entropy, attention }
    }

    fn show(&mut self, tokens: &[u16]) -> Shown {
        let (heads, v, t) = (self.model.config().heads, self.model.config().vocabulary, tokens.len());
        let tokens: Vec<u32> = tokens.iter().map(|&token| u32::from(token)).collect();
        let mut shown = Shown::default();
        for row in self.model.logits(&tokens, t).chunks_exact(v) {
            let best = likeliest(row) as usize;
            let sum: f64 = row.iter().map(|&logit| libm::exp(f64::from(logit) - f64::from(row[best]))).sum();
            shown.next.push(best as u16);
            shown.probability.push((1.0 / sum) as f32);
        }
        let mut weights = vec![0.0; heads * t * t];
        self.model.attention(0, 0, &mut weights);
        let mean = |at: usize| (0..heads).map(|head| weights[head * t * t + at]).sum::<f32>() / heads as f32;
        shown.map = (0..t * t).map(mean).collect();
        shown
    }

    fn uniform_entropy(&self) -> f64 {
        let t = self.window();
        (1..=t).map(|keys| libm::log(keys as f64)).sum::<f64>() / t as f64
    }

    fn window(&self) -> usize {
        self.model.config().context
    }

    fn layers(&self) -> usize {
        self.model.config().layers
    }

    fn state(&self) -> [&[f32]; 3] {
        let [first, second] = self.optimizer.moments();
        [self.model.params(), first, second]
    }

    fn state_mut(&mut self) -> [&mut [f32]; 3] {
        let [first, second] = self.optimizer.moments_mut();
        [self.model.params_mut(), first, second]
    }

    fn save(&self, corpus: &Corpus) -> Option<Vec<u8>> {
        let vocabulary = Vocabulary::from_text("basic_english", &corpus.words.join("\n")).ok();
        Some(safetensors::save(self.model.config(), self.model.params(), vocabulary.as_ref()))
    }
}
