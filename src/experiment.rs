//! What can be asked: an [`Experiment`] is a plain value, versioned and range-checked, that says everything
//! a run depends on. Knows nothing of engines, frames or pages.
//!
//! Every setting is one row of its lab's table ([`Lab::ALL`]): the link, the JSON form, the command line, the
//! controls of the page and the reference in docs/settings.md are all read off these tables.

pub mod encoding;
#[cfg(feature = "app")]
pub mod json;
pub mod link;
pub mod own;
pub mod preset;
pub mod scan_snap;
pub mod setting;
pub mod tool_use;

pub use encoding::Encoding;
pub use link::{Link, View};
pub use own::Own;
pub use scan_snap::ScanSnap;
pub use setting::{Kind, Setting, Value};
pub use tool_use::ToolUse;

use serde::{Deserialize, Serialize};
use setting::Named as _;

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

/// The labs, each with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Lab {
    /// Scan & Snap: a one-layer transformer trained live (Tian et al., NeurIPS 2023).
    ScanSnap(ScanSnap),
    /// Encoding: does an explanation predict by which inputs it picks (Puli et al., NeurIPS 2024)?
    Encoding(Encoding),
    /// Tool use: calls of tools scored, and the data made that teaches them (Yang et al., NeurIPS 2023).
    ToolUse(ToolUse),
}

/// A lab as links, files and the page know it.
pub struct Known {
    /// Its name in links, JSON and on the command line.
    pub name: &'static str,
    /// Its settings, in the order of links and of the reference.
    pub settings: &'static [Setting],
    /// Its panels, as `view.panels` names them.
    pub panels: &'static [&'static str],
    /// Largest `view.class` that its frames can have: a class, an explanation, a cell of a matrix, counted from 0.
    pub last_class: u64,
    /// The lab with every setting at its default.
    pub start: fn() -> Lab,
}

impl Lab {
    /// All labs.
    pub const ALL: &'static [Known] = &[
        Known {
            name: "scan-snap",
            settings: scan_snap::SETTINGS,
            panels: scan_snap::PANELS,
            last_class: scan_snap::LAST_CLASS,
            start: || Self::ScanSnap(ScanSnap::default()),
        },
        Known {
            name: "encoding",
            settings: encoding::SETTINGS,
            panels: encoding::PANELS,
            last_class: encoding::LAST_CLASS,
            start: || Self::Encoding(Encoding::default()),
        },
        Known {
            name: "tool-use",
            settings: tool_use::SETTINGS,
            panels: tool_use::PANELS,
            last_class: tool_use::LAST_CLASS,
            start: || Self::ToolUse(ToolUse::default()),
        },
    ];

    /// What is known of this lab.
    #[must_use]
    pub fn known(&self) -> &'static Known {
        match self {
            Self::ScanSnap(_) => &Self::ALL[0],
            Self::Encoding(_) => &Self::ALL[1],
            Self::ToolUse(_) => &Self::ALL[2],
        }
    }

    /// The lab's name in links, JSON and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.known().name
    }

    /// The lab of that name, every setting at its default.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|lab| lab.name == name).map(|lab| (lab.start)())
    }

    /// Their names, in words.
    #[must_use]
    pub fn names() -> String {
        format!("one of {}", Self::ALL.iter().map(|lab| lab.name).collect::<Vec<_>>().join(", "))
    }
}

impl Default for Experiment {
    fn default() -> Self {
        Self { seed: 0, lab: Lab::ScanSnap(ScanSnap::default()) }
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

    /// Its settings of Scan & Snap, if that is its lab.
    #[must_use]
    pub fn scan_snap(&self) -> Option<&ScanSnap> {
        match &self.lab {
            Lab::ScanSnap(settings) => Some(settings),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn scan_snap_mut(&mut self) -> Option<&mut ScanSnap> {
        match &mut self.lab {
            Lab::ScanSnap(settings) => Some(settings),
            _ => None,
        }
    }

    /// Whether it trains on a text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.scan_snap().is_some_and(|settings| settings.data.kind == scan_snap::DataKind::Text)
    }

    /// Whether it explains a model that learns first.
    #[must_use]
    pub fn has_model(&self) -> bool {
        match &self.lab {
            Lab::Encoding(settings) => settings.has_model(),
            _ => self.needs_base(),
        }
    }

    /// Whether its run is about the student, whose base must be there.
    #[must_use]
    pub fn needs_base(&self) -> bool {
        use tool_use::TaskKind;
        matches!(&self.lab, Lab::ToolUse(settings) if matches!(settings.task.kind, TaskKind::Tune | TaskKind::Probe))
    }

    /// The name of its task: the kind of run it asks for, among those of its lab.
    #[must_use]
    pub fn task(&self) -> &'static str {
        match &self.lab {
            Lab::ScanSnap(settings) => settings.data.kind.name(),
            Lab::Encoding(_) => "explanations",
            Lab::ToolUse(settings) => settings.task.kind.name(),
        }
    }

    /// The refusal of an experiment by a lab that is not its own.
    #[must_use]
    pub fn is_not_of(&self, lab: &str) -> ConfigError {
        ConfigError::Data {
            what: format!("lab: only experiments of {lab} have this, not those of {}", self.lab.name()),
        }
    }

    /// The panels that its run can fill.
    #[must_use]
    pub fn panels(&self) -> &'static [&'static str] {
        match &self.lab {
            Lab::ToolUse(settings) => settings.task.kind.panels(),
            lab => lab.known().panels,
        }
    }

    /// Whether it takes the worker that knows all there is.
    #[must_use]
    pub fn needs_all(&self) -> bool {
        self.is_text() || self.scan_snap().is_none()
    }

    /// Whether its run trains a transformer, whose weights can be saved.
    #[must_use]
    pub fn has_weights(&self) -> bool {
        self.scan_snap().is_some_and(ScanSnap::is_transformer)
    }

    /// Whether it says which text of the reader's own it is about.
    #[must_use]
    pub fn has_own_text(&self) -> bool {
        self.scan_snap().is_some_and(|settings| settings.data.own.digest != 0)
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
        match &self.lab {
            Lab::ScanSnap(settings) => {
                settings.check_heads()?;
                settings.check_memory(MEMORY_LIMIT_BYTES)
            }
            // What a distribution takes is known once it is there; data and predictions are bounded.
            Lab::Encoding(_) | Lab::ToolUse(_) => Ok(()),
        }
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
