//! The transformer once more, in f64 and in the plainest form: nested loops over PyTorch's names and shapes. What the
//! gradients, the loss and the attention are held against. Shares with the engine only the settings and dropout's draws.

use snapscope::random::{Purpose, Random};
use snapscope::transformer::dropout::{Place, draw};
use snapscope::transformer::{
    Activation, Batch, Config, Dropout, LoraSettings, Mask, Norm, Positions, Settings, Target, View,
};
use std::collections::BTreeMap;

/// Rows of numbers.
pub type Rows = Vec<Vec<f64>>;

/// Named numbers in PyTorch's order, with the index of each in the engine's flat buffer.
pub type Named = BTreeMap<String, Vec<f64>>;

/// The engine's flat buffer by name.
pub fn named(views: &[View], flat: &[f32]) -> Named {
    let values = |view: &View| (0..view.range.len()).map(|i| f64::from(flat[view.index(i)])).collect();
    views.iter().map(|view| (view.name.clone(), values(view))).collect()
}

/// Settings that are small enough for finite differences.
pub fn small() -> Settings {
    Settings { layers: 2, width: 16, heads: 2, context: 8, vocabulary: 11, ..Settings::default() }
}

/// Numbers evenly from -size to size.
pub fn numbers(len: usize, size: f32, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed, Purpose::Sample, 7);
    (0..len).map(|_| size * (2.0 * random.unit() - 1.0)).collect()
}

/// Tokens below `below`.
pub fn tokens(len: usize, below: u32, seed: u64) -> Vec<u32> {
    let mut random = Random::new(seed, Purpose::Sample, 8);
    (0..len).map(|_| random.below(below)).collect()
}

/// A model to be held against: settings, weights, adapters, and what is dropped.
pub struct Oracle {
    pub config: Config,
    pub params: Named,
    pub lora: Option<(LoraSettings, Named)>,
    pub dropout: Option<Dropout>,
}

impl Oracle {
    fn param(&self, name: &str) -> &[f64] {
        &self.params[name]
    }

    fn dropped(&self, x: &mut Rows, p: f32, place: Place) {
        let (Some(dropout), true) = (self.dropout, p > 0.0) else { return };
        let width = x[0].len();
        let mut mask = vec![0.0; x.len() * width];
        draw(&mut mask, p, dropout, place);
        for (i, x) in x.iter_mut().flatten().enumerate() {
            *x *= f64::from(mask[i]);
        }
    }

    /// `x W^T + bias`, W of PyTorch's shape.
    fn linear(&self, x: &Rows, weight: &str, bias: &str) -> Rows {
        product(x, self.param(weight), Some(self.param(bias)))
    }

    /// What the adapter beside a linear layer adds to columns from `column` on.
    fn adapt(&self, y: &mut Rows, x: &Rows, l: usize, target: Target, name: &str, column: usize) {
        let Some((settings, adapters)) = &self.lora else { return };
        let Some(a) = adapters.get(&format!("layers.{l}.{name}.lora_A.weight")) else { return };
        let mut x = x.clone();
        self.dropped(&mut x, settings.dropout, Place::Adapter(l, target as usize));
        let u = product(&x, a, None);
        let delta = product(&u, &adapters[&format!("layers.{l}.{name}.lora_B.weight")], None);
        let scale = f64::from(settings.alpha) / settings.rank as f64;
        for (y, delta) in y.iter_mut().zip(delta) {
            for (j, delta) in delta.into_iter().enumerate() {
                y[column + j] += scale * delta;
            }
        }
    }

    fn norm(&self, x: &Rows, name: &str) -> Rows {
        let (weight, bias) = (self.param(&format!("{name}.weight")), self.param(&format!("{name}.bias")));
        let row = |x: &Vec<f64>| {
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / x.len() as f64;
            let one = |(k, x): (usize, &f64)| (x - mean) / (variance + 1e-5).sqrt() * weight[k] + bias[k];
            x.iter().enumerate().map(one).collect()
        };
        x.iter().map(row).collect()
    }

