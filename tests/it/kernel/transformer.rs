//! The suite of the transformer's kernels: every implementation against `f64` loops, gradients against central differences
//! of these, the fast ones against the reference at many shapes, and digests of what they give. Compiled into the native
//! binary (tests/it) and into the wasm one (tests/wasm.rs).

use super::naive::{self, Attention, gradient, wide};
use snapscope::kernels::{AdamStep, AttentionShape, Kernels, Mask, MatmulShape, Scratch, TABLE};
use snapscope::random::{Purpose, Random};
use xxhash_rust::xxh64::Xxh64;

fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed, Purpose::Sample, 1);
    (0..len).map(|_| random.unit() * 2.0 - 1.0).collect()
}

/// Numbers against wide ones. All sums here are of at most some hundred products of numbers near 1: each may lose half a
/// unit in the last place (6e-8) of a partial sum, and losses mostly cancel, so 2e-5 is far above what may happen and far
/// below any mistake.
#[track_caller]
fn close(kernels: &Kernels, what: &str, got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{}: {what}: length", kernels.name);
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let gap = (f64::from(*got) - expected).abs();
        let fits = gap <= 2e-5 * expected.abs().max(1.0) || f64::from(*got) == *expected;
        assert!(fits, "{}: {what}: got {got} at {i}, expected {expected}", kernels.name);
    }
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

fn plus(x: &[f32], gradient: &[f64]) -> Vec<f64> {
    x.iter().zip(gradient).map(|(x, g)| f64::from(*x) + g).collect()
}

const SIZES: [usize; 10] = [1, 2, 3, 5, 7, 8, 12, 17, 33, 40];

fn matmul_shapes() -> impl Iterator<Item = MatmulShape> {
    let small = (0..13).flat_map(|n| SIZES.iter().flat_map(move |&c| SIZES.map(|oc| MatmulShape { n, c, oc })));
    // Across the blocks of rows that gradients are summed in.
    small.chain([255, 256, 257, 523].map(|n| MatmulShape { n, c: 6, oc: 11 }))
}

pub fn products_are_the_naive_sums_at_every_shape() {
    for kernels in &TABLE {
        // One scratch for all: what an earlier shape left in it must not matter.
        let mut scratch = Scratch::new();
        for shape in matmul_shapes() {
            let MatmulShape { n, c, oc } = shape;
            let (inp, weight, bias) = (numbers(n * c, 1), numbers(c * oc, 2), numbers(oc, 3));
            let what = format!("{shape:?}");
            let mut out = vec![9.0; n * oc];
            (kernels.matmul)(&mut out, &inp, &weight, Some(&bias), shape, &mut scratch);
            close(kernels, &what, &out, &naive::matmul(&wide(&inp), &wide(&weight), &wide(&bias), c));
            (kernels.matmul)(&mut out, &inp, &weight, None, shape, &mut scratch);
            close(kernels, &what, &out, &naive::matmul(&wide(&inp), &wide(&weight), &vec![0.0; oc], c));

            let dout = numbers(n * oc, 4);
            let d = |i: usize, j: usize| f64::from(dout[i * oc + j]);
            let mut dinp = inp.clone();
            (kernels.matmul_dinp)(&mut dinp, &dout, &weight, shape, &mut scratch);
            let sum = |i: usize, k: usize| (0..oc).map(|j| d(i, j) * f64::from(weight[k * oc + j])).sum::<f64>();
            let expected: Vec<f64> = (0..n * c).map(|at| sum(at / c, at % c)).collect();
            close(kernels, &what, &dinp, &plus(&inp, &expected));
            dinp.fill(9.0);
            (kernels.matmul_turned)(&mut dinp, &dout, &weight, shape, &mut scratch);
            close(kernels, &what, &dinp, &expected);

            let (mut dweight, mut dbias) = (weight.clone(), bias.clone());
            (kernels.matmul_dweight)(&mut dweight, Some(&mut dbias), &inp, &dout, shape, &mut scratch);
            let sum = |k: usize, j: usize| (0..n).map(|i| f64::from(inp[i * c + k]) * d(i, j)).sum::<f64>();
            let expected: Vec<f64> = (0..c * oc).map(|at| sum(at / oc, at % oc)).collect();
            close(kernels, &what, &dweight, &plus(&weight, &expected));
            let expected: Vec<f64> = (0..oc).map(|j| (0..n).map(|i| d(i, j)).sum()).collect();
            close(kernels, &what, &dbias, &plus(&bias, &expected));
            let with_bias = bits(&dweight);
            dweight.copy_from_slice(&weight);
            (kernels.matmul_dweight)(&mut dweight, None, &inp, &dout, shape, &mut scratch);
            assert_eq!(
                bits(&dweight),
                with_bias,
                "{}: {what}: the weight's gradient with and without bias",
                kernels.name
            );
        }
    }
}

