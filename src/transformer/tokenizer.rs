//! Text to tokens and back: torchtext's `basic_english` words with a counted vocabulary, plain bytes, or the longest of some
//! pieces. Knows no model.
//!
//! `basic_english` lowercases; sets `'`, `.`, `,`, `(`, `)`, `!` and `?` apart; takes `"` out; puts a blank for `;`, `:` and
//! `<br />`; and splits at blanks. Texts can be fed in pieces that are cut anywhere: the words are those of the whole.

mod subwords;

pub use subwords::Subwords;

use super::text::{shortened, sort};
use std::collections::BTreeMap;

/// What stands for every word that is not in the vocabulary; always token 0.
pub const UNKNOWN: &str = "<unk>";

/// Most tokens of a vocabulary.
const LARGEST: usize = 65_536;

/// Most bytes of a word in a vocabulary; longer ones are unknown, so that any vocabulary fits a file's header.
const LONGEST: usize = 255;

/// Why a vocabulary was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// There is no such tokenizer.
    #[error("tokenizer is \"{kind}\", expected basic_english, bytes or subwords")]
    Kind {
        /// Its name, shortened for display.
        kind: String,
    },
    /// Too few or too many tokens.
    #[error("vocabulary: {found} tokens, expected 2 to {LARGEST}")]
    Size {
        /// How many there are or were asked for.
        found: usize,
    },
    /// The first token is not the one for unknown words.
    #[error("vocabulary: the first token is \"{found}\", expected {UNKNOWN}")]
    First {
        /// The first token, shortened for display.
        found: String,
    },
    /// A token is empty, too long, or has a blank in it.
    #[error("vocabulary: token {at} is \"{found}\", expected a word of 1 to {LONGEST} bytes without blanks")]
    Word {
        /// Its number.
        at: usize,
        /// The token, shortened for display.
        found: String,
    },
    /// A piece is empty or too long.
    #[error("vocabulary: token {at} is \"{found}\", expected a piece of 1 to 1024 bytes")]
    Piece {
        /// Its number.
        at: usize,
        /// The piece, shortened for display.
        found: String,
    },
    /// A token stands twice.
    #[error("vocabulary: \"{found}\" is given twice")]
    Repeated {
        /// The token, shortened for display.
        found: String,
    },
}

/// What tokens stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Token i is byte i.
    Bytes,
    /// Words, [`UNKNOWN`] first.
    Words(Words),
    /// Pieces of text, and bytes for what has none.
    Subwords(Subwords),
}

/// The words of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    words: Vec<String>,
    /// Tokens in the order of their words, to find a word by halving.
    by_word: Vec<u32>,
}

impl Words {
    fn new(words: Vec<String>) -> Result<Self, VocabularyError> {
        if !(2..=LARGEST).contains(&words.len()) {
            return Err(VocabularyError::Size { found: words.len() });
        }
        if words[0] != UNKNOWN {
            return Err(VocabularyError::First { found: shortened(&words[0]) });
        }
        let is_none = |word: &String| word.is_empty() || word.len() > LONGEST || word.contains(is_blank);
        if let Some(at) = words.iter().position(is_none) {
            return Err(VocabularyError::Word { at, found: shortened(&words[at]) });
        }
        let mut by_word: Vec<u32> = (0..words.len() as u32).collect();
        // Equal words are refused below, whatever their order.
        sort(&mut by_word, &mut |a, b| words[a].cmp(&words[b]));
        for two in by_word.windows(2) {
            if words[two[0] as usize] == words[two[1] as usize] {
                return Err(VocabularyError::Repeated { found: shortened(&words[two[0] as usize]) });
            }
        }
        Ok(Self { words, by_word })
    }

    /// The token of a word; 0 if it has none.
    #[must_use]
    pub fn token(&self, word: &str) -> u32 {
        let found = self.by_word.binary_search_by(|&token| self.words[token as usize].as_str().cmp(word));
        found.map_or(0, |at| self.by_word[at])
    }
}

