//! What a part of the page adds to runs: the files they start on, what a new worker is told, what happens at an event.

use super::super::platform::engine::OwnFile;
use crate::experiment::{Experiment, View};
use crate::protocol::{Command, Event};

/// What follows once something was brought: whether it is here.
pub type Then = Box<dyn FnOnce(bool)>;

/// A part of the page that runs depend on. The shell asks all features it was given, in their order.
pub trait Feature {
    /// A link was opened; its run has just been started.
    fn opened(&self, _view: &View) {}

    /// The page's worker told something.
    fn heard(&self, _event: &Event) {}

    /// What a new worker is told before its first run.
    fn for_worker(&self) -> Vec<Command> {
        Vec::new()
    }

    /// The file that a worker must have read before it can run an experiment.
    fn file_for(&self, _experiment: &Experiment) -> Option<OwnFile> {
        None
    }

    /// Whether an experiment cannot start before something is brought.
    fn is_missing(&self, _experiment: &Experiment) -> bool {
        false
    }

    /// Brings what is missing, then calls `then`.
    fn bring(&self, then: Then) {
        then(true);
    }
}
