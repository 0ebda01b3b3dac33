//! The dialogs: gallery, share, help. One at a time, each built when it opens.

use super::element::{self, El, checkbox, div, el, terms, text};
use super::shell::{Dialog, Shell};
use super::{catalogue, endpoint};
use super::{dom, gallery, notes, share};
use crate::view::text::say;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// The place of all dialogs.
pub fn dialogs(shell: Shell) -> El {
    let content = move || {
        shell.dialog.get().map(|dialog| match dialog {
            Dialog::Gallery => gallery::gallery(shell),
            Dialog::Share => share::share(shell),
            Dialog::Help => help(shell),
            Dialog::Endpoint => endpoint::dialog(shell),
            Dialog::Catalogue => catalogue::dialog(shell),
        })
    };
    let title = move || match shell.dialog.get() {
        Some(Dialog::Gallery) => say("gallery").to_owned(),
        Some(Dialog::Share) => say("share").to_owned(),
        Some(Dialog::Help) => say("help").to_owned(),
        Some(Dialog::Endpoint) => say("ask_title").to_owned(),
        Some(Dialog::Catalogue) => say("edit_tools").to_owned(),
        None => String::new(),
    };
    let close = element::button("quiet", say("close"), move || shell.dialog.set(None));
    let head = div("row").add(el("h2").attr("id", "dialog-title").words_of(title)).add(close);
    // A click on the dialog itself, not on what is in it, fell on the backdrop.
    let backdrop = move |event: web_sys::Event| {
        if event.target() == event.current_target() {
            shell.dialog.set(None);
        }
    };
    let place = el("dialog")
        .attr("aria-labelledby", "dialog-title")
        .on("close", move |_| shell.dialog.set(None))
        .on("click", backdrop)
        .add(div("sheet").add(head).maybe_of(content));
    let dialog: HtmlDialogElement = place.node().unchecked_into();
    element::watch(move || match shell.dialog.get() {
        Some(_) if !dialog.open() => {
            let _ = dialog.show_modal();
        }
        Some(_) => {}
        None => dialog.close(),
    });
    place
}

fn help(shell: Shell) -> El {
    let keys = [
        (say("key_space_name"), say("key_space")),
        ("← →", say("key_arrows")),
        (say("key_ends_name"), say("key_ends")),
        ("R", say("key_r")),
        ("S", say("key_s")),
        ("?", say("key_help")),
        ("1 2 3", say("key_labs")),
    ];
    let put = move |on| {
        shell.keys_on.set(on);
        dom::store("snapscope-keys", if on { "on" } else { "off" });
    };
    let switch = el("label").class("tick").add(checkbox(move || shell.keys_on.get(), put)).words(say("keys_on"));
    el("div")
        .class("sheet-part")
        .add(text("p", say("about")))
        .add(text("h3", say("keys")))
        .add(terms("keys", keys.into_iter()))
        .add(switch)
        .add(text("h3", say("glossary")))
        .add(notes::glossary(shell))
}
