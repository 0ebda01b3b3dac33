//! Comparing with a pinned run: the button, and what differs.

use super::shell::Shell;
use crate::view::compare::{self, Row};
use crate::view::text::say;
use leptos::prelude::*;

/// Pins the run shown, or lets the pinned one go.
pub fn button(shell: Shell) -> impl IntoView {
    let pinned = Memo::new(move |_| shell.pinned.with(Option::is_some));
    move || {
        let (label, act): (_, fn(Shell)) = if pinned.get() { ("unpin", Shell::unpin) } else { ("pin", Shell::pin) };
        let embedded = shell.view.with(|view| view.embed);
        (!embedded).then(|| {
            view! { <button class="quiet" on:click=move |_| act(shell)>{say(label)}</button> }
        })
    }
}

/// The settings and results that differ.
pub fn listing(shell: Shell) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let pinned = shell.pinned.get()?;
        let mut rows = shell.experiment.with(|now| compare::differences(&pinned.experiment, now));
        if !rows.is_empty() {
            let results = shell.player.with(|player| compare::results(&pinned.summary, &player.summary));
            rows.extend(results);
        }
        Some(rows)
    });
    let line = |row: Row| {
        view! { <tr><th scope="row">{row.name}</th><td>{row.pinned}</td><td>{row.now}</td></tr> }
    };
    move || {
        let rows = rows.get()?;
        Some(if rows.is_empty() {
            view! { <p class="compare hint">{say("pinned_hint")}</p> }.into_any()
        } else {
            let rows: Vec<_> = rows.into_iter().map(line).collect();
            view! {
                <table class="compare">
                    <caption>{say("pinned_title")}</caption>
                    <thead><tr>
                        <th scope="col">{say("col_setting")}</th>
                        <th scope="col">{say("col_pinned")}</th>
                        <th scope="col">{say("col_now")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any()
        })
    }
}
