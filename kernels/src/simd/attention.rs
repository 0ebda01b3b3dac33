//! Multi-head attention, head by head, over register tiles. No (t, t) matrix outlives the head it is made for.
//!
//! The plain form is [`crate::reference::attention`]. Departures: a head's keys and values are packed into panels once;
//! scores are made for 5 queries at a time against the panels of 8 keys that these queries see, so that masked blocks
//! cost nothing; what the mask hides inside a block is made zero after the exponential, and adding zeros changes no
//! sum. Hence a row's bits do not depend on how many rows or later positions there are.

use super::Exp;
use super::tile::{
    COLUMNS, Left, ROWS, Start, Target, by_columns, load_part, load8, pack, pack_turned, store_part, strip,
};
use crate::lanes::F32x4;
use crate::shape::room;
use crate::{AttentionShape, Mask, Scratch};
use core::ops::Range;

/// A head of a sequence: where its parts lie and how large they are.
#[derive(Clone, Copy)]
struct Head {
    t: usize,
    hs: usize,
    mask: Mask,
    /// Columns of all heads together.
    c: usize,
    /// Index of the head's first column.
    column: usize,
}

impl Head {
    /// A score's factor.
    fn scale(self) -> f32 {
        1.0 / (self.hs as f32).sqrt()
    }

    /// Numbers in a row of scores: a whole number of panels.
    fn width(self) -> usize {
        self.t.next_multiple_of(COLUMNS)
    }

    /// Rows of the panels that hold the head's columns.
    fn column_panels(self) -> usize {
        self.hs.div_ceil(COLUMNS)
    }

    /// Queries, keys or values (0, 1, 2) of a sequence's (t, 3c), from their first number on; rows are 3c apart.
    fn part(self, qkv: &[f32], part: usize) -> &[f32] {
        &qkv[part * self.c + self.column..]
    }
}

/// Each head of each sequence with its index in (b, nh); its sequence is that index by nh.
fn heads(shape: AttentionShape) -> impl Iterator<Item = (usize, Head)> {
    let AttentionShape { b, t, nh, hs, mask } = shape;
    (0..b * nh).map(move |idx| (idx, Head { t, hs, mask, c: nh * hs, column: idx % nh * hs }))
}

/// [`crate::reference::attention`].
pub fn attention(
    out: &mut [f32],
    lse: &mut [f32],
    qkv: &[f32],
    shape: AttentionShape,
    dropout: Option<&[f32]>,
    scratch: &mut Scratch,
) {
    let AttentionShape { b, t, nh, hs, .. } = shape;
    let c = nh * hs;
    let fits = out.len() == b * t * c && lse.len() == b * nh * t && qkv.len() == 3 * out.len();
    assert!(fits && dropout.is_none_or(|dropout| dropout.len() == b * nh * t * t), "buffers against {shape:?}");
    for (idx, head) in heads(shape) {
        let out = &mut out[idx / nh * t * c..][..t * c];
        let qkv = &qkv[idx / nh * t * 3 * c..][..t * 3 * c];
        let lse = &mut lse[idx * t..][..t];
        let dropout = dropout.map(|dropout| &dropout[idx * t * t..][..t * t]);
        forward(head, 0..t, out, lse, qkv, dropout, scratch);
    }
}

/// [`crate::reference::attention_last`].
pub fn attention_last(out: &mut [f32], qkv: &[f32], shape: AttentionShape, scratch: &mut Scratch) {
    let AttentionShape { b, t, nh, hs, .. } = shape;
    assert!(b == 1 && t > 0 && out.len() == nh * hs && qkv.len() == t * 3 * nh * hs, "buffers against {shape:?}");
    let mut lse = [0.0];
    for (_, head) in heads(shape) {
        forward(head, t - 1..t, out, &mut lse, qkv, None, scratch);
    }
}

