//! The graph of imports between source files, and its circles.
//!
//! An edge goes from a file to the file that defines what it names, by `crate::…`, `super::…`, `self::…` or the name of a child
//! module or of an import, in a `use` (nested braces, `as`, `pub use`) or anywhere else in the code. A name that a module itself imports counts as
//! defined where it comes from: a parent that only passes a child's type on is not in a circle with the siblings that use it.

use super::source::reduce;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The path of a module below the crate: `["labs", "encoding"]`; empty for the crate's root.
type Path = Vec<String>;

/// A name that a file uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The line, from 1.
    pub line: usize,
    /// The absolute path, as written: `["labs", "encoding", "Joint"]`.
    pub path: Path,
}

/// A source file.
#[derive(Default)]
struct Module {
    file: String,
    imports: Vec<Import>,
    /// Names that it imports, which modules below it can use, others where it re-exports them; and what they are.
    exports: BTreeMap<String, Path>,
}

/// All files of a crate, by the module that each one is.
#[derive(Default)]
pub struct Graph {
    modules: BTreeMap<Path, Module>,
}

/// An edge: the importing file, the imported file, the line of the first import.
pub type Edge = (String, String, usize);

impl Graph {
    /// Reads files, each its path below `src` and its text. Files of test modules are left out.
    pub fn read(files: &[(String, String)]) -> Self {
        let sources: Vec<(&String, Path, super::source::Source)> = files
            .iter()
            .filter(|(file, _)| !file.starts_with("bin/"))
            .map(|(file, text)| (file, module_of(file), reduce(text)))
            .collect();
        let tests: BTreeSet<Path> = sources
            .iter()
            .flat_map(|(_, path, source)| source.test_modules.iter().map(|name| joined(path, name)))
            .collect();
        let is_test = |path: &Path| (0..=path.len()).any(|len| tests.contains(&path[..len]));
        let mut graph = Self::default();
        for (file, path, _) in sources.iter().filter(|(_, path, _)| !is_test(path)) {
            let module = Module { file: (*file).clone(), ..Module::default() };
            assert!(graph.modules.insert(path.clone(), module).is_none(), "{file} is a module that another file is");
        }
        for (_, path, source) in sources.iter().filter(|(_, path, _)| !is_test(path)) {
            let (imports, exports) = Reader::new(&source.code, path, &graph).read();
            let module = graph.modules.get_mut(path).expect("it was put in above");
            (module.imports, module.exports) = (imports, exports);
        }
        graph
    }

    /// Every import of every file: the file, the import as written, and the module that defines what is imported. The crate's root
    /// re-exports other crates; what comes from there stays as it is written.
    pub fn imports(&self) -> impl Iterator<Item = (&str, &Import, Path)> {
        self.modules.values().flat_map(|module| {
            module.imports.iter().map(|import| (module.file.as_str(), import, self.defining(&import.path, 0)))
        })
    }

    /// The module that defines a path: the longest part of it that is a module, followed through re-exports.
    fn defining(&self, path: &[String], depth: usize) -> Path {
        let mut at = Path::new();
        for (i, name) in path.iter().enumerate() {
            let child = joined(&at, name);
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let export = self.modules.get(&at).and_then(|module| module.exports.get(name));
            // Re-exports do not go round in code that compiles, but their globs are not followed here.
            if let Some(export) = export.filter(|_| depth < 16) {
                return self.defining(&[export.as_slice(), &path[i + 1..]].concat(), depth + 1);
            }
            break;
        }
        at
    }

    /// Edges between files of a folder and the file beside it (`page/` and `page.rs`).
    fn edges(&self, folder: &str) -> BTreeMap<&str, BTreeMap<&str, usize>> {
        let folder: Path = folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let inside = |path: &Path| path.starts_with(&folder);
        let mut edges: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for (_, module) in self.modules.iter().filter(|(path, _)| inside(path)) {
            for import in &module.imports {
                let target = self.defining(&import.path, 0);
                if inside(&target) && self.modules[&target].file != module.file {
                    let to = edges.entry(&module.file).or_default();
                    to.entry(&self.modules[&target].file).or_insert(import.line);
                }
            }
        }
        edges
    }

