//! The encoding lab on known distributions: the worked example of docs/papers.md 2.4 and the claims of its rows 2a, 2b
//! and 2d.

// The lab's runs, through a session.
mod charts;
mod run;
// The reader's own samples, of which no law is known.
mod sampled;
pub mod suite;
// Explanations of a text classifier.
mod text;

use core::f64::consts::LN_2;
use libm::log;
use proptest::prelude::*;
use snapscope::labs::encoding::census::{Census, Counter};
use snapscope::labs::encoding::{
    Explanation, Joint, Kind, Law, Method, Samples, Scores, Selection, Verdict, estimate, file, score,
};

/// The non-encoding explanation that shows its control: {1,3} where x3 = 1, else {2,3}.
fn with_control(joint: &Joint) -> Explanation {
    Explanation::new("{1,3} if x3 else {2,3}", joint, |row| if joint.symbol(row, 2) == 1 { 0b101 } else { 0b110 })
}

/// The explanations of the worked example, in its table's order.
fn example(joint: &Joint) -> Vec<Explanation> {
    let constant = |selection| Explanation::constant(joint, selection);
    vec![
        with_control(joint),
        constant(0b011),
        constant(0b001),
        constant(0b000),
        constant(0b100),
        Explanation::marg(joint, 2),
        Explanation::pred(joint),
        Explanation::posi(joint),
    ]
}

#[test]
fn the_table_of_the_worked_example_comes_out() {
    let joint = Law::ControlFlow.joint();
    assert!((joint.entropy_y() - LN_2).abs() < 1e-4, "H(y) = {}", joint.entropy_y());
    assert!((joint.entropy_y_given_x() - 0.3251).abs() < 1e-4, "H(y|x) = {}", joint.entropy_y_given_x());
    // EVAL-X, FRESH, M, MI variant, ROAR, accuracy, KL01, STRIPE-X at 1 and 5.
    let table = [
        [-0.3251, -0.3251, 0.0, 0.0, LN_2, 1.0, 0.0, -0.3251, -0.3251],
        [-0.5091, -0.5091, 0.0, 0.0, LN_2, 1.0, 0.0, -0.5091, -0.5091],
        [-0.6109, -0.6109, 0.0, 0.0, 0.5091, 1.0, 0.0, -0.6109, -0.6109],
        [-LN_2, -LN_2, 0.0, 0.0, 0.3251, 1.0, 0.0, -LN_2, -LN_2],
        [-LN_2, -LN_2, 0.0, 0.0, 0.5091, 1.0, 0.0, -LN_2, -LN_2],
        [-0.4414, -0.3251, 0.1163, 0.1017, LN_2, 0.5, 0.3681, -0.5577, -1.0229],
        [-0.4414, -0.3251, 0.1163, 0.2235, 0.5091, 0.75, 1.3649, -0.5577, -1.0229],
        [-0.6109, -0.3251, 0.2858, 0.2858, 0.3251, 0.75, 1.7578, -0.8967, -2.0399],
    ];
    let explanations = example(&joint);
    for ((row, scores), explanation) in
        table.iter().zip(score(&joint, &explanations).expect("quick enough")).zip(&explanations)
    {
        let Scores { eval_x, fresh, encode_meter, encode_meter_mi, roar, accuracy, kl01, .. } = scores;
        let (one, five) = (scores.stripe_x(1.0), scores.stripe_x(5.0));
        let found = [eval_x, fresh, encode_meter, encode_meter_mi, roar, accuracy, kl01, one, five];
        for (i, (found, wanted)) in found.iter().zip(row).enumerate() {
            // The table's last column is five times an M of four digits, whose rounding it multiplies.
            let tolerance = if i == 8 { 1e-4 + 5.0 * 5e-5 } else { 1e-4 };
            assert!(
                (found - wanted).abs() < tolerance,
                "{}: {found}, the table has {wanted}\n{scores:?}",
                explanation.name
            );
        }
        assert_eq!(scores.encodes(), row[2] > 0.0, "{}: the verdict", explanation.name);
        assert!((encode_meter - (fresh - eval_x)).abs() < 1e-12, "{}: M = L - EVAL-X", explanation.name);
    }
}

