//! The lab's run on a distribution: one explanation is made and scored in each step, then all maps are gone through or
//! estimates are made, as the settings ask. What a step found is kept, so that every step can be shown again.

use super::census::{Census, Counter};
use super::converging::{self, Converging};
use super::explanation::Explanation;
use super::joint::Joint;
use super::learner::Learner;
use super::lineup::{Entry, lineup};
use super::samples::Samples;
use super::scores::{Scored, Scores, score, shown};
use super::{checks, pages};
use crate::experiment::ConfigError;
use crate::experiment::encoding::{By, Encoding};
use crate::run::{
    Array, Checkpoint, Detail, Digest, Direction, Focus, Frame, Measure, Record, Report, Run, RunError, Series,
};

/// Maps that a step goes through: some hundredths of a second.
const MAPS_A_STEP: u64 = 1 << 18;

/// The run.
pub struct Scoring {
    joint: Joint,
    /// The model that is explained, and its losses so far.
    model: Option<Box<dyn Learner>>,
    losses: Vec<f64>,
    size: usize,
    seed: u64,
    lineup: Vec<Entry>,
    /// What came of each, or why it is left out.
    found: Vec<Result<Scored, String>>,
    maps: Option<Counter>,
    /// What was known of all maps after each step that went through some.
    censuses: Vec<Census>,
    estimates: Option<Converging>,
    step_idx: u64,
}

impl Scoring {
    /// At step 0.
    ///
    /// # Errors
    /// [`ConfigError`] when a setting asks for what the distribution does not have.
    pub fn new(
        settings: &Encoding,
        joint: Joint,
        model: Option<Box<dyn Learner>>,
        own: &[Explanation],
        seed: u64,
    ) -> Result<Self, ConfigError> {
        let size = settings.explanations.inputs_of(joint.inputs().len())?;
        let maps = if settings.scores.by == By::AllMaps {
            let refused = |error: super::census::CensusError| ConfigError::Data { what: format!("scores.by: {error}") };
            Some(Counter::all(&joint).map_err(refused)?)
        } else {
            None
        };
        let lineup = lineup(own, model.as_deref());
        let estimates = if settings.scores.by == By::Samples {
            let kind = converging::kind(&settings.scores, &joint)?;
            let samples = Samples::draw(&joint, settings.scores.samples as usize, seed);
            Some(Converging::new(samples, kind, lineup.len(), seed))
        } else {
            None
        };
        let (found, censuses) = (Vec::new(), Vec::new());
        let losses = Vec::new();
        Ok(Self { joint, model, losses, size, seed, lineup, found, maps, censuses, estimates, step_idx: 0 })
    }

    /// Steps that the model learns in, before the others.
    fn learning(&self) -> usize {
        self.model.as_ref().map_or(0, |model| model.steps()) as usize
    }

    /// What came of the explanations up to the step shown.
    fn found(&self) -> &[Result<Scored, String>] {
        &self.found[..self.found.len().min((self.step_idx as usize).saturating_sub(self.learning()))]
    }

    /// What was scored up to the step shown.
    fn scored(&self) -> Vec<&Scored> {
        self.found().iter().filter_map(|found| found.as_ref().ok()).collect()
    }

    /// Steps of this kind that were taken.
    fn beyond(&self) -> usize {
        (self.step_idx as usize).saturating_sub(self.learning() + self.lineup.len())
    }

    fn one(&self, entry: &Entry) -> Result<Scored, String> {
        let explanation = entry.explain(&self.joint, self.size, self.seed, self.model.as_deref())?;
        let refused = |error: super::scores::ScoreError| format!("{}: {error}", explanation.name);
        let scores = score(&self.joint, core::slice::from_ref(&explanation)).map_err(refused)?.remove(0);
        let shown = shown(&self.joint, &explanation);
        Ok(Scored { explanation, scores, shown })
    }

