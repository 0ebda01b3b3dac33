//! The report as JSON text, in the form of the command line. Written by hand: a JSON library brings its own way to print
//! numbers, which weighs more than all of this file's neighbours.

use crate::experiment::{Experiment, VERSION, Value};
use crate::run::{ENGINE, Record, Report};

/// A report as JSON.
#[must_use]
pub fn json(experiment: &Experiment, report: &Report) -> String {
    let summary = report.summary.iter().map(|measure| (measure.name.clone(), real(measure.value)));
    let series =
        report.series.iter().map(|series| (series.name.clone(), list(series.values.iter().copied().map(real))));
    let mut fields = vec![
        ("experiment".to_owned(), of_experiment(experiment)),
        ("engine".to_owned(), quoted(ENGINE)),
        ("digest".to_owned(), quoted(&report.digest.to_string())),
        ("summary".to_owned(), object(summary)),
        ("series".to_owned(), object(series)),
    ];
    for detail in &report.details {
        let record = |record: &Record| {
            let texts = record.texts.iter().map(|(name, text)| (name.clone(), quoted(text)));
            let arrays = record.arrays.iter().map(|field| (field.name.clone(), nested(&field.shape, &field.values)));
            object(texts.chain(arrays))
        };
        fields.push((detail.name.clone(), list(detail.records.iter().map(record))));
    }
    object(fields.into_iter()) + "\n"
}

/// Every setting with its value, nested by path.
fn of_experiment(experiment: &Experiment) -> String {
    let value = |value| match value {
        Value::Choice(word) => quoted(word),
        Value::Integer(_) | Value::Real(_) | Value::Flag(_) => value.to_string(),
    };
    let mut fields =
        vec![("version".to_owned(), VERSION.to_string()), ("lab".to_owned(), quoted(experiment.lab.name()))];
    let group_of = |path: &'static str| path.split_once('.').map_or("", |(group, _)| group);
    for settings in experiment.settings().chunk_by(|a, b| group_of(a.path) == group_of(b.path)) {
        let group = group_of(settings[0].path);
        let named = settings.iter().map(|setting| {
            let name = setting.path.strip_prefix(group).unwrap_or(setting.path).trim_start_matches('.');
            (name.to_owned(), value((setting.get)(experiment)))
        });
        if group.is_empty() { fields.extend(named) } else { fields.push((group.to_owned(), object(named))) }
    }
    object(fields.into_iter())
}

fn object(fields: impl Iterator<Item = (String, String)>) -> String {
    let fields: Vec<String> = fields.map(|(name, value)| format!("{}: {value}", quoted(&name))).collect();
    format!("{{{}}}", fields.join(",\n"))
}

fn list(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

fn nested(shape: &[u32], values: &[f32]) -> String {
    match shape {
        [] => values.first().map_or_else(|| "null".to_owned(), |&value| single(value)),
        [_] => list(values.iter().copied().map(single)),
        [_, inner @ ..] => {
            let size = inner.iter().product::<u32>().max(1) as usize;
            list(values.chunks(size).map(|chunk| nested(inner, chunk)))
        }
    }
}

/// The shortest decimal that reads back as the same number; JSON has no word for what is not finite.
fn real(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { "null".to_owned() }
}

fn single(value: f32) -> String {
    if value.is_finite() { value.to_string() } else { "null".to_owned() }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Array;
    use crate::run::{Detail, Digest, Direction, Measure, Series};

    #[test]
    fn a_report_reads_back_as_what_it_was() {
        let report = Report {
            step: 2,
            digest: Digest(0xabc),
            summary: vec![Measure { name: "loss".into(), value: 0.1, unit: "nats".into(), better: Direction::Lower }],
            series: vec![Series { name: "step".into(), values: vec![0.0, 1e-7, f64::NAN] }],
            details: vec![Detail {
                name: "classes".into(),
                records: vec![
                    vec![Array::scalar("query", 3.0), Array::new("attention", &[2, 2], vec![0.1, 0.2, 0.3, 0.4])]
                        .into(),
                ],
            }],
        };
        let experiment = Experiment { seed: u64::MAX, ..Experiment::default() };
        let back: serde_json::Value = serde_json::from_str(&json(&experiment, &report)).expect("JSON");
        assert_eq!(Experiment::from_json(&back["experiment"].to_string()), Ok(experiment));
        assert_eq!(back["digest"], "0000000000000abc");
        assert_eq!(back["summary"]["loss"], 0.1);
        assert_eq!(back["series"]["step"][1], 1e-7);
        assert!(back["series"]["step"][2].is_null(), "not a number");
        assert_eq!(back["classes"][0]["query"], 3);
        assert_eq!(back["classes"][0]["attention"][1][0], 0.3);
    }

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c d\"");
    }
}
