//! What a setting is: path, kind, range and place. Each lab has a table of them; links, JSON, command line, controls and
//! reference are read off the tables, and nothing else knows a setting's range.

use super::{ConfigError, Experiment, Lab};
use core::fmt;

/// A setting's kind and range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A whole number, both ends included.
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A number, both ends included unless open below.
    Real {
        /// Smallest, or what the number must be above.
        min: f64,
        /// Largest.
        max: f64,
        /// Whether `min` itself is left out.
        open: bool,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Flag,
}

impl Kind {
    /// Reads a value of this kind and range from its text form.
    #[must_use]
    pub fn read(self, text: &str) -> Option<Value> {
        let value = match self {
            Self::Integer { .. } => {
                let plain = text.bytes().all(|byte| byte.is_ascii_digit());
                Value::Integer(plain.then(|| text.parse().ok())??)
            }
            Self::Real { .. } => {
                let plain = text.len() <= 400 && text.bytes().all(|byte| b"0123456789.+-eE".contains(&byte));
                let value: f64 = plain.then(|| text.parse().ok())??;
                // -0 would be another text for 0.
                Value::Real(value + 0.0)
            }
            Self::Choice(names) => Value::Choice(names.iter().find(|name| **name == text)?),
            Self::Flag => Value::Flag(match text {
                "true" | "1" => true,
                "false" | "0" => false,
                _ => return None,
            }),
        };
        self.allows(value).then_some(value)
    }

    /// Whether a value is of this kind and range.
    #[must_use]
    pub fn allows(self, value: Value) -> bool {
        match (self, value) {
            (Self::Integer { min, max }, Value::Integer(value)) => (min..=max).contains(&value),
            (Self::Real { min, max, open }, Value::Real(value)) => {
                (if open { value > min } else { value >= min }) && value <= max
            }
            (Self::Choice(names), Value::Choice(name)) => names.contains(&name),
            (Self::Flag, Value::Flag(_)) => true,
            _ => false,
        }
    }

    /// What is allowed, in words: `a whole number from 1 to 50`.
    #[must_use]
    pub fn expected(self) -> String {
        match self {
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Real { min, max, open: true } => format!("a number above {min}, at most {max}"),
            Self::Real { min, max, open: false } => format!("a number from {min} to {max}"),
            Self::Choice(names) => format!("one of {}", names.join(", ")),
            Self::Flag => "true or false".to_owned(),
        }
    }
}

/// A setting's value. Its text form is what links, files and the command line hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(u64),
    /// A number.
    Real(f64),
    /// A word of the setting's choices.
    Choice(&'static str),
    /// True or false.
    Flag(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            // The shortest decimal that reads back as the same number.
            Self::Real(value) => write!(f, "{value}"),
            Self::Choice(value) => f.write_str(value),
            Self::Flag(value) => f.write_str(if *value { "true" } else { "false" }),
        }
    }
}

/// The useful part of a number's range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Useful {
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Whether a slider goes through it by factors rather than by differences.
    pub log: bool,
}

/// One setting.
pub struct Setting {
    /// Its path in the JSON form: `data.last_tokens`.
    pub path: &'static str,
    /// Its lab, every setting at its default.
    pub lab: fn() -> Lab,
    /// Its kind and range.
    pub kind: Kind,
    /// The useful part of its range, where a slider has less than all of it.
    pub slider: Option<Useful>,
    /// Reads it.
    pub get: fn(&Experiment) -> Value,
    /// Writes a value of its kind; others are ignored.
    pub set: fn(&mut Experiment, Value),
}

/// Names of the values of a setting that is one of a few.
pub(crate) trait Named: Copy + PartialEq + 'static {
    const ALL: &'static [(&'static str, Self)];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

macro_rules! setting {
    (integer $lab:ty, $group:ident.$name:ident: $type:ty, $min:expr, $max:expr) => {
        Setting {
            path: concat!(stringify!($group), ".", stringify!($name)),
            lab: <$lab as $crate::experiment::InLab>::lab,
            kind: Kind::Integer { min: $min, max: $max },
            slider: None,
            get: |experiment| {
                Value::Integer(u64::from(<$lab as $crate::experiment::InLab>::here(experiment).$group.$name))
            },
            set: |experiment, value| {
                if let Value::Integer(value) = value {
                    // The range lies within the type, see the test.
                    <$lab as $crate::experiment::InLab>::here_mut(experiment).$group.$name = value as $type;
                }
            },
        }
    };
    (real $lab:ty, $group:ident.$name:ident, $min:expr, $max:expr, $open:expr) => {
        Setting {
            path: concat!(stringify!($group), ".", stringify!($name)),
            lab: <$lab as $crate::experiment::InLab>::lab,
            kind: Kind::Real { min: $min, max: $max, open: $open },
            slider: None,
            get: |experiment| Value::Real(<$lab as $crate::experiment::InLab>::here(experiment).$group.$name),
            set: |experiment, value| {
                if let Value::Real(value) = value {
                    <$lab as $crate::experiment::InLab>::here_mut(experiment).$group.$name = value;
                }
            },
        }
    };
    (choice $lab:ty, $group:ident.$name:ident: $type:ty, $names:expr) => {
        Setting {
            path: concat!(stringify!($group), ".", stringify!($name)),
            lab: <$lab as $crate::experiment::InLab>::lab,
            kind: Kind::Choice($names),
            slider: None,
            get: |experiment| Value::Choice(<$lab as $crate::experiment::InLab>::here(experiment).$group.$name.name()),
            set: |experiment, value| {
                if let Value::Choice(name) = value
                    && let Some(value) = <$type>::named(name)
                {
                    <$lab as $crate::experiment::InLab>::here_mut(experiment).$group.$name = value;
                }
            },
        }
    };
    (flag $lab:ty, $group:ident.$name:ident) => {
        Setting {
            path: concat!(stringify!($group), ".", stringify!($name)),
            lab: <$lab as $crate::experiment::InLab>::lab,
            kind: Kind::Flag,
            slider: None,
            get: |experiment| Value::Flag(<$lab as $crate::experiment::InLab>::here(experiment).$group.$name),
            set: |experiment, value| {
                if let Value::Flag(value) = value {
                    <$lab as $crate::experiment::InLab>::here_mut(experiment).$group.$name = value;
                }
            },
        }
    };
}
pub(crate) use setting;

