//! What the charts of explanations show is what was scored, and a pinned run is drawn beside it.

use super::run::start;
use crate::chart::named;
use crate::text::ENGLISH;
use snapscope::chart::{Scene, Size, Theme};
use snapscope::run::{Focus, Frame};

fn finished(fragment: &str, class: u32) -> Frame {
    let mut run = start(fragment);
    run.step(u64::MAX).expect("nothing diverges");
    run.frame(Focus::on(class))
}

fn csv(chart: &str, frame: &Frame, pinned: Option<&Frame>) -> String {
    let size = Size { width: 640, height: 320, scale: 1.0 };
    let mut scene = Scene::new(named(chart), frame, size, &Theme::LIGHT, &ENGLISH);
    scene.pinned = pinned;
    scene.csv()
}

#[test]
fn points_stand_at_their_scores() {
    let frame = finished("#v=1&lab=encoding&seed=1", 0);
    let table = csv("meter", &frame, None);
    let at = frame.labels("explanations").iter().position(|name| name == "MARG").expect("it is scored");
    let (meter, eval_x) = (frame.values("encode_meter")[at], frame.values("eval_x")[at]);
    assert!((meter - 0.1163).abs() < 5e-5 && (eval_x + 0.4414).abs() < 5e-5, "{meter}, {eval_x}");
    let row = table.lines().find(|line| line.starts_with(&format!("{meter}"))).expect("a point there");
    assert!(row.contains(&format!("{eval_x}")), "{row} of {table}");
}

#[test]
fn a_pinned_run_is_drawn_beside_explanations() {
    let now = finished("#v=1&lab=encoding&seed=1", 0);
    let pinned = finished("#v=1&lab=encoding&seed=1&subject.law=correlated", 0);
    let alone = csv("meter", &now, None);
    let both = csv("meter", &now, Some(&pinned));
    assert!(!alone.contains("pinned"), "{alone}");
    let head = both.lines().next().unwrap_or_default();
    assert!(head.contains("MARG (pinned run)") && head.contains("POSI (pinned run)"), "{head}");
    let eval_x = pinned.values("eval_x")[0];
    assert!(both.lines().any(|line| line.contains(&format!("{eval_x}"))), "{eval_x} of MARG there, in {both}");

    // Of rankings the one that is looked at, of selections those that both show.
    let ranking = csv("ranking", &now, Some(&pinned));
    assert_eq!(ranking.lines().next().unwrap_or_default().matches("pinned").count(), 1, "{ranking}");
    let shown = csv("shown", &now, Some(&pinned));
    let row = |table: &str| table.lines().find(|line| line.starts_with("x1=1")).map(str::to_owned);
    let probability = pinned.labels("shown").iter().position(|pair| pair == "x1=1").expect("MARG shows x1");
    let probability = pinned.values("shown_picked")[2 * probability + 1];
    let row = row(&shown).expect("a row of that selection");
    assert!(row.ends_with(&format!("{probability}")), "{row}: {probability} expected");
    // A run of other labels has nothing to compare.
    let ternary = finished("#v=1&lab=encoding&seed=1&subject.law=ternary", 0);
    assert!(!csv("shown", &now, Some(&ternary)).contains("pinned"), "labels differ");
}

#[test]
fn estimates_of_a_pinned_run_are_drawn_too() {
    let link = "#v=1&lab=encoding&scores.by=samples&scores.samples=400";
    let (now, pinned) = (finished(&format!("{link}&seed=1"), 0), finished(&format!("{link}&seed=2"), 0));
    let table = csv("samples", &now, Some(&pinned));
    assert!(table.lines().next().unwrap_or_default().contains("ENCODE-METER (nats) (pinned run)"), "{table}");
    let last = pinned.values("estimate_meter");
    let width = 3 * pinned.labels("explanations").len();
    let last = last[last.len() - width];
    assert!(table.contains(&format!("{last}")), "{last} in {table}");
}
