//! Comparing with a pinned run: the button, and what differs.

use super::element::{self, El, cell, el, text};
use super::live::memo;
use super::shell::Shell;
use crate::view::compare::{self, Row};
use crate::view::text::say;

/// Pins the run shown, or lets the pinned one go.
pub fn button(shell: Shell) -> Option<El> {
    let pinned = memo(move || shell.pinned.with(Option::is_some));
    let (label, act): (_, fn(Shell)) = if pinned.get() { ("unpin", Shell::unpin) } else { ("pin", Shell::pin) };
    let embedded = shell.view.with(|view| view.embed);
    (!embedded).then(|| element::button("quiet", say(label), move || act(shell)))
}

/// The settings and results that differ.
pub fn listing(shell: Shell) -> Option<El> {
    let rows = memo(move || {
        let pinned = shell.pinned.get()?;
        let mut rows = shell.experiment.with(|now| compare::differences(&pinned.experiment, now));
        if !rows.is_empty() {
            rows.extend(shell.player.with(|player| compare::results(&pinned.summary, &player.summary)));
        }
        Some(rows)
    });
    let rows = rows.get()?;
    if rows.is_empty() {
        return Some(text("p", say("pinned_hint")).class("compare hint"));
    }
    let head = ["col_setting", "col_pinned", "col_now"].map(|key| say(key).to_owned());
    let line = |row: Row| vec![text("th", &row.name).attr("scope", "row"), cell(&row.pinned), cell(&row.now)];
    let table = element::table(&head, rows.into_iter().map(line));
    Some(el("div").class("compare scroll").add(text("h3", say("pinned_title"))).add(table))
}
