//! As many workers as there are cores, for the runs of a sweep. Starts them, sends them jobs and takes their results; which job is
//! with which worker is [`Jobs`]' business, what a result means the caller's.

use super::engine::{Engine, OwnFile};
use crate::experiment::Experiment;
use crate::protocol::{Command, Event, RunId};
use crate::run::{Digest, Measure};
use crate::view::jobs::{Broken, Jobs};
use leptos::prelude::{set_timeout, window};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// More workers than this cost more memory than they save time.
const MOST: usize = 16;

/// What came of a job.
pub type Outcome = Result<(Digest, Vec<Measure>), String>;

/// A set of workers; dropping it ends them and what they were doing.
pub struct Pool {
    _state: Rc<State>,
}

struct State {
    experiments: Vec<Experiment>,
    /// The reader's file that every worker is given.
    file: Option<OwnFile>,
    jobs: RefCell<Jobs>,
    workers: RefCell<Vec<Option<Engine>>>,
    told: Box<dyn Fn(usize, Outcome)>,
}

/// Workers that a pool would have.
pub fn size() -> usize {
    (window().navigator().hardware_concurrency() as usize).clamp(1, MOST)
}

impl Pool {
    /// Starts on `jobs`, which may be about what is in `file`; `told` gets each job's index and outcome, once.
    ///
    /// # Errors
    /// Why no worker could be started.
    pub fn start(
        jobs: Vec<Experiment>,
        file: Option<&OwnFile>,
        told: impl Fn(usize, Outcome) + 'static,
    ) -> Result<Self, String> {
        let workers = size();
        let state = Rc::new(State {
            jobs: RefCell::new(Jobs::new(jobs.len(), workers)),
            experiments: jobs,
            file: file.cloned(),
            workers: RefCell::new((0..workers).map(|_| None).collect()),
            told: Box::new(told),
        });
        (0..workers).try_for_each(|worker| state.start(worker))?;
        Ok(Self { _state: state })
    }
}

impl State {
    fn start(self: &Rc<Self>, worker: usize) -> Result<(), String> {
        let texts = self.experiments.iter().any(Experiment::needs_all);
        // Weak: the workers' closures must not keep the pool that holds the workers.
        let weak = Rc::downgrade(self);
        let hear = move |event| {
            if let Some(state) = weak.upgrade() {
                state.hear(worker, event);
            }
        };
        let engine = Engine::start(texts, self.file.as_ref(), hear)?;
        self.workers.borrow_mut()[worker] = Some(engine);
        Ok(())
    }

    fn hear(self: &Rc<Self>, worker: usize, event: Event) {
        match event {
            Event::Ready { .. } => {
                self.jobs.borrow_mut().ready(worker);
                self.feed();
            }
            Event::Measured { run, digest, summary } => self.end(worker, run, Ok((digest, summary))),
            Event::Failed { run: Some(run), error } => self.end(worker, run, Err(error)),
            Event::Failed { run: None, error } => self.replace(worker, &error),
            _ => {}
        }
    }

    /// Sends every job that a worker has room for.
    fn feed(&self) {
        let next = || self.jobs.borrow_mut().lend();
        while let Some((worker, job)) = next() {
            if let Some(engine) = &self.workers.borrow()[worker] {
                let experiment = self.experiments[job].clone();
                engine.send(&Command::Measure { run: RunId(job as u32), experiment });
            }
        }
    }

    fn end(&self, worker: usize, run: RunId, outcome: Outcome) {
        let job = run.0 as usize;
        if self.jobs.borrow_mut().done(worker, job) {
            self.feed();
            (self.told)(job, outcome);
        }
    }

    /// Puts another worker in the place of one that broke, where that is of use.
    fn replace(self: &Rc<Self>, worker: usize, error: &str) {
        let Broken { failed, restart } = self.jobs.borrow_mut().broke(worker);
        self.feed();
        failed.into_iter().for_each(|job| (self.told)(job, Err(error.to_owned())));
        if restart {
            let weak = Rc::downgrade(self);
            let again = move || {
                let Some(state) = weak.upgrade() else { return };
                state.jobs.borrow_mut().restarted(worker);
                if let Err(error) = state.start(worker) {
                    state.replace(worker, &error);
                }
            };
            // The worker that broke is calling at this moment: it is dropped once its call has returned.
            set_timeout(again, Duration::ZERO);
        }
    }
}
