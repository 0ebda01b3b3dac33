//! The registry of labs as experiments know them: a lab is its folder in `labs/`, with [`Settings`] and [`LabEntry`]
//! implemented in its `settings.rs`, and one line in [`labs!`] below. What its runs compute is the business of the other
//! registry, in `labs.rs`.

use super::own::{Field, Own, TableKind};
use super::preset::Preset;
use super::setting::Setting;
use super::{ConfigError, Experiment};
use serde::{Deserialize, Serialize};

/// Makes the enum [`Lab`] of the labs: of each its description, the type of its settings and its folder.
macro_rules! labs {
    ($($(#[cfg($cfg:meta)])? $doc:literal $lab:ident in $module:ident;)*) => {
        $(
            $(#[cfg($cfg)])?
            pub use crate::labs::$module::settings::{self as $module, $lab};
        )*

        /// The labs, each with its settings.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Lab {
            $(
                $(#[cfg($cfg)])?
                #[doc = $doc]
                $lab($lab),
            )*
        }

        impl Lab {
            /// All labs.
            pub const ALL: &'static [Known] = &[
                $(
                    $(#[cfg($cfg)])?
                    Known::of::<$lab>(),
                )*
            ];

            /// What is known of this lab.
            #[must_use]
            pub fn known(&self) -> &'static Known {
                match self {
                    $(
                        $(#[cfg($cfg)])?
                        Self::$lab(_) => const { &Known::of::<$lab>() },
                    )*
                }
            }

            /// Its settings.
            #[must_use]
            pub fn settings(&self) -> &dyn Settings {
                match self {
                    $(
                        $(#[cfg($cfg)])?
                        Self::$lab(settings) => settings,
                    )*
                }
            }

            /// Its settings, to be changed.
            pub fn settings_mut(&mut self) -> &mut dyn Settings {
                match self {
                    $(
                        $(#[cfg($cfg)])?
                        Self::$lab(settings) => settings,
                    )*
                }
            }
        }

        $(
            $(#[cfg($cfg)])?
            impl InLab for $lab {
                fn of(lab: &Lab) -> Option<&Self> {
                    if let Lab::$lab(settings) = lab { Some(settings) } else { None }
                }

                fn of_mut(lab: &mut Lab) -> Option<&mut Self> {
                    if let Lab::$lab(settings) = lab { Some(settings) } else { None }
                }

                fn lab() -> Lab {
                    Lab::$lab(Self::default())
                }
            }
        )*
    };
}

labs! {
    "Scan & Snap: a one-layer transformer trained live (Tian et al., NeurIPS 2023)."
    ScanSnap in scan_snap;
    "Encoding: does an explanation predict by which inputs it picks (Puli et al., NeurIPS 2024)?"
    Encoding in encoding;
    "Tool use: calls of tools scored, and the data made that teaches them (Yang et al., NeurIPS 2023)."
    ToolUse in tool_use;
    #[cfg(test)]
    "The lab of the tests: what a new lab needs, and nothing else."
    Toy in toy;
}

/// What the settings of a lab say of the run that they ask for. Implemented in the lab's `settings.rs`.
pub trait Settings {
    /// The name of the task: the kind of run, among [`LabEntry::TASKS`].
    fn task(&self) -> &'static str;

    /// The panels that the run can fill.
    fn panels(&self) -> &'static [&'static str];

    /// Whether a setting changes anything, given the others.
    fn matters(&self, path: &str) -> bool;

    /// What a figure of the run begins with, where it is part of another page.
    fn figure(&self) -> Figure;

    /// Checks what all settings together ask for; the range of each was checked before.
    ///
    /// # Errors
    /// [`ConfigError`] for settings that do not go together, or need more memory than a run may use.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    /// Steps of the run, where the settings alone say how many.
    fn steps(&self) -> Option<u64> {
        None
    }

    /// How many classes the run has to look at, where the settings alone say how many.
    fn known_classes(&self) -> Option<u64> {
        None
    }

    /// Whether the run trains a model first, in many steps of which none is worth a look.
    fn has_model(&self) -> bool {
        false
    }

    /// Whether the run is about the student, whose base must be there.
    fn needs_base(&self) -> bool {
        false
    }

    /// Whether the run trains a transformer, whose weights can be saved.
    fn has_weights(&self) -> bool {
        false
    }

    /// Whether the run takes the worker of all labs.
    fn needs_all(&self) -> bool {
        true
    }

    /// What a file of the reader's own is in this lab, by its first bytes.
    fn kind_of(&self, _head: &[u8]) -> Option<TableKind> {
        None
    }

    /// What a file is that the lab is given without a word on what it is, as by `--data` on the command line.
    ///
    /// # Errors
    /// Why the settings have no use for it, in a sentence.
    fn data_kind(&self, head: &[u8]) -> Result<TableKind, String> {
        self.kind_of(head).ok_or_else(|| "this lab has no use for files".to_owned())
    }

    /// Whether the settings have a use for a file of this kind.
    ///
    /// # Errors
    /// Why not, in a sentence.
    fn takes(&self, _kind: TableKind) -> Result<(), String> {
        Ok(())
    }

    /// Makes the settings use a file of this kind. Gives the place of its name, size and digest; none where the lab has no
    /// such files.
    fn adopt(&mut self, _kind: TableKind) -> Option<&mut Own> {
        None
    }

    /// Changes the task to one that uses files of this kind, where the present one does not.
    fn turn_to(&mut self, _kind: TableKind) {}
}

/// What a figure of a run begins with, where it is part of another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its panels.
    pub panels: &'static [&'static str],
    /// A setting that changes what they show, if there is one.
    pub setting: Option<&'static str>,
}

impl Figure {
    /// A figure with a setting to change.
    pub(crate) const fn new(panels: &'static [&'static str], setting: &'static str) -> Self {
        Self { panels, setting: Some(setting) }
    }
}

/// The fixed part of a lab: implemented for the type of its settings, in the lab's `settings.rs`.
pub trait LabEntry: Settings + InLab + Default {
    /// Its name in links, JSON and on the command line.
    const NAME: &'static str;
    /// The names of its tasks.
    const TASKS: &'static [&'static str];
    /// Its settings, in the order of links and of the reference.
    const SETTINGS: &'static [Setting];
    /// The groups of its settings, in the order of the page: the first parts of their paths.
    const GROUPS: &'static [&'static str];
    /// Its panels, as `view.panels` names them.
    const PANELS: &'static [&'static str];
    /// Largest `view.class` that its frames can have: a class, an explanation, a cell of a matrix, counted from 0.
    const LAST_CLASS: u64;
    /// Its part of the gallery.
    const PRESETS: &'static [Preset];
    /// What links and JSON hold besides settings: files of the reader's own, and lines of text.
    const FIELDS: &'static [Field] = &[];
    /// The kinds of files of the reader's own that its runs are started on.
    const FILES: &'static [TableKind] = &[];
    /// The keys of its words in the message catalogue.
    const WORDS: LabWords;
}

