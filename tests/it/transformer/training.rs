//! Training: the loss falls, adapters learn on a frozen base and merge into it, dropout keeps its mean, and settings are
//! checked.

use super::oracle::{numbers, small, tokens};
use super::shapes::{every_kind, model};
use snapscope::optimizer::{Group, Optimizer, Rule, Step, clip_scale, norm};
use snapscope::transformer::dropout::{Place, draw};
use snapscope::transformer::{
    Batch, Config, ConfigError, Dropout, Init, Lora, LoraError, LoraSettings, Mlp, Model, Norm, Settings, View, lora,
};

/// Sequences that count up by `by`: the next token is a function of the last.
fn counting(b: usize, t: usize, v: u32, step: u64, by: usize) -> (Vec<u32>, Vec<u32>) {
    let starts = tokens(b, v, 100 + step);
    let at = |i: usize, ahead: usize| (starts[i / t] + (by * (i % t + ahead)) as u32) % v;
    ((0..b * t).map(|i| at(i, 0)).collect(), (0..b * t).map(|i| at(i, 1)).collect())
}

/// Trains on counting and gives the first and the last loss.
fn train(model: &mut Model, steps: u64, rule: Rule, eta: f32, dropout: bool) -> [f64; 2] {
    train_by(1, model, steps, rule, eta, dropout)
}

fn train_by(by: usize, model: &mut Model, steps: u64, rule: Rule, eta: f32, dropout: bool) -> [f64; 2] {
    let (b, t, v) = (4, 8, model.config().vocabulary as u32);
    let group = |view: &View| Group { end: view.range.end, rate: 1.0, decays: view.decays() };
    let groups = Group::merged(&mut model.trained_views().iter().map(group));
    let mut optimizer = Optimizer::new(rule, model.grads().len());
    let mut losses = Vec::new();
    for step in 1..=steps {
        let (inputs, targets) = counting(b, t, v, step, by);
        let batch = Batch { tokens: &inputs, targets: &targets, weights: None, t };
        losses.push(model.forward(&batch, dropout.then_some(Dropout { seed: 1, step })));
        model.clear_gradients();
        model.backward();
        let scale = clip_scale(norm(model.grads()), 1.0);
        let (params, grads) = model.trained();
        optimizer.update(params, grads, &groups, Step { eta, scale, t: step });
    }
    [losses[0], losses[losses.len() - 1]]
}

#[test]
fn loss_falls_for_every_kind_of_model() {
    for settings in every_kind() {
        for init in [Init::Normal, Init::Uniform] {
            let mut model = Model::new(Config::new(Settings { init, ..settings }).expect("valid settings"), 4, 3);
            let [first, last] = train(&mut model, 60, Rule::AdamW { weight_decay: 0.01 }, 0.01, false);
            let chance = libm::log(settings.vocabulary as f64);
            assert!(first < 1.7 * chance && first > 0.3 * chance, "starts near chance: {first}");
            assert!(last < 0.5 * first, "{first} to {last} with {settings:?}");
        }
    }
}

#[test]
fn loss_falls_under_every_rule_and_dropout() {
    for (rule, eta) in [
        (Rule::Sgd { momentum: 0.0 }, 0.5),
        (Rule::Sgd { momentum: 0.9 }, 0.1),
        (Rule::Adam, 0.01),
        (Rule::AdamW { weight_decay: 0.1 }, 0.01),
    ] {
        let settings = Settings { dropout: 0.1, init: Init::Uniform, ..small() };
        let mut model = Model::new(Config::new(settings).expect("valid settings"), 4, 3);
        let [first, last] = train(&mut model, 150, rule, eta, true);
        assert!(last < 0.6 * first, "{first} to {last} under {rule:?}");
    }
}

fn all_adapters(dropout: f32) -> LoraSettings {
    LoraSettings { rank: 4, alpha: 8.0, dropout, targets: lora::TARGETS.to_vec() }
}

