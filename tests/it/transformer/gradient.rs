//! Loss, logits, attention and every gradient by name, against the f64 oracle and its central differences, over
//! configurations that cover every switch.

use super::oracle::{Named, Oracle, named, numbers, small, tokens};
use snapscope::transformer::{
    Activation, Batch, Config, Dropout, Init, Lora, LoraSettings, Mask, Mlp, Model, Norm, Positions, Settings, lora,
};

const DROPPED: Dropout = Dropout { seed: 5, step: 3 };

/// A model with weights large enough that every path carries signal.
fn model(settings: Settings) -> Model {
    let mut model = Model::new(Config::new(settings).expect("valid settings"), 2, 1);
    let weights = numbers(model.params().len(), 0.4, 2);
    model.params_mut().copy_from_slice(&weights);
    model
}

fn oracle(model: &Model, dropout: Option<Dropout>) -> Oracle {
    let adapters = |lora: &Lora| (lora.settings().clone(), named(lora.views(), lora.params()));
    Oracle {
        config: *model.config(),
        params: named(model.views(), model.params()),
        lora: model.lora().map(adapters),
        dropout,
    }
}

/// Central differences of the loss for every trained number, by name. The step is far above f64's rounding and its
/// square far below the tolerance.
fn differences(oracle: &mut Oracle, batch: &Batch<'_>) -> Named {
    const STEP: f64 = 1e-5;
    let is_lora = oracle.lora.is_some();
    let names: Vec<String> =
        oracle.lora.as_ref().map_or(&oracle.params, |(_, adapters)| adapters).keys().cloned().collect();
    let mut found = Named::new();
    for name in names {
        let at = |oracle: &mut Oracle, i: usize, by: f64| {
            let trained = if is_lora { oracle.lora.as_mut().map(|(_, adapters)| adapters) } else { None };
            let values = trained.unwrap_or(&mut oracle.params).get_mut(&name).expect("known by name");
            values[i] += by;
            values.len()
        };
        let len = at(oracle, 0, 0.0);
        let slope = |i: usize| {
            at(oracle, i, STEP);
            let above = oracle.loss(batch);
            at(oracle, i, -2.0 * STEP);
            let below = oracle.loss(batch);
            at(oracle, i, STEP);
            (above - below) / (2.0 * STEP)
        };
        let slopes = (0..len).map(slope).collect();
        found.insert(name, slopes);
    }
    found
}

#[track_caller]
fn check(mut model: Model, dropout: Option<Dropout>) {
    let (b, t) = (2, 5);
    let v = model.config().vocabulary as u32;
    let (inputs, targets) = (tokens(b * t, v, 3), tokens(b * t, v, 4));
    let weights = [1.0, 0.0, 0.5, 1.0, 2.0, 1.0, 1.0, 0.0, 0.25, 1.0];
    let batch = Batch { tokens: &inputs, targets: &targets, weights: Some(&weights), t };
    let mut oracle = oracle(&model, dropout);
    let loss = model.forward(&batch, dropout);
    let expected = oracle.loss(&batch);
    assert!((loss - expected).abs() < 1e-5 * expected.max(1.0), "loss {loss}, expected {expected}");

    model.clear_gradients();
    model.backward();
    let found = named(model.trained_views(), model.grads());
    for (name, expected) in differences(&mut oracle, &batch) {
        let size = expected.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        for (i, (found, expected)) in found[&name].iter().zip(&expected).enumerate() {
            // Sums of some hundred f32 products, some cancelling, through two layers.
            let gap = (found - expected).abs();
            assert!(gap < 1e-4 * size + 2e-6, "{name}[{i}]: gradient {found}, difference {expected}, largest {size}");
        }
    }
}

#[test]
fn gradients_are_the_loss_differences_with_layernorm_first() {
    check(model(small()), None);
}

#[test]
fn gradients_are_the_loss_differences_with_layernorm_last() {
    check(
        model(Settings {
            norm: Norm::Post,
            positions: Positions::Sinusoidal,
            tied: false,
            activation: Activation::Relu,
            scale_embedding: true,
            mlp: Mlp::Hidden(13),
            init: Init::Uniform,
            ..small()
        }),
        None,
    );
}

