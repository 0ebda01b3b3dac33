//! The lab of tool use: its runs, and its commands: what they print, where, and with which exit status.

mod learning;
mod probing;
mod run;
mod samples;

use crate::cli::{Folder, says};
use serde_json::{Value, json};
use snapscope::experiment::{Settings as _, ToolUse};
use snapscope::protocol::TableKind;
use std::fs;
use std::process::Output;

const CALL: &str = "Thought: Do I need to use a tool? Yes\nAction: Detect the Give Object\nAction Input: image/a.png, red car\n\
                    Observation: \n[output_from_detection_tool]\nThought: Do I need to use a tool? No\nAI: found\n";
const NO: &str = "Thought: Do I need to use a tool? No\nAI: Hello!\n";
const PROMPT: &str = "TOOLS:\nPrevious conversation:\n\nNew input: 🚗 find the red car\n";

/// What a file is in this lab, by its first bytes.
fn kind_of(head: &[u8]) -> TableKind {
    ToolUse::default().kind_of(head).expect("the lab takes any file for one of its own")
}

fn sample(id: i64, output: &str) -> Value {
    json!({
        "id": id, "instruction": PROMPT, "input": "", "output": output, "Action": ["Detect the Give Object"],
        "Action Input": [["image/a.png, red car"]], "user_input": "find the red car", "caption": "a car", "filename": "image/a.png",
        "finished_previously": false,
    })
}

fn write(folder: &Folder, name: &str, value: &Value) {
    fs::write(folder.0.join(name), value.to_string()).expect("a file can be written");
}

fn score(folder: &Folder) -> Output {
    folder.run(&["score-tools", "--truth", "gt.json", "--predictions", "pred.json"])
}

