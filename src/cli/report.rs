//! Reports as JSON and CSV, and the reference of the settings.

use crate::experiment::{Experiment, Lab};
use crate::run::{self, ENGINE, Report};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt::Write;

/// A report that serialises as JSON: experiment, engine, digest, summary, series, then what the lab adds. Number by
/// number as it is written: a long run has hundreds of millions of them.
pub struct Json<'a> {
    /// What ran.
    pub experiment: &'a Experiment,
    /// What came of it.
    pub report: &'a Report,
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.report;
        let mut root = serializer.serialize_map(None)?;
        root.serialize_entry("experiment", &self.experiment.to_json())?;
        root.serialize_entry("engine", ENGINE)?;
        root.serialize_entry("digest", &report.digest.to_string())?;
        let summary = report.summary.iter().map(|measure| (&measure.name, measure.value));
        root.serialize_entry("summary", &Entries(summary))?;
        let series = report.series.iter().map(|series| (&series.name, &series.values));
        root.serialize_entry("series", &Entries(series))?;
        for detail in &report.details {
            root.serialize_entry(&detail.name, &Each(detail.records.iter().map(Record)))?;
        }
        root.end()
    }
}

/// Names and values as an object.
struct Entries<I>(I);

impl<K: Serialize, V: Serialize, I: Iterator<Item = (K, V)> + Clone> Serialize for Entries<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.clone())
    }
}

/// Values as an array.
struct Each<I>(I);

impl<V: Serialize, I: Iterator<Item = V> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// One record of a detail.
struct Record<'a>(&'a run::Record);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        self.0.texts.iter().try_for_each(|(name, text)| fields.serialize_entry(name, text))?;
        let arrays = &self.0.arrays;
        arrays
            .iter()
            .try_for_each(|field| fields.serialize_entry(&field.name, &Nested(&field.shape, &field.values)))?;
        fields.end()
    }
}

/// Values nested by their shape.
struct Nested<'a>(&'a [u32], &'a [f32]);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(shape, values) = *self;
        match shape {
            [] => values.first().copied().map(Number).serialize(serializer),
            [_] => serializer.collect_seq(values.iter().copied().map(Number)),
            [_, inner @ ..] => {
                let size = inner.iter().product::<u32>().max(1) as usize;
                let mut rows = serializer.serialize_seq(None)?;
                for row in values.chunks(size) {
                    rows.serialize_element(&Nested(inner, row))?;
                }
                rows.end()
            }
        }
    }
}

/// A number as its shortest decimal, whole ones (ids) without a fraction.
struct Number(f32);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value) = *self;
        if value.fract() == 0.0 && value.abs() < 1e7 {
            serializer.serialize_i64(value as i64)
        } else {
            serializer.serialize_f32(value)
        }
    }
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
    let mut text = String::new();
    for lab in Lab::ALL {
        let gap = if text.is_empty() { "" } else { "\n" };
        writeln!(text, "{gap}For `{}`:\n\n| path | default | allowed |\n|---|---|---|", lab.name)
            .expect("strings can be written to");
        for setting in lab.settings {
            let (path, default, expected) = (setting.path, setting.default_value(), setting.expected());
            writeln!(text, "| {path} | {default} | {expected} |").expect("strings can be written to");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{labs, view};
    use serde_json::Value;

    /// 1 and 1.0 are the same number.
    fn in_reals(value: &mut Value) {
        match value {
            Value::Number(number) => *value = number.as_f64().into(),
            Value::Array(values) => values.iter_mut().for_each(in_reals),
            Value::Object(values) => values.values_mut().for_each(in_reals),
            _ => {}
        }
    }

    #[test]
    fn the_page_writes_the_same_report() {
        let mut experiment = Experiment::default();
        experiment.set("training.steps", "7").expect("a valid setting");
        let mut run = labs::start(&experiment).expect("a valid experiment");
        run.step(7).expect("it trains");
        let report = run.report();
        let mine = serde_json::to_string_pretty(&Json { experiment: &experiment, report: &report }).expect("JSON");
        let pages = view::report::json(&experiment, &report);
        let parsed = |text: &str| {
            let mut value = serde_json::from_str(text).expect("JSON");
            in_reals(&mut value);
            value
        };
        assert_eq!(parsed(&mine), parsed(&pages));
        assert_eq!(parsed(&mine)["classes"][0]["attention"].as_array().map(Vec::len), Some(8), "a row for each step");
    }
}
