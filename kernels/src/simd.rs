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
pub use matmul::{matmul, matmul_dinp, matmul_dweight, matmul_turned};
pub use norm::{layernorm, layernorm_backward};
pub use optimizer::{adam, adamw, sgd, sum_of_squares};

/// [`super::reference::exp`], to 2 ulp.
pub fn exp(x: &mut [f32]) {
    let exp = Exp::new();
    let clamped = |x: F32x4| exp.clamped(x);
    let (vectors, tail) = x.as_chunks_mut();
    exp.each(vectors, clamped, |e| e);
    exp.each_of_tail(tail, clamped);
}

/// Vectors that go through a long formula side by side.
const SIDE: usize = 16;

/// The exponential, with its constants at hand.
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
        // was read from memory it keeps, and GELU takes half the time.
        let [max, min, per_ln2, shift, ln2_high, ln2_low, p0, p1, p2, p3, p4, p5, one] =
            core::hint::black_box(NUMBERS).map(F32x4::splat);
        Self { max, min, per_ln2, shift, ln2_high, ln2_low, polynomial: [p0, p1, p2, p3, p4, p5], one }
    }

    /// An argument that is not too large; NaN stays.
    #[inline(always)]
    fn clamped(&self, x: F32x4) -> F32x4 {
        x.min(self.max)
    }

    /// x = after(exp(before(x))), where before gives numbers that are not too large.
    ///
    /// In two passes: the whole formula is a chain of 30 steps that wait for each other, and the processor sees only
    /// some three vectors ahead; half the chain at a time keeps it busy, and GELU takes a fifth less time.
    #[inline(always)]
    fn each(&self, x: &mut [[f32; 4]], before: impl Fn(F32x4) -> F32x4, mut after: impl FnMut(F32x4) -> F32x4) {
        let (blocks, rest) = x.as_chunks_mut::<SIDE>();
        for block in blocks {
            self.block(block, &before, &mut after);
        }
        let (fours, rest) = rest.as_chunks_mut::<4>();
        for four in fours {
            self.block(four, &before, &mut after);
        }
        for x in rest.as_chunks_mut::<1>().0 {
            self.block(x, &before, &mut after);
        }
    }

    #[inline(always)]
    fn block<const N: usize>(
        &self,
        x: &mut [[f32; 4]; N],
        before: impl Fn(F32x4) -> F32x4,
        mut after: impl FnMut(F32x4) -> F32x4,
    ) {
        let mut powers = [[0.0; 4]; N];
        for (x, power) in x.iter_mut().zip(&mut powers) {
            let given = before(F32x4::load(x));
            let kept = given.max(self.min);
            let shifted = kept * self.per_ln2 + self.shift;
            let n = shifted - self.shift;
            (kept - n * self.ln2_high - n * self.ln2_low).store(x);
            shifted.pow2_of_shifted().zero_below(given, self.min).store(power);
        }
        for (x, power) in x.iter_mut().zip(&powers) {
            let r = F32x4::load(x);
            let mut p = self.polynomial[0];
            for c in &self.polynomial[1..] {
                p = p * r + *c;
            }
            after((p * (r * r) + r + self.one) * F32x4::load(power)).store(x);
        }
    }

    /// x = exp(before(x)) for less than four numbers.
    #[inline(always)]
    fn each_of_tail(&self, x: &mut [f32], before: impl Fn(F32x4) -> F32x4) {
        if !x.is_empty() {
            let mut all = [[0.0; 4]];
            all[0][..x.len()].copy_from_slice(x);
            self.each(&mut all, before, |e| e);
            x.copy_from_slice(&all[0][..x.len()]);
        }
    }
}

/// [`super::reference::softmax`]; maximum and sum go by four lanes, tail last, and the division is a product with
/// the reciprocal.
pub fn softmax(x: &mut [f32]) -> (f32, f32) {
    let (max, sum) = exponentials(&Exp::new(), x);
    let scale = 1.0 / sum;
    for x in x.iter_mut() {
        *x *= scale;
    }
    (max, sum)
}

/// `x = exp(x - max)`; returns (max, sum of what x became), both by four lanes, tail last.
fn exponentials(exp: &Exp, x: &mut [f32]) -> (f32, f32) {
    let (chunks, tail) = x.as_chunks::<4>();
    let mut max = F32x4::splat(f32::NEG_INFINITY);
    for x in chunks {
        max = F32x4::load(x).max(max);
    }
    let max = tail.iter().copied().fold(max.largest(), |a, b| if a < b { b } else { a });
    let max4 = F32x4::splat(max);
    let (chunks, tail) = x.as_chunks_mut::<4>();
    let mut sum = F32x4::splat(0.0);
    exp.each(
        chunks,
        |x| x - max4,
        |e| {
            sum = sum + e;
            e
        },
    );
    exp.each_of_tail(tail, |x| x - max4);
    (max, tail.iter().fold(sum.sum(), |sum, x| sum + x))
}
