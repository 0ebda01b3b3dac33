//! The reader's own text: a file that is read piece by piece and trained on.

use crate::experiment::scan_snap::{DataKind, TextSource};
use crate::experiment::{Experiment, Own};
use crate::page::platform::engine::Reads;
use crate::page::state::files::{Pieces, PiecesKind};
use crate::page::state::shell::Shell;
use leptos::prelude::*;

/// The reader's own text, in the context.
#[derive(Clone, Copy)]
pub struct OwnText(pub Pieces);

impl OwnText {
    /// The text of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }
}

/// Puts it into the context.
pub fn setup(shell: Shell) {
    let kind = PiecesKind { reads: Reads::Text, is_of: is_on_own_text, apply: learn_from_text };
    provide_context(OwnText(Pieces::start(shell, kind)));
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
