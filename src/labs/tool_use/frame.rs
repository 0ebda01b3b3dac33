//! What the runs of tool use show: a struct for each kind of run. Plain values; computes and draws nothing.

use serde::{Deserialize, Serialize};

/// A run that makes data, after the scenes of its step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DatasetFrame {
    /// What became of the teacher's lines so far.
    pub funnel: Funnel,
    /// Size of the samples as a file, in bytes.
    pub file_bytes: u64,
    /// The lines dropped last, newest first.
    pub dropped: Vec<DroppedLine>,
    /// The tools of the catalogue, in its order.
    pub tools: Vec<ToolCount>,
    /// The latest sample of each kind that there is one of.
    pub latest: Vec<LatestSample>,
    /// What there is to tell of the reader's files, in sentences.
    pub warnings: Vec<String>,
}

/// How many lines and samples are left after each stage; each count is of those that are left of the count before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// Scenes that the teacher was told of.
    pub scenes: u64,
    /// Lines of its answers.
    pub lines: u64,
    /// Lines that were dropped, by the reasons of [`Dropped::ALL`].
    pub dropped: [u64; Dropped::ALL.len()],
    /// Conversations made of the others.
    pub conversations: u64,
    /// Of these, samples that begin with the prompt and nothing more.
    pub single_turn: u64,
    /// Of these, samples with calls in the prompt.
    pub context: u64,
    /// Samples without tools, besides.
    pub negative: u64,
}

impl Funnel {
    /// All samples.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.conversations + self.negative
    }
}

/// Why a line is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Dropped {
    /// There is no bracket to hold a tool.
    NoBrackets,
    /// No tool has this name.
    UnknownTool,
    /// Fewer arguments than the tool takes.
    TooFewArguments,
    /// More than it takes, and they cannot be one text with commas.
    TooManyArguments,
    /// The first argument is not the image.
    WrongImage,
    /// The very same line was kept before.
    Duplicate,
}

impl Dropped {
    /// All of them, in the order they are looked for.
    pub const ALL: [Self; 6] = [
        Self::NoBrackets,
        Self::UnknownTool,
        Self::TooFewArguments,
        Self::TooManyArguments,
        Self::WrongImage,
        Self::Duplicate,
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoBrackets => "no_brackets",
            Self::UnknownTool => "unknown_tool",
            Self::TooFewArguments => "too_few_arguments",
            Self::TooManyArguments => "too_many_arguments",
            Self::WrongImage => "wrong_image",
            Self::Duplicate => "duplicate",
        }
    }
}

/// A line of the teacher that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedLine {
    /// The first reason found.
    pub why: Dropped,
    /// The line, shortened.
    pub line: String,
}

/// A tool and how many conversations end with a call of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCount {
    /// Its name.
    pub name: String,
    /// Conversations.
    pub conversations: u32,
}

/// What kind of sample a turn of a conversation becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleKind {
    /// The prompt has no calls yet.
    SingleTurn,
    /// The prompt has the calls made before.
    InContext,
    /// No tool is needed.
    Negative,
}

impl SampleKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SingleTurn, Self::InContext, Self::Negative];
}

/// A sample as it is shown: both texts shortened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestSample {
    /// Its kind.
    pub kind: SampleKind,
    /// What a model is given.
    pub prompt: String,
    /// What it should write.
    pub output: String,
}
