//! What must hold for the built page: its sizes over the wire, the instructions in the worker, and that it asks no
//! other origin for anything. Must not build.

use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;
use wasmparser::{Operator, Parser, Payload};

/// What is weighed together, and how much it may weigh: gzip -9, in KB of 1,024 bytes.
const BUDGETS: [(&str, &[&str], f64); 3] = [
    // Only for experiments on texts and in the other labs.
    ("worker of all labs", &["worker_all.js", "worker_all_bg.wasm"], 700.0),
    // Only where a student is tuned or asked.
    ("student", &["student/base.safetensors", "student/adapters.safetensors"], 5120.0),
    (
        "first view",
        // Of the languages only one is loaded.
        &["index.html", "style.css", "boot.js", "app.js", "app_bg.wasm", "worker.js", "worker_bg.wasm", "text/en.json"],
        560.0,
    ),
];

/// Checks all, and returns how many things were checked.
///
/// # Errors
/// When one does not hold; the text has the number.
pub fn check(dist: &Path) -> Result<u64> {
    for (name, files, budget) in BUDGETS {
        let mut kb = 0.0;
        for file in files {
            kb += gzipped(&read(dist, file)?)? as f64 / 1024.0;
        }
        println!("{name}: {kb:.1} KB of {budget} KB");
        ensure!(kb <= budget, "the {name} weighs {kb:.1} KB over the wire, its budget is {budget} KB");
    }
    for worker in ["worker_bg.wasm", "worker_all_bg.wasm"] {
        let (simd, relaxed) = vector_instructions(&read(dist, worker)?)?;
        println!("{worker}: {simd} SIMD instructions, {relaxed} relaxed ones");
        ensure!(simd > 100, "{worker} has {simd} SIMD instructions: simd128 was off when it was built");
        ensure!(relaxed == 0, "{worker} has {relaxed} relaxed SIMD instructions, whose results differ by machine");
    }
    for file in ["index.html", "style.css"] {
        let text = String::from_utf8(read(dist, file)?).with_context(|| format!("{file} is no text"))?;
        if let Some(address) = foreign_address(&text) {
            bail!("{file} names another origin: {address}");
        }
    }
    Ok(BUDGETS.len() as u64 + 5)
}

fn read(dist: &Path, file: &str) -> Result<Vec<u8>> {
    fs::read(dist.join(file)).with_context(|| format!("cannot read dist/{file}"))
}

fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// How many SIMD and relaxed SIMD instructions a module has.
fn vector_instructions(wasm: &[u8]) -> Result<(usize, usize)> {
    let (mut simd, mut relaxed) = (0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload? else { continue };
        for operator in body.get_operators_reader()? {
            match proposal(&operator?) {
                "simd" => simd += 1,
                "relaxed_simd" => relaxed += 1,
                _ => {}
            }
        }
    }
    Ok((simd, relaxed))
}

/// The WebAssembly proposal an instruction came with.
fn proposal(operator: &Operator) -> &'static str {
    macro_rules! name {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            match operator {
                $(Operator::$op { .. } => stringify!($proposal),)*
                _ => "unknown",
            }
        };
    }
    wasmparser::for_each_operator!(name)
}

/// The first address of another origin that a page or a style sheet would ask for. Names of XML namespaces are never
/// asked for.
fn foreign_address(text: &str) -> Option<&str> {
    let starts = text.match_indices("//").map(|(start, _)| start);
    starts
        .filter_map(|start| {
            let before = &text[..start];
            let scheme = before.trim_end_matches("https:").trim_end_matches("http:");
            let opened = scheme.ends_with(['"', '\'', '(', '=', ' ']);
            let address = text[start..].split(['"', '\'', ')', ' ', '>', '<']).next()?;
            let is_host = address.len() > 2 && address[2..].starts_with(|c: char| c.is_ascii_alphanumeric());
            (opened && is_host && address != "//www.w3.org/2000/svg").then_some(address)
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one function with this body, after the magic, type, function and code headers.
    fn module(body: &[u8]) -> Vec<u8> {
        let code = [&[1, body.len() as u8 + 2, 0], body, &[11]].concat();
        let head = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a";
        [head, &[code.len() as u8][..], &code].concat()
    }

    #[test]
    fn vector_instructions_are_told_from_relaxed_ones() {
        let zero = [[0xfd, 0x0c].as_slice(), &[0; 16]].concat();
        let three = [zero.clone(), zero.clone(), zero].concat();
        let add = [&three[..], &[0xfd, 0xe4, 0x01, 0x1a, 0x1a]].concat();
        assert_eq!(vector_instructions(&module(&add)).expect("it parses"), (4, 0), "three constants and an addition");
        let relaxed = [&three[..], &[0xfd, 0x85, 0x02, 0x1a]].concat();
        assert_eq!(vector_instructions(&module(&relaxed)).expect("it parses"), (3, 1), "a relaxed multiply-add");
        vector_instructions(b"no wasm").expect_err("something else is refused");
    }

    #[test]
    fn foreign_addresses_are_found_where_they_would_be_asked_for() {
        for text in ["<script src=\"https://cdn.example/x.js\">", "url(//cdn.example/f.woff)", "src='http://a.example'"]
        {
            assert!(foreign_address(text).is_some(), "{text} asks another origin");
        }
        for text in ["// a comment", "xmlns='http://www.w3.org/2000/svg'", "<link href=\"./a//b.css\">"] {
            assert_eq!(foreign_address(text), None, "{text} asks nobody");
        }
    }

    #[test]
    fn sizes_are_those_of_gzip() {
        let size = gzipped(&[7; 4096]).expect("memory can be written");
        assert!((20..100).contains(&size), "4,096 equal bytes press to some dozens, not {size}");
    }
}
