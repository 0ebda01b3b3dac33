//! The sweep: what is varied, how far it is, and its results as lines, as a map, as a table.

use super::panel::{Numbers, panel_of};
use super::figure::Source;
use super::pool::{self, Pool};
use super::shell::Shell;
use super::dom;
use crate::chart::{Chart, SweepPoint, SweepTable};
use crate::experiment::{SETTINGS, Value};
use crate::view::digits::{duration, significant};
use crate::view::sweep::{Sweep, SweepError, Varied};
use crate::view::text::{self, fill, say};
use crate::view::{control, share};
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

/// Results shown at most this often while they come in, in ms.
const REFRESH_MS: u64 = 250;

/// The signals of the sweep; a handle.
#[derive(Clone, Copy)]
struct State {
    paths: [RwSignal<String>; 2],
    values: [RwSignal<String>; 2],
    seeds: [RwSignal<String>; 2],
    error: RwSignal<Option<String>>,
    /// What came back so far; published a few times a second.
    sweep: RwSignal<Option<Arc<Sweep>>>,
    frame: RwSignal<Arc<crate::run::Frame>>,
    measure: RwSignal<String>,
    running: RwSignal<bool>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    pool: Option<Pool>,
    sweep: Option<Sweep>,
    due: bool,
    started_ms: f64,
}

/// The panel.
pub fn panel(shell: Shell) -> AnyView {
    let state = State {
        paths: ["training.eta_y", "training.eta_z"].map(|path| RwSignal::new(path.to_owned())),
        values: ["1,2,5,10", "0.5,1,2"].map(|values| RwSignal::new(values.to_owned())),
        seeds: ["1", "5"].map(|seed| RwSignal::new(seed.to_owned())),
        error: RwSignal::new(None),
        sweep: RwSignal::new(None),
        frame: RwSignal::new(Arc::default()),
        measure: RwSignal::new("entropy_distinct".to_owned()),
        running: RwSignal::new(false),
        inner: StoredValue::new_local(Inner::default()),
    };
    let words = text::panel("sweep");
    let plan = move || state.plan(shell).map_or_else(|error| error.to_string(), |sweep| {
        let steps = significant(sweep.cells.first().map_or(0, |_| shell.steps()) as f64);
        fill("sweep_plan", &[&sweep.cells.len().to_string(), &steps, &pool::size().to_string()])
    });
    view! {
        <section class="sweep" aria-labelledby="sweep-title">
            <details class="fold">
                <summary><h2 id="sweep-title">{words.title}</h2></summary>
                <p class="hint">{words.caption}</p>
                <div class="plan">
                    {vary(shell, state, 0)}
                    {vary(shell, state, 1)}
                    <label><span>{say("sweep_seeds")}</span><span class="pair">{field(state.seeds[0])}{field(state.seeds[1])}</span></label>
                </div>
                <p class="hint">{plan}</p>
                <div class="row">
                    <button on:click=move |_| state.start(shell) disabled=move || state.running.get()>{say("sweep_start")}</button>
                    <button on:click=move |_| state.cancel() disabled=move || !state.running.get()>{say("sweep_cancel")}</button>
                    <button class="quiet" on:click=move |_| state.fill_figure_6(shell)>{say("sweep_fig6")}</button>
                </div>
                <p class="error" role="alert">{move || state.error.get()}</p>
                {progress(shell, state)}
                {results(shell, state)}
            </details>
        </section>
    }
    .into_any()
}

fn field(signal: RwSignal<String>) -> AnyView {
    view! { <input type="text" autocomplete="off" prop:value=move || signal.get() on:input=move |event| signal.set(event_target_value(&event)) /> }
        .into_any()
}

fn vary(shell: Shell, state: State, which: usize) -> AnyView {
    let options = move || {
        let offered = shell.experiment.with(|experiment| {
            SETTINGS.iter().map(|setting| setting.path).filter(|path| *path != "seed" && control::matters(path, experiment)).collect::<Vec<_>>()
        });
        offered
            .into_iter()
            .map(|path| {
                let selected = move || state.paths[which].with(|chosen| chosen == path);
                view! { <option value=path prop:selected=selected>{text::setting(path).label}</option> }
            })
            .collect::<Vec<_>>()
    };
    let nothing = (which == 1).then(|| {
        view! { <option value="" prop:selected=move || state.paths[1].with(String::is_empty)>{say("sweep_nothing")}</option> }
    });
    let used = move || which == 0 || state.paths[1].with(|path| !path.is_empty());
    view! {
        <label><span>{say(if which == 0 { "sweep_vary" } else { "sweep_and" })}</span>
            <select on:change=move |event| state.paths[which].set(event_target_value(&event))>{nothing}{options}</select>
        </label>
        <label class:off=move || !used()><span>{say("sweep_values")}</span>{field(state.values[which])}</label>
    }
    .into_any()
}

