//! From the bytes of a text, in pieces cut anywhere, to its tokens in one pass. Words get numbers by first occurrence; which
//! of them a vocabulary keeps is `corpus`'s business. Knows no model.
//!
//! Words are torchtext's `basic_english` ([`crate::transformer::tokenizer`]), after WikiText's own marks: `@-@`, `@,@` and
//! `@.@` are `-`, `,` and `.`; the `=` around a heading are left out; `<unk>` is the unknown word.
//!
//! Memory: 4 bytes for each token (a token is at least one byte: at most 200 MB, typically 40 MB for 50 MB of English), and
//! for at most [`MOST_WORDS`] different words their letters and 16 bytes each; later words are unknown.

use crate::experiment::own::{self, MAX_TEXT_BYTES, Own};
use crate::labs::library::DataError;
use crate::transformer::tokenizer::{Pieces, UNKNOWN};
use xxhash_rust::xxh64::{Xxh64, xxh64};

/// Most different words of a text; what comes first after that is unknown.
const MOST_WORDS: usize = 1 << 20;

/// Longest word, bytes, as in [`crate::transformer::tokenizer`]; longer ones are unknown.
const LONGEST: usize = 255;

/// Bytes without a blank after which a text is cut, so that no text has to be kept to find its words.
const CUT: usize = 4096;

/// Tokens that are stored together: growing never copies a text.
const CHUNK: usize = 1 << 16;

/// A text as numbers of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Name, size and digest.
    pub own: Own,
    words: Words,
    tokens: Vec<Vec<u32>>,
}

impl Text {
    /// Number of tokens.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no text is empty")]
    pub fn len(&self) -> usize {
        self.tokens.iter().map(Vec::len).sum()
    }

    /// Number of different words, the unknown one not among them.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words.len() - 1
    }

    /// Word number `word`; 0 is the unknown one, the others follow by first occurrence.
    #[must_use]
    pub fn word(&self, word: usize) -> &str {
        self.words.get(word)
    }

    /// How often word number `word` occurs.
    #[must_use]
    pub fn count(&self, word: usize) -> u32 {
        self.words.counts[word]
    }

    /// The text, as numbers of words.
    pub fn tokens(&self) -> impl Iterator<Item = u32> {
        self.tokens.iter().flatten().copied()
    }
}

/// Words by number, and numbers by word. Found by a hash, but never listed in its order.
#[derive(Clone, Debug, PartialEq)]
struct Words {
    letters: String,
    ends: Vec<u32>,
    counts: Vec<u32>,
    /// Number of a word, or 0, in the first free place from its hash on; a power of two of them.
    slots: Vec<u32>,
}

impl Words {
    fn new() -> Self {
        let mut words = Self { letters: String::new(), ends: Vec::new(), counts: Vec::new(), slots: vec![0; 1024] };
        words.push(UNKNOWN);
        words
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, word: usize) -> &str {
        let start = word.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.letters[start..self.ends[word] as usize]
    }

    fn push(&mut self, word: &str) {
        self.letters.push_str(word);
        self.ends.push(self.letters.len() as u32);
        self.counts.push(0);
    }

    /// The place of a word, or where it would stand.
    fn slot(&self, word: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = xxh64(word.as_bytes(), 0) as usize & mask;
        while self.slots[at] != 0 && self.get(self.slots[at] as usize) != word {
            at = (at + 1) & mask;
        }
        at
    }

    /// Counts a word and gives its number.
    fn number(&mut self, word: &str) -> u32 {
        let mut number = 0;
        if word.len() <= LONGEST && word != UNKNOWN {
            let slot = self.slot(word);
            number = self.slots[slot];
            if number == 0 && self.len() <= MOST_WORDS {
                number = self.len() as u32;
                self.slots[slot] = number;
                self.push(word);
                if self.len() * 2 > self.slots.len() {
                    self.grow();
                }
            }
        }
        self.counts[number as usize] += 1;
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for word in 1..self.len() {
            let slot = self.slot(self.get(word));
            self.slots[slot] = word as u32;
        }
    }
}

/// WikiText's marks taken out, word by word between blanks.
#[derive(Clone, Debug, Default)]
struct Marks {
    word: String,
    /// Only `=` so far on this line.
    is_start: bool,
    is_heading: bool,
    out: String,
}

