//! The page side of the lab of tool use.

mod catalogue;
mod contents;
mod endpoint;
mod evaluate;
mod finetune;
mod make;
mod probe;
mod sketch;
mod student;

use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::tool_use::{Images, Samples, Student, TaskKind, Teacher, ToolUse, Tools};
use crate::experiment::{Experiment, Lab, Own};
use crate::page::components::files::{OutcomeLine, PiecesStanding};
use crate::page::components::own_tables::FilesPicker;
use crate::page::platform::engine::Reads;
use crate::page::state::entry::{Beside, FileEntry, Offer, PageLab, PanelEntry};
use crate::page::state::files::{Pieces, PiecesKind, Tables};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use leptos::prelude::*;
use web_sys::File;

/// The lab.
pub static LAB: PageLab = PageLab {
    name: "tool-use",
    setup,
    panels: &[
        PanelEntry { name: "reply", has: |shell| has(shell, "reply_p"), view: probe::reply },
        PanelEntry { name: "words-said", has: |shell| has(shell, "reply_p"), view: probe::words },
        PanelEntry { name: "results", has: |shell| has(shell, "reply_p"), view: probe::results },
        PanelEntry { name: "dropped", has: |shell| has(shell, "funnel"), view: make::dropped },
        PanelEntry { name: "made", has: |shell| has(shell, "funnel"), view: make::made },
        PanelEntry { name: "tools", has: |shell| has(shell, "funnel"), view: make::tools },
        PanelEntry { name: "learning", has: |shell| has(shell, "round_steps"), view: finetune::view },
        PanelEntry { name: "contents", has: contents::has, view: contents::view },
        PanelEntry { name: "rates", has: |shell| has(shell, "rates"), view: evaluate::rates },
        PanelEntry { name: "reasons", has: |shell| has(shell, "rates"), view: evaluate::reasons },
        PanelEntry { name: "confusion", has: evaluate::has_confusion, view: evaluate::confusion },
        PanelEntry { name: "cases", has: |shell| has(shell, "rates"), view: evaluate::cases },
    ],
    tools: None,
    beside: &[
        Beside { path: "task.kind", view: own_files },
        Beside { path: "data.teacher", view: endpoint::opener },
        Beside { path: "data.tools", view: catalogue::opener },
    ],
    offers: &[
        Offer { path: "data.tools", value: "own-tools", is_known: |now| knows(now, |settings| &settings.tools.own) },
        Offer { path: "data.images", value: "own-captions", is_known: |now| knows(now, |settings| &settings.captions.own) },
        Offer { path: "data.samples", value: "own-samples", is_known: |now| knows(now, |settings| &settings.samples.own) },
        Offer { path: "data.teacher", value: "own-answers", is_known: has_answers },
    ],
    below: None,
    take,
    files: &[
        FileEntry { kind: TableKind::Tools, needs: None, apply: |now, own| apply(now, use_tools, own) },
        FileEntry { kind: TableKind::Captions, needs: None, apply: |now, own| apply(now, use_captions, own) },
        FileEntry { kind: TableKind::Truth, needs: None, apply: |now, own| apply(now, use_truth, own) },
        FileEntry { kind: TableKind::Predictions, needs: None, apply: |now, own| apply(now, use_predictions, own) },
        FileEntry {
            kind: TableKind::Adapters,
            // Adapters are checked against the base.
            needs: Some(TableKind::Base),
            apply: |now, own| apply(now, use_adapters, own),
        },
        FileEntry { kind: TableKind::Answers, needs: None, apply: |now, own| apply(now, use_answers, own) },
    ],
    sniff: TableKind::of_tool_use,
    dialogs: &[&endpoint::ENDPOINT, &catalogue::CATALOGUE],
    source: "source_tool_use",
};

/// The reader's own samples, in the context.
#[derive(Clone, Copy)]
struct OwnSamples(Pieces);

impl OwnSamples {
    fn here() -> Self {
        expect_context()
    }
}

fn setup(shell: Shell) {
    let kind = PiecesKind { reads: Reads::Samples, is_of: learns_from_samples, apply: learn_from_samples };
    provide_context(OwnSamples(Pieces::start(shell, kind)));
    student::setup(shell);
    provide_context(endpoint::EndpointState::start(shell));
    provide_context(catalogue::CatalogueState::start(shell));
}

/// Takes files; samples to fine-tune on are read piece by piece.
fn take(shell: Shell, files: Vec<File>) {
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
fn own_files() -> AnyView {
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

/// Whether the frame shown has an array.
fn has(shell: Shell, array: &str) -> bool {
    shell.frame.with(|frame| frame.get(array).is_some())
}

fn knows(experiment: &Experiment, of: fn(&ToolUse) -> &Own) -> bool {
    matches!(&experiment.lab, Lab::ToolUse(settings) if of(settings).digest != 0)
}

/// Whether an experiment knows of answers of a teacher of the reader's own.
fn has_answers(experiment: &Experiment) -> bool {
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

fn apply(experiment: &mut Experiment, change: fn(&mut ToolUse, Own), own: Own) {
    if let Lab::ToolUse(settings) = &mut experiment.lab {
        change(settings, own);
    }
}

fn use_tools(settings: &mut ToolUse, own: Own) {
    // Scoring takes no tools: data are made with them.
    if settings.task.kind == TaskKind::Score {
        settings.task.kind = TaskKind::Make;
    }
    (settings.data.tools, settings.tools.own) = (Tools::Own, own);
}

fn use_captions(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.data.images) = (TaskKind::Make, Images::Own);
    settings.captions.own = own;
}

fn use_answers(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.data.teacher) = (TaskKind::Make, Teacher::Own);
    settings.answers.own = own;
}

fn use_truth(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.truth.own) = (TaskKind::Score, own);
}

fn use_predictions(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.predictions.own) = (TaskKind::Score, own);
}

fn use_adapters(settings: &mut ToolUse, own: Own) {
    (settings.task.kind, settings.probe.student) = (TaskKind::Probe, Student::Own);
    settings.adapters.own = own;
}
