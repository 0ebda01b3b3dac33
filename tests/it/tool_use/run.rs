//! The lab's runs through a session, as a page drives them: steps back and on, files of the reader's own, what is refused; and the
//! same numbers as on the command line.

use super::{CALL, NO, sample};
use serde_json::{Value, json};
use snapscope::endpoint::Answer;
use snapscope::endpoint::asking::unanswered;
use snapscope::experiment::{Link, Own, View};
use snapscope::frame::DatasetFrame;
use snapscope::frame::tool_use::SampleKind;
use snapscope::labs::tool_use::answers::Answers;
use snapscope::labs::tool_use::pipeline::{Form, Scenes, Settings};
use snapscope::labs::tool_use::sample::Writer;
use snapscope::labs::tool_use::strict::Reason;
use snapscope::labs::tool_use::{Catalogue, Pipeline, Records};
use snapscope::labs::{self, Library};
use snapscope::protocol::{Command, Event, RunId, TableKind};
use snapscope::run::{Focus, Frame, Run, Verdict};
use snapscope::session::Session;
use xxhash_rust::xxh64::xxh64;

fn start_on(library: &Library, fragment: &str) -> Result<Box<dyn Run>, String> {
    let (link, refused) = Link::parse(fragment);
    assert_eq!(refused, [], "{fragment}");
    labs::start_on(&link.experiment, library).map_err(|error| error.to_string())
}

fn start(fragment: &str) -> Box<dyn Run> {
    start_on(&Library::default(), fragment).expect("a run")
}

/// Gives a session a file, told apart as the page does.
fn give(session: &mut Session, name: &str, text: &str) -> Result<(TableKind, Own), String> {
    let files = vec![(name.to_owned(), text.as_bytes().to_vec())];
    let kind = super::kind_of(text.as_bytes());
    match session.apply(Command::Tables { kind, files }).pop() {
        Some(Event::Tabled { kind, own }) => Ok((kind, own)),
        Some(Event::Refused { error, .. }) => Err(error),
        other => panic!("{other:?}"),
    }
}

fn fields(group: &str, own: &Own) -> String {
    format!("&{group}.name={}&{group}.size={}&{group}.digest={:016x}", own.name, own.size, own.digest)
}

#[test]
fn data_are_those_of_the_command_line_and_the_digest_is_that_of_the_file() {
    let mut run = start("#v=1&lab=tool-use&seed=3&data.scenes=20&data.flaws=0.5&data.negatives=0.25");
    let mut pipeline = Pipeline::new(
        Settings { seed: 3, flaws: 0.5, negatives: 0.25, masked: 0.0, form: Form::Training },
        Catalogue::seen(),
        Scenes::Drawn(20),
        Vec::new(),
    );
    let (mut writer, mut text) = (Writer::default(), String::new());
    for step in 1..=20 {
        run.step(1).expect("nothing diverges");
        assert!(pipeline.step(&mut |sample| writer.write(&sample, &mut text)), "scene {step}");
        let mut whole = text.clone();
        writer.end(&mut whole);
        assert_eq!(run.digest().0, xxh64(whole.as_bytes(), 0), "step {step}");
        assert_eq!(run.save().as_deref(), Some(whole.as_bytes()), "step {step}");
    }
    let (funnel, report) = (pipeline.funnel(), run.report());
    let dropped: u64 = funnel.dropped.iter().sum();
    let found = ["lines", "dropped", "conversations", "single_turn", "context", "negative", "samples_made"]
        .map(|name| report.measure(name).unwrap_or(f64::NAN) as u64);
    let wanted = [
        funnel.lines,
        dropped,
        funnel.conversations,
        funnel.single_turn,
        funnel.context,
        funnel.negative,
        funnel.samples(),
    ];
    assert_eq!(found, wanted);
    let mut samples = 0;
    Records::read(&run.save().expect("a file"), &mut |_| samples += 1).expect("a list");
    assert_eq!(samples, funnel.samples());
}