#[test]
fn adapters_learn_on_a_frozen_base() {
    let settings = Settings { init: Init::Uniform, tied: false, ..small() };
    let mut model = Model::new(Config::new(settings).expect("valid settings"), 4, 3);
    train(&mut model, 200, Rule::Adam, 0.01, false);
    let base = model.params().to_vec();
    let inputs = tokens(10, 11, 3);
    let before = model.logits(&inputs, 5).to_vec();
    let lora = Lora::new(model.config(), all_adapters(0.1), 1).expect("valid adapters");
    model.attach(lora);
    assert_eq!(model.logits(&inputs, 5), before, "an adapted model starts as its base");

    let (c, hidden) = (16, 64);
    let (square, wide) = (4 * (c + c), 4 * (c + hidden));
    assert_eq!(model.grads().len(), 2 * (4 * square + 2 * wide), "trained parameters");
    assert_eq!(model.trained_views()[0].name, "layers.0.self_attn.q_proj.lora_A.weight");
    assert_eq!(model.trained_views()[0].shape, [4, 16]);
    assert_eq!(model.trained_views()[11].name, "layers.0.linear2.lora_B.weight");
    assert_eq!(model.trained_views()[11].shape, [16, 4]);

    // The base has learnt to count by one; the adapters turn it to counting by two.
    let [first, last] = train_by(2, &mut model, 200, Rule::Adam, 0.01, true);
    assert!(last < 0.5 * first, "{first} to {last}");
    assert_eq!(model.params(), base, "the base stays as it was");
}

#[test]
fn merged_model_answers_as_the_adapted_one() {
    for settings in every_kind() {
        let mut model = model(settings, 2);
        let mut adapters = all_adapters(0.3);
        if settings.mlp == Mlp::None {
            adapters.targets.truncate(4);
        }
        let mut lora = Lora::new(model.config(), adapters, 1).expect("valid adapters");
        let weights = numbers(lora.params().len(), 0.3, 5);
        lora.params_mut().copy_from_slice(&weights);
        let inputs = tokens(10, settings.vocabulary as u32, 3);
        let plain = model.logits(&inputs, 5).to_vec();
        model.attach(lora);
        let adapted = model.logits(&inputs, 5).to_vec();
        let moved = plain.iter().zip(&adapted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(moved > 0.1, "adapters change the answer, by {moved}");
        model.merge();
        assert_eq!(model.grads().len(), model.params().len(), "everything is trained again");
        for (merged, adapted) in model.logits(&inputs, 5).iter().zip(&adapted) {
            // x W + (x A) B against x (W + A B): f32 rounding of weights and sums of up to 64 products, through two layers.
            assert!((merged - adapted).abs() < 2e-4, "merged {merged}, adapted {adapted}");
        }
    }
}

#[test]
fn bad_adapters_get_a_sentence() {
    let config = Config::new(Settings { mlp: Mlp::None, ..small() }).expect("valid settings");
    let refused = |change: fn(&mut LoraSettings)| {
        let mut settings = LoraSettings { targets: vec![lora::Target::Query], ..all_adapters(0.0) };
        change(&mut settings);
        Lora::new(&config, settings, 0).expect_err("refused")
    };
    assert_eq!(refused(|s| s.rank = 0).to_string(), "rank is 0, expected a whole number from 1 to 64");
    assert_eq!(refused(|s| s.alpha = 0.0).to_string(), "alpha is 0, expected a number above 0, at most 1024");
    assert_eq!(refused(|s| s.dropout = 1.0).to_string(), "adapter dropout is 1, expected a number from 0 to 0.9");
    assert_eq!(refused(|s| s.targets.clear()), LoraError::NoTarget);
    assert_eq!(refused(|s| s.targets.push(lora::Target::Up)), LoraError::NoMlp);
}

#[test]
fn bad_settings_get_a_sentence() {
    let refused = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        Config::new(settings).expect_err("refused").to_string()
    };
    assert_eq!(refused(|s| s.layers = 7), "layers is 7, expected a whole number from 1 to 6");
    assert_eq!(refused(|s| s.width = 8), "width is 8, expected a whole number from 16 to 256");
    assert_eq!(refused(|s| s.heads = 5), "heads is 5, expected a divisor of width 64");
    assert_eq!(refused(|s| s.heads = 0), "heads is 0, expected a whole number from 1 to 64");
    assert_eq!(refused(|s| s.context = 513), "context is 513, expected a whole number from 8 to 512");
    assert_eq!(refused(|s| s.vocabulary = 1), "vocabulary is 1, expected a whole number from 2 to 65536");
    assert_eq!(refused(|s| s.mlp = Mlp::Times(9)), "mlp multiple is 9, expected a whole number from 1 to 8");
    assert_eq!(refused(|s| s.mlp = Mlp::Hidden(0)), "mlp hidden units is 0, expected a whole number from 1 to 2048");
    assert_eq!(refused(|s| s.dropout = f32::NAN), "dropout is NaN, expected a number from 0 to 0.9");
    assert_eq!(refused(|s| s.labels = Some(2)), "a tied head tells tokens apart, not 2 labels");
    let paper = Settings { width: 200, heads: 1, mlp: Mlp::Hidden(200), norm: Norm::Post, ..Settings::default() };
    assert!(Config::new(paper).is_ok(), "the paper's WikiText model is allowed");
}

