//! The page side of the lab of tool use.

mod catalogue;
mod contents;
mod endpoint;
mod evaluate;
mod finetune;
mod make;
mod own;
mod probe;
mod sketch;
mod student;

use crate::page::state::entry::{Beside, FileEntry, Offer, PageLab, PanelEntry};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use leptos::prelude::*;
use own::{apply, knows};

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
        Beside { path: "task.kind", view: own::view },
        Beside { path: "data.teacher", view: endpoint::opener },
        Beside { path: "data.tools", view: catalogue::opener },
    ],
    offers: &[
        Offer { path: "data.tools", value: "own-tools", is_known: |now| knows(now, |settings| &settings.tools.own) },
        Offer { path: "data.images", value: "own-captions", is_known: |now| knows(now, |settings| &settings.captions.own) },
        Offer { path: "data.samples", value: "own-samples", is_known: |now| knows(now, |settings| &settings.samples.own) },
        Offer { path: "data.teacher", value: "own-answers", is_known: own::has_answers },
    ],
    below: None,
    take: own::take,
    files: &[
        FileEntry { kind: TableKind::Tools, needs: None, apply: |now, own| apply(now, own::use_tools, own) },
        FileEntry { kind: TableKind::Captions, needs: None, apply: |now, own| apply(now, own::use_captions, own) },
        FileEntry { kind: TableKind::Truth, needs: None, apply: |now, own| apply(now, own::use_truth, own) },
        FileEntry { kind: TableKind::Predictions, needs: None, apply: |now, own| apply(now, own::use_predictions, own) },
        FileEntry {
            kind: TableKind::Adapters,
            // Adapters are checked against the base.
            needs: Some(TableKind::Base),
            apply: |now, own| apply(now, own::use_adapters, own),
        },
        FileEntry { kind: TableKind::Answers, needs: None, apply: |now, own| apply(now, own::use_answers, own) },
    ],
    sniff: TableKind::of_tool_use,
    dialogs: &[&endpoint::ENDPOINT, &catalogue::CATALOGUE],
    source: "source_tool_use",
};

fn setup(shell: Shell) {
    own::setup(shell);
    student::setup(shell);
    provide_context(endpoint::EndpointState::start(shell));
    provide_context(catalogue::CatalogueState::start(shell));
}

/// Whether the frame shown has an array.
fn has(shell: Shell, array: &str) -> bool {
    shell.frame.with(|frame| frame.get(array).is_some())
}
