//! Being part of another page: height and progress out, settings and commands in, and no work while out of view.
//! What the other page says is not trusted: unknown shapes are ignored, refused settings are answered with a sentence.

use super::element::{self, El, el, text};
use super::leptos::*;
use super::shell::Shell;
use super::{dom, observe};
use crate::experiment::link::Start;
use crate::protocol::State;
use crate::run::{Digest, Frame, Measure};
use crate::view::text::{self as words, say};
use core::cell::Cell;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

thread_local! {
    /// Whether this page is in view, as far as was heard.
    static SEEN: Cell<bool> = const { Cell::new(false) };
    /// Whether the run goes on once it is.
    static WAITING: Cell<bool> = const { Cell::new(true) };
}

/// Whether this page is a part of another one.
fn host() -> Option<web_sys::Window> {
    let parent = window().parent().ok().flatten()?;
    (parent != window()).then_some(parent)
}

fn tell(event: &str, fields: &[(&str, JsValue)]) {
    let Some(host) = host() else { return };
    let message = js_sys::Object::new();
    let put = |name: &str, value: &JsValue| {
        let _ = Reflect::set(&message, &name.into(), value);
    };
    put("snapscope", &1.into());
    // By either name: `data.event === "ready"` and `data.ready` both read well.
    put("event", &event.into());
    put(event, &true.into());
    fields.iter().for_each(|(name, value)| put(name, value));
    // Nothing in it is secret, and a sandboxed page does not learn who its host is.
    let _ = host.post_message(&message, "*");
}

/// Tells the host where the run stands.
pub fn tell_progress(frame: &Frame) {
    tell("progress", &[("step", (frame.step as f64).into()), ("steps", (frame.steps as f64).into())]);
}

/// Tells the host what came of the run.
pub fn tell_finished(digest: Digest, summary: &[Measure]) {
    let numbers = js_sys::Object::new();
    for measure in summary {
        let _ = Reflect::set(&numbers, &measure.name.as_str().into(), &measure.value.into());
    }
    tell("finished", &[("digest", digest.to_string().into()), ("summary", numbers.into())]);
}

/// Listens to the host and tells it the height; runs only while it is seen.
pub fn follow(shell: Shell) {
    if host().is_none() {
        return;
    }
    element::listen(&window(), "message", move |event| hear(shell, event.unchecked_ref()));
    let Some(body) = document().body() else { return };
    let measured = body.clone();
    let heights = observe::resized(&body, move || {
        // Nothing laid out yet is no height: a host that took it would hide the frame, and a hidden one is not laid out.
        let height = measured.scroll_height();
        if height > 0 {
            tell("height", &[("height", height.into())]);
        }
    });
    let seen = observe::seen(&body, move |seen| {
        SEEN.set(seen);
        act(shell);
    });
    element::keep((heights, seen));
    tell("ready", &[]);
}

/// Another link was opened: its run waits to be seen as the first one did, and may be in view already.
pub fn opened(shell: Shell) {
    WAITING.set(true);
    act(shell);
}

/// A run is started by being seen, stopped by going out of view, and on again only if that is what stopped it.
fn act(shell: Shell) {
    let (view, seen) = (shell.view.now(), SEEN.get());
    let first = shell.player.peek(|player| player.furthest == 0);
    if !view.embed || (first && view.start == Start::Click) {
        return;
    }
    let playing = shell.player.peek(|player| player.state == State::Playing);
    if seen && WAITING.get() && view.step.is_none() {
        WAITING.set(false);
        if !first || !dom::media("(prefers-reduced-motion: reduce)") {
            shell.play();
        } else {
            shell.seek(u64::MAX);
        }
    } else if !seen && playing {
        WAITING.set(true);
        shell.pause();
    }
}

fn hear(shell: Shell, event: &MessageEvent) {
    let from_host = host().is_some_and(|host| event.source().is_some_and(|source| *source == ***host));
    let message = event.data();
    if !from_host || !message.is_object() {
        return;
    }
    let field = |name: &str| Reflect::get(&message, &name.into()).ok().filter(|value| value.is_truthy());
    if field("snapscope").and_then(|value| value.as_f64()) != Some(1.0) {
        return;
    }
    if let Some(settings) = field("set").and_then(|value| value.dyn_into::<js_sys::Object>().ok()) {
        let keys = js_sys::Object::keys(&settings);
        // More than there are settings is no honest message.
        let changes: Vec<(String, String)> = keys
            .iter()
            .take(shell.experiment.peek(|experiment| experiment.settings().len()))
            .map(|path| {
                let value = Reflect::get(&settings, &path).unwrap_or_default();
                // -0 is 0, which JavaScript writes so and Rust does not.
                let number = || value.as_f64().map(|value| (value + 0.0).to_string());
                let text = value.as_string().or_else(number);
                let text = text.or_else(|| value.as_bool().map(|value| value.to_string()));
                (path.as_string().unwrap_or_default(), text.unwrap_or_default())
            })
            .collect();
        for error in shell.change_all(changes.iter().map(|(path, text)| (path.as_str(), text.as_str()))) {
            tell("refused", &[("error", error.to_string().into())]);
        }
    }
    if field("play").is_some() {
        shell.play();
    }
    if field("pause").is_some() {
        shell.pause();
    }
    if let Some(by) = field("step").and_then(|by| by.as_f64().or((by == true).then_some(1.0))) {
        shell.step(by.clamp(-1e6, 1e6) as i64);
    }
    if field("reset").is_some() {
        shell.reset();
    }
}

/// The head of an embedded page: where it comes from.
pub fn header(shell: Shell) -> El {
    let link = move || {
        let mut view = shell.view.get();
        view.embed = false;
        view.hidden.clear();
        view.locked.clear();
        view.panels.clear();
        let fragment = crate::view::share::link(&shell.experiment.get(), &view, None);
        Some(format!("{}{fragment}", dom::address()))
    };
    let open = text("a", say("open_full")).attr_of("href", link).attr("target", "_blank").attr("rel", "noopener");
    let lab = move || words::lab(shell.experiment.with(|experiment| experiment.lab.name()))[0].to_owned();
    el("header").class("top small").add(el("p").class("brand").words_of(lab)).add(open)
}
