//! Everything that must hold, in the order in which a mistake shows soonest.

use crate::{cargo, prepare, root, site};
use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

type Step = (&'static str, fn() -> Result<u32>);

const STEPS: &[Step] = &[
    ("format", || done(cargo(&["fmt", "--all", "--check"]))),
    ("clippy native", || done(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))),
    ("clippy page", || clippy_wasm(&["--bin", "app"])),
    ("clippy worker", || clippy_wasm(&["--bin", "worker", "--no-default-features"])),
    ("native tests", || tests(cargo(&["test", "--workspace", "--lib", "--bins", "--test", "it"]))),
    ("wasm tests", wasm_tests),
    ("build", || site::build().map(|_| 1)),
    ("budgets", || budgets(&root().join("dist"))),
    ("page tests", page_tests),
];

/// Runs the steps; the last line counts what was checked.
pub fn run(only: Option<&str>) -> Result<()> {
    prepare::for_build()?;
    prepare::for_page_tests()?;
    let mut passed = 0;
    for (name, step) in STEPS.iter().filter(|(name, _)| only.is_none_or(|only| name.contains(only))) {
        println!("\n== {name}");
        let start = Instant::now();
        match step() {
            Ok(count) => passed += count,
            Err(error) => {
                println!("\n{name}: {error:#}\n{passed} passed, 1 failed");
                bail!("{name} failed");
            }
        }
        println!("== {name}: {:.0} s", start.elapsed().as_secs_f64());
    }
    ensure!(passed > 0, "no step is called so; they are {:?}", STEPS.iter().map(|step| step.0).collect::<Vec<_>>());
    println!("\n{passed} passed, 0 failed");
    Ok(())
}

fn done(command: Command) -> Result<u32> {
    crate::run(command).map(|()| 1)
}

fn clippy_wasm(what: &[&str]) -> Result<u32> {
    let mut clippy = cargo(&["clippy", "--target", "wasm32-unknown-unknown"]);
    clippy.args(what).args(["--", "-D", "warnings"]);
    done(clippy)
}

/// Runs tests and counts them, by the lines that Rust's test runner closes on.
fn tests(mut command: Command) -> Result<u32> {
    let log = root().join("target/test.log");
    let file = fs::File::create(&log).context("target/test.log")?;
    let status = command.stdout(file).status()?;
    let text = fs::read_to_string(&log)?;
    print!("{text}");
    ensure!(status.success(), "{} failed", crate::shown(&command));
    let counts = text.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u32>().ok());
    Ok(counts.sum())
}

fn wasm_tests() -> Result<u32> {
    let mut test =
        cargo(&["test", "--target", "wasm32-unknown-unknown", "--no-default-features", "--test", "wasm"]);
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", prepare::tool("wasm-bindgen-test-runner"));
    tests(test)
}

/// Sizes over the wire, in KB of 1024 bytes, gzip at its best; and what is in the worker.
fn budgets(dist: &Path) -> Result<u32> {
    let gzip = |names: &[&str]| -> Result<usize> {
        let mut sum = 0;
        for name in names {
            let bytes = fs::read(dist.join(name)).with_context(|| format!("dist/{name}"))?;
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&bytes)?;
            sum += encoder.finish()?.len();
        }
        Ok(sum)
    };
    let (worker, page, rest) =
        (["worker.js", "worker_bg.wasm"], ["app.js", "app_bg.wasm"], ["index.html", "boot.js", "style.css"]);
    let first_view = [&worker[..], &page, &rest].concat();
    for (what, names, limit_kb) in
        [("worker", &worker[..], 60), ("page script and wasm", &page, 220), ("first view", &first_view, 300)]
    {
        let kb = gzip(names)? as f64 / 1024.0;
        println!("{what}: {kb:.1} KB of {limit_kb} KB");
        ensure!(kb <= f64::from(limit_kb), "{what} is {kb:.1} KB over the wire, its budget is {limit_kb} KB");
    }
    let (simd, relaxed) = vector_opcodes(&fs::read(dist.join("worker_bg.wasm"))?)?;
    ensure!(simd > 100, "the worker has {simd} SIMD instructions: simd128 is off");
    ensure!(relaxed == 0, "the worker has {relaxed} relaxed SIMD instructions: results would differ by machine");
    let html = fs::read_to_string(dist.join("index.html"))?;
    ensure!(!html.contains("https://"), "index.html names another origin");
    Ok(6)
}

/// How many SIMD and relaxed SIMD instructions a module has.
fn vector_opcodes(wasm: &[u8]) -> Result<(usize, usize)> {
    let (mut simd, mut relaxed) = (0, 0);
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::CodeSectionEntry(body) = payload? {
            for operator in body.get_operators_reader()? {
                let name = format!("{:?}", operator?);
                relaxed += usize::from(name.contains("Relaxed"));
                simd += usize::from(name.starts_with("V128") || name.contains("x4"));
            }
        }
    }
    Ok((simd, relaxed))
}

fn page_tests() -> Result<u32> {
    let axe = prepare::tools().join("node_modules/axe-core/axe.min.js");
    let mut test = cargo(&["test", "--test", "web", "--", "--test-threads", "1", "--nocapture"]);
    test.env("SNAPSCOPE_SITE", root().join("dist")).env("GECKODRIVER", prepare::tool("geckodriver"));
    if axe.is_file() {
        test.env("AXE", axe);
    }
    tests(test)
}
