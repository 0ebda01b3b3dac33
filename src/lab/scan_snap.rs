//! Scan & Snap: the one-layer transformer of Tian et al. (NeurIPS 2023) trained on sequence classes, and the
//! paper's theory of it. `data` draws the sequences, `model` computes one pass, `training` is the run, `history`
//! what it records, `checks` the paper's claims on it; `theory` has the closed forms and `curves` the run that
//! follows them alone.

pub mod checks;
pub mod curves;
pub mod data;
pub mod history;
pub mod model;
pub mod theory;
pub mod training;

use crate::experiment::scan_snap::{DataKind, ScanSnap};
use crate::run::Run;

/// The lab's run at step 0, for settings already checked.
#[must_use]
pub fn start(settings: &ScanSnap, seed: u64) -> Box<dyn Run> {
    match settings.data.kind {
        DataKind::Classes => Box::new(training::Training::new(settings, seed)),
        DataKind::Theory => Box::new(curves::Curves::new(settings)),
    }
}
