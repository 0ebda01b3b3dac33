//! The reader's own files of this lab: how they are told apart, and what each makes of an experiment.

use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::tool_use::{Images, Samples, Student, TaskKind, Teacher, ToolUse, Tools};
use crate::experiment::{Experiment, Lab, Own};
use crate::page::components::files::{OutcomeLine, PiecesStanding};
use crate::page::components::own_tables::FilesPicker;
use crate::page::platform::engine::Reads;
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
    let kind = PiecesKind { reads: Reads::Samples, is_of: learns_from_samples, apply: learn_from_samples };
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

fn learn_from_samples(experiment: &mut Experiment, own: Own) {
    let learn = |settings: &mut ToolUse, own| {
        (settings.task.kind, settings.data.samples) = (TaskKind::Tune, Samples::Own);
        settings.samples.own = own;
    };
    apply(experiment, learn, own);
}

/// Changes the lab's settings.
pub fn apply(experiment: &mut Experiment, change: fn(&mut ToolUse, Own), own: Own) {
    if let Lab::ToolUse(settings) = &mut experiment.lab {
        change(settings, own);
    }
}

/// Makes data with tools of the reader's own.
pub fn use_tools(settings: &mut ToolUse, own: Own) {
    // Scoring takes no tools: data are made with them.
    if settings.task.kind == TaskKind::Score {
        settings.task.kind = TaskKind::Make;
    }
    (settings.data.tools, settings.tools.own) = (Tools::Own, own);
}

/// Makes data about captions of the reader's own.
pub fn use_captions(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.data.images) = (TaskKind::Make, Images::Own);
    settings.captions.own = own;
}

/// Makes data of a teacher's answers that the reader has.
pub fn use_answers(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.data.teacher) = (TaskKind::Make, Teacher::Own);
    settings.answers.own = own;
}

/// Scores against samples of the reader's own.
pub fn use_truth(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.truth.own) = (TaskKind::Score, own);
}

/// Scores predictions of the reader's own.
pub fn use_predictions(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.predictions.own) = (TaskKind::Score, own);
}

/// Asks the student with adapters of the reader's own.
pub fn use_adapters(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.probe.student) = (TaskKind::Probe, Student::Own);
    settings.adapters.own = own;
}
