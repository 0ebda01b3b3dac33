//! House rules that the compiler does not hold: the table of imports, a first `//!` in every file, `cfg(target…)` on
//! `mod` lines and in the mains only.

mod imports;
mod source;

use imports::Graph;
use std::fs;
use std::path::{Path, PathBuf};

/// The table of imports: which folders the files of each folder may use. A row covers a module and all modules below it that have
/// no row of their own; these may use each other. `labs/*` is the registry with all labs, `kernels` the crate of that name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("random", &["kernels"]),
    ("number", &[]),
    ("json", &["experiment"]),
    ("optimizer", &["kernels"]),
    ("transformer", &["kernels", "random", "json"]),
    ("experiment", &[]),
    ("frame", &[]),
    ("run", &["experiment", "frame"]),
    ("report", &["experiment", "run"]),
    ("protocol", &["experiment", "run"]),
    // The registry, and what it hands to every lab.
    ("labs", &["labs/*", "experiment", "run"]),
    ("labs/library", &["experiment"]),
    ("labs/entry", &["labs/library", "experiment", "run"]),
    ("labs/attribution", &["random"]),
    // A row for each lab: labs do not use each other.
    (
        "labs/scan_snap",
        &[
            "labs/entry",
            "labs/library",
            "experiment",
            "frame",
            "run",
            "json",
            "transformer",
            "optimizer",
            "kernels",
            "random",
        ],
    ),
    (
        "labs/encoding",
        &[
            "labs/entry",
            "labs/library",
            "labs/attribution",
            "experiment",
            "frame",
            "run",
            "json",
            "transformer",
            "optimizer",
            "kernels",
            "random",
        ],
    ),
    (
        "labs/tool_use",
        &[
            "labs/entry",
            "labs/library",
            "labs/attribution",
            "experiment",
            "frame",
            "run",
            "json",
            "transformer",
            "optimizer",
            "kernels",
            "random",
        ],
    ),
    ("session", &["labs", "labs/entry", "labs/library", "experiment", "run", "protocol"]),
    ("endpoint", &["json"]),
    ("chart", &["frame", "run", "number"]),
    ("view", &["experiment", "frame", "run", "protocol", "number", "endpoint", "json"]),
    ("page", &["view", "chart", "experiment", "frame", "run", "report", "protocol", "number", "endpoint"]),
    ("worker", &["session", "labs/entry", "protocol", "experiment", "run"]),
    ("bench", &["labs/*", "transformer", "optimizer", "kernels", "experiment", "run", "random"]),
    (
        "cli",
        &[
            "session",
            "protocol",
            "labs/*",
            "transformer",
            "chart",
            "bench",
            "experiment",
            "frame",
            "run",
            "report",
            "endpoint",
        ],
    ),
];

/// Imports against the table that there are today: the file, and the row that it uses. The list only shrinks.
const AGAINST_THE_TABLE: &[(&str, &str)] = &[
    // The attention of a model of Scan & Snap is one of the explanations.
    ("labs/encoding/sequences.rs", "labs/scan_snap"),
];

/// Folders whose files must not import each other in circles, each with the imports on circles that there are today. The lists only
/// shrink. A folder includes the file beside it: `page` is `page.rs` and all of `page/`.
const NO_CIRCLES: &[(&str, &[(&str, &str)])] =
    &[(PAGE, &[]), ("labs/scan_snap", &[]), ("labs/encoding", &[]), ("labs/tool_use", &[])];

/// The page in leptos.
const PAGE: &str = "page";

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

/// Whether a module is this one or below it.
fn is_below(module: &str, folder: &str) -> bool {
    module.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The row of the table that a module belongs to: the longest that it is below. The settings of a lab belong to `experiment` and its
/// frames to `frame`, which have them by their registries: they know no more than these do.
fn row(module: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    let in_lab = module.strip_prefix("labs/").and_then(|rest| rest.split_once('/'));
    let is = |name: &str| in_lab.is_some_and(|(lab, rest)| !lab.is_empty() && is_below(rest, name));
    let module = match () {
        () if is("settings") => "experiment",
        () if is("frame") => "frame",
        () => module,
    };
    MAY_USE.iter().filter(|(row, _)| is_below(module, row)).max_by_key(|(row, _)| row.len())
}

/// What in the code of `graph` is against the table: the file, the row that it uses, and a line about it.
fn against_the_table(graph: &Graph) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (file, import, defining) in graph.imports().filter(|(file, ..)| *file != "lib.rs") {
        let written = import.path.join("::");
        let Some((name, allowed)) = row(file.trim_end_matches(".rs")) else {
            found.push((file.to_owned(), String::new(), format!("{file}: no row of the table covers it")));
            continue;
        };
        // What the crate's root passes on, `kernels`, has no file here.
        let module =
            if defining.is_empty() { import.path.first().cloned().unwrap_or_default() } else { defining.join("/") };
        let used = row(&module).map_or(module.as_str(), |(name, _)| *name);
        let allows =
            |allowed: &str| allowed == used || allowed.strip_suffix("/*").is_some_and(|all| is_below(used, all));
        if used != *name && !allowed.iter().any(|allowed| allows(allowed)) {
            let line = format!("{file}:{}: {name} may not use {used}: {written}", import.line);
            found.push((file.to_owned(), used.to_owned(), line));
        }
    }
    found
}

