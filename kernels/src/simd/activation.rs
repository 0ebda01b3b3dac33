//! Activations by four lanes.

use super::Exp;
use crate::lanes::F32x4;
use crate::reference::{self, GELU};

/// GELU of four numbers, with its constants at hand.
struct Gelu {
    exp: Exp,
    /// `d(-2 u) / dx` is `linear + 3 cube x^2`.
    linear: F32x4,
    cube: F32x4,
    cube3: F32x4,
}

impl Gelu {
    #[inline(always)]
    fn new() -> Self {
        // As in `Exp`.
        let [linear, cube, cube3] =
            core::hint::black_box([-2.0 * GELU.0, -2.0 * GELU.0 * GELU.1, -6.0 * GELU.0 * GELU.1]).map(F32x4::splat);
        Self { exp: Exp::new(), linear, cube, cube3 }
    }

    /// `1 / (1 + exp(-2 u))`: half of `1 + tanh(u)`, which loses no digits where tanh nears -1.
    #[inline(always)]
    fn share(&self, x: F32x4, square: F32x4) -> F32x4 {
        let exponent = self.exp.clamped(x * (self.linear + self.cube * square));
        self.exp.one / (self.exp.one + self.exp.of(exponent))
    }

    #[inline(always)]
    fn of(&self, x: F32x4) -> F32x4 {
        x * self.share(x, x * x)
    }

    #[inline(always)]
    fn slope(&self, x: F32x4) -> F32x4 {
        let square = x * x;
        let s = self.share(x, square);
        s + x * s * (s - self.exp.one) * (self.linear + self.cube3 * square)
    }
}

/// Up to four numbers, zeros after them.
fn part(x: &[f32]) -> [f32; 4] {
    let mut all = [0.0; 4];
    all[..x.len()].copy_from_slice(x);
    all
}

/// [`crate::reference::gelu`] as `x / (1 + exp(-2 u))`.
pub fn gelu(out: &mut [f32], inp: &[f32]) {
    let gelu = Gelu::new();
    let (out, out_tail) = out.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    for (out, x) in out.iter_mut().zip(inp) {
        gelu.of(F32x4::load(x)).store(out);
    }
    let mut last = part(inp_tail);
    gelu.of(F32x4::load(&last)).store(&mut last);
    out_tail.copy_from_slice(&last[..inp_tail.len()]);
}

/// [`crate::reference::gelu_backward`], as `s + x s (1 - s) 2 du/dx` with `s = 1 / (1 + exp(-2 u))`.
pub fn gelu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    let gelu = Gelu::new();
    let (dinp, dinp_tail) = dinp.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    let (dout, dout_tail) = dout.as_chunks::<4>();
    for ((dinp, x), dout) in dinp.iter_mut().zip(inp).zip(dout) {
        (F32x4::load(dinp) + F32x4::load(dout) * gelu.slope(F32x4::load(x))).store(dinp);
    }
    let mut last = part(inp_tail);
    gelu.slope(F32x4::load(&last)).store(&mut last);
    for ((dinp, slope), dout) in dinp_tail.iter_mut().zip(last).zip(dout_tail) {
        *dinp += dout * slope;
    }
}

/// [`crate::reference::relu`].
pub fn relu(out: &mut [f32], inp: &[f32]) {
    let (out, out_tail) = out.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    for (out, x) in out.iter_mut().zip(inp) {
        F32x4::load(x).max(F32x4::splat(0.0)).store(out);
    }
    reference::relu(out_tail, inp_tail);
}

/// [`crate::reference::relu_backward`].
pub fn relu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    // What is below the least number above zero is zero or less.
    let least = F32x4::splat(f32::from_bits(1));
    let (dinp, dinp_tail) = dinp.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    let (dout, dout_tail) = dout.as_chunks::<4>();
    for ((dinp, x), dout) in dinp.iter_mut().zip(inp).zip(dout) {
        (F32x4::load(dinp) + F32x4::load(dout).zero_below(F32x4::load(x), least)).store(dinp);
    }
    reference::relu_backward(dinp_tail, inp_tail, dout_tail);
}
