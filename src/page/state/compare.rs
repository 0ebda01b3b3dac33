//! The pinned run: charts draw it beside the run shown. It has a worker of its own, which answers when another class is
//! looked at.

use super::feature::Feature;
use super::shell::Shell;
use crate::experiment::{Experiment, Link, View};
use crate::page::platform::engine::Engine;
use crate::page::reactive::{effect, follow_memo, memo};
use crate::protocol::{Command, Event, RunId};
use crate::run::{Frame, Measure};
use leptos::prelude::*;
use std::sync::Arc;

/// A run that others are drawn against.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// What was run.
    pub experiment: Experiment,
    /// Its last frame.
    pub frame: Arc<Frame>,
    /// Its summary numbers, if it was finished.
    pub summary: Vec<Measure>,
}

/// The pinned run. A handle, in the context.
#[derive(Clone, Copy)]
pub struct Compare {
    /// The run, once there is one.
    pub pinned: RwSignal<Option<Arc<Pinned>>>,
    shell: Shell,
    engine: StoredValue<Option<Engine>, LocalStorage>,
}

impl Feature for Compare {
    fn opened(&self, view: &View) {
        match view.compare.as_deref().map(Link::parse) {
            Some((other, refused)) => {
                refused.iter().for_each(|error| self.shell.notices.add(format!("view.compare: {error}")));
                self.pin_run(other.experiment, None);
            }
            None => self.unpin(),
        }
    }
}

impl Compare {
    /// Nothing is pinned; follows links that pin a run, and the class that is looked at.
    pub fn start(shell: Shell) -> Self {
        let compare = Self { pinned: RwSignal::new(None), shell, engine: StoredValue::new_local(None) };
        shell.add(compare);
        let focus = memo(move || shell.view.with(|view| format!("{} {:?}", view.class, view.alpha)));
        effect(move || {
            follow_memo(focus);
            compare.send(&Command::Focus { run: RunId(0), focus: shell.focus() });
        });
        compare
    }

    /// The pinned run of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    fn send(self, command: &Command) {
        self.engine.with_value(|engine| {
            if let Some(engine) = engine {
                engine.send(command);
            }
        });
    }

    /// Keeps the run shown, to draw others against it.
    pub fn pin(self) {
        let pinned = Pinned {
            experiment: self.shell.experiment.get_untracked(),
            frame: self.shell.frame.get_untracked(),
            summary: self.shell.player.with_untracked(|player| player.summary.clone()),
        };
        self.pin_run(pinned.experiment.clone(), Some(pinned));
    }

    fn pin_run(self, experiment: Experiment, known: Option<Pinned>) {
        // Unless another link is opened meanwhile.
        let wanted = self.shell.view.with_untracked(|view| view.compare.clone());
        let told = experiment.clone();
        self.shell.bring(&experiment, move |is_here| {
            if is_here && self.shell.view.with_untracked(|view| view.compare == wanted) {
                self.launch(told, known);
            }
        });
    }

    fn launch(self, experiment: Experiment, known: Option<Pinned>) {
        self.pinned.set(known.map(Arc::new));
        let told = experiment.clone();
        let file = self.shell.file_for(&experiment);
        let engine = Engine::start(experiment.needs_all(), file.as_ref(), move |event| self.hear(&told, event)).ok();
        if let Some(engine) = &engine {
            self.shell.introduce(engine);
            engine.send(&Command::Start {
                run: RunId(0),
                experiment,
                focus: self.shell.focus(),
                seek: u64::MAX,
                playing: false,
                pace: f64::INFINITY,
            });
        }
        self.engine.set_value(engine);
        self.shell.painter().touch_all(None);
    }

    fn hear(self, experiment: &Experiment, event: Event) {
        match event {
            Event::Progress { run, frame, .. } => {
                self.send(&Command::Drawn { run });
                let summary = self.pinned.with_untracked(|pinned| pinned.as_ref().map(|p| p.summary.clone()));
                let (frame, summary) = (Arc::new(frame), summary.unwrap_or_default());
                self.pinned.set(Some(Arc::new(Pinned { experiment: experiment.clone(), frame, summary })));
                self.shell.painter().touch_all(None);
            }
            Event::Finished { summary, .. } => self.pinned.update(|pinned| {
                if let Some(pinned) = pinned {
                    Arc::make_mut(pinned).summary = summary;
                }
            }),
            Event::Failed { error, .. } => self.shell.notices.add(error),
            _ => {}
        }
    }

    /// Lets the pinned run go.
    pub fn unpin(self) {
        self.pinned.set(None);
        self.engine.set_value(None);
        self.shell.painter().touch_all(None);
    }
}
