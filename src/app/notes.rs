//! The notes: what is being seen, the paper's claims checked on this run, the equations, the terms.

use super::equations;
use super::shell::Shell;
use crate::view::check::CheckView;
use crate::view::math::EQUATIONS;
use crate::view::text::{say, text};
use crate::view::{notes, text as catalogue};
use leptos::prelude::*;

/// The notes.
pub fn notes(shell: Shell) -> AnyView {
    let seen = Memo::new(move |_| {
        shell.experiment.with(|experiment| shell.frame.with(|frame| notes::seen(experiment, frame)))
    });
    let count = Memo::new(move |_| shell.frame.with(|frame| frame.checks.len()));
    let checks = move || (0..count.get()).map(|i| check(shell, i)).collect::<Vec<_>>();
    let equations: Vec<_> = EQUATIONS
        .iter()
        .map(|(key, math)| view! { <p class="hint">{say(key)}</p> {equations::equation(*math)} })
        .collect();
    view! {
        <aside class="notes" aria-label=catalogue::panel("notes").title>
            <h2>{say("seen_title")}</h2>
            <p>{move || say(seen.get())}</p>
            <h2>{say("claims")}</h2>
            <ul class="checks">{checks}</ul>
            <p class="hint">{say("source")}</p>
            <details class="fold"><summary><h2>{say("equations")}</h2></summary>{equations}</details>
            <details class="fold"><summary><h2>{say("glossary")}</h2></summary>{glossary()}</details>
        </aside>
    }
    .into_any()
}

fn check(shell: Shell, i: usize) -> AnyView {
    let view = Memo::new(move |_| shell.frame.with(|frame| frame.checks.get(i).map(CheckView::new)));
    let part = move |of: fn(CheckView) -> String| move || view.get().map(of).unwrap_or_default();
    view! {
        <li class=part(|check| format!("check {}", check.kind))>
            <span class="mark" aria-hidden="true">{part(|check| check.mark.to_owned())}</span>
            <p>
                {part(|check| check.sentence)} " "
                <strong>{part(|check| check.verdict.to_owned())}</strong>
                <br/>
                <small>{part(|check| check.detail)} <span class="source">{part(|check| check.source.to_owned())}</span></small>
            </p>
        </li>
    }
    .into_any()
}

/// The terms and what they mean.
pub fn glossary() -> AnyView {
    let terms: Vec<_> = text().glossary.iter().map(|(term, words)| view! { <dt>{*term}</dt><dd>{*words}</dd> }).collect();
    view! { <dl class="glossary">{terms}</dl> }.into_any()
}
