//! Runs on the reader's own samples: each is used once, no truth is claimed, and what is held out chooses nothing.

use snapscope::experiment::Link;
use snapscope::labs::encoding::estimate::Estimating;
use snapscope::labs::encoding::{Estimate, Explanation, Files, Kind, Law, Sampled, Samples, Verdict, file};
use snapscope::labs::{self, Library};
use snapscope::run::{Focus, Run};

/// Samples of a law as a file, one in each row.
fn drawn(law: Law, count: usize, seed: u64) -> String {
    let joint = law.joint();
    let (samples, _) = Samples::draw(&joint, count, seed);
    let row = |i: usize| {
        let x: Vec<&str> =
            samples.x(i).iter().enumerate().map(|(j, &x)| joint.symbols(j)[x as usize].as_str()).collect();
        format!("{},{}\n", x.join(","), joint.labels()[samples.y(i)])
    };
    format!("{},y\n{}", joint.inputs().join(","), (0..count).map(row).collect::<String>())
}

fn start(table: &str, settings: &str) -> Result<Box<dyn Run>, String> {
    let mut library = Library::default();
    let own = library.get_mut::<Files>().take_distribution(vec![("mine.csv".to_owned(), table.as_bytes().to_vec())])?;
    let link = format!("#v=1&lab=encoding&seed=1&subject.kind=own-table&subject.digest={:016x}{settings}", own.digest);
    let (link, refused) = Link::parse(&link);
    assert_eq!(refused, [], "{settings}");
    labs::start_on(&link.experiment, &library).map_err(|error| error.to_string())
}

#[test]
fn samples_are_judged_without_a_truth() {
    let mut run = start(&drawn(Law::ControlFlow, 4_000, 5), "&scores.by=samples").expect("a run");
    let mut before = run.frame(Focus::default());
    assert!(before.values("eval_x").is_empty() && before.labels("explanations").is_empty(), "nothing yet");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::on(2));
    for exact in
        ["entropy_y", "entropy_y_given_x", "roar", "encode_meter_mi", "accuracy", "kl01", "shown_values", "inversions"]
    {
        assert!(frame.get(exact).is_none(), "{exact} would be a truth");
    }
    assert!(
        frame.checks.is_empty() && frame.labels("witnesses").is_empty() && frame.scalar("is_estimated") == Some(1.0)
    );
    assert_eq!((frame.scalar("samples"), frame.scalar("held_out")), (Some(4_000.0), Some(800.0)));
    assert_eq!(frame.values("estimate_samples").last(), Some(&4_000.0), "up to all of them");
    let verdict = |name: &str| {
        let at = frame.labels("explanations").iter().position(|other| other == name);
        frame.values("estimate_verdict")[at.unwrap_or_else(|| panic!("{name} is there"))]
    };
    for (name, wanted) in [("MARG", 1.0), ("PRED", 1.0), ("POSI", 1.0), ("best tree", 0.0), ("always x1 x2", 0.0)] {
        assert_eq!(verdict(name), wanted, "{name}");
    }
    let report = run.report();
    assert_eq!(report.measure("samples"), Some(4_000.0));
    assert!(report.measure("shown_to_encode").is_some_and(|shown| shown >= 3.0), "{:?}", report.summary);
    let text = format!("{report:?}");
    assert!(!text.contains("does not encode") && text.contains("not shown to encode"));
    // Back and on again: as it was.
    before = run.frame(Focus::on(2));
    let (end, digest) = (run.step_idx(), run.digest());
    run.restore(&snapscope::run::Checkpoint::of(3, &[]));
    assert_eq!((run.step_idx(), run.frame(Focus::default()).labels("explanations").len()), (3, 3));
    run.step(end - 3).expect("nothing diverges");
    assert_eq!((run.digest(), format!("{:?}", run.frame(Focus::on(2)))), (digest, format!("{before:?}")));
}

#[test]
fn by_probabilities_samples_are_their_frequencies() {
    let counts = "x1,x2,y,n\n0,0,0,30\n0,1,1,10\n1,0,1,40\n1,1,0,20\n";
    let law = "x1,x2,y,p\n0,0,0,.3\n0,1,1,.1\n1,0,1,.4\n1,1,0,.2\n";
    let digest = |table: &str| {
        let mut run = start(table, "&explanations.inputs=1").expect("a run");
        run.step(u64::MAX).expect("nothing diverges");
        assert!(run.frame(Focus::default()).get("roar").is_some(), "exact scores");
        run.digest()
    };
    assert_eq!(digest(counts), digest(law));
}

#[test]
fn fewer_samples_are_taken_where_fewer_are_asked_for_and_it_is_told() {
    let mut run = start(&drawn(Law::Xor, 500, 2), "&scores.by=samples&scores.samples=200").expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    assert_eq!(frame.values("estimate_samples").last(), Some(&200.0));
    assert_eq!(frame.labels("left_out"), ["the table has 500 samples, scores.samples takes 200 of them"]);
    let refused = |table: &str, settings: &str| start(table, settings).map(|_| ()).expect_err("refused");
    assert_eq!(
        refused("x1,y,n\n0,0,20\n1,1,20\n", "&scores.by=samples&explanations.inputs=1"),
        "subject: 40 samples are too few to estimate from, expected at least 100"
    );
    let many: String = (0..5_000).map(|i| format!("{i},{}\n", i % 2)).collect();
    assert_eq!(
        refused(&format!("x1,y\n{many}"), "&scores.by=samples&scores.model=transformer&explanations.inputs=1"),
        "scores.model: 5000 symbols or labels are too many for a transformer, expected at most 4096, or a table"
    );
    assert_eq!(
        refused(&drawn(Law::Xor, 500, 2), "&scores.by=samples&explanations.inputs=4"),
        "explanations.inputs: 4 is not allowed, expected at most 3, the inputs there are"
    );
}

/// Labels by a coin: nothing tells y, so nothing can encode. How often POSI seems to, made by what is fitted to or by all.
#[test]
fn a_map_made_by_what_is_held_out_would_seem_to_encode() {
    let mut seeming = [0, 0];
    for seed in 0..10 {
        // Nine bits: of most inputs there are one or two samples.
        let inputs = Samples::draw(&Law::Xor.joint(), 4 * 800, 2 * seed + 1).0;
        let row = |i: usize| {
            let bit = |at: usize| (0..3).map(|j| inputs.x(4 * i + at)[j].to_string()).collect::<Vec<_>>().join(",");
            format!("{},{},{},{}\n", bit(0), bit(1), bit(2), inputs.x(4 * i + 3)[0])
        };
        let rows: String = (0..800).map(row).collect();
        let joint = file::joint(format!("a,b,c,d,e,f,g,h,i,y\n{rows}").as_bytes()).expect("samples");
        let sampled = Sampled::new(&joint, 800, seed).expect("enough");
        for (law, seeming) in [&sampled.law, &joint].into_iter().zip(&mut seeming) {
            let posi = Explanation::posi(law);
            let picks = sampled.rows.iter().map(|&row| posi.selections[row]).collect();
            let mut making = Estimating::new(sampled.samples.clone(), picks, Kind::Table, seed);
            let found: Vec<Estimate> = (0..Estimating::pieces(Kind::Table)).filter_map(|_| making.work()).collect();
            *seeming += u32::from(found[0].verdict == Verdict::Encodes);
        }
    }
    assert!(seeming[0] <= 1 && seeming[1] == 10, "{seeming:?}");
}