/// The rows `queries` of a head; out and lse begin with the first of them.
fn forward(
    head: Head,
    queries: Range<usize>,
    out: &mut [f32],
    lse: &mut [f32],
    qkv: &[f32],
    dropout: Option<&[f32]>,
    scratch: &mut Scratch,
) {
    let Head { t, hs, c, .. } = head;
    let width = head.width();
    let panels = room(&mut scratch.panels, (hs * width / COLUMNS + head.column_panels() * t) * COLUMNS);
    let (keys, values) = panels.as_chunks_mut().0.split_at_mut(hs * width / COLUMNS);
    pack_turned(keys, head.part(qkv, 1), 3 * c, t, hs, head.scale());
    pack(values, head.part(qkv, 2), 3 * c, t, hs);
    let scores = room(&mut scratch.scores, ROWS * width);
    let sums = room(&mut scratch.sums, queries.len());
    let first = queries.start;
    let exp = Exp::new();
    for i in queries.clone().step_by(ROWS) {
        let end = (i + ROWS).min(queries.end);
        let left = Left { a: &head.part(qkv, 0)[i * 3 * c..], stride: 3 * c, k: hs };
        let seen = end.next_multiple_of(COLUMNS);
        let target = Target { out: scores, stride: width, rows: end - i, columns: seen };
        strip(target, left, keys, hs, Start::Zero);
        let mut shares = [0.0; ROWS];
        for (row, query) in (i..end).enumerate() {
            let scores = &mut scores[row * width..][..seen];
            let (max, sum) = exponentials(&exp, scores, head.mask.keys(query));
            (lse[query - first], sums[query - first]) = (max, sum);
            shares[row] = if sum > 0.0 { 1.0 / sum } else { 0.0 };
            if let Some(dropout) = dropout {
                multiply(scores, &dropout[query * t..][..head.mask.keys(query)]);
            }
        }
        let left = Left { a: scores, stride: width, k: end };
        let out = &mut out[(i - first) * c + head.column..];
        strip(Target { out: &mut *out, stride: c, rows: end - i, columns: hs }, left, values, t, Start::Zero);
        for (out, share) in out.chunks_mut(c).zip(&shares[..end - i]) {
            for out in &mut out[..hs] {
                *out *= share;
            }
        }
    }
    // All logarithms at the end: one alone is a long chain that everything would wait for.
    for (lse, sum) in lse.iter_mut().zip(sums) {
        *lse += libm::logf(*sum);
    }
}

/// Makes of each of the first `keys` scores `exp(score - max)` and of the others zero. Returns the largest score and the
/// sum of what the scores became; without keys (0, 0), so that `max + ln sum` is minus infinity.
fn exponentials(exp: &Exp, scores: &mut [f32], keys: usize) -> (f32, f32) {
    if keys == 0 {
        scores.fill(0.0);
        return (0.0, 0.0);
    }
    scores[keys..].fill(f32::NEG_INFINITY);
    super::exponentials(exp, scores)
}

/// `x *= factors`, as far as these go.
fn multiply(x: &mut [f32], factors: &[f32]) {
    for (x, factor) in x.iter_mut().zip(factors) {
        *x *= factor;
    }
}

/// Queries that the backward pass holds scores of at a time.
const BLOCK: usize = 64;

/// [`crate::reference::attention_backward`], [`BLOCK`] queries of a head at a time: scores and their gradients for the
/// block, then the block's share in every gradient.
pub fn attention_backward(
    dqkv: &mut [f32],
    dout: &[f32],
    qkv: &[f32],
    out: &[f32],
    lse: &[f32],
    shape: AttentionShape,
    dropout: Option<&[f32]>,
    scratch: &mut Scratch,
) {
    let AttentionShape { b, t, nh, hs, .. } = shape;
    let c = nh * hs;
    let fits = out.len() == b * t * c && dout.len() == out.len() && lse.len() == b * nh * t;
    let fits = fits && qkv.len() == 3 * out.len() && dqkv.len() == qkv.len();
    assert!(fits && dropout.is_none_or(|dropout| dropout.len() == b * nh * t * t), "buffers against {shape:?}");
    for (idx, head) in heads(shape) {
        let rows = idx / nh * t;
        let given = Given {
            dout: &dout[rows * c..][..t * c],
            qkv: &qkv[rows * 3 * c..][..t * 3 * c],
            out: &out[rows * c..][..t * c],
            lse: &lse[idx * t..][..t],
            dropout: dropout.map(|dropout| &dropout[idx * t * t..][..t * t]),
        };
        backward(head, &mut dqkv[rows * 3 * c..][..t * 3 * c], given, scratch);
    }
}

