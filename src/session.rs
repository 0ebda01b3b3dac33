//! The engine as a state machine: [`Session::apply`] takes a command, [`Session::step`] works for a while, both
//! answer with events. No clock, no thread, no callback: who calls it decides when and how long. The worker, the
//! command line and the tests all drive this.

use crate::experiment::{Experiment, own};
use crate::labs::{self, Answer, Content, DataError, EngineLab, Library, Piece, Query, Take, Taken};
use crate::protocol::{Command, Event, RunId, State, TableKind};
use crate::run::{Checkpoint, Focus, Run, RunError};
use std::collections::VecDeque;

/// Memory that a run's checkpoints may take: of Figure 6's largest setting there is room for 300, so that a step of a run
/// of 50,000 is some hundred steps of replay away.
const CHECKPOINT_BYTES: usize = 128 << 20;
/// Checkpoints are never closer than this: replaying so few steps is cheaper than keeping them.
const CHECKPOINT_STRIDE: u64 = 4;

/// At most one run that is shown, and a queue of runs of which only the result counts.
pub struct Session {
    labs: &'static [&'static EngineLab],
    shown: Option<Shown>,
    measured: VecDeque<(RunId, Box<dyn Run>)>,
    library: Library,
}

/// A session of all labs.
impl Default for Session {
    fn default() -> Self {
        Self::new(labs::ALL)
    }
}

