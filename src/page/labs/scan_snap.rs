//! The page side of Scan & Snap.

mod own;
mod own_text;
mod sequence;
mod sweep;
mod sweep_state;

use crate::experiment::Experiment;
use crate::page::state::entry::{Beside, Offer, PageLab, PanelEntry};
use crate::page::state::shell::Shell;
use crate::view::{math, notes};
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
            own::OwnText::here().0.read(file);
        }
    },
    needs: &[],
    equations: math::SCAN_SNAP,
    seen: notes::scan_snap,
};

fn setup(shell: Shell) {
    own::setup(shell);
    provide_context(sweep_state::SweepState::new(shell));
}
