//! Settings of the Scan & Snap lab, and their table.

use crate::experiment::own::{Field, Own, TableKind, fields};
use crate::experiment::preset::{Preset, preset};
use crate::experiment::setting::{Kind, Named, SEED, Setting, Value, setting};
use crate::experiment::{ConfigError, Experiment, Figure, InLab, LabEntry, LabWords, MEMORY_LIMIT_BYTES, Settings};
use serde::{Deserialize, Serialize};

/// All settings of the lab; the groups are the JSON form's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanSnap {
    /// What the sequences are drawn from.
    pub data: Data,
    /// The one-layer transformer.
    pub model: Model,
    /// The optimiser.
    pub training: Training,
    /// Constants of the theory-only mode (`data.kind = "theory"`).
    pub theory: Theory,
}

impl ScanSnap {
    /// Number of classes K = query tokens x next tokens of each.
    #[must_use]
    pub fn classes(&self) -> u64 {
        u64::from(self.data.last_tokens) * u64::from(self.data.next_per_last)
    }

    /// Vocabulary size M: common, common to a query, distinct, query and next tokens.
    #[must_use]
    pub fn vocabulary(&self) -> u64 {
        let data = &self.data;
        let (queries, classes) = (u64::from(data.last_tokens), self.classes());
        u64::from(data.common_tokens)
            + u64::from(data.common_per_last) * queries
            + u64::from(data.distinct_per_next) * classes
            + queries
            + classes
    }

    /// Memory of a run in bytes, to within small change, by what it goes to: (weights with their gradient, moments and
    /// two checkpoints; what is recorded; a step's batch).
    fn memory(&self) -> [u64; 3] {
        // A text's vocabulary is known once it is read: its run checks what it takes by itself.
        if self.data.kind != DataKind::Classes {
            return [0; 3];
        }
        let (classes, vocabulary) = (self.classes(), self.vocabulary());
        let queries = u64::from(self.data.last_tokens);
        let inputs = vocabulary - classes;
        let support = [self.data.common_tokens, self.data.common_per_last, self.data.distinct_per_next].map(u64::from);
        let support: u64 = support.iter().sum();
        let weights = inputs * (vocabulary + queries);
        let records = self.training.steps.min(500) + 2;
        // Tables of the batch's law, see `kernels::Multinomial`: 3 << 20 words at most, and one for each way into them.
        let law = (3 << 20) + support * u64::from(self.data.sequence_length);
        let batch = u64::from(self.training.batch_size) * (vocabulary + 5 * support) + law;
        [weights * 4 * 10, records * classes * (2 * support + 2) * 4, batch * 4]
    }

    /// Memory of a run in bytes, to within small change.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.memory().iter().sum()
    }

    /// Whether a transformer is trained, on a text.
    #[must_use]
    pub fn is_transformer(&self) -> bool {
        self.data.kind == DataKind::Text && self.model.form == Form::Transformer
    }

    /// Refuses heads that do not share a transformer's width evenly.
    ///
    /// # Errors
    /// [`ConfigError::BadValue`] that says what they must divide.
    pub fn check_heads(&self) -> Result<(), ConfigError> {
        let model = &self.model;
        if !self.is_transformer() || model.width.is_multiple_of(model.heads) {
            return Ok(());
        }
        let expected = ["a divisor of model.width, ", &model.width.to_string()].concat();
        Err(ConfigError::BadValue { path: "model.heads".to_owned(), value: model.heads.to_string(), expected })
    }

    /// The setting that makes the vocabulary, and so the weights, as large as they are.
    fn largest_group(&self) -> &'static str {
        let data = &self.data;
        let groups = [
            (u64::from(data.common_tokens), "data.common_tokens"),
            (u64::from(data.common_per_last) * u64::from(data.last_tokens), "data.common_per_last"),
            (u64::from(data.distinct_per_next) * self.classes(), "data.distinct_per_next"),
        ];
        groups.iter().max().map_or("", |(_, path)| path)
    }

    /// Refuses settings that would need more than `limit` bytes.
    ///
    /// # Errors
    /// [`ConfigError::TooLarge`] naming the setting that weighs most.
    pub fn check_memory(&self, limit: u64) -> Result<(), ConfigError> {
        let (parts, needed) = (self.memory(), self.memory_bytes());
        if needed <= limit {
            return Ok(());
        }
        let paths = [self.largest_group(), "training.steps", "training.batch_size"];
        let heaviest = parts.iter().zip(paths).max_by_key(|(bytes, _)| **bytes).map_or("", |(_, path)| path);
        Err(ConfigError::TooLarge { path: heaviest.to_owned(), needed_mib: needed >> 20, allowed_mib: limit >> 20 })
    }
}

