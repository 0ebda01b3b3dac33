//! A text in the tokens of a capped vocabulary, split into what is trained on and what is held out. Knows no model.

use super::reader::Text;
use crate::experiment::ConfigError;
use crate::transformer::tokenizer::UNKNOWN;

/// A text as tokens: 2 bytes each.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The words of the vocabulary: `<unk>`, then by falling count, equals in the order of their code points.
    pub words: Vec<String>,
    tokens: Vec<u16>,
    /// Tokens to train on; the rest, the last tenth but at least a window, is held out.
    train: usize,
}

impl Corpus {
    /// The text with the `most` tokens of largest count, `<unk>` among them, of those words that come `least` times or more.
    ///
    /// # Errors
    /// [`ConfigError::Data`] when no word is left.
    pub fn new(text: &Text, most: usize, least: u32) -> Result<Self, ConfigError> {
        let mut order: Vec<u32> =
            (1..=text.words() as u32).filter(|&word| text.count(word as usize) >= least).collect();
        order.sort_unstable_by(|&a, &b| {
            let [a, b] = [a, b].map(|word| word as usize);
            text.count(b).cmp(&text.count(a)).then_with(|| text.word(a).cmp(text.word(b)))
        });
        order.truncate(most - 1);
        if order.is_empty() {
            let what = format!("data.min_count: no word of {} comes {least} times", text.own.name);
            return Err(ConfigError::Data { what });
        }
        let mut token_of = vec![0_u16; text.words() + 1];
        for (i, &word) in order.iter().enumerate() {
            token_of[word as usize] = i as u16 + 1;
        }
        let words = order.iter().map(|&word| text.word(word as usize).to_owned());
        let mut tokens = Vec::with_capacity(text.len());
        tokens.extend(text.tokens().map(|word| token_of[word as usize]));
        Ok(Self { words: core::iter::once(UNKNOWN.to_owned()).chain(words).collect(), train: tokens.len(), tokens })
    }

    /// Refuses a text that does not hold a window to train on and one to judge by, each with the token after it.
    ///
    /// # Errors
    /// [`ConfigError::Data`] that names `path`, the setting of the window.
    pub fn check_length(&self, window: usize, path: &str) -> Result<(), ConfigError> {
        let (found, needed) = (self.tokens.len(), 2 * (window + 1));
        if found >= needed {
            return Ok(());
        }
        let what = format!(
            "{path}: the text has {found} tokens, windows of {window} need {needed}; take a longer text or shorter windows"
        );
        Err(ConfigError::Data { what })
    }

    /// The corpus with its last tenth, but at least a window and the token after it, held out.
    #[must_use]
    pub fn split(mut self, window: usize) -> Self {
        let held_out = (self.tokens.len() / 10).max(window + 1);
        self.train = self.tokens.len() - held_out;
        self
    }

    /// Size of the vocabulary.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no vocabulary is empty")]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The tokens to train on.
    #[must_use]
    pub fn train(&self) -> &[u16] {
        &self.tokens[..self.train]
    }

    /// The tokens held out.
    #[must_use]
    pub fn held_out(&self) -> &[u16] {
        &self.tokens[self.train..]
    }

    /// Where up to `most` windows of `window` tokens and the one after start in what is held out, evenly spread over it.
    #[must_use]
    pub fn held_out_windows(&self, window: usize, most: usize) -> Vec<usize> {
        let last = self.held_out().len() - (window + 1);
        let count = most.min(last / window + 1).max(1);
        (0..count).map(|i| if count > 1 { last * i / (count - 1) } else { 0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    fn text(text: &str) -> Text {
        let mut reader = Reader::new("t");
        reader.feed(text.as_bytes()).expect("a text");
        reader.end().expect("a text")
    }

    #[test]
    fn the_vocabulary_is_the_most_frequent_words_in_torchtexts_order() {
        let corpus = Corpus::new(&text("b a c a b d a <unk> c"), 4, 1).expect("words are left");
        assert_eq!(corpus.words, ["<unk>", "a", "b", "c"]);
        assert_eq!(corpus.tokens, [2, 1, 3, 1, 2, 0, 1, 0, 3]);
        assert_eq!(Corpus::new(&text("b a c a b"), 10, 2).expect("words are left").words, ["<unk>", "a", "b"]);
        let error = Corpus::new(&text("b a"), 10, 2).expect_err("no word is left").to_string();
        assert_eq!(error, "data.min_count: no word of t comes 2 times");
    }

    #[test]
    fn the_last_tenth_but_at_least_a_window_is_held_out() {
        let long = text(&"a b ".repeat(500));
        let corpus = Corpus::new(&long, 10, 1).expect("words are left").split(8);
        assert_eq!((corpus.train().len(), corpus.held_out().len()), (900, 100));
        assert_eq!(corpus.held_out_windows(9, 4), [0, 30, 60, 90]);
        let short = Corpus::new(&text("a b c d e f g h i j k l"), 20, 1).expect("words are left");
        assert_eq!(short.check_length(5, "model.context"), Ok(()));
        let sentence = short.check_length(6, "model.context").expect_err("too short").to_string();
        assert!(sentence.starts_with("model.context: the text has 12 tokens, windows of 6 need 14"), "{sentence}");
        let short = short.split(5);
        assert_eq!((short.train().len(), short.held_out().len()), (6, 6));
        assert_eq!(short.held_out_windows(5, 9), [0]);
    }
}
