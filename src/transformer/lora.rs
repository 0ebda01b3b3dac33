//! Low-rank adapters (Hu et al. 2021) on a frozen model: `y = x W + bias + alpha/rank (dropout(x) A) B`. Knows the buffers of
//! a pass, not where the layers call it from.
//!
//! A (c, rank) starts as PyTorch starts a linear layer, B (rank, oc) at zero, so that an adapted model starts as its base.
//! Queries, keys and values have adapters of their own though the base holds them in one matrix: each adds to its own
//! columns.

use super::activations::{Buffers, Layout, Span, parts};
use super::config::Config;
use super::dropout::{ADAPTERS, Dropout, Place, draw};
use super::elementwise::{add, add_scaled, multiply, scaled};
use super::forward::Which;
use super::params::{Builder, Places, Role, Start, View, draw as draw_weights};
use super::text::decimal;
use crate::kernels::{MatmulShape, Scratch, simd};

/// A linear map that an adapter can stand beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The projection to queries.
    Query,
    /// The projection to keys.
    Key,
    /// The projection to values.
    Value,
    /// The projection of the attention's output.
    Out,
    /// Into the MLP.
    Up,
    /// Out of the MLP.
    Down,
}

/// Every target, in order.
pub const TARGETS: [Target; ADAPTERS] =
    [Target::Query, Target::Key, Target::Value, Target::Out, Target::Up, Target::Down];

impl Target {
    /// Whether it is one of the MLP's.
    pub(super) fn is_of_mlp(self) -> bool {
        matches!(self, Self::Up | Self::Down)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Query => "self_attn.q_proj",
            Self::Key => "self_attn.k_proj",
            Self::Value => "self_attn.v_proj",
            Self::Out => "self_attn.out_proj",
            Self::Up => "linear1",
            Self::Down => "linear2",
        }
    }

    fn which(self) -> Which {
        match self {
            Self::Query | Self::Key | Self::Value => Which::In,
            Self::Out => Which::Out,
            Self::Up => Which::Up,
            Self::Down => Which::Down,
        }
    }
}

/// What adapters are to be like.
#[derive(Clone, Debug, PartialEq)]
pub struct LoraSettings {
    /// Rank, 1 to 64.
    pub rank: usize,
    /// Scale: what an adapter adds is multiplied by alpha / rank. Above 0, at most 1024.
    pub alpha: f32,
    /// Dropout on an adapter's input in training, 0 to 0.9.
    pub dropout: f32,
    /// Which maps get an adapter, in every layer; at least one.
    pub targets: Vec<Target>,
}

/// Why adapters were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoraError {
    /// The rank is out of its range.
    #[error("rank is {rank}, expected a whole number from 1 to 64")]
    Rank {
        /// Rank asked for.
        rank: usize,
    },
    /// Alpha is out of its range.
    #[error("alpha is {}, expected a number above 0, at most 1024", decimal(*alpha))]
    Alpha {
        /// Alpha asked for.
        alpha: f32,
    },
    /// Dropout is out of its range.
    #[error("adapter dropout is {}, expected a number from 0 to 0.9", decimal(*dropout))]
    Dropout {
        /// Dropout asked for.
        dropout: f32,
    },
    /// Nothing to adapt.
    #[error("adapter targets are none, expected at least one of q, k, v, out, up, down")]
    NoTarget,
    /// The model has no MLP to adapt.
    #[error("adapter targets have up or down, expected neither in a model without an MLP")]
    NoMlp,
}

/// One adapter's place in the adapters' flat buffer.
#[derive(Clone, Copy, Debug)]
struct Adapter {
    /// Where A (c, rank) starts; B (rank, oc) follows.
    start: usize,
    c: usize,
    oc: usize,
    /// First column of the output that it adds to, and that output's width.
    column: usize,
    width: usize,
    /// Which of all adapters.
    idx: usize,
}

impl Adapter {
    fn split(self, buffer: &[f32], rank: usize) -> (&[f32], &[f32]) {
        buffer[self.start..][..(self.c + self.oc) * rank].split_at(self.c * rank)
    }

    fn down(self, n: usize, rank: usize) -> MatmulShape {
        MatmulShape { n, c: self.c, oc: rank }
    }

    fn up(self, n: usize, rank: usize) -> MatmulShape {
        MatmulShape { n, c: rank, oc: self.oc }
    }
}

/// Adapters of a model: weights, views and places.
#[derive(Clone, Debug)]
pub struct Lora {
    settings: LoraSettings,
    views: Vec<View>,
    pub(super) params: Vec<f32>,
    adapters: Vec<[Option<Adapter>; ADAPTERS]>,
}

/// Streams of initial weights: those of the adapters follow the model's.
const FIRST_STREAM: u64 = 1 << 16;

