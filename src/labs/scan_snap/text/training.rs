//! The run on a text, of either form: steps an [`Engine`], records what the figures show, and can go back to any step.

use super::checks;
use super::corpus::Corpus;
use super::history::{History, Observation, map_steps};
use super::pairs::{self, Query};
use crate::experiment::scan_snap::ScanSnap;
use crate::run::{
    Array, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Report, Run, RunError, Series,
};
use std::cell::RefCell;

/// Positions of the sequence that is shown.
const SHOWN_POSITIONS: usize = 64;

/// A model of a text with its optimiser.
pub trait Engine {
    /// Loss, nats, and gradient of step `step`'s batch; the same step is the same batch.
    fn look(&mut self, corpus: &Corpus, step: u64) -> f64;

    /// Mean entropy of attention, nats, on the batch of the last [`Self::look`], averaged over the layers.
    fn batch_entropy(&mut self) -> f64;

    /// Moves the weights against the gradient; `t` counts from 1.
    fn advance(&mut self, t: u64);

    /// Loss, entropy and attention on held-out windows, without dropout.
    fn observe(&mut self, corpus: &Corpus, queries: &[Query]) -> Observation;

    /// Attention and predictions on one sequence.
    fn show(&mut self, tokens: &[u16]) -> Shown;

    /// Entropy of uniform attention on held-out windows, nats.
    fn uniform_entropy(&self) -> f64;

    /// Tokens of a window, the query included.
    fn window(&self) -> usize;

    /// Layers with attention.
    fn layers(&self) -> usize;

    /// Weights and moments, in the order a checkpoint keeps them.
    fn state(&self) -> [&[f32]; 3];

    /// Weights and moments, to be restored.
    fn state_mut(&mut self) -> [&mut [f32]; 3];

    /// The weights as a file, where they are a transformer's.
    fn save(&self, corpus: &Corpus) -> Option<Vec<u8>>;
}

/// Attention and predictions on one sequence of t tokens.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Attention of the lowest layer, averaged over its heads: (t, t), a row for each query; zero where nothing is seen.
    pub map: Vec<f32>,
    /// The likeliest next token at each position.
    pub next: Vec<u16>,
    /// Its probability.
    pub probability: Vec<f32>,
}

/// Training on a text.
pub struct Training {
    settings: ScanSnap,
    corpus: Corpus,
    queries: Vec<Query>,
    /// The fixed sequence whose map is shown.
    sequence: Vec<u16>,
    /// A frame asks the model too, and overwrites nothing but its buffers.
    engine: RefCell<Box<dyn Engine>>,
    step_idx: u64,
    /// The loss of the step to come, once its gradient is there.
    ready: Option<f64>,
    history: History,
}

impl Training {
    /// The run at step 0, recorded.
    #[must_use]
    pub fn new(settings: &ScanSnap, corpus: Corpus, engine: Box<dyn Engine>) -> Self {
        let window = engine.window();
        let queries = pairs::queries(corpus.train(), corpus.len(), window);
        let sequence = corpus.held_out()[..window.min(SHOWN_POSITIONS)].to_vec();
        let mut run = Self {
            settings: settings.clone(),
            queries,
            sequence,
            corpus,
            engine: RefCell::new(engine),
            step_idx: 0,
            ready: None,
            history: History::default(),
        };
        // Weights start finite, so this loss is.
        let _ = run.look();
        run
    }

    /// Computes the loss and gradient of the step to come, and records the moment where that is due.
    fn look(&mut self) -> Result<(), RunError> {
        if self.ready.is_some() {
            return Ok(());
        }
        let engine = self.engine.get_mut();
        let loss = engine.look(&self.corpus, self.step_idx);
        if !loss.is_finite() {
            return Err(RunError::Diverged { step: self.step_idx, what: "the loss".to_owned() });
        }
        self.ready = Some(loss);
        if self.history.wants(self.step_idx, self.settings.training.steps) {
            let entropy = engine.batch_entropy();
            let seen = engine.observe(&self.corpus, &self.queries);
            self.history.record(self.step_idx, [loss, entropy], seen, &self.queries);
            let map = engine.show(&self.sequence).map;
            self.history.record_map(self.step_idx, self.settings.training.steps, map);
        }
        Ok(())
    }

    fn query_idx(&self, focus: Focus) -> usize {
        (focus.class as usize).min(self.queries.len().saturating_sub(1))
    }

    fn word(&self, token: u16) -> String {
        self.corpus.words[token as usize].clone()
    }

