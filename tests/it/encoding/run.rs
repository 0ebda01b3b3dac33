//! The lab's runs through a session, as a page drives them: steps back and on, own tables and sentences, what is refused.

use snapscope::experiment::Link;
use snapscope::labs::encoding::estimate::Estimating;
use snapscope::labs::encoding::{Files, Kind, Law, Method, Samples, Selection, estimate};
use snapscope::labs::{self, Library};
use snapscope::protocol::{Command, Event, RunId, TableKind};
use snapscope::run::{Focus, Frame, Run, Verdict};
use snapscope::session::Session;

pub fn start(fragment: &str) -> Box<dyn Run> {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    labs::start(&link.experiment).unwrap_or_else(|error| panic!("{fragment}: {error}"))
}

fn refusal(library: &Library, fragment: &str) -> String {
    match labs::start_on(&Link::parse(fragment).0.experiment, library) {
        Ok(_) => panic!("{fragment} should be refused"),
        Err(error) => error.to_string(),
    }
}

/// Goes to a step by a session and gives the frame that is shown there.
fn shown(session: &mut Session, command: Command) -> Frame {
    let mut events = session.apply(command);
    while session.pace() > 0.0 {
        events.extend(session.apply(Command::Drawn { run: RunId(1) }));
        events.extend(session.step(50));
    }
    events.extend(session.apply(Command::Drawn { run: RunId(1) }));
    let frame = events.into_iter().rev().find_map(|event| match event {
        Event::Progress { frame, .. } => Some(frame),
        _ => None,
    });
    frame.expect("a frame")
}

fn begin(fragment: &str) -> Command {
    let experiment = Link::parse(fragment).0.experiment;
    let (run, focus) = (RunId(1), Focus::default());
    Command::Start { run, experiment, focus, seek: u64::MAX, playing: false, pace: f64::INFINITY }
}

#[test]
fn every_step_is_shown_again_as_it_was() {
    for fragment in [
        "#v=1&lab=encoding&seed=1&scores.by=all-maps",
        "#v=1&lab=encoding&seed=2&subject.law=majority&scores.by=samples&scores.samples=300",
    ] {
        let mut run = start(fragment);
        let mut frames = Vec::new();
        for _ in 0..30 {
            frames.push((run.frame(Focus::on(2)), run.digest()));
            run.step(1).expect("nothing diverges");
        }
        let mut session = Session::default();
        shown(&mut session, begin(fragment));
        session.apply(Command::Focus { run: RunId(1), focus: Focus::on(2) });
        for step in [29, 3, 11, 0, 17] {
            let frame = shown(&mut session, Command::Seek { run: RunId(1), step });
            // What is not a number is not equal to itself.
            assert_eq!(format!("{frame:?}"), format!("{:?}", frames[step as usize].0), "{fragment}: step {step}");
        }
        let mut other = start(fragment);
        other.step(17).expect("nothing diverges");
        assert_eq!(other.digest(), frames[17].1, "{fragment}: the same steps at once");
    }
}

#[test]
fn an_estimate_made_piece_by_piece_is_the_one_made_at_once() {
    let joint = Law::ControlFlow.joint();
    let (samples, rows) = Samples::draw(&joint, 400, 3);
    let marg = Method::Marg.explain(&joint, 1, 0).expect("three inputs");
    let picks: Vec<Selection> = rows.iter().map(|&row| marg.selections[row]).collect();
    for kind in [Kind::Table, Kind::Transformer { width: 16, steps: 25 }] {
        let mut making = Estimating::new(samples.clone(), picks.clone(), kind, 5);
        let made: Vec<_> = (0..Estimating::pieces(kind)).filter_map(|_| making.work()).collect();
        assert_eq!(made, estimate(&samples, &[&picks[..]], kind, 5), "{kind:?}: one estimate, with the last piece");
    }
}

#[test]
fn all_maps_of_three_bits_are_counted_as_in_the_worked_example() {
    let mut run = start("#v=1&lab=encoding&seed=1&scores.by=all-maps");
    run.step(u64::MAX).expect("nothing diverges");
    let report = run.report();
    let number = |name: &str| report.measure(name).unwrap_or(f64::NAN);
    assert_eq!((number("maps"), number("maps_non_encoding")), (16_777_216.0, 20_140.0));
    assert!((number("separating_alpha") - 62.71).abs() < 0.005, "{}", number("separating_alpha"));
    let maps = run.frame(Focus::default());
    let extremes = maps.values("maps_extremes");
    assert_eq!(extremes[10..13], [-0.325_083, 1296.0, 0.0].map(|x: f32| x), "EVAL-X: best, maps, encoding ones");
}

#[test]
fn the_claims_of_the_lab_are_checked_on_its_explanations() {
    let mut run = start("#v=1&lab=encoding&seed=1");
    run.step(u64::MAX).expect("nothing diverges");
    let verdicts = |alpha| {
        let frame = run.frame(Focus { class: 0, alpha });
        frame.checks.into_iter().map(|check| (check.claim, check.verdict == Verdict::Holds)).collect::<Vec<_>>()
    };
    let holds = |alpha, claim: &str| verdicts(alpha).iter().any(|(name, holds)| name == claim && *holds);
    for claim in ["meter_zero", "meter_identity", "eval_x_weak", "eval_x_not_strong", "roar_misranks"] {
        assert!(holds(1.0, claim), "{claim}: {:?}", verdicts(1.0));
    }
    assert!(!holds(1.0, "stripe_x_strong") && holds(3.5, "stripe_x_strong"), "a larger alpha separates");
    // With one input to show no honest explanation is sufficient: the best by EVAL-X encode (docs/papers.md 2.4).
    let mut run = start("#v=1&lab=encoding&seed=1&explanations.inputs=1");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    let weak = frame.checks.iter().find(|check| check.claim == "eval_x_weak").expect("it is checked");
    assert_eq!(weak.verdict, Verdict::Fails);
}