fn printed(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn predictions_are_scored() {
    let folder = Folder::new("score-tools");
    write(&folder, "gt.json", &json!([sample(1, CALL), sample(2, NO), sample(3, CALL), sample(4, CALL)]));
    let predictions = json!([
        { "id": 3, "output": format!("{PROMPT}{}", CALL.replace("red car", "dog")) },
        { "id": 2, "output": [format!("{PROMPT}{CALL}"), NO] },
        { "id": 8, "output": "" },
        { "id": 1 },
        { "id": 2, "output": [format!("{PROMPT}{NO}"), CALL] },
    ]);
    write(&folder, "pred.json", &predictions);
    let found = printed(&score(&folder));
    let near = |value: &Value, wanted: f64| {
        let number = value.as_f64().expect("a number");
        assert!((number - wanted).abs() < 1e-6, "{number}, expected {wanted}");
    };
    let all = [("thought", 1.0), ("action", 1.0), ("args", 0.75), ("success", 1.0), ("iou", (1.0 + 2.5 / 3.0) / 2.0)];
    for (name, wanted) in all {
        near(&found[name], wanted);
    }
    let counts = ["n", "skipped", "missing", "duplicates"].map(|name| found[name].as_u64());
    assert_eq!(counts, [2, 2, 2, 1].map(Some), "{found}");
    assert_eq!(found["missing_ids"], json!([1, 4]));
    assert_eq!((&found["strict"]["n"], &found["strict"]["success"]), (&json!(4), &json!(0.25)));
    assert_eq!(found["strict"]["failures"]["missing"], 2);
    near(&found["kinds"]["single"]["strict"], 0.0);
    near(&found["kinds"]["no_tool"]["strict"], 1.0);
    // Wilson's interval of 2 of 2.
    near(&found["intervals"]["success"][0], 0.342_380_227_265_058_95);
    assert_eq!((&found["kinds"]["single"]["n"], &found["kinds"]["chain"]["success"]), (&json!(1), &Value::Null));
    assert_eq!(found["tools"][0]["tool"], "Detect the Give Object");
    assert_eq!(found["confusion"][0]["count"], 1);
    let [first, second] = [&found["items"][0], &found["items"][1]];
    assert_eq!((&first["id"], &first["echo"], &first["kind"]), (&json!(3), &json!(true), &json!("single")));
    let failure = json!({ "reason": "wrong_text", "call": 1, "found": "dog", "expected": "red car" });
    assert_eq!((&first["failure"], &second["failure"]), (&failure, &Value::Null));
    assert_eq!((&second["id"], &second["strict"]), (&json!(2), &json!(true)));
    let told = found["told"].as_array().expect("a list");
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn files_that_cannot_be_read_end_with_status_2_and_name_the_byte() {
    let folder = Folder::new("score-tools-bad");
    let text = |name: &str, text: &str| fs::write(folder.0.join(name), text).expect("a file can be written");
    write(&folder, "gt.json", &json!([sample(1, CALL)]));
    text("pred.json", "[{\"id\": 1, \"output\": \"x\"}, {\"id\": 2, \"outp");
    says(&score(&folder), 2, "pred.json: the file ends at byte 42, within record 2");
    text("pred.json", "[{\"id\": 1, \"output\": x}]");
    says(&score(&folder), 2, "pred.json: byte 21: not JSON, in record 1");
    text("pred.json", "{\"id\": 1, \"output\": \"x\"}");
    says(&score(&folder), 2, "pred.json: byte 0: found '{', expected [ and a list of records");
    text("pred.json", "");
    says(&score(&folder), 2, "pred.json: the file is empty");
    text("pred.json", "[]");
    assert_eq!(printed(&score(&folder))["success"], Value::Null, "nothing is a list");
    write(&folder, "gt.json", &json!([{ "id": 1, "output": CALL }]));
    says(
        &score(&folder),
        2,
        "gt.json: no sample to judge by: sample 1 at byte 1: field instruction: nothing, expected a text",
    );
    text("gt.json", "[]");
    says(&score(&folder), 2, "gt.json: no sample to judge by: the list is empty");
    fs::remove_file(folder.0.join("gt.json")).expect("it is there");
    says(&score(&folder), 2, "gt.json: ");
    says(&folder.run(&["score-tools", "--truth", ".", "--predictions", "pred.json"]), 2, "not a file");
}

#[test]
fn samples_are_made_from_a_seed_and_judge_themselves() {
    let folder = Folder::new("self-instruct");
    let make = |out: &str, more: &[&str]| {
        printed(&folder.run(&[&["self-instruct", "--scenes", "5", "--seed", "3", "--out", out], more].concat()))
    };
    let found = make("a.json", &[]);
    assert_eq!((&found["scenes"], &found["lines"]), (&json!(5), &json!(5 * 23)));
    assert_eq!(make("b.json", &[])["digest"], found["digest"]);
    let text = folder.read("a.json");
    assert_eq!(text, folder.read("b.json"), "the same seed, the same bytes");
    assert_eq!(format!("{:016x}", xxhash_rust::xxh64::xxh64(text.as_bytes(), 0)), found["digest"]);
    let samples: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json!(samples.as_array().expect("a list").len()), found["samples"]);
    let judged = make("gt.json", &["--judged", "--tools", "unseen", "--negatives", "0.5"]);
    let mut predictions: Value = serde_json::from_str(&folder.read("gt.json")).expect("JSON");
    for sample in predictions.as_array_mut().expect("a list") {
        let fields = ["instruction", "output"].map(|field| sample[field].as_str().expect("a text").to_owned());
        *sample = json!({ "id": sample["id"], "output": [fields.concat()] });
    }
    write(&folder, "pred.json", &predictions);
    let scores = printed(&score(&folder));
    assert_eq!(
        (&scores["n"], &scores["success"], &scores["strict"]["success"]),
        (&judged["samples"], &json!(1.0), &json!(1.0))
    );
}

#[test]
fn prompts_are_written_answered_elsewhere_and_their_answers_become_samples() {
    let folder = Folder::new("self-instruct-answers");
    let run = |more: &[&str]| folder.run(&[&["self-instruct", "--scenes", "3", "--seed", "3"], more].concat());
    let written = run(&["--prompts", "prompts.jsonl", "--model", "m", "--max-tokens", "900"]);
    assert!(written.status.success() && written.stdout.is_empty(), "{}", String::from_utf8_lossy(&written.stderr));
    let prompts = folder.read("prompts.jsonl");
    let prompts: Vec<Value> = prompts.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(prompts.len(), 3);
    for prompt in &prompts {
        assert_eq!((&prompt["method"], &prompt["url"]), (&json!("POST"), &json!("/v1/chat/completions")));
        assert_eq!((&prompt["body"]["model"], &prompt["body"]["max_tokens"]), (&json!("m"), &json!(900)));
        let text = prompt["body"]["messages"][0]["content"].as_str().expect("a text");
        let digest = format!("-{:016x}", xxhash_rust::xxh64::xxh64(text.as_bytes(), 0));
        assert!(prompt["custom_id"].as_str().expect("an id").ends_with(&digest), "{prompt}");
    }
    // Two of three are answered, one of them is cut.
    let lines = [
        "1. Split it, [Segment the Image, example.jpg]\n2. Crop it, [Crop Image, x]",
        "1. Sketch it, [Sketch Detection On Image, example.jpg]\n2. Fi",
    ];
    let answers = prompts.iter().zip(lines).zip(["stop", "length"]).map(|((prompt, text), reason)| {
        let choice = json!({ "message": { "role": "assistant", "content": text }, "finish_reason": reason });
        let response = json!({ "status_code": 200, "request_id": "r", "body": { "choices": [choice] } });
        format!("{}\n", json!({ "id": "b", "custom_id": prompt["custom_id"], "response": response, "error": null }))
    });
    fs::write(folder.0.join("answers.jsonl"), answers.collect::<String>()).expect("a file can be written");
    let found = printed(&run(&["--answers", "answers.jsonl", "--negatives", "0", "--out", "out.json"]));
    assert_eq!((&found["scenes"], &found["lines"], &found["samples"]), (&json!(2), &json!(3), &json!(2)), "{found}");
    assert_eq!(found["dropped"]["unknown_tool"], 1);
    let told = [
        "row 2: the answer is cut, the line it is cut in is left out",
        "1 of 3 scenes have no answer in the file and are left out",
    ];
    assert_eq!(found["told"], json!(told));
    assert!(folder.read("out.json").contains("Split it") && !folder.read("out.json").contains("Crop it"));
    let others = "answers.jsonl: none of the 2 answers is to a prompt of this experiment";
    says(&run(&["--answers", "answers.jsonl", "--tools", "unseen", "--out", "out.json"]), 2, others);
    says(
        &run(&["--answers", "prompts.jsonl", "--out", "out.json"]),
        2,
        "prompts.jsonl: no answers; row 1: field response.body.choices",
    );
    says(&run(&["--prompts", "p.jsonl", "--model", " "]), 2, "model: expected the name of a model");
    says(
        &run(&["--prompts", "p.jsonl", "--model", "m", "--max-tokens", "3"]),
        2,
        "max_tokens: expected a whole number from 16",
    );
    says(&run(&["--prompts", "p.jsonl"]), 2, "--model");
    says(&run(&[]), 2, "--out");
}

#[test]
fn own_tools_captions_and_chats_are_used_or_refused_with_status_2() {
    let folder = Folder::new("self-instruct-own");
    let text = |name: &str, text: &str| fs::write(folder.0.join(name), text).expect("a file can be written");
    let run = |more: &[&str]| folder.run(&[&["self-instruct", "--out", "out.json"], more].concat());
    text(
        "tools.json",
        r#"[{"name": "Sing", "use": "Sings.", "arguments": ["text"], "asks": ["sing of {text}"]},
        {"name": "Frame", "use": "Frames.", "arguments": ["image"]}]"#,
    );
    text("captions.csv", "id,caption\n1,A walrus on a unicycle\n2,\n");
    text("chats.json", r#"[{"instruction": "Hi", "input": "", "output": "Hello."}, {"instruction": "x"}]"#);
    let own = [
        "--tools",
        "tools.json",
        "--captions",
        "captions.csv",
        "--chats",
        "chats.json",
        "--negatives",
        "1",
        "--flaws",
        "0",
    ];
    let found = printed(&run(&own));
    assert_eq!((&found["scenes"], &found["conversations"], &found["negative"]), (&json!(1), &json!(2), &json!(2)));
    assert_eq!(found["told"].as_array().map(Vec::len), Some(2), "{found}");
    let made = folder.read("out.json");
    assert!(made.contains("A walrus on a unicycle") && made.contains("AI: Hello."), "{made}");
    text("cut.json", "[{");
    says(&run(&["--tools", "cut.json"]), 2, "cut.json: byte 2: not JSON");
    text(
        "cycle.json",
        r#"[{"name": "A", "use": "u", "arguments": ["image"], "after": "A"}, {"name": "B", "use": "u", "arguments": ["image"]}]"#,
    );
    says(&run(&["--tools", "cycle.json"]), 2, "cycle.json: tool 1, field after: A comes after itself by way of A");
    says(
        &run(&["--captions", "chats.json"]),
        2,
        "chats.json: no captions; row 1: field caption: nothing, expected a text; samples have the fields instruction and output, predictions id and output, tools name, use and arguments",
    );
    says(&run(&["--chats", "tools.json"]), 2, "tools.json: no chats: ");
    says(&run(&["--scenes", "0"]), 2, "--scenes 0: not allowed, expected a whole number from 1 to 1000000");
    says(&run(&["--flaws", "1.5"]), 2, "--flaws 1.5: not allowed, expected a number from 0 to 1");
    says(&run(&["--tools", "none.json"]), 2, "none.json");
}
