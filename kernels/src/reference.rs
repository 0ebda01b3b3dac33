//! What each kernel computes, in plain loops. Read this first; it is the oracle of the tests and never optimised.
//!
//! Here are the kernels of the one-layer lab and the exponential; [`transformer`] has those of the compact
//! transformer, [`attention`] its attention, [`optimizer`] the rules that move weights.

pub mod attention;
pub mod optimizer;
pub mod transformer;
pub mod words;

pub use attention::*;
pub use optimizer::*;
pub use transformer::*;
pub use words::*;

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
