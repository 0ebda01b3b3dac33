//! The student: a compact transformer that first learns general text, without any call of a tool, and is then tuned by adapters
//! to call tools (PAPERS 3.3). [`lexicon`] makes tokens of texts, [`lessons`] is the general text, [`base`] learns it, [`tuning`]
//! tunes the adapters, [`replies`] are what comes of it.

pub mod base;
pub mod lessons;
pub mod lexicon;
pub mod replies;
pub mod tuning;

pub use base::Base;
pub use lexicon::lexicon;
