//! Models of every kind, small: what tests run over that hold for each setting.

use super::oracle::{numbers, small};
use snapscope::transformer::{Activation, Config, Mask, Mlp, Model, Norm, Positions, Settings};

/// Settings that together take every switch both ways, and odd sizes.
pub fn every_kind() -> Vec<Settings> {
    let mut all = Vec::new();
    for norm in [Norm::Pre, Norm::Post] {
        for mask in [Mask::Causal, Mask::Strict] {
            for mlp in [Mlp::None, Mlp::Times(2), Mlp::Hidden(9)] {
                let rotary = [Positions::Rotary, Positions::HalfRotary];
                for positions in [Positions::None, Positions::Learned, Positions::Sinusoidal].into_iter().chain(rotary)
                {
                    let tied = matches!(positions, Positions::Learned);
                    let activation = if mlp == Mlp::Hidden(9) { Activation::Relu } else { Activation::Gelu };
                    let scale_embedding = positions == Positions::Sinusoidal;
                    let odd = positions == Positions::None;
                    let (width, heads) = if odd { (21, 3) } else { (16, 2) };
                    let (context, vocabulary) = if odd { (40, 7) } else { (24, 18) };
                    let base = Settings { norm, mask, mlp, positions, tied, activation, ..small() };
                    all.push(Settings { scale_embedding, width, heads, context, vocabulary, ..base });
                }
            }
        }
    }
    all
}

/// A model of these settings with room for `batch` sequences and weights that give every path signal.
pub fn model(settings: Settings, batch: usize) -> Model {
    let mut model = Model::new(Config::new(settings).expect("valid settings"), batch, 1);
    let weights = numbers(model.params().len(), 0.4, 2);
    model.params_mut().copy_from_slice(&weights);
    model
}
