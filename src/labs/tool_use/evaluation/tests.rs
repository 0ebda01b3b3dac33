//! Files of samples and predictions, whole and flawed, in and their scores out.

use super::*;
use crate::labs::tool_use::json::write;
use crate::labs::tool_use::records::Records;
use crate::labs::tool_use::strict::Reason;

const CALL: &str =
    "Thought: Do I need to use a tool? Yes\nAction: Detect\nAction Input: a.png, car\nObservation: \nfound\n";
const NO: &str = "Thought: Do I need to use a tool? No\nAI: found\n";
const PROMPT: &str = "TOOLS:\nAction Input: the input to the action\nNew input: find the car\n";

fn sample(id: &str, instruction: &str, output: &str) -> String {
    format!("{{\"id\": {id}, \"instruction\": {}, \"output\": {}}}", write(&instruction), write(&output))
}

fn prediction(id: &str, output: &str) -> String {
    format!("{{\"id\": {id}, \"output\": {}}}", write(&output))
}

fn evaluate(samples: &[String], predictions: &[String]) -> Evaluation {
    let mut evaluator = Evaluator::default();
    let list = |records: &[String]| format!("[{}]", records.join(","));
    Records::read(list(samples).as_bytes(), &mut |record| evaluator.sample(&record)).expect("samples");
    Records::read(list(predictions).as_bytes(), &mut |record| evaluator.prediction(&record)).expect("predictions");
    evaluator.end()
}

#[test]
fn means_are_over_predictions_with_a_sample() {
    let call = CALL.to_owned() + NO;
    let samples = [sample("1", PROMPT, &call), sample("2", PROMPT, NO), sample("3", PROMPT, &call)];
    let found =
        evaluate(&samples, &[prediction("9", NO), prediction("2", NO), prediction("1", &call.replace("car", "dog"))]);
    assert_eq!(found.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>(), [Id::Number(2), Id::Number(1)]);
    assert_eq!((found.skipped, found.duplicates, found.missing[0].id.clone()), (1, 0, Id::Number(3)));
    let means = found.means();
    let [thought, action, args, success, iou] = means.means().expect("two of them");
    assert_eq!((means.n, means.strict, thought, action, success), (2, 1, 1.0, 1.0, 1.0));
    assert!((args - 0.75).abs() < 1e-6 && (iou - (1.0 + 2.5 / 3.0) / 2.0).abs() < 1e-6, "{args}, {iou}");
    assert_eq!(found.told, ["prediction 1 at byte 1: field id: 9, but there is no such sample"]);
    let failures: Vec<(Reason, u64)> = found.failures().into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(failures, [(Reason::Missing, 1), (Reason::WrongText, 1)]);
}

#[test]
fn of_two_with_an_id_the_last_counts() {
    let samples = [sample("1", "", CALL), sample("\"1\"", "", NO), sample("1", "", NO)];
    let found = evaluate(&samples, &[prediction("1", CALL), prediction("\"1\"", CALL), prediction("1", NO)]);
    assert_eq!((found.items.len(), found.duplicates, found.skipped), (2, 1, 0));
    assert_eq!(found.items.iter().map(|item| item.metrics.success).collect::<Vec<_>>(), [0.0, 1.0]);
    assert_eq!(found.told.len(), 2, "{:?}", found.told);
    assert!(
        found.told[1].starts_with("prediction 3 at byte ") && found.told[1].contains("with the id 1, which counts"),
        "{:?}",
        found.told
    );
}

#[test]
fn flawed_records_are_told_and_the_rest_goes_on() {
    let samples = [
        sample("1", "", "Action: Detect\n"),
        "3".to_owned(),
        sample("2", "", NO).replace("\"output\"", "\"Output\""),
        sample("null", "", NO),
        sample("4", "", NO),
    ];
    let predictions = [
        prediction("1", NO),
        "{}".to_owned(),
        "{\"id\": 4, \"output\": []}".to_owned(),
        "[]".to_owned(),
        prediction("4", ""),
    ];
    let found = evaluate(&samples, &predictions);
    assert_eq!((found.items.len(), found.skipped, found.missing.len()), (1, 4, 0), "{found:?}");
    assert_eq!(found.items[0].metrics.success, 0.0, "an empty output is a prediction");
    let said: Vec<&str> = found.told.iter().filter_map(|told| told.split_once(": ").map(|(_, said)| said)).collect();
    let wanted = [
        "field output: 1 actions with 0 inputs, expected an input for each",
        "field id: 3 instead of an object, expected a whole number or a text",
        "field output: nothing, expected a text",
        "field id: nothing, expected a whole number or a text",
        "field id: 1, but the sample is flawed",
        "field id: nothing, expected a whole number or a text",
        "field output: a list of 0, expected a text or a list of texts",
        "field id: a list of 0 instead of an object, expected a whole number or a text",
    ];
    assert_eq!(said, wanted);
    let many: Vec<String> = (0..50).map(|id| prediction(&id.to_string(), "")).collect();
    let told = evaluate(&[sample("99", "", NO)], &many).told;
    assert_eq!((told.len(), told[20].as_str()), (21, "30 more predictions are like these"));
}

