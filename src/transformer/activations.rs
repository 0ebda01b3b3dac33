//! Where a pass keeps what it computes: one flat buffer for the activations, one for their gradients, both sized once
//! for the largest batch. Knows sizes, not values.
//!
//! With n = b t rows, a pass of n rows keeps `n (c + L (8 c + 2 hidden + nh + 4) + c + 2 + v + 2)` numbers and, for backward,
//! `n (3 c + max(3 c, hidden) + hidden)` more; with dropout, one mask of at most `n max(nh t, c, hidden)`. The attention of (t, t) is
//! never kept.

use super::config::Config;
use super::lora::{Lora, Work};
use crate::kernels::{AttentionShape, Scratch};
use core::ops::Range;

/// A place in a buffer; `Range`, but copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    len: usize,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }

    pub fn of(self, buffer: &[f32]) -> &[f32] {
        &buffer[self.range()]
    }

    pub fn of_mut(self, buffer: &mut [f32]) -> &mut [f32] {
        &mut buffer[self.range()]
    }

    /// Its beginning.
    pub fn first(self, len: usize) -> Self {
        Self { len: len.min(self.len), ..self }
    }
}

/// Several places of one buffer at once, to be written and read.
pub(super) fn parts<const N: usize>(buffer: &mut [f32], spans: [Span; N]) -> [&mut [f32]; N] {
    buffer.get_disjoint_mut(spans.map(Span::range)).expect("places of one layout do not overlap")
}

/// The activations of one layer, each (n, c) unless said otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LayerSpans {
    /// What comes in: the last layer's output or the embeddings.
    pub inp: Span,
    /// Output of the first LayerNorm, its means and inverse deviations (n).
    pub norm1: Span,
    pub mean1: Span,
    pub rstd1: Span,
    /// Queries, keys and values, (n, 3c).
    pub qkv: Span,
    /// Output of the attention and its log-partitions (b, nh, t).
    pub att: Span,
    pub lse: Span,
    /// Residual sum after the attention.
    pub sum1: Span,
    pub norm2: Span,
    pub mean2: Span,
    pub rstd2: Span,
    /// Hidden units before and after the activation, (n, hidden).
    pub hidden: Span,
    pub act: Span,
    /// Residual sum after the MLP.
    pub sum2: Span,
    /// What goes out: one of the sums or, where LayerNorm comes last, one of the norms.
    pub out: Span,
}

/// Sizes of one pass and the places that follow from them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub b: usize,
    pub t: usize,
    /// Rows, b t.
    pub n: usize,
    /// Rows whose logits are asked for, in [`Buffers::rows`] where these are not all.
    pub shown: usize,
    /// Rows that the last layer's MLP works on: all, or those that are shown, which have moved up.
    pub kept: usize,
    c: usize,
    nh: usize,
    hidden: usize,
    v: usize,
    layers: usize,
    pre: bool,
}

struct Cursor(usize);

impl Cursor {
    fn take(&mut self, len: usize) -> Span {
        let span = Span { start: self.0, len };
        self.0 += len;
        span
    }
}

impl Layout {
    pub fn new(config: &Config, b: usize, t: usize) -> Self {
        Self {
            b,
            t,
            n: b * t,
            shown: b * t,
            kept: b * t,
            c: config.width,
            nh: config.heads,
            hidden: config.hidden(),
            v: config.outputs(),
            layers: config.layers,
            pre: config.is_pre(),
        }
    }

    /// With the logits of only so many rows.
    pub fn showing(self, shown: usize) -> Self {
        Self { shown, ..self }
    }

    /// With the last layer's MLP, of which no row asks another, working only on the rows that are shown.
    pub fn keeping_shown(self) -> Self {
        Self { kept: self.shown, ..self }
    }

    pub fn attention(&self, config: &Config) -> AttentionShape {
        AttentionShape { b: self.b, t: self.t, nh: self.nh, hs: config.head_size(), mask: config.mask }
    }

    /// The sum of token and position.
    pub fn embedded(&self) -> Span {
        Span { start: 0, len: self.n * self.c }
    }

    fn layer_len(&self) -> usize {
        let mlp = if self.hidden == 0 { 0 } else { 2 * self.c + 2 + 2 * self.hidden };
        self.n * (6 * self.c + 2 + self.nh + mlp)
    }

    pub fn layer(&self, l: usize) -> LayerSpans {
        let inp = if l == 0 { self.embedded() } else { self.layer(l - 1).out };
        let mut cursor = Cursor(self.n * self.c + l * self.layer_len());
        let (wide, narrow) = (self.n * self.c, self.n);
        let mut spans = LayerSpans {
            inp,
            norm1: cursor.take(wide),
            mean1: cursor.take(narrow),
            rstd1: cursor.take(narrow),
            qkv: cursor.take(3 * wide),
            att: cursor.take(wide),
            lse: cursor.take(self.nh * narrow),
            sum1: cursor.take(wide),
            ..LayerSpans::default()
        };
        if self.hidden > 0 {
            spans.norm2 = cursor.take(wide);
            spans.mean2 = cursor.take(narrow);
            spans.rstd2 = cursor.take(narrow);
            spans.hidden = cursor.take(narrow * self.hidden);
            spans.act = cursor.take(narrow * self.hidden);
            spans.sum2 = cursor.take(wide);
        }
        spans.out = match (self.hidden > 0, self.pre) {
            (true, true) => spans.sum2,
            (true, false) => spans.norm2,
            (false, true) => spans.sum1,
            (false, false) => spans.norm1,
        };
        spans
    }

