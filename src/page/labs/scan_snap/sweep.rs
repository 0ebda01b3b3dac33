//! The sweep: what is varied, how far it is, and its results as lines, as a map, as a table.

use super::sweep_state::SweepState;
use crate::chart::{self, Chart, Readout};
use crate::experiment::Experiment;
use crate::number::significant;
use crate::page::components::chart_panel::{ChartPanel, Source};
use crate::page::components::each::Each;
use crate::page::components::field::{Button, Choice};
use crate::page::components::fold::Fold;
use crate::page::components::shown::Shown;
use crate::page::components::table::{Wide, head};
use crate::page::platform::dom;
use crate::page::reactive::{derived, memo};
use crate::view::sweep::{FIGURES, Figure, Group, RATIO, Sweep};
use crate::view::text::{self as words, fill, say};
use crate::view::{control, share};
use leptos::prelude::*;
use std::sync::Arc;

/// The part below the panels.
pub fn view() -> AnyView {
    view! { <SweepPanel /> }.into_any()
}

/// The panel.
#[component]
fn SweepPanel() -> impl IntoView {
    let state = SweepState::here();
    // Names on its charts are those of the language in use.
    if state.sweep.with_untracked(Option::is_some) {
        state.publish();
    }
    let words = words::panel("sweep");
    let seed = |seed: RwSignal<String>| view! { <TextField value=seed label=say("sweep_seeds") /> };
    let figure = move |figure: &'static Figure| {
        view! { <Button class="quiet" label=say(figure.words) on_press=move || state.fill(figure) /> }
    };
    view! {
        <section class="sweep" aria-label=words.title>
            <Fold title=(move || view! { <h2>{words.title}</h2> }).into()>
                <p class="hint">{words.caption}</p>
                <div class="plan">
                    <Vary which=0 />
                    <Vary which=1 />
                    <label>
                        <span>{say("sweep_seeds")}</span>
                        <span class="pair">{state.seeds.map(seed)}</span>
                    </label>
                </div>
                <p class="hint">{move || state.said_plan()}</p>
                <div class="row">
                    <Button label=say("sweep_start") disabled=state.is_running on_press=move || state.start() />
                    <Button
                        label=say("sweep_cancel")
                        disabled=derived(move || !state.is_running.get())
                        on_press=move || state.cancel()
                    />
                    {FIGURES.iter().map(figure).collect_view()}
                </div>
                <p class="error" role="alert">
                    {move || state.error.get().unwrap_or_default()}
                </p>
                <div class="progress">
                    <Progress />
                </div>
                <Results />
            </Fold>
        </section>
    }
    .into_any()
}

/// A field for a line of text.
#[component]
fn TextField(
    /// The text.
    value: RwSignal<String>,
    /// What it is, where no label says so.
    #[prop(optional)]
    label: &'static str,
    /// Whether it does not matter at the moment.
    #[prop(into, default = Signal::from(false))]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <input
            type="text"
            autocomplete="off"
            aria-label=(!label.is_empty()).then_some(label)
            disabled=disabled
            prop:value=value
            on:input:target=move |event| value.set(event.target().value())
        />
    }
}

/// A setting that is varied, and its values.
#[component]
fn Vary(
    /// The first or the second.
    which: usize,
) -> impl IntoView {
    let state = SweepState::here();
    let shell = state.shell;
    let options = derived(move || {
        let matters = |path: &&str| *path != "seed" && shell.experiment.with(|now| control::matters(path, now));
        let settings = shell.experiment.with(Experiment::settings);
        let paths = settings.iter().map(|setting| setting.path).filter(matters);
        let ratio = shell.experiment.with(|now| control::matters("training.eta_y", now)).then_some(RATIO);
        let named = paths.chain(ratio).map(|path| (path.to_owned(), words::setting(path).label.to_owned()));
        let nothing = (which == 1).then(|| (String::new(), say("sweep_nothing").to_owned()));
        nothing.into_iter().chain(named).collect::<Vec<_>>()
    });
    let path = state.paths[which];
    let is_unused = derived(move || which == 1 && path.with(String::is_empty));
    view! {
        <label>
            <span>{say(if which == 0 { "sweep_vary" } else { "sweep_and" })}</span>
            <Choice options=options chosen=path put=move |text: String| path.set(text) />
        </label>
        <label>
            <span>{say("sweep_values")}</span>
            <TextField value=state.values[which] disabled=is_unused />
        </label>
    }
}

