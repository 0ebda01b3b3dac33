//! `cargo xtask test`: everything that must hold, quick checks first. A check is a row of [`CHECKS`]; the work is done by
//! other programs, [`crate::dist`] and [`crate::built`].

use crate::prepare::{Need, PAGE, Toolbox};
use crate::process::{Tally, cargo, run as run_command, run_tests};
use crate::{built, dist};
use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The sources of the page, all that hold `view!`: a file and a folder.
const PAGE_SOURCES: [&str; 2] = ["src/page.rs", "src/page"];

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Options of `cargo xtask test`.
#[derive(Args)]
pub struct Options {
    /// Run only this check; may be given more than once
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,
    /// List the checks
    #[arg(long)]
    list: bool,
}

struct Check {
    name: &'static str,
    what: &'static str,
    needs: &'static [Need],
    run: fn(&Path, &Toolbox) -> Result<Tally>,
}

const CHECKS: &[Check] = &[
    Check { name: "format", what: "rustfmt finds nothing to change", needs: &[Need::Lints], run: |_, _| format() },
    Check { name: "views", what: "leptosfmt finds nothing to change", needs: &[Need::Leptosfmt], run: views },
    Check {
        name: "scripts",
        what: "TypeScript finds no type error in the scripts",
        needs: &[Need::Node, Need::TypeScript],
        run: scripts,
    },
    Check {
        name: "clippy",
        what: "no warnings, native",
        needs: &[Need::Lints],
        run: |_, _| clippy(&["--workspace", "--all-targets"]),
    },
    Check {
        name: "clippy-page",
        what: "no warnings, page",
        needs: LINT_WASM,
        // With its tests: those of the page state are in the library.
        run: |_, _| clippy_wasm(&["--lib", "--profile", "test"]),
    },
    Check {
        name: "clippy-worker",
        what: "no warnings, both workers, wasm tests",
        needs: LINT_WASM,
        run: |_, _| clippy_wasm(&["--bin", "worker", "--bin", "worker_all", "--test", "wasm", "--no-default-features"]),
    },
    Check { name: "native", what: "native tests", needs: &[], run: |_, _| native() },
    Check {
        name: "wasm",
        what: "kernels and digests in wasm",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Node],
        run: wasm,
    },
    Check {
        name: "new-lab",
        what: "a lab opens in the page by its entries alone, in Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Browsers],
        run: new_lab,
    },
    Check { name: "build", what: "dist/ builds", needs: PAGE, run: |root, _| dist::build(root).map(|_| Tally::one()) },
    Check {
        name: "budgets",
        what: "sizes and instructions of dist/",
        needs: &[],
        run: |root, _| {
            let passed = built::check(&root.join("dist"))?;
            Ok(Tally { passed, ..Tally::default() })
        },
    },
    Check {
        name: "page",
        what: "dist/ in Chromium and Firefox",
        needs: &[Need::Node, Need::Axe, Need::Browsers],
        run: page,
    },
];

const LINT_WASM: &[Need] = &[Need::Lints, Need::WasmTarget];

/// Prepares, then runs the checks up to the first failure. The last line counts: `N passed, N failed, N skipped`; the lines above
/// it say which tests were skipped, and why.
///
/// # Errors
/// When a check fails or there is none of that name.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    if options.list {
        CHECKS.iter().for_each(|check| println!("{:14} {}", check.name, check.what));
        return Ok(());
    }
    if let Some(name) = options.only.iter().find(|name| CHECKS.iter().all(|check| check.name != name.as_str())) {
        bail!("there is no check called {name}; cargo xtask test --list shows all");
    }
    let asked = |check: &&Check| options.only.is_empty() || options.only.iter().any(|name| name == check.name);
    let checks: Vec<&Check> = CHECKS.iter().filter(asked).collect();
    let needs: Vec<Need> = checks.iter().flat_map(|check| check.needs).copied().collect();
    // All tools come first, so that nobody has to wait for one in the middle.
    let toolbox = Toolbox::prepare(root, &needs)?;
    let mut all = Tally::default();
    for (index, check) in checks.iter().enumerate() {
        println!("\n[{}/{}] {}: {}", index + 1, checks.len(), check.name, check.what);
        #[expect(clippy::disallowed_methods, reason = "xtask never runs on wasm, where there is no clock")]
        let start = Instant::now();
        let outcome = (check.run)(root, &toolbox);
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(tally) => {
                println!("{}: passed in {seconds:.1} s", check.name);
                all.add(tally);
            }
            Err(error) => {
                let (passed, skipped) = (all.passed, all.skipped.len());
                println!("{}: FAILED after {seconds:.1} s\n{passed} passed, 1 failed, {skipped} skipped", check.name);
                return Err(error.context(anyhow!("the check `{}` does not hold", check.name)));
            }
        }
    }
    println!();
    all.skipped.iter().for_each(|skipped| println!("skipped: {skipped}"));
    println!("{all}");
    Ok(())
}