/// What is run: training on sequence classes, or the theory's own equations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataKind {
    /// Sequence classes (Tian et al., section 3).
    #[default]
    Classes,
    /// No data and no model: the equations of Theorem 4 on their own.
    Theory,
    /// Windows of a text (Tian et al., section 6 and docs/papers.md 1.6 "WikiText").
    Text,
}

/// Which text is trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextSource {
    /// The first chapter of Lewis Carroll's Alice's Adventures in Wonderland (1865).
    #[default]
    Alice,
    /// Edgar Allan Poe's The Raven (1845).
    Raven,
    /// The reader's own, told by [`Data::own`].
    Own,
}

/// How the model of a text is parameterised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Pairwise weights Y and Z over the vocabulary (docs/papers.md 1.1).
    #[default]
    Yz,
    /// The normal parameterisation: embeddings, layers and head (docs/papers.md 1.6 "WikiText"). Post-LayerNorm, sinusoidal
    /// positions, a causal mask that includes the query itself, ReLU, a head of its own, embeddings times sqrt(width),
    /// embeddings and head from U(-0.1, 0.1).
    Transformer,
}

/// How a step's sequences are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sampling {
    /// `batch_size` sequences of `sequence_length` tokens, drawn anew each step.
    #[default]
    Minibatch,
    /// The limit T -> infinity with every class in each step: no sampling noise.
    Exact,
}

/// Sequence classes: one class for each next token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// What is run.
    pub kind: DataKind,
    /// Number of query tokens.
    pub last_tokens: u32,
    /// Next tokens (= classes) for each query token.
    pub next_per_last: u32,
    /// Tokens shared by all classes.
    pub common_tokens: u32,
    /// Tokens shared by the classes of one query token.
    pub common_per_last: u32,
    /// Tokens owned by one class.
    pub distinct_per_next: u32,
    /// Unnormalised probability of a common token.
    pub common_weight: f64,
    /// Unnormalised probability of a class's first distinct token.
    pub distinct_weight_min: f64,
    /// Unnormalised probability of a class's last distinct token; evenly spaced between.
    pub distinct_weight_max: f64,
    /// Tokens of a sequence, the query included.
    pub sequence_length: u32,
    /// How a step's sequences are drawn.
    pub sampling: Sampling,
    /// Which text.
    pub text: TextSource,
    /// Most tokens of a text's vocabulary, `<unk>` among them.
    pub max_vocabulary: u32,
    /// Rarer words of a text are `<unk>`.
    pub min_count: u32,
    /// What is known of the reader's own text.
    pub own: Own,
}

impl Data {
    /// The text that the settings ask for: one that comes with the page, or the reader's own.
    #[must_use]
    pub fn wanted(&self) -> Own {
        let (name, size, digest) = match self.text {
            TextSource::Alice => ("alice.txt", 11_270, 0xb724_2f70_4f63_d9dd),
            TextSource::Raven => ("raven.txt", 6_328, 0xbec6_1ec7_4f37_bc15),
            TextSource::Own => return self.own.clone(),
        };
        Own { name: name.to_owned(), size, digest }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self {
            kind: DataKind::Classes,
            last_tokens: 2,
            next_per_last: 1,
            common_tokens: 10,
            common_per_last: 0,
            distinct_per_next: 10,
            common_weight: 1.0,
            distinct_weight_min: 0.1,
            distinct_weight_max: 1.0,
            sequence_length: 128,
            sampling: Sampling::Minibatch,
            text: TextSource::Alice,
            max_vocabulary: 1000,
            min_count: 1,
            own: Own::default(),
        }
    }
}

