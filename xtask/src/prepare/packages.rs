//! Tools from other package managers: npm, which installs into `target/tools`, and apt on Debian. All versions from npm
//! are exact, so that a check gives the same answer everywhere.

use super::Toolbox;
use crate::process::{self, find, run};
use anyhow::{Result, bail};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// A package of npm's and its version.
struct Package {
    name: &'static str,
    version: &'static str,
}

/// wasm-opt. The sizes in `docs/measured.md` were measured with this version; the PATH may offer another one, from
/// [`OLDEST_WASM_OPT`] on.
const BINARYEN: Package = Package { name: "binaryen", version: "132.0.0" };

/// The first version of wasm-opt that reads the modules of today's Rust.
const OLDEST_WASM_OPT: u32 = 116;

/// The accessibility rules of the page tests.
const AXE: Package = Package { name: "axe-core", version: "4.14.1" };

/// The type checker of the scripts.
const TYPESCRIPT: Package = Package { name: "typescript", version: "5.9.3" };

/// wasm-opt: the one on the PATH, else npm's. Without either, Trunk downloads its own when it builds.
pub fn wasm_opt(toolbox: &Toolbox) -> Result<()> {
    if toolbox.wasm_opt().is_some() {
        return Ok(());
    }
    if find(&["npm"]).is_none() {
        println!("preparing wasm-opt: neither it nor npm is on the PATH, so Trunk will download its own");
        return Ok(());
    }
    if npm_install(toolbox, &BINARYEN, "about a minute").is_err() || toolbox.wasm_opt().is_none() {
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

/// The accessibility rules, which the page tests inject into the page. They are no part of the page itself.
pub fn axe(toolbox: &Toolbox) -> Result<()> {
    npm_install(toolbox, &AXE, "some seconds")
}

/// TypeScript, which checks the types of the scripts. Nothing is compiled with it.
pub fn typescript(toolbox: &Toolbox) -> Result<()> {
    npm_install(toolbox, &TYPESCRIPT, "some seconds")
}

/// Installs a package into `target/tools`, unless this version of it is there.
fn npm_install(toolbox: &Toolbox, package: &Package, duration: &str) -> Result<()> {
    let Package { name, version } = package;
    let manifest = fs::read_to_string(toolbox.folder.join("node_modules").join(name).join("package.json"));
    if manifest.is_ok_and(|text| is_version(&text, version)) {
        return Ok(());
    }
    println!("preparing {name} {version}: by npm, {duration}");
    let npm = find(&["npm"]).unwrap_or_else(|| "npm".into());
    let mut command = Command::new(npm);
    command.args(["install", "--no-audit", "--no-fund", "--save-exact", "--prefix"]).arg(&toolbox.folder);
    run(command.arg(format!("{name}@{version}")))
}

/// Whether the text of a `package.json` is that of this version.
fn is_version(manifest: &str, version: &str) -> bool {
    serde_json::from_str::<Value>(manifest).is_ok_and(|manifest| manifest["version"] == version)
}

/// Chromium and Firefox. On Linux the browsers themselves must be on the PATH; elsewhere their drivers find them.
pub fn browsers() -> Result<()> {
    if !missing_packages().is_empty() {
        let mut packages = missing_packages();
        // A minimal system may have no font, and without one text has no size.
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

/// The Debian packages of the programs that are not on the PATH.
fn missing_packages() -> Vec<&'static str> {
    let mut wanted: Vec<(&str, &[&str])> = vec![("chromium-driver", &["chromedriver"])];
    if cfg!(target_os = "linux") {
        wanted.push(("chromium", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]));
        wanted.push(("firefox-esr", &["firefox-esr", "firefox"]));
    }
    wanted.into_iter().filter(|(_, programs)| find(programs).is_none()).map(|(package, _)| package).collect()
}

/// Installs packages by apt, if there is apt and the right to use it. Does not report failure: the caller looks again.
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
    fn only_the_very_version_counts_as_installed() {
        let manifest = "{ \"name\": \"typescript\", \"version\": \"5.9.3\" }";
        assert!(is_version(manifest, "5.9.3"), "the one that is there");
        assert!(!is_version(manifest, "5.9"), "part of one");
        assert!(!is_version(&manifest[..30], "5.9.3"), "a file that was cut off");
    }

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
