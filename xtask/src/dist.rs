//! Builds `dist/`: Trunk makes the parts, [`crate::carried`] the two forms that carry all parts as text.

use crate::carried;
use crate::prepare::{PAGE, Toolbox};
use crate::process::run;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What Trunk fetches when there is no wasm-opt at hand.
const TRUNK_OWN_WASM_OPT: &str = "version_123";

/// Prepares, builds and returns the folder.
///
/// # Errors
/// When a tool is missing or the project does not compile.
pub fn build(root: &Path) -> Result<PathBuf> {
    let toolbox = Toolbox::prepare(root, PAGE)?;
    println!("building the page (about four minutes the first time on two cores)");
    let mut trunk = toolbox.command("trunk");
    // Trunk takes a wasm-opt only if it is of the version it is told.
    let wasm_opt = toolbox.wasm_opt().unwrap_or_else(|| TRUNK_OWN_WASM_OPT.to_owned());
    trunk.arg("build").env("TRUNK_TOOLS_WASM_OPT", wasm_opt);
    // A backtrace of Trunk would only hide the compiler's words.
    trunk.env("RUST_BACKTRACE", "0");
    // Trunk reads NO_COLOR as a flag that wants `true`; RUSTFLAGS would replace the project's own, simd128 among them.
    trunk.env_remove("NO_COLOR").env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut trunk)?;
    let folder = root.join("dist");
    ["app", "app_full"].iter().try_for_each(|page| name_page(&folder, page))?;
    carried::write(&folder)?;
    Ok(folder)
}

/// Puts what a page's script defines under its own name: scripts of two pages may meet in one window, and each declares the
/// same one.
fn name_page(dist: &Path, page: &str) -> Result<()> {
    let file = dist.join(format!("{page}.js"));
    let script = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let named = format!("(self.snapscopePages ??= {{}}).{page} = (() => {{ {script}; return wasm_bindgen; }})();\n");
    fs::write(&file, named)?;
    Ok(())
}
