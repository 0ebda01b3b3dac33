//! What must have the same bits natively and on wasm: exact scores of every method on every law, estimates, and a study of
//! sentences.

use snapscope::experiment::Link;
use snapscope::labs;
use snapscope::labs::encoding::text::{Method as TextMethod, Sentences, Settings, Study};
use snapscope::labs::encoding::{Kind, Law, Method, Samples, Selection, estimate, score};
use xxhash_rust::xxh64::xxh64;

fn digest(numbers: &[f64]) -> u64 {
    xxh64(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>(), 0)
}

/// Exact scores.
pub fn exact_scores_have_their_golden_bits() {
    let mut numbers = Vec::new();
    for law in Law::ALL {
        let joint = law.joint();
        let explained = Method::ALL.map(|method| method.explain(&joint, 2, 7).expect("small laws"));
        for scores in score(&joint, &explained).expect("quick enough") {
            numbers.extend([scores.eval_x, scores.fresh, scores.roar, scores.encode_meter, scores.encode_meter_mi]);
            numbers.extend([scores.accuracy, scores.kl01]);
        }
    }
    assert_eq!(digest(&numbers), 0x1ab9_eca0_8584_5117, "exact scores: {:016x}", digest(&numbers));
}

/// Runs of the lab, to their last step.
pub fn runs_of_the_lab_end_on_their_golden_digests() {
    let runs = [
        ("#v=1&lab=encoding&seed=1", "9222d8ec7e9fd8ed"),
        ("#v=1&lab=encoding&seed=1&subject.kind=images", "421b9a9c537d8963"),
        ("#v=1&lab=encoding&seed=1&scores.by=all-maps", "a76b6245fea73a5e"),
        ("#v=1&lab=encoding&seed=2&subject.law=noisy&scores.by=samples&scores.samples=300", "0aaa5c0470b0ddac"),
        (
            "#v=1&lab=encoding&seed=2&scores.by=samples&scores.samples=200&scores.model=transformer&scores.steps=50",
            "6d78a1aff533ca57",
        ),
    ];
    let end = |(fragment, _): (&str, &str)| {
        let mut run = labs::start(&Link::parse(fragment).0.experiment).expect("valid settings");
        run.step(u64::MAX).expect("nothing diverges");
        run.digest().to_string()
    };
    assert_eq!(runs.map(end), runs.map(|(_, golden)| golden.to_owned()), "in the order of the list");
}

/// Estimates by both kinds of model.
pub fn estimates_have_their_golden_bits() {
    let joint = Law::ControlFlow.joint();
    let (samples, rows) = Samples::draw(&joint, 600, 3);
    let marg = Method::Marg.explain(&joint, 1, 0).expect("three inputs");
    let picks: Vec<Selection> = rows.iter().map(|&row| marg.selections[row]).collect();
    let mut numbers = Vec::new();
    for kind in [Kind::Table, Kind::Transformer { width: 16, steps: 20 }] {
        for found in estimate(&samples, &[&picks[..]], kind, 5) {
            for interval in [found.eval_x, found.fresh, found.encode_meter, found.floor, found.control] {
                numbers.extend([interval.value, interval.low, interval.high]);
            }
            numbers.extend([found.encode_meter_kl, found.calibration_error]);
        }
    }
    assert_eq!(digest(&numbers), 0xa8c6_dd3d_3a77_8839, "estimates: {:016x}", digest(&numbers));
}

/// A short study of some reviews by all methods, to its last weight.
pub fn studies_of_sentences_have_their_golden_bits() {
    let reviews = include_str!("../../../public/texts/reviews.tsv");
    let rows: Vec<&str> = reviews.lines().take(60).collect();
    let sentences = Sentences::read(rows.join("\n").as_bytes()).expect("labelled sentences");
    let methods = TextMethod::ALL.to_vec();
    let settings = Settings { methods, learn: 20, values: 4, picked: 3, coalitions: 16, ..Settings::of(60) };
    let mut study = Study::new(sentences, settings, Vec::new(), 5).expect("valid");
    while study.step_idx() < study.steps() {
        study.step();
    }
    let digest = xxh64(&study.checkpoint(), 0);
    assert_eq!(digest, 0x7ca8_819a_4b84_41ff, "a study: {digest:016x}");
}
