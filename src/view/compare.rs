//! Two experiments side by side: the settings that differ, and the summary numbers of both.

use crate::experiment::Experiment;
use crate::number::significant;
use crate::run::{Direction, Measure};
use crate::view::{control, text};

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is compared.
    pub name: String,
    /// Its value in the pinned run.
    pub pinned: String,
    /// Its value in this run.
    pub now: String,
}

/// The settings that differ and matter in at least one of the two.
#[must_use]
pub fn differences(pinned: &Experiment, now: &Experiment) -> Vec<Row> {
    let differs = |path: &str| pinned.get(path) != now.get(path);
    let matters = |path: &str| control::matters(path, pinned) || control::matters(path, now);
    let shown = |value: String, path: &str| {
        let unit = text::setting(path).unit;
        if unit.is_empty() { value } else { format!("{value} {unit}") }
    };
    let row = |path: &'static str| Row {
        name: text::setting(path).label.to_owned(),
        pinned: shown(pinned.get(path).map_or_else(String::new, |value| value.to_string()), path),
        now: shown(now.get(path).map_or_else(String::new, |value| value.to_string()), path),
    };
    let paths = now.settings().iter().map(|setting| setting.path);
    paths.filter(|path| differs(path) && matters(path)).map(row).collect()
}

/// The summary numbers of two finished runs; numbers that only one has are left out.
#[must_use]
pub fn results(pinned: &[Measure], now: &[Measure]) -> Vec<Row> {
    let row = |measure: &Measure| {
        let other = pinned.iter().find(|other| other.name == measure.name)?;
        let name = text::measure(&measure.name);
        Some(Row { name, pinned: number(other), now: number(measure) })
    };
    now.iter().filter_map(row).collect()
}

/// A summary number with its unit and an arrow for the better direction.
#[must_use]
pub fn number(measure: &Measure) -> String {
    let arrow = match measure.better {
        Direction::Lower => " ↓",
        Direction::Higher => " ↑",
        Direction::Neither => "",
    };
    let space = if measure.unit.is_empty() { "" } else { " " };
    format!("{}{space}{}{arrow}", significant(measure.value), measure.unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_differ_and_matter_are_listed() {
        let pinned = Experiment::default();
        let mut now = pinned.clone();
        assert_eq!(differences(&pinned, &now), []);
        now.set("training.eta_y", "10").expect("allowed");
        now.set("theory.c0", "2").expect("allowed");
        let rows = differences(&pinned, &now);
        assert_eq!(rows.len(), 1, "a constant of the theory does not matter to a trained run");
        assert_eq!((rows[0].pinned.as_str(), rows[0].now.as_str()), ("1", "10"));
    }

    #[test]
    fn results_stand_with_unit_and_direction() {
        let loss = |value| Measure { name: "loss".into(), value, unit: "nats".into(), better: Direction::Lower };
        let rows = results(&[loss(0.25)], &[loss(0.5)]);
        assert_eq!(rows[0].pinned, "0.25 nats ↓");
        assert_eq!(rows[0].now, "0.5 nats ↓");
    }
}
