//! A frame drawn: every chart of the labs as canvas, SVG, table and readout, from one description of its content.
//! Takes its numbers from a [`Frame`] only and computes nothing new; knows no page, no file and no engine.
//!
//! A chart is an entry of [`ALL`] (`kind`): a constant that stands beside the code that reads its frame (`maps`, `series`,
//! `explain`, `tools`, `sweep`). Nothing else names a chart. To add one, write its constant, in a file of its own or in one
//! of these, add it to [`ALL`], and add its title and caption to the message catalogue.
//!
//! A [`Scene`] says what to draw. The chart's entry turns it into a `Plan` (all numbers, no pixels). The plan becomes a
//! [`Picture`] (marks in CSS pixels: `plot`, `heat`, `bars`), and [`paint`] puts that on a plotters backend. Readouts use
//! the layout of the picture and tables use the plan, so all of them show the same numbers.

mod axes;
mod bars;
mod explain;
mod heat;
mod kind;
mod maps;
mod paint;
mod picture;
mod plan;
mod plot;
mod scale;
mod series;
mod style;
mod sweep;
mod table;
mod tools;
mod words;

#[cfg(test)]
mod tests;

pub use kind::{Chart, list, of_panel};
pub use paint::{ChartError, Fidelity, paint};
pub use picture::{Area, Picture, Raster};
pub use style::{Rgb, Size, Theme, viridis};
pub use sweep::{SweepPoint, SweepTable};
pub use table::Table;
pub use words::Words;

use crate::run::Frame;
use kind::Detail;
use plan::Plan;

/// All charts, in the order a page shows them.
pub const ALL: &[Chart] = &[
    maps::SCAN,
    maps::MAP,
    maps::PAIRS,
    series::CORRELATION,
    maps::BARS,
    series::LOGITS,
    series::GAINS,
    series::FAMILY_CHI,
    series::FAMILY_B,
    series::PHASE,
    series::GAMMA,
    series::DECODER,
    series::LOSS,
    series::PERPLEXITY,
    series::ENTROPY,
    maps::WEIGHTS_Y,
    maps::WEIGHTS_Z,
    sweep::LINE,
    sweep::MAP,
    explain::SHOWN,
    explain::METER,
    explain::RANKING,
    explain::SAMPLES,
    explain::CALIBRATION,
    tools::ATTENDED,
    tools::FUNNEL,
    tools::SUCCESS,
    tools::CONFUSION,
];

/// A place on a chart: which panel (more than one only beside a pinned run), row and column of its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Panel.
    pub panel: usize,
    /// Row: a moment, a token, a point.
    pub row: usize,
    /// Column: a token, a line.
    pub column: usize,
}

/// What is at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The place.
    pub place: Place,
    /// The places there are in its panel: rows and columns.
    pub extent: (usize, usize),
    /// Where it is, CSS pixels.
    pub at: (f64, f64),
    /// What it is, as pairs of name and text; the first ones say where, then the value, then more about it.
    pub texts: Vec<(String, String)>,
    /// The value itself; NaN where there is none.
    pub value: f64,
    /// What the x axis runs along.
    pub along: Along,
}

/// What the x axis of a chart runs along, in terms of [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Rows: the points of a line. Columns are the lines.
    Rows,
    /// Columns: bars, or the cells of a row.
    Columns,
}

impl Readout {
    /// The place so many steps to the right and down, or the last one that there is: for arrow keys.
    #[must_use]
    pub fn beside(&self, right: isize, down: isize) -> Place {
        let (rows, columns) = match self.along {
            Along::Rows => (right, down),
            Along::Columns => (down, right),
        };
        let within = |at: usize, by: isize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
        Place {
            panel: self.place.panel,
            row: within(self.place.row, rows, self.extent.0),
            column: within(self.place.column, columns, self.extent.1),
        }
    }
}

