//! Settings of the lab of tool use, and their table.

use crate::experiment::own::{Field, Own, SNIFFED, TableKind, fields};
use crate::experiment::preset::{Preset, preset};
use crate::experiment::setting::{Kind, Named, SEED, Setting, Value, setting};
use crate::experiment::{Figure, LabEntry, LabWords, Settings};
use serde::{Deserialize, Serialize};

/// Most tools that a prompt of one's own lists.
pub const MOST_TOOLS: usize = 8;

/// All settings of the lab; the groups are the JSON form's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// What is done.
    pub task: Task,
    /// How data are made.
    pub data: Data,
    /// How the student is tuned.
    pub tune: Tune,
    /// What a student is asked.
    pub probe: Probe,
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
    /// The reader's own adapters.
    pub adapters: File,
    /// The reader's own samples to learn from.
    pub samples: File,
}

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Which of these.
    pub kind: TaskKind,
}

/// A tool as a catalogue's file has it: every field as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolTexts {
    /// Its name.
    pub name: String,
    /// Other names for it.
    pub also: Vec<String>,
    /// When to use it.
    pub usage: String,
    /// The kinds of its arguments.
    pub arguments: Vec<String>,
    /// `image`, or what stands for the text that it gives back.
    pub returns: String,
    /// The name of the tool it comes after; empty for none.
    pub after: String,
    /// How users ask for it.
    pub asks: Vec<String>,
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
    /// Adapters of a compact model are tuned on data that are made, and judged.
    Tune,
    /// A student replies, token by token.
    Probe,
}

impl TaskKind {
    /// The panels that have something to show.
    #[must_use]
    pub fn panels(self) -> &'static [&'static str] {
        match self {
            Self::Make => &["funnel", "dropped", "made", "tools", "notes"],
            Self::Score => &["rates", "reasons", "confusion", "cases", "notes"],
            Self::Tune => {
                &["learning", "contents", "loss", "success", "rates", "reasons", "confusion", "cases", "notes"]
            }
            Self::Probe => &["reply", "attended", "words-said", "results", "notes"],
        }
    }
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
    /// What is learned from.
    pub samples: Samples,
}

impl Default for Data {
    /// As many flaws as leave about the paper's share of lines (41 K of 66 K), and its share of negatives (3 K to 41 K).
    fn default() -> Self {
        let (images, tools, form, teacher) = (Images::Drawn, Tools::Seen, Form::Training, Teacher::Grammar);
        Self { scenes: 100, images, tools, flaws: 0.4, negatives: 0.073, form, teacher, samples: Samples::Drawn }
    }
}

/// How the student is tuned (docs/papers.md 3.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tune {
    /// Rank of the adapters.
    pub rank: u32,
    /// Their scale: what they add is multiplied by alpha / rank.
    pub alpha: f64,
    /// Dropout on their input.
    pub dropout: f64,
    /// Which maps they stand beside.
    pub targets: Targets,
    /// What the loss is of.
    pub loss: LossOn,
    /// The learning rate's peak.
    pub rate: f64,
    /// Samples of a step.
    pub batch: u32,
    /// Steps.
    pub steps: u32,
    /// Samples to learn from.
    pub samples: u32,
    /// Tools that are taught, of those there are.
    pub tools: u32,
    /// Whether samples may begin in the middle of a conversation.
    pub context: bool,
    /// The share of samples in which tools go by drawn names.
    pub masked: f64,
    /// Conversations of each kind by which the student is judged.
    pub judged: u32,
}

impl Default for Tune {
    /// Rank, scale, dropout and targets are the paper's; the others are for a compact model and a few minutes.
    fn default() -> Self {
        Self {
            rank: 16,
            alpha: 16.0,
            dropout: 0.05,
            targets: Targets::Attention,
            loss: LossOn::Answer,
            rate: 5e-3,
            batch: 8,
            steps: 850,
            samples: 8000,
            tools: 23,
            context: true,
            masked: 0.25,
            judged: 40,
        }
    }
}

/// What a student is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Which of the seed's conversations.
    pub conversation: u32,
    /// Who replies.
    pub student: Student,
    /// How one finds out which words count.
    pub words: By,
    /// Sets of words that are asked about, at most.
    pub coalitions: u32,
    /// What is said instead of what is said there; empty for that.
    pub said: String,
    /// The tools that are listed instead of those there, their names with commas between them; empty for those.
    pub tools: String,
}

