//! Rules that move weights, in one pass over memory each.

use crate::AdamStep;
use crate::lanes::F32x4;
use crate::reference::{self, ADAM, adam_corrections};

/// [`crate::reference::sgd`].
pub fn sgd(w: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, mu: f32, scale: f32) {
    let (w, w_tail) = w.as_chunks_mut::<4>();
    let (v, v_tail) = v.as_chunks_mut::<4>();
    let (g, g_tail) = g.as_chunks::<4>();
    let [eta4, mu4, scale4] = [eta, mu, scale].map(F32x4::splat);
    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
        let next = mu4 * F32x4::load(v) + F32x4::load(g) * scale4;
        next.store(v);
        (F32x4::load(w) - eta4 * next).store(w);
    }
    reference::sgd(w_tail, v_tail, g_tail, eta, mu, scale);
}

/// [`crate::reference::adam`].
pub fn adam(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, t: u64) {
    adamw(w, m, v, g, AdamStep { eta, weight_decay: 0.0, scale: 1.0, t });
}

/// [`crate::reference::adamw`], in one pass.
pub fn adamw(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], step: AdamStep) {
    let (w, w_tail) = w.as_chunks_mut::<4>();
    let (m, m_tail) = m.as_chunks_mut::<4>();
    let (v, v_tail) = v.as_chunks_mut::<4>();
    let (g, g_tail) = g.as_chunks::<4>();
    let (rate, root) = adam_corrections(step.eta, step.t);
    let [rate, root, eps] = [rate, root, ADAM.2].map(F32x4::splat);
    let [b1, b2, c1, c2] = [ADAM.0, ADAM.1, 1.0 - ADAM.0, 1.0 - ADAM.1].map(F32x4::splat);
    let [keep, scale] = [1.0 - step.eta * step.weight_decay, step.scale].map(F32x4::splat);
    for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
        let g = F32x4::load(g) * scale;
        let first = b1 * F32x4::load(m) + c1 * g;
        let second = b2 * F32x4::load(v) + c2 * (g * g);
        first.store(m);
        second.store(v);
        (F32x4::load(w) * keep - rate * first / (second.sqrt() * root + eps)).store(w);
    }
    reference::adamw(w_tail, m_tail, v_tail, g_tail, step);
}

/// Squares summed by 4 lanes in `f32` before they are added up in `f64`: short enough for 6 digits.
const BLOCK: usize = 256;

/// [`crate::reference::sum_of_squares`], in blocks of four lanes.
#[must_use]
pub fn sum_of_squares(x: &[f32]) -> f64 {
    let mut sum = 0.0;
    for block in x.chunks(BLOCK) {
        let (chunks, tail) = block.as_chunks::<4>();
        let mut lanes = F32x4::splat(0.0);
        for x in chunks {
            let x = F32x4::load(x);
            lanes = lanes + x * x;
        }
        sum += f64::from(tail.iter().fold(lanes.sum(), |sum, x| sum + x * x));
    }
    sum
}