/// Keys of a lab's words in the message catalogue.
#[derive(Clone, Copy, Debug)]
pub struct LabWords {
    /// What it is called.
    pub title: &'static str,
    /// What it asks, in a sentence or two.
    pub lede: &'static str,
    /// Where its science is from.
    pub source: &'static str,
    /// The section of its terms.
    pub glossary: &'static str,
}

/// A lab's settings within [`Lab`].
pub trait InLab: Sized + 'static {
    /// Those of a lab, if it is this one.
    fn of(lab: &Lab) -> Option<&Self>;

    /// The same, to be changed.
    fn of_mut(lab: &mut Lab) -> Option<&mut Self>;

    /// The lab with every setting at its default.
    fn lab() -> Lab;

    /// Those of an experiment that is known to be one of this lab.
    ///
    /// # Panics
    /// When it is not.
    // Each setting asks: not a copy in every one.
    #[inline(never)]
    fn here(experiment: &Experiment) -> &Self {
        Self::of(&experiment.lab).unwrap_or_else(|| unreachable!("a setting of another lab"))
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// When it is not.
    #[inline(never)]
    fn here_mut(experiment: &mut Experiment) -> &mut Self {
        Self::of_mut(&mut experiment.lab).unwrap_or_else(|| unreachable!("a setting of another lab"))
    }
}

