//! The student: a compact transformer that first learns general text, without any call of a tool, and is then tuned by adapters
//! to call tools (docs/papers.md 3.3). [`lexicon`] makes tokens of texts, [`lessons`] is the general text, [`base`]
//! learns it, [`tuning`] tunes the adapters on the samples of [`data`], [`replies`] are what comes of it, and
//! [`adapters`] their file.

pub mod adapters;
pub mod base;
pub mod data;
pub mod lessons;
pub mod lexicon;
pub mod replies;
pub mod tuning;

pub use base::Base;
pub use lexicon::lexicon;

/// xxh64 of the base that ships, `public/student/base.safetensors`.
pub const BASE_DIGEST: u64 = 0x9a63762f7ff08992;
