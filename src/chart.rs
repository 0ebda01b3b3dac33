//! A frame drawn: every chart of the labs as canvas, SVG, table and readout, from one description of its content.
//! Takes its numbers from a [`Frame`] only and computes nothing new; knows no page, no file and no engine.
//!
//! A [`Scene`] says what to draw. It becomes a `Plan` (all numbers, no pixels: `maps`, `series`, `sweep`), then a
//! [`Picture`] (marks in CSS pixels: `plot`, `heat`, `bars`), then anything: [`paint`] puts it on a plotters backend.
//! Readouts ask the same layout that drew, and tables the same plan, so what is read is what is seen.

mod axes;
mod bars;
mod explain;
mod heat;
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

pub use paint::{ChartError, Fidelity, paint};
pub use picture::{Area, Picture, Raster};
pub use style::{Rgb, Size, Theme, viridis};
pub use sweep::{SweepPoint, SweepTable};
pub use table::Table;
pub use tools::confused;
pub use words::Words;

use crate::run::Frame;
use plan::Plan;

/// The charts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chart {
    /// Attention c_n over the tokens of a class, a row for each recorded step.
    Scan,
    /// Attention c_n over the tokens of a class at the step shown.
    Bars,
    /// Logits z_ml of the tokens of a class.
    Logits,
    /// Relative gains and chi of the dominant token, with Theorem 3's bounds.
    Gains,
    /// B_n beside the closed form and its asymptotes.
    Phase,
    /// The loss.
    Loss,
    /// Entropy of c_n.
    Entropy,
    /// Y, restricted to next tokens.
    HeatY,
    /// Z, its query rows.
    HeatZ,
    /// A text's held-out sequence: attention of each position to each, at the start and now.
    Map,
    /// Attention of one occurrence of each token before a query of a text, a row for each recorded step.
    Pairs,
    /// How well the order of a text's tokens by distinctness and by attention agree, while training.
    Correlation,
    /// Perplexity on the text held out.
    Perplexity,
    /// B_n of the theory for a family of learning rates.
    FamilyB,
    /// chi of the theory for a family of learning rates.
    FamilyChi,
    /// gamma of the theory.
    Gamma,
    /// h of the theory.
    Decoder,
    /// EVAL-X of explanations against ENCODE-METER.
    Meter,
    /// The ranking of explanations by each score.
    Ranking,
    /// What the values that an explanation shows tell, and what their having been picked does.
    Shown,
    /// Estimates on more and more samples.
    Samples,
    /// Calibration of the model that estimates.
    Calibration,
    /// What becomes of the lines of a teacher of tools.
    Funnel,
    /// Which tool is called where which one should be.
    Confusion,
    /// How often a student succeeds, while it is tuned.
    Success,
    /// Where a student looks, layer by layer.
    Attended,
    /// A sweep: means over one varied setting, one line for each value of the second.
    SweepLine,
    /// A sweep: means as a grid over both varied settings.
    SweepMap,
}

impl Chart {
    /// All charts, in the order a page shows them.
    pub const ALL: [Self; 28] = [
        Self::Scan,
        Self::Map,
        Self::Pairs,
        Self::Correlation,
        Self::Bars,
        Self::Logits,
        Self::Gains,
        Self::Phase,
        Self::Loss,
        Self::Perplexity,
        Self::Entropy,
        Self::HeatY,
        Self::HeatZ,
        Self::FamilyB,
        Self::FamilyChi,
        Self::Gamma,
        Self::Decoder,
        Self::Meter,
        Self::Ranking,
        Self::Shown,
        Self::Samples,
        Self::Calibration,
        Self::Funnel,
        Self::Confusion,
        Self::Success,
        Self::Attended,
        Self::SweepLine,
        Self::SweepMap,
    ];