/// How Y and Z start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Init {
    /// Y = Z = 0, as in the theory.
    #[default]
    Zero,
    /// U(-1/sqrt M, 1/sqrt M) for every entry of Y and Z.
    Uniform,
}

/// The one-layer transformer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Divide the attention output by its l2 norm.
    pub normalize: bool,
    /// Add the query's embedding to the attention output.
    pub residual: bool,
    /// Let the query attend to itself.
    pub attend_query: bool,
    /// How Y and Z start.
    pub init: Init,
    /// How the model of a text is parameterised.
    pub form: Form,
    /// Layers of the transformer.
    pub layers: u32,
    /// Width of its embeddings.
    pub width: u32,
    /// Its attention heads, which share the width evenly.
    pub heads: u32,
    /// Hidden units of each layer's MLP; 0 for none.
    pub mlp_width: u32,
    /// Positions it sees at once: bptt.
    pub context: u32,
    /// Probability that a number is dropped in training.
    pub dropout: f64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            normalize: true,
            residual: false,
            attend_query: false,
            init: Init::Zero,
            form: Form::Yz,
            layers: 1,
            width: 200,
            heads: 1,
            mlp_width: 200,
            context: 35,
            dropout: 0.2,
        }
    }
}

/// Which optimiser moves Y and Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Optimizer {
    /// Stochastic gradient descent with momentum, PyTorch's form.
    #[default]
    Sgd,
    /// Adam with beta = (0.9, 0.999), eps = 1e-8.
    Adam,
}

/// The optimiser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Which optimiser.
    pub optimizer: Optimizer,
    /// Learning rate of Z (attention); of all weights where the form is a transformer.
    pub eta_z: f64,
    /// Learning rate of Y (decoder).
    pub eta_y: f64,
    /// Momentum of SGD.
    pub momentum: f64,
    /// Sequences in a step.
    pub batch_size: u32,
    /// Steps in the run.
    pub steps: u64,
    /// On a text: gradients are shortened to this l2 norm, over all parameters; 0 leaves them.
    pub clip: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            optimizer: Optimizer::Sgd,
            eta_z: 1.0,
            eta_y: 1.0,
            momentum: 0.9,
            batch_size: 128,
            steps: 100,
            clip: 0.5,
        }
    }
}

/// Which curves the theory-only mode draws beside the asked one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// eta_Y times 0.5, 1, 2, 5 at fixed eta_Z (Figs. 3 and 8).
    #[default]
    EtaY,
    /// eta_Z times 0.5, 1, 2, 4, 8 at fixed eta_Y / eta_Z (Fig. 9).
    Nu,
}

/// Constants of Theorem 4 for the theory-only mode; its rates and length are `training.eta_y`, `.eta_z`, `.steps`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theory {
    /// Number of classes K.
    pub classes: u32,
    /// Vocabulary size M.
    pub vocabulary: u32,
    /// C_0 = rho_0^4 / K.
    pub c0: f64,
    /// Which family of curves is drawn.
    pub family: Family,
}

impl Default for Theory {
    fn default() -> Self {
        Self { classes: 10, vocabulary: 1000, c0: 0.1, family: Family::EtaY }
    }
}