/// A lab as links, files and the page know it: the constants of its [`LabEntry`].
#[derive(Clone, Copy)]
pub struct Known {
    /// Its name in links, JSON and on the command line.
    pub name: &'static str,
    /// The names of its tasks.
    pub tasks: &'static [&'static str],
    /// Its settings, in the order of links and of the reference.
    pub settings: &'static [Setting],
    /// The groups of its settings, in the order of the page.
    pub groups: &'static [&'static str],
    /// Its panels, as `view.panels` names them.
    pub panels: &'static [&'static str],
    /// Largest `view.class` that its frames can have: a class, an explanation, a cell of a matrix, counted from 0.
    pub last_class: u64,
    /// Its part of the gallery.
    pub presets: &'static [Preset],
    /// What links and JSON hold besides settings.
    pub fields: &'static [Field],
    /// The kinds of files of the reader's own that its runs are started on.
    pub files: &'static [TableKind],
    /// The keys of its words in the message catalogue.
    pub words: LabWords,
    /// The lab with every setting at its default.
    pub start: fn() -> Lab,
}

impl Known {
    const fn of<T: LabEntry>() -> Self {
        Self {
            name: T::NAME,
            tasks: T::TASKS,
            settings: T::SETTINGS,
            groups: T::GROUPS,
            panels: T::PANELS,
            last_class: T::LAST_CLASS,
            presets: T::PRESETS,
            fields: T::FIELDS,
            files: T::FILES,
            words: T::WORDS,
            start: T::lab,
        }
    }
}

impl Lab {
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

    /// The name of the lab that has files of a kind.
    #[must_use]
    pub fn with_files(kind: TableKind) -> &'static str {
        Self::ALL.iter().find(|lab| lab.files.contains(&kind)).map_or("", |lab| lab.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lab_says_what_it_has_in_one_way() {
        for lab in Lab::ALL {
            let start = (lab.start)();
            assert_eq!(start.name(), lab.name, "the lab of its own settings");
            assert!(lab.tasks.contains(&start.settings().task()), "{}: the task of its defaults", lab.name);
            assert!(start.settings().check().is_ok(), "{}: its defaults are allowed", lab.name);
            let panels = start.settings().panels();
            assert!(panels.iter().all(|panel| lab.panels.contains(panel)), "{}: {panels:?}", lab.name);
            for setting in lab.settings.iter().filter(|setting| setting.path != "seed") {
                let group = setting.path.split_once('.').expect("a path has a group").0;
                assert!(lab.groups.contains(&group), "{}: {}", lab.name, setting.path);
                assert_eq!((setting.lab)().name(), lab.name, "{}: its lab", setting.path);
            }
            let Figure { panels, setting } = start.settings().figure();
            assert!(panels.iter().all(|panel| lab.panels.contains(panel)), "{}: {panels:?}", lab.name);
            let is_there = |path| lab.settings.iter().any(|known| known.path == path);
            assert!(setting.is_none_or(is_there), "{}: {setting:?}", lab.name);
            for (i, kind) in lab.files.iter().enumerate() {
                // The base comes with the page: no experiment says which it is.
                let has_place = (lab.start)().settings_mut().adopt(*kind).is_some();
                assert_eq!(has_place, *kind != TableKind::Base, "{}: the place of {kind:?}", lab.name);
                assert!(!lab.files[..i].contains(kind), "{}: {kind:?} is there twice", lab.name);
                assert_eq!(Lab::with_files(*kind), lab.name, "{kind:?} is of one lab");
            }
        }
    }
}