    /// Every edge of a folder that lies on a circle of imports, sorted. No edges, no circles.
    pub fn circles(&self, folder: &str) -> Vec<Edge> {
        let edges = self.edges(folder);
        let mut found = Vec::new();
        for (from, targets) in &edges {
            for (to, line) in targets {
                if way(&edges, to, from).is_some() {
                    found.push(((*from).to_owned(), (*to).to_owned(), *line));
                }
            }
        }
        found
    }

    /// A shortest circle through an edge, as text with lines.
    pub fn describe(&self, folder: &str, (from, to, line): &Edge) -> String {
        let edges = self.edges(folder);
        let way = way(&edges, to, from).unwrap_or_default();
        let mut text = format!("{from}:{line} -> {to}");
        for pair in way.windows(2) {
            text += &format!(":{} -> {}", edges[pair[0]][pair[1]], pair[1]);
        }
        text
    }
}

/// A shortest way along edges, both ends included.
fn way<'a>(edges: &BTreeMap<&'a str, BTreeMap<&'a str, usize>>, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &'a str> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut way = vec![at];
            while let Some(previous) = way.last().filter(|last| **last != from).and_then(|last| before.get(last)) {
                way.push(previous);
            }
            way.reverse();
            return Some(way);
        }
        for next in edges.get(at).into_iter().flatten().map(|(next, _)| *next) {
            if next != from && !before.contains_key(next) {
                before.insert(next, at);
                queue.push_back(next);
            }
        }
    }
    None
}

/// The module that a file is: `labs/encoding.rs` is `labs::encoding`.
fn module_of(file: &str) -> Path {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { Path::new() } else { stem.split('/').map(str::to_owned).collect() }
}

fn joined(path: &[String], name: &str) -> Path {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

/// A word or a mark of the code, and its line.
struct Token<'a> {
    text: &'a str,
    line: usize,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    for (row, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while !rest.is_empty() {
            let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let len = match word {
                0 if rest.starts_with("::") => 2,
                0 => rest.chars().next().map_or(1, char::len_utf8),
                _ => word,
            };
            all.push(Token { text: &rest[..len], line: row + 1 });
            rest = rest[len..].trim_start();
        }
    }
    all
}

/// Reads the imports of a file.
struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    graph: &'a Graph,
    file: &'a Path,
    /// Modules within the file that are open: their names, and how many braces were open before.
    inline: Vec<(String, usize)>,
    depth: usize,
    imports: Vec<Import>,
    exports: BTreeMap<String, Path>,
}

impl<'a> Reader<'a> {
    fn new(code: &'a str, file: &'a Path, graph: &'a Graph) -> Self {
        let (imports, exports) = (Vec::new(), BTreeMap::new());
        Self { tokens: tokens(code), graph, file, inline: Vec::new(), depth: 0, imports, exports }
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn read(mut self) -> (Vec<Import>, BTreeMap<String, Path>) {
        // First what is imported, by which paths elsewhere in the file may start.
        self.pass(&mut |reader, at| if reader.text(at) == "use" { reader.tree(at + 1, &Path::new()) } else { at + 1 });
        self.pass(&mut |reader, at| reader.path(at));
        self.imports.sort_by_key(|import| import.line);
        (self.imports, self.exports)
    }

    /// Goes through all tokens, with the modules within the file that each is in; `step` gives the place to go on from.
    fn pass(&mut self, step: &mut dyn FnMut(&mut Self, usize) -> usize) {
        (self.depth, self.inline) = (0, Vec::new());
        let mut at = 0;
        while at < self.tokens.len() {
            match self.text(at) {
                "{" => self.depth += 1,
                "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    let depth = self.depth;
                    self.inline.retain(|(_, before)| *before < depth);
                }
                "mod" if self.text(at + 2) == "{" => self.inline.push((self.text(at + 1).to_owned(), self.depth)),
                _ => {}
            }
            at = step(self, at);
        }
    }

