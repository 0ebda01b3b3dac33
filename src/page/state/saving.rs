//! Saving files: the report, what the run made, and the page itself as one file that works offline.

use super::dialog::Dialogs;
use super::shell::Shell;
use crate::page::platform::dom;
use crate::report;
use crate::view::share;
use crate::view::text::fill;
use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The self-contained page, beside this one.
const OFFLINE: &str = "snapscope-offline.html";

/// Saves the report of the run as JSON, in the form of the command line.
pub fn save_report(shell: Shell) {
    let experiment = shell.experiment.get_untracked();
    shell.report(move |report| {
        let name = share::file_name("report", &experiment, Some(report.step), "json");
        dom::download_text(&report::text(&experiment, &report), &name, "application/json");
    });
}

/// Saves what the run made, as its worker wrote it.
pub fn save_made(shell: Shell) {
    let (name, kind) = made_name(shell);
    shell.save(move |file| dom::download_bytes(&file, &name, kind));
}

/// Name and type of what the run makes: weights or adapters as safetensors, or data as JSON.
pub fn made_name(shell: Shell) -> (String, &'static str) {
    let step = shell.player.with_untracked(|player| player.step);
    let experiment = shell.experiment.get_untracked();
    let [what, ending, kind] = if experiment.has_weights() {
        ["weights", "safetensors", "application/octet-stream"]
    } else if experiment.needs_base() {
        ["adapters", "safetensors", "application/octet-stream"]
    } else {
        ["data", "json", "application/json"]
    };
    (share::file_name(what, &experiment, Some(step), ending), kind)
}

/// Saves the page with `link` as one file.
pub fn save_offline(shell: Shell, dialogs: Dialogs, link: String) {
    spawn_local(async move {
        match offline(&link).await {
            Ok(page) => dom::download_text(&page, OFFLINE, "text/html"),
            Err(error) => {
                dialogs.close();
                shell.notices.replace(fill("offline_failed", &[&error]));
            }
        }
    });
}

async fn offline(link: &str) -> Result<String, String> {
    let response = Request::get(OFFLINE).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(response.status_text());
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    share::with_link(&text, link).ok_or_else(|| OFFLINE.to_owned())
}
