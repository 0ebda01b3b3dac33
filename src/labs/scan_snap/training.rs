//! The run: trains Y and Z step by step, records what the paper's figures show, and can go back to any step.

use super::checks;
use super::data::{Batch, Classes};
use super::history::{History, attention};
use super::model::{Model, Pass};
use super::theory;
use crate::experiment::scan_snap::{Init, Optimizer as Rules, Sampling, ScanSnap};
use crate::optimizer::{Optimizer, Rule};
use crate::random::{Purpose, Random};
use crate::run::{
    Array, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Report, Run, RunError, Series,
};

/// Positions of the sampled sequence that are shown.
const SHOWN_POSITIONS: usize = 256;

/// Training on sequence classes.
#[derive(Clone, Debug)]
pub struct Training {
    settings: ScanSnap,
    seed: u64,
    classes: Classes,
    model: Model,
    params: Vec<f32>,
    optimizer: Optimizer,
    step_idx: u64,
    /// B_n(t) of each class and its velocity, see [`theory`].
    b: Vec<[f64; 2]>,
    /// The batch of the step to come, its gradient, and what the pass found; `None` until computed.
    ready: Option<f64>,
    batch: Batch,
    grads: Vec<f32>,
    found: Pass,
    history: History,
    theory: Option<theory::Constants>,
}

impl Training {
    /// The run at step 0, recorded.
    #[must_use]
    pub fn new(settings: &ScanSnap, seed: u64) -> Self {
        let classes = Classes::new(&settings.data);
        let model = Model::new(&classes, settings);
        let params = match settings.model.init {
            Init::Zero => vec![0.0; model.shape().len()],
            Init::Uniform => model.shape().uniform(seed),
        };
        let rule = match settings.training.optimizer {
            Rules::Sgd => Rule::Sgd { momentum: settings.training.momentum as f32 },
            Rules::Adam => Rule::Adam,
        };
        let mut run = Self {
            settings: settings.clone(),
            seed,
            optimizer: Optimizer::new(rule, params.len()),
            grads: vec![0.0; params.len()],
            b: vec![[0.0; 2]; classes.all.len()],
            theory: checks::constants(settings, &classes),
            batch: Batch::new(&classes, settings),
            model,
            classes,
            params,
            step_idx: 0,
            ready: None,
            found: Pass::default(),
            history: History::default(),
        };
        // Weights start finite, so this loss is.
        let _ = run.look();
        run
    }

    /// Logits z_ml of a query over the tokens l that can be an input.
    #[must_use]
    pub fn logits(&self, query: usize) -> &[f32] {
        self.model.shape().z_row(&self.params, query)
    }

    /// Loss of the batch of the step to come, nats, once it was worked out.
    #[must_use]
    pub fn loss(&self) -> Option<f64> {
        self.ready
    }

    /// Computes the loss and gradient of the step to come, and records the moment where that is due.
    fn look(&mut self) -> Result<f64, RunError> {
        if let Some(loss) = self.ready {
            return Ok(loss);
        }
        let batch = match self.settings.data.sampling {
            Sampling::Minibatch => {
                self.batch.draw(&self.classes, &self.settings, self.seed, self.step_idx);
                Some(&self.batch)
            }
            Sampling::Exact => None,
        };
        self.model.pass(&self.classes, &self.params, batch, &mut self.grads, &mut self.found);
        let loss = self.found.loss;
        if !loss.is_finite() {
            return Err(RunError::Diverged { step: self.step_idx, what: "the loss".to_owned() });
        }
        self.ready = Some(loss);
        if self.history.wants(self.step_idx, self.settings.training.steps) {
            let b: Vec<f64> = self.b.iter().map(|b| b[0]).collect();
            let (shape, params) = (self.model.shape(), &self.params);
            self.history.record(self.step_idx, loss, &self.classes, &b, |query| shape.z_row(params, query));
        }
        Ok(loss)
    }

    /// Moves the weights against the gradient, and B_n by what its class's distinct tokens received.
    fn advance(&mut self) {
        let training = &self.settings.training;
        let groups = [(self.model.shape().y_len(), training.eta_y as f32), (self.params.len(), training.eta_z as f32)];
        self.step_idx += 1;
        self.optimizer.step(&mut self.params, &self.grads, &groups, self.step_idx);
        if self.theory.is_some() {
            let share = 1.0 / self.classes.all.len() as f64;
            let found = self.found.directions.iter().zip(&self.found.backpropagated);
            for (([b, velocity], (f, g)), class) in self.b.iter_mut().zip(found).zip(&self.classes.all) {
                let xi = theory::xi_from_gradient(f, g, class.distinct.clone());
                *velocity = training.momentum * *velocity + share * xi;
                *b += training.eta_z * *velocity;
            }
        }
        self.ready = None;
    }

    fn class_idx(&self, focus: Focus) -> usize {
        (focus.class as usize).min(self.classes.all.len() - 1)
    }

    /// Attention of class `n` at the current step.
    fn attention_now(&self, n: usize) -> Vec<f64> {
        let class = &self.classes.all[n];
        attention(class, self.model.shape().z_row(&self.params, class.query))
    }

