//! What kernels are told beside their buffers: shapes, masks, one step's numbers, and room to work in.

/// Sizes of a matrix product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatmulShape {
    /// Rows of the input and of the output.
    pub n: usize,
    /// Columns of the input, rows of the weight.
    pub c: usize,
    /// Columns of the output and of the weight.
    pub oc: usize,
}

/// Sizes of multi-head attention; c = nh hs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionShape {
    /// Sequences.
    pub b: usize,
    /// Positions in each.
    pub t: usize,
    /// Heads.
    pub nh: usize,
    /// Width of a head.
    pub hs: usize,
    /// Which keys a position sees.
    pub mask: Mask,
}

/// Which keys a position sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// Those before it and itself.
    Causal,
    /// Only those before it; position 0 sees none.
    Strict,
}

impl Mask {
    /// How many keys, from the first on, position `i` sees.
    #[inline]
    #[must_use]
    pub fn keys(self, i: usize) -> usize {
        match self {
            Self::Causal => i + 1,
            Self::Strict => i,
        }
    }
}

/// The numbers of one step of Adam with decoupled decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamStep {
    /// Learning rate.
    pub eta: f32,
    /// Decay: each step takes the `eta weight_decay`-th part off every weight.
    pub weight_decay: f32,
    /// What gradients are multiplied by first; below 1 where they are clipped.
    pub scale: f32,
    /// Number of the step, from 1.
    pub t: u64,
}

/// Buffers a kernel works in. They grow when first used for a shape; from then on nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Right operands, packed.
    pub(crate) panels: Vec<f32>,
    /// Left operands, packed.
    pub(crate) lefts: Vec<f32>,
    /// A head's scores.
    pub(crate) scores: Vec<f32>,
    /// Gradients of a head's scores.
    pub(crate) dscores: Vec<f32>,
    /// A sum for each of a head's rows.
    pub(crate) sums: Vec<f32>,
}

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let Self { panels, lefts, scores, dscores, sums } = self;
        [panels, lefts, scores, dscores, sums].iter().map(|buffer| buffer.capacity() * size_of::<f32>()).sum()
    }
}

/// Where buffers start: at no load do eight numbers then lie in two lines of the cache.
const ALIGNMENT: usize = 32;

/// `len` numbers of a buffer, whatever they are, at an aligned address.
pub(crate) fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    let slack = ALIGNMENT / size_of::<f32>();
    if buffer.len() < len + slack {
        buffer.resize(len + slack, 0.0);
    }
    // Any start is right, this one is quick; within the slack, should the address ever not be known.
    let start = buffer.as_ptr().align_offset(ALIGNMENT).min(slack);
    &mut buffer[start..start + len]
}
