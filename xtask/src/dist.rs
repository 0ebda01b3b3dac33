//! Builds `dist/`: Trunk makes the parts, [`crate::carried`] the two forms that carry all parts as text.

use crate::carried;
use crate::prepare::{PAGE, Toolbox};
use crate::process::run;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// What Trunk fetches when there is no wasm-opt at hand.
const TRUNK_OWN_WASM_OPT: &str = "version_123";

/// Names the one other origin that the built page may ask: for a chat endpoint (docs/chat-endpoint.md).
const CONNECT: &str = "SNAPSCOPE_CONNECT";
/// Whom the page may ask otherwise.
const OWN_ONLY: &str = "connect-src 'self'";

/// Prepares, builds and returns the folder.
///
/// # Errors
/// When a tool is missing or the project does not compile.
pub fn build(root: &Path) -> Result<PathBuf> {
    let origin = std::env::var(CONNECT).ok().filter(|origin| !origin.is_empty());
    // Before the minutes of building.
    origin.as_deref().map_or(Ok(()), check_origin)?;
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
    if let Some(origin) = origin {
        let file = folder.join("index.html");
        let html = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::write(&file, connected(&html, &origin)?)?;
    }
    carried::write(&folder)?;
    Ok(folder)
}

/// Sees that a text is an origin, which can stand in a policy and ends nothing there.
fn check_origin(origin: &str) -> Result<()> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    ensure!(
        !host.is_empty() && host.chars().all(is_plain),
        "{CONNECT}: {origin} is not allowed, expected an origin such as https://api.example.com"
    );
    Ok(())
}

/// The page, allowed to ask one more origin.
fn connected(html: &str, origin: &str) -> Result<String> {
    check_origin(origin)?;
    ensure!(html.matches(OWN_ONLY).count() == 1, "index.html says `{OWN_ONLY}` not just once");
    Ok(html.replace(OWN_ONLY, &format!("{OWN_ONLY} {origin}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_origin_may_be_asked_and_nothing_else_changes() {
        let html = include_str!("../../index.html");
        let page = connected(html, "https://api.example.com:8443").expect("the page has a policy");
        assert!(page.contains("connect-src 'self' https://api.example.com:8443; img-src"), "the origin is allowed");
        assert_eq!(page.replace(" https://api.example.com:8443", ""), html, "and nothing else is changed");
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in
            ["api.example.com", "https://", "https://a/v1", "https://a; script-src *", "https://a\">", "https://a b"]
        {
            let error = check_origin(text).expect_err("no origin").to_string();
            assert!(error.starts_with("SNAPSCOPE_CONNECT: ") && error.contains(text), "{error}");
        }
    }
}