impl Default for Probe {
    /// Of eight words 256 are all sets there are.
    fn default() -> Self {
        let (student, words, [said, tools]) = (Student::Tuned, By::Occlusion, [String::new(), String::new()]);
        Self { conversation: 1, student, words, coalitions: 256, said, tools }
    }
}

/// By which explanation one finds out which words count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// Each is left out once.
    #[default]
    Occlusion,
    /// Shapley values: exact where all sets of words are asked about, else by KernelSHAP.
    KernelShap,
    /// Weights of a linear model of the choice.
    Lime,
}

impl By {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Named::name(self)
    }
}

/// Who replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Student {
    /// The base with the adapters that come with the page.
    #[default]
    Tuned,
    /// The base alone.
    Untuned,
    /// The base with the reader's adapters, told by [`ToolUse::adapters`].
    Own,
}

/// Which maps adapters stand beside, in every layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Targets {
    /// Queries, keys, values and the attention's output.
    #[default]
    Attention,
    /// Queries and values only.
    QueryValue,
    /// Those of the attention, and both of the MLP.
    All,
}

/// What the loss of tuning is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossOn {
    /// The answer only.
    #[default]
    Answer,
    /// The prompt as well.
    Everything,
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

/// What is learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Samples {
    /// Samples that are made.
    #[default]
    Drawn,
    /// The reader's own, told by [`ToolUse::samples`].
    Own,
}

impl Settings for ToolUse {
    fn task(&self) -> &'static str {
        self.task.kind.name()
    }

    fn panels(&self) -> &'static [&'static str] {
        self.task.kind.panels()
    }

    fn figure(&self) -> Figure {
        match self.task.kind {
            TaskKind::Make => Figure::new(&["funnel", "made"], "data.tools"),
            TaskKind::Score => Figure { panels: &["rates", "confusion"], setting: None },
            TaskKind::Tune => Figure::new(&["learning", "success"], "tune.steps"),
            TaskKind::Probe => Figure::new(&["reply", "attended"], "probe.conversation"),
        }
    }

    fn matters(&self, path: &str) -> bool {
        let is_flawed = self.data.teacher == Teacher::Grammar;
        match self.task.kind {
            _ if path == "task.kind" => true,
            _ if path == "data.flaws" && !is_flawed => false,
            TaskKind::Make => path != "data.samples" && !path.starts_with("tune.") && !path.starts_with("probe."),
            TaskKind::Tune => {
                let of_making =
                    ["data.images", "data.teacher", "data.flaws", "data.negatives", "tune.tools", "tune.masked"];
                match path {
                    // As many scenes are drawn as it takes; one's own are as many as one has.
                    "data.scenes" => {
                        self.data.samples == Samples::Drawn
                            && (self.data.images == Images::Own || self.data.teacher == Teacher::Own)
                    }
                    "data.form" => false,
                    _ if self.data.samples == Samples::Own && of_making.contains(&path) => false,
                    _ => !path.starts_with("probe."),
                }
            }
            TaskKind::Probe if path == "probe.coalitions" => self.probe.words != By::Occlusion,
            TaskKind::Probe => matches!(path, "seed" | "data.tools") || path.starts_with("probe."),
            TaskKind::Score => false,
        }
    }

    fn has_model(&self) -> bool {
        self.needs_base()
    }

    fn needs_base(&self) -> bool {
        match self.task.kind {
            TaskKind::Tune | TaskKind::Probe => true,
            TaskKind::Make | TaskKind::Score => false,
        }
    }

    /// By the fields that its first records have: JSON with `instruction` are samples, to be judged by where they have an
    /// `id` and else to learn from, with `output` predictions, with `arguments` tools, with `custom_id` answers; all else
    /// are captions.
    fn kind_of(&self, head: &[u8]) -> Option<TableKind> {
        let head = &head[..head.len().min(SNIFFED)];
        // A safetensors file begins with the length of its header.
        if head.get(8) == Some(&b'{') && head.windows(6).any(|part| part == b"lora_A") {
            return Some(TableKind::Adapters);
        }
        let is_json = matches!(head.trim_ascii_start().first(), Some(b'[' | b'{' | 0xef));
        // In JSON a quote within a text is escaped: this finds no part of one.
        let has = |name: &[u8]| is_json && head.windows(name.len()).any(|part| part == name);
        Some(match () {
            // First, as what answers hold may have any field.
            () if has(b"\"custom_id\"") => TableKind::Answers,
            () if has(b"\"instruction\"") && !has(b"\"id\"") => TableKind::Samples,
            () if has(b"\"instruction\"") => TableKind::Truth,
            () if has(b"\"output\"") => TableKind::Predictions,
            () if has(b"\"arguments\"") => TableKind::Tools,
            () => TableKind::Captions,
        })
    }

    fn data_kind(&self, head: &[u8]) -> Result<TableKind, String> {
        match self.kind_of(head) {
            Some(kind @ (TableKind::Tools | TableKind::Captions | TableKind::Answers)) => Ok(kind),
            _ => {
                Err("expected tools, captions or answers; samples and predictions have options of their own".to_owned())
            }
        }
    }

    fn adopt(&mut self, kind: TableKind) -> Option<&mut Own> {
        let file = match kind {
            TableKind::Tools => {
                self.data.tools = Tools::Own;
                &mut self.tools
            }
            TableKind::Captions => {
                self.data.images = Images::Own;
                &mut self.captions
            }
            TableKind::Answers => {
                self.data.teacher = Teacher::Own;
                &mut self.answers
            }
            TableKind::Truth => {
                self.task.kind = TaskKind::Score;
                &mut self.truth
            }
            TableKind::Predictions => {
                self.task.kind = TaskKind::Score;
                &mut self.predictions
            }
            TableKind::Adapters => {
                self.probe.student = Student::Own;
                &mut self.adapters
            }
            TableKind::Samples => {
                (self.task.kind, self.data.samples) = (TaskKind::Tune, Samples::Own);
                &mut self.samples
            }
            _ => return None,
        };
        Some(&mut file.own)
    }

    fn turn_to(&mut self, kind: TableKind) {
        match kind {
            // Where nothing has tools, data are made with them.
            TableKind::Tools if self.task.kind == TaskKind::Score => self.task.kind = TaskKind::Make,
            TableKind::Captions | TableKind::Answers => self.task.kind = TaskKind::Make,
            TableKind::Adapters => self.task.kind = TaskKind::Probe,
            _ => {}
        }
    }
}

