//! What the charts over tokens show: the scan, the bars, Y and Z. Reads frames; knows no pixels.

use super::kind::{Chart, ChartKind, Extras, has};
use super::plan::{Bars, Grid, Group, Heat, Heights, Plan, Rows};
use super::{Place, Scene, Words};
use crate::number::significant;
use crate::run::Frame;
use std::borrow::Cow;

/// Attention c_n over the tokens of a class (columns) at each recorded step (rows).
pub(super) const SCAN: Chart = Chart(&ChartKind {
    name: "scan",
    panel: "scan",
    has_data: |frame| has(frame, "attention"),
    plan: |scene, _| scan(scene, "attention", scene.words.say("attention")),
    extras: Extras { notes: token_notes, ..Extras::NONE },
});

/// Attention of each position of a held-out sequence (rows) to each (columns), at the start and now.
pub(super) const MAP: Chart = Chart(&ChartKind {
    name: "map",
    panel: "scan",
    has_data: |frame| has(frame, "map_now"),
    plan: |scene, _| map(scene),
    extras: Extras::NONE,
});

/// Attention to one occurrence of each token before a query of a text (columns) at each recorded step (rows).
pub(super) const PAIRS: Chart = Chart(&ChartKind {
    name: "pairs",
    panel: "scan",
    has_data: |frame| has(frame, "pair_attention_recorded"),
    plan: |scene, _| scan(scene, "pair_attention_recorded", scene.words.say("times_uniform")),
    extras: Extras { notes: role_notes, ..Extras::NONE },
});

/// Attention c_n over the tokens of a class at the step shown.
pub(super) const BARS: Chart = Chart(&ChartKind {
    name: "bars",
    panel: "bars",
    has_data: |frame| has(frame, "attention_now"),
    plan: |scene, _| bars(scene),
    extras: Extras { notes: token_notes, ..Extras::NONE },
});

/// Y, restricted to next tokens.
pub(super) const WEIGHTS_Y: Chart = Chart(&ChartKind {
    name: "y",
    panel: "heatmaps",
    has_data: |frame| has(frame, "y"),
    plan: |scene, _| weights_y(scene),
    extras: Extras { notes: input_notes, ..Extras::NONE },
});

/// Z, its query rows.
pub(super) const WEIGHTS_Z: Chart = Chart(&ChartKind {
    name: "z",
    panel: "heatmaps",
    has_data: |frame| has(frame, "z"),
    plan: |scene, _| weights_z(scene),
    extras: Extras { notes: input_notes, ..Extras::NONE },
});

/// The array `name`: tokens of the class, or on a text those before the query (columns), at the recorded steps (rows).
fn scan<'a>(scene: &Scene<'a>, name: &str, value_title: &'a str) -> Plan<'a> {
    let grids = scene.runs(|frame| scan_grid(frame, name, scene.words));
    let top = grids.iter().map(|grid| largest(&[&grid.values])).fold(0.0, f64::max);
    Plan::Cells(Heat {
        row_title: scene.words.say("step"),
        column_title: scene.words.say("token"),
        value_title,
        grids,
        range: (0.0, if top > 0.0 { top } else { 1.0 }),
        signed: false,
        numbers: false,
    })
}

fn scan_grid<'a>(frame: &'a Frame, name: &str, words: &Words) -> Option<Grid<'a>> {
    let (width, values) = matrix(frame, name)?;
    let recorded = frame.values("recorded");
    let rows = recorded.len().min(values.len() / width);
    Some(Grid {
        title: "",
        rows: Rows::Steps { recorded: &recorded[..rows], steps: frame.steps as f64, now: frame.step as f64 },
        columns: names(frame, "tokens", width),
        groups: groups(frame, width, words),
        values: Cow::Borrowed(&values[..rows * width]),
    })
}

/// Attention of each position of a sequence (rows) to each (columns), at the start and at the step shown.
fn map<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let grid = |(name, title): (&str, &'static str)| {
        let (width, values) = matrix(frame, name)?;
        let positions = names(frame, "sequence", width);
        let (rows, values) = (Rows::Names(positions.clone()), Cow::Borrowed(&values[..width * width]));
        Some(Grid { title, rows, columns: positions, groups: Vec::new(), values })
    };
    // The first positions have few others to look at and share all among them: for their sake all else would be dark.
    let top = matrix(frame, "map_now")
        .map_or(0.0, |(width, values)| largest(&[values.get(width / 4 * width..).unwrap_or(values)]));
    Plan::Cells(Heat {
        row_title: words.say("query"),
        column_title: words.say("token"),
        value_title: words.say("attention"),
        grids: [("maps", words.say("start")), ("map_now", words.say("now"))].into_iter().filter_map(grid).collect(),
        range: (0.0, if top > 0.0 { top } else { 1.0 }),
        signed: false,
        numbers: false,
    })
}

