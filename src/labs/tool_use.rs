//! The lab of tool use (GPT4Tools: Yang et al., NeurIPS 2023; docs/papers.md 3): a model is taught to call tools by
//! data that a teacher made up, and is scored by what it calls.
//!
//! The score (docs/papers.md 3.4), from below: [`json`](mod@json) and [`records`] read files of others, [`sample`] has
//! their fields, [`transcript`] what a model wrote, [`metrics`] compares two transcripts as the paper does and
//! [`strict`] as a user of the tools would, [`evaluation`] does both for all predictions, with intervals
//! ([`interval`](mod@interval)), by tool and by kind of sample.
//!
//! The data (docs/papers.md 3.1), in the order it is made: [`catalogue`] has the tools, [`scene`] what is seen,
//! [`teacher`] the answers of a teacher who is told of both, [`answers`] those of another teacher, [`clean`] takes
//! these apart and drops what is flawed, [`conversation`] makes samples of the rest, [`chat`] has what to say without
//! tools, and [`pipeline`] does it all, scene by scene, and counts.
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
pub mod frame;
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
pub mod settings;
pub mod strict;
pub mod student;
pub mod teacher;
mod told;
pub mod transcript;
mod wording;

pub use crate::json::{self, Json};
pub use catalogue::Catalogue;
pub use clean::{Cleaner, Instruction};
pub use conversation::Conversation;
pub use evaluation::{Evaluation, Evaluator};
pub use files::Files;
pub use frame::{Dropped, Funnel};
pub use metrics::{Metrics, TruthError, metrics};
pub use pipeline::Pipeline;
pub use records::{Record, Records, RecordsError};
pub use sample::{Id, Prediction, Sample};
pub use scene::Scene;
pub use strict::{Failure, Reason};
pub use transcript::Transcript;

use super::{Content, EngineLab, FileKind, Library, Query, Take, Taken};
use crate::experiment::own::TableKind;
use crate::experiment::tool_use::ToolTexts;
use crate::experiment::{ConfigError, Experiment};
use files::on_files;
use std::sync::Arc;
use wording::{article, pick};

/// The lab.
pub static LAB: EngineLab = EngineLab {
    name: "tool-use",
    tasks: &[making::TASK, scoring::TASK, learning::TASK, probing::TASK],
    files: &[
        FileKind::whole(TableKind::Tools, |library, files| library.get_mut::<Files>().take_tools(files)),
        FileKind::whole(TableKind::Captions, |library, files| library.get_mut::<Files>().take_captions(files)),
        FileKind::whole(TableKind::Truth, |library, files| library.get_mut::<Files>().take_truth(files)),
        FileKind::whole(TableKind::Predictions, |library, files| library.get_mut::<Files>().take_predictions(files)),
        FileKind::whole(TableKind::Adapters, |library, files| library.get_mut::<Files>().take_adapters(files)),
        FileKind::whole(TableKind::Base, |library, files| library.get_mut::<Files>().take_base(files)),
        FileKind::whole(TableKind::Answers, |library, files| library.get_mut::<Files>().take_answers(files)),
        FileKind {
            kind: TableKind::Samples,
            take: Take::Pieces(|library, piece| {
                let samples = library.get_mut::<Files>().feed_samples(piece)?;
                let taken =
                    |it: Arc<samples::Samples>| Taken { own: it.own.clone(), content: Content::Records(it.frame()) };
                Ok(samples.map(taken))
            }),
        },
    ],
    queries: &[Query::Prompts(prompts), Query::Tools(tools)],
};

/// What a teacher is told of each scene of an experiment that makes data: of each prompt its id and its text.
///
/// # Errors
/// [`ConfigError`] when a file is not the one that was asked for.
pub fn prompts(experiment: &Experiment, library: &Library) -> Result<Vec<(String, String)>, ConfigError> {
    on_files(experiment, library, making::prompts)
}

/// The tools of an experiment, as a catalogue's file has them.
fn tools(experiment: &Experiment, library: &Library) -> Result<Vec<ToolTexts>, ConfigError> {
    let catalogue = on_files(experiment, library, |settings, _, files| making::catalogue(settings, files))?;
    let tools = catalogue.tools();
    let text = |tool: &catalogue::Tool| ToolTexts {
        name: tool.name.clone(),
        also: tool.also.clone(),
        usage: tool.usage.clone(),
        arguments: tool.arguments.iter().map(|argument| argument.name().to_owned()).collect(),
        returns: tool.returns.text().to_owned(),
        after: tool.after.map_or_else(String::new, |at| tools[at].name.clone()),
        asks: tool.asks.clone(),
    };
    Ok(tools.iter().map(text).collect())
}
