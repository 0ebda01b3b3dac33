//! The dialogs: gallery, share, help. One at a time, each built when it opens.

use super::shell::{Dialog, Shell};
use super::{dom, notes, share};
use crate::experiment::preset::PRESETS;
use crate::view::text::{self, say};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The place of all dialogs.
pub fn dialogs(shell: Shell) -> AnyView {
    let place = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = place.get() else { return };
        if shell.dialog.get().is_some() {
            if !dialog.open() {
                let _ = dialog.show_modal();
            }
        } else {
            dialog.close();
        }
    });
    let content = move || {
        shell.dialog.get().map(|dialog| match dialog {
            Dialog::Gallery => gallery(),
            Dialog::Share => share::share(shell),
            Dialog::Help => help(shell),
        })
    };
    let title = move || {
        shell.dialog.get().map_or("", |dialog| match dialog {
            Dialog::Gallery => say("gallery"),
            Dialog::Share => say("share"),
            Dialog::Help => say("help"),
        })
    };
    // A click on the dialog itself, not on what is in it, fell on the backdrop.
    let backdrop = move |event: leptos::ev::MouseEvent| {
        let on_itself = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlDialogElement>());
        if on_itself {
            shell.dialog.set(None);
        }
    };
    view! {
        <dialog node_ref=place aria-labelledby="dialog-title" on:close=move |_| shell.dialog.set(None) on:click=backdrop>
            <div class="sheet">
                <div class="row">
                    <h2 id="dialog-title">{title}</h2>
                    <button class="quiet" on:click=move |_| shell.dialog.set(None)>{say("close")}</button>
                </div>
                {content}
            </div>
        </dialog>
    }
    .into_any()
}

fn gallery() -> AnyView {
    let cards: Vec<_> = PRESETS
        .iter()
        .map(|preset| {
            let words = text::preset(preset.name);
            view! {
                <li><a href=preset.link>
                    <img src=format!("gallery/{}.svg", preset.name) alt="" width="240" height="140" loading="lazy"
                        on:error=|event: leptos::ev::ErrorEvent| hide(&event) />
                    <strong>{words.title}</strong>
                    <span>{words.sentence}</span>
                </a></li>
            }
        })
        .collect();
    view! { <p class="hint">{say("gallery_lede")}</p> <ul class="cards">{cards}</ul> }.into_any()
}

/// A picture that is not there leaves no hole.
fn hide(event: &web_sys::Event) {
    if let Some(image) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
        image.remove();
    }
}

fn help(shell: Shell) -> AnyView {
    const KEYS: [(&str, &str); 7] = [
        ("Space", "key_space"),
        ("← →", "key_arrows"),
        ("Home End", "key_ends"),
        ("R", "key_r"),
        ("S", "key_s"),
        ("?", "key_help"),
        ("1 2 3", "key_labs"),
    ];
    let keys: Vec<_> =
        KEYS.iter().map(|(key, words)| view! { <dt><kbd>{*key}</kbd></dt><dd>{say(words)}</dd> }).collect();
    let switch = move |event| {
        let on = event_target_checked(&event);
        shell.keys_on.set(on);
        dom::store("snapscope-keys", if on { "on" } else { "off" });
    };
    view! {
        <p>{say("about")}</p>
        <h3>{say("keys")}</h3>
        <dl class="keys">{keys}</dl>
        <label class="tick"><input type="checkbox" prop:checked=move || shell.keys_on.get() on:change=switch />{say("keys_on")}</label>
        <h3>{say("glossary")}</h3>
        {notes::glossary()}
    }
    .into_any()
}