/// Attention over the class's tokens at the step shown, with that of step 0 as outlines.
fn bars<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    let now = wide(frame.values("attention_now"));
    let width = now.len();
    let columns = names(frame, "tokens", width);
    let pinned = scene.pinned.map(|pinned| by_name(pinned, &columns)).unwrap_or_default();
    let seen = scene.runs(|frame| Some(largest(&[frame.values("attention"), frame.values("attention_now")])));
    let color = |i: usize| match role(frame, i) {
        0 | 1 => theme.muted.mix(theme.background, 0.25),
        _ => theme.category(0),
    };
    Plan::Bars(Bars {
        x_title: words.say("token"),
        y_title: words.say("attention"),
        groups: groups(frame, width, words),
        colors: (0..width).map(color).collect(),
        now: Heights { name: words.say("now"), values: now },
        start: Heights { name: words.say("start"), values: first_row(frame, width) },
        pinned: Heights { name: words.say("pinned"), values: pinned },
        holds: seen.into_iter().fold(0.0, f64::max),
        names: columns,
    })
}

/// Attention at step 0: recorded, or else the probabilities it equals when Z starts at 0.
fn first_row(frame: &Frame, width: usize) -> Vec<f64> {
    let recorded = frame.values("attention").get(..width).unwrap_or(frame.values("probability"));
    wide(recorded.get(..width).unwrap_or_default())
}

/// The pinned run's attention for the tokens called `columns`.
fn by_name(pinned: &Frame, columns: &[String]) -> Vec<f64> {
    let values = pinned.values("attention_now");
    let theirs = names(pinned, "tokens", values.len());
    let find = |name: &String| theirs.iter().position(|other| other == name).map_or(f32::NAN, |i| values[i]);
    columns.iter().map(|name| f64::from(find(name))).collect()
}

/// Y: next tokens (rows) by input tokens (columns), so that it lines up with Z.
fn weights_y<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let grids = scene.runs(|frame| {
        let (classes, values) = matrix(frame, "y")?;
        let inputs = values.len() / classes;
        let turned = (0..classes * inputs).map(|i| values[i % inputs * classes + i / inputs]).collect();
        Some(weight_grid(frame, "nexts", classes, inputs, Cow::Owned(turned), scene.words))
    });
    weights(scene, scene.words.say("next"), scene.words.say("weight_y"), grids)
}

/// Z: query tokens (rows) by input tokens (columns).
fn weights_z<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let grids = scene.runs(|frame| {
        let (inputs, values) = matrix(frame, "z")?;
        let queries = values.len() / inputs;
        let values = Cow::Borrowed(&values[..queries * inputs]);
        Some(weight_grid(frame, "queries", queries, inputs, values, scene.words))
    });
    weights(scene, scene.words.say("query"), scene.words.say("weight_z"), grids)
}

fn weight_grid<'a>(
    frame: &'a Frame,
    rows: &str,
    n_rows: usize,
    inputs: usize,
    values: Cow<'a, [f32]>,
    words: &Words,
) -> Grid<'a> {
    let columns = names(frame, "inputs", inputs);
    let roles: Vec<u8> = columns.iter().map_while(|name| role_of(name)).collect();
    let groups = if roles.len() == inputs { grouped(&roles, words) } else { Vec::new() };
    Grid { title: "", rows: Rows::Names(names(frame, rows, n_rows)), columns, groups, values }
}

fn weights<'a>(scene: &Scene<'a>, rows: &'a str, value: &'a str, grids: Vec<Grid<'a>>) -> Plan<'a> {
    let top = grids.iter().map(|grid| largest(&[&grid.values])).fold(0.0, f64::max);
    let top = if top > 0.0 { top } else { 1.0 };
    Plan::Cells(Heat {
        row_title: rows,
        column_title: scene.words.say("input"),
        value_title: value,
        grids,
        range: (-top, top),
        signed: true,
        numbers: false,
    })
}

