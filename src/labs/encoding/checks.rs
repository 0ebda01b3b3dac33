//! The paper's claims on the explanations that were scored (docs/papers.md 2.3), and how often a score puts one that
//! encodes first.

use super::scores::Scores;
use crate::run::{Check, Verdict};

/// Scores that differ by less are equal.
const SAME: f64 = 1e-9;

/// For ROAR, FRESH, EVAL-X and STRIPE-X: pairs of which the one that encodes scores higher than the one that does not.
#[must_use]
pub fn inversions(all: &[&Scores], alpha: f64) -> [u64; 4] {
    let scores: [&dyn Fn(&Scores) -> f64; 4] = [&|s| s.roar, &|s| s.fresh, &|s| s.eval_x, &|s| s.stripe_x(alpha)];
    scores.map(|score| {
        let above = |honest: f64| all.iter().filter(|s| s.encodes() && score(s) > honest + SAME).count() as u64;
        all.iter().filter(|s| !s.encodes()).map(|s| above(score(s))).sum()
    })
}

/// The least alpha at which STRIPE-X puts every explanation that does not encode before all that do; none where one that
/// encodes beats it with a meter of nothing.
fn separating(all: &[&Scores]) -> f64 {
    let honest = all.iter().filter(|s| !s.encodes()).map(|s| s.eval_x).fold(f64::INFINITY, f64::min);
    let encoding = all.iter().filter(|s| s.encodes());
    encoding.map(|s| (s.eval_x - honest) / s.encode_meter).fold(0.0, f64::max)
}

/// The claims; of no explanation none can be checked.
#[must_use]
pub fn checks(all: &[&Scores], alpha: f64) -> Vec<Check> {
    let check = |claim: &str, holds: bool, value: f64| Check {
        claim: claim.to_owned(),
        verdict: if holds { Verdict::Holds } else { Verdict::Fails },
        value,
    };
    let encoding = all.iter().filter(|s| s.encodes()).count();
    if encoding == 0 || encoding == all.len() {
        // Nothing to rank wrongly.
        let skipped = |claim: &&str| Check {
            claim: (*claim).to_owned(),
            verdict: Verdict::DoesNotApply("one_kind".to_owned()),
            value: f64::NAN,
        };
        return [
            "meter_zero",
            "meter_identity",
            "eval_x_weak",
            "eval_x_not_strong",
            "roar_misranks",
            "stripe_x_strong",
        ]
        .iter()
        .map(skipped)
        .collect();
    }
    let most = |of: &dyn Fn(&Scores) -> f64| all.iter().map(|s| of(s)).fold(0.0, f64::max);
    let honest = most(&|s| if s.encodes() { 0.0 } else { s.encode_meter.abs() });
    let identity = most(&|s| (s.encode_meter - (s.fresh - s.eval_x)).abs());
    let best = all.iter().map(|s| s.eval_x).fold(f64::NEG_INFINITY, f64::max);
    let encoding_best = all.iter().any(|s| s.encodes() && s.eval_x > best - SAME);
    let [roar, _, eval_x, stripe_x] = inversions(all, alpha);
    vec![
        check("meter_zero", honest <= SAME, honest),
        check("meter_identity", identity <= SAME, identity),
        check("eval_x_weak", !encoding_best, best),
        check("eval_x_not_strong", eval_x > 0, eval_x as f64),
        check("roar_misranks", roar > 0, roar as f64),
        check("stripe_x_strong", stripe_x == 0, separating(all)),
    ]
}
