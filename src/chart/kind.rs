//! What a chart is made of: its name, its panel, the numbers it needs and how its content is read from them. Names no chart:
//! each is a constant beside the code that reads its frame, and a line in [`ALL`](super::ALL).

use super::plan::Plan;
use super::{ALL, Place, Scene};
use crate::run::Frame;

/// A chart: a reference to its entry. Two charts are equal if their names are.
#[derive(Clone, Copy)]
pub struct Chart(pub(super) &'static ChartKind);

/// The entry of a chart.
pub(super) struct ChartKind {
    /// Name in links and file names. Title and caption stand under `panels/<name>` in the message catalogue.
    pub name: &'static str,
    /// The panel that shows it, as `view.panels` of a link names it.
    pub panel: &'static str,
    /// Whether a frame has the numbers it draws, and enough of them to be worth a chart.
    pub has_data: fn(&Frame) -> bool,
    /// Reads its content from the scene's frame.
    pub plan: for<'a> fn(&Scene<'a>, Detail) -> Plan<'a>,
    /// What only some charts have.
    pub extras: Extras,
}

/// What only some charts have; the others take [`Extras::NONE`].
pub(super) struct Extras {
    /// What a readout and a table say of a place besides its value, as pairs of name and text.
    pub notes: fn(&Scene, Place) -> Vec<(String, String)>,
    /// Height in CSS pixels below which its numbers and names cannot be read.
    pub least_height: fn(&Frame) -> u32,
    /// The number of the thing that a click on a place opens.
    pub opens: Option<fn(&Frame, Place) -> Option<usize>>,
}

impl Extras {
    /// No notes, readable at any height, nothing to open.
    pub const NONE: Self = Self { notes: |_, _| Vec::new(), least_height: |_| 0, opens: None };
}

/// How many of very many lines a plan holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// As many as a reader can tell apart: for pictures, readouts and tables on the page.
    Legible,
    /// All of them: for files.
    Complete,
}

impl Detail {
    /// The most lines to draw, where `legible` can be told apart.
    pub fn most(self, legible: usize) -> usize {
        match self {
            Self::Legible => legible,
            Self::Complete => usize::MAX,
        }
    }
}

impl Chart {
    /// The chart of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|chart| chart.name() == name)
    }

    /// Its name in links and file names. Title and caption stand under `panels/<name>` in the message catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The panel that shows it, as `view.panels` of a link names it.
    #[must_use]
    pub fn panel(self) -> &'static str {
        self.0.panel
    }

    /// Whether `frame` has the numbers this chart draws.
    #[must_use]
    pub fn has_data(self, frame: &Frame) -> bool {
        (self.0.has_data)(frame)
    }

    /// Height in CSS pixels below which it cannot be read, where that depends on its numbers; else 0.
    #[must_use]
    pub fn least_height(self, frame: &Frame) -> u32 {
        (self.0.extras.least_height)(frame)
    }

    /// Whether a click on a place of this chart opens something.
    #[must_use]
    pub fn opens_places(self) -> bool {
        self.0.extras.opens.is_some()
    }

    /// The number of the thing that a click on `place` opens: a cell of the confusion matrix, a row of the sweep. None
    /// where there is nothing to open.
    #[must_use]
    pub fn opened_at(self, frame: &Frame, place: Place) -> Option<usize> {
        self.0.extras.opens.and_then(|opens| opens(frame, place))
    }
}

impl PartialEq for Chart {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Chart {}

impl core::fmt::Debug for Chart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// The charts `frame` has numbers for, in the order a page shows them.
#[must_use]
pub fn list(frame: &Frame) -> Vec<Chart> {
    ALL.iter().copied().filter(|chart| chart.has_data(frame)).collect()
}

/// The charts of a panel, as `view.panels` of a link names it, in the order a page shows them.
pub fn of_panel(panel: &str) -> impl Iterator<Item = Chart> {
    ALL.iter().copied().filter(move |chart| chart.panel() == panel)
}

/// Whether a frame has numbers of that name.
pub(super) fn has(frame: &Frame, name: &str) -> bool {
    !frame.values(name).is_empty()
}
