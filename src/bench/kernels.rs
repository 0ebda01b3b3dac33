//! The one-layer lab's kernels: checked, then timed.

use super::{Clock, Row, numbers, time, worst};
use crate::kernels::{Kernels, TABLE, padded};

const SAMPLES: usize = 7;
const TOKENS: usize = 20;

/// # Errors
/// When it disagrees with the reference.
pub fn check(kernels: &Kernels) -> Result<(), String> {
    let m = padded(240);
    let rows: Vec<u32> = (0..TOKENS as u32).map(|i| i * 7 % 220).collect();
    let (weight, inp) = (numbers(220 * m, 1), numbers(SAMPLES * TOKENS, 2));
    let run = |kernels: &Kernels| {
        let mut out = vec![0.0; SAMPLES * m];
        (kernels.gather_matmul)(&mut out, &inp, &weight, &rows, m);
        let mut dinp = vec![0.0; SAMPLES * TOKENS];
        (kernels.gather_matmul_dinp)(&mut dinp, &out, &weight, &rows, m);
        let mut dweight = weight.clone();
        (kernels.gather_matmul_dweight)(&mut dweight, &inp, &out, &rows, m);
        let mut softmax = out.clone();
        (kernels.softmax)(&mut softmax);
        [out, dinp, dweight, softmax].concat()
    };
    let (mine, plain) = (run(kernels), run(&TABLE[0]));
    let worst = worst(&mine, &plain);
    // Sums of up to 240 products in another order.
    if worst < 1e-4 { Ok(()) } else { Err(format!("{}: off the reference by {worst}", kernels.name)) }
}

/// A row for each.
pub fn time_all(kernels: &Kernels, clock: Clock<'_>) -> Vec<Row> {
    let m = padded(240);
    let rows: Vec<u32> = (0..TOKENS as u32).collect();
    let (mut weight, inp) = (numbers(220 * m, 1), numbers(SAMPLES * TOKENS, 2));
    let (mut out, mut dinp) = (vec![0.0; SAMPLES * m], vec![0.0; SAMPLES * TOKENS]);
    let flops = (2 * SAMPLES * TOKENS * m) as f64;
    let gflops = move |secs: f64| flops / secs / 1e9;
    let name = |what: &str| format!("{} {what}", kernels.name);
    let shape = "7x20x240";
    let forward = time(
        name(&format!("gather_matmul {shape}")),
        clock,
        || {
            (kernels.gather_matmul)(&mut out, &inp, &weight, &rows, m);
            f64::from(out[0])
        },
        gflops,
        "GFLOP/s",
    );
    let back = time(
        name(&format!("gather_matmul_dinp {shape}")),
        clock,
        || {
            (kernels.gather_matmul_dinp)(&mut dinp, &out, &weight, &rows, m);
            f64::from(dinp[0])
        },
        gflops,
        "GFLOP/s",
    );
    let small: Vec<f32> = inp.iter().map(|x| x * 1e-6).collect();
    let weights = time(
        name(&format!("gather_matmul_dweight {shape}")),
        clock,
        || {
            (kernels.gather_matmul_dweight)(&mut weight, &small, &out, &rows, m);
            f64::from(weight[0])
        },
        gflops,
        "GFLOP/s",
    );
    let mut row = numbers(240, 3);
    let softmax = time(
        name("softmax 240"),
        clock,
        || {
            (kernels.softmax)(&mut row);
            f64::from(row[0])
        },
        |secs| 240.0 / secs / 1e6,
        "M exp/s",
    );
    let (mut w, mut v, g) = (numbers(55_000, 4), vec![0.0; 55_000], numbers(55_000, 5));
    let sgd = time(
        name("sgd 55000"),
        clock,
        || {
            (kernels.sgd)(&mut w, &mut v, &g, 1e-6, 0.9, 1.0);
            f64::from(w[0])
        },
        |secs| 55_000.0 / secs / 1e6,
        "M weights/s",
    );
    vec![forward, back, weights, softmax, sgd]
}
