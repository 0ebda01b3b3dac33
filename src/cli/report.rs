//! Reports as JSON and CSV, and the reference of the settings.

use crate::experiment::{Experiment, SETTINGS};
use crate::run::{Array, ENGINE, Report};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A report as JSON: experiment, engine, digest, summary, series, then what the lab adds.
#[must_use]
pub fn json(experiment: &Experiment, report: &Report) -> Value {
    let summary: Map<String, Value> =
        report.summary.iter().map(|measure| (measure.name.clone(), json!(measure.value))).collect();
    let series: Map<String, Value> =
        report.series.iter().map(|series| (series.name.clone(), json!(series.values))).collect();
    let mut root = Map::new();
    root.insert("experiment".to_owned(), experiment.to_json());
    root.insert("engine".to_owned(), json!(ENGINE));
    root.insert("digest".to_owned(), json!(report.digest.to_string()));
    root.insert("summary".to_owned(), Value::Object(summary));
    root.insert("series".to_owned(), Value::Object(series));
    for detail in &report.details {
        let record = |fields: &Vec<Array>| {
            Value::Object(
                fields.iter().map(|field| (field.name.clone(), nested(&field.shape, &field.values))).collect(),
            )
        };
        root.insert(detail.name.clone(), detail.records.iter().map(record).collect());
    }
    Value::Object(root)
}

/// Values nested by their shape; whole numbers (ids) without a fraction.
fn nested(shape: &[u32], values: &[f32]) -> Value {
    match shape {
        [] => values.first().map_or(Value::Null, |&value| number(value)),
        [_] => values.iter().map(|&value| number(value)).collect(),
        [_, inner @ ..] => {
            let size = inner.iter().product::<u32>().max(1) as usize;
            values.chunks(size).map(|chunk| nested(inner, chunk)).collect()
        }
    }
}

fn number(value: f32) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e7 {
        return json!(value as i64);
    }
    // Through text, so that 0.1 stays 0.1 and does not become the double nearest to the float nearest to it.
    json!(value.to_string().parse::<f64>().unwrap_or(f64::NAN))
}

/// The series as CSV: a column for each, a row for each recorded step.
#[must_use]
pub fn series_csv(report: &Report) -> String {
    let mut text: String = report.series.iter().map(|series| series.name.as_str()).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in 0..report.series.first().map_or(0, |series| series.values.len()) {
        let cells: Vec<String> = report.series.iter().map(|series| series.values[row].to_string()).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// The table of settings for the README.
#[must_use]
pub fn settings_markdown() -> String {
    let mut text = "| path | default | allowed |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let (path, default, expected) = (setting.path, setting.default_value(), setting.expected());
        writeln!(text, "| {path} | {default} | {expected} |").expect("strings can be written to");
    }
    text
}
