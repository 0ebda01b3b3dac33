//! What the charts of explanations show: scores against each other, rankings, what an explanation tells, estimates. Reads
//! frames; knows no pixels.

use super::Scene;
use super::kind::{Chart, ChartKind, Extras, has};
use super::plan::{Band, Bars, Heights, Key, Line, Plan, Plot, Symbol};
use super::scale::order;
use super::series::{add, pinned_key};
use super::style::{DASHED, DOTTED, Stroke};
use crate::run::Frame;
use std::borrow::Cow;

/// EVAL-X of explanations against ENCODE-METER.
pub(super) const METER: Chart = Chart(&ChartKind {
    name: "meter",
    panel: "meter",
    has_data: |frame| has(frame, "eval_x"),
    plan: |scene, _| meter(scene),
    extras: Extras::NONE,
});

/// The ranking of explanations by each score.
pub(super) const RANKING: Chart = Chart(&ChartKind {
    name: "ranking",
    panel: "ranking",
    has_data: |frame| has(frame, "eval_x"),
    plan: |scene, _| ranking(scene),
    extras: Extras::NONE,
});

/// What the values that an explanation shows tell of the label, and what their selection tells.
pub(super) const SHOWN: Chart = Chart(&ChartKind {
    name: "shown",
    panel: "shown",
    has_data: |frame| has(frame, "shown_picked"),
    plan: |scene, _| shown(scene),
    extras: Extras::NONE,
});

/// Estimates on more and more samples: a single size is no curve.
pub(super) const SAMPLES: Chart = Chart(&ChartKind {
    name: "samples",
    panel: "samples",
    has_data: |frame| frame.values("estimate_samples").len() > 1,
    plan: |scene, _| samples(scene),
    extras: Extras::NONE,
});

/// Calibration of the model that estimates.
pub(super) const CALIBRATION: Chart = Chart(&ChartKind {
    name: "calibration",
    panel: "samples",
    has_data: |frame| has(frame, "calibration"),
    plan: |scene, _| calibration(scene),
    extras: Extras::NONE,
});

/// Scores that differ by less are equal: frames carry seven digits.
const SAME: f32 = 1e-6;
/// Lines of equal STRIPE-X that are drawn.
const LEVELS: usize = 5;

/// How an explanation is drawn: those that encode orange and square, the others blue and round.
fn look(scene: &Scene, encodes: bool, width: f64) -> (Stroke, Symbol) {
    let color = scene.theme.category(usize::from(encodes));
    let dash = if encodes { DASHED } else { &[] as &[f64] };
    (Stroke { color, width, dash }, if encodes { Symbol::Square } else { Symbol::Disc })
}

/// The legend of both kinds.
fn kinds(scene: &Scene, plot: &mut Plot) {
    let is_estimated = scene.frame.scalar("is_estimated").is_some();
    let other = if is_estimated { scene.words.say("not_shown") } else { scene.words.say("does_not_encode") };
    for (encodes, text) in [(false, other), (true, scene.words.say("encodes"))] {
        let (stroke, symbol) = look(scene, encodes, 1.5);
        let sample = Line { symbol: Some(symbol), key: Key::Legend(text), ..Line::new("", Vec::new(), stroke) };
        plot.lines.push(sample);
    }
}

fn names(frame: &Frame) -> impl Iterator<Item = (usize, &str)> {
    frame.labels("explanations").iter().map(String::as_str).enumerate()
}

fn value(frame: &Frame, name: &str, at: usize) -> f64 {
    f64::from(frame.values(name).get(at).copied().unwrap_or(f32::NAN))
}

