//! What an experiment knows of the reader's own data: name, size and digest of the file, never the data. Links and JSON
//! carry these fields beside the settings; a run starts only on data of that digest.

use super::setting::{Kind, Value, shorten};
use super::{ConfigError, Experiment, Lab};
use serde::{Deserialize, Serialize};

/// Largest text, bytes.
pub const MAX_TEXT_BYTES: u64 = 50_000_000;

/// Largest file that is read in pieces of which little is kept, bytes.
pub const MAX_BYTES: u64 = 1_000_000_000;

/// Most characters of a file's name.
const MAX_NAME: usize = 100;

/// A file by what tells it apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// The file's name, for the reader; two files of one digest are the same whatever they are called.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// xxh64 of the bytes, seed 0.
    pub digest: u64,
}

impl core::fmt::Display for Own {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({} bytes, digest {:016x})", shorten(&self.name), self.size, self.digest)
    }
}

/// A file's name as an experiment carries it: without characters that nobody sees, cut where it is too long.
#[must_use]
pub fn name(file: &str) -> String {
    let name: String = file.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    if name.is_empty() { "a text".to_owned() } else { name }
}

/// Bytes by which a file is told apart.
pub const SNIFFED: usize = 1 << 16;

/// The kinds of files of the reader's own: each is taken by one lab, which has it in [`super::LabEntry::FILES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableKind {
    /// A distribution: a single file.
    Distribution,
    /// Explanation maps, one in each file, called by its name.
    Explanations,
    /// Labelled sentences: a single file.
    Sentences,
    /// A catalogue of tools: a single file.
    Tools,
    /// Captions of images: a single file.
    Captions,
    /// Samples to judge by: a single file.
    Truth,
    /// What a model wrote for samples: a single file.
    Predictions,
    /// What another teacher answered to prompts: a single file.
    Answers,
    /// The base of the student, which comes with the page.
    Base,
    /// Adapters of that base: a single file.
    Adapters,
    /// Samples to learn from: a single file, which is read in pieces.
    Samples,
    /// A text to train on: a single file, which is read in pieces.
    Text,
    /// The file of the lab of the tests.
    #[cfg(test)]
    Toy,
}

/// What is said of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Name,
    Size,
    Digest,
}

/// One field of a link or of the JSON form.
pub struct Field {
    /// Its path: `data.name`.
    pub path: &'static str,
    pub(crate) place: Place,
}

/// Where a field's value is.
pub(crate) enum Place {
    /// Said of a file.
    Own { part: Part, of: fn(&Lab) -> Option<&Own>, of_mut: fn(&mut Lab) -> Option<&mut Own> },
    /// A line of text that the reader writes, of at most so many characters.
    Line { most: usize, of: fn(&Lab) -> Option<&String>, of_mut: fn(&mut Lab) -> Option<&mut String> },
}

/// What an experiment of a lab holds of files of the reader's own, by the groups that these stand in, and of lines of text.
macro_rules! fields {
    ($lab:ident; files: $($group:ident),*; lines: $($line_group:ident.$line:ident $most:literal),*) => {
        &[
            $(
                fields!($lab $group name Name),
                fields!($lab $group size Size),
                fields!($lab $group digest Digest),
            )*
            $(
                $crate::experiment::own::Field {
                    path: concat!(stringify!($line_group), ".", stringify!($line)),
                    place: $crate::experiment::own::Place::Line {
                        most: $most,
                        of: |lab| <$lab as $crate::experiment::InLab>::of(lab).map(|it| &it.$line_group.$line),
                        of_mut: |lab| <$lab as $crate::experiment::InLab>::of_mut(lab).map(|it| &mut it.$line_group.$line),
                    },
                },
            )*
        ]
    };
    ($lab:ident $group:ident $name:ident $part:ident) => {
        $crate::experiment::own::Field {
            path: concat!(stringify!($group), ".", stringify!($name)),
            place: $crate::experiment::own::Place::Own {
                part: $crate::experiment::own::Part::$part,
                of: |lab| <$lab as $crate::experiment::InLab>::of(lab).map(|it| &it.$group.own),
                of_mut: |lab| <$lab as $crate::experiment::InLab>::of_mut(lab).map(|it| &mut it.$group.own),
            },
        }
    };
}
pub(crate) use fields;

