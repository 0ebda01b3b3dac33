//! The run as the page knows it: what the worker told, kept for the transport and the live region. Events of a run
//! that was dropped change nothing.

use crate::protocol::{Event, RunId, State};
use crate::run::{Digest, Measure};
use crate::view::text::{fill, say};

/// The run that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayerView {
    /// Its name.
    pub run: RunId,
    /// What it is doing.
    pub state: State,
    /// The step shown.
    pub step: u64,
    /// Steps in the whole run.
    pub steps: u64,
    /// The furthest step reached.
    pub furthest: u64,
    /// Digest of the final state, once it was reached.
    pub digest: Option<Digest>,
    /// Summary numbers, once the end was reached.
    pub summary: Vec<Measure>,
    /// Why the run cannot go on.
    pub error: Option<String>,
}

/// How a run's digest meets the one its link carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reproduced {
    /// Nothing to compare, or not yet.
    Unknown,
    /// The same bits.
    Same,
    /// Other bits.
    Differs,
}

impl PlayerView {
    /// A run of `steps` steps that was just asked for.
    #[must_use]
    pub fn new(run: RunId, steps: u64, playing: bool) -> Self {
        let state = if playing { State::Playing } else { State::Seeking };
        Self { run, state, step: 0, steps, furthest: 0, digest: None, summary: Vec::new(), error: None }
    }

    /// Takes in what the worker told of this run; says what happened if it is a milestone.
    pub fn hear(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::Progress { run, state, furthest, frame } if *run == self.run => {
                let before = self.state;
                self.state = *state;
                self.step = frame.step;
                self.steps = frame.steps;
                self.furthest = (*furthest).max(frame.step);
                let step = frame.step.to_string();
                match (before, *state) {
                    (before, now) if before == now => None,
                    (State::Playing, State::Paused) => Some(fill("said_paused", &[&step])),
                    (State::Paused | State::Finished, State::Playing) => Some(fill("said_playing", &[&step])),
                    _ => None,
                }
            }
            Event::Finished { run, digest, summary } if *run == self.run => {
                self.digest = Some(*digest);
                self.summary.clone_from(summary);
                self.furthest = self.steps;
                Some(fill("said_finished", &[&self.steps.to_string()]))
            }
            Event::Failed { run: Some(run), error } if *run == self.run => {
                self.error = Some(error.clone());
                self.state = State::Failed;
                Some(error.clone())
            }
            _ => None,
        }
    }

    /// Whether nothing was trained yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.furthest == 0
    }

    /// Whether steps are being taken.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.state == State::Playing
    }

    /// Whether the last step is shown.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.steps > 0 && self.step == self.steps
    }

    /// Where the run stands, in words.
    #[must_use]
    pub fn standing(&self) -> &'static str {
        match self.state {
            State::Playing => say("state_playing"),
            State::Paused => say("state_paused"),
            State::Seeking => say("state_seeking"),
            State::Finished => say("state_finished"),
            State::Failed => say("state_failed"),
        }
    }

    /// Whether the run reached the digest that its link carries.
    #[must_use]
    pub fn reproduced(&self, expected: Option<u64>) -> Reproduced {
        match (self.digest, expected) {
            (Some(Digest(got)), Some(expected)) if got == expected => Reproduced::Same,
            (Some(_), Some(_)) => Reproduced::Differs,
            _ => Reproduced::Unknown,
        }
    }
}

/// Speeds offered, in steps per second.
pub const PACES: &[f64] = &[1.0, 5.0, 10.0, 30.0, 100.0, f64::INFINITY];

/// A speed in words.
#[must_use]
pub fn pace(pace: f64) -> String {
    if pace.is_finite() { fill("pace", &[&pace.to_string()]) } else { say("pace_max").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Frame;

    fn progress(run: u32, state: State, step: u64) -> Event {
        let frame = Frame { step, steps: 100, ..Frame::default() };
        Event::Progress { run: RunId(run), state, furthest: step, frame }
    }

    #[test]
    fn events_of_a_dropped_run_change_nothing() {
        let mut player = PlayerView::new(RunId(2), 100, true);
        let before = player.clone();
        assert_eq!(player.hear(&progress(1, State::Playing, 40)), None);
        assert_eq!(player.hear(&Event::Failed { run: Some(RunId(1)), error: "no".into() }), None);
        assert_eq!(player, before);
    }

    #[test]
    fn milestones_are_said_and_steps_are_not() {
        let mut player = PlayerView::new(RunId(1), 100, true);
        assert_eq!(player.hear(&progress(1, State::Playing, 1)), None);
        assert_eq!(player.hear(&progress(1, State::Playing, 2)), None);
        assert_eq!(player.hear(&progress(1, State::Paused, 2)).as_deref(), Some("Paused at step 2."));
        assert_eq!(player.hear(&progress(1, State::Playing, 3)).as_deref(), Some("Playing from step 3."));
        let end = Event::Finished { run: RunId(1), digest: Digest(7), summary: Vec::new() };
        assert_eq!(player.hear(&end).as_deref(), Some("Finished: 100 steps."));
    }

    #[test]
    fn the_digest_of_the_link_is_compared_once_the_run_is_finished() {
        let mut player = PlayerView::new(RunId(1), 100, true);
        assert_eq!(player.reproduced(Some(7)), Reproduced::Unknown);
        player.hear(&Event::Finished { run: RunId(1), digest: Digest(7), summary: Vec::new() });
        assert_eq!(player.reproduced(Some(7)), Reproduced::Same);
        assert_eq!(player.reproduced(Some(8)), Reproduced::Differs);
        assert_eq!(player.reproduced(None), Reproduced::Unknown);
    }

    #[test]
    fn a_failed_run_says_why_and_keeps_where_it_stood() {
        let mut player = PlayerView::new(RunId(1), 100, true);
        player.hear(&progress(1, State::Playing, 40));
        player.hear(&Event::Failed { run: Some(RunId(1)), error: "training diverged".into() });
        assert_eq!((player.step, player.error.as_deref()), (40, Some("training diverged")));
    }
}
