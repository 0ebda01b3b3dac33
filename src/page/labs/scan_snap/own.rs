//! The reader's own text: a file that is read piece by piece and trained on.

use crate::experiment::Experiment;
use crate::experiment::scan_snap::TextSource;
use crate::page::state::files::{Pieces, PiecesKind};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
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
    let kind = PiecesKind { kind: TableKind::Text, is_of: is_on_own_text };
    provide_context(OwnText(Pieces::start(shell, kind)));
}

/// Whether an experiment trains on a text of the reader's own.
fn is_on_own_text(experiment: &Experiment) -> bool {
    experiment.is_text() && experiment.scan_snap().is_some_and(|settings| settings.data.text == TextSource::Own)
}
