//! Labelled sentences from a file: `TEXT<TAB>LABEL` in every row, or columns under a header that names `text` and `label`,
//! with tabs or with commas. Quotes belong to files with commas; in those with tabs they are letters like any other. Files
//! are not to be trusted: whatever is wrong is said in a sentence with row and column, rows counted as lines.
//!
//! Words are those of [`crate::transformer::tokenizer`], the first [`MAX_WORDS`] of a sentence; how many were cut is kept.

use super::super::file;
use crate::experiment::setting::shorten;
use crate::transformer::tokenizer::split;
use core::ops::RangeInclusive;
use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 20_000_000;
/// Most sentences.
pub const MAX_SENTENCES: usize = 100_000;
/// Most words of a sentence: a selection is a word of bits.
pub const MAX_WORDS: usize = 64;
/// Different labels.
pub const LABELS: RangeInclusive<usize> = 2..=16;
/// Fewest sentences: some are held out, and something must be left to learn from.
pub const MIN_SENTENCES: usize = 20;
/// Most letters of a label.
const MAX_LABEL: usize = 100;
/// Letters of a word that tell it from others.
const MAX_LETTERS: usize = 64;
/// Most columns under a header.
const MAX_COLUMNS: usize = 32;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SentencesError {
    /// No byte, or only space.
    #[error("the file is empty")]
    Empty,
    /// Too large.
    #[error("{size} bytes, at most {MAX_BYTES} are read")]
    TooLong {
        /// Its bytes.
        size: usize,
    },
    /// No text.
    #[error("row {row}: not UTF-8 text at byte {byte} of the file")]
    NotText {
        /// The row.
        row: u64,
        /// Where in the file.
        byte: usize,
    },
    /// A quoted field without an end.
    #[error("row {row}: a quote is opened and never closed")]
    Quote {
        /// The row that opens it.
        row: u64,
    },
    /// Neither form.
    #[error("row {row}: no tab in \"{found}\", expected a text, a tab and a label; or text,label as the first row")]
    NoTab {
        /// The row.
        row: u64,
        /// The row's text, shortened.
        found: String,
    },
    /// A row of another width.
    #[error("row {row}: {found} columns, expected {expected}")]
    Width {
        /// The row.
        row: u64,
        /// Its columns.
        found: usize,
        /// The header's, or 2.
        expected: usize,
    },
    /// A value that is not allowed.
    #[error("row {row}, column {column}: {value} is not allowed, expected {expected}")]
    Value {
        /// The row.
        row: u64,
        /// The column's name.
        column: &'static str,
        /// The value, shortened.
        value: String,
        /// What is.
        expected: String,
    },
    /// Too few sentences.
    #[error("{count} sentences, expected {MIN_SENTENCES} or more")]
    Few {
        /// How many there are.
        count: usize,
    },
    /// Too many sentences.
    #[error("row {row}: more than {MAX_SENTENCES} sentences, which are not read")]
    Many {
        /// The first row that is too many.
        row: u64,
    },
    /// Nothing to tell apart.
    #[error("one class only ({label}), expected at least two different labels")]
    OneClass {
        /// The class.
        label: String,
    },
}

/// What was left out of sentences that are too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Sentences that were cut.
    pub sentences: usize,
    /// Words that were left out of them.
    pub words: usize,
}

/// Labelled sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentences {
    /// Different labels, in ascending order.
    labels: Vec<String>,
    /// Different words, by first occurrence.
    words: Vec<String>,
    /// Words of all sentences by number, and where each sentence ends.
    numbers: Vec<u32>,
    ends: Vec<u32>,
    y: Vec<u32>,
    cut: Cut,
}

