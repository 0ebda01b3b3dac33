//! The kernels and whole runs once more, on wasm under node: the same functions as natively, the same bits.
#![cfg(target_family = "wasm")]

#[path = "it/encoding/suite.rs"]
mod encoding;
#[path = "it/kernel/naive.rs"]
mod naive;
#[path = "it/kernel/suite.rs"]
mod suite;
#[path = "it/transformer/suite.rs"]
mod training;
#[path = "it/kernel/transformer.rs"]
mod transformer;

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
fn words() {
    suite::chacha8_is_bernsteins();
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

#[test]
fn golden_scores_of_explanations() {
    encoding::exact_scores_have_their_golden_bits();
    encoding::estimates_have_their_golden_bits();
    encoding::studies_of_sentences_have_their_golden_bits();
    encoding::runs_of_the_lab_end_on_their_golden_digests();
}

#[test]
fn golden_digests_on_text() {
    suite::runs_on_text_end_on_their_golden_digests();
}

#[test]
fn products_are_the_naive_sums_at_every_shape() {
    transformer::products_are_the_naive_sums_at_every_shape();
}

#[test]
fn a_row_of_a_product_does_not_depend_on_the_others() {
    transformer::a_row_of_a_product_does_not_depend_on_the_others();
}

#[test]
fn layernorm_is_the_formula_and_its_gradient() {
    transformer::layernorm_is_the_formula_and_its_gradient();
}

#[test]
fn activations_are_the_formulas_and_their_gradients() {
    transformer::activations_are_the_formulas_and_their_gradients();
}

#[test]
fn cross_entropy_is_the_formula_and_its_gradient() {
    transformer::cross_entropy_is_the_formula_and_its_gradient();
}

#[test]
fn attention_is_the_formula_and_its_gradient() {
    transformer::attention_is_the_formula_and_its_gradient();
}

#[test]
fn attention_is_the_reference_at_every_length() {
    transformer::attention_is_the_reference_at_every_length();
}

#[test]
fn a_position_does_not_depend_on_later_ones() {
    transformer::a_position_does_not_depend_on_later_ones();
}

#[test]
fn shown_weights_are_those_that_attention_uses() {
    transformer::shown_weights_are_those_that_attention_uses();
}

#[test]
fn a_position_without_keys_gives_nothing() {
    transformer::a_position_without_keys_gives_nothing();
}

#[test]
fn adamw_is_pytorchs_rule_at_every_length() {
    transformer::adamw_is_pytorchs_rule_at_every_length();
}

#[test]
fn sums_of_squares_keep_six_digits() {
    transformer::sums_of_squares_keep_six_digits();
}

#[test]
fn the_fast_kernels_give_their_golden_bits() {
    transformer::the_fast_kernels_give_their_golden_bits();
}

#[test]
fn transformer_digests() {
    training::trainings_end_on_their_golden_digests();
}