impl Session {
    /// A session that has the runs, the files and the answers of these labs, and refuses all others in a sentence.
    #[must_use]
    pub fn new(labs: &'static [&'static EngineLab]) -> Self {
        Self { labs, shown: None, measured: VecDeque::new(), library: Library::default() }
    }

    /// A session of all labs whose runs on text start on what `library` holds; sessions side by side share it.
    #[must_use]
    pub fn with_library(library: Library) -> Self {
        Self { library, ..Self::default() }
    }

    /// The text that was read.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Takes a command. Commands for a run that was dropped are ignored.
    pub fn apply(&mut self, command: Command) -> Vec<Event> {
        match command {
            Command::Start { run, experiment, focus, seek, playing, pace } => {
                self.shown = None;
                match labs::start_by(self.labs, &experiment, &self.library) {
                    Ok(engine) => {
                        let mut shown = Shown::new(run, engine, focus, pace);
                        shown.seek(seek, playing);
                        let events = shown.tell();
                        self.shown = Some(shown);
                        events
                    }
                    Err(error) => vec![Event::Failed { run: Some(run), error: error.to_string() }],
                }
            }
            Command::Measure { run, experiment } => self.measure(run, &experiment),
            Command::Data { kind, name, size, at, bytes } => {
                vec![self.piece(kind, Piece { name: &name, size, at, bytes: &bytes })]
            }
            Command::Tables { kind, files } => vec![self.tables(kind, files)],
            Command::Prompts { experiment } => {
                let find = |query: &Query| match query {
                    Query::Prompts(answer) => Some(*answer),
                    Query::Tools(_) => None,
                };
                vec![Event::Prompted { prompts: self.answer(&experiment, "prompts", find) }]
            }
            Command::Catalogue { experiment } => {
                let find = |query: &Query| match query {
                    Query::Tools(answer) => Some(*answer),
                    Query::Prompts(_) => None,
                };
                vec![Event::Catalogued { tools: self.answer(&experiment, "tools", find) }]
            }
            Command::Cancel { run } => {
                self.measured.retain(|(id, _)| *id != run);
                Vec::new()
            }
            Command::Play { run }
            | Command::Pause { run }
            | Command::Step { run, .. }
            | Command::Seek { run, .. }
            | Command::Pace { run, .. }
            | Command::Focus { run, .. }
            | Command::Drawn { run }
            | Command::Save { run }
            | Command::Report { run } => match &mut self.shown {
                Some(shown) if shown.id == run => shown.apply(command),
                _ => Vec::new(),
            },
        }
    }

    /// Works off up to `budget` steps of the shown run, or else of the first queued one.
    pub fn step(&mut self, budget: u64) -> Vec<Event> {
        match &mut self.shown {
            Some(shown) if shown.is_working() => shown.step(budget),
            _ => self.step_measured(budget),
        }
    }

    /// Steps per second asked for at the moment: 0 when there is nothing to do, infinite when nothing limits it.
    #[must_use]
    pub fn pace(&self) -> f64 {
        match &self.shown {
            Some(shown) if shown.is_working() => shown.pace_now(),
            _ if self.measured.is_empty() => 0.0,
            _ => f64::INFINITY,
        }
    }

    fn piece(&mut self, kind: TableKind, piece: Piece<'_>) -> Event {
        let name = piece.name.to_owned();
        let taken = match labs::take(self.labs, kind) {
            Some(Take::Pieces(take)) => take(&mut self.library, &piece),
            Some(Take::Whole(_)) => Err("files of this kind are read at once".to_owned()),
            None => Err(DataError::NotBuilt.to_string()),
        };
        match taken {
            Ok(None) => Event::Reading { name, seen: piece.at + piece.bytes.len() as u64, size: piece.size },
            Ok(Some(Taken { own, content: Content::Text { tokens, words } })) => {
                Event::Loaded { text: own, tokens, words }
            }
            Ok(Some(Taken { own, content: Content::Records(found) })) => Event::Sampled { own, found },
            Err(error) => Event::Refused { name, error },
        }
    }

    fn tables(&mut self, kind: TableKind, files: Vec<(String, Vec<u8>)>) -> Event {
        let name = files.first().map_or_else(String::new, |(name, _)| own::name(name));
        let taken = match labs::take(self.labs, kind) {
            Some(Take::Whole(take)) => take(&mut self.library, files),
            Some(Take::Pieces(_)) => Err("files of this kind are read in pieces".to_owned()),
            None => Err(DataError::NotBuilt.to_string()),
        };
        match taken {
            Ok(own) => Event::Tabled { kind, own },
            Err(error) => Event::Refused { name, error },
        }
    }

    /// The answer to the query that `find` picks, called `what` in messages, by the experiment's lab.
    fn answer<T>(
        &self,
        experiment: &Experiment,
        what: &str,
        find: fn(&Query) -> Option<Answer<T>>,
    ) -> Result<T, String> {
        experiment.validate().map_err(|error| error.to_string())?;
        let of = |lab: &&&EngineLab| lab.queries.iter().any(|query| find(query).is_some());
        let lab = self.labs.iter().find(of).ok_or_else(|| DataError::NotBuilt.to_string())?;
        let mine = self.labs.iter().filter(|lab| lab.name == experiment.lab.name());
        let answer = mine.flat_map(|lab| lab.queries).find_map(find);
        let answer = answer.ok_or_else(|| format!("lab: only experiments of {} have {what}", lab.name))?;
        answer(experiment, &self.library).map_err(|error| error.to_string())
    }

    fn measure(&mut self, run: RunId, experiment: &Experiment) -> Vec<Event> {
        match labs::start_by(self.labs, experiment, &self.library) {
            Ok(engine) => {
                self.measured.push_back((run, engine));
                Vec::new()
            }
            Err(error) => vec![Event::Failed { run: Some(run), error: error.to_string() }],
        }
    }

    fn step_measured(&mut self, budget: u64) -> Vec<Event> {
        let Some((run, engine)) = self.measured.front_mut() else { return Vec::new() };
        let run = *run;
        let done = if engine.has_long_steps() { engine.part().map(drop) } else { engine.step(budget) };
        let event = match done {
            Ok(()) if engine.step_idx() < engine.steps() => return Vec::new(),
            Ok(()) => {
                let report = engine.report();
                Event::Measured { run, digest: report.digest, summary: report.summary }
            }
            Err(error) => Event::Failed { run: Some(run), error: error.to_string() },
        };
        self.measured.pop_front();
        vec![event]
    }
}

/// The run that is shown.
struct Shown {
    id: RunId,
    engine: Box<dyn Run>,
    focus: Focus,
    pace: f64,
    /// The step to stand at before anything else.
    target: Option<u64>,
    /// Whether to train on once there.
    playing: bool,
    /// Last step that can be reached: the run's last, or the last good one.
    end: u64,
    failed: bool,
    furthest: u64,
    checkpoints: Vec<Checkpoint>,
    /// How many of them there is room for.
    room: usize,
    /// Steps from one to the next. Doubles, and every other one goes, when there is no more room: so a replay is never
    /// longer than a small part of what was trained, whatever the length of the whole run.
    stride: u64,
    /// A frame is on its way: the next waits for [`Command::Drawn`].
    in_flight: bool,
    /// Something changed since the last frame.
    changed: bool,
    finished: bool,
}

