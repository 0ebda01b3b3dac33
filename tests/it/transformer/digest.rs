//! The shared suite of digests, natively.

use super::suite;

#[test]
fn trainings_end_on_their_golden_digests() {
    suite::trainings_end_on_their_golden_digests();
}
