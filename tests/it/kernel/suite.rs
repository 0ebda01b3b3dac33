//! One suite over all implementations of the kernels, against naive f64 loops and the reference; compiled into the native
//! binary (tests/it) and into the wasm one (tests/wasm.rs), where the same functions run on simd128.

use snapscope::experiment::Link;
use snapscope::kernels::{Kernels, TABLE, WIDTH, padded};
use snapscope::labs::scan_snap::text::Texts;
use snapscope::labs::{self, Piece};
use snapscope::random::{Purpose, Random};

fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed, Purpose::Sample, 0);
    (0..len).map(|_| random.unit() * 4.0 - 2.0).collect()
}

#[track_caller]
fn close(kernels: &Kernels, got: f32, expected: f64, tolerance: f64) {
    let gap = (f64::from(got) - expected).abs();
    assert!(gap <= tolerance * expected.abs().max(1.0), "{}: got {got}, expected {expected}", kernels.name);
}

pub fn exp_is_within_2_ulp_of_the_true_value() {
    for kernels in &TABLE {
        let x: Vec<f32> = (0..20_000).map(|i| -87.3 + i as f32 * 0.008_78).collect();
        let mut y = x.clone();
        (kernels.exp)(&mut y);
        for (x, y) in x.iter().zip(&y) {
            let expected = libm::exp(f64::from(*x));
            let ulps = (f64::from(*y) - expected).abs() / (expected * f64::from(f32::EPSILON));
            assert!(ulps <= 2.0, "{}: exp({x}) = {y}, {ulps} ulp off", kernels.name);
        }
    }
}

pub fn exp_keeps_zero_infinity_and_nan() {
    for kernels in &TABLE {
        let mut x = [0.0, -0.0, f32::NEG_INFINITY, -100.0, f32::NAN, f32::MAX];
        (kernels.exp)(&mut x);
        assert_eq!(x[..4], [1.0, 1.0, 0.0, 0.0], "{}", kernels.name);
        assert!(x[4].is_nan() && x[5].is_finite(), "{}: {x:?}", kernels.name);
    }
}

pub fn chacha8_is_bernsteins() {
    for kernels in &TABLE {
        // The first block of the all-zero key and stream, from the draft "Test Vectors for the Stream Cipher ChaCha"
        // (Strombergson), TC1 with 8 rounds.
        let mut words = [0; 64];
        (kernels.chacha8)(&mut words, &[0; 8], 0, 0);
        let expected = [0x3e00_ef2f_u32, 0x895f_40d6, 0x7f5b_b8e8, 0x1f09_a5a1];
        let got = [words[0], words[1], words[2], words[3]].map(u32::swap_bytes);
        assert_eq!(got, expected, "{}", kernels.name);
        // Counters are 64 bits: the block after 2^32 - 1 carries.
        let key = core::array::from_fn(|i| 0x9e37_79b9_u32.wrapping_mul(i as u32 + 1));
        let mut plain = [0; 64];
        for block in [5, u64::from(u32::MAX) - 1, u64::MAX - 2] {
            (kernels.chacha8)(&mut words, &key, block, 1 << 40);
            (TABLE[0].chacha8)(&mut plain, &key, block, 1 << 40);
            assert_eq!(words, plain, "{}: block {block}", kernels.name);
        }
    }
}

pub fn softmax_sums_to_one_at_every_length() {
    for kernels in &TABLE {
        for len in 1..=40 {
            let x = numbers(len, len as u64);
            let mut y = x.clone();
            let (max, sum) = (kernels.softmax)(&mut y);
            let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let partition: f64 = x.iter().map(|x| libm::exp(f64::from(*x - largest))).sum();
            assert_eq!(max, largest, "{}: length {len}", kernels.name);
            close(kernels, sum, partition, 1e-6);
            for (x, y) in x.iter().zip(&y) {
                close(kernels, *y, libm::exp(f64::from(*x - largest)) / partition, 1e-6);
            }
        }
    }
}