    /// Reads a path outside a `use`, if one starts here; gives the place after it.
    fn path(&mut self, start: usize) -> usize {
        let before = start.checked_sub(1).map_or("", |before| self.text(before));
        let mut at = start;
        match self.text(at) {
            "use" => {
                while self.text(at) != ";" && at < self.tokens.len() {
                    at += 1;
                }
            }
            // Where something may be seen is no import.
            "crate" | "self" | "super" if before == "in" && at > 2 && self.text(at - 3) == "pub" => {
                while self.text(at) != ")" {
                    at += 1;
                }
            }
            name if self.text(at + 1) == "::" && before != "::" && before != "." && self.is_start(name) => {
                let mut path = vec![name.to_owned()];
                while self.text(at + 1) == "::" && is_name(self.text(at + 2)) {
                    path.push(self.text(at + 2).to_owned());
                    at += 2;
                }
                self.import(&path, self.tokens[start].line);
            }
            _ => {}
        }
        at + 1
    }

    /// The module that the code at hand is in.
    fn here(&self) -> Path {
        self.file.iter().cloned().chain(self.inline.iter().map(|(name, _)| name.clone())).collect()
    }

    /// Whether a path of our own may start with this name: a keyword, a child module, or what is imported.
    fn is_start(&self, name: &str) -> bool {
        ["crate", "self", "super"].contains(&name)
            || self.graph.modules.contains_key(&joined(&self.here(), name))
            || self.exports.contains_key(name)
    }

