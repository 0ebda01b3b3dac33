//! Any bytes as a file of weights: they are read or refused, and what was read is written to bytes that read the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::transformer::safetensors::{load, save};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(saved) = load(bytes) {
        let again = load(&save(&saved.config, &saved.params, saved.vocabulary.as_ref()));
        assert_eq!(again, Ok(saved), "a file survives its own form");
    }
});
