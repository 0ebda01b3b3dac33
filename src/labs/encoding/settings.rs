//! Settings of the encoding lab, and their table.

use crate::experiment::own::{Field, Own, TableKind, fields};
use crate::experiment::preset::{Preset, preset};
use crate::experiment::setting::{Kind, Named, SEED, Setting, Value, setting};
use crate::experiment::{ConfigError, Figure, LabEntry, LabWords, Settings};
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
    /// Whether a text classifier is explained.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.subject.kind, SubjectKind::Reviews | SubjectKind::Sentences)
    }
}

impl Settings for Encoding {
    fn task(&self) -> &'static str {
        TASKS[0]
    }

    fn panels(&self) -> &'static [&'static str] {
        Self::PANELS
    }

    fn figure(&self) -> Figure {
        match self.subject.kind {
            SubjectKind::Law => Figure::new(&["told", "meter"], "subject.law"),
            SubjectKind::Reviews | SubjectKind::Sentences => {
                Figure::new(&["words", "estimates"], "explanations.inputs")
            }
            SubjectKind::Images => Figure::new(&["images", "meter"], "explanations.inputs"),
            SubjectKind::ScanSnap | SubjectKind::Own => Figure::new(&["told", "meter"], "explanations.inputs"),
        }
    }

    fn matters(&self, path: &str) -> bool {
        let (kind, scores) = (self.subject.kind, &self.scores);
        match path {
            "scores.by" => !self.is_text(),
            _ if self.is_text() && path.starts_with("scores.") => false,
            "subject.law" => kind == SubjectKind::Law,
            "scores.samples" | "scores.model" => scores.by == By::Samples,
            "scores.steps" => scores.by == By::Samples && scores.model == Model::Transformer,
            _ => true,
        }
    }

    fn has_model(&self) -> bool {
        self.is_text() || matches!(self.subject.kind, SubjectKind::Images | SubjectKind::ScanSnap)
    }

    /// By its first line: a column `mask` makes it explanations, tabs, a column `text` or JSON sentences, all else a
    /// distribution.
    fn kind_of(&self, head: &[u8]) -> Option<TableKind> {
        let header = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header = header.strip_prefix("\u{feff}".as_bytes()).unwrap_or(header);
        let columns = || header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let has = |name: &[u8]| columns().any(|column| column.eq_ignore_ascii_case(name));
        Some(if has(b"mask") {
            TableKind::Explanations
        } else if header.starts_with(b"{") || header.contains(&b'\t') || has(b"text") {
            TableKind::Sentences
        } else {
            TableKind::Distribution
        })
    }

    fn data_kind(&self, head: &[u8]) -> Result<TableKind, String> {
        match self.subject.kind {
            SubjectKind::Own => return Ok(TableKind::Distribution),
            SubjectKind::Sentences => return Ok(TableKind::Sentences),
            SubjectKind::Law => {}
            SubjectKind::Images | SubjectKind::ScanSnap | SubjectKind::Reviews => {
                let what = "this experiment brings its inputs along, expected subject.kind=own-table or own-sentences";
                return Err(what.to_owned());
            }
        }
        match self.kind_of(head) {
            Some(TableKind::Explanations) => {
                Err("these are explanations, expected what they are of; --explanation takes them".to_owned())
            }
            kind => Ok(kind.unwrap_or(TableKind::Distribution)),
        }
    }

    fn takes(&self, kind: TableKind) -> Result<(), String> {
        if kind == TableKind::Explanations && self.is_text() {
            return Err("sentences bring their rationales in a file with them".to_owned());
        }
        Ok(())
    }

    fn adopt(&mut self, kind: TableKind) -> Option<&mut Own> {
        match kind {
            TableKind::Distribution => self.subject.kind = SubjectKind::Own,
            TableKind::Sentences => self.subject.kind = SubjectKind::Sentences,
            TableKind::Explanations => return Some(&mut self.explanations.own),
            _ => return None,
        }
        Some(&mut self.subject.own)
    }

    fn turn_to(&mut self, kind: TableKind) {
        if kind == TableKind::Distribution {
            // They were of another distribution.
            self.explanations.own = Own::default();
        }
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

/// The names of its tasks: its kinds of runs.
const TASKS: &[&str] = &["explanations"];

/// Its settings, in the order of links and of the reference.
static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice Encoding, subject.kind: SubjectKind, &["law", "images", "scan-snap", "reviews", "own-table", "own-sentences"]),
    setting!(choice Encoding, subject.law: Law, &["control-flow", "xor", "majority", "redundant", "correlated", "noisy", "ternary"]),
    setting!(integer Encoding, explanations.inputs: u32, 1, 32).even(1.0, 8.0),
    setting!(choice Encoding, scores.by: By, &["probabilities", "all-maps", "samples"]),
    setting!(integer Encoding, scores.samples: u32, 100, 1_000_000).log(100.0, 1_000_000.0),
    setting!(choice Encoding, scores.model: Model, &["table", "transformer"]),
    setting!(integer Encoding, scores.steps: u32, 50, 20_000).log(50.0, 20_000.0),
];

impl LabEntry for Encoding {
    const NAME: &'static str = "encoding";
    const TASKS: &'static [&'static str] = TASKS;
    const SETTINGS: &'static [Setting] = SETTINGS;
    const GROUPS: &'static [&'static str] = &["subject", "explanations", "scores"];
    const PANELS: &'static [&'static str] = &[
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
    // The last explanation of the largest run.
    const LAST_CLASS: u64 = MOST_MADE + MOST_OWN - 1;
    const PRESETS: &'static [Preset] = PRESETS;
    const FIELDS: &'static [Field] = fields!(Encoding; files: subject, explanations; lines:);
    const FILES: &'static [TableKind] = &[TableKind::Distribution, TableKind::Explanations, TableKind::Sentences];
    const WORDS: LabWords = LabWords {
        title: "lab_encoding",
        lede: "lede_encoding",
        source: "source_encoding",
        glossary: "glossary-encoding",
    };
}

/// Its part of the gallery: one for each kind of encoding (docs/papers.md 2.2), one that does not encode, and what scores make of them.
const PRESETS: &[Preset] = &[
    preset("enc-marg", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes"),
    preset("enc-pred", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=1"),
    preset("enc-posi", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=2"),
    preset("enc-honest", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=3"),
    preset("enc-maps", "#v=1&lab=encoding&seed=1&scores.by=all-maps&view.panels=meter,maps,ranking,notes&view.pace=30"),
    preset("enc-budget", "#v=1&lab=encoding&seed=1&explanations.inputs=1&view.panels=meter,ranking,table,notes"),
    preset(
        "enc-xor",
        "#v=1&lab=encoding&seed=1&subject.law=xor&view.panels=told,shown,meter,distribution,notes&view.class=1",
    ),
    preset(
        "enc-shapley",
        "#v=1&lab=encoding&seed=1&subject.law=noisy&view.panels=told,shown,meter,distribution,notes&view.class=5",
    ),
    preset(
        "enc-images",
        "#v=1&lab=encoding&seed=1&subject.kind=images&view.panels=images,meter,told,table,notes&view.class=2",
    ),
    preset(
        "enc-attention",
        "#v=1&lab=encoding&seed=1&subject.kind=scan-snap&view.panels=words,meter,told,table,notes&view.class=6",
    ),
    preset("enc-text", "#v=1&lab=encoding&seed=1&subject.kind=reviews&explanations.inputs=3"),
    preset(
        "enc-samples",
        "#v=1&lab=encoding&seed=1&scores.by=samples&scores.samples=20000&view.panels=samples,told,estimates,notes&view.pace=30",
    ),
];
