//! What a frame of the run shows beside the scores: the distribution, what an explanation shows and tells, all maps.

use super::census::{Census, Extremes};
use super::explanation::{self, Selection};
use super::joint::Joint;
use super::run::Scored;
use crate::run::{Array, Labels};

/// Rows of a distribution, and pairs of selection and values, that are shown.
pub const MOST_ROWS: usize = 32;

fn texts(name: &str, texts: Vec<String>) -> Labels {
    Labels { name: name.to_owned(), texts }
}

/// Names of explanations, inputs and labels, and what shows that an explanation encodes.
#[must_use]
pub fn labels(joint: &Joint, scored: &[&Scored]) -> Vec<Labels> {
    let witness = |scored: &&Scored| scored.scores.witness.as_ref().map_or_else(String::new, |w| w.sentence(joint));
    vec![
        texts("explanations", scored.iter().map(|scored| scored.explanation.name.clone()).collect()),
        texts("witnesses", scored.iter().map(witness).collect()),
        texts("inputs", joint.inputs().to_vec()),
        texts("labels", joint.labels().to_vec()),
    ]
}

/// The first inputs x, each with q(x), q(y | x) and what the explanation selects for it.
pub fn distribution(joint: &Joint, of: Option<&Scored>, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
    let (d, k, rows) = (joint.inputs().len(), joint.labels().len(), joint.len().min(MOST_ROWS));
    let all = Selection::MAX >> (Selection::BITS - d as u32);
    let mut p = Vec::with_capacity(rows);
    let mut law = Vec::with_capacity(rows * k);
    for row in 0..rows {
        let total: f64 = joint.p(row).iter().sum();
        p.push(total as f32);
        law.extend(joint.p(row).iter().map(|p| (p / total) as f32));
    }
    arrays.push(Array::scalar("distribution_rows", joint.len() as f32));
    arrays.push(Array::new("distribution_p", &[rows], p));
    arrays.push(Array::new("distribution_law", &[rows, k], law));
    labels.push(texts("distribution_x", (0..rows).map(|row| joint.describe(row, all)).collect()));
    let selected = |row| of.map_or_else(String::new, |of| explanation::write(of.explanation.selections[row], d));
    labels.push(texts("distribution_selected", (0..rows).map(selected).collect()));
}

/// What an explanation shows: for each pair of selection v and values a what these tell, and what having been picked tells.
pub fn shown(joint: &Joint, scored: &Scored, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
    let (d, k) = (joint.inputs().len(), joint.labels().len());
    let pairs = &scored.shown[..scored.shown.len().min(MOST_ROWS)];
    let m = pairs.len();
    let numbers = |name, of: &dyn Fn(&super::Witness) -> f64| {
        Array::collect(name, &[m], &mut pairs.iter().map(|pair| of(pair) as f32))
    };
    let laws = |name, of: &dyn Fn(&super::Witness) -> Vec<f64>| {
        Array::collect(name, &[m, k], &mut pairs.iter().flat_map(of).map(|p| p as f32))
    };
    arrays.extend([
        Array::scalar("shown_pairs", scored.shown.len() as f32),
        numbers("shown_p", &|pair| pair.probability),
        numbers("shown_divergence", &|pair| pair.divergence),
        laws("shown_values", &|pair| pair.values.clone()),
        laws("shown_picked", &|pair| pair.picked.clone()),
    ]);
    // Each input as the reader sees it: its value, or a question mark.
    let seen = |pair: &super::Witness| {
        let one = |i: usize| match pair.selection >> i & 1 {
            1 => joint.describe(pair.row, 1 << i),
            _ => format!("{}=?", joint.inputs()[i]),
        };
        (0..d).map(one).collect::<Vec<_>>().join(" ")
    };
    let short = |pair: &super::Witness| {
        let shown = joint.describe(pair.row, pair.selection);
        if shown.is_empty() { "∅".to_owned() } else { shown }
    };
    labels.push(texts("shown", pairs.iter().map(short).collect()));
    labels.push(texts("shown_seen", pairs.iter().map(seen).collect()));
    labels.push(texts("shown_selection", pairs.iter().map(|pair| explanation::write(pair.selection, d)).collect()));
}

/// What is known of all maps so far: a row for each of ROAR, FRESH and EVAL-X.
pub fn census(census: &Census, all: u64, arrays: &mut Vec<Array>) {
    let row = |of: &Extremes| {
        [of.best, of.best_maps as f64, of.best_encoding as f64, of.encoding, of.non_encoding].map(|x| x as f32)
    };
    let rows = [&census.roar, &census.fresh, &census.eval_x].map(row).concat();
    arrays.extend([
        Array::scalar("maps", census.maps as f32),
        Array::scalar("maps_all", all as f32),
        Array::scalar("maps_non_encoding", census.non_encoding as f32),
        Array::scalar("maps_least_meter", census.least_meter as f32),
        Array::scalar("maps_alpha", census.alpha as f32),
        Array::new("maps_extremes", &[3, 5], rows),
    ]);
}
