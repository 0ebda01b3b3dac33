//! Exact scores of explanation maps, read from files or made by the lab's methods, and estimates of them, as JSON.

use super::args::ScoreExplanations;
use super::{CliError, data, print_json, read};
use crate::experiment::encoding::{Encoding, Scoring};
use crate::experiment::{ConfigError, Experiment, InLab as _};
use crate::labs::encoding::census::{CensusError, Counter, Extremes};
use crate::labs::encoding::estimate::{Estimating, Interval};
use crate::labs::encoding::{
    Estimate, Explanation, Joint, Kind, Method, Sampled, Scores, Witness, explanation, file, score,
};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Most bytes of a file.
const MOST: u64 = file::MAX_BYTES as u64;
/// Maps between looks at the progress bar.
const MAPS_AT_A_TIME: u64 = 1 << 18;

/// Reads the distribution and the explanations, scores them, prints the scores.
pub fn run(ask: &ScoreExplanations) -> Result<(), CliError> {
    let alphas = ask.alpha.iter().map(|text| alpha(text)).collect::<Result<Vec<_>, _>>()?;
    let refused = |path: &Path, error: String| CliError::Input(format!("{}: {error}", path.display()));
    let joint =
        file::joint(&read(&ask.data, MOST, "a table")?).map_err(|error| refused(&ask.data, error.to_string()))?;
    let scoring = scoring(ask)?;
    let kind = scoring.as_ref().map(|scoring| Kind::of(scoring, &joint)).transpose();
    let kind = kind.map_err(|error| CliError::Input(format!("--model: {error}")))?;
    let sample = |scoring: &Scoring| Sampled::new(&joint, scoring.samples as usize, ask.seed);
    let sampled = scoring.as_ref().map(sample).transpose().map_err(|error| refused(&ask.data, error.to_string()))?;
    // A map made by what is held out would be judged by what it was made by.
    let law = sampled.as_ref().map_or(&joint, |sampled| &sampled.law);
    let mut explanations = Vec::new();
    for (name, path) in data::named(&ask.explanation)? {
        explanations.push(
            file::explanation(&read(path, MOST, "a table")?, name, &joint)
                .map_err(|error| refused(path, error.to_string()))?,
        );
    }
    for name in &ask.method {
        let refused = |what: String| CliError::Input(format!("--method {name}: {what}"));
        let known = || Method::ALL.map(Method::name).join(", ");
        let method =
            Method::named(name).ok_or_else(|| refused(format!("no such method, expected one of {}", known())))?;
        if explanations.iter().any(|other: &Explanation| other.name == *name) {
            return Err(refused(format!("there is another explanation named {name}")));
        }
        explanations.push(method.explain(law, ask.size, ask.seed).map_err(|error| refused(error.to_string()))?);
    }
    let scores = score(&joint, &explanations).map_err(|error| refused(&ask.data, error.to_string()))?;
    let rows =
        explanations.iter().zip(&scores).map(|(explanation, scores)| row(&joint, &explanation.name, scores, &alphas));
    let mut rows: Vec<Value> = rows.collect();
    if let (Some(kind), Some(sampled)) = (kind, &sampled) {
        let estimates = estimates(sampled, &explanations, kind, ask.seed);
        for (row, estimate) in rows.iter_mut().zip(&estimates) {
            row["estimated"] = estimated(estimate, sampled.samples.len(), &alphas);
        }
    }
    let mut answer = json!({
        "entropy_y": joint.entropy_y(),
        "entropy_y_given_x": joint.entropy_y_given_x(),
        "scores": rows,
    });
    if ask.all_maps {
        let refused = |error: CensusError| CliError::Input(format!("--all-maps: {error}"));
        answer["all_maps"] = all_maps(&joint).map_err(refused)?;
    }
    print_json(&answer)
}

/// How scores are to be estimated, if they are, by the settings of the lab.
fn scoring(ask: &ScoreExplanations) -> Result<Option<Scoring>, CliError> {
    let mut experiment = Experiment { seed: ask.seed, lab: Encoding::lab() };
    let options = [("samples", &ask.samples), ("model", &ask.model), ("steps", &ask.steps)];
    for (option, text) in options.into_iter().filter_map(|(option, text)| Some((option, text.as_deref()?))) {
        experiment.set(&format!("scores.{option}"), text).map_err(|error| match error {
            ConfigError::BadValue { value, expected, .. } => {
                CliError::Input(format!("--{option} {value}: not allowed, expected {expected}"))
            }
            error => error.into(),
        })?;
    }
    let settings: &Encoding = experiment.expect()?;
    Ok(ask.samples.as_ref().map(|_| settings.scores.clone()))
}

