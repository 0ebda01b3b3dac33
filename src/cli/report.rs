//! The series of a report as CSV, and the reference of the settings.

use crate::experiment::Lab;
use crate::run::Report;
use std::fmt::Write;

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

/// The reference of the settings: the tables of docs/settings.md.
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
