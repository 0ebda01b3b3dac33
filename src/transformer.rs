//! A compact transformer: settings, weights, forward, backward, adapters, generation and files. Knows no lab, no data
//! and no clock; every source of chance is a seed.
//!
//! In reading order: [`config`], [`params`], `forward` beside `backward`, `activations` (where both keep their numbers), `given`,
//! then [`lora`], [`generate`], [`tokenizer`], [`safetensors`]. Glossary as in [`crate::kernels`]: `b` sequences of `t` positions,
//! `n = b t` rows, `c` width, `nh` heads of size `hs`, `v` vocabulary.
//!
//! ```ignore
//! let mut model = Model::new(Config::new(Settings::default())?, 16, seed);
//! let loss = model.forward(&Batch { tokens, targets, weights: None, t: 64 }, Some(Dropout { seed, step }));
//! model.clear_gradients();
//! model.backward();
//! let (params, grads) = model.trained();
//! optimizer.update(params, grads, &groups, &schedule, step);
//! ```

mod activations;
mod backward;
pub mod config;
pub mod dropout;
mod elementwise;
pub mod export;
mod fields;
mod forward;
pub mod generate;
mod given;
pub mod lora;
pub mod params;
pub mod safetensors;
mod text;
pub mod tokenizer;

pub use config::{Activation, Config, ConfigError, Init, Mask, Mlp, Norm, Positions, Settings};
pub use dropout::Dropout;
pub use generate::{Generator, Sampler, Sampling, likeliest};
pub use lora::{Lora, LoraError, LoraSettings, Target};
pub use params::{Role, View};
pub use text::sort;

use crate::kernels::simd;
use activations::{Buffers, Layout, parts};
use backward::Sink;
use forward::{Attend, Net, Pass};
use given::Input;
use params::Places;

/// Rows to train on or to judge.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Tokens (b, t).
    pub tokens: &'a [u32],
    /// What each position should predict, (b, t).
    pub targets: &'a [u32],
    /// How much each position counts, (b, t), none negative; all alike if absent. The loss is the weighted mean.
    pub weights: Option<&'a [f32]>,
    /// Positions t of each sequence.
    pub t: usize,
}

/// What a model is worth on some data.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Cross entropy in nats, the weighted mean over positions.
    pub loss: f64,
    /// Mean entropy of each layer's attention in nats.
    pub entropy: Vec<f64>,
}

/// A transformer with its weights, their gradients, and the buffers of one pass.
#[derive(Clone, Debug)]
pub struct Model {
    config: Config,
    places: Places,
    views: Vec<View>,
    params: Vec<f32>,
    /// Gradients of all weights, or of the adapters alone where there are some.
    grads: Vec<f32>,
    sinusoids: Vec<f32>,
    lora: Option<Lora>,
    /// Largest number of rows.
    capacity: usize,
    buffers: Buffers,
    /// The last pass: its sizes and what it dropped.
    layout: Layout,
    dropout: Option<Dropout>,
    /// Whether that pass ended with a loss, whose gradient is ready.
    has_loss: bool,
    /// Whether its activations and logits are there as it left them.
    has_logits: bool,
    /// Room for gradients nobody asks for.
    unused: Vec<f32>,
}

impl Model {
    /// A model with weights drawn by `seed`, and room for passes over `batch` sequences of the longest length (or more
    /// shorter ones). Nothing is allocated afterwards, but for the kernels' panels in the first pass.
    #[must_use]
    pub fn new(config: Config, batch: usize, seed: u64) -> Self {
        let (_, views) = params::places(&config);
        Self::with_params(config, batch, params::draw(&views, seed, 0))
    }

