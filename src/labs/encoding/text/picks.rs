//! Selections of words, one for each sentence, and how one sentence's is given to another: from one of nearly its length, with
//! the places beyond its end left out. What is given so depends on a sentence by its length alone, which every reader
//! sees. Knows no model.

use super::task::{Task, by_key};
use super::{Words, all_words};
use crate::random::Random;

/// Sentences on either side, in the order of their lengths, that count as nearly as long.
const NEAR: usize = 16;

/// Sentences in the order of their lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ByLength {
    order: Vec<usize>,
    /// Where each sentence stands in it; 0 for those that are not among them.
    place: Vec<u32>,
}

impl ByLength {
    /// Of these sentences.
    pub fn new(task: &Task, sentences: &[usize]) -> Self {
        let order = by_key(sentences, |i| task.words(i) as u64);
        let mut place = vec![0; task.sentences().len()];
        order.iter().zip(0..).for_each(|(&i, at)| place[i] = at);
        Self { order, place }
    }

    /// Another sentence that is nearly as long; by chance the same.
    pub fn near(&self, sentence: usize, random: &mut Random) -> usize {
        let at = self.place[sentence] as usize;
        let (from, to) = (at.saturating_sub(NEAR), (at + NEAR + 1).min(self.order.len()));
        self.order[from + random.below((to - from) as u32) as usize]
    }

    /// The one that comes next, the first one after the last.
    pub fn next(&self, sentence: usize) -> usize {
        let at = self.place[sentence] as usize + 1;
        self.order[if at < self.order.len() { at } else { 0 }]
    }

    /// Shuffles selections among these sentences, each going to one of nearly the length.
    pub fn deal(&self, task: &Task, picks: &[Words], random: &mut Random, dealt: &mut [Words]) {
        for run in self.order.chunks(2 * NEAR) {
            let mut from = run.to_vec();
            random.shuffle(&mut from);
            run.iter().zip(from).for_each(|(&to, from)| dealt[to] = fitted(task, picks[from], to));
        }
    }
}

/// A selection as another sentence can have it: what is beyond its end is left out.
pub(super) fn fitted(task: &Task, selection: Words, sentence: usize) -> Words {
    selection & all_words(task.words(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::text::Sentences;
    use crate::random::Purpose;

    #[test]
    fn what_is_dealt_out_fits_and_comes_from_sentences_of_like_length() {
        let row = |i: usize| format!("{}\t{}\n", ["w"; 50][..1 + i % 50].join(" "), i % 2);
        let rows: String = (0..1000).map(row).collect();
        let task = Task::new(Sentences::read(rows.as_bytes()).expect("sentences"), 10, 0);
        let by_length = ByLength::new(&task, task.train());
        // Each picks its last word.
        let picks: Vec<Words> = (0..1000).map(|i| 1 << (task.words(i) - 1)).collect();
        let mut dealt = vec![0; 1000];
        by_length.deal(&task, &picks, &mut Random::new(0, Purpose::Sample, 0), &mut dealt);
        let mut moved = 0;
        for &i in task.train() {
            assert_eq!(fitted(&task, dealt[i], i), dealt[i], "no place beyond the end of sentence {i}");
            let last = 63_u32.saturating_sub(dealt[i].leading_zeros()) as usize + 1;
            assert!(dealt[i] == 0 || last.abs_diff(task.words(i)) <= 3, "{last} of {}", task.words(i));
            moved += usize::from(dealt[i] != picks[i]);
        }
        assert!(moved > 100, "{moved} sentences have another's");
        let near = by_length.near(task.train()[0], &mut Random::new(1, Purpose::Sample, 0));
        assert!(task.words(near).abs_diff(task.words(task.train()[0])) <= 3, "nearly as long");
    }
}
