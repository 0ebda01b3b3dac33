//! Forward: tokens to logits, layer by layer. Knows no targets beyond the loss at its end and no gradients.
//!
//! With `A` attention and `M` the MLP, each with its projection and dropout, a layer is
//! - LayerNorm first: `sum1 = inp + A(norm1(inp))`, `out = sum2 = sum1 + M(norm2(sum1))`, and once more before the head;
//! - LayerNorm last: `norm1 = LN(inp + A(inp))`, `out = norm2 = LN(norm1 + M(norm1))`;
//!
//! and without an MLP it ends after the first half.

use super::activations::{Buffers, Layout, Span, parts};
use super::config::{Activation, Config, Positions};
use super::dropout::{Dropout, Place, draw};
use super::elementwise::{add, multiply, rotate, scaled};
use super::generate::Cache;
use super::lora::{Lora, Target};
use super::params::{Affine, Layer, Linear, Places};
use crate::kernels::{MatmulShape, simd};

/// The weights of a pass.
#[derive(Clone, Copy)]
pub(super) struct Net<'a> {
    pub config: &'a Config,
    pub places: &'a Places,
    pub params: &'a [f32],
    /// Fixed positions, of tokens (context, c) or of turns (context, hs); empty where there are none.
    pub sinusoids: &'a [f32],
    pub lora: Option<&'a Lora>,
}

/// Where a layer's queries find their keys.
pub(super) enum Attend<'a> {
    /// In the sequences of the batch.
    Batch,
    /// In the cache of the one sequence, whose next rows these are.
    Cached(&'a mut Cache),
}

/// One of a layer's four linear layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    In,
    Out,
    Up,
    Down,
}

impl Which {
    pub fn of(self, layer: &Layer) -> Linear {
        match self {
            Self::In => layer.in_proj,
            Self::Out => layer.out_proj,
            Self::Up => layer.linear1,
            Self::Down => layer.linear2,
        }
    }

    /// The adapters that can stand beside it; each adds to columns of its own.
    pub fn targets(self) -> &'static [Target] {
        match self {
            Self::In => &[Target::Query, Target::Key, Target::Value],
            Self::Out => &[Target::Out],
            Self::Up => &[Target::Up],
            Self::Down => &[Target::Down],
        }
    }
}

/// One pass over `layout.n` rows.
pub(super) struct Pass<'a> {
    pub net: Net<'a>,
    pub buffers: &'a mut Buffers,
    pub layout: Layout,
    /// Absent where nothing is dropped.
    pub dropout: Option<Dropout>,
    /// The same for the adapters' inputs.
    pub adapter_dropout: Option<Dropout>,
}