impl Marks {
    /// Appends to `out` what of the text is complete.
    fn feed(&mut self, piece: &str) {
        for c in piece.chars() {
            if c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c) {
                self.end_word();
                self.out.push(c);
                if c == '\n' {
                    self.is_start = true;
                    self.is_heading = false;
                }
                continue;
            }
            self.word.push(c);
            if self.word.len() >= CUT {
                self.end_word();
                self.out.push(' ');
            }
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let is_rule = self.word.bytes().all(|byte| byte == b'=');
        self.is_heading |= is_rule && self.is_start;
        self.is_start = false;
        match self.word.as_str() {
            "@-@" => self.out.push('-'),
            "@,@" => self.out.push(','),
            "@.@" => self.out.push('.'),
            _ if is_rule && self.is_heading => {}
            word => self.out.push_str(word),
        }
        self.word.clear();
    }
}

/// A text that is being read.
#[derive(Clone)]
pub struct Reader {
    name: String,
    seen: u64,
    hash: Xxh64,
    /// The beginning of a character that the next piece ends.
    rest: Vec<u8>,
    marks: Marks,
    pieces: Pieces,
    words: Words,
    tokens: Vec<Vec<u32>>,
}

impl Reader {
    /// A text of which nothing came yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: own::name(name),
            seen: 0,
            hash: Xxh64::new(0),
            rest: Vec::new(),
            marks: Marks { is_start: true, ..Marks::default() },
            pieces: Pieces::default(),
            words: Words::new(),
            tokens: Vec::new(),
        }
    }

    /// Bytes that came so far.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`DataError`] for the first byte that no text has, or when the text is too long.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), DataError> {
        // Where the bytes at hand begin.
        let mut start = self.seen - self.rest.len() as u64;
        self.seen += bytes.len() as u64;
        if self.seen > MAX_TEXT_BYTES {
            return Err(DataError::TooLong { size: self.seen });
        }
        self.hash.update(bytes);
        let mut bytes = bytes;
        while !self.rest.is_empty() {
            let Some((&next, left)) = bytes.split_first() else { return Ok(()) };
            self.rest.push(next);
            bytes = left;
            let character = core::mem::take(&mut self.rest);
            let (valid, is_open) = split(&character, start)?;
            self.take(valid, start)?;
            if is_open {
                self.rest = character;
            } else {
                start += character.len() as u64;
            }
        }
        let (valid, is_open) = split(bytes, start)?;
        self.take(valid, start)?;
        if is_open {
            self.rest = bytes[valid.len()..].to_vec();
        }
        Ok(())
    }

    fn take(&mut self, text: &str, start: u64) -> Result<(), DataError> {
        if let Some(at) = text.bytes().position(|byte| byte == 0) {
            return Err(DataError::Binary { at: start + at as u64 });
        }
        // A mark that some editors put before a text.
        let text = if start == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
        self.marks.feed(text);
        let (words, tokens) = (&mut self.words, &mut self.tokens);
        self.pieces.feed(&self.marks.out, &mut |word| push(tokens, words.number(word)));
        self.marks.out.clear();
        Ok(())
    }

    /// Ends the text.
    ///
    /// # Errors
    /// [`DataError`] when it ends inside a character, or has fewer than two tokens.
    pub fn end(mut self) -> Result<Text, DataError> {
        if !self.rest.is_empty() {
            return Err(DataError::Utf8 { at: self.seen - self.rest.len() as u64 });
        }
        self.marks.end_word();
        let (words, tokens) = (&mut self.words, &mut self.tokens);
        self.pieces.feed(&self.marks.out, &mut |word| push(tokens, words.number(word)));
        self.pieces.end(&mut |word| push(tokens, words.number(word)));
        let own = Own { name: self.name, size: self.seen, digest: self.hash.digest() };
        let text = Text { own, words: self.words, tokens: self.tokens };
        match text.len() {
            0 => Err(DataError::Empty),
            1 => Err(DataError::OneToken),
            _ => Ok(text),
        }
    }
}

fn push(tokens: &mut Vec<Vec<u32>>, token: u32) {
    match tokens.last_mut() {
        Some(chunk) if chunk.len() < CHUNK => chunk.push(token),
        _ => {
            let mut chunk = Vec::with_capacity(CHUNK);
            chunk.push(token);
            tokens.push(chunk);
        }
    }
}