#[test]
fn folders_import_only_what_the_table_allows() {
    let found = against_the_table(&Graph::read(&files()));
    let is_known = |file: &str, used: &str| AGAINST_THE_TABLE.contains(&(file, used));
    let mut wrong: Vec<String> =
        found.iter().filter(|(file, used, _)| !is_known(file, used)).map(|(.., line)| line.clone()).collect();
    wrong.dedup();
    let is_met = |known: &&(&str, &str)| found.iter().any(|(file, used, _)| (file.as_str(), used.as_str()) == **known);
    let gone = AGAINST_THE_TABLE.iter().filter(|known| !is_met(known));
    wrong.extend(gone.map(|(file, used)| format!("{file} does not use {used} any more: take it out of the list")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_after_the_tests_of_a_file_are_held_against_the_table_and_labs_have_rows_of_their_own() {
    let late = "#[cfg(test)]\nmod tests { use crate::session::Session; }\nuse crate::{run, session::{self, Session}};";
    let files = [
        ("lib.rs", ""),
        ("run.rs", ""),
        ("session.rs", "pub struct Session;"),
        ("chart.rs", late),
        ("labs.rs", ""),
        ("labs/scan_snap.rs", "fn f() { crate::labs::tool_use::student::of() }"),
        ("labs/tool_use.rs", "mod student;"),
        ("labs/tool_use/student.rs", "use crate::kernels::TABLE;"),
        ("nowhere/at/all.rs", "use crate::run;"),
    ];
    let files: Vec<(String, String)> = files.map(|(file, text)| (file.to_owned(), text.to_owned())).into();
    let lines: Vec<String> = against_the_table(&Graph::read(&files)).into_iter().map(|(.., line)| line).collect();
    let wanted = [
        "chart.rs:3: chart may not use session: session",
        "chart.rs:3: chart may not use session: session::Session",
        "labs/scan_snap.rs:1: labs/scan_snap may not use labs/tool_use: labs::tool_use::student::of",
        "nowhere/at/all.rs: no row of the table covers it",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn every_folder_that_is_named_here_is_there() {
    let files = files();
    let is_there = |name: &&str| files.iter().any(|(file, _)| is_below(file.trim_end_matches(".rs"), name));
    let of_table = MAY_USE.iter().flat_map(|(name, allowed)| [*name].into_iter().chain(allowed.iter().copied()));
    let of_circles = NO_CIRCLES.iter().map(|(folder, _)| *folder).filter(|folder| *folder != PAGE);
    let named = of_table.chain(of_circles).map(|name| name.trim_end_matches("/*")).filter(|name| *name != "kernels");
    let gone: Vec<&str> = named.filter(|name| !is_there(name)).collect();
    assert!(gone.is_empty(), "there is no {gone:?} below src");
}

#[test]
fn files_of_a_folder_do_not_import_each_other_in_circles() {
    let graph = Graph::read(&files());
    let mut wrong = Vec::new();
    for (folder, today) in NO_CIRCLES {
        let short = |file: &str| file.trim_start_matches(folder).trim_matches('/').trim_end_matches(".rs").to_owned();
        let found = graph.circles(folder);
        let pairs: Vec<(String, String)> = found.iter().map(|(from, to, _)| (short(from), short(to))).collect();
        let is = |pair: &(String, String), known: &(&str, &str)| (pair.0.as_str(), pair.1.as_str()) == *known;
        for (edge, pair) in found.iter().zip(&pairs) {
            if !today.iter().any(|known| is(pair, known)) {
                wrong.push(graph.describe(folder, edge));
            }
        }
        for known in today.iter().filter(|known| !pairs.iter().any(|pair| is(pair, known))) {
            wrong.push(format!(
                "{folder}: {} -> {} is on no circle any more: take it out of the list",
                known.0, known.1
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
            ["app", "page", "worker", "bin/app", "bin/worker", "bin/bench"].iter().any(|start| name.starts_with(start));
        for word in ["web_sys", "js_sys", "leptos::", "wasm_bindgen"] {
            if !is_web && text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word)) {
                broken.push(format!("{name} names {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