/// What the backward pass reads of one sequence and head.
#[derive(Clone, Copy)]
struct Given<'a> {
    dout: &'a [f32],
    qkv: &'a [f32],
    out: &'a [f32],
    lse: &'a [f32],
    dropout: Option<&'a [f32]>,
}

fn backward(head: Head, dqkv: &mut [f32], given: Given<'_>, scratch: &mut Scratch) {
    let Head { t, hs, c, .. } = head;
    let Given { dout, qkv, .. } = given;
    let width = head.width();
    let (by_key, by_column) = (hs * width / COLUMNS, head.column_panels() * t);
    let panels = room(&mut scratch.panels, (2 * by_key + 3 * by_column) * COLUMNS).as_chunks_mut().0;
    let (keys_turned, panels) = panels.split_at_mut(by_key);
    let (values_turned, panels) = panels.split_at_mut(by_key);
    let (keys, panels) = panels.split_at_mut(by_column);
    let (queries, douts) = panels.split_at_mut(by_column);
    pack_turned(keys_turned, head.part(qkv, 1), 3 * c, t, hs, head.scale());
    pack_turned(values_turned, head.part(qkv, 2), 3 * c, t, hs, 1.0);
    pack(keys, head.part(qkv, 1), 3 * c, t, hs);
    pack(queries, head.part(qkv, 0), 3 * c, t, hs);
    pack(&mut douts[..by_column], &dout[head.column..], c, t, hs);
    let exp = Exp::new();
    for start in (0..t).step_by(BLOCK) {
        let block = start..(start + BLOCK).min(t);
        // Where no gradient comes in none goes on, as from rows of which no loss is asked.
        if dout[block.start * c..block.end * c]
            .chunks_exact(c)
            .all(|row| row[head.column..][..hs].iter().all(|x| *x == 0.0))
        {
            continue;
        }
        let scores = room(&mut scratch.scores, BLOCK * width);
        let dscores = room(&mut scratch.dscores, BLOCK * width);
        for i in block.clone().step_by(ROWS) {
            let end = (i + ROWS).min(block.end);
            let seen = end.next_multiple_of(COLUMNS);
            let at = (i - start) * width;
            let target = Target { out: &mut scores[at..], stride: width, rows: end - i, columns: seen };
            let left = Left { a: &head.part(qkv, 0)[i * 3 * c..], stride: 3 * c, k: hs };
            strip(target, left, keys_turned, hs, Start::Zero);
            let target = Target { out: &mut dscores[at..], stride: width, rows: end - i, columns: seen };
            let left = Left { a: &dout[i * c + head.column..], stride: c, k: hs };
            strip(target, left, values_turned, hs, Start::Zero);
            for query in i..end {
                let at = (query - start) * width;
                row(&exp, head, query, given, &mut scores[at..][..seen], &mut dscores[at..][..seen]);
            }
            let target =
                Target { out: &mut dqkv[i * 3 * c + head.column..], stride: 3 * c, rows: end - i, columns: hs };
            strip(target, Left { a: &dscores[at..], stride: width, k: end }, keys, t, Start::Add);
        }
        for (part, weights, panels) in [(1, dscores, &*queries), (2, scores, &*douts)] {
            for (panel, column) in panels[..by_column].chunks_exact(t).zip((0..hs).step_by(COLUMNS)) {
                let columns = (hs - column).min(COLUMNS);
                for key in (0..block.end).step_by(4) {
                    // Queries before the key do not see it.
                    let from = key.max(start);
                    let weights = weights[(from - start) * width..(block.end - start) * width].as_chunks::<4>().0;
                    let rows = (block.end - key).min(4);
                    let at = key * 3 * c + part * c + head.column + column;
                    let row = |i: usize| at + i * 3 * c..at + i * 3 * c + columns;
                    let mut acc =
                        core::array::from_fn(
                            |i| {
                                if i < rows { load_part(&dqkv[row(i)]) } else { [F32x4::splat(0.0); 2] }
                            },
                        );
                    by_columns(&mut acc, &weights[key / 4..], width / 4, &panel[from..block.end]);
                    for (i, acc) in acc.into_iter().enumerate() {
                        if i < rows {
                            store_part(&mut dqkv[row(i)], acc);
                        }
                    }
                }
            }
        }
    }
}

