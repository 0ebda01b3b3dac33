//! One sampled sequence as tokens, coloured by attention before training and now.

use super::panel::painted;
use super::shell::Shell;
use crate::view::digits::significant;
use crate::view::text::{self, fill, say};
use crate::view::token::{self, Position};
use leptos::html::Div;
use leptos::prelude::*;

/// The panel.
pub fn panel(shell: Shell) -> AnyView {
    let words = text::panel("sequence");
    let rows = NodeRef::<Div>::new();
    let positions = RwSignal::new(Vec::<Position>::new());
    let paint = move || {
        let now = shell.frame.with_untracked(|frame| token::sequence(frame));
        if positions.with_untracked(|shown| *shown != now) {
            positions.set(now);
        }
    };
    painted(shell, move || rows.get().map(|rows| (*rows).clone().into()), paint);
    let hint = RwSignal::new(String::new());
    let told = move |i: usize| {
        positions.with_untracked(|positions| {
            positions.get(i).map_or_else(String::new, |at| {
                let [before, now] = at.attention.map(significant);
                fill("times_uniform", &[&at.name, at.role, &now, &before])
            })
        })
    };
    // The tokens stay as long as the sequence does; only their colours change.
    let names = Memo::new(move |_| {
        positions.with(|positions| positions.iter().map(|at| (at.name.clone(), at.distinct)).collect::<Vec<_>>())
    });
    let row = move |which: usize| {
        names.get().into_iter().enumerate().map(move |(i, (name, distinct))| {
            let class = move || {
                let level = positions.with(|positions| positions.get(i).map_or(0, |at| at.level[which]));
                if distinct { format!("t a{level} distinct") } else { format!("t a{level}") }
            };
            view! { <span class=class on:pointerenter=move |_| hint.set(told(i))>{name}</span> " " }
        }).collect::<Vec<_>>()
    };
    view! {
        <figure class="panel p-sequence" role="group" aria-labelledby="chart-sequence">
            <h3 id="chart-sequence">{words.title}</h3>
            <div node_ref=rows class="sequence">
                <h4>{say("now")}</h4><p>{move || row(1)}</p>
                <h4>{say("before")}</h4><p>{move || row(0)}</p>
            </div>
            <p class="readout">{move || hint.get()}</p>
            <figcaption>{words.caption}</figcaption>
        </figure>
    }
    .into_any()
}