/// The estimates that a run of the lab ends with, with progress on a terminal.
fn estimates(sampled: &Sampled, explanations: &[Explanation], kind: Kind, seed: u64) -> Vec<Estimate> {
    let pieces = Estimating::pieces(kind);
    let bar = indicatif::ProgressBar::new(explanations.len() as u64 * pieces);
    let one = |explanation: &Explanation| {
        let picks = sampled.rows.iter().map(|&row| explanation.selections[row]).collect();
        let mut making = Estimating::new(sampled.samples.clone(), picks, kind, seed);
        let work = |_| {
            bar.inc(1);
            making.work()
        };
        (0..pieces).filter_map(work).last()
    };
    let all = explanations.iter().filter_map(one).collect();
    bar.finish_and_clear();
    all
}

fn estimated(found: &Estimate, samples: usize, alphas: &[(&str, f64)]) -> Value {
    let interval = |Interval { value, low, high }| json!({ "value": value, "low": low, "high": high });
    let stripe_x = |alpha: f64| found.eval_x.value - alpha * found.encode_meter.value;
    let stripe_x: Map<String, Value> =
        alphas.iter().map(|(text, alpha)| ((*text).to_owned(), stripe_x(*alpha).into())).collect();
    json!({
        "samples": samples,
        "held_out": found.held_out,
        "eval_x": interval(found.eval_x),
        "fresh": interval(found.fresh),
        "encode_meter": interval(found.encode_meter),
        "encode_meter_kl": found.encode_meter_kl,
        "floor": interval(found.floor),
        "control": interval(found.control),
        "stripe_x": stripe_x,
        "calibration_error": found.calibration_error,
        "verdict": found.verdict.words(),
    })
}

/// Goes through all maps, with progress on a terminal.
fn all_maps(joint: &Joint) -> Result<Value, CensusError> {
    let mut counter = Counter::all(joint)?;
    let bar = indicatif::ProgressBar::new(counter.maps());
    while counter.step(MAPS_AT_A_TIME) < counter.maps() {
        bar.inc(MAPS_AT_A_TIME);
    }
    bar.finish_and_clear();
    let found = counter.census();
    // Without a map of a kind its extreme is infinite, and JSON says null.
    let of = |extremes: &Extremes| {
        json!({
            "best": extremes.best,
            "best_maps": extremes.best_maps,
            "best_maps_encoding": extremes.best_encoding,
            "best_of_encoding": extremes.encoding,
            "worst_of_non_encoding": extremes.non_encoding,
            "weak": extremes.is_weak(),
            "strong": extremes.is_strong(),
        })
    };
    Ok(json!({
        "maps": found.maps,
        "non_encoding": found.non_encoding,
        "eval_x": of(&found.eval_x),
        "fresh": of(&found.fresh),
        "roar": of(&found.roar),
        "least_encode_meter_of_encoding": found.least_meter,
        "stripe_x_is_strong_above_alpha": found.alpha,
    }))
}

/// A weight with the text it was given as, which names it in the answer.
fn alpha(text: &str) -> Result<(&str, f64), CliError> {
    let text = text.trim();
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
    value.map(|value| (text, value)).ok_or_else(|| {
        CliError::Input(format!("--alpha {text}: not allowed, expected numbers from 0 with commas between them"))
    })
}

fn row(joint: &Joint, name: &str, scores: &Scores, alphas: &[(&str, f64)]) -> Value {
    let stripe_x: Map<String, Value> =
        alphas.iter().map(|(text, alpha)| ((*text).to_owned(), scores.stripe_x(*alpha).into())).collect();
    json!({
        "name": name,
        "eval_x": scores.eval_x,
        "fresh": scores.fresh,
        "roar": scores.roar,
        "encode_meter": scores.encode_meter,
        "encode_meter_mi": scores.encode_meter_mi,
        "accuracy": scores.accuracy,
        // JSON has no infinity: null where a label is impossible for those that are not picked.
        "kl01": scores.kl01,
        "encodes": scores.encodes(),
        "stripe_x": stripe_x,
        "witness": scores.witness.as_ref().map(|witness| self::witness(joint, witness)),
    })
}

fn witness(joint: &Joint, witness: &Witness) -> Value {
    let selected = |i: &usize| witness.selection >> i & 1 == 1;
    let symbol = |i: usize| joint.symbols(i)[joint.symbol(witness.row, i) as usize].clone();
    let inputs = (0..joint.inputs().len()).filter(selected);
    let values: Map<String, Value> = inputs.map(|i| (joint.inputs()[i].clone(), symbol(i).into())).collect();
    let law = |p: &[f64]| -> Map<String, Value> {
        joint.labels().iter().zip(p).map(|(label, p)| (label.clone(), (*p).into())).collect()
    };
    json!({
        "selection": explanation::write(witness.selection, joint.inputs().len()),
        "values": values,
        "probability": witness.probability,
        "y_given_values_and_selection": law(&witness.picked),
        "y_given_values": law(&witness.values),
        "divergence": witness.divergence,
        "sentence": witness.sentence(joint),
    })
}