#[test]
fn settings_come_back_from_their_text() {
    for settings in every_kind() {
        let config = Config::new(Settings { dropout: 0.2, ..settings }).expect("valid settings");
        let fields = config.to_fields();
        let mut texts = fields.iter().map(|(name, text)| (*name, text.as_str()));
        assert_eq!(Config::from_fields(&mut texts), Ok(config));
    }
    for dropout in [0.1, 0.3, 0.9, 0.123_456, 1e-9, -0.0] {
        let config = Config::new(Settings { dropout, ..small() }).expect("valid settings");
        assert!((config.dropout - dropout).abs() < 1e-6, "{dropout} is kept to a millionth");
        let fields = config.to_fields();
        let again = Config::from_fields(&mut fields.iter().map(|(name, text)| (*name, text.as_str())));
        assert_eq!(again, Ok(config), "{dropout}");
    }
    let refused = |name: &str, text: &str| Config::from_fields(&mut [(name, text)].into_iter()).expect_err("refused");
    assert_eq!(refused("layres", "2"), ConfigError::Unknown { field: "layres".to_owned() });
    assert_eq!(refused("layers", "two").to_string(), "layers is \"two\", expected a whole number");
    assert_eq!(refused("norm", "mid").to_string(), "norm is \"mid\", expected pre or post");
    assert_eq!(refused("dropout", "-0.1").to_string(), "dropout is \"-0.1\", expected a number from 0 to 0.9");
    assert_eq!(refused("layers", "9").to_string(), "layers is 9, expected a whole number from 1 to 6");
}

#[test]
fn dropout_drops_its_share_and_keeps_the_mean() {
    let dropout = Dropout { seed: 1, step: 2 };
    let mut mask = vec![0.0; 100_000];
    draw(&mut mask, 0.2, dropout, Place::Hidden(1));
    let dropped = mask.iter().filter(|x| **x == 0.0).count();
    // Binomial with standard deviation 126: 5 of them is 632.
    assert!(dropped.abs_diff(20_000) < 632, "{dropped} of 100,000 at p = 0.2");
    assert!(mask.iter().all(|x| *x == 0.0 || *x == 1.25), "kept ones make up for the dropped");
    let mut again = vec![0.0; 1000];
    draw(&mut again, 0.2, dropout, Place::Hidden(1));
    assert_eq!(again, mask[..1000], "backward draws the same");
    draw(&mut again, 0.2, Dropout { step: 3, ..dropout }, Place::Hidden(1));
    assert_ne!(again, mask[..1000], "another step drops others");
    draw(&mut again, 0.2, dropout, Place::MlpOut(1));
    assert_ne!(again, mask[..1000], "another place drops others");
}

