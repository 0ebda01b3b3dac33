//! The paper's claims as sentences: verdict, number, source.

use crate::number::significant;
use crate::run::{Check, Verdict};
use crate::view::text::{self, say};

/// A claim as the notes show it.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckView {
    /// `holds`, `fails` or `skipped`: for the mark's colour.
    pub kind: &'static str,
    /// A mark that needs no colour.
    pub mark: &'static str,
    /// The verdict in words.
    pub verdict: &'static str,
    /// The claim.
    pub sentence: String,
    /// Its number with what it is, or why it does not apply.
    pub detail: String,
    /// Where the claim stands.
    pub source: &'static str,
}

impl CheckView {
    /// How `check` is said.
    #[must_use]
    pub fn new(check: &Check) -> Self {
        let words = text::claim(&check.claim);
        let (kind, mark, verdict) = match check.verdict {
            Verdict::Holds => ("holds", "✓", say("holds")),
            Verdict::Fails => ("fails", "✗", say("fails")),
            Verdict::DoesNotApply(_) => ("skipped", "–", say("does_not_apply")),
        };
        let detail = match &check.verdict {
            Verdict::DoesNotApply(reason) => text::reason(reason),
            _ if check.value.is_nan() => say("no_number_yet").to_owned(),
            _ => format!("{} {}", words.number, significant(check.value)),
        };
        let sentence =
            if words.sentence.is_empty() { check.claim.replace('_', " ") } else { words.sentence.to_owned() };
        Self { kind, mark, verdict, sentence, detail, source: words.source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(verdict: Verdict, value: f64) -> CheckView {
        CheckView::new(&Check { claim: "scan_order".into(), verdict, value })
    }

    #[test]
    fn a_check_says_verdict_number_and_source() {
        let check = view(Verdict::Holds, 0.987_654);
        assert_eq!((check.kind, check.mark), ("holds", "✓"));
        assert!(check.detail.ends_with("0.9877"), "{}", check.detail);
        assert!(!check.source.is_empty(), "source");
    }

    #[test]
    fn a_check_that_does_not_apply_says_why_and_shows_no_number() {
        let check = view(Verdict::DoesNotApply("not_sgd".into()), f64::NAN);
        assert_eq!(check.detail, text::reason("not_sgd"));
        assert_ne!(check.detail, "not sgd", "the catalogue has a sentence for it");
    }

    #[test]
    fn a_check_without_a_number_yet_says_so() {
        assert_eq!(view(Verdict::Fails, f64::NAN).detail, say("no_number_yet"));
    }
}
