//! The dialogs: gallery, share, help, and those of labs. One at a time, each built when it opens.

mod gallery;
mod help;
mod share;

use super::state::dialog::{DialogEntry, Dialogs};
use crate::page::reactive::effect;
use crate::view::text::say;
use leptos::html;
use leptos::prelude::*;

/// The dialogs of the header, in its order.
pub const ALL: &[&DialogEntry] = &[&gallery::GALLERY, &share::SHARE, &help::HELP];

/// The place of all dialogs.
#[component]
pub fn DialogHost() -> impl IntoView {
    let dialogs = Dialogs::here();
    let place = NodeRef::<html::Dialog>::new();
    effect(move || {
        let (Some(place), open) = (place.get(), dialogs.open.get()) else { return };
        match open {
            Some(_) if !place.open() => drop(place.show_modal()),
            Some(_) => {}
            None => place.close(),
        }
    });
    // The browser tells of a closed dialog later: another one may be open by then.
    let closed = move |_| {
        if place.get_untracked().is_some_and(|place| !place.open()) {
            dialogs.close();
        }
    };
    // A click on the dialog itself, not on what is in it, fell on the backdrop.
    let backdrop = move |event: leptos::ev::MouseEvent| {
        if event.target() == event.current_target() {
            dialogs.close();
        }
    };
    view! {
        <dialog node_ref=place aria-labelledby="dialog-title" on:close=closed on:click=backdrop>
            <div class="sheet">
                <div class="row">
                    <h2 id="dialog-title">{move || dialogs.open.get().map(|dialog| say(dialog.title))}</h2>
                    <button type="button" class="quiet" on:click=move |_| dialogs.close()>
                        {say("close")}
                    </button>
                </div>
                {move || dialogs.open.get().map(|dialog| (dialog.view)())}
            </div>
        </dialog>
    }
    .into_any()
}
