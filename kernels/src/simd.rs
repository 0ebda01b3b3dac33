//! The kernels that run: [`super::reference`] over four lanes. Each says how it departs from the plain form.

use super::lanes::F32x4;
use super::reference::{ADAM, adam_corrections};
use super::{AdamStep, AttentionShape, MatmulShape, Scratch, reference};

pub use super::reference::{
    attention_weights, cross_entropy, gelu, gelu_backward, layernorm, layernorm_backward, relu, relu_backward,
    sum_of_squares,
};

/// [`super::reference::matmul`].
pub fn matmul(
    out: &mut [f32],
    inp: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    shape: MatmulShape,
    _scratch: &mut Scratch,
) {
    reference::matmul(out, inp, weight, bias, shape);
}

/// [`super::reference::matmul_dinp`].
pub fn matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], shape: MatmulShape, _scratch: &mut Scratch) {
    reference::matmul_dinp(dinp, dout, weight, shape);
}

/// [`super::reference::matmul_dweight`].
pub fn matmul_dweight(
    dweight: &mut [f32],
    dbias: Option<&mut [f32]>,
    inp: &[f32],
    dout: &[f32],
    shape: MatmulShape,
    _scratch: &mut Scratch,
) {
    reference::matmul_dweight(dweight, dbias, inp, dout, shape);
}

/// [`super::reference::attention`].
pub fn attention(
    out: &mut [f32],
    lse: &mut [f32],
    qkv: &[f32],
    shape: AttentionShape,
    dropout: Option<&[f32]>,
    _scratch: &mut Scratch,
) {
    reference::attention(out, lse, qkv, shape, dropout);
}

/// [`super::reference::attention_backward`].
pub fn attention_backward(
    dqkv: &mut [f32],
    dout: &[f32],
    qkv: &[f32],
    out: &[f32],
    lse: &[f32],
    shape: AttentionShape,
    dropout: Option<&[f32]>,
    _scratch: &mut Scratch,
) {
    reference::attention_backward(dqkv, dout, qkv, out, lse, shape, dropout);
}

/// [`super::reference::attention_last`].
pub fn attention_last(out: &mut [f32], qkv: &[f32], shape: AttentionShape, _scratch: &mut Scratch) {
    reference::attention_last(out, qkv, shape);
}

/// Largest argument of [`exp`]; beyond it 2^n would leave the normal range.
const EXP_MAX: f32 = 88.37;
/// Below this [`exp`] is zero.
const EXP_MIN: f32 = -87.33;

/// [`super::reference::exp`], to 2 ulp.
///
/// exp(x) = 2^n exp(r) with n = round(x / ln 2) and r = x - n ln 2 in two pieces (Cody and Waite), exp(r) by Cephes'
/// polynomial of degree 6 on |r| <= ln 2 / 2.
pub fn exp(x: &mut [f32]) {
    let (chunks, tail) = x.as_chunks_mut::<4>();
    for x in chunks {
        exp4(F32x4::load(x)).store(x);
    }
    let mut last = [0.0; 4];
    last[..tail.len()].copy_from_slice(tail);
    exp4(F32x4::load(&last)).store(&mut last);
    tail.copy_from_slice(&last[..tail.len()]);
}

#[inline(always)]
fn exp4(x: F32x4) -> F32x4 {
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
    let shift = F32x4::splat(12_582_912.0);
    let given = x;
    let x = x.min(F32x4::splat(EXP_MAX)).max(F32x4::splat(EXP_MIN));
    let shifted = x * F32x4::splat(core::f32::consts::LOG2_E) + shift;
    let n = shifted - shift;
    let r = x - n * F32x4::splat(0.693_359_4) - n * F32x4::splat(-2.121_944_4e-4);
    let mut p = F32x4::splat(1.987_569_1e-4);
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + F32x4::splat(c);
    }
    let p = p * (r * r) + r + F32x4::splat(1.0);
    (p * shifted.pow2_of_shifted()).zero_below(given, F32x4::splat(EXP_MIN))
}

/// [`super::reference::softmax`]; maximum and sum go by four lanes, tail last, and the division is a product with
/// the reciprocal.
pub fn softmax(x: &mut [f32]) -> (f32, f32) {
    let (chunks, tail) = x.as_chunks::<4>();
    let mut max = F32x4::splat(f32::NEG_INFINITY);
    for x in chunks {
        max = F32x4::load(x).max(max);
    }
    let max = tail.iter().copied().fold(max.largest(), |a, b| if a < b { b } else { a });
    let (chunks, tail) = x.as_chunks_mut::<4>();
    let mut sum = F32x4::splat(0.0);
    for x in chunks {
        let e = exp4(F32x4::load(x) - F32x4::splat(max));
        sum = sum + e;
        e.store(x);
    }
    for x in tail.iter_mut() {
        *x -= max;
    }
    exp(tail);
    let sum = tail.iter().fold(sum.sum(), |sum, x| sum + x);
    let scale = 1.0 / sum;
    for x in x.iter_mut() {
        *x *= scale;
    }
    (max, sum)
}

/// [`super::reference::gather_matmul`] in tiles of 4 rows by 8 columns held in registers: each weight loaded serves
/// all rows of the tile.
pub fn gather_matmul(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    for (out, inp) in out.chunks_mut(4 * m).zip(inp.chunks(4 * rows.len())) {
        if out.len() == 4 * m {
            matmul_tile::<4>(out, inp, weight, rows, m);
        } else {
            for (out, inp) in out.chunks_mut(m).zip(inp.chunks(rows.len())) {
                matmul_tile::<1>(out, inp, weight, rows, m);
            }
        }
    }
}