#[test]
fn every_step_of_the_data_is_shown_again_as_it_was() {
    let fragment = "#v=1&lab=tool-use&seed=2&data.scenes=30&data.flaws=0.8";
    let mut run = start(fragment);
    let mut frames = Vec::new();
    for _ in 0..=30 {
        frames.push((run.frame(Focus::default()), run.digest(), run.report()));
        run.step(1).expect("nothing diverges");
    }
    let mut once = start(fragment);
    once.step(u64::MAX).expect("nothing diverges");
    for step in [17, 0, 30, 4] {
        once.restore(&snapscope::run::Checkpoint { step_idx: step, state: Vec::new() });
        let (frame, digest, report) = &frames[step as usize];
        assert_eq!(&once.frame(Focus::default()), frame, "step {step}");
        assert_eq!((once.digest(), &once.report()), (*digest, report), "step {step}");
    }
}

#[test]
fn a_frame_of_the_data_has_the_funnel_lines_and_samples_and_its_claims_hold() {
    let mut run = start("#v=1&lab=tool-use&seed=1");
    assert!(run.frame(Focus::default()).checks.iter().all(|it| matches!(it.verdict, Verdict::DoesNotApply(_))));
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    let DatasetFrame { funnel, dropped, tools, latest, .. } = frame.content().expect("a run that makes data");
    assert_eq!(funnel.lines, 2300, "a line for each of 23 tools in 100 scenes");
    let lost: u64 = funnel.dropped.iter().sum();
    assert_eq!(funnel.lines, lost + funnel.conversations, "each is dropped or kept: {funnel:?}");
    assert_eq!(funnel.conversations, funnel.single_turn + funnel.context, "one turn, or in a context: {funnel:?}");
    assert_eq!(funnel.conversations, tools.iter().map(|tool| u64::from(tool.conversations)).sum::<u64>());
    assert_eq!((tools.len(), dropped.len()), (23, 12));
    assert_eq!(latest.iter().map(|sample| sample.kind).collect::<Vec<_>>(), SampleKind::ALL);
    // The report has all that were dropped, each with why.
    let report = run.report();
    let all = report.details.iter().find(|detail| detail.name == "dropped_lines").expect("dropped lines");
    assert_eq!(all.records.len() as u64, lost, "{funnel:?}");
    assert!(all.records.iter().all(|record| record.texts.iter().all(|(_, text)| !text.is_empty())));
    let last = &all.records.last().expect("a line").texts[1].1;
    assert_eq!(last, &dropped[0].line, "the latest is shown first");
    assert!(latest[2].output.starts_with("Thought: Do I need to use a tool? No\nAI: "));
    for check in &frame.checks {
        assert_eq!(check.verdict, Verdict::Holds, "{check:?}");
    }
}

#[test]
fn tools_and_captions_of_ones_own_are_taken_and_asked_for() {
    let mut session = Session::default();
    let tools = json!([
        { "name": "Count", "use": "Counts what is there.", "arguments": ["image", "object"], "returns": "three" },
        { "name": "Turn", "use": "Turns the image.", "arguments": ["image"], "returns": "image" },
    ]);
    let (kind, tools) = give(&mut session, "tools.json", &tools.to_string()).expect("tools");
    assert_eq!(kind, TableKind::Tools);
    let (kind, captions) =
        give(&mut session, "captions.csv", "caption\nA dog runs.\nA cat sleeps.\n").expect("captions");
    assert_eq!(kind, TableKind::Captions);
    let refused = give(&mut session, "none.json", "[{\"name\": \"A\", \"arguments\": 3}]").expect_err("no tool");
    assert!(refused.contains("tool 1"), "{refused}");
    let fragment = format!(
        "#v=1&lab=tool-use&seed=2&data.images=own-captions&data.tools=own-tools&data.flaws=0{}{}",
        fields("tools", &tools),
        fields("captions", &captions)
    );
    let mut run = start_on(session.library(), &fragment).expect("both are there");
    assert_eq!(run.steps(), 2, "a scene for each caption");
    run.step(2).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    let DatasetFrame { tools, .. } = frame.content().expect("a run that makes data");
    let counts: Vec<(&str, u32)> = tools.iter().map(|tool| (tool.name.as_str(), tool.conversations)).collect();
    assert_eq!(counts, [("Count", 2), ("Turn", 2)]);
    let error = start_on(&Library::default(), &fragment).err().expect("they are not there");
    assert!(error.starts_with("captions: this experiment is about the captions captions.csv"), "{error}");
}

