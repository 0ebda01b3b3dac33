//! Explanations of a text classifier, scored by estimation (docs/papers.md 2.5 and 2.6): do the words that an
//! explanation picks tell the label by what they say, or by having been picked?
//!
//! [`sentences`] reads labelled sentences, [`task`] holds some out and gives words their tokens, [`classifier`] is the compact
//! transformer that reads a label at a sentence's end, some of its words masked. [`explain`] explains its predictions,
//! [`rationales`] reads explanations that were made elsewhere, and [`study`] does it all step by step.

pub mod classifier;
pub mod explain;
mod picks;
pub mod rationales;
pub mod run;
pub mod sentences;
pub mod study;
pub mod task;
mod words;

pub use classifier::{Classifier, Reading};
pub use explain::{Marks, Method};
pub use rationales::{Rationales, RationalesError};
pub use sentences::{Sentences, SentencesError};
pub use study::{Given, Look, Settings, Study, StudyError};
pub use task::Task;
pub use words::{Words, all_words};
