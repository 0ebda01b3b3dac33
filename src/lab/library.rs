//! What runs on text are given besides their experiment: the text itself, fed in pieces. Without the feature `full` there
//! is the same door, and nobody behind it but a sentence.

use crate::experiment::own::{MAX_TEXT_BYTES, Own};

#[cfg(feature = "full")]
use super::encoding::text::{Given, Rationales, Sentences};
#[cfg(feature = "full")]
use super::encoding::{Explanation, Joint, file};
#[cfg(feature = "full")]
use crate::experiment::own;
#[cfg(feature = "full")]
use xxhash_rust::xxh64::xxh64;

#[cfg(feature = "full")]
use super::scan_snap::text::reader::{Reader, Text};
#[cfg(feature = "full")]
use crate::experiment::scan_snap::TextSource;
#[cfg(feature = "full")]
use std::sync::Arc;

/// A text that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Its name, size and digest, as an experiment carries them.
    pub own: Own,
    /// Tokens.
    pub tokens: u64,
    /// Different words.
    pub words: u64,
}

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// More bytes than are read.
    #[error("the text has {size} bytes, at most {MAX_TEXT_BYTES} are read")]
    TooLong {
        /// Its size, or what came so far where the size is not known.
        size: u64,
    },
    /// A piece is not the next one.
    #[error("the piece at byte {at} is not the next one: {expected} came before it")]
    Piece {
        /// Where it should stand.
        at: u64,
        /// Bytes that came so far.
        expected: u64,
    },
    /// A byte that no text has.
    #[error("byte {at} is 0: this is not a text but a binary file")]
    Binary {
        /// Offset of the byte, from 0.
        at: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("byte {at} is not UTF-8: save the text as UTF-8")]
    Utf8 {
        /// Offset of the first byte that does not belong, from 0.
        at: u64,
    },
    /// No token at all.
    #[error("the text is empty: it has no words")]
    Empty,
    /// A single token.
    #[error("the text has one token: nothing follows anything")]
    OneToken,
    /// This build reads no texts.
    #[error("this worker knows neither texts nor the other labs: these need the full one")]
    NotBuilt,
}

/// The texts that come with the page, the reader's own that was read last, and the one that is being read.
#[derive(Clone, Default)]
pub struct Library {
    #[cfg(feature = "full")]
    reader: Option<Reader>,
    #[cfg(feature = "full")]
    text: Option<Arc<Text>>,
    #[cfg(feature = "full")]
    distribution: Option<Arc<(Own, Joint)>>,
    #[cfg(feature = "full")]
    explanations: Option<Arc<(Own, Files)>>,
    #[cfg(feature = "full")]
    sentences: Option<Arc<Labelled>>,
    /// Those of the lab of tool use.
    #[cfg(feature = "full")]
    pub tool_use: super::tool_use::Files,
}

/// Sentences with their labels, and rationales where they came with them.
#[cfg(feature = "full")]
struct Labelled {
    own: Own,
    sentences: Sentences,
    rationales: Vec<Given>,
    /// What there is to tell of rows that select nothing, or everything.
    told: Vec<String>,
}

/// Names and bytes of files.
#[cfg(feature = "full")]
type Files = Vec<(String, Vec<u8>)>;

/// Most files that are taken at once.
#[cfg(feature = "full")]
const MOST_FILES: usize = crate::experiment::encoding::MOST_OWN as usize;

#[cfg(feature = "full")]
impl Library {
    /// Takes the piece of the text `name` that stands at byte `at` of `size`. Gives the text's numbers once it is whole,
    /// and only then lets the text before go.
    ///
    /// # Errors
    /// [`DataError`], after which the text must be started anew.
    pub fn feed(&mut self, name: &str, size: u64, at: u64, bytes: &[u8]) -> Result<Option<Loaded>, DataError> {
        if at == 0 {
            self.reader = None;
            if size > MAX_TEXT_BYTES {
                return Err(DataError::TooLong { size });
            }
            self.reader = Some(Reader::new(name));
        }
        let Some(mut reader) = self.reader.take() else { return Err(DataError::Piece { at, expected: 0 }) };
        if reader.seen() != at {
            return Err(DataError::Piece { at, expected: reader.seen() });
        }
        reader.feed(bytes)?;
        if reader.seen() < size {
            self.reader = Some(reader);
            return Ok(None);
        }
        let text = reader.end()?;
        let loaded = Loaded { own: text.own.clone(), tokens: text.len() as u64, words: text.words() as u64 };
        self.text = Some(Arc::new(text));
        Ok(Some(loaded))
    }

