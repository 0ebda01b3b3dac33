//! Prepares what a command needs and is missing, inside `target/tools` where it can be. Each preparation looks
//! first, says what it does and how long it may take, and can be cut off and run again. Must not build the project.

mod packages;
mod rust;

use crate::process;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the project's own tools live, below the project's folder; independent of `CARGO_TARGET_DIR`.
const FOLDER: &str = "target/tools";

/// Something a step cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// rustfmt and clippy.
    Lints,
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
    /// Chromium and Firefox with their drivers.
    Browsers,
}

/// What a build of the page needs.
pub const PAGE: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk, Need::WasmOpt];

/// What was prepared: commands started through it find the project's own tools first.
pub struct Toolbox {
    folder: PathBuf,
}

impl Toolbox {
    /// Sees to all needs, in their order.
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
            toolbox.see_to(root, need)?;
        }
        Ok(toolbox)
    }

    fn see_to(&self, root: &Path, need: Need) -> Result<()> {
        match need {
            Need::Lints => rust::lints(),
            Need::WasmTarget => rust::wasm_target(),
            Need::WasmBindgen => rust::wasm_bindgen(self, root),
            Need::Trunk => rust::trunk(self),
            Need::WasmOpt => packages::wasm_opt(self),
            Need::Node => packages::node(),
            Need::Axe => packages::axe(self),
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
        // The PATH of the child does not count when the child itself is looked up.
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

    fn folders(&self) -> [PathBuf; 2] {
        [self.folder.join("bin"), self.folder.join("node_modules/binaryen/bin")]
    }
}
