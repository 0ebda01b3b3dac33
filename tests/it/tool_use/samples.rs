//! Files of samples to learn from: read in pieces by a session as a page's worker does, tuned on, and on the command line.

use super::{CALL, NO, PROMPT, printed, sample, write};
use crate::cli::{Folder, says};
use serde_json::{Value, json};
use snapscope::experiment::{Link, Own};
use snapscope::labs::tool_use::pipeline::{Scenes, Settings};
use snapscope::labs::tool_use::sample::Writer;
use snapscope::labs::tool_use::student::base::{Base, Pretraining, Size};
use snapscope::labs::tool_use::{Catalogue, Files, Pipeline};
use snapscope::labs::{self, Library};
use snapscope::protocol::{Command, Event, TableKind};
use snapscope::run::{Focus, Frame, Run};
use snapscope::session::Session;
use xxhash_rust::xxh64::xxh64;

/// Samples as the lab makes them, with two records that are none.
fn file() -> String {
    let (mut writer, mut text) = (Writer::default(), String::new());
    let scenes = Scenes::Drawn(4);
    let mut pipeline =
        Pipeline::new(Settings { seed: 9, ..Settings::default() }, Catalogue::seen(), scenes, Vec::new());
    while pipeline.step(&mut |sample| writer.write(&sample, &mut text)) {}
    text.push_str(",\n{\"instruction\": 3},\n{\"instruction\": \"x\", \"output\": \"hello\"}\n]\n");
    text
}

/// Gives a session a file in pieces of so many bytes: what came of the last one.
fn feed(session: &mut Session, name: &str, text: &[u8], length: usize) -> Event {
    let size = text.len() as u64;
    let mut at = 0;
    let mut pieces = text.chunks(length);
    loop {
        let bytes = pieces.next().unwrap_or_default().to_vec();
        let seen = at + bytes.len() as u64;
        let events = session.apply(Command::Data { kind: TableKind::Samples, name: name.to_owned(), size, at, bytes });
        match events.as_slice() {
            [Event::Reading { seen: told, .. }] => assert_eq!((*told, seen < size), (seen, true), "more is to come"),
            [last] => return last.clone(),
            other => panic!("{other:?}"),
        }
        at = seen;
    }
}

fn sampled(session: &mut Session, text: &str) -> (Own, Frame) {
    match feed(session, "mine.json", text.as_bytes(), 1000) {
        Event::Sampled { own, found } => (own, found),
        other => panic!("{other:?}"),
    }
}

fn session() -> Session {
    let mut library = Library::default();
    let base: Base = Pretraining::new(Size { layers: 1, width: 16, heads: 2 }, 0, 1).expect("a size").base();
    library.get_mut::<Files>().set_base(base);
    Session::with_library(library)
}

fn start(session: &Session, own: &Own, changes: &str) -> Result<Box<dyn Run>, String> {
    let fragment = format!(
        "#v=1&lab=tool-use&seed=3&task.kind=tune&data.samples=own-samples&tune.steps=2&tune.batch=2{changes}\
         &samples.name={}&samples.size={}&samples.digest={:016x}",
        own.name, own.size, own.digest
    );
    let (link, refused) = Link::parse(&fragment);
    assert_eq!(refused, [], "{fragment}");
    labs::start_on(&link.experiment, session.library()).map_err(|error| error.to_string())
}

