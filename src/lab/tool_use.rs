//! The lab of tool use (GPT4Tools: Yang et al., NeurIPS 2023; PAPERS 3): a model is taught to call tools by data that a teacher
//! made up, and is scored by what it calls.
//!
//! The score (PAPERS 3.4), from below: [`json`](mod@json) and [`records`] read files of others, [`sample`] has their fields, [`transcript`] what a model wrote,
//! [`metrics`] compares two transcripts as the paper does and [`strict`] as a user of the tools would, [`evaluation`] does both for
//! all predictions, with intervals ([`interval`](mod@interval)), by tool and by kind of sample.
//!
//! The data (PAPERS 3.1), in the order it is made: [`catalogue`] has the tools, [`scene`] what is seen, [`teacher`] the answers of a
//! teacher who is told of both, [`answers`] those of another teacher, [`clean`] takes these apart and drops what is flawed, [`conversation`] makes samples of the rest,
//! [`chat`] has what to say without tools, and [`pipeline`] does it all, scene by scene, and counts.
//!
//! What a page shows of both: [`making`] and [`scoring`] are the lab's runs, on [`files`] of the reader's own; [`samples`]
//! reads files to learn from that are larger than memory.

pub mod answers;
pub mod catalogue;
pub mod chat;
pub mod clean;
pub mod conversation;
pub mod evaluation;
pub mod files;
pub mod form;
pub mod interval;
pub mod learning;
pub mod making;
pub mod metrics;
pub mod pipeline;
pub mod probing;
pub mod records;
pub mod sample;
pub mod samples;
pub mod sandbox;
pub mod scene;
pub mod scoring;
pub mod strict;
pub mod student;
pub mod teacher;
mod told;
pub mod transcript;
mod wording;

pub use crate::json::{self, Json};
pub use catalogue::Catalogue;
pub use clean::{Cleaner, Dropped, Instruction};
pub use conversation::Conversation;
pub use evaluation::{Evaluation, Evaluator};
pub use files::Files;
pub use metrics::{Metrics, TruthError, metrics};
pub use pipeline::{Funnel, Pipeline};
pub use records::{Record, Records, RecordsError};
pub use sample::{Id, Prediction, Sample};
pub use scene::Scene;
pub use strict::{Failure, Reason};
pub use transcript::Transcript;

use super::Library;
use crate::experiment::tool_use::{TaskKind, ToolUse};
use crate::experiment::{ConfigError, Experiment, Lab};
use crate::run::Run;
use wording::{article, pick};

/// The lab's run at step 0, for settings already checked.
///
/// # Errors
/// [`ConfigError`] when a file is not the one that was asked for.
pub fn start(settings: &ToolUse, seed: u64, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    let files = &library.tool_use;
    Ok(match settings.task.kind {
        TaskKind::Make => Box::new(making::Making::new(settings, seed, files)?),
        TaskKind::Tune => Box::new(learning::Learning::new(settings, seed, files)?),
        TaskKind::Probe => Box::new(probing::Probing::new(settings, seed, files)?),
        TaskKind::Score => Box::new(scoring::Scoring::new(settings, files)?),
    })
}

/// What a teacher is told of each scene of an experiment that makes data: of each prompt its id and its text.
///
/// # Errors
/// [`ConfigError`] when the experiment is one of another lab, or a file is not the one that was asked for.
pub fn prompts(experiment: &Experiment, library: &Library) -> Result<Vec<(String, String)>, ConfigError> {
    experiment.validate()?;
    match &experiment.lab {
        Lab::ToolUse(settings) => making::prompts(settings, experiment.seed, &library.tool_use),
        _ => Err(ConfigError::Data { what: "lab: only experiments of tool-use have prompts".to_owned() }),
    }
}

/// The tools of an experiment.
///
/// # Errors
/// [`ConfigError`] when the experiment is one of another lab, or the file is not the one that was asked for.
pub fn tools(experiment: &Experiment, library: &Library) -> Result<Catalogue, ConfigError> {
    experiment.validate()?;
    match &experiment.lab {
        Lab::ToolUse(settings) => making::catalogue(settings, &library.tool_use),
        _ => Err(ConfigError::Data { what: "lab: only experiments of tool-use have tools".to_owned() }),
    }
}
