//! What each kernel computes, in plain loops. Read this first; it is the oracle of the tests and never optimised.

/// Decay rates and floor of [`adam`] (Kingma and Ba's, PyTorch's defaults).
pub const ADAM: (f32, f32, f32) = (0.9, 0.999, 1e-8);

/// x = exp(x), elementwise, in place. Zero below -87.33 (where `f32` leaves its normal range), at most exp(88.37).
pub fn exp(x: &mut [f32]) {
    for x in x {
        *x = match *x {
            x if x < -87.33 => 0.0,
            x if x > 88.37 => libm::expf(88.37),
            x => libm::expf(x),
        };
    }
}

/// x = softmax(x) over the whole slice, in place: `x_i = exp(x_i - max) / sum_j exp(x_j - max)`.
/// Returns (max, sum of the exponentials), so that `ln sum + max` is the log-partition.
pub fn softmax(x: &mut [f32]) -> (f32, f32) {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for x in x.iter_mut() {
        *x -= max;
    }
    exp(x);
    let sum = x.iter().sum::<f32>();
    for x in x.iter_mut() {
        *x /= sum;
    }
    (max, sum)
}

/// out = inp weight[rows]: `out[i, j] = sum_k inp[i, k] weight[rows[k], j]`; overwrites.
///
/// Shapes: out (n, m), inp (n, s), weight (any, m), rows (s); row-major, m a multiple of [`super::WIDTH`].
pub fn gather_matmul(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for (out, inp) in out.chunks_exact_mut(m).zip(inp.chunks_exact(s)) {
        for (j, out) in out.iter_mut().enumerate() {
            *out = (0..s).map(|k| inp[k] * weight[rows[k] as usize * m + j]).sum();
        }
    }
}

/// Backward of [`gather_matmul`] for its input: `dinp[i, k] = sum_j dout[i, j] weight[rows[k], j]`; overwrites.
///
/// Shapes: dinp (n, s), dout (n, m), weight (any, m), rows (s).
pub fn gather_matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for (dinp, dout) in dinp.chunks_exact_mut(s).zip(dout.chunks_exact(m)) {
        for (k, dinp) in dinp.iter_mut().enumerate() {
            *dinp = (0..m).map(|j| dout[j] * weight[rows[k] as usize * m + j]).sum();
        }
    }
}

/// Backward of [`gather_matmul`] for its weight: `dweight[rows[k], j] += sum_i inp[i, k] dout[i, j]`; adds.
///
/// Shapes: dweight (any, m), inp (n, s), dout (n, m), rows (s), no row twice.
pub fn gather_matmul_dweight(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for (k, &row) in rows.iter().enumerate() {
        for j in 0..m {
            let sum: f32 = inp.chunks_exact(s).zip(dout.chunks_exact(m)).map(|(inp, dout)| inp[k] * dout[j]).sum();
            dweight[row as usize * m + j] += sum;
        }
    }
}

/// One step of SGD with momentum, PyTorch's form: `v = mu v + g`, `w -= eta v`.
///
/// Shapes: all of one length.
pub fn sgd(w: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, mu: f32) {
    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
        *v = mu * *v + g;
        *w -= eta * *v;
    }
}

/// Step number `t` (from 1) of Adam: `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
/// `w -= eta / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)`.
///
/// Shapes: all of one length.
pub fn adam(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, t: u64) {
    let (b1, b2, eps) = ADAM;
    let (rate, root) = adam_corrections(eta, t);
    for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
        *m = b1 * *m + (1.0 - b1) * g;
        *v = b2 * *v + (1.0 - b2) * (g * g);
        *w -= rate * *m / (v.sqrt() * root + eps);
    }
}

/// Adam's corrections for its start: `eta / (1 - b1^t)` and `1 / sqrt(1 - b2^t)`.
#[must_use]
pub fn adam_corrections(eta: f32, t: u64) -> (f32, f32) {
    // b^t as exp(t ln b), which the engine has anyway.
    let left = |b: f32| 1.0 - libm::exp(t as f64 * libm::log(f64::from(b)));
    ((f64::from(eta) / left(ADAM.0)) as f32, (1.0 / left(ADAM.1).sqrt()) as f32)
}
