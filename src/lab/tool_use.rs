//! The lab of tool use (GPT4Tools: Yang et al., NeurIPS 2023; PAPERS 3): a model is taught to call tools by data that a teacher
//! made up, and is scored by what it calls.
//!
//! The score (PAPERS 3.4), from below: [`json`] reads files of others, [`sample`] their records, [`transcript`] what a model wrote,
//! [`metrics`] compares two transcripts as the paper does and [`strict`] as a user of the tools would, [`evaluation`] does both for
//! all predictions, with intervals ([`interval`](mod@interval)), by tool and by kind of sample.

pub mod evaluation;
pub mod interval;
pub mod json;
pub mod metrics;
pub mod sample;
pub mod strict;
pub mod transcript;

pub use evaluation::{Evaluation, Evaluator};
pub use json::{Json, JsonError, Records};
pub use metrics::{Metrics, TruthError, metrics};
pub use sample::{Id, Prediction, Sample};
pub use strict::{Failure, Reason};
pub use transcript::Transcript;
