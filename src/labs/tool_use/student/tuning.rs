//! Tuning: adapters on the frozen base learn from samples, the loss on the answer only unless asked otherwise
//! (docs/papers.md 3.3).

use super::base::{Base, CONTEXT};
use super::lexicon::END;
use crate::labs::tool_use::sample::Sample;
use crate::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};
use crate::transformer::{Batch, Dropout, Lora, LoraError, LoraSettings, Model};

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

/// Steps until the learning rate is at its peak, and the part of it that is left at the end.
const WARMUP: u64 = 20;
const LEFT: f32 = 0.05;
/// The norm at which gradients are clipped.
const CLIP: f64 = 1.0;

/// A sample in tokens: a prompt, then the answer from `answer` on.
#[derive(Clone, Debug)]
pub struct Row {
    tokens: Vec<u32>,
    answer: usize,
}

impl Row {
    /// A sample as a whole, with the ends of prompt and answer; none where that is longer than the base reads.
    #[must_use]
    pub fn new(base: &Base, sample: &Sample) -> Option<Self> {
        let mut tokens = vec![END];
        base.vocabulary.encode(&sample.instruction, &mut tokens);
        let answer = tokens.len();
        base.vocabulary.encode(&sample.output, &mut tokens);
        tokens.push(END);
        (tokens.len() <= CONTEXT + 1).then_some(Self { tokens, answer })
    }

    /// How much the target of each position counts.
    fn weights(&self, on_prompt: bool) -> impl Iterator<Item = f32> + '_ {
        (1..self.tokens.len()).map(move |target| f32::from(on_prompt || target >= self.answer))
    }
}

/// Adapters that are being learned. A step is worked on sample by sample, so that whoever waits never waits long.
pub struct Tuning {
    model: Model,
    rows: Vec<Row>,
    optimizer: Optimizer,
    groups: Vec<Group>,
    schedule: Schedule,
    settings: Settings,
    seed: u64,
    step: u64,
    /// In which order samples are taken: each once, then anew in another order.
    order: Vec<u32>,
    /// How many samples of the step at work are done.
    done: usize,
    /// Sums over these: gradients, losses, weights.
    grads: Vec<f32>,
    loss: f64,
    total: f64,
    /// Positions that were worked on.
    tokens: u64,
}

impl Tuning {
    /// Before the first step.
    ///
    /// # Errors
    /// Names the setting of the adapters that is not allowed.
    ///
    /// # Panics
    /// When there is nothing to learn from.
    pub fn new(base: &Base, rows: Vec<Row>, settings: Settings, seed: u64) -> Result<Self, LoraError> {
        assert!(!rows.is_empty(), "nothing to learn from");
        let mut model = Model::with_params(base.config, 1, base.params.clone());
        model.attach(Lora::new(&base.config, settings.lora.clone(), seed)?);
        let len = model.trained().0.len();
        Ok(Self {
            model,
            order: (0..rows.len() as u32).collect(),
            rows,
            optimizer: Optimizer::new(Rule::Adam, len),
            groups: vec![Group { end: len, rate: 1.0, decays: false }],
            schedule: Schedule::WarmupCosine { warmup: WARMUP, steps: settings.steps, floor: LEFT },
            settings,
            seed,
            step: 0,
            done: 0,
            grads: vec![0.0; len],
            loss: 0.0,
            total: 0.0,
            tokens: 0,
        })
    }

