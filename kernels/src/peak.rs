//! How fast the machine multiplies and adds at most, for the bench to compare with: no memory, no waiting.

use crate::lanes::F32x4;

/// Floating-point operations of a turn for each accumulator: four products and four sums.
pub const OPERATIONS: usize = 8;

/// How many accumulators may be in flight: enough to hide how long a sum takes, few enough for the registers.
pub const ACCUMULATORS: [usize; 2] = [12, 13];

/// `turns` times `acc = acc x + x` in so many accumulators of four lanes; returns their sum.
///
/// # Panics
/// When the number is not one of [`ACCUMULATORS`].
#[must_use]
pub fn multiply_add(accumulators: usize, turns: u32, x: f32) -> f32 {
    match accumulators {
        12 => go::<12>(turns, x),
        13 => go::<13>(turns, x),
        _ => panic!("{accumulators} accumulators, expected one of {ACCUMULATORS:?}"),
    }
}

#[inline(never)]
fn go<const N: usize>(turns: u32, x: f32) -> f32 {
    let x = F32x4::splat(x);
    let mut acc = [F32x4::splat(0.0); N];
    for _ in 0..turns {
        for acc in &mut acc {
            *acc = *acc * x + x;
        }
    }
    acc.into_iter().map(F32x4::sum).sum()
}
