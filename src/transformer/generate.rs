//! Token by token: a cache of queries, keys and values, and the rules that pick the next token. Gives the logits of the
//! uncached forward bit for bit, as no kernel's row depends on the rows beside it. Knows no text.

use super::Model;
use super::activations::{Buffers, Layout};
use super::config::Config;
use super::forward::{Attend, Pass};
use super::text::{decimal, sort};
use crate::kernels::{AttentionShape, Scratch, simd};
use crate::random::{Purpose, Random};

/// Rows that a prompt is read by at once.
const CHUNK: usize = 16;

/// Queries, keys and values of all positions so far: (layers, context, 3c).
#[derive(Clone, Debug)]
pub(super) struct Cache {
    rows: Vec<f32>,
    len: usize,
    of_layer: usize,
}

impl Cache {
    fn new(config: &Config) -> Self {
        let of_layer = config.context * 3 * config.width;
        Self { rows: vec![0.0; config.layers * of_layer], len: 0, of_layer }
    }

    /// Positions that are cached.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Attention of the next rows of the sequence, over what is cached and themselves.
    pub fn attend(&mut self, l: usize, att: &mut [f32], qkv: &[f32], shape: AttentionShape, scratch: &mut Scratch) {
        let c = shape.nh * shape.hs;
        let rows = &mut self.rows[l * self.of_layer..][..self.of_layer];
        rows[self.len * 3 * c..][..qkv.len()].copy_from_slice(qkv);
        for (i, att) in att.chunks_exact_mut(c).enumerate() {
            let t = self.len + i + 1;
            simd::attention_last(att, &rows[..t * 3 * c], AttentionShape { b: 1, t, ..shape }, scratch);
        }
    }
}

/// A sequence that grows, and the logits of its next token.
#[derive(Clone, Debug)]
pub struct Generator {
    cache: Cache,
    buffers: Buffers,
    logits: Vec<f32>,
}

impl Generator {
    /// An empty sequence for `model`; holds `layers context 3 width` numbers.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let config = model.config();
        Self {
            cache: Cache::new(config),
            buffers: Buffers::new(config, model.lora(), 1, CHUNK),
            logits: vec![0.0; config.outputs()],
        }
    }

    /// Forgets the sequence.
    pub fn clear(&mut self) {
        self.cache.len = 0;
    }

    /// Forgets all but the first tokens.
    pub fn truncate(&mut self, len: usize) {
        self.cache.len = self.cache.len.min(len);
    }

    /// Tokens so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cache.len
    }

    /// Whether there is no token yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cache.len == 0
    }

    /// Tokens that still fit the context.
    #[must_use]
    pub fn room(&self, model: &Model) -> usize {
        model.config().context - self.cache.len
    }

    /// Appends tokens and gives the logits (v) of the token after them.
    ///
    /// # Panics
    /// When there is no token, when they do not fit the context, or when one is not below the vocabulary's size.
    pub fn push(&mut self, model: &Model, tokens: &[u32]) -> &[f32] {
        let config = model.config();
        assert!(!tokens.is_empty(), "no token to append");
        assert!(tokens.len() <= self.room(model), "{} tokens for {} places", tokens.len(), self.room(model));
        super::assert_tokens(tokens, config.vocabulary);
        for chunk in tokens.chunks(CHUNK) {
            self.buffers.tokens.clear();
            self.buffers.tokens.extend_from_slice(chunk);
            let layout = Layout::new(config, 1, chunk.len());
            let mut pass =
                Pass { net: model.net(), buffers: &mut self.buffers, layout, dropout: None, adapter_dropout: None };
            pass.embed(self.cache.len);
            for l in 0..config.layers {
                pass.layer(l, &mut Attend::Cached(&mut self.cache));
            }
            self.cache.len += chunk.len();
        }
        let n = (tokens.len() - 1) % CHUNK + 1;
        let layout = Layout::new(config, 1, n).showing(1);
        self.buffers.rows.clear();
        self.buffers.rows.push(n as u32 - 1);
        let mut pass =
            Pass { net: model.net(), buffers: &mut self.buffers, layout, dropout: None, adapter_dropout: None };
        pass.head();
        self.logits.copy_from_slice(layout.logits().of(&self.buffers.acts));
        &self.logits
    }

    /// Appends `prompt`, then up to `count` picked tokens, calling `each` on every one until it answers false or the context
    /// is full.
    ///
    /// # Panics
    /// As [`Self::push`] does.
    pub fn run(
        &mut self,
        model: &Model,
        prompt: &[u32],
        count: usize,
        sampler: &mut Sampler,
        each: &mut dyn FnMut(u32) -> bool,
    ) {
        self.push(model, prompt);
        for i in 0..count {
            let token = sampler.pick(&self.logits);
            if !each(token) || i + 1 == count || self.room(model) == 0 {
                return;
            }
            self.push(model, &[token]);
        }
    }
}