    /// A model with these weights, in the order of [`Self::views`].
    ///
    /// # Panics
    /// When there are more or fewer weights than such a model has, or no sequence fits.
    #[must_use]
    pub fn with_params(config: Config, batch: usize, params: Vec<f32>) -> Self {
        let (places, views) = params::places(&config);
        let count = views.last().map_or(0, |view| view.range.end);
        assert!(params.len() == count, "{} weights for a model of {count}", params.len());
        assert!(batch > 0, "no room for a sequence");
        Self {
            places,
            views,
            grads: vec![0.0; params.len()],
            params,
            sinusoids: sinusoids(&config),
            lora: None,
            capacity: batch * config.context,
            buffers: Buffers::new(&config, None, batch, config.context),
            layout: Layout::new(&config, 0, 0),
            dropout: None,
            has_loss: false,
            has_logits: false,
            unused: vec![0.0; 2 * config.width],
            config,
        }
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The model's named parameters, adapters not among them.
    #[must_use]
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// All weights but the adapters', one flat buffer.
    #[must_use]
    pub fn params(&self) -> &[f32] {
        &self.params
    }

    /// All weights but the adapters', to be set.
    pub fn params_mut(&mut self) -> &mut [f32] {
        &mut self.params
    }

    /// The adapters, if any.
    #[must_use]
    pub fn lora(&self) -> Option<&Lora> {
        self.lora.as_ref()
    }

    /// Bytes of weights, gradients and buffers; Adam's moments would be twice the weights again.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let flat = self.params.len() + self.grads.len() + self.lora.as_ref().map_or(0, |lora| lora.params.len());
        4 * flat + self.buffers.bytes()
    }

    /// What is trained, the adapters or everything: its named parameters.
    #[must_use]
    pub fn trained_views(&self) -> &[View] {
        self.lora.as_ref().map_or(&self.views, Lora::views)
    }

    /// What is trained, and its gradient.
    pub fn trained(&mut self) -> (&mut [f32], &[f32]) {
        let params = self.lora.as_mut().map_or(&mut self.params, |lora| &mut lora.params);
        (params, &self.grads)
    }

    /// Gradient of what is trained.
    #[must_use]
    pub fn grads(&self) -> &[f32] {
        &self.grads
    }

    /// Freezes the weights and trains adapters on them.
    pub fn attach(&mut self, lora: Lora) {
        self.grads = vec![0.0; lora.params.len()];
        self.lora = Some(lora);
        self.renew();
    }

    /// Adds the adapters to the weights they stand beside; from then on everything is trained again.
    pub fn merge(&mut self) {
        if let Some(lora) = self.lora.take() {
            lora.merge(&self.places, &mut self.params);
            self.grads = vec![0.0; self.params.len()];
            self.renew();
        }
    }

    fn renew(&mut self) {
        let batch = self.capacity / self.config.context;
        self.buffers = Buffers::new(&self.config, self.lora.as_ref(), batch, self.config.context);
        // What the last pass left is gone.
        self.layout = Layout::new(&self.config, 0, 0);
        (self.has_loss, self.has_logits) = (false, false);
    }

