//! The kernels and whole runs once more, on wasm under node: the same functions as natively, the same bits.
#![cfg(target_family = "wasm")]

#[path = "it/encoding/suite.rs"]
mod encoding;
#[path = "it/kernel.rs"]
mod kernel;
#[path = "it/transformer/suite.rs"]
mod training;

use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn the_table_has_the_simd_kernels() {
    assert_eq!(
        snapscope::kernels::TABLE.map(|kernels| kernels.name),
        ["reference", "simd128"],
        "simd128 is switched on for wasm by .cargo/config.toml"
    );
}

#[test]
fn golden_scores_of_explanations() {
    encoding::exact_scores_have_their_golden_bits();
    encoding::estimates_have_their_golden_bits();
    encoding::studies_of_sentences_have_their_golden_bits();
    encoding::runs_of_the_lab_end_on_their_golden_digests();
}

#[test]
fn transformer_digests() {
    training::trainings_end_on_their_golden_digests();
}
