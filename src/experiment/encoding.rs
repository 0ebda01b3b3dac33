//! Settings of the encoding lab, and their table.

use super::own::Own;
use super::setting::{Kind, Named, SEED, Setting, Settings, Value, setting};
use super::{ConfigError, Experiment, Lab};
use serde::{Deserialize, Serialize};

/// All settings of the lab; the groups are the JSON form's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// What is explained.
    pub subject: Subject,
    /// How it is explained.
    pub explanations: Explanations,
    /// How explanations are judged.
    pub scores: Scoring,
}

/// What is explained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Where the inputs and labels come from.
    pub kind: SubjectKind,
    /// Which of the distributions that come with the lab.
    pub law: Law,
    /// What is known of the reader's own distribution.
    pub own: Own,
}

/// Where inputs and labels come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubjectKind {
    /// A distribution that comes with the lab.
    #[default]
    Law,
    /// The reader's own distribution, told by [`Subject::own`].
    Own,
    /// Small images of a cat or a dog, drawn by the engine: one patch says which other one counts.
    Images,
    /// Sequences of two classes, and the one-layer transformer of the Scan & Snap lab, explained by its attention.
    ScanSnap,
    /// Short reviews that come with the page, each positive or negative.
    Reviews,
    /// The reader's own labelled sentences, with rationales if they have them, told by [`Subject::own`].
    Sentences,
}

/// A distribution by its lesson. Bits are fair and independent unless said otherwise; y is right with probability .9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Law {
    /// y follows x1 where x3 = 1 and x2 where x3 = 0: a control that steers (docs/papers.md 2.2, Eq. 3).
    #[default]
    ControlFlow,
    /// y follows x1 xor x2, x3 is idle: no input says anything alone.
    Xor,
    /// y follows the majority of three bits: how many are needed depends on what they are.
    Majority,
    /// y follows x1, and x2 is its copy: showing both says nothing more.
    Redundant,
    /// As the control flow, but x1 and x2 agree with probability .8: the wrong one is a good guess.
    Correlated,
    /// y follows x1, right with probability .95 where x2 = 1 and .6 where x2 = 0, x3 is idle: an input tells how sure to be.
    Noisy,
    /// y, x1 and x2 are one of a, b, c; y follows x1 where x3 = 1 and x2 where x3 = 0, right with probability .8.
    Ternary,
}

/// How inputs are explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanations {
    /// Inputs that a selection shows; MARG, PRED and POSI always show one.
    pub inputs: u32,
    /// What is known of the reader's own explanations.
    pub own: Own,
}

impl Default for Explanations {
    fn default() -> Self {
        Self { inputs: 2, own: Own::default() }
    }
}

impl Explanations {
    /// How many of `there` inputs a selection shows.
    ///
    /// # Errors
    /// [`ConfigError`] when there are fewer than are asked for.
    pub fn inputs_of(&self, there: usize) -> Result<usize, ConfigError> {
        let asked = self.inputs as usize;
        if asked <= there {
            return Ok(asked);
        }
        let (path, value) = ("explanations.inputs".to_owned(), asked.to_string());
        Err(ConfigError::BadValue { path, value, expected: format!("at most {there}, the inputs there are") })
    }
}

/// How explanations are judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scoring {
    /// From what they are scored.
    pub by: By,
    /// Samples that are drawn, or taken of the reader's own, at most.
    pub samples: u32,
    /// The models that estimate.
    pub model: Model,
    /// Steps that a transformer is trained.
    pub steps: u32,
}

impl Default for Scoring {
    fn default() -> Self {
        Self { by: By::Exact, samples: 50_000, model: Model::Table, steps: 600 }
    }
}

/// From what explanations are scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// From the distribution itself.
    #[default]
    Exact,
    /// As before, and beside all other maps there are.
    AllMaps,
    /// From samples: of a known distribution beside the truth, else the reader's own, of which no truth is known.
    Samples,
}

/// The models that estimate q(y | x_v) and q(y | x_v, E_v).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// A table of frequencies.
    #[default]
    Table,
    /// The compact transformer.
    Transformer,
}

impl Encoding {
    /// Whether a model learns before it is explained: its steps are many.
    #[must_use]
    pub fn has_model(&self) -> bool {
        self.is_text() || matches!(self.subject.kind, SubjectKind::Images | SubjectKind::ScanSnap)
    }

    /// Whether a text classifier is explained.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.subject.kind, SubjectKind::Reviews | SubjectKind::Sentences)
    }
}

impl Settings for Encoding {
    // Each setting asks: not a copy in every one.
    #[inline(never)]
    fn of(experiment: &Experiment) -> &Self {
        match &experiment.lab {
            Lab::Encoding(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    #[inline(never)]
    fn of_mut(experiment: &mut Experiment) -> &mut Self {
        match &mut experiment.lab {
            Lab::Encoding(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    fn lab() -> Lab {
        Lab::Encoding(Self::default())
    }
}

impl Named for SubjectKind {
    const ALL: &'static [(&'static str, Self)] = &[
        ("law", Self::Law),
        ("images", Self::Images),
        ("scan-snap", Self::ScanSnap),
        ("reviews", Self::Reviews),
        ("own-table", Self::Own),
        ("own-sentences", Self::Sentences),
    ];
}
impl Named for Law {
    const ALL: &'static [(&'static str, Self)] = &[
        ("control-flow", Self::ControlFlow),
        ("xor", Self::Xor),
        ("majority", Self::Majority),
        ("redundant", Self::Redundant),
        ("correlated", Self::Correlated),
        ("noisy", Self::Noisy),
        ("ternary", Self::Ternary),
    ];
}
impl Named for By {
    const ALL: &'static [(&'static str, Self)] =
        &[("probabilities", Self::Exact), ("all-maps", Self::AllMaps), ("samples", Self::Samples)];
}
impl Named for Model {
    const ALL: &'static [(&'static str, Self)] = &[("table", Self::Table), ("transformer", Self::Transformer)];
}

/// Most explanations of the reader's own.
pub const MOST_OWN: u64 = 50;
/// Explanations that the lab makes itself, at most.
const MOST_MADE: u64 = 14;

/// The last explanation of the largest run.
pub const LAST_CLASS: u64 = MOST_MADE + MOST_OWN - 1;

/// Its settings, in the order of links and of the reference.
pub static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice Encoding, subject.kind: SubjectKind, &["law", "images", "scan-snap", "reviews", "own-table", "own-sentences"]),
    setting!(choice Encoding, subject.law: Law, &["control-flow", "xor", "majority", "redundant", "correlated", "noisy", "ternary"]),
    setting!(integer Encoding, explanations.inputs: u32, 1, 32),
    setting!(choice Encoding, scores.by: By, &["probabilities", "all-maps", "samples"]),
    setting!(integer Encoding, scores.samples: u32, 100, 1_000_000),
    setting!(choice Encoding, scores.model: Model, &["table", "transformer"]),
    setting!(integer Encoding, scores.steps: u32, 50, 20_000),
];

/// Its panels.
pub const PANELS: &[&str] = &[
    "words",
    "images",
    "told",
    "shown",
    "meter",
    "ranking",
    "distribution",
    "table",
    "estimates",
    "maps",
    "samples",
    "notes",
];
