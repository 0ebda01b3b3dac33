//! The lab's run on the reader's own samples: one explanation is made in each step, by the samples fitted to, then all are
//! estimated on more and more samples. No truth is known, so there are no exact scores, and none is shown.

use super::Sampled;
use crate::experiment::ConfigError;
use crate::experiment::encoding::Encoding;
use crate::labs::encoding::converging::{self, Converging};
use crate::labs::encoding::estimate::{Estimate, Verdict};
use crate::labs::encoding::explanation::Explanation;
use crate::labs::encoding::joint::Joint;
use crate::labs::encoding::lineup::{Entry, lineup};
use crate::labs::encoding::pages;
use crate::run::{
    Array, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Record, Report, Run, RunError, Series,
};

/// The run.
pub struct OnSamples {
    /// All that the table has counted.
    joint: Joint,
    /// What methods go by.
    law: Joint,
    samples: usize,
    held_out: usize,
    size: usize,
    seed: u64,
    lineup: Vec<Entry>,
    /// Each explanation, or why it is left out.
    found: Vec<Result<Explanation, String>>,
    estimates: Converging,
    /// What there is to tell of the samples.
    told: Vec<String>,
    step_idx: u64,
}

impl OnSamples {
    /// At step 0.
    ///
    /// # Errors
    /// [`ConfigError`] when there are too few samples, or fewer inputs than a selection is to have.
    pub fn new(settings: &Encoding, joint: Joint, own: &[Explanation], seed: u64) -> Result<Self, ConfigError> {
        let size = settings.explanations.inputs_of(joint.inputs().len())?;
        let kind = converging::kind(&settings.scores, &joint)?;
        let refused = |error| ConfigError::Data { what: format!("subject: {error}") };
        let sampled = Sampled::new(&joint, settings.scores.samples as usize, seed).map_err(refused)?;
        let samples = sampled.samples.len();
        let (held_out, unseen) = sampled.unseen();
        let mut told = Vec::new();
        let all: u64 = joint.counts().unwrap_or_default().iter().sum();
        if all > samples as u64 {
            told.push(format!("the table has {all} samples, scores.samples takes {samples} of them"));
        }
        if unseen > 0 {
            told.push(format!(
                "{unseen} of the {held_out} samples held out have inputs that none of the others has: methods pick for them by \
                 the labels of all others"
            ));
        }
        let Sampled { samples: drawn, rows, law } = sampled;
        let lineup = lineup(own, None);
        let estimates = Converging::new((drawn, rows), kind, lineup.len(), seed);
        Ok(Self { joint, law, samples, held_out, size, seed, lineup, found: Vec::new(), estimates, told, step_idx: 0 })
    }

    /// What came of the explanations up to the step shown.
    fn found(&self) -> &[Result<Explanation, String>] {
        &self.found[..self.found.len().min(self.step_idx as usize)]
    }

    /// Steps that estimates took.
    fn beyond(&self) -> usize {
        (self.step_idx as usize).saturating_sub(self.lineup.len())
    }

    /// The explanations that are there, each with its latest estimate.
    fn there(&self) -> Vec<(&Explanation, Option<&Estimate>)> {
        let latest = self.estimates.latest(self.beyond());
        self.found().iter().zip(latest).filter_map(|(found, latest)| Some((found.as_ref().ok()?, latest))).collect()
    }

    /// Works the next step off, unless its result is there.
    fn advance(&mut self) {
        let at = self.step_idx as usize;
        if let Some(entry) = self.lineup.get(at) {
            if at == self.found.len() {
                self.found.push(entry.explain(&self.law, self.size, self.seed, None));
            }
        } else {
            let selections = |found: &Result<Explanation, String>| Some(found.as_ref().ok()?.selections.clone());
            let selections: Vec<_> = self.found.iter().map(selections).collect();
            self.estimates.advance(at - self.lineup.len(), &selections);
        }
        self.step_idx += 1;
    }
}

/// A number of each explanation, not one where there is no estimate.
fn numbers(there: &[(&Explanation, Option<&Estimate>)], of: impl Fn(&Estimate) -> f64) -> Vec<f64> {
    there.iter().map(|(_, estimate)| estimate.map_or(f64::NAN, &of)).collect()
}

fn encodes(estimate: &Estimate) -> f64 {
    f64::from(u8::from(estimate.verdict == Verdict::Encodes))
}

