//! JSON of others, headers of safetensors among it: one value, read or refused by its byte; and JSON out, by `serde_json`. Knows
//! nothing of what values mean.
//!
//! The reader takes what Python's `json` writes, also where that is more than JSON: NaN, the infinities, and half of a surrogate
//! pair, which becomes U+FFFD. Of a name that an object has twice the last counts. `serde_json` refuses the former and gives a
//! line where messages name the byte.

use crate::experiment::setting::shorten;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// Deepest nesting that is followed.
pub const DEEPEST: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// null
    Null,
    /// true or false
    Flag(bool),
    /// A number that is whole and fits.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order written.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The field of an object; null is nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        let Json::Object(fields) = self else { return None };
        let field = fields.iter().rfind(|(field, _)| field == name);
        field.map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self { Some(text) } else { None }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Json]> {
        if let Json::List(items) = self { Some(items) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Whole(number) => Some(*number as f64),
            Json::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// What it is, in a few words for a message.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Json::Null => "null".to_owned(),
            Json::Flag(flag) => flag.to_string(),
            Json::Whole(number) => number.to_string(),
            Json::Real(number) => number.to_string(),
            Json::Text(text) => format!("the text {}", shorten(text)),
            Json::List(items) => format!("a list of {}", items.len()),
            Json::Object(_) => "an object".to_owned(),
        }
    }
}

/// Reads one value with nothing but blanks around it, or gives the byte that does not belong where it stands.
///
/// # Errors
/// The offset of that byte; the length of the text when it is cut.
pub fn read(text: &str) -> Result<Json, usize> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.at) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    /// Takes this byte if it comes next after blanks.
    fn takes(&mut self, byte: u8) -> bool {
        self.blanks();
        let comes = self.peek() == Some(byte);
        self.at += usize::from(comes);
        comes
    }

    fn value(&mut self, depth: usize) -> Result<Json, usize> {
        self.blanks();
        match self.peek() {
            Some(b'{' | b'[') if depth == DEEPEST => Err(self.at),
            Some(b'{') => self
                .list(b'}', &mut |reader| {
                    reader.blanks();
                    let name = reader.string()?;
                    if reader.takes(b':') { Ok((name, reader.value(depth + 1)?)) } else { Err(reader.at) }
                })
                .map(Json::Object),
            Some(b'[') => self.list(b']', &mut |reader| reader.value(depth + 1)).map(Json::List),
            Some(b'"') => self.string().map(Json::Text),
            _ => self.word(),
        }
    }

    /// Items with commas between them, up to `end`.
    fn list<T>(&mut self, end: u8, item: &mut dyn FnMut(&mut Self) -> Result<T, usize>) -> Result<Vec<T>, usize> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.takes(end) {
                return Ok(items);
            }
            if !self.takes(b',') {
                return Err(self.at);
            }
        }
    }

    /// A number, or one of the words there are.
    fn word(&mut self) -> Result<Json, usize> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            self.at += 1;
        }
        let found = &self.text[start..self.at];
        let digits = found.trim_start_matches('-');
        Ok(match found {
            "null" => Json::Null,
            "true" => Json::Flag(true),
            "false" => Json::Flag(false),
            "NaN" => Json::Real(f64::NAN),
            "Infinity" => Json::Real(f64::INFINITY),
            "-Infinity" => Json::Real(f64::NEG_INFINITY),
            // No `inf` and nothing else that Rust reads and JSON does not write.
            _ if !digits.starts_with(|c: char| c.is_ascii_digit()) => return Err(start),
            _ => match found.parse() {
                Ok(whole) => Json::Whole(whole),
                Err(_) => Json::Real(found.parse().map_err(|_| start)?),
            },
        })
    }

    fn string(&mut self) -> Result<String, usize> {
        if self.peek() != Some(b'"') {
            return Err(self.at);
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).ok_or(self.text.len())?;
            out.push_str(&rest[..stop]);
            self.at += stop + 1;
            match rest.as_bytes()[stop] {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escaped()?),
                _ => return Err(self.at - 1),
            }
        }
    }

    /// What a backslash stands before.
    fn escaped(&mut self) -> Result<char, usize> {
        let at = self.at;
        let byte = self.peek().ok_or(at)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => byte.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                let mut code = unit;
                if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
                    let between = self.at;
                    self.at += 2;
                    let low = self.unit()?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    } else {
                        self.at = between;
                    }
                }
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(at),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, usize> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16)).ok_or(self.at)?;
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }
}

