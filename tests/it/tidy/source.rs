//! Rust source reduced to what imports are read from: no comments, no text of literals, no test items.

/// A file reduced to its code.
pub struct Source {
    /// The code, every line where it was.
    pub code: String,
    /// Names of modules declared for tests only (`#[cfg(test)] mod tests;`): their files are test code.
    pub test_modules: Vec<String>,
}

/// Reduces a file. A test item is what follows `#[cfg(test)]`: a module with its braces, a function, a `use`, a constant.
pub fn reduce(text: &str) -> Source {
    let mut code: Vec<char> = without_literals(text);
    let mut test_modules = Vec::new();
    let mut at = 0;
    while let Some(start) = find(&code, at, "#[cfg(") {
        let attribute_end = closing(&code, start + 1);
        let condition: String = code[start + 6..attribute_end].iter().filter(|c| !c.is_whitespace()).collect();
        at = attribute_end + 1;
        if !(condition.starts_with("test)") || condition.starts_with("all(test,")) {
            continue;
        }
        let item = skip_attributes(&code, at);
        let end = item_end(&code, item);
        let declaration: String = code[item..end].iter().collect();
        let words: Vec<&str> = declaration.trim_end_matches(';').split_whitespace().collect();
        if let ["mod", name] | ["pub", "mod", name] = words[..] {
            test_modules.push(name.to_owned());
        }
        code[start..end].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = ' ');
        at = end;
    }
    Source { code: code.into_iter().collect(), test_modules }
}

fn find(code: &[char], from: usize, what: &str) -> Option<usize> {
    let what: Vec<char> = what.chars().collect();
    code[from..].windows(what.len()).position(|part| part == what).map(|at| from + at)
}

/// The place of the bracket that closes the one at `open`; the end of the code where none does.
fn closing(code: &[char], open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code.iter().enumerate().skip(open) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len() - 1
}

fn skip_attributes(code: &[char], from: usize) -> usize {
    let mut at = from;
    loop {
        while code.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
        if code.get(at) != Some(&'#') {
            return at;
        }
        at = closing(code, at + 1) + 1;
    }
}

/// One past the `;` or the braces that end the item at `start`.
fn item_end(code: &[char], start: usize) -> usize {
    let mut at = start;
    while at < code.len() {
        match code[at] {
            ';' => return at + 1,
            '{' => return closing(code, at) + 1,
            '(' | '[' => at = closing(code, at),
            _ => {}
        }
        at += 1;
    }
    code.len()
}

/// The text with comments and the contents of literals as blanks; line breaks stay.
fn without_literals(text: &str) -> Vec<char> {
    let text: Vec<char> = text.chars().collect();
    let mut out = text.clone();
    let is = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| text.get(at + i) == Some(&c));
    let mut at = 0;
    while at < text.len() {
        let end = match text[at] {
            '/' if is(at, "//") => (at..text.len()).find(|i| text[*i] == '\n').unwrap_or(text.len()),
            '/' if is(at, "/*") => comment_end(&text, at),
            '"' => string_end(&text, at),
            'r' if !at.checked_sub(1).is_some_and(|before| is_word(text[before]) && text[before] != 'b') => {
                raw_end(&text, at).unwrap_or(at)
            }
            '\'' => char_end(&text, at).unwrap_or(at),
            _ => at,
        };
        out[at..end].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = ' ');
        at = end.max(at + 1);
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// One past a block comment, which may hold others.
fn comment_end(text: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// One past a raw string like `r#"…"#`; none when there is none here.
fn raw_end(text: &[char], start: usize) -> Option<usize> {
    let hashes = text[start + 1..].iter().take_while(|c| **c == '#').count();
    if text.get(start + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut at = start + 2 + hashes;
    while at < text.len() {
        let closes = text[at] == '"' && text[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        at += 1;
        if closes {
            return Some(at + hashes);
        }
    }
    Some(text.len())
}

/// One past a character like `'a'` or `'\n'`; none for a lifetime.
fn char_end(text: &[char], start: usize) -> Option<usize> {
    if text.get(start + 1) == Some(&'\\') {
        return (start + 3..text.len()).find(|at| text[*at] == '\'').map(|at| at + 1);
    }
    (text.get(start + 2) == Some(&'\'')).then_some(start + 3)
}

#[test]
fn comments_literals_and_test_items_are_left_out_and_the_rest_is_read_to_its_end() {
    let text = r###"
use crate::a; // crate::comment
/* crate::block /* nested */ crate::still */
#[cfg(test)]
mod tests;
#[cfg(test)]
use crate::only_tests::{A, B};
const TEXT: &str = "crate::text \" // no comment";
const RAW: &str = r#"crate::raw "quoted" "#;
const CHARS: [char; 4] = ['"', '\'', '{', '\u{7d}'];
fn with<'a>(x: &'a str) -> &'a str { x }
#[cfg(test)]
#[allow(dead_code, reason = "a test")]
fn helper(x: [u8; 3]) -> u8 { crate::helper::of(x, '}') }
#[cfg(test)]
mod inner {
    use super::*;
    fn braces() -> &'static str { "}" }
    use crate::inside;
}
#[cfg(not(test))]
use crate::last;
"###;
    let source = reduce(text);
    assert_eq!(source.test_modules, ["tests"]);
    let left: Vec<&str> =
        source.code.split("crate::").skip(1).map(|rest| rest.split(';').next().unwrap_or("")).collect();
    assert_eq!(left, ["a", "last"], "{}", source.code);
    assert_eq!(source.code.lines().count(), text.lines().count(), "lines stay where they are");
}
