//! What the charts over tokens show: the scan, the bars, Y and Z. Reads frames; knows no pixels.

use super::number::significant;
use super::plan::{Bars, Grid, Group, Heat, Plan, Rows};
use super::scale::extent;
use super::series::recorded;
use super::{Scene, Words};
use crate::run::Frame;

/// Attention over the class's tokens (columns) at the recorded steps (rows).
pub(super) fn scan(scene: &Scene) -> Plan {
    let grids = scene.runs(|frame| scan_grid(frame, scene.words));
    let top = extent(grids.iter().flat_map(|grid| finite(&grid.values)), false).map_or(1.0, |(_, hi)| hi);
    Plan::Cells(Heat {
        row_title: scene.words.step.to_owned(),
        column_title: scene.words.token.to_owned(),
        value_title: scene.words.attention.to_owned(),
        grids,
        range: (0.0, if top > 0.0 { top } else { 1.0 }),
        signed: false,
        numbers: false,
    })
}

fn scan_grid(frame: &Frame, words: &Words) -> Option<Grid> {
    let (width, values) = matrix(frame, "attention")?;
    let mut recorded = recorded(frame);
    recorded.truncate(values.len() / width);
    let values = values[..recorded.len() * width].to_vec();
    let columns = names(frame, "tokens", width);
    let notes = columns.iter().enumerate().map(|(i, _)| token_notes(frame, i, words)).collect();
    let rows = Rows::Steps { recorded, steps: frame.steps as f64, now: frame.step as f64 };
    Some(Grid { title: String::new(), rows, groups: groups(frame, &columns, words), columns, notes, values })
}

/// Attention over the class's tokens at the step shown, with that of step 0 as outlines.
pub(super) fn bars(scene: &Scene) -> Plan {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    let now: Vec<f64> = wide(frame.values("attention_now"));
    let width = now.len();
    let columns = names(frame, "tokens", width);
    let start = first_row(frame, width);
    let pinned = scene.pinned.map(|pinned| by_name(pinned, &columns)).unwrap_or_default();
    let history = scene.runs(|frame| Some(frame.values("attention")));
    let seen = history.iter().flat_map(|values| finite(values)).chain(now.iter().chain(&pinned).copied());
    let holds = extent(seen, false).map_or(0.0, |(_, hi)| hi);
    let color = |i: usize| match role(frame, &columns, i) {
        0 | 1 => theme.muted.mix(theme.background, 0.25),
        _ => theme.category(0),
    };
    Plan::Bars(Bars {
        x_title: words.token.to_owned(),
        y_title: words.attention.to_owned(),
        groups: groups(frame, &columns, words),
        colors: (0..width).map(color).collect(),
        now: (words.now.to_owned(), now),
        start: (words.start.to_owned(), start),
        pinned: (words.pinned.to_owned(), pinned),
        holds,
        notes: (0..width).map(|i| token_notes(frame, i, words)).collect(),
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
    wide(&columns.iter().map(find).collect::<Vec<f32>>())
}

/// Y: next tokens (rows) by input tokens (columns), so that it lines up with Z.
pub(super) fn weights_y(scene: &Scene) -> Plan {
    let grids = scene.runs(|frame| {
        let (classes, values) = matrix(frame, "y")?;
        let inputs = values.len() / classes;
        let turned = (0..classes).flat_map(|k| (0..inputs).map(move |i| values[i * classes + k])).collect();
        Some(weight_grid(frame, "nexts", classes, inputs, turned, scene.words))
    });
    weights(scene, scene.words.next, scene.words.weight_y, grids)
}

/// Z: query tokens (rows) by input tokens (columns).
pub(super) fn weights_z(scene: &Scene) -> Plan {
    let grids = scene.runs(|frame| {
        let (inputs, values) = matrix(frame, "z")?;
        let queries = values.len() / inputs;
        let values = values[..queries * inputs].to_vec();
        Some(weight_grid(frame, "queries", queries, inputs, values, scene.words))
    });
    weights(scene, scene.words.query, scene.words.weight_z, grids)
}

fn weight_grid(frame: &Frame, rows: &str, n_rows: usize, inputs: usize, values: Vec<f32>, words: &Words) -> Grid {
    let columns = names(frame, "inputs", inputs);
    let note = |name: &String| match role_of(name) {
        Some(role) => vec![(name.clone(), role_word(role, words).to_owned())],
        None => Vec::new(),
    };
    let notes = columns.iter().map(note).collect();
    let roles: Vec<u8> = columns.iter().map(|name| role_of(name).unwrap_or(9)).collect();
    let groups = if roles.contains(&9) { Vec::new() } else { grouped(&roles, words, false) };
    let rows = Rows::Names(names(frame, rows, n_rows));
    Grid { title: String::new(), rows, columns, groups, notes, values }
}

fn weights(scene: &Scene, rows: &str, value: &str, grids: Vec<Grid>) -> Plan {
    let largest = grids.iter().flat_map(|grid| finite(&grid.values)).fold(0.0, |top, v| f64::max(top, v.abs()));
    let largest = if largest > 0.0 { largest } else { 1.0 };
    Plan::Cells(Heat {
        row_title: rows.to_owned(),
        column_title: scene.words.input.to_owned(),
        value_title: value.to_owned(),
        grids,
        range: (-largest, largest),
        signed: true,
        numbers: false,
    })
}

/// The array `name` as (row width, values), if it has any.
fn matrix<'a>(frame: &'a Frame, name: &str) -> Option<(usize, &'a [f32])> {
    let array = frame.get(name)?;
    let width = array.shape.last().map_or(0, |&width| width as usize);
    (width > 0 && array.values.len() >= width).then_some((width, array.values.as_slice()))
}

/// `width` names of the axis; numbers where the frame has no names.
pub(super) fn names(frame: &Frame, axis: &str, width: usize) -> Vec<String> {
    let texts = frame.labels(axis);
    (0..width).map(|i| texts.get(i).cloned().unwrap_or_else(|| (i + 1).to_string())).collect()
}

/// Role of the class's token `i`: 0 common, 1 common to the query, 2 distinct, 3 query.
pub(super) fn role(frame: &Frame, columns: &[String], i: usize) -> u8 {
    let given = frame.values("roles").get(i).map(|role| role.clamp(0.0, 3.0) as u8);
    given.or_else(|| columns.get(i).and_then(|name| role_of(name))).unwrap_or(2)
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
        0 => words.common,
        1 => words.common_per_query,
        2 => words.distinct,
        _ => words.query_role,
    }
}