impl Lora {
    /// Adapters for such a model, their weights drawn by `seed`.
    ///
    /// # Errors
    /// Names the first setting that is not allowed.
    pub fn new(config: &Config, settings: LoraSettings, seed: u64) -> Result<Self, LoraError> {
        let LoraSettings { rank, alpha, dropout, ref targets } = settings;
        if !(1..=64).contains(&rank) {
            return Err(LoraError::Rank { rank });
        }
        if !(alpha > 0.0 && alpha <= 1024.0) {
            return Err(LoraError::Alpha { alpha });
        }
        if !(0.0..=0.9).contains(&dropout) {
            return Err(LoraError::Dropout { dropout });
        }
        if targets.is_empty() {
            return Err(LoraError::NoTarget);
        }
        if !config.has_mlp() && targets.iter().any(|target| target.is_of_mlp()) {
            return Err(LoraError::NoMlp);
        }
        let mut build = Builder::default();
        let mut adapters = vec![[None; ADAPTERS]; config.layers];
        let mut idx = 0;
        for (l, layer) in adapters.iter_mut().enumerate() {
            for target in TARGETS.into_iter().filter(|target| targets.contains(target)) {
                layer[target as usize] = Some(place(config, &mut build, l, target, rank, idx));
                idx += 1;
            }
        }
        let params = draw_weights(&build.views, seed, FIRST_STREAM);
        Ok(Self { settings, views: build.views, params, adapters })
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &LoraSettings {
        &self.settings
    }

    /// The adapters' parameters: `layers.0.self_attn.q_proj.lora_A.weight` (rank, c), `….lora_B.weight` (oc, rank).
    #[must_use]
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// The adapters' weights, one flat buffer.
    #[must_use]
    pub fn params(&self) -> &[f32] {
        &self.params
    }

    /// The adapters' weights, to be set.
    pub fn params_mut(&mut self) -> &mut [f32] {
        &mut self.params
    }

    fn scale(&self) -> f32 {
        self.settings.alpha / self.settings.rank as f32
    }

    /// Adds the adapter's part to its columns of `out` and keeps `dropout(x) A` for backward.
    pub(super) fn forward(
        &self,
        buffers: &mut Buffers,
        layout: &Layout,
        (l, target): (usize, Target),
        [inp, out]: [Span; 2],
        dropout: Option<Dropout>,
    ) {
        let Some(adapter) = self.adapters[l][target as usize] else { return };
        let (n, rank) = (layout.n, self.settings.rank);
        let (a, b) = adapter.split(&self.params, rank);
        let Buffers { acts, mask, lora: work, scratch, .. } = buffers;
        let [y, x] = parts(acts, [out, inp]);
        let x = self.dropped(&mut work.x, mask, x, dropout, (l, target));
        let u = &mut work.u[adapter.idx * n * rank..][..n * rank];
        simd::matmul(u, x, a, None, adapter.down(n, rank), scratch);
        let delta = &mut work.y[..n * adapter.oc];
        simd::matmul(delta, u, b, None, adapter.up(n, rank), scratch);
        for (y, delta) in y.chunks_exact_mut(adapter.width).zip(delta.chunks_exact(adapter.oc)) {
            add_scaled(&mut y[adapter.column..][..adapter.oc], delta, self.scale());
        }
    }

    /// Adds to the gradients of A and B and to the gradient of the adapter's input. With `s = alpha/rank`,
    /// `x' = dropout(x)`, `u = x' A`: `dB += u^T (s dy)`, `du = (s dy) B^T`, `dA += x'^T du`, `dx += dropout(du A^T)`, that last
    /// only where it is asked for.
    pub(super) fn backward(
        &self,
        grads: &mut [f32],
        buffers: &mut Buffers,
        layout: &Layout,
        (l, target): (usize, Target),
        [inp, dout]: [Span; 2],
        dinp: Option<Span>,
        dropout: Option<Dropout>,
    ) {
        let Some(adapter) = self.adapters[l][target as usize] else { return };
        let (n, rank) = (layout.n, self.settings.rank);
        let (a, b) = adapter.split(&self.params, rank);
        let (da, db) = grads[adapter.start..][..(adapter.c + adapter.oc) * rank].split_at_mut(adapter.c * rank);
        let Buffers { acts, grads: of_acts, mask, lora: work, scratch, .. } = buffers;
        let dy = &mut work.y[..n * adapter.oc];
        for (dy, dout) in dy.chunks_exact_mut(adapter.oc).zip(dout.of(of_acts).chunks_exact(adapter.width)) {
            scaled(dy, &dout[adapter.column..][..adapter.oc], self.scale());
        }
        let u = &work.u[adapter.idx * n * rank..][..n * rank];
        simd::matmul_dweight(db, None, u, dy, adapter.up(n, rank), scratch);
        let du = &mut work.du[..n * rank];
        simd::matmul_turned(du, dy, b, adapter.up(n, rank), scratch);
        let x = self.dropped(&mut work.x, mask, inp.of(acts), dropout, (l, target));
        simd::matmul_dweight(da, None, x, du, adapter.down(n, rank), scratch);
        let Some(dinp) = dinp else { return };
        let dx = dinp.of_mut(of_acts);
        if self.drops(dropout) {
            // The mask still holds this place's draws.
            let through = &mut work.x[..n * adapter.c];
            simd::matmul_turned(through, du, a, adapter.down(n, rank), scratch);
            multiply(through, &mask[..n * adapter.c]);
            add(dx, through);
        } else {
            simd::matmul_dinp(dx, du, a, adapter.down(n, rank), scratch);
        }
    }

    fn drops(&self, dropout: Option<Dropout>) -> bool {
        dropout.is_some() && self.settings.dropout > 0.0
    }

    /// The input as the adapter sees it: dropped in `room`, or itself.
    fn dropped<'a>(
        &self,
        room: &'a mut [f32],
        mask: &mut [f32],
        x: &'a [f32],
        dropout: Option<Dropout>,
        (l, target): (usize, Target),
    ) -> &'a [f32] {
        let Some(dropout) = dropout.filter(|_| self.settings.dropout > 0.0) else { return x };
        let (room, mask) = (&mut room[..x.len()], &mut mask[..x.len()]);
        draw(mask, self.settings.dropout, dropout, Place::Adapter(l, target as usize));
        room.copy_from_slice(x);
        multiply(room, mask);
        room
    }

    /// Adds every adapter to the weight it stands beside: `W += alpha/rank A B`.
    pub(super) fn merge(&self, places: &Places, params: &mut [f32]) {
        let rank = self.settings.rank;
        let mut scratch = Scratch::default();
        for (layer, adapters) in places.layers.iter().zip(&self.adapters) {
            for (target, adapter) in TARGETS.into_iter().zip(adapters) {
                let Some(adapter) = adapter else { continue };
                let (a, b) = adapter.split(&self.params, rank);
                let mut product = vec![0.0; adapter.c * adapter.oc];
                simd::matmul(&mut product, a, b, None, adapter.up(adapter.c, rank), &mut scratch);
                let (weight, _) = target.which().of(layer).grads(params);
                for (row, product) in weight.chunks_exact_mut(adapter.width).zip(product.chunks_exact(adapter.oc)) {
                    add_scaled(&mut row[adapter.column..][..adapter.oc], product, self.scale());
                }
            }
        }
    }
}