fn census(joint: &Joint, selections: &[Selection]) -> Census {
    let mut counter = Counter::new(joint, selections).expect("few enough maps");
    while counter.step(1 << 20) < counter.maps() {}
    counter.census()
}

#[test]
fn of_all_maps_the_scores_detect_what_the_paper_says() {
    let joint = Law::ControlFlow.joint();
    let all: Vec<Selection> = (0..8).collect();
    let found = census(&joint, &all);
    let near = |a: f64, b: f64, within: f64| (a - b).abs() < within;
    assert_eq!((found.maps, found.non_encoding), (16_777_216, 20_140), "{found:?}");
    // M = 0 iff non-encoding: by the definition on one side, by the meter on the other.
    assert!(found.non_encoding_meter < 1e-12 && found.least_meter > 1e-3, "{found:?}");
    // EVAL-X: weak, not strong.
    assert_eq!((found.eval_x.best_maps, found.eval_x.best_encoding), (1_296, 0), "{found:?}");
    assert!(near(found.eval_x.best, -0.3251, 1e-4) && near(found.eval_x.encoding, -0.3396, 1e-4), "{found:?}");
    assert!(near(found.eval_x.non_encoding, -LN_2, 1e-4), "{found:?}");
    assert!(found.eval_x.is_weak() && !found.eval_x.is_strong(), "{found:?}");
    // FRESH and ROAR: neither.
    assert_eq!((found.fresh.best_maps, found.fresh.best_encoding), (9_015_619, 9_014_323), "{found:?}");
    assert_eq!((found.roar.best_maps, found.roar.best_encoding), (759, 702), "{found:?}");
    assert!(!found.fresh.is_weak() && !found.roar.is_weak(), "{found:?}");
    // STRIPE-X is strong from this alpha on; the bound I(x;y) / min M - 1 is above it.
    assert!(near(found.least_meter, 0.00382, 1e-5) && near(found.alpha, 62.71, 0.01), "{found:?}");
    let bound = (joint.entropy_y() - joint.entropy_y_given_x()) / found.least_meter - 1.0;
    assert!(near(bound, 95.29, 0.01), "{bound}");
}

#[test]
fn under_a_budget_weak_detection_needs_a_sufficient_explanation() {
    let joint = Law::ControlFlow.joint();
    let of_size = |size| (0..8).filter(|selection: &Selection| selection.count_ones() == size).collect::<Vec<_>>();
    let one = census(&joint, &of_size(1));
    assert_eq!((one.eval_x.best_maps, one.eval_x.best_encoding), (16, 16), "{one:?}");
    assert!((one.eval_x.best + 0.4414).abs() < 1e-4 && (one.alpha - 4.48).abs() < 0.01, "{one:?}");
    let two = census(&joint, &of_size(2));
    assert_eq!(two.eval_x.best_encoding, 0, "{two:?}");
    assert!((two.alpha - 7.0).abs() < 0.01, "{two:?}");
}

#[test]
fn stripe_x_ranks_what_eval_x_does_not() {
    let joint = Law::ControlFlow.joint();
    let scores = score(&joint, &example(&joint)).expect("quick enough");
    let (honest, encoding) = scores.split_at(5);
    assert!(encoding[0].eval_x > honest[2].eval_x, "EVAL-X puts MARG above {{1}}");
    let least = |alpha: f64| honest.iter().map(|s| s.stripe_x(alpha)).fold(f64::INFINITY, f64::min);
    let most = |alpha: f64| encoding.iter().map(|s| s.stripe_x(alpha)).fold(f64::NEG_INFINITY, f64::max);
    assert!(least(2.17) > most(2.17) && least(2.16) < most(2.16), "2.164 is enough, and needed");
    assert!(least(1e6) > most(1e6), "and any larger one");
}

/// What a file of a distribution is refused with.
#[track_caller]
fn refused(text: impl AsRef<[u8]>) -> String {
    file::joint(text.as_ref()).expect_err("a bad file").to_string()
}

