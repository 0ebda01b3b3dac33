//! How far a file of the reader's is read, and what came of it.

use super::field::Button;
use crate::page::components::shown::Shown;
use crate::page::reactive::memo;
use crate::page::state::files::{Outcome, Pieces, list};
use crate::view::text::say;
use leptos::html;
use leptos::prelude::*;
use web_sys::File;

/// A button that opens the browser's file picker.
#[component]
pub fn FilePicker(
    /// What the button says.
    label: &'static str,
    /// Which endings the picker offers; all if left out.
    #[prop(optional)]
    accept: &'static str,
    /// Whether more than one may be chosen.
    #[prop(optional)]
    multiple: bool,
    /// Takes the files that were chosen.
    #[prop(into)]
    put: Callback<(Vec<File>,)>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let chosen = move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        if let Some(files) = event.target().files() {
            put.run((list(&files),));
        }
        // The same file again is news again.
        event.target().set_value("");
    };
    let open = move || {
        if let Some(field) = field.get_untracked() {
            field.click();
        }
    };
    view! {
        <Button label=label on_press=open />
        <input
            node_ref=field
            type="file"
            hidden
            multiple=multiple
            accept=(!accept.is_empty()).then_some(accept)
            on:change:target=chosen
        />
    }
}

/// What came of the last file, in a sentence.
#[component]
pub fn OutcomeLine(
    /// What came of it.
    #[prop(into)]
    outcome: Signal<Outcome>,
) -> impl IntoView {
    move || {
        let Outcome { sentence, is_refused } = outcome.get();
        let [class, role] = if is_refused { ["error", "alert"] } else { ["hint", "status"] };
        (!sentence.is_empty()).then(|| {
            view! {
                <p class=class role=role>
                    {sentence}
                </p>
            }
        })
    }
}

/// How far a file is read piece by piece, with a button to stop; then what came of it.
#[component]
pub fn PiecesStanding(
    /// The file.
    pieces: Pieces,
) -> impl IntoView {
    let is_reading = memo(move || pieces.reading.with(Option::is_some));
    let share = move || pieces.reading.with(|reading| reading.as_ref().map_or(0.0, |(_, share)| *share));
    view! {
        <Shown when=move || is_reading.get()>
            <div class="row">
                <p>{move || pieces.progress()}</p>
                <Button label=say("own_cancel") on_press=move || pieces.cancel() />
                <progress prop:value=share></progress>
            </div>
        </Shown>
        <OutcomeLine outcome=pieces.outcome />
    }
}