#[test]
fn a_file_is_read_in_pieces_and_told_by_its_contents() {
    let (mut session, text) = (Session::default(), file());
    let (own, found) = sampled(&mut session, &text);
    assert_eq!((own.name.as_str(), own.size), ("mine.json", text.len() as u64));
    assert_eq!(own.digest, xxh64(text.as_bytes(), 0));
    let records = text.matches("\"instruction\"").count() as f32;
    assert_eq!((found.scalar("records"), found.scalar("flawed")), (Some(records), Some(2.0)));
    assert_eq!(found.scalar("kept"), Some(records - 2.0));
    assert_eq!(found.labels("kinds"), ["single", "chain", "no_tool", "context"]);
    let calls: f32 = found.values("tool_calls").chunks(2).map(|row| row[0]).sum();
    assert_eq!(calls, text.matches("Action Input: ").count() as f32 - named_in_prompts(&text), "those of the outputs");
    let told = found.labels("told");
    assert!(told[0].contains("field instruction: 3, expected a text") && told.len() == 2, "{told:?}");
    // A file that is cut, or none of samples, is refused, and what was read before stays.
    let refused = |session: &mut Session, text: &str| match feed(session, "bad.json", text.as_bytes(), 7) {
        Event::Refused { name, error } => format!("{name}: {error}"),
        other => panic!("{other:?}"),
    };
    let cut = &text[..text.len() / 2];
    assert!(refused(&mut session, cut).starts_with(&format!("bad.json: the file ends at byte {}", cut.len())));
    assert!(refused(&mut session, "").ends_with("the file is empty"));
    assert!(refused(&mut session, "[1, 2]").contains("no sample to learn from: sample 1 at byte 1: "));
    let stray = Command::Data { kind: TableKind::Samples, name: "b".to_owned(), size: 9, at: 3, bytes: vec![b'['] };
    let Some(Event::Refused { error, .. }) = session.apply(stray).pop() else { panic!("a stray piece") };
    assert_eq!(error, "the piece at byte 3 is not the next one: 0 came before it");
    let huge =
        Command::Data { kind: TableKind::Samples, name: "b".to_owned(), size: 1_000_000_001, at: 0, bytes: vec![b'['] };
    let Some(Event::Refused { error, .. }) = session.apply(huge).pop() else { panic!("too large") };
    assert_eq!(error, "the file has 1000000001 bytes, at most 1000000000 are read");
    assert!(session.library().get::<Files>().expect("files of the lab").samples(&own).is_ok());
}

/// How often prompts name inputs.
fn named_in_prompts(text: &str) -> f32 {
    let records: Vec<Value> = serde_json::from_str(text).expect("JSON");
    let prompts = records.iter().filter_map(|record| record["instruction"].as_str());
    prompts.map(|prompt| prompt.matches("Action Input: ").count()).sum::<usize>() as f32
}

#[test]
fn samples_with_ids_are_to_be_judged_by_and_those_without_to_learn_from() {
    let kind = |sample: &Value| super::kind_of(json!([sample]).to_string().as_bytes());
    assert_eq!(kind(&sample(1, CALL)), TableKind::Truth);
    assert_eq!(kind(&json!({ "instruction": PROMPT, "input": "", "output": NO })), TableKind::Samples);
}

#[test]
fn a_student_is_tuned_on_samples_of_ones_own_and_judged_by_those_held_out() {
    let mut session = session();
    let (own, found) = sampled(&mut session, &file());
    let samples = found.scalar("kept").expect("a number") as usize;
    let mut run = start(&session, &own, "").expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let (frame, report) = (run.frame(Focus::default()), run.report());
    let held_out = samples / 5;
    let measured = |name: &str| report.measure(name).expect("a number");
    assert_eq!((measured("samples"), measured("too_long")), ((samples - held_out) as f64, 0.0));
    assert_eq!(frame.scalar("judged"), Some(2.0 * held_out as f32));
    assert_eq!(frame.values("student_tools")[0], found.labels("tools").len() as f32);
    let told = frame.labels("told").join("\n");
    assert!(told.contains(&format!("{held_out} samples of the file are held out to judge by")), "{told}");
    assert!(told.contains("field instruction: 3, expected a text"), "{told}");
    let text = file();
    let said = report.details.iter().find(|detail| detail.name == "replies").expect("replies");
    let truth = said.records[0].texts.iter().find(|(name, _)| name == "truth").expect("its truth");
    assert!(text.contains(json!(truth.1).to_string().trim_matches('"')), "judged by the file: {truth:?}");
    // The same again, other samples with another seed, and fewer where it is asked for.
    let mut again = start(&session, &own, "").expect("a run");
    again.step(u64::MAX).expect("nothing diverges");
    assert_eq!(again.digest(), run.digest());
    let few = start(&session, &own, "&tune.samples=4&tune.judged=3&tune.context=false").expect("a run");
    assert_eq!(few.report().measure("samples"), Some(4.0));
    assert_eq!(few.frame(Focus::default()).scalar("judged"), Some(6.0));
}

