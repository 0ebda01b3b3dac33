//! Scan & Snap: the one-layer transformer of Tian et al. (NeurIPS 2023) trained on sequence classes, and the
//! paper's theory of it. `data` draws the sequences, `model` computes one pass, `training` is the run, `history`
//! what it records, `checks` the paper's claims on it; `theory` has the closed forms and `curves` the run that
//! follows them alone. `text` trains on a text instead.

pub mod checks;
pub mod curves;
pub mod data;
pub mod history;
pub mod model;
#[cfg(feature = "full")]
pub mod text;
pub mod theory;
pub mod training;

use super::Library;
use crate::experiment::ConfigError;
use crate::experiment::scan_snap::{DataKind, ScanSnap};
use crate::run::Run;

/// The lab's run at step 0, for settings already checked.
///
/// # Errors
/// [`ConfigError`] when the text is not the one asked for, or its run would need too much memory.
pub fn start(settings: &ScanSnap, seed: u64, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    match settings.data.kind {
        DataKind::Classes => Ok(Box::new(training::Training::new(settings, seed))),
        DataKind::Theory => Ok(Box::new(curves::Curves::new(settings))),
        #[cfg(feature = "full")]
        DataKind::Text => text::start(settings, seed, library),
        #[cfg(not(feature = "full"))]
        DataKind::Text => {
            let _ = library;
            Err(ConfigError::Data { what: super::library::DataError::NotBuilt.to_string() })
        }
    }
}
