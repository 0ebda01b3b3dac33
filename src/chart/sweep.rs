//! What the charts of a sweep show: means with error bars over one varied setting, one line for each value of a second
//! one, or the means as a grid. A sweep becomes a frame like any other, so all charts have one source.

use super::kind::{Chart, ChartKind, Extras, has};
use super::plan::{Grid, Heat, Line, Plan, Plot, Rows, Symbol};
use super::scale::{Extent, each_once};
use super::style::{DASHES, Stroke};
use super::{Place, Scene};
use crate::number::{exact, significant};
use crate::run::{Array, Frame, Labels};

/// A sweep: means over one varied setting, one line for each value of the second.
pub(super) const LINE: Chart = Chart(&ChartKind {
    name: "sweep-line",
    panel: "sweep",
    has_data: |frame| has(frame, "mean"),
    plan: |scene, _| line(scene),
    extras: Extras { opens: Some(row_of_point), ..Extras::NONE },
});

/// A sweep: means as a grid over both varied settings. A grid of one row is the line once more.
pub(super) const MAP: Chart = Chart(&ChartKind {
    name: "sweep-map",
    panel: "sweep",
    has_data: |frame| has(frame, "mean") && !frame.values("line").windows(2).all(|pair| pair[0] == pair[1]),
    plan: |scene, _| map(scene),
    extras: Extras { opens: Some(row_of_cell), ..Extras::NONE },
});

/// The runs of one pair of varied values, taken together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweepPoint {
    /// Value of the setting along the axis.
    pub x: f64,
    /// Value of the setting that tells the lines apart.
    pub line: f64,
    /// Mean over the seeds.
    pub mean: f64,
    /// Sample standard deviation over the seeds; NaN for a single one.
    pub std: f64,
    /// Seeds.
    pub n: u32,
}

/// A sweep's results so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTable {
    /// The setting along the axis.
    pub x_label: String,
    /// The setting that tells the lines apart; empty when only one setting varies.
    pub line_label: String,
    /// The quantity, with its unit.
    pub value_label: String,
    /// One row for each pair of values.
    pub rows: Vec<SweepPoint>,
}

impl SweepTable {
    /// The sweep as a frame that [`LINE`] and [`MAP`] draw.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let column = |name: &str, of: fn(&SweepPoint) -> f64| {
            Array::new(name, &[self.rows.len()], self.rows.iter().map(|row| of(row) as f32).collect())
        };
        let label = |name: &str, text: &str| Labels { name: name.to_owned(), texts: vec![text.to_owned()] };
        Frame {
            arrays: vec![
                column("x", |row| row.x),
                column("line", |row| row.line),
                column("mean", |row| row.mean),
                column("std", |row| row.std),
                column("n", |row| f64::from(row.n)),
            ],
            labels: vec![
                label("x_label", &self.x_label),
                label("line_label", &self.line_label),
                label("value_label", &self.value_label),
            ],
            ..Frame::default()
        }
    }
}

/// A sweep's frame, read as a grid of sorted values.
struct Cells<'a> {
    frame: &'a Frame,
    xs: Vec<f32>,
    lines: Vec<f32>,
}

impl<'a> Cells<'a> {
    fn new(frame: &'a Frame) -> Self {
        let places = |name| {
            each_once(frame.values(name).iter().map(|&at| f64::from(at))).into_iter().map(|at| at as f32).collect()
        };
        Self { frame, xs: places("x"), lines: places("line") }
    }

    /// The frame's row for the `x`th value along the axis on the `line`th line.
    fn index(&self, x: usize, line: usize) -> Option<usize> {
        let (x, line) = (*self.xs.get(x)?, *self.lines.get(line)?);
        let (xs, lines) = (self.frame.values("x"), self.frame.values("line"));
        xs.iter().zip(lines).position(|(a, b)| *a == x && *b == line)
    }

    /// The indices of axis value and line for the `point`th point of the `line`th line.
    fn at(&self, point: usize, line: usize) -> Option<(usize, usize)> {
        let x = (0..self.xs.len()).filter(|&x| self.index(x, line).is_some()).nth(point)?;
        Some((x, line))
    }

    fn value(&self, name: &str, row: usize) -> f64 {
        self.frame.values(name).get(row).map_or(f64::NAN, |&v| f64::from(v))
    }

    fn label(&self, name: &str) -> &'a str {
        self.frame.labels(name).first().map_or("", String::as_str)
    }
}

/// The row of the sweep that a point of a line stands for.
fn row_of_point(frame: &Frame, place: Place) -> Option<usize> {
    let cells = Cells::new(frame);
    let (x, line) = cells.at(place.row, place.column)?;
    cells.index(x, line)
}

