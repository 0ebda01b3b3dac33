//! What goes number by number between the kernels, over four lanes so that it stays quick where the build asks for
//! small code. Knows no model.

use crate::kernels::lanes::F32x4;

/// `out += inp`.
pub(super) fn add(out: &mut [f32], inp: &[f32]) {
    zip(out, inp, |a, b| a + b, |a, b| a + b);
}

/// `out *= inp`.
pub(super) fn multiply(out: &mut [f32], inp: &[f32]) {
    zip(out, inp, |a, b| a * b, |a, b| a * b);
}

/// `out += scale inp`.
pub(super) fn add_scaled(out: &mut [f32], inp: &[f32], scale: f32) {
    let scales = F32x4::splat(scale);
    zip(out, inp, |a, b| a + scales * b, |a, b| a + scale * b);
}

/// `out = scale inp`.
pub(super) fn scaled(out: &mut [f32], inp: &[f32], scale: f32) {
    let scales = F32x4::splat(scale);
    zip(out, inp, |_, b| scales * b, |_, b| scale * b);
}

/// Turns each pair (low, high) by its angle, or `back`.
pub(super) fn rotate(low: &mut [f32], high: &mut [f32], cosines: &[f32], sines: &[f32], back: bool) {
    let sign = if back { -1.0 } else { 1.0 };
    for (((a, b), cosine), sine) in low.iter_mut().zip(high).zip(cosines).zip(sines) {
        let sine = sign * sine;
        (*a, *b) = (*a * cosine - *b * sine, *b * cosine + *a * sine);
    }
}

#[inline(always)]
fn zip(out: &mut [f32], inp: &[f32], four: impl Fn(F32x4, F32x4) -> F32x4, one: impl Fn(f32, f32) -> f32) {
    assert!(out.len() == inp.len(), "elementwise: lengths differ");
    let (out, out_tail) = out.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    for (a, b) in out.iter_mut().zip(inp) {
        four(F32x4::load(a), F32x4::load(b)).store(a);
    }
    for (a, b) in out_tail.iter_mut().zip(inp_tail) {
        *a = one(*a, *b);
    }
}
