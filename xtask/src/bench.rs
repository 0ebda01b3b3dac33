//! `cargo xtask bench`: the performance table. The numbers come from `snapscope bench`; must not time anything.

use anyhow::{Result, ensure};
use clap::Args;
use std::process::Command;

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// Passed on to `snapscope bench`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds the release command line and runs its bench.
///
/// # Errors
/// When it cannot be built, or a kernel fails its check.
pub fn run(options: &Options) -> Result<()> {
    println!("building the command line for release (about two minutes the first time)");
    let status = Command::new("cargo")
        .args(["run", "--release", "--package", "snapscope", "--bin", "snapscope", "--", "bench"])
        .args(&options.arguments)
        .status()?;
    ensure!(status.success(), "the bench failed: {status}");
    Ok(())
}
