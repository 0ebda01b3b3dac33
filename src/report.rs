//! The JSON form of a report: what `snapscope run` prints and what the page saves, the same bytes. Knows no lab, and not where
//! the text goes.

use crate::experiment::Experiment;
use crate::run::{self, ENGINE, Report};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::io;

/// Writes the report of an experiment, indented, with a line break at its end. Number by number: a long run has hundreds of
/// millions of them.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(out: impl io::Write, experiment: &Experiment, report: &Report) -> io::Result<()> {
    let mut out = out;
    serde_json::to_writer_pretty(&mut out, &Json { experiment, report })?;
    out.write_all(b"\n")
}

/// The report of an experiment as [`write`] writes it.
#[must_use]
pub fn text(experiment: &Experiment, report: &Report) -> String {
    let mut out = Vec::new();
    write(&mut out, experiment, report).expect("memory can be written");
    String::from_utf8(out).expect("serde_json writes UTF-8")
}

/// The JSON form: experiment, engine, digest, summary, series, then what the lab adds. Numbers that are not finite are null.
struct Json<'a> {
    experiment: &'a Experiment,
    report: &'a Report,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Array, Detail, Digest, Direction, Measure, Record, Series};

    #[test]
    fn a_report_reads_back_as_what_it_was() {
        let field = vec![Array::scalar("query", 3.0), Array::new("attention", &[2, 2], vec![0.1, 0.2, 0.3, 0.4])];
        let said = "two \"lines\"\nand a \\ \u{1} \u{1f697}";
        let record = Record { texts: vec![("said".into(), said.into())], arrays: field };
        let report = Report {
            step: 2,
            digest: Digest(0xabc),
            summary: vec![Measure { name: "loss".into(), value: 0.1, unit: "nats".into(), better: Direction::Lower }],
            series: vec![Series { name: "step".into(), values: vec![0.0, 1e-7, f64::NAN] }],
            details: vec![Detail { name: "classes".into(), records: vec![record] }],
        };
        let experiment = Experiment { seed: u64::MAX, ..Experiment::default() };
        let text = text(&experiment, &report);
        let back: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(Experiment::from_json(&back["experiment"].to_string()), Ok(experiment));
        assert_eq!(back["digest"], "0000000000000abc");
        assert_eq!(back["summary"]["loss"], 0.1);
        assert_eq!(back["series"]["step"][1], 1e-7);
        assert!(back["series"]["step"][2].is_null(), "not a number");
        let class = &back["classes"][0];
        assert_eq!((&class["said"], &class["query"]), (&said.into(), &3.into()));
        assert_eq!(class["attention"][1][0].as_f64().map(|it| it as f32), Some(0.3));
        let order = ["experiment", "engine", "digest", "summary", "series", "classes"];
        assert_eq!(back.as_object().expect("an object").keys().collect::<Vec<_>>(), order);
        assert!(text.ends_with("}\n"), "a line of its own");
    }
}