#[test]
fn a_bad_distribution_is_told_by_row_and_column() {
    let head = "x1,x2,y,p\n";
    let said = |rows: &str| refused(format!("{head}{rows}"));
    assert_eq!(refused(""), "the file is empty");
    assert_eq!(refused(" \n\n"), "the file is empty");
    assert_eq!(refused(head), "no rows below the header");
    assert_eq!(
        said("0,0,1,-0.1\n0,1,0,1.1\n"),
        "row 2, column p: -0.1 is not allowed, expected a probability from 0 to 1"
    );
    assert_eq!(said("0,0,1,\n"), "row 2, column p: nothing is not allowed, expected a probability from 0 to 1");
    assert_eq!(said("0,0,1,NaN\n"), "row 2, column p: NaN is not allowed, expected a probability from 0 to 1");
    assert_eq!(said("0,0,1,0.5\n0,0,0,0.4\n"), "the probabilities add up to 0.9, expected 1 within 0.000001");
    assert_eq!(said("0,0,1,0.5\n\n0,0,0\n"), "row 4: 3 columns, expected 4");
    assert_eq!(said("0,0,1,0.5\n0,,0,0.5\n"), "row 3, column x2: nothing is not allowed, expected a symbol");
    assert_eq!(
        said("0,0,1,0.5\n0,1,1,0.5\n0,1,0,0\n"),
        "one class only (1), expected at least two labels of positive probability"
    );
    assert_eq!(said("0,0,1,0.5\n0,0,\"0,0.5\n0,1,1,0\n"), "row 3: a quote is opened and never closed");
    let header = |text: &str| refused(format!("{text}\n0,0,0,1\n"));
    assert!(header("x1,x2,z,p").starts_with("row 1: the columns are x1,x2,z,p, expected x1,...,xd,y,p"));
    assert_eq!(header("x1,x1,y,p"), "row 1: columns 1 and 2 are both named x1");
    assert_eq!(header("x1,,y,p"), "row 1: column 2 has no name");
    assert_eq!(refused(",".repeat(10 << 20)), "row 1: 10485761 columns, at most 34 are read");
    assert_eq!(refused([b'x', b'\n', 0xff]), "row 2: not UTF-8 text at byte 2 of the file");
    let counts = |rows: &str| refused(format!("x1,y,n\n{rows}"));
    assert_eq!(
        counts("0,1,2.5\n"),
        "row 2, column n: 2.5 is not allowed, expected a count, a whole number from 0 to 9007199254740992"
    );
    assert_eq!(counts("0,1,0\n0,0,0\n"), "column n: 0 in every row, expected some count above 0");
}

#[test]
fn hostile_files_are_refused_in_one_short_line() {
    let one_line = |said: String| assert!(said.lines().count() == 1 && said.len() < 250, "{said:?}");
    // As many labels as rows: the table would have the square of them.
    let rows: String = (0..5_000).map(|i| format!("{i},{i},1\n")).collect();
    assert!(refused(format!("x1,y,n\n{rows}")).contains("too many"), "labels");
    one_line(refused(format!("x1,y,p\n0,\"{}\u{202e}\u{1b}[31m\n{}\",1\n", "a\nb", "c".repeat(9_000))));
    one_line(refused(format!("{},y,p\n", "x".repeat(1 << 20))));
    assert_eq!(
        refused("x1,y,p\r0,0,0.5\r0,1,2\r"),
        "row 3, column p: 2 is not allowed, expected a probability from 0 to 1"
    );
    assert!(refused("\n\n\nx1,z,p\n0,0,1\n").starts_with("row 4: the columns are x1,z,p"), "the header's own row");
    assert!(refused("x1,y,n\n0,0,1e300\n").starts_with("row 2, column n: 1e300 is not allowed"), "counts that add up");
    assert_eq!(refused("x1,y,p\n0,0,1\n\"a\"\"b\",1,\"0\n"), "row 3: a quote is opened and never closed");
    // A quote within a field opens nothing.
    assert_eq!(file::joint(b"x1,y,n\n5\" pipe,0,1\nnone,1,1\n").map(|joint| joint.len()), Ok(2));
}