/// What of the bytes, which begin at byte `start` of the text, is whole characters, and whether a beginning of one is left.
fn split(bytes: &[u8], start: u64) -> Result<(&str, bool), DataError> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok((text, false)),
        Err(error) => {
            let valid = error.valid_up_to();
            let text = core::str::from_utf8(&bytes[..valid]).unwrap_or_default();
            if let Some(at) = text.bytes().position(|byte| byte == 0) {
                return Err(DataError::Binary { at: start + at as u64 });
            }
            match error.error_len() {
                None => Ok((text, true)),
                Some(_) => Err(DataError::Utf8 { at: start + valid as u64 }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> Result<Text, DataError> {
        let mut reader = Reader::new("t");
        pieces.iter().try_for_each(|piece| reader.feed(piece))?;
        reader.end()
    }

    fn said(text: &str) -> String {
        let text = read(&[text.as_bytes()]).expect("a text");
        text.tokens().map(|token| text.word(token as usize)).collect::<Vec<_>>().join(" ")
    }

    fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        at.windows(2).map(|two| &bytes[two[0]..two[1]]).collect()
    }

    proptest! {
        #[test]
        fn any_chunking_of_a_text_gives_the_same_tokens(
            text in "([a-zA-Z=@.,'é—İ<>/ ;:\\n\"]|<br />|<unk>| @-@ |= |\u{feff}| @.@ ){0,60}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let bytes = text.as_bytes();
            prop_assert_eq!(read(&cut(bytes, &cuts)), read(&[bytes]));
        }

        #[test]
        fn any_chunking_of_any_bytes_is_answered_alike(
            bytes in prop::collection::vec(prop::sample::select(&[0_u8, b'a', b' ', 0xc3, 0xa9, 0xe2, 0x80, 0x94, 0xff][..]), 0..24),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            prop_assert_eq!(read(&cut(&bytes, &cuts)), read(&[&bytes]));
        }
    }

    #[test]
    fn the_format_of_wikitext_is_understood() {
        let text =
            " \n = Homarus gammarus = \n \n 0 @.@ 7 – 2 @,@ 200 kg , a long @-@ lived <unk> \n = = Life = = \n x = y";
        assert_eq!(said(text), "homarus gammarus 0 . 7 – 2 , 200 kg , a long - lived <unk> life x = y");
        assert_eq!(read(&[text.as_bytes()]).expect("a text").count(0), 1, "the unknown word is counted as such");
    }

    #[test]
    fn words_are_numbered_by_first_occurrence_and_counted() {
        let text = read(&[b"the cat and the dog and the cow"]).expect("a text");
        assert_eq!(text.tokens().collect::<Vec<_>>(), [1, 2, 3, 1, 4, 3, 1, 5]);
        assert_eq!((text.word(1), text.count(1), text.words(), text.len()), ("the", 3, 5, 8));
    }

    #[test]
    fn what_is_no_text_is_named_with_its_place() {
        let cases: [(&[u8], &str); 8] = [
            (b"", "the text is empty: it has no words"),
            (b" \n = \n", "the text is empty: it has no words"),
            (b"word", "the text has one token: nothing follows anything"),
            (b"ab\0cd", "byte 2 is 0: this is not a text but a binary file"),
            (b"ab \xff", "byte 3 is not UTF-8: save the text as UTF-8"),
            (b"ab \xc3(", "byte 3 is not UTF-8: save the text as UTF-8"),
            (b"ab \xe2\x80", "byte 3 is not UTF-8: save the text as UTF-8"),
            (b"\xff\xfea\0", "byte 0 is not UTF-8: save the text as UTF-8"),
        ];
        for (bytes, sentence) in cases {
            assert_eq!(read(&[bytes]).expect_err(sentence).to_string(), sentence);
        }
    }

    #[test]
    fn long_texts_without_blanks_are_cut_wherever_the_pieces_are() {
        let long = "ab.".repeat(3000);
        let whole = read(&[long.as_bytes()]).expect("a text");
        let bytes: Vec<&[u8]> = long.as_bytes().chunks(7).collect();
        assert_eq!(read(&bytes), Ok(whole));
    }

    #[test]
    fn many_words_keep_their_numbers() {
        let many: String = (0..5000).map(|i| format!("w{i} ")).collect();
        let text = read(&[many.as_bytes()]).expect("a text");
        assert!(text.tokens().enumerate().all(|(i, token)| token as usize == i + 1), "numbers follow each other");
        assert_eq!(text.word(4321), "w4320");
    }
}
