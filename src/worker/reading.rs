//! Reads a file into the worker's session, a piece at a time: no more of it is in memory. A worker reads one file in its life,
//! and reading is cancelled by ending it.

use super::{Worker, with};
use crate::protocol::{Command, Event, TableKind};
use wasm_bindgen::prelude::*;
use web_sys::File;

/// Bytes of a piece: some hundredths of a second of work.
const PIECE: f64 = 524_288.0;

/// A file that is being read.
pub struct Reading {
    file: File,
    kind: TableKind,
    at: f64,
    on_piece: Closure<dyn FnMut(JsValue)>,
    on_error: Closure<dyn FnMut(JsValue)>,
    /// Commands that came meanwhile.
    pub waiting: Vec<Command>,
}

/// The file that a message brings, and what it is: by itself a text, in a list samples.
pub fn file(data: &JsValue) -> Option<(File, TableKind)> {
    let list = data.dyn_ref::<js_sys::Array>();
    let kind = if list.is_some() { TableKind::Samples } else { TableKind::Text };
    let file = list.map_or_else(|| data.clone(), |list| list.get(0));
    Some((file.dyn_into().ok()?, kind))
}

impl Worker {
    /// Starts reading.
    pub fn read(&mut self, file: File, kind: TableKind) {
        let on_piece = Closure::new(|buffer: JsValue| with(|worker| worker.take_piece(&buffer)));
        let on_error = Closure::new(|error: JsValue| {
            let message = js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|message| message.as_string());
            with(|worker| worker.give_up(message.unwrap_or_default()));
        });
        self.reading = Some(Reading { file, kind, at: 0.0, on_piece, on_error, waiting: Vec::new() });
        self.ask();
    }

    /// Asks the browser for the next piece.
    fn ask(&mut self) {
        let Some(Reading { file, at, on_piece, on_error, .. }) = &self.reading else { return };
        let end = file.size().min(at + PIECE);
        match file.slice_with_f64_and_f64(*at, end).map(|piece| piece.array_buffer()) {
            Ok(buffer) => drop(buffer.then2(on_piece, on_error)),
            Err(_) => self.give_up("it cannot be cut".to_owned()),
        }
    }

    fn take_piece(&mut self, buffer: &JsValue) {
        let Some(reading) = &mut self.reading else { return };
        let bytes = js_sys::Uint8Array::new(buffer).to_vec();
        let (name, at, size) = (reading.file.name(), reading.at, reading.file.size());
        reading.at += bytes.len() as f64;
        if bytes.is_empty() && size > 0.0 {
            return self.give_up(format!("it ends at byte {} of {}", at as u64, size as u64));
        }
        let (kind, size, at) = (reading.kind, size as u64, at as u64);
        let events = self.session.apply(Command::Data { kind, name, size, at, bytes });
        self.send(&events);
        if events.iter().all(|event| matches!(event, Event::Reading { .. })) {
            self.ask();
        } else {
            self.end_reading();
        }
    }

    fn give_up(&mut self, why: String) {
        let Some(Reading { file, .. }) = &self.reading else { return };
        let error = ["the file cannot be read: ", &why].concat();
        self.send(&[Event::Refused { name: file.name(), error }]);
        self.end_reading();
    }

    fn end_reading(&mut self) {
        let Some(reading) = self.reading.take() else { return };
        // This is called by one of the two: neither may go while it works.
        reading.on_piece.forget();
        reading.on_error.forget();
        reading.waiting.into_iter().for_each(|command| self.take(command));
    }
}
