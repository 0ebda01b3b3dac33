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

/// What tables of the reader's own are.
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
}

impl TableKind {
    /// What a file is, by its first line: a column `mask` makes it explanations, tabs, a column `text` or JSON sentences, all
    /// else a distribution.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header = header.strip_prefix("\u{feff}".as_bytes()).unwrap_or(header);
        let columns = || header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let has = |name: &[u8]| columns().any(|column| column.eq_ignore_ascii_case(name));
        if has(b"mask") {
            Self::Explanations
        } else if header.starts_with(b"{") || header.contains(&b'\t') || has(b"text") {
            Self::Sentences
        } else {
            Self::Distribution
        }
    }

    /// What a file for the lab of tool use is, by the fields that its first records have: JSON with `instruction` are samples,
    /// to be judged by where they have an `id` and else to learn from, with `output` predictions, with `arguments` tools, with `custom_id` answers; all else are captions.
    #[must_use]
    pub fn of_tool_use(bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(SNIFFED)];
        // A safetensors file begins with the length of its header.
        if head.get(8) == Some(&b'{') && head.windows(6).any(|part| part == b"lora_A") {
            return Self::Adapters;
        }
        let is_json = matches!(head.trim_ascii_start().first(), Some(b'[' | b'{' | 0xef));
        // In JSON a quote within a text is escaped: this finds no part of one.
        let has = |name: &[u8]| is_json && head.windows(name.len()).any(|part| part == name);
        match () {
            // First, as what answers hold may have any field.
            () if has(b"\"custom_id\"") => Self::Answers,
            () if has(b"\"instruction\"") && !has(b"\"id\"") => Self::Samples,
            () if has(b"\"instruction\"") => Self::Truth,
            () if has(b"\"output\"") => Self::Predictions,
            () if has(b"\"arguments\"") => Self::Tools,
            () => Self::Captions,
        }
    }
}

/// What is said of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    Size,
    Digest,
}

/// One field of a link or of the JSON form.
pub struct Field {
    /// Its path: `data.name`.
    pub path: &'static str,
    place: Place,
}

/// Where a field's value is.
enum Place {
    /// Said of a file.
    Own { part: Part, of: fn(&Experiment) -> Option<&Own>, of_mut: fn(&mut Experiment) -> Option<&mut Own> },
    /// A line of text that the reader writes, of at most so many characters.
    Line { most: usize, of: fn(&Experiment) -> Option<&String>, of_mut: fn(&mut Experiment) -> Option<&mut String> },
}

macro_rules! fields {
    ($($lab:ident $group:ident),*) => {
        [$(
            fields!($lab $group name Name),
            fields!($lab $group size Size),
            fields!($lab $group digest Digest),
        )*]
    };
    ($lab:ident $group:ident $name:ident $part:ident) => {
        Field {
            path: concat!(stringify!($group), ".", stringify!($name)),
            place: Place::Own {
                part: Part::$part,
                of: |experiment| match &experiment.lab {
                    Lab::$lab(lab) => Some(&lab.$group.own),
                    _ => None,
                },
                of_mut: |experiment| match &mut experiment.lab {
                    Lab::$lab(lab) => Some(&mut lab.$group.own),
                    _ => None,
                },
            },
        }
    };
}

/// A line of text in the lab of tool use.
macro_rules! line {
    ($path:literal, $most:literal, $group:ident.$name:ident) => {
        Field {
            path: $path,
            place: Place::Line {
                most: $most,
                of: |experiment| match &experiment.lab {
                    Lab::ToolUse(lab) => Some(&lab.$group.$name),
                    _ => None,
                },
                of_mut: |experiment| match &mut experiment.lab {
                    Lab::ToolUse(lab) => Some(&mut lab.$group.$name),
                    _ => None,
                },
            },
        }
    };
}

static FIELDS: [Field; 30] = fields!(
    ScanSnap data, Encoding subject, Encoding explanations, ToolUse tools, ToolUse captions, ToolUse truth, ToolUse predictions,
    ToolUse answers, ToolUse adapters, ToolUse samples
);

static LINES: [Field; 2] = [line!("probe.said", 200, probe.said), line!("probe.tools", 300, probe.tools)];

fn all() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().chain(&LINES)
}

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
        all().find(|field| field.path == path && field.is_in(experiment))
    }

    /// Whether the experiment's lab has fields in this group.
    #[must_use]
    pub fn is_group(experiment: &Experiment, group: &str) -> bool {
        all().any(|field| field.place().0 == group && field.is_in(experiment))
    }

    fn is_in(&self, experiment: &Experiment) -> bool {
        match self.place {
            Place::Own { of, .. } => of(experiment).is_some(),
            Place::Line { of, .. } => of(experiment).is_some(),
        }
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
            Place::Own { part, of_mut, .. } => of_mut(experiment).is_some_and(|own| own.read(part, text)),
            Place::Line { most, of_mut, .. } => of_mut(experiment).is_some_and(|place| {
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
            Place::Own { part, of, .. } => of(experiment)?.written(part),
            Place::Line { of, .. } => of(experiment).filter(|line| !line.is_empty()).cloned(),
        }
    }

    /// The fields that say something, with their texts.
    pub fn written(experiment: &Experiment) -> impl Iterator<Item = (&'static Self, String)> {
        all().filter_map(|field| Some((field, field.text(experiment)?)))
    }
}
