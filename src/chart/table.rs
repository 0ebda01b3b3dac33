//! The table twin of a chart: the same plan, as rows of text to read or as exact comma-separated values. Draws nothing.

use super::kind::Detail;
use super::plan::{Bars, Heat, Plan, Plot, Rows};
use super::scale::each_once;
use super::{Place, Scene};
use crate::number::{exact, significant};

/// A chart as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Column headers.
    pub columns: Vec<String>,
    /// The rows, as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// Rows of the complete table, of which `rows` may be an evenly chosen part.
    pub total: usize,
}

impl Table {
    /// Comma-separated values with a header (RFC 4180).
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = String::new();
        for row in core::iter::once(&self.columns).chain(&self.rows) {
            for (i, cell) in row.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                if cell.contains([',', '"', '\n', '\r']) {
                    out.push('"');
                    out.push_str(&cell.replace('"', "\"\""));
                    out.push('"');
                } else {
                    out.push_str(cell);
                }
            }
            out.push_str("\r\n");
        }
        out
    }
}

/// The table of a chart: at most `limit` rows with four significant digits, or without limit all rows, exactly.
pub(super) fn of(scene: &Scene, limit: Option<usize>) -> Table {
    match scene.plan(if limit.is_some() { Detail::Legible } else { Detail::Complete }) {
        Plan::Lines(plot) => lines(&plot, limit),
        Plan::Bars(bars) => tokens(&bars, scene, limit),
        Plan::Cells(heat) => cells(&heat, limit),
    }
}

fn number(value: f64, limit: Option<usize>) -> String {
    if limit.is_some() { significant(value) } else { exact(value as f32) }
}

/// Which of `count` rows are kept: all, or evenly chosen ones with the first and the last.
fn kept(count: usize, limit: Option<usize>) -> Vec<usize> {
    match limit {
        Some(limit) if count > limit => match limit {
            0 => Vec::new(),
            1 => vec![count - 1],
            _ => (0..limit).map(|i| i * (count - 1) / (limit - 1)).collect(),
        },
        _ => (0..count).collect(),
    }
}

fn lines(plot: &Plot, limit: Option<usize>) -> Table {
    let mut columns = vec![plot.x_title.to_owned()];
    // Of each column the points; error bars and bands are columns of their own.
    let mut sources: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut all = Vec::new();
    for line in plot.lines.iter().filter(|line| !line.points.is_empty()) {
        all.extend(line.points.iter().map(|(x, _)| *x));
        columns.push(line.name.clone());
        sources.push(line.points.clone());
        if !line.errors.is_empty() {
            columns.push(format!("{} ±", line.name));
            sources.push(line.points.iter().zip(&line.errors).map(|((x, _), error)| (*x, *error)).collect());
        }
    }
    for band in &plot.bands {
        for (mark, upper) in [("↓", false), ("↑", true)] {
            columns.push(format!("{} {mark}", band.name));
            sources.push(band.points.iter().map(|point| (point.0, if upper { point.2 } else { point.1 })).collect());
        }
    }
    let xs = each_once(all.into_iter());
    let mut rows = Vec::new();
    for i in kept(xs.len(), limit) {
        let x = xs[i];
        let mut row = vec![number(x, limit)];
        for source in &sources {
            // Points mostly stand in step order and in every row; else they are looked for.
            let here = source.get(i).filter(|(other, _)| *other == x);
            let found = here.or_else(|| source.iter().find(|(other, _)| *other == x));
            row.push(found.map(|(_, value)| number(*value, limit)).unwrap_or_default());
        }
        rows.push(row);
    }
    Table { columns, rows, total: xs.len() }
}

fn tokens(bars: &Bars, scene: &Scene, limit: Option<usize>) -> Table {
    let mut series = vec![&bars.now, &bars.start, &bars.pinned];
    series.retain(|heights| !heights.values.is_empty());
    let mut columns = vec![bars.x_title.to_owned()];
    for heights in &series {
        columns.push(format!("{}, {}", bars.y_title, heights.name));
    }
    let mut table = Table { columns, rows: Vec::new(), total: bars.names.len() };
    for column in kept(bars.names.len(), limit) {
        let mut row = vec![bars.names[column].clone()];
        for heights in &series {
            row.push(number(heights.values.get(column).copied().unwrap_or(f64::NAN), limit));
        }
        for (name, text) in scene.notes(Place { panel: 0, row: 0, column }) {
            if table.rows.is_empty() {
                table.columns.push(name);
            }
            row.push(text);
        }
        row.resize(table.columns.len(), String::new());
        table.rows.push(row);
    }
    table
}

fn cells(heat: &Heat, limit: Option<usize>) -> Table {
    let Some(first) = heat.grids.first() else { return Table::default() };
    let several = heat.grids.len() > 1;
    let mut table = Table::default();
    if several {
        table.columns.push(String::new());
    }
    table.columns.push(heat.row_title.to_owned());
    table.columns.extend_from_slice(&first.columns);
    for grid in &heat.grids {
        // A pinned run may have other tokens: its values stand under the names of the first.
        let same = grid.columns == first.columns;
        let place = |i: usize| {
            if same { Some(i) } else { grid.columns.iter().position(|name| *name == first.columns[i]) }
        };
        let places: Vec<Option<usize>> = (0..first.columns.len()).map(place).collect();
        for row in kept(grid.rows.len(), limit) {
            let mut texts = Vec::with_capacity(table.columns.len());
            if several {
                texts.push(grid.title.to_owned());
            }
            texts.push(match &grid.rows {
                Rows::Steps { recorded, .. } => number(f64::from(recorded[row]), limit),
                Rows::Names(names) => names[row].clone(),
            });
            for place in &places {
                let value = place.map_or(f32::NAN, |column| grid.value(row, column));
                texts.push(number(f64::from(value), limit));
            }
            table.rows.push(texts);
        }
        table.total += grid.rows.len();
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        let columns = vec!["a, b".to_owned(), "say \"x\"".to_owned()];
        let table = Table { columns, rows: vec![vec!["1".to_owned(), String::new()]], total: 1 };
        assert_eq!(table.csv(), "\"a, b\",\"say \"\"x\"\"\"\r\n1,\r\n");
    }

    #[test]
    fn kept_rows_hold_both_ends() {
        assert_eq!(kept(101, Some(3)), [0, 50, 100]);
        assert_eq!(kept(2, Some(3)), [0, 1]);
        assert_eq!((kept(5, Some(1)), kept(0, Some(3))), (vec![4], vec![]));
    }
}