/// How a token is picked; narrowed in this order, as in Hugging Face's generate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Logits are divided by this, 0 to 100; 0 picks the largest, the first of equals.
    pub temperature: f32,
    /// Only the so many likeliest; 0 for all.
    pub top_k: usize,
    /// Only the likeliest whose probabilities reach this sum, above 0, at most 1.
    pub top_p: f32,
}

/// Why a way to pick tokens was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SamplingError {
    /// The temperature is out of its range.
    #[error("temperature is {}, expected a number from 0 to 100", decimal(*value))]
    Temperature {
        /// Its value.
        value: f32,
    },
    /// The sum of probabilities is out of its range.
    #[error("top_p is {}, expected a number above 0, at most 1", decimal(*value))]
    TopP {
        /// Its value.
        value: f32,
    },
}

/// Picks tokens; the same seed picks the same.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    seed: u64,
    /// Tokens drawn so far.
    drawn: u64,
    order: Vec<u32>,
    probabilities: Vec<f32>,
}

impl Sampler {
    /// A sampler at its first token.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub fn new(sampling: Sampling, seed: u64) -> Result<Self, SamplingError> {
        if !(0.0..=100.0).contains(&sampling.temperature) {
            return Err(SamplingError::Temperature { value: sampling.temperature });
        }
        if !(sampling.top_p > 0.0 && sampling.top_p <= 1.0) {
            return Err(SamplingError::TopP { value: sampling.top_p });
        }
        Ok(Self { sampling, seed, drawn: 0, order: Vec::new(), probabilities: Vec::new() })
    }

    /// The next token by these logits; of equal ones the first.
    ///
    /// # Panics
    /// When there are no logits.
    pub fn pick(&mut self, logits: &[f32]) -> u32 {
        assert!(!logits.is_empty(), "no logits to pick from");
        let Sampling { temperature, top_k, top_p } = self.sampling;
        let order = &mut self.order;
        order.clear();
        order.extend(0..logits.len() as u32);
        let mut higher = |a: usize, b: usize| logits[b].total_cmp(&logits[a]).then(a.cmp(&b));
        if temperature == 0.0 {
            return order.iter().copied().min_by(|a, b| higher(*a as usize, *b as usize)).unwrap_or_default();
        }
        sort(order, &mut higher);
        if top_k > 0 {
            order.truncate(top_k);
        }
        let probabilities = &mut self.probabilities;
        probabilities.clear();
        probabilities.extend(order.iter().map(|&token| logits[token as usize] / temperature));
        simd::softmax(probabilities);
        let mut sum = 0.0;
        let kept = probabilities.iter().position(|p| {
            sum += p;
            sum >= top_p
        });
        let kept = kept.map_or(probabilities.len(), |last| last + 1);
        let total: f32 = probabilities[..kept].iter().sum();
        let mut left = total * Random::new(self.seed, Purpose::Tokens, self.drawn).unit();
        self.drawn += 1;
        for (token, p) in order.iter().zip(&probabilities[..kept]) {
            left -= p;
            if left < 0.0 {
                return *token;
            }
        }
        // Rounding can leave a sliver behind the last of them.
        order[kept - 1]
    }
}

/// The token of the largest of some logits, the first of equals; 0 of none.
#[must_use]
pub fn likeliest(logits: &[f32]) -> u32 {
    (0..logits.len()).fold(0, |best, i| if logits[i] > logits[best] { i } else { best }) as u32
}
