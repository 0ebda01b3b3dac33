//! The lab of the tests: counts. What a new lab needs on the engine's side, and nothing else.

pub mod settings;

use super::{EngineLab, EngineTask, FileKind, Library};
use crate::experiment::own::{Own, TableKind};
use crate::experiment::{ConfigError, Experiment, Toy};
use crate::run::{Array, Checkpoint, Digest, Direction, Focus, Frame, Measure, Report, Run, RunError, Series};

/// The lab.
pub static LAB: EngineLab = EngineLab {
    name: "toy",
    tasks: &[EngineTask { name: "count", start }],
    files: &[FileKind::whole(TableKind::Toy, |library, files| library.get_mut::<Files>().take(files))],
    queries: &[],
};

/// The words of the lab, as a catalogue has them.
pub const WORDS: &str = r#"{
    "words": { "lab_toy": "Toy", "lede_toy": "Counts.", "source_toy": "Nowhere." },
    "settings": { "count.to": { "label": "Count to", "unit": "", "help": "How far it is counted, in steps." } },
    "panels": { "count": { "title": "Count", "caption": "How far it is." } },
    "presets": { "toy-ten": { "title": "Ten", "sentence": "Counts to ten." } }
}"#;

/// Files of the reader's own: each step counts by the bytes of the last one.
#[derive(Clone, Default)]
pub struct Files {
    bytes: u64,
}

impl Files {
    fn take(&mut self, files: super::library::Named) -> Result<Own, String> {
        let [(name, bytes)] = &*files else { return Err("one file at a time".to_owned()) };
        self.bytes = bytes.len() as u64;
        Ok(Own { name: name.clone(), size: self.bytes, digest: 1 })
    }
}

fn start(experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    let settings: &Toy = experiment.expect()?;
    let by = library.read(|files: &Files| files.bytes).max(1);
    Ok(Box::new(Counting { from: experiment.seed, by, step: 0, steps: settings.count.to }))
}

struct Counting {
    from: u64,
    by: u64,
    step: u64,
    steps: u64,
}

impl Counting {
    fn count(&self) -> u64 {
        self.from + self.by * self.step
    }
}

impl Run for Counting {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step_idx(&self) -> u64 {
        self.step
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        self.step = self.steps.min(self.step + budget);
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let arrays = vec![Array::scalar("count", self.count() as f32)];
        Frame { step: self.step, steps: self.steps, focus, arrays, ..Frame::default() }
    }

    fn report(&self) -> Report {
        let (name, value) = ("count".to_owned(), self.count() as f64);
        let series = vec![Series { name: "step".to_owned(), values: vec![self.step as f64] }];
        let summary = vec![Measure { name, value, unit: String::new(), better: Direction::Neither }];
        Report { step: self.step, digest: self.digest(), summary, series, details: Vec::new() }
    }

    fn digest(&self) -> Digest {
        Digest(self.count())
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { step_idx: self.step, state: Vec::new() }
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.step = checkpoint.step_idx;
    }
}
