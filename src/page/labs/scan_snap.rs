//! The page side of Scan & Snap.

mod own_text;
mod sequence;
mod sweep;
mod sweep_state;

use crate::experiment::scan_snap::{DataKind, TextSource};
use crate::experiment::{Experiment, Own};
use crate::page::platform::engine::Reads;
use crate::page::state::entry::{Beside, Offer, PageLab, PanelEntry};
use crate::page::state::files::{Pieces, PiecesKind};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use leptos::prelude::*;

/// The lab.
pub static LAB: PageLab = PageLab {
    name: "scan-snap",
    setup,
    panels: &[PanelEntry { name: "sequence", has: sequence::has, view: sequence::view }],
    tools: None,
    beside: &[Beside { path: "data.text", view: own_text::view }],
    offers: &[Offer { path: "data.text", value: "own", is_known: Experiment::has_own_text }],
    below: Some(("sweep", sweep::view)),
    take: |_, files| {
        if let Some(file) = files.into_iter().next() {
            OwnText::here().0.read(file);
        }
    },
    files: &[],
    sniff: TableKind::of,
    dialogs: &[],
    source: "source",
};

/// The reader's own text, in the context.
#[derive(Clone, Copy)]
struct OwnText(Pieces);

impl OwnText {
    fn here() -> Self {
        expect_context()
    }
}

fn setup(shell: Shell) {
    provide_context(OwnText(Pieces::start(
        shell,
        PiecesKind { reads: Reads::Text, is_of: is_on_own_text, apply: learn_from_text },
    )));
    provide_context(sweep_state::SweepState::new(shell));
}

/// Whether an experiment trains on a text of the reader's own.
fn is_on_own_text(experiment: &Experiment) -> bool {
    experiment.is_text() && experiment.scan_snap().is_some_and(|settings| settings.data.text == TextSource::Own)
}

/// Makes an experiment train on a text of the reader's own.
fn learn_from_text(experiment: &mut Experiment, own: Own) {
    if let Some(settings) = experiment.scan_snap_mut() {
        settings.data.kind = DataKind::Text;
        settings.data.text = TextSource::Own;
        settings.data.own = own;
    }
}
