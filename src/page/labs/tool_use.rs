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

use crate::frame::DatasetFrame;
use crate::page::state::entry::{Beside, Offer, PageLab, PanelEntry};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use crate::view::{math, notes};
use leptos::prelude::*;
use own::knows;

/// The lab.
pub static LAB: PageLab = PageLab {
    name: "tool-use",
    setup,
    panels: &[
        PanelEntry { name: "reply", has: |shell| has(shell, "reply_p"), view: probe::reply },
        PanelEntry { name: "words-said", has: |shell| has(shell, "reply_p"), view: probe::words },
        PanelEntry { name: "results", has: |shell| has(shell, "reply_p"), view: probe::results },
        PanelEntry { name: "dropped", has: Shell::has_content::<DatasetFrame>, view: make::dropped },
        PanelEntry { name: "made", has: Shell::has_content::<DatasetFrame>, view: make::made },
        PanelEntry { name: "tools", has: Shell::has_content::<DatasetFrame>, view: make::tools },
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
        Offer {
            path: "data.images",
            value: "own-captions",
            is_known: |now| knows(now, |settings| &settings.captions.own),
        },
        Offer {
            path: "data.samples",
            value: "own-samples",
            is_known: |now| knows(now, |settings| &settings.samples.own),
        },
        Offer { path: "data.teacher", value: "own-answers", is_known: own::has_answers },
    ],
    below: None,
    take: own::take,
    // Adapters are checked against the base.
    needs: &[(TableKind::Adapters, TableKind::Base)],
    equations: math::TOOL_USE,
    seen: notes::tool_use,
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
