//! Files of the reader's own that runs are started on. Each lab keeps a struct of its files here, found by its type, so
//! that the library knows no lab and a program links only the files of its labs.

use crate::experiment::own::{MAX_TEXT_BYTES, Own};
use core::any::{Any, TypeId};

/// Names and bytes of files.
pub type Named = Vec<(String, Vec<u8>)>;

/// A part of a file that is read in pieces.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// The file's name.
    pub name: &'a str,
    /// Bytes of the whole file.
    pub size: u64,
    /// Where the piece stands in it.
    pub at: u64,
    /// The piece.
    pub bytes: &'a [u8],
}

impl<'a> Piece<'a> {
    /// A file as a single piece.
    #[must_use]
    pub fn whole(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, size: bytes.len() as u64, at: 0, bytes }
    }
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
    /// The lab, or the kind of run or of file, is not linked into this program.
    #[error("this worker knows neither texts nor the other labs: these need the full one")]
    NotBuilt,
}

/// A lab's files, of any type.
trait Shelf: Any + Send + Sync {
    fn copy(&self) -> Box<dyn Shelf>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Any + Clone + Send + Sync> Shelf for T {
    fn copy(&self) -> Box<dyn Shelf> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// The files of all labs. Copies share what was read, as far as the labs' structs do.
#[derive(Default)]
pub struct Library {
    shelves: Vec<(TypeId, Box<dyn Shelf>)>,
}

impl Clone for Library {
    fn clone(&self) -> Self {
        Self { shelves: self.shelves.iter().map(|(id, shelf)| (*id, (**shelf).copy())).collect() }
    }
}

impl Library {
    /// A lab's files; none where it was given none.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        let id = TypeId::of::<T>();
        let (_, shelf) = self.shelves.iter().find(|(known, _)| *known == id)?;
        (**shelf).as_any().downcast_ref()
    }

    /// What `work` makes of a lab's files, which are empty where it was given none.
    pub fn read<T: Any + Default, R>(&self, work: impl FnOnce(&T) -> R) -> R {
        match self.get() {
            Some(files) => work(files),
            None => work(&T::default()),
        }
    }

    /// A lab's files, to be changed.
    ///
    /// # Panics
    /// Never: a shelf is found by the type that is on it.
    pub fn get_mut<T: Any + Clone + Default + Send + Sync>(&mut self) -> &mut T {
        let id = TypeId::of::<T>();
        let at = self.shelves.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            self.shelves.push((id, Box::new(T::default())));
            self.shelves.len() - 1
        });
        (*self.shelves[at].1).as_any_mut().downcast_mut().expect("a shelf is found by the type that is on it")
    }
}

/// What is asked for and what was given.
pub(super) fn asks(path: &str, what: &str, wanted: &Own, given: Option<&Own>) -> String {
    let given = given.map_or_else(|| "none was chosen yet".to_owned(), |given| format!("what was chosen is {given}"));
    format!("{path}: this experiment is about {what} {wanted}; {given}")
}