    fn series_arrays(&self, arrays: &mut Vec<Array>) {
        let (history, records) = (&self.history, self.history.steps.len());
        let mut series = |name, values: &mut dyn Iterator<Item = f64>| {
            arrays.push(Array::collect(name, &[records], &mut values.map(|value| value as f32)));
        };
        series("recorded", &mut history.steps.iter().map(|&step| step as f64));
        series("loss", &mut history.loss.iter().copied());
        series("entropy", &mut history.entropy.iter().copied());
        series("validation_loss", &mut history.validation_loss.iter().copied());
        series("perplexity", &mut history.validation_loss.iter().map(|&loss| libm::exp(loss)));
        series("entropy_validation", &mut history.entropy_validation.iter().copied());
        series("common_attention", &mut history.common.iter().copied());
        let layers = history.layers.iter().map(|&entropy| entropy as f32);
        let width = history.layers.len() / records;
        arrays.push(Array::collect("entropy_layers", &[records, width], &mut layers.into_iter()));
    }

    fn map_arrays(&self, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
        let shown = self.engine.borrow_mut().show(&self.sequence);
        let t = self.sequence.len();
        let steps = map_steps(self.settings.training.steps);
        let kept: Vec<(u64, &[f32])> = steps.iter().filter_map(|&step| Some((step, self.history.map(step)?))).collect();
        let maps = kept.iter().flat_map(|(_, map)| map.iter().copied()).collect();
        arrays.push(Array::collect("map_steps", &[kept.len()], &mut kept.iter().map(|(step, _)| *step as f32)));
        arrays.push(Array::new("maps", &[kept.len(), t, t], maps));
        arrays.push(Array::new("map_now", &[t, t], shown.map));
        arrays.push(Array::new("predicted_probability", &[t], shown.probability));
        let mut words = |name: &str, tokens: &[u16]| {
            labels
                .push(Labels { name: name.to_owned(), texts: tokens.iter().map(|&token| self.word(token)).collect() });
        };
        words("sequence", &self.sequence);
        words("predicted", &shown.next);
        words("queries", &self.queries.iter().map(|query| query.token).collect::<Vec<_>>());
    }

    /// What the text says of query `q`, and what attention learned of it up to the record `record`: tokens from common to
    /// distinct, the least distinct half in the role of common ones.
    fn query_arrays(&self, q: usize, record: usize, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
        let Some(query) = self.queries.get(q) else { return };
        let (records, width) = (self.history.steps.len(), query.tokens.len());
        let per_token = |name, values: &mut dyn Iterator<Item = f32>| Array::collect(name, &[width], values);
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|&a, &b| query.tokens[a].distinct.total_cmp(&query.tokens[b].distinct));
        let tokens = || order.iter().map(|&i| &query.tokens[i]);
        let rows = self.history.attention[q].chunks_exact(width.max(1));
        let attention: Vec<f32> = rows.flat_map(|row| order.iter().map(|&i| row[i])).collect();
        let role = |i: usize| if i < width / 2 { 0.0 } else { 2.0 };
        arrays.extend([
            Array::collect("query_count", &[self.queries.len()], &mut self.queries.iter().map(|q| q.count as f32)),
            Array::collect("next_count", &[query.nexts.len()], &mut query.nexts.iter().map(|next| next.1 as f32)),
            per_token("roles", &mut (0..width).map(role)),
            per_token("pair_count", &mut tokens().map(|token| token.count as f32)),
            per_token("pair_distinct", &mut tokens().map(|token| token.distinct)),
            per_token("pair_attention", &mut attention[record * width..(record + 1) * width].iter().copied()),
            Array::new("pair_attention_recorded", &[records, width], attention),
        ]);
        for (i, name) in ["correlation", "correlation_low", "correlation_high"].into_iter().enumerate() {
            let mut values = self.history.correlation[q].iter().map(|found| found[i] as f32);
            arrays.push(Array::collect(name, &[records], &mut values));
        }
        let mut words = |name: &str, tokens: &mut dyn Iterator<Item = u16>| {
            labels.push(Labels { name: name.to_owned(), texts: tokens.map(|token| self.word(token)).collect() });
        };
        words("query", &mut core::iter::once(query.token));
        words("nexts", &mut query.nexts.iter().map(|next| next.0));
        words("tokens", &mut tokens().map(|token| token.token));
        words("token_next", &mut tokens().map(|token| token.next));
    }

    /// The series of a report, `step` first, up to the current step.
    fn series(&self) -> Vec<Series> {
        let (history, records) = (&self.history, self.history.at(self.step_idx) + 1);
        let series = |name: &str, values: &mut dyn Iterator<Item = f64>| Series {
            name: name.to_owned(),
            values: values.take(records).collect(),
        };
        vec![
            series("step", &mut history.steps.iter().map(|&step| step as f64)),
            series("loss", &mut history.loss.iter().copied()),
            series("entropy", &mut history.entropy.iter().copied()),
            series("validation_loss", &mut history.validation_loss.iter().copied()),
            series("perplexity", &mut history.validation_loss.iter().map(|&loss| libm::exp(loss))),
            series("entropy_validation", &mut history.entropy_validation.iter().copied()),
        ]
    }

    /// A query as a report holds it.
    fn query_record(&self, q: usize) -> Vec<Array> {
        let (query, records) = (&self.queries[q], self.history.at(self.step_idx) + 1);
        let width = query.tokens.len();
        let per_token = |name, values: &mut dyn Iterator<Item = f32>| Array::collect(name, &[width], values);
        let last = &self.history.attention[q][(records - 1) * width..records * width];
        let mut correlation = self.history.correlation[q][..records].iter().flatten().map(|&x| x as f32);
        vec![
            Array::scalar("query", f32::from(query.token)),
            Array::collect("tokens", &[width], &mut query.tokens.iter().map(|token| f32::from(token.token))),
            per_token("count", &mut query.tokens.iter().map(|token| token.count as f32)),
            per_token("next", &mut query.tokens.iter().map(|token| f32::from(token.next))),
            per_token("distinct", &mut query.tokens.iter().map(|token| token.distinct)),
            per_token("attention", &mut last.iter().copied()),
            Array::collect("correlation", &[records, 3], &mut correlation),
        ]
    }
}

