//! The kernels that run: [`super::reference`] over four lanes. Each says how it departs from the plain form.
//!
//! Here are the exponential and what needs only it; [`matmul`](mod@matmul) and [`attention`](mod@attention) rest on the
//! register tiles of `tile`.

mod activation;
mod attention;
mod gather;
mod loss;
mod matmul;
mod norm;
mod optimizer;
mod tile;

use super::lanes::F32x4;

pub use activation::{gelu, gelu_backward, relu, relu_backward};
pub use attention::{attention, attention_backward, attention_last, attention_weights};
pub use gather::{gather_matmul, gather_matmul_dinp, gather_matmul_dweight};
pub use loss::cross_entropy;
pub use matmul::{matmul, matmul_dinp, matmul_dweight};
pub use norm::{layernorm, layernorm_backward};
pub use optimizer::{adam, adamw, sgd, sum_of_squares};

/// [`super::reference::exp`], to 2 ulp.
pub fn exp(x: &mut [f32]) {
    let e = Exp::new();
    let exp4 = |x: F32x4| e.of(e.clamped(x));
    let (chunks, tail) = x.as_chunks_mut::<4>();
    for x in chunks {
        exp4(F32x4::load(x)).store(x);
    }
    let mut last = [0.0; 4];
    last[..tail.len()].copy_from_slice(tail);
    exp4(F32x4::load(&last)).store(&mut last);
    tail.copy_from_slice(&last[..tail.len()]);
}

/// The exponential of four numbers, with its constants at hand.
///
/// exp(x) = 2^n exp(r) with n = round(x / ln 2) and r = x - n ln 2 in two pieces (Cody and Waite), exp(r) by Cephes'
/// polynomial of degree 6 on |r| <= ln 2 / 2.
#[derive(Clone, Copy)]
struct Exp {
    /// Largest argument; beyond it 2^n would leave the normal range.
    max: F32x4,
    /// Below this the exponential is zero.
    min: F32x4,
    /// 1 / ln 2.
    per_ln2: F32x4,
    /// 1.5 * 2^23; adding it rounds to a whole number and leaves that in the low bits.
    shift: F32x4,
    ln2_high: F32x4,
    ln2_low: F32x4,
    polynomial: [F32x4; 6],
    one: F32x4,
}

impl Exp {
    #[inline(always)]
    fn new() -> Self {
        const NUMBERS: [f32; 13] = [
            88.37,
            -87.33,
            core::f32::consts::LOG2_E,
            12_582_912.0,
            0.693_359_4,
            -2.121_944_4e-4,
            1.987_569_1e-4,
            1.398_2e-3,
            8.333_452e-3,
            4.166_579_6e-2,
            1.666_666_5e-1,
            0.5,
            1.0,
        ];
        // Not to be seen as constants: V8 builds a constant vector anew at each use, in four instructions; one that
        // was read from memory it keeps, and the loops here take a third of the time.
        let [max, min, per_ln2, shift, ln2_high, ln2_low, p0, p1, p2, p3, p4, p5, one] =
            core::hint::black_box(NUMBERS).map(F32x4::splat);
        Self { max, min, per_ln2, shift, ln2_high, ln2_low, polynomial: [p0, p1, p2, p3, p4, p5], one }
    }

    /// An argument that is not too large; NaN stays.
    #[inline(always)]
    fn clamped(&self, x: F32x4) -> F32x4 {
        x.min(self.max)
    }

    /// exp(x) for an x that is not too large.
    #[inline(always)]
    fn of(&self, x: F32x4) -> F32x4 {
        let shifted = x * self.per_ln2 + self.shift;
        let n = shifted - self.shift;
        let r = x - n * self.ln2_high - n * self.ln2_low;
        let mut p = self.polynomial[0];
        for c in &self.polynomial[1..] {
            p = p * r + *c;
        }
        let p = p * (r * r) + r + self.one;
        // What comes of an x that is too small is no number to be relied on; it is replaced.
        (p * shifted.pow2_of_shifted()).zero_below(x, self.min)
    }
}

/// [`super::reference::softmax`]; maximum and sum go by four lanes, tail last, and the division is a product with
/// the reciprocal.
pub fn softmax(x: &mut [f32]) -> (f32, f32) {
    let (max, sum) = exponentials(x);
    let scale = 1.0 / sum;
    for x in x.iter_mut() {
        *x *= scale;
    }
    (max, sum)
}

/// `x = exp(x - max)`; returns (max, sum of what x became).
fn exponentials(x: &mut [f32]) -> (f32, f32) {
    let (chunks, tail) = x.as_chunks::<4>();
    let mut max = F32x4::splat(f32::NEG_INFINITY);
    for x in chunks {
        max = F32x4::load(x).max(max);
    }
    let max = tail.iter().copied().fold(max.largest(), |a, b| if a < b { b } else { a });
    let (chunks, tail) = x.as_chunks_mut::<4>();
    let exp = Exp::new();
    let mut sum = F32x4::splat(0.0);
    for x in chunks {
        let e = exp.of(F32x4::load(x) - F32x4::splat(max));
        sum = sum + e;
        e.store(x);
    }
    for x in tail.iter_mut() {
        *x -= max;
    }
    self::exp(tail);
    (max, tail.iter().fold(sum.sum(), |sum, x| sum + x))
}
