//! Any two files, apart by a NUL, as a distribution and an explanation of it: they are read or refused, and what was read has
//! scores that fit each other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use snapscope::labs::encoding::{Sampled, file, score};

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(2, |byte| *byte == 0);
    let [data, map] = [files.next(), files.next()].map(Option::unwrap_or_default);
    let Ok(joint) = file::joint(data) else { return };
    let sum: f64 = joint.y().iter().sum();
    assert!((sum - 1.0).abs() < 1e-9, "a distribution: {sum}");
    if let (Some(counts), Ok(sampled)) = (joint.counts(), Sampled::new(&joint, 1_000, 0)) {
        let all: u64 = counts.iter().sum();
        assert!(sampled.samples.len() as u64 == all.min(1_000) && sampled.law.len() == joint.len(), "{all} samples");
    }
    let Ok(explanation) = file::explanation(map, "it", &joint) else { return };
    let Ok(scores) = score(&joint, &[explanation]) else { return };
    let scores = &scores[0];
    let gap = scores.encode_meter - (scores.fresh - scores.eval_x);
    assert!(gap.abs() < 1e-6, "M = FRESH - EVAL-X: {scores:?}");
    assert!(scores.eval_x <= 1e-9 && scores.fresh <= 1e-9 && scores.roar >= -1e-9, "{scores:?}");
    assert!(scores.encode_meter >= 0.0 && scores.encode_meter_mi >= 0.0, "{scores:?}");
});
