//! Activations by four lanes.

use super::{Exp, ROOM, SIDE, filled_up};
use crate::lanes::F32x4;
use crate::reference::{self, GELU};

/// Room for two blocks.
type Room = [[[f32; 4]; SIDE]; 2];

/// GELU, with its constants at hand.
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

    /// `1 + exp(-2 u)`: of which one part is half of `1 + tanh(u)`, which loses no digits where tanh nears -1.
    #[inline(always)]
    fn whole<'a>(&self, inp: &[[f32; 4]], [whole, powers]: &'a mut Room) -> &'a [[f32; 4]] {
        let whole = &mut whole[..inp.len()];
        for (whole, x) in whole.iter_mut().zip(inp) {
            let x = F32x4::load(x);
            self.exp.clamped(x * (self.linear + self.cube * (x * x))).store(whole);
        }
        self.exp.block(whole, powers, |x| x, |e| self.exp.one + e);
        whole
    }

    #[inline(always)]
    fn of(&self, out: &mut [[f32; 4]], inp: &[[f32; 4]], room: &mut Room) {
        let whole = self.whole(inp, room);
        for ((out, x), whole) in out.iter_mut().zip(inp).zip(whole) {
            (F32x4::load(x) / F32x4::load(whole)).store(out);
        }
    }

    #[inline(always)]
    fn backward(&self, dinp: &mut [[f32; 4]], inp: &[[f32; 4]], dout: &[[f32; 4]], room: &mut Room) {
        let whole = self.whole(inp, room);
        for (((dinp, x), dout), whole) in dinp.iter_mut().zip(inp).zip(dout).zip(whole) {
            let x = F32x4::load(x);
            let part = self.exp.one / F32x4::load(whole);
            let slope = part + x * part * (part - self.exp.one) * (self.linear + self.cube3 * (x * x));
            (F32x4::load(dinp) + F32x4::load(dout) * slope).store(dinp);
        }
    }
}

/// [`crate::reference::gelu`] as `x / (1 + exp(-2 u))`.
pub fn gelu(out: &mut [f32], inp: &[f32]) {
    let (gelu, mut room) = (Gelu::new(), [ROOM; 2]);
    let (out, out_tail) = out.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    for (out, inp) in out.chunks_mut(SIDE).zip(inp.chunks(SIDE)) {
        gelu.of(out, inp, &mut room);
    }
    let mut last = filled_up(&[]);
    gelu.of(&mut last, &filled_up(inp_tail), &mut room);
    out_tail.copy_from_slice(&last[0][..inp_tail.len()]);
}

/// [`crate::reference::gelu_backward`], as `s + x s (1 - s) 2 du/dx` with `s = 1 / (1 + exp(-2 u))`.
pub fn gelu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    let (gelu, mut room) = (Gelu::new(), [ROOM; 2]);
    let (dinp, dinp_tail) = dinp.as_chunks_mut::<4>();
    let (inp, inp_tail) = inp.as_chunks::<4>();
    let (dout, dout_tail) = dout.as_chunks::<4>();
    for ((dinp, inp), dout) in dinp.chunks_mut(SIDE).zip(inp.chunks(SIDE)).zip(dout.chunks(SIDE)) {
        gelu.backward(dinp, inp, dout, &mut room);
    }
    let mut last = filled_up(dinp_tail);
    gelu.backward(&mut last, &filled_up(inp_tail), &filled_up(dout_tail), &mut room);
    dinp_tail.copy_from_slice(&last[0][..inp_tail.len()]);
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