#[test]
fn what_would_take_too_long_is_refused_with_its_cost() {
    // 20 bits, and a selection of its own for each of 40,000 inputs.
    let rows: Vec<_> = (0..40_000_u32)
        .map(|i| ((0..20).map(|bit| i.wrapping_mul(0x9E37_79B1) >> (12 + bit) & 1).collect(), i % 2, 1.0 / 40_000.0))
        .collect();
    let symbols = vec![vec!["0".to_owned(), "1".to_owned()]; 20];
    let names = (0..20).map(|i| format!("x{i}")).collect();
    let joint = Joint::new(names, symbols.clone(), symbols[0].clone(), &rows).expect("a law");
    let each = Explanation::new("each", &joint, |row| (row as u32).wrapping_mul(0x9E37_79B1) >> 12);
    let said = score(&joint, core::slice::from_ref(&each)).expect_err("too long").to_string();
    assert!(said.contains("different selections of 20 inputs take up to"), "{said}");
    for method in [Method::Shapley, Method::Tree] {
        let said = method.explain(&joint, 9, 0).expect_err("too large").to_string();
        assert!(said.contains("too many for this method"), "{}: {said}", method.name());
    }
}

#[test]
fn a_bad_explanation_is_told_by_row_and_column() {
    let joint = file::joint(b"x1,x2,y,n\na,0,1,3\nb,0,0,1\nb,1,0,4\na,1,1,0\n").expect("counts");
    let said = |rows: &str| {
        let text = format!("x1,x2,mask\n{rows}");
        file::explanation(text.as_bytes(), "e", &joint).expect_err("a bad file").to_string()
    };
    assert_eq!(
        said("a,0,10\nb,0,01\n"),
        "no row for the inputs (x1=b, x2=1) of probability 0.5; 1 of 3 inputs are missing"
    );
    assert_eq!(
        said("a,0,10\nb,0,101\nb,1,00\n"),
        "row 3, column mask: 101 is not allowed, expected a digit, 0 or 1, for each of the 2 inputs"
    );
    assert_eq!(said("c,0,10\n"), "row 2, column x1: c is not allowed, expected a symbol of the data: a, b");
    assert_eq!(
        said("a,0,10\nb,0,01\na,0,11\n"),
        "row 4, column mask: 11 for the inputs (x1=a, x2=0) to which row 2 gives 10"
    );
    assert_eq!(said("a,1,10\na,1,11\n"), "row 3, column mask: 11 for the inputs (x1=a, x2=1) to which row 2 gives 10");
    let header = file::explanation(b"x1,mask\na,1\n", "e", &joint).expect_err("a column is missing");
    assert_eq!(header.to_string(), "row 1: the columns are x1,mask, expected x1,x2,mask");
    // Columns in another order, and rows that say the same twice, are fine.
    let fine = file::explanation(b"x2,mask,x1\n0,10,a\n0,01,b\n1,11,b\n1,11,b\n", "e", &joint).expect("it covers");
    assert_eq!(fine.selections, [1, 2, 3]);
}

#[test]
fn a_sample_in_each_row_is_the_same_as_their_counts() {
    let each = file::joint(b"x1,x2,y\n0,a,1\n1,a,0\n0,a,1\n0,a,0\n").expect("samples");
    let counted = file::joint(b"x1,x2,y,n\n0,a,1,2\n1,a,0,1\n0,a,0,1\n").expect("counts");
    assert_eq!(each, counted);
    assert_eq!(each.counts(), Some(&[1, 2, 1, 0][..]));
    let law = file::joint(b"x1,x2,y,p\n0,a,1,.5\n1,a,0,.25\n0,a,0,.25\n").expect("a law");
    assert_eq!((law.counts(), law.p(0)), (None, each.p(0)), "of probabilities nothing was counted");
    assert!(refused("y\n1\n").starts_with("row 1: the columns are y, expected x1,...,xd,y,p"));
    let most = format!("x1,y,n\n0,0,{0}\n1,1,{0}\n", 1_u64 << 53);
    assert_eq!(
        refused(most),
        "the counts add up to more than 9007199254740992, beyond which whole numbers are not told apart"
    );
}

#[test]
fn counts_quotes_and_repeated_rows_are_read() {
    let text = "\u{feff}\"first, or so\",y,n\r\n\"a \"\"b\"\"\",yes,1\r\n10,no,2\r\n9,yes,3\r\n9,yes,2\r\n";
    let joint = file::joint(text.as_bytes()).expect("a fine file");
    assert_eq!(
        (joint.inputs(), joint.labels()),
        (&["first, or so".to_owned()][..], &["no".to_owned(), "yes".to_owned()][..])
    );
    assert_eq!(joint.symbols(0), ["9", "10", "a \"b\""], "numbers first, in their order");
    assert_eq!((0..3).map(|row| joint.p(row).to_vec()).collect::<Vec<_>>(), [[0.0, 0.625], [0.25, 0.0], [0.0, 0.125]]);
}