    /// The chart's name in links, file names and the message catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Bars => "bars",
            Self::Logits => "logits",
            Self::Gains => "gains",
            Self::Phase => "phase",
            Self::Loss => "loss",
            Self::Entropy => "entropy",
            Self::HeatY => "y",
            Self::HeatZ => "z",
            Self::Map => "map",
            Self::Pairs => "pairs",
            Self::Correlation => "correlation",
            Self::Perplexity => "perplexity",
            Self::FamilyB => "family-b",
            Self::FamilyChi => "family-chi",
            Self::Gamma => "gamma",
            Self::Decoder => "h",
            Self::Meter => "meter",
            Self::Ranking => "ranking",
            Self::Shown => "shown",
            Self::Samples => "samples",
            Self::Calibration => "calibration",
            Self::Funnel => "funnel",
            Self::Confusion => "confusion",
            Self::Success => "success",
            Self::Attended => "attended",
            Self::SweepLine => "sweep-line",
            Self::SweepMap => "sweep-map",
        }
    }

    /// The chart of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chart| chart.name() == name)
    }

    /// Height in CSS pixels below which it cannot be read, where that depends on its numbers; else 0.
    #[must_use]
    pub fn least_height(self, frame: &Frame) -> u32 {
        if self == Self::Confusion { tools::confusion_height(frame) } else { 0 }
    }

    /// The array without which the chart has nothing to show.
    fn source(self, frame: &Frame) -> &'static str {
        match self {
            Self::Scan => "attention",
            Self::Bars => "attention_now",
            Self::Logits => "logits",
            Self::Gains => "chi",
            Self::Phase if frame.get("b_numeric").is_some() => "b_numeric",
            Self::Phase => "b",
            Self::Loss => "loss",
            Self::Entropy => "entropy",
            Self::HeatY => "y",
            Self::HeatZ => "z",
            Self::Map => "map_now",
            Self::Pairs => "pair_attention_recorded",
            Self::Correlation => "correlation",
            Self::Perplexity => "perplexity",
            Self::FamilyB => "family_b",
            Self::FamilyChi => "family_chi",
            Self::Gamma => "gamma",
            Self::Decoder => "h",
            Self::Meter | Self::Ranking => "eval_x",
            Self::Shown => "shown_picked",
            Self::Samples => "estimate_samples",
            Self::Calibration => "calibration",
            Self::Funnel => "funnel",
            Self::Confusion => "confusion",
            Self::Success => "round_rates",
            Self::Attended => "attended",
            Self::SweepLine | Self::SweepMap => "mean",
        }
    }

    /// Whether `frame` has the numbers this chart draws.
    #[must_use]
    pub fn has_data(self, frame: &Frame) -> bool {
        let says_nothing_new = match self {
            // In theory mode chi is a single curve of the family, which has its own chart.
            Self::Gains => frame.get("family_chi").is_some(),
            // A map of one row is the line once more.
            // A single size is no curve.
            Self::Samples => frame.values("estimate_samples").len() < 2,
            Self::SweepMap => frame.values("line").windows(2).all(|pair| pair[0] == pair[1]),
            _ => false,
        };
        !(frame.values(self.source(frame)).is_empty() || says_nothing_new)
    }
}

/// The charts `frame` has numbers for, in the order a page shows them.
#[must_use]
pub fn chart_list(frame: &Frame) -> Vec<Chart> {
    Chart::ALL.into_iter().filter(|chart| chart.has_data(frame)).collect()
}

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

    /// All that is drawn; `whole` leaves nothing out for legibility.
    fn plan_of(&self, whole: bool) -> Plan<'a> {
        let words = self.words;
        let mut plan = match self.chart {
            Chart::Scan | Chart::Pairs => maps::scan(self),
            Chart::Map => maps::map(self),
            Chart::Bars => maps::bars(self),
            Chart::Logits => series::logits(self, whole),
            Chart::Gains => series::gains(self, whole),
            Chart::Phase => series::phase(self),
            Chart::Loss if self.frame.get("validation_loss").is_some() => {
                series::measured(self, words.loss, ["loss", "", "validation_loss"])
            }
            Chart::Loss => series::single(self, "loss", words.step, words.loss),
            Chart::Entropy => {
                series::measured(self, words.entropy, ["entropy", "entropy_distinct", "entropy_validation"])
            }
            Chart::Correlation => series::correlation(self),
            Chart::Perplexity => series::single(self, "perplexity", words.step, words.perplexity),
            Chart::HeatY => maps::weights_y(self),
            Chart::HeatZ => maps::weights_z(self),
            Chart::FamilyB => series::family(self, "family_b", words.growth, false),
            Chart::FamilyChi => series::family(self, "family_chi", words.chi, true),
            Chart::Gamma => series::single(self, "gamma", words.time, words.gamma),
            Chart::Decoder => series::decoder(self),
            Chart::SweepLine => sweep::line(self),
            Chart::SweepMap => sweep::map(self),
            Chart::Funnel => tools::funnel(self),
            Chart::Confusion => tools::confusion(self),
            Chart::Success => tools::success(self),
            Chart::Attended => tools::attended(self),
            chart => explain::plan(self, chart),
        };
        if let Plan::Cells(heat) = &mut plan
            && let ([this, pinned], false) = (heat.grids.as_mut_slice(), self.chart == Chart::Map)
        {
            this.title = words.this_run;
            pinned.title = words.pinned;
        }
        plan
    }

    fn plan(&self) -> Plan<'a> {
        self.plan_of(false)
    }

    /// The drawing, not yet on any backend.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let mut picture = Picture::new(self.size.width, self.size.height, self.theme);
        match self.plan() {
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
        let plan = self.plan();
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
        self.read(&self.plan(), place)
    }

    fn read(&self, plan: &Plan, place: Place) -> Option<Readout> {
        let mut found = match plan {
            Plan::Lines(plot) => plot::readout(plot, self, place),
            Plan::Bars(bars) => bars::readout(bars, self, place),
            Plan::Cells(heat) => heat::readout(heat, self, place),
        }?;
        found.texts.extend(maps::notes(self, found.place));
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
