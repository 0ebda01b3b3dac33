//! Panels of the lab of explanations besides its charts: the scores as a table, what the explanation that is looked at shows
//! and tells, the distribution, estimates, sentences, images, all maps.

use crate::page::components::each::Each;
use crate::page::components::panel::{Hints, Panel};
use crate::page::components::shown::Shown;
use crate::page::components::table::{Cell, Pick, Table, Wide, head, plain};
use crate::page::platform::canvas;
use crate::page::reactive::{derived, effect, memo};
use crate::page::state::shell::Shell;
use crate::view::explained::{self, Pair, Picture, Row, Sentence};
use crate::view::text::{self as words, fill, say};
use leptos::html;
use leptos::prelude::*;

/// The scores as a table.
pub fn table() -> AnyView {
    view! { <Scores /> }.into_any()
}

/// What the explanation that is looked at tells.
pub fn told() -> AnyView {
    view! { <Told /> }.into_any()
}

/// The distribution.
pub fn distribution() -> AnyView {
    view! { <Distribution /> }.into_any()
}

/// Estimates with their intervals.
pub fn estimates() -> AnyView {
    view! { <Estimates /> }.into_any()
}

/// Sentences with their selected words.
pub fn words() -> AnyView {
    view! { <Sentences /> }.into_any()
}

/// Images with their selected pixels.
pub fn images() -> AnyView {
    view! { <Images /> }.into_any()
}

/// All maps there are.
pub fn maps() -> AnyView {
    view! { <Maps /> }.into_any()
}

/// Makes the names of rows choose the explanation that is looked at.
fn pick(shell: Shell) -> Pick {
    Pick {
        picked: derived(move || shell.frame.with(|frame| frame.focus.class as usize)),
        put: Callback::from(move |at: usize| shell.set_class(at as u32)),
    }
}

/// The verdict on the explanation that is looked at, and what shows it.
#[component]
fn Verdict() -> impl IntoView {
    let shell = Shell::here();
    let verdict = move || shell.frame.with(|frame| explained::verdict(frame));
    view! {
        <p class="verdict" data-encodes=move || verdict().0>
            {move || verdict().1}
        </p>
        <p>{move || verdict().2}</p>
    }
}

/// What is left of a long run.
#[component]
fn Cost() -> impl IntoView {
    let shell = Shell::here();
    let cost = memo(move || shell.experiment.with(|now| shell.frame.with(|frame| explained::cost(now, frame))));
    view! { <p class="hint">{cost}</p> }
}

/// The head of the column of STRIPE-X, with its weight.
fn stripe_x(shell: Shell) -> String {
    shell.frame.with(|frame| fill("col_stripe_x", &[&explained::number(frame.focus.alpha)]))
}

/// The scores: a row for each explanation, the best of each column in bold.
#[component]
fn Scores() -> impl IntoView {
    let shell = Shell::here();
    let rows = move || {
        let cells = |row: Row| {
            let verdict = Cell::classed(row.verdict, if row.encodes { "yes" } else { "no" });
            let number = |(words, is_best): (String, bool)| Cell { words, class: if is_best { "best" } else { "" } };
            [Cell::plain(row.name), verdict].into_iter().chain(row.numbers.into_iter().map(number)).collect::<Vec<_>>()
        };
        shell.frame.with(|frame| explained::rows(frame)).into_iter().map(cells).collect()
    };
    let columns = move || {
        let mut columns = head(&[
            "col_explanation",
            "col_encodes",
            "col_eval_x",
            "col_fresh",
            "col_roar",
            "col_meter",
            "col_meter_mi",
        ]);
        columns.push(stripe_x(shell));
        columns.extend(head(&["col_accuracy", "col_kl01"]));
        columns
    };
    let left_out = move || {
        let left_out = shell.frame.with(|frame| frame.labels("left_out").to_vec());
        left_out.iter().map(|why| fill("left_out", &[why])).collect()
    };
    view! {
        <Panel name="table">
            <div class="scores">
                <Wide label=words::panel("table").title>
                    <Table head=columns rows=rows pick=pick(shell) />
                </Wide>
                <Hints lines=left_out />
            </div>
        </Panel>
    }
}

/// What the reader of an explanation sees beside what it tells, and the verdict with its witness.
#[component]
fn Told() -> impl IntoView {
    let shell = Shell::here();
    let pairs = move || shell.frame.with(|frame| explained::pairs(frame));
    let column = |name: String| view! { <th scope="col">{name}</th> };
    let input = |(input, is_shown): (String, bool)| {
        view! { <span class=if is_shown { "seen-input" } else { "hidden-input" }>{input}</span> }
    };
    let row = move |pair: Pair| {
        view! {
            <tr>
                <th scope="row">{pair.seen.into_iter().map(input).collect_view()}</th>
                <td>{pair.values}</td>
                <td>{pair.picked}</td>
                <td class=if pair.tells { "yes" } else { "no" }>{pair.gap}</td>
                <td>{pair.how_often}</td>
            </tr>
        }
        .into_any()
    };
    let columns = head(&["col_see", "col_values", "col_picked", "col_gap", "col_how_often"]);
    view! {
        <Panel name="told">
            <div class="told">
                <Verdict />
                <Wide label=words::panel("told").title>
                    <table>
                        <thead>
                            <tr>{columns.into_iter().map(column).collect_view()}</tr>
                        </thead>
                        <tbody>
                            <Each items=pairs children=row />
                        </tbody>
                    </table>
                </Wide>
            </div>
        </Panel>
    }
}