/// How far the sweep is.
#[component]
fn Progress() -> impl IntoView {
    let state = SweepState::here();
    let is_there = memo(move || state.sweep.with(Option::is_some));
    let count = move |of: fn(&Sweep) -> usize| {
        move || state.sweep.with(|sweep| sweep.as_ref().map(|sweep| of(sweep).to_string()))
    };
    let failed = memo(move || {
        state.sweep.with(|sweep| {
            let failures = sweep.as_ref().and_then(|sweep| sweep.failures());
            failures.map(|(count, first)| fill("sweep_failed", &[&count.to_string(), first])).unwrap_or_default()
        })
    });
    view! {
        <Shown when=move || is_there.get()>
            <progress
                max=count(|sweep| sweep.cells.len())
                value=count(Sweep::done)
                aria-label=say("sweep_start")
            ></progress>
            <p class="hint">{move || state.said_progress()}</p>
            <Shown when=move || failed.with(|failed| !failed.is_empty())>
                <p class="error">{failed}</p>
            </Shown>
        </Shown>
    }
}

/// Charts and table of what came back so far.
#[component]
fn Results() -> impl IntoView {
    let state = SweepState::here();
    let some = memo(move || state.sweep.with(|sweep| sweep.as_ref().is_some_and(|sweep| sweep.done() > 0)));
    let charts = move || {
        let has = |chart: &Chart| state.frame.with(|frame| chart.has_data(frame));
        chart::of_panel("sweep").filter(has).map(Chart::name).collect()
    };
    let measures = derived(move || {
        let names = state.sweep.with(|sweep| sweep.as_ref().map_or_else(Vec::new, |sweep| sweep.measures()));
        names.into_iter().map(|name| (name.clone(), words::measure(&name))).collect::<Vec<_>>()
    });
    let put = move |name: String| {
        state.measure.set(name);
        state.publish();
    };
    let csv = move || {
        if let Some(sweep) = state.sweep.get_untracked() {
            let name = share::file_name("sweep", &state.shell.experiment.get_untracked(), None, "csv");
            dom::download_text(&sweep.csv(), &name, "text/csv");
        }
    };
    let chart = move |name: &'static str| {
        let chart = Chart::named(name).expect("the name is a chart's");
        let open = move |at: Readout| state.open(chart, &at);
        view! { <ChartPanel chart=chart source=Source::of(state.frame) on_open=open /> }.into_any()
    };
    view! {
        <Shown when=move || some.get()>
            <div class="row">
                <label>
                    <span>{say("sweep_show")}</span>
                    " "
                    <Choice options=measures chosen=state.measure put=put />
                </label>
                <Button class="quiet" label=say("sweep_csv") on_press=csv />
            </div>
            <div class="charts">
                <Each items=charts children=chart />
            </div>
            <Summary />
        </Shown>
    }
}

/// A row for each combination; each opens its first run.
#[component]
fn Summary() -> impl IntoView {
    let state = SweepState::here();
    let row = move |sweep: &Sweep, group: Group| {
        let values = sweep.varied.iter().zip(&group.at).map(|(varied, &at)| varied.values[at].to_string());
        let values = values.collect::<Vec<_>>().join(", ");
        let (at, label) = (group.at, fill("sweep_open", &[&values]));
        view! {
            <tr>
                <th scope="row">
                    <button type="button" class="quiet" aria-label=label on:click=move |_| state.open_first(at)>
                        {values}
                    </button>
                </th>
                <td>{significant(group.mean)}</td>
                <td>{significant(group.std)}</td>
                <td>{group.count}</td>
            </tr>
        }
    };
    let rows = move || {
        let sweep = state.sweep.get();
        let groups = |sweep: Arc<Sweep>| {
            let groups = sweep.groups(&state.measure.get());
            groups.into_iter().map(|group| row(&sweep, group)).collect_view()
        };
        sweep.map(groups)
    };
    let names = move || {
        let sweep = state.sweep.get();
        let names = sweep.iter().flat_map(|sweep| &sweep.varied).map(|varied| words::setting(varied.path).label);
        names.collect::<Vec<_>>().join(", ")
    };
    let column = |name: String| view! { <th scope="col">{name}</th> };
    view! {
        <div>
            <h3>{say("sweep_summary")}</h3>
            <Wide label=say("sweep_summary")>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{names}</th>
                            {head(&["col_mean", "col_std", "col_runs"]).into_iter().map(column).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Wide>
        </div>
    }
}