impl Named for TaskKind {
    const ALL: &'static [(&'static str, Self)] =
        &[("make-data", Self::Make), ("score", Self::Score), ("tune", Self::Tune), ("probe", Self::Probe)];
}
impl Named for Student {
    const ALL: &'static [(&'static str, Self)] =
        &[("tuned", Self::Tuned), ("untuned", Self::Untuned), ("own-adapters", Self::Own)];
}
impl Named for By {
    const ALL: &'static [(&'static str, Self)] =
        &[("occlusion", Self::Occlusion), ("kernel-shap", Self::KernelShap), ("lime", Self::Lime)];
}
impl Named for Targets {
    const ALL: &'static [(&'static str, Self)] =
        &[("q-k-v-o", Self::Attention), ("q-v", Self::QueryValue), ("attention-and-mlp", Self::All)];
}
impl Named for LossOn {
    const ALL: &'static [(&'static str, Self)] = &[("answer", Self::Answer), ("prompt-and-answer", Self::Everything)];
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
impl Named for Samples {
    const ALL: &'static [(&'static str, Self)] = &[("drawn", Self::Drawn), ("own-samples", Self::Own)];
}

/// Reasons for which a prediction fails.
pub const REASONS: u64 = 9;
/// Most tools that have a row and a column of the confusion of their own; after them come all others together, and no call.
pub const MOST_CONFUSED: u64 = 40;

/// The names of its tasks: its kinds of runs.
const TASKS: &[&str] = &["make-data", "score", "tune", "probe"];

