//! The run that tunes the student, on a base so small that it learns nothing: what matters here is that parts and whole steps come
//! to the same bits, that earlier steps are shown again, and what is kept, saved and refused. And, by the base that ships, that a
//! student comes to call tools: the target of docs/measured.md at a fifth of its size.

use snapscope::chart;
use snapscope::cli::{pictures, student};
use snapscope::experiment::{Experiment, Link, preset};
use snapscope::labs::tool_use::Files;
use snapscope::labs::tool_use::student::base::{Base, Pretraining, Size};
use snapscope::labs::tool_use::student::{BASE_DIGEST, adapters};
use snapscope::labs::{self, Library};
use snapscope::protocol::{Command, Event, RunId, TableKind, recorded};
use snapscope::run::{Focus, Run, Verdict};
use snapscope::session::Session;
use xxhash_rust::xxh64::xxh64;

const LINK: &str = "#v=1&lab=tool-use&seed=3&task.kind=tune&tune.steps=6&tune.samples=40&tune.judged=2&tune.batch=2";

fn base() -> Base {
    Pretraining::new(Size { layers: 1, width: 16, heads: 2 }, 0, 1).expect("a size").base()
}

fn library() -> Library {
    let mut library = Library::default();
    library.get_mut::<Files>().set_base(base());
    library
}

fn experiment(fragment: &str) -> Experiment {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    link.experiment
}

fn start(changes: &str) -> Result<Box<dyn Run>, String> {
    labs::start_on(&experiment(&format!("{LINK}{changes}")), &library()).map_err(|error| error.to_string())
}

#[test]
fn every_preset_that_takes_minutes_has_a_picture_of_the_student_that_ships() {
    let files = ["base", "adapters"].map(|name| {
        std::fs::read(format!("{}/public/student/{name}.safetensors", env!("CARGO_MANIFEST_DIR")))
            .expect("it comes along")
    });
    assert_eq!(recorded::student(), xxh64(&files.concat(), 0), "another student: run `snapscope pictures` again");
    for (place, preset) in preset::all().enumerate() {
        let experiment = Link::parse(preset.link).0.experiment;
        let picture = recorded::of(place);
        let settings = picture.as_ref().map(|(_, settings)| *settings);
        let wanted = experiment.needs_base().then(|| pictures::settings(&experiment));
        assert_eq!(settings, wanted, "{}: run `snapscope pictures` again", preset.name);
        let charts = picture.map_or(1, |(frame, _)| chart::list(&frame).len());
        assert_eq!(charts, 1, "{} has a chart", preset.name);
    }
}

#[test]
fn parts_and_steps_come_to_the_same_bits_and_earlier_steps_are_shown_again() {
    let mut whole = start("").expect("a run");
    whole.step(u64::MAX).expect("nothing diverges");
    assert_eq!((whole.step_idx(), whole.steps()), (6, 6));
    let mut run = start("").expect("a run");
    let mut digests = vec![run.digest()];
    let (mut parts, mut checkpoints) = (0, vec![run.checkpoint()]);
    while run.step_idx() < run.steps() {
        parts += 1;
        if run.part().expect("nothing diverges") {
            digests.push(run.digest());
            checkpoints.push(run.checkpoint());
        }
    }
    assert!(parts > 6 * 2 + 5 * 4, "{parts} parts of two samples each and five rounds of four replies");
    assert_eq!((digests.len(), run.digest()), (7, whole.digest()));
    let mut different = digests.clone();
    different.dedup();
    assert_eq!(different.len(), 7, "each step changes the adapters");
    let last = run.frame(Focus::default());
    assert_eq!(last.values("round_steps"), [0.0, 1.0, 3.0, 4.0, 6.0]);
    assert_eq!(last.values("loss").len(), 6);
    assert_eq!(last.values("rate_sizes")[0], 4.0, "four replies are scored");
    for step in [2, 0, 5] {
        run.restore(&checkpoints[step]);
        assert_eq!((run.step_idx(), run.digest()), (step as u64, digests[step]));
        let frame = run.frame(Focus::default());
        assert_eq!(frame.values("loss"), &last.values("loss")[..step]);
        let rounds = [0, 1, 2, 2, 3, 4, 5][step];
        let rounds = if step == 1 { 2 } else { rounds };
        assert_eq!(frame.values("round_steps").len(), rounds, "step {step}");
        assert_eq!(frame.get("rates").is_some(), step > 0, "nothing was judged at step 0");
    }
    run.step(1).expect("nothing diverges");
    assert_eq!(run.digest(), whole.digest(), "on from an earlier step");
}

#[test]
fn adapters_are_saved_of_the_step_shown() {
    let mut run = start("").expect("a run");
    let at = |run: &dyn Run| adapters::load(&base(), &run.save().expect("adapters")).expect("a file of ours");
    let untrained = at(&*run);
    let checkpoint = run.checkpoint();
    run.step(u64::MAX).expect("nothing diverges");
    let tuned = at(&*run);
    assert_ne!(untrained.params(), tuned.params());
    assert_eq!(tuned.settings().rank, 16);
    run.restore(&checkpoint);
    assert_eq!(at(&*run).params(), untrained.params());
}

