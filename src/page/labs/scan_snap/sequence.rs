//! One sequence as tokens, coloured by attention before training and now: a sampled one, or one of the text as the position
//! that is pointed at attends to it.

use crate::page::components::canvas::use_painted;
use crate::page::components::each::Each;
use crate::page::components::panel::Panel;
use crate::page::components::tokens::moved;
use crate::page::state::shell::Shell;
use crate::view::text::say;
use crate::view::token::{self, Position};
use leptos::html;
use leptos::prelude::*;

/// Whether there is a sequence to show.
pub fn has(shell: Shell) -> bool {
    shell.frame.with(|frame| frame.labels("sequence").len() + frame.values("sequence").len() > 0)
}

/// The panel.
pub fn view() -> AnyView {
    view! { <Sequence /> }.into_any()
}

/// The panel.
#[component]
fn Sequence() -> impl IntoView {
    let shell = Shell::here();
    let positions = RwSignal::new(Vec::<Position>::new());
    let hint = RwSignal::new(String::new());
    // On a text the last position asks until another is pointed at.
    let last = shell.frame.with_untracked(|frame| frame.labels("sequence").len().checked_sub(1));
    let chosen = RwSignal::new(last);
    let rows = NodeRef::<html::Div>::new();
    let show = move || {
        let chosen = chosen.get_untracked();
        let frame = shell.frame.get_untracked();
        let now = token::sequence(&frame, chosen.unwrap_or_default());
        if positions.with_untracked(|shown| *shown != now) {
            positions.set(now);
        }
        let said = chosen.map_or_else(String::new, |chosen| token::said(&frame, chosen));
        if hint.with_untracked(|hint| *hint != said) {
            hint.set(said);
        }
    };
    use_painted(shell, rows, show);
    let choose = move |at: usize| {
        chosen.set(Some(at));
        show();
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let last = positions.with_untracked(Vec::len).saturating_sub(1);
        if let Some(at) = moved(&event, chosen.get_untracked().unwrap_or_default(), last) {
            choose(at);
        }
    };
    view! {
        <Panel name="sequence">
            <div
                class="sequence"
                node_ref=rows
                tabindex="0"
                role="group"
                aria-labelledby="chart-sequence"
                on:keydown=press
            >
                <h4>{say("now")}</h4>
                <Tokens positions=positions which=1 choose=choose />
                <h4>{say("before")}</h4>
                <Tokens positions=positions which=0 choose=choose />
            </div>
            <p class="readout">{hint}</p>
        </Panel>
    }
}

/// A row of tokens. They stay as long as the sequence does; only their colours change.
#[component]
fn Tokens(
    /// The sequence.
    positions: RwSignal<Vec<Position>>,
    /// 0 before training, 1 now.
    which: usize,
    /// Takes the position that is pointed at.
    #[prop(into)]
    choose: Callback<(usize,)>,
) -> impl IntoView {
    let names = move || positions.with(|positions| positions.iter().map(|at| at.name.clone()).enumerate().collect());
    let token = move |(at, name): (usize, String)| {
        let class = move || {
            positions.with(|positions| {
                let at = positions.get(at)?;
                Some(format!("t a{}{}", at.level[which], if at.marked { " distinct" } else { "" }))
            })
        };
        view! {
            <span class=class on:pointerenter=move |_| choose.run((at,))>
                {name}
            </span>
        }
        .into_any()
    };
    view! {
        <p>
            <Each items=names children=token />
        </p>
    }
}
