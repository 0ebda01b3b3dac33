//! The shared suite, natively.

mod suite;

#[test]
fn exp_is_within_2_ulp_of_the_true_value() {
    suite::exp_is_within_2_ulp_of_the_true_value();
}

#[test]
fn exp_keeps_zero_infinity_and_nan() {
    suite::exp_keeps_zero_infinity_and_nan();
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