/// The run that a place belongs to: panels after the first show the pinned run.
fn run_at<'a>(scene: &Scene<'a>, place: Place) -> &'a Frame {
    if place.panel > 0 { scene.pinned.unwrap_or(scene.frame) } else { scene.frame }
}

fn note(role: u8, words: &Words) -> (String, String) {
    (words.say("role").to_owned(), role_word(role, words).to_owned())
}

/// Role of a token of the class.
fn role_notes(scene: &Scene, place: Place) -> Vec<(String, String)> {
    vec![note(role(run_at(scene, place), place.column), scene.words)]
}

/// Role of a token of the class, and its probability.
fn token_notes(scene: &Scene, place: Place) -> Vec<(String, String)> {
    let chance = run_at(scene, place).values("probability").get(place.column);
    let chance = chance.map(|p| (scene.words.say("probability").to_owned(), significant(f64::from(*p))));
    role_notes(scene, place).into_iter().chain(chance).collect()
}

/// Role of an input token, where its name tells it.
fn input_notes(scene: &Scene, place: Place) -> Vec<(String, String)> {
    let name = run_at(scene, place).labels("inputs").get(place.column);
    name.and_then(|name| role_of(name)).map(|role| note(role, scene.words)).into_iter().collect()
}

/// The array `name` as (row width, values), if it has any.
fn matrix<'a>(frame: &'a Frame, name: &str) -> Option<(usize, &'a [f32])> {
    let array = frame.get(name)?;
    let width = array.shape.last().map_or(0, |&width| width as usize);
    (width > 0 && array.values.len() >= width).then_some((width, array.values.as_slice()))
}

/// `width` names of the axis; numbers where the frame has no names.
pub(super) fn names<'a>(frame: &'a Frame, axis: &str, width: usize) -> Cow<'a, [String]> {
    let texts = frame.labels(axis);
    match texts.get(..width) {
        Some(texts) => Cow::Borrowed(texts),
        None => {
            let more = (texts.len()..width).map(|i| (i + 1).to_string());
            Cow::Owned(texts.iter().cloned().chain(more).collect())
        }
    }
}

/// Role of the class's token `i`: 0 common, 1 common to the query, 2 distinct, 3 query.
pub(super) fn role(frame: &Frame, i: usize) -> u8 {
    let given = frame.values("roles").get(i).map(|role| role.clamp(0.0, 3.0) as u8);
    given.or_else(|| frame.labels("tokens").get(i).and_then(|name| role_of(name))).unwrap_or(2)
}

/// The role that a token's name tells: `c3` common, `c1.3` common to a query, `d2.1` distinct, `q1` query.
fn role_of(name: &str) -> Option<u8> {
    match name.as_bytes().first()? {
        b'c' => Some(u8::from(name.contains('.'))),
        b'd' => Some(2),
        b'q' => Some(3),
        _ => None,
    }
}

fn role_word(role: u8, words: &Words) -> &'static str {
    match role {
        0 => words.say("common"),
        1 => words.say("common_per_query"),
        2 => words.say("distinct"),
        _ => words.say("query_role"),
    }
}

/// The groups of a class's tokens; of the distinct ones it is said when they stand from rare to frequent.
fn groups(frame: &Frame, width: usize, words: &Words) -> Vec<Group> {
    let roles: Vec<u8> = (0..width).map(|i| role(frame, i)).collect();
    let chance = frame.values("probability");
    let mut groups = grouped(&roles, words);
    for group in &mut groups {
        let rises = chance.get(group.from..group.to).is_some_and(|p| p.len() > 1 && p.is_sorted());
        if roles[group.from] == 2 && rises {
            group.more = words.say("rare_to_frequent");
        }
    }
    groups
}

/// Runs of equal roles, named.
fn grouped(roles: &[u8], words: &Words) -> Vec<Group> {
    let mut from = 0;
    let group = |run: &[u8]| {
        let start = from;
        from += run.len();
        Group { label: role_word(run[0], words), more: "", from: start, to: from }
    };
    roles.chunk_by(|a, b| a == b).map(group).collect()
}

/// The largest finite magnitude.
fn largest(values: &[&[f32]]) -> f64 {
    let mut top = 0.0_f32;
    for value in values.iter().copied().flatten() {
        if value.is_finite() && value.abs() > top {
            top = value.abs();
        }
    }
    f64::from(top)
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}
