//! The whole of it, step by step: a classifier learns, its predictions are explained, and two models are fitted to what the
//! explanations select, as [`crate::labs::encoding::estimate`] does on discrete inputs (docs/papers.md 2.5).
//!
//! Half of the sentences are the classifier's to learn. It knows their labels by heart, and with them what an explanation of
//! it would select: so the two models are fitted to three tenths that it has not seen, and judged on the last two.
//!
//! The model of q(y | x_v) goes on from the classifier's weights, those of q(y | x_v, E_v) from its own: each has less to
//! learn, and what a constant mask and dealt-out selections gain by the same steps is known. What is not known is how well
//! the first tells q(y | x_v) where an explanation takes it but chance seldom does: a gain there may be a better fit.
//!
//! x_v is the sentence with the words that are not selected masked: its length is seen. y is its own label, not the
//! predicted one. Selections of another sentence are those of one nearly as long, what is beyond the end left out.

mod settings;
mod steps;

pub use settings::{Given, SIZE, Settings, StudyError};

use super::classifier::{BATCH, Classifier, Question, Reading, some_words};
use super::explain::{Marks, Method};
use super::picks::{ByLength, fitted};
use super::sentences::Sentences;
use super::task::Task;
use super::{Words, all_words};
use crate::labs::encoding::estimate::{Estimate, Interval, Laws, Seen};
use crate::labs::encoding::explanation::largest;
use crate::random::{Purpose, Random};
use steps::{LOOKS, Plan, Work};

/// Sentences held out that a look at the accuracy is of, at most.
const LOOKED_AT: usize = 256;
/// The largest learning rates of what goes on from trained weights.
const VALUES_RATE: f32 = 3e-3;
const PICKED_RATE: f32 = 5e-3;
/// Laws of each sentence held out that are kept of a target.
const ASKED: usize = 3;

/// A look at the classifier while it learns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Steps it has learned.
    pub step: u64,
    /// Part of some sentences held out that it is right about.
    pub accuracy: f64,
    /// Loss on the batch of that step, nats.
    pub loss: f64,
}

/// Explanations of a classifier, being scored.
#[derive(Clone, Debug)]
pub struct Study {
    task: Task,
    settings: Settings,
    seed: u64,
    plan: Plan,
    step: u64,
    names: Vec<String>,
    classifier: Classifier,
    values: Classifier,
    picked: Classifier,
    /// Selections, (explanations, sentences).
    picks: Vec<Words>,
    /// Loss of the last step that trained; no part of the state.
    loss: f64,
    /// Looks at the classifier, as three numbers each; step 0 where there was none yet.
    looks: Vec<f64>,
    /// What it gives for the sentences held out, (held out, k).
    predictions: Vec<f64>,
    /// What the models give of each target, (targets, 3, held out, k).
    laws: Vec<f64>,
    fit: ByLength,
    held_out: ByLength,
    /// Selections of the target at hand.
    target: Option<(usize, Vec<Words>)>,
    /// Floor, then control and scores of each explanation that is judged.
    meters: Vec<Interval>,
    estimates: Vec<Estimate>,
}

impl Study {
    /// At step 0; explanations that were made elsewhere come after those of the methods.
    ///
    /// # Errors
    /// [`StudyError`] when a setting is out of its range or selections are not those of these sentences.
    pub fn new(sentences: Sentences, settings: Settings, given: Vec<Given>, seed: u64) -> Result<Self, StudyError> {
        settings.check()?;
        let n = sentences.len();
        if settings.methods.is_empty() && given.is_empty() {
            return Err(StudyError::Nothing);
        }
        for Given { name, selections } in &given {
            if selections.len() != n {
                return Err(StudyError::Selections { name: name.clone(), found: selections.len(), expected: n });
            }
        }
        let task = Task::new(sentences, settings.vocabulary, seed);
        let mut picks = vec![0; settings.methods.len() * n];
        let mut names: Vec<String> = settings.methods.iter().map(|method| method.name().to_owned()).collect();
        for Given { name, selections } in given {
            picks.extend(selections.iter().enumerate().map(|(i, &selection)| fitted(&task, selection, i)));
            names.push(name);
        }
        let plan = Plan {
            learn: settings.learn,
            sentences: if settings.methods.is_empty() { 0 } else { n },
            held_out: task.held_out().len(),
            values: settings.values,
            picked: settings.picked,
            explanations: names.len(),
        };
        let classifier = Classifier::new(&task, settings.width, settings.learn, seed);
        let k = task.sentences().labels().len();
        Ok(Self {
            values: classifier.adapted(settings.values, VALUES_RATE),
            picked: classifier.adapted(settings.picked, PICKED_RATE),
            classifier,
            names,
            picks,
            loss: 0.0,
            looks: vec![0.0; 3 * LOOKS as usize],
            predictions: vec![0.0; plan.held_out * k],
            laws: vec![0.0; plan.targets() * ASKED * plan.held_out * k],
            fit: ByLength::new(&task, task.fit()),
            held_out: ByLength::new(&task, task.held_out()),
            target: None,
            meters: Vec::new(),
            estimates: Vec::new(),
            step: 0,
            task,
            settings,
            seed,
            plan,
        })
    }