#[test]
fn a_report_says_what_the_student_is_worth_before_and_after() {
    let mut run = start("&tune.tools=5&tune.context=false").expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let report = run.report();
    for kind in ["taught", "others"] {
        for when in ["before", "after"] {
            let rate = |end: &str| report.measure(&format!("{kind}_{when}_success{end}")).expect("a rate");
            assert!(rate("_low") <= rate("") && rate("") <= rate("_high"), "{kind} {when}");
            assert_eq!(rate(""), 0.0, "a base that knows nothing");
        }
    }
    let details: Vec<(&str, usize)> = report.details.iter().map(|it| (it.name.as_str(), it.records.len())).collect();
    assert_eq!(details, [("rounds", 5), ("replies", 4)]);
    let frame = run.frame(Focus::default());
    assert_eq!(frame.values("student_tools"), [5.0, 8.0]);
    let verdicts: Vec<(&str, &Verdict)> = frame.checks.iter().map(|it| (it.claim.as_str(), &it.verdict)).collect();
    let wanted =
        [("untuned_fails", &Verdict::Holds), ("taught_learned", &Verdict::Fails), ("others_learned", &Verdict::Fails)];
    assert_eq!(verdicts, wanted);
}

#[test]
fn by_the_base_that_ships_a_student_comes_to_call_tools_taught_and_others() {
    let fragment = "#v=1&lab=tool-use&task.kind=tune&tune.steps=200&tune.samples=1600&tune.judged=20";
    let (experiment, mut library) = (experiment(fragment), Library::default());
    student::give(&mut library, &experiment);
    let mut run = labs::start_on(&experiment, &library).expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let report = run.report();
    let rate = |name: &str| report.measure(&format!("{name}_success")).expect("a rate");
    let [before, taught, others] = ["taught_before", "taught_after", "others_after"].map(rate);
    assert!(
        before <= 0.15 && taught >= 0.45 && others >= 0.45,
        "{before} before, {taught} after, {others} with others"
    );
    assert_eq!(run.digest().to_string(), "d01194b3a2edcb4c", "these bits are what a link means");
}

#[test]
fn what_cannot_be_tuned_is_refused_in_a_sentence() {
    let error = labs::start_on(&experiment(LINK), &Library::default()).err().expect("no base").to_string();
    assert!(error.contains("the student's base is not there"), "{error}");
    assert!(start("&data.flaws=1&data.negatives=0").is_ok(), "flaws that can be mended leave some lines");
    // Tools whose descriptions alone are longer than what the base reads.
    let tool = |name: &str| {
        format!(r#"{{"name": "{name}", "use": "{}", "arguments": ["image"]}}"#, ["Turn it."; 110].join(" "))
    };
    let tools = format!("[{}, {}]", tool("Turn"), tool("Flip"));
    let mut with_tools = library();
    let own =
        with_tools.get_mut::<Files>().take_tools(vec![("t.json".to_owned(), tools.into_bytes())]).expect("a catalogue");
    let link = format!(
        "&data.negatives=0&data.tools=own-tools&tools.name={}&tools.size={}&tools.digest={:016x}",
        own.name, own.size, own.digest
    );
    let error = labs::start_on(&experiment(&format!("{LINK}{link}")), &with_tools).err().expect("refused").to_string();
    assert!(error.contains("are longer than the 384 tokens that the base reads and 0 can be learned from"), "{error}");
    let mut session = Session::default();
    let files = vec![("base.safetensors".to_owned(), base().save())];
    let answer = session.apply(Command::Tables { kind: TableKind::Base, files }).pop();
    let Some(Event::Refused { error, .. }) = answer else { panic!("{answer:?}") };
    assert!(error.contains(&format!("expected {BASE_DIGEST:016x}")), "{error}");
}

#[test]
fn a_session_works_in_parts_and_answers_in_between() {
    let mut session = Session::with_library(library());
    let run = RunId(1);
    let begin = Command::Start {
        run,
        experiment: experiment(LINK),
        focus: Focus::default(),
        seek: 0,
        playing: true,
        pace: f64::INFINITY,
    };
    session.apply(begin);
    let (mut calls, mut judging) = (0, 0);
    while session.pace() > 0.0 {
        let events = [session.apply(Command::Drawn { run }), session.step(1 << 16)].concat();
        calls += 1;
        judging += events
            .iter()
            .filter(|event| {
                matches!(event, Event::Progress { frame, .. } if frame.scalar("judging").is_some_and(|it| !it.is_nan()))
            })
            .count();
    }
    assert!(calls > 30, "{calls} calls for 6 steps: each is a part");
    assert!(judging > 5, "{judging} frames tell that replies are judged");
}
