//! Where a text of the reader's own is chosen or pasted, how far it is read, and what came of it.

use super::own::OwnText;
use crate::page::components::field::Button;
use crate::page::components::files::{FilePicker, PiecesStanding};
use crate::page::components::fold::Fold;
use crate::view::text::say;
use leptos::html;
use leptos::prelude::*;

/// The part below the choice of text.
pub fn view() -> AnyView {
    view! { <Chooser /> }.into_any()
}

/// Where a text is chosen or pasted.
#[component]
fn Chooser() -> impl IntoView {
    let OwnText(pieces) = OwnText::here();
    let area = NodeRef::<html::Textarea>::new();
    let take = move || {
        if let Some(area) = area.get_untracked() {
            pieces.pasted(&area.value());
        }
    };
    let put = move |files: Vec<web_sys::File>| {
        if let Some(file) = files.into_iter().next() {
            pieces.read(file);
        }
    };
    view! {
        <div class="own-text">
            <FilePicker label=say("own_choose") put=put />
            <p class="hint">{say("own_hint")}</p>
            <Fold title=(|| view! { <span>{say("own_paste")}</span> }).into()>
                <textarea node_ref=area rows="4" aria-label=say("own_paste")></textarea>
                <Button label=say("own_use") on_press=take />
            </Fold>
            <PiecesStanding pieces=pieces />
        </div>
    }
}