impl Run for Training {
    fn steps(&self) -> u64 {
        self.settings.training.steps
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps() - self.step_idx) {
            self.look()?;
            self.step_idx += 1;
            self.engine.get_mut().advance(self.step_idx);
            self.ready = None;
            if self.history.wants(self.step_idx, self.settings.training.steps) {
                self.look()?;
            }
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let q = self.query_idx(focus);
        let record = self.history.at(self.step_idx);
        let (mut arrays, mut labels) = (Vec::new(), Vec::new());
        self.series_arrays(&mut arrays);
        self.map_arrays(&mut arrays, &mut labels);
        self.query_arrays(q, record, &mut arrays, &mut labels);
        let uniform = self.engine.borrow().uniform_entropy();
        arrays.push(Array::scalar("entropy_uniform", uniform as f32));
        let view = checks::View {
            history: &self.history,
            records: record + 1,
            step: self.step_idx,
            steps: self.steps(),
            uniform,
            positions: self.sequence.len(),
        };
        let focus = Focus::on(q as u32);
        Frame {
            step: self.step_idx,
            steps: self.steps(),
            focus,
            arrays,
            labels,
            checks: view.all(),
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let series = self.series();
        let measure = |series: &Series| Measure {
            name: series.name.clone(),
            value: series.values.last().copied().unwrap_or(f64::NAN),
            unit: if series.name == "perplexity" { String::new() } else { "nats".to_owned() },
            better: if series.name.starts_with("entropy") { Direction::Neither } else { Direction::Lower },
        };
        let queries = (0..self.queries.len()).map(|q| self.query_record(q).into()).collect();
        Report {
            step: self.step_idx,
            digest: self.digest(),
            summary: series[1..].iter().map(measure).collect(),
            series,
            details: vec![Detail { name: "queries".to_owned(), records: queries }],
        }
    }

    fn save(&self) -> Option<Vec<u8>> {
        self.engine.borrow().save(&self.corpus)
    }

    fn digest(&self) -> Digest {
        Digest(xxhash_rust::xxh64::xxh64(&self.checkpoint().state, self.step_idx))
    }

    fn checkpoint(&self) -> Checkpoint {
        let engine = self.engine.borrow();
        let parts: Vec<&[u8]> = engine.state().into_iter().map(bytemuck::cast_slice).collect();
        Checkpoint::of(self.step_idx, &parts)
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        checkpoint.restore(self.engine.get_mut().state_mut().into_iter().map(bytemuck::cast_slice_mut));
        self.step_idx = checkpoint.step_idx;
        self.ready = None;
    }
}
