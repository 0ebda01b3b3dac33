//! What a transformer is made of: settings with their ranges, checked once. Knows no weights and no data.

use super::text::decimal;
use core::ops::{Deref, RangeInclusive};

/// Which keys a query sees.
pub use crate::kernels::Mask;

/// Most layers a model may have.
pub const MAX_LAYERS: usize = 6;

const LAYERS: RangeInclusive<usize> = 1..=MAX_LAYERS;
const WIDTH: RangeInclusive<usize> = 16..=256;
const CONTEXT: RangeInclusive<usize> = 8..=512;
const VOCABULARY: RangeInclusive<usize> = 2..=65_536;
const MULTIPLE: RangeInclusive<usize> = 1..=8;
const HIDDEN: RangeInclusive<usize> = 1..=2048;

/// The MLP of each layer: `linear2(activation(linear1(x)))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mlp {
    /// None: a layer is its attention.
    None,
    /// So many times the width, 1 to 8.
    Times(usize),
    /// So many hidden units, 1 to 2048.
    Hidden(usize),
}

/// Where LayerNorm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// Before attention and MLP, and once more before the head (GPT-2).
    Pre,
    /// After each residual sum (Vaswani et al. 2017; `nn.TransformerEncoderLayer`'s default).
    Post,
}

/// What tells positions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Nothing but the mask.
    None,
    /// A trained vector for each position.
    Learned,
    /// `sin(pos / 10000^(2i/c))` in column 2i, the cosine in column 2i+1.
    Sinusoidal,
    /// Queries and keys are turned by their position: numbers j and j + hs/2 of each head by `pos / 10000^(2j/hs)` (Su et al.
    /// 2021), so that a score depends on how far apart they are. As LLaMA has it.
    Rotary,
    /// The same for half of the numbers: j and j + hs/2 by `pos / 10000^(4j/hs)` for j < hs/4, the others as they are, so that what
    /// a query asks for is found as well far away. As GPT-NeoX has it, on a quarter.
    HalfRotary,
}

impl Positions {
    /// The part of a head's numbers that is turned, one in so many; none where nothing is.
    #[must_use]
    pub fn turned(self) -> Option<usize> {
        match self {
            Self::Rotary => Some(1),
            Self::HalfRotary => Some(2),
            Self::None | Self::Learned | Self::Sinusoidal => None,
        }
    }
}

/// What bends the MLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, PyTorch's `gelu(approximate="tanh")`.
    Gelu,
    /// `max(x, 0)`.
    Relu,
}

/// How weights start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    /// GPT-2's: N(0, 0.02), the two projections onto the residual N(0, 0.02 / sqrt(2 layers)), biases 0.
    Normal,
    /// PyTorch's word_language_model, which the paper's WikiText runs use: embeddings and own head U(-0.1, 0.1), head bias 0,
    /// layers as PyTorch starts them. One difference: `nn.TransformerEncoder` copies its first layer's draws to all
    /// layers, here each draws its own.
    Uniform,
}

/// What can be asked for; [`Config::new`] checks it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Layers, 1 to 6.
    pub layers: usize,
    /// Width c of the residual stream, 16 to 256, a multiple of `heads`.
    pub width: usize,
    /// Attention heads nh, 1 to the width.
    pub heads: usize,
    /// Longest sequence, 8 to 512.
    pub context: usize,
    /// Number of tokens v, 2 to 65,536.
    pub vocabulary: usize,
    /// The MLP.
    pub mlp: Mlp,
    /// Where LayerNorm stands.
    pub norm: Norm,
    /// What tells positions apart.
    pub positions: Positions,
    /// Which keys a query sees.
    pub mask: Mask,
    /// Whether the head is the embedding transposed (then without bias), or a matrix and bias of its own.
    pub tied: bool,
    /// Dropout probability in training, 0 to 0.9, kept to a millionth.
    pub dropout: f32,
    /// What bends the MLP.
    pub activation: Activation,
    /// How weights start.
    pub init: Init,
    /// Whether embeddings are multiplied by sqrt(width) (word_language_model does).
    pub scale_embedding: bool,
    /// What the head tells apart where it is not tokens: so many labels, 2 to 65,536, by a head of its own. Files of weights
    /// hold no such model.
    pub labels: Option<usize>,
}

impl Default for Settings {
    /// A small GPT-2: 2 layers, width 64, 4 heads, context 64, 256 tokens, MLP x4.
    fn default() -> Self {
        Self {
            layers: 2,
            width: 64,
            heads: 4,
            context: 64,
            vocabulary: 256,
            mlp: Mlp::Times(4),
            norm: Norm::Pre,
            positions: Positions::Learned,
            mask: Mask::Causal,
            tied: true,
            dropout: 0.0,
            activation: Activation::Gelu,
            init: Init::Normal,
            scale_embedding: false,
            labels: None,
        }
    }
}