/// One query: of its scores the probabilities, after dropout; of the gradients of these the gradients of the scores
/// before scaling, times the scale. Both are zero where masked.
fn row(exp: &Exp, head: Head, query: usize, given: Given<'_>, scores: &mut [f32], dscores: &mut [f32]) {
    let keys = head.mask.keys(query);
    scores[keys..].fill(f32::NEG_INFINITY);
    dscores[keys..].fill(0.0);
    let at = query * head.c + head.column;
    let mean = dot(&given.dout[at..][..head.hs], &given.out[at..][..head.hs]);
    if let Some(dropout) = given.dropout {
        multiply(dscores, &dropout[query * head.t..][..keys]);
    }
    // A query that sees no key has no finite lse; its scores are all masked.
    let lse = F32x4::splat(if keys == 0 { 0.0 } else { given.lse[query] });
    exp.each(scores, |score| exp.clamped(score - lse), |_| ());
    let [mean, scale] = [mean, head.scale()].map(F32x4::splat);
    for (score, dscore) in scores.as_chunks::<4>().0.iter().zip(dscores.as_chunks_mut::<4>().0) {
        (F32x4::load(score) * (F32x4::load(dscore) - mean) * scale).store(dscore);
    }
    if let Some(dropout) = given.dropout {
        multiply(scores, &dropout[query * head.t..][..keys]);
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_tail) = a.as_chunks();
    let (b, b_tail) = b.as_chunks();
    let mut acc = [F32x4::splat(0.0); 2];
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (load8(a), load8(b));
        acc = [acc[0] + a[0] * b[0], acc[1] + a[1] * b[1]];
    }
    a_tail.iter().zip(b_tail).fold((acc[0] + acc[1]).sum(), |sum, (a, b)| sum + a * b)
}

/// [`crate::reference::attention_weights`]; scores are summed as [`attention`] does, so that they are its weights to the
/// bit before they are scaled.
pub fn attention_weights(weights: &mut [f32], qkv: &[f32], lse: &[f32], shape: AttentionShape, b_idx: usize) {
    let AttentionShape { t, nh, .. } = shape;
    for (idx, head) in heads(shape).filter(|(idx, _)| idx / nh == b_idx) {
        let qkv = &qkv[b_idx * t * 3 * head.c..][..t * 3 * head.c];
        let (queries, keys) = (head.part(qkv, 0), head.part(qkv, 1));
        let weights = &mut weights[idx % nh * t * t..][..t * t];
        for (i, weights) in weights.chunks_exact_mut(t).enumerate() {
            let seen = head.mask.keys(i);
            weights[seen..].fill(0.0);
            for (j, weight) in weights[..seen].iter_mut().enumerate() {
                let (q, k) = (&queries[i * 3 * head.c..][..head.hs], &keys[j * 3 * head.c..][..head.hs]);
                let score = q.iter().zip(k).fold(0.0, |sum, (q, k)| sum + q * (k * head.scale()));
                *weight = score - lse[idx * t + i];
            }
            super::exp(&mut weights[..seen]);
        }
    }
}