pub fn a_row_of_a_product_does_not_depend_on_the_others() {
    for kernels in &TABLE {
        let mut scratch = Scratch::new();
        for (c, oc) in SIZES.iter().flat_map(|&c| SIZES.map(|oc| (c, oc))) {
            let (inp, weight, bias) = (numbers(13 * c, 1), numbers(c * oc, 2), numbers(oc, 3));
            let mut run = |first: usize, n: usize| {
                let mut out = vec![0.0; n * oc];
                let inp = &inp[first * c..][..n * c];
                (kernels.matmul)(&mut out, inp, &weight, Some(&bias), MatmulShape { n, c, oc }, &mut scratch);
                bits(&out)
            };
            let all = run(0, 13);
            for (first, n) in [(0, 1), (12, 1), (3, 4), (1, 5), (2, 6), (0, 11)] {
                assert_eq!(run(first, n), all[first * oc..][..n * oc], "{}: {n} rows of c {c}, oc {oc}", kernels.name);
            }
        }
    }
}

pub fn layernorm_is_the_formula_and_its_gradient() {
    for kernels in &TABLE {
        for (n, c) in [(0, 5), (1, 1), (3, 2), (2, 3), (3, 7), (2, 8), (5, 13), (2, 33)] {
            let what = format!("n {n}, c {c}");
            let (inp, weight, bias, dout) = (numbers(n * c, 1), numbers(c, 2), numbers(c, 3), numbers(n * c, 4));
            let (mut out, mut mean, mut rstd) = (vec![9.0; n * c], vec![9.0; n], vec![9.0; n]);
            (kernels.layernorm)(&mut out, &mut mean, &mut rstd, &inp, &weight, &bias, c);
            let (x, w, b) = (wide(&inp), wide(&weight), wide(&bias));
            close(kernels, &what, &out, &naive::layernorm(&x, &w, &b));

            let (mut dinp, mut dweight, mut dbias) = (inp.clone(), weight.clone(), bias.clone());
            let given = (&dout, &inp, &weight, &mean, &rstd);
            let (dout, inp, weight, mean, rstd) = given;
            (kernels.layernorm_backward)(&mut dinp, &mut dweight, &mut dbias, dout, inp, weight, mean, rstd, c);
            // A row of one number has no spread: its gradient is nothing, times a large 1/sqrt(eps).
            close(kernels, &what, &dinp, &plus(inp, &gradient(inp, dout, |x| naive::layernorm(x, &w, &b))));
            close(kernels, &what, &dweight, &plus(weight, &gradient(weight, dout, |w| naive::layernorm(&x, w, &b))));
            close(kernels, &what, &dbias, &plus(&bias, &gradient(&bias, dout, |b| naive::layernorm(&x, &w, b))));
        }
    }
}