    fn net(&self) -> Net<'_> {
        Net {
            config: &self.config,
            places: &self.places,
            params: &self.params,
            sinusoids: &self.sinusoids,
            lora: self.lora.as_ref(),
        }
    }

    /// The pass at hand, borrowing all but the gradients.
    fn pass(&mut self) -> (Pass<'_>, &mut [f32], &mut [f32]) {
        let drops = |p: f32| self.dropout.filter(|_| p > 0.0);
        let pass = Pass {
            net: Net {
                config: &self.config,
                places: &self.places,
                params: &self.params,
                sinusoids: &self.sinusoids,
                lora: self.lora.as_ref(),
            },
            layout: self.layout,
            dropout: drops(self.config.dropout),
            adapter_dropout: drops(self.lora.as_ref().map_or(0.0, |lora| lora.settings().dropout)),
            buffers: &mut self.buffers,
        };
        (pass, &mut self.grads, &mut self.unused)
    }

    /// Whether the last layer's MLP may leave out rows whose logits nobody asks for. What is left is the same, bit by bit, as rows do
    /// not mix; gradients of the MLP's own weights, which are sums over rows, and masks, which go by rows, would not be.
    fn narrows(&self) -> bool {
        let is_frozen =
            self.lora.as_ref().is_some_and(|lora| !lora.settings().targets.iter().any(|target| target.is_of_mlp()));
        is_frozen && self.config.is_pre() && self.config.has_mlp() && self.config.dropout == 0.0
    }

    /// Goes over all rows; of those that have no weight the logits are not worked out.
    fn run(&mut self, inp: Input<'_>, t: usize, dropout: Option<Dropout>, weights: Option<&[f32]>) {
        let n = match inp {
            Input::Tokens(tokens) => tokens.len(),
            Input::Rows(rows) => rows.len() / self.config.width,
        };
        assert!((1..=self.config.context).contains(&t), "sequences of {t} in a context of {}", self.config.context);
        assert!(n > 0 && n.is_multiple_of(t), "{n} tokens in sequences of {t}");
        assert!(n <= self.capacity, "{n} tokens, room for {}", self.capacity);
        self.layout = Layout::new(&self.config, n / t, t);
        if let Some(weights) = weights {
            assert!(weights.len() == n, "{n} tokens, {} weights", weights.len());
            self.buffers.rows.clear();
            self.buffers.rows.extend((0..n as u32).filter(|&i| weights[i as usize] > 0.0));
            self.layout = self.layout.showing(self.buffers.rows.len());
            if self.narrows() {
                self.layout = self.layout.keeping_shown();
            }
        }
        self.dropout = dropout;
        (self.has_loss, self.has_logits) = (false, true);
        self.buffers.tokens.clear();
        match inp {
            Input::Tokens(tokens) => {
                assert_tokens(tokens, self.config.vocabulary);
                self.buffers.tokens.extend_from_slice(tokens);
            }
            Input::Rows(rows) => self.layout.embedded().of_mut(&mut self.buffers.acts).copy_from_slice(rows),
        }
        let layers = self.config.layers;
        let (mut pass, _, _) = self.pass();
        pass.embed(0);
        for l in 0..layers {
            pass.layer(l, &mut Attend::Batch);
        }
        pass.head();
    }

    /// Logits (b, t, v) without dropout.
    ///
    /// # Panics
    /// When tokens are no whole sequences of `t`, too many, or not below the vocabulary's size.
    pub fn logits(&mut self, tokens: &[u32], t: usize) -> &[f32] {
        self.run(Input::Tokens(tokens), t, None, None);
        self.layout.logits().of(&self.buffers.acts)
    }

    /// Loss in nats over the batch; with `dropout` as in training, without it as in validation.
    ///
    /// # Panics
    /// When the batch's parts do not fit each other, the context, or the room; when a token is not below the vocabulary's
    /// size, or a target not below the number of outputs.
    pub fn forward(&mut self, batch: &Batch<'_>, dropout: Option<Dropout>) -> f64 {
        let n = batch.tokens.len();
        assert!(batch.targets.len() == n, "{n} tokens, {} targets", batch.targets.len());
        assert_tokens(batch.targets, self.config.outputs());
        self.run(Input::Tokens(batch.tokens), batch.t, dropout, batch.weights);
        let Buffers { acts, targets, rows, .. } = &mut self.buffers;
        let [losses, weights] = self.layout.losses();
        let [losses, weights, logits] = parts(acts, [losses, weights, self.layout.logits()]);
        targets.clear();
        match batch.weights {
            Some(given) => {
                targets.extend(rows.iter().map(|&row| batch.targets[row as usize]));
                weights.iter_mut().zip(rows).for_each(|(weight, row)| *weight = given[*row as usize]);
            }
            None => {
                targets.extend_from_slice(batch.targets);
                weights.fill(1.0);
            }
        }
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        // Without any weight there is nothing to learn: no loss and no gradient.
        let share = if total > 0.0 { (1.0 / total) as f32 } else { 0.0 };
        weights.iter_mut().for_each(|weight| *weight *= share);
        simd::cross_entropy(losses, logits, targets, weights, self.config.outputs());
        (self.has_loss, self.has_logits) = (true, false);
        losses.iter().zip(&*weights).map(|(loss, weight)| f64::from(*loss) * f64::from(*weight)).sum()
    }

    /// Sets the gradients to zero.
    pub fn clear_gradients(&mut self) {
        self.grads.fill(0.0);
    }

    /// Adds the gradient of the last [`Self::forward`]'s loss to the gradients of what is trained.
    ///
    /// # Panics
    /// When the last pass had no loss, or its gradient was taken already.
    pub fn backward(&mut self) {
        assert!(self.has_loss, "backward follows forward");
        self.has_loss = false;
        let (mut pass, grads, unused) = self.pass();
        let mut sink = if pass.net.lora.is_some() { Sink::Adapters { grads, unused } } else { Sink::Weights(grads) };
        pass.backward(&mut sink);
    }

    /// Attention of the last pass, before dropout: weights (nh, t, t) of sequence `b_idx` in `layer`; overwrites.
    ///
    /// # Panics
    /// When there is no such layer or sequence, or `weights` has another length.
    pub fn attention(&self, layer: usize, b_idx: usize, weights: &mut [f32]) {
        let shape = self.layout.attention(&self.config);
        assert!(layer < self.config.layers, "layer {layer} of {}", self.config.layers);
        assert!(b_idx < shape.b, "sequence {b_idx} of {}", shape.b);
        assert!(weights.len() == shape.nh * shape.t * shape.t, "room for (nh, t, t)");
        let (a, acts) = (self.layout.layer(layer), &self.buffers.acts);
        simd::attention_weights(weights, a.qkv.of(acts), a.lse.of(acts), shape, b_idx);
    }

    /// Loss without dropout and, for each layer, the mean entropy `-sum_j a_ij ln a_ij` over all sequences, heads and query
    /// rows that see a key.
    ///
    /// # Panics
    /// As [`Self::forward`] does.
    pub fn evaluate(&mut self, batch: &Batch<'_>) -> Evaluation {
        let loss = self.forward(batch, None);
        let shape = self.layout.attention(&self.config);
        let mut weights = vec![0.0; shape.nh * shape.t * shape.t];
        let rows = shape.b * shape.nh * (0..shape.t).filter(|&i| shape.mask.keys(i) > 0).count();
        let mut entropy = Vec::with_capacity(self.config.layers);
        for layer in 0..self.config.layers {
            let mut sum = 0.0;
            for b_idx in 0..shape.b {
                self.attention(layer, b_idx, &mut weights);
                let positive = weights.iter().map(|&a| f64::from(a)).filter(|&a| a > 0.0);
                sum -= positive.map(|a| a * libm::log(a)).sum::<f64>();
            }
            entropy.push(if rows > 0 { sum / rows as f64 } else { 0.0 });
        }
        Evaluation { loss, entropy }
    }
}

