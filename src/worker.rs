//! The web worker: commands in, a session worked on for about 12 ms at a time, events out. Nothing but plumbing.
//!
//! What comes is a command's bytes, or a file to be read piece by piece. Commands that come meanwhile wait for it.

mod reading;

use crate::labs::EngineLab;
use crate::protocol::{Command, Event, wire};
use crate::run::ENGINE;
use crate::session::Session;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// How long to work before looking for commands, in ms.
const SLICE_MS: f64 = 12.0;

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
}

struct Worker {
    session: Session,
    scope: DedicatedWorkerGlobalScope,
    /// A message to oneself yields without the delay that timers have.
    yielding: MessageChannel,
    /// A slice is on its way: by message, or by the timer of this id.
    scheduled: Option<Scheduled>,
    /// Steps to try at once: grows while they are quick.
    chunk: u64,
    /// Steps earned by a limited pace, and when they were counted.
    credit: f64,
    counted_ms: f64,
    /// The text that is being read.
    reading: Option<reading::Reading>,
}

enum Scheduled {
    Message,
    Timer(i32),
}

/// Starts the worker with the labs that it links: says that it is up, then listens.
pub fn start(labs: &'static [&'static EngineLab]) {
    std::panic::set_hook(Box::new(|panic| {
        let event = Event::Failed { run: None, error: panic.to_string() };
        // The worker's own state may be borrowed at this moment: the scope is global.
        post(&js_sys::global().unchecked_into(), &event);
    }));
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let Ok(yielding) = MessageChannel::new() else {
        let error = "this browser's workers have no message channels".to_owned();
        return post(&scope, &Event::Failed { run: None, error });
    };
    let on_command = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        let data = event.data();
        if let Some((file, kind)) = reading::file(&data) {
            return with(|worker| worker.read(file, kind));
        }
        let bytes = js_sys::Uint8Array::new(&data).to_vec();
        with(|worker| worker.hear(&bytes));
    });
    let on_slice = Closure::<dyn FnMut()>::new(|| with(Worker::slice));
    scope.set_onmessage(Some(on_command.as_ref().unchecked_ref()));
    yielding.port1().set_onmessage(Some(on_slice.as_ref().unchecked_ref()));
    SLICE.with(|slot| *slot.borrow_mut() = Some(on_slice));
    on_command.forget();
    post(&scope, &Event::Ready { version: ENGINE.to_owned() });
    let worker = Worker {
        session: Session::new(labs),
        scope,
        yielding,
        scheduled: None,
        chunk: 1,
        credit: 0.0,
        counted_ms: now_ms(),
        reading: None,
    };
    WORKER.with(|slot| *slot.borrow_mut() = Some(worker));
}

thread_local! {
    static SLICE: RefCell<Option<Closure<dyn FnMut()>>> = const { RefCell::new(None) };
}

fn with(work: impl FnOnce(&mut Worker)) {
    WORKER.with(|slot| slot.borrow_mut().as_mut().map(work));
}

impl Worker {
    fn hear(&mut self, bytes: &[u8]) {
        let command = match wire::decode_command(bytes) {
            Ok(command) => command,
            Err(error) => return self.send(&[Event::Failed { run: None, error: error.to_string() }]),
        };
        if let Some(reading) = &mut self.reading {
            return reading.waiting.push(command);
        }
        self.take(command);
    }

    fn take(&mut self, command: Command) {
        if matches!(command, Command::Start { .. } | Command::Play { .. } | Command::Pace { .. }) {
            self.credit = 1.0;
            self.counted_ms = now_ms();
        }
        let events = self.session.apply(command);
        self.send(&events);
        // A command may have ended a wait for the next step of a slow pace.
        if let Some(Scheduled::Timer(timer)) = self.scheduled {
            self.scope.clear_timeout_with_handle(timer);
            self.scheduled = None;
        }
        self.schedule();
    }

    /// Works until the slice is over or the pace is kept.
    fn slice(&mut self) {
        self.scheduled = None;
        let start = now_ms();
        let mut now = start;
        while now - start < SLICE_MS {
            let pace = self.session.pace();
            if pace == 0.0 {
                break;
            }
            let mut steps = self.chunk;
            if pace.is_finite() {
                self.credit = (self.credit + pace * (now - self.counted_ms) / 1000.0).min(pace.max(1.0));
                self.counted_ms = now;
                steps = steps.min(self.credit as u64);
                if steps == 0 {
                    break;
                }
                self.credit -= steps as f64;
            }
            let events = self.session.step(steps);
            self.send(&events);
            let took = now_ms() - now;
            now += took;
            self.chunk = if took < SLICE_MS / 8.0 { (steps * 2).min(1 << 16) } else { (steps / 2).max(1) };
        }
        self.schedule();
    }

    fn schedule(&mut self) {
        let pace = self.session.pace();
        if pace == 0.0 || self.scheduled.is_some() {
            return;
        }
        let wait_ms = if pace.is_finite() { ((1.0 - self.credit) * 1000.0 / pace).ceil() } else { 0.0 };
        self.scheduled = if wait_ms >= 1.0 {
            SLICE.with(|slice| {
                let slice = slice.borrow();
                let slice = slice.as_ref()?.as_ref().unchecked_ref();
                let timer = self.scope.set_timeout_with_callback_and_timeout_and_arguments_0(slice, wait_ms as i32);
                timer.ok().map(Scheduled::Timer)
            })
        } else {
            self.yielding.port2().post_message(&JsValue::NULL).ok().map(|()| Scheduled::Message)
        };
    }

    fn send(&self, events: &[Event]) {
        for event in events {
            post(&self.scope, event);
        }
    }
}

fn post(scope: &DedicatedWorkerGlobalScope, event: &Event) {
    let bytes = js_sys::Uint8Array::from(wire::encode_event(event).as_slice());
    let transfer = js_sys::Array::of1(&bytes.buffer());
    // A page that is gone hears nothing, and nobody is left to tell.
    let _ = scope.post_message_with_transfer(&bytes, &transfer);
}

fn now_ms() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or(0.0, |performance| performance.now())
}