/// The row of the sweep that a cell of the grid stands for: the uppermost line has the largest value.
fn row_of_cell(frame: &Frame, place: Place) -> Option<usize> {
    let cells = Cells::new(frame);
    let line = cells.lines.len().checked_sub(place.row + 1)?;
    cells.index(place.column, line)
}

/// One line for each value of the second setting, means with error bars.
fn line<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let cells = Cells::new(scene.frame);
    let mut plot = Plot {
        x_title: cells.label("x_label"),
        y_title: cells.label("value_label"),
        x_ticks: cells.xs.iter().map(|&x| f64::from(x)).collect(),
        ..Plot::default()
    };
    let ends = plot.x_ticks.first().zip(plot.x_ticks.last());
    plot.x_log = ends.is_some_and(|(lo, hi)| *lo > 0.0 && *hi >= 20.0 * lo);
    for (i, value) in cells.lines.iter().enumerate() {
        let stroke = Stroke { color: scene.theme.category(i), width: 1.75, dash: DASHES[i % DASHES.len()] };
        let rows: Vec<usize> = (0..cells.xs.len()).filter_map(|x| cells.index(x, i)).collect();
        let points = rows.iter().map(|&row| (cells.value("x", row), cells.value("mean", row))).collect();
        let name = match cells.label("line_label") {
            "" => scene.words.say("mean").to_owned(),
            label => format!("{label} = {}", exact(*value)),
        };
        let note = |row: &usize| {
            let (std, n) = (cells.value("std", *row), cells.value("n", *row));
            format!("± {}, {} {}", significant(std), significant(n), scene.words.say("runs"))
        };
        let mut line = Line::new(&name, points, stroke);
        line.errors = rows.iter().map(|&row| cells.value("std", row)).collect();
        line.notes = rows.iter().map(note).collect();
        line.symbol = Some(Symbol::nth(i));
        plot.lines.push(line);
    }
    if !plot.lines.is_empty() {
        plot.note = scene.words.say("deviation").to_owned();
    }
    Plan::Lines(plot)
}

/// The means as a grid: first setting across, second one up.
fn map<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let cells = Cells::new(scene.frame);
    let (mut values, mut held) = (Vec::new(), Extent::new(false));
    for line in (0..cells.lines.len()).rev() {
        for x in 0..cells.xs.len() {
            let mean = cells.index(x, line).map_or(f64::NAN, |row| cells.value("mean", row));
            values.push(mean as f32);
            held.hold(mean);
        }
    }
    let texts = |values: &[f32]| values.iter().map(|&v| exact(v)).collect::<Vec<String>>();
    let mut rows = texts(&cells.lines);
    rows.reverse();
    let range = held.ends.unwrap_or((0.0, 1.0));
    let range = if range.0 < range.1 { range } else { (range.0 - 0.5, range.1 + 0.5) };
    let columns = texts(&cells.xs);
    let grid =
        Grid { rows: Rows::Names(rows.into()), columns: columns.into(), values: values.into(), ..Grid::default() };
    Plan::Cells(Heat {
        row_title: cells.label("line_label"),
        column_title: cells.label("x_label"),
        value_title: cells.label("value_label"),
        grids: vec![grid],
        range,
        signed: false,
        numbers: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> SweepTable {
        let pairs = [(1.0, 0.5), (2.0, 0.5), (1.0, 2.0), (5.0, 2.0)];
        let row = |(i, &(x, line)): (usize, &(f64, f64))| SweepPoint { x, line, mean: i as f64, std: 0.1, n: 10 };
        SweepTable { rows: pairs.iter().enumerate().map(row).collect(), ..SweepTable::default() }
    }

    #[test]
    fn a_place_on_a_line_names_its_row() {
        let table = table();
        let mean = |row, column| {
            LINE.opened_at(&table.frame(), Place { panel: 0, row, column }).map(|row| table.rows[row].mean)
        };
        assert_eq!([mean(0, 0), mean(1, 0), mean(0, 1), mean(1, 1)], [Some(0.0), Some(1.0), Some(2.0), Some(3.0)]);
        assert_eq!((mean(2, 0), mean(0, 2)), (None, None), "beyond the points");
    }

    #[test]
    fn a_place_on_the_map_names_its_row() {
        let table = table();
        let mean = |row, column| {
            MAP.opened_at(&table.frame(), Place { panel: 0, row, column }).map(|row| table.rows[row].mean)
        };
        assert_eq!(mean(1, 0), Some(0.0), "the lower row has the smaller value");
        assert_eq!(mean(0, 2), Some(3.0), "the upper row has the larger value");
        assert_eq!(mean(0, 1), None, "a pair that was not run");
    }
}
