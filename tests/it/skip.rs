//! Tests that cannot run here say so. `cargo xtask test` counts the lines that [`skip`] writes, so no test passes for nothing in
//! silence.

use std::io::Write;
use std::panic::Location;

/// Says that the test at hand is skipped, and why: `skipped: NAME: why` on a line of its own. Returns; the caller does as well.
#[track_caller]
pub fn skip(why: &str) {
    let (thread, caller) = (std::thread::current(), Location::caller());
    let place = format!("{}:{}", caller.file(), caller.line());
    // A harness that runs one test at a time runs them all on the main thread.
    let name = thread.name().filter(|name| *name != "main").unwrap_or(&place);
    // Not by `println!`: the harness keeps back what a passing test prints.
    let line = format!("\nskipped: {name}: {why}\n");
    std::io::stdout().write_all(line.as_bytes()).expect("standard output can be written");
}
