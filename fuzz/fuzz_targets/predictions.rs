//! Any two files, apart by a NUL, as samples and predictions of them, fed in pieces: they are scored or refused in a sentence, and
//! what passes strictly has
//! the paper's thoughts and tools.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::tool_use::{Evaluator, Record, Records, RecordsError};

fn read(bytes: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), RecordsError> {
    let mut records = Records::default();
    bytes.chunks(7).try_for_each(|piece| records.feed(piece, see))?;
    records.end()
}

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(2, |byte| *byte == 0);
    let [samples, predictions] = [files.next(), files.next()].map(Option::unwrap_or_default);
    let mut evaluator = Evaluator::default();
    let read = read(samples, &mut |record| evaluator.sample(&record))
        .and_then(|()| read(predictions, &mut |record| evaluator.prediction(&record)));
    if let Err(error) = read {
        assert!(error.to_string().len() < 200, "a refusal is a sentence: {error}");
    }
    let found = evaluator.end();
    assert!(found.told.len() <= 42, "what is told is bounded: {}", found.told.len());
    for item in &found.items {
        let metrics = item.metrics;
        for value in [metrics.thought, metrics.action, metrics.args, metrics.success, metrics.iou] {
            assert!((0.0..=1.0).contains(&value), "{metrics:?}");
        }
        assert!(metrics.success <= metrics.thought.min(metrics.action), "{metrics:?}");
        assert!(item.failure.is_some() || metrics.thought.min(metrics.action) == 1.0, "{item:?}");
    }
});
