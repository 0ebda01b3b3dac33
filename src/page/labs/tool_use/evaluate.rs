//! Panels of calls that are scored: rates, reasons of failure, which tool is called for which, cases.

use crate::chart::{Chart, Readout};
use crate::page::components::chart_panel::ChartPanel;
use crate::page::components::each::Each;
use crate::page::components::panel::{Hints, Panel};
use crate::page::components::table::{Cell, Pick, Table, Wide, head, plain};
use crate::page::platform::dom;
use crate::page::reactive::{derived, memo};
use crate::page::state::shell::Shell;
use crate::view::text::{self as words, say};
use crate::view::tool_use::{self, Case};
use leptos::prelude::*;

/// Rates of all, of each kind and of each tool.
pub fn rates() -> AnyView {
    view! { <Rates /> }.into_any()
}

/// Reasons of failure.
pub fn reasons() -> AnyView {
    view! { <Reasons /> }.into_any()
}

/// Which tool is called for which.
pub fn confusion() -> AnyView {
    view! { <Confusion /> }.into_any()
}

/// The cases of what is looked at.
pub fn cases() -> AnyView {
    view! { <Cases /> }.into_any()
}

/// The chart of which tool is called for which.
fn chart() -> Chart {
    Chart::named("confusion").expect("the chart is in the registry")
}

/// Whether there are calls to compare.
pub fn has_confusion(shell: Shell) -> bool {
    shell.frame.with(|frame| chart().has_data(frame))
}

/// Rates of all, of each kind and of each tool.
#[component]
fn Rates() -> impl IntoView {
    let shell = Shell::here();
    let so_far = memo(move || shell.frame.with(|frame| tool_use::scored(frame)));
    let kinds = move || plain(shell.frame.with(|frame| tool_use::rates(frame)));
    let tools = move || plain(shell.frame.with(|frame| tool_use::tool_rates(frame)));
    let told = move || shell.frame.with(|frame| tool_use::told(frame));
    let of_kinds = || {
        head(&["col_kind", "col_n", "col_thought", "col_action", "col_args", "col_success", "col_iou", "col_strict"])
    };
    let of_tools = || head(&["col_tool", "col_calls", "col_n", "col_action", "col_args", "col_success"]);
    let title = words::panel("rates").title;
    view! {
        <Panel name="rates">
            <div class="told">
                <p>{so_far}</p>
                <Wide label=title>
                    <Table head=of_kinds rows=kinds />
                </Wide>
                <Wide label=title>
                    <Table head=of_tools rows=tools />
                </Wide>
                <Hints lines=told />
            </div>
        </Panel>
    }
}

/// What can be looked at: reasons of failure, and which tool is taken for which.
#[component]
fn Reasons() -> impl IntoView {
    let shell = Shell::here();
    let choices = move || shell.frame.with(|frame| tool_use::choices(frame));
    let rows = move || {
        let row = |(_, name, count): (u32, String, String)| vec![Cell::plain(name), Cell::plain(count)];
        choices().into_iter().map(row).collect()
    };
    let pick = Pick {
        picked: derived(move || {
            let class = shell.frame.with(|frame| frame.focus.class);
            choices().iter().position(|(of, ..)| *of == class).unwrap_or(usize::MAX)
        }),
        put: Callback::from(move |at: usize| {
            if let Some((class, ..)) = untrack(choices).get(at).cloned() {
                shell.set_class(class);
            }
        }),
    };
    view! {
        <Panel name="reasons">
            <div class="scores">
                <Wide label=words::panel("reasons").title>
                    <Table head=|| head(&["col_what", "col_count"]) rows=rows pick=pick />
                </Wide>
            </div>
        </Panel>
    }
}

/// A text under what it is, in a list of terms.
#[component]
pub fn Part(
    /// Word of the catalogue for what it is.
    key: &'static str,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <dt>{say(key)}</dt>
        <dd>
            <pre>{text}</pre>
        </dd>
    }
}

/// The cases of what is looked at.
#[component]
fn Cases() -> impl IntoView {
    let shell = Shell::here();
    let of = memo(move || shell.frame.with(|frame| tool_use::looked_at(frame)));
    let note = memo(move || shell.frame.with(|frame| tool_use::cases_note(frame)));
    let cases = move || shell.frame.with(|frame| tool_use::cases(frame));
    let case = |Case { title, said, before, truth, prediction, difference }: Case| {
        let part = |key, text: String| view! { <Part key=key text=text /> };
        let maybe = |key, text: String| (!text.is_empty()).then(|| part(key, text));
        view! {
            <li>
                <h4>{title}</h4>
                <dl>
                    {part("case_said", said)} {maybe("case_before", before)} {part("case_truth", truth)}
                    {part("case_prediction", prediction)} {maybe("case_difference", difference)}
                </dl>
            </li>
        }
        .into_any()
    };
    // Escape leads back to the matrix from whose cell one came.
    let back = |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            dom::focus_on(".p-confusion canvas");
        }
    };
    view! {
        <Panel name="cases">
            <div class="told scroll" tabindex="0" role="region" aria-labelledby="chart-cases" on:keydown=back>
                <p aria-live="polite">
                    <strong>{of}</strong>
                    " "
                    {note}
                </p>
                <ul class="made">
                    <Each items=cases children=case />
                </ul>
            </div>
        </Panel>
    }
}

/// Which tool is called for which, each cell of which opens its cases.
#[component]
fn Confusion() -> impl IntoView {
    let shell = Shell::here();
    let open = move |at: Readout| {
        if let Some(cell) = shell.frame.with_untracked(|frame| chart().opened_at(frame, at.place)) {
            shell.set_class(tool_use::class_of_cell(cell));
            dom::focus_on(".p-cases .told");
        }
    };
    view! { <ChartPanel chart=chart() on_open=open /> }
}
