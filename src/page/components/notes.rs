//! The notes: what is being seen, the paper's claims checked on this run, the equations, the terms.

use super::each::Each;
use super::equation::Equation;
use super::fold::Fold;
use super::table::Terms;
use crate::page::reactive::{follow_memo, memo};
use crate::page::state::entry::Labs;
use crate::page::state::shell::Shell;
use crate::view::check::CheckView;
use crate::view::math::Said;
use crate::view::text as catalogue;
use crate::view::text::say;
use leptos::prelude::*;

/// What is being seen at the moment, in a sentence.
#[component]
pub fn Seen() -> impl IntoView {
    let shell = Shell::here();
    let labs = Labs::here();
    let seen = memo(move || {
        shell.experiment.with(|experiment| shell.frame.with(|frame| (labs.of(experiment).seen)(experiment, frame)))
    });
    // Of a run that cannot go on its error says it all.
    let has_failed = memo(move || shell.player.with(|player| player.error.is_some()));
    view! { <p class="seen">{move || if has_failed.get() { "" } else { say(seen.get()) }}</p> }
}

/// The notes.
#[component]
pub fn Notes() -> impl IntoView {
    let (shell, labs) = (Shell::here(), Labs::here());
    let count = memo(move || shell.frame.with(|frame| frame.checks.len()));
    let equation = |(key, math): &Said| {
        view! {
            <p class="hint">{say(key)}</p>
            <Equation math=*math />
        }
    };
    let lab = labs.current(shell);
    let all = move || {
        let lab = labs.named(lab.get());
        lab.into_iter().flat_map(|lab| lab.equations).map(equation).collect_view()
    };
    let source = memo(move || shell.experiment.with(|experiment| experiment.lab.known().words.source));
    view! {
        <aside class="notes" aria-label=catalogue::panel("notes").title>
            <h2>{say("claims")}</h2>
            <ul class="checks">
                <Each items=move || (0..count.get()).collect() children=|at| view! { <Check at=at /> }.into_any() />
            </ul>
            <p class="hint">{move || say(source.get())}</p>
            <Fold title=(|| view! { <h2>{say("equations")}</h2> }).into()>{all}</Fold>
            <Fold title=(|| view! { <h2>{say("glossary")}</h2> }).into()>
                <Glossary />
            </Fold>
        </aside>
    }
    .into_any()
}

/// A claim of the paper, checked on this run.
#[component]
fn Check(
    /// Its place among all.
    at: usize,
) -> impl IntoView {
    let shell = Shell::here();
    let check = move || shell.frame.with(|frame| frame.checks.get(at).map(CheckView::new));
    let part = move |of: fn(CheckView) -> String| move || check().map(of).unwrap_or_default();
    view! {
        <li class=part(|check| format!("check {}", check.kind))>
            <span class="mark" aria-hidden="true">
                {part(|check| check.mark.to_owned())}
            </span>
            <p>
                {part(|check| check.sentence)} " " <strong>{part(|check| check.verdict.to_owned())}</strong> <br />
                <small>
                    {part(|check| check.detail)} " " <span class="source">{part(|check| check.source.to_owned())}</span>
                </small>
            </p>
        </li>
    }
}

/// The terms of the lab and what they mean.
#[component]
pub fn Glossary() -> impl IntoView {
    let shell = Shell::here();
    let lab = Labs::here().current(shell);
    move || {
        follow_memo(lab);
        let rows = shell.experiment.with_untracked(|experiment| catalogue::glossary(experiment).collect());
        view! { <Terms class="glossary" rows=rows /> }
    }
}
