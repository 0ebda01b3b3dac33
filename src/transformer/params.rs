//! The weights: one flat buffer with named views, in PyTorch's names. Knows no activations.
//!
//! Matrices that multiply from the right are stored `(c, oc)`, the order the kernels read; their PyTorch shape is
//! `(oc, c)` ([`View::transposed`]). A model of P parameters keeps 4 P bytes of weights, 4 P of gradients and, with
//! Adam, 8 P of moments.

use super::config::{Config, Init, Positions};
use crate::random::{Purpose, Random};
use core::ops::Range;

/// What a parameter is, as far as rules of training care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Rows looked up by token or position.
    Embedding,
    /// A matrix of a linear layer.
    Matrix,
    /// The bias of a linear layer.
    Bias,
    /// Scale or shift of a LayerNorm.
    Norm,
}

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    Constant(f32),
    /// N(0, std).
    Normal(f32),
    /// U(-bound, bound).
    Uniform(f32),
}

/// A named parameter within the flat buffer.
#[derive(Clone, Debug)]
pub struct View {
    /// PyTorch's name: `layers.0.self_attn.in_proj_weight`.
    pub name: String,
    /// PyTorch's shape; one or two sizes.
    pub shape: Vec<usize>,
    /// Whether the buffer holds the transpose of that shape.
    pub transposed: bool,
    /// Where it is in the buffer.
    pub range: Range<usize>,
    /// What it is.
    pub role: Role,
    pub(super) start: Start,
}

impl View {
    /// Whether weight decay pulls at it: matrices only. Biases, LayerNorms and embeddings are left alone: decay is
    /// there to keep a map from growing with what it multiplies, and a rare token's row would only fade.
    #[must_use]
    pub fn decays(&self) -> bool {
        self.role == Role::Matrix
    }

    /// Index in the buffer of the `i`th number in PyTorch's order.
    #[must_use]
    pub fn index(&self, i: usize) -> usize {
        let inner = match self.shape[..] {
            [rows, columns] if self.transposed => (i % columns) * rows + i / columns,
            _ => i,
        };
        self.range.start + inner
    }
}

/// A linear layer: weight (c, oc), then its bias (oc) if it has one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Linear {
    start: usize,
    pub c: usize,
    pub oc: usize,
    biased: bool,
}

impl Linear {
    pub fn weight(self, buffer: &[f32]) -> &[f32] {
        &buffer[self.start..][..self.c * self.oc]
    }

    pub fn bias(self, buffer: &[f32]) -> Option<&[f32]> {
        self.biased.then(|| &buffer[self.start + self.c * self.oc..][..self.oc])
    }

    /// Gradients of weight and bias.
    pub fn grads(self, buffer: &mut [f32]) -> (&mut [f32], Option<&mut [f32]>) {
        let (weight, rest) = buffer[self.start..].split_at_mut(self.c * self.oc);
        (weight, self.biased.then(|| &mut rest[..self.oc]))
    }
}

/// A LayerNorm: scale (c), then shift (c).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Affine {
    start: usize,
    c: usize,
}

impl Affine {
    pub fn of(self, buffer: &[f32]) -> (&[f32], &[f32]) {
        buffer[self.start..][..2 * self.c].split_at(self.c)
    }

    pub fn grads(self, buffer: &mut [f32]) -> (&mut [f32], &mut [f32]) {
        buffer[self.start..][..2 * self.c].split_at_mut(self.c)
    }
}

/// Places of a layer's parameters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layer {
    pub in_proj: Linear,
    pub out_proj: Linear,
    pub norm1: Affine,
    pub linear1: Linear,
    pub linear2: Linear,
    pub norm2: Affine,
}

/// Places of all parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// (v, c).
    pub embedding: Range<usize>,
    /// (context, c); empty unless learned.
    pub positions: Range<usize>,
    pub layers: Vec<Layer>,
    /// Before the head, where LayerNorm comes first.
    pub norm: Affine,
    /// The head of its own.
    pub head: Linear,
}

/// Builds a flat buffer's views one after the other.
#[derive(Default)]
pub(super) struct Builder {
    pub views: Vec<View>,
}

impl Builder {
    pub fn len(&self) -> usize {
        self.views.last().map_or(0, |view| view.range.end)
    }

    pub fn add(&mut self, name: String, shape: Vec<usize>, transposed: bool, role: Role, start: Start) -> Range<usize> {
        let range = self.len()..self.len() + shape.iter().product::<usize>();
        self.views.push(View { name, shape, transposed, range: range.clone(), role, start });
        range
    }