/// The seed, which is every lab's.
pub(crate) const SEED: Setting = Setting {
    path: "seed",
    lab: || Experiment::default().lab,
    kind: Kind::Integer { min: 0, max: u64::MAX },
    slider: None,
    get: |experiment| Value::Integer(experiment.seed),
    set: |experiment, value| {
        if let Value::Integer(seed) = value {
            experiment.seed = seed;
        }
    },
};

impl Setting {
    /// The same setting with a slider from `low` to `high` by factors.
    #[must_use]
    pub(crate) const fn log(self, low: f64, high: f64) -> Self {
        Self { slider: Some(Useful { low, high, log: true }), ..self }
    }

    /// The same setting with a slider from `low` to `high` in even steps.
    #[must_use]
    pub(crate) const fn even(self, low: f64, high: f64) -> Self {
        Self { slider: Some(Useful { low, high, log: false }), ..self }
    }

    /// The setting of that path, whatever its lab: no path is in two.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        Lab::ALL.iter().flat_map(|lab| lab.settings).find(|setting| setting.path == path)
    }

    /// Reads a value from its text form.
    ///
    /// # Errors
    /// [`ConfigError::BadValue`] when the text is not of the setting's kind or out of its range.
    pub fn parse(&self, text: &str) -> Result<Value, ConfigError> {
        self.kind.read(text).ok_or_else(|| self.refuse(text))
    }

    /// The refusal of a value given as `text`.
    #[must_use]
    pub fn refuse(&self, text: &str) -> ConfigError {
        ConfigError::BadValue { path: self.path.to_owned(), value: shorten(text), expected: self.expected() }
    }

    /// What is allowed, in words: `a whole number from 1 to 50`.
    #[must_use]
    pub fn expected(&self) -> String {
        self.kind.expected()
    }

    /// The value that holds where nothing is said.
    #[must_use]
    pub fn default_value(&self) -> Value {
        (self.get)(&Experiment { lab: (self.lab)(), seed: 0 })
    }

    /// Its value in an experiment, which may be in another lab by now: then the default.
    #[must_use]
    pub fn of(&self, experiment: &Experiment) -> Value {
        experiment.get(self.path).unwrap_or_else(|| self.default_value())
    }

    /// Whether an experiment leaves the setting at its default.
    #[must_use]
    pub fn is_default(&self, experiment: &Experiment) -> bool {
        self.of(experiment) == self.default_value()
    }
}

/// At most 40 characters of a text that is not ours, for a message; none that could break or turn the line.
#[must_use]
pub fn shorten(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = |c: char| if c.is_control() || turns(c) { ' ' } else { c };
    let mut short: String = text.chars().take(40).map(clean).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    if short.is_empty() { "nothing".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_ends_of_every_range_are_allowed_and_kept() {
        for setting in Lab::ALL.iter().flat_map(|lab| lab.settings) {
            let ends = match setting.kind {
                Kind::Integer { min, max } => vec![Value::Integer(min), Value::Integer(max)],
                Kind::Real { min, max, open } => {
                    vec![Value::Real(if open { min + 1e-9 } else { min }), Value::Real(max)]
                }
                Kind::Choice(names) => names.iter().map(|name| Value::Choice(name)).collect(),
                Kind::Flag => vec![Value::Flag(false), Value::Flag(true)],
            };
            for value in ends.into_iter().chain([setting.default_value()]) {
                let mut experiment = Experiment { lab: (setting.lab)(), ..Experiment::default() };
                let read = setting.parse(&value.to_string());
                assert_eq!(read, Ok(value), "{} as text", setting.path);
                (setting.set)(&mut experiment, value);
                assert_eq!((setting.get)(&experiment), value, "{} as kept", setting.path);
            }
        }
    }

    #[test]
    fn what_lies_outside_is_refused_with_path_value_and_range() {
        let cases = [
            ("data.last_tokens", "51", "data.last_tokens: 51 is not allowed, expected a whole number from 1 to 50"),
            ("data.last_tokens", "+5", "data.last_tokens: +5 is not allowed, expected a whole number from 1 to 50"),
            ("training.eta_z", "NaN", "training.eta_z: NaN is not allowed, expected a number from 0 to 1000000"),
            ("training.eta_z", "1e999", "training.eta_z: 1e999 is not allowed, expected a number from 0 to 1000000"),
            ("theory.c0", "0", "theory.c0: 0 is not allowed, expected a number above 0, at most 1000000"),
            ("data.kind", "texts", "data.kind: texts is not allowed, expected one of classes, theory, text"),
            ("model.residual", "yes", "model.residual: yes is not allowed, expected true or false"),
            ("model.init", "", "model.init: nothing is not allowed, expected one of zero, uniform"),
        ];
        for (path, text, message) in cases {
            let error = Setting::find(path).expect("a known path").parse(text).expect_err(text);
            assert_eq!(error.to_string(), message);
        }
    }
}