#[test]
fn an_echoed_prompt_is_cut_by_its_characters() {
    let prompt = format!("{PROMPT}猫と犬 😀{}éé", "ж".repeat(ECHO));
    let scored = |output: &str| {
        let found = evaluate(&[sample("1", &prompt, CALL)], &[prediction("1", output)]);
        (found.items[0].metrics.success, found.items[0].is_echo)
    };
    assert_eq!(scored(CALL), (1.0, false), "without an echo");
    assert_eq!(scored(&(prompt.clone() + CALL)), (1.0, true));
    let rewritten = prompt.replace("éé", "e\u{301}");
    assert_eq!(rewritten.chars().count(), prompt.chars().count(), "the same number of other characters");
    assert_eq!(scored(&(rewritten + CALL)), (1.0, true), "an echo that is written otherwise");
    assert_eq!(scored(&prompt[..prompt.len() - 8]), (0.0, true), "cut within the prompt");
    assert_eq!(scored("TOOLS:"), (0.0, false));
    assert_eq!(scored(&format!("<s> {prompt}{CALL}")), (1.0, true), "with what a tokenizer puts before it");
    let far = evaluate(
        &[sample("1", &prompt, CALL)],
        &[prediction("1", &format!("{}{prompt}{CALL}", "A chat. ".repeat(LEAD)))],
    );
    assert_eq!((far.items[0].is_echo, far.items[0].has_prompt, far.uncut), (false, true, 1));
    let late: String = prompt.chars().skip(9).collect();
    let late = evaluate(&[sample("1", &prompt, CALL)], &[prediction("1", &(late + CALL))]);
    assert_eq!((late.items[0].is_echo, late.uncut), (false, 1), "a prompt without its beginning");
    assert_eq!(
        far.told,
        [
            "prediction 1 at byte 1: the output has its prompt in it, or the end of it, not at its start: it is not cut and is scored too"
        ]
    );
}

#[test]
fn samples_have_kinds() {
    let chain = CALL.repeat(2) + NO;
    let finished = sample("4", "", NO).replace("\"output\"", "\"finished_previously\": true, \"output\"");
    let samples = [
        sample("0", PROMPT, CALL),
        sample("1", PROMPT, &chain),
        sample("2", PROMPT, NO),
        sample("3", &(PROMPT.to_owned() + CALL), CALL),
        finished,
    ];
    let all: Vec<String> = (0..5).map(|id| prediction(&id.to_string(), &chain)).collect();
    let found = evaluate(&samples, &all);
    let kinds: Vec<Kind> = found.items.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [Kind::Single, Kind::Chain, Kind::NoTool, Kind::Context, Kind::Context]);
    assert_eq!(found.kinds().map(|(_, means)| means.n), [1, 1, 1, 2]);
    let chain = found.kinds()[1].1;
    assert_eq!((chain.means().expect("one")[3], chain.strict), (1.0, 1));
}

#[test]
fn tools_are_counted_call_by_call() {
    let call = |tool: &str| CALL.replace("Detect", tool);
    let samples = [sample("1", "", &(call("A") + &call("B"))), sample("2", "", &call("A")), sample("3", "", NO)];
    let long = "x".repeat(100);
    let found = evaluate(
        &samples,
        &[prediction("1", &(call("A") + &call("C"))), prediction("2", NO), prediction("3", &call(&long))],
    );
    let tools = found.tools();
    let counts: Vec<(&str, u64, u64, u64, u64)> =
        tools.iter().map(|tool| (tool.name.as_str(), tool.calls, tool.named, tool.n, tool.successes)).collect();
    assert_eq!(counts, [("A", 2, 1, 2, 0), ("B", 1, 0, 1, 0)]);
    assert!((tools[0].args - 1.0).abs() < 1e-6 && (tools[1].args - 1.0).abs() < 1e-6, "{tools:?}");
    let confusion = found.confusion();
    let rows: Vec<_> =
        confusion.iter().map(|row| (row.truth.as_deref(), row.prediction.as_deref(), row.count)).collect();
    let wanted = [(None, Some(OTHER), 1), (Some("A"), None, 1), (Some("A"), Some("A"), 1), (Some("B"), Some("C"), 1)];
    assert_eq!(rows, wanted);
}

#[test]
fn no_predictions_have_no_means() {
    let found = evaluate(&[sample("1", "", NO)], &[]);
    assert_eq!((found.means().means(), found.means().intervals(), found.missing.len()), (None, None, 1));
}

#[test]
fn an_output_of_ten_megabytes_is_scored() {
    let long = format!("{}{}", "a 猫 Action:\n".repeat(800_000), CALL);
    let found = evaluate(&[sample("1", PROMPT, CALL)], &[prediction("1", &long)]);
    assert!(long.len() > 10_000_000 && found.items[0].metrics.success == 1.0, "{:?}", found.items);
}