    /// Reads a tree of a `use` whose names come after `prefix`; gives the place after it.
    fn tree(&mut self, mut at: usize, prefix: &Path) -> usize {
        let mut path = prefix.clone();
        loop {
            let (text, line) = (self.text(at), self.tokens.get(at).map_or(0, |token| token.line));
            at += 1;
            match text {
                "{" => {
                    while self.text(at) != "}" && at < self.tokens.len() {
                        at = self.tree(at, &path);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1 + usize::from(self.text(at + 1) == ";");
                }
                "*" => {
                    self.import(&path, line);
                    return at;
                }
                "::" => {}
                name if is_name(name) => {
                    path.push(name.to_owned());
                    if self.text(at) == "::" {
                        continue;
                    }
                    let mut known_as = name;
                    if name == "self" && path.len() > 1 {
                        path.pop();
                        known_as = path.last().map_or("", String::as_str);
                    }
                    let mut known_as = known_as.to_owned();
                    if self.text(at) == "as" {
                        known_as = self.text(at + 1).to_owned();
                        at += 2;
                    }
                    let absolute = self.import(&path, line);
                    if let Some(absolute) = absolute.filter(|_| self.inline.is_empty()) {
                        self.exports.insert(known_as, absolute);
                    }
                    return at;
                }
                _ => return at,
            }
        }
    }

    /// Notes an import, and gives its absolute path; none of another crate's.
    fn import(&mut self, path: &[String], line: usize) -> Option<Path> {
        let here = self.here();
        let (first, rest) = path.split_first()?;
        let mut absolute = match first.as_str() {
            "crate" => Path::new(),
            "self" => here,
            "super" => here[..here.len().saturating_sub(1)].to_vec(),
            name => match self.exports.get(name) {
                Some(imported) => imported.clone(),
                None if self.is_start(name) => joined(&here, name),
                None => return None,
            },
        };
        for name in rest {
            if name == "super" {
                absolute.pop();
            } else {
                absolute.push(name.clone());
            }
        }
        self.imports.push(Import { line, path: absolute.clone() });
        Some(absolute)
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
        Graph::read(&files.iter().map(owned).collect::<Vec<_>>())
    }

    /// The edges on circles as `from -> to`.
    fn circles(files: &[(&str, &str)], folder: &str) -> Vec<String> {
        graph(files).circles(folder).into_iter().map(|(from, to, _)| format!("{from} -> {to}")).collect()
    }

    const ROOT: (&str, &str) = ("lib.rs", "pub mod page; pub use some_kernels as kernels;");

    #[test]
    fn a_circle_is_found_through_nested_braces_and_modules_of_modules() {
        let files = [
            ROOT,
            ("page.rs", "mod shell; mod part; mod leaf;"),
            ("page/shell.rs", "use std::rc::Rc;\nuse crate::{chart, page::{leaf, part::{self, Part as P}}};"),
            ("page/part.rs", "pub mod deep; pub struct Part;"),
            ("page/part/deep.rs", "fn f() -> super::super::shell::Shell { super::super::leaf::g() }"),
            ("page/leaf.rs", "pub fn g() {}"),
        ];
        assert_eq!(circles(&files, "page"), [""; 0], "part does not use deep");
        let mut files = files;
        files[3].1 = "pub mod deep; pub struct Part; fn h() { deep::f() }";
        let wanted = [
            "page/part.rs -> page/part/deep.rs",
            "page/part/deep.rs -> page/shell.rs",
            "page/shell.rs -> page/part.rs",
        ];
        assert_eq!(circles(&files, "page"), wanted);
        assert_eq!(circles(&files, "page/part"), [""; 0], "the circle leads out of this folder");
        let graph = graph(&files);
        let edge = &graph.circles("page")[2];
        let said = "page/shell.rs:2 -> page/part.rs:1 -> page/part/deep.rs:1 -> page/shell.rs";
        assert_eq!(graph.describe("page", edge), said);
    }

    #[test]
    fn a_parent_that_passes_a_name_on_is_in_no_circle_with_who_uses_it_there() {
        let parent = "mod a; mod b;\npub use a::{A};\nuse a::Other as Renamed;\npub use b::B;";
        let a = "pub struct A; pub struct Other;";
        let user = |text| [ROOT, ("page.rs", parent), ("page/a.rs", a), ("page/b.rs", text)];
        assert_eq!(circles(&user("use super::{A, Renamed};"), "page"), [""; 0]);
        let both = ["page.rs -> page/b.rs", "page/b.rs -> page.rs"];
        assert_eq!(circles(&user("use super::own;"), "page"), both, "own is the parent's");
        assert_eq!(circles(&user("use super::*;"), "page"), both, "everything is also the parent's own");
    }

    #[test]
    fn tests_comments_texts_and_other_crates_are_no_imports() {
        let a = "use some::page::b; // use super::b;\nconst T: &str = \"super::b::X\";\n#[cfg(test)] mod tests { use super::super::b::X; }";
        let files = [
            ROOT,
            ("page.rs", "mod a; mod b; #[cfg(test)] mod tests;"),
            ("page/a.rs", a),
            ("page/b.rs", "use super::a;"),
            ("page/tests.rs", "use super::{a, b};"),
        ];
        assert_eq!(circles(&files, "page"), [""; 0]);
        let graph = graph(&files);
        let all: Vec<_> = graph.imports().map(|(file, import, _)| (file, import.path.join("::"))).collect();
        assert_eq!(all, [("page/b.rs", "page::a".to_owned())]);
    }

    #[test]
    fn modules_within_a_file_are_the_files() {
        let a = "pub(in crate::page::b) mod inner { use super::super::b::X; pub fn f() { crate::kernels::g() } }\nuse self::inner::f;";
        let files =
            [ROOT, ("page.rs", "mod a; mod b;"), ("page/a.rs", a), ("page/b.rs", "use crate::page::a::inner::f;")];
        assert_eq!(circles(&files, "page"), ["page/a.rs -> page/b.rs", "page/b.rs -> page/a.rs"]);
        let mut indirect = files;
        indirect[3].1 = "fn f() { page::a::g() }\nuse crate::page;";
        assert_eq!(circles(&indirect, "page").len(), 2, "by the name of an imported module");
        let kernels = graph(&files);
        let mut kernels = kernels.imports().filter(|(_, import, _)| import.path[0] == "kernels");
        assert!(kernels.next().is_some_and(|(_, _, defining)| defining.is_empty()), "another crate's, at the root");
    }
}
