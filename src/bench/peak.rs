//! The machine's own speed in the arithmetic of the kernels.

use super::Clock;
use crate::kernels::peak::{ACCUMULATORS, OPERATIONS, multiply_add};

/// Turns of one look: some milliseconds.
const TURNS: u32 = 1_000_000;

/// One look at the speed with each number of accumulators, in 10^9 operations a second.
pub fn look(clock: Clock<'_>) -> [f64; 2] {
    ACCUMULATORS.map(|accumulators| {
        let start = clock();
        // Hidden on both sides, or natively nothing would be left to compute.
        let sum = core::hint::black_box(multiply_add(accumulators, TURNS, core::hint::black_box(0.5)));
        let spent = clock() - start;
        assert!(sum.is_finite(), "a series that converges");
        (accumulators * OPERATIONS) as f64 * f64::from(TURNS) / spent / 1e9
    })
}

/// Of many looks, the median of the better number of accumulators.
pub fn of(looks: &[[f64; 2]]) -> f64 {
    let of = |which: usize| super::median(&mut looks.iter().map(|look| look[which]).collect::<Vec<_>>());
    of(0).max(of(1))
}
