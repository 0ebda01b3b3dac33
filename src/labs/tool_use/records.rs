//! Lists of records, read in pieces, so that a file of any size takes no more memory than its longest record. Whatever is wrong is
//! said with its byte in the file. Knows nothing of what records mean.

use super::json::{DEEPEST, Json, read};

/// Longest record, bytes.
pub const MAX_RECORD_BYTES: usize = 64_000_000;

/// Why a file is not what it should be; offsets are bytes from 0, records count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordsError {
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
#[derive(Clone, Debug, Default)]
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
    pub fn feed(&mut self, piece: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), RecordsError> {
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
                Place::Before => return Err(RecordsError::NotList { byte: here, found: byte.into() }),
                Place::After => return Err(RecordsError::After { byte: here }),
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
    pub fn end(self) -> Result<(), RecordsError> {
        match self.place {
            Place::Before => Err(RecordsError::Empty),
            Place::Within => Err(RecordsError::Truncated { byte: self.before, record: self.number }),
            Place::After => Ok(()),
        }
    }

    /// All records of a file that is there as a whole.
    ///
    /// # Errors
    /// As [`Self::feed`] and [`Self::end`].
    pub fn read(bytes: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), RecordsError> {
        let mut records = Self::default();
        records.feed(bytes, see)?;
        records.end()
    }

    fn misplaced(&self, byte: u64) -> RecordsError {
        RecordsError::Misplaced { byte, record: self.number }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), RecordsError> {
        if self.record.len() + bytes.len() > MAX_RECORD_BYTES {
            return Err(RecordsError::TooLong { record: self.number });
        }
        self.record.extend_from_slice(bytes);
        Ok(())
    }

    /// A record is complete at the byte `here`, which ends it.
    fn close(&mut self, here: u64, is_last: bool, see: &mut dyn FnMut(Record)) -> Result<(), RecordsError> {
        let (number, start) = (self.number, self.start);
        let at = |byte: usize| start + byte as u64;
        let text = core::str::from_utf8(&self.record)
            .map_err(|error| RecordsError::NotText { byte: at(error.valid_up_to()), record: number })?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn records(pieces: &[&[u8]]) -> Result<Vec<Record>, RecordsError> {
        let (mut reader, mut found) = (Records::default(), Vec::new());
        for piece in pieces {
            reader.feed(piece, &mut |record| found.push(record))?;
        }
        reader.end().map(|()| found)
    }

    fn whole(text: &str) -> Result<Vec<Record>, RecordsError> {
        records(&[text.as_bytes()])
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
            let wanted =
                if cut == 0 { RecordsError::Empty } else { RecordsError::Truncated { byte: cut as u64, record } };
            assert_eq!(error, wanted, "cut at {cut}");
        }
    }
}