    /// Attention weights (b, nh, t, t) of one layer, before dropout, and the attention's output.
    fn attention(&self, qkv: &Rows, t: usize, l: usize) -> (Vec<f64>, Rows) {
        let (c, nh) = (self.config.width, self.config.heads);
        let (n, hs) = (qkv.len(), c / nh);
        let mut weights = vec![0.0; n * nh * t];
        for (row, weights) in weights.chunks_exact_mut(t).enumerate() {
            let (b, h, i) = (row / t / nh, row / t % nh, row % t);
            let keys = if self.config.mask == Mask::Causal { i + 1 } else { i };
            let score = |j: usize| {
                let (q, k) = (&qkv[b * t + i][h * hs..], &qkv[b * t + j][c + h * hs..]);
                (0..hs).map(|d| q[d] * k[d]).sum::<f64>() / (hs as f64).sqrt()
            };
            let e: Vec<f64> = (0..keys).map(|j| libm::exp(score(j))).collect();
            let sum: f64 = e.iter().sum();
            e.iter().enumerate().for_each(|(j, e)| weights[j] = e / sum);
        }
        let mut kept: Rows = weights.chunks_exact(t).map(<[f64]>::to_vec).collect();
        self.dropped(&mut kept, self.config.dropout, Place::Attention(l));
        let mut out = vec![vec![0.0; c]; n];
        for (row, kept) in kept.iter().enumerate() {
            let (b, h, i) = (row / t / nh, row / t % nh, row % t);
            for (j, a) in kept.iter().enumerate() {
                for d in 0..hs {
                    out[b * t + i][h * hs + d] += a * qkv[b * t + j][2 * c + h * hs + d];
                }
            }
        }
        (weights, out)
    }

    fn attention_branch(&self, x: &Rows, t: usize, l: usize) -> (Vec<f64>, Rows) {
        let name = |rest: &str| format!("layers.{l}.self_attn.{rest}");
        let c = self.config.width;
        let mut qkv = self.linear(x, &name("in_proj_weight"), &name("in_proj_bias"));
        self.adapt(&mut qkv, x, l, Target::Query, "self_attn.q_proj", 0);
        self.adapt(&mut qkv, x, l, Target::Key, "self_attn.k_proj", c);
        self.adapt(&mut qkv, x, l, Target::Value, "self_attn.v_proj", 2 * c);
        self.turn(&mut qkv, t);
        let (weights, att) = self.attention(&qkv, t, l);
        let mut out = self.linear(&att, &name("out_proj.weight"), &name("out_proj.bias"));
        self.adapt(&mut out, &att, l, Target::Out, "self_attn.out_proj", 0);
        self.dropped(&mut out, self.config.dropout, Place::AttentionOut(l));
        (weights, out)
    }

    /// Rotary positions, as a product of complex numbers.
    fn turn(&self, qkv: &mut Rows, t: usize) {
        let part = match self.config.positions {
            Positions::Rotary => 1,
            Positions::HalfRotary => 2,
            _ => return,
        };
        let (c, size) = (self.config.width, self.config.head_size());
        for (i, row) in qkv.iter_mut().enumerate() {
            for (head, j) in (0..2 * c / size).flat_map(|head| (0..size / 2 / part).map(move |j| (head, j))) {
                let angle = (i % t) as f64 / libm::pow(10_000.0, 2.0 * (part * j) as f64 / size as f64);
                let (at, far) = (head * size + j, head * size + j + size / 2);
                let (re, im) = (row[at], row[far]);
                row[at] = re * libm::cos(angle) - im * libm::sin(angle);
                row[far] = re * libm::sin(angle) + im * libm::cos(angle);
            }
        }
    }

    fn mlp_branch(&self, x: &Rows, l: usize) -> Rows {
        let name = |rest: &str| format!("layers.{l}.{rest}");
        let mut hidden = self.linear(x, &name("linear1.weight"), &name("linear1.bias"));
        self.adapt(&mut hidden, x, l, Target::Up, "linear1", 0);
        let bend = |x: f64| match self.config.activation {
            Activation::Relu => x.max(0.0),
            Activation::Gelu => {
                let inner = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
                0.5 * x * (1.0 + libm::tanh(inner))
            }
        };
        hidden.iter_mut().flatten().for_each(|x| *x = bend(*x));
        self.dropped(&mut hidden, self.config.dropout, Place::Hidden(l));
        let mut out = self.linear(&hidden, &name("linear2.weight"), &name("linear2.bias"));
        self.adapt(&mut out, &hidden, l, Target::Down, "linear2", 0);
        self.dropped(&mut out, self.config.dropout, Place::MlpOut(l));
        out
    }