/// Its settings, in the order of links and of the reference.
static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice ToolUse, task.kind: TaskKind, TASKS),
    setting!(integer ToolUse, probe.conversation: u32, 0, 9999),
    setting!(choice ToolUse, probe.student: Student, &["tuned", "untuned", "own-adapters"]),
    setting!(choice ToolUse, probe.words: By, &["occlusion", "kernel-shap", "lime"]),
    setting!(integer ToolUse, probe.coalitions: u32, 16, 4096).log(16.0, 4096.0),
    // As many as the paper's images.
    setting!(integer ToolUse, data.scenes: u32, 1, 3000).log(1.0, 3000.0),
    setting!(choice ToolUse, data.images: Images, &["drawn", "own-captions"]),
    setting!(choice ToolUse, data.tools: Tools, &["seen", "unseen", "own-tools"]),
    setting!(real ToolUse, data.flaws, 0.0, 1.0, false),
    setting!(real ToolUse, data.negatives, 0.0, 1.0, false),
    setting!(choice ToolUse, data.form: Form, &["to-learn", "to-judge"]),
    setting!(choice ToolUse, data.teacher: Teacher, &["grammar", "own-answers"]),
    setting!(choice ToolUse, data.samples: Samples, &["drawn", "own-samples"]),
    setting!(integer ToolUse, tune.steps: u32, 1, 5000).log(10.0, 5000.0),
    setting!(integer ToolUse, tune.samples: u32, 1, 50_000).log(10.0, 50_000.0),
    setting!(integer ToolUse, tune.tools: u32, 2, 99),
    setting!(flag ToolUse, tune.context),
    setting!(real ToolUse, tune.masked, 0.0, 1.0, false),
    setting!(integer ToolUse, tune.judged: u32, 1, 500).log(1.0, 500.0),
    setting!(integer ToolUse, tune.rank: u32, 1, 64),
    setting!(real ToolUse, tune.alpha, 0.0, 1024.0, true).log(1.0, 1024.0),
    setting!(real ToolUse, tune.dropout, 0.0, 0.9, false),
    setting!(choice ToolUse, tune.targets: Targets, &["q-k-v-o", "q-v", "attention-and-mlp"]),
    setting!(choice ToolUse, tune.loss: LossOn, &["answer", "prompt-and-answer"]),
    setting!(real ToolUse, tune.rate, 0.0, 0.1, true).log(0.001, 0.1),
    setting!(integer ToolUse, tune.batch: u32, 1, 32),
];

impl LabEntry for ToolUse {
    const NAME: &'static str = "tool-use";
    const TASKS: &'static [&'static str] = TASKS;
    const SETTINGS: &'static [Setting] = SETTINGS;
    const GROUPS: &'static [&'static str] = &["task", "tune", "probe", "data"];
    const PANELS: &'static [&'static str] = &[
        "reply",
        "attended",
        "words-said",
        "results",
        "funnel",
        "dropped",
        "made",
        "tools",
        "learning",
        "contents",
        "loss",
        "success",
        "rates",
        "reasons",
        "confusion",
        "cases",
        "notes",
    ];
    // The last thing whose cases can be looked at: 0 is every failure, then come the reasons, then the cells of the confusion.
    const LAST_CLASS: u64 = REASONS + (MOST_CONFUSED + 2) * (MOST_CONFUSED + 2);
    const PRESETS: &'static [Preset] = PRESETS;
    const FIELDS: &'static [Field] = fields!(
        ToolUse;
        files: tools, captions, truth, predictions, answers, adapters, samples;
        lines: probe.said 200, probe.tools 300
    );
    const FILES: &'static [TableKind] = &[
        TableKind::Tools,
        TableKind::Captions,
        TableKind::Truth,
        TableKind::Predictions,
        TableKind::Adapters,
        TableKind::Base,
        TableKind::Answers,
        TableKind::Samples,
    ];
    const WORDS: LabWords = LabWords {
        title: "lab_tool_use",
        lede: "lede_tool_use",
        source: "source_tool_use",
        glossary: "glossary-tool-use",
    };
}

/// Its part of the gallery: data that are made, what cleaning drops of a teacher's lines, and the student.
const PRESETS: &[Preset] = &[
    preset("tool-data", "#v=1&lab=tool-use&seed=1&view.panels=funnel,made,tools,notes"),
    preset("tool-flaws", "#v=1&lab=tool-use&seed=1&data.flaws=1&view.panels=funnel,dropped,notes"),
    preset(
        "tool-unseen",
        "#v=1&lab=tool-use&seed=1&data.tools=unseen&data.form=to-judge&view.panels=made,tools,funnel,notes",
    ),
    preset("tool-probe", "#v=1&lab=tool-use&seed=1&task.kind=probe&probe.conversation=2&view.pace=10"),
    preset(
        "tool-untuned",
        "#v=1&lab=tool-use&seed=1&task.kind=probe&probe.conversation=2&probe.student=untuned&view.pace=10",
    ),
    preset("tool-tune", "#v=1&lab=tool-use&seed=1&task.kind=tune"),
    preset("tool-rank", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.rank=1"),
    preset("tool-few-samples", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.samples=100"),
    preset("tool-no-context", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.context=false"),
    preset("tool-no-negatives", "#v=1&lab=tool-use&seed=1&task.kind=tune&data.negatives=0"),
    preset("tool-few-tools", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.tools=6"),
    preset("tool-named", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.masked=0"),
];