pub fn matrix_kernels_are_the_naive_sums_at_every_shape() {
    for kernels in &TABLE {
        for (n, s, m) in (0..10).flat_map(|n| (1..10).flat_map(move |s| [1, 8, 15, 40].map(|m| (n, s, padded(m))))) {
            let inputs = s + 3;
            let rows: Vec<u32> = (0..s as u32).map(|k| (k * 2 + 1) % inputs as u32).collect();
            let mut unique = rows.clone();
            unique.sort_unstable();
            unique.dedup();
            if unique.len() < rows.len() {
                continue;
            }
            assert_eq!(m % WIDTH, 0, "rows are padded");
            let (inp, dout, weight) = (numbers(n * s, 1), numbers(n * m, 2), numbers(inputs * m, 3));
            let w = |k: usize, j: usize| f64::from(weight[rows[k] as usize * m + j]);
            let mut out = vec![9.0; n * m];
            (kernels.gather_matmul)(&mut out, &inp, &weight, &rows, m);
            let mut dinp = vec![9.0; n * s];
            (kernels.gather_matmul_dinp)(&mut dinp, &dout, &weight, &rows, m);
            let mut dweight = weight.clone();
            (kernels.gather_matmul_dweight)(&mut dweight, &inp, &dout, &rows, m);
            for i in 0..n {
                for j in 0..m {
                    let sum = (0..s).map(|k| f64::from(inp[i * s + k]) * w(k, j)).sum();
                    close(kernels, out[i * m + j], sum, 1e-5);
                }
                for k in 0..s {
                    let sum = (0..m).map(|j| f64::from(dout[i * m + j]) * w(k, j)).sum();
                    close(kernels, dinp[i * s + k], sum, 1e-5);
                }
            }
            for k in 0..s {
                for j in 0..m {
                    let sum: f64 = (0..n).map(|i| f64::from(inp[i * s + k]) * f64::from(dout[i * m + j])).sum();
                    close(kernels, dweight[rows[k] as usize * m + j], w(k, j) + sum, 1e-5);
                }
            }
        }
    }
}

