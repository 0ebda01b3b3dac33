//! The shared suites of kernels and whole runs, one test for each of their functions: in the native binary (tests/it), and on simd128
//! in the wasm one (tests/wasm.rs), which both compile this file. A function of a suite that is missing here is unused code, and a
//! warning.

// From the wasm binary's place the folder of this file is another one.
#[path = "kernel/naive.rs"]
mod naive;
#[path = "kernel/suite.rs"]
mod suite;
#[path = "kernel/transformer.rs"]
mod transformer;

#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as test;

macro_rules! tests {
    ($($suite:ident::$name:ident,)*) => {
        $(
            #[test]
            fn $name() {
                $suite::$name();
            }
        )*
    };
}

tests! {
    suite::exp_is_within_2_ulp_of_the_true_value,
    suite::exp_keeps_zero_infinity_and_nan,
    suite::chacha8_is_bernsteins,
    suite::softmax_sums_to_one_at_every_length,
    suite::matrix_kernels_are_the_naive_sums_at_every_shape,
    suite::optimiser_kernels_agree_bit_for_bit,
    suite::runs_end_on_their_golden_digests,
    suite::runs_on_text_end_on_their_golden_digests,
    transformer::products_are_the_naive_sums_at_every_shape,
    transformer::a_row_of_a_product_does_not_depend_on_the_others,
    transformer::layernorm_is_the_formula_and_its_gradient,
    transformer::activations_are_the_formulas_and_their_gradients,
    transformer::cross_entropy_is_the_formula_and_its_gradient,
    transformer::attention_is_the_formula_and_its_gradient,
    transformer::attention_is_the_reference_at_every_length,
    transformer::a_position_does_not_depend_on_later_ones,
    transformer::shown_weights_are_those_that_attention_uses,
    transformer::a_position_without_keys_gives_nothing,
    transformer::adamw_is_pytorchs_rule_at_every_length,
    transformer::sums_of_squares_keep_six_digits,
    transformer::the_fast_kernels_give_their_golden_bits,
}
