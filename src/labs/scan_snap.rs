//! Scan & Snap: the one-layer transformer of Tian et al. (NeurIPS 2023) trained on sequence classes, and the
//! paper's theory of it. `data` draws the sequences, `model` computes one pass, `training` is the run, `history`
//! what it records, `checks` the paper's claims on it; `theory` has the closed forms and `curves` the run that
//! follows them alone. `text` trains on a text instead.

pub mod checks;
pub mod curves;
pub mod data;
pub mod history;
pub mod model;
pub mod settings;
pub mod text;
pub mod theory;
pub mod training;

use super::{EngineLab, EngineTask};

/// The lab, with its runs on texts.
pub static LAB: EngineLab = EngineLab {
    name: "scan-snap",
    tasks: &[CLASSES_TASK, THEORY_TASK, text::TASK],
    files: &[text::FILE],
    queries: &[],
};

/// The lab without texts: what the small worker has.
pub static CLASSES: EngineLab =
    EngineLab { name: "scan-snap", tasks: &[CLASSES_TASK, THEORY_TASK], files: &[], queries: &[] };

const CLASSES_TASK: EngineTask = EngineTask {
    name: "classes",
    start: |experiment, _| Ok(Box::new(training::Training::new(experiment.expect()?, experiment.seed))),
};

const THEORY_TASK: EngineTask =
    EngineTask { name: "theory", start: |experiment, _| Ok(Box::new(curves::Curves::new(experiment.expect()?))) };