pub fn optimiser_kernels_agree_bit_for_bit() {
    let [plain, fast] = TABLE;
    for len in 0..=40 {
        let (w, g) = (numbers(len, 1), numbers(len, 2));
        let run = |kernels: &Kernels| {
            let (mut sgd, mut v) = (w.clone(), vec![0.0; len]);
            let (mut adam, mut first, mut second) = (w.clone(), vec![0.0; len], vec![0.0; len]);
            for t in 1..5 {
                (kernels.sgd)(&mut sgd, &mut v, &g, 0.1, 0.9, 1.0);
                (kernels.adam)(&mut adam, &mut first, &mut second, &g, 0.1, t);
            }
            [sgd, adam].concat().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(run(&plain), run(&fast), "length {len}");
    }
}

/// Digests of whole runs: the numbers that "same link, same bits" is about. They change only in a commit that says why.
const GOLDEN: &[(&str, &str)] = &[
    ("#v=1&seed=2", "cb7aae1186d0b197"),
    (
        "#v=1&seed=7&data.last_tokens=3&data.next_per_last=2&data.common_per_last=2&model.init=uniform",
        "04f63abcb068473e",
    ),
    ("#v=1&seed=1&training.optimizer=adam&training.eta_z=0.1&training.eta_y=0.1&training.steps=40", "7673ac0c540f4ee4"),
    (
        "#v=1&seed=3&data.sampling=exact&model.residual=true&model.attend_query=true&training.steps=60",
        "50bfa8b3d6be933d",
    ),
    (
        "#v=1&seed=3&model.normalize=false&model.attend_query=true&data.sequence_length=9&training.steps=60",
        "c40913eb7856dc73",
    ),
    ("#v=1&data.kind=theory&training.eta_z=0.5&training.steps=300", "813389e5c49c5921"),
];

pub fn runs_end_on_their_golden_digests() {
    let digest = |fragment: &str| {
        let (link, refused) = Link::parse(fragment);
        assert_eq!(refused, [], "{fragment}");
        let mut run = labs::start(&link.experiment).expect("valid settings");
        // Uneven budgets: how the work is cut up must not matter.
        while run.step_idx() < run.steps() {
            run.step(7).expect("the run does not diverge");
        }
        run.digest().to_string()
    };
    let found: Vec<(&str, String)> = GOLDEN.iter().map(|(fragment, _)| (*fragment, digest(fragment))).collect();
    let expected: Vec<(&str, String)> =
        GOLDEN.iter().map(|(fragment, digest)| (*fragment, (*digest).to_owned())).collect();
    assert_eq!(found, expected, "digests of finished runs");
}

/// The same on a text that comes with the page, in both forms.
const GOLDEN_ON_TEXT: &[(&str, &str)] = &[
    (
        "#v=1&seed=2&data.kind=text&data.max_vocabulary=300&data.sequence_length=24&training.batch_size=16&training.steps=50",
        "7dd584ffb9b59b43",
    ),
    (
        "#v=1&seed=3&data.kind=text&data.max_vocabulary=150&data.min_count=2&data.sequence_length=9&model.residual=true&model.attend_query=true&model.init=uniform&training.optimizer=adam&training.eta_z=0.01&training.eta_y=0.1&training.batch_size=7&training.steps=50&training.clip=0",
        "a82c2053bdec14e8",
    ),
    (
        "#v=1&seed=5&data.kind=text&data.max_vocabulary=250&model.form=transformer&model.layers=2&model.width=24&model.heads=3&model.mlp_width=21&model.context=19&model.dropout=0.1&training.eta_z=0.5&training.batch_size=5&training.steps=50",
        "ba2f26f143f0e420",
    ),
    (
        "#v=1&seed=6&data.kind=text&model.form=transformer&model.width=16&model.mlp_width=0&model.context=8&model.dropout=0&training.optimizer=adam&training.eta_z=0.01&training.batch_size=3&training.steps=50",
        "0bf2f4ecfe4fc017",
    ),
];

pub fn runs_on_text_end_on_their_golden_digests() {
    const ALICE: &[u8] = include_bytes!("../../../public/texts/alice.txt");
    let mut library = labs::Library::default();
    let loaded =
        library.get_mut::<Texts>().feed(&Piece::whole("alice.txt", ALICE)).expect("a text").expect("all of it");
    assert_eq!((loaded.tokens, loaded.words), (2488, 613), "tokens and words of the text");
    let digest = |fragment: &str| {
        let (link, refused) = Link::parse(fragment);
        assert_eq!(refused, [], "{fragment}");
        let mut run = labs::start_on(&link.experiment, &library).expect("valid settings");
        while run.step_idx() < run.steps() {
            run.step(7).expect("the run does not diverge");
        }
        // What is shown is part of it: its numbers come from the same kernels.
        let frame = run.frame(snapscope::run::Focus::on(1));
        let mut all = xxhash_rust::xxh64::Xxh64::new(run.digest().0);
        // Which NaN says that there is no number differs between machines.
        let bits = |x: &f32| if x.is_nan() { 0 } else { x.to_bits() };
        frame.arrays.iter().flat_map(|array| &array.values).for_each(|x| all.update(&bits(x).to_le_bytes()));
        format!("{:016x}", all.digest())
    };
    let found: Vec<(&str, String)> = GOLDEN_ON_TEXT.iter().map(|(fragment, _)| (*fragment, digest(fragment))).collect();
    let expected: Vec<(&str, String)> =
        GOLDEN_ON_TEXT.iter().map(|(fragment, digest)| (*fragment, (*digest).to_owned())).collect();
    assert_eq!(found, expected, "digests of finished runs on text");
}
