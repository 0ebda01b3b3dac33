//! The report and the weights as files, and the page itself as one file that works offline.

use super::dom;
use super::leptos::window;
use super::shell::Shell;
use crate::experiment::Lab;
use crate::report;
use crate::view::share;
use crate::view::text::fill;
use wasm_bindgen::prelude::*;
use web_sys::Response;

/// The self-contained page, beside this one.
const OFFLINE: &str = "snapscope-offline.html";
/// Where the self-contained page carries its link.
const PLACE: &str = "<meta name=\"snapscope-link\" content=\"";

/// Saves the report of the run as JSON.
pub fn save_report(shell: Shell) {
    let experiment = shell.experiment.now();
    shell.report(move |report| {
        let name = share::file_name("report", &experiment, Some(report.step), "json");
        dom::download_text(&report::text(&experiment, &report), &name, "application/json");
    });
}

/// Saves what the run made, as its worker wrote it.
pub fn save_made(shell: Shell, file: &[u8]) {
    let (name, kind) = made(shell);
    dom::download_part(&js_sys::Uint8Array::from(file), &name, kind);
}

/// Name and type of what the run makes: the weights of its transformer as safetensors, or data as JSON.
pub fn made(shell: Shell) -> (String, &'static str) {
    let step = shell.player.peek(|player| player.step);
    let experiment = shell.experiment.now();
    let [what, ending, kind] = match &experiment.lab {
        Lab::ScanSnap(_) => ["weights", "safetensors", "application/octet-stream"],
        #[cfg(feature = "full")]
        _ if experiment.needs_base() => ["adapters", "safetensors", "application/octet-stream"],
        #[cfg(feature = "full")]
        _ => ["data", "json", "application/json"],
    };
    (share::file_name(what, &experiment, Some(step), ending), kind)
}

/// Saves the page with `link` as one file.
pub fn save_offline(shell: Shell, link: String) {
    let failed = move |error: &str| {
        shell.dialog.set(None);
        shell.notices.set(vec![fill("offline_failed", &[error])]);
    };
    dom::after(&window().fetch_with_str(OFFLINE), move |response| {
        let response: Result<Response, _> = response.map(JsCast::unchecked_into);
        let text = response.map_err(|error| dom::words(&error)).and_then(|response| {
            let whole = response.ok().then(|| response.text().ok()).flatten();
            whole.ok_or_else(|| response.status_text())
        });
        match text {
            Ok(text) => dom::after(&text, move |text| {
                let text = text.ok().and_then(|text| text.as_string()).unwrap_or_default();
                match share::with_link(&text, PLACE, &link) {
                    Some(page) => dom::download_text(&page, OFFLINE, "text/html"),
                    None => failed(OFFLINE),
                }
            }),
            Err(error) => failed(&error),
        }
    });
}
