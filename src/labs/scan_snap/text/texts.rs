//! Texts that runs are trained on: those that come with the page, and the reader's own, which is read in pieces.

use super::reader::{Reader, Text};
use crate::experiment::own::{MAX_TEXT_BYTES, Own};
use crate::experiment::scan_snap::TextSource;
use crate::labs::library::{DataError, Piece};
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

/// The reader's own text that was read last, and the one that is being read.
#[derive(Clone, Default)]
pub struct Texts {
    reader: Option<Reader>,
    text: Option<Arc<Text>>,
}

impl Texts {
    /// Takes a piece of a text. Gives the text's numbers once it is whole, and only then lets the text before go.
    ///
    /// # Errors
    /// [`DataError`], after which the text must be started anew.
    pub fn feed(&mut self, piece: &Piece<'_>) -> Result<Option<Loaded>, DataError> {
        let Piece { name, size, at, bytes } = *piece;
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
            TextSource::Alice => ("alice.txt", include_str!("../../../../public/texts/alice.txt")),
            TextSource::Raven => ("raven.txt", include_str!("../../../../public/texts/raven.txt")),
            TextSource::Own => return self.text.clone(),
        };
        let mut reader = Reader::new(name);
        reader.feed(text.as_bytes()).and_then(|()| reader.end()).ok().map(Arc::new)
    }
}
