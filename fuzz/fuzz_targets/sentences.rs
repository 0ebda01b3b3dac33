//! Any bytes as labelled sentences: they are read or refused in a sentence, and what was read can be learned from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::encoding::text::sentences::{LABELS, MAX_WORDS, MIN_SENTENCES};
use snapscope::labs::encoding::text::{Sentences, Task};

fuzz_target!(|bytes: &[u8]| match Sentences::read(bytes) {
    Ok(sentences) => {
        assert!(sentences.len() >= MIN_SENTENCES && LABELS.contains(&sentences.labels().len()), "enough to learn");
        let task = Task::new(sentences, 100, 7);
        let parts = [task.train(), task.fit(), task.held_out()];
        assert_eq!(parts.concat().len(), task.sentences().len(), "each sentence is in one part");
        for i in 0..task.sentences().len() {
            assert!((1..=MAX_WORDS).contains(&task.words(i)), "{} words", task.words(i));
            assert!(task.tokens(i).all(|token| (token as usize) < task.vocabulary()), "tokens there are");
        }
    }
    Err(error) => assert!(error.to_string().len() < 1000, "a refusal is a sentence"),
});
