//! The reader's own files of this lab: which are read piece by piece, and where they are chosen.

use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::tool_use::{Samples, TaskKind, ToolUse};
use crate::experiment::{Experiment, Lab, Own};
use crate::page::components::files::{OutcomeLine, PiecesStanding};
use crate::page::components::own_tables::FilesPicker;
use crate::page::state::files::{Pieces, PiecesKind, Tables};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use leptos::prelude::*;
use web_sys::File;

/// The reader's own samples, in the context.
#[derive(Clone, Copy)]
pub struct OwnSamples(pub Pieces);

impl OwnSamples {
    /// The samples of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }
}

/// Puts them into the context.
pub fn setup(shell: Shell) {
    let kind = PiecesKind { kind: TableKind::Samples, is_of: learns_from_samples };
    provide_context(OwnSamples(Pieces::start(shell, kind)));
}

/// Takes files; samples to fine-tune on are read piece by piece.
pub fn take(shell: Shell, files: Vec<File>) {
    let OwnSamples(samples) = OwnSamples::here();
    let in_pieces = move |kind, file: &File| {
        let is = is_read_in_pieces(shell, kind, file.size());
        if is {
            samples.read(file.clone());
        }
        is
    };
    Tables::here().take(files, in_pieces);
}

/// Whether a file is one of samples to fine-tune on: those with ids may be to be judged by too, but only small ones are, and
/// only by who does not fine-tune.
fn is_read_in_pieces(shell: Shell, kind: TableKind, size: f64) -> bool {
    let tunes =
        |experiment: &Experiment| matches!(&experiment.lab, Lab::ToolUse(asked) if asked.task.kind == TaskKind::Tune);
    match kind {
        TableKind::Samples => true,
        TableKind::Truth => size > MAX_TEXT_BYTES as f64 || shell.experiment.with_untracked(tunes),
        _ => false,
    }
}

/// Where files are chosen, below the choice of task.
pub fn view() -> AnyView {
    let OwnSamples(samples) = OwnSamples::here();
    view! {
        <div class="own-text">
            <FilesPicker hint="tool_files_hint" />
            <OutcomeLine outcome=Tables::here().outcome />
            <PiecesStanding pieces=samples />
        </div>
    }
    .into_any()
}

/// Whether an experiment knows of a file of the reader's own.
pub fn knows(experiment: &Experiment, of: fn(&ToolUse) -> &Own) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if of(settings).digest != 0)
}

/// Whether an experiment knows of answers of a teacher of the reader's own.
pub fn has_answers(experiment: &Experiment) -> bool {
    knows(experiment, |settings| &settings.answers.own)
}

fn learns_from_samples(experiment: &Experiment) -> bool {
    let of_own = |asked: &ToolUse| asked.task.kind == TaskKind::Tune && asked.data.samples == Samples::Own;
    matches!(&experiment.lab, Lab::ToolUse(settings) if of_own(settings))
}