#[inline(always)]
fn matmul_tile<const N: usize>(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for j in (0..m).step_by(8) {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for (k, &row) in rows.iter().enumerate() {
            let [a, b] = load8(weight, row as usize * m + j);
            for (i, acc) in acc.iter_mut().enumerate() {
                let x = F32x4::splat(inp[i * s + k]);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (i, acc) in acc.into_iter().enumerate() {
            store8(out, i * m + j, acc);
        }
    }
}

/// [`super::reference::gather_matmul_dinp`]: four dot products at once share each load of a weight; a sum runs in two
/// times four lanes, then across them.
pub fn gather_matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    for (dinp, dout) in dinp.chunks_mut(4 * rows.len()).zip(dout.chunks(4 * m)) {
        if dout.len() == 4 * m {
            dinp_tile::<4>(dinp, dout, weight, rows, m);
        } else {
            for (dinp, dout) in dinp.chunks_mut(rows.len()).zip(dout.chunks(m)) {
                dinp_tile::<1>(dinp, dout, weight, rows, m);
            }
        }
    }
}

#[inline(always)]
fn dinp_tile<const N: usize>(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for (k, &row) in rows.iter().enumerate() {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for j in (0..m).step_by(8) {
            let [a, b] = load8(weight, row as usize * m + j);
            for (i, acc) in acc.iter_mut().enumerate() {
                let [x, y] = load8(dout, i * m + j);
                *acc = [acc[0] + x * a, acc[1] + y * b];
            }
        }
        for (i, [a, b]) in acc.into_iter().enumerate() {
            dinp[i * s + k] = (a + b).sum();
        }
    }
}

/// [`super::reference::gather_matmul_dweight`]: like [`gather_matmul`] with the input turned on its side, four
/// weight rows at a time.
pub fn gather_matmul_dweight(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize) {
    let mut k = 0;
    while k + 4 <= rows.len() {
        dweight_tile::<4>(dweight, inp, dout, rows, m, k);
        k += 4;
    }
    while k < rows.len() {
        dweight_tile::<1>(dweight, inp, dout, rows, m, k);
        k += 1;
    }
}

#[inline(always)]
fn dweight_tile<const N: usize>(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize, first: usize) {
    let s = rows.len();
    for j in (0..m).step_by(8) {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for (inp, dout) in inp.chunks_exact(s).zip(dout.chunks_exact(m)) {
            let [a, b] = load8(dout, j);
            for (x, acc) in inp[first..first + N].iter().zip(&mut acc) {
                let x = F32x4::splat(*x);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (row, acc) in rows[first..first + N].iter().zip(acc) {
            let at = *row as usize * m + j;
            let [a, b] = load8(dweight, at);
            store8(dweight, at, [a + acc[0], b + acc[1]]);
        }
    }
}

/// [`super::reference::sgd`].
pub fn sgd(w: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, mu: f32, scale: f32) {
    let (w, w_tail) = w.as_chunks_mut::<4>();
    let (v, v_tail) = v.as_chunks_mut::<4>();
    let (g, g_tail) = g.as_chunks::<4>();
    let [eta4, mu4, scale4] = [eta, mu, scale].map(F32x4::splat);
    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
        let next = mu4 * F32x4::load(v) + F32x4::load(g) * scale4;
        next.store(v);
        (F32x4::load(w) - eta4 * next).store(w);
    }
    super::reference::sgd(w_tail, v_tail, g_tail, eta, mu, scale);
}

/// [`super::reference::adam`].
pub fn adam(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, t: u64) {
    adamw(w, m, v, g, AdamStep { eta, weight_decay: 0.0, scale: 1.0, t });
}

/// [`super::reference::adamw`], in one pass.
pub fn adamw(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], step: AdamStep) {
    let (w, w_tail) = w.as_chunks_mut::<4>();
    let (m, m_tail) = m.as_chunks_mut::<4>();
    let (v, v_tail) = v.as_chunks_mut::<4>();
    let (g, g_tail) = g.as_chunks::<4>();
    let (rate, root) = adam_corrections(step.eta, step.t);
    let [rate, root, eps] = [rate, root, ADAM.2].map(F32x4::splat);
    let [b1, b2, c1, c2] = [ADAM.0, ADAM.1, 1.0 - ADAM.0, 1.0 - ADAM.1].map(F32x4::splat);
    let [keep, scale] = [1.0 - step.eta * step.weight_decay, step.scale].map(F32x4::splat);
    for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
        let g = F32x4::load(g) * scale;
        let first = b1 * F32x4::load(m) + c1 * g;
        let second = b2 * F32x4::load(v) + c2 * (g * g);
        first.store(m);
        second.store(v);
        (F32x4::load(w) * keep - rate * first / (second.sqrt() * root + eps)).store(w);
    }
    super::reference::adamw(w_tail, m_tail, v_tail, g_tail, step);
}

#[inline(always)]
fn load8(x: &[f32], at: usize) -> [F32x4; 2] {
    let x = x[at..at + 8].as_chunks::<4>().0;
    [F32x4::load(&x[0]), F32x4::load(&x[1])]
}

#[inline(always)]
fn store8(x: &mut [f32], at: usize, value: [F32x4; 2]) {
    let x = x[at..at + 8].as_chunks_mut::<4>().0;
    value[0].store(&mut x[0]);
    value[1].store(&mut x[1]);
}