impl Settings for ScanSnap {
    fn task(&self) -> &'static str {
        self.data.kind.name()
    }

    fn panels(&self) -> &'static [&'static str] {
        Self::PANELS
    }

    fn figure(&self) -> Figure {
        match self.data.kind {
            DataKind::Classes => Figure::new(&["scan", "bars"], "training.eta_y"),
            DataKind::Theory => Figure::new(&["phase", "gains"], "training.eta_y"),
            DataKind::Text => Figure::new(&["scan", "loss"], "training.eta_z"),
        }
    }

    fn matters(&self, path: &str) -> bool {
        if self.data.kind == DataKind::Text {
            return matters_for_text(path, self);
        }
        let theory = self.data.kind == DataKind::Theory;
        match path {
            "data.text" | "data.max_vocabulary" | "data.min_count" | "training.clip" => false,
            "model.form" | "model.layers" | "model.width" | "model.heads" | "model.mlp_width" | "model.context"
            | "model.dropout" => false,
            "data.kind" | "training.eta_y" | "training.eta_z" | "training.steps" => true,
            "seed" => !theory,
            "data.sequence_length" | "training.batch_size" => !theory && self.data.sampling == Sampling::Minibatch,
            "training.momentum" => !theory && self.training.optimizer == Optimizer::Sgd,
            _ => theory == path.starts_with("theory."),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.check_heads()?;
        self.check_memory(MEMORY_LIMIT_BYTES)
    }

    fn steps(&self) -> Option<u64> {
        Some(self.training.steps)
    }

    fn known_classes(&self) -> Option<u64> {
        // Those of a text are known once it is read.
        (self.data.kind == DataKind::Classes).then(|| self.classes())
    }

    fn has_weights(&self) -> bool {
        self.is_transformer()
    }

    fn needs_all(&self) -> bool {
        self.data.kind == DataKind::Text
    }

    fn data_kind(&self, _head: &[u8]) -> Result<TableKind, String> {
        Ok(TableKind::Text)
    }

    fn adopt(&mut self, kind: TableKind) -> Option<&mut Own> {
        if kind != TableKind::Text {
            return None;
        }
        (self.data.kind, self.data.text) = (DataKind::Text, TextSource::Own);
        Some(&mut self.data.own)
    }
}

/// What matters where a text is trained on, in either of its forms.
fn matters_for_text(path: &str, settings: &ScanSnap) -> bool {
    let is_yz = settings.model.form == Form::Yz;
    match path {
        "seed" | "data.kind" | "data.text" | "data.max_vocabulary" | "data.min_count" | "model.form" => true,
        "data.sequence_length" | "model.normalize" | "model.residual" | "model.attend_query" | "model.init" => is_yz,
        "training.eta_y" => is_yz,
        "training.momentum" => settings.training.optimizer == Optimizer::Sgd,
        _ => path.starts_with("training.") || (!is_yz && path.starts_with("model.")),
    }
}

impl Experiment {
    /// Its settings of Scan & Snap, if that is its lab.
    #[must_use]
    pub fn scan_snap(&self) -> Option<&ScanSnap> {
        self.of()
    }

    /// The same, to be changed.
    pub fn scan_snap_mut(&mut self) -> Option<&mut ScanSnap> {
        ScanSnap::of_mut(&mut self.lab)
    }

    /// Whether it trains on a text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.scan_snap().is_some_and(|settings| settings.data.kind == DataKind::Text)
    }

    /// Whether it says which text of the reader's own it is about.
    #[must_use]
    pub fn has_own_text(&self) -> bool {
        self.scan_snap().is_some_and(|settings| settings.data.own.digest != 0)
    }
}

impl Named for DataKind {
    const ALL: &'static [(&'static str, Self)] =
        &[("classes", Self::Classes), ("theory", Self::Theory), ("text", Self::Text)];
}
impl Named for TextSource {
    const ALL: &'static [(&'static str, Self)] = &[("alice", Self::Alice), ("raven", Self::Raven), ("own", Self::Own)];
}
impl Named for Form {
    const ALL: &'static [(&'static str, Self)] = &[("yz", Self::Yz), ("transformer", Self::Transformer)];
}
impl Named for Sampling {
    const ALL: &'static [(&'static str, Self)] = &[("minibatch", Self::Minibatch), ("exact", Self::Exact)];
}
impl Named for Init {
    const ALL: &'static [(&'static str, Self)] = &[("zero", Self::Zero), ("uniform", Self::Uniform)];
}
impl Named for Optimizer {
    const ALL: &'static [(&'static str, Self)] = &[("sgd", Self::Sgd), ("adam", Self::Adam)];
}
impl Named for Family {
    const ALL: &'static [(&'static str, Self)] = &[("eta_y", Self::EtaY), ("nu", Self::Nu)];
}

