//! The head of the page: name, labs, dialogs, theme, language.

use super::element::{El, button, div, el, text};
use super::shell::{Dialog, Shell};
use super::{lab, language, theme};
use crate::view::text::say;

/// The head of the whole page.
pub fn header(shell: Shell) -> El {
    let opens = |label, dialog| {
        button("quiet", say(label), move || shell.dialog.set(Some(dialog))).attr("aria-haspopup", "dialog")
    };
    let lab = |name: &'static str, words| {
        let current =
            move || shell.experiment.with(|experiment| experiment.lab.name() == name).then(|| "page".to_owned());
        let link =
            text("a", say(words)).attr("href", &format!("#v=1&lab={name}&seed=0")).attr_of("aria-current", current);
        el("li").add(link.on("click", move |event| {
            event.prevent_default();
            lab::open(shell, name);
        }))
    };
    let labs = el("ul")
        .add(lab("scan-snap", "lab_scan_snap"))
        .add(lab("encoding", "lab_encoding"))
        .add(lab("tool-use", "lab_tool_use"));
    let tools = div("tools")
        .add(opens("gallery", Dialog::Gallery))
        .add(opens("share", Dialog::Share))
        .add(theme::button(shell))
        .add(language::choice(shell))
        .add(opens("help", Dialog::Help));
    el("header")
        .class("top")
        .add(text("p", say("name")).class("brand"))
        .add(el("nav").attr("aria-label", say("labs")).add(labs))
        .add(tools)
}