    fn linear(&mut self, names: [String; 2], c: usize, oc: usize, start: Start, bias: Start) -> Linear {
        let [weight, of_bias] = names;
        let first = self.add(weight, vec![oc, c], true, Role::Matrix, start).start;
        self.add(of_bias, vec![oc], false, Role::Bias, bias);
        Linear { start: first, c, oc, biased: true }
    }

    fn norm(&mut self, name: &str, c: usize) -> Affine {
        let start = self.add([name, ".weight"].concat(), vec![c], false, Role::Norm, Start::Constant(1.0)).start;
        self.add([name, ".bias"].concat(), vec![c], false, Role::Norm, Start::Constant(0.0));
        Affine { start, c }
    }
}

fn uniform(fan: usize) -> Start {
    Start::Uniform((1.0 / (fan as f64).sqrt()) as f32)
}

/// Where each parameter of such a model is, and its views.
pub(super) fn places(config: &Config) -> (Places, Vec<View>) {
    let mut build = Builder::default();
    let (c, v, layers) = (config.width, config.vocabulary, config.layers);
    let hidden = config.hidden();
    let zero = Start::Constant(0.0);
    let is_normal = config.init == Init::Normal;
    let table = if is_normal { Start::Normal(0.02) } else { Start::Uniform(0.1) };
    let residual = Start::Normal((0.02 / (2.0 * layers as f64).sqrt()) as f32);
    // PyTorch's nn.MultiheadAttention: Xavier's bound over in_proj's (3c, c).
    let xavier = Start::Uniform((6.0 / (4 * c) as f64).sqrt() as f32);
    let pick = |normal, uniform| if is_normal { normal } else { uniform };

    let mut places = Places {
        embedding: build.add("embedding.weight".to_owned(), vec![v, c], false, Role::Embedding, table),
        ..Places::default()
    };
    if config.positions == Positions::Learned {
        let shape = vec![config.context, c];
        places.positions = build.add("positions.weight".to_owned(), shape, false, Role::Embedding, table);
    }
    for l in 0..layers {
        let name = |rest: &str| ["layers.", &l.to_string(), ".", rest].concat();
        let names = |linear: &str| [name(&[linear, ".weight"].concat()), name(&[linear, ".bias"].concat())];
        let in_names = [name("self_attn.in_proj_weight"), name("self_attn.in_proj_bias")];
        let mut layer = Layer {
            in_proj: build.linear(in_names, c, 3 * c, pick(table, xavier), zero),
            out_proj: build.linear(names("self_attn.out_proj"), c, c, pick(residual, uniform(c)), zero),
            ..Layer::default()
        };
        if config.has_mlp() {
            let (up, down) = (uniform(c), uniform(hidden));
            layer.linear1 = build.linear(names("linear1"), c, hidden, pick(table, up), pick(zero, up));
            layer.linear2 = build.linear(names("linear2"), hidden, c, pick(residual, down), pick(zero, down));
        }
        layer.norm1 = build.norm(&name("norm1"), c);
        if config.has_mlp() {
            layer.norm2 = build.norm(&name("norm2"), c);
        }
        places.layers.push(layer);
    }
    if config.is_pre() {
        places.norm = build.norm("norm", c);
    }
    if !config.tied {
        let names = ["head.weight".to_owned(), "head.bias".to_owned()];
        places.head = build.linear(names, c, config.outputs(), table, zero);
    }
    (places, build.views)
}

/// Draws initial weights, each view from a stream of its own; `first` is the number of the first stream.
pub(super) fn draw(views: &[View], seed: u64, first: u64) -> Vec<f32> {
    let mut params = vec![0.0; views.last().map_or(0, |view| view.range.end)];
    for (i, view) in views.iter().enumerate() {
        let mut random = Random::new(seed, Purpose::Weights, first + i as u64);
        let values = &mut params[view.range.clone()];
        match view.start {
            Start::Constant(value) => values.fill(value),
            Start::Uniform(bound) => values.iter_mut().for_each(|x| *x = bound * (2.0 * random.unit() - 1.0)),
            Start::Normal(std) => {
                for two in values.chunks_mut(2) {
                    for (x, normal) in two.iter_mut().zip(random.normal_pair()) {
                        *x = std * normal;
                    }
                }
            }
        }
    }
    params
}