/// The distribution: each input x, how often it comes, what it says of y, and what is selected.
#[component]
fn Distribution() -> impl IntoView {
    let shell = Shell::here();
    let rows = move || plain(shell.frame.with(|frame| explained::distribution(frame)));
    let note = memo(move || shell.frame.with(|frame| explained::distribution_note(frame)));
    let columns = move || {
        let labels = shell.frame.with(|frame| frame.labels("labels").to_vec());
        let mut columns = head(&["col_x", "col_p"]);
        columns.extend(labels.iter().map(|label| fill("col_law", &[label])));
        columns.push(say("col_selected").to_owned());
        columns
    };
    view! {
        <Panel name="distribution">
            <div>
                <Wide label=words::panel("distribution").title>
                    <Table head=columns rows=rows />
                </Wide>
                <p class="hint">{note}</p>
            </div>
        </Panel>
    }
}

/// Estimates with their intervals.
#[component]
fn Estimates() -> impl IntoView {
    let shell = Shell::here();
    let rows = move || plain(shell.frame.with(|frame| explained::estimates(frame)));
    let columns = move || {
        let mut columns = head(&[
            "col_explanation",
            "col_encodes",
            "col_eval_x",
            "col_fresh",
            "col_meter",
            "col_floor",
            "col_control",
        ]);
        columns.push(stripe_x(shell));
        columns
    };
    let told = move || shell.frame.with(|frame| explained::told(frame));
    view! {
        <Panel name="estimates">
            <div>
                <Cost />
                <Wide label=words::panel("estimates").title>
                    <Table head=columns rows=rows pick=pick(shell) />
                </Wide>
                <Hints lines=told />
            </div>
        </Panel>
    }
}

/// Sentences with the words that are selected, and the verdict.
#[component]
fn Sentences() -> impl IntoView {
    let shell = Shell::here();
    let sentences = move || shell.frame.with(|frame| explained::sentences(frame)).into_iter().enumerate().collect();
    let classifier = memo(move || shell.frame.with(|frame| explained::classifier(frame)));
    let left_out = move || shell.frame.with(|frame| frame.labels("left_out").to_vec());
    let word = |(word, is_selected): (String, bool)| {
        let marked = if is_selected {
            view! { <mark>{word}</mark> }.into_any()
        } else {
            view! { <span>{word}</span> }.into_any()
        };
        view! {
            {marked}
            " "
        }
    };
    let sentence = move |(_, (label, words)): (usize, Sentence)| {
        view! {
            <li>
                <p>{words.into_iter().map(word).collect_view()}</p>
                <small>{label}</small>
            </li>
        }
        .into_any()
    };
    view! {
        <Panel name="words">
            <div class="told">
                <p class="hint">{classifier}</p>
                <Cost />
                <Hints lines=left_out />
                <Verdict />
                <ul class="sentences">
                    <Each items=sentences children=sentence />
                </ul>
            </div>
        </Panel>
    }
}

/// All images, what the explanation does not show of them dimmed.
#[component]
fn Images() -> impl IntoView {
    let shell = Shell::here();
    let pictures = memo(move || shell.frame.with(|frame| explained::pictures(frame)));
    let learned = memo(move || shell.frame.with(|frame| explained::learned(frame)));
    let count = memo(move || pictures.with(Vec::len));
    let picture = move |at: usize| view! { <ImageCard at=at pictures=pictures /> }.into_any();
    view! {
        <Panel name="images">
            <div>
                <p class="hint">{learned}</p>
                <ul class="images">
                    <Each items=move || (0..count.get()).collect() children=picture />
                </ul>
            </div>
        </Panel>
    }
}

/// An image with its label.
#[component]
fn ImageCard(
    /// Its place among all.
    at: usize,
    /// All images.
    pictures: Memo<Vec<Picture>>,
) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(node) = node.get() {
            pictures.with(|pictures| {
                let picture = pictures.get(at)?;
                canvas::put_pixels(&node, &picture.rgba, picture.side)
            });
        }
    });
    let words = move |of: fn(&Picture) -> &String| {
        move || pictures.with(|pictures| pictures.get(at).map(|picture| of(picture).clone()))
    };
    view! {
        <li>
            <canvas node_ref=node role="img" aria-label=words(|picture| &picture.name)></canvas>
            <small>{words(|picture| &picture.label)}</small>
        </li>
    }
}

/// All maps: how far, and what each score says of them.
#[component]
fn Maps() -> impl IntoView {
    let shell = Shell::here();
    let maps = move || shell.frame.with(|frame| explained::maps(frame));
    let sentence = move |of: fn(explained::Maps) -> String| move || maps().map(of);
    let columns = || head(&["col_score", "col_best", "col_best_maps", "col_best_encoding", "col_weak", "col_strong"]);
    let rows = move || plain(maps().map(|maps| maps.rows).unwrap_or_default());
    let title = words::panel("maps").title;
    view! {
        <Panel name="maps">
            <div>
                <Cost />
                <Shown when=move || maps().is_some() fallback=|| view! { <p class="hint">{say("maps_not_yet")}</p> }>
                    <p>{sentence(|maps| maps.sentence)}</p>
                    <progress
                        max="1"
                        value=move || maps().map(|maps| maps.share.to_string())
                        aria-label=title
                    ></progress>
                    <Wide label=title>
                        <Table head=columns rows=rows />
                    </Wide>
                    <p>{sentence(|maps| maps.alpha)}</p>
                </Shown>
            </div>
        </Panel>
    }
}
