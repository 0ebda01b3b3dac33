//! JSON of others: a value, and a list of records that is read in pieces, so that a file of any size takes no more memory than
//! its longest record. Whatever is wrong is said with its byte in the file. Knows nothing of what records mean.
//!
//! What Python's `json` writes is read, also where that is more than JSON: NaN, the infinities, and half of a surrogate pair,
//! which becomes U+FFFD. Of a name that an object has twice the last counts. By hand, as a library would weigh more in the
//! worker than all of this lab, and knows lines where bytes are asked for.

use crate::experiment::setting::shorten;

/// Longest record, bytes.
pub const MAX_RECORD_BYTES: usize = 64_000_000;

/// Deepest nesting that is followed.
const DEEPEST: usize = 32;

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

/// Why a file is not what it should be; offsets are bytes from 0, records count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// No byte, or only blanks.
    #[error("the file is empty")]
    Empty,
    /// Another kind of value.
    #[error("byte {byte}: found {found:?}, expected [ and a list of records")]
    NotList {
        /// Where.
        byte: u64,
        /// The byte there.
        found: char,
    },
    /// No JSON.
    #[error("byte {byte}: not JSON, in record {record}")]
    Misplaced {
        /// Where.
        byte: u64,
        /// In which record.
        record: u64,
    },
    /// No text.
    #[error("byte {byte}: not UTF-8 text, in record {record}")]
    NotText {
        /// Where.
        byte: u64,
        /// In which record.
        record: u64,
    },
    /// The file is cut.
    #[error("the file ends at byte {byte}, within record {record}")]
    Truncated {
        /// Its length.
        byte: u64,
        /// In which record.
        record: u64,
    },
    /// Too long.
    #[error("record {record} is longer than {MAX_RECORD_BYTES} bytes, which are not read")]
    TooLong {
        /// Which record.
        record: u64,
    },
    /// Something after the end.
    #[error("byte {byte}: expected nothing after the end of the list")]
    After {
        /// Where.
        byte: u64,
    },
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins, in bytes from 0.
    pub byte: u64,
    /// What it is.
    pub value: Json,
}

/// Where the reader of a list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Within,
    After,
}

/// Reads a list of records, in pieces of any size.
#[derive(Debug, Default)]
pub struct Records {
    place: Place,
    /// Bytes seen before this piece.
    before: u64,
    /// What came of the record so far, and where it began.
    record: Vec<u8>,
    start: u64,
    number: u64,
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

impl Records {
    /// Takes the next piece and shows `see` each record that ends in it.
    ///
    /// # Errors
    /// Says what is no JSON, and where. Nothing more should be fed then.
    pub fn feed(&mut self, piece: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), JsonError> {
        let mut from = 0;
        let mut at = 0;
        while let Some(&byte) = piece.get(at) {
            let here = self.before + at as u64;
            at += 1;
            match self.place {
                Place::Before if here < 3 && byte == b"\xef\xbb\xbf"[here as usize] => {}
                Place::Before | Place::After if byte.is_ascii_whitespace() => {}
                Place::Before if byte == b'[' => {
                    (self.place, self.number, self.start) = (Place::Within, 1, here + 1);
                    from = at;
                }
                Place::Before => return Err(JsonError::NotList { byte: here, found: byte.into() }),
                Place::After => return Err(JsonError::After { byte: here }),
                Place::Within if self.is_escaped => self.is_escaped = false,
                Place::Within if self.in_text => match byte {
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_text = false,
                    // Most of a file is texts: on to what may end this one.
                    _ => at += piece[at..].iter().take_while(|byte| !matches!(byte, b'\\' | b'"')).count(),
                },
                Place::Within => match byte {
                    b'"' => self.in_text = true,
                    b'[' | b'{' if self.depth < DEEPEST => self.depth += 1,
                    b']' | b'}' if self.depth > 0 => self.depth -= 1,
                    b',' | b']' if self.depth == 0 => {
                        self.keep(&piece[from..at - 1])?;
                        let is_last = byte == b']';
                        self.close(here, is_last, see)?;
                        from = at;
                    }
                    b'[' | b'{' | b'}' => return Err(self.misplaced(here)),
                    _ => {}
                },
            }
        }
        if self.place == Place::Within {
            self.keep(&piece[from..])?;
        }
        self.before += piece.len() as u64;
        Ok(())
    }

    /// That there are no more pieces.
    ///
    /// # Errors
    /// When the list had not ended.
    pub fn end(self) -> Result<(), JsonError> {
        match self.place {
            Place::Before => Err(JsonError::Empty),
            Place::Within => Err(JsonError::Truncated { byte: self.before, record: self.number }),
            Place::After => Ok(()),
        }
    }

    /// All records of a file that is there as a whole.
    ///
    /// # Errors
    /// As [`Self::feed`] and [`Self::end`].
    pub fn read(bytes: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), JsonError> {
        let mut records = Self::default();
        records.feed(bytes, see)?;
        records.end()
    }

