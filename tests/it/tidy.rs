//! House rules that the compiler does not hold: the table of imports, a first `//!` in every file, `cfg(target…)` on
//! `mod` lines and in the mains only.

use std::fs;
use std::path::{Path, PathBuf};

/// Which of our modules each module may use (README, "How the code is laid out").
const MAY_USE: &[(&str, &[&str])] = &[
    ("random", &["kernels"]),
    ("experiment", &[]),
    ("optimizer", &["kernels"]),
    ("transformer", &["kernels", "random", "json"]),
    ("run", &["experiment"]),
    ("labs", &["run", "experiment", "json", "transformer", "optimizer", "kernels", "random"]),
    ("protocol", &["experiment", "run"]),
    ("session", &["protocol", "labs", "run", "experiment"]),
    ("chart", &["run", "number"]),
    ("json", &["experiment"]),
    ("endpoint", &["json"]),
    ("view", &["protocol", "experiment", "run", "number", "endpoint", "json"]),
    ("bench", &["labs", "transformer", "optimizer", "kernels", "experiment", "run", "random"]),
    ("worker", &["session", "labs", "protocol", "run"]),
    ("app", &["view", "chart", "protocol", "experiment", "run", "number", "endpoint"]),
    ("cli", &["session", "protocol", "labs", "transformer", "chart", "bench", "experiment", "run", "endpoint"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the sources are there");
    for path in entries.map(|entry| entry.expect("a readable entry").path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file below `src` with its path from there and its text.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).expect("found below the root").display().to_string();
        (name.replace('\\', "/"), fs::read_to_string(&path).expect("UTF-8 sources"))
    };
    found.into_iter().map(read).collect()
}

/// Modules of ours that a line names by `crate::`.
fn named(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    let after = code.split("crate::").skip(1);
    after
        .flat_map(|rest| {
            let list = rest.strip_prefix('{').map(|list| list.split('}').next().unwrap_or(list));
            let parts: Vec<&str> = list.map_or_else(|| vec![rest], |list| list.split(',').collect());
            parts
                .into_iter()
                .map(|part| part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
        })
        .filter(|name| MAY_USE.iter().any(|(module, _)| module == name) || *name == "kernels")
        .collect()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut broken = Vec::new();
    for (name, text) in files() {
        let module = name.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == module) else { continue };
        // Tests may build what they need.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines() {
            // The one place of `experiment` that names labs: the registry of their settings.
            if name == "experiment/lab.rs" && line.contains("crate::labs::$module::settings") {
                continue;
            }
            for import in named(line).into_iter().filter(|import| *import != module && !allowed.contains(import)) {
                broken.push(format!("{name}: {module} may not use {import}: {}", line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_opens_by_saying_what_it_does() {
    let silent: Vec<String> =
        files().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "no //! at the top of {silent:?}");
}

#[test]
fn targets_are_told_apart_on_mod_lines_and_in_the_mains_only() {
    let mut stray = Vec::new();
    for (name, text) in files() {
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("cfg(") && line.contains("target_"))
        {
            let next = lines[i + 1..].iter().find(|line| !line.trim_start().starts_with("#[")).copied().unwrap_or("");
            if !name.starts_with("bin/")
                && !next.trim_start().starts_with("pub mod")
                && !line.trim_start().starts_with("//")
            {
                stray.push(format!("{name}:{}", i + 1));
            }
        }
    }
    assert!(stray.is_empty(), "cfg(target…) at {stray:?}");
}

#[test]
fn only_app_worker_and_their_mains_name_the_web() {
    let mut broken = Vec::new();
    for (name, text) in files() {
        let is_web =
            ["app", "worker", "bin/app", "bin/worker", "bin/bench"].iter().any(|start| name.starts_with(start));
        for word in ["web_sys", "js_sys", "leptos::", "wasm_bindgen"] {
            if !is_web && text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word)) {
                broken.push(format!("{name} names {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