/// EVAL-X against ENCODE-METER, with lines of equal STRIPE-X.
fn meter<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let mut plot = Plot { x_title: words.say("encode_meter"), y_title: words.say("eval_x"), ..Plot::default() };
    // Explanations of equal scores share a point.
    let mut points: Vec<(usize, String)> = Vec::new();
    let same = |a: usize, b: usize| {
        let close = |name: &str| (value(frame, name, a) - value(frame, name, b)).abs() <= f64::from(SAME);
        close("eval_x") && close("encode_meter") && close("encodes")
    };
    for (at, name) in names(frame).filter(|(at, _)| frame.values("eval_x").get(*at).is_some_and(|x| x.is_finite())) {
        match points.iter_mut().find(|(other, _)| same(*other, at)) {
            Some((_, all)) => {
                all.push_str(", ");
                all.push_str(name);
            }
            None => points.push((at, name.to_owned())),
        }
    }
    let looked_at = frame.scalar("looked_at").unwrap_or(0.0) as usize;
    for (at, name) in points {
        let (x, y, encodes) =
            (value(frame, "encode_meter", at), value(frame, "eval_x", at), value(frame, "encodes", at));
        let (stroke, symbol) = look(scene, encodes == 1.0, 2.0);
        let weight = if same(at, looked_at.min(frame.values("eval_x").len() - 1)) { 100 } else { 10 };
        plot.lines.push(Line { symbol: Some(symbol), key: Key::End(weight), ..Line::new(&name, vec![(x, y)], stroke) });
    }
    moved(scene, &mut plot);
    let meters = scene.runs(Some).into_iter().flat_map(|frame| frame.values("encode_meter").iter().copied());
    let (least, most) =
        meters.filter(|x| x.is_finite()).fold((0.0_f32, 0.0_f32), |(least, most), x| (least.min(x), most.max(x)));
    let most = if most > SAME { f64::from(most) * 1.05 } else { 0.1 };
    let across = (f64::from(least), most);
    plot.x_range = Some(across);
    equal_stripe(scene, &mut plot, across);
    kinds(scene, &mut plot);
    Plan::Lines(plot)
}

/// Where the explanations stand in the pinned run, and how those of the same name came from there.
fn moved(scene: &Scene, plot: &mut Plot) {
    let Some(pinned) = scene.pinned else { return };
    let place = |frame: &Frame, at| (value(frame, "encode_meter", at), value(frame, "eval_x", at));
    for (at, name) in names(pinned).filter(|(at, _)| value(pinned, "eval_x", *at).is_finite()) {
        let from = place(pinned, at);
        let (stroke, symbol) = look(scene, value(pinned, "encodes", at) == 1.0, 1.25);
        let stroke = Stroke { color: scene.theme.muted, ..stroke };
        let line = Line::new(&format!("{name} ({})", scene.words.say("pinned")), vec![from], stroke);
        plot.lines.push(Line { symbol: Some(symbol), key: Key::Readout, pinned: true, ..line });
        let now = names(scene.frame).find(|(_, other)| *other == name).map(|(at, _)| place(scene.frame, at));
        if let Some(to) = now.filter(|to| to.1.is_finite() && *to != from) {
            let stroke = Stroke { color: scene.theme.muted, width: 1.0, dash: DOTTED };
            let line = Line::new(&format!("→ {name}"), vec![from, to], stroke);
            plot.lines.push(Line { key: Key::Readout, pinned: true, ..line });
        }
    }
    pinned_key(plot, scene);
}

/// EVAL-X = c + alpha M for some c.
fn equal_stripe(scene: &Scene, plot: &mut Plot, (least, most): (f64, f64)) {
    let frame = scene.frame;
    let alpha = f64::from(frame.scalar("alpha").filter(|alpha| alpha.is_finite()).unwrap_or(1.0));
    let ends = |name: &str| {
        let values = frame.values(name).iter().map(|x| f64::from(*x)).filter(|x| x.is_finite());
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let ((low, high), (bottom, top)) = (ends("stripe_x"), ends("eval_x"));
    if low > high {
        return;
    }
    // Where all score the same there is one line to draw.
    let levels = if high - low > f64::from(SAME) { LEVELS } else { 1 };
    for level in 0..levels {
        let c = high - (high - low) * level as f64 / (levels.max(2) - 1) as f64;
        let stroke = Stroke { color: scene.theme.muted, width: 1.0, dash: DOTTED };
        // As far as it is among the points.
        let across = |y: f64| if alpha > 0.0 { (y - c) / alpha } else { f64::NAN };
        let (from, to) = (across(bottom).max(least), across(top).min(most));
        if from >= to {
            continue;
        }
        let points = vec![(from, c + alpha * from), (to, c + alpha * to)];
        let mut line = Line::new(scene.words.say("equal_stripe"), points, stroke);
        line.key = if level == 0 { Key::Name } else { Key::Readout };
        line.ranged = false;
        plot.lines.push(line);
    }
}

/// How many others each explanation beats by each score, with how many pairs a score ranks wrongly.
fn ranking<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    // What is estimated has no ROAR.
    let all = [("roar", "ROAR"), ("fresh", "FRESH"), ("eval_x", "EVAL-X"), ("stripe_x", "STRIPE-X")];
    let wrong = frame.values("inversions");
    let title = |(i, title): (usize, &str)| match wrong.get(i) {
        Some(&count) if count > 0.0 && count.is_finite() => format!("{title} ✗{count}"),
        Some(_) => format!("{title} ✓"),
        None => title.to_owned(),
    };
    let there = || all.iter().enumerate().filter(|(_, (score, _))| !frame.values(score).is_empty());
    let scores: Vec<&str> = there().map(|(_, (score, _))| *score).collect();
    let mut plot = Plot {
        x_title: words.say("score"),
        y_title: words.say("beats"),
        x_ticks: (0..scores.len()).map(|i| i as f64).collect(),
        x_names: there().map(|(i, (_, name))| title((i, name))).collect(),
        y_holds: vec![0.0],
        note: if wrong.is_empty() { String::new() } else { words.say("wrong_pairs").to_owned() },
        ..Plot::default()
    };
    let looked_at = frame.scalar("looked_at").unwrap_or(0.0) as usize;
    for (at, name) in names(frame).filter(|(at, _)| frame.values("eval_x").get(*at).is_some_and(|x| x.is_finite())) {
        let is_focus = at == looked_at;
        let (stroke, symbol) = look(scene, value(frame, "encodes", at) == 1.0, if is_focus { 3.5 } else { 1.5 });
        let key = Key::End(if is_focus { 100 } else { 10 });
        let line = Line { symbol: Some(symbol), key, ..Line::new(name, beaten(frame, &scores, at), stroke) };
        // Of the pinned run only the one that is looked at, or one would not see the lines for the dots.
        add(&mut plot, scene, line, &|pinned| {
            let there = names(pinned).find(|(_, other)| *other == name).filter(|_| is_focus);
            there.map(|(at, _)| beaten(pinned, &scores, at)).unwrap_or_default()
        });
    }
    pinned_key(&mut plot, scene);
    kinds(scene, &mut plot);
    Plan::Lines(plot)
}

