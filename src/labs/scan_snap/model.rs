//! The one-layer transformer of Tian et al. in its reparameterised form (docs/papers.md 1.1): pairwise weights Y (decoder)
//! and Z (attention), one pass forward and backward over a batch of token counts. Knows no optimiser and no history.
//!
//! Without positions a sequence is its token counts, so attention over 127 positions is a softmax over at most as
//! many tokens as the class has: b_l = count_l exp(z_ml) / sum. The work of a pass is
//! O(rows x tokens x M); nothing here is M x M.

use super::data::{Batch, Class, Classes};
use crate::experiment::scan_snap::{Model as Settings, ScanSnap};
use crate::kernels::{padded, simd};
use crate::random::{Purpose, Random};

/// Y and Z in one flat buffer. Rows of Y for next tokens and rows of Z for tokens that are no query never enter an
/// output and get no gradient, so they are left out: Y is (inputs, M), Z is (queries, inputs), rows padded with zeros.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Rows of Y and columns of Z: tokens that can be an input.
    pub inputs: usize,
    /// Rows of Z.
    pub queries: usize,
    /// Columns of Y: the vocabulary M.
    pub vocabulary: usize,
    /// Stored length of a row of Y.
    pub y_stride: usize,
    /// Stored length of a row of Z.
    pub z_stride: usize,
}

impl Shape {
    /// The shape for these classes.
    #[must_use]
    pub fn new(classes: &Classes) -> Self {
        Self {
            inputs: classes.inputs,
            queries: classes.queries,
            vocabulary: classes.vocabulary,
            y_stride: padded(classes.vocabulary),
            z_stride: padded(classes.inputs),
        }
    }

    /// Where Y ends and Z begins.
    #[must_use]
    pub fn y_len(&self) -> usize {
        self.inputs * self.y_stride
    }

    /// Number of stored parameters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.y_len() + self.queries * self.z_stride
    }

    /// Whether there is nothing to train: never, for valid settings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Row `query` of Z, z_m, within the parameters or their gradient.
    #[must_use]
    pub fn z_row<'a>(&self, params: &'a [f32], query: usize) -> &'a [f32] {
        let start = self.y_len() + query * self.z_stride;
        &params[start..start + self.inputs]
    }

    /// Row `input` of Y within the parameters or their gradient.
    #[must_use]
    pub fn y_row<'a>(&self, params: &'a [f32], input: usize) -> &'a [f32] {
        &params[input * self.y_stride..][..self.vocabulary]
    }

    /// U(-1/sqrt M, 1/sqrt M) for every entry of Y and Z (PyTorch's default for a linear layer of M inputs).
    #[must_use]
    pub fn uniform(&self, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed, Purpose::Init, 0);
        let bound = (1.0 / (self.vocabulary as f64).sqrt()) as f32;
        let mut params = vec![0.0; self.len()];
        let (y, z) = params.split_at_mut(self.y_len());
        let rows = y
            .chunks_exact_mut(self.y_stride)
            .map(|row| &mut row[..self.vocabulary])
            .chain(z.chunks_exact_mut(self.z_stride).map(|row| &mut row[..self.inputs]));
        for entry in rows.flatten() {
            *entry = bound * (2.0 * random.unit() - 1.0);
        }
        params
    }
}

/// What a pass found besides the gradient.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Cross entropy in nats, averaged over the rows (docs/papers.md 1.1, -J).
    pub loss: f64,
    /// For each class, the attention output's direction f_n in the limit T -> infinity, over its tokens.
    pub directions: Vec<Vec<f32>>,
    /// For each class, the backpropagated g_n = Y (e_n - alpha_n) at that f_n, over its tokens.
    pub backpropagated: Vec<Vec<f32>>,
}

/// The model: buffers of one pass, reused.
#[derive(Clone, Debug)]
pub struct Model {
    shape: Shape,
    settings: Settings,
    /// Rows of Y that a class reads: its tokens, then its query where the query can enter.
    rows: Vec<Vec<u32>>,
    inp: Vec<f32>,
    attention: Vec<f32>,
    scale: Vec<f32>,
    logits: Vec<f32>,
    dinp: Vec<f32>,
    weight: Vec<f32>,
}

