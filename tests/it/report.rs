//! The JSON report: the page and the command line write the same bytes for the same experiment, and lose nothing of it.
//!
//! The page's side is played in process: a session as its worker drives it, its answer over the wire, then the text that it saves.

use crate::cli::Folder;
use crate::experiment::quick;
use serde_json::{Value, json};
use snapscope::cli::student;
use snapscope::experiment::{Experiment, Link, Own, preset};
use snapscope::labs::Library;
use snapscope::protocol::{Command, Event, RunId, TableKind, wire};
use snapscope::report;
use snapscope::run::{Focus, Report};
use snapscope::session::Session;
use std::fs;

const RUN: RunId = RunId(1);

/// The report that reaches the page after `steps` steps, or at the end of a shorter run.
fn reported(session: &mut Session, experiment: &Experiment, steps: u64) -> Report {
    let (experiment, focus, pace) = (experiment.clone(), Focus::default(), f64::INFINITY);
    let start = Command::Start { run: RUN, experiment, focus, seek: steps, playing: false, pace };
    let events = session.apply(start);
    assert!(!matches!(events.first(), Some(Event::Failed { .. })), "{events:?}");
    while session.pace() > 0.0 {
        session.step(64);
    }
    let event = session.apply(Command::Report { run: RUN }).pop().expect("a report");
    match wire::decode_event(&wire::encode_event(&event)) {
        Ok(Event::Reported { report, .. }) => report,
        other => panic!("{other:?} is no report"),
    }
}

fn session(experiment: &Experiment, mut library: Library) -> Session {
    student::give(&mut library, experiment);
    Session::with_library(library)
}

/// The text that the page saves.
fn pages(experiment: &Experiment, report: &Report) -> String {
    report::text(experiment, report)
}

/// The text that the command line prints.
fn printed(experiment: &Experiment, report: &Report) -> String {
    let mut out = Vec::new();
    report::write(&mut out, experiment, report).expect("memory can be written");
    String::from_utf8(out).expect("UTF-8")
}

/// Every setting, own file, number and text of a report reads back as what it was.
#[track_caller]
fn reads_back(text: &str, experiment: &Experiment, report: &Report, name: &str) {
    let json: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(Experiment::from_json(&json["experiment"].to_string()).as_ref(), Ok(experiment), "{name}");
    assert_eq!(json["digest"], report.digest.to_string(), "{name}");
    let number = |value: f64| if value.is_finite() { json!(value) } else { Value::Null };
    for measure in &report.summary {
        assert_eq!(json["summary"][&measure.name], number(measure.value), "{name}: {}", measure.name);
    }
    for series in &report.series {
        let values: Vec<Value> = series.values.iter().copied().map(number).collect();
        assert_eq!(json["series"][&series.name], Value::Array(values), "{name}: {}", series.name);
    }
    for detail in &report.details {
        for (at, record) in detail.records.iter().enumerate() {
            for (field, text) in &record.texts {
                assert_eq!(&json[&detail.name][at][field], text, "{name}: {} {at}", detail.name);
            }
        }
    }
}

#[test]
fn page_and_command_line_report_every_preset_in_the_same_bytes() {
    let mut lines = 0;
    for preset in preset::all() {
        let experiment = quick(preset);
        let report = reported(&mut session(&experiment, Library::default()), &experiment, 2);
        let text = pages(&experiment, &report);
        assert_eq!(text, printed(&experiment, &report), "{}", preset.name);
        reads_back(&text, &experiment, &report, preset.name);
        let texts = report.details.iter().flat_map(|detail| &detail.records).flat_map(|record| &record.texts);
        lines += texts.filter(|(_, text)| text.contains('\n')).count();
    }
    assert!(lines > 0, "some preset reports texts of several lines");
}

#[test]
fn a_question_of_ones_own_is_part_of_the_report() {
    let link = "#v=1&lab=tool-use&seed=2&task.kind=probe&probe.said=Find%20%22the%22%20cat!&probe.tools=Crop%20Image";
    let experiment = Link::parse(link).0.experiment;
    let report = reported(&mut session(&experiment, Library::default()), &experiment, 3);
    let text = pages(&experiment, &report);
    assert_eq!(text, printed(&experiment, &report));
    reads_back(&text, &experiment, &report, "probe");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let probe = &json["experiment"]["probe"];
    assert_eq!((&probe["said"], &probe["tools"]), (&json!("Find \"the\" cat!"), &json!("Crop Image")));
}

