//! Any bytes as rationales: they are read or refused in a sentence, and what they select is there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::encoding::text::{Rationales, all_words};

fuzz_target!(|bytes: &[u8]| match Rationales::read(bytes) {
    Ok(Rationales { sentences, selections, told }) => {
        assert_eq!(selections.len(), sentences.len(), "a selection of each sentence");
        for (i, selection) in selections.iter().enumerate() {
            assert_eq!(selection & !all_words(sentences.sentence(i).len()), 0, "words of sentence {i}");
        }
        assert!(told.len() <= 21, "what is told is bounded: {}", told.len());
    }
    Err(error) => assert!(error.to_string().len() < 1000, "a refusal is a sentence"),
});