impl Shown {
    fn new(id: RunId, engine: Box<dyn Run>, focus: Focus, pace: f64) -> Self {
        let first = engine.checkpoint();
        let room = (CHECKPOINT_BYTES / first.state.len().max(1)).clamp(2, 4096);
        Self {
            id,
            focus,
            pace,
            target: None,
            playing: false,
            end: engine.steps(),
            failed: false,
            furthest: 0,
            room,
            stride: CHECKPOINT_STRIDE,
            checkpoints: vec![first],
            in_flight: false,
            changed: true,
            finished: false,
            engine,
        }
    }

    fn apply(&mut self, command: Command) -> Vec<Event> {
        let here = self.target.unwrap_or(self.engine.step_idx());
        match command {
            Command::Play { .. } => self.playing = true,
            Command::Pause { .. } => {
                self.playing = false;
                self.target = None;
            }
            Command::Step { by, .. } => self.seek(here.saturating_add_signed(by), false),
            Command::Seek { step, .. } => self.seek(step, false),
            Command::Pace { pace, .. } => self.pace = pace,
            Command::Focus { focus, .. } => self.focus = focus,
            Command::Drawn { .. } => {
                self.in_flight = false;
                return self.tell();
            }
            Command::Report { .. } => {
                return vec![Event::Reported { run: self.id, report: self.engine.report() }];
            }
            Command::Save { .. } => return vec![Event::Saved { run: self.id, file: self.engine.save() }],
            Command::Start { .. }
            | Command::Measure { .. }
            | Command::Cancel { .. }
            | Command::Data { .. }
            | Command::Tables { .. }
            | Command::Prompts { .. }
            | Command::Catalogue { .. } => unreachable!("the session answers these itself"),
        }
        self.changed = true;
        self.tell()
    }

    /// Sets out for `step`, from the nearest state at or before it that is at hand.
    fn seek(&mut self, step: u64, playing: bool) {
        let step = step.min(self.end);
        self.playing = playing;
        let at = self.checkpoints.partition_point(|checkpoint| checkpoint.step_idx <= step);
        let nearest = &self.checkpoints[at.saturating_sub(1)];
        let here = self.engine.step_idx();
        if here > step || here < nearest.step_idx {
            self.engine.restore(nearest);
        }
        self.target = (self.engine.step_idx() != step).then_some(step);
        self.changed = true;
    }

    fn is_working(&self) -> bool {
        self.target.is_some() || (self.playing && self.engine.step_idx() < self.end)
    }

    fn pace_now(&self) -> f64 {
        if self.target.is_some() { f64::INFINITY } else { self.pace }
    }

    fn step(&mut self, budget: u64) -> Vec<Event> {
        let mut left = budget;
        while left > 0 && self.is_working() {
            let here = self.engine.step_idx();
            if self.engine.has_long_steps() {
                match self.engine.part() {
                    Ok(true) => self.arrive(here + 1),
                    Ok(false) => self.changed = true,
                    Err(error) => return self.fail(&error),
                }
                break;
            }
            let goal = self.target.unwrap_or(self.end);
            let stop = goal.min(here + left).min((here / self.stride + 1) * self.stride);
            if let Err(error) = self.engine.step(stop - here) {
                return self.fail(&error);
            }
            left -= stop - here;
            self.arrive(stop);
        }
        self.tell()
    }

    fn arrive(&mut self, step: u64) {
        self.changed = true;
        self.furthest = self.furthest.max(step);
        let last = self.checkpoints.last().map_or(0, |checkpoint| checkpoint.step_idx);
        if step.is_multiple_of(self.stride) && step > last {
            self.checkpoints.push(self.engine.checkpoint());
            if self.checkpoints.len() > self.room {
                self.stride *= 2;
                let stride = self.stride;
                self.checkpoints.retain(|checkpoint| checkpoint.step_idx.is_multiple_of(stride));
            }
        }
        if self.target == Some(step) {
            self.target = None;
        }
        if step == self.end {
            self.playing = false;
        }
    }

    /// Goes back to the last good step and stays there.
    fn fail(&mut self, error: &RunError) -> Vec<Event> {
        let RunError::Diverged { step, .. } = error;
        self.failed = true;
        self.end = step.saturating_sub(1);
        self.furthest = self.furthest.min(self.end);
        self.checkpoints.retain(|checkpoint| checkpoint.step_idx <= step.saturating_sub(1));
        self.seek(self.end, false);
        let mut events = vec![Event::Failed { run: self.id.into(), error: error.to_string() }];
        events.extend(self.tell());
        events
    }

