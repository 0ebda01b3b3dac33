//! The shell: experiment, view, player and frame as signals, and all that can be done to the run. What the page's worker
//! tells is turned into state here; features hear of it too.

use super::feature::Feature;
use super::notices::Notices;
use crate::experiment::link::Start;
use crate::experiment::{ConfigError, Experiment, Link, Value, View};
use crate::frame::InContent;
use crate::page::platform::dom;
use crate::page::platform::engine::{Engine, OwnFile};
use crate::page::platform::painter::Painter;
use crate::protocol::{Command, Event, RunId, State};
use crate::run::{ENGINE, Focus, Frame, Report};
use crate::view::player::PlayerView;
use crate::view::text::{fill, say};
use core::time::Duration;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

/// Steps per second where the link does not say: the default run of 100 steps is a film of ten seconds.
const USUAL_PACE: f64 = 10.0;
/// Panels of embedded figures whose link chooses none.
const FIRST: &[&str] =
    &["scan", "bars", "words", "images", "told", "meter", "funnel", "made", "rates", "learning", "reply"];

/// How long a setting must rest before its run starts.
const REST: Duration = Duration::from_millis(150);
/// Workers that may break one after the other before the page gives up.
const CRASHES: u32 = 3;

/// The speed of a run where nobody says: a model that learns first takes many steps, of which none is worth a look.
fn usual_pace(experiment: &Experiment) -> f64 {
    if experiment.has_model() { f64::INFINITY } else { USUAL_PACE }
}

/// The page's run. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct Shell {
    /// What is run.
    pub experiment: RwSignal<Experiment>,
    /// What is shown of it.
    pub view: RwSignal<View>,
    /// Where the run stands.
    pub player: RwSignal<PlayerView>,
    /// The moment shown.
    pub frame: RwSignal<Arc<Frame>>,
    /// Digest that the link promises.
    pub expected: RwSignal<Option<u64>>,
    /// Steps per second.
    pub pace: RwSignal<f64>,
    /// Sentences for the reader.
    pub notices: Notices,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    engine: Option<Engine>,
    features: Vec<Rc<dyn Feature>>,
    painter: Painter,
    crashes: u32,
    resting: Option<TimeoutHandle>,
    /// What the run is told while it waits for what is brought, if it does.
    awaiting: Option<Vec<Command>>,
    /// Who waits for the report.
    on_report: Option<Box<dyn FnOnce(Report)>>,
    /// Who waits for what the run made.
    on_saved: Option<Box<dyn FnOnce(Vec<u8>)>>,
}

