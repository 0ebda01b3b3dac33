//! What a frame of the run shows beside the scores: the distribution, what an explanation shows and tells, all maps.

use super::census::{Census, Extremes};
use super::estimate::{Bin, Estimate, Interval, Verdict};
use super::explanation::{self, Explanation, Selection};
use super::joint::Joint;
use super::scores::{Scored, Witness};
use crate::run::{Array, Labels, Record};

/// Rows of a distribution, and pairs of selection and values, that are shown.
pub const MOST_ROWS: usize = 32;

fn texts(name: &str, texts: Vec<String>) -> Labels {
    Labels { name: name.to_owned(), texts }
}

/// Names of explanations, inputs and labels, and what shows that an explanation encodes: the values of a selection, and a
/// label with its probability as picked and by the values alone.
pub fn names(joint: &Joint, scored: &[&Scored], arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
    let d = joint.inputs().len();
    let witness = |of: &dyn Fn(&Witness) -> String| {
        let one = |scored: &&Scored| scored.scores.witness.as_ref().map_or_else(String::new, of);
        scored.iter().map(one).collect::<Vec<_>>()
    };
    let p = |scored: &&Scored| {
        scored.scores.witness.as_ref().map_or([f32::NAN; 2], |w| [&w.picked, &w.values].map(|p| p[w.label()] as f32))
    };
    arrays.push(Array::collect("witness_p", &[scored.len(), 2], &mut scored.iter().flat_map(p)));
    labels.extend([
        texts("explanations", scored.iter().map(|scored| scored.explanation.name.clone()).collect()),
        texts("witness_shown", witness(&|w| joint.describe(w.row, w.selection))),
        texts("witness_selection", witness(&|w| explanation::write(w.selection, d))),
        texts("witness_label", witness(&|w| joint.labels()[w.label()].clone())),
        texts("inputs", joint.inputs().to_vec()),
        texts("labels", joint.labels().to_vec()),
    ]);
}

/// The first inputs x, each with q(x), q(y | x), how often each label came if that is known, and what the explanation selects.
pub fn distribution(joint: &Joint, of: Option<&Explanation>, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
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
    let selected = |row| of.map_or_else(String::new, |of| explanation::write(of.selections[row], d));
    labels.push(texts("distribution_selected", (0..rows).map(selected).collect()));
    if let Some(counts) = joint.counts() {
        let counts = &mut counts[..rows * k].iter().map(|&count| count as f32);
        arrays.push(Array::collect("distribution_n", &[rows, k], counts));
    }
}

/// What an explanation selects for the first inputs x, in words.
#[must_use]
pub fn map(joint: &Joint, explanation: &Explanation) -> String {
    let d = joint.inputs().len();
    let all = Selection::MAX >> (Selection::BITS - d as u32);
    let selected =
        |row: usize| format!("{}: {}", joint.describe(row, all), explanation::write(explanation.selections[row], d));
    (0..joint.len().min(MOST_ROWS)).map(selected).collect::<Vec<_>>().join("; ")
}

/// What an explanation shows: for each pair of selection v and values a what these tell, and what having been picked tells.
pub fn shown(joint: &Joint, scored: &Scored, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
    let (d, k) = (joint.inputs().len(), joint.labels().len());
    let pairs = &scored.shown[..scored.shown.len().min(MOST_ROWS)];
    let m = pairs.len();
    let numbers =
        |name, of: &dyn Fn(&Witness) -> f64| Array::collect(name, &[m], &mut pairs.iter().map(|pair| of(pair) as f32));
    let laws = |name, of: &dyn Fn(&Witness) -> Vec<f64>| {
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
    let seen = |pair: &Witness| {
        let one = |i: usize| match pair.selection >> i & 1 {
            1 => joint.describe(pair.row, 1 << i),
            _ => format!("{}=?", joint.inputs()[i]),
        };
        (0..d).map(one).collect::<Vec<_>>().join(" ")
    };
    let short = |pair: &Witness| {
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

/// Estimates, of each number of samples those of each explanation; none where it is not made yet.
pub struct Estimates<'a> {
    /// Numbers of samples.
    pub sizes: usize,
    /// Explanations.
    pub explanations: usize,
    /// The estimate of a size and an explanation.
    pub of: &'a dyn Fn(usize, usize) -> Option<&'a Estimate>,
}

impl Estimates<'_> {
    /// The last one there is of an explanation.
    fn latest(&self, explanation: usize) -> Option<&Estimate> {
        (0..self.sizes).rev().find_map(|size| (self.of)(size, explanation))
    }

    /// Value, low and high end of each score, verdicts, and the calibration of the one looked at.
    pub fn show(&self, focus: usize, arrays: &mut Vec<Array>) {
        let (k, m) = (self.sizes, self.explanations);
        let none = Interval { value: f64::NAN, low: f64::NAN, high: f64::NAN };
        let mut push = |name: &str, of: &dyn Fn(&Estimate) -> Interval| {
            let all = (0..k).flat_map(|size| (0..m).map(move |at| (size, at)));
            let mut values = all.flat_map(|(size, at)| {
                let Interval { value, low, high } = (self.of)(size, at).map_or(none, of);
                [value, low, high].map(|x| x as f32)
            });
            arrays.push(Array::collect(name, &[k, m, 3], &mut values));
        };
        push("estimate_eval_x", &|estimate| estimate.eval_x);
        push("estimate_fresh", &|estimate| estimate.fresh);
        push("estimate_meter", &|estimate| estimate.encode_meter);
        push("estimate_floor", &|estimate| estimate.floor);
        push("estimate_control", &|estimate| estimate.control);
        let verdict = |at: usize| match self.latest(at).map(|estimate| estimate.verdict) {
            Some(Verdict::Encodes) => 1.0,
            Some(Verdict::NotShown) => 0.0,
            None => f32::NAN,
        };
        arrays.push(Array::collect("estimate_verdict", &[m], &mut (0..m).map(verdict)));
        if let Some(estimate) = (focus < m).then(|| self.latest(focus)).flatten() {
            let bins = &estimate.calibration;
            let row = |bin: &Bin| [bin.count as f32, bin.sure as f32, bin.right as f32];
            arrays.push(Array::collect("calibration", &[bins.len(), 3], &mut bins.iter().flat_map(row)));
            arrays.push(Array::scalar("calibration_error", estimate.calibration_error as f32));
        }
    }
}

/// An estimate in a report.
#[must_use]
pub fn record(name: &str, samples: usize, estimate: &Estimate) -> Record {
    let interval =
        |name: &str, of: Interval| Array::new(name, &[3], [of.value, of.low, of.high].map(|x| x as f32).to_vec());
    let verdict = estimate.verdict.words().to_owned();
    Record {
        texts: vec![("name".to_owned(), name.to_owned()), ("verdict".to_owned(), verdict)],
        arrays: vec![
            Array::scalar("samples", samples as f32),
            interval("eval_x", estimate.eval_x),
            interval("fresh", estimate.fresh),
            interval("encode_meter", estimate.encode_meter),
            Array::scalar("encode_meter_kl", estimate.encode_meter_kl as f32),
            interval("floor", estimate.floor),
            interval("control", estimate.control),
            Array::scalar("calibration_error", estimate.calibration_error as f32),
        ],
    }
}