    fn class_arrays(&self, n: usize, arrays: &mut Vec<Array>) {
        let class = &self.classes.all[n];
        let (records, width) = (self.history.steps.len(), class.tokens.len());
        let per_token = |name, values: &mut dyn Iterator<Item = f32>| Array::collect(name, &[width], values);
        let shared_from = self.settings.data.common_tokens as usize;
        let role = |i: usize| match i {
            i if i < shared_from => 0.0,
            i if i < class.distinct.start => 1.0,
            _ => 2.0,
        };
        let z = self.model.shape().z_row(&self.params, class.query);
        arrays.extend([
            per_token("roles", &mut (0..width).map(role)),
            per_token("probability", &mut class.probability.iter().map(|&p| p as f32)),
            per_token("attention_now", &mut self.attention_now(n).iter().map(|&c| c as f32)),
            per_token("logits_now", &mut class.tokens.iter().map(|&token| z[token as usize])),
            Array::new("attention", &[records, width], self.history.attention[n].clone()),
            Array::new("logits", &[records, width], self.history.logits[n].clone()),
        ]);
    }

    /// Relative gain and Theorem 3's bounds, B_n and Theorem 4's curves.
    fn theory_arrays(&self, n: usize, arrays: &mut Vec<Array>) {
        let records = self.history.steps.len();
        let Some(gains) = checks::Gains::new(&self.classes.all[n], &self.history, n) else { return };
        arrays.push(Array::new("gain", &[records, self.classes.all[n].distinct.len()], gains.relative));
        arrays.push(Array::new("chi", &[records], gains.chi));
        let Some(constants) = &self.theory else { return };
        arrays.push(Array::new("chi_lower", &[records], gains.lower));
        arrays.push(Array::new("chi_upper", &[records], gains.upper));
        arrays.push(Array::new("b", &[records], self.history.b[n].clone()));
        let clock = theory::Clock { momentum: self.settings.training.momentum };
        // One DT receives a share 1/J of what moves the query's common tokens (theory, convention).
        let per_query = self.classes.per_query as f64;
        let forms: [(&str, fn(&theory::Constants, f64) -> f64); 3] = [
            ("b_theory", theory::Constants::b),
            ("b_early", theory::Constants::b_early),
            ("b_late", theory::Constants::b_late),
        ];
        for (name, form) in forms {
            let times = self.history.steps.iter().map(|&step| clock.time(step as f64));
            let mut values = times.map(|t| (form(constants, t) / per_query) as f32);
            arrays.push(Array::collect(name, &[records], &mut values));
        }
        arrays.push(Array::scalar("t0_early", clock.steps(constants.early_end()) as f32));
        arrays.push(Array::scalar("t0", clock.steps(constants.late_start()) as f32));
    }

    /// A sequence of the class, drawn once for the whole run, with its attention at the start and now.
    fn sequence_arrays(&self, n: usize, arrays: &mut Vec<Array>) {
        let class = &self.classes.all[n];
        let mut random = Random::new(self.seed, Purpose::Sample, n as u64);
        let positions = class.draw(self.settings.data.sequence_length as usize - 1, &mut random);
        let weights = |z: &dyn Fn(usize) -> f64, query: f64| {
            let keys: Vec<f64> = positions.iter().map(|&at| z(at as usize)).collect();
            let max = keys.iter().copied().fold(query, |a, b| if a < b { b } else { a });
            let e: Vec<f64> = keys.iter().map(|key| libm::exp(key - max)).collect();
            let itself = if self.settings.model.attend_query { libm::exp(query - max) } else { 0.0 };
            let sum: f64 = e.iter().sum::<f64>() + itself;
            e.iter().take(SHOWN_POSITIONS).map(|e| (e / sum) as f32).collect::<Vec<f32>>()
        };
        let z = self.model.shape().z_row(&self.params, class.query);
        let query = f64::from(z[self.classes.query_id(class.query)]);
        let now = weights(&|at| f64::from(z[class.tokens[at] as usize]), query);
        let before = weights(&|at| f64::from(self.history.logits[n][at]), 0.0);
        let shown = now.len();
        let mut places = positions.iter().take(shown).map(|&at| at as f32);
        arrays.push(Array::collect("sequence", &[shown], &mut places));
        arrays.push(Array::new("sequence_before", &[shown], before));
        arrays.push(Array::new("sequence_now", &[shown], now));
    }

    fn weight_arrays(&self, arrays: &mut Vec<Array>) {
        let (shape, next) = (self.model.shape(), self.classes.inputs..self.classes.vocabulary);
        let y: Vec<&[f32]> = (0..shape.inputs).map(|input| &shape.y_row(&self.params, input)[next.clone()]).collect();
        arrays.push(Array::new("y", &[shape.inputs, next.len()], y.concat()));
        let z: Vec<&[f32]> = (0..shape.queries).map(|query| shape.z_row(&self.params, query)).collect();
        arrays.push(Array::new("z", &[shape.queries, shape.inputs], z.concat()));
    }

