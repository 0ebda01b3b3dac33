//! Rules that move weights, in plain loops. They know flat buffers of one length, not what the weights are for.

use crate::AdamStep;

/// Decay rates and floor of [`adam`] (Kingma and Ba's, PyTorch's defaults).
pub const ADAM: (f32, f32, f32) = (0.9, 0.999, 1e-8);

/// One step of SGD with momentum, PyTorch's form: `v = mu v + scale g`, `w -= eta v`.
///
/// Shapes: all of one length.
pub fn sgd(w: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, mu: f32, scale: f32) {
    for ((w, v), g) in w.iter_mut().zip(v).zip(g) {
        *v = mu * *v + g * scale;
        *w -= eta * *v;
    }
}

/// Step number `t` (from 1) of Adam: [`adamw`] without decay, gradients as they are.
///
/// Shapes: all of one length.
pub fn adam(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], eta: f32, t: u64) {
    adamw(w, m, v, g, AdamStep { eta, weight_decay: 0.0, scale: 1.0, t });
}

/// Step number `t` (from 1) of Adam with decoupled decay, PyTorch's form: `g = scale g`, `w = (1 - eta weight_decay) w`,
/// `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`, `w -= eta / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)`.
///
/// Shapes: all of one length.
pub fn adamw(w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], step: AdamStep) {
    let (b1, b2, eps) = ADAM;
    let (rate, root) = adam_corrections(step.eta, step.t);
    let keep = 1.0 - step.eta * step.weight_decay;
    for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
        let g = g * step.scale;
        *m = b1 * *m + (1.0 - b1) * g;
        *v = b2 * *v + (1.0 - b2) * (g * g);
        *w = *w * keep - rate * *m / (v.sqrt() * root + eps);
    }
}

/// Adam's corrections for its start: `eta / (1 - b1^t)` and `1 / sqrt(1 - b2^t)`.
#[must_use]
pub fn adam_corrections(eta: f32, t: u64) -> (f32, f32) {
    // b^t as exp(t ln b), which the engine has anyway.
    let left = |b: f32| 1.0 - libm::exp(t as f64 * libm::log(f64::from(b)));
    ((f64::from(eta) / left(ADAM.0)) as f32, (1.0 / left(ADAM.1).sqrt()) as f32)
}

/// The sum of all squares, for the global norm of a gradient.
#[must_use]
pub fn sum_of_squares(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x) * f64::from(*x)).sum()
}