/// Scores by the definitions, with sums over all pairs of inputs: EVAL-X, FRESH, ROAR, M, its other form, accuracy.
fn naive(joint: &Joint, e: &[Selection]) -> [f64; 6] {
    let (n, k, d) = (joint.len(), joint.labels().len(), joint.inputs().len());
    let same =
        |a: usize, b: usize, v: Selection| (0..d).all(|i| v >> i & 1 == 0 || joint.symbol(a, i) == joint.symbol(b, i));
    let law = |keep: &dyn Fn(usize) -> bool| -> (Vec<f64>, f64) {
        let sums: Vec<f64> = (0..k).map(|y| (0..n).filter(|&b| keep(b)).map(|b| joint.p(b)[y]).sum()).collect();
        let total: f64 = sums.iter().sum();
        (sums.iter().map(|p| p / total).collect(), total)
    };
    let kl =
        |p: &[f64], q: &[f64]| p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * log(p / q)).sum::<f64>();
    let mut all = [0.0; 6];
    for a in 0..n {
        let (v, p) = (e[a], joint.p(a));
        let (shown, _) = law(&|b| same(a, b, v));
        let (picked, _) = law(&|b| same(a, b, v) && e[b] == v);
        let (rest, _) = law(&|b| same(a, b, !v) && e[b] == v);
        let weight: f64 = p.iter().sum();
        for y in (0..k).filter(|&y| p[y] > 0.0) {
            all[0] += p[y] * log(shown[y]);
            all[1] += p[y] * log(picked[y]);
            all[2] -= p[y] * log(rest[y]);
        }
        all[3] += weight * kl(&picked, &shown);
        // v of this input, and an independent one's values.
        for b in 0..n {
            let weight = weight * joint.p(b).iter().sum::<f64>();
            let (shown, total) = law(&|c| same(b, c, v));
            let mut best = 0.0_f64;
            for is_picked in [true, false] {
                let (given, part) = law(&|c| same(b, c, v) && (e[c] == v) == is_picked);
                if part > 0.0 {
                    all[4] += weight * part / total * kl(&given, &shown);
                    best = best.max(part / total);
                }
            }
            all[5] += weight * best;
        }
    }
    all
}

proptest! {
    #[test]
    fn scores_are_their_definitions(
        weights in proptest::collection::vec(0_u8..6, 36),
        picks in proptest::collection::vec(0_u32..8, 12),
    ) {
        // Inputs of 2, 3 and 2 symbols, three labels; some inputs and labels never come.
        let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
        prop_assume!(total > 0.0);
        let names = |letter: &str, count: usize| (0..count).map(|i| format!("{letter}{i}")).collect::<Vec<_>>();
        let rows: Vec<_> = weights.iter().zip(0_u32..).map(|(&w, i)| {
            (vec![i / 18, i / 6 % 3, i / 3 % 2], i % 3, f64::from(w) / total)
        }).collect();
        let symbols = vec![names("a", 2), names("b", 3), names("c", 2)];
        let joint = Joint::new(names("x", 3), symbols, names("y", 3), &rows);
        prop_assume!(joint.is_ok());
        let joint = joint.expect("just seen");
        let explanation = Explanation::new("e", &joint, |row| picks[row]);
        let scores = &score(&joint, core::slice::from_ref(&explanation)).expect("quick enough")[0];
        let found =
            [scores.eval_x, scores.fresh, scores.roar, scores.encode_meter, scores.encode_meter_mi, scores.accuracy];
        let wanted = naive(&joint, &explanation.selections);
        for (found, wanted) in found.iter().zip(wanted) {
            prop_assert!((found - wanted).abs() < 1e-9, "{found} by definition {wanted}: {scores:?}");
        }
        prop_assert_eq!(scores.encodes(), wanted[3] > 1e-12);
    }
}

