//! Tuning: adapters on the frozen base learn from samples, the loss on the answer only unless asked otherwise (PAPERS 3.3).

use super::base::{Base, CONTEXT};
use super::lexicon::END;
use crate::lab::tool_use::sample::Sample;
use crate::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};
use crate::transformer::{Batch, Dropout, Lora, LoraError, LoraSettings, Model, Target};

/// How tuning goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The adapters.
    pub lora: LoraSettings,
    /// The learning rate's peak.
    pub rate: f32,
    /// Samples of a batch.
    pub batch: usize,
    /// Steps in all.
    pub steps: u64,
    /// Whether the prompt is learned too, and not the answer only.
    pub on_prompt: bool,
}

impl Default for Settings {
    /// Rank, alpha, dropout and targets are the paper's; rate, batch and steps are for a compact model and a few minutes.
    fn default() -> Self {
        let targets = vec![Target::Query, Target::Key, Target::Value, Target::Out];
        Self {
            lora: LoraSettings { rank: 16, alpha: 16.0, dropout: 0.05, targets },
            rate: 3e-3,
            batch: 8,
            steps: 600,
            on_prompt: false,
        }
    }
}

/// Steps until the learning rate is at its peak, and the part of it that is left at the end.
const WARMUP: u64 = 20;
const LEFT: f32 = 0.05;
/// The norm at which gradients are clipped.
const CLIP: f64 = 1.0;
/// Batches whose samples are sorted by length before they are cut into batches, so that little is padded.
const POOL: usize = 16;

/// A sample in tokens: a prompt, then the answer from `answer` on.
#[derive(Clone, Debug)]
struct Row {
    tokens: Vec<u32>,
    answer: usize,
}

/// Adapters that are being learned.
pub struct Tuning {
    model: Model,
    rows: Vec<Row>,
    /// Samples that are too long for the model.
    too_long: usize,
    /// Rows of each batch of the pool at hand.
    batches: Vec<Vec<u32>>,
    optimizer: Optimizer,
    groups: Vec<Group>,
    schedule: Schedule,
    settings: Settings,
    seed: u64,
    step: u64,
    /// Positions that were worked on, padding among them.
    tokens: u64,
}

impl Tuning {
    /// Before the first step.
    ///
    /// # Errors
    /// Names the setting of the adapters that is not allowed.
    ///
    /// # Panics
    /// When no sample fits the model.
    pub fn new(base: &Base, samples: &[Sample], settings: Settings, seed: u64) -> Result<Self, LoraError> {
        let mut rows = Vec::new();
        for sample in samples {
            let mut tokens = vec![END];
            base.vocabulary.encode(&sample.instruction, &mut tokens);
            let answer = tokens.len();
            base.vocabulary.encode(&sample.output, &mut tokens);
            tokens.push(END);
            if tokens.len() <= CONTEXT + 1 {
                rows.push(Row { tokens, answer });
            }
        }
        assert!(!rows.is_empty(), "none of {} samples fits {CONTEXT} tokens", samples.len());
        let too_long = samples.len() - rows.len();
        let mut model = Model::with_params(base.config, settings.batch, base.params.clone());
        model.attach(Lora::new(&base.config, settings.lora.clone(), seed)?);
        let len = model.trained().0.len();
        let schedule = Schedule::WarmupCosine { warmup: WARMUP, steps: settings.steps, floor: LEFT };
        let (optimizer, groups) = (Optimizer::new(Rule::Adam, len), vec![Group { end: len, rate: 1.0, decays: false }]);
        let batches = Vec::new();
        Ok(Self { model, rows, too_long, batches, optimizer, groups, schedule, settings, seed, step: 0, tokens: 0 })
    }

    /// The model with its adapters.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Samples that were too long to learn from.
    #[must_use]
    pub fn too_long(&self) -> usize {
        self.too_long
    }

    /// Positions that were worked on so far.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Draws the samples of the next batches, those of about one length together.
    fn draw(&mut self, pool: u64) {
        let mut random = Random::new(self.seed, Purpose::Batch, pool);
        let count = self.settings.batch * POOL;
        let mut drawn: Vec<u32> = (0..count).map(|_| random.below(self.rows.len() as u32)).collect();
        drawn.sort_by_key(|&row| (self.rows[row as usize].tokens.len(), row));
        self.batches = drawn.chunks(self.settings.batch).map(<[u32]>::to_vec).collect();
        random.shuffle(&mut self.batches);
    }