pub fn activations_are_the_formulas_and_their_gradients() {
    for kernels in &TABLE {
        for len in 0..=40 {
            let inp: Vec<f32> = numbers(len, len as u64).iter().map(|x| x * 6.0).collect();
            let dout = numbers(len, 2);
            let mut out = vec![9.0; len];
            (kernels.gelu)(&mut out, &inp);
            let gelu = |x: &[f64]| x.iter().map(|x| naive::gelu(*x)).collect::<Vec<_>>();
            close(kernels, "gelu", &out, &gelu(&wide(&inp)));
            let mut dinp = dout.clone();
            (kernels.gelu_backward)(&mut dinp, &inp, &dout);
            close(kernels, "gelu_backward", &dinp, &plus(&dout, &gradient(&inp, &dout, gelu)));

            (kernels.relu)(&mut out, &inp);
            let relu = |x: &[f64]| x.iter().map(|x| x.max(0.0)).collect::<Vec<_>>();
            close(kernels, "relu", &out, &relu(&wide(&inp)));
            let mut dinp = dout.clone();
            (kernels.relu_backward)(&mut dinp, &inp, &dout);
            close(kernels, "relu_backward", &dinp, &plus(&dout, &gradient(&inp, &dout, relu)));
        }
        // Far from zero, where exponentials end, and where there is no number.
        let inp = [-1e20, -100.0, -10.0, 0.0, 10.0, 100.0, 1e10, f32::NAN];
        let (mut out, mut slope) = ([9.0; 8], [0.0; 8]);
        (kernels.gelu)(&mut out, &inp);
        (kernels.gelu_backward)(&mut slope, &inp, &[1.0; 8]);
        assert!(out[7].is_nan() && slope[7].is_nan(), "{}: NaN stays: {out:?}, {slope:?}", kernels.name);
        close(kernels, "gelu far out", &out[1..7], &[0.0, 0.0, 0.0, 10.0, 100.0, 1e10]);
        close(kernels, "gelu_backward far out", &slope[1..6], &[0.0, 0.0, 0.5, 1.0, 1.0]);
        let mut out = [9.0; 5];
        (kernels.relu)(&mut out, &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.5, 0.5]);
        assert!(out[0].is_nan() && out[1..] == [f32::INFINITY, 0.0, 0.0, 0.5], "{}: {out:?}", kernels.name);
    }
}