    fn misplaced(&self, byte: u64) -> JsonError {
        JsonError::Misplaced { byte, record: self.number }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), JsonError> {
        if self.record.len() + bytes.len() > MAX_RECORD_BYTES {
            return Err(JsonError::TooLong { record: self.number });
        }
        self.record.extend_from_slice(bytes);
        Ok(())
    }

    /// A record is complete at the byte `here`, which ends it.
    fn close(&mut self, here: u64, is_last: bool, see: &mut dyn FnMut(Record)) -> Result<(), JsonError> {
        let (number, start) = (self.number, self.start);
        let at = |byte: usize| start + byte as u64;
        let text = core::str::from_utf8(&self.record)
            .map_err(|error| JsonError::NotText { byte: at(error.valid_up_to()), record: number })?;
        let blanks = text.len() - text.trim_ascii_start().len();
        // An empty list has no record; else there is one before each comma and before the end.
        if blanks < text.len() {
            let value = read(text).map_err(|byte| self.misplaced(at(byte)))?;
            see(Record { number, byte: at(blanks), value });
        } else if !is_last || number > 1 {
            return Err(self.misplaced(here));
        }
        self.record.clear();
        (self.number, self.start) = (number + 1, here + 1);
        if is_last {
            self.place = Place::After;
        }
        Ok(())
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

/// Appends a text as JSON.
pub fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let digit = |n: u32| char::from_digit(n, 16).unwrap_or('0');
                out.extend(['\\', 'u', '0', '0', digit(c as u32 >> 4), digit(c as u32 & 15)]);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(pieces: &[&[u8]]) -> Result<Vec<Record>, JsonError> {
        let (mut reader, mut found) = (Records::default(), Vec::new());
        for piece in pieces {
            reader.feed(piece, &mut |record| found.push(record))?;
        }
        reader.end().map(|()| found)
    }

    fn whole(text: &str) -> Result<Vec<Record>, JsonError> {
        records(&[text.as_bytes()])
    }

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
            let mut out = String::new();
            write_text(&mut out, text);
            assert_eq!(read(&out), Ok(Json::Text(text.to_owned())), "{out}");
        }
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

    #[test]
    fn a_list_cut_anywhere_gives_the_same_records() {
        let text = "\u{feff} [ {\"id\": 1, \"o\": \"a,]}\\\"[\\\\\"} ,\n[2, [\"é\"]], 3 , \"x\" ]\n";
        let all = whole(text).expect("a list");
        assert_eq!(all.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
        let starts: Vec<u64> =
            ["{\"id", "[2", "3 ,", "\"x"].iter().map(|s| text.find(s).expect("there") as u64).collect();
        assert_eq!(all.iter().map(|record| record.byte).collect::<Vec<_>>(), starts);
        for cut in 0..=text.len() {
            let (a, b) = text.as_bytes().split_at(cut);
            assert_eq!(records(&[a, b]), Ok(all.clone()), "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(records(&bytes), Ok(all));
        assert_eq!(whole(" [ ] "), Ok(Vec::new()));
    }

    #[test]
    fn a_file_that_is_no_list_or_cut_gets_a_sentence() {
        let said = |text: &str| whole(text).expect_err(text).to_string();
        assert_eq!(said(" \n"), "the file is empty");
        assert_eq!(said("{\"a\": 1}"), "byte 0: found '{', expected [ and a list of records");
        assert_eq!(said("[{\"a\": 1}, {\"b"), "the file ends at byte 14, within record 2");
        assert_eq!(said("[1, {\"a\" 1}]"), "byte 9: not JSON, in record 2");
        assert_eq!(said("[1,, 2]"), "byte 3: not JSON, in record 2");
        assert_eq!(said("[1,]"), "byte 3: not JSON, in record 2");
        assert_eq!(said("[1}]"), "byte 2: not JSON, in record 1");
        assert_eq!(said("[1] x"), "byte 4: expected nothing after the end of the list");
        assert_eq!(said(&"[".repeat(5_000_000)), "byte 33: not JSON, in record 1");
        let not_text = records(&[b"[1, \"a", b"\xff\"]"]).expect_err("no text").to_string();
        assert_eq!(not_text, "byte 6: not UTF-8 text, in record 2");
        let whole_text = "[{\"id\": 1, \"output\": \"\u{e9}\\n\"}, {\"id\": 2}]";
        for cut in 0..whole_text.len() {
            let error = records(&[&whole_text.as_bytes()[..cut]]).expect_err("cut");
            let record = u64::from(cut > 0) + u64::from(cut > whole_text.find("},").expect("there") + 1);
            let wanted = if cut == 0 { JsonError::Empty } else { JsonError::Truncated { byte: cut as u64, record } };
            assert_eq!(error, wanted, "cut at {cut}");
        }
    }
}