#[test]
fn answers_of_another_teacher_are_taken_asked_for_and_run_as_on_the_command_line() {
    let mut session = Session::default();
    let begin = "#v=1&lab=tool-use&seed=3&data.scenes=5&data.negatives=0";
    let experiment = Link::parse(begin).0.experiment;
    let Some(Event::Prompted { prompts: Ok(prompts) }) = session.apply(Command::Prompts { experiment }).pop() else {
        panic!("there are prompts");
    };
    assert_eq!(prompts.len(), 5);
    let line = |(id, _): &(String, String)| {
        let text = format!("1. Split {id}, [Segment the Image, example.jpg]\n2. Crop it, [Crop Image, x]");
        let answer =
            Answer { text, finish_reason: "stop".to_owned(), model: Some("m".to_owned()), usage: Some([7, 3]) };
        answer.line(id) + "\n"
    };
    // All but the second.
    let file: String = prompts[..1].iter().chain(&prompts[2..]).map(line).collect();
    assert_eq!(unanswered(prompts.clone(), &file, 9), prompts[1..2], "what is left to ask");
    let (kind, answers) = give(&mut session, "answers.jsonl", &file).expect("answers");
    assert_eq!(kind, TableKind::Answers);
    let fragment = format!("{begin}&data.teacher=own-answers{}", fields("answers", &answers));
    let mut run = start_on(session.library(), &fragment).expect("the answers are there");
    assert_eq!(run.steps(), 4, "a step for each scene with an answer");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    let DatasetFrame { funnel, warnings, .. } = frame.content().expect("a run that makes data");
    assert_eq!((funnel.lines, &funnel.dropped[..2]), (8, &[0, 4][..]), "four lines name no tool that is there");
    assert_eq!(*warnings, ["1 of 5 scenes have no answer in the file and are left out"]);
    let (mut told, read) = (Vec::new(), Answers::read(file.as_bytes()).expect("answers"));
    let scenes = read.answered(&Scenes::Drawn(5), 3, &Catalogue::seen(), &mut told).expect("four");
    let settings = Settings { seed: 3, negatives: 0.0, ..Settings::default() };
    let mut pipeline = Pipeline::new(settings, Catalogue::seen(), scenes, Vec::new());
    let (mut writer, mut text) = (Writer::default(), String::new());
    while pipeline.step(&mut |sample| writer.write(&sample, &mut text)) {}
    writer.end(&mut text);
    assert_eq!(run.digest().0, xxh64(text.as_bytes(), 0));
    let error = start_on(&Library::default(), &fragment).err().expect("they are not there");
    assert!(error.starts_with("answers: this experiment is about the answers answers.jsonl"), "{error}");
    assert_eq!(start(begin).steps(), 5, "the grammar answers on all");
    let error = start_on(session.library(), &fragment.replace("seed=3", "seed=4")).err().expect("other prompts");
    assert!(error.starts_with("answers: none of the 4 answers is to a prompt of this experiment"), "{error}");
    let other = Command::Prompts { experiment: Link::parse("#v=1").0.experiment };
    let wanted = Err("lab: only experiments of tool-use have prompts".to_owned());
    assert_eq!(session.apply(other), [Event::Prompted { prompts: wanted }]);
}