    /// Takes the reader's own distribution.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn take_distribution(&mut self, mut files: Files) -> Result<Own, String> {
        let (1, Some((name, bytes))) = (files.len(), files.pop()) else {
            return Err("one distribution at a time: choose a single file without a column mask".to_owned());
        };
        let joint = file::joint(&bytes).map_err(|error| error.to_string())?;
        let own = Own { name: own::name(&name), size: bytes.len() as u64, digest: xxh64(&bytes, 0) };
        self.distribution = Some(Arc::new((own.clone(), joint)));
        Ok(own)
    }

    /// Takes the reader's own explanations; they are read once it is known of which distribution they are.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn take_explanations(&mut self, mut files: Files) -> Result<Own, String> {
        // Browsers read in any order, and the same files are the same explanations.
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let size = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        if files.is_empty() || files.len() > MOST_FILES || size > MAX_TEXT_BYTES {
            let count = files.len();
            return Err(format!(
                "{count} files of {size} bytes, expected 1 to {MOST_FILES} of {MAX_TEXT_BYTES} at most"
            ));
        }
        // The names are those that the scores are listed under.
        let mut all = Vec::with_capacity(size as usize);
        for (name, bytes) in &files {
            all.extend_from_slice(name.as_bytes());
            all.push(0);
            all.extend_from_slice(bytes);
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let own = Own { name: own::name(&names.join(" + ")), size, digest: xxh64(&all, 0) };
        self.explanations = Some(Arc::new((own.clone(), files)));
        Ok(own)
    }

    /// Takes the reader's own labelled sentences, with rationales if the file has them.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn take_sentences(&mut self, mut files: Files) -> Result<Own, String> {
        let (1, Some((name, bytes))) = (files.len(), files.pop()) else {
            return Err("one file of sentences at a time".to_owned());
        };
        let own = Own { name: own::name(&name), size: bytes.len() as u64, digest: xxh64(&bytes, 0) };
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has_rationales = header.starts_with(b"{") || header.windows(9).any(|part| part == b"rationale");
        let (sentences, rationales, told) = if has_rationales {
            let read = Rationales::read(&bytes).map_err(|error| error.to_string())?;
            let told = read.told.iter().map(|what| format!("{}: {what}", own.name)).collect();
            (read.sentences, vec![Given { name: own.name.clone(), selections: read.selections }], told)
        } else {
            (Sentences::read(&bytes).map_err(|error| error.to_string())?, Vec::new(), Vec::new())
        };
        self.sentences = Some(Arc::new(Labelled { own: own.clone(), sentences, rationales, told }));
        Ok(own)
    }

    /// The reader's own sentences, if they are those `wanted`, rationales that came with them, and what there is to tell of them.
    ///
    /// # Errors
    /// What is asked for and what was given, in words.
    pub fn sentences(&self, wanted: &Own) -> Result<(Sentences, Vec<Given>, Vec<String>), String> {
        match self.sentences.as_deref() {
            Some(found) if found.own.digest == wanted.digest => {
                Ok((found.sentences.clone(), found.rationales.clone(), found.told.clone()))
            }
            other => Err(asks("subject", "the sentences", wanted, other.map(|found| &found.own))),
        }
    }

    /// The reader's own distribution, if it is the one that is `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given, in words.
    pub fn distribution(&self, wanted: &Own) -> Result<Joint, String> {
        match self.distribution.as_deref() {
            Some((own, joint)) if own.digest == wanted.digest => Ok(joint.clone()),
            other => Err(asks("subject", "the table", wanted, other.map(|(own, _)| own))),
        }
    }

    /// The reader's own explanations of `joint`, if they are those `wanted`; none where none is.
    ///
    /// # Errors
    /// What is asked for and what was given, or what is wrong with a file, in words.
    pub fn explanations(&self, wanted: &Own, joint: &Joint) -> Result<Vec<Explanation>, String> {
        if *wanted == Own::default() {
            return Ok(Vec::new());
        }
        let files = match self.explanations.as_deref() {
            Some((own, files)) if own.digest == wanted.digest => files,
            other => return Err(asks("explanations", "the explanations", wanted, other.map(|(own, _)| own))),
        };
        let read = |(name, bytes): &(String, Vec<u8>)| {
            let short = name.strip_suffix(".csv").unwrap_or(name);
            file::explanation(bytes, short, joint).map_err(|error| format!("{}: {error}", own::name(name)))
        };
        files.iter().map(read).collect()
    }

    /// A text that comes with the page, or the one that was read last.
    #[must_use]
    pub fn text(&self, source: TextSource) -> Option<Arc<Text>> {
        let (name, text) = match source {
            TextSource::Alice => ("alice.txt", include_str!("../../public/texts/alice.txt")),
            TextSource::Raven => ("raven.txt", include_str!("../../public/texts/raven.txt")),
            TextSource::Own => return self.text.clone(),
        };
        let mut reader = Reader::new(name);
        reader.feed(text.as_bytes()).and_then(|()| reader.end()).ok().map(Arc::new)
    }
}

#[cfg(not(feature = "full"))]
impl Library {
    /// Refuses every text.
    ///
    /// # Errors
    /// [`DataError::NotBuilt`].
    pub fn feed(&mut self, _name: &str, _size: u64, _at: u64, _bytes: &[u8]) -> Result<Option<Loaded>, DataError> {
        Err(DataError::NotBuilt)
    }
}

/// What is asked for and what was given.
#[cfg(feature = "full")]
pub(super) fn asks(path: &str, what: &str, wanted: &Own, given: Option<&Own>) -> String {
    let given = given.map_or_else(|| "none was chosen yet".to_owned(), |given| format!("what was chosen is {given}"));
    format!("{path}: this experiment is about {what} {wanted}; {given}")
}
