//! The documents: what they link to is there, what comments point to is there, the README stays a front door, and the
//! workflow runs the command that the README names.

use snapscope::experiment::Lab;
use std::fs;
use std::path::{Path, PathBuf};

/// The command that checks everything, as the README, `.ci/run` and the workflow say it.
const TEST_COMMAND: &str = "cargo xtask test";
/// Most words of the README: what is more belongs in `docs/`.
const MOST_WORDS: usize = 720;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below `folder` whose name ends in one of `endings`, by their path from the root.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("a readable entry").path();
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// The documents of the root and of `docs/`.
fn documents() -> Vec<String> {
    let at_root = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    at_root.into_iter().chain(files("docs", &[".md"])).collect()
}

/// Sources with comments, but this file, which names what it looks for.
fn sources() -> Vec<String> {
    let folders = ["src", "kernels/src", "xtask/src", "tests", "fuzz/fuzz_targets", "public", "style"];
    let all = folders.iter().flat_map(|folder| files(folder, &[".rs", ".js", ".css", ".html", ".py"]));
    all.filter(|name| name != "tests/it/docs.rs").collect()
}

/// A heading as the address of a link writes it: lower case, spaces as hyphens, most other signs left out.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Its headings, outside of code.
fn headings(document: &str) -> Vec<String> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in document.lines() {
        is_code ^= line.starts_with("```");
        if !is_code && line.starts_with('#') {
            found.push(line.trim_start_matches('#').trim().to_owned());
        }
    }
    found
}

#[test]
fn links_of_documents_lead_to_files_and_headings_that_are_there() {
    let mut broken = Vec::new();
    for name in documents() {
        let text = read(&name);
        let folder = Path::new(&name).parent().expect("a file is in a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            if target.contains("://") || target.contains(' ') {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { PathBuf::from(&name) } else { folder.join(file) };
            let is_there = root().join(&path).exists()
                && (heading.is_empty()
                    || headings(&read(&path.to_string_lossy())).iter().any(|line| anchor(line) == heading));
            if !is_there {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn comments_point_to_documents_and_sections_that_are_there() {
    let papers: Vec<String> = headings(&read("docs/papers.md"))
        .iter()
        .filter_map(|heading| heading.split(' ').next().map(str::to_owned))
        .collect();
    let mut broken = Vec::new();
    for name in sources() {
        for (i, line) in read(&name).lines().enumerate() {
            for rest in line.split("docs/").skip(1) {
                let file = rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
                if rest[file.len()..].starts_with(".md") && !root().join(format!("docs/{file}.md")).is_file() {
                    broken.push(format!("{name}:{}: docs/{file}.md is not there", i + 1));
                }
            }
            for rest in line.split("docs/papers.md ").skip(1) {
                let section: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                let section = section.trim_end_matches('.');
                if !section.is_empty() && !papers.iter().any(|known| known == section) {
                    broken.push(format!("{name}:{}: docs/papers.md has no section {section}", i + 1));
                }
            }
            if ["PAPERS", "DESIGN.md", "STYLE.md", "EXPERIENCE.md"].iter().any(|gone| line.contains(gone)) {
                broken.push(format!("{name}:{}: names a file that is not in the repository", i + 1));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_readme_stays_a_front_door() {
    let readme = read("README.md");
    let words = readme.split_whitespace().count();
    assert!(words <= MOST_WORDS, "README.md has {words} words, at most {MOST_WORDS}: the rest belongs in docs/");
    for document in documents().iter().filter(|name| *name != "README.md") {
        assert!(readme.contains(&format!("({document})")), "README.md does not link to {document}");
    }
}

#[test]
fn readme_ci_and_workflow_run_the_same_test_command() {
    let readme = read("README.md");
    let has = |text: &str, command: &str| {
        text.lines().any(|line| line.split(['#', '<']).next().unwrap_or_default().trim() == command)
    };
    assert!(has(&readme, TEST_COMMAND), "README.md has a line `{TEST_COMMAND}`");
    assert!(has(&readme, "cargo xtask serve"), "README.md has a line `cargo xtask serve`");
    assert!(has(&read(".ci/run"), &format!("exec {TEST_COMMAND}")), ".ci/run runs `{TEST_COMMAND}`");
    assert!(has(&workflow(), &format!("- run: {TEST_COMMAND}")), "the workflow runs `{TEST_COMMAND}`");
}

fn workflow() -> String {
    read(".github/workflows/ci.yml")
}

#[test]
fn the_workflow_is_plain_yaml_and_publishes_dist_on_a_tag() {
    let text = workflow();
    let mut block = None;
    for (i, line) in text.lines().enumerate() {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        assert!(!line.contains('\t') && indent % 2 == 0, "line {}: indented by twos, without tabs: {line}", i + 1);
        // A block of text, as `path: |` begins one, goes on while it is indented further.
        if block.is_some_and(|of| indent > of) || content.is_empty() || content.starts_with('#') {
            continue;
        }
        block = content.ends_with('|').then_some(indent);
        let entry = content.strip_prefix("- ").unwrap_or(content);
        let is_key = entry.split_once(':').is_some_and(|(_, value)| value.is_empty() || value.starts_with(' '));
        assert!(is_key, "line {}: expected a key: {line}", i + 1);
        let value = entry.split_once(':').map_or("", |(_, value)| value.trim());
        let is_quoted = value.starts_with(['"', '[']);
        assert!(is_quoted || !value.contains(": "), "line {}: a value with a colon needs quotes: {line}", i + 1);
    }
    for part in [
        "tags: [\"v*\"]",
        "if: startsWith(github.ref, 'refs/tags/v')",
        "- run: cargo xtask dist",
        "- uses: actions/upload-pages-artifact@",
        "path: dist",
        "uses: actions/deploy-pages@",
        "pages: write",
        "id-token: write",
    ] {
        assert!(text.contains(part), "the workflow has `{part}`");
    }
}

#[test]
fn the_workflow_uses_the_rust_of_the_manifest() {
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("rust-version")).expect("Cargo.toml names its Rust");
    let version = line.split('"').nth(1).expect("a quoted version");
    let text = workflow();
    assert!(text.contains(&format!("RUSTUP_TOOLCHAIN: \"{version}\"")), "the workflow sets Rust {version}");
    let installs: Vec<&str> = text.lines().filter(|line| line.contains("rustup toolchain install")).collect();
    for line in &installs {
        assert!(line.contains(&format!("install {version} ")), "the workflow installs Rust {version}: {line}");
    }
    assert!(!installs.is_empty(), "the workflow installs Rust");
}

#[test]
fn the_glossary_is_that_of_the_page() {
    let english: serde_json::Value = serde_json::from_str(&read("public/text/en.json")).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let mut wanted =
        "# Glossary\n\nThe page's terms, in its own words: written from the message catalogue.\n".to_owned();
    for known in Lab::ALL {
        wanted += &format!("\n## {}\n\n", text(&english["words"][known.words.title]));
        let terms = english[known.words.glossary].as_object().expect("the lab's terms");
        for term in terms.values() {
            wanted += &format!("- **{}**: {}\n", text(&term["term"]), text(&term["meaning"]));
        }
    }
    let path = "docs/glossary.md";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(root().join(path), &wanted).expect("docs/glossary.md can be written");
    }
    assert_eq!(read(path), wanted, "UPDATE_SNAPSHOTS=1 writes {path} anew");
}