/// A chart to draw.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Which one.
    pub chart: Chart,
    /// The numbers.
    pub frame: &'a Frame,
    /// A run to compare with, drawn on the same scales.
    pub pinned: Option<&'a Frame>,
    /// How large.
    pub size: Size,
    /// In which colours.
    pub theme: &'a Theme,
    /// In which language.
    pub words: &'a Words,
    /// The place to point out.
    pub cursor: Option<Place>,
}

impl<'a> Scene<'a> {
    /// A chart of `frame` on its own.
    #[must_use]
    pub fn new(chart: Chart, frame: &'a Frame, size: Size, theme: &'a Theme, words: &'a Words) -> Self {
        Self { chart, frame, pinned: None, size, theme, words, cursor: None }
    }

    /// What `of` finds in the run shown and in the pinned one.
    fn runs<T>(&self, of: impl Fn(&'a Frame) -> Option<T>) -> Vec<T> {
        [Some(self.frame), self.pinned].into_iter().flatten().filter_map(of).collect()
    }

    /// The chart's content.
    fn plan(&self, detail: Detail) -> Plan<'a> {
        let mut plan = (self.chart.0.plan)(self, detail);
        // Of two grids without titles of their own, the second is the pinned run's.
        if let Plan::Cells(heat) = &mut plan
            && let [this, pinned] = heat.grids.as_mut_slice()
            && this.title.is_empty()
        {
            this.title = self.words.say("this_run");
            pinned.title = self.words.say("pinned");
        }
        plan
    }

    /// What is said of a place besides its value.
    fn notes(&self, place: Place) -> Vec<(String, String)> {
        (self.chart.0.extras.notes)(self, place)
    }

    /// The drawing, not yet on any backend.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let mut picture = Picture::new(self.size.width, self.size.height, self.theme);
        match self.plan(Detail::Legible) {
            Plan::Lines(plot) => plot::draw(&mut picture, &plot, self),
            Plan::Bars(bars) => bars::draw(&mut picture, &bars, self),
            Plan::Cells(heat) => heat::draw(&mut picture, &heat, self),
        }
        picture
    }

    /// The chart as an SVG document with its caption below; `title` and `caption` are also there for who cannot see
    /// it.
    #[must_use]
    pub fn svg(&self, title: &str, caption: &str) -> String {
        paint::svg(&self.picture().captioned(caption, self.theme), title, caption)
    }

    /// What is under the point (CSS pixels), or nearest to it on the chart.
    #[must_use]
    pub fn readout(&self, x: f64, y: f64) -> Option<Readout> {
        let plan = self.plan(Detail::Legible);
        let place = match &plan {
            Plan::Lines(plot) => plot::nearest(plot, self, x, y)?,
            Plan::Bars(bars) => bars::nearest(bars, self, x, y)?,
            Plan::Cells(heat) => heat::nearest(heat, self, x, y)?,
        };
        self.read(&plan, place)
    }

    /// What is at `place`, or at the last place before it that there is: for arrow keys.
    #[must_use]
    pub fn readout_at(&self, place: Place) -> Option<Readout> {
        self.read(&self.plan(Detail::Legible), place)
    }

    fn read(&self, plan: &Plan, place: Place) -> Option<Readout> {
        let mut found = match plan {
            Plan::Lines(plot) => plot::readout(plot, self, place),
            Plan::Bars(bars) => bars::readout(bars, self, place),
            Plan::Cells(heat) => heat::readout(heat, self, place),
        }?;
        found.texts.extend(self.notes(found.place));
        Some(found)
    }

    /// The chart's table twin with at most `rows` rows, four significant digits: to read.
    #[must_use]
    pub fn table(&self, rows: usize) -> Table {
        table::of(self, Some(rows))
    }

    /// The chart's numbers, all of them, exactly: comma-separated values with a header.
    #[must_use]
    pub fn csv(&self) -> String {
        table::of(self, None).csv()
    }
}
