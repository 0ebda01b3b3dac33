//! Other programs: runs them, finds them, counts the tests that they pass and skip. Must not know what they are for.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Cargo, with these arguments.
pub fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs to the end, output shown.
///
/// # Errors
/// When it cannot be started or fails; the text has the command line.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("`{line}` cannot be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// How many tests passed, and which were skipped.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that ran and passed.
    pub passed: u64,
    /// Tests that were skipped, `NAME: why` for each.
    pub skipped: Vec<String>,
}

impl Tally {
    /// Something that is no test, and passed.
    pub fn one() -> Self {
        Self { passed: 1, skipped: Vec::new() }
    }

    /// Adds what others came to.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.skipped.extend(other.skipped);
    }

    /// Takes in a line that tests print. The harness reports a skipped test as passed, so it is taken off these.
    fn read(&mut self, line: &str) {
        if let Some(said) = line.strip_prefix("skipped: ") {
            let name = |said: &str| said.split(": ").next().map(str::to_owned);
            if self.skipped.iter().all(|known| name(known) != name(said)) {
                self.skipped.push(said.to_owned());
            }
        }
        self.passed += passed_tests(line).unwrap_or(0);
    }

    /// What all lines come to.
    fn end(mut self) -> Self {
        self.passed = self.passed.saturating_sub(self.skipped.len() as u64);
        self
    }
}

/// `N passed, N failed, N skipped`, what the last line of a check says.
impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, 0 failed, {} skipped", self.passed, self.skipped.len())
    }
}

/// Runs to the end, output shown, and adds up the tests that passed as Rust's test harness reports them, and those that say that
/// they are skipped: a line `skipped: NAME: why`.
///
/// # Errors
/// When it cannot be started or fails.
pub fn run_tests(command: &mut Command) -> Result<Tally> {
    let line = line(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` cannot be started"))?;
    let stdout = child.stdout.take().expect("the output is piped two lines above");
    let mut tally = Tally::default();
    for text in BufReader::new(stdout).lines() {
        let text = text?;
        tally.read(&text);
        println!("{text}");
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(tally.end())
}

/// What a program prints to standard output, or none when it is absent or fails.
pub fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first of these programs on the PATH.
pub fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let candidates = |program: &str| {
        let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&path).map(move |folder| folder.join(&name)).collect::<Vec<_>>()
    };
    programs.iter().flat_map(|program| candidates(program)).find(|file| file.is_file())
}

/// Puts folders before all others on the PATH of this process's children.
pub fn prepend_path(command: &mut Command, folders: &[PathBuf]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&path));
    // A folder whose name holds the separator cannot stand on a PATH; then the PATH stays as it is.
    if let Ok(joined) = std::env::join_paths(all) {
        command.env("PATH", joined);
    }
}

/// The file in that folder that holds the program of that name.
pub fn executable(folder: &Path, program: &str) -> PathBuf {
    folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// `test result: ok. 12 passed; 0 failed; ...` gives 12.
fn passed_tests(line: &str) -> Option<u64> {
    let counts = line.strip_prefix("test result: ok. ")?;
    counts.split_once(" passed")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_read_off_the_result_line() {
        let line = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(passed_tests(line), Some(12), "the harness's own form");
        assert_eq!(passed_tests("test result: FAILED. 3 passed; 1 failed"), None, "a failed binary counts for nothing");
        assert_eq!(passed_tests("test it::works ... ok"), None, "single tests are not counted twice");
    }

    #[test]
    fn skipped_tests_are_counted_once_each_and_not_as_passed() {
        let lines = [
            "running 4 tests",
            "test claims::one ... ok",
            "skipped: claims::two: the text is not there",
            "skipped: claims::two: the text is not there",
            "test claims::two ... ok",
            "skipped: web/lab.rs:41: there is no built page: none",
            "test a test that says skipped: nothing ... ok",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ];
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        let mut all = Tally::one();
        all.add(tally.end());
        assert_eq!(all.to_string(), "3 passed, 0 failed, 2 skipped");
        assert_eq!(all.skipped[1], "web/lab.rs:41: there is no built page: none");
    }

    #[test]
    fn a_failing_program_is_named_in_the_error() {
        let error = run(&mut cargo(["no-such-subcommand"])).expect_err("cargo has no such subcommand");
        assert!(error.to_string().contains("cargo no-such-subcommand"), "the command line is in: {error}");
    }
}