impl Sentences {
    /// How many.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there are always some")]
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// The labels there are, in ascending order.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Different words, by number.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The words of sentence `i`, by number.
    #[must_use]
    pub fn sentence(&self, i: usize) -> &[u32] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.numbers[start..self.ends[i] as usize]
    }

    /// The words of sentence `i`.
    pub fn texts(&self, i: usize) -> impl Iterator<Item = &str> {
        self.sentence(i).iter().map(|&word| self.words[word as usize].as_str())
    }

    /// The label of sentence `i`.
    #[must_use]
    pub fn y(&self, i: usize) -> usize {
        self.y[i] as usize
    }

    /// What was left out.
    #[must_use]
    pub fn cut(&self) -> Cut {
        self.cut
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub fn read(bytes: &[u8]) -> Result<Self, SentencesError> {
        let text = text(bytes)?;
        let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(SentencesError::Empty)?;
        let mut found = Builder::default();
        if first.contains('\t') {
            tabs(text, &mut found)?;
        } else if Columns::of(&mut first.split(',')).is_some() {
            commas(text, &mut found)?;
        } else {
            return Err(SentencesError::NoTab { row: file::row(text, 0), found: shorten(first) });
        }
        found.end()
    }
}

/// The text of a file, if it has one.
pub(super) fn text(bytes: &[u8]) -> Result<&str, SentencesError> {
    if bytes.len() > MAX_BYTES {
        return Err(SentencesError::TooLong { size: bytes.len() });
    }
    let text = core::str::from_utf8(bytes).map_err(|error| SentencesError::NotText {
        row: file::line(&bytes[..error.valid_up_to()]),
        byte: error.valid_up_to(),
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}

/// Where text and label stand.
#[derive(Clone, Copy)]
struct Columns {
    text: usize,
    label: usize,
    count: usize,
}

impl Columns {
    /// Those of a header; none where it is not one.
    fn of(header: &mut dyn Iterator<Item = &str>) -> Option<Self> {
        let names: Vec<&str> = header.take(MAX_COLUMNS + 1).map(|name| name.trim().trim_matches('"')).collect();
        let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(name));
        let (text, label) = (place(&["text", "sentence"])?, place(&["label"])?);
        (names.len() <= MAX_COLUMNS).then_some(Self { text, label, count: names.len() })
    }
}

fn tabs(text: &str, found: &mut Builder) -> Result<(), SentencesError> {
    let mut columns = None;
    for (line, row) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let Some(Columns { text, label, count }) = columns else {
            columns = Columns::of(&mut line.split('\t'));
            if columns.is_none() {
                columns = Some(Columns { text: 0, label: 1, count: 2 });
                tabbed(line, row, Columns { text: 0, label: 1, count: 2 }, found)?;
            }
            continue;
        };
        tabbed(line, row, Columns { text, label, count }, found)?;
    }
    Ok(())
}

fn tabbed(line: &str, row: u64, columns: Columns, found: &mut Builder) -> Result<(), SentencesError> {
    let cells = line.split('\t').count();
    if cells == 1 {
        return Err(SentencesError::NoTab { row, found: shorten(line) });
    }
    if cells != columns.count {
        return Err(SentencesError::Width { row, found: cells, expected: columns.count });
    }
    let cell = |at: usize| line.split('\t').nth(at).unwrap_or_default();
    found.push(cell(columns.text), cell(columns.label), &|| row)
}

fn commas(text: &str, found: &mut Builder) -> Result<(), SentencesError> {
    if let Some(at) = file::open_quote(text) {
        return Err(SentencesError::Quote { row: file::line(&text.as_bytes()[..at]) });
    }
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let (mut cells, mut columns) = (StringRecord::new(), None);
    loop {
        if !reader.read_record(&mut cells).map_err(|error| width(text, &error))? {
            return Ok(());
        }
        let row = || file::row(text, cells.position().map_or(0, Position::byte));
        match columns {
            Some(Columns { text, label, .. }) => {
                found.push(cells.get(text).unwrap_or_default(), cells.get(label).unwrap_or_default(), &row)?;
            }
            None => match Columns::of(&mut cells.iter()) {
                Some(header) => columns = Some(header),
                None => return Err(SentencesError::NoTab { row: row(), found: shorten(cells.get(0).unwrap_or("")) }),
            },
        }
    }
}

