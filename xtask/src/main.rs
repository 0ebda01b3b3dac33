//! Set-up, build and checks: `cargo xtask serve` and `cargo xtask test` are all a newcomer types.

mod checks;
mod prepare;
mod serve;
mod site;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Set-up, build and checks of Snapscope. Every command first prepares what it needs and is not there.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    ask: Ask,
}

#[derive(Subcommand)]
enum Ask {
    /// Build the page, serve it on localhost and open a browser if there is one.
    Serve {
        /// Port to serve on; else 8080, or the next that is free.
        #[arg(long)]
        port: Option<u16>,
        /// Do not open a browser.
        #[arg(long)]
        no_open: bool,
    },
    /// Run everything that must hold.
    Test {
        /// Only the steps whose names contain this.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Print the performance table of this machine.
    Bench,
    /// Build the folder for static hosting, dist/.
    Dist,
}

fn main() -> ExitCode {
    let outcome = match Args::parse().ask {
        Ask::Serve { port, no_open } => site::build().and_then(|dist| serve::serve(&dist, port, !no_open)),
        Ask::Test { only } => checks::run(only.as_deref()),
        Ask::Bench => run(cargo(&["run", "--release", "--bin", "snapscope", "--", "bench"])),
        Ask::Dist => site::build().map(|dist| println!("The page is in {}.", dist.display())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The project's folder.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// A command run in the project's folder.
fn command(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

fn cargo(args: &[&str]) -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args)
}

/// Runs a command; its failure names it.
fn run(mut command: Command) -> Result<()> {
    let shown = shown(&command);
    let status = command.status().with_context(|| format!("{shown} cannot be started"))?;
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// What a command prints; `None` if it cannot be run.
fn output(mut command: Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
