//! Builds the page: Trunk makes the parts, then the two forms that carry all parts as text are put together.

use crate::{command, prepare, root, run};
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds `dist/` and returns it.
pub fn build() -> Result<PathBuf> {
    let wasm_opt = prepare::for_build()?;
    let mut trunk = command(prepare::tool("trunk"), &["build", "--release"]);
    let mut path = vec![prepare::tools().join("bin")];
    if let Some((dir, version)) = wasm_opt {
        path.push(dir);
        trunk.arg("--offline").env("TRUNK_TOOLS_WASM_OPT", version);
    }
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    trunk.env("PATH", std::env::join_paths(path)?);
    // Trunk reads it as a flag with a value, and some machines set it to 1.
    trunk.env_remove("NO_COLOR").env_remove("RUSTFLAGS");
    println!("Building the page; the first time takes some minutes.");
    run(trunk)?;
    let dist = root().join("dist");
    carry(&dist)?;
    Ok(dist)
}

/// Writes `fallback.js`, for origins that may not fetch, and `snapscope-offline.html`, one file for everything.
fn carry(dist: &Path) -> Result<()> {
    let bytes = |name: &str| fs::read(dist.join(name)).with_context(|| format!("dist/{name}"));
    let text = |name: &str| String::from_utf8(bytes(name)?).with_context(|| format!("dist/{name}"));
    let inline = format!(
        "self.snapscopeInline = {{ app: \"{}\", worker: \"{}\", workerJs: {} }};\n",
        STANDARD.encode(bytes("app_bg.wasm")?),
        STANDARD.encode(bytes("worker_bg.wasm")?),
        quoted(&text("worker.js")?),
    );
    fs::write(dist.join("fallback.js"), &inline)?;

    let scripts = [inline, text("app.js")?, text("boot.js")?];
    let style = text("style.css")?;
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let hashes: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; worker-src blob:; style-src {}; img-src data: blob:; base-uri 'none'; form-action 'none'",
        hashes.join(" "),
        hash(&style),
    );
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Snapscope</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"snapscope-link\" content=\"\">\n<style>{style}</style>\n</head>\n\
         <body>\n<p id=\"boot\" role=\"status\">Snapscope is starting.</p>\n{}</body>\n</html>\n",
        scripts.iter().map(|script| format!("<script>{script}</script>\n")).collect::<String>(),
    );
    fs::write(dist.join("snapscope-offline.html"), page)?;
    Ok(())
}

/// A JavaScript string that can stand in a script of an HTML page.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '<' | '\r' | '\u{2028}' | '\u{2029}' => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
