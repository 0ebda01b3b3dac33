//! The transformer's kernels at the shapes of the workloads: checked against the reference, then timed.

use super::{Clock, Row, numbers, time, worst};
use crate::kernels::{AdamStep, AttentionShape, Kernels, Mask, MatmulShape, Scratch, TABLE};

/// A row of sequences and one layer's buffers, each with numbers in it.
struct Layer {
    shape: AttentionShape,
    /// Up into the MLP.
    up: MatmulShape,
    /// c, and 4 c.
    width: usize,
    hidden: usize,
    inp: Vec<f32>,
    weight: Vec<f32>,
    moments: [Vec<f32>; 2],
    gain: Vec<f32>,
    wide: Vec<f32>,
    targets: Vec<u32>,
    /// What kernels write: (n, 4c), (n, c), (c, 4c), four times (n nh), in this order.
    outputs: [Vec<f32>; 6],
    scratch: Scratch,
}

/// One kernel at a time, each with what it is told by.
const PARTS: [(&str, fn(&mut Layer, &Kernels)); 12] = [
    ("matmul", |l, k| {
        (k.matmul)(&mut l.outputs[0], &l.inp, &l.weight, Some(&l.gain), l.up, &mut l.scratch);
    }),
    ("matmul_dinp", |l, k| (k.matmul_dinp)(&mut l.outputs[1], &l.wide, &l.weight, l.up, &mut l.scratch)),
    ("matmul_dweight", |l, k| {
        let shape = l.up;
        let [_, _, dweight, dbias, ..] = &mut l.outputs;
        (k.matmul_dweight)(dweight, Some(&mut dbias[..shape.oc]), &l.inp, &l.wide, shape, &mut l.scratch);
    }),
    ("attention", |l, k| {
        let [_, out, _, lse, ..] = &mut l.outputs;
        let qkv = &l.wide[..3 * out.len()];
        let lse = &mut lse[..l.shape.b * l.shape.nh * l.shape.t];
        (k.attention)(out, lse, qkv, l.shape, None, &mut l.scratch);
    }),
    ("attention_backward", |l, k| {
        let (len, rows) = (l.inp.len(), l.shape.b * l.shape.nh * l.shape.t);
        let [dqkv, out, _, lse, ..] = &mut l.outputs;
        let qkv = &l.wide[..3 * len];
        (k.attention)(out, &mut lse[..rows], qkv, l.shape, None, &mut l.scratch);
        (k.attention_backward)(&mut dqkv[..3 * len], &l.inp, qkv, out, &lse[..rows], l.shape, None, &mut l.scratch);
    }),
    ("layernorm", |l, k| {
        let (n, c) = (l.inp.len() / l.width, l.width);
        let [_, out, _, mean, rstd, _] = &mut l.outputs;
        (k.layernorm)(out, &mut mean[..n], &mut rstd[..n], &l.inp, &l.gain[..c], &l.gain[c..2 * c], c);
    }),
    ("layernorm_backward", |l, k| {
        let (n, c) = (l.inp.len() / l.width, l.width);
        let [_, dinp, _, dweight, dbias, rstd] = &mut l.outputs;
        rstd.fill(1.0);
        let (dout, weight, rstd) = (&l.wide[..n * c], &l.gain[..c], &rstd[..n]);
        (k.layernorm_backward)(dinp, &mut dweight[..c], &mut dbias[..c], dout, &l.inp, weight, rstd, rstd, c);
    }),
    ("gelu", |l, k| (k.gelu)(&mut l.outputs[0], &l.wide)),
    ("gelu_backward", |l, k| (k.gelu_backward)(&mut l.outputs[0], &l.wide, &l.wide)),
    ("cross_entropy", |l, k| {
        let n = l.targets.len();
        let [logits, _, _, losses, weights, _] = &mut l.outputs;
        logits.copy_from_slice(&l.wide);
        weights.fill(1e-3);
        (k.cross_entropy)(&mut losses[..n], logits, &l.targets, &weights[..n], l.hidden);
    }),
    ("adamw", |l, k| {
        let [m, v] = &mut l.moments;
        let step = AdamStep { eta: 1e-4, weight_decay: 0.01, scale: 1.0, t: 3 };
        (k.adamw)(&mut l.outputs[2], m, v, &l.weight, step);
    }),
    ("sum_of_squares", |l, k| l.outputs[3][0] = (k.sum_of_squares)(&l.wide) as f32),
];

impl Layer {
    fn new(b: usize, t: usize, width: usize) -> Self {
        let (n, hidden, nh) = (b * t, 4 * width, 4);
        let rows = (n * nh).max(hidden);
        let square = |x: Vec<f32>| x.iter().map(|x| x * x).collect();
        Self {
            shape: AttentionShape { b, t, nh, hs: width / nh, mask: Mask::Causal },
            up: MatmulShape { n, c: width, oc: hidden },
            width,
            hidden,
            inp: numbers(n * width, 1),
            weight: numbers(width * hidden, 2),
            moments: [numbers(width * hidden, 3), square(numbers(width * hidden, 4))],
            gain: numbers(hidden, 5),
            wide: numbers(n * hidden, 6),
            targets: (0..n).map(|i| (i * 7 % hidden) as u32).collect(),
            outputs: [n * hidden, n * width, width * hidden, rows, rows, rows].map(|len| vec![0.0; len]),
            scratch: Scratch::new(),
        }
    }

    /// What a part costs in counted operations; none where products are not what it is about.
    fn operations(&self, part: &str) -> Option<f64> {
        let product = 2.0 * (self.inp.len() * self.hidden) as f64;
        let half = (2 * self.shape.t * self.inp.len()) as f64;
        match part {
            "matmul" | "matmul_dinp" | "matmul_dweight" => Some(product),
            "attention" => Some(half),
            // Forward goes first, so that there is something to go back from.
            "attention_backward" => Some(3.0 * half),
            _ => None,
        }
    }
}

/// # Errors
/// When a kernel disagrees with the reference at the workloads' shapes.
pub fn check() -> Result<(), String> {
    let [plain, fast] = TABLE;
    for (b, t, width) in [(2, 64, 64), (1, 128, 128), (1, 19, 52)] {
        for (part, go) in PARTS {
            let run = |kernels: &Kernels| {
                let mut layer = Layer::new(b, t, width);
                go(&mut layer, kernels);
                layer.outputs.concat()
            };
            // Sums of up to 512 products, in another order.
            let worst = worst(&run(&fast), &run(&plain));
            if worst.is_nan() || worst > 1e-4 {
                return Err(format!("{}: {part} at {b} x {t} x {width} is off the reference by {worst}", fast.name));
            }
        }
    }
    Ok(())
}

/// A row for each kernel and shape.
pub fn time_all(kernels: &Kernels, clock: Clock<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (b, t, width) in [(16, 64, 64), (8, 128, 128)] {
        for (part, go) in PARTS {
            let mut layer = Layer::new(b, t, width);
            let name = format!("{} {part}, {} rows, width {width}", kernels.name, b * t);
            let operations = layer.operations(part);
            let (count, unit) = operations.map_or((1e3, "times/s"), |count| (count, "GFLOP/s"));
            let go = || {
                go(&mut layer, kernels);
                // What is added up each time must not grow without end.
                if layer.outputs[2][0].abs() > 1e6 {
                    layer.outputs.iter_mut().for_each(|out| out.fill(0.0));
                }
                f64::from(layer.outputs[0][0]).min(1.0)
            };
            let rate = |secs: f64| if operations.is_some() { count / secs / 1e9 } else { 1.0 / secs };
            rows.push(time(name, clock, go, rate, unit));
        }
    }
    rows
}