/// Puts a value that could be read in its place; says whether it could.
fn keep<T>(place: &mut T, value: Option<T>) -> bool {
    let Some(value) = value else { return false };
    *place = value;
    true
}

impl Own {
    fn read(&mut self, part: Part, text: &str) -> bool {
        match part {
            Part::Name => {
                let fits = text.chars().count() <= MAX_NAME && !text.is_empty() && !text.chars().any(char::is_control);
                keep(&mut self.name, fits.then(|| text.to_owned()))
            }
            Part::Size => {
                let size = match (Kind::Integer { min: 0, max: MAX_BYTES }).read(text) {
                    Some(Value::Integer(size)) => Some(size),
                    _ => None,
                };
                keep(&mut self.size, size)
            }
            Part::Digest => {
                let hexadecimal = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                keep(&mut self.digest, hexadecimal.then(|| u64::from_str_radix(text, 16).ok()).flatten())
            }
        }
    }

    fn written(&self, part: Part) -> Option<String> {
        match part {
            Part::Name => (!self.name.is_empty()).then(|| self.name.clone()),
            Part::Size => (self.size > 0).then(|| self.size.to_string()),
            Part::Digest => (self.digest > 0).then(|| format!("{:016x}", self.digest)),
        }
    }
}

impl Field {
    /// The field of that path, if the experiment's lab has it.
    #[must_use]
    pub fn find(experiment: &Experiment, path: &str) -> Option<&'static Self> {
        experiment.lab.known().fields.iter().find(|field| field.path == path)
    }

    /// Whether the experiment's lab has fields in this group.
    #[must_use]
    pub fn is_group(experiment: &Experiment, group: &str) -> bool {
        experiment.lab.known().fields.iter().any(|field| field.place().0 == group)
    }

    /// Its group and its name within that.
    #[must_use]
    pub fn place(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or_default()
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        match self.place {
            Place::Own { part: Part::Name, .. } => "the name of a file, 1 to 100 characters".to_owned(),
            Place::Own { part: Part::Size, .. } => "a whole number of bytes from 0 to 1000000000".to_owned(),
            Place::Own { part: Part::Digest, .. } => "16 hexadecimal digits".to_owned(),
            Place::Line { most, .. } => format!("at most {most} characters on a line"),
        }
    }

    /// Whether JSON holds it as a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.place, Place::Own { part: Part::Size, .. })
    }

    /// Reads the field from its text form.
    ///
    /// # Errors
    /// [`ConfigError::BadValue`] when the text is not allowed; nothing is changed then.
    pub fn set(&self, experiment: &mut Experiment, text: &str) -> Result<(), ConfigError> {
        let is_kept = match self.place {
            Place::Own { part, of_mut, .. } => of_mut(&mut experiment.lab).is_some_and(|own| own.read(part, text)),
            Place::Line { most, of_mut, .. } => of_mut(&mut experiment.lab).is_some_and(|place| {
                let fits = text.chars().count() <= most && !text.contains(char::is_control);
                keep(place, fits.then(|| text.to_owned()))
            }),
        };
        if is_kept {
            return Ok(());
        }
        let (path, expected) = (self.path.to_owned(), self.expected());
        Err(ConfigError::BadValue { path, value: shorten(text), expected })
    }

    fn text(&self, experiment: &Experiment) -> Option<String> {
        match self.place {
            Place::Own { part, of, .. } => of(&experiment.lab)?.written(part),
            Place::Line { of, .. } => of(&experiment.lab).filter(|line| !line.is_empty()).cloned(),
        }
    }

    /// The fields that say something, with their texts.
    pub fn written(experiment: &Experiment) -> impl Iterator<Item = (&'static Self, String)> {
        experiment.lab.known().fields.iter().filter_map(|field| Some((field, field.text(experiment)?)))
    }
}
