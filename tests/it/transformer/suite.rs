//! Digests of whole trainings, compiled into the native binary and into the wasm one (tests/wasm.rs): the same bits on both.
//! Each touches every number it can: losses, weights, moments, attention, and tokens drawn from the trained model.

use snapscope::optimizer::{Group, Optimizer, Rule, Schedule, Step, clip_scale, norm};
use snapscope::random::{Purpose, Random};
use snapscope::transformer::{
    Activation, Batch, Config, Dropout, Generator, Init, Lora, LoraSettings, Mask, Mlp, Model, Norm, Positions,
    Sampler, Sampling, Settings, View, lora, safetensors,
};
use xxhash_rust::xxh64::Xxh64;

const B: usize = 3;
const T: usize = 11;
const STEPS: u64 = 50;
const SEED: u64 = 7;

struct Training {
    model: Model,
    optimizer: Optimizer,
    schedule: Schedule,
    eta: f32,
    digest: Xxh64,
}

fn update(digest: &mut Xxh64, numbers: &[f32]) {
    numbers.iter().for_each(|x| digest.update(&x.to_bits().to_le_bytes()));
}

impl Training {
    fn new(settings: Settings, adapters: Option<LoraSettings>, rule: Rule, schedule: Schedule, eta: f32) -> Self {
        let mut model = Model::new(Config::new(settings).expect("valid settings"), B, SEED);
        if let Some(adapters) = adapters {
            let lora = Lora::new(model.config(), adapters, SEED).expect("valid adapters");
            model.attach(lora);
        }
        let optimizer = Optimizer::new(rule, model.grads().len());
        Self { model, optimizer, schedule, eta, digest: Xxh64::new(0) }
    }

    fn run(mut self) -> String {
        let group = |view: &View| Group { end: view.range.end, rate: 1.0, decays: view.decays() };
        let groups = Group::merged(&mut self.model.trained_views().iter().map(group));
        let v = self.model.config().vocabulary as u32;
        let mut first = 0.0;
        let mut last = 0.0;
        for step in 1..=STEPS {
            // Every third of the tokens repeats the one two before it; uneven lengths, so that tails of all kinds run.
            let t = T - (step % 3) as usize;
            let mut random = Random::new(SEED, Purpose::Batch, step);
            let mut tokens: Vec<u32> = (0..B * (t + 1)).map(|_| random.below(v)).collect();
            for i in 2..tokens.len() {
                tokens[i] = if i % 3 == 0 { tokens[i] } else { tokens[i - 2] };
            }
            let rows = |ahead: usize| -> Vec<u32> {
                tokens.chunks_exact(t + 1).flat_map(|row| row[ahead..ahead + t].iter().copied()).collect()
            };
            let weights: Vec<f32> = (0..B * t).map(|i| (i % 4) as f32).collect();
            let (inputs, targets) = (rows(0), rows(1));
            let batch = Batch { tokens: &inputs, targets: &targets, weights: Some(&weights), t };
            last = self.model.forward(&batch, Some(Dropout { seed: SEED, step }));
            first = if step == 1 { last } else { first };
            self.digest.update(&last.to_bits().to_le_bytes());
            self.model.clear_gradients();
            self.model.backward();
            let scale = clip_scale(norm(self.model.grads()), 0.5);
            let eta = self.eta * self.schedule.factor(step);
            let (params, grads) = self.model.trained();
            self.optimizer.update(params, grads, &groups, Step { eta, scale, t: step });
        }
        assert!(last < first, "the loss falls: {first} to {last}");
        self.look_back()
    }

    /// What is left after training, and what comes out of it.
    fn look_back(mut self) -> String {
        let Self { model, optimizer, digest, .. } = &mut self;
        update(digest, model.trained().0);
        optimizer.moments().into_iter().for_each(|moments| update(digest, moments));
        model.merge();
        let v = model.config().vocabulary as u32;
        let tokens: Vec<u32> = (0..T as u32).map(|i| i * 5 % v).collect();
        let evaluation = model.evaluate(&Batch { tokens: &tokens, targets: &tokens, weights: None, t: T });
        let found = core::iter::once(evaluation.loss).chain(evaluation.entropy);
        found.for_each(|x| digest.update(&x.to_bits().to_le_bytes()));
        let mut attention = vec![0.0; model.config().heads * T * T];
        model.attention(0, 0, &mut attention);
        update(digest, &attention);
        let sampling = Sampling { temperature: 0.8, top_k: 9, top_p: 0.9 };
        let mut sampler = Sampler::new(sampling, SEED).expect("valid sampling");
        Generator::new(model).run(model, &tokens[..3], 20, &mut sampler, &mut |token| {
            digest.update(&token.to_le_bytes());
            true
        });
        digest.update(&safetensors::save(model.config(), model.params(), None));
        format!("{:016x}", digest.digest())
    }
}

fn all_kinds() -> Vec<(&'static str, Training)> {
    let base = Settings {
        layers: 2,
        width: 24,
        heads: 3,
        context: 24,
        vocabulary: 29,
        mlp: Mlp::Times(2),
        dropout: 0.1,
        ..Settings::default()
    };
    let cosine = Schedule::WarmupCosine { warmup: 10, steps: STEPS, floor: 0.1 };
    let adapters = LoraSettings { rank: 3, alpha: 6.0, dropout: 0.1, targets: lora::TARGETS.to_vec() };
    let decay = Rule::AdamW { weight_decay: 0.1 };
    let paper = Settings {
        norm: Norm::Post,
        positions: Positions::Sinusoidal,
        tied: false,
        activation: Activation::Relu,
        init: Init::Uniform,
        scale_embedding: true,
        mlp: Mlp::Hidden(21),
        ..base
    };
    let strict = Settings { mask: Mask::Strict, mlp: Mlp::None, positions: Positions::None, width: 21, ..paper };
    vec![
        ("pre", Training::new(base, None, decay, cosine, 0.01)),
        ("post", Training::new(paper, None, Rule::Sgd { momentum: 0.9 }, Schedule::Constant, 0.1)),
        ("strict", Training::new(strict, None, Rule::Adam, Schedule::Constant, 0.01)),
        ("adapters", Training::new(paper, Some(adapters), decay, cosine, 0.05)),
    ]
}

/// They change only in a commit that says why.
const GOLDEN: &[(&str, &str)] = &[
    ("pre", "f5af1f63b5e209e1"),
    ("post", "2cf0cfcb8ced1b90"),
    ("strict", "81b0c149308a2cd0"),
    ("adapters", "2b4e1219feed5698"),
];

pub fn trainings_end_on_their_golden_digests() {
    let found: Vec<(&str, String)> = all_kinds().into_iter().map(|(name, training)| (name, training.run())).collect();
    let expected: Vec<(&str, String)> = GOLDEN.iter().map(|(name, digest)| (*name, (*digest).to_owned())).collect();
    assert_eq!(found, expected, "digests of trained transformers");
}
