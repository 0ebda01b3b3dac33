//! What comes from other package managers: npm's, into `target/tools`, and Debian's, where apt is there.

use super::Toolbox;
use crate::process::{self, find, run};
use anyhow::{Result, bail};
use std::process::Command;

/// Measured sizes stand on this version; PATH may have another one from [`OLDEST_WASM_OPT`] on.
const BINARYEN: &str = "binaryen@132.0.0";

/// The first wasm-opt known to read what today's Rust writes.
const OLDEST_WASM_OPT: u32 = 116;

const AXE: &str = "axe-core@4.14.1";

/// wasm-opt from the PATH, else npm's; without either, Trunk downloads its own when it builds.
pub fn wasm_opt(toolbox: &Toolbox) -> Result<()> {
    if toolbox.wasm_opt().is_some() {
        return Ok(());
    }
    if find(&["npm"]).is_none() {
        println!("preparing wasm-opt: neither on the PATH nor npm to get it, so Trunk will download its own");
        return Ok(());
    }
    println!("preparing wasm-opt: {BINARYEN} by npm, about a minute");
    if npm_install(toolbox, BINARYEN).is_err() || toolbox.wasm_opt().is_none() {
        println!("npm could not provide wasm-opt, so Trunk will download its own");
    }
    Ok(())
}

impl Toolbox {
    /// The wasm-opt at hand, as Trunk's `[tools] wasm_opt` names it: `version_132`.
    #[must_use]
    pub fn wasm_opt(&self) -> Option<String> {
        trunk_name(&self.version("wasm-opt")?)
    }
}

/// `wasm-opt version 132 (version_132)` gives `version_132`, unless it is too old.
fn trunk_name(printed: &str) -> Option<String> {
    let version = printed.split(' ').nth(2)?;
    let number: u32 = version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    (number >= OLDEST_WASM_OPT).then(|| format!("version_{version}"))
}

/// Node with npm.
pub fn node() -> Result<()> {
    let missing = || ["node", "npm"].into_iter().filter(|program| find(&[program]).is_none()).collect::<Vec<_>>();
    if !missing().is_empty() {
        apt_install(&["nodejs", "npm"]);
    }
    let missing = missing();
    if !missing.is_empty() {
        bail!("{} is missing: install Node.js 18 or newer (https://nodejs.org) and try again", missing.join(" and "));
    }
    Ok(())
}

/// The accessibility rules, injected by the page tests and never shipped.
pub fn axe(toolbox: &Toolbox) -> Result<()> {
    if toolbox.axe().is_file() {
        return Ok(());
    }
    println!("preparing the accessibility rules: {AXE} by npm, some seconds");
    npm_install(toolbox, AXE)
}

fn npm_install(toolbox: &Toolbox, package: &str) -> Result<()> {
    let npm = find(&["npm"]).unwrap_or_else(|| "npm".into());
    run(Command::new(npm).args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&toolbox.folder).arg(package))
}

/// Chromium and Firefox. Drivers find browsers in other usual places too, so only drivers and Linux's names count.
pub fn browsers() -> Result<()> {
    if !missing_packages().is_empty() {
        let mut packages = missing_packages();
        // A bare machine has no font at all, and then no text has a size.
        packages.push("fonts-dejavu-core");
        apt_install(&packages);
    }
    let missing = missing_packages();
    if !missing.is_empty() {
        bail!(
            "the page tests need Chromium with its driver and Firefox; not found: {}. Install them \
             (Debian: apt-get install chromium chromium-driver firefox-esr; macOS: brew install --cask chromedriver \
             google-chrome firefox) and try again, or run the other steps: cargo xtask test --list",
            missing.join(", ")
        );
    }
    Ok(())
}

/// Debian's names of what is not there.
fn missing_packages() -> Vec<&'static str> {
    let mut wanted: Vec<(&str, &[&str])> = vec![("chromium-driver", &["chromedriver"])];
    if cfg!(target_os = "linux") {
        wanted.push(("chromium", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]));
        wanted.push(("firefox-esr", &["firefox-esr", "firefox"]));
    }
    wanted.into_iter().filter(|(_, programs)| find(programs).is_none()).map(|(package, _)| package).collect()
}

/// Installs by apt where that can be; what is still missing afterwards is the caller's to report.
fn apt_install(packages: &[&str]) {
    if find(&["apt-get"]).is_none() {
        return;
    }
    let is_root = process::output("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    let may_sudo = || process::output("sudo", &["-n", "true"]).is_some();
    let prefix: &[&str] = match (is_root, !is_root && may_sudo()) {
        (true, _) => &[],
        (false, true) => &["sudo", "-n"],
        (false, false) => return,
    };
    println!("preparing {}: by apt-get, one to three minutes", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"], arguments].concat();
        if let Err(error) = run(Command::new(words[0]).args(&words[1..])) {
            println!("{error:#}");
        }
    };
    apt(&["update"]);
    apt(&[&["install", "--no-install-recommends"], packages].concat());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_opt_is_named_as_trunk_names_it() {
        assert_eq!(trunk_name("wasm-opt version 132 (version_132)").as_deref(), Some("version_132"), "a release");
        assert_eq!(trunk_name("wasm-opt version 120").as_deref(), Some("version_120"), "Debian's form");
        assert_eq!(
            trunk_name("wasm-opt version 123-7-gabc").as_deref(),
            Some("version_123-7-gabc"),
            "built from source"
        );
        assert_eq!(trunk_name("wasm-opt version 108"), None, "too old to be used");
        assert_eq!(trunk_name("no version here"), None, "something else");
    }
}
