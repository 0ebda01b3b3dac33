//! The performance table: every kernel is checked against the reference, then timed; then whole workloads. The clock
//! is passed in, so that the same code runs natively and in the page.

use crate::experiment::scan_snap::{Init, ScanSnap};
use crate::experiment::{Experiment, Lab};
use crate::kernels::{Kernels, TABLE, padded};
use crate::lab;
use core::fmt;

/// Seconds since some fixed moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// A timed thing.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was timed.
    pub name: String,
    /// Median seconds of one go.
    pub median_secs: f64,
    /// Least seconds of one go.
    pub least_secs: f64,
    /// How often the thing is done in a second, or floating-point operations by the second; by `unit`.
    pub rate: f64,
    /// Unit of `rate`.
    pub unit: &'static str,
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<Row>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<44} {:>12} {:>12} {:>14}", "", "median us", "least us", "rate")?;
        for row in &self.rows {
            let (median, least) = (row.median_secs * 1e6, row.least_secs * 1e6);
            writeln!(f, "{:<44} {median:>12.2} {least:>12.2} {:>14.1} {}", row.name, row.rate, row.unit)?;
        }
        Ok(())
    }
}

#[cfg(feature = "app")]
impl Table {
    /// The table as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let row = |row: &Row| {
            serde_json::json!({
                "name": row.name, "median_secs": row.median_secs, "least_secs": row.least_secs,
                "rate": row.rate, "unit": row.unit,
            })
        };
        self.rows.iter().map(row).collect()
    }
}

/// Checks and times everything.
///
/// # Errors
/// Says which kernel disagrees with the reference; nothing that fails its check is timed.
pub fn run(clock: Clock<'_>) -> Result<Table, String> {
    let mut rows = Vec::new();
    for kernels in &TABLE {
        check(kernels)?;
        rows.extend(time_kernels(kernels, clock));
    }
    for (queries, per_query) in [(2, 1), (1, 2), (3, 2), (5, 2), (10, 2)] {
        rows.push(time_training(queries, per_query, clock));
    }
    Ok(Table { rows })
}

const SAMPLES: usize = 7;
const TOKENS: usize = 20;

/// A row of numbers between -1 and 1, the same every time.
fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut random = crate::random::Random::new(seed, crate::random::Purpose::Sample, 0);
    (0..len).map(|_| random.unit() * 2.0 - 1.0).collect()
}

fn check(kernels: &Kernels) -> Result<(), String> {
    let m = padded(240);
    let rows: Vec<u32> = (0..TOKENS as u32).map(|i| i * 7 % 220).collect();
    let (weight, inp) = (numbers(220 * m, 1), numbers(SAMPLES * TOKENS, 2));
    let run = |kernels: &Kernels| {
        let mut out = vec![0.0; SAMPLES * m];
        (kernels.gather_matmul)(&mut out, &inp, &weight, &rows, m);
        let mut dinp = vec![0.0; SAMPLES * TOKENS];
        (kernels.gather_matmul_dinp)(&mut dinp, &out, &weight, &rows, m);
        let mut dweight = weight.clone();
        (kernels.gather_matmul_dweight)(&mut dweight, &inp, &out, &rows, m);
        let mut softmax = out.clone();
        (kernels.softmax)(&mut softmax);
        [out, dinp, dweight, softmax].concat()
    };
    let (mine, plain) = (run(kernels), run(&TABLE[0]));
    let worst = mine.iter().zip(&plain).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f32::max);
    // Sums of up to 240 products in another order.
    if worst < 1e-4 { Ok(()) } else { Err(format!("{}: off the reference by {worst}", kernels.name)) }
}

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
    times.sort_by(f64::total_cmp);
    assert!(checksum.is_finite(), "{name}: checksum {checksum}");
    let median_secs = times[times.len() / 2];
    Row { name, median_secs, least_secs: times[0], rate: rate(median_secs), unit }
}

fn time_kernels(kernels: &Kernels, clock: Clock<'_>) -> Vec<Row> {
    let m = padded(240);
    let rows: Vec<u32> = (0..TOKENS as u32).collect();
    let (mut weight, inp) = (numbers(220 * m, 1), numbers(SAMPLES * TOKENS, 2));
    let (mut out, mut dinp) = (vec![0.0; SAMPLES * m], vec![0.0; SAMPLES * TOKENS]);
    let flops = (2 * SAMPLES * TOKENS * m) as f64;
    let gflops = move |secs: f64| flops / secs / 1e9;
    let name = |what: &str| format!("{} {what}", kernels.name);
    let shape = "7x20x240";
    let forward = time(
        name(&format!("gather_matmul {shape}")),
        clock,
        || {
            (kernels.gather_matmul)(&mut out, &inp, &weight, &rows, m);
            f64::from(out[0])
        },
        gflops,
        "GFLOP/s",
    );
    let back = time(
        name(&format!("gather_matmul_dinp {shape}")),
        clock,
        || {
            (kernels.gather_matmul_dinp)(&mut dinp, &out, &weight, &rows, m);
            f64::from(dinp[0])
        },
        gflops,
        "GFLOP/s",
    );
    let small: Vec<f32> = inp.iter().map(|x| x * 1e-6).collect();
    let weights = time(
        name(&format!("gather_matmul_dweight {shape}")),
        clock,
        || {
            (kernels.gather_matmul_dweight)(&mut weight, &small, &out, &rows, m);
            f64::from(weight[0])
        },
        gflops,
        "GFLOP/s",
    );
    let mut row = numbers(240, 3);
    let softmax = time(
        name("softmax 240"),
        clock,
        || {
            (kernels.softmax)(&mut row);
            f64::from(row[0])
        },
        |secs| 240.0 / secs / 1e6,
        "M exp/s",
    );
    let (mut w, mut v, g) = (numbers(55_000, 4), vec![0.0; 55_000], numbers(55_000, 5));
    let sgd = time(
        name("sgd 55000"),
        clock,
        || {
            (kernels.sgd)(&mut w, &mut v, &g, 1e-6, 0.9, 1.0);
            f64::from(w[0])
        },
        |secs| 55_000.0 / secs / 1e6,
        "M weights/s",
    );
    vec![forward, back, weights, softmax, sgd]
}

fn time_training(queries: u32, per_query: u32, clock: Clock<'_>) -> Row {
    let mut settings = ScanSnap::default();
    settings.data.last_tokens = queries;
    settings.data.next_per_last = per_query;
    settings.model.init = Init::Uniform;
    settings.training.steps = 1_000_000;
    let experiment = Experiment { seed: 1, lab: Lab::ScanSnap(settings) };
    let mut run = lab::start(&experiment).expect("settings in their ranges");
    let mut go = || {
        run.step(20).expect("this run does not diverge");
        run.step_idx() as f64
    };
    time(format!("training, {queries} queries x {per_query}"), clock, &mut go, |secs| 20.0 / secs, "steps/s")
}
