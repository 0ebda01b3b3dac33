//! All the page can ask of an engine ([`Command`]) and all it can be told ([`Event`]). Bytes are
//! [`wire`]'s business, the answers [`crate::session`]'s.

pub mod recorded;
pub mod wire;

pub use crate::experiment::own::{SNIFFED, TableKind};
pub use crate::experiment::tool_use::ToolTexts;

use crate::experiment::{Experiment, Own};
use crate::run::{Digest, Focus, Frame, Measure, Report};
use serde::{Deserialize, Serialize};

/// Name of the worker's script, beside the page.
pub const WORKER_SCRIPT: &str = "worker.js";

/// Names one run for its whole life; late events of a dropped run are told by it and ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Drops the current run and starts this one: shows step `seek`, then plays on if `playing`.
    Start {
        /// Names the run.
        run: RunId,
        /// What to run.
        experiment: Experiment,
        /// What is looked at.
        focus: Focus,
        /// The step to show first.
        seek: u64,
        /// Whether to go on from there.
        playing: bool,
        /// Steps per second; infinite for as fast as it goes.
        pace: f64,
    },
    /// Goes on.
    Play {
        /// The run meant.
        run: RunId,
    },
    /// Stops after the step at work; the last step is kept.
    Pause {
        /// The run meant.
        run: RunId,
    },
    /// Pauses and shows the step `by` further on (or back); never past either end.
    Step {
        /// The run meant.
        run: RunId,
        /// How many steps, negative for back.
        by: i64,
    },
    /// Pauses and shows step `step` exactly, from the nearest checkpoint; past the furthest step it trains on.
    Seek {
        /// The run meant.
        run: RunId,
        /// The step to show.
        step: u64,
    },
    /// Sets the speed.
    Pace {
        /// The run meant.
        run: RunId,
        /// Steps per second; infinite for as fast as it goes.
        pace: f64,
    },
    /// Looks at another part of the run.
    Focus {
        /// The run meant.
        run: RunId,
        /// What is looked at from now on.
        focus: Focus,
    },
    /// The last frame is painted: the next one may come.
    Drawn {
        /// The run meant.
        run: RunId,
    },
    /// Asks for the whole report at the current step.
    Report {
        /// The run meant.
        run: RunId,
    },
    /// One run of a sweep, from first to last step, beside the current run; only its result comes back.
    Measure {
        /// Names the run.
        run: RunId,
        /// What to run.
        experiment: Experiment,
    },
    /// A piece of a file that is read in pieces, answered by [`Event::Reading`]; the last, which ends at `size`, by
    /// [`Event::Loaded`] or [`Event::Sampled`], and takes the place of the file before. Cancelling is not sending the rest.
    Data {
        /// What the file is.
        kind: TableKind,
        /// Its name.
        name: String,
        /// Bytes of the whole file.
        size: u64,
        /// Where this piece stands in it.
        at: u64,
        /// The piece, cut anywhere.
        bytes: Vec<u8>,
    },
    /// Asks for the trained weights with their vocabulary, as a file.
    Save {
        /// The run meant.
        run: RunId,
    },
    /// Drops the run of a sweep.
    Cancel {
        /// The run meant.
        run: RunId,
    },
    /// Files of the reader's own that are taken at once, in the place of those of that kind before; answered by [`Event::Tabled`] or [`Event::Refused`].
    Tables {
        /// What they are.
        kind: TableKind,
        /// Names and bytes of the files.
        files: Vec<(String, Vec<u8>)>,
    },
    /// Asks for what a teacher is told of each scene of an experiment of the lab of tool use.
    Prompts {
        /// The experiment.
        experiment: Experiment,
    },
    /// Asks for the tools of an experiment of the lab of tool use.
    Catalogue {
        /// The experiment.
        experiment: Experiment,
    },
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker is up. Sent first: a cached worker of another version can meet a new page.
    Ready {
        /// The engine's version.
        version: String,
    },
    /// The run stands at `frame.step`. One is in flight at a time: the next waits for [`Command::Drawn`].
    Progress {
        /// The run meant.
        run: RunId,
        /// What the run is doing.
        state: State,
        /// The furthest step reached.
        furthest: u64,
        /// What the moment looks like.
        frame: Frame,
    },
    /// The last step is done; sent once for each run.
    Finished {
        /// The run meant.
        run: RunId,
        /// Digest of the final state.
        digest: Digest,
        /// The summary numbers.
        summary: Vec<Measure>,
    },
    /// Answers [`Command::Report`].
    Reported {
        /// The run meant.
        run: RunId,
        /// The report.
        report: Report,
    },
    /// Answers [`Command::Measure`].
    Measured {
        /// The run meant.
        run: RunId,
        /// Digest of the final state.
        digest: Digest,
        /// The summary numbers.
        summary: Vec<Measure>,
    },
    /// A piece of the text was taken, and more is to come.
    Reading {
        /// Its name.
        name: String,
        /// Bytes so far.
        seen: u64,
        /// Bytes of the whole text.
        size: u64,
    },
    /// The text was read to its end: runs on it can be started.
    Loaded {
        /// Name, size and digest, as an experiment carries them.
        text: Own,
        /// Tokens.
        tokens: u64,
        /// Different words.
        words: u64,
    },
    /// The text, or the table, was refused; the one before it is kept.
    Refused {
        /// Its name.
        name: String,
        /// Why, in a sentence.
        error: String,
    },
    /// Answers [`Command::Save`].
    Saved {
        /// The run meant.
        run: RunId,
        /// A safetensors file; none where the run has no weights of that kind.
        file: Option<Vec<u8>>,
    },
    /// The run cannot go on; what was recorded is kept and can still be shown.
    Failed {
        /// The run meant; none when the worker itself failed.
        run: Option<RunId>,
        /// What happened, in a sentence.
        error: String,
    },
    /// Tables were taken: runs on them can be started.
    Tabled {
        /// What they are.
        kind: TableKind,
        /// Names, size and digest, as an experiment carries them.
        own: Own,
    },
    /// Answers [`Command::Prompts`].
    Prompted {
        /// Of each prompt its id and its text; or why there are none, in a sentence.
        prompts: Result<Vec<(String, String)>, String>,
    },
    /// Samples were read to their end: runs on them can be started.
    Sampled {
        /// Name, size and digest, as an experiment carries them.
        own: Own,
        /// What is in the file.
        found: Frame,
    },
    /// Answers [`Command::Catalogue`].
    Catalogued {
        /// The tools; or why there are none, in a sentence.
        tools: Result<Vec<ToolTexts>, String>,
    },
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Training.
    Playing,
    /// Standing at a step.
    Paused,
    /// Replaying towards a step that was asked for.
    Seeking,
    /// Standing at the last step.
    Finished,
    /// Stopped by an error, standing at the last good step.
    Failed,
}