    /// Takes a step, if there is one left; its loss, nats for each token of the answers.
    pub fn step(&mut self) -> Option<f64> {
        if self.step == self.settings.steps {
            return None;
        }
        let (pool, place) = (self.step / POOL as u64, (self.step % POOL as u64) as usize);
        if place == 0 || self.batches.is_empty() {
            self.draw(pool);
        }
        let batch: Vec<&Row> = self.batches[place].iter().map(|&row| &self.rows[row as usize]).collect();
        let t = batch.iter().map(|row| row.tokens.len() - 1).max().unwrap_or(1);
        let (mut tokens, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for row in batch {
            let len = row.tokens.len() - 1;
            let pad = core::iter::repeat_n(END, t - len);
            tokens.extend(row.tokens[..len].iter().copied().chain(pad.clone()));
            targets.extend(row.tokens[1..].iter().copied().chain(pad));
            let counts = |at: usize| at < len && (self.settings.on_prompt || at + 1 >= row.answer);
            weights.extend((0..t).map(|at| f32::from(counts(at))));
        }
        self.tokens += tokens.len() as u64;
        let dropout = (self.settings.lora.dropout > 0.0).then_some(Dropout { seed: self.seed, step: self.step });
        let batch = Batch { tokens: &tokens, targets: &targets, weights: Some(&weights), t };
        let loss = self.model.forward(&batch, dropout);
        self.model.clear_gradients();
        self.model.backward();
        self.step += 1;
        let eta = self.settings.rate * self.schedule.factor(self.step);
        let (params, grads) = self.model.trained();
        let scale = clip_scale(norm(grads), CLIP);
        self.optimizer.update(params, grads, &self.groups, Step { eta, scale, t: self.step });
        Some(loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::tool_use::Catalogue;
    use crate::lab::tool_use::pipeline::{Form, Pipeline, Scenes, Settings as Data};
    use crate::lab::tool_use::student::base::{Pretraining, Size};
    use crate::lab::tool_use::student::replies::Student;

    fn base() -> Base {
        Pretraining::new(Size { layers: 1, width: 16, heads: 2 }, 0, 1).expect("a size").base()
    }

    fn samples(form: Form) -> Vec<Sample> {
        let settings = Data { seed: 3, form, ..Data::default() };
        let mut pipeline = Pipeline::new(settings, Catalogue::seen(), Scenes::Drawn(2), Vec::new());
        let mut samples = Vec::new();
        while pipeline.step(&mut |sample| samples.push(sample)) {}
        samples
    }

    fn tuning(steps: u64) -> Tuning {
        let settings = Settings { steps, batch: 4, ..Settings::default() };
        Tuning::new(&base(), &samples(Form::Training), settings, 1).expect("settings in their ranges")
    }

    #[test]
    fn adapters_learn_and_the_base_stays() {
        let mut tuning = tuning(60);
        assert_eq!(tuning.too_long(), 0);
        let losses: Vec<f64> = core::iter::from_fn(|| tuning.step()).collect();
        assert_eq!(losses.len(), 60, "no step after the last");
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
        let [first, last] = [&losses[..10], &losses[50..]].map(mean);
        // Attention alone, on a base that knows nothing, cannot do much.
        assert!(last < first - 0.01, "{last} after {first}");
        assert_eq!(tuning.model().params(), base().params, "the base is frozen");
        assert!(tuning.tokens() > 60 * 4 * 100, "{} tokens", tuning.tokens());
    }

    #[test]
    fn a_seed_tunes_the_same() {
        let learned = || {
            let mut tuning = tuning(3);
            let losses: Vec<f64> = core::iter::from_fn(|| tuning.step()).collect();
            (losses, tuning.model().lora().map(|lora| lora.params().to_vec()))
        };
        assert_eq!(learned(), learned());
    }

    #[test]
    fn a_base_that_knows_nothing_replies_and_fails() {
        let (base, samples) = (base(), samples(Form::Judged));
        let model = Model::with_params(base.config, 1, base.params.clone());
        let mut student = Student::new(&model, &base.vocabulary);
        let found = student.judged(&samples[0]);
        assert!(found.metrics.success == 0.0 && found.failure.is_some(), "{found:?}");
        assert_eq!(student.judged(&samples[0]).output, found.output, "the same again");
    }
}
