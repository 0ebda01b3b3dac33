//! The kernels and whole runs once more, on wasm under node: the same functions as natively, the same bits.
#![cfg(target_family = "wasm")]

#[path = "it/kernel/suite.rs"]
mod suite;

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
fn exp() {
    suite::exp_is_within_2_ulp_of_the_true_value();
    suite::exp_keeps_zero_infinity_and_nan();
}

#[test]
fn softmax() {
    suite::softmax_sums_to_one_at_every_length();
}

#[test]
fn matrix_kernels() {
    suite::matrix_kernels_are_the_naive_sums_at_every_shape();
}

#[test]
fn optimisers() {
    suite::optimiser_kernels_agree_bit_for_bit();
}

#[test]
fn golden_digests() {
    suite::runs_end_on_their_golden_digests();
}