#[test]
fn weights_start_as_they_are_said_to() {
    let spread = |model: &Model, name: &str| {
        let view = model.views().iter().find(|view| view.name == name).expect("such a parameter");
        let values = &model.params()[view.range.clone()];
        let largest = values.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        let square: f64 = values.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
        ((square / values.len() as f64).sqrt(), largest)
    };
    let settings = Settings { tied: false, layers: 2, width: 64, vocabulary: 500, ..Settings::default() };
    let start = |init| Model::new(Config::new(Settings { init, ..settings }).expect("valid settings"), 1, 9);
    let normal = start(Init::Normal);
    for (name, std) in [
        ("embedding.weight", 0.02),
        ("positions.weight", 0.02),
        ("layers.1.self_attn.in_proj_weight", 0.02),
        ("layers.1.self_attn.out_proj.weight", 0.01),
        ("layers.0.linear1.weight", 0.02),
        ("layers.0.linear2.weight", 0.01),
        ("head.weight", 0.02),
        ("layers.0.linear1.bias", 0.0),
        ("layers.0.norm1.weight", 1.0),
        ("norm.bias", 0.0),
    ] {
        let (found, _) = spread(&normal, name);
        assert!((found - std).abs() <= 0.04 * std, "{name}: deviation {found}, expected {std}");
    }
    let uniform = start(Init::Uniform);
    for (name, bound) in [
        ("embedding.weight", 0.1),
        ("head.weight", 0.1),
        ("head.bias", 0.0),
        ("layers.0.self_attn.in_proj_weight", 0.153_093),
        ("layers.0.self_attn.in_proj_bias", 0.0),
        ("layers.0.self_attn.out_proj.weight", 0.125),
        ("layers.0.linear1.weight", 0.125),
        ("layers.0.linear2.weight", 0.0625),
        ("layers.0.linear2.bias", 0.0625),
        ("layers.1.norm2.weight", 1.0),
    ] {
        let (_, largest) = spread(&uniform, name);
        assert!(largest <= bound * 1.000_01 && largest >= 0.9 * bound, "{name}: largest {largest}, bound {bound}");
    }
    let layers: Vec<&[f32]> = ["layers.0.linear1.weight", "layers.1.linear1.weight"]
        .map(|name| uniform.views().iter().find(|view| view.name == name).expect("such a parameter").range.clone())
        .map(|range| &uniform.params()[range])
        .to_vec();
    assert_ne!(layers[0], layers[1], "each layer draws its own");
}

#[test]
fn models_weigh_what_their_docs_say() {
    let model = Model::new(Config::new(Settings::default()).expect("valid settings"), 16, 1);
    let count = model.params().len();
    // GPT-2's count at this size: 12 L c^2 + 13 L c, the last LayerNorm, tokens and positions.
    assert_eq!(count, 12 * 2 * 64 * 64 + 13 * 2 * 64 + 2 * 64 + (256 + 64) * 64);
    let (n, c, hidden, nh, v) = (16 * 64, 64, 256, 4, 256);
    let acts = n * (c + 2 * (8 * c + 2 * hidden + nh + 4) + c + 2 + v + 2);
    let grads = n * (3 * c + (3 * c).max(hidden) + hidden);
    // Tokens, targets, and which rows have a weight.
    assert_eq!(model.bytes(), 4 * (2 * count + acts + grads + 3 * n), "before the kernels' panels");
}

#[test]
fn passes_take_no_memory_after_the_first() {
    for settings in every_kind() {
        let mut model = Model::new(Config::new(Settings { dropout: 0.1, ..settings }).expect("valid settings"), 4, 3);
        let adapted = settings.mlp != Mlp::None;
        if adapted {
            let lora = Lora::new(model.config(), all_adapters(0.1), 1).expect("valid adapters");
            model.attach(lora);
        }
        train(&mut model, 1, Rule::Adam, 0.01, true);
        let bytes = model.bytes();
        train(&mut model, 3, Rule::Adam, 0.01, true);
        assert_eq!(model.bytes(), bytes, "with {settings:?}");
    }
}