impl Pass<'_> {
    /// Sum of token and position, the first row at position `first` of its sequence.
    pub fn embed(&mut self, first: usize) {
        let Net { config, places, params, sinusoids, .. } = self.net;
        let c = config.width;
        let table = &params[places.embedding.clone()];
        let positions = match config.positions {
            Positions::Sinusoidal => sinusoids,
            // None unless they are learned.
            _ => &params[places.positions.clone()],
        };
        let scale = embedding_scale(config);
        let out = self.layout.embedded();
        // Of given rows there are no tokens, and what they are stands there already.
        let mut tokens = self.buffers.tokens.iter();
        for (i, out) in out.of_mut(&mut self.buffers.acts).chunks_exact_mut(c).enumerate() {
            if let Some(&token) = tokens.next() {
                scaled(out, &table[token as usize * c..][..c], scale);
            }
            if !positions.is_empty() {
                add(out, &positions[(first + i % self.layout.t) * c..][..c]);
            }
        }
        self.drop_out(out, Place::Embedding);
    }

    /// Layer `l`.
    pub fn layer(&mut self, l: usize, attend: &mut Attend<'_>) {
        let (a, p, pre) = (self.layout.layer(l), self.net.places.layers[l], self.net.config.is_pre());
        if pre {
            self.norm(p.norm1, a.inp, [a.norm1, a.mean1, a.rstd1]);
        }
        self.linear(l, Which::In, if pre { a.norm1 } else { a.inp }, a.qkv);
        self.attend(l, attend);
        self.linear(l, Which::Out, a.att, a.sum1);
        self.drop_out(a.sum1, Place::AttentionOut(l));
        self.add(a.sum1, a.inp);
        if !pre {
            self.norm(p.norm1, a.sum1, [a.norm1, a.mean1, a.rstd1]);
        }
        if !self.net.config.has_mlp() {
            return;
        }
        if l + 1 == self.net.config.layers && self.layout.kept < self.layout.n {
            self.move_up(a.sum1);
        }
        let a = self.layout.mlp(l);
        let inp = if pre { a.sum1 } else { a.norm1 };
        if pre {
            self.norm(p.norm2, inp, [a.norm2, a.mean2, a.rstd2]);
        }
        self.linear(l, Which::Up, if pre { a.norm2 } else { inp }, a.hidden);
        let [act, hidden] = parts(&mut self.buffers.acts, [a.act, a.hidden]);
        match self.net.config.activation {
            Activation::Gelu => simd::gelu(act, hidden),
            Activation::Relu => simd::relu(act, hidden),
        }
        self.drop_out(a.act, Place::Hidden(l));
        self.linear(l, Which::Down, a.act, a.sum2);
        self.drop_out(a.sum2, Place::MlpOut(l));
        self.add(a.sum2, inp);
        if !pre {
            self.norm(p.norm2, a.sum2, [a.norm2, a.mean2, a.rstd2]);
        }
    }

    /// Logits of the rows that are shown.
    pub fn head(&mut self) {
        let Net { config, places, params, .. } = self.net;
        let (c, v, n) = (config.width, config.outputs(), self.layout.shown);
        let [norm, mean, rstd] = self.layout.last_norm();
        if config.is_pre() {
            self.norm(places.norm, self.layout.mlp(config.layers - 1).out, [norm, mean, rstd]);
        }
        if n < self.layout.kept {
            self.move_up(norm);
        }
        let [logits, inp] = parts(&mut self.buffers.acts, [self.layout.logits(), norm.first(n * c)]);
        let scratch = &mut self.buffers.scratch;
        if config.tied {
            // The embedding is (v, c), the head its transpose: this is the backward form of a product with it.
            let table = &params[places.embedding.clone()];
            simd::matmul_turned(logits, inp, table, MatmulShape { n, c: v, oc: c }, scratch);
        } else {
            let head = places.head;
            let shape = MatmulShape { n, c, oc: v };
            simd::matmul(logits, inp, head.weight(params), head.bias(params), shape, scratch);
        }
    }

    /// Moves the rows that are shown up; nobody asks for the others any more.
    fn move_up(&mut self, span: Span) {
        let c = self.net.config.width;
        let values = span.of_mut(&mut self.buffers.acts);
        for (to, &row) in self.buffers.rows.iter().enumerate() {
            let row = row as usize * c;
            values.copy_within(row..row + c, to * c);
        }
    }

    /// `out = inp weight + bias`, plus what adapters add.
    fn linear(&mut self, l: usize, which: Which, inp: Span, out: Span) {
        let params = self.net.params;
        let linear = which.of(&self.net.places.layers[l]);
        let [y, x] = parts(&mut self.buffers.acts, [out, inp]);
        let shape = MatmulShape { n: x.len() / linear.c, c: linear.c, oc: linear.oc };
        simd::matmul(y, x, linear.weight(params), linear.bias(params), shape, &mut self.buffers.scratch);
        if let Some(lora) = self.net.lora {
            for &target in which.targets() {
                lora.forward(self.buffers, &self.layout, (l, target), [inp, out], self.adapter_dropout);
            }
        }
    }

    fn attend(&mut self, l: usize, attend: &mut Attend<'_>) {
        let (a, config) = (self.layout.layer(l), self.net.config);
        let shape = self.layout.attention(config);
        let first = match attend {
            Attend::Batch => 0,
            Attend::Cached(cache) => cache.len(),
        };
        turn(a.qkv.of_mut(&mut self.buffers.acts), &self.net, &self.layout, first, false);
        match attend {
            Attend::Batch => {
                let Buffers { acts, mask, scratch, .. } = &mut *self.buffers;
                let mask = self.dropout.map(|dropout| {
                    let mask = &mut mask[..self.layout.n * shape.nh * shape.t];
                    draw(mask, config.dropout, dropout, Place::Attention(l));
                    &*mask
                });
                let [att, lse, qkv] = parts(acts, [a.att, a.lse, a.qkv]);
                simd::attention(att, lse, qkv, shape, mask, scratch);
            }
            Attend::Cached(cache) => {
                let [att, qkv] = parts(&mut self.buffers.acts, [a.att, a.qkv]);
                cache.attend(l, att, qkv, shape, &mut self.buffers.scratch);
            }
        }
    }

    fn norm(&mut self, place: Affine, inp: Span, [out, mean, rstd]: [Span; 3]) {
        let (weight, bias) = place.of(self.net.params);
        let [inp, out, mean, rstd] = parts(&mut self.buffers.acts, [inp, out, mean, rstd]);
        simd::layernorm(out, mean, rstd, inp, weight, bias, self.net.config.width);
    }

    fn add(&mut self, out: Span, inp: Span) {
        let [out, inp] = parts(&mut self.buffers.acts, [out, inp]);
        add(out, inp);
    }

    fn drop_out(&mut self, span: Span, place: Place) {
        if let Some(dropout) = self.dropout {
            let values = span.of_mut(&mut self.buffers.acts);
            let mask = &mut self.buffers.mask[..values.len()];
            draw(mask, self.net.config.dropout, dropout, place);
            multiply(values, mask);
        }
    }
}

/// Turns queries and keys (n, 3c) by their positions, the first row at position `first`; or `back`, as their gradients are.
/// Nothing unless positions are rotary.
pub(super) fn turn(qkv: &mut [f32], net: &Net<'_>, layout: &Layout, first: usize, back: bool) {
    let config = net.config;
    if config.positions.turned().is_none() {
        return;
    }
    let (c, size) = (config.width, config.head_size());
    for (i, row) in qkv.chunks_exact_mut(3 * c).enumerate() {
        let (cosines, sines) = net.sinusoids[(first + i % layout.t) * size..][..size].split_at(size / 2);
        for head in row[..2 * c].chunks_exact_mut(size) {
            let (low, high) = head.split_at_mut(size / 2);
            rotate(low, high, cosines, sines, back);
        }
    }
}

/// What embeddings are multiplied by.
pub(super) fn embedding_scale(config: &Config) -> f32 {
    if config.scale_embedding { (config.width as f32).sqrt() } else { 1.0 }
}
