//! Settings of the Scan & Snap lab, and their table.

use super::own::Own;
use super::setting::{Kind, Named, SEED, Setting, Settings, Value, setting};
use super::{ConfigError, Experiment, Lab};
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
    // Each setting asks: not a copy in every one.
    #[inline(never)]
    fn of(experiment: &Experiment) -> &Self {
        match &experiment.lab {
            Lab::ScanSnap(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    #[inline(never)]
    fn of_mut(experiment: &mut Experiment) -> &mut Self {
        match &mut experiment.lab {
            Lab::ScanSnap(settings) => settings,
            _ => unreachable!("a setting of another lab"),
        }
    }

    fn lab() -> Lab {
        Lab::ScanSnap(Self::default())
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

/// The last class of the largest run.
pub const LAST_CLASS: u64 = MOST_LAST_TOKENS * MOST_NEXT_PER_LAST - 1;

/// Its settings, in the order of links and of the reference.
pub static SETTINGS: &[Setting] = &[
    SEED,
    setting!(choice ScanSnap, data.kind: DataKind, &["classes", "theory", "text"]),
    setting!(integer ScanSnap, data.last_tokens: u32, 1, MOST_LAST_TOKENS),
    setting!(integer ScanSnap, data.next_per_last: u32, 1, MOST_NEXT_PER_LAST),
    setting!(integer ScanSnap, data.common_tokens: u32, 0, 200),
    setting!(integer ScanSnap, data.common_per_last: u32, 0, 50),
    setting!(integer ScanSnap, data.distinct_per_next: u32, 1, 200),
    setting!(real ScanSnap, data.common_weight, 0.0, 1e6, true),
    setting!(real ScanSnap, data.distinct_weight_min, 0.0, 1e6, true),
    setting!(real ScanSnap, data.distinct_weight_max, 0.0, 1e6, true),
    setting!(integer ScanSnap, data.sequence_length: u32, 2, 4096),
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
    setting!(real ScanSnap, training.eta_z, 0.0, 1e6, false),
    setting!(real ScanSnap, training.eta_y, 0.0, 1e6, false),
    setting!(real ScanSnap, training.momentum, 0.0, 0.999, false),
    setting!(integer ScanSnap, training.batch_size: u32, 1, 4096),
    setting!(integer ScanSnap, training.steps: u64, 1, 1_000_000),
    setting!(real ScanSnap, training.clip, 0.0, 1e6, false),
    setting!(integer ScanSnap, theory.classes: u32, 1, 10_000),
    setting!(integer ScanSnap, theory.vocabulary: u32, 2, 10_000_000),
    setting!(real ScanSnap, theory.c0, 0.0, 1e6, true),
    setting!(choice ScanSnap, theory.family: Family, &["eta_y", "nu"]),
];

/// Its panels.
pub const PANELS: &[&str] =
    &["scan", "bars", "logits", "gains", "phase", "loss", "heatmaps", "sequence", "sweep", "notes"];