fn frame_of(session: &mut Session, command: Command) -> Frame {
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

#[test]
fn predictions_are_scored_to_the_table_of_the_paper_and_their_cases_are_shown() {
    let other = CALL.replace("Detect the Give Object", "Segment the Image");
    let rows = [CALL, &CALL.replace("red car", "dog"), &other, NO];
    let (mut truth, mut predictions): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for (id, output) in (0..).zip(rows.iter().cycle().take(404)) {
        truth.push(sample(id, CALL));
        predictions.push(json!({ "id": id, "output": output }));
    }
    truth.push(sample(404, CALL));
    predictions.push(json!({ "id": 9999, "output": NO }));
    let mut session = Session::default();
    let (kind, truth) = give(&mut session, "truth.json", &json!(truth).to_string()).expect("samples");
    assert_eq!(kind, TableKind::Truth);
    let begin = "#v=1&lab=tool-use&seed=0&task.kind=score";
    let error = start_on(session.library(), &format!("{begin}{}", fields("truth", &truth))).err().expect("half");
    assert_eq!(error, "predictions: the predictions are still to be chosen");
    let (kind, given) = give(&mut session, "predictions.json", &json!(predictions).to_string()).expect("predictions");
    assert_eq!(kind, TableKind::Predictions);
    let fragment = format!("{begin}{}{}", fields("truth", &truth), fields("predictions", &given));
    let experiment = Link::parse(&fragment).0.experiment;
    let (run, focus) = (RunId(1), Focus::default());
    let begin = Command::Start { run, experiment, focus, seek: u64::MAX, playing: false, pace: f64::INFINITY };
    let frame = frame_of(&mut session, begin);
    assert_eq!(frame.steps, 3, "405 predictions, 200 in a step");
    // Rows of docs/papers.md 3.4: the same, another text, another tool, an answer.
    let rates: Vec<f32> = frame.values("rates")[..18].chunks(3).map(|rate| rate[0]).collect();
    let close = |found: f32, wanted: f32| (found - wanted).abs() < 1e-4;
    for (name, at, wanted) in [("thought", 0, 0.75), ("action", 1, 0.5), ("args", 2, 0.625), ("success", 3, 0.5)] {
        assert!(close(rates[at], wanted), "{name}: {} of {rates:?}", rates[at]);
    }
    assert!(close(rates[5], 101.0 / 405.0), "one in four, and one is missing: {rates:?}");
    assert_eq!(["missing", "skipped", "duplicates"].map(|name| frame.scalar(name)), [Some(1.0), Some(1.0), Some(0.0)]);
    let reasons = frame.labels("reason_names").iter().zip(frame.values("reasons")).filter(|(_, count)| **count > 0.0);
    let reasons: Vec<(&str, f32)> = reasons.map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(reasons, [("missing", 1.0), ("refused", 101.0), ("wrong_tool", 101.0), ("wrong_text", 101.0)]);
    assert_eq!(frame.labels("confusion_tools"), ["Detect the Give Object"]);
    assert_eq!(frame.values("confusion"), [202.0, 101.0, 101.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    // The cases of the cell in which no tool is called: the last of the first row.
    let look = Command::Focus { run, focus: Focus::on(1 + 9 + 2) };
    let cell = frame_of(&mut session, look);
    assert_eq!((cell.scalar("cases"), cell.labels("case_ids").len()), (Some(101.0), 20));
    assert_eq!(cell.labels("case_said")[0], "find the red car");
    assert_eq!(cell.labels("case_truth")[0], CALL);
    assert_eq!(cell.labels("case_predictions")[0], NO);
    assert_eq!(cell.labels("case_differences")[0], "call 1: No, expected Detect the Give Object");
    // Of the sample without a prediction, what should have been written; it fails like others, also of its kind.
    let missing = Reason::ALL.iter().position(|reason| *reason == Reason::Missing).expect("a reason") as u32;
    let look = Command::Focus { run, focus: Focus::on(1 + missing) };
    let none = frame_of(&mut session, look);
    assert_eq!((none.scalar("cases"), none.labels("case_ids")), (Some(1.0), &["404".to_owned()][..]));
    assert_eq!((&*none.labels("case_truth")[0], &*none.labels("case_predictions")[0]), (CALL, ""));
    assert_eq!(none.labels("case_reasons")[0], "missing");
    let all = frame_of(&mut session, Command::Focus { run, focus: Focus::on(0) });
    assert_eq!(all.scalar("cases"), Some(304.0), "as many as fail");
    let single = none.labels("rate_rows").iter().position(|row| row == "single").expect("a row");
    assert!(close(none.values("rates")[18 * single + 15], 101.0 / 405.0), "strict, of single calls");
    let cell = frame_of(&mut session, Command::Focus { run, focus: Focus::on(1 + 9 + 2) });
    // Back: what was not read yet is not missing.
    let back = frame_of(&mut session, Command::Seek { run, step: 1 });
    assert_eq!((back.scalar("predictions"), back.scalar("missing")), (Some(200.0), Some(0.0)));
    let again = frame_of(&mut session, Command::Seek { run, step: 3 });
    assert_eq!(format!("{again:?}"), format!("{cell:?}"), "the same again");
    for check in &again.checks {
        assert_eq!(check.verdict, Verdict::Holds, "{check:?}");
    }
}

#[test]
fn a_link_to_the_last_cell_of_a_confusion_opens_it() {
    // As many tools as the page teaches, and more than have a row of their own.
    for tools in [23, 60] {
        let call = |tool: usize| CALL.replace("Detect the Give Object", &format!("Tool {tool:02}"));
        let truth: Vec<Value> = (0..tools).map(|tool| sample(tool as i64, &call(tool))).collect();
        let predictions: Vec<Value> = (0..tools).map(|tool| json!({ "id": tool, "output": NO })).collect();
        let mut session = Session::default();
        let (_, truth) = give(&mut session, "truth.json", &json!(truth).to_string()).expect("samples");
        let (_, given) = give(&mut session, "pred.json", &json!(predictions).to_string()).expect("predictions");
        let begin = "#v=1&lab=tool-use&seed=0&task.kind=score";
        let fragment = format!("{begin}{}{}", fields("truth", &truth), fields("predictions", &given));
        let mut run = start_on(session.library(), &fragment).expect("both are there");
        run.step(u64::MAX).expect("nothing diverges");
        let frame = run.frame(Focus::default());
        let sides = frame.labels("confusion_tools").len() + 2;
        let class = snapscope::view::tool_use::class_of_cell(sides * sides - 1);
        assert_eq!(run.frame(Focus::on(u32::MAX)).focus.class, class, "the last there is");
        let view = View { class, ..View::default() };
        let link = snapscope::view::share::link(&Link::parse(&fragment).0.experiment, &view, None);
        let (back, refused) = Link::parse(&link);
        assert_eq!((back.view.class, refused), (class, vec![]), "{tools} tools: {link}");
    }
}

#[test]
fn files_that_are_none_are_refused_in_a_sentence() {
    let mut session = Session::default();
    let cases = [
        ("[{\"id\": 1, \"instruction\": 3}]", "no sample to judge by: sample 1 at byte 1: field instruction"),
        ("[{\"instruction\": 3}]", "files of this kind are read in pieces"),
        ("[{\"output\": \"x\"", "the file ends at byte 15"),
        ("", "the file is empty"),
        ("{\"arguments\": []}", "expected a list"),
    ];
    for (text, why) in cases {
        let error = give(&mut session, "bad.json", text).expect_err(text);
        assert!(error.contains(why), "{text}: {error}");
    }
    let many = format!("[{}1]", "1,".repeat(50_000));
    let files = vec![("many.json".to_owned(), many.into_bytes())];
    let Some(Event::Refused { error, .. }) =
        session.apply(Command::Tables { kind: TableKind::Predictions, files }).pop()
    else {
        panic!("too many are refused");
    };
    assert_eq!(error, "the list has 50001 records, at most 50000 are read");
}

#[test]
fn a_case_in_a_context_shows_what_was_called_before() {
    let mut truth = sample(0, NO);
    let said = truth["user_input"].as_str().unwrap_or("find the red car").to_owned();
    truth["instruction"] = json!(format!("Action: the action to take\nNew input: {said}\nThought: so\n{CALL}"));
    let mut session = Session::default();
    let (_, truth) = give(&mut session, "truth.json", &json!([truth]).to_string()).expect("samples");
    let predictions = json!([{ "id": 0, "output": CALL }]).to_string();
    let (_, given) = give(&mut session, "predictions.json", &predictions).expect("predictions");
    let fragment =
        format!("#v=1&lab=tool-use&seed=0&task.kind=score{}{}", fields("truth", &truth), fields("predictions", &given));
    let mut run = start_on(session.library(), &fragment).expect("both are there");
    run.step(u64::MAX).expect("nothing diverges");
    let frame = run.frame(Focus::default());
    assert_eq!(frame.labels("case_said"), [said]);
    assert_eq!(frame.labels("case_before"), [CALL[CALL.find("Action: ").expect("a call")..].trim()]);
    assert_eq!(frame.values("rate_sizes"), [1.0, 0.0, 0.0, 0.0, 1.0], "of all, and in a context");
}