fn place(config: &Config, build: &mut Builder, l: usize, target: Target, rank: usize, idx: usize) -> Adapter {
    let (c, hidden) = (config.width, config.hidden());
    let (inputs, oc, column, width) = match target {
        Target::Query => (c, c, 0, 3 * c),
        Target::Key => (c, c, c, 3 * c),
        Target::Value => (c, c, 2 * c, 3 * c),
        Target::Out => (c, c, 0, c),
        Target::Up => (c, hidden, 0, hidden),
        Target::Down => (hidden, c, 0, c),
    };
    let name = |end: &str| ["layers.", &l.to_string(), ".", target.name(), end].concat();
    let bound = Start::Uniform((1.0 / (inputs as f64).sqrt()) as f32);
    let start = build.add(name(".lora_A.weight"), vec![rank, inputs], true, Role::Matrix, bound).start;
    build.add(name(".lora_B.weight"), vec![oc, rank], true, Role::Matrix, Start::Constant(0.0));
    Adapter { start, c: inputs, oc, column, width, idx }
}

/// Room that adapters work in; empty without any.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// `dropout(x) A` of every adapter, (n, rank) each.
    u: Vec<f32>,
    /// Its gradient for the adapter at hand.
    du: Vec<f32>,
    /// An input as the adapter sees it, and an output's part.
    x: Vec<f32>,
    y: Vec<f32>,
}

impl Work {
    pub fn new(config: &Config, lora: Option<&Lora>, n: usize) -> Self {
        let Some(lora) = lora else { return Self::default() };
        let count = lora.adapters.iter().flatten().flatten().count();
        let widest = n * config.width.max(config.hidden());
        let rank = lora.settings.rank;
        Self { u: vec![0.0; count * n * rank], du: vec![0.0; n * rank], x: vec![0.0; widest], y: vec![0.0; widest] }
    }

    pub fn bytes(&self) -> usize {
        4 * (self.u.len() + self.du.len() + self.x.len() + self.y.len())
    }
}