    /// What the MLP of a layer works on.
    pub fn mlp(&self, l: usize) -> LayerSpans {
        let spans = self.layer(l);
        if l + 1 < self.layers {
            return spans;
        }
        let [narrow, wide, hidden] = [1, self.c, self.hidden].map(|width| self.kept * width);
        LayerSpans {
            norm1: spans.norm1.first(wide),
            sum1: spans.sum1.first(wide),
            norm2: spans.norm2.first(wide),
            mean2: spans.mean2.first(narrow),
            rstd2: spans.rstd2.first(narrow),
            hidden: spans.hidden.first(hidden),
            act: spans.act.first(hidden),
            sum2: spans.sum2.first(wide),
            out: spans.out.first(wide),
            ..spans
        }
    }

    fn after_layers(&self) -> usize {
        self.n * self.c + self.layers * self.layer_len()
    }

    /// The last LayerNorm's output, means and inverse deviations; the last layer's output where there is none.
    pub fn last_norm(&self) -> [Span; 3] {
        if !self.pre {
            return [self.layer(self.layers - 1).out, Span::default(), Span::default()];
        }
        let mut cursor = Cursor(self.after_layers());
        let [norm, mean, rstd] = [cursor.take(self.n * self.c), cursor.take(self.n), cursor.take(self.n)];
        [norm.first(self.kept * self.c), mean.first(self.kept), rstd.first(self.kept)]
    }

    /// Logits (shown, v), which become their own gradient.
    pub fn logits(&self) -> Span {
        let norm = if self.pre { self.n * (self.c + 2) } else { 0 };
        Span { start: self.after_layers() + norm, len: self.shown * self.v }
    }

    /// Each shown row's loss and its weight (shown).
    pub fn losses(&self) -> [Span; 2] {
        let logits = self.logits();
        let mut cursor = Cursor(logits.start + logits.len);
        [cursor.take(self.shown), cursor.take(self.shown)]
    }

    fn len(&self) -> usize {
        let [_, weights] = self.losses();
        weights.start + weights.len
    }

    /// Gradients of what the MLP of a layer works on.
    pub fn mlp_gradients(&self, l: usize) -> Gradients {
        let g = self.gradients();
        if l + 1 < self.layers {
            return g;
        }
        let [wide, hidden] = [self.c, self.hidden].map(|width| self.kept * width);
        Gradients {
            d: g.d.first(wide),
            branch: g.branch.first(wide),
            inner: g.inner.first(wide),
            dhidden: g.dhidden.first(hidden),
            dact: g.dact.first(hidden),
            ..g
        }
    }

    /// Gradients: three of (n, c), one of (n, 3c) or (n, hidden), one of (n, hidden).
    pub fn gradients(&self) -> Gradients {
        let mut cursor = Cursor(0);
        let wide = self.n * self.c;
        Gradients {
            d: cursor.take(wide),
            branch: cursor.take(wide),
            inner: cursor.take(wide),
            dqkv: Span { start: cursor.0, len: 3 * wide },
            dhidden: Span { start: cursor.0, len: self.n * self.hidden },
            dact: Span { start: cursor.0 + self.n * self.hidden.max(3 * self.c), len: self.n * self.hidden },
        }
    }

    fn gradients_len(&self) -> usize {
        let dact = self.gradients().dact;
        dact.start + dact.len
    }

    /// Numbers in the largest mask dropout needs.
    fn mask_len(&self) -> usize {
        (self.n * self.t * self.nh).max(self.n * self.c.max(self.hidden))
    }
}

/// Gradients of the layer at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gradients {
    /// Of the residual stream.
    pub d: Span,
    /// Of a branch's output.
    pub branch: Span,
    /// Of a branch's input, or of the attention's output.
    pub inner: Span,
    pub dqkv: Span,
    pub dhidden: Span,
    pub dact: Span,
}

/// The buffers of a pass.
#[derive(Clone, Debug)]
pub(super) struct Buffers {
    pub acts: Vec<f32>,
    pub grads: Vec<f32>,
    pub mask: Vec<f32>,
    /// Tokens of the last forward pass, and targets of the rows that it showed.
    pub tokens: Vec<u32>,
    pub targets: Vec<u32>,
    /// Which rows are shown, ascending, where these are not all.
    pub rows: Vec<u32>,
    pub lora: Work,
    pub scratch: Scratch,
}

impl Buffers {
    /// Room for `batch` sequences of `t` positions.
    pub fn new(config: &Config, lora: Option<&Lora>, batch: usize, t: usize) -> Self {
        let layout = Layout::new(config, batch, t);
        let drops = config.dropout > 0.0 || lora.is_some_and(|lora| lora.settings().dropout > 0.0);
        let mask = if drops { layout.mask_len() } else { 0 };
        Self {
            acts: vec![0.0; layout.len()],
            grads: vec![0.0; layout.gradients_len()],
            mask: vec![0.0; mask],
            tokens: Vec::with_capacity(layout.n),
            targets: Vec::with_capacity(layout.n),
            rows: Vec::with_capacity(layout.n),
            lora: Work::new(config, lora, layout.n),
            scratch: Scratch::default(),
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let numbers = self.acts.len() + self.grads.len() + self.mask.len();
        let words = self.tokens.capacity() + self.targets.capacity() + self.rows.capacity();
        4 * (numbers + words) + self.lora.bytes() + self.scratch.bytes()
    }
}