/// Row 2c: estimates at 50,000 samples of the worked example's law, beside the truth.
fn estimated(explanations: &[Explanation], kind: Kind, within: f64) {
    let joint = Law::ControlFlow.joint();
    let (samples, rows) = Samples::draw(&joint, 50_000, 1);
    let pick =
        |explanation: &Explanation| -> Vec<Selection> { rows.iter().map(|&row| explanation.selections[row]).collect() };
    let picks: Vec<Vec<Selection>> = explanations.iter().map(pick).collect();
    let picks: Vec<&[Selection]> = picks.iter().map(Vec::as_slice).collect();
    let truths = score(&joint, explanations).expect("quick enough");
    for ((found, truth), explanation) in estimate(&samples, &picks, kind, 1).iter().zip(&truths).zip(explanations) {
        let name = &explanation.name;
        for (what, found, truth) in [("EVAL-X", found.eval_x, truth.eval_x), ("FRESH", found.fresh, truth.fresh)] {
            assert!((found.value - truth).abs() < within, "{name}: {what} {found:?}, truth {truth}");
            assert!(found.low < found.value && found.value < found.high, "{name}: {what} {found:?}");
        }
        let (meter, truth) = (found.encode_meter, truth.encode_meter);
        assert!((meter.value - truth).abs() < within, "{name}: M {meter:?}, truth {truth}");
        assert!((found.encode_meter_kl - truth).abs() < within, "{name}: KL {}, truth {truth}", found.encode_meter_kl);
        assert!(found.floor.value.abs() < within, "{name}: constant masks have {:?}", found.floor);
        assert!(found.control.value.abs() < within, "{name}: dealt out they have {:?}", found.control);
        let wanted = if truth > 0.0 { Verdict::Encodes } else { Verdict::NotShown };
        assert_eq!(found.verdict, wanted, "{name}: {meter:?} over {:?}", found.floor);
        assert!(found.calibration_error < 0.03, "{name}: {:?}", found.calibration);
        assert_eq!(found.calibration.iter().map(|bin| bin.count).sum::<usize>(), 10_000, "{name}: all held out");
    }
}

#[test]
fn estimates_by_a_frequency_table_come_within_a_hundredth_of_a_nat() {
    estimated(&example(&Law::ControlFlow.joint()), Kind::Table, 0.01);
}

#[test]
fn estimates_by_the_transformer_come_within_a_hundredth_of_a_nat() {
    // One of each kind: fitting takes some seconds for each.
    let joint = Law::ControlFlow.joint();
    let explanations = [Explanation::constant(&joint, 0b011), Explanation::marg(&joint, 2), Explanation::posi(&joint)];
    estimated(&explanations, Kind::Transformer { width: 16, steps: 1000 }, 0.01);
}

#[test]
fn estimates_converge_and_few_samples_are_said_to_show_nothing() {
    let joint = Law::ControlFlow.joint();
    let explanation = Explanation::marg(&joint, 2);
    let truth = score(&joint, core::slice::from_ref(&explanation)).expect("quick enough")[0].encode_meter;
    let gap = |count: usize| {
        let of_seed = |seed| {
            let (samples, rows) = Samples::draw(&joint, count, seed);
            let picks: Vec<Selection> = rows.iter().map(|&row| explanation.selections[row]).collect();
            estimate(&samples, &[&picks[..]], Kind::Table, seed).remove(0)
        };
        let all: Vec<_> = (0..10).map(of_seed).collect();
        let gap = all.iter().map(|found| (found.encode_meter.value - truth).abs()).sum::<f64>() / 10.0;
        (gap, all.iter().filter(|found| found.verdict == Verdict::Encodes).count())
    };
    let (few, some, many) = (gap(30), gap(1_000), gap(30_000));
    assert!(few.0 > some.0 && some.0 > many.0, "{few:?}, {some:?}, {many:?}");
    assert!(few.1 < 5 && many.1 == 10, "{few:?}, {some:?}, {many:?}");
}

#[test]
fn exact_scores_have_their_golden_bits() {
    suite::exact_scores_have_their_golden_bits();
}

#[test]
fn estimates_have_their_golden_bits() {
    suite::estimates_have_their_golden_bits();
}

#[test]
fn studies_of_sentences_have_their_golden_bits() {
    suite::studies_of_sentences_have_their_golden_bits();
}

#[test]
fn runs_of_the_lab_end_on_their_golden_digests() {
    suite::runs_of_the_lab_end_on_their_golden_digests();
}