    /// Works the next step off, unless its result is there.
    fn advance(&mut self) {
        let learning = self.learning();
        let Some(at) = (self.step_idx as usize).checked_sub(learning) else {
            if let (true, Some(model)) = (self.losses.len() == self.step_idx as usize, &mut self.model) {
                self.losses.push(model.step().unwrap_or(f64::NAN));
            }
            self.step_idx += 1;
            return;
        };
        if let Some(entry) = self.lineup.get(at) {
            if at == self.found.len() {
                let found = self.one(entry);
                self.found.push(found);
            }
        } else if let Some(counter) = &mut self.maps {
            if at - self.lineup.len() == self.censuses.len() {
                counter.step(MAPS_A_STEP);
                self.censuses.push(counter.census());
            }
        } else if let Some(estimates) = &mut self.estimates {
            let selections = |found: &Result<Scored, String>| {
                found.as_ref().ok().map(|scored| scored.explanation.selections.clone())
            };
            estimates.advance(at - self.lineup.len(), &self.found.iter().map(selections).collect::<Vec<_>>());
        }
        self.step_idx += 1;
    }

    fn scores(&self, name: &str, of: impl Fn(&Scores) -> f64) -> Array {
        let all = self.scored();
        Array::collect(name, &[all.len()], &mut all.iter().map(|scored| of(&scored.scores) as f32))
    }
}

impl Run for Scoring {
    fn steps(&self) -> u64 {
        let maps = self.maps.as_ref().map_or(0, |counter| counter.maps().div_ceil(MAPS_A_STEP));
        let estimates = self.estimates.as_ref().map_or(0, Converging::steps);
        (self.learning() + self.lineup.len()) as u64 + maps + estimates
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
        let scored = self.scored();
        let class = focus.class.min(scored.len().saturating_sub(1) as u32);
        let focus = Focus { class, ..focus };
        let number = |name, value: f64| Array::scalar(name, value as f32);
        let mut arrays = vec![
            number("entropy_y", self.joint.entropy_y()),
            number("entropy_y_given_x", self.joint.entropy_y_given_x()),
            number("alpha", focus.alpha),
            number("looked_at", f64::from(focus.class)),
            self.scores("eval_x", |scores| scores.eval_x),
            self.scores("fresh", |scores| scores.fresh),
            self.scores("roar", |scores| scores.roar),
            self.scores("encode_meter", |scores| scores.encode_meter),
            self.scores("encode_meter_mi", |scores| scores.encode_meter_mi),
            self.scores("stripe_x", |scores| scores.stripe_x(focus.alpha)),
            self.scores("accuracy", |scores| scores.accuracy),
            self.scores("kl01", |scores| scores.kl01),
            self.scores("encodes", |scores| f64::from(u8::from(scores.encodes()))),
        ];
        let of_scores: Vec<&Scores> = scored.iter().map(|scored| &scored.scores).collect();
        let inversions = checks::inversions(&of_scores, focus.alpha);
        arrays.push(Array::collect("inversions", &[4], &mut inversions.iter().map(|&count| count as f32)));
        let mut labels = Vec::new();
        pages::names(&self.joint, &scored, &mut arrays, &mut labels);
        let of_focus = scored.get(focus.class as usize);
        if let Some(model) = &self.model {
            let losses = &self.losses[..self.losses.len().min(self.step_idx as usize)];
            arrays.push(Array::collect("model_loss", &[losses.len()], &mut losses.iter().map(|loss| *loss as f32)));
            model.show(&self.joint, of_focus.map(|scored| &scored.explanation), &mut arrays, &mut labels);
        }
        pages::distribution(&self.joint, of_focus.map(|scored| &scored.explanation), &mut arrays, &mut labels);
        if let Some(scored) = of_focus {
            pages::shown(&self.joint, scored, &mut arrays, &mut labels);
        }
        if let Some(census) = self.beyond().checked_sub(1).and_then(|at| self.censuses.get(at)) {
            pages::census(census, self.maps.as_ref().map_or(0, Counter::maps), &mut arrays);
        }
        if let Some(estimates) = &self.estimates {
            let is_there: Vec<bool> = self.found().iter().map(Result::is_ok).collect();
            estimates.show(self.beyond(), &is_there, focus.class as usize, &mut arrays);
        }
        let left_out = self.found().iter().filter_map(|found| found.as_ref().err().cloned()).collect();
        labels.push(crate::run::Labels { name: "left_out".to_owned(), texts: left_out });
        let checks = checks::checks(&of_scores, focus.alpha);
        Frame { step: self.step_idx, steps: self.steps(), focus, arrays, labels, checks, ..Frame::default() }
    }

