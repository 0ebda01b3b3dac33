//! The performance table: every kernel is checked against the reference, then timed; then whole workloads, as shares of
//! what the machine can multiply and add at most. The clock is passed in, so that the same code runs natively and in a
//! browser's worker.

mod explanations;
mod generation;
mod kernels;
mod peak;
mod table;
mod transformer;
mod workload;

pub use table::{Row, Table, Workload};
pub use workload::Training;

use crate::experiment::scan_snap::{Init, ScanSnap};
use crate::experiment::{Experiment, Lab};
use crate::kernels::TABLE;
use crate::labs;

/// Seconds since some fixed moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Checks and times everything.
///
/// # Errors
/// Says which kernel disagrees with the reference; nothing that fails its check is timed.
pub fn run(clock: Clock<'_>) -> Result<Table, String> {
    for kernels in &TABLE {
        kernels::check(kernels)?;
    }
    transformer::check()?;
    let workloads = workload::WORKLOADS.iter().map(|shape| workload::time(shape, clock)).collect();
    let mut rows = generation::time_all(clock)?;
    for kernels in &TABLE {
        rows.extend(kernels::time_all(kernels, clock));
        rows.extend(transformer::time_all(kernels, clock));
    }
    for (queries, per_query) in [(2, 1), (1, 2), (3, 2), (5, 2), (10, 2)] {
        rows.push(time_training(queries, per_query, clock));
    }
    rows.extend(explanations::time_all(clock)?);
    Ok(Table { workloads, rows })
}

/// A row of numbers between -1 and 1, the same every time.
fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut random = crate::random::Random::new(seed, crate::random::Purpose::Sample, 0);
    (0..len).map(|_| random.unit() * 2.0 - 1.0).collect()
}

/// How far numbers are from those of the reference, as a part of these or, where they are small, of 1.
fn worst(mine: &[f32], plain: &[f32]) -> f32 {
    let gaps = mine.iter().zip(plain).map(|(a, b)| (a - b).abs() / b.abs().max(1.0));
    // A NaN is as bad as can be, though no comparison finds it large.
    gaps.fold(0.0, |worst, gap| if worst.is_nan() || gap <= worst { worst } else { gap })
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Times `go`, which returns a number that depends on all it did, over 15 stretches of 10 ms.
fn time(
    name: String,
    clock: Clock<'_>,
    mut go: impl FnMut() -> f64,
    rate: impl Fn(f64) -> f64,
    unit: &'static str,
) -> Row {
    let mut checksum = 0.0;
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let mut count = 0_u32;
            let start = clock();
            let mut spent = 0.0;
            while spent < 0.01 {
                checksum += go();
                count += 1;
                spent = clock() - start;
            }
            spent / f64::from(count)
        })
        .collect();
    assert!(checksum.is_finite(), "{name}: checksum {checksum}");
    let median_secs = median(&mut times);
    Row { name, median_secs, least_secs: times[0], rate: rate(median_secs), unit }
}

fn time_training(queries: u32, per_query: u32, clock: Clock<'_>) -> Row {
    let mut settings = ScanSnap::default();
    settings.data.last_tokens = queries;
    settings.data.next_per_last = per_query;
    settings.model.init = Init::Uniform;
    settings.training.steps = 1_000_000;
    let experiment = Experiment { seed: 1, lab: Lab::ScanSnap(settings) };
    let mut run = labs::start(&experiment).expect("settings in their ranges");
    let mut go = || {
        run.step(20).expect("this run does not diverge");
        run.step_idx() as f64
    };
    time(format!("training, {queries} queries x {per_query}"), clock, &mut go, |secs| 20.0 / secs, "steps/s")
}