impl Shell {
    /// A page without a run yet.
    pub fn new(notices: Notices) -> Self {
        Self {
            experiment: RwSignal::new(Experiment::default()),
            view: RwSignal::new(View::default()),
            player: RwSignal::new(PlayerView::new(RunId(0), 0, false)),
            frame: RwSignal::new(Arc::default()),
            expected: RwSignal::new(None),
            pace: RwSignal::new(USUAL_PACE),
            notices,
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// The shell of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Adds a feature; it is asked after those before it.
    pub fn add(self, feature: impl Feature + 'static) {
        self.inner.update_value(|inner| inner.features.push(Rc::new(feature)));
    }

    /// All features: a copy, so that each may use the shell.
    fn features(self) -> Vec<Rc<dyn Feature>> {
        self.inner.with_value(|inner| inner.features.clone())
    }

    /// The painter of all canvases.
    pub fn painter(self) -> Painter {
        self.inner.with_value(|inner| inner.painter.clone())
    }

    /// What `of` makes of the frame shown, where the run is of the kind that it reads; else nothing, by its default.
    pub fn content<T: InContent, R: Default>(self, of: impl FnOnce(&T) -> R) -> R {
        self.frame.with(|frame| frame.content().map(of).unwrap_or_default())
    }

    /// Whether the run shown is of the kind of `T`.
    pub fn has_content<T: InContent>(self) -> bool {
        self.frame.with(|frame| frame.content::<T>().is_some())
    }

    /// Whether the link asks for a panel; embedded figures without a choice show the first ones.
    pub fn shows(self, panel: &str) -> bool {
        self.view.with(|view| {
            let is_hidden = view.hidden.iter().any(|name| name == panel);
            let is_first = !view.embed || FIRST.contains(&panel);
            !is_hidden && if view.panels.is_empty() { is_first } else { view.panels.iter().any(|name| name == panel) }
        })
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
        self.notices.shown.set(notices);
        self.expected.set(link.digest);
        self.pace.set(link.view.pace.unwrap_or_else(|| usual_pace(&experiment)));
        let (seek, waits) = (link.view.step, link.view.embed);
        self.view.set(link.view.clone());
        self.experiment.set(experiment);
        // Where motion is not wanted the finished picture is shown; embedded runs start when they are seen.
        let is_calm = dom::is_calm() && !waits;
        match seek {
            Some(step) => self.start(step, false),
            None if is_calm => self.start(self.steps(), false),
            None => self.start(0, !waits),
        }
        self.features().iter().for_each(|feature| feature.opened(&link.view));
    }

    /// Sets one setting; the new run starts once it rests.
    ///
    /// # Errors
    /// Why the setting is refused; nothing changed then.
    pub fn change(self, path: &str, text: &str) -> Result<(), ConfigError> {
        self.change_all(core::iter::once((path, text))).pop().map_or(Ok(()), Err)
    }

    /// Sets settings together, so that only what they come to has to be allowed; says which were refused.
    pub fn change_all<'a>(self, changes: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<ConfigError> {
        let mut experiment = self.experiment.get_untracked();
        let mut refused: Vec<ConfigError> =
            changes.filter_map(|(path, text)| experiment.set(path, text).err()).collect();
        if let Err(error) = experiment.validate() {
            refused.push(error);
            return refused;
        }
        if self.experiment.with_untracked(|now| *now != experiment) {
            self.replace(experiment);
        }
        refused
    }

    /// Runs another experiment, once it rests.
    pub fn replace(self, experiment: Experiment) {
        // Ignore what the view can no longer show: the reader has just taken it away.
        self.view.update(|view| drop(view.keep_within(&experiment)));
        self.experiment.set(experiment);
        self.expected.set(None);
        self.notices.shown.set(Vec::new());
        let timer = set_timeout_with_handle(move || self.settle(), REST).ok();
        if let Some(before) = self.take_resting(timer) {
            before.clear();
        }
    }

    /// Starts the run that rests, if one does: what is asked of a run is meant for the one whose settings are shown.
    fn settle(self) {
        let Some(timer) = self.take_resting(None) else { return };
        timer.clear();
        let is_calm = dom::is_calm();
        let waits = self.view.with_untracked(|view| view.start == Start::Click);
        let is_new = self.player.with_untracked(PlayerView::is_new);
        self.start(if is_calm { self.steps() } else { 0 }, !(is_calm || waits && is_new));
        self.notices.say(say("said_started"));
    }

    fn take_resting(self, next: Option<TimeoutHandle>) -> Option<TimeoutHandle> {
        let mut before = None;
        self.inner.update_value(|inner| before = core::mem::replace(&mut inner.resting, next));
        before
    }

    /// Steps of the whole run; `u64::MAX` where only the worker knows, once the run's data are there.
    pub fn steps(self) -> u64 {
        self.experiment
            .with_untracked(|experiment| experiment.scan_snap().map_or(u64::MAX, |settings| settings.training.steps))
    }

    /// Whether the worker has not said yet how many steps the run has.
    fn steps_unknown(self) -> bool {
        self.player.with_untracked(|player| player.steps == u64::MAX)
    }

    /// Whether a student was asked something, and is again.
    fn asks(self) -> bool {
        let is_probe = |experiment: &Experiment| experiment.get("task.kind") == Some(Value::Choice("probe"));
        self.experiment.with_untracked(is_probe) && self.frame.with_untracked(|frame| frame.get("reply_p").is_some())
    }

    /// Starts the run anew, shows step `seek` and goes on from there if `playing`.
    pub fn start(self, seek: u64, playing: bool) {
        if let Some(resting) = self.take_resting(None) {
            resting.clear();
        }
        // Another kind of run has another usual speed.
        let pace = self.view.with_untracked(|view| view.pace);
        let pace = pace.unwrap_or_else(|| self.experiment.with_untracked(usual_pace));
        if self.pace.get_untracked() != pace {
            self.pace.set(pace);
        }
        let run = RunId(self.player.with_untracked(|player| player.run.0) + 1);
        self.player.set(PlayerView::new(run, self.steps(), playing));
        self.inner.update_value(|inner| inner.awaiting = None);
        let experiment = self.experiment.get_untracked();
        if !self.features().iter().any(|feature| feature.is_missing(&experiment)) {
            return self.launch(run, seek, playing);
        }
        self.frame.set(Arc::default());
        self.inner.update_value(|inner| inner.awaiting = Some(Vec::new()));
        let then = move |is_here| {
            // Unless another run was started meanwhile.
            if self.run() == run {
                let mut told = None;
                self.inner.update_value(|inner| told = inner.awaiting.take());
                if is_here {
                    self.launch(run, seek, playing);
                    told.into_iter().flatten().for_each(|command| self.send(command));
                }
            }
        };
        self.bring(&experiment, then);
    }

    /// Brings all that an experiment cannot start without, then calls `then` with whether it is here.
    pub fn bring(self, experiment: &Experiment, then: impl FnOnce(bool) + 'static) {
        match self.features().iter().find(|feature| feature.is_missing(experiment)) {
            Some(feature) => feature.bring(Box::new(then)),
            None => then(true),
        }
    }

    /// Gives the run to a worker that has what the run needs.
    fn launch(self, run: RunId, seek: u64, playing: bool) {
        let experiment = self.experiment.get_untracked();
        let needs_all = experiment.needs_all();
        let file = self.file_for(&experiment);
        let wanted = file.as_ref().map(|file| file.kind);
        let lacks = |engine: &Engine| (needs_all && !engine.has_all) || (wanted.is_some() && engine.reads != wanted);
        if self.inner.with_value(|inner| inner.engine.as_ref().is_none_or(lacks)) {
            match Engine::start(needs_all, file.as_ref(), move |event| self.hear(event)) {
                Ok(engine) => {
                    self.introduce(&engine);
                    self.inner.update_value(|inner| inner.engine = Some(engine));
                }
                Err(error) => self.notices.add(fill("no_worker", &[&error])),
            }
        }
        let pace = self.pace.get_untracked();
        self.ask(&Command::Start { run, experiment, focus: self.focus(), seek, playing, pace });
    }

    /// The file that a worker must have read before it can run an experiment.
    pub fn file_for(self, experiment: &Experiment) -> Option<OwnFile> {
        self.features().iter().find_map(|feature| feature.file_for(experiment))
    }

    /// Tells a new worker what the features have for it.
    pub fn introduce(self, engine: &Engine) {
        self.features().iter().flat_map(|feature| feature.for_worker()).for_each(|command| engine.send(&command));
    }

    /// Asks the page's worker, if there is one.
    pub fn ask(self, command: &Command) {
        self.inner.with_value(|inner| {
            if let Some(engine) = &inner.engine {
                engine.send(command);
            }
        });
    }

    /// Runs an experiment on a worker that is there already.
    pub fn run_on(self, engine: Engine, experiment: Experiment) {
        self.introduce(&engine);
        self.inner.update_value(|inner| inner.engine = Some(engine));
        self.replace(experiment);
        self.settle();
    }

    /// What the run is looked at for.
    pub fn focus(self) -> Focus {
        self.view.with_untracked(|view| Focus { class: view.class, alpha: view.alpha.unwrap_or(1.0) })
    }

    fn run(self) -> RunId {
        self.player.with_untracked(|player| player.run)
    }

    /// Tells the run something, if need be once it is started.
    fn send(self, command: Command) {
        let mut now = Some(command);
        self.inner.update_value(|inner| {
            if let Some(later) = &mut inner.awaiting {
                later.extend(now.take());
            }
        });
        if let Some(command) = now {
            self.ask(&command);
        }
    }

    /// Plays; a run at its end plays from the start.
    pub fn play(self) {
        self.settle();
        let run = self.run();
        if self.player.with_untracked(PlayerView::is_at_end) {
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
        if self.player.with_untracked(PlayerView::is_playing) { self.pause() } else { self.play() }
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
        self.start(0, !dom::is_calm());
    }

    /// Runs the same settings with a fresh seed.
    pub fn new_seed(self) {
        let mut bytes = [0; 4];
        // Without randomness of the system the next seed is as good.
        let fresh = getrandom::fill(&mut bytes).map(|()| u64::from(u32::from_le_bytes(bytes) % 1_000_000));
        let mut experiment = self.experiment.get_untracked();
        experiment.seed = fresh.unwrap_or(experiment.seed.wrapping_add(1));
        self.replace(experiment);
    }

    /// Sets the speed, in steps per second.
    pub fn set_pace(self, pace: f64) {
        self.pace.set(pace);
        let usual = self.experiment.with_untracked(usual_pace);
        self.view.update(|view| view.pace = (pace != usual).then_some(pace));
        self.send(Command::Pace { run: self.run(), pace });
    }

    /// Looks at another class, explanation or cell.
    pub fn set_class(self, class: u32) {
        self.view.update(|view| view.class = class);
        self.send(Command::Focus { run: self.run(), focus: self.focus() });
    }

    /// Sets the weight of the meter in STRIPE-X.
    pub fn set_alpha(self, alpha: f64) {
        self.view.update(|view| view.alpha = (alpha != 1.0).then_some(alpha));
        self.send(Command::Focus { run: self.run(), focus: self.focus() });
    }

    /// Asks for the whole report; `then` gets it.
    pub fn report(self, then: impl FnOnce(Report) + 'static) {
        self.inner.update_value(|inner| inner.on_report = Some(Box::new(then)));
        self.send(Command::Report { run: self.run() });
    }

    /// Asks for what the run made, trained weights or data; `then` gets the file.
    pub fn save(self, then: impl FnOnce(Vec<u8>) + 'static) {
        self.inner.update_value(|inner| inner.on_saved = Some(Box::new(then)));
        self.send(Command::Save { run: self.run() });
    }

    /// Takes in what the page's worker tells.
    pub fn hear(self, event: Event) {
        // Signals wake all who read them: only what changed is set.
        let mut player = self.player.get_untracked();
        let said = player.hear(&event);
        let rests = player.state == State::Playing && self.pace.get_untracked().is_infinite();
        if self.player.with_untracked(|now| *now != player) {
            self.player.set(player);
        }
        if let Some(said) = said {
            self.notices.say(said);
        }
        self.features().iter().for_each(|feature| feature.heard(&event));
        match event {
            Event::Ready { version } if version != ENGINE => self.notices.add(say("version_differs")),
            Event::Progress { run, frame, .. } if run == self.run() => {
                self.inner.update_value(|inner| inner.crashes = 0);
                self.frame.set(Arc::new(frame));
                let drawn = move || self.send(Command::Drawn { run });
                // At full speed every other picture of the screen is left to the worker: painting would take from it.
                let then = move || if rests { request_animation_frame(drawn) } else { drawn() };
                self.painter().touch_all(Some(Box::new(then)));
            }
            Event::Reported { run, report } if run == self.run() => {
                let mut waiting = None;
                self.inner.update_value(|inner| waiting = inner.on_report.take());
                if let Some(waiting) = waiting {
                    waiting(report);
                }
            }
            Event::Saved { run, file: Some(file) } if run == self.run() => {
                let mut waiting = None;
                self.inner.update_value(|inner| waiting = inner.on_saved.take());
                if let Some(waiting) = waiting {
                    waiting(file);
                }
            }
            // Of a run that never began nothing is shown, least of all what the one before came to; but what is asked of a
            // student is mended where it was typed, above the last reply.
            Event::Failed { run: Some(run), .. } if run == self.run() && self.steps_unknown() && !self.asks() => {
                self.frame.set(Arc::default());
            }
            Event::Failed { run: None, error } => self.recover(&error),
            _ => {}
        }
    }

    /// Puts a new worker in the place of one that broke, where the run stood.
    fn recover(self, error: &str) {
        let (step, playing) = self.player.with_untracked(|player| (player.step, player.is_playing()));
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
        set_timeout(restart, Duration::ZERO);
        let step = step.to_string();
        let notice =
            if crashes <= CRASHES { fill("crashed", &[error, &step]) } else { fill("crashed_often", &[error]) };
        self.notices.replace(notice);
    }
}
