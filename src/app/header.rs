//! The head of the page: name, labs, dialogs, theme, language.

use super::element::{El, button, div, el, text};
use super::shell::{Dialog, Shell};
use super::{language, theme};
use crate::view::text::say;

/// The head of the whole page.
pub fn header(shell: Shell) -> El {
    let opens = |label, dialog| {
        button("quiet", say(label), move || shell.dialog.set(Some(dialog))).attr("aria-haspopup", "dialog")
    };
    let coming = |label| text("li", say(label)).class("coming").words(" ").add(text("small", say("coming")));
    let labs = el("ul")
        .add(text("li", say("lab_scan_snap")).attr("aria-current", "page"))
        .add(coming("lab_encoding"))
        .add(coming("lab_tool_use"));
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