    /// The model with its adapters.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Samples that are learned from.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.rows.len()
    }

    /// Samples that were read by the end of a step, each counted once.
    #[must_use]
    pub fn read(&self, step: u64) -> u64 {
        (step * self.settings.batch as u64).min(self.rows.len() as u64)
    }

    /// Steps done.
    #[must_use]
    pub fn step_idx(&self) -> u64 {
        self.step
    }

    /// Positions that were worked on so far.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Works on one more sample of the step at hand. With the last one the step is done: its loss, nats for each token of the
    /// answers.
    pub fn part(&mut self) -> Option<f64> {
        if self.step == self.settings.steps {
            return None;
        }
        if self.done == 0 {
            self.grads.fill(0.0);
            (self.loss, self.total) = (0.0, 0.0);
        }
        let place = self.step * self.settings.batch as u64 + self.done as u64;
        let at = self.turn(place);
        let row = &self.rows[at];
        let t = row.tokens.len() - 1;
        let weights: Vec<f32> = row.weights(self.settings.on_prompt).collect();
        let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let dropout = (self.settings.lora.dropout > 0.0).then_some(Dropout { seed: self.seed, step: place });
        let [tokens, targets] = [&row.tokens[..t], &row.tokens[1..]];
        self.loss += total * self.model.forward(&Batch { tokens, targets, weights: Some(&weights), t }, dropout);
        self.model.clear_gradients();
        self.model.backward();
        self.grads.iter_mut().zip(self.model.grads()).for_each(|(sum, grad)| *sum += total as f32 * grad);
        self.total += total;
        self.tokens += t as u64;
        self.done += 1;
        (self.done == self.settings.batch).then(|| self.update())
    }

    /// Whose turn it is at a place of the order in which samples are taken: each once, then all in another order.
    fn turn(&mut self, place: u64) -> usize {
        let count = self.order.len() as u64;
        if place.is_multiple_of(count) {
            Random::new(self.seed, Purpose::Batch, place / count).shuffle(&mut self.order);
        }
        self.order[(place % count) as usize] as usize
    }

    /// Ends a step whose samples are all done.
    fn update(&mut self) -> f64 {
        let share = (1.0 / self.total) as f32;
        self.grads.iter_mut().for_each(|grad| *grad *= share);
        (self.step, self.done) = (self.step + 1, 0);
        let eta = self.settings.rate * self.schedule.factor(self.step);
        let scale = clip_scale(norm(&self.grads), CLIP);
        let (params, _) = self.model.trained();
        self.optimizer.update(params, &self.grads, &self.groups, Step { eta, scale, t: self.step });
        self.loss / self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::Catalogue;
    use crate::labs::tool_use::pipeline::{Form, Pipeline, Scenes, Settings as Data};
    use crate::labs::tool_use::student::base::{Pretraining, Size};
    use crate::labs::tool_use::student::replies::{Judged, Reply};
    use crate::transformer::Target;

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
        let targets = vec![Target::Query, Target::Key, Target::Value, Target::Out];
        let lora = LoraSettings { rank: 16, alpha: 16.0, dropout: 0.05, targets };
        let settings = Settings { lora, rate: 1e-2, batch: 4, steps, on_prompt: false };
        let base = base();
        let samples = samples(Form::Training);
        let rows = samples.iter().map(|sample| Row::new(&base, sample).expect("a prompt of ours")).collect();
        Tuning::new(&base, rows, settings, 1).expect("settings in their ranges")
    }

    #[test]
    fn each_sample_is_taken_once_and_then_in_another_order() {
        let mut tuning = tuning(1);
        let count = tuning.samples();
        let mut epochs = [0, 1, 2]
            .map(|epoch| (0..count).map(|place| tuning.turn((epoch * count + place) as u64)).collect::<Vec<usize>>());
        assert!(count > 20 && epochs[0] != epochs[1] && epochs[1] != epochs[2], "{count} samples");
        for epoch in &mut epochs {
            epoch.sort_unstable();
            assert_eq!(*epoch, (0..count).collect::<Vec<_>>());
        }
    }

    /// Takes a whole step, if there is one left.
    fn step(tuning: &mut Tuning) -> Option<f64> {
        (0..4).find_map(|_| tuning.part())
    }

    #[test]
    fn adapters_learn_and_the_base_stays() {
        let mut tuning = tuning(60);
        let losses: Vec<f64> = core::iter::from_fn(|| step(&mut tuning)).collect();
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
            let losses: Vec<f64> = core::iter::from_fn(|| step(&mut tuning)).collect();
            (losses, tuning.model().lora().map(|lora| lora.params().to_vec()))
        };
        assert_eq!(learned(), learned());
    }

    #[test]
    fn a_base_that_knows_nothing_replies_and_fails() {
        let (base, samples) = (base(), samples(Form::Judged));
        let model = Model::with_params(base.config, 1, base.params.clone());
        let mut reply = Reply::new(&model);
        let mut judged = || Judged::of(&mut reply, &model, &base.vocabulary, &samples[0]);
        let found = judged();
        assert!(found.metrics.success == 0.0 && found.failure.is_some(), "{found:?}");
        assert_eq!(judged().output, found.output, "the same again");
    }
}