/// What a readout says of token `i` besides its value: its role and how often it comes.
pub(super) fn token_notes(frame: &Frame, i: usize, words: &Words) -> Vec<(String, String)> {
    let columns = frame.labels("tokens");
    let name = columns.get(i).cloned().unwrap_or_default();
    let mut notes = vec![(name, role_word(role(frame, columns, i), words).to_owned())];
    if let Some(p) = frame.values("probability").get(i) {
        notes.push((words.probability.to_owned(), significant(f64::from(*p))));
    }
    notes
}

fn groups(frame: &Frame, columns: &[String], words: &Words) -> Vec<Group> {
    let roles: Vec<u8> = (0..columns.len()).map(|i| role(frame, columns, i)).collect();
    let chance = frame.values("probability");
    let rises = |from: usize, to: usize| chance.get(from..to).is_some_and(|p| p.len() > 1 && p.is_sorted());
    let mut groups = grouped(&roles, words, true);
    for group in &mut groups {
        if roles[group.from] == 2 && !rises(group.from, group.to) {
            group.label = words.distinct.to_owned();
        }
    }
    groups
}

/// Runs of equal roles, named; `ordered` says of the distinct ones that they stand from rare to frequent.
fn grouped(roles: &[u8], words: &Words, ordered: bool) -> Vec<Group> {
    let mut from = 0;
    let name = |role: u8| match role_word(role, words) {
        word if role == 2 && ordered => format!("{word}, {}", words.rare_to_frequent),
        word => word.to_owned(),
    };
    let group = |run: &[u8]| {
        let start = from;
        from += run.len();
        Group { label: name(run[0]), from: start, to: from }
    };
    roles.chunk_by(|a, b| a == b).map(group).collect()
}

fn finite(values: &[f32]) -> impl Iterator<Item = f64> {
    values.iter().map(|&v| f64::from(v)).filter(|v| v.is_finite())
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}
