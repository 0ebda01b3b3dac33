//! The machine's own speed in the arithmetic of the kernels.

use super::Clock;
use crate::kernels::TABLE;
use crate::kernels::peak::{ACCUMULATORS, OPERATIONS, multiply_add};

/// Turns of a first look: some milliseconds.
const FIRST: u32 = 1_000_000;

/// Looks at the speed, one after the other.
pub struct Peak {
    turns: [u32; 2],
    /// 10^9 operations a second, with each number of accumulators.
    looks: [Vec<f64>; 2],
}

impl Peak {
    /// Looks that take about so many seconds each: as long as what they are compared with, so that whatever else the
    /// machine does takes its part of both.
    pub fn new(secs: f64, clock: Clock<'_>) -> Self {
        let turns = ACCUMULATORS.map(|accumulators| {
            // The first time a browser still compiles.
            let spent = (0..3).map(|_| time(accumulators, FIRST, clock)).fold(f64::INFINITY, f64::min);
            (f64::from(FIRST) * (0.5 * secs / spent).clamp(1.0, 1000.0)) as u32
        });
        Self { turns, looks: [Vec::new(), Vec::new()] }
    }

    /// Looks once more.
    pub fn look(&mut self, clock: Clock<'_>) {
        for ((looks, &turns), accumulators) in self.looks.iter_mut().zip(&self.turns).zip(ACCUMULATORS) {
            let operations = (accumulators * OPERATIONS) as f64 * f64::from(turns);
            looks.push(operations / time(accumulators, turns, clock) / 1e9);
        }
    }

    /// The median of all looks, with the better number of accumulators. None where the lanes are arrays: in a loop of
    /// nothing but these the compiler makes no vectors of some, and the kernels come out faster than such a peak.
    pub fn gflops(mut self) -> Option<f64> {
        let [a, b] = &mut self.looks;
        (TABLE[1].name == "simd128").then(|| super::median(a).max(super::median(b)))
    }
}

fn time(accumulators: usize, turns: u32, clock: Clock<'_>) -> f64 {
    let start = clock();
    // Hidden on both sides, or natively nothing would be left to compute.
    let sum = core::hint::black_box(multiply_add(accumulators, turns, core::hint::black_box(0.5)));
    let spent = clock() - start;
    assert!(sum.is_finite(), "a series that converges");
    spent
}
