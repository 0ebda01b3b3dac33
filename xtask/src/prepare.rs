//! Prepares the tools that a command needs and that are missing, in `target/tools` where possible. Each preparation first
//! looks whether there is anything to do, says what it does and how long that may take, and can be interrupted and run
//! again. No other module downloads tools; only Trunk gets wasm-opt itself where there is no npm. Must not build the
//! project.

mod packages;
mod rust;

use crate::process;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the project's own tools, below the project's folder. It does not depend on `CARGO_TARGET_DIR`.
const FOLDER: &str = "target/tools";

/// A tool that a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// rustfmt and clippy.
    Lints,
    /// leptosfmt, which formats `view!`.
    Leptosfmt,
    /// Rust's standard library for wasm32.
    WasmTarget,
    /// The wasm-bindgen tools, of the version in Cargo.lock.
    WasmBindgen,
    /// Trunk, which builds the page.
    Trunk,
    /// wasm-opt, which makes the page small and the worker fast.
    WasmOpt,
    /// Node, which runs the wasm kernel tests, with npm.
    Node,
    /// The accessibility rules of the page tests.
    Axe,
    /// TypeScript, which checks the types of the scripts.
    TypeScript,
    /// Chromium and Firefox with their drivers.
    Browsers,
}

/// What a build of the page needs.
pub const PAGE: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk, Need::WasmOpt];

/// The prepared tools. Commands started through it find the project's own tools before others on the PATH.
pub struct Toolbox {
    folder: PathBuf,
}

impl Toolbox {
    /// Prepares all needs, in the order of [`Need`]: npm comes before what it installs.
    ///
    /// # Errors
    /// When one cannot be met; the text says what to do.
    pub fn prepare(root: &Path, needs: &[Need]) -> Result<Self> {
        let folder = root.join(FOLDER);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let toolbox = Self { folder };
        let mut needs = needs.to_vec();
        needs.sort_unstable();
        needs.dedup();
        for need in needs {
            toolbox.prepare_one(root, need)?;
        }
        // This only saves disk space, so failure does not matter.
        let _ = std::fs::remove_dir_all(toolbox.build_folder());
        Ok(toolbox)
    }

    fn prepare_one(&self, root: &Path, need: Need) -> Result<()> {
        match need {
            Need::Lints => rust::lints(),
            Need::Leptosfmt => rust::leptosfmt(self),
            Need::WasmTarget => rust::wasm_target(),
            Need::WasmBindgen => rust::wasm_bindgen(self, root),
            Need::Trunk => rust::trunk(self),
            Need::WasmOpt => packages::wasm_opt(self),
            Need::Node => packages::node(),
            Need::Axe => packages::axe(self),
            Need::TypeScript => packages::typescript(self),
            Need::Browsers => packages::browsers().and_then(|()| rust::geckodriver(self)),
        }
    }

    /// The program of that name: the project's own, or the one on the PATH.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        let own = self.folders().map(|folder| process::executable(&folder, name));
        own.into_iter().find(|file| file.is_file()).unwrap_or_else(|| name.into())
    }

    /// A command that finds the project's own tools before all others.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        // A program is looked up on the PATH of this process, not on the one that is set for the child.
        let mut command = Command::new(self.program(program));
        process::prepend_path(&mut command, &self.folders());
        command
    }

    /// What `program --version` prints, if it runs at all.
    #[must_use]
    pub fn version(&self, program: &str) -> Option<String> {
        let output = self.command(program).arg("--version").output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The script with the accessibility rules.
    #[must_use]
    pub fn axe(&self) -> PathBuf {
        self.folder.join("node_modules/axe-core/axe.min.js")
    }

    /// The script of the TypeScript compiler, which Node runs.
    #[must_use]
    pub fn tsc(&self) -> PathBuf {
        self.folder.join("node_modules/typescript/bin/tsc")
    }

    /// Where tools are built. It stays until all are there: they have crates in common, and an interrupted build continues where
    /// it stopped.
    fn build_folder(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Where the programs of the project's own tools are.
    fn folders(&self) -> [PathBuf; 2] {
        [self.folder.join("bin"), self.folder.join("node_modules/binaryen/bin")]
    }
}
