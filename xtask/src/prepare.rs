//! Prepares what is missing: safe to repeat, in `target/tools` where it can be. Each tool is looked for first, says
//! how long it may take, and is built once.

use crate::{cargo, command, output, root, run};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Trunk's version; 0.22 needs a newer Rust and builds for far longer.
const TRUNK: &str = "0.21.14";
/// Geckodriver's version, from crates.io.
const GECKODRIVER: &str = "0.37.1";
/// Binaryen's version on npm, where no `wasm-opt` is on the machine.
const BINARYEN: &str = "132.0.0";

/// Where tools go.
pub fn tools() -> PathBuf {
    root().join("target/tools")
}

/// A tool that was built here.
pub fn tool(name: &str) -> PathBuf {
    tools().join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// What building the page needs. Returns the folder of `wasm-opt` and its version, if there is one.
pub fn for_build() -> Result<Option<(PathBuf, String)>> {
    let installed = output(command("rustup", &["target", "list", "--installed"]));
    if !installed.is_some_and(|list| list.lines().any(|line| line == "wasm32-unknown-unknown")) {
        say("the wasm32-unknown-unknown target", "half a minute");
        run(command("rustup", &["target", "add", "wasm32-unknown-unknown"]))
            .context("Rust's WebAssembly target is needed; is rustup installed?")?;
    }
    install("wasm-bindgen", "wasm-bindgen-cli", &bindgen_version()?, &[], "two minutes")?;
    install("trunk", "trunk", TRUNK, &["--no-default-features", "--features", "rustls"], "five minutes")?;
    Ok(wasm_opt())
}

/// What the page tests need besides; says what to install where it cannot.
pub fn for_page_tests() -> Result<()> {
    install("geckodriver", "geckodriver", GECKODRIVER, &[], "two minutes")?;
    let wanted = [("chromium", "chromium"), ("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr")];
    let missing: Vec<&str> =
        wanted.iter().filter(|(program, _)| !is_there(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let sudo = !output(command("id", &["-u"])).is_some_and(|id| id.trim() == "0");
    if !is_there("apt-get") || (sudo && !is_there("sudo")) {
        bail!("the page tests need {packages} (Debian's names): please install them and run this again");
    }
    say(&packages, "two minutes");
    let apt = |args: &[&str]| {
        let mut apt = if sudo { command("sudo", &["apt-get"]) } else { command("apt-get", &[]) };
        apt.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(apt(&["update", "-q"]))?;
    let mut install = apt(&["install", "-y", "-q", "--no-install-recommends", "fonts-dejavu-core"]);
    install.args(&missing);
    run(install).with_context(|| format!("the page tests need {packages}"))
}

/// Builds a tool from crates.io in a cheap profile, unless that version is there.
fn install(name: &str, package: &str, version: &str, features: &[&str], takes: &str) -> Result<()> {
    let there = output(command(tool(name), &["--version"])).is_some_and(|text| text.contains(version));
    if there {
        return Ok(());
    }
    say(&format!("{package} {version} into target/tools"), takes);
    let mut install = cargo(&["install", "--locked", "--force", package, "--version", version]);
    install.args(features).arg("--root").arg(tools());
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    // The project's own flags and folders are not the tool's.
    install.env_remove("RUSTFLAGS").env_remove("CARGO_BUILD_TARGET").env("CARGO_TARGET_DIR", tools().join("build"));
    run(install).with_context(|| format!("{package} could not be built; a C compiler and the network are needed"))?;
    // Only the binary is wanted.
    let _ = std::fs::remove_dir_all(tools().join("build"));
    Ok(())
}

/// `wasm-opt` from PATH, else from npm's binaryen; without both Trunk fetches its own.
fn wasm_opt() -> Option<(PathBuf, String)> {
    let version = |path: &Path| {
        // wasm-opt version 125 (version_125)
        let text = output(command(path, &["--version"]))?;
        let number = text.split_whitespace().find(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(format!("version_{number}"))
    };
    let on_path = std::env::split_paths(&std::env::var_os("PATH")?)
        .find_map(|dir| Some((dir.clone(), version(&dir.join("wasm-opt"))?)));
    let bin = tools().join("node_modules/.bin");
    let from_npm = || Some((bin.clone(), version(&bin.join("wasm-opt"))?));
    if let Some(found) = on_path.or_else(from_npm) {
        return Some(found);
    }
    if is_there("npm") {
        say("npm's binaryen into target/tools", "half a minute");
        let mut npm = command("npm", &["install", "--no-audit", "--no-fund", "--no-save"]);
        npm.arg("--prefix").arg(tools()).arg(format!("binaryen@{BINARYEN}"));
        let _ = run(npm);
    }
    let found = from_npm();
    if found.is_none() {
        println!("There is no wasm-opt here; Trunk will try to fetch its own.");
    }
    found
}

fn bindgen_version() -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
    let after = lock.split("name = \"wasm-bindgen\"\nversion = \"").nth(1).context("wasm-bindgen in Cargo.lock")?;
    Ok(after.split('"').next().unwrap_or_default().to_owned())
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

fn say(what: &str, takes: &str) {
    println!("Preparing {what}: once, up to {takes}.");
}
