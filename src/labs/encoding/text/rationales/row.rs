//! A row of a file of explanations, whatever its form, and why a file is refused. Reads nothing.

use crate::labs::encoding::text::sentences::SentencesError;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RationalesError {
    /// What is wrong with any labelled sentences.
    #[error(transparent)]
    Sentences(#[from] SentencesError),
    /// A row that is not JSON.
    #[error("row {row}: not JSON at byte {byte} of the row")]
    Json {
        /// The row.
        row: u64,
        /// Where in the row.
        byte: usize,
    },
    /// The header is not that of such a file.
    #[error("row {row}: the columns are {found}, expected text, label and rationale")]
    Header {
        /// The row.
        row: u64,
        /// The header, shortened.
        found: String,
    },
    /// A field that is missing, or not of its kind.
    #[error("row {row}, field {field}: {found}, expected {expected}")]
    Field {
        /// The row.
        row: u64,
        /// The field's name.
        field: &'static str,
        /// What is there, shortened.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

/// A row of any form.
pub(super) struct Row<'a> {
    /// Its number in the file, counted from 1.
    pub number: &'a dyn Fn() -> u64,
    /// The text.
    pub text: &'a str,
    /// Its label, as written.
    pub label: &'a str,
    /// What is selected.
    pub rationale: Rationale<'a>,
}

/// What is selected, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rationale<'a> {
    /// Words by their place between blanks, ranges from and to; an end is not in it.
    Places(Vec<(u64, u64)>),
    /// Digits, places or words.
    Text(&'a str),
    /// Pieces of the text.
    Texts(Vec<&'a str>),
}
