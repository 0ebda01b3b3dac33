//! The state of the sweep: what was asked for, its runs in a pool of workers, and what came back so far.

use crate::chart::{Chart, Readout, SweepPoint, SweepTable};
use crate::experiment::setting::shorten;
use crate::experiment::{Link, Value};
use crate::page::platform::dom;
use crate::page::platform::pool::{self, Pool};
use crate::page::state::shell::Shell;
use crate::run::Frame;
use crate::view::sweep::{Figure, Group, RATIO, Sweep, SweepError, Varied, duration};
use crate::view::text::{self as words, fill};
use leptos::prelude::*;
use std::sync::Arc;

/// Results shown at most this often while they come in.
const REFRESH: core::time::Duration = core::time::Duration::from_millis(250);

/// The state of the sweep. A handle, in the context, so that it goes on when the page is built anew.
#[derive(Clone, Copy)]
pub struct SweepState {
    /// The page's run: what the sweep varies.
    pub shell: Shell,
    /// Paths of the settings that are varied; the second may be empty.
    pub paths: [RwSignal<String>; 2],
    /// Their values, with commas.
    pub values: [RwSignal<String>; 2],
    /// First and last seed.
    pub seeds: [RwSignal<String>; 2],
    /// Why the sweep could not start.
    pub error: RwSignal<Option<String>>,
    /// What came back so far; published a few times a second.
    pub sweep: RwSignal<Option<Arc<Sweep>>>,
    /// The same as a frame for charts.
    pub frame: RwSignal<Arc<Frame>>,
    /// Which summary number is shown.
    pub measure: RwSignal<String>,
    /// Whether runs are under way.
    pub is_running: RwSignal<bool>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    pool: Option<Pool>,
    sweep: Option<Sweep>,
    is_due: bool,
    started_ms: f64,
}

impl SweepState {
    /// The paper's Figure 6, not yet asked for.
    pub fn new(shell: Shell) -> Self {
        Self {
            shell,
            paths: [RATIO, "training.eta_z"].map(|path| RwSignal::new(path.to_owned())),
            values: ["1,2,5,10", "0.5,1,2"].map(|values| RwSignal::new(values.to_owned())),
            seeds: ["1", "5"].map(|seed| RwSignal::new(seed.to_owned())),
            error: RwSignal::new(None),
            sweep: RwSignal::new(None),
            frame: RwSignal::new(Arc::default()),
            measure: RwSignal::new("entropy_distinct".to_owned()),
            is_running: RwSignal::new(false),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// The sweep of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    fn plan(self) -> Result<Sweep, SweepError> {
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
        Sweep::new(&self.shell.experiment.get(), varied, (seed(0)?, seed(1)?))
    }

    /// What a start would cost, or why it could not be.
    pub fn said_plan(self) -> String {
        match self.plan() {
            Ok(sweep) => {
                let steps = self.shell.steps().to_string();
                let (runs, workers) = (sweep.cells.len().to_string(), pool::size());
                fill("sweep_plan", &[&runs, &steps, &workers.to_string(), &duration(sweep.estimate_secs(workers))])
            }
            Err(error) => error.to_string(),
        }
    }

    /// How far it is.
    pub fn said_progress(self) -> String {
        let Some(sweep) = self.sweep.get() else { return String::new() };
        let (done, all) = (sweep.done(), sweep.cells.len());
        if !self.is_running.get() || done == 0 {
            return fill("sweep_done", &[&done.to_string(), &all.to_string()]);
        }
        let elapsed = (dom::now_ms() - self.inner.with_value(|inner| inner.started_ms)) / 1000.0;
        let left = elapsed / done as f64 * (all - done) as f64;
        // Of the sweep's own runs: the page may show another experiment by now.
        let steps = sweep.cells[0].experiment.scan_snap().map_or(0, |settings| settings.training.steps);
        let (steps, workers) = (steps.to_string(), pool::size().to_string());
        fill("sweep_estimate", &[&format!("{done} / {all}"), &steps, &workers, &duration(left)])
    }

    /// Starts the runs.
    pub fn start(self) {
        let sweep = match untrack(|| self.plan()) {
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
            self.publish_soon();
        };
        let file = jobs.iter().find_map(|job| self.shell.file_for(job));
        match Pool::start(jobs, file.as_ref(), told) {
            Ok(pool) => {
                self.inner.update_value(|inner| inner.pool = Some(pool));
                self.is_running.set(true);
                self.publish();
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Ends the runs that are under way.
    pub fn cancel(self) {
        self.inner.update_value(|inner| inner.pool = None);
        self.is_running.set(false);
    }

    fn publish_soon(self) {
        let mut was_due = true;
        self.inner.update_value(|inner| was_due = core::mem::replace(&mut inner.is_due, true));
        if !was_due {
            set_timeout(move || self.publish(), REFRESH);
        }
    }

    /// Shows what came back so far.
    pub fn publish(self) {
        let mut sweep = None;
        self.inner.update_value(|inner| {
            inner.is_due = false;
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
        self.shell.painter().touch_all(None);
    }

    /// Opens the first run of the combination whose mean was clicked.
    pub fn open(self, chart: Chart, at: &Readout) {
        let Some(row) = self.frame.with_untracked(|frame| chart.opened_at(frame, at.place)) else { return };
        let sweep = self.sweep.get_untracked();
        let groups = sweep.map(|sweep| sweep.groups(&self.measure.get_untracked()));
        // The frame has one row for each group, in the same order.
        if let Some(group) = groups.into_iter().flatten().nth(row) {
            self.open_first(group.at);
        }
    }

    /// Opens the first run of a combination.
    pub fn open_first(self, at: [usize; 2]) {
        let sweep = self.sweep.get_untracked();
        let first =
            |sweep: Arc<Sweep>| sweep.cells.iter().find(|cell| cell.at == at).map(|cell| cell.experiment.clone());
        if let Some(experiment) = sweep.and_then(first) {
            self.shell.replace(experiment);
            dom::focus("run");
        }
    }

    /// Fills in a figure of the paper, and shows its first run.
    pub fn fill(self, figure: &'static Figure) {
        for (which, (path, values)) in figure.varied.into_iter().enumerate() {
            self.paths[which].set(path.to_owned());
            self.values[which].set(values.to_owned());
        }
        for (seed, text) in self.seeds.iter().zip(figure.seeds) {
            seed.set(text.to_owned());
        }
        self.measure.set(figure.measure.to_owned());
        self.shell.replace(Link::parse(figure.link).0.experiment);
    }
}

/// The value of a setting as a place on an axis; words and flags stand at their order.
fn on_axis(value: Value, at: usize) -> f64 {
    match value {
        Value::Integer(value) => value as f64,
        Value::Real(value) => value,
        Value::Choice(_) | Value::Flag(_) => at as f64,
    }
}

/// What came back so far as a frame for charts.
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
