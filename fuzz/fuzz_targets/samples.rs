//! Any bytes as a file of samples to learn from, whole and in pieces: both come to the same, samples or a refusal in a sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::tool_use::samples::{Reading, Samples};

fn read(bytes: &[u8], length: usize) -> Result<Samples, String> {
    let mut reading = Reading::new("it");
    bytes.chunks(length).try_for_each(|piece| reading.feed(piece))?;
    reading.end()
}

fuzz_target!(|bytes: &[u8]| {
    let found = read(bytes, bytes.len().max(1));
    assert_eq!(found, read(bytes, 7), "in pieces");
    match found {
        Err(error) => assert!(error.len() < 1000, "a refusal is a sentence: {error}"),
        Ok(found) => {
            let contents = &found.contents;
            assert_eq!(contents.samples(), contents.kinds.iter().map(|kind| kind.samples).sum::<u64>());
            assert_eq!(contents.samples(), found.kept.len() as u64, "a small file is kept as a whole");
            assert!(contents.told().len() <= 21 && found.frame().values("kinds").len() == 20);
        }
    }
});
