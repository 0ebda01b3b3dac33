//! What can be wrong with a file, each in one sentence. Knows no bytes.

use super::form::LONGEST_HEADER;
use crate::transformer::config::ConfigError;
use crate::transformer::text::decimal;
use crate::transformer::tokenizer::VocabularyError;

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileError {
    /// The file ends before its header does.
    #[error("the file has {found} bytes, expected at least {expected} for its header")]
    Truncated {
        /// Bytes there are.
        found: usize,
        /// Bytes the header needs, its length included.
        expected: usize,
    },
    /// The header's length is beyond reason.
    #[error("the header's length is {found} bytes, expected at most {LONGEST_HEADER}")]
    LongHeader {
        /// Length as given.
        found: u64,
    },
    /// The header is not JSON of the form's kind.
    #[error("the header is no safetensors header at byte {at}")]
    Header {
        /// Where in the header.
        at: usize,
    },
    /// A tensor's entry lacks dtype, shape or data_offsets, or has others.
    #[error("tensor \"{name}\": expected dtype, shape and data_offsets")]
    Entry {
        /// The tensor, shortened for display.
        name: String,
    },
    /// A name stands twice.
    #[error("tensor \"{name}\": given twice")]
    Repeated {
        /// The tensor, shortened for display.
        name: String,
    },
    /// A range is no part of the data, or has not the length of its tensor.
    #[error("tensor \"{name}\": bytes {start} to {end} do not hold its shape, the file has {found} bytes of data")]
    Range {
        /// The tensor, shortened for display.
        name: String,
        /// Start of the range.
        start: u64,
        /// End of the range.
        end: u64,
        /// Bytes of data there are.
        found: usize,
    },
    /// Two tensors share bytes, or bytes belong to none.
    #[error(
        "tensor \"{name}\": starts at byte {start}, expected {expected}: tensors follow each other without overlap or gap"
    )]
    Order {
        /// The tensor, shortened for display.
        name: String,
        /// Where it starts.
        start: usize,
        /// Where it should.
        expected: usize,
    },
    /// Bytes after the last tensor.
    #[error("the data has {found} bytes, its tensors {expected}")]
    Length {
        /// Bytes there are.
        found: usize,
        /// Bytes of all tensors.
        expected: usize,
    },
    /// A tensor's numbers are of another type.
    #[error("tensor \"{name}\": dtype is \"{found}\", expected F32 or BF16")]
    Type {
        /// The tensor.
        name: String,
        /// Its type, shortened for display.
        found: String,
    },
    /// The settings in the metadata do not hold together.
    #[error("metadata: {0}")]
    Settings(#[from] ConfigError),
    /// The vocabulary in the metadata is none.
    #[error("metadata: {0}")]
    Vocabulary(#[from] VocabularyError),
    /// The vocabulary has another size than the settings say.
    #[error("metadata: the vocabulary has {found} tokens, expected {expected}")]
    VocabularySize {
        /// Tokens there are.
        found: usize,
        /// Tokens the settings say.
        expected: usize,
    },
    /// A parameter of the model is not there.
    #[error("tensor \"{name}\": missing, a model of these settings has it")]
    Missing {
        /// The parameter.
        name: String,
    },
    /// A tensor is no parameter of the model.
    #[error("tensor \"{name}\": a model of these settings has none of this name")]
    Unknown {
        /// The tensor, shortened for display.
        name: String,
    },
    /// A parameter has another shape.
    #[error("tensor \"{name}\": shape is {found}, expected {expected}")]
    Shape {
        /// The parameter.
        name: String,
        /// Shape in the file.
        found: String,
        /// Shape of the model's parameter.
        expected: String,
    },
    /// A weight is infinite or no number.
    #[error("tensor \"{name}\": number {at} is {}, expected a finite number", decimal(*value))]
    NotFinite {
        /// The parameter.
        name: String,
        /// Index in the tensor.
        at: usize,
        /// The number.
        value: f32,
    },
}
