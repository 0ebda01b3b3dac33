//! What comes of scoring: each prediction with its metrics, samples without one, and what there is to tell.

use crate::labs::tool_use::metrics::Metrics;
use crate::labs::tool_use::sample::{Id, Sample};
use crate::labs::tool_use::strict::Failure;
use crate::labs::tool_use::transcript::Transcript;

/// What a sample asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One call.
    Single,
    /// Several.
    Chain,
    /// None.
    NoTool,
    /// The rest of a conversation: some or all calls stand in the prompt already.
    Context,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Single, Self::Chain, Self::NoTool, Self::Context];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Chain => "chain",
            Self::NoTool => "no_tool",
            Self::Context => "context",
        }
    }

    /// Of a sample whose output has this many calls.
    #[must_use]
    pub fn of(sample: &Sample, calls: usize) -> Self {
        // The prompt's own example of a call stands before what the user says.
        let said = sample.instruction.rsplit_once("New input: ").map_or("", |(_, said)| said);
        match calls {
            _ if sample.finished_previously == Some(true) || !Transcript::parse(said).inputs.is_empty() => {
                Self::Context
            }
            0 => Self::NoTool,
            1 => Self::Single,
            _ => Self::Chain,
        }
    }
}

/// A call of the truth and of the prediction, at the same place.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The tool that should be called; nothing beyond the truth's calls.
    pub truth: Option<String>,
    /// The tool that is.
    pub prediction: Option<String>,
    /// How alike their arguments are.
    pub args: f64,
}

/// A prediction that was scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Of which sample.
    pub id: Id,
    /// The sample's kind.
    pub kind: Kind,
    /// The paper's metrics.
    pub metrics: Metrics,
    /// Why it fails the strict score, if it does.
    pub failure: Option<Failure>,
    /// Whether it began with the prompt, which was cut.
    pub is_echo: bool,
    /// Whether the prompt's beginning or end stands further on in it, where it is not cut.
    pub has_prompt: bool,
    /// Its calls.
    pub steps: Vec<Step>,
}

/// All that is to be said of a file of predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// What was scored, in the order of the predictions that count.
    pub items: Vec<Item>,
    /// Samples without a prediction, in the order of their file.
    pub missing: Vec<Missing>,
    /// Predictions that were not scored: of no sample, or flawed.
    pub skipped: u64,
    /// Predictions that another one of the same sample replaced.
    pub duplicates: u64,
    /// Predictions with a prompt in them that is not cut.
    pub uncut: u64,
    /// What there is to tell of records, in sentences; at most some of each file, then how many more there are.
    pub told: Vec<String>,
}

/// A sample without a prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its id.
    pub id: Id,
    /// Its place, in the order of the file.
    pub place: usize,
    /// Its kind.
    pub kind: Kind,
}
