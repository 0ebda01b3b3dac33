//! Keys for the whole page. They never take a key from a field, a control or a browser shortcut.

use super::dialog::Dialogs;
use super::entry::Labs;
use super::routing::Routing;
use super::shell::Shell;
use crate::page::platform::dom;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Elements that want their own keys, and those that only want Space.
const FIELDS: &str = "input, select, textarea, canvas, [contenteditable], dialog";
const BUTTONS: &str = "button, summary, a";

const KEPT: &str = "snapscope-keys";

/// Whether keys do anything. In the context.
#[derive(Clone, Copy)]
pub struct KeysOn(pub RwSignal<bool>);

impl KeysOn {
    /// The reader's last choice.
    pub fn start() -> Self {
        Self(RwSignal::new(dom::stored(KEPT).as_deref() != Some("off")))
    }

    /// The choice on this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Turns keys on or off, and keeps it.
    pub fn put(self, on: bool) {
        self.0.set(on);
        dom::store(KEPT, if on { "on" } else { "off" });
    }
}

/// Listens to keys on the window.
pub fn follow(shell: Shell, keys: KeysOn, dialogs: Dialogs, routing: Routing) {
    let labs = Labs::here();
    window_event_listener(ev::keydown, move |event| {
        if !keys.0.get_untracked() {
            return;
        }
        if is_for_page(shell, &event) && press(shell, &event.key(), dialogs, routing, labs) {
            event.prevent_default();
        }
    });
}

/// Whether a key is not wanted by anything else.
fn is_for_page(shell: Shell, event: &KeyboardEvent) -> bool {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return false;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector| target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some());
    let is_hidden = shell.view.with_untracked(|view| view.hidden.iter().any(|name| name == "transport"));
    let is_taken = within(FIELDS) || (event.key() == " " && within(BUTTONS));
    !is_taken && !is_hidden
}

/// Does what a key asks for, if it asks for anything.
fn press(shell: Shell, key: &str, dialogs: Dialogs, routing: Routing, labs: Labs) -> bool {
    match key {
        " " => shell.toggle(),
        "ArrowRight" => shell.step(1),
        "ArrowLeft" => shell.step(-1),
        "Home" => shell.seek(0),
        "End" => shell.seek(u64::MAX),
        "r" | "R" => shell.reset(),
        other => {
            let number = other.parse::<usize>().ok().and_then(|number| labs.0.get(number.checked_sub(1)?));
            match (dialogs.of_key(&other.to_ascii_lowercase()), number) {
                (Some(dialog), _) => dialogs.show(dialog),
                (None, Some(lab)) => {
                    routing.open(lab.name);
                    dom::focus("run");
                }
                (None, None) => return false,
            }
        }
    }
    true
}
