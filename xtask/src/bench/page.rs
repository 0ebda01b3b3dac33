//! The bench's page: built like the worker, never shipped; and its result as text.

use crate::prepare::Toolbox;
use crate::process::{cargo, run};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const TARGET: &str = "wasm32-unknown-unknown";

/// What Trunk gives wasm-opt for the worker, too (index.html).
const WASM_OPT: [&str; 8] = [
    "-O4",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

const HTML: &str = r#"<!doctype html><meta charset="utf-8"><title>bench</title><script src="page.js"></script>"#;

const PAGE: &str = include_str!("../../js/bench/page.js");

const WORKER: &str = include_str!("../../js/bench/worker.js");

/// Builds and returns the folder of the page.
///
/// # Errors
/// When the bench does not compile or a tool fails.
pub fn build(root: &Path, toolbox: &Toolbox) -> Result<PathBuf> {
    eprintln!("building the bench for the browser (about a minute the first time)");
    let mut build = cargo(["build", "--package", "snapscope", "--bin", "bench", "--no-default-features"]);
    build.args(["--features", "bench", "--profile", "worker", "--target", TARGET]);
    // It would replace the project's own, simd128 among them.
    run(build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut bind = toolbox.command("wasm-bindgen");
    bind.args(["--target", "no-modules", "--no-typescript", "--out-dir"]).arg(&folder);
    run(bind.arg(target.join(TARGET).join("worker/bench.wasm")))?;
    let wasm = folder.join("bench_bg.wasm");
    run(toolbox.command("wasm-opt").args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))?;
    for (name, text) in [("index.html", HTML), ("page.js", PAGE), ("worker.js", WORKER)] {
        fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(folder)
}

/// The result as tables.
#[must_use]
pub fn text(all: &Value) -> String {
    let mut text = String::new();
    for (place, table) in [("Chromium, one worker", &all["chromium"]), ("native, one thread", &all["native"])] {
        if !table.is_null() {
            // Writing to a string does not fail.
            let _ = self::table(&mut text, place, table);
        }
    }
    text
}

fn table(text: &mut String, place: &str, table: &Value) -> std::fmt::Result {
    let number = |row: &Value, name: &str| row[name].as_f64().unwrap_or(f64::NAN);
    writeln!(text, "{place}")?;
    let titles = ["tokens/s", "GFLOP/s", "peak", "share", "step ms", "MB"];
    writeln!(text, "  {:<56} {}", "training, AdamW", titles.map(|title| format!("{title:>9}")).join(" "))?;
    for row in table["workloads"].as_array().into_iter().flatten() {
        let [tokens, gflops] = ["tokens_per_sec", "gflops"].map(|name| number(row, name));
        let (ms, mb) = (number(row, "step_secs") * 1e3, number(row, "bytes") / 1e6);
        let name = row["name"].as_str().unwrap_or_default();
        let known = |name: &str| row[name].as_f64().map_or_else(|| "-".to_owned(), |number| format!("{number:.3}"));
        let [peak, share] = ["peak_gflops", "share"].map(known);
        writeln!(text, "  {name:<56} {tokens:>9.0} {gflops:>9.1} {peak:>9} {share:>9} {ms:>9.2} {mb:>9.1}")?;
    }
    if let Some(workers) = table.get("workers") {
        let [one, two, gain] = ["one_tokens_per_sec", "two_tokens_per_sec", "gain"].map(|name| number(workers, name));
        writeln!(text, "  small in one worker and in two: {one:.0} and {two:.0} tokens/s, {gain:.2} times as many")?;
    }
    writeln!(text, "  {:<56} {:>9} {:>9} {:>12}", "kernels", "median us", "least us", "rate")?;
    for row in table["rows"].as_array().into_iter().flatten() {
        let [median, least] = ["median_secs", "least_secs"].map(|name| number(row, name) * 1e6);
        let (name, unit) = (row["name"].as_str().unwrap_or_default(), row["unit"].as_str().unwrap_or_default());
        writeln!(text, "  {name:<56} {median:>9.1} {least:>9.1} {:>12.1} {unit}", number(row, "rate"))?;
    }
    writeln!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_result_is_printed() {
        let all = serde_json::json!({ "chromium": null, "native": {
            "workloads": [{ "name": "small", "tokens_per_sec": 36_000.0, "share": 0.61 }],
            "rows": [{ "name": "matmul", "median_secs": 1e-3, "unit": "GFLOP/s" }],
        }});
        let text = text(&all);
        assert!(!text.contains("Chromium"), "nothing of a browser that did not run: {text}");
        for part in ["small", "36000", "0.610", "matmul", "1000.0", "GFLOP/s"] {
            assert!(text.contains(part), "{part} is in: {text}");
        }
    }
}
