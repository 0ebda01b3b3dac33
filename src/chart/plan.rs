//! What a chart shows, with every number and before any pixel: lines over an axis, bars, or grids of cells. Drawing,
//! readouts and tables all start from a [`Plan`], so they cannot disagree. Knows neither frames nor pixels.

use super::style::{Rgb, Stroke};
use std::borrow::Cow;

/// A chart's content.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan<'a> {
    Lines(Plot<'a>),
    Bars(Bars<'a>),
    Cells(Heat<'a>),
}

/// Lines over a common axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plot<'a> {
    pub x_title: &'a str,
    pub y_title: &'a str,
    /// Values the x axis must hold.
    pub x_range: Option<(f64, f64)>,
    /// Where the x axis has its ticks, if not at nice numbers.
    pub x_ticks: Vec<f64>,
    /// What these are called, if not by their numbers.
    pub x_names: Vec<String>,
    pub x_log: bool,
    pub y_log: bool,
    /// Values the y axis must hold.
    pub y_holds: Vec<f64>,
    pub bands: Vec<Band>,
    pub lines: Vec<Line>,
    pub rules: Vec<Rule>,
    /// The step shown.
    pub now: Option<f64>,
    /// Legend of lines coloured by magnitude: texts of both ends.
    pub ramp: Option<(&'static str, &'static str)>,
    /// A remark in the legend.
    pub note: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
    /// Half the height of each point's error bar; empty for none.
    pub errors: Vec<f64>,
    /// What a readout adds for each point.
    pub notes: Vec<String>,
    pub stroke: Stroke,
    pub symbol: Option<Symbol>,
    /// Whether the y axis must hold it; an asymptote may leave the chart.
    pub ranged: bool,
    pub key: Key,
    /// Belongs to the pinned run.
    pub pinned: bool,
}

impl Line {
    pub fn new(name: &str, points: Vec<(f64, f64)>, stroke: Stroke) -> Self {
        Self {
            name: name.to_owned(),
            points,
            errors: Vec::new(),
            notes: Vec::new(),
            stroke,
            symbol: None,
            ranged: true,
            key: Key::Name,
            pinned: false,
        }
    }
}

/// How a reader learns which line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A sample of the line with its name above the chart.
    Name,
    /// A sample of the line with this text above the chart; lines of one text share it.
    Legend(&'static str),
    /// The line's name at its right end, if there is room; a larger weight goes first.
    End(u32),
    /// Only the readout tells.
    Readout,
}

/// Shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Disc,
    Square,
    Triangle,
    Diamond,
}

impl Symbol {
    pub fn nth(i: usize) -> Self {
        [Self::Disc, Self::Square, Self::Triangle, Self::Diamond][i % 4]
    }
}

/// An interval along the axis: (x, lower, upper).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Band {
    pub name: &'static str,
    pub points: Vec<(f64, f64, f64)>,
    pub color: Rgb,
}

/// A labelled vertical line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    pub x: f64,
    pub label: &'static str,
    pub stroke: Stroke,
}

/// One bar for each token.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bars<'a> {
    pub x_title: &'a str,
    pub y_title: &'a str,
    pub names: Cow<'a, [String]>,
    pub groups: Vec<Group>,
    pub colors: Vec<Rgb>,
    /// Filled bars.
    pub now: Heights,
    /// Outlines.
    pub start: Heights,
    /// Ticks across the bars; empty without a pinned run.
    pub pinned: Heights,
    /// A value the y axis must hold, so that it stays put while the bars move.
    pub holds: f64,
}

/// One value for each bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heights {
    pub name: &'static str,
    pub values: Vec<f64>,
}

/// Neighbouring columns with a name in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub label: &'static str,
    /// What is added to the label where there is room; may be empty.
    pub more: &'static str,
    pub from: usize,
    pub to: usize,
}

/// Grids of cells on one colour scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heat<'a> {
    pub row_title: &'a str,
    pub column_title: &'a str,
    pub value_title: &'a str,
    pub grids: Vec<Grid<'a>>,
    /// Values at the ends of the colour scale.
    pub range: (f64, f64),
    /// Whether the sign matters: two hues around zero.
    pub signed: bool,
    /// Whether each cell shows its number where there is room.
    pub numbers: bool,
}

/// One grid of cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grid<'a> {
    /// Which run it is; empty when there is only one.
    pub title: &'static str,
    pub rows: Rows<'a>,
    pub columns: Cow<'a, [String]>,
    pub groups: Vec<Group>,
    /// Row by row.
    pub values: Cow<'a, [f32]>,
}

impl Grid<'_> {
    /// The value at a place of the grid; NaN where there is none.
    pub fn value(&self, row: usize, column: usize) -> f32 {
        let inside = column < self.columns.len();
        self.values.get(row * self.columns.len() + column).copied().filter(|_| inside).unwrap_or(f32::NAN)
    }
}

/// The rows of a grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rows<'a> {
    /// Moments of a run: each row lasts until the next one, the last for as long as the one before.
    Steps { recorded: &'a [f32], steps: f64, now: f64 },
    /// Named things.
    Names(Cow<'a, [String]>),
}

impl Default for Rows<'_> {
    fn default() -> Self {
        Self::Names(Cow::default())
    }
}

impl Rows<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::Steps { recorded, .. } => recorded.len(),
            Self::Names(names) => names.len(),
        }
    }
}
