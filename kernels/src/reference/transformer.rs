//! The kernels of the compact transformer but for attention, in plain loops, each forward followed by its backward.

use crate::MatmulShape;

/// What keeps a row without spread from a division by zero in [`layernorm`]; PyTorch's default.
pub const LAYERNORM_EPS: f32 = 1e-5;

/// sqrt(2 / pi) and the weight of the cube in [`gelu`].
pub const GELU: (f32, f32) = (0.797_884_6, 0.044_715);

/// `out[i, j] = bias[j] + sum_k inp[i, k] weight[k, j]`; overwrites. Row i of the result does not depend on the
/// other rows, nor on how many there are.
///
/// Shapes: out (n, oc), inp (n, c), weight (c, oc), bias (oc).
pub fn matmul(out: &mut [f32], inp: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: MatmulShape) {
    let MatmulShape { n, c, oc } = shape;
    for i in 0..n {
        for j in 0..oc {
            let mut sum = bias.map_or(0.0, |bias| bias[j]);
            for k in 0..c {
                sum += inp[i * c + k] * weight[k * oc + j];
            }
            out[i * oc + j] = sum;
        }
    }
}

/// Backward of [`matmul`] for its input: `dinp[i, k] += sum_j dout[i, j] weight[k, j]`; adds.
///
/// Shapes: dinp (n, c), dout (n, oc), weight (c, oc).
pub fn matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], shape: MatmulShape) {
    let MatmulShape { n, c, oc } = shape;
    for i in 0..n {
        for k in 0..c {
            let mut sum = dinp[i * c + k];
            for j in 0..oc {
                sum += dout[i * oc + j] * weight[k * oc + j];
            }
            dinp[i * c + k] = sum;
        }
    }
}

/// [`matmul_dinp`] from nothing, a product with the weight turned on its side:
/// `out[i, k] = sum_j inp[i, j] weight[k, j]`; overwrites.
///
/// Shapes: out (n, c), inp (n, oc), weight (c, oc).
pub fn matmul_turned(out: &mut [f32], inp: &[f32], weight: &[f32], shape: MatmulShape) {
    out.fill(0.0);
    matmul_dinp(out, inp, weight, shape);
}

/// Backward of [`matmul`] for its weight and bias: `dweight[k, j] += sum_i inp[i, k] dout[i, j]`,
/// `dbias[j] += sum_i dout[i, j]`; adds.
///
/// Shapes: dweight (c, oc), dbias (oc), inp (n, c), dout (n, oc).
pub fn matmul_dweight(dweight: &mut [f32], dbias: Option<&mut [f32]>, inp: &[f32], dout: &[f32], shape: MatmulShape) {
    let MatmulShape { n, c, oc } = shape;
    for k in 0..c {
        for j in 0..oc {
            for i in 0..n {
                dweight[k * oc + j] += inp[i * c + k] * dout[i * oc + j];
            }
        }
    }
    if let Some(dbias) = dbias {
        for i in 0..n {
            for j in 0..oc {
                dbias[j] += dout[i * oc + j];
            }
        }
    }
}

/// Each row to mean 0 and variance 1, then scaled and moved: `mean = sum_k x_k / c`,
/// `rstd = 1 / sqrt(sum_k (x_k - mean)^2 / c + 1e-5)`, `out_k = (x_k - mean) rstd weight_k + bias_k`; overwrites.
///
/// Shapes: out and inp (n, c), mean and rstd (n), weight and bias (c).
pub fn layernorm(
    out: &mut [f32],
    mean: &mut [f32],
    rstd: &mut [f32],
    inp: &[f32],
    weight: &[f32],
    bias: &[f32],
    c: usize,
) {
    for (i, x) in inp.chunks_exact(c).enumerate() {
        let m = x.iter().sum::<f32>() / c as f32;
        let variance = x.iter().map(|x| (x - m) * (x - m)).sum::<f32>() / c as f32;
        let s = 1.0 / (variance + LAYERNORM_EPS).sqrt();
        for k in 0..c {
            out[i * c + k] = (x[k] - m) * s * weight[k] + bias[k];
        }
        mean[i] = m;
        rstd[i] = s;
    }
}

