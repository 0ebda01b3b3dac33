//! The registry of labs: from an [`Experiment`] to the [`Run`] that works on it. A lab is a folder and one line here.

pub mod scan_snap;

use crate::experiment::{ConfigError, Experiment, Lab};
use crate::run::Run;

/// The run of an experiment, at step 0.
///
/// # Errors
/// [`ConfigError`] when a setting is out of its range or the run would need too much memory.
pub fn start(experiment: &Experiment) -> Result<Box<dyn Run>, ConfigError> {
    experiment.validate()?;
    match &experiment.lab {
        Lab::ScanSnap(settings) => Ok(scan_snap::start(settings, experiment.seed)),
    }
}
