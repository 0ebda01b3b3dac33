//! The table twin of a chart: the same plan, as rows of text to read or as exact comma-separated values. Draws nothing.

use super::number::{exact, significant};
use super::plan::{Bars, Heat, Plan, Plot, Rows};
use super::scale::order;
use super::{Place, Scene, maps};

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
    match scene.plan() {
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
    let mut sources: Vec<Vec<(f64, f64)>> = Vec::new();
    for line in plot.lines.iter().filter(|line| !line.points.is_empty()) {
        columns.push(line.name.clone());
        sources.push(line.points.clone());
        if !line.errors.is_empty() {
            columns.push(format!("{} ±", line.name));
            sources.push(line.points.iter().zip(&line.errors).map(|((x, _), error)| (*x, *error)).collect());
        }
    }
    for band in &plot.bands {
        columns.extend([format!("{} ↓", band.name), format!("{} ↑", band.name)]);
        sources.push(band.points.iter().map(|&(x, lower, _)| (x, lower)).collect());
        sources.push(band.points.iter().map(|&(x, _, upper)| (x, upper)).collect());
    }
    let all: Vec<f64> = sources.iter().flatten().map(|(x, _)| *x).filter(|x| x.is_finite()).collect();
    let mut xs: Vec<f64> = order(&all).into_iter().map(|at| all[at]).collect();
    xs.dedup();
    let row = |i: usize| {
        let x = xs[i];
        let at = |source: &Vec<(f64, f64)>| {
            // Points mostly stand in step order and in every row; else they are looked for.
            let here = source.get(i).filter(|(other, _)| *other == x);
            let found = here.or_else(|| source.iter().find(|(other, _)| *other == x));
            found.map(|(_, value)| number(*value, limit)).unwrap_or_default()
        };
        core::iter::once(number(x, limit)).chain(sources.iter().map(at)).collect()
    };
    Table { columns, rows: kept(xs.len(), limit).into_iter().map(row).collect(), total: xs.len() }
}

fn tokens(bars: &Bars, scene: &Scene, limit: Option<usize>) -> Table {
    let series = [&bars.now, &bars.start, &bars.pinned];
    let notes = |column: usize| maps::notes(scene, Place { panel: 0, row: 0, column });
    let mut columns = vec![bars.x_title.to_owned()];
    columns.extend(series.iter().map(|heights| format!("{}, {}", bars.y_title, heights.name)));
    columns.extend(notes(0).into_iter().map(|(name, _)| name));
    let row = |i: usize| {
        let value = |values: &[f64]| values.get(i).map(|&v| number(v, limit)).unwrap_or_default();
        let mut row = vec![bars.names[i].clone()];
        row.extend(series.iter().map(|heights| value(&heights.values)));
        row.extend(notes(i).into_iter().map(|(_, text)| text));
        row.resize(columns.len(), String::new());
        row
    };
    let rows = kept(bars.names.len(), limit).into_iter().map(row).collect();
    let mut table = Table { rows, total: bars.names.len(), columns };
    if bars.pinned.values.is_empty() {
        table.columns.remove(3);
        table.rows.iter_mut().for_each(|row| drop(row.remove(3)));
    }
    table
}

fn cells(heat: &Heat, limit: Option<usize>) -> Table {
    let Some(first) = heat.grids.first() else { return Table::default() };
    let several = heat.grids.len() > 1;
    let mut columns = vec![heat.row_title.to_owned()];
    if several {
        columns.insert(0, String::new());
    }
    columns.extend(first.columns.iter().cloned());
    let mut table = Table { columns, ..Table::default() };
    for grid in &heat.grids {
        // A pinned run may have other tokens: its columns follow the names of the first.
        let places: Vec<Option<usize>> =
            first.columns.iter().map(|name| grid.columns.iter().position(|other| other == name)).collect();
        for row in kept(grid.rows.len(), limit) {
            let name = match &grid.rows {
                Rows::Steps { recorded, .. } => number(f64::from(recorded[row]), limit),
                Rows::Names(names) => names[row].clone(),
            };
            let values = places.iter().map(|place| place.map_or(f64::NAN, |at| f64::from(grid.value(row, at))));
            let title = several.then(|| grid.title.to_owned());
            table.rows.push(title.into_iter().chain([name]).chain(values.map(|v| number(v, limit))).collect());
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