#[test]
fn tables_of_ones_own_are_taken_scored_and_asked_for() {
    let mut library = Library::default();
    let file = |name: &str, text: &str| vec![(name.to_owned(), text.as_bytes().to_vec())];
    let refused =
        library.get_mut::<Files>().take_distribution(file("bad.csv", "x1,y,p\n0,a,nan\n")).expect_err("no number");
    assert_eq!(refused, "row 2, column p: nan is not allowed, expected a probability from 0 to 1");
    let table = "x1,y,p\n0,a,.45\n0,b,.05\n1,a,.05\n1,b,.45\n";
    let own = library.get_mut::<Files>().take_distribution(file("mine.csv", table)).expect("a distribution");
    let map = library.get_mut::<Files>().take_explanations(file("half.csv", "x1,mask\n0,1\n1,0\n")).expect("a map");
    let of_table = format!(
        "#v=1&lab=encoding&seed=1&subject.kind=own-table&explanations.inputs=1&subject.name=mine.csv&subject.size={}&subject.digest={:016x}",
        own.size, own.digest
    );
    let with_map = format!("{of_table}&explanations.name=half.csv&explanations.digest={:016x}", map.digest);
    let mut run = labs::start_on(&Link::parse(&with_map).0.experiment, &library).expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::on(99));
    assert_eq!(frame.labels("explanations").last().map(String::as_str), Some("half"));
    assert_eq!(frame.values("encodes").last(), Some(&1.0), "that x1 is not shown tells that it is 1");
    assert!(frame.labels("left_out")[0].contains("MARG: one input only"), "{:?}", frame.labels("left_out"));

    let none = refusal(&Library::default(), &of_table);
    assert!(
        none.starts_with("subject: this experiment is about the table mine.csv")
            && none.ends_with("none was chosen yet"),
        "{none}"
    );
    let mut other = Library::default();
    other.get_mut::<Files>().take_distribution(file("other.csv", "x1,y,n\n0,a,1\n1,b,2\n")).expect("counts");
    assert!(refusal(&other, &of_table).contains("what was chosen is other.csv"), "{}", refusal(&other, &of_table));
    let map_of_another = refusal(&library, &format!("#v=1&lab=encoding&explanations.digest={:016x}", map.digest));
    assert!(map_of_another.starts_with("half.csv: "), "{map_of_another}");
    let too_many = refusal(&library, "#v=1&lab=encoding&explanations.inputs=4");
    assert_eq!(too_many, "explanations.inputs: 4 is not allowed, expected at most 3, the inputs there are");
}

#[test]
fn sentences_of_ones_own_are_studied_with_their_rationales() {
    let mut session = Session::default();
    let row = |i: usize| {
        let word = ["good", "bad"][i % 2];
        format!(
            "{{\"text\": \"a {word} film number {}\", \"label\": \"{}\", \"rationale\": [{}]}}\n",
            i % 7,
            i % 2,
            if i == 2 { "" } else { "1" }
        )
    };
    let text: String = (0..60).map(row).collect();
    let files = vec![("films.jsonl".to_owned(), text.into_bytes())];
    let events = session.apply(Command::Tables { kind: TableKind::Sentences, files });
    let [Event::Tabled { own, .. }] = events.as_slice() else { panic!("{events:?}") };
    let link = format!(
        "#v=1&lab=encoding&seed=1&subject.kind=own-sentences&explanations.inputs=1&subject.digest={:016x}",
        own.digest
    );
    let frame = shown(&mut session, begin(&link));
    assert_eq!(frame.step, frame.steps);
    let told = frame.labels("left_out");
    assert_eq!(told, ["films.jsonl: row 3: the rationale selects nothing"], "what there is to tell of rows");
    assert_eq!(frame.labels("explanations").last().map(String::as_str), Some("films.jsonl"));
    let m = frame.labels("explanations").len();
    assert!(
        frame.values("estimate_verdict").len() == m && frame.values("estimate_verdict").iter().all(|x| x.is_finite())
    );
    // The rationale is the second word of each.
    let last = shown(&mut session, Command::Focus { run: RunId(1), focus: Focus::on(m as u32 - 1) });
    assert_eq!(last.values("word_picked")[..5], [0.0, 1.0, 0.0, 0.0, 0.0]);
    let half = shown(&mut session, Command::Seek { run: RunId(1), step: frame.steps / 2 });
    let again = shown(&mut session, Command::Seek { run: RunId(1), step: frame.steps });
    assert!(half.values("eval_x").len() <= m && again.values("eval_x") == frame.values("eval_x"), "back and on again");

    let refused = session.apply(Command::Tables {
        kind: TableKind::Sentences,
        files: vec![("one.tsv".to_owned(), b"good\t1\nfine\t1\n".to_vec())],
    });
    assert!(
        matches!(&refused[..], [Event::Refused { name, error }] if name == "one.tsv" && error.contains("one class only")),
        "{refused:?}"
    );
}