/// An experiment on files of the reader's own.
struct Case {
    link: &'static str,
    /// Option of the command line, file, what the file is to a worker, and the group of settings that says which file it is.
    files: Vec<(&'static str, &'static str, Option<TableKind>, &'static str)>,
    /// What the command line concludes from the options.
    concludes: &'static [(&'static str, &'static str)],
}

/// Gives a session a file as the page does, and what it is known by.
fn give(session: &mut Session, name: &str, kind: Option<TableKind>, bytes: Vec<u8>) -> Own {
    let (name, size) = (name.to_owned(), bytes.len() as u64);
    let command = match kind.unwrap_or(TableKind::Text) {
        kind @ (TableKind::Text | TableKind::Samples) => Command::Data { kind, name, size, at: 0, bytes },
        kind => Command::Tables { kind, files: vec![(name, bytes)] },
    };
    match session.apply(command).pop() {
        Some(Event::Loaded { text: own, .. } | Event::Tabled { own, .. } | Event::Sampled { own, .. }) => own,
        other => panic!("the file is not taken: {other:?}"),
    }
}

fn cases() -> Vec<Case> {
    const TEXT: &str = "a text whose name is longer than a message has room for.txt";
    let probabilities = Some(TableKind::Distribution);
    vec![
        Case {
            link: "#v=1&data.sequence_length=8&data.max_vocabulary=40&training.steps=3&training.batch_size=4",
            files: vec![("--data", TEXT, None, "data")],
            concludes: &[("data.kind", "text"), ("data.text", "own")],
        },
        Case {
            link: "#v=1&lab=encoding&seed=3",
            files: vec![
                ("--data", "mine.csv", probabilities, "subject"),
                ("--explanation", "place.csv", Some(TableKind::Explanations), "explanations"),
            ],
            concludes: &[("subject.kind", "own-table")],
        },
        Case {
            link: "#v=1&lab=encoding&seed=1&explanations.inputs=1",
            files: vec![("--data", "films.tsv", Some(TableKind::Sentences), "subject")],
            concludes: &[("subject.kind", "own-sentences")],
        },
        Case {
            link: "#v=1&lab=tool-use&seed=4&data.scenes=3",
            files: vec![("--data", "tools.json", Some(TableKind::Tools), "tools")],
            concludes: &[("data.tools", "own-tools")],
        },
        Case {
            link: "#v=1&lab=tool-use&seed=4",
            files: vec![("--data", "captions.csv", Some(TableKind::Captions), "captions")],
            concludes: &[("data.images", "own-captions")],
        },
        Case {
            link: "#v=1&lab=tool-use&seed=4",
            files: vec![
                ("--truth", "gt.json", Some(TableKind::Truth), "truth"),
                ("--predictions", "pred.json", Some(TableKind::Predictions), "predictions"),
            ],
            concludes: &[("task.kind", "score")],
        },
        Case {
            link: "#v=1&lab=tool-use&seed=4&tune.steps=1&tune.judged=1&tune.batch=1&tune.samples=40",
            files: vec![("--samples", "samples.json", Some(TableKind::Samples), "samples")],
            concludes: &[("task.kind", "tune"), ("data.samples", "own-samples")],
        },
    ]
}

fn write_files(folder: &Folder) {
    let write = |name: &str, text: &str| fs::write(folder.0.join(name), text).expect("a file can be written");
    let word = |i: usize| ["the ", "cat ", "sat ", "on ", "a ", "mat ", ".\n"][i * i % 11 % 7];
    write("a text whose name is longer than a message has room for.txt", &(0..400).map(word).collect::<String>());
    write("mine.csv", "x1,x2,y,p\n0,0,a,.2\n0,0,b,.05\n0,1,b,.25\n1,0,a,.25\n1,1,b,.25\n");
    write("place.csv", "x1,x2,mask\n0,0,10\n0,1,01\n1,0,10\n1,1,01\n");
    let film = |i: usize| format!("a {} film number {}\t{}\n", ["good", "bad"][i % 2], i % 7, i % 2);
    write("films.tsv", &(0..40).map(film).collect::<String>());
    write(
        "tools.json",
        r#"[{"name": "Sing", "use": "Sings.", "arguments": ["text"], "asks": ["sing of {text}"]},
        {"name": "Frame", "use": "Frames.", "arguments": ["image"]}]"#,
    );
    write("captions.csv", "id,caption\n1,A walrus on a unicycle\n2,\"A cat, \"\"asleep\"\"\"\n");
    let call = |text: &str| {
        format!(
            "Thought: Do I need to use a tool? Yes\nAction: Detect the Give Object\nAction Input: image/a.png, {text}\n\
             Observation: \n[output_from_detection_tool]\nThought: Do I need to use a tool? No\nAI: found\n"
        )
    };
    let prompt = "TOOLS:\nPrevious conversation:\n\nNew input: \u{1f697} find the \"red car\"\n";
    let truth = |id: u32| {
        json!({
            "id": id, "instruction": prompt, "input": "", "output": call("red car"),
            "Action": ["Detect the Give Object"], "Action Input": [["image/a.png, red car"]],
            "user_input": "find the\n\"red car\"\u{1}", "caption": "a car", "filename": "image/a.png",
            "finished_previously": false,
        })
    };
    write("gt.json", &json!([truth(1), truth(2), truth(3)]).to_string());
    let predictions =
        json!([{ "id": 1, "output": call("red car") }, { "id": 2, "output": call("tab\there\r\nand \\ there") }]);
    write("pred.json", &predictions.to_string());
    let sample = |i: u32| json!({ "instruction": format!("{prompt}{i}"), "input": "", "output": call("red car") });
    write("samples.json", &Value::from((0..4).map(sample).collect::<Vec<_>>()).to_string());
}

#[test]
fn page_and_command_line_report_own_files_in_the_same_bytes() {
    let folder = Folder::new("report");
    write_files(&folder);
    for Case { link, files, concludes } in cases() {
        let mut experiment = Link::parse(link).0.experiment;
        let mut page = session(&experiment, Library::default());
        let mut arguments = vec!["run".to_owned(), link.to_owned()];
        for (path, value) in concludes {
            experiment.set(path, value).expect("a setting");
        }
        for (option, name, kind, group) in files {
            let path = name.to_owned();
            let asked = if option == "--explanation" { format!("{}={path}", path.replace(".csv", "")) } else { path };
            arguments.extend([option.to_owned(), asked]);
            let bytes = fs::read(folder.0.join(name)).expect("the file is there");
            let own = give(&mut page, name, kind, bytes);
            let fields =
                [("name", own.name), ("size", own.size.to_string()), ("digest", format!("{:016x}", own.digest))];
            for (field, value) in fields {
                experiment.set(&format!("{group}.{field}"), &value).expect("a field of own data");
            }
        }
        let mut page = session(&experiment, page.library().clone());
        let report = reported(&mut page, &experiment, u64::MAX);
        let text = pages(&experiment, &report);
        reads_back(&text, &experiment, &report, link);
        let output = folder.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{arguments:?}");
    }
}
