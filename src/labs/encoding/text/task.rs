//! Sentences as a model learns them: one of five held out, and a token for each of the most frequent words of the others.
//! Knows no model.

use super::sentences::Sentences;
use crate::random::{Purpose, Random};
use crate::transformer::sort;

/// Parts that sentences are dealt into, and which of them are for what: two of ten are held out.
const PARTS: usize = 10;
const HELD_OUT: &[usize] = &[0, 5];
const TRAIN: &[usize] = &[1, 3, 6, 7, 9];
const FIT: &[usize] = &[2, 4, 8];
/// Least often that a word comes among the sentences to learn from, to have a token of its own.
const LEAST: u32 = 2;
/// The token of all other words.
pub const UNKNOWN: u32 = 0;

/// Sentences by their tokens, some held out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    sentences: Sentences,
    /// The token of each word, by its number.
    tokens: Vec<u32>,
    /// Tokens, [`UNKNOWN`] among them.
    vocabulary: usize,
    train: Vec<usize>,
    fit: Vec<usize>,
    held_out: Vec<usize>,
}

impl Task {
    /// Holds out one sentence of five, of each label as near as can be, as `seed` has it; at most `vocabulary` tokens.
    #[must_use]
    pub fn new(sentences: Sentences, vocabulary: usize, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        Random::new(seed, Purpose::Sample, 3).shuffle(&mut order);
        let order = by_key(&order, |i| sentences.y(i) as u64);
        let part = |places: &[usize]| {
            let part: Vec<usize> =
                order.iter().enumerate().filter(|(at, _)| places.contains(&(at % PARTS))).map(|(_, &i)| i).collect();
            by_key(&part, |i| i as u64)
        };
        let (held_out, train, fit) = (part(HELD_OUT), part(TRAIN), part(FIT));

        let mut counts = vec![0_u32; sentences.words().len()];
        train.iter().chain(&fit).flat_map(|&i| sentences.sentence(i)).for_each(|&word| counts[word as usize] += 1);
        let mut known: Vec<u32> = (0..counts.len() as u32).filter(|&word| counts[word as usize] >= LEAST).collect();
        // The most frequent first, equals by their letters: their order in the file does not matter.
        let words = sentences.words();
        sort(&mut known, &mut |a, b| counts[b].cmp(&counts[a]).then_with(|| words[a].cmp(&words[b])));
        known.truncate(vocabulary.saturating_sub(1));
        let mut tokens = vec![UNKNOWN; counts.len()];
        known.iter().zip(UNKNOWN + 1..).for_each(|(&word, token)| tokens[word as usize] = token);
        Self { vocabulary: known.len() + 1, sentences, tokens, train, fit, held_out }
    }

    /// The sentences.
    #[must_use]
    pub fn sentences(&self) -> &Sentences {
        &self.sentences
    }

    /// How many tokens there are.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// Sentences that a classifier learns from, ascending.
    #[must_use]
    pub fn train(&self) -> &[usize] {
        &self.train
    }

    /// Sentences that models of explanations are fitted to, ascending: the classifier has not learned their labels by heart.
    #[must_use]
    pub fn fit(&self) -> &[usize] {
        &self.fit
    }

    /// Sentences held out, ascending.
    #[must_use]
    pub fn held_out(&self) -> &[usize] {
        &self.held_out
    }

    /// Words of sentence `i`.
    #[must_use]
    pub fn words(&self, i: usize) -> usize {
        self.sentences.sentence(i).len()
    }

    /// The tokens of sentence `i`.
    pub fn tokens(&self, i: usize) -> impl Iterator<Item = u32> {
        self.sentences.sentence(i).iter().map(|&word| self.tokens[word as usize])
    }
}

/// Sentences in the order of a key; equal ones stay in theirs.
pub(super) fn by_key(sentences: &[usize], key: impl Fn(usize) -> u64) -> Vec<usize> {
    let mut keyed: Vec<(u64, u32)> = sentences.iter().map(|&i| key(i)).zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, at)| sentences[at as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences() -> Sentences {
        let rows: String = (0..50).map(|i| format!("the {} w{i}\t{}\n", ["good", "bad"][i % 2], i % 2)).collect();
        Sentences::read(rows.as_bytes()).expect("sentences")
    }

    #[test]
    fn one_of_five_is_held_out_of_each_label() {
        let task = Task::new(sentences(), 100, 7);
        assert_eq!((task.held_out().len(), task.train().len()), (10, 25));
        assert_eq!(task.held_out().iter().filter(|&&i| i % 2 == 0).count(), 5, "{:?}", task.held_out());
        assert!(task.held_out().iter().all(|i| !task.train().contains(i)), "never both");
        assert_eq!(Task::new(sentences(), 100, 7), task, "the same seed");
        assert_ne!(Task::new(sentences(), 100, 8).held_out(), task.held_out(), "another one");
    }

    #[test]
    fn frequent_words_have_tokens_and_the_rest_are_unknown() {
        let task = Task::new(sentences(), 100, 7);
        assert_eq!(task.vocabulary(), 4, "unknown, the, bad, good");
        assert_eq!(task.tokens(0).collect::<Vec<_>>(), [1, 3, UNKNOWN]);
        assert_eq!(task.tokens(1).collect::<Vec<_>>(), [1, 2, UNKNOWN]);
        assert_eq!(Task::new(sentences(), 2, 7).tokens(0).collect::<Vec<_>>(), [1, UNKNOWN, UNKNOWN]);
    }
}
