//! What can be asked: an [`Experiment`] is a plain value, versioned and range-checked, that says everything
//! a run depends on. Knows nothing of engines, frames or pages.
//!
//! Every setting is one row of its lab's table ([`Lab::ALL`]): the link, the JSON form, the command line, the
//! controls of the page and the reference in docs/settings.md are all read off these tables. Labs are named in the
//! registry (`lab.rs`) only.

#[cfg(feature = "app")]
pub mod json;
mod lab;
pub mod link;
pub mod own;
pub mod preset;
pub mod setting;

pub use lab::*;
pub use link::{Link, View};
pub use own::Own;
pub use setting::{Kind, Setting, Value};

use serde::{Deserialize, Serialize};

/// Version of the experiment's form: the `v` of a link, the `version` of the JSON form.
pub const VERSION: u64 = 1;

/// Everything a run depends on: a run is a pure function of this value and the engine's version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Seed of everything random in the run.
    pub seed: u64,
    /// The lab, and its settings.
    pub lab: Lab,
}

impl Default for Experiment {
    fn default() -> Self {
        Self { seed: 0, lab: (Lab::ALL[0].start)() }
    }
}

/// Memory a run may use, bytes.
pub const MEMORY_LIMIT_BYTES: u64 = 512 << 20;

impl Experiment {
    /// The settings of its lab.
    #[must_use]
    pub fn settings(&self) -> &'static [Setting] {
        self.lab.known().settings
    }

    /// Its settings as those of a lab, if that is its lab.
    #[must_use]
    pub fn of<T: InLab>(&self) -> Option<&T> {
        T::of(&self.lab)
    }

    /// The settings of the lab whose run is asked for.
    ///
    /// # Errors
    /// [`ConfigError::Data`] when it is an experiment of another lab.
    pub fn expect<T: LabEntry>(&self) -> Result<&T, ConfigError> {
        let what = || format!("lab: an experiment of {}, expected one of {}", self.lab.name(), T::NAME);
        self.of().ok_or_else(|| ConfigError::Data { what: what() })
    }

    /// The name of its task: the kind of run it asks for, among those of its lab.
    #[must_use]
    pub fn task(&self) -> &'static str {
        self.lab.settings().task()
    }

    /// The panels that its run can fill.
    #[must_use]
    pub fn panels(&self) -> &'static [&'static str] {
        self.lab.settings().panels()
    }

    /// Whether it explains a model that learns first.
    #[must_use]
    pub fn has_model(&self) -> bool {
        self.lab.settings().has_model()
    }

    /// Whether its run is about the student, whose base must be there.
    #[must_use]
    pub fn needs_base(&self) -> bool {
        self.lab.settings().needs_base()
    }

    /// Whether it takes the worker of all labs.
    #[must_use]
    pub fn needs_all(&self) -> bool {
        self.lab.settings().needs_all()
    }

    /// Whether its run trains a transformer, whose weights can be saved.
    #[must_use]
    pub fn has_weights(&self) -> bool {
        self.lab.settings().has_weights()
    }

    /// The setting `path`, if its lab has it.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&'static Setting> {
        self.settings().iter().find(|setting| setting.path == path)
    }

    /// The value of the setting `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        self.find(path).map(|setting| (setting.get)(self))
    }

    /// Sets the setting `path` from its text form, or what is known of the reader's own data.
    ///
    /// # Errors
    /// [`ConfigError`] when there is no such setting or the value is not allowed; nothing is changed then.
    pub fn set(&mut self, path: &str, text: &str) -> Result<(), ConfigError> {
        if let Some(field) = own::Field::find(self, path) {
            return field.set(self, text);
        }
        let setting = self.find(path).ok_or_else(|| ConfigError::UnknownPath { path: setting::shorten(path) })?;
        (setting.set)(self, setting.parse(text)?);
        Ok(())
    }

    /// Checks every range again, and what all settings together ask for.
    ///
    /// # Errors
    /// [`ConfigError`] for the first setting out of its range, or [`ConfigError::TooLarge`].
    pub fn validate(&self) -> Result<(), ConfigError> {
        if let Some(setting) = self.settings().iter().find(|setting| !setting.kind.allows((setting.get)(self))) {
            return Err(ConfigError::OutOfRange { path: setting.path.to_owned() });
        }
        self.lab.settings().check()
    }
}

/// Why a part of an experiment was refused; the text names the field, the value and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ConfigError {
    /// No setting has this path.
    #[error("{path}: no such setting")]
    UnknownPath {
        /// The path as given, shortened for display.
        path: String,
    },
    /// The setting is given more than once; the first one counts.
    #[error("{path}: given more than once, the first one counts")]
    Repeated {
        /// The setting's path.
        path: String,
    },
    /// The value is not of the setting's kind, or out of its range.
    #[error("{path}: {value} is not allowed, expected {expected}")]
    BadValue {
        /// The setting's path.
        path: String,
        /// The value as given, shortened for display.
        value: String,
        /// What is allowed, in words: `a whole number from 1 to 50`.
        expected: String,
    },
    /// A value that did not come as text is out of its setting's range. Says less than [`Self::BadValue`], as the worker
    /// would have to carry all of number formatting for a case that no text leads to.
    #[error("{path}: out of its range")]
    OutOfRange {
        /// The setting's path.
        path: String,
    },
    /// The data that the experiment needs is not there, or not as it must be.
    #[error("{what}")]
    Data {
        /// What is asked for and what was given, in words.
        what: String,
    },
    /// The text as a whole cannot be read.
    #[error("{what}")]
    Unreadable {
        /// What is wrong, in words.
        what: String,
    },
    /// The experiment would need more memory than a run may use.
    #[error("{path}: these settings need {needed_mib} MiB, a run may use {allowed_mib} MiB")]
    TooLarge {
        /// The setting that weighs most.
        path: String,
        /// Memory needed, MiB.
        needed_mib: u64,
        /// Memory allowed, MiB.
        allowed_mib: u64,
    },
}