    /// Bytes of a study of so many sentences and explanations at most, to within small change: selections, laws of those held
    /// out, and three models with their gradients, moments and numbers of a pass.
    #[must_use]
    pub fn bytes(sentences: &Sentences, settings: &Settings, given: usize) -> u64 {
        let (n, k) = (sentences.len() as u64, sentences.labels().len() as u64);
        let explanations = (settings.methods.len() + given) as u64;
        let (v, c) = (settings.vocabulary.min(sentences.words().len() + 1) as u64 + 4, settings.width as u64);
        let model = 4 * 4 * (v * c + 8 * c * c + 100 * c) + 4 * 65 * 16 * 40 * c;
        8 * n * (explanations + 4) + 8 * k * n.div_ceil(5) * (3 * (2 * explanations + 1) + 4) + 3 * model
    }

    /// Steps in all.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.plan.steps()
    }

    /// Steps done.
    #[must_use]
    pub fn step_idx(&self) -> u64 {
        self.step
    }

    /// The sentences, some held out.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// What the explanations are called.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Loss in nats on the batch of the last step that trained a model, 0 where none did since the start or a checkpoint. What
    /// is no longer finite has diverged.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// Looks at the classifier so far.
    pub fn looks(&self) -> impl Iterator<Item = Look> {
        let look = |look: &[f64]| Look { step: look[0] as u64, accuracy: look[1], loss: look[2] };
        self.looks.chunks_exact(3).map(look).filter(|look| look.step > 0)
    }

    /// Part of the sentences held out that the classifier is right about, once it has learned.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        let is_there = self.step >= self.plan.learn + self.plan.parts() as u64;
        is_there.then(|| accuracy(&self.task, self.task.held_out(), &self.predictions))
    }

    /// What the methods say of a sentence by the classifier as it is: a number for each word, for each method.
    #[must_use]
    pub fn marks(&self, sentence: usize) -> Vec<Marks> {
        let mut classifier = self.classifier.clone();
        let explain = |method: &Method| {
            method.explain(&mut classifier, &self.task, sentence, self.settings.coalitions, self.seed)
        };
        self.settings.methods.iter().map(explain).collect()
    }

    /// Selections of an explanation, one for each sentence; none of those that are not explained yet.
    #[must_use]
    pub fn picks(&self, explanation: usize) -> &[Words] {
        let n = self.task.sentences().len();
        &self.picks[explanation * n..][..n]
    }

    /// The scores of the first explanations, those that are judged.
    #[must_use]
    pub fn estimates(&self) -> &[Estimate] {
        &self.estimates
    }

    /// The state after the steps done, enough to go on from; of one size throughout.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let models = [&self.classifier, &self.values, &self.picked].map(Classifier::state);
        let mut state: Vec<u8> = bytemuck::cast_slice(&models.concat().concat()).to_vec();
        for numbers in [&self.looks, &self.predictions, &self.laws] {
            state.extend_from_slice(bytemuck::cast_slice(numbers));
        }
        state.extend_from_slice(bytemuck::cast_slice(&self.picks));
        state
    }

    /// Goes to the state that [`Self::checkpoint`] of the same study gave after so many steps.
    ///
    /// # Panics
    /// When the state is that of another study and too short.
    pub fn restore(&mut self, step: u64, mut state: &[u8]) {
        let mut fill = |part: &mut [u8]| {
            let (mine, rest) = state.split_at(part.len());
            part.copy_from_slice(mine);
            state = rest;
        };
        let learned = self.plan.learned(step);
        for (model, steps) in [&mut self.classifier, &mut self.values, &mut self.picked].into_iter().zip(learned) {
            model.resume(steps).into_iter().for_each(|part| fill(bytemuck::cast_slice_mut(part)));
        }
        for numbers in [&mut self.looks, &mut self.predictions, &mut self.laws] {
            fill(bytemuck::cast_slice_mut(numbers));
        }
        fill(bytemuck::cast_slice_mut(&mut self.picks));
        (self.step, self.loss) = (step, 0.0);
        self.target = None;
        self.meters.clear();
        self.estimates.clear();
        while self.plan.judged(step) > self.meters.len() {
            self.score();
        }
    }

    /// Does the next step, if there is one.
    pub fn step(&mut self) {
        if self.step == self.steps() {
            return;
        }
        match self.plan.work(self.step) {
            Work::Learn => self.learn(),
            Work::Predict(part) => {
                let part = self.plan.part(part);
                let k = self.classifier.labels();
                let laws = self.classifier.predict(&self.task, &self.task.held_out()[part.clone()]);
                self.predictions[part.start * k..part.end * k].copy_from_slice(&laws);
            }
            Work::Explain(sentence) => self.explain(sentence),
            Work::Values => self.fit_values(),
            Work::Picked(target, step) => self.fit_picked(target, step),
            Work::Judge(target, part) => self.judge(target, part),
        }
        self.step += 1;
        if self.plan.judged(self.step) > self.meters.len() {
            self.score();
        }
    }

    fn learn(&mut self) {
        self.loss = self.classifier.learn(&self.task);
        let (step, every) = (self.step + 1, self.plan.learn.div_ceil(LOOKS));
        if step % every == 0 || step == self.plan.learn {
            let some = &self.task.held_out()[..self.plan.held_out.min(LOOKED_AT)];
            let laws = self.classifier.predict(&self.task, some);
            let look = [step as f64, accuracy(&self.task, some, &laws), self.loss];
            self.looks[3 * ((step - 1) / every) as usize..][..3].copy_from_slice(&look);
        }
    }

    fn explain(&mut self, sentence: usize) {
        let Settings { methods, size, coalitions, .. } = &self.settings;
        let n = self.task.sentences().len();
        for (method, picks) in methods.iter().zip(self.picks.chunks_exact_mut(n)) {
            let marks = method.explain(&mut self.classifier, &self.task, sentence, *coalitions, self.seed);
            picks[sentence] = marks.select(method.size(*size));
        }
    }

    /// The first words, always: cannot encode.
    fn constant(&self, sentence: usize) -> Words {
        fitted(&self.task, all_words(self.settings.size), sentence)
    }

    /// A step of q(y | x_v): selections must not depend on what is in the sentence, so they are another one's, or nobody's.
    fn fit_values(&mut self) {
        let step = self.plan.learned(self.step)[1];
        if step == 0 {
            self.values = self.classifier.adapted(self.plan.values, VALUES_RATE);
        }
        let mut random = Random::new(self.seed ^ 1, Purpose::Batch, step);
        let mut readings = [NOTHING; BATCH];
        for (reading, y) in &mut readings {
            let sentence = any(self.task.fit(), &mut random);
            let other = self.fit.near(sentence, &mut random);
            let explanation = random.below(self.plan.explanations as u32 + 1) as usize;
            let shown = match random.below(4) {
                0 => some_words(self.task.words(sentence), random.unit(), &mut random),
                _ if explanation == self.plan.explanations => self.constant(sentence),
                _ => fitted(&self.task, self.picks(explanation)[other], sentence),
            };
            *reading = Reading { sentence, shown, question: Question::Label };
            *y = self.task.sentences().y(sentence);
        }
        self.loss = self.values.train(&self.task, &mut readings);
    }

    /// A step of q(y | x_v, E_v): half the time what was picked for the sentence, else for another one.
    fn fit_picked(&mut self, target: usize, step: u64) {
        self.aim(target);
        let Some((_, picks)) = &self.target else { return };
        if step == 0 {
            self.picked = self.values.adapted(self.plan.picked, PICKED_RATE);
        }
        let mut random = Random::new(self.seed ^ 2, Purpose::Batch, step);
        let mut readings = [NOTHING; BATCH];
        for (reading, y) in &mut readings {
            let sentence = any(self.task.fit(), &mut random);
            let other = self.fit.near(sentence, &mut random);
            let from = if random.below(2) == 0 { sentence } else { other };
            let shown = fitted(&self.task, picks[from], sentence);
            let question = if shown == picks[sentence] { Question::Picked } else { Question::Other };
            *reading = Reading { sentence, shown, question };
            *y = self.task.sentences().y(sentence);
        }
        self.loss = self.picked.train(&self.task, &mut readings);
    }

    /// Makes the selections of a target those at hand.
    fn aim(&mut self, target: usize) {
        if self.target.as_ref().is_some_and(|(at, _)| *at == target) {
            return;
        }
        let n = self.task.sentences().len();
        let picks = match target {
            0 => (0..n).map(|i| self.constant(i)).collect(),
            _ if target.is_multiple_of(2) => self.picks(target / 2 - 1).to_vec(),
            _ => {
                let mut dealt = vec![0; n];
                for (turn, by_length) in [&self.fit, &self.held_out].into_iter().enumerate() {
                    let mut random = Random::new(self.seed, Purpose::Sample, 5 + turn as u64);
                    by_length.deal(&self.task, self.picks(target / 2), &mut random, &mut dealt);
                }
                dealt
            }
        };
        self.target = Some((target, picks));
    }

    fn judge(&mut self, target: usize, part: usize) {
        self.aim(target);
        let Some((_, picks)) = &self.target else { return };
        let part = self.plan.part(part);
        let sentences = &self.task.held_out()[part.clone()];
        let k = self.classifier.labels();
        let own = |question| {
            let reading = |&sentence: &usize| Reading { sentence, shown: picks[sentence], question };
            sentences.iter().map(reading).collect::<Vec<_>>()
        };
        let others = |&sentence: &usize| {
            let shown = fitted(&self.task, picks[self.held_out.next(sentence)], sentence);
            Reading { sentence, shown, question: Question::Label }
        };
        let others: Vec<Reading> = sentences.iter().map(others).collect();
        let asked = [
            self.values.laws(&self.task, &own(Question::Label)),
            self.picked.laws(&self.task, &own(Question::Picked)),
            self.values.laws(&self.task, &others),
        ];
        let len = self.plan.held_out * k;
        for (laws, asked) in self.laws[target * ASKED * len..].chunks_exact_mut(len).zip(asked) {
            laws[part.start * k..part.end * k].copy_from_slice(&asked);
        }
    }

    /// Scores the next target, which is judged.
    fn score(&mut self) {
        let target = self.meters.len();
        let len = self.plan.held_out * self.classifier.labels();
        let laws = |at: usize| self.laws[(target * ASKED + at) * len..][..len].to_vec();
        let laws = Laws { values: laws(0), picked: laws(1), independent: laws(2) };
        let labels: Vec<usize> = self.task.held_out().iter().map(|&i| self.task.sentences().y(i)).collect();
        let seen = Seen::new(&laws, &labels);
        // An explanation's own selections come after the dealt-out ones.
        let meter = match (self.meters.first(), self.meters.last()) {
            (Some(&floor), Some(&control)) if target.is_multiple_of(2) => {
                let estimate = seen.estimate(floor, control, self.seed);
                let meter = estimate.encode_meter;
                self.estimates.push(estimate);
                meter
            }
            _ => seen.meter(self.seed),
        };
        self.meters.push(meter);
    }
}

const NOTHING: (Reading, usize) = (Reading { sentence: 0, shown: 0, question: Question::Label }, 0);

fn any(sentences: &[usize], random: &mut Random) -> usize {
    sentences[random.below(sentences.len() as u32) as usize]
}

/// Part of the sentences whose likeliest label is theirs.
fn accuracy(task: &Task, sentences: &[usize], laws: &[f64]) -> f64 {
    let k = laws.len() / sentences.len();
    let right = sentences.iter().zip(laws.chunks_exact(k)).filter(|(i, law)| largest(law) == task.sentences().y(**i));
    right.count() as f64 / sentences.len() as f64
}
