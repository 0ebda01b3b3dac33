//! The panel of fine-tuning: how far it is, what came of it, and its adapters as a file.

use crate::page::components::field::Button;
use crate::page::components::panel::{Hints, Panel};
use crate::page::components::shown::Shown;
use crate::page::components::table::{Table, Wide, head, plain};
use crate::page::platform::dom;
use crate::page::reactive::memo;
use crate::page::state::files::Tables;
use crate::page::state::saving::{made_name, save_made};
use crate::page::state::shell::Shell;
use crate::protocol::TableKind;
use crate::view::text::{self as words, say};
use crate::view::tool_use;
use leptos::prelude::*;
use std::collections::VecDeque;

/// How long ago speed is measured from, ms.
const WHILE_MS: f64 = 20_000.0;

/// The panel.
pub fn view() -> AnyView {
    view! { <Learning /> }.into_any()
}

/// Steps and tokens in a second over the last while, and what is left; empty while nothing is learned.
fn speed(shell: Shell) -> Memo<String> {
    // Time in ms, step, tokens.
    let seen = StoredValue::new(VecDeque::<[f64; 3]>::new());
    memo(move || {
        let (now, steps, is_learning) = shell.frame.with(|frame| {
            let tokens = f64::from(frame.scalar("learned_tokens").unwrap_or(0.0));
            let is_judging = frame.scalar("judging").is_some_and(|judging| !judging.is_nan());
            ([dom::now_ms(), frame.step as f64, tokens], frame.steps, !is_judging && frame.step < frame.steps)
        });
        // Judging takes time too, but reads no samples; going back is no learning.
        let is_on = seen.with_value(|seen| seen.back().is_none_or(|last| last[1] <= now[1]));
        seen.update_value(|seen| {
            if !is_learning || !is_on {
                seen.clear();
            }
            seen.push_back(now);
            while seen.len() > 2 && now[0] - seen[0][0] > WHILE_MS {
                seen.pop_front();
            }
        });
        let then = seen.with_value(|seen| seen.front().copied().unwrap_or(now));
        if is_learning { tool_use::speed(then, now, steps) } else { String::new() }
    })
}

/// The panel.
#[component]
fn Learning() -> impl IntoView {
    let (shell, tables) = (Shell::here(), Tables::here());
    let so_far = memo(move || shell.frame.with(|frame| tool_use::tuning(frame)));
    let judging = memo(move || shell.frame.with(|frame| tool_use::judging(frame)));
    let rows = move || plain(shell.frame.with(|frame| tool_use::rounds(frame)));
    let told = move || shell.frame.with(|frame| tool_use::told(frame));
    let speed = speed(shell);
    // Where no reply would be shown nobody is asked.
    let may_ask = memo(move || shell.shows("reply"));
    // The student as it was tuned so far is asked: its adapters become the reader's own.
    let ask = move || {
        let (name, _) = made_name(shell);
        shell.save(move |adapters| tables.hand(TableKind::Adapters, name, adapters));
    };
    let columns = || head(&["col_step", "col_taught", "col_taught_strict", "col_others", "col_taught_strict"]);
    view! {
        <Panel name="learning">
            <div class="told">
                <p>{so_far}</p>
                <p class="hint">{move || [speed.get(), judging.get()].concat()}</p>
                <Wide label=words::panel("learning").title>
                    <Table head=columns rows=rows />
                </Wide>
                <Shown when=move || may_ask.get()>
                    <div class="told">
                        <div class="row">
                            <Button label=say("ask_tuned") on_press=ask />
                        </div>
                        <p class="hint">{say("ask_tuned_help")}</p>
                    </div>
                </Shown>
                <div class="row">
                    <Button label=say("save_adapters") on_press=move || save_made(shell) />
                </div>
                <Hints lines=told />
            </div>
        </Panel>
    }
}
