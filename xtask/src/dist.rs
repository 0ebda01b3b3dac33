//! Builds `dist/`: Trunk makes the parts, [`crate::carried`] the two forms that carry all parts as text.

use crate::policy::{Directive, Origin, Policy, Source};
use crate::prepare::{PAGE, Toolbox};
use crate::process::run;
use crate::{carried, html};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What Trunk fetches when there is no wasm-opt at hand.
const TRUNK_OWN_WASM_OPT: &str = "version_123";

/// Names the one other origin that the built page may ask: for a chat endpoint (docs/chat-endpoint.md).
const CONNECT: &str = "SNAPSCOPE_CONNECT";

/// Prepares, builds and returns the folder.
///
/// # Errors
/// When a tool is missing or the project does not compile.
pub fn build(root: &Path) -> Result<PathBuf> {
    // Read before the minutes of building.
    let origin =
        std::env::var(CONNECT).ok().filter(|origin| !origin.is_empty()).map(|origin| read(&origin)).transpose()?;
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
    sort_functions(&toolbox, &folder.join("app_bg.wasm"))?;
    if let Some(origin) = origin {
        let file = folder.join("index.html");
        let html = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::write(&file, connected(&html, &origin)?)?;
    }
    carried::write(&folder)?;
    Ok(folder)
}

/// What wasm-opt may find in the modules: they are of 2021's browsers and newer.
const WASM_FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// Puts the functions of a module that has their names in the order of these, then drops the names. Functions that come
/// from one generic function stand side by side then, where gzip finds what they have in common: 11 KB of the page.
fn sort_functions(toolbox: &Toolbox, module: &Path) -> Result<()> {
    // Where Trunk brought its own wasm-opt there is none to call: that page only weighs more.
    if toolbox.wasm_opt().is_none() {
        return Ok(());
    }
    for pass in [&["-g", "--reorder-functions-by-name"][..], &["--strip-debug"]] {
        run(toolbox.command("wasm-opt").args(pass).args(WASM_FEATURES).arg(module).arg("-o").arg(module))?;
    }
    Ok(())
}

/// The origin that a setting of [`CONNECT`] names.
fn read(origin: &str) -> Result<Origin> {
    origin.parse().context(CONNECT)
}

/// The page, with a policy that lets it ask one more origin.
fn connected(html: &str, origin: &Origin) -> Result<String> {
    let allow: html::Change = Box::new(|meta| {
        let mut policy: Policy = meta.get_attribute("content").unwrap_or_default().parse()?;
        policy.allow(Directive::ConnectSrc, Source::Origin(origin.clone()))?;
        Ok(meta.set_attribute("content", &policy.to_string())?)
    });
    html::rewrite(html, [(html::POLICY, allow)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_origin_may_be_asked_and_nothing_else_changes() {
        let html = include_str!("../../index.html");
        let origin = read("https://api.example.com:8443").expect("an origin");
        let page = connected(html, &origin).expect("the page has a policy");
        assert!(page.contains("connect-src 'self' https://api.example.com:8443; img-src"), "the origin is allowed");
        assert_eq!(page.replace(" https://api.example.com:8443", ""), html, "and nothing else is changed");
    }

    #[test]
    fn a_page_without_a_policy_is_refused() {
        let origin = read("https://api.example.com").expect("an origin");
        for html in ["<p>", "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"] {
            connected(html, &origin).expect_err("nothing says whom this page may ask");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_by_the_name_of_the_setting() {
        let error = format!("{:#}", read("https://a; script-src *").expect_err("no origin"));
        assert!(error.starts_with("SNAPSCOPE_CONNECT: ") && error.contains("https://a; script-src *"), "{error}");
    }
}