#[test]
fn gradients_are_the_loss_differences_with_a_strict_mask_and_no_mlp() {
    for norm in [Norm::Pre, Norm::Post] {
        for tied in [false, true] {
            let positions = if tied { Positions::Learned } else { Positions::None };
            check(model(Settings { mask: Mask::Strict, mlp: Mlp::None, norm, tied, positions, ..small() }), None);
        }
    }
}

#[test]
fn gradients_are_the_loss_differences_at_odd_sizes() {
    let settings = Settings {
        width: 21,
        heads: 3,
        vocabulary: 7,
        mlp: Mlp::Hidden(9),
        norm: Norm::Post,
        layers: 1,
        mask: Mask::Strict,
        scale_embedding: true,
        ..small()
    };
    check(model(settings), None);
    check(model(Settings { positions: Positions::Sinusoidal, norm: Norm::Pre, tied: false, ..settings }), None);
}

#[test]
fn gradients_are_the_loss_differences_with_rotary_positions() {
    for (norm, positions) in
        [(Norm::Pre, Positions::Rotary), (Norm::Post, Positions::Rotary), (Norm::Pre, Positions::HalfRotary)]
    {
        check(model(Settings { positions, norm, ..small() }), None);
    }
}

#[test]
fn gradients_are_the_loss_differences_under_dropout() {
    for (norm, mask) in [(Norm::Pre, Mask::Causal), (Norm::Post, Mask::Strict)] {
        check(model(Settings { dropout: 0.3, norm, mask, mlp: Mlp::Times(1), ..small() }), Some(DROPPED));
    }
}

fn adapted(settings: Settings, targets: &[lora::Target], dropout: f32) -> Model {
    let mut model = model(settings);
    let settings = LoraSettings { rank: 3, alpha: 6.0, dropout, targets: targets.to_vec() };
    let lora = Lora::new(model.config(), settings, 1).expect("valid adapters");
    model.attach(lora);
    let (params, _) = model.trained();
    let weights = numbers(params.len(), 0.3, 6);
    params.copy_from_slice(&weights);
    model
}

#[test]
fn gradients_of_adapters_are_the_loss_differences() {
    let settings = Settings { mlp: Mlp::Times(2), ..small() };
    check(adapted(settings, &lora::TARGETS, 0.0), None);
    check(adapted(Settings { norm: Norm::Post, tied: false, ..settings }, &lora::TARGETS[1..4], 0.0), None);
    check(adapted(Settings { dropout: 0.2, ..settings }, &lora::TARGETS, 0.4), Some(DROPPED));
    // Of adapters that are not the MLP's, the last MLP works only on rows that count.
    check(adapted(settings, &lora::TARGETS[..1], 0.4), Some(DROPPED));
    check(adapted(settings, &lora::TARGETS[..4], 0.0), None);
}

#[test]
fn logits_and_attention_are_the_oracles() {
    for (norm, mask) in [(Norm::Pre, Mask::Causal), (Norm::Post, Mask::Strict)] {
        let mut model = model(Settings { norm, mask, dropout: 0.5, ..small() });
        let (b, t) = (2, 7);
        let inputs = tokens(b * t, 11, 3);
        let (attention, expected) = oracle(&model, None).forward(&inputs, t);
        let logits = model.logits(&inputs, t);
        for (found, expected) in logits.iter().zip(expected.iter().flatten()) {
            assert!((f64::from(*found) - expected).abs() < 1e-4, "logit {found}, expected {expected}");
        }
        let nh = model.config().heads;
        let mut weights = vec![9.0; nh * t * t];
        for (layer, expected) in attention.iter().enumerate() {
            for b_idx in 0..b {
                model.attention(layer, b_idx, &mut weights);
                let expected = &expected[b_idx * nh * t * t..][..nh * t * t];
                for (found, expected) in weights.iter().zip(expected) {
                    assert!((f64::from(*found) - expected).abs() < 1e-5, "weight {found}, expected {expected}");
                }
            }
        }
        let targets = inputs.clone();
        let found = model.evaluate(&Batch { tokens: &inputs, targets: &targets, weights: None, t });
        for (layer, (found, weights)) in found.entropy.iter().zip(&attention).enumerate() {
            let sum: f64 = weights.iter().filter(|a| **a > 0.0).map(|a| -a * libm::log(*a)).sum();
            let rows = b * nh * if mask == Mask::Strict { t - 1 } else { t };
            assert!((found - sum / rows as f64).abs() < 1e-5, "layer {layer}: entropy {found}");
        }
    }
}

