//! What runs on text are given besides their experiment: the text itself, fed in pieces. Without the feature `text` there
//! is the same door, and nobody behind it but a sentence.

use crate::experiment::own::{MAX_TEXT_BYTES, Own};

#[cfg(feature = "text")]
use super::scan_snap::text::reader::{Reader, Text};
#[cfg(feature = "text")]
use crate::experiment::scan_snap::TextSource;
#[cfg(feature = "text")]
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
    #[error("this worker is built without text: data.kind=text needs the full one")]
    NotBuilt,
}

/// The texts that come with the page, the reader's own that was read last, and the one that is being read.
#[derive(Clone, Default)]
pub struct Library {
    #[cfg(feature = "text")]
    reader: Option<Reader>,
    #[cfg(feature = "text")]
    text: Option<Arc<Text>>,
}

#[cfg(feature = "text")]
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

#[cfg(not(feature = "text"))]
impl Library {
    /// Refuses every text.
    ///
    /// # Errors
    /// [`DataError::NotBuilt`].
    pub fn feed(&mut self, _name: &str, _size: u64, _at: u64, _bytes: &[u8]) -> Result<Option<Loaded>, DataError> {
        Err(DataError::NotBuilt)
    }
}
