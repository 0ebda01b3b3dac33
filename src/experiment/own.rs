//! What an experiment knows of the reader's own data: name, size and digest of the file, never the data. Links and JSON
//! carry these fields beside the settings; a run starts only on data of that digest.

use super::setting::{Kind, Value, shorten};
use super::{ConfigError, Experiment, Lab};
use serde::{Deserialize, Serialize};

/// Largest text, bytes.
pub const MAX_TEXT_BYTES: u64 = 50_000_000;

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

/// One field of a link or of the JSON form.
pub struct Field {
    /// Its path: `data.name`.
    pub path: &'static str,
    /// What is allowed, in words.
    pub expected: &'static str,
    /// Whether JSON holds it as a number.
    pub is_number: bool,
    read: fn(&mut Own, &str) -> bool,
    write: fn(&Own) -> Option<String>,
}

static FIELDS: [Field; 3] = [
    Field {
        path: "data.name",
        expected: "the name of a file, 1 to 100 characters",
        is_number: false,
        read: |own, text| {
            let fits = text.chars().count() <= MAX_NAME && !text.is_empty() && !text.chars().any(char::is_control);
            keep(&mut own.name, fits.then(|| text.to_owned()))
        },
        write: |own| (!own.name.is_empty()).then(|| own.name.clone()),
    },
    Field {
        path: "data.size",
        expected: "a whole number of bytes from 0 to 50000000",
        is_number: true,
        read: |own, text| {
            let size = match (Kind::Integer { min: 0, max: MAX_TEXT_BYTES }).read(text) {
                Some(Value::Integer(size)) => Some(size),
                _ => None,
            };
            keep(&mut own.size, size)
        },
        write: |own| (own.size > 0).then(|| own.size.to_string()),
    },
    Field {
        path: "data.digest",
        expected: "16 hexadecimal digits",
        is_number: false,
        read: |own, text| {
            let hexadecimal = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            keep(&mut own.digest, hexadecimal.then(|| u64::from_str_radix(text, 16).ok()).flatten())
        },
        write: |own| (own.digest > 0).then(|| format!("{:016x}", own.digest)),
    },
];

/// Puts a value that could be read in its place; says whether it could.
fn keep<T>(place: &mut T, value: Option<T>) -> bool {
    let Some(value) = value else { return false };
    *place = value;
    true
}

impl Field {
    /// The field of that path.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.path == path)
    }

    /// Its name within its group.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(_, name)| name)
    }

    /// Reads the field from its text form.
    ///
    /// # Errors
    /// [`ConfigError::BadValue`] when the text is not allowed; nothing is changed then.
    pub fn set(&self, experiment: &mut Experiment, text: &str) -> Result<(), ConfigError> {
        let Lab::ScanSnap(settings) = &mut experiment.lab;
        if (self.read)(&mut settings.data.own, text) {
            return Ok(());
        }
        let (path, expected) = (self.path.to_owned(), self.expected.to_owned());
        Err(ConfigError::BadValue { path, value: shorten(text), expected })
    }

    /// The fields that say something, with their texts.
    pub fn written(experiment: &Experiment) -> impl Iterator<Item = (&'static Self, String)> {
        let Lab::ScanSnap(settings) = &experiment.lab;
        FIELDS.iter().filter_map(|field| Some((field, (field.write)(&settings.data.own)?)))
    }
}
