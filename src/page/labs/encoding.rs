//! The page side of the lab of explanations.

mod alpha;
mod panels;

use crate::experiment::encoding::SubjectKind;
use crate::experiment::{Experiment, Lab, Value};
use crate::page::components::own_tables;
use crate::page::state::entry::{Beside, Offer, PageLab, PanelEntry};
use crate::page::state::files::Tables;
use crate::page::state::shell::Shell;
use crate::view::{math, notes};
use leptos::prelude::*;

/// The lab.
pub static LAB: PageLab = PageLab {
    name: "encoding",
    setup: |_| {},
    panels: &[
        PanelEntry { name: "words", has: |shell| has(shell, "word_picked"), view: panels::words },
        PanelEntry { name: "images", has: |shell| has(shell, "image_pixels"), view: panels::images },
        PanelEntry { name: "told", has: |shell| has(shell, "roar"), view: panels::told },
        PanelEntry { name: "distribution", has: |shell| has(shell, "distribution_p"), view: panels::distribution },
        PanelEntry { name: "table", has: |shell| has(shell, "roar"), view: panels::table },
        PanelEntry { name: "maps", has: has_maps, view: panels::maps },
        PanelEntry { name: "estimates", has: |shell| has(shell, "estimate_samples"), view: panels::estimates },
    ],
    tools: Some(alpha::view),
    beside: &[Beside { path: "subject.kind", view: own_tables::typed }],
    offers: &[
        Offer { path: "subject.kind", value: "own-table", is_known: |now| is_about(now, SubjectKind::Own) },
        Offer { path: "subject.kind", value: "own-sentences", is_known: |now| is_about(now, SubjectKind::Sentences) },
    ],
    below: None,
    take: |_, files| Tables::here().take(files, |_, _| false),
    needs: &[],
    equations: math::ENCODING,
    seen: notes::encoding,
};

/// Whether the frame shown has an array.
fn has(shell: Shell, array: &str) -> bool {
    shell.frame.with(|frame| frame.get(array).is_some())
}

fn has_maps(shell: Shell) -> bool {
    let by = shell.experiment.with(|experiment| experiment.get("scores.by"));
    has(shell, "roar") && by == Some(Value::Choice("all-maps"))
}

fn is_about(experiment: &Experiment, kind: SubjectKind) -> bool {
    matches!(&experiment.lab, Lab::Encoding(settings) if settings.subject.kind == kind)
}