/// That a row is of another width than the header: nothing else goes wrong in a text that is whole.
pub(super) fn width(text: &str, error: &csv::Error) -> SentencesError {
    let (from, expected, found) = match error.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            (pos.as_ref().map_or(0, Position::byte), *expected_len, *len)
        }
        _ => (0, 0, 0),
    };
    SentencesError::Width { row: file::row(text, from), found: found as usize, expected: expected as usize }
}

/// Sentences as they come.
#[derive(Default)]
pub(super) struct Builder {
    all: Sentences,
    numbers: BTreeMap<String, u32>,
    labels: BTreeMap<String, u32>,
}

impl Builder {
    fn push(&mut self, text: &str, label: &str, row: &dyn Fn() -> u64) -> Result<(), SentencesError> {
        self.push_parts(&[text], label, row).map(|_| ())
    }

    /// Takes a sentence in parts that end between words, and its label. Gives which part each word is in that is kept, and how
    /// many are not.
    pub fn push_parts(
        &mut self,
        parts: &[&str],
        label: &str,
        row: &dyn Fn() -> u64,
    ) -> Result<(Vec<usize>, usize), SentencesError> {
        if self.all.len() == MAX_SENTENCES {
            return Err(SentencesError::Many { row: row() });
        }
        let label = label.trim();
        let refuse = |column, value: &str, expected: String| {
            Err(SentencesError::Value { row: row(), column, value: shorten(value), expected })
        };
        if label.is_empty() || label.chars().nth(MAX_LABEL).is_some() {
            return refuse("label", label, format!("a label of 1 to {MAX_LABEL} letters"));
        }
        let count = self.labels.len() as u32;
        let y = *self.labels.entry(label.to_owned()).or_insert(count);
        if self.labels.len() > *LABELS.end() {
            return refuse("label", label, format!("at most {} different labels", LABELS.end()));
        }
        let (mut of_parts, mut cut) = (Vec::new(), 0);
        for (at, part) in parts.iter().enumerate() {
            split(part, &mut |word| {
                if of_parts.len() < MAX_WORDS {
                    self.word(word);
                    of_parts.push(at);
                } else {
                    cut += 1;
                }
            });
        }
        if of_parts.is_empty() {
            return refuse("text", &parts.join(" "), "some words".to_owned());
        }
        self.all.cut.sentences += usize::from(cut > 0);
        self.all.cut.words += cut;
        self.all.ends.push(self.all.numbers.len() as u32);
        self.all.y.push(y);
        Ok((of_parts, cut))
    }

    /// The words of the last sentence.
    pub fn last(&self) -> impl Iterator<Item = &str> {
        self.all.texts(self.all.len() - 1)
    }

    fn word(&mut self, word: &str) {
        let word = word.char_indices().nth(MAX_LETTERS).map_or(word, |(end, _)| &word[..end]);
        let number = self.numbers.get(word).copied().unwrap_or_else(|| {
            let number = self.all.words.len() as u32;
            self.numbers.insert(word.to_owned(), number);
            self.all.words.push(word.to_owned());
            number
        });
        self.all.numbers.push(number);
    }

    /// Labels get their numbers in ascending order, so that they do not depend on which came first.
    pub fn end(mut self) -> Result<Sentences, SentencesError> {
        match self.labels.first_key_value() {
            None => return Err(SentencesError::Few { count: 0 }),
            Some((label, _)) if self.labels.len() < *LABELS.start() => {
                return Err(SentencesError::OneClass { label: shorten(label) });
            }
            Some(_) => {}
        }
        if self.all.len() < MIN_SENTENCES {
            return Err(SentencesError::Few { count: self.all.len() });
        }
        let mut becomes = vec![0; self.labels.len()];
        self.labels.values().zip(0..).for_each(|(&old, new)| becomes[old as usize] = new);
        self.all.y.iter_mut().for_each(|y| *y = becomes[*y as usize]);
        self.all.labels = self.labels.into_keys().collect();
        Ok(self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&str], times: usize) -> String {
        rows.iter().cycle().take(times * rows.len()).map(|row| format!("{row}\n")).collect()
    }

