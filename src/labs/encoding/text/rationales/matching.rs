//! A rationale, however it is written, as a selection of a sentence's words. Knows no file.

use super::row::Rationale;
use crate::experiment::setting::shorten;
use crate::labs::encoding::text::Words;
use crate::transformer::tokenizer::split;

/// What a rationale selects.
pub(super) struct Found {
    /// The words that are kept.
    pub selection: Words,
    /// Whether it selects words that are cut.
    pub beyond: bool,
}

/// What does not match: what is there, and what is allowed.
type Mismatch = (String, String);

/// The pieces of a text between blanks; of a line break's tag nothing.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split_whitespace().collect();
    for i in 1..parts.len() {
        if parts[i - 1].eq_ignore_ascii_case("<br") && parts[i] == "/>" {
            (parts[i - 1], parts[i]) = ("", "");
        }
    }
    parts
}

/// A sentence's words as they are kept, each with the piece it is of; `cut` more are not.
struct Sentence<'a> {
    pieces: usize,
    of_pieces: &'a [usize],
    cut: usize,
    words: &'a [&'a str],
}

/// The selection of a sentence of so many pieces between blanks.
pub(super) fn find(
    rationale: &Rationale<'_>,
    pieces: usize,
    of_pieces: &[usize],
    cut: usize,
    words: &[&str],
) -> Result<Found, Mismatch> {
    let sentence = Sentence { pieces, of_pieces, cut, words };
    match rationale {
        Rationale::Places(places) => sentence.places(places),
        Rationale::Text(text) => sentence.text(text),
        Rationale::Texts(texts) => texts.iter().try_fold(Found { selection: 0, beyond: false }, |all, text| {
            let found = sentence.phrase(text)?;
            Ok(Found { selection: all.selection | found.selection, beyond: all.beyond | found.beyond })
        }),
    }
}

impl Sentence<'_> {
    fn places(&self, places: &[(u64, u64)]) -> Result<Found, Mismatch> {
        let pieces = self.pieces as u64;
        if let Some((from, to)) = places.iter().find(|(from, to)| from >= to || *to > pieces) {
            let found =
                if from < to { format!("word {}", to - 1) } else { format!("words from {from} to before {to}") };
            let last = self.pieces - 1;
            return Err((found, format!("words from 0 to {last} of the {pieces} between blanks")));
        }
        Ok(self.of(&|piece| places.iter().any(|(from, to)| (*from..*to).contains(&(piece as u64)))))
    }

    /// The words of selected pieces.
    fn of(&self, is_selected: &dyn Fn(usize) -> bool) -> Found {
        let word = |(i, piece): (usize, &usize)| Words::from(is_selected(*piece)) << i;
        let kept = self.of_pieces.last().map_or(0, |last| last + 1);
        Found {
            selection: self.of_pieces.iter().enumerate().map(word).fold(0, |all, one| all | one),
            beyond: self.cut > 0 && (kept..self.pieces).any(is_selected),
        }
    }

    fn text(&self, text: &str) -> Result<Found, Mismatch> {
        let text = text.trim();
        let digits: Vec<char> = text.chars().filter(|c| *c == '0' || *c == '1').collect();
        let all = self.words.len() + self.cut;
        if digits.len() == text.len() && !text.is_empty() {
            if digits.len() == self.pieces {
                return Ok(self.of(&|piece| digits[piece] == '1'));
            }
            if digits.len() == all {
                let word = |(i, digit): (usize, &char)| Words::from(*digit == '1') << i;
                let kept = digits.iter().take(self.words.len()).enumerate();
                let beyond = digits[self.words.len()..].contains(&'1');
                return Ok(Found { selection: kept.map(word).fold(0, |all, one| all | one), beyond });
            }
            if digits.len() > 1 {
                let pieces = self.pieces;
                let words = format!("{pieces} words between blanks, or of the {all} with punctuation apart");
                return Err((format!("{} digits", digits.len()), format!("one for each of the {words}")));
            }
        }
        let separates = |c: char| c.is_whitespace() || [',', ';', '[', ']'].contains(&c);
        let numbers: Option<Vec<u64>> =
            text.split(separates).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect();
        match numbers {
            Some(numbers) => self.places(&numbers.into_iter().map(|n| (n, n.saturating_add(1))).collect::<Vec<_>>()),
            None => self.phrase(text),
        }
    }

    /// Words in a row, where they stand first; else each after the one before.
    fn phrase(&self, text: &str) -> Result<Found, Mismatch> {
        let mut phrase = Vec::new();
        parts(text).iter().for_each(|part| split(part, &mut |word| phrase.push(word.to_owned())));
        if phrase.is_empty() {
            return Ok(Found { selection: 0, beyond: false });
        }
        if let Some(from) = self.words.windows(phrase.len()).position(|words| words == phrase) {
            let selection = (from..from + phrase.len()).fold(0, |all, i| all | 1 << i);
            return Ok(Found { selection, beyond: false });
        }
        let (mut selection, mut from) = (0, 0);
        for word in &phrase {
            match self.words[from..].iter().position(|other| other == word) {
                Some(at) => {
                    selection |= 1 << (from + at);
                    from += at + 1;
                }
                // It may be one of those that are cut.
                None if self.cut > 0 => return Ok(Found { selection, beyond: true }),
                None => return Err((shorten(word), "words of the text in their order".to_owned())),
            }
        }
        Ok(Found { selection, beyond: false })
    }
}
