//! The shared suites, natively.

mod naive;
mod suite;
mod transformer;

#[test]
fn exp_is_within_2_ulp_of_the_true_value() {
    suite::exp_is_within_2_ulp_of_the_true_value();
}

#[test]
fn exp_keeps_zero_infinity_and_nan() {
    suite::exp_keeps_zero_infinity_and_nan();
}

#[test]
fn chacha8_is_bernsteins() {
    suite::chacha8_is_bernsteins();
}

#[test]
fn softmax_sums_to_one_at_every_length() {
    suite::softmax_sums_to_one_at_every_length();
}

#[test]
fn matrix_kernels_are_the_naive_sums_at_every_shape() {
    suite::matrix_kernels_are_the_naive_sums_at_every_shape();
}

#[test]
fn optimiser_kernels_agree_bit_for_bit() {
    suite::optimiser_kernels_agree_bit_for_bit();
}

#[test]
fn runs_end_on_their_golden_digests() {
    suite::runs_end_on_their_golden_digests();
}

#[test]
fn runs_on_text_end_on_their_golden_digests() {
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