fn progress(shell: Shell, state: State) -> AnyView {
    let bar = move || {
        state.sweep.with(|sweep| {
            let sweep = sweep.as_ref()?;
            let (done, all) = (sweep.done(), sweep.cells.len());
            let elapsed = (dom::now_ms() - state.inner.with_value(|inner| inner.started_ms)) / 1000.0;
            let left = elapsed / done.max(1) as f64 * (all - done) as f64;
            let words = if state.running.get() && done > 0 {
                let workers = pool::size().to_string();
                fill("sweep_estimate", &[&format!("{done} / {all}"), &shell.steps().to_string(), &workers, &duration(left)])
            } else {
                fill("sweep_done", &[&done.to_string(), &all.to_string()])
            };
            let failed = sweep.failures().map(|(count, first)| {
                view! { <p class="error">{fill("sweep_failed", &[&count.to_string(), first])}</p> }
            });
            Some(view! {
                <progress max=all.to_string() value=done.to_string() aria-label=say("sweep_start")></progress>
                <p class="hint">{words}</p>
                {failed}
            })
        })
    };
    view! { <div class="progress">{bar}</div> }.into_any()
}

fn results(shell: Shell, state: State) -> AnyView {
    let some = Memo::new(move |_| state.sweep.with(|sweep| sweep.as_ref().is_some_and(|sweep| sweep.done() > 0)));
    let charts = Memo::new(move |_| {
        state.frame.with(|frame| {
            [Chart::SweepLine, Chart::SweepMap].into_iter().filter(|chart| chart.has_data(frame)).collect::<Vec<_>>()
        })
    });
    let numbers: StoredValue<Numbers, LocalStorage> = StoredValue::new_local(Rc::new(move || Source {
        frame: state.frame.get_untracked(),
        pinned: None,
    }));
    let chart = move |chart: Chart| panel_of(shell, chart, numbers.get_value(), move || state.frame.track());
    let measures = Memo::new(move |_| state.sweep.with(|sweep| sweep.as_ref().map_or_else(Vec::new, |sweep| sweep.measures())));
    let choose = move |event| {
        state.measure.set(event_target_value(&event));
        state.publish(shell);
    };
    let options = move || {
        measures.get().into_iter().map(|name| {
            let words = text::measure(&name);
            let value = name.clone();
            let selected = move || state.measure.with(|chosen| *chosen == name);
            view! { <option value=value prop:selected=selected>{words}</option> }
        }).collect::<Vec<_>>()
    };
    let csv = move |_| {
        if let Some(sweep) = state.sweep.get_untracked() {
            let name = share::file_name("sweep", &shell.experiment.get_untracked(), None, "csv");
            dom::download_text(&sweep.csv(), &name, "text/csv");
        }
    };
    move_view(move || {
        some.get().then(|| {
            view! {
                <div class="row">
                    <label><span>{say("sweep_show")}</span><select on:change=choose>{options}</select></label>
                    <button class="quiet" on:click=csv>{say("sweep_csv")}</button>
                </div>
                <div class="charts"><For each=move || charts.get() key=|chart| chart.name() children=chart /></div>
                {table(shell, state)}
            }
        })
    })
}

fn move_view<V: IntoView + 'static>(part: impl Fn() -> V + Send + 'static) -> AnyView {
    view! { <div>{part}</div> }.into_any()
}