    #[test]
    fn tabs_and_commas_are_told_apart() {
        let tabs = rows(&["A \"good\" film, really.\t1", "bad; it's dull\t0"], 10);
        let commas = format!("label,text\n{}", rows(&["1,\"A \"\"good\"\" film, really.\"", "0,bad; it's dull"], 10));
        let named = format!("id\tsentence\tlabel\n{}", tabs.replace("A \"", "1\tA \"").replace("bad;", "2\tbad;"));
        let found = Sentences::read(tabs.as_bytes()).expect("sentences");
        assert_eq!(Sentences::read(commas.as_bytes()), Ok(found.clone()));
        assert_eq!(Sentences::read(named.as_bytes()), Ok(found.clone()));
        assert_eq!(Sentences::read(tabs.replace('\n', "\r\n\r\n").as_bytes()), Ok(found.clone()));
        assert_eq!((found.len(), found.labels()), (20, &["0".to_owned(), "1".to_owned()][..]));
        assert_eq!(found.texts(0).collect::<Vec<_>>().join(" "), "a good film , really .");
        assert_eq!(found.texts(1).collect::<Vec<_>>().join(" "), "bad it ' s dull");
        assert_eq!([found.y(0), found.y(1)], [1, 0]);
    }

    #[test]
    fn long_sentences_are_cut_and_it_is_told() {
        let long = ["word"; 70].join(" ");
        let found = Sentences::read(rows(&[&format!("{long}\ta"), "short\tb"], 10).as_bytes()).expect("sentences");
        assert_eq!(found.cut(), Cut { sentences: 10, words: 60 });
        assert_eq!((found.sentence(0).len(), found.sentence(1).len()), (64, 1));
    }

    #[track_caller]
    fn said(bytes: &[u8], sentence: &str) {
        assert_eq!(Sentences::read(bytes).expect_err(sentence).to_string(), sentence);
    }

    #[test]
    fn bad_files_get_a_sentence() {
        said(b"", "the file is empty");
        said(b" \n\r\n", "the file is empty");
        let no_tab = "expected a text, a tab and a label; or text,label as the first row";
        said(b"good film\n", &format!("row 1: no tab in \"good film\", {no_tab}"));
        said(b"a\tb\n\nno label here\n", &format!("row 3: no tab in \"no label here\", {no_tab}"));
        said(b"a\tb\tc\n", "row 1: 3 columns, expected 2");
        said(b"a\tx\nb\t \n", "row 2, column label: nothing is not allowed, expected a label of 1 to 100 letters");
        said(b"a\tx\n\"\ty\n", "row 2, column text: \" is not allowed, expected some words");
        said(b"text,label\na,b\n\"c\nd,e\n", "row 3: a quote is opened and never closed");
        said(b"text,label\na,b\nc\n", "row 3: 1 columns, expected 2");
        said(b"text,label\n", "0 sentences, expected 20 or more");
        said(b"a\tx\nb\ty\n", "2 sentences, expected 20 or more");
        said(rows(&["a\tx", "b\tx"], 20).as_bytes(), "one class only (x), expected at least two different labels");
        said(b"a\tx\n\xff", "row 2: not UTF-8 text at byte 4 of the file");
        let many: String = (0..20).map(|i| format!("a\tlabel {i}\n")).collect();
        let refused = "row 17, column label: label 16 is not allowed, expected at most 16 different labels";
        said(many.as_bytes(), refused);
        said(&vec![b'a'; MAX_BYTES + 1], "20000001 bytes, at most 20000000 are read");
    }

    #[test]
    fn megabytes_of_commas_are_refused_at_once() {
        let commas = ",".repeat(5_000_000);
        let found = Sentences::read(commas.as_bytes()).expect_err("commas").to_string();
        assert!(found.starts_with("row 1: no tab in \",,,") && found.len() < 200, "{found}");
        said(format!("text,label\n{commas}").as_bytes(), "row 2: 5000001 columns, expected 2");
        said(
            format!("a\tb\n{commas}\t").as_bytes(),
            "row 2, column label: nothing is not allowed, expected a label of 1 to 100 letters",
        );
        assert!(Sentences::read("\n".repeat(5_000_000).as_bytes()) == Err(SentencesError::Empty), "lines alone");
    }
}
