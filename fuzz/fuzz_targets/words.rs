//! Any text, cut anywhere, as words: the pieces give those of the whole, and a vocabulary of them survives its text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::transformer::tokenizer::{Counter, Pieces, Vocabulary};

fuzz_target!(|given: (&str, u8)| {
    let (text, cut) = given;
    let cut = (0..=text.len().min(cut.into())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let words = |parts: &[&str]| {
        let (mut pieces, mut words) = (Pieces::default(), Vec::new());
        parts.iter().for_each(|part| pieces.feed(part, &mut |word| words.push(word.to_owned())));
        pieces.end(&mut |word| words.push(word.to_owned()));
        words
    };
    assert_eq!(words(&[&text[..cut], &text[cut..]]), words(&[text]), "cut at {cut}");
    let mut counter = Counter::new();
    counter.feed(text);
    if let Ok(vocabulary) = counter.vocabulary(1, 1000) {
        assert_eq!(Vocabulary::from_text(vocabulary.kind(), &vocabulary.to_text()), Ok(vocabulary), "its text");
    }
});
