//! Set-up, build and checks: `cargo xtask serve | test | bench | dist`. Knows how the project is built;
//! must not know what it computes.

mod bench;
mod check;
mod dist;
mod offline;
mod prepare;
mod serve;
mod site;
mod steps;
mod tests;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};

/// Set-up, build and checks of Snapscope. Every command first prepares what is missing.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page, serve it on localhost and open it in a browser
    Serve(serve::Options),
    /// Run everything that must hold: format, clippy, native, wasm and page tests, size budgets
    Test(tests::Options),
    /// Print the performance table
    Bench(bench::Options),
    /// Build the release folder for static hosting
    Dist(dist::Options),
}

fn main() -> Result<()> {
    let root = root();
    std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))?;
    match Cli::parse().command {
        Command::Serve(options) => serve::run(&root, &options),
        Command::Test(options) => tests::run(&root, &options),
        Command::Bench(options) => bench::run(&options),
        Command::Dist(options) => dist::run(&root, &options),
    }
}

/// The project's folder: the parent of this package's.
fn root() -> PathBuf {
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&package).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
