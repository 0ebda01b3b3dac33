//! Which words of a sentence are selected, as bits.

/// The selected words of a sentence: bit i for word i. Sentences have at most [`super::sentences::MAX_WORDS`].
pub type Words = u64;

/// All words of a sentence of so many.
#[must_use]
pub fn all_words(count: usize) -> Words {
    if count < 64 { (1 << count) - 1 } else { Words::MAX }
}
