//! A worker at the other end of the wire: commands in, events out, and word when it breaks.

use super::boot::boot;
use super::dom;
use crate::protocol::{Command, Event, TableKind, wire};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker};

/// A file of the reader's that a worker reads piece by piece, before it runs anything.
#[derive(Clone)]
pub struct OwnFile {
    /// What it is.
    pub kind: TableKind,
    /// The file.
    pub file: File,
}

/// A worker; dropping it ends it.
pub struct Engine {
    /// Whether it has all labs.
    pub has_all: bool,
    /// Which file of the reader's own it was given.
    pub reads: Option<TableKind>,
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Engine {
    /// Starts the worker of all labs, or the small one of the first view, and gives it the `file` to read. `hear` gets
    /// its events; a worker that broke says so by [`Event::Failed`] without a run.
    ///
    /// # Errors
    /// Why the browser would not, in its words.
    pub fn start(
        has_all: bool,
        file: Option<&OwnFile>,
        hear: impl Fn(Event) + Clone + 'static,
    ) -> Result<Self, String> {
        let worker = boot().start_worker(has_all).map_err(|error| dom::error_text(&error))?;
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
        if let Some(OwnFile { kind, file }) = file {
            // A text by itself, samples in a list: as the worker tells them apart.
            let message: JsValue = if *kind == TableKind::Text { file.into() } else { js_sys::Array::of1(file).into() };
            worker.post_message(&message).map_err(|error| dom::error_text(&error))?;
        }
        let reads = file.map(|file| file.kind);
        Ok(Self { has_all, reads, worker, _on_message: on_message, _on_error: on_error })
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
