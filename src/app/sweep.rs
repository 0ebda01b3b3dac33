//! The sweep: what is varied, how far it is, and its results as lines, as a map, as a table.

use super::controls::on_axis;
use super::dom;
use super::element::{self, El, cell, div, el, fold, text};
use super::figure::Source;
use super::leptos::*;
use super::live::{Live, memo};
use super::panel::{Shown, panel_of};
use super::pool::{self, Pool};
use super::shell::Shell;
use crate::chart::{self, Chart, Readout, SweepPoint, SweepTable};
use crate::experiment::setting::shorten;
use crate::experiment::{Experiment, Link};
use crate::number::significant;
use crate::run::Frame;
use crate::view::sweep::{FIGURES, Figure, Group, RATIO, Sweep, SweepError, Varied, duration};
use crate::view::text::{self as words, fill, say};
use crate::view::{control, share};
use std::rc::Rc;
use std::sync::Arc;

/// Results shown at most this often while they come in, in ms.
const REFRESH_MS: u64 = 250;

/// The signals of the sweep; a handle. The shell keeps it, so that it goes on when the page is built anew.
#[derive(Clone, Copy)]
pub struct State {
    paths: [Live<String>; 2],
    values: [Live<String>; 2],
    seeds: [Live<String>; 2],
    error: Live<Option<String>>,
    /// What came back so far; published a few times a second.
    sweep: Live<Option<Arc<Sweep>>>,
    frame: Live<Arc<Frame>>,
    measure: Live<String>,
    running: Live<bool>,
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
pub fn panel(shell: Shell) -> El {
    let state = shell.sweep;
    // Names on its charts are those of the language in use.
    if state.sweep.peek(Option::is_some) {
        state.publish(shell);
    }
    let plan = move || match state.plan(shell) {
        Ok(sweep) => {
            let steps = shell.steps().to_string();
            let (runs, workers) = (sweep.cells.len().to_string(), pool::size());
            fill("sweep_plan", &[&runs, &steps, &workers.to_string(), &duration(sweep.estimate_secs(workers))])
        }
        Err(error) => error.to_string(),
    };
    let words = words::panel("sweep");
    let seeds =
        el("span").class("pair").all(state.seeds.map(|seed| field(seed).attr("aria-label", say("sweep_seeds"))));
    let plans = div("plan")
        .all(vary(shell, state, 0))
        .all(vary(shell, state, 1))
        .add(el("label").add(text("span", say("sweep_seeds"))).add(seeds));
    let buttons = div("row")
        .add(
            element::button("", say("sweep_start"), move || state.start(shell))
                .flag_of("disabled", move || state.running.get()),
        )
        .add(
            element::button("", say("sweep_cancel"), move || state.cancel())
                .flag_of("disabled", move || !state.running.get()),
        )
        .all(
            FIGURES.iter().map(|figure| element::button("quiet", say(figure.words), move || state.fill(shell, figure))),
        );
    let folded = fold(text("h2", words.title), false)
        .add(text("p", words.caption).class("hint"))
        .add(plans)
        .add(el("p").class("hint").words_of(plan))
        .add(buttons)
        .add(el("p").class("error").attr("role", "alert").words_of(move || state.error.get().unwrap_or_default()))
        .add(div("progress").part_of(move || progress(state)))
        .add(results(shell, state));
    el("section").class("sweep").attr("aria-label", words.title).add(folded)
}

fn field(signal: Live<String>) -> El {
    el("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .prop_of("value", move || signal.get().into())
        .on_value("input", move |text| signal.set(text))
}

fn vary(shell: Shell, state: State, which: usize) -> [El; 2] {
    let choice = move || {
        let matters = |path: &&str| *path != "seed" && shell.experiment.with(|now| control::matters(path, now));
        let settings = shell.experiment.with(Experiment::settings);
        let paths = settings.iter().map(|setting| setting.path).filter(matters);
        let ratio = shell.experiment.with(|now| control::matters("training.eta_y", now)).then_some(RATIO);
        let named = paths.chain(ratio).map(|path| (path.to_owned(), words::setting(path).label.to_owned()));
        let nothing = (which == 1).then(|| (String::new(), say("sweep_nothing").to_owned()));
        let path = state.paths[which];
        Some(element::choice(
            nothing.into_iter().chain(named).collect(),
            move || path.get(),
            move |text| path.set(text),
        ))
    };
    let key = if which == 0 { "sweep_vary" } else { "sweep_and" };
    let unused = move || which == 1 && state.paths[1].with(String::is_empty);
    [
        el("label").add(text("span", say(key))).maybe_of(choice),
        el("label").add(text("span", say("sweep_values"))).add(field(state.values[which]).flag_of("disabled", unused)),
    ]
}

fn progress(state: State) -> Vec<El> {
    let Some(sweep) = state.sweep.get() else { return Vec::new() };
    let (done, all) = (sweep.done(), sweep.cells.len());
    let elapsed = (dom::now_ms() - state.inner.with_value(|inner| inner.started_ms)) / 1000.0;
    let left = elapsed / done.max(1) as f64 * (all - done) as f64;
    let line = if state.running.get() && done > 0 {
        // Of the sweep's own runs: the page may show another experiment by now.
        let steps = sweep.cells[0].experiment.scan_snap().map_or(0, |settings| settings.training.steps);
        let (steps, workers) = (steps.to_string(), pool::size().to_string());
        fill("sweep_estimate", &[&format!("{done} / {all}"), &steps, &workers, &duration(left)])
    } else {
        fill("sweep_done", &[&done.to_string(), &all.to_string()])
    };
    let bar = el("progress")
        .attr("max", &all.to_string())
        .attr("value", &done.to_string())
        .attr("aria-label", say("sweep_start"));
    let failed = sweep
        .failures()
        .map(|(count, first)| text("p", &fill("sweep_failed", &[&count.to_string(), first])).class("error"));
    [bar, text("p", &line).class("hint")].into_iter().chain(failed).collect()
}

fn results(shell: Shell, state: State) -> El {
    let some = memo(move || state.sweep.with(|sweep| sweep.as_ref().is_some_and(|sweep| sweep.done() > 0)));
    let charts = memo(move || {
        let has = |frame: &Frame| chart::of_panel("sweep").filter(|chart| chart.has_data(frame)).collect::<Vec<_>>();
        state.frame.with(|frame| has(frame))
    });
    let measures =
        memo(move || state.sweep.with(|sweep| sweep.as_ref().map_or_else(Vec::new, |sweep| sweep.measures())));
    let measure = move || {
        let options = measures.get().into_iter().map(|name| (name.clone(), words::measure(&name))).collect();
        let put = move |name| {
            state.measure.set(name);
            state.publish(shell);
        };
        Some(element::choice(options, move || state.measure.get(), put))
    };
    let csv = move || {
        if let Some(sweep) = state.sweep.now() {
            let name = share::file_name("sweep", &shell.experiment.now(), None, "csv");
            dom::download_text(&sweep.csv(), &name, "text/csv");
        }
    };
    let chart = move |chart: Chart| {
        let source = move || Source { frame: state.frame.now(), pinned: None };
        let open = move |at: &Readout| state.open(shell, chart, at);
        let track = move || state.frame.track();
        panel_of(shell, Shown { chart, source: Rc::new(source), track: Rc::new(track), open: Some(Rc::new(open)) })
    };
    el("div").part_of(move || {
        if !some.get() {
            return Vec::new();
        }
        let choose = el("label").add(text("span", say("sweep_show"))).words(" ").maybe_of(measure);
        vec![
            div("row").add(choose).add(element::button("quiet", say("sweep_csv"), csv)),
            div("charts").part_of(move || charts.get().into_iter().map(chart).collect()),
            el("div").maybe_of(move || table(shell, state)),
        ]
    })
}

/// A row for each combination; each opens its first run.
fn table(shell: Shell, state: State) -> Option<El> {
    let sweep = state.sweep.get()?;
    let row = |group: Group| {
        let values = sweep.varied.iter().zip(&group.at).map(|(varied, &at)| varied.values[at].to_string());
        let values = values.collect::<Vec<_>>().join(", ");
        let at = group.at;
        let open = move || state.open_first(shell, at);
        let open = element::button("quiet", &values, open).attr("aria-label", &fill("sweep_open", &[&values]));
        vec![
            el("th").attr("scope", "row").add(open),
            cell(&significant(group.mean)),
            cell(&significant(group.std)),
            cell(&group.count.to_string()),
        ]
    };
    let names: Vec<&str> = sweep.varied.iter().map(|varied| words::setting(varied.path).label).collect();
    let head = [&names.join(", "), say("col_mean"), say("col_std"), say("col_runs")].map(str::to_owned);
    let rows = sweep.groups(&state.measure.get()).into_iter().map(row);
    let scroll = div("scroll").attr("tabindex", "0").attr("role", "region").attr("aria-label", say("sweep_summary"));
    Some(el("div").add(text("h3", say("sweep_summary"))).add(scroll.add(element::table(&head, rows))))
}

impl State {
    /// Figure 6, not yet asked for.
    pub fn new() -> Self {
        Self {
            paths: [RATIO, "training.eta_z"].map(|path| Live::new(path.to_owned())),
            values: ["1,2,5,10", "0.5,1,2"].map(|values| Live::new(values.to_owned())),
            seeds: ["1", "5"].map(|seed| Live::new(seed.to_owned())),
            error: Live::new(None),
            sweep: Live::new(None),
            frame: Live::new(Arc::default()),
            measure: Live::new("entropy_distinct".to_owned()),
            running: Live::new(false),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    fn plan(self, shell: Shell) -> Result<Sweep, SweepError> {
        let mut varied = Vec::new();
        for which in 0..2 {
            let path = self.paths[which].get();
            if !path.is_empty() {
                varied.push(Varied::read(&path, &self.values[which].get())?);
            }
        }
        let seed = |which: usize| {
            let given = self.seeds[which].get();
            given.trim().parse().map_err(|_| SweepError::Seeds { given: shorten(&given) })
        };
        Sweep::new(&shell.experiment.get(), varied, (seed(0)?, seed(1)?))
    }

    fn start(self, shell: Shell) {
        let sweep = match untrack(|| self.plan(shell)) {
            Ok(sweep) => sweep,
            Err(error) => return self.error.set(Some(error.to_string())),
        };
        self.error.set(None);
        let jobs: Vec<_> = sweep.cells.iter().map(|cell| cell.experiment.clone()).collect();
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
        let file = jobs.iter().find_map(|job| shell.file_for(job));
        match Pool::start(jobs, file.as_ref(), told) {
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
            && !measures.contains(&self.measure.now())
        {
            self.measure.set(first.clone());
        }
        self.frame.set(Arc::new(frame(&sweep, &self.measure.now())));
        self.sweep.set(Some(Arc::new(sweep)));
        shell.painter().touch_all(None);
    }

    /// Opens the first run of the combination whose mean was clicked.
    fn open(self, shell: Shell, chart: Chart, at: &Readout) {
        let Some(row) = self.frame.peek(|frame| chart.opened_at(frame, at.place)) else { return };
        // The frame has one row for each group, in the same order.
        let groups = self.sweep.peek(|sweep| sweep.as_ref().map(|sweep| sweep.groups(&self.measure.now())));
        if let Some(group) = groups.into_iter().flatten().nth(row) {
            self.open_first(shell, group.at);
        }
    }

    fn open_first(self, shell: Shell, at: [usize; 2]) {
        let first =
            |sweep: &Arc<Sweep>| sweep.cells.iter().find(|cell| cell.at == at).map(|cell| cell.experiment.clone());
        if let Some(experiment) = self.sweep.peek(|sweep| sweep.as_ref().and_then(first)) {
            shell.replace(experiment);
            dom::focus("run");
        }
    }

    /// The smallest panel of Figure 6: one query, two classes.
    fn fill(self, shell: Shell, figure: &'static Figure) {
        for (which, (path, values)) in figure.varied.into_iter().enumerate() {
            self.paths[which].set(path.to_owned());
            self.values[which].set(values.to_owned());
        }
        for (seed, text) in self.seeds.iter().zip(figure.seeds) {
            seed.set(text.to_owned());
        }
        self.measure.set(figure.measure.to_owned());
        shell.replace(Link::parse(figure.link).0.experiment);
    }
}

fn frame(sweep: &Sweep, measure: &str) -> Frame {
    let number = |which: usize, at: usize| sweep.varied.get(which).map_or(0.0, |varied| on_axis(varied.values[at], at));
    let point = |group: Group| SweepPoint {
        x: number(0, group.at[0]),
        line: number(1, group.at[1]),
        mean: group.mean,
        std: if group.count > 1 { group.std } else { f64::NAN },
        n: group.count as u32,
    };
    let label = |which: usize| sweep.varied.get(which).map_or("", |varied| words::setting(varied.path).label);
    SweepTable {
        x_label: label(0).to_owned(),
        line_label: label(1).to_owned(),
        value_label: words::measure(measure),
        rows: sweep.groups(measure).into_iter().map(point).collect(),
    }
    .frame()
}