impl Run for OnSamples {
    fn steps(&self) -> u64 {
        self.lineup.len() as u64 + self.estimates.steps()
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps() - self.step_idx) {
            self.advance();
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let there = self.there();
        let class = focus.class.min(there.len().saturating_sub(1) as u32);
        let focus = Focus { class, ..focus };
        let mut arrays = vec![
            Array::scalar("alpha", focus.alpha as f32),
            Array::scalar("looked_at", class as f32),
            Array::scalar("is_estimated", 1.0),
            Array::scalar("samples", self.samples as f32),
            Array::scalar("held_out", self.held_out as f32),
        ];
        if there.iter().any(|(_, estimate)| estimate.is_some()) {
            let score = |name: &str, of: &dyn Fn(&Estimate) -> f64| {
                let all = numbers(&there, of);
                Array::collect(name, &[all.len()], &mut all.iter().map(|&x| x as f32))
            };
            arrays.extend([
                score("eval_x", &|found| found.eval_x.value),
                score("fresh", &|found| found.fresh.value),
                score("encode_meter", &|found| found.encode_meter.value),
                score("stripe_x", &|found| found.eval_x.value - focus.alpha * found.encode_meter.value),
                score("encodes", &encodes),
            ]);
        }
        let is_there: Vec<bool> = self.found().iter().map(Result::is_ok).collect();
        self.estimates.show(self.beyond(), &is_there, class as usize, &mut arrays);
        let texts = |name: &str, texts: Vec<String>| Labels { name: name.to_owned(), texts };
        let mut labels = vec![
            texts("explanations", there.iter().map(|(explanation, _)| explanation.name.clone()).collect()),
            texts("inputs", self.joint.inputs().to_vec()),
            texts("labels", self.joint.labels().to_vec()),
            texts(
                "left_out",
                self.told.iter().chain(self.found().iter().filter_map(|it| it.as_ref().err())).cloned().collect(),
            ),
        ];
        let of_focus = there.get(class as usize).map(|(explanation, _)| *explanation);
        pages::distribution(&self.joint, of_focus, &mut arrays, &mut labels);
        // The paper's claims are about scores, not about estimates of them.
        Frame {
            step: self.step_idx,
            steps: self.steps(),
            focus,
            arrays,
            labels,
            checks: Vec::new(),
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let there = self.there();
        let measure = |name: &str, value: usize| Measure {
            name: name.to_owned(),
            value: value as f64,
            unit: String::new(),
            better: Direction::Neither,
        };
        let shown = numbers(&there, encodes).iter().filter(|encodes| **encodes == 1.0).count();
        let column = |name: &str, values: Vec<f64>| Series { name: name.to_owned(), values };
        let map = |(explanation, _): &(&Explanation, Option<&Estimate>)| {
            let map = pages::map(&self.joint, explanation);
            Record {
                texts: vec![("name".to_owned(), explanation.name.clone()), ("map".to_owned(), map)],
                arrays: Vec::new(),
            }
        };
        let names = self.found.iter().map(|found| found.as_ref().ok().map(|explanation| explanation.name.as_str()));
        let detail = |name: &str, records| Detail { name: name.to_owned(), records };
        Report {
            step: self.step_idx,
            digest: self.digest(),
            summary: vec![
                measure("samples", self.samples),
                measure("held_out", self.held_out),
                measure("shown_to_encode", shown),
            ],
            series: vec![
                column("step", (1..=there.len()).map(|at| at as f64).collect()),
                column("eval_x", numbers(&there, |found| found.eval_x.value)),
                column("fresh", numbers(&there, |found| found.fresh.value)),
                column("encode_meter", numbers(&there, |found| found.encode_meter.value)),
                column("shown_to_encode", numbers(&there, encodes)),
            ],
            details: vec![
                detail("explanations", there.iter().map(map).collect()),
                detail("estimates", self.estimates.records(self.beyond(), &names.collect::<Vec<_>>())),
            ],
        }
    }

    fn digest(&self) -> Digest {
        let mut bytes = Vec::new();
        for (explanation, _) in self.there() {
            bytes.extend(explanation.selections.iter().flat_map(|selection| selection.to_le_bytes()));
        }
        self.estimates.digest(self.beyond(), &mut bytes);
        Digest(xxhash_rust::xxh64::xxh64(&bytes, self.step_idx))
    }

    fn checkpoint(&self) -> Checkpoint {
        // What was found stays: a step is a place in it.
        Checkpoint::of(self.step_idx, &[])
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.step_idx = 0;
        while self.step_idx < checkpoint.step_idx.min(self.steps()) {
            self.advance();
        }
    }
}
