//! Tools from Rust's own channels: components of rustup, and programs that `cargo install` builds. These are built with
//! few optimisations or none, because building them takes longer than running them.

use super::Toolbox;
use crate::process::{self, cargo, run};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The newest Trunk that builds fast and with the project's Rust.
const TRUNK: &str = "0.21.14";

/// An exact version, because another one may break lines elsewhere.
const LEPTOSFMT: &str = "0.1.33";

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

/// The wasm-bindgen tools. They work only with the library of exactly their own version, so Cargo.lock says which.
pub fn wasm_bindgen(toolbox: &Toolbox, root: &Path) -> Result<()> {
    let lock = root.join("Cargo.lock");
    let text = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let version = locked_version(&text, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
    let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    install(
        toolbox,
        &Install {
            package: "wasm-bindgen-cli",
            programs: &programs,
            version: Some(version),
            more: &[],
            // It works on megabytes.
            opt_level: "1",
            minutes: 2,
        },
    )
}

/// Trunk.
pub fn trunk(toolbox: &Toolbox) -> Result<()> {
    let more = ["--no-default-features", "--features", "rustls"];
    install(
        toolbox,
        &Install {
            package: "trunk",
            programs: &["trunk"],
            version: Some(TRUNK),
            more: &more,
            opt_level: "0",
            minutes: 5,
        },
    )
}

/// leptosfmt, which formats `view!`.
pub fn leptosfmt(toolbox: &Toolbox) -> Result<()> {
    let programs = ["leptosfmt"];
    install(
        toolbox,
        &Install {
            package: "leptosfmt",
            programs: &programs,
            version: Some(LEPTOSFMT),
            more: &[],
            opt_level: "0",
            minutes: 2,
        },
    )
}

/// The driver of Firefox, in any recent version.
pub fn geckodriver(toolbox: &Toolbox) -> Result<()> {
    install(
        toolbox,
        &Install {
            package: "geckodriver",
            programs: &["geckodriver"],
            version: None,
            more: &[],
            opt_level: "0",
            minutes: 2,
        },
    )
}

/// A package of crates.io and how it is installed.
struct Install<'a> {
    package: &'a str,
    /// The programs it has to provide.
    programs: &'a [&'a str],
    /// The exact version, or none if any will do.
    version: Option<&'a str>,
    /// More arguments of `cargo install`.
    more: &'a [&'a str],
    /// How much it is optimised.
    opt_level: &'a str,
    /// Minutes it took to build on two cores, rounded up.
    minutes: u32,
}

/// Installs a package, unless all its programs are there in the right version.
fn install(toolbox: &Toolbox, wanted: &Install) -> Result<()> {
    let Install { package, programs, version, more, opt_level, minutes } = *wanted;
    let there = programs.iter().all(|program| {
        let found = toolbox.version(program);
        found.is_some_and(|text| version.is_none_or(|version| text.split_whitespace().nth(1) == Some(version)))
    });
    if there {
        return Ok(());
    }
    println!("preparing {package}: built from source once, about {minutes} minutes on two cores");
    // `--force` replaces a file that is there but does not run.
    let mut command = cargo(["install", "--locked", "--force", "--root"]);
    command.arg(&toolbox.folder).arg(package).args(more);
    if let Some(version) = version {
        command.args(["--version", version]);
    }
    for (setting, value) in [("LTO", "off"), ("OPT_LEVEL", opt_level), ("CODEGEN_UNITS", "16")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    command.env("CARGO_TARGET_DIR", toolbox.build_folder());
    if let Err(error) = run(&mut command) {
        bail!("{error:#}\n{package} could not be built: see above; with network access and a C compiler, try again");
    }
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
