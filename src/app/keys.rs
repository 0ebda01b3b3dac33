//! Keys for the whole page. They never take a key from a field, a control or a browser shortcut.

use super::leptos::*;
use super::shell::{Dialog, Shell};
use super::{dom, element, lab};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Elements that want their own keys, and those that only want Space.
const FIELDS: &str = "input, select, textarea, canvas, [contenteditable], dialog";
const BUTTONS: &str = "button, summary, a";

/// Listens.
pub fn follow(shell: Shell) {
    element::listen(&window(), "keydown", move |event| press(shell, event.unchecked_ref()));
}

fn press(shell: Shell, event: &KeyboardEvent) {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector| target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some());
    let hidden = shell.view.peek(|view| view.hidden.iter().any(|name| name == "transport"));
    if within(FIELDS) || !shell.keys_on.now() || hidden {
        return;
    }
    match event.key().as_str() {
        " " if !within(BUTTONS) => shell.toggle(),
        "ArrowRight" => shell.step(1),
        "ArrowLeft" => shell.step(-1),
        "Home" => shell.seek(0),
        "End" => shell.seek(u64::MAX),
        "r" | "R" => shell.reset(),
        "s" | "S" => shell.dialog.set(Some(Dialog::Share)),
        "?" => shell.dialog.set(Some(Dialog::Help)),
        "1" => open(shell, "scan-snap"),
        "2" => open(shell, "encoding"),
        "3" => open(shell, "tool-use"),
        _ => return,
    }
    event.prevent_default();
}

fn open(shell: Shell, name: &str) {
    lab::open(shell, name);
    dom::focus("run");
}
