//! What must hold for the built page: its sizes over the wire, the instructions in its workers, and that it asks no
//! other origin for anything. Must not build.

use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;
use wasmparser::{Operator, Parser, Payload};

/// Files that are loaded together, and what they may weigh at most.
struct Budget {
    name: &'static str,
    /// In `dist/`.
    files: &'static [&'static str],
    /// Sum over the files, each compressed by gzip -9, in KB of 1,024 bytes.
    most_kb: f64,
}

/// Page and small worker: all that is loaded before the first picture moves. Of the languages only one is loaded.
const FIRST_VIEW: Budget = Budget {
    name: "first view",
    files: &[
        "index.html",
        "style.css",
        "boot.js",
        "app.js",
        "app_bg.wasm",
        "worker.js",
        "worker_bg.wasm",
        "text/en.json",
    ],
    most_kb: 560.0,
};

/// The module of the small worker, which has one lab. A second lab that is linked by accident breaks this budget long
/// before that of the first view.
const SMALL_WORKER: Budget = Budget { name: "small worker's module", files: &["worker_bg.wasm"], most_kb: 110.0 };

/// The worker of all labs, loaded for experiments on texts and in the other labs.
const WORKER_OF_ALL_LABS: Budget =
    Budget { name: "worker of all labs", files: &["worker_all.js", "worker_all_bg.wasm"], most_kb: 700.0 };

/// The student, loaded where one is fine-tuned or asked.
const STUDENT: Budget = Budget {
    name: "student",
    files: &["student/base.safetensors", "student/adapters.safetensors"],
    most_kb: 5.0 * 1024.0,
};

const BUDGETS: [Budget; 4] = [FIRST_VIEW, SMALL_WORKER, WORKER_OF_ALL_LABS, STUDENT];

/// The modules that compute, both with 128-bit vectors.
const WORKERS: [&str; 2] = ["worker_bg.wasm", "worker_all_bg.wasm"];

/// The files whose addresses the browser follows by itself.
const PAGES: [&str; 2] = ["index.html", "style.css"];

/// Checks all, and returns how many things were checked.
///
/// # Errors
/// When one does not hold; the text has the number.
pub fn check(dist: &Path) -> Result<u64> {
    for budget in &BUDGETS {
        within(dist, budget)?;
    }
    for worker in WORKERS {
        let (simd, relaxed) = vector_instructions(&read(dist, worker)?)?;
        println!("{worker}: {simd} SIMD instructions, {relaxed} relaxed ones");
        ensure!(simd > 100, "{worker} has {simd} SIMD instructions: simd128 was off when it was built");
        ensure!(relaxed == 0, "{worker} has {relaxed} relaxed SIMD instructions, whose results differ by machine");
    }
    for file in PAGES {
        let text = String::from_utf8(read(dist, file)?).with_context(|| format!("{file} is no text"))?;
        if let Some(address) = foreign_address(&text) {
            bail!("{file} names another origin: {address}");
        }
    }
    // A worker is checked for two things.
    Ok((BUDGETS.len() + 2 * WORKERS.len() + PAGES.len()) as u64)
}

/// Prints what the files of a budget weigh, one by one and in total, and checks the total.
fn within(dist: &Path, budget: &Budget) -> Result<()> {
    let Budget { name, files, most_kb } = budget;
    let mut total_kb = 0.0;
    for file in *files {
        let kb = gzipped(&read(dist, file)?)? as f64 / 1024.0;
        total_kb += kb;
        println!("  {kb:8.1} KB {file}");
    }
    println!("{name}: {total_kb:.1} KB in total of {most_kb} KB");
    ensure!(total_kb <= *most_kb, "the {name} weighs {total_kb:.1} KB over the wire, its budget is {most_kb} KB");
    Ok(())
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
    fn relaxed_instructions_are_counted_apart_from_other_simd_instructions() {
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
    fn what_is_over_its_budget_is_named_with_its_size() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let budget = |most_kb| Budget { name: "manifest", files: &["Cargo.toml", "src/main.rs"], most_kb };
        within(package, &budget(100.0)).expect("two small texts");
        let error = within(package, &budget(0.5)).expect_err("together they are larger").to_string();
        assert!(error.starts_with("the manifest weighs ") && error.ends_with("its budget is 0.5 KB"), "{error}");
        within(package, &Budget { name: "nothing", files: &["absent"], most_kb: 1.0 }).expect_err("a file is missing");
    }

    #[test]
    fn sizes_are_those_of_gzip() {
        let size = gzipped(&[7; 4096]).expect("memory can be written");
        assert!((20..100).contains(&size), "4,096 equal bytes press to some dozens, not {size}");
    }
}
