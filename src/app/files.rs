//! The report as a file, and the page itself as one file that works offline.

use super::dom;
use super::shell::Shell;
use crate::run::{ENGINE, Report};
use crate::view::share;
use crate::view::text::fill;
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The self-contained page, beside this one.
const OFFLINE: &str = "snapscope-offline.html";
/// Where the self-contained page carries its link.
const PLACE: &str = "<meta name=\"snapscope-link\" content=\"";

/// Saves the report of the run as JSON, in the form of the command line.
pub fn save_report(shell: Shell) {
    let experiment = shell.experiment.get_untracked();
    shell.report(move |report| {
        let name = share::file_name("report", &experiment, Some(report.step), "json");
        let text = format!("{:#}\n", report_json(experiment.to_json(), &report));
        dom::download_text(&text, &name, "application/json");
    });
}

fn report_json(experiment: Value, report: &Report) -> Value {
    let summary: serde_json::Map<_, _> =
        report.summary.iter().map(|measure| (measure.name.clone(), json!(measure.value))).collect();
    let series: serde_json::Map<_, _> =
        report.series.iter().map(|series| (series.name.clone(), json!(series.values))).collect();
    json!({
        "experiment": experiment,
        "engine": ENGINE,
        "step": report.step,
        "digest": report.digest.to_string(),
        "summary": summary,
        "series": series,
    })
}

/// Saves the page with `link` as one file.
pub fn save_offline(shell: Shell, link: String) {
    leptos::task::spawn_local(async move {
        match offline(&link).await {
            Ok(text) => dom::download_text(&text, OFFLINE, "text/html"),
            Err(error) => {
                let error = fill("offline_failed", &[&dom::words(&error)]);
                shell.dialog.set(None);
                shell.notices.set(vec![error]);
            }
        }
    });
}

async fn offline(link: &str) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(OFFLINE)).await?.unchecked_into();
    if !response.ok() {
        return Err(response.status_text().into());
    }
    let page = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let link = link.replace('&', "&amp;").replace('"', "&quot;");
    let (before, after) = page.split_once(PLACE).ok_or("the page has no place for a link")?;
    let after = after.split_once('"').map_or(after, |(_, after)| after);
    Ok(format!("{before}{PLACE}{link}\"{after}"))
}
