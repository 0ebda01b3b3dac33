//! Golden numbers from PyTorch (tests/golden/README.md): logits, loss, every gradient by name, and ten losses of training
//! with AdamW and with SGD, both clipped.

use snapscope::optimizer::{Group, Optimizer, Rule, Step, clip_scale, norm};
use snapscope::transformer::safetensors::File;
use snapscope::transformer::{Batch, Config, Model};

/// Sequences and positions of each batch.
const SIZES: (usize, usize) = (2, 6);

struct Golden<'a> {
    name: &'a str,
    file: File<'a>,
}

impl<'a> Golden<'a> {
    fn read(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, file: File::read(bytes).expect("a safetensors file") }
    }

    fn get(&self, name: &str) -> Vec<f32> {
        let tensor = self.file.get(name).unwrap_or_else(|| panic!("{}: no {name}", self.name));
        self.file.numbers(tensor).expect("F32")
    }

    fn tokens(&self, name: &str) -> Vec<u32> {
        self.get(name).into_iter().map(|x| x as u32).collect()
    }

    fn model(&self) -> Model {
        let mut fields = self.file.metadata.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let config = Config::from_fields(&mut fields).expect("valid settings");
        let mut model = Model::new(config, SIZES.0, 0);
        for view in model.views().to_vec() {
            let values = self.get(&format!("weight/{}", view.name));
            assert_eq!(
                self.file.get(&format!("weight/{}", view.name)).expect("read").shape,
                view.shape,
                "{}",
                view.name
            );
            for (i, value) in values.into_iter().enumerate() {
                model.params_mut()[view.index(i)] = value;
            }
        }
        model
    }

    /// Every number within `tolerance` of the largest expected.
    fn near(&self, what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
        assert_eq!(found.len(), expected.len(), "{}: {what}", self.name);
        let size = expected.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
        for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
            let gap = (found - expected).abs();
            assert!(gap <= tolerance * size + 1e-6, "{}: {what}[{i}] is {found}, PyTorch has {expected}", self.name);
        }
    }

    /// f32 here against f64 there: sums of at most 32 products through two layers keep five digits.
    fn pass(&self) {
        let mut model = self.model();
        let n = SIZES.0 * SIZES.1;
        let (tokens, targets, weights) = (self.tokens("tokens"), self.tokens("targets"), self.get("weights"));
        self.near("logits", model.logits(&tokens[..n], SIZES.1), &self.get("logits"), 1e-5);
        let batch = Batch { tokens: &tokens[..n], targets: &targets[..n], weights: Some(&weights), t: SIZES.1 };
        let loss = model.forward(&batch, None) as f32;
        self.near("loss", &[loss], &self.get("loss"), 1e-5);
        model.backward();
        for view in model.views() {
            let found: Vec<f32> = (0..view.range.len()).map(|i| model.grads()[view.index(i)]).collect();
            self.near(&view.name, &found, &self.get(&format!("grad/{}", view.name)), 2e-5);
        }
    }

    /// Ten steps let differences grow, Adam's division most: four digits are left.
    fn train(&self, what: &str, rule: Rule, eta: f32) {
        let mut model = self.model();
        let n = SIZES.0 * SIZES.1;
        let (tokens, targets) = (self.tokens("tokens"), self.tokens("targets"));
        let group =
            |view: &snapscope::transformer::View| Group { end: view.range.end, rate: 1.0, decays: view.decays() };
        let groups = Group::merged(&mut model.views().iter().map(group));
        let mut optimizer = Optimizer::new(rule, model.params().len());
        let mut losses = Vec::new();
        for (step, (tokens, targets)) in tokens.chunks_exact(n).zip(targets.chunks_exact(n)).enumerate() {
            losses.push(model.forward(&Batch { tokens, targets, weights: None, t: SIZES.1 }, None) as f32);
            model.clear_gradients();
            model.backward();
            let norm = norm(model.grads());
            assert!(norm > 0.5, "{}: step {step} is clipped, norm {norm}", self.name);
            let step = Step { eta, scale: clip_scale(norm, 0.5), t: step as u64 + 1 };
            let (params, grads) = model.trained();
            optimizer.update(params, grads, &groups, step);
        }
        self.near(what, &losses, &self.get(what), 1e-4);
    }

    fn check(&self) {
        self.pass();
        self.train("losses/adamw", Rule::AdamW { weight_decay: 0.1 }, 0.01);
        self.train("losses/sgd", Rule::Sgd { momentum: 0.9 }, 0.2);
    }
}

#[test]
fn layernorm_first_gelu_learned_positions_and_tied_head_agree_with_pytorch() {
    Golden::read("pre", include_bytes!("../../golden/pre.safetensors")).check();
}

#[test]
fn layernorm_last_relu_sinusoids_and_own_head_agree_with_pytorch() {
    Golden::read("post", include_bytes!("../../golden/post.safetensors")).check();
}

#[test]
fn strict_mask_without_mlp_agrees_with_pytorch() {
    Golden::read("strict", include_bytes!("../../golden/strict.safetensors")).check();
}