/// Writes a value as compact JSON: `{"a":[1,2]}`.
#[must_use]
pub fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names are texts, and nothing else can fail")
}

/// Appends a value as Python's `json.dumps` writes it, with a blank after each comma and colon: `{"a": [1, 2]}`.
pub fn write_spaced(out: &mut String, value: &impl Serialize) {
    let mut bytes = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, Spaced))
        .expect("names are texts, and nothing else can fail");
    out.push_str(core::str::from_utf8(&bytes).expect("serde_json writes UTF-8"));
}

/// The layout of Python's `json.dumps`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        out.write_all(if is_first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        out.write_all(if is_first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_are_read() {
        let text = r#" {"a" : [1, -2, 2.5e1, true,false , null],"b":{ },"a":"x", "big": 99999999999999999999} "#;
        let value = read(text).expect("JSON");
        let Json::Object(fields) = &value else { panic!("an object: {value:?}") };
        let list = [Json::Whole(1), Json::Whole(-2), Json::Real(25.0), Json::Flag(true), Json::Flag(false), Json::Null];
        assert_eq!(fields[0], ("a".to_owned(), Json::List(list.into())));
        assert_eq!(value.get("a"), Some(&Json::Text("x".to_owned())), "of two the last counts");
        assert_eq!(value.get("big"), Some(&Json::Real(1e20)));
        assert_eq!(value.get("c"), None);
        for python in ["NaN", "Infinity", "-Infinity"] {
            assert!(matches!(read(python), Ok(Json::Real(_))), "{python}");
        }
    }

    #[test]
    fn texts_of_any_script_survive_and_halves_of_pairs_are_told_apart() {
        assert_eq!(read(r#""\u00e9\ud83d\ude00\/\b\f""#), Ok(Json::Text("é😀/\u{8}\u{c}".to_owned())));
        assert_eq!(read(r#""a\ud83dz\ude00\ud83d\u0041""#), Ok(Json::Text("a\u{fffd}z\u{fffd}\u{fffd}A".to_owned())));
        for text in ["", "a \"quoted\" \\ one", "line\nfeed\ttab\u{1}\u{1f}", "猫と犬 😀 \u{2028} عربي"] {
            let out = write(&text);
            assert_eq!(read(&out), Ok(Json::Text(text.to_owned())), "{out}");
        }
    }

    #[test]
    fn values_are_written_compact_or_as_python_writes_them() {
        let value = [Some(vec![(1, "a: b, c")]), Some(vec![]), None];
        assert_eq!(write(&value), r#"[[[1,"a: b, c"]],[],null]"#);
        let mut out = "> ".to_owned();
        write_spaced(&mut out, &std::collections::BTreeMap::from([("x", Some([1, 2])), ("y", None)]));
        assert_eq!(out, r#"> {"x": [1, 2], "y": null}"#);
    }

    #[test]
    fn what_is_no_json_has_its_byte() {
        for (bad, byte) in [
            ("", 0),
            ("{", 1),
            ("[1,]", 3),
            ("{\"a\"}", 4),
            ("{1:2}", 1),
            ("nul", 0),
            ("[1] 2", 4),
            ("1.2.3", 0),
            ("0x1", 0),
            ("inf", 0),
            ("+1", 0),
            ("[1 2]", 3),
            ("\"a", 2),
            ("\"a\nb\"", 2),
            (r#""\x""#, 2),
            (r#""\u00g0""#, 5),
            ("--1", 0),
        ] {
            assert_eq!(read(bad), Err(byte), "{bad}");
        }
        assert_eq!(read(&"[".repeat(100_000)), Err(DEEPEST), "deep nesting is refused, not followed");
    }
}
