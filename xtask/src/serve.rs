//! `cargo xtask serve`: the page on localhost. The building is [`crate::dist`]'s, the answering [`crate::server`]'s.

use crate::dist;
use crate::server::Server;
use anyhow::{Context, Result};
use clap::Args;
use std::path::Path;
use std::process::{Command, Stdio};

/// Options of `cargo xtask serve`.
#[derive(Args)]
pub struct Options {
    /// Port to serve on, or the next that is free
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
    let folder = if options.no_build { root.join("dist") } else { dist::build(root)? };
    let server = Server::bind(&folder, options.port)
        .with_context(|| format!("cannot serve {} from port {} on", folder.display(), options.port))?;
    let address = server.address();
    println!("\nSnapscope is at {address} (Ctrl+C ends it)");
    if !options.no_open {
        open(&address);
    }
    server.run().context("the server stopped")
}

/// Opens the address in a browser, if there is a screen to show one on.
fn open(address: &str) {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else if has("DISPLAY") || has("WAYLAND_DISPLAY") {
        "xdg-open"
    } else {
        return;
    };
    let mut command = Command::new(program);
    // No browser is no failure: the address is printed.
    let _ = command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
