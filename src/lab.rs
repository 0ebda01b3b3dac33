//! The registry of labs: from an [`Experiment`] to the [`Run`] that works on it. A lab is a folder and one line here.

#[cfg(feature = "full")]
pub mod attribution;
#[cfg(feature = "full")]
pub mod encoding;
pub mod library;
pub mod scan_snap;
#[cfg(feature = "full")]
pub mod tool_use;

pub use library::Library;

use crate::experiment::{ConfigError, Experiment, Lab};
use crate::run::Run;

/// The run of an experiment that needs no text, at step 0.
///
/// # Errors
/// As [`start_on`].
pub fn start(experiment: &Experiment) -> Result<Box<dyn Run>, ConfigError> {
    start_on(experiment, &Library::default())
}

/// The run of an experiment, at step 0, on the text that `library` holds if it needs one.
///
/// # Errors
/// [`ConfigError`] when a setting is out of its range, the run would need too much memory, or the text is not the one that
/// the experiment asks for.
pub fn start_on(experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    experiment.validate()?;
    match &experiment.lab {
        Lab::ScanSnap(settings) => scan_snap::start(settings, experiment.seed, library),
        #[cfg(feature = "full")]
        Lab::Encoding(settings) => encoding::start(settings, experiment.seed, library),
        #[cfg(feature = "full")]
        Lab::ToolUse(settings) => tool_use::start(settings, experiment.seed, library),
    }
}