    fn embedded(&self, tokens: &[u32], t: usize) -> Rows {
        let c = self.config.width;
        let scale = if self.config.scale_embedding { (c as f64).sqrt() } else { 1.0 };
        let position = |i: usize, k: usize| match self.config.positions {
            Positions::None | Positions::Rotary | Positions::HalfRotary => 0.0,
            Positions::Learned => self.param("positions.weight")[i * c + k],
            Positions::Sinusoidal => {
                let angle = i as f64 / libm::pow(10_000.0, (k - k % 2) as f64 / c as f64);
                if k.is_multiple_of(2) { libm::sin(angle) } else { libm::cos(angle) }
            }
        };
        let table = self.param("embedding.weight");
        let row = |(i, &token): (usize, &u32)| {
            (0..c).map(|k| scale * table[token as usize * c + k] + position(i % t, k)).collect()
        };
        tokens.iter().enumerate().map(row).collect()
    }

    /// Attention weights (b, nh, t, t) of every layer, and the logits.
    pub fn forward(&self, tokens: &[u32], t: usize) -> (Vec<Vec<f64>>, Rows) {
        let (config, mut weights) = (&self.config, Vec::new());
        let mut x = self.embedded(tokens, t);
        self.dropped(&mut x, config.dropout, Place::Embedding);
        for l in 0..config.layers {
            let norm = |x: &Rows, which: &str| self.norm(x, &format!("layers.{l}.{which}"));
            let is_pre = config.norm == Norm::Pre;
            let inp = if is_pre { norm(&x, "norm1") } else { x.clone() };
            let (a, branch) = self.attention_branch(&inp, t, l);
            weights.push(a);
            add(&mut x, &branch);
            if !is_pre {
                x = norm(&x, "norm1");
            }
            if config.has_mlp() {
                let inp = if is_pre { norm(&x, "norm2") } else { x.clone() };
                add(&mut x, &self.mlp_branch(&inp, l));
                if !is_pre {
                    x = norm(&x, "norm2");
                }
            }
        }
        if config.norm == Norm::Pre {
            x = self.norm(&x, "norm");
        }
        let logits = if config.tied {
            product(&x, self.param("embedding.weight"), None)
        } else {
            self.linear(&x, "head.weight", "head.bias")
        };
        (weights, logits)
    }

    /// The weighted mean of the rows' cross entropies.
    pub fn loss(&self, batch: &Batch<'_>) -> f64 {
        let (_, logits) = self.forward(batch.tokens, batch.t);
        let weight = |i: usize| batch.weights.map_or(1.0, |weights| f64::from(weights[i]));
        let row = |(i, logits): (usize, &Vec<f64>)| {
            let sum: f64 = logits.iter().map(|x| libm::exp(*x)).sum();
            weight(i) * (libm::log(sum) - logits[batch.targets[i] as usize])
        };
        let total: f64 = (0..logits.len()).map(weight).sum();
        logits.iter().enumerate().map(row).sum::<f64>() / total
    }
}

/// `x W^T + bias`, W row-major with as many columns as x.
fn product(x: &Rows, weight: &[f64], bias: Option<&[f64]>) -> Rows {
    let row = |x: &Vec<f64>| {
        let one = |(j, w): (usize, &[f64])| {
            w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + bias.map_or(0.0, |bias| bias[j])
        };
        weight.chunks_exact(x.len()).enumerate().map(one).collect()
    };
    x.iter().map(row).collect()
}

fn add(x: &mut Rows, y: &Rows) {
    for (x, y) in x.iter_mut().flatten().zip(y.iter().flatten()) {
        *x += y;
    }
}
