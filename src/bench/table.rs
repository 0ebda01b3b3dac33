//! What the bench found, as text and as JSON.

use core::fmt;

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

/// Training of a compact transformer: forward, backward and update.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Which one.
    pub name: &'static str,
    /// Median seconds of a step.
    pub step_secs: f64,
    /// Tokens trained on in a second.
    pub tokens_per_sec: f64,
    /// `6 (12 L d^2 + V d) + 6 L T d`: what a token costs in the products, the causal half of attention counted.
    pub flop_per_token: f64,
    /// Of such operations, 10^9 in a second.
    pub gflops: f64,
    /// Products and sums of four lanes, 10^9 in a second, measured between the steps; only on wasm.
    pub peak_gflops: Option<f64>,
    /// Bytes of the model, its optimiser and its batch.
    pub bytes: usize,
}

impl Workload {
    /// Which part of the peak the counted operations are.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        self.peak_gflops.map(|peak| self.gflops / peak)
    }
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Training of whole transformers.
    pub workloads: Vec<Workload>,
    /// Kernels, and training in the one-layer lab.
    pub rows: Vec<Row>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = ["tokens/s", "GFLOP/s", "peak", "share", "step ms", "MB"];
        let [a, b, c, d, e, g] = titles;
        writeln!(f, "{:<44} {a:>10} {b:>8} {c:>8} {d:>8} {e:>8} {g:>8}", "")?;
        for row in &self.workloads {
            let Workload { name, tokens_per_sec, gflops, .. } = row;
            let (ms, mb) = (row.step_secs * 1e3, row.bytes as f64 / 1e6);
            let known = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.3}"));
            let [peak, share] = [row.peak_gflops, row.share()].map(known);
            write!(f, "{name:<44} {tokens_per_sec:>10.0} {gflops:>8.1} {peak:>8} {share:>8}")?;
            writeln!(f, " {ms:>8.2} {mb:>8.1}")?;
        }
        writeln!(f, "\n{:<44} {:>12} {:>12} {:>14}", "", "median us", "least us", "rate")?;
        for row in &self.rows {
            let (median, least) = (row.median_secs * 1e6, row.least_secs * 1e6);
            writeln!(f, "{:<44} {median:>12.2} {least:>12.2} {:>14.1} {}", row.name, row.rate, row.unit)?;
        }
        Ok(())
    }
}

#[cfg(any(feature = "app", feature = "bench"))]
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
        let workload = |row: &Workload| {
            serde_json::json!({
                "name": row.name, "step_secs": row.step_secs, "tokens_per_sec": row.tokens_per_sec,
                "flop_per_token": row.flop_per_token, "gflops": row.gflops, "peak_gflops": row.peak_gflops,
                "share": row.share(), "bytes": row.bytes,
            })
        };
        serde_json::json!({
            "workloads": self.workloads.iter().map(workload).collect::<Vec<_>>(),
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }
}
