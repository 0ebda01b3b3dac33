//! Training of two compact transformers, timed with looks at the machine's own speed in between, so that both meet the
//! same weather.

use super::peak::Peak;
use super::{Clock, Workload, median};
use crate::optimizer::{Group, Optimizer, Rule, Step, clip_scale, norm};
use crate::random::{Purpose, Random};
use crate::transformer::{Batch, Config, Model, Settings};

/// What is trained.
pub struct Shape {
    /// In words.
    pub name: &'static str,
    layers: usize,
    width: usize,
    context: usize,
    batch: usize,
    /// Steps that are timed.
    samples: usize,
}

/// Both have 4 heads, 512 tokens and an MLP of 4 times the width.
pub const WORKLOADS: [Shape; 2] = [
    Shape {
        name: "small: 2 layers, width 64, 16 x 64 tokens",
        layers: 2,
        width: 64,
        context: 64,
        batch: 16,
        samples: 41,
    },
    Shape {
        name: "large: 4 layers, width 128, 8 x 128 tokens",
        layers: 4,
        width: 128,
        context: 128,
        batch: 8,
        samples: 15,
    },
];

const VOCABULARY: usize = 512;

impl Shape {
    /// The model at its start, with room for so many sequences at once.
    ///
    /// # Panics
    /// Never: the settings are in their ranges.
    #[must_use]
    pub fn model(&self, batch: usize) -> Model {
        let &Self { layers, width, context, .. } = self;
        let settings = Settings { layers, width, context, vocabulary: VOCABULARY, ..Settings::default() };
        Model::new(Config::new(settings).expect("settings in their ranges"), batch, 1)
    }
}

/// A model in training.
pub struct Training {
    model: Model,
    optimizer: Optimizer,
    groups: Vec<Group>,
    tokens: Vec<u32>,
    targets: Vec<u32>,
    context: usize,
    t: u64,
}

impl Training {
    /// The model of [`WORKLOADS`] with that index, at its start.
    ///
    /// # Panics
    /// When there is no such workload.
    #[must_use]
    pub fn new(index: usize) -> Self {
        let Shape { context, batch, .. } = WORKLOADS[index];
        let model = WORKLOADS[index].model(batch);
        let views = model.trained_views().iter();
        let group = |end, decays| Group { end, rate: 1.0, decays };
        let groups = Group::merged(&mut views.map(|view| group(view.range.end, view.decays())));
        let mut random = Random::new(1, Purpose::Sample, 0);
        let tokens: Vec<u32> = (0..batch * context).map(|_| random.below(VOCABULARY as u32)).collect();
        let targets = tokens.iter().map(|token| (token * 7 + 3) % VOCABULARY as u32).collect();
        let optimizer = Optimizer::new(Rule::AdamW { weight_decay: 0.01 }, model.params().len());
        Self { model, optimizer, groups, tokens, targets, context, t: 0 }
    }

    /// One step of AdamW with clipping; returns the loss before it.
    pub fn step(&mut self) -> f64 {
        self.t += 1;
        let batch = Batch { tokens: &self.tokens, targets: &self.targets, weights: None, t: self.context };
        let loss = self.model.forward(&batch, None);
        self.model.clear_gradients();
        self.model.backward();
        let (params, grads) = self.model.trained();
        let scale = clip_scale(norm(grads), 1.0);
        self.optimizer.update(params, grads, &self.groups, Step { eta: 1e-3, scale, t: self.t });
        loss
    }

    /// Tokens of a step.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens.len()
    }

    /// Trains for so many seconds; returns tokens in a second, a first step left out.
    pub fn tokens_per_sec(&mut self, secs: f64, clock: Clock<'_>) -> f64 {
        self.step();
        let (start, before) = (clock(), self.t);
        let mut spent = 0.0;
        while spent < secs {
            self.step();
            spent = clock() - start;
        }
        (self.t - before) as f64 * self.tokens() as f64 / spent
    }

    fn bytes(&self) -> usize {
        let moments = self.optimizer.moments().iter().map(|moment| size_of_val(*moment)).sum::<usize>();
        self.model.bytes() + moments + size_of_val(&self.tokens[..]) + size_of_val(&self.targets[..])
    }
}

fn flop_per_token(shape: &Shape) -> f64 {
    let [layers, width, context, v] = [shape.layers, shape.width, shape.context, VOCABULARY].map(|n| n as f64);
    6.0 * (12.0 * layers * width * width + v * width) + 6.0 * layers * context * width
}

/// Times a workload.
pub fn time(shape: &Shape, clock: Clock<'_>) -> Workload {
    let index = WORKLOADS.iter().position(|known| known.name == shape.name).expect("one of the workloads");
    let mut training = Training::new(index);
    let mut step = || {
        let start = clock();
        let loss = training.step();
        (clock() - start, loss)
    };
    // Browsers compile anew what has run for a while.
    let warm: Vec<(f64, f64)> = (0..4).map(|_| step()).collect();
    let (first, least) = (warm[0].1, warm.iter().map(|step| step.0).fold(f64::INFINITY, f64::min));
    let mut peak = Peak::new(least, clock);
    let mut last = first;
    let mut times = Vec::with_capacity(shape.samples);
    for _ in 0..shape.samples {
        peak.look(clock);
        let (secs, loss) = step();
        times.push(secs);
        last = loss;
    }
    assert!(last < first, "{}: the loss went from {first} to {last}", shape.name);
    let step_secs = median(&mut times);
    let (tokens_per_sec, flop_per_token) = (training.tokens() as f64 / step_secs, flop_per_token(shape));
    let (gflops, peak_gflops) = (tokens_per_sec * flop_per_token / 1e9, peak.gflops());
    let (name, bytes) = (shape.name, training.bytes());
    Workload { name, step_secs, tokens_per_sec, flop_per_token, gflops, peak_gflops, bytes }
}
