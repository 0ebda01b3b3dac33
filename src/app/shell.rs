//! The page's state as signals, and all that can be done to it. What a worker tells is turned into state here, and
//! nowhere else.

use super::engine::{Engine, Reads};
use super::leptos::*;
use super::live::Live;
use super::painter::Painter;
use super::{address, dom, embed, files, own_text, sweep};
use super::{catalogue, endpoint, own_tables};
use crate::experiment::link::Start;
use crate::experiment::{ConfigError, Experiment, Link, Value, View};
use crate::protocol::{Command, Event, RunId, State};
use crate::run::{ENGINE, Focus, Frame, Measure, Report};
use crate::view::player::PlayerView;
use crate::view::text::{fill, say};
use std::sync::Arc;

/// Steps per second where the link does not say: the default run of 100 steps is a film of ten seconds.
const USUAL_PACE: f64 = 10.0;

/// The speed of a run where nobody says: a model that learns first takes many steps, of which none is worth a look.
fn usual_pace(experiment: &Experiment) -> f64 {
    if experiment.has_model() { f64::INFINITY } else { USUAL_PACE }
}

/// How long a setting must rest before its run starts, in ms.
const REST_MS: u64 = 150;
/// Workers that may break one after the other before the page gives up.
const CRASHES: u32 = 3;

/// A run that others are drawn against.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// What was run.
    pub experiment: Experiment,
    /// Its pictures' numbers.
    pub frame: Arc<Frame>,
    /// Its summary numbers, if it was finished.
    pub summary: Vec<Measure>,
}

/// The dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Named experiments.
    Gallery,
    /// Links, embed codes, files.
    Share,
    /// Keys and terms.
    Help,
    /// Asking a chat endpoint.
    Endpoint,
    /// Editing tools.
    Catalogue,
}

/// The page's state. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct Shell {
    /// What is run.
    pub experiment: Live<Experiment>,
    /// What is shown of it.
    pub view: Live<View>,
    /// Where the run stands.
    pub player: Live<PlayerView>,
    /// The moment shown.
    pub frame: Live<Arc<Frame>>,
    /// The run compared with.
    pub pinned: Live<Option<Arc<Pinned>>>,
    /// Digest that the link promises.
    pub expected: Live<Option<u64>>,
    /// Steps per second.
    pub pace: Live<f64>,
    /// What could not be done, for the reader to see.
    pub notices: Live<Vec<String>>,
    /// The last milestone, for the live region.
    pub said: Live<String>,
    /// The dialog that is open.
    pub dialog: Live<Option<Dialog>>,
    /// The language in use.
    pub language: Live<String>,
    /// The sweep.
    pub sweep: sweep::State,
    /// The reader's own text.
    pub own_text: own_text::State,
    /// The reader's own samples to learn from.
    pub own_samples: own_text::State,
    /// The reader's own tables.
    pub own_tables: own_tables::State,
    /// A chat endpoint that is asked.
    pub endpoint: endpoint::State,
    /// Tools that are being edited.
    pub catalogue: catalogue::State,
    /// Whether the page is dark at the moment.
    pub dark: Live<bool>,
    /// Whether keys do anything.
    pub keys_on: Live<bool>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    engine: Option<Engine>,
    /// The pinned run's own worker: it answers when another class is looked at.
    pinned_engine: Option<Engine>,
    painter: Painter,
    crashes: u32,
    resting: Option<TimeoutHandle>,
    /// What the run is told while it waits for the student's base, if it does.
    awaiting: Option<Vec<Command>>,
    /// Who waits for the report.
    on_report: Option<Box<dyn FnOnce(Report)>>,
    /// Whether what the run made, and was asked for, is for the page itself.
    keeps_made: bool,
}

