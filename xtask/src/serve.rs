//! `cargo xtask serve`: the page on localhost. Builds through `dist`; must not build on its own.

use crate::dist;
use crate::site::Site;
use anyhow::{Context, Result};
use clap::Args;
use std::path::Path;
use std::process::{Command, Stdio};

/// Options of `cargo xtask serve`.
#[derive(Args)]
pub struct Options {
    /// First port to try
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Serve dist/ as it is, without building
    #[arg(long)]
    no_build: bool,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
}

/// Builds, serves and opens the page; returns only on error.
///
/// # Errors
/// When the page cannot be built or no port is free.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = root.join(dist::FOLDER);
    if !options.no_build {
        dist::build(root)?;
    }
    let site = Site::bind(&folder, options.port)
        .with_context(|| format!("cannot serve {} from port {} on", folder.display(), options.port))?;
    let address = format!("http://{}/", site.address);
    println!("\nSnapscope is at {address} (Ctrl+C ends it)");
    if !options.no_open {
        open(&address);
    }
    site.run();
    Ok(())
}

/// Opens the address in a browser, if there is a screen to show one on.
fn open(address: &str) {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let program: &[&str] = if cfg!(target_os = "macos") {
        &["open"]
    } else if cfg!(windows) {
        &["cmd", "/C", "start"]
    } else if has("DISPLAY") || has("WAYLAND_DISPLAY") {
        &["xdg-open"]
    } else {
        return;
    };
    // No browser is no error: the address is printed.
    let _ = Command::new(program[0])
        .args(&program[1..])
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