/// Most query tokens, and most classes of each.
const MOST_LAST_TOKENS: u64 = 50;
const MOST_NEXT_PER_LAST: u64 = 10;

/// The names of its tasks: its kinds of runs.
const TASKS: &[&str] = &["classes", "theory", "text"];

/// Its settings, in the order of links and of the reference.
static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice ScanSnap, data.kind: DataKind, TASKS),
    setting!(integer ScanSnap, data.last_tokens: u32, 1, MOST_LAST_TOKENS),
    setting!(integer ScanSnap, data.next_per_last: u32, 1, MOST_NEXT_PER_LAST),
    setting!(integer ScanSnap, data.common_tokens: u32, 0, 200),
    setting!(integer ScanSnap, data.common_per_last: u32, 0, 50),
    setting!(integer ScanSnap, data.distinct_per_next: u32, 1, 200),
    setting!(real ScanSnap, data.common_weight, 0.0, 1e6, true).log(0.01, 10.0),
    setting!(real ScanSnap, data.distinct_weight_min, 0.0, 1e6, true).log(0.01, 10.0),
    setting!(real ScanSnap, data.distinct_weight_max, 0.0, 1e6, true).log(0.01, 10.0),
    setting!(integer ScanSnap, data.sequence_length: u32, 2, 4096).log(2.0, 4096.0),
    setting!(choice ScanSnap, data.sampling: Sampling, &["minibatch", "exact"]),
    setting!(choice ScanSnap, data.text: TextSource, &["alice", "raven", "own"]),
    setting!(integer ScanSnap, data.max_vocabulary: u32, 2, 10_000),
    setting!(integer ScanSnap, data.min_count: u32, 1, 1_000_000),
    setting!(flag ScanSnap, model.normalize),
    setting!(flag ScanSnap, model.residual),
    setting!(flag ScanSnap, model.attend_query),
    setting!(choice ScanSnap, model.init: Init, &["zero", "uniform"]),
    setting!(choice ScanSnap, model.form: Form, &["yz", "transformer"]),
    setting!(integer ScanSnap, model.layers: u32, 1, 6),
    setting!(integer ScanSnap, model.width: u32, 16, 256),
    setting!(integer ScanSnap, model.heads: u32, 1, 256),
    setting!(integer ScanSnap, model.mlp_width: u32, 0, 2048),
    setting!(integer ScanSnap, model.context: u32, 8, 512),
    setting!(real ScanSnap, model.dropout, 0.0, 0.9, false),
    setting!(choice ScanSnap, training.optimizer: Optimizer, &["sgd", "adam"]),
    setting!(real ScanSnap, training.eta_z, 0.0, 1e6, false).log(0.05, 50.0),
    setting!(real ScanSnap, training.eta_y, 0.0, 1e6, false).log(0.05, 50.0),
    setting!(real ScanSnap, training.momentum, 0.0, 0.999, false),
    setting!(integer ScanSnap, training.batch_size: u32, 1, 4096).log(1.0, 4096.0),
    setting!(integer ScanSnap, training.steps: u64, 1, 1_000_000).log(10.0, 100_000.0),
    setting!(real ScanSnap, training.clip, 0.0, 1e6, false),
    setting!(integer ScanSnap, theory.classes: u32, 1, 10_000).log(1.0, 1000.0),
    setting!(integer ScanSnap, theory.vocabulary: u32, 2, 10_000_000).log(10.0, 1_000_000.0),
    setting!(real ScanSnap, theory.c0, 0.0, 1e6, true).log(0.001, 10.0),
    setting!(choice ScanSnap, theory.family: Family, &["eta_y", "nu"]),
];