impl Shell {
    /// An empty page in a language.
    pub fn new(language: String) -> Self {
        Self {
            experiment: Live::new(Experiment::default()),
            view: Live::new(View::default()),
            player: Live::new(PlayerView::new(RunId(0), 0, false)),
            frame: Live::new(Arc::default()),
            pinned: Live::new(None),
            expected: Live::new(None),
            pace: Live::new(USUAL_PACE),
            notices: Live::new(Vec::new()),
            said: Live::new(String::new()),
            dialog: Live::new(None),
            language: Live::new(language),
            sweep: sweep::State::new(),
            own_text: own_text::State::new(Reads::Text),
            own_samples: own_text::State::new(Reads::Samples),
            own_tables: own_tables::State::new(),
            endpoint: endpoint::State::new(),
            catalogue: catalogue::State::new(),
            dark: Live::new(false),
            keys_on: Live::new(dom::stored("snapscope-keys").as_deref() != Some("off")),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// The painter of all pictures.
    pub fn painter(self) -> Painter {
        self.inner.with_value(|inner| inner.painter.clone())
    }

    /// Opens a link: its valid part runs, the rest is said.
    pub fn open(self, text: &str) {
        let (link, refused) = Link::parse(text);
        let mut notices: Vec<String> = refused.iter().map(ToString::to_string).collect();
        if !notices.is_empty() {
            notices.insert(0, say("refused").to_owned());
        }
        let mut experiment = link.experiment;
        if let Err(error) = experiment.validate() {
            notices.extend([error.to_string(), say("default_instead").to_owned()]);
            experiment = Experiment::default();
        }
        self.notices.set(notices);
        self.expected.set(link.digest);
        self.pace.set(link.view.pace.unwrap_or_else(|| usual_pace(&experiment)));
        let compare = link.view.compare.as_deref().map(Link::parse);
        let seek = link.view.step;
        let waits = link.view.embed;
        self.view.set(link.view);
        self.experiment.set(experiment);
        match compare {
            Some((other, refused)) => {
                self.notices
                    .update(|notices| notices.extend(refused.iter().map(|error| format!("view.compare: {error}"))));
                self.pin_run(other.experiment, None);
            }
            None => self.unpin(),
        }
        // Where motion is not wanted the finished picture is shown; embedded runs start when they are seen.
        let calm = dom::media("(prefers-reduced-motion: reduce)") && !waits;
        let last = self.steps();
        match seek {
            Some(step) => self.start(step, false),
            None if calm => self.start(last, false),
            None => self.start(0, !waits),
        }
        if waits {
            embed::opened(self);
        }
    }

    /// Sets one setting; the new run starts once it rests.
    pub fn change(self, path: &str, text: &str) -> Result<(), ConfigError> {
        self.change_all(core::iter::once((path, text))).pop().map_or(Ok(()), Err)
    }

    /// Sets settings together, so that only what they come to has to be allowed; says which were refused.
    pub fn change_all<'a>(self, changes: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<ConfigError> {
        let mut experiment = self.experiment.now();
        let mut refused: Vec<ConfigError> =
            changes.filter_map(|(path, text)| experiment.set(path, text).err()).collect();
        if let Err(error) = experiment.validate() {
            refused.push(error);
            return refused;
        }
        if experiment != self.experiment.now() {
            self.replace(experiment);
        }
        refused
    }

    /// Runs another experiment, once it rests.
    pub fn replace(self, experiment: Experiment) {
        // A class that is no more is no news to whoever took it away.
        self.view.update(|view| drop(view.keep_within(&experiment)));
        self.experiment.set(experiment);
        self.expected.set(None);
        self.notices.set(Vec::new());
        address::note(self);
        let timer = set_timeout_with_handle(move || self.settle(), core::time::Duration::from_millis(REST_MS)).ok();
        if let Some(before) = self.take_resting(timer) {
            before.clear();
        }
    }

    /// Starts the run that rests, if one does: what is asked of a run is meant for the one whose settings are shown.
    fn settle(self) {
        let Some(timer) = self.take_resting(None) else { return };
        timer.clear();
        let calm = dom::media("(prefers-reduced-motion: reduce)");
        let (waits, unseen) = (self.view.peek(|view| view.start == Start::Click), self.player.peek(PlayerView::is_new));
        self.start(if calm { self.steps() } else { 0 }, !(calm || waits && unseen));
        self.said.set(say("said_started").to_owned());
    }

    fn take_resting(self, next: Option<TimeoutHandle>) -> Option<TimeoutHandle> {
        let mut before = None;
        self.inner.update_value(|inner| before = core::mem::replace(&mut inner.resting, next));
        before
    }

    /// Steps of the whole run.
    pub fn steps(self) -> u64 {
        // How many explanations there are to score is known once their distribution is there: the end is far enough.
        self.experiment.peek(|experiment| experiment.scan_snap().map_or(u64::MAX, |settings| settings.training.steps))
    }

    /// Whether the worker has not said yet how many steps the run has.
    fn steps_unknown(self) -> bool {
        self.player.peek(|player| player.steps == u64::MAX)
    }

    /// Whether a student was asked something, and is again.
    fn asks(self) -> bool {
        let is_probe = |experiment: &Experiment| experiment.get("task.kind") == Some(Value::Choice("probe"));
        self.experiment.peek(is_probe) && self.frame.peek(|frame| frame.get("reply_p").is_some())
    }

    /// Starts the run anew, shows step `seek` and goes on from there if `playing`.
    pub fn start(self, seek: u64, playing: bool) {
        if let Some(resting) = self.take_resting(None) {
            resting.clear();
        }
        // Another kind of run has another usual speed.
        let pace = self.view.peek(|view| view.pace).unwrap_or_else(|| self.experiment.peek(usual_pace));
        if self.pace.now() != pace {
            self.pace.set(pace);
        }
        let run = RunId(self.player.peek(|player| player.run.0) + 1);
        self.player.set(PlayerView::new(run, self.steps(), playing));
        self.inner.update_value(|inner| inner.awaiting = None);
        if !self.waits_for_base(run, seek, playing) {
            self.launch(run, seek, playing);
        }
    }

    /// Gives the run to a worker, one that knows what the run needs.
    fn launch(self, run: RunId, seek: u64, playing: bool) {
        let command = Command::Start {
            run,
            experiment: self.experiment.now(),
            focus: self.focus(),
            seek,
            playing,
            pace: self.pace.now(),
        };
        let texts = self.experiment.peek(Experiment::needs_all);
        let file = self.experiment.peek(|experiment| self.file_for(experiment));
        let wanted = file.as_ref().map(|(reads, _)| *reads);
        let lacks = |engine: &Engine| (texts && !engine.texts) || (wanted.is_some() && engine.reads != wanted);
        self.inner.update_value(|inner| {
            if inner.engine.as_ref().is_none_or(lacks) {
                match Engine::start(texts, file.as_ref(), move |event| self.hear(event)) {
                    Ok(engine) => {
                        self.give(&engine);
                        inner.engine = Some(engine);
                    }
                    Err(error) => self.notices.update(|notices| notices.push(fill("no_worker", &[&error]))),
                }
            }
            if let Some(engine) = &inner.engine {
                engine.send(&command);
            }
        });
    }

    /// The file that a worker must have read before it can run an experiment.
    pub fn file_for(self, experiment: &Experiment) -> Option<(Reads, web_sys::File)> {
        self.own_text.file_for(experiment).or_else(|| self.own_samples.file_for(experiment))
    }

    /// Gives a new worker the reader's tables.
    fn give(self, engine: &Engine) {
        self.own_tables.commands().iter().for_each(|command| engine.send(command));
    }

    /// Whether the run must wait for the student's base; it starts once that is there, if it is still wanted.
    fn waits_for_base(self, run: RunId, seek: u64, playing: bool) -> bool {
        let waits = self.experiment.peek(Experiment::needs_base) && !self.own_tables.has_base();
        if waits {
            self.frame.set(Arc::default());
            self.inner.update_value(|inner| inner.awaiting = Some(Vec::new()));
            let then = move |is_here| {
                if self.run() != run {
                    return;
                }
                let mut told = None;
                self.inner.update_value(|inner| told = inner.awaiting.take());
                if is_here {
                    self.launch(run, seek, playing);
                    told.into_iter().flatten().for_each(|command| self.send(command));
                }
            };
            self.own_tables.load_base(self, Box::new(then));
        }
        waits
    }

    /// Asks the page's worker.
    pub fn ask(self, command: &Command) {
        self.inner.with_value(|inner| {
            if let Some(engine) = &inner.engine {
                engine.send(command);
            }
        });
    }

    /// Runs an experiment on a worker that is there already.
    pub fn run_on(self, engine: Engine, experiment: Experiment) {
        self.give(&engine);
        self.inner.update_value(|inner| inner.engine = Some(engine));
        self.replace(experiment);
        self.settle();
    }

    fn focus(self) -> Focus {
        self.view.peek(|view| Focus { class: view.class, alpha: view.alpha.unwrap_or(1.0) })
    }

    fn run(self) -> RunId {
        self.player.peek(|player| player.run)
    }

    /// Tells the run something, if need be once it is started.
    fn send(self, command: Command) {
        self.inner.update_value(|inner| match (&mut inner.awaiting, &inner.engine) {
            (Some(later), _) => later.push(command),
            (None, Some(engine)) => engine.send(&command),
            (None, None) => {}
        });
    }

    /// Plays; a run at its end plays from the start.
    pub fn play(self) {
        self.settle();
        let run = self.run();
        if self.player.peek(PlayerView::is_at_end) {
            self.send(Command::Seek { run, step: 0 });
        }
        self.send(Command::Play { run });
    }

    /// Stops after the step at work.
    pub fn pause(self) {
        self.settle();
        self.send(Command::Pause { run: self.run() });
    }

    /// Plays or pauses.
    pub fn toggle(self) {
        if self.player.peek(PlayerView::is_playing) { self.pause() } else { self.play() }
    }

    /// Shows the step `by` further on, or back.
    pub fn step(self, by: i64) {
        self.settle();
        self.send(Command::Step { run: self.run(), by });
    }

    /// Shows a step.
    pub fn seek(self, step: u64) {
        self.settle();
        self.send(Command::Seek { run: self.run(), step });
    }

    /// Repeats the identical run.
    pub fn reset(self) {
        let calm = dom::media("(prefers-reduced-motion: reduce)");
        self.start(0, !calm);
    }

    /// Runs the same settings with a fresh seed.
    pub fn new_seed(self) {
        let mut bytes = [0; 4];
        // Without randomness of the system the next seed is as good.
        let fresh = getrandom::fill(&mut bytes).map(|()| u64::from(u32::from_le_bytes(bytes) % 1_000_000));
        let mut experiment = self.experiment.now();
        experiment.seed = fresh.unwrap_or(experiment.seed.wrapping_add(1));
        self.replace(experiment);
    }

    /// Sets the speed.
    pub fn set_pace(self, pace: f64) {
        self.pace.set(pace);
        let usual = self.experiment.peek(usual_pace);
        self.view.update(|view| view.pace = (pace != usual).then_some(pace));
        self.send(Command::Pace { run: self.run(), pace });
        address::note(self);
    }

    /// Looks at another class.
    pub fn set_class(self, class: u32) {
        self.view.update(|view| view.class = class);
        let focus = self.focus();
        self.send(Command::Focus { run: self.run(), focus });
        self.inner.with_value(|inner| {
            if let Some(engine) = &inner.pinned_engine {
                engine.send(&Command::Focus { run: RunId(0), focus });
            }
        });
        address::note(self);
    }

    /// Weighs the meter in STRIPE-X.
    pub fn set_alpha(self, alpha: f64) {
        self.view.update(|view| view.alpha = (alpha != 1.0).then_some(alpha));
        let focus = self.focus();
        self.send(Command::Focus { run: self.run(), focus });
        address::note(self);
    }

    /// Asks for the whole report; `then` gets it.
    pub fn report(self, then: impl FnOnce(Report) + 'static) {
        self.inner.update_value(|inner| inner.on_report = Some(Box::new(then)));
        self.send(Command::Report { run: self.run() });
    }

    /// Asks for what the run made, trained weights or data; they come as a file for the reader.
    pub fn save_file(self) {
        self.inner.update_value(|inner| inner.keeps_made = false);
        self.send(Command::Save { run: self.run() });
    }

    /// Asks the student as it was tuned so far: its adapters become the reader's own.
    pub fn ask_tuned(self) {
        self.save_file();
        self.inner.update_value(|inner| inner.keeps_made = true);
    }

    /// Keeps the run shown, to draw others against it.
    pub fn pin(self) {
        let pinned = Pinned {
            experiment: self.experiment.now(),
            frame: self.frame.now(),
            summary: self.player.peek(|player| player.summary.clone()),
        };
        self.pin_run(pinned.experiment.clone(), Some(pinned));
    }

    fn pin_run(self, experiment: Experiment, known: Option<Pinned>) {
        if experiment.needs_base() && !self.own_tables.has_base() {
            // Unless another link is opened meanwhile.
            let wanted = self.view.peek(|view| view.compare.clone());
            let then = move |is_here| {
                if is_here && self.view.peek(|view| view.compare == wanted) {
                    self.pin_run(experiment, known);
                }
            };
            return self.own_tables.load_base(self, Box::new(then));
        }
        let seek = u64::MAX;
        self.pinned.set(known.map(Arc::new));
        let told = experiment.clone();
        let file = self.file_for(&experiment);
        let engine =
            Engine::start(experiment.needs_all(), file.as_ref(), move |event| self.hear_pinned(&told, event)).ok();
        if let Some(engine) = &engine {
            self.give(engine);
            let focus = self.focus();
            engine.send(&Command::Start {
                run: RunId(0),
                experiment,
                focus,
                seek,
                playing: false,
                pace: f64::INFINITY,
            });
        }
        self.inner.update_value(|inner| inner.pinned_engine = engine);
        self.painter().touch_all(None);
    }

    fn hear_pinned(self, experiment: &Experiment, event: Event) {
        match event {
            Event::Progress { run, frame, .. } => {
                self.inner.with_value(|inner| {
                    if let Some(engine) = &inner.pinned_engine {
                        engine.send(&Command::Drawn { run });
                    }
                });
                let summary = self.pinned.peek(|pinned| pinned.as_ref().map(|p| p.summary.clone()));
                let (frame, summary) = (Arc::new(frame), summary.unwrap_or_default());
                self.pinned.set(Some(Arc::new(Pinned { experiment: experiment.clone(), frame, summary })));
                self.painter().touch_all(None);
            }
            Event::Finished { summary, .. } => self.pinned.update(|pinned| {
                if let Some(pinned) = pinned {
                    Arc::make_mut(pinned).summary = summary;
                }
            }),
            Event::Failed { error, .. } => self.notices.update(|notices| notices.push(error)),
            _ => {}
        }
    }

    /// Lets the pinned run go.
    pub fn unpin(self) {
        self.pinned.set(None);
        self.inner.update_value(|inner| inner.pinned_engine = None);
        self.painter().touch_all(None);
    }

    /// Takes in what the page's worker tells.
    pub fn hear(self, event: Event) {
        let mut said = None;
        // Signals wake all who read them: only what changed is set.
        let mut player = self.player.now();
        said = player.hear(&event).or(said);
        let rests = player.state == State::Playing && self.pace.now().is_infinite();
        if player != self.player.now() {
            self.player.set(player);
        }
        if let Some(said) = said {
            self.said.set(said);
        }
        match event {
            Event::Ready { version } if version != ENGINE => {
                self.notices.update(|notices| notices.push(say("version_differs").to_owned()));
            }
            Event::Progress { run, frame, .. } if run == self.run() => {
                self.inner.update_value(|inner| inner.crashes = 0);
                embed::tell_progress(&frame);
                self.frame.set(Arc::new(frame));
                let drawn = move || self.send(Command::Drawn { run });
                // At full speed every other picture of the screen is left to the worker: painting would take from it.
                let then = move || if rests { request_animation_frame(drawn) } else { drawn() };
                self.painter().touch_all(Some(Box::new(then)));
            }
            Event::Finished { run, digest, summary } if run == self.run() => embed::tell_finished(digest, &summary),
            Event::Reported { run, report } if run == self.run() => {
                let mut waiting = None;
                self.inner.update_value(|inner| waiting = inner.on_report.take());
                if let Some(waiting) = waiting {
                    waiting(report);
                }
            }
            Event::Tabled { .. } | Event::Refused { .. } => self.own_tables.hear(self, event),
            Event::Prompted { prompts } => self.endpoint.hear(self, prompts),
            Event::Catalogued { tools } => self.catalogue.hear(tools),
            Event::Saved { run, file: Some(file) } if run == self.run() => self.made(file),
            // Of a run that never began nothing is shown, least of all what the one before came to; but what is asked of a
            // student is mended where it was typed, above the last reply.
            Event::Failed { run: Some(run), .. } if run == self.run() && self.steps_unknown() && !self.asks() => {
                self.frame.set(Arc::default());
            }
            Event::Failed { run: None, error } => self.recover(&error),
            _ => {}
        }
    }

    /// Takes what the run made: a file for the reader, unless the page keeps it.
    fn made(self, file: Vec<u8>) {
        let mut keeps = false;
        self.inner.update_value(|inner| keeps = core::mem::take(&mut inner.keeps_made));
        if keeps {
            self.own_tables.hand(self, crate::protocol::TableKind::Adapters, files::made(self).0, file);
        } else {
            files::save_made(self, &file);
        }
    }

    /// Puts a new worker in the place of one that broke, where the run stood.
    fn recover(self, error: &str) {
        let (step, playing) = self.player.peek(|player| (player.step, player.is_playing()));
        let mut crashes = 0;
        self.inner.update_value(|inner| {
            inner.crashes += 1;
            crashes = inner.crashes;
        });
        // The worker that broke is calling at this moment: it goes once it has returned.
        let restart = move || {
            self.inner.update_value(|inner| inner.engine = None);
            if crashes <= CRASHES {
                self.start(step, playing);
            }
        };
        set_timeout(restart, core::time::Duration::ZERO);
        let step = step.to_string();
        let notice =
            if crashes <= CRASHES { fill("crashed", &[error, &step]) } else { fill("crashed_often", &[error]) };
        self.notices.update(|notices| {
            notices.clear();
            notices.push(notice);
        });
    }
}