#[test]
fn samples_that_are_too_long_are_counted_and_other_files_asked_for() {
    let mut session = session();
    let long = json!({ "instruction": "word ".repeat(2000), "input": "", "output": NO });
    let short = json!({ "instruction": PROMPT, "input": "", "output": NO });
    let (own, _) = sampled(&mut session, &json!([long, short, long, short, short]).to_string());
    let run = start(&session, &own, "").expect("a run");
    let frame = run.frame(Focus::default());
    assert!(frame.labels("told").contains(&"2 samples are longer than the base reads and are left out".to_owned()));
    assert_eq!((run.report().measure("samples"), run.report().measure("too_long")), (Some(2.0), Some(2.0)));
    let other = Own { digest: own.digest + 1, ..own.clone() };
    let error = start(&session, &other, "").err().expect("another file");
    assert!(error.starts_with("samples: this experiment is about the samples mine.json"), "{error}");
    let (own, _) = sampled(&mut session, &json!([long, short]).to_string());
    assert_eq!(
        start(&session, &own, "").err().expect("too few"),
        "samples: of 2 samples 1 are longer than the 384 tokens that the base reads and 1 can be learned from, expected 2 at \
         least"
    );
}

#[test]
fn the_command_line_says_what_is_in_a_file_and_tunes_on_it() {
    let folder = Folder::new("samples");
    std::fs::write(folder.0.join("mine.json"), file()).expect("a file can be written");
    let found = printed(&folder.run(&["samples", "mine.json"]));
    assert_eq!(found["flawed"], 2);
    assert_eq!(found["digest"], format!("{:016x}", xxh64(file().as_bytes(), 0)));
    assert!(found["tools"].as_array().is_some_and(|tools| tools.len() > 10), "{found}");
    let short = ["--set", "tune.steps=1", "--set", "tune.judged=1", "--set", "tune.batch=1", "--set", "tune.samples=5"];
    let tuned = printed(&folder.run(&[&["tune", "--samples", "mine.json"], &short[..]].concat()));
    assert_eq!(tuned[0]["summary"]["samples"], 5.0, "{tuned}");
    says(&folder.run(&["tune", "--samples", "none.json"]), 2, "none.json: ");
    says(&folder.run(&["samples", "."]), 2, ".: not a file");
    says(&folder.run(&["run", "#v=1", "--samples", "mine.json"]), 2, "expected one of lab=tool-use");
}

#[test]
fn a_run_of_the_command_line_scores_the_files_it_is_given_as_the_page_does() {
    let folder = Folder::new("run-score");
    let truth = json!([sample(1, CALL), sample(2, NO), sample(3, CALL)]);
    let predictions = json!([{ "id": 1, "output": CALL }, { "id": 2, "output": CALL }]);
    write(&folder, "gt.json", &truth);
    write(&folder, "pred.json", &predictions);
    let mut session = Session::default();
    let mut own = |kind, name: &str, value: &Value| {
        let files = vec![(name.to_owned(), value.to_string().into_bytes())];
        let Some(Event::Tabled { own, .. }) = session.apply(Command::Tables { kind, files }).pop() else {
            panic!("{name} is taken")
        };
        let group = name.trim_end_matches(".json");
        let group = if group == "gt" { "truth" } else { "predictions" };
        format!("&{group}.name={}&{group}.size={}&{group}.digest={:016x}", own.name, own.size, own.digest)
    };
    let fields =
        own(TableKind::Truth, "gt.json", &truth) + own(TableKind::Predictions, "pred.json", &predictions).as_str();
    let link = format!("#v=1&lab=tool-use&task.kind=score{fields}");
    let mut run = labs::start_on(&Link::parse(&link).0.experiment, session.library()).expect("a run");
    run.step(u64::MAX).expect("nothing diverges");
    let files = ["--truth", "gt.json", "--predictions", "pred.json"];
    // By the page's link, or by the lab alone.
    for subject in [link.as_str(), "#v=1&lab=tool-use"] {
        let found = printed(&folder.run(&[&["run", subject], &files[..]].concat()));
        assert_eq!(found["digest"], run.digest().to_string(), "{subject}");
        assert_eq!(found["experiment"]["task"]["kind"], "score");
    }
    write(&folder, "pred.json", &json!([{ "id": 1, "output": NO }]));
    says(&folder.run(&[&["run", link.as_str()], &files[..]].concat()), 2, "predictions: this experiment is about");
    says(&folder.run(&["run", "#v=1&lab=tool-use", "--truth", "gt.json"]), 2, "--predictions");
    says(&folder.run(&[&["run", "#v=1"], &files[..]].concat()), 2, "--truth gt.json: this experiment calls no tools");
}