impl Model {
    /// A model for these classes.
    #[must_use]
    pub fn new(classes: &Classes, settings: &ScanSnap) -> Self {
        let with_query = settings.model.residual || settings.model.attend_query;
        let rows = |class: &Class| {
            let query = with_query.then(|| classes.query_id(class.query) as u32);
            class.tokens.iter().copied().chain(query).collect()
        };
        Self {
            shape: Shape::new(classes),
            settings: settings.model.clone(),
            rows: classes.all.iter().map(rows).collect(),
            inp: Vec::new(),
            attention: Vec::new(),
            scale: Vec::new(),
            logits: Vec::new(),
            dinp: Vec::new(),
            weight: Vec::new(),
        }
    }

    /// The shape of the parameters.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Forward and backward over `batch`, or over the limit T -> infinity of every class where it is `None`:
    /// overwrites `grads` with the gradient of the mean loss (Lemma 1, descent direction) and says what it found.
    ///
    /// Each class carries its limit c_n as row 0; in a minibatch that row is only looked at and weighs nothing.
    pub fn pass(
        &mut self,
        classes: &Classes,
        params: &[f32],
        batch: Option<&Batch>,
        grads: &mut [f32],
        found: &mut Pass,
    ) {
        grads.fill(0.0);
        found.loss = 0.0;
        found.directions.resize_with(classes.all.len(), Vec::new);
        found.backpropagated.resize_with(classes.all.len(), Vec::new);
        let sequences = batch.map_or(classes.all.len(), Batch::sequences);
        let share = 1.0 / sequences as f32;
        for n in 0..classes.all.len() {
            self.class_pass(n, classes, params, batch, share, grads, found);
        }
        found.loss /= sequences as f64;
    }

    fn class_pass(
        &mut self,
        n: usize,
        classes: &Classes,
        params: &[f32],
        batch: Option<&Batch>,
        share: f32,
        grads: &mut [f32],
        found: &mut Pass,
    ) {
        let class = &classes.all[n];
        let (y, _) = params.split_at(self.shape.y_len());
        let m = self.shape.y_stride;
        let s = self.rows[n].len();
        let samples = batch.map_or(&[][..], |batch| batch.of_class(n));
        let count = 1 + samples.len() / class.tokens.len();
        self.attend(n, class, params, samples);

        self.logits.resize(count * m, 0.0);
        simd::gather_matmul(&mut self.logits, &self.inp, y, &self.rows[n], m);
        let target = classes.next_id(n);
        for (i, logits) in self.logits.chunks_exact_mut(m).enumerate() {
            let logit = logits[target];
            let (max, sum) = simd::softmax(&mut logits[..self.shape.vocabulary]);
            if i > 0 || batch.is_none() {
                found.loss += f64::from(max) + libm::log(f64::from(sum)) - f64::from(logit);
            }
            // alpha - e_n, the gradient of one row's loss in its logits.
            logits[target] -= 1.0;
            logits[self.shape.vocabulary..].fill(0.0);
        }

        self.dinp.resize(count * s, 0.0);
        simd::gather_matmul_dinp(&mut self.dinp, &self.logits, y, &self.rows[n], m);
        let width = class.tokens.len();
        found.directions[n].clear();
        found.directions[n].extend_from_slice(&self.inp[..width]);
        found.backpropagated[n].clear();
        found.backpropagated[n].extend(self.dinp[..width].iter().map(|d| -d));

        let first = usize::from(batch.is_some());
        self.weight.clear();
        self.weight.extend(self.inp[first * s..].iter().map(|f| f * share));
        let (dy, dz) = grads.split_at_mut(self.shape.y_len());
        simd::gather_matmul_dweight(dy, &self.weight, &self.logits[first * m..], &self.rows[n], m);
        let dz = &mut dz[class.query * self.shape.z_stride..][..self.shape.inputs];
        self.attend_backward(n, first, share, dz);
    }

