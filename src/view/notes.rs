//! What is being seen at the moment, as the key of a sentence.

use crate::experiment::Experiment;
use crate::experiment::scan_snap::DataKind;
use crate::run::{Frame, Verdict};

/// In Scan & Snap: the phase of training.
#[must_use]
pub fn scan_snap(experiment: &Experiment, frame: &Frame) -> &'static str {
    let Some(settings) = experiment.scan_snap() else { return "" };
    if settings.data.kind == DataKind::Theory {
        return "seen_curves";
    }
    let holds = |claim: &str| frame.checks.iter().any(|check| check.claim == claim && check.verdict == Verdict::Holds);
    if settings.data.kind == DataKind::Text && frame.step > 0 {
        return if holds("text_map_stops") { "seen_text_snap" } else { "seen_text_scan" };
    }
    let of_theory = frame.checks.iter().find(|check| check.claim == "common_fall");
    if of_theory.is_some_and(|check| matches!(check.verdict, Verdict::DoesNotApply(_))) {
        return "seen_no_theory";
    }
    match (frame.step, holds("growth_slows")) {
        (0, _) => "seen_start",
        (_, true) => "seen_snap",
        (_, false) => "seen_scan",
    }
}

/// In tool use: what is being done.
#[must_use]
pub fn tool_use(_: &Experiment, frame: &Frame) -> &'static str {
    if frame.get("reply_p").is_some() {
        return "seen_probe";
    }
    if frame.get("round_steps").is_some() {
        return "seen_tuning";
    }
    match (frame.get("rates").is_some(), frame.step) {
        (true, _) => "seen_scoring",
        (false, 0) => "seen_no_data",
        (false, _) => "seen_making",
    }
}

/// Of explanations: whether the one that is looked at encodes.
#[must_use]
pub fn encoding(_: &Experiment, frame: &Frame) -> &'static str {
    let at = frame.focus.class as usize;
    if frame.scalar("is_estimated").is_some() {
        return match frame.values("estimate_verdict").get(at) {
            Some(&1.0) => "seen_encodes",
            Some(&0.0) => "seen_not_shown",
            _ if frame.scalar("samples").is_some() => "seen_samples",
            _ => "seen_not_judged",
        };
    }
    match frame.values("encodes").get(at) {
        None => "seen_no_scores",
        Some(&1.0) => "seen_encodes",
        Some(_) => "seen_does_not_encode",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Check;
    use crate::view::text::say;

    fn at(step: u64) -> Frame {
        let verdict = if step < 40 { Verdict::Fails } else { Verdict::Holds };
        Frame { step, checks: vec![Check { claim: "growth_slows".into(), verdict, value: 0.1 }], ..Frame::default() }
    }

    #[test]
    fn the_phases_follow_each_other() {
        let experiment = Experiment::default();
        let keys = [0, 1, 39, 40, 100].map(|step| scan_snap(&experiment, &at(step)));
        assert_eq!(keys, ["seen_start", "seen_scan", "seen_scan", "seen_snap", "seen_snap"]);
        assert!(keys.iter().all(|key| say(key) != *key), "every key has its sentence");
    }

    #[test]
    fn on_a_text_the_map_decides() {
        let mut experiment = Experiment::default();
        experiment.set("data.kind", "text").expect("a kind there is");
        let map = |verdict| Check { claim: "text_map_stops".into(), verdict, value: 0.2 };
        let keys = [(0, Verdict::Fails), (5, Verdict::Fails), (90, Verdict::Holds)].map(|(step, verdict)| {
            scan_snap(&experiment, &Frame { step, checks: vec![map(verdict)], ..Frame::default() })
        });
        assert_eq!(keys, ["seen_start", "seen_text_scan", "seen_text_snap"]);
        assert!(keys.iter().all(|key| say(key) != *key), "every key has its sentence");
    }

    #[test]
    fn no_phase_is_promised_where_the_theory_does_not_apply() {
        let verdict = Verdict::DoesNotApply("not_sgd".into());
        let check = Check { claim: "common_fall".into(), verdict, value: f64::NAN };
        let frame = Frame { checks: vec![check], ..at(50) };
        assert_eq!(scan_snap(&Experiment::default(), &frame), "seen_no_theory");
    }
}