/// Why settings were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A whole number is out of its range.
    #[error("{field} is {value}, expected a whole number from {min} to {max}")]
    OutOfRange {
        /// The setting.
        field: &'static str,
        /// Its value.
        value: usize,
        /// Smallest allowed.
        min: usize,
        /// Largest allowed.
        max: usize,
    },
    /// Heads do not share the width evenly.
    #[error("heads is {heads}, expected a divisor of width {width}")]
    Heads {
        /// Heads asked for.
        heads: usize,
        /// Width asked for.
        width: usize,
    },
    /// Dropout is out of its range.
    #[error("dropout is {}, expected a number from 0 to 0.9", decimal(*value))]
    Dropout {
        /// Its value.
        value: f32,
    },
    /// Rotary positions turn pairs of numbers.
    #[error("heads have {size} numbers each, expected a multiple of {multiple} where positions are rotary")]
    Rotary {
        /// Numbers of a head.
        size: usize,
        /// What it is to be a multiple of.
        multiple: usize,
    },
    /// Labels need a head of their own.
    #[error("a tied head tells tokens apart, not {labels} labels")]
    Tied {
        /// Labels asked for.
        labels: usize,
    },
    /// No setting has this name.
    #[error("{field}: no such setting")]
    Unknown {
        /// The name, shortened for display.
        field: String,
    },
    /// A text is no value of its setting.
    #[error("{field} is \"{value}\", expected {expected}")]
    Unreadable {
        /// The setting.
        field: &'static str,
        /// The text, shortened for display.
        value: String,
        /// What is allowed, in words.
        expected: &'static str,
    },
}

/// Settings that hold together. Reads like [`Settings`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config(Settings);

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.0
    }
}

fn within(field: &'static str, value: usize, range: &RangeInclusive<usize>) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(ConfigError::OutOfRange { field, value, min: *range.start(), max: *range.end() })
}

impl Config {
    /// Checks settings.
    ///
    /// # Errors
    /// Names the first setting that is out of its range.
    pub fn new(mut settings: Settings) -> Result<Self, ConfigError> {
        within("layers", settings.layers, &LAYERS)?;
        within("width", settings.width, &WIDTH)?;
        within("heads", settings.heads, &(1..=settings.width))?;
        if !settings.width.is_multiple_of(settings.heads) {
            return Err(ConfigError::Heads { heads: settings.heads, width: settings.width });
        }
        let size = settings.width / settings.heads;
        let multiple = settings.positions.turned().map_or(1, |part| 2 * part);
        if !size.is_multiple_of(multiple) {
            return Err(ConfigError::Rotary { size, multiple });
        }
        within("context", settings.context, &CONTEXT)?;
        within("vocabulary", settings.vocabulary, &VOCABULARY)?;
        if let Some(labels) = settings.labels {
            within("labels", labels, &VOCABULARY)?;
            if settings.tied {
                return Err(ConfigError::Tied { labels });
            }
        }
        match settings.mlp {
            Mlp::None => {}
            Mlp::Times(times) => {
                within("mlp multiple", times, &MULTIPLE)?;
                // One form for one thing: what is written to a file comes back equal.
                settings.mlp = Mlp::Hidden(times * settings.width);
            }
            Mlp::Hidden(hidden) => within("mlp hidden units", hidden, &HIDDEN)?,
        }
        if !(0.0..=0.9).contains(&settings.dropout) {
            return Err(ConfigError::Dropout { value: settings.dropout });
        }
        // Settings are kept beside the weights as text: what they hold must come back from it.
        settings.dropout = ((f64::from(settings.dropout) * 1e6 + 0.5) as u32 as f64 / 1e6) as f32;
        Ok(Self(settings))
    }

    /// Size hs of a head.
    #[must_use]
    pub fn head_size(&self) -> usize {
        self.width / self.heads
    }

    /// Hidden units of the MLP; 0 without one.
    #[must_use]
    pub fn hidden(&self) -> usize {
        match self.mlp {
            Mlp::None => 0,
            Mlp::Times(times) => times * self.width,
            Mlp::Hidden(hidden) => hidden,
        }
    }

    /// Logits of a row: one for each token, or for each label.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.labels.unwrap_or(self.vocabulary)
    }

    /// Whether layers have an MLP.
    #[must_use]
    pub fn has_mlp(&self) -> bool {
        self.mlp != Mlp::None
    }

    /// Whether LayerNorm comes first.
    #[must_use]
    pub fn is_pre(&self) -> bool {
        self.norm == Norm::Pre
    }
}
