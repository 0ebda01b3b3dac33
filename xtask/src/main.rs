//! Set-up, build and checks: `cargo xtask serve` and `cargo xtask test` are all a newcomer types. Knows how the
//! project is built; must not know what it computes.

mod bench;
mod built;
mod carried;
mod checks;
mod dist;
mod html;
mod policy;
mod prepare;
mod process;
mod serve;
mod server;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Set-up, build and checks of Snapscope. Every command first prepares what it needs and is not there.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page, serve it on localhost and open a browser if there is one
    Serve(serve::Options),
    /// Run everything that must hold: format, types of scripts, clippy, native, wasm and page tests, size budgets
    Test(checks::Options),
    /// Print the performance table of this machine
    Bench(bench::Options),
    /// Build the folder for static hosting, dist/
    Dist,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let root = root();
    // Everything started from here works in the project's folder, wherever it was typed.
    std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))?;
    match command {
        Command::Serve(options) => serve::run(&root, &options),
        Command::Test(options) => checks::run(&root, &options),
        Command::Bench(options) => bench::run(&root, &options),
        Command::Dist => dist::build(&root).map(|folder| println!("the page is in {}", folder.display())),
    }
}

/// The project's folder: the parent of this package's.
fn root() -> PathBuf {
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&package).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
