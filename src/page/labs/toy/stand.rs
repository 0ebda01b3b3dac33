//! What stands for `boot.js` and a worker in a test: the words, and a session on the page's own thread.

use crate::labs::toy::WORDS;
use crate::protocol::{Event, wire};
use crate::run::ENGINE;
use crate::session::Session;
use js_sys::{Object, Reflect, Uint8Array};
use leptos::prelude::{set_interval, set_timeout};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// Steps that a session is asked for at once.
const STEPS: u64 = 4;
/// The time between.
const PAUSE: Duration = Duration::from_millis(5);

/// Puts the object on the window that `boot.js` puts there.
pub fn boot() {
    let snapscope = Object::new();
    let languages = Object::new();
    set(&languages, "en", &"English".into());
    set(&snapscope, "languages", &languages);
    set(&snapscope, "language", &"en".into());
    set(&snapscope, "words", &words().into());
    let start = Closure::<dyn FnMut() -> JsValue>::new(|| Worker::start().into());
    set(&snapscope, "startWorker", &start.into_js_value());
    set(&js_sys::global(), "snapscope", &snapscope);
}

fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("a plain object takes any property");
}

/// The catalogue with the lab's words: sections that are there twice are read twice.
fn words() -> String {
    let english = include_str!("../../../../public/text/en.json").trim_end().trim_end_matches('}');
    format!("{english},{}", WORDS.trim_start().trim_start_matches('{'))
}

/// A worker's session, at the other end of an object with the methods of a worker.
struct Worker {
    session: RefCell<Session>,
    stand: Object,
}

impl Worker {
    fn start() -> Object {
        let worker = Rc::new(Self { session: RefCell::default(), stand: Object::new() });
        let hearing = worker.clone();
        let post = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
            let command = wire::decode_command(&Uint8Array::new(&message).to_vec()).expect("a command of the page");
            let events = hearing.session.borrow_mut().apply(command);
            hearing.send(events);
        });
        set(&worker.stand, "postMessage", &post.into_js_value());
        set(&worker.stand, "terminate", &Closure::<dyn FnMut()>::new(|| {}).into_js_value());
        worker.send(vec![Event::Ready { version: ENGINE.to_owned() }]);
        let stand = worker.stand.clone();
        let step = move || {
            let mut session = worker.session.borrow_mut();
            if session.pace() > 0.0 {
                let events = session.step(STEPS);
                drop(session);
                worker.send(events);
            }
        };
        set_interval(step, PAUSE);
        stand
    }

    /// Sends events as messages: none comes before the sender has returned.
    fn send(&self, events: Vec<Event>) {
        for event in events {
            let message = Object::new();
            set(&message, "data", &Uint8Array::from(wire::encode_event(&event).as_slice()));
            let stand = self.stand.clone();
            let send = move || {
                let listener = Reflect::get(&stand, &"onmessage".into()).expect("a plain object has any property");
                if let Some(listener) = listener.dyn_ref::<js_sys::Function>() {
                    listener.call1(&JsValue::UNDEFINED, &message).expect("the page hears events");
                }
            };
            set_timeout(send, Duration::ZERO);
        }
    }
}
