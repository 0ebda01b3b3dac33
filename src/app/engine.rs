//! A worker at the other end of the wire: commands in, events out, and word when it breaks.

use super::dom;
use super::leptos::window;
use crate::protocol::{Command, Event, wire};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker};

/// What a file is that a worker reads piece by piece, before all else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// A text to train on.
    Text,
    /// Samples to learn from.
    Samples,
}

/// A worker; dropping it ends it.
pub struct Engine {
    /// Whether it knows texts.
    pub texts: bool,
    /// Which file of the reader's own it was given.
    pub reads: Option<Reads>,
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Engine {
    /// Starts a worker, one that knows `texts` or one that need not, and gives it the `file` to read. `hear` gets its
    /// events; a worker that broke says so by [`Event::Failed`] without a run.
    ///
    /// # Errors
    /// Why the browser would not, in its words.
    pub fn start(
        texts: bool,
        file: Option<&(Reads, File)>,
        hear: impl Fn(Event) + Clone + 'static,
    ) -> Result<Self, String> {
        let start = js_sys::Reflect::get(&window(), &"snapscopeStartWorker".into()).map_err(|e| dom::words(&e))?;
        let start: js_sys::Function = start.unchecked_into();
        let worker: Worker = start.call1(&JsValue::NULL, &texts.into()).map_err(|e| dom::words(&e))?.unchecked_into();
        let broke = |error: String| Event::Failed { run: None, error };
        let told = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let bytes = js_sys::Uint8Array::new(&event.data()).to_vec();
            told(wire::decode_event(&bytes).unwrap_or_else(|error| broke(error.to_string())));
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            hear(broke(event.message()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        if let Some((reads, file)) = file {
            let message: JsValue = match reads {
                Reads::Text => file.into(),
                Reads::Samples => js_sys::Array::of1(file).into(),
            };
            worker.post_message(&message).map_err(|e| dom::words(&e))?;
        }
        Ok(Self { texts, reads: file.map(|(reads, _)| *reads), worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a command.
    pub fn send(&self, command: &Command) {
        let bytes = js_sys::Uint8Array::from(wire::encode_command(command).as_slice());
        let transfer = js_sys::Array::of1(&bytes.buffer());
        // A worker that is gone has said so by its error event.
        let _ = self.worker.post_message_with_transfer(&bytes, &transfer);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