    fn report(&self) -> Report {
        let scored = self.scored();
        let column = |name: &str, of: &dyn Fn(&Scores) -> f64| Series {
            name: name.to_owned(),
            values: scored.iter().map(|scored| of(&scored.scores)).collect(),
        };
        let step = Series { name: "step".to_owned(), values: (1..=scored.len()).map(|at| at as f64).collect() };
        let series = vec![
            step,
            column("eval_x", &|scores| scores.eval_x),
            column("fresh", &|scores| scores.fresh),
            column("roar", &|scores| scores.roar),
            column("encode_meter", &|scores| scores.encode_meter),
            column("encode_meter_mi", &|scores| scores.encode_meter_mi),
            column("accuracy", &|scores| scores.accuracy),
            column("kl01", &|scores| scores.kl01),
            column("encodes", &|scores| f64::from(u8::from(scores.encodes()))),
        ];
        let measure = |name: &str, value: f64, unit: &str| Measure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            better: Direction::Neither,
        };
        let best = scored.iter().map(|scored| scored.scores.eval_x).fold(f64::NEG_INFINITY, f64::max);
        let encoding = scored.iter().filter(|scored| scored.scores.encodes()).count();
        let mut summary = vec![
            measure("entropy_y", self.joint.entropy_y(), "nats"),
            measure("entropy_y_given_x", self.joint.entropy_y_given_x(), "nats"),
            Measure { better: Direction::Higher, ..measure("best_eval_x", best, "nats") },
            measure("encoding", encoding as f64, ""),
        ];
        if self.maps.is_some() {
            // A sweep asks for the names before there are numbers.
            let census = self.beyond().checked_sub(1).and_then(|at| self.censuses.get(at));
            let number = |of: &dyn Fn(&Census) -> f64| census.map_or(f64::NAN, of);
            summary.extend([
                measure("maps", number(&|census| census.maps as f64), ""),
                measure("maps_non_encoding", number(&|census| census.non_encoding as f64), ""),
                measure("separating_alpha", number(&|census| census.alpha), ""),
            ]);
        }
        let record = |scored: &&Scored| {
            let witness = scored.scores.witness.as_ref().map_or_else(String::new, |w| w.sentence(&self.joint));
            let texts = vec![
                ("name".to_owned(), scored.explanation.name.clone()),
                ("witness".to_owned(), witness),
                ("map".to_owned(), pages::map(&self.joint, &scored.explanation)),
            ];
            Record { texts, arrays: Vec::new() }
        };
        let mut details =
            vec![Detail { name: "explanations".to_owned(), records: scored.iter().map(record).collect() }];
        if let Some(estimates) = &self.estimates {
            let names = self.found.iter().map(|found| found.as_ref().ok().map(|s| s.explanation.name.as_str()));
            details.push(Detail {
                name: "estimates".to_owned(),
                records: estimates.records(self.beyond(), &names.collect::<Vec<_>>()),
            });
        }
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    fn digest(&self) -> Digest {
        let learned = &self.losses[..self.losses.len().min(self.step_idx as usize)];
        let mut bytes: Vec<u8> = learned.iter().flat_map(|loss| loss.to_le_bytes()).collect();
        for scored in self.scored() {
            bytes.extend(scored.explanation.selections.iter().flat_map(|selection| selection.to_le_bytes()));
            let Scores { eval_x, fresh, roar, encode_meter, encode_meter_mi, accuracy, kl01, .. } = &scored.scores;
            let all = [eval_x, fresh, roar, encode_meter, encode_meter_mi, accuracy, kl01];
            bytes.extend(all.iter().flat_map(|score| score.to_le_bytes()));
        }
        if let Some(census) = self.beyond().checked_sub(1).and_then(|at| self.censuses.get(at)) {
            bytes.extend([census.maps, census.non_encoding].iter().flat_map(|count| count.to_le_bytes()));
            bytes.extend(census.alpha.to_le_bytes());
        }
        if let Some(estimates) = &self.estimates {
            estimates.digest(self.beyond(), &mut bytes);
        }
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