fn done(mut command: Command) -> Result<Tally> {
    run_command(&mut command).map(|()| Tally::one())
}

fn format() -> Result<Tally> {
    done(cargo(["fmt", "--all", "--check"]))
}

/// leptosfmt formats what is inside `view!`, rustfmt everything else (`leptosfmt.toml`).
fn views(root: &Path, toolbox: &Toolbox) -> Result<Tally> {
    let files = PAGE_SOURCES.iter().map(|source| rust_files(&root.join(source))).sum::<Result<usize>>()?;
    let output = toolbox.command("leptosfmt").arg("--check").args(PAGE_SOURCES).output().context("leptosfmt")?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    // The whole text has every line of every file that is not formatted; the lines with a cross name the files.
    let named = text.lines().filter(|line| line.starts_with('❌') && line.contains(".rs"));
    named.filter_map(|line| line.split(" is not ").next()).for_each(|line| println!("{line}"));
    let program = toolbox.program("leptosfmt");
    let sources = PAGE_SOURCES.join(" ");
    ensure!(output.status.success(), "views are not formatted: run `{} {sources}`", program.display());
    // leptosfmt succeeds even if it cannot parse a file.
    let checked = text.lines().filter(|line| line.starts_with('✅')).count();
    ensure!(checked == files, "leptosfmt checked {checked} of {files} files");
    Ok(Tally::one())
}

/// How many Rust sources there are at a path: a file or a folder.
fn rust_files(path: &Path) -> Result<usize> {
    if !path.is_dir() {
        return Ok(usize::from(path.extension().is_some_and(|extension| extension == "rs")));
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    entries.map(|entry| rust_files(&entry?.path())).sum()
}

fn scripts(root: &Path, toolbox: &Toolbox) -> Result<Tally> {
    let mut command = toolbox.command("node");
    command.arg(toolbox.tsc()).arg("--project").arg(root.join("xtask/js/tsconfig.json"));
    done(command)
}

fn clippy(what: &[&str]) -> Result<Tally> {
    let mut command = cargo(["clippy"]);
    command.args(what).args(["--", "-D", "warnings"]);
    done(command)
}

fn clippy_wasm(what: &[&str]) -> Result<Tally> {
    clippy(&[&WASM, what].concat())
}

/// All but the page tests, which need the built page and would skip themselves here. Of the mains only that of xtask has tests.
fn native() -> Result<Tally> {
    run_tests(&mut cargo(["test", "--workspace", "--lib", "--bin", "xtask", "--test", "it"]))
}

fn wasm(_root: &Path, toolbox: &Toolbox) -> Result<Tally> {
    let mut command = cargo(["test", "--no-default-features", "--test", "wasm"]);
    command.args(WASM).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", toolbox.program("wasm-bindgen-test-runner"));
    run_tests(&mut command)
}

/// The tests of the library that need a browser. Its other tests ran natively.
fn new_lab(root: &Path, toolbox: &Toolbox) -> Result<Tally> {
    let mut command = cargo(["test", "--lib", "--profile", "page-test"]);
    command.args(WASM).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", toolbox.program("wasm-bindgen-test-runner"));
    command.env("CHROMEDRIVER", toolbox.program("chromedriver"));
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", root.join("xtask/js/webdriver.json"));
    run_tests(&mut command)
}

fn page(root: &Path, toolbox: &Toolbox) -> Result<Tally> {
    // One at a time: two training pages on two cores would measure each other.
    let mut command = cargo(["test", "--workspace", "--test", "web", "--", "--test-threads", "1"]);
    command.env("SNAPSCOPE_SITE_DIR", root.join("dist")).env("SNAPSCOPE_AXE", toolbox.axe());
    command.env("SNAPSCOPE_GECKODRIVER", toolbox.program("geckodriver"));
    run_tests(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_its_own_name() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(CHECKS[..index].iter().all(|before| before.name != check.name), "{} is there twice", check.name);
        }
    }

    #[test]
    fn an_unknown_check_is_named_before_anything_is_prepared() {
        let options = Options { only: vec!["nonsense".to_owned()], list: false };
        let error = run(Path::new("/nonexistent"), &options).expect_err("there is no such check");
        assert!(error.to_string().contains("nonsense"), "the name is in: {error}");
    }
}