impl LabEntry for ScanSnap {
    const NAME: &'static str = "scan-snap";
    const TASKS: &'static [&'static str] = TASKS;
    const SETTINGS: &'static [Setting] = SETTINGS;
    const GROUPS: &'static [&'static str] = &["training", "data", "model", "theory"];
    const PANELS: &'static [&'static str] =
        &["scan", "bars", "logits", "gains", "phase", "loss", "heatmaps", "sequence", "sweep", "notes"];
    // The last class of the largest run.
    const LAST_CLASS: u64 = MOST_LAST_TOKENS * MOST_NEXT_PER_LAST - 1;
    const PRESETS: &'static [Preset] = PRESETS;
    const FIELDS: &'static [Field] = fields!(ScanSnap; files: data; lines:);
    const FILES: &'static [TableKind] = &[TableKind::Text];
    const WORDS: LabWords = LabWords { title: "lab_scan_snap", lede: "lede", source: "source", glossary: "glossary" };
}

/// Its part of the gallery, among it the paper's figures.
const PRESETS: &[Preset] = &[
    preset("fig4-left", "#v=1&lab=scan-snap&seed=2"),
    preset("fig4-right", "#v=1&lab=scan-snap&seed=2&training.eta_y=10"),
    preset(
        "fig6-corner",
        "#v=1&lab=scan-snap&seed=1&data.last_tokens=10&data.next_per_last=2&model.init=uniform&training.eta_z=3&training.eta_y=30",
    ),
    preset(
        "fig3",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.eta_z=0.5&training.steps=700&view.panels=gains,phase,notes&view.pace=100",
    ),
    preset(
        "fig9-left",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.eta_y=10&training.steps=200&theory.vocabulary=100&theory.family=nu&view.panels=phase,gains,notes&view.pace=30",
    ),
    preset(
        "fig9-right",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.steps=1000&theory.vocabulary=10000&theory.family=nu&view.panels=phase,gains,notes&view.pace=100",
    ),
    preset("fig5-adam", "#v=1&lab=scan-snap&seed=2&training.optimizer=adam&training.eta_z=0.5&training.eta_y=0.5"),
    // The query enters the output by the residual and decides alone: the loss falls, attention has nothing to learn.
    preset("trivial-query", "#v=1&lab=scan-snap&seed=3&data.last_tokens=10&model.residual=true"),
    preset("heavy-common", "#v=1&lab=scan-snap&seed=4&data.common_weight=5&data.sampling=exact"),
    // The setting of Theorems 2 to 4: one query, one common token, every class in each step, no momentum.
    preset(
        "one-common",
        "#v=1&lab=scan-snap&seed=0&data.last_tokens=1&data.next_per_last=10&data.common_tokens=1&data.common_weight=5&data.sampling=exact&training.momentum=0&training.steps=1000&view.pace=100",
    ),
    // Assumption 2 as well: K^2 times the overlap of two classes is .2, and rates are small. Hardly anything moves, but as
    // Theorem 4 says.
    preset(
        "weak-overlap",
        "#v=1&lab=scan-snap&seed=0&data.last_tokens=1&data.next_per_last=10&data.common_tokens=1&data.distinct_per_next=40&data.common_weight=0.3&data.distinct_weight_min=1&data.sampling=exact&training.eta_z=0.1&training.eta_y=0.1&training.momentum=0&training.steps=3000&view.panels=phase,loss,notes&view.pace=300",
    ),
    // The settings of row 1g (docs/papers.md 4) on a text that comes with the page.
    preset(
        "fig7-text",
        "#v=1&lab=scan-snap&seed=1&data.kind=text&model.form=transformer&model.width=32&model.mlp_width=32&training.eta_z=3&training.momentum=0&training.batch_size=20&training.steps=1000&view.pace=100",
    ),
    preset("text-pairs", "#v=1&lab=scan-snap&seed=0&data.kind=text&training.steps=200&view.pace=30"),
];
