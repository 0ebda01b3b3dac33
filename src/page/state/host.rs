//! The host page of an embedded figure: height and progress out, settings and commands in, and no work while out of view.
//! What the host says is not trusted: unknown shapes are ignored, refused settings are answered with a sentence.

use super::feature::Feature;
use super::shell::Shell;
use crate::experiment::View;
use crate::experiment::link::Start;
use crate::page::platform::dom;
use crate::page::reactive::{effect, follow_memo, memo};
use crate::protocol::State;
use crate::run::{Digest, Measure};
use js_sys::Reflect;
use leptos::ev;
use leptos::prelude::*;
use leptos_use_intersection_observer::use_intersection_observer;
use leptos_use_resize_observer::use_resize_observer;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

/// The page that this one is a part of.
fn parent() -> Option<web_sys::Window> {
    let parent = window().parent().ok().flatten()?;
    (parent != window()).then_some(parent)
}

/// Whether and why the run of an embedded figure goes on. A handle.
#[derive(Clone, Copy)]
struct Host {
    shell: Shell,
    /// Whether this page is in view, as far as was heard.
    seen: StoredValue<bool>,
    /// Whether the run goes on once it is.
    waiting: StoredValue<bool>,
}

impl Feature for Host {
    /// The run of another link waits to be seen as the first one did, and may be in view already.
    fn opened(&self, view: &View) {
        if view.embed {
            self.waiting.set_value(true);
            self.act();
        }
    }
}

/// Tells the host what happens and listens to it; runs only while it is seen.
pub fn follow(shell: Shell) {
    if parent().is_none() {
        return;
    }
    let host = Host { shell, seen: StoredValue::new(false), waiting: StoredValue::new(true) };
    shell.add(host);
    effect(move || {
        let (step, steps) = shell.frame.with(|frame| (frame.step, frame.steps));
        if steps > 0 {
            tell("progress", &[("step", (step as f64).into()), ("steps", (steps as f64).into())]);
        }
    });
    // Changes when a run ends, and with the run.
    let finished = memo(move || shell.player.with(|player| format!("{:?} {:?}", player.run, player.digest)));
    effect(move || {
        follow_memo(finished);
        shell.player.with_untracked(|player| {
            if let Some(digest) = player.digest {
                tell_finished(digest, &player.summary);
            }
        });
    });
    window_event_listener(ev::message, move |event| host.hear(&event));
    let Some(body) = document().body() else { return };
    let measured = body.clone();
    let element: web_sys::Element = body.unchecked_into();
    let _ = use_resize_observer(element.clone(), move |_, _| {
        // Nothing laid out yet is no height: a host that took it would hide the frame, and a hidden one is not laid out.
        let height = measured.scroll_height();
        if height > 0 {
            tell("height", &[("height", height.into())]);
        }
    });
    let _ = use_intersection_observer(element, move |entries, _| {
        if let Some(last) = entries.last() {
            host.seen.set_value(last.is_intersecting());
            host.act();
        }
    });
    tell("ready", &[]);
}

fn tell(event: &str, fields: &[(&str, JsValue)]) {
    let Some(host) = parent() else { return };
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

fn tell_finished(digest: Digest, summary: &[Measure]) {
    let numbers = js_sys::Object::new();
    for measure in summary {
        let _ = Reflect::set(&numbers, &measure.name.as_str().into(), &measure.value.into());
    }
    tell("finished", &[("digest", digest.to_string().into()), ("summary", numbers.into())]);
}

impl Host {
    /// A run is started by being seen, stopped by going out of view, and on again only if that is what stopped it.
    fn act(self) {
        let Self { shell, seen, waiting } = self;
        let (view, seen) = (shell.view.get_untracked(), seen.get_value());
        let is_first = shell.player.with_untracked(|player| player.furthest == 0);
        if !view.embed || (is_first && view.start == Start::Click) {
            return;
        }
        let is_playing = shell.player.with_untracked(|player| player.state == State::Playing);
        if seen && waiting.get_value() && view.step.is_none() {
            waiting.set_value(false);
            if is_first && dom::is_calm() { shell.seek(u64::MAX) } else { shell.play() }
        } else if !seen && is_playing {
            waiting.set_value(true);
            shell.pause();
        }
    }

    fn hear(self, event: &MessageEvent) {
        let from_host = parent().is_some_and(|host| event.source().is_some_and(|source| *source == ***host));
        let message = event.data();
        if !from_host || !message.is_object() {
            return;
        }
        let field = |name: &str| Reflect::get(&message, &name.into()).ok().filter(|value| value.is_truthy());
        if field("snapscope").and_then(|value| value.as_f64()) != Some(1.0) {
            return;
        }
        if let Some(settings) = field("set").and_then(|value| value.dyn_into::<js_sys::Object>().ok()) {
            self.set(&settings);
        }
        if field("play").is_some() {
            self.shell.play();
        }
        if field("pause").is_some() {
            self.shell.pause();
        }
        if let Some(by) = field("step").and_then(|by| by.as_f64().or((by == true).then_some(1.0))) {
            self.shell.step(by.clamp(-1e6, 1e6) as i64);
        }
        if field("reset").is_some() {
            self.shell.reset();
        }
    }

    fn set(self, settings: &js_sys::Object) {
        let keys = js_sys::Object::keys(settings);
        // More than there are settings is no honest message.
        let most = self.shell.experiment.with_untracked(|experiment| experiment.settings().len());
        let change = |path: JsValue| {
            let value = Reflect::get(settings, &path).unwrap_or_default();
            // -0 is 0, which JavaScript writes so and Rust does not.
            let number = || value.as_f64().map(|value| (value + 0.0).to_string());
            let text = value.as_string().or_else(number);
            let text = text.or_else(|| value.as_bool().map(|value| value.to_string()));
            (path.as_string().unwrap_or_default(), text.unwrap_or_default())
        };
        let changes: Vec<(String, String)> = keys.iter().take(most).map(change).collect();
        for error in self.shell.change_all(changes.iter().map(|(path, text)| (path.as_str(), text.as_str()))) {
            tell("refused", &[("error", error.to_string().into())]);
        }
    }
}