#[test]
fn gradients_add_up_over_batches() {
    let mut model = model(small());
    let (inputs, targets) = (tokens(10, 11, 3), tokens(10, 11, 4));
    let batch = Batch { tokens: &inputs, targets: &targets, weights: None, t: 5 };
    model.forward(&batch, None);
    model.backward();
    let once = model.grads().to_vec();
    model.forward(&batch, None);
    model.backward();
    for (twice, once) in model.grads().iter().zip(once) {
        assert!((twice - 2.0 * once).abs() < 1e-5, "{twice} against twice {once}");
    }
}

#[test]
fn rows_without_weight_teach_nothing() {
    for mut model in [model(small()), adapted(small(), &lora::TARGETS[..4], 0.0)] {
        let inputs = tokens(10, 11, 3);
        let batch = Batch { tokens: &inputs, targets: &inputs, weights: Some(&[0.0; 10]), t: 5 };
        assert_eq!(model.forward(&batch, None), 0.0, "no row counts");
        model.backward();
        assert!(model.grads().iter().all(|g| *g == 0.0), "and none gives a gradient");
    }
}

#[test]
fn gradients_of_what_goes_in_add_up_to_those_of_the_embedding() {
    let last = Settings {
        norm: Norm::Post,
        positions: Positions::Sinusoidal,
        scale_embedding: true,
        activation: Activation::Relu,
        ..small()
    };
    for settings in [Settings { labels: Some(3), ..small() }, Settings { labels: Some(9), ..last }] {
        let mut model = model(Settings { tied: false, ..settings });
        let (t, c, k) = (5, settings.width, model.config().outputs());
        let (inputs, targets) = (tokens(2 * t, settings.vocabulary as u32, 3), tokens(2 * t, k as u32, 4));
        let batch = Batch { tokens: &inputs, targets: &targets, weights: None, t };
        model.forward(&batch, None);
        model.clear_gradients();
        model.backward();
        let scale = if settings.scale_embedding { (c as f32).sqrt() } else { 1.0 };
        let expected = model.grads()[..settings.vocabulary * c].to_vec();

        // The loss's gradient at the logits is (softmax - one hot) / n.
        let rows = model.embeddings(&inputs);
        let logits = model.logits(&inputs, t).to_vec();
        assert_eq!(model.logits_of(&rows, t), logits, "embeddings in place of their tokens");
        let mut dlogits = Vec::new();
        for (row, &target) in logits.chunks_exact(k).zip(&targets) {
            let total: f64 = row.iter().map(|z| libm::exp(f64::from(*z))).sum();
            let of =
                |(i, z): (usize, &f32)| libm::exp(f64::from(*z)) / total - f64::from(u8::from(i == target as usize));
            dlogits.extend(row.iter().enumerate().map(of).map(|d| (d / (2 * t) as f64) as f32));
        }
        let before = model.grads().to_vec();
        let gradient = model.input_gradient(&dlogits).to_vec();
        assert_eq!(model.grads(), before, "gradients of weights stay");
        let mut found = vec![0.0; expected.len()];
        for (row, &token) in gradient.chunks_exact(c).zip(&inputs) {
            row.iter().zip(&mut found[token as usize * c..][..c]).for_each(|(d, sum)| *sum += scale * d);
        }
        let size = expected.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
        for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!((found - expected).abs() < 1e-4 * size, "[{i}]: {found}, by the embedding {expected}");
        }
    }
}

#[test]
fn gradients_are_the_loss_differences_with_a_head_of_labels() {
    let settings = Settings { labels: Some(small().vocabulary + 3), tied: false, ..small() };
    check(model(settings), None);
}