    /// The frame of the moment, unless one is on its way or nothing changed; and the end, once.
    fn tell(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if self.changed && !self.in_flight {
            self.changed = false;
            self.in_flight = true;
            let frame = self.engine.frame(self.focus);
            events.push(Event::Progress { run: self.id, state: self.state(), furthest: self.furthest, frame });
        }
        if self.engine.step_idx() == self.engine.steps() && !self.finished && !self.is_working() {
            self.finished = true;
            let report = self.engine.report();
            events.push(Event::Finished { run: self.id, digest: report.digest, summary: report.summary });
        }
        events
    }

    fn state(&self) -> State {
        match () {
            () if self.target.is_some() => State::Seeking,
            () if self.is_working() => State::Playing,
            () if self.failed => State::Failed,
            () if self.engine.step_idx() == self.end => State::Finished,
            () => State::Paused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Digest, Frame, Report};

    /// A run whose loss is finite up to a step.
    struct Diverges {
        at: u64,
        step: u64,
    }

    impl Run for Diverges {
        fn steps(&self) -> u64 {
            100
        }
        fn step_idx(&self) -> u64 {
            self.step
        }
        fn step(&mut self, budget: u64) -> Result<(), RunError> {
            for _ in 0..budget {
                self.step += 1;
                if self.step == self.at {
                    return Err(RunError::Diverged { step: self.at, what: "the loss".to_owned() });
                }
            }
            Ok(())
        }
        fn frame(&self, _: Focus) -> Frame {
            Frame { step: self.step, ..Frame::default() }
        }
        fn report(&self) -> Report {
            let digest = Digest(0);
            Report { step: self.step, digest, summary: Vec::new(), series: Vec::new(), details: Vec::new() }
        }
        fn digest(&self) -> Digest {
            Digest(0)
        }
        fn checkpoint(&self) -> Checkpoint {
            Checkpoint { step_idx: self.step, state: Vec::new() }
        }
        fn restore(&mut self, checkpoint: &Checkpoint) {
            self.step = checkpoint.step_idx;
        }
    }

    #[test]
    fn checkpoints_stay_within_their_room_and_close_to_every_step_so_far() {
        let mut shown = Shown::new(RunId(1), Box::new(Diverges { at: u64::MAX, step: 0 }), Focus::default(), 1.0);
        (shown.room, shown.end) = (10, 1000);
        for step in (0..=1000).step_by(4) {
            shown.engine.restore(&Checkpoint { step_idx: step, state: Vec::new() });
            shown.arrive(step);
            assert!(shown.checkpoints.len() <= 10, "step {step}: {} checkpoints", shown.checkpoints.len());
            let steps: Vec<u64> = shown.checkpoints.iter().map(|checkpoint| checkpoint.step_idx).collect();
            let widest = steps.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
            assert!(steps[0] == 0 && widest <= (step / 4).max(4), "step {step}: checkpoints at {steps:?}");
            assert!(step - steps[steps.len() - 1] < shown.stride, "step {step}: checkpoints at {steps:?}");
        }
    }

    #[test]
    fn a_diverged_run_stands_at_its_last_good_step_and_goes_no_further() {
        let mut shown = Shown::new(RunId(1), Box::new(Diverges { at: 23, step: 0 }), Focus::default(), 1.0);
        shown.seek(0, true);
        let mut events = Vec::new();
        for command in [None, Some(Command::Play { run: RunId(1) }), Some(Command::Seek { run: RunId(1), step: 90 })] {
            events.extend(command.map(|command| shown.apply(command)).into_iter().flatten());
            for _ in 0..20 {
                events.extend(shown.apply(Command::Drawn { run: RunId(1) }));
                events.extend(shown.step(7));
            }
        }
        let errors: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Failed { .. })).collect();
        assert_eq!(errors.len(), 1, "the failure is told once: {errors:?}");
        let Event::Failed { error, .. } = errors[0] else { unreachable!("filtered") };
        assert!(error.starts_with("training diverged at step 23: the loss is no longer finite"), "{error}");
        assert_eq!((shown.engine.step_idx(), shown.state(), shown.furthest), (22, State::Failed, 22));
    }
}
