//! Where files of the reader's are chosen or typed, and what came of them.

use super::field::Button;
use super::files::{FilePicker, OutcomeLine};
use super::fold::Fold;
use crate::page::state::entry::Labs;
use crate::page::state::files::Tables;
use crate::page::state::shell::Shell;
use crate::view::explained;
use crate::view::text::say;
use leptos::html;
use leptos::prelude::*;

/// Endings that the picker offers.
const ACCEPT: &str = ".csv,.tsv,.json,.jsonl,.txt,.safetensors,text/csv";

/// A chooser of tables, which can also be typed.
pub fn typed() -> AnyView {
    view! {
        <div class="own-text">
            <FilesPicker hint="tables_hint" />
            <Typed />
            <OutcomeLine outcome=Tables::here().outcome />
        </div>
    }
    .into_any()
}

/// A button for files of the lab that is shown, and what may be chosen.
#[component]
pub fn FilesPicker(
    /// Word of the catalogue for what may be chosen.
    hint: &'static str,
) -> impl IntoView {
    let (shell, labs) = (Shell::here(), Labs::here());
    let put = move |files| {
        let lab = shell.experiment.with_untracked(|experiment| labs.of(experiment));
        (lab.take)(shell, files);
    };
    view! {
        <FilePicker label=say("tables_choose") accept=ACCEPT multiple=true put=put />
        <p class="hint">{say(hint)}</p>
    }
}

/// A table typed by hand: what is shown is where one starts, what was typed stays.
#[component]
fn Typed() -> impl IntoView {
    let (shell, tables) = (Shell::here(), Tables::here());
    let area = NodeRef::<html::Textarea>::new();
    let opened = move |is_open: bool| {
        if let Some(area) = area.get_untracked().filter(|area| is_open && area.value().is_empty()) {
            area.set_value(&shell.frame.with_untracked(|frame| explained::csv(frame)));
        }
    };
    let take = move || {
        if let Some(area) = area.get_untracked() {
            tables.forget_outcome();
            tables.sort_out(vec![(say("tables_typed").to_owned(), area.value().into_bytes())]);
        }
    };
    view! {
        <Fold title=(|| view! { <span>{say("tables_type")}</span> }).into() on_toggle=Callback::new(opened)>
            <textarea node_ref=area rows="8" aria-label=say("tables_type") spellcheck="false"></textarea>
            <Button label=say("own_use") on_press=take />
        </Fold>
    }
}
