//! The transformer's formulas once more in `f64`, as plainly as can be: what the kernels are held against, and, by central
//! differences, their gradients too. Must not use the kernels.

/// Where each of these numbers goes in `f64`.
pub fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|x| f64::from(*x)).collect()
}

/// `d sum_i dout_i f(x)_i / dx` by central differences. With `f64` inside, a step of 1e-4 leaves an error below 1e-7.
pub fn gradient(x: &[f32], dout: &[f32], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    const STEP: f64 = 1e-4;
    let mut x = wide(x);
    let loss = |x: &[f64]| f(x).iter().zip(dout).map(|(out, dout)| out * f64::from(*dout)).sum::<f64>();
    (0..x.len())
        .map(|i| {
            let here = x[i];
            x[i] = here + STEP;
            let above = loss(&x);
            x[i] = here - STEP;
            let below = loss(&x);
            x[i] = here;
            (above - below) / (2.0 * STEP)
        })
        .collect()
}

pub fn matmul(inp: &[f64], weight: &[f64], bias: &[f64], c: usize) -> Vec<f64> {
    let oc = bias.len();
    let row = |row: &[f64]| -> Vec<f64> {
        (0..oc).map(|j| bias[j] + (0..c).map(|k| row[k] * weight[k * oc + j]).sum::<f64>()).collect()
    };
    inp.chunks(c).flat_map(row).collect()
}

pub fn layernorm(inp: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let c = weight.len();
    let row = |row: &[f64]| -> Vec<f64> {
        let mean = row.iter().sum::<f64>() / c as f64;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / c as f64;
        (0..c).map(|k| (row[k] - mean) / (variance + 1e-5).sqrt() * weight[k] + bias[k]).collect()
    };
    inp.chunks(c).flat_map(row).collect()
}

pub fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + libm::tanh((2.0 / core::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x)))
}

pub fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + libm::log(x.iter().map(|x| libm::exp(x - max)).sum())
}

/// Sizes of an attention; `strict` hides a position from itself.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    pub b: usize,
    pub t: usize,
    pub nh: usize,
    pub hs: usize,
    pub strict: bool,
}

impl Attention {
    /// Weights of every query, before dropout: (b, nh, t, t).
    pub fn weights(self, qkv: &[f64]) -> Vec<f64> {
        self.scores(qkv)
            .chunks(self.t)
            .flat_map(|row| {
                let log = log_sum_exp(row);
                row.iter().map(|x| if *x == f64::NEG_INFINITY { 0.0 } else { libm::exp(x - log) }).collect::<Vec<_>>()
            })
            .collect()
    }

    /// The logarithm of the sum of each query's exponentials: (b, nh, t).
    pub fn lse(self, qkv: &[f64]) -> Vec<f64> {
        self.scores(qkv).chunks(self.t).map(log_sum_exp).collect()
    }

    fn scores(self, qkv: &[f64]) -> Vec<f64> {
        let Self { b, t, nh, hs, strict } = self;
        let mut scores = vec![f64::NEG_INFINITY; b * nh * t * t];
        for (at, score) in scores.iter_mut().enumerate() {
            let (j, i, h, s) = (at % t, at / t % t, at / t / t % nh, at / t / t / nh);
            if j < i || (j == i && !strict) {
                let of =
                    |part: usize, row: usize, l: usize| qkv[(s * t + row) * 3 * nh * hs + part * nh * hs + h * hs + l];
                *score = (0..hs).map(|l| of(0, i, l) * of(1, j, l)).sum::<f64>() / (hs as f64).sqrt();
            }
        }
        scores
    }

    /// (b, t, c); `dropout` is (b, nh, t, t).
    pub fn out(self, qkv: &[f64], dropout: &[f32]) -> Vec<f64> {
        let Self { b, t, nh, hs, .. } = self;
        let weights = self.weights(qkv);
        let mut out = vec![0.0; b * t * nh * hs];
        for (at, out) in out.iter_mut().enumerate() {
            let (l, h, i, s) = (at % hs, at / hs % nh, at / hs / nh % t, at / hs / nh / t);
            let first = ((s * nh + h) * t + i) * t;
            let value = |j: usize| qkv[(s * t + j) * 3 * nh * hs + 2 * nh * hs + h * hs + l];
            *out = (0..t).map(|j| weights[first + j] * f64::from(dropout[first + j]) * value(j)).sum();
        }
        out
    }
}
