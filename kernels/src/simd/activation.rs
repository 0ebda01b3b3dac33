//! Activations by four lanes.

use super::{Block, Exp, SIDE, blocks, blocks_mut, filled_up};
use crate::lanes::F32x4;
use crate::reference::{self, GELU};

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
    fn whole(&self, inp: &Block) -> Block {
        let mut whole = [[0.0; 4]; SIDE];
        for (whole, x) in whole.iter_mut().zip(inp) {
            let x = F32x4::load(x);
            self.exp.clamped(x * (self.linear + self.cube * (x * x))).store(whole);
        }
        self.exp.block(&mut whole, |x| x, |e| self.exp.one + e);
        whole
    }

    #[inline(always)]
    fn of(&self, out: &mut Block, inp: &Block) {
        let whole = self.whole(inp);
        for ((out, x), whole) in out.iter_mut().zip(inp).zip(&whole) {
            (F32x4::load(x) / F32x4::load(whole)).store(out);
        }
    }

    #[inline(always)]
    fn backward(&self, dinp: &mut Block, inp: &Block, dout: &Block) {
        let whole = self.whole(inp);
        for (((dinp, x), dout), whole) in dinp.iter_mut().zip(inp).zip(dout).zip(&whole) {
            let x = F32x4::load(x);
            let part = self.exp.one / F32x4::load(whole);
            let slope = part + x * part * (part - self.exp.one) * (self.linear + self.cube3 * (x * x));
            (F32x4::load(dinp) + F32x4::load(dout) * slope).store(dinp);
        }
    }
}

/// [`crate::reference::gelu`] as `x / (1 + exp(-2 u))`.
pub fn gelu(out: &mut [f32], inp: &[f32]) {
    let gelu = Gelu::new();
    let (out, out_rest) = blocks_mut(out);
    let (inp, inp_rest) = blocks(inp);
    for (out, inp) in out.iter_mut().zip(inp) {
        gelu.of(out, inp);
    }
    let mut last = filled_up(&[]);
    gelu.of(&mut last, &filled_up(inp_rest));
    out_rest.copy_from_slice(&last.as_flattened()[..inp_rest.len()]);
}

/// [`crate::reference::gelu_backward`], as `s + x s (1 - s) 2 du/dx` with `s = 1 / (1 + exp(-2 u))`.
pub fn gelu_backward(dinp: &mut [f32], inp: &[f32], dout: &[f32]) {
    let gelu = Gelu::new();
    let (dinp, dinp_rest) = blocks_mut(dinp);
    let (inp, inp_rest) = blocks(inp);
    let (dout, dout_rest) = blocks(dout);
    for ((dinp, inp), dout) in dinp.iter_mut().zip(inp).zip(dout) {
        gelu.backward(dinp, inp, dout);
    }
    let mut last = filled_up(dinp_rest);
    gelu.backward(&mut last, &filled_up(inp_rest), &filled_up(dout_rest));
    dinp_rest.copy_from_slice(&last.as_flattened()[..dinp_rest.len()]);
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
