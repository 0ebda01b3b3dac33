//! Settings of the lab of tool use, and their table.

use super::own::Own;
use super::setting::{Kind, Named, SEED, Setting, Settings, Value, setting};
use super::{Experiment, Lab};
use serde::{Deserialize, Serialize};

/// All settings of the lab; the groups are the JSON form's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// What is done.
    pub task: Task,
    /// How data are made.
    pub data: Data,
    /// The reader's own tools.
    pub tools: File,
    /// The reader's own captions.
    pub captions: File,
    /// The reader's own samples to judge by.
    pub truth: File,
    /// What a model of the reader's wrote for them.
    pub predictions: File,
    /// What another teacher answered.
    pub answers: File,
}

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Which of both.
    pub kind: TaskKind,
}

/// What is known of a file of the reader's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Name, size and digest.
    pub own: Own,
}

/// What is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKind {
    /// Data are made by self-instruction.
    #[default]
    Make,
    /// Predictions are scored, [`ToolUse::predictions`] by [`ToolUse::truth`].
    Score,
}

/// How data are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Scenes that the teacher is told of; of the reader's own captions at most so many.
    pub scenes: u32,
    /// Where scenes come from.
    pub images: Images,
    /// Which tools there are.
    pub tools: Tools,
    /// The share of the teacher's lines that is flawed.
    pub flaws: f64,
    /// For each conversation with tools, how likely one without follows.
    pub negatives: f64,
    /// What samples are for.
    pub form: Form,
    /// Who answers on scenes.
    pub teacher: Teacher,
}

impl Default for Data {
    /// As many flaws as leave about the paper's share of lines (41 K of 66 K), and its share of negatives (3 K to 41 K).
    fn default() -> Self {
        let (images, tools, form, teacher) = (Images::Drawn, Tools::Seen, Form::Training, Teacher::Grammar);
        Self { scenes: 100, images, tools, flaws: 0.4, negatives: 0.073, form, teacher }
    }
}

/// Where scenes come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Images {
    /// A grammar draws them.
    #[default]
    Drawn,
    /// The reader's own captions, told by [`ToolUse::captions`].
    Own,
}

/// Which tools there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tools {
    /// The 23 that GPT4Tools is taught.
    #[default]
    Seen,
    /// Eight others.
    Unseen,
    /// The reader's own, told by [`ToolUse::tools`].
    Own,
}

/// What samples are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// To learn from: one turn of each conversation.
    #[default]
    Training,
    /// To be judged by: whole conversations.
    Judged,
}

/// Who answers on scenes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Teacher {
    /// A seeded grammar.
    #[default]
    Grammar,
    /// A model of the reader's choice, whose answers are a file, told by [`ToolUse::answers`].
    Own,
}

impl Settings for ToolUse {
    #[inline(never)]
    fn of(experiment: &Experiment) -> &Self {
        match &experiment.lab {
            Lab::ToolUse(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    #[inline(never)]
    fn of_mut(experiment: &mut Experiment) -> &mut Self {
        match &mut experiment.lab {
            Lab::ToolUse(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    fn lab() -> Lab {
        Lab::ToolUse(Self::default())
    }
}

impl Named for TaskKind {
    const ALL: &'static [(&'static str, Self)] = &[("make-data", Self::Make), ("score", Self::Score)];
}
impl Named for Images {
    const ALL: &'static [(&'static str, Self)] = &[("drawn", Self::Drawn), ("own-captions", Self::Own)];
}
impl Named for Tools {
    const ALL: &'static [(&'static str, Self)] =
        &[("seen", Self::Seen), ("unseen", Self::Unseen), ("own-tools", Self::Own)];
}
impl Named for Form {
    const ALL: &'static [(&'static str, Self)] = &[("to-learn", Self::Training), ("to-judge", Self::Judged)];
}
impl Named for Teacher {
    const ALL: &'static [(&'static str, Self)] = &[("grammar", Self::Grammar), ("own-answers", Self::Own)];
}

/// Its settings, in the order of links and of the reference.
pub static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice ToolUse, task.kind: TaskKind, &["make-data", "score"]),
    // As many as the paper's images.
    setting!(integer ToolUse, data.scenes: u32, 1, 3000),
    setting!(choice ToolUse, data.images: Images, &["drawn", "own-captions"]),
    setting!(choice ToolUse, data.tools: Tools, &["seen", "unseen", "own-tools"]),
    setting!(real ToolUse, data.flaws, 0.0, 1.0, false),
    setting!(real ToolUse, data.negatives, 0.0, 1.0, false),
    setting!(choice ToolUse, data.form: Form, &["to-learn", "to-judge"]),
    setting!(choice ToolUse, data.teacher: Teacher, &["grammar", "own-answers"]),
];

/// Its panels.
pub const PANELS: &[&str] = &["funnel", "dropped", "made", "tools", "rates", "reasons", "confusion", "cases", "notes"];
