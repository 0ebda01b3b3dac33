//! `cargo xtask bench`: the performance table of this machine, in Chromium and natively. The numbers come from the
//! project's own bench; must not time anything itself.

mod browser;
mod page;

use crate::dist;
use crate::prepare::{Need, Toolbox};
use crate::process::{cargo, run as run_command};
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
    /// Instead, what the whole page takes in Chromium and Firefox: steps a second with charts drawn, answers to input,
    /// longest tasks, the sweep of Figure 6, and memory over so many minutes
    #[arg(long, value_name = "MINUTES", num_args = 0..=1, default_missing_value = "0", conflicts_with_all = ["json", "native"])]
    page: Option<u32>,
}

/// Builds and runs the bench in Chromium, then natively, one after the other so that neither disturbs the other.
///
/// # Errors
/// When something cannot be built or started, or a kernel fails its check.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    if let Some(minutes) = options.page {
        return the_page(root, minutes);
    }
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

/// The page tests drive the page and print what they measure.
fn the_page(root: &Path, minutes: u32) -> Result<()> {
    let folder = dist::build(root)?;
    let toolbox = Toolbox::prepare(root, &[Need::Browsers])?;
    let mut command =
        cargo(["test", "--package", "snapscope", "--test", "web", "what_the_page_takes", "--", "--nocapture"]);
    command.env("SNAPSCOPE_MEASURE", minutes.to_string()).env("SNAPSCOPE_SITE_DIR", folder);
    command.env("SNAPSCOPE_GECKODRIVER", toolbox.program("geckodriver"));
    run_command(&mut command)
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