impl Vocabulary {
    /// The tokenizer's name: `bytes`, `basic_english` or `subwords`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Words(_) => "basic_english",
            Self::Subwords(_) => "subwords",
        }
    }

    /// Number of tokens.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no vocabulary is empty")]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes => 256,
            Self::Words(words) => words.words.len(),
            Self::Subwords(subwords) => subwords.len(),
        }
    }

    /// The vocabulary as a text: its words on lines of their own, nothing for bytes.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Bytes => String::new(),
            Self::Words(words) => words.words.join("\n"),
            Self::Subwords(subwords) => subwords.to_text(),
        }
    }

    /// Reads what [`Self::kind`] and [`Self::to_text`] gave.
    ///
    /// # Errors
    /// Says which token is not allowed.
    pub fn from_text(kind: &str, text: &str) -> Result<Self, VocabularyError> {
        match kind {
            "bytes" => Ok(Self::Bytes),
            "subwords" => Subwords::from_text(text).map(Self::Subwords),
            "basic_english" => {
                // Never more words in memory than are allowed.
                let words: Vec<String> = text.split('\n').take(LARGEST + 1).map(str::to_owned).collect();
                Words::new(words).map(Self::Words)
            }
            _ => Err(VocabularyError::Kind { kind: shortened(kind) }),
        }
    }

    /// Appends the tokens of a whole text.
    pub fn encode(&self, text: &str, tokens: &mut Vec<u32>) {
        match self {
            Self::Bytes => tokens.extend(text.bytes().map(u32::from)),
            Self::Words(words) => split(text, &mut |word| tokens.push(words.token(word))),
            Self::Subwords(subwords) => subwords.encode(text, tokens),
        }
    }

    /// The text of tokens: words with blanks between them; bytes that are no UTF-8 as replacement characters.
    ///
    /// # Panics
    /// When a token is not below [`Self::len`].
    #[must_use]
    pub fn decode(&self, tokens: &[u32]) -> String {
        match self {
            Self::Bytes => {
                let mut bytes = Vec::with_capacity(tokens.len());
                for &token in tokens {
                    bytes.push(u8::try_from(token).expect("a token of this vocabulary"));
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
            Self::Words(words) => {
                let mut text = String::new();
                for &token in tokens {
                    text.push_str(if text.is_empty() { "" } else { " " });
                    text.push_str(&words.words[token as usize]);
                }
                text
            }
            Self::Subwords(subwords) => subwords.decode(tokens),
        }
    }
}

/// Counts words over any number of pieces.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    counts: BTreeMap<String, u64>,
    pieces: Pieces,
}

impl Counter {
    /// A count of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the words of the next piece of the text.
    pub fn feed(&mut self, piece: &str) {
        let counts = &mut self.counts;
        self.pieces.feed(piece, &mut |word| count(counts, word));
    }

    /// Ends the text; what is fed next is another one.
    pub fn end(&mut self) {
        let counts = &mut self.counts;
        self.pieces.end(&mut |word| count(counts, word));
    }

    /// The vocabulary of all that was fed: [`UNKNOWN`], then the words that came at least `least` times, most frequent
    /// first and equals in the order of their code points (torchtext's order), `most` tokens in all.
    ///
    /// # Errors
    /// When fewer than 2 tokens are left, or `most` is not from 2 to 65,536.
    pub fn vocabulary(mut self, least: u64, most: usize) -> Result<Vocabulary, VocabularyError> {
        if !(2..=LARGEST).contains(&most) {
            return Err(VocabularyError::Size { found: most });
        }
        self.end();
        self.counts.remove(UNKNOWN);
        self.counts.retain(|_, count| *count >= least);
        let counted: Vec<(&String, &u64)> = self.counts.iter().collect();
        let mut order: Vec<u32> = (0..counted.len() as u32).collect();
        // The map is in the order of its words, so equals are in the order of their indices.
        sort(&mut order, &mut |a, b| counted[b].1.cmp(counted[a].1).then(a.cmp(&b)));
        let mut words = vec![UNKNOWN.to_owned()];
        words.extend(order.iter().take(most - 1).map(|&i| counted[i as usize].0.clone()));
        Words::new(words).map(Vocabulary::Words)
    }
}

fn count(counts: &mut BTreeMap<String, u64>, word: &str) {
    if word.len() > LONGEST {
        return;
    }
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}

/// A text that comes in pieces: keeps the end that the next piece may still change.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    rest: String,
}

impl Pieces {
    /// Gives each word that is complete.
    pub fn feed(&mut self, piece: &str, each: &mut dyn FnMut(&str)) {
        self.rest.push_str(piece);
        let mut cut = self.rest.len();
        // The last blank that is no part of a line break's tag, or could not become one.
        while let Some(blank) = self.rest[..cut].rfind(is_blank) {
            cut = self.rest[..blank].rfind(is_blank).map_or(0, |at| at + blank_len(&self.rest[at..]));
            if !cleaned(&self.rest[cut..blank]).ends_with("<br") {
                cut = blank;
                break;
            }
        }
        if !self.rest[cut..].starts_with(is_blank) {
            return;
        }
        split(&self.rest[..cut], each);
        self.rest.drain(..cut);
    }

    /// Gives the last word, if there is one; what is fed next is another text.
    pub fn end(&mut self, each: &mut dyn FnMut(&str)) {
        split(&self.rest, each);
        self.rest.clear();
    }
}

fn blank_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// What Python's `str.split` splits at: Unicode's white space and four separators of ASCII.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Lowercase and without double quotes.
fn cleaned(text: &str) -> String {
    let mut text = text.to_lowercase();
    text.retain(|c| c != '"');
    text
}

/// Gives each word of a whole text, as [`Vocabulary::Words`] splits it.
pub fn split(text: &str, each: &mut dyn FnMut(&str)) {
    let text = cleaned(text);
    for part in text.split("<br />") {
        for part in part.split(|c| is_blank(c) || c == ';' || c == ':') {
            let mut start = 0;
            for (at, mark) in part.match_indices(['\'', '.', ',', '(', ')', '!', '?']) {
                if start < at {
                    each(&part[start..at]);
                }
                each(mark);
                start = at + mark.len();
            }
            if start < part.len() {
                each(&part[start..]);
            }
        }
    }
}