pub fn cross_entropy_is_the_formula_and_its_gradient() {
    for kernels in &TABLE {
        for (n, v) in (0..4).flat_map(|n| (1..=40).map(move |v| (n, v))) {
            let logits: Vec<f32> = numbers(n * v, 1).iter().map(|x| x * 10.0).collect();
            let targets: Vec<u32> = (0..n as u32).map(|i| (i * 7 + 3) % v as u32).collect();
            let weights = &[0.25, 0.0, 1.5][..n];
            let (mut losses, mut dlogits) = (vec![9.0; n], logits.clone());
            (kernels.cross_entropy)(&mut losses, &mut dlogits, &targets, weights, v);
            let loss = |x: &[f64]| -> Vec<f64> {
                x.chunks(v).zip(&targets).map(|(row, target)| naive::log_sum_exp(row) - row[*target as usize]).collect()
            };
            close(kernels, &format!("losses, v {v}"), &losses, &loss(&wide(&logits)));
            close(kernels, &format!("dlogits, v {v}"), &dlogits, &gradient(&logits, weights, loss));
            assert!(n < 2 || dlogits[v..2 * v].iter().all(|x| *x == 0.0), "{}: weight 0", kernels.name);
        }
        // Large logits, tokens that cannot be, and a row without a number among the others.
        let inf = f32::NEG_INFINITY;
        let mut logits = [1e4, 0.0, -1e4, inf, 3.0, inf, inf, inf, f32::NAN, 0.0, 0.0, 0.0];
        let mut losses = [9.0; 3];
        (kernels.cross_entropy)(&mut losses, &mut logits, &[1, 0, 2], &[1.0; 3], 4);
        close(kernels, "losses at the limits", &losses[..2], &[1e4, 0.0]);
        close(kernels, "dlogits at the limits", &logits[..8], &[1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(losses[2].is_nan() && logits[8..].iter().all(|x| x.is_nan()), "{}: NaN stays in its row", kernels.name);
    }
}

fn attention_shape(naive: Attention) -> AttentionShape {
    let Attention { b, t, nh, hs, strict } = naive;
    AttentionShape { b, t, nh, hs, mask: if strict { Mask::Strict } else { Mask::Causal } }
}

/// A mask that keeps most weights.
fn dropout(len: usize) -> Vec<f32> {
    numbers(len, 8).iter().map(|x| if *x < -0.5 { 0.0 } else { 4.0 / 3.0 }).collect()
}

/// What attention gives and its gradient, from inputs that depend on the shape only and a gradient that is zero in so many
/// rows: out, lse, dqkv.
fn attend(
    kernels: &Kernels,
    shape: AttentionShape,
    zero: usize,
    dropout: Option<&[f32]>,
    scratch: &mut Scratch,
) -> [Vec<f32>; 3] {
    let AttentionShape { b, t, nh, hs, .. } = shape;
    let c = nh * hs;
    let (qkv, mut dout) = (numbers(b * t * 3 * c, 1), numbers(b * t * c, 2));
    dout[..zero * c].fill(0.0);
    let (mut out, mut lse) = (vec![9.0; b * t * c], vec![9.0; b * nh * t]);
    (kernels.attention)(&mut out, &mut lse, &qkv, shape, dropout, scratch);
    let mut dqkv = qkv.clone();
    (kernels.attention_backward)(&mut dqkv, &dout, &qkv, &out, &lse, shape, dropout, scratch);
    [out, lse, dqkv]
}

pub fn attention_is_the_formula_and_its_gradient() {
    for kernels in &TABLE {
        let mut scratch = Scratch::new();
        for (t, strict) in [1, 2, 3, 5, 6, 9, 11].iter().flat_map(|&t| [(t, false), (t, true)]) {
            for (b, nh, hs) in [(1, 1, 1), (2, 1, 3), (1, 2, 5), (1, 1, 8), (1, 2, 9)] {
                let plain = Attention { b, t, nh, hs, strict };
                let shape = attention_shape(plain);
                let (qkv, dout) = (numbers(b * t * 3 * nh * hs, 1), numbers(b * t * nh * hs, 2));
                for dropout in [None, Some(dropout(b * nh * t * t))] {
                    let what = format!("{shape:?}, dropout {}", dropout.is_some());
                    let factors = dropout.clone().unwrap_or_else(|| vec![1.0; b * nh * t * t]);
                    let [out, lse, dqkv] = attend(kernels, shape, 0, dropout.as_deref(), &mut scratch);
                    close(kernels, &what, &out, &plain.out(&wide(&qkv), &factors));
                    close(kernels, &what, &lse, &plain.lse(&wide(&qkv)));
                    let expected = plus(&qkv, &gradient(&qkv, &dout, |qkv| plain.out(qkv, &factors)));
                    close(kernels, &what, &dqkv, &expected);
                }
            }
        }
    }
}

pub fn attention_is_the_reference_at_every_length() {
    let [plain, fast] = TABLE;
    let mut scratch = Scratch::new();
    // Beyond the 64 queries that the backward pass holds at a time, too.
    let lengths = (1..=40).chain([63, 64, 65, 130]).map(|t| (t, 0));
    for (t, zero) in lengths.chain([(65, 64), (130, 70), (130, 128)]) {
        for (hs, mask) in [(1, Mask::Causal), (7, Mask::Strict), (16, Mask::Causal), (20, Mask::Strict)] {
            let shape = AttentionShape { b: 1, t, nh: 2, hs, mask };
            for dropout in [None, Some(dropout(2 * t * t))] {
                let run = |kernels: &Kernels, scratch: &mut Scratch| {
                    attend(kernels, shape, zero, dropout.as_deref(), scratch)
                };
                let (expected, got) = (run(&plain, &mut scratch), run(&fast, &mut scratch));
                for (expected, got) in expected.iter().zip(&got) {
                    close(&fast, &format!("{shape:?}, dropout {}", dropout.is_some()), got, &wide(expected));
                }
            }
        }
    }
}

pub fn a_position_does_not_depend_on_later_ones() {
    for kernels in &TABLE {
        let mut scratch = Scratch::new();
        for (hs, mask) in [(5, Mask::Causal), (8, Mask::Strict), (16, Mask::Causal)] {
            let (nh, all) = (2, 23);
            let c = nh * hs;
            let qkv = numbers(all * 3 * c, 1);
            let mut run = |t: usize| {
                let shape = AttentionShape { b: 1, t, nh, hs, mask };
                let (mut out, mut lse, mut last) = (vec![9.0; t * c], vec![9.0; nh * t], vec![9.0; c]);
                (kernels.attention)(&mut out, &mut lse, &qkv[..t * 3 * c], shape, None, &mut scratch);
                (kernels.attention_last)(&mut last, &qkv[..t * 3 * c], shape, &mut scratch);
                assert_eq!(bits(&last), bits(&out[(t - 1) * c..]), "{}: the last of {t} alone", kernels.name);
                bits(&out)
            };
            let whole = run(all);
            for t in 1..all {
                assert_eq!(run(t), whole[..t * c], "{}: {t} of {all} positions, hs {hs}, {mask:?}", kernels.name);
            }
        }
    }
}

pub fn shown_weights_are_those_that_attention_uses() {
    for kernels in &TABLE {
        let mut scratch = Scratch::new();
        for (t, strict) in [1, 2, 7, 8, 19].iter().flat_map(|&t| [(t, false), (t, true)]) {
            let plain = Attention { b: 2, t, nh: 3, hs: 5, strict };
            let qkv = numbers(2 * t * 45, 1);
            let shape = attention_shape(plain);
            let [_, lse, _] = attend(kernels, shape, 0, None, &mut scratch);
            let expected = plain.weights(&wide(&qkv));
            for b_idx in 0..2 {
                let mut weights = vec![9.0; 3 * t * t];
                (kernels.attention_weights)(&mut weights, &qkv, &lse, shape, b_idx);
                close(kernels, &format!("{shape:?}"), &weights, &expected[b_idx * 3 * t * t..][..3 * t * t]);
            }
        }
    }
}

pub fn a_position_without_keys_gives_nothing() {
    for kernels in &TABLE {
        let shape = AttentionShape { b: 1, t: 3, nh: 1, hs: 4, mask: Mask::Strict };
        let [out, lse, dqkv] = attend(kernels, shape, 0, None, &mut Scratch::new());
        assert_eq!(out[..4], [0.0; 4], "{}: the first position sees no key", kernels.name);
        assert_eq!(lse[0], f32::NEG_INFINITY, "{}: the logarithm of an empty sum", kernels.name);
        assert!(dqkv.iter().all(|x| x.is_finite()), "{}: {dqkv:?}", kernels.name);
    }
}

pub fn adamw_is_pytorchs_rule_at_every_length() {
    let [plain, fast] = TABLE;
    for len in 0..=40 {
        let (start, g) = (numbers(len, 1), numbers(len, 2));
        let run = |kernels: &Kernels| {
            let (mut w, mut m, mut v) = (start.clone(), vec![0.0; len], vec![0.0; len]);
            for t in 1..=5 {
                let step = AdamStep { eta: 0.1, weight_decay: 0.2, scale: 0.5, t };
                (kernels.adamw)(&mut w, &mut m, &mut v, &g, step);
            }
            w
        };
        assert_eq!(bits(&run(&plain)), bits(&run(&fast)), "length {len}");
        // With the same gradient at each step both moments, corrected, are that gradient and its square.
        let expected = start.iter().zip(&g).map(|(w, g)| {
            let g = f64::from(*g) * 0.5;
            (0..5).fold(f64::from(*w), |w, _| w * (1.0 - 0.1 * 0.2) - 0.1 * g / (g.abs() + 1e-8))
        });
        close(&fast, "adamw", &run(&fast), &expected.collect::<Vec<_>>());
    }
}

pub fn sums_of_squares_keep_six_digits() {
    for kernels in &TABLE {
        for len in (0..=40).chain([255, 256, 257, 10_000]) {
            let x = numbers(len, 1);
            let expected: f64 = wide(&x).iter().map(|x| x * x).sum();
            let gap = ((kernels.sum_of_squares)(&x) - expected).abs();
            assert!(gap <= 1e-6 * expected, "{}: {len} squares, {gap} off {expected}", kernels.name);
        }
    }
}

/// Digests of what the fast kernels give, the same natively and on wasm. They change only in a commit that says why.
const GOLDEN: [(&str, u64); 8] = [
    ("matmul", 0xa0ef_e1cd_f307_7373),
    ("matmul_dinp", 0x2500_5a33_8aff_6dd2),
    ("matmul_dweight", 0x2f31_50f9_13de_e9f1),
    ("layernorm", 0xe519_82ec_9a08_9ccc),
    ("attention", 0xccce_4c27_21ac_4747),
    ("gelu", 0xe3b7_d903_f5b7_4827),
    ("cross_entropy", 0xaada_5283_aa19_adb4),
    ("adamw", 0x35f9_2eab_a452_380c),
];

pub fn the_fast_kernels_give_their_golden_bits() {
    let fast = TABLE[1];
    let digest = |parts: &[&[f32]]| {
        let mut hash = Xxh64::new(0);
        parts.iter().flat_map(|part| part.iter()).for_each(|x| hash.update(&x.to_bits().to_le_bytes()));
        hash.digest()
    };
    let mut scratch = Scratch::new();
    let shape = MatmulShape { n: 301, c: 37, oc: 45 };
    let (inp, weight, bias) = (numbers(301 * 37, 1), numbers(37 * 45, 2), numbers(45, 3));
    let mut out = vec![0.0; 301 * 45];
    (fast.matmul)(&mut out, &inp, &weight, Some(&bias), shape, &mut scratch);
    let mut dinp = inp.clone();
    (fast.matmul_dinp)(&mut dinp, &out, &weight, shape, &mut scratch);
    let (mut dweight, mut dbias) = (weight.clone(), bias.clone());
    (fast.matmul_dweight)(&mut dweight, Some(&mut dbias), &inp, &out, shape, &mut scratch);

    let (mut norm, mut mean, mut rstd) = (vec![0.0; 301 * 37], vec![0.0; 301], vec![0.0; 301]);
    (fast.layernorm)(&mut norm, &mut mean, &mut rstd, &inp, &weight[..37], &bias[..37], 37);
    let mut dnorm = [inp.clone(), weight[..37].to_vec(), bias[..37].to_vec()];
    let [dx, dw, db] = &mut dnorm;
    (fast.layernorm_backward)(dx, dw, db, &dinp, &inp, &weight[..37], &mean, &rstd, 37);

    let attention = [Mask::Causal, Mask::Strict].map(|mask| {
        let shape = AttentionShape { b: 2, t: 71, nh: 2, hs: 12, mask };
        attend(&fast, shape, 0, Some(&dropout(4 * 71 * 71)), &mut scratch).concat()
    });
    let (mut active, mut slope) = (vec![0.0; out.len()], out.clone());
    (fast.gelu)(&mut active, &out);
    (fast.gelu_backward)(&mut slope, &out, &active);
    let (mut losses, mut dlogits) = (vec![0.0; 301], out.clone());
    let targets: Vec<u32> = (0..301).map(|i| i * 7 % 45).collect();
    let weights = numbers(301, 5);
    (fast.cross_entropy)(&mut losses, &mut dlogits, &targets, &weights, 45);
    let (mut w, mut m, mut v) = (weight.clone(), vec![0.0; weight.len()], vec![0.0; weight.len()]);
    for t in 1..4 {
        let step = AdamStep { eta: 0.01, weight_decay: 0.1, scale: 0.5, t };
        (fast.adamw)(&mut w, &mut m, &mut v, &dweight, step);
    }
    let [dx, dw, db] = &dnorm;
    let found = [
        digest(&[&out]),
        digest(&[&dinp]),
        digest(&[&dweight, &dbias]),
        digest(&[&norm, &mean, &rstd, dx, dw, db]),
        digest(&[&attention[0], &attention[1]]),
        digest(&[&active, &slope]),
        digest(&[&losses, &dlogits]),
        digest(&[&w, &m, &v]),
    ];
    let found: Vec<(&str, u64)> = GOLDEN.iter().zip(found).map(|((name, _), digest)| (*name, digest)).collect();
    assert_eq!(found, GOLDEN, "digests of the kernels' outputs");
}
