//! As many workers as there are cores, for the runs of a sweep. Knows jobs and results, not what they mean.

use super::engine::{Engine, OwnFile};
use leptos::prelude::window;
use crate::experiment::Experiment;
use crate::protocol::{Command, Event, RunId};
use crate::run::{Digest, Measure};
use std::cell::RefCell;
use std::rc::Rc;

/// Jobs that a worker has at a time: one at work and one waiting, so that it never idles.
const AT_A_TIME: usize = 2;
/// More workers than this cost more memory than they save time.
const MOST: usize = 16;

/// What came of a job.
pub type Outcome = Result<(Digest, Vec<Measure>), String>;

/// A set of workers; dropping it ends them and what they were doing.
pub struct Pool {
    _state: Rc<RefCell<State>>,
}

struct State {
    workers: Vec<(Engine, usize)>,
    jobs: Vec<Experiment>,
    next: usize,
}

/// Workers that a pool would have.
pub fn size() -> usize {
    (window().navigator().hardware_concurrency() as usize).clamp(1, MOST)
}

impl Pool {
    /// Starts on `jobs`, which may be about what is in `file`; `told` gets each outcome with the job's place.
    ///
    /// # Errors
    /// Why no worker could be started.
    pub fn start(
        jobs: Vec<Experiment>,
        file: Option<&OwnFile>,
        told: impl Fn(usize, Outcome) + Clone + 'static,
    ) -> Result<Self, String> {
        let state = Rc::new(RefCell::new(State { workers: Vec::new(), jobs, next: 0 }));
        let texts = state.borrow().jobs.iter().any(Experiment::needs_all);
        for worker in 0..size() {
            // Weak: the workers' closures must not keep the pool that holds the workers.
            let (weak, told) = (Rc::downgrade(&state), told.clone());
            let engine = Engine::start(texts, file, move |event| {
                let Some(state) = weak.upgrade() else { return };
                match event {
                    Event::Ready { .. } => feed(&state, worker, AT_A_TIME),
                    Event::Measured { run, digest, summary } => {
                        feed(&state, worker, 1);
                        told(run.0 as usize, Ok((digest, summary)));
                    }
                    Event::Failed { run: Some(run), error } => {
                        feed(&state, worker, 1);
                        told(run.0 as usize, Err(error));
                    }
                    // A worker that broke leaves its jobs; they are told as failed so that the sweep ends.
                    Event::Failed { run: None, error } => {
                        let lost = state.borrow().workers.get(worker).map_or(0, |(_, first)| *first);
                        told(lost, Err(error));
                    }
                    _ => {}
                }
            })?;
            state.borrow_mut().workers.push((engine, 0));
        }
        Ok(Self { _state: state })
    }
}

fn feed(state: &RefCell<State>, worker: usize, count: usize) {
    let mut state = state.borrow_mut();
    for _ in 0..count {
        let at = state.next;
        let Some(experiment) = state.jobs.get(at).cloned() else { return };
        state.next += 1;
        if let Some((engine, last)) = state.workers.get_mut(worker) {
            *last = at;
            engine.send(&Command::Measure { run: RunId(at as u32), experiment });
        }
    }
}