/// That tokens, or labels, are below their number.
fn assert_tokens(tokens: &[u32], vocabulary: usize) {
    let largest = tokens.iter().copied().max().unwrap_or_default() as usize;
    assert!(largest < vocabulary, "token {largest} in a vocabulary of {vocabulary}");
}

/// Fixed positions: sinusoidal ones (context, c) have `sin(pos / 10000^(2i/c))` in column 2i, the cosine in column 2i + 1; rotary
/// ones (context, hs) the cosines of what numbers j and j + hs/2 are turned by, then the sines. Empty unless asked for.
fn sinusoids(config: &Config) -> Vec<f32> {
    let part = config.positions.turned();
    let wide = match config.positions {
        Positions::None | Positions::Learned => return Vec::new(),
        Positions::Sinusoidal => config.width,
        Positions::Rotary | Positions::HalfRotary => config.head_size(),
    };
    // All that is turned, by rates that go down once over it.
    let turned = wide / part.unwrap_or(1);
    let value = |i: usize| {
        let (position, column) = (i / wide, i % wide);
        let (even, is_sine) = match part {
            Some(_) => (2 * (column % (wide / 2)), column >= wide / 2),
            None => (column - column % 2, column % 2 == 0),
        };
        let rate = libm::exp(-(libm::log(10_000.0) / turned as f64) * even as f64);
        let angle = if even < turned { position as f64 * rate } else { 0.0 };
        (if is_sine { libm::sin(angle) } else { libm::cos(angle) }) as f32
    };
    (0..config.context * wide).map(value).collect()
}
