//! What comes from Rust's own channels: rustup's parts, and programs built by `cargo install` in a cheap profile.

use super::Toolbox;
use crate::process::{self, cargo, run};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The newest Trunk that builds fast and with the project's Rust.
const TRUNK: &str = "0.21.14";

/// rustfmt and clippy.
pub fn lints() -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if process::output("cargo", &[subcommand, "--version"]).is_none() {
            println!("preparing {component}: by rustup, some seconds");
            run(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("{component} is missing: install it beside your Rust toolchain"))?;
        }
    }
    Ok(())
}

/// Rust's standard library for wasm32.
pub fn wasm_target() -> Result<()> {
    let library = process::output("rustc", &["--print", "target-libdir", "--target", TARGET]);
    if library.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    println!("preparing the {TARGET} target: by rustup, some seconds");
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .with_context(|| format!("Rust's {TARGET} target is missing: install rustup (https://rustup.rs) and try again"))
}

/// The wasm-bindgen tools; library and tools only work together at the very same version.
pub fn wasm_bindgen(toolbox: &Toolbox, root: &Path) -> Result<()> {
    let lock = root.join("Cargo.lock");
    let text = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let version = locked_version(&text, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
    let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    install(
        toolbox,
        &Install { package: "wasm-bindgen-cli", programs: &programs, version: Some(version), more: &[], minutes: 2 },
    )
}

/// Trunk.
pub fn trunk(toolbox: &Toolbox) -> Result<()> {
    let more = ["--no-default-features", "--features", "rustls"];
    install(toolbox, &Install { package: "trunk", programs: &["trunk"], version: Some(TRUNK), more: &more, minutes: 5 })
}

/// Firefox's driver; every recent version will do.
pub fn geckodriver(toolbox: &Toolbox) -> Result<()> {
    install(
        toolbox,
        &Install { package: "geckodriver", programs: &["geckodriver"], version: None, more: &[], minutes: 2 },
    )
}

struct Install<'a> {
    package: &'a str,
    programs: &'a [&'a str],
    /// The only version that will do, or none if all will.
    version: Option<&'a str>,
    more: &'a [&'a str],
    /// What it took on two cores, rounded up.
    minutes: u32,
}

fn install(toolbox: &Toolbox, wanted: &Install) -> Result<()> {
    let Install { package, programs, version, more, minutes } = *wanted;
    let there = programs.iter().all(|program| {
        let found = toolbox.version(program);
        found.is_some_and(|text| version.is_none_or(|version| text.split_whitespace().nth(1) == Some(version)))
    });
    if there {
        return Ok(());
    }
    println!("preparing {package}: built from source once, about {minutes} minutes on two cores");
    let build = toolbox.folder.join("build");
    // `--force` mends a broken file of the right version; the kept build folder lets a cut-off build go on.
    let mut command = cargo(["install", "--locked", "--force", "--root"]);
    command.arg(&toolbox.folder).arg(package).args(more);
    if let Some(version) = version {
        command.args(["--version", version]);
    }
    for (setting, value) in [("LTO", "off"), ("OPT_LEVEL", "1"), ("CODEGEN_UNITS", "16")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    command.env("CARGO_TARGET_DIR", &build);
    if let Err(error) = run(&mut command) {
        bail!("{error:#}\n{package} could not be built: see above; with network access and a C compiler, try again");
    }
    // Only a saving of disk space: that it fails is no reason to stop.
    let _ = std::fs::remove_dir_all(build);
    Ok(())
}

/// The version of `package` in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| line.strip_prefix("name = ").is_some_and(|name| name.trim_matches('"') == package))?;
    Some(lines.next()?.strip_prefix("version = ")?.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.126"), "not that of a longer name");
        assert_eq!(locked_version(lock, "trunk"), None, "absent packages have none");
    }
}
