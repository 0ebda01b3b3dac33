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
mod words;

use super::lanes::F32x4;

pub use activation::{gelu, gelu_backward, relu, relu_backward};
pub use attention::{attention, attention_backward, attention_last, attention_weights};
pub use gather::{gather_matmul, gather_matmul_dinp, gather_matmul_dweight};
pub use loss::cross_entropy;
pub use matmul::{matmul, matmul_dinp, matmul_dweight, matmul_turned};
pub use norm::{layernorm, layernorm_backward};
pub use optimizer::{adam, adamw, sgd, sum_of_squares};
pub use words::chacha8;

/// [`super::reference::exp`], to 2 ulp.
pub fn exp(x: &mut [f32]) {
    let exp = Exp::new();
    exp.each(x, |x| exp.clamped(x), |_| ());
}

/// Vectors that go through a long formula side by side.
const SIDE: usize = 16;

/// Room for so many vectors; made once for a whole row or more, as making it is a call out of the browser's code.
const ROOM: [[f32; 4]; SIDE] = [[0.0; 4]; SIDE];

/// The fewer than four numbers that are left over, zeros after them.
fn filled_up(x: &[f32]) -> [[f32; 4]; 1] {
    let mut all = [0.0; 4];
    for (all, x) in all.iter_mut().zip(x) {
        *all = *x;
    }
    [all]
}

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

    /// x = exp(before(x)), where before gives numbers that are not too large; `done` gets all whole vectors, in order.
    #[inline(always)]
    fn each(&self, x: &mut [f32], before: impl Fn(F32x4) -> F32x4, mut done: impl FnMut(F32x4)) {
        let mut powers = ROOM;
        let (vectors, tail) = x.as_chunks_mut::<4>();
        for vectors in vectors.chunks_mut(SIDE) {
            self.block(vectors, &mut powers, &before, |e| {
                done(e);
                e
            });
        }
        if !tail.is_empty() {
            let mut last = filled_up(tail);
            self.block(&mut last, &mut powers, &before, |e| e);
            tail.iter_mut().zip(&last[0]).for_each(|(x, e)| *x = *e);
        }
    }

    /// x = after(exp(before(x))) for at most [`SIDE`] vectors, where before gives numbers that are not too large; `powers`
    /// is room for 2^n.
    ///
    /// In two passes: the whole formula is a chain of 30 steps that wait for each other, and the processor sees only
    /// some three vectors ahead; half the chain at a time keeps it busy, and GELU takes a fifth less time.
    #[inline(always)]
    fn block(
        &self,
        x: &mut [[f32; 4]],
        powers: &mut [[f32; 4]; SIDE],
        before: impl Fn(F32x4) -> F32x4,
        mut after: impl FnMut(F32x4) -> F32x4,
    ) {
        for (x, power) in x.iter_mut().zip(powers.iter_mut()) {
            let given = before(F32x4::load(x));
            let kept = given.max(self.min);
            let shifted = kept * self.per_ln2 + self.shift;
            let n = shifted - self.shift;
            (kept - n * self.ln2_high - n * self.ln2_low).store(x);
            shifted.pow2_of_shifted().zero_below(given, self.min).store(power);
        }
        for (x, power) in x.iter_mut().zip(powers) {
            let r = F32x4::load(x);
            let mut p = self.polynomial[0];
            for c in &self.polynomial[1..] {
                p = p * r + *c;
            }
            after((p * (r * r) + r + self.one) * F32x4::load(power)).store(x);
        }
    }
}

/// [`super::reference::softmax`]; maximum and sum go by four lanes, tail last, and the division is a product with
/// the reciprocal.
pub fn softmax(x: &mut [f32]) -> (f32, f32) {
    let (max, sum) = exponentials(&Exp::new(), x);
    scale(x, 1.0 / sum);
    (max, sum)
}

/// `x = exp(x - max)`; returns (max, sum of what x became), both by four lanes, tail last.
fn exponentials(exp: &Exp, x: &mut [f32]) -> (f32, f32) {
    let (chunks, tail) = x.as_chunks::<4>();
    // Four at once: the largest of all does not depend on the order, and none waits for the one before.
    let (fours, rest) = chunks.as_chunks::<4>();
    let mut most = [F32x4::splat(f32::NEG_INFINITY); 4];
    for four in fours {
        for (most, x) in most.iter_mut().zip(four) {
            *most = F32x4::load(x).max(*most);
        }
    }
    let [a, b, c, d] = most;
    let mut max = a.max(b).max(c.max(d));
    for x in rest {
        max = F32x4::load(x).max(max);
    }
    let max = tail.iter().copied().fold(max.largest(), |a, b| if a < b { b } else { a });
    let max4 = F32x4::splat(max);
    let mut sum = F32x4::splat(0.0);
    exp.each(x, |x| x - max4, |e| sum = sum + e);
    (max, x.as_chunks::<4>().1.iter().fold(sum.sum(), |sum, x| sum + x))
}

/// `x = x scale`.
fn scale(x: &mut [f32], scale: f32) {
    let (chunks, tail) = x.as_chunks_mut::<4>();
    for x in chunks {
        (F32x4::load(x) * F32x4::splat(scale)).store(x);
    }
    for x in tail {
        *x *= scale;
    }
}
