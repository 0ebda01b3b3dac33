//! Just the JSON that a safetensors header is made of: objects, arrays, strings and whole numbers; and, where data of
//! others is read, its other values without what they are. Written by hand, as every byte of the worker is argued for and a
//! JSON library would be many. Knows no tensor.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Number(u64),
    Text(String),
    List(Vec<Json>),
    /// In the order written.
    Object(Vec<(String, Json)>),
    /// true, false, null, or a number that is not whole or below 0; only [`read_any`] gives it.
    Other,
}

/// What does not belong where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misplaced(pub usize);

/// Deepest nesting that is followed: a header needs three.
const DEEPEST: usize = 8;

/// Reads one value of a header, with nothing but blanks after it.
pub(super) fn read(text: &str) -> Result<Json, Misplaced> {
    whole(Reader { text, at: 0, takes_any: false })
}

/// Reads one value of any kind, with nothing but blanks after it.
#[cfg(feature = "full")]
pub(crate) fn read_any(text: &str) -> Result<Json, Misplaced> {
    whole(Reader { text, at: 0, takes_any: true })
}

fn whole(mut reader: Reader<'_>) -> Result<Json, Misplaced> {
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at < reader.text.len() { Err(Misplaced(reader.at)) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether values are allowed that no header has.
    takes_any: bool,
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

    fn expect(&mut self, byte: u8) -> Result<(), Misplaced> {
        if self.takes(byte) { Ok(()) } else { Err(Misplaced(self.at)) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Misplaced> {
        self.blanks();
        match self.peek() {
            Some(b'{' | b'[') if depth == DEEPEST => Err(Misplaced(self.at)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'0'..=b'9' | b'-' | b't' | b'f' | b'n') if self.takes_any => self.any(),
            Some(b'0'..=b'9') => self.number(),
            _ => Err(Misplaced(self.at)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Misplaced> {
        self.at += 1;
        let mut fields = Vec::new();
        if self.takes(b'}') {
            return Ok(Json::Object(fields));
        }
        loop {
            self.blanks();
            let name = self.string()?;
            self.expect(b':')?;
            fields.push((name, self.value(depth + 1)?));
            if !self.takes(b',') {
                self.expect(b'}')?;
                return Ok(Json::Object(fields));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, Misplaced> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.takes(b',') {
                self.expect(b']')?;
                return Ok(Json::List(items));
            }
        }
    }

    fn number(&mut self) -> Result<Json, Misplaced> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.text[start..self.at].parse().map(Json::Number).map_err(|_| Misplaced(start))
    }

    /// A number or a word.
    fn any(&mut self) -> Result<Json, Misplaced> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            self.at += 1;
        }
        let found = &self.text[start..self.at];
        if ["true", "false", "null"].contains(&found) {
            return Ok(Json::Other);
        }
        let is_whole = found.bytes().all(|byte| byte.is_ascii_digit());
        let whole = found.parse().ok().filter(|_| is_whole).map(Json::Number);
        // No infinity and nothing else that JSON does not write as a number.
        let is_number = !found.contains(|c: char| c.is_ascii_alphabetic() && c != 'e' && c != 'E');
        let other = (is_number && found.parse::<f64>().is_ok()).then_some(Json::Other);
        whole.or(other).ok_or(Misplaced(start))
    }

    fn string(&mut self) -> Result<String, Misplaced> {
        if self.peek() != Some(b'"') {
            return Err(Misplaced(self.at));
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest.find(['"', '\\']).ok_or(Misplaced(self.text.len()))?;
            if let Some(control) = rest[..stop].bytes().position(|byte| byte < 0x20) {
                return Err(Misplaced(self.at + control));
            }
            out.push_str(&rest[..stop]);
            self.at += stop + 1;
            if rest.as_bytes()[stop] == b'"' {
                return Ok(out);
            }
            out.push(self.escaped()?);
        }
    }

    /// What a backslash stands before.
    fn escaped(&mut self) -> Result<char, Misplaced> {
        let at = self.at;
        let byte = self.peek().ok_or(Misplaced(at))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.unit()?;
                let code = if (0xd800..0xdc00).contains(&high) {
                    // Half of a pair: the other half must follow.
                    if !self.text[self.at..].starts_with("\\u") {
                        return Err(Misplaced(at));
                    }
                    self.at += 2;
                    let low = self.unit()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(Misplaced(at));
                    }
                    0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                } else {
                    high
                };
                char::from_u32(code).ok_or(Misplaced(at))?
            }
            _ => return Err(Misplaced(at)),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Misplaced> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Misplaced(self.at))?;
        let mut unit = 0;
        for digit in digits {
            unit = unit << 4 | (*digit as char).to_digit(16).ok_or(Misplaced(self.at))?;
        }
        self.at += 4;
        Ok(unit)
    }
}

/// Appends a string as JSON.
pub(super) fn write_text(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                out.push_str("\\u00");
                out.push(HEX[c as usize >> 4] as char);
                out.push(HEX[c as usize & 15] as char);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_written() {
        for text in ["", "plain", "a \"quoted\" \\ one", "line\nfeed\ttab\u{1}\u{1f}", "grüß 😀 \u{2028}"] {
            let mut out = String::new();
            write_text(&mut out, text);
            assert_eq!(read(&out), Ok(Json::Text(text.to_owned())), "{out}");
        }
    }

    #[test]
    fn escapes_of_other_writers_are_read() {
        assert_eq!(read(r#""\u00e9\ud83d\ude00\/\b\f""#), Ok(Json::Text("é😀/\u{8}\u{c}".to_owned())));
        for bad in [r#""\ud83d""#, r#""\ud83d\u0041""#, r#""\x41""#, r#""\u00g0""#, r#""\u00"#, "\"a\nb\"", r#"""#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_nest_but_not_for_ever() {
        let expected = Json::Object(vec![
            ("a".to_owned(), Json::List(vec![Json::Number(1), Json::Number(22)])),
            ("b".to_owned(), Json::Object(Vec::new())),
        ]);
        assert_eq!(read(" {\"a\" : [1, 22],\n\"b\":{ } } "), Ok(expected));
        assert!(read(&"[".repeat(100_000)).is_err(), "deep nesting is refused, not followed");
        for bad in ["", "{", "[1,]", "{\"a\"}", "{1:2}", "-1", "1.5", "1e3", "nul", "[1] 2", "99999999999999999999"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn data_of_others_may_hold_any_value() {
        let expected = vec![Json::Number(3), Json::Other, Json::Other, Json::Other, Json::Other, Json::Other];
        assert_eq!(read_any("[3, -1, 0.5, 1e-3, null, true]"), Ok(Json::List(expected)));
        assert_eq!(read_any("99999999999999999999"), Ok(Json::Other));
        for bad in ["nul", "-", "1.2.3", "0x1", "inf", "NaN", "tru", "+1", "[1 2]", "1e"] {
            assert!(read_any(bad).is_err(), "{bad}");
        }
    }
}