/// How many others an explanation beats by each of the scores that a run has.
fn beaten(frame: &Frame, scores: &[&str], at: usize) -> Vec<(f64, f64)> {
    let of = |(i, score): (usize, &&str)| {
        let all = frame.values(score);
        let own = all.get(at)?;
        Some((i as f64, all.iter().filter(|other| **other < own - SAME).count() as f64))
    };
    scores.iter().enumerate().filter_map(of).collect()
}

/// For each selection with its values: what these tell of y alone, and what having been picked tells.
fn shown<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let (pairs, labels) = (frame.labels("shown"), frame.labels("labels"));
    let k = labels.len().max(1);
    // Of two labels one says it all.
    let kept: Vec<usize> = if k == 2 { vec![1] } else { (0..k).collect() };
    let name = |pair: &String, y: usize| if k == 2 { pair.clone() } else { format!("{pair} → {}", labels[y]) };
    let names = pairs.iter().flat_map(|pair| kept.iter().map(move |&y| (pair, y)));
    let names: Vec<String> = names.map(|(pair, y)| name(pair, y)).collect();
    let law = |of: &str| -> Vec<f64> {
        let rows = frame.values(of).chunks_exact(k);
        rows.flat_map(|row| kept.iter().map(move |&y| f64::from(row[y]))).collect()
    };
    // Of the same selection with the same values, if the labels are the same.
    let theirs = |pinned: &Frame| -> Vec<f64> {
        let is_same = pinned.labels("labels") == labels;
        let find = |pair| pinned.labels("shown").iter().position(|other| is_same && other == pair);
        let law = |at: Option<usize>, y| at.map_or(f64::NAN, |at| value(pinned, "shown_picked", at * k + y));
        pairs.iter().flat_map(|pair| kept.iter().map(move |&y| law(find(pair), y))).collect()
    };
    let pinned = scene.pinned.map(theirs).filter(|values| values.iter().any(|value| value.is_finite()));
    let divergence = frame.values("shown_divergence");
    let tells = |pair: usize| divergence.get(pair).is_some_and(|told| *told > 0.0);
    let colors = (0..names.len()).map(|i| scene.theme.category(usize::from(tells(i / kept.len())))).collect();
    Plan::Bars(Bars {
        x_title: words.say("shown"),
        y_title: words.say("probability_of_label"),
        colors,
        now: Heights { name: words.say("picked"), values: law("shown_picked") },
        start: Heights { name: words.say("values_alone"), values: law("shown_values") },
        pinned: Heights { name: words.say("pinned"), values: pinned.unwrap_or_default() },
        names: Cow::Owned(names),
        holds: 1.0,
        ..Bars::default()
    })
}