    /// Attention of row 0 (the limit) and of every sample: overwrites `attention` with b over the class's rows,
    /// `scale` with 1/||u|| and `inp` with f = u/||u||, u = b (+ the query's one-hot vector where residual).
    fn attend(&mut self, n: usize, class: &Class, params: &[f32], samples: &[f32]) {
        let rows = &self.rows[n];
        let (s, width) = (rows.len(), class.tokens.len());
        let z = self.shape.z_row(params, class.query);
        let keys = Keys::new(rows.iter().map(|&row| z[row as usize]).collect());

        let count = 1 + samples.len() / width;
        self.attention.clear();
        self.attention.resize(count * s, 0.0);
        self.inp.clear();
        self.inp.resize(count * s, 0.0);
        self.scale.clear();
        let out = self.attention.chunks_exact_mut(s).zip(self.inp.chunks_exact_mut(s));
        for (i, (attention, inp)) in out.enumerate() {
            if i == 0 {
                attention.iter_mut().zip(&class.probability).for_each(|(a, p)| *a = *p as f32);
            } else {
                attention[..width].copy_from_slice(&samples[(i - 1) * width..i * width]);
                // In the limit T -> infinity the query is one key among infinitely many.
                attention[width..].fill(f32::from(self.settings.attend_query));
            }
            let sum = keys.weigh(attention);
            let scale = 1.0 / sum;
            attention.iter_mut().for_each(|a| *a *= scale);
            inp.copy_from_slice(attention);
            if self.settings.residual {
                inp[width] += 1.0;
            }
            let norm = inp.iter().map(|u| u * u).sum::<f32>().sqrt();
            let scale = if self.settings.normalize { 1.0 / norm } else { 1.0 };
            inp.iter_mut().for_each(|u| *u *= scale);
            self.scale.push(scale);
        }
    }

    /// Backward of [`Self::attend`] from row `first` on, adds to `dz`: with P_u the projection orthogonal to f,
    /// du = P_u df / ||u|| and dz_l = b_l (du_l - sum_k b_k du_k), each row weighing `share`.
    fn attend_backward(&mut self, n: usize, first: usize, share: f32, dz: &mut [f32]) {
        let rows = &self.rows[n];
        let s = rows.len();
        let each = self.dinp.chunks_exact_mut(s).zip(self.inp.chunks_exact(s)).zip(self.attention.chunks_exact(s));
        for (((du, f), b), scale) in each.zip(&self.scale).skip(first) {
            if self.settings.normalize {
                let along: f32 = du.iter().zip(f).map(|(d, f)| d * f).sum();
                du.iter_mut().zip(f).for_each(|(d, f)| *d = (*d - along * f) * scale);
            }
            let mean: f32 = du.iter().zip(b).map(|(d, b)| d * b).sum();
            for ((&row, d), b) in rows.iter().zip(du.iter()).zip(b) {
                dz[row as usize] += share * b * (d - mean);
            }
        }
    }
}

/// The logits of a class's tokens and their exponentials, shared by all sequences of the class.
struct Keys {
    logits: Vec<f32>,
    /// exp(logit - largest logit).
    exp: Vec<f32>,
}

impl Keys {
    fn new(logits: Vec<f32>) -> Self {
        let exp = Self::exponentials(&logits, |_| true);
        Self { logits, exp }
    }

    /// exp(logit - max), the maximum taken over the tokens that `are_there`.
    fn exponentials(logits: &[f32], are_there: impl Fn(usize) -> bool) -> Vec<f32> {
        let there = logits.iter().enumerate().filter(|(i, _)| are_there(*i)).map(|(_, &logit)| logit);
        let max = there.fold(f32::NEG_INFINITY, |a, b| if a < b { b } else { a });
        let mut exp: Vec<f32> = logits.iter().map(|logit| (logit - max).min(0.0)).collect();
        simd::exp(&mut exp);
        exp
    }

    /// Multiplies counts by their tokens' exponentials, in place, and returns the sum. A sequence that lacks all the
    /// tokens near the largest logit gets exponentials of its own, as its softmax must not be 0 / 0.
    fn weigh(&self, counts: &mut [f32]) -> f32 {
        let sum: f32 = counts.iter().zip(&self.exp).map(|(count, exp)| count * exp).sum();
        let own;
        let exp = if sum > 1e-20 {
            &self.exp
        } else {
            own = Self::exponentials(&self.logits, |i| counts[i] > 0.0);
            &own
        };
        counts.iter_mut().zip(exp).for_each(|(count, exp)| *count *= exp);
        counts.iter().sum()
    }
}
