//! `cargo xtask bench`: the performance table of this machine, in Chromium and natively. The numbers come from the
//! project's own bench; must not time anything itself.

mod browser;
mod page;

use crate::prepare::{Need, Toolbox};
use crate::process::cargo;
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct Options {
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
    /// Only natively, without a browser
    #[arg(long)]
    native: bool,
}

/// Builds and runs the bench in Chromium, then natively, one after the other so that neither disturbs the other.
///
/// # Errors
/// When something cannot be built or started, or a kernel fails its check.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let chromium = if options.native { None } else { Some(in_chromium(root)?) };
    let native = natively()?;
    let all = json!({ "chromium": chromium, "native": native });
    if options.json {
        println!("{all:#}");
    } else {
        print!("{}", page::text(&all));
    }
    Ok(())
}

fn in_chromium(root: &Path) -> Result<Value> {
    let toolbox = Toolbox::prepare(root, &[Need::WasmTarget, Need::WasmBindgen, Need::WasmOpt, Need::Browsers])?;
    let folder = page::build(root, &toolbox)?;
    eprintln!("running the bench in Chromium (about a minute)");
    browser::result(&folder)
}

fn natively() -> Result<Value> {
    eprintln!("building the command line for release (about two minutes the first time), then running its bench");
    let mut command: Command = cargo(["run", "--release", "--package", "snapscope", "--bin", "snapscope", "--"]);
    let output = command.args(["bench", "--json"]).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the native bench failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the native bench prints JSON")
}