/// Estimates of the explanation looked at on more and more samples, with the truth where it is known.
fn samples<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let count = frame.labels("explanations").len();
    let at = (frame.scalar("looked_at").unwrap_or(0.0) as usize).min(count.saturating_sub(1));
    let mut plot = Plot { x_title: words.say("samples"), y_title: words.say("nats"), x_log: true, ..Plot::default() };
    let of_both = scene.runs(Some).into_iter().flat_map(|frame| frame.values("estimate_samples"));
    let there = of_both.map(|size| f64::from(*size)).filter(|size| is_size(*size));
    plot.x_range = there.fold(None, |range: Option<(f64, f64)>, size| {
        Some(range.map_or((size, size), |(low, high)| (low.min(size), high.max(size))))
    });
    let scores = [
        ("estimate_meter", "encode_meter", words.say("encode_meter"), words.say("encode_meter_interval"), 1),
        ("estimate_eval_x", "eval_x", words.say("eval_x"), words.say("eval_x_interval"), 0),
    ];
    for (name, truth, title, interval, color) in scores {
        let color = scene.theme.category(color);
        let all = estimated(frame, name, at);
        plot.bands.push(Band {
            name: interval,
            points: all.iter().map(|(n, row)| (*n, row[1], row[2])).collect(),
            color,
        });
        let points: Vec<(f64, f64)> = all.iter().map(|(n, row)| (*n, row[0])).collect();
        let stroke = Stroke { color, width: 2.0, dash: &[] };
        let line = Line { symbol: Some(Symbol::Disc), ..Line::new(title, points, stroke) };
        add(&mut plot, scene, line, &|pinned| {
            let looked_at = frame.labels("explanations").get(at);
            let there = names(pinned).find(|(_, other)| looked_at.is_some_and(|name| name == other));
            let found = there.map(|(at, _)| estimated(pinned, name, at)).unwrap_or_default();
            found.into_iter().map(|(n, row)| (n, row[0])).collect()
        });
        // What is only estimated has no truth beside it.
        if let Some((from, to)) = plot.x_range.filter(|_| frame.scalar("is_estimated").is_none()) {
            let truth = value(frame, truth, at);
            let stroke = Stroke { color, width: 1.5, dash: DASHED };
            let line = Line::new(words.say("truth"), vec![(from, truth), (to, truth)], stroke);
            plot.lines.push(Line { key: Key::Legend(words.say("truth")), ..line });
        }
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// Whether an axis of powers has a place for it.
fn is_size(n: f64) -> bool {
    n > 0.0 && n.is_finite()
}

/// Value, low and high end of an estimate for each number of samples that was tried.
fn estimated(frame: &Frame, name: &str, at: usize) -> Vec<(f64, [f64; 3])> {
    let (sizes, count) = (frame.values("estimate_samples"), frame.labels("explanations").len());
    let rows = frame.values(name).chunks_exact(3 * count.max(1)).filter_map(|row| row.get(3 * at..3 * at + 3));
    let row = |(&n, row): (&f32, &[f32])| (f64::from(n), [row[0], row[1], row[2]].map(f64::from));
    sizes.iter().zip(rows).map(row).filter(|(n, row)| is_size(*n) && row[0].is_finite()).collect()
}

/// How often the likeliest label is right where the model is about as sure of it.
fn calibration<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let bins = frame.values("calibration").chunks_exact(3).filter(|bin| bin[0] > 0.0 && bin[1].is_finite());
    let points: Vec<(f64, f64)> = bins.clone().map(|bin| (f64::from(bin[1]), f64::from(bin[2]))).collect();
    let sorted: Vec<f64> = points.iter().map(|point| point.0).collect();
    let points = order(&sorted).into_iter().map(|i| points[i]).collect();
    let mut plot =
        Plot { x_title: words.say("sure"), y_title: words.say("right"), x_range: Some((0.0, 1.0)), ..Plot::default() };
    plot.y_holds = vec![0.0, 1.0];
    let stroke = Stroke { color: scene.theme.muted, width: 1.0, dash: DASHED };
    plot.lines.push(Line::new(words.say("calibrated"), vec![(0.0, 0.0), (1.0, 1.0)], stroke));
    let stroke = Stroke { color: scene.theme.category(0), width: 2.0, dash: &[] };
    plot.lines.push(Line { symbol: Some(Symbol::Disc), ..Line::new(words.say("model"), points, stroke) });
    Plan::Lines(plot)
}
