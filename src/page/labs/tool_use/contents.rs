//! What is in a file of samples of the reader's own: how many there are of each kind and how long they are, the tools that are
//! called, and what is flawed.

use super::own::OwnSamples;
use crate::page::components::each::Each;
use crate::page::components::fold::Fold;
use crate::page::components::panel::Panel;
use crate::page::components::table::{Table, Wide, head, plain};
use crate::page::state::shell::Shell;
use crate::view::samples;
use crate::view::text::{self as words, say};
use leptos::prelude::*;

/// Whether a file was read.
pub fn has(_: Shell) -> bool {
    OwnSamples::here().0.contents.with(|contents| contents.get("records").is_some())
}

/// The panel.
pub fn view() -> AnyView {
    view! { <Contents /> }.into_any()
}

/// The panel.
#[component]
fn Contents() -> impl IntoView {
    let found = OwnSamples::here().0.contents;
    let title = words::panel("contents").title;
    let kinds =
        || head(&["col_kind", "col_samples", "col_prompt", "col_prompt_longest", "col_output", "col_output_longest"]);
    let tools = || head(&["col_tool", "col_calls", "col_samples"]);
    view! {
        <Panel name="contents">
            <div class="told">
                <p>{move || found.with(|found| samples::so_far(found))}</p>
                <Wide label=title>
                    <Table head=kinds rows=move || plain(found.with(|found| samples::kinds(found))) />
                </Wide>
                <Wide label=title>
                    <Table head=tools rows=move || plain(found.with(|found| samples::tools(found))) />
                </Wide>
                <Fold title=(|| view! { <span>{say("contents_told")}</span> }).into()>
                    <ul>
                        <Each
                            items=move || found.with(|found| samples::told(found))
                            children=|line| view! { <li>{line}</li> }.into_any()
                        />
                    </ul>
                </Fold>
            </div>
        </Panel>
    }
}