/// A row for each combination; each opens its first run.
fn table(shell: Shell, state: State) -> AnyView {
    let rows = move || {
        let sweep = state.sweep.get()?;
        let groups = sweep.groups(&state.measure.get());
        let rows: Vec<_> = groups
            .into_iter()
            .map(|group| {
                let values: Vec<String> =
                    sweep.varied.iter().zip(&group.at).map(|(varied, &at)| varied.values[at].to_string()).collect();
                let first = sweep.cells.iter().find(|cell| cell.at == group.at).map(|cell| cell.experiment.clone());
                let open = move |_| {
                    if let Some(experiment) = first.clone() {
                        shell.replace(experiment);
                        dom::focus("run");
                    }
                };
                let label = fill("sweep_open", &[&values.join(", ")]);
                view! {
                    <tr>
                        <th scope="row"><button class="quiet" aria-label=label on:click=open>{values.join(", ")}</button></th>
                        <td>{significant(group.mean)}</td><td>{significant(group.std)}</td><td>{group.count}</td>
                    </tr>
                }
            })
            .collect();
        let names: Vec<_> = sweep.varied.iter().map(|varied| text::setting(varied.path).label).collect();
        Some(view! {
            <div class="scroll" tabindex="0" role="region" aria-label=say("sweep_summary")>
                <table>
                    <caption>{say("sweep_summary")}</caption>
                    <thead><tr>
                        <th scope="col">{names.join(", ")}</th><th scope="col">{say("col_mean")}</th>
                        <th scope="col">{say("col_std")}</th><th scope="col">{say("col_runs")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    };
    move_view(rows)
}

impl State {
    fn plan(self, shell: Shell) -> Result<Sweep, SweepError> {
        let mut varied = Vec::new();
        for which in 0..2 {
            let path = self.paths[which].get();
            if !path.is_empty() {
                varied.push(Varied::read(&path, &self.values[which].get())?);
            }
        }
        let seed = |which: usize| self.seeds[which].get().trim().parse().map_err(|_| SweepError::Seeds);
        Sweep::new(&shell.experiment.get(), varied, (seed(0)?, seed(1)?))
    }

    fn start(self, shell: Shell) {
        let sweep = match untrack(|| self.plan(shell)) {
            Ok(sweep) => sweep,
            Err(error) => return self.error.set(Some(error.to_string())),
        };
        self.error.set(None);
        let jobs = sweep.cells.iter().map(|cell| cell.experiment.clone()).collect();
        self.inner.update_value(|inner| {
            inner.sweep = Some(sweep);
            inner.started_ms = dom::now_ms();
        });
        let told = move |at: usize, outcome| {
            self.inner.update_value(|inner| {
                if let Some(cell) = inner.sweep.as_mut().and_then(|sweep| sweep.cells.get_mut(at)) {
                    cell.outcome = Some(outcome);
                }
            });
            self.publish_soon(shell);
        };
        match Pool::start(jobs, told) {
            Ok(pool) => {
                self.inner.update_value(|inner| inner.pool = Some(pool));
                self.running.set(true);
                self.publish(shell);
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    fn cancel(self) {
        self.inner.update_value(|inner| inner.pool = None);
        self.running.set(false);
    }

    fn publish_soon(self, shell: Shell) {
        let mut due = true;
        self.inner.update_value(|inner| due = core::mem::replace(&mut inner.due, true));
        if !due {
            set_timeout(move || self.publish(shell), core::time::Duration::from_millis(REFRESH_MS));
        }
    }

    fn publish(self, shell: Shell) {
        let mut sweep = None;
        self.inner.update_value(|inner| {
            inner.due = false;
            sweep = inner.sweep.clone();
        });
        let Some(sweep) = sweep else { return };
        if sweep.done() == sweep.cells.len() {
            self.cancel();
        }
        let measures = sweep.measures();
        if let Some(first) = measures.first()
            && !measures.contains(&self.measure.get_untracked())
        {
            self.measure.set(first.clone());
        }
        self.frame.set(Arc::new(frame(&sweep, &self.measure.get_untracked())));
        self.sweep.set(Some(Arc::new(sweep)));
        shell.painter().touch_all(None);
    }

    /// The smallest panel of Figure 6: one query, two classes.
    fn fill_figure_6(self, shell: Shell) {
        for (which, path, values) in [(0, "training.eta_y", "0.5,1,2,3,5,10"), (1, "training.eta_z", "0.5,1,2,3")] {
            self.paths[which].set(path.to_owned());
            self.values[which].set(values.to_owned());
        }
        for (seed, text) in self.seeds.iter().zip(["1", "10"]) {
            seed.set(text.to_owned());
        }
        let mut experiment = crate::experiment::Experiment::default();
        for (path, text) in [("data.last_tokens", "1"), ("data.next_per_last", "2"), ("model.init", "uniform")] {
            if experiment.set(path, text).is_err() {
                return;
            }
        }
        shell.replace(experiment);
    }
}

fn frame(sweep: &Sweep, measure: &str) -> crate::run::Frame {
    let number = |which: usize, at: usize| match sweep.varied.get(which).map(|varied| varied.values[at]) {
        Some(Value::Integer(value)) => value as f64,
        Some(Value::Real(value)) => value,
        // Words and flags stand at 0, 1, 2 in their order.
        Some(Value::Choice(_) | Value::Flag(_)) => at as f64,
        None => 0.0,
    };
    let point = |group: crate::view::sweep::Group| SweepPoint {
        x: number(0, group.at[0]),
        line: number(1, group.at[1]),
        mean: group.mean,
        std: if group.count > 1 { group.std } else { f64::NAN },
        n: group.count as u32,
    };
    let label = |which: usize| sweep.varied.get(which).map_or("", |varied| text::setting(varied.path).label);
    SweepTable {
        x_label: label(0).to_owned(),
        line_label: label(1).to_owned(),
        value_label: text::measure(measure),
        rows: sweep.groups(measure).into_iter().map(point).collect(),
    }
    .frame()
}