    fn labels(&self, n: usize) -> Vec<Labels> {
        let name = |id| self.classes.name(id);
        let class = &self.classes.all[n];
        let axis = |axis: &str, ids: &mut dyn Iterator<Item = usize>| {
            let mut texts = Vec::new();
            for id in ids {
                texts.push(name(id));
            }
            Labels { name: axis.to_owned(), texts }
        };
        let (query, next) = (self.classes.query_id(class.query), self.classes.next_id(n));
        vec![
            axis("tokens", &mut class.tokens.iter().map(|&token| token as usize)),
            axis("inputs", &mut (0..self.classes.inputs)),
            axis("queries", &mut (self.classes.inputs - self.classes.queries..self.classes.inputs)),
            axis("nexts", &mut (self.classes.inputs..self.classes.vocabulary)),
            axis("query", &mut (query..=query)),
            axis("next", &mut (next..=next)),
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
            self.advance();
            if self.history.wants(self.step_idx, self.settings.training.steps) {
                self.look()?;
            }
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let n = self.class_idx(focus);
        let records = self.history.steps.len();
        let series =
            |name, values: &[f64]| Array::collect(name, &[records], &mut values.iter().map(|&value| value as f32));
        let mut arrays = vec![
            Array::collect("recorded", &[records], &mut self.history.steps.iter().map(|&step| step as f32)),
            series("loss", &self.history.loss),
            series("entropy", &self.history.entropy),
            series("entropy_distinct", &self.history.entropy_distinct),
        ];
        self.class_arrays(n, &mut arrays);
        self.theory_arrays(n, &mut arrays);
        self.weight_arrays(&mut arrays);
        self.sequence_arrays(n, &mut arrays);
        let view = checks::View {
            settings: &self.settings,
            classes: &self.classes,
            history: &self.history,
            records: self.history.at(self.step_idx) + 1,
            theory: self.theory.as_ref(),
            shape: self.model.shape(),
            grads: &self.grads,
        };
        Frame {
            step: self.step_idx,
            steps: self.steps(),
            focus: Focus::on(n as u32),
            arrays,
            labels: self.labels(n),
            checks: view.all(),
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let records = self.history.at(self.step_idx) + 1;
        let series = [
            ("loss", &self.history.loss),
            ("entropy", &self.history.entropy),
            ("entropy_distinct", &self.history.entropy_distinct),
        ];
        let steps = self.history.steps[..records].iter().map(|&step| step as f64).collect();
        let step = Series { name: "step".to_owned(), values: steps };
        let measure = |(name, values): &(&str, &Vec<f64>)| Measure {
            name: (*name).to_owned(),
            value: values[records - 1],
            unit: "nats".to_owned(),
            better: if *name == "loss" { Direction::Lower } else { Direction::Neither },
        };
        let one = |(name, values): &(&str, &Vec<f64>)| Series {
            name: (*name).to_owned(),
            values: values[..records].to_vec(),
        };
        let record = |n: usize| {
            let class = &self.classes.all[n];
            let width = class.tokens.len();
            let rows = |rows: &[f32], name| Array::new(name, &[records, width], rows[..records * width].to_vec());
            vec![
                Array::scalar("query", self.classes.query_id(class.query) as f32),
                Array::scalar("next", self.classes.next_id(n) as f32),
                Array::collect("tokens", &[width], &mut class.tokens.iter().map(|&token| token as f32)),
                Array::collect("probability", &[width], &mut class.probability.iter().map(|&p| p as f32)),
                rows(&self.history.attention[n], "attention"),
                rows(&self.history.logits[n], "logits"),
            ]
        };
        let classes = (0..self.classes.all.len()).map(|n| record(n).into()).collect();
        Report {
            step: self.step_idx,
            digest: self.digest(),
            summary: series.iter().map(measure).collect(),
            series: core::iter::once(step).chain(series.iter().map(one)).collect(),
            details: vec![Detail { name: "classes".to_owned(), records: classes }],
        }
    }

    fn digest(&self) -> Digest {
        Digest(xxhash_rust::xxh64::xxh64(&self.checkpoint().state, self.step_idx))
    }

    fn checkpoint(&self) -> Checkpoint {
        let [first, second] = self.optimizer.moments();
        let parts: [&[u8]; 4] = [
            bytemuck::cast_slice(&self.params),
            bytemuck::cast_slice(first),
            bytemuck::cast_slice(second),
            bytemuck::cast_slice(&self.b),
        ];
        Checkpoint::of(self.step_idx, &parts)
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        let [first, second] = self.optimizer.moments_mut();
        let parts: [&mut [u8]; 4] = [
            bytemuck::cast_slice_mut(&mut self.params),
            bytemuck::cast_slice_mut(first),
            bytemuck::cast_slice_mut(second),
            bytemuck::cast_slice_mut(&mut self.b),
        ];
        checkpoint.restore(parts);
        self.step_idx = checkpoint.step_idx;
        self.ready = None;
        // Recomputes the gradient that the checks look at; a state that was kept is finite.
        let _ = self.look();
    }
}
