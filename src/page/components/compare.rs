//! Comparing with the pinned run: the button, and what differs.

use super::table::{Cell, Table, head};
use crate::page::components::shown::Shown;
use crate::page::reactive::memo;
use crate::page::state::compare::Compare;
use crate::page::state::shell::Shell;
use crate::view::compare::{self, Row};
use crate::view::text::say;
use leptos::prelude::*;

/// Pins the run shown, or lets the pinned one go. Embedded pages have none.
#[component]
pub fn PinButton() -> impl IntoView {
    let (shell, compare) = (Shell::here(), Compare::here());
    let is_pinned = memo(move || compare.pinned.with(Option::is_some));
    let press = move |_| if is_pinned.get_untracked() { compare.unpin() } else { compare.pin() };
    view! {
        <Shown when=move || !shell.view.with(|view| view.embed)>
            <button type="button" class="quiet" on:click=press>
                {move || say(if is_pinned.get() { "unpin" } else { "pin" })}
            </button>
        </Shown>
    }
}

/// The settings and results that differ from the pinned run's.
#[component]
pub fn Differences() -> impl IntoView {
    let (shell, compare) = (Shell::here(), Compare::here());
    let rows = move || {
        let Some(pinned) = compare.pinned.get() else { return Vec::new() };
        let mut rows = shell.experiment.with(|now| compare::differences(&pinned.experiment, now));
        if !rows.is_empty() {
            rows.extend(shell.player.with(|player| compare::results(&pinned.summary, &player.summary)));
        }
        rows
    };
    let is_pinned = move || compare.pinned.with(Option::is_some);
    let differs = move || !rows().is_empty();
    let cells = move || {
        let cells = |Row { name, pinned, now }: Row| vec![Cell::plain(name), Cell::plain(pinned), Cell::plain(now)];
        rows().into_iter().map(cells).collect()
    };
    view! {
        <Shown when=is_pinned>
            <Shown when=differs fallback=|| view! { <p class="compare hint">{say("pinned_hint")}</p> }>
                <div class="compare scroll">
                    <h3>{say("pinned_title")}</h3>
                    <Table head=|| head(&["col_setting", "col_pinned", "col_now"]) rows=cells />
                </div>
            </Shown>
        </Shown>
    }
}
