//! Settings as name and text, the form they take beside the weights in a file. Knows no file.

use super::config::{Activation, Config, ConfigError, Init, Mask, Mlp, Norm, Positions, Settings};
use super::text::{decimal, read_decimal, shortened};

const NORMS: &[(&str, Norm)] = &[("pre", Norm::Pre), ("post", Norm::Post)];
const POSITIONS: &[(&str, Positions)] = &[
    ("none", Positions::None),
    ("learned", Positions::Learned),
    ("sinusoidal", Positions::Sinusoidal),
    ("rotary", Positions::Rotary),
    ("half-rotary", Positions::HalfRotary),
];
const MASKS: &[(&str, Mask)] = &[("causal", Mask::Causal), ("strict", Mask::Strict)];
const ACTIVATIONS: &[(&str, Activation)] = &[("gelu", Activation::Gelu), ("relu", Activation::Relu)];
const INITS: &[(&str, Init)] = &[("normal", Init::Normal), ("uniform", Init::Uniform)];
const FLAGS: &[(&str, bool)] = &[("false", false), ("true", true)];

fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> String {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word).to_owned()
}

fn find<T: Copy>(
    words: &[(&'static str, T)],
    field: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<T, ConfigError> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| ConfigError::Unreadable { field, value: shortened(text), expected })
}

fn number(field: &'static str, text: &str) -> Result<usize, ConfigError> {
    let plain = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let found = if plain { text.parse().ok() } else { None };
    found.ok_or_else(|| ConfigError::Unreadable { field, value: shortened(text), expected: "a whole number" })
}

impl Config {
    /// Every setting as name and text. The MLP is given by its hidden units, 0 for none.
    #[must_use]
    pub fn to_fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("layers", self.layers.to_string()),
            ("width", self.width.to_string()),
            ("heads", self.heads.to_string()),
            ("context", self.context.to_string()),
            ("vocabulary_size", self.vocabulary.to_string()),
            ("hidden", self.hidden().to_string()),
            ("norm", word(NORMS, &self.norm)),
            ("positions", word(POSITIONS, &self.positions)),
            ("mask", word(MASKS, &self.mask)),
            ("tied", word(FLAGS, &self.tied)),
            ("dropout", decimal(self.dropout)),
            ("activation", word(ACTIVATIONS, &self.activation)),
            ("init", word(INITS, &self.init)),
            ("scale_embedding", word(FLAGS, &self.scale_embedding)),
        ]
    }

    /// Reads what [`Self::to_fields`] wrote; settings that are not given keep their defaults.
    ///
    /// # Errors
    /// Names the first setting that is unknown, unreadable or out of its range.
    pub fn from_fields<'a>(fields: &mut dyn Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ConfigError> {
        let mut settings = Settings::default();
        for (field, text) in fields {
            set(&mut settings, field, text)?;
        }
        Self::new(settings)
    }
}

fn set(settings: &mut Settings, field: &str, text: &str) -> Result<(), ConfigError> {
    match field {
        "layers" => settings.layers = number("layers", text)?,
        "width" => settings.width = number("width", text)?,
        "heads" => settings.heads = number("heads", text)?,
        "context" => settings.context = number("context", text)?,
        "vocabulary_size" => settings.vocabulary = number("vocabulary_size", text)?,
        "hidden" => {
            let hidden = number("hidden", text)?;
            settings.mlp = if hidden == 0 { Mlp::None } else { Mlp::Hidden(hidden) };
        }
        "norm" => settings.norm = find(NORMS, "norm", text, "pre or post")?,
        "positions" => {
            settings.positions = find(POSITIONS, "positions", text, "none, learned, sinusoidal, rotary or half-rotary")?
        }
        "mask" => settings.mask = find(MASKS, "mask", text, "causal or strict")?,
        "tied" => settings.tied = find(FLAGS, "tied", text, "true or false")?,
        "dropout" => {
            let expected = "a number from 0 to 0.9";
            let refused = || ConfigError::Unreadable { field: "dropout", value: shortened(text), expected };
            settings.dropout = read_decimal(text).ok_or_else(refused)?;
        }
        "activation" => settings.activation = find(ACTIVATIONS, "activation", text, "gelu or relu")?,
        "init" => settings.init = find(INITS, "init", text, "normal or uniform")?,
        "scale_embedding" => settings.scale_embedding = find(FLAGS, "scale_embedding", text, "true or false")?,
        _ => return Err(ConfigError::Unknown { field: shortened(field) }),
    }
    Ok(())
}
