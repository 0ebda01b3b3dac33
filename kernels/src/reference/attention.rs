//! Multi-head attention in plain loops: forward, backward, and what is drawn of it.
//!
//! Throughout, row i of head h of sequence b attends keys j that the mask lets it see: `score_ij = q_i . k_j / sqrt(hs)`,
//! `a_ij = exp(score_ij - lse_i)`, zero where masked.

use crate::AttentionShape;

/// Where the parts of one head lie in the rows of one sequence.
#[derive(Clone, Copy)]
struct Head {
    /// First row of the sequence.
    row: usize,
    /// First column of the head's queries; keys and values follow c and 2c further on.
    column: usize,
    c: usize,
}

impl Head {
    /// The range of part `part` (0 query, 1 key, 2 value) of position `i` in (b, t, 3c).
    fn of(self, part: usize, i: usize, hs: usize) -> core::ops::Range<usize> {
        let start = (self.row + i) * 3 * self.c + part * self.c + self.column;
        start..start + hs
    }

    /// The range of position `i` in (b, t, c).
    fn at(self, i: usize, hs: usize) -> core::ops::Range<usize> {
        let start = (self.row + i) * self.c + self.column;
        start..start + hs
    }
}

/// Every head of every sequence with its index in (b, nh).
fn heads(shape: AttentionShape) -> impl Iterator<Item = (usize, Head)> {
    let AttentionShape { b, t, nh, hs, .. } = shape;
    (0..b * nh).map(move |idx| (idx, Head { row: idx / nh * t, column: idx % nh * hs, c: nh * hs }))
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn scale(shape: AttentionShape) -> f32 {
    1.0 / (shape.hs as f32).sqrt()
}

/// `out_i = sum_j dropout_ij a_ij v_j`, `lse_i = ln sum_j exp(score_ij)`; overwrites. A row that sees no key gives
/// `out = 0` and `lse = -inf`.
///
/// Shapes: out (b, t, c), lse (b, nh, t), qkv (b, t, 3c) with queries, keys and values side by side, dropout
/// (b, nh, t, t): 0 or `1 / (1 - p)`; c = nh hs.
pub fn attention(out: &mut [f32], lse: &mut [f32], qkv: &[f32], shape: AttentionShape, dropout: Option<&[f32]>) {
    let AttentionShape { t, hs, .. } = shape;
    for (idx, head) in heads(shape) {
        for i in 0..t {
            let mut weights: Vec<f32> = (0..shape.mask.keys(i))
                .map(|j| dot(&qkv[head.of(0, i, hs)], &qkv[head.of(1, j, hs)]) * scale(shape))
                .collect();
            let (max, sum) = super::softmax(&mut weights);
            lse[idx * t + i] = if weights.is_empty() { f32::NEG_INFINITY } else { max + libm::logf(sum) };
            let out = &mut out[head.at(i, hs)];
            out.fill(0.0);
            for (j, a) in weights.into_iter().enumerate() {
                let kept = a * dropout.map_or(1.0, |dropout| dropout[(idx * t + i) * t + j]);
                for (out, v) in out.iter_mut().zip(&qkv[head.of(2, j, hs)]) {
                    *out += kept * v;
                }
            }
        }
    }
}

/// Backward of [`attention`]. With `da_ij = dropout_ij (dout_i . v_j)`:
/// `dv_j += sum_i dropout_ij a_ij dout_i`, `dscore_ij = a_ij (da_ij - dout_i . out_i)`,
/// `dq_i += sum_j dscore_ij k_j / sqrt(hs)`, `dk_j += sum_i dscore_ij q_i / sqrt(hs)`; adds.
///
/// Shapes: dqkv and qkv (b, t, 3c), dout and out (b, t, c), lse (b, nh, t), dropout (b, nh, t, t).
pub fn attention_backward(
    dqkv: &mut [f32],
    dout: &[f32],
    qkv: &[f32],
    out: &[f32],
    lse: &[f32],
    shape: AttentionShape,
    dropout: Option<&[f32]>,
) {
    let AttentionShape { t, hs, .. } = shape;
    for (idx, head) in heads(shape) {
        for i in 0..t {
            let (dout, q) = (&dout[head.at(i, hs)], &qkv[head.of(0, i, hs)]);
            let mean = dot(dout, &out[head.at(i, hs)]);
            for j in 0..shape.mask.keys(i) {
                let (k, v) = (&qkv[head.of(1, j, hs)], &qkv[head.of(2, j, hs)]);
                let a = weight(q, k, lse[idx * t + i], shape);
                let kept = dropout.map_or(1.0, |dropout| dropout[(idx * t + i) * t + j]);
                let dscore = a * (kept * dot(dout, v) - mean) * scale(shape);
                for l in 0..hs {
                    dqkv[head.of(0, i, hs)][l] += dscore * k[l];
                    dqkv[head.of(1, j, hs)][l] += dscore * q[l];
                    dqkv[head.of(2, j, hs)][l] += kept * a * dout[l];
                }
            }
        }
    }
}

/// The weights a_ij of sequence `b_idx`, before dropout; overwrites, zero where masked.
///
/// Shapes: weights (nh, t, t), qkv (b, t, 3c), lse (b, nh, t).
pub fn attention_weights(weights: &mut [f32], qkv: &[f32], lse: &[f32], shape: AttentionShape, b_idx: usize) {
    let AttentionShape { t, nh, hs, .. } = shape;
    weights.fill(0.0);
    for (idx, head) in heads(shape).filter(|(idx, _)| idx / nh == b_idx) {
        for i in 0..t {
            for j in 0..shape.mask.keys(i) {
                let (q, k) = (&qkv[head.of(0, i, hs)], &qkv[head.of(1, j, hs)]);
                weights[(idx % nh * t + i) * t + j] = weight(q, k, lse[idx * t + i], shape);
            }
        }
    }
}

fn weight(q: &[f32], k: &[f32], lse: f32, shape: AttentionShape) -> f32 {
    let mut weight = [dot(q, k) * scale(shape) - lse];
    super::exp(&mut weight);
    weight[0]
}

/// The last row of [`attention`] of one sequence, for generating token by token; overwrites.
///
/// Shapes: out (c), qkv (t, 3c) of all positions so far; `shape.b` is 1.
pub fn attention_last(out: &mut [f32], qkv: &[f32], shape: AttentionShape) {
    let AttentionShape { t, nh, hs, .. } = shape;
    let c = nh * hs;
    let (mut all, mut lse) = (vec![0.0; t * c], vec![0.0; nh * t]);
    attention(&mut all, &mut lse, qkv, shape, None);
    out.copy_from_slice(&all[(t - 1) * c..]);
}
