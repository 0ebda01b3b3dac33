//! Dropout's masks: which numbers are dropped at each place of a step. Drawn anew for backward instead of kept, as a mask
//! of the attention is as large as the attention. Knows no activations.

use super::config::MAX_LAYERS;
use crate::kernels::DRAW_BITS;
use crate::random::{Purpose, Random};

/// Names the masks of one training step: the same seed and step give the same masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropout {
    /// The run's seed.
    pub seed: u64,
    /// The step, below 2^50.
    pub step: u64,
}

/// Where dropout stands, as in `nn.TransformerEncoderLayer` and the embedding before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the sum of token and position.
    Embedding,
    /// On the attention's probabilities, (b, nh, t, t).
    Attention(usize),
    /// On the attention's output, before the residual sum.
    AttentionOut(usize),
    /// On the hidden units, after the activation.
    Hidden(usize),
    /// On the MLP's output, before the residual sum.
    MlpOut(usize),
    /// On the input of a layer's adapter of this index.
    Adapter(usize, usize),
}

/// Adapters a layer can have.
pub(super) const ADAPTERS: usize = 6;

/// Streams of a step.
const PLACES: u64 = 64;
const _: () = assert!(1 + 4 * MAX_LAYERS + ADAPTERS * MAX_LAYERS <= PLACES as usize, "a stream for each place");

impl Place {
    fn index(self) -> u64 {
        let index = match self {
            Self::Embedding => 0,
            Self::Attention(layer) => 1 + 4 * layer,
            Self::AttentionOut(layer) => 2 + 4 * layer,
            Self::Hidden(layer) => 3 + 4 * layer,
            Self::MlpOut(layer) => 4 + 4 * layer,
            Self::Adapter(layer, idx) => 1 + 4 * MAX_LAYERS + ADAPTERS * layer + idx,
        };
        index as u64
    }
}

/// Draws the mask of one place: 0 with probability `p`, else `1 / (1 - p)`; overwrites.
pub fn draw(mask: &mut [f32], p: f32, dropout: Dropout, place: Place) {
    let mut random = Random::new(dropout.seed, Purpose::Dropout, dropout.step * PLACES + place.index());
    let keep = (1.0 / (1.0 - f64::from(p))) as f32;
    let dropped = (f64::from(p) * f64::from(1_u32 << DRAW_BITS)) as u32;
    let mut draws = [0; 48];
    for chunk in mask.chunks_mut(draws.len()) {
        random.fill(&mut draws[..chunk.len()]);
        for (mask, draw) in chunk.iter_mut().zip(draws) {
            *mask = if draw < dropped { 0.0 } else { keep };
        }
    }
}