/// Backward of [`layernorm`], with `norm_k = (x_k - mean) rstd` and `dnorm_k = dout_k weight_k`:
/// `dweight_k += sum_i dout_ik norm_ik`, `dbias_k += sum_i dout_ik`,
/// `dinp_k += rstd (dnorm_k - sum_l dnorm_l / c - norm_k sum_l dnorm_l norm_l / c)`; adds.
///
/// Shapes: dinp, dout and inp (n, c), dweight, dbias and weight (c), mean and rstd (n).
pub fn layernorm_backward(
    dinp: &mut [f32],
    dweight: &mut [f32],
    dbias: &mut [f32],
    dout: &[f32],
    inp: &[f32],
    weight: &[f32],
    mean: &[f32],
    rstd: &[f32],
    c: usize,
) {
    for (i, (x, dy)) in inp.chunks_exact(c).zip(dout.chunks_exact(c)).enumerate() {
        let norm = |k: usize| (x[k] - mean[i]) * rstd[i];
        let dnorm = |k: usize| dy[k] * weight[k];
        let dnorm_mean = (0..c).map(dnorm).sum::<f32>() / c as f32;
        let dnorm_norm_mean = (0..c).map(|k| dnorm(k) * norm(k)).sum::<f32>() / c as f32;
        for k in 0..c {
            dweight[k] += dy[k] * norm(k);
            dbias[k] += dy[k];
            dinp[i * c + k] += rstd[i] * (dnorm(k) - dnorm_mean - norm(k) * dnorm_norm_mean);
        }
    }
}

/// `out = 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, PyTorch's `approximate="tanh"`; overwrites.
///
/// Shapes: both of one length.
pub fn gelu(out: &mut [f32], inp: &[f32]) {
    for (out, &x) in out.iter_mut().zip(inp) {
        *out = 0.5 * x * (1.0 + libm::tanhf(GELU.0 * (x + GELU.1 * (x * x * x))));
    }
}

/// Backward of [`gelu`]: `dinp += dout d gelu / dx`; adds.
///
/// Shapes: all of one length.
pub fn gelu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    for ((dinp, &x), dout) in dinp.iter_mut().zip(inp).zip(dout) {
        let tanh = libm::tanhf(GELU.0 * (x + GELU.1 * (x * x * x)));
        let slope = GELU.0 * (1.0 + 3.0 * GELU.1 * (x * x));
        *dinp += dout * (0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * slope);
    }
}

/// `out = max(x, 0)`; overwrites.
///
/// Shapes: both of one length.
pub fn relu(out: &mut [f32], inp: &[f32]) {
    for (out, &x) in out.iter_mut().zip(inp) {
        *out = if x < 0.0 { 0.0 } else { x };
    }
}

/// Backward of [`relu`]: `dinp += dout` except where `x <= 0`; adds.
///
/// Shapes: all of one length.
pub fn relu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    for ((dinp, &x), dout) in dinp.iter_mut().zip(inp).zip(dout) {
        *dinp += if x <= 0.0 { 0.0 } else { *dout };
    }
}

/// Cross-entropy of each row and its gradient: `losses[i] = ln sum_j exp logits[i, j] - logits[i, targets[i]]`, not
/// weighted; then `logits[i, j] = (softmax(logits[i])_j - [j = targets[i]]) weights[i]`, all zero where the weight is.
/// Overwrites both.
///
/// Shapes: losses, targets and weights (n), logits (n, v); every target below v.
pub fn cross_entropy(losses: &mut [f32], logits: &mut [f32], targets: &[u32], weights: &[f32], v: usize) {
    for (i, logits) in logits.chunks_exact_mut(v).enumerate() {
        let target = targets[i] as usize;
        let shown = logits[target];
        let (max, sum) = super::softmax(logits);
        // In this order: near a sure answer, max and shown cancel.
        losses[i] = libm::logf(sum) + (max - shown);
        logits[target] -= 1.0;
        for x in logits.iter_mut() {
            *x = if weights[i] == 0.0 { 0.0 } else { *x * weights[i] };
        }
    }
}
