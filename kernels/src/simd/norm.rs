//! LayerNorm by four lanes.

use crate::lanes::F32x4;
use crate::reference::LAYERNORM_EPS;

/// The sum of `f` over all four-lane chunks of a row and its tail, tail last.
#[inline(always)]
fn sum(x: &[f32], lanes: impl Fn(F32x4) -> F32x4, one: impl Fn(f32) -> f32) -> f32 {
    let (chunks, tail) = x.as_chunks::<4>();
    let mut acc = F32x4::splat(0.0);
    for x in chunks {
        acc = acc + lanes(F32x4::load(x));
    }
    tail.iter().fold(acc.sum(), |acc, x| acc + one(*x))
}

/// [`crate::reference::layernorm`]; sums go by four lanes, tail last.
pub fn layernorm(
    out: &mut [f32],
    mean: &mut [f32],
    rstd: &mut [f32],
    inp: &[f32],
    weight: &[f32],
    bias: &[f32],
    c: usize,
) {
    let (weights, weight_tail) = weight[..c].as_chunks::<4>();
    let (biases, bias_tail) = bias[..c].as_chunks::<4>();
    let rows = out.chunks_exact_mut(c).zip(inp.chunks_exact(c)).zip(mean.iter_mut().zip(rstd));
    for ((out, x), (mean, rstd)) in rows {
        let m = sum(x, |x| x, |x| x) / c as f32;
        let m4 = F32x4::splat(m);
        let variance = sum(x, |x| (x - m4) * (x - m4), |x| (x - m) * (x - m)) / c as f32;
        let s = 1.0 / (variance + LAYERNORM_EPS).sqrt();
        let s4 = F32x4::splat(s);
        let (outs, out_tail) = out.as_chunks_mut::<4>();
        let (xs, x_tail) = x.as_chunks::<4>();
        for ((out, x), (weight, bias)) in outs.iter_mut().zip(xs).zip(weights.iter().zip(biases)) {
            ((F32x4::load(x) - m4) * s4 * F32x4::load(weight) + F32x4::load(bias)).store(out);
        }
        for ((out, x), (weight, bias)) in out_tail.iter_mut().zip(x_tail).zip(weight_tail.iter().zip(bias_tail)) {
            *out = (x - m) * s * weight + bias;
        }
        *mean = m;
        *rstd = s;
    }
}

/// [`crate::reference::layernorm_backward`]; sums go by four lanes, tail last.
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
    let (weights, weight_tail) = weight[..c].as_chunks::<4>();
    let (dweights, dweight_tail) = dweight[..c].as_chunks_mut::<4>();
    let (dbiases, dbias_tail) = dbias[..c].as_chunks_mut::<4>();
    let rows = dinp.chunks_exact_mut(c).zip(dout.chunks_exact(c)).zip(inp.chunks_exact(c)).zip(mean.iter().zip(rstd));
    for (((dinp, dout), x), (&m, &s)) in rows {
        let (dinps, dinp_tail) = dinp.as_chunks_mut::<4>();
        let (douts, dout_tail) = dout.as_chunks::<4>();
        let (xs, x_tail) = x.as_chunks::<4>();
        let (m4, s4) = (F32x4::splat(m), F32x4::splat(s));
        let mut sums = [F32x4::splat(0.0); 2];
        for ((dout, x), ((weight, dweight), dbias)) in
            douts.iter().zip(xs).zip(weights.iter().zip(&mut *dweights).zip(&mut *dbiases))
        {
            let (dy, norm) = (F32x4::load(dout), (F32x4::load(x) - m4) * s4);
            let dnorm = dy * F32x4::load(weight);
            (F32x4::load(dweight) + dy * norm).store(dweight);
            (F32x4::load(dbias) + dy).store(dbias);
            sums = [sums[0] + dnorm, sums[1] + dnorm * norm];
        }
        let [mut dnorm_sum, mut dnorm_norm_sum] = sums.map(F32x4::sum);
        for ((dy, x), ((weight, dweight), dbias)) in
            dout_tail.iter().zip(x_tail).zip(weight_tail.iter().zip(&mut *dweight_tail).zip(&mut *dbias_tail))
        {
            let norm = (x - m) * s;
            *dweight += dy * norm;
            *dbias += dy;
            dnorm_sum += dy * weight;
            dnorm_norm_sum += dy * weight * norm;
        }
        let (a, b) = (dnorm_sum / c as f32, dnorm_norm_sum / c as f32);
        let (a4, b4) = (F32x4::splat(a), F32x4::splat(b));
        for ((dinp, dout), (x, weight)) in dinps.iter_mut().zip(douts).zip(xs.iter().zip(weights)) {
            let norm = (F32x4::load(x) - m4) * s4;
            let dx = s4 * (F32x4::load(dout) * F32x4::load(weight) - a4 - norm * b4);
            (F32x4::load(dinp) + dx).store(dinp);
        }
        for ((dinp, dy), (x, weight)) in dinp_tail.iter_mut().zip(dout_tail).zip(x_tail.iter().zip(weight_tail)) {
            let norm = (x - m) * s;
            *dinp += s * (dy * weight - a - norm * b);
        }
    }
}
