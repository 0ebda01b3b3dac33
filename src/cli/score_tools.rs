//! GPT4Tools' metrics of predicted calls, and stricter ones, as JSON.

use super::args::ScoreTools;
use super::records::{records, refused};
use super::{CliError, print_json};
use crate::labs::tool_use::Id;
use crate::labs::tool_use::evaluation::{Evaluation, Evaluator, Item, Means, Tool};
use crate::labs::tool_use::interval::interval;
use serde_json::{Map, Value, json};

/// Reads samples and predictions, scores them, prints the scores.
pub fn run(ask: &ScoreTools) -> Result<(), CliError> {
    let mut evaluator = Evaluator::default();
    records(&ask.truth, &mut |record| evaluator.sample(&record))?;
    if evaluator.samples() == 0 {
        let why = evaluator.told_of_samples().into_iter().next().unwrap_or_else(|| "the list is empty".to_owned());
        return Err(refused(&ask.truth, &format!("no sample to judge by: {why}")));
    }
    records(&ask.predictions, &mut |record| evaluator.prediction(&record))?;
    print_json(&answer(&evaluator.end()))
}

fn answer(found: &Evaluation) -> Value {
    let all = found.means();
    let mut answer = means(&all);
    answer.insert("n".to_owned(), all.n.into());
    answer.insert("skipped".to_owned(), found.skipped.into());
    answer.insert("missing".to_owned(), found.missing.len().into());
    answer.insert("duplicates".to_owned(), found.duplicates.into());
    let samples = all.n + found.missing.len() as u64;
    let failures: Map<String, Value> =
        found.failures().into_iter().map(|(reason, count)| (reason.name().to_owned(), count.into())).collect();
    answer.insert(
        "strict".to_owned(),
        json!({
            "success": rate(all.strict as f64, samples),
            "interval": interval(all.strict as f64, samples),
            "n": samples,
            "failures": failures,
        }),
    );
    let kinds: Map<String, Value> = found
        .kinds()
        .into_iter()
        .map(|(kind, of_kind)| {
            let mut row = means(&of_kind);
            row.insert("n".to_owned(), of_kind.n.into());
            row.insert("strict".to_owned(), rate(of_kind.strict as f64, of_kind.n + found.missing_of(kind)).into());
            (kind.name().to_owned(), row.into())
        })
        .collect();
    answer.insert("kinds".to_owned(), kinds.into());
    answer.insert("tools".to_owned(), found.tools().iter().map(tool).collect::<Vec<_>>().into());
    let confusion = found
        .confusion()
        .into_iter()
        .map(|row| json!({ "truth": row.truth, "prediction": row.prediction, "count": row.count }));
    answer.insert("confusion".to_owned(), confusion.collect::<Vec<_>>().into());
    answer.insert(
        "missing_ids".to_owned(),
        found.missing.iter().map(|missing| id(&missing.id)).collect::<Vec<_>>().into(),
    );
    answer.insert("told".to_owned(), found.told.clone().into());
    answer.insert("items".to_owned(), found.items.iter().map(item).collect::<Vec<_>>().into());
    answer.into()
}

/// The metrics' means, null without predictions, and their intervals.
fn means(of: &Means) -> Map<String, Value> {
    let (means, intervals) = (of.means(), of.intervals());
    let mut row = Map::new();
    let mut of_each = Map::new();
    for (i, name) in Means::NAMES.into_iter().enumerate() {
        row.insert(name.to_owned(), means.map(|all| all[i]).into());
        of_each.insert(name.to_owned(), intervals.map(|all| all[i]).map_or(Value::Null, |ends| json!(ends)));
    }
    row.insert("intervals".to_owned(), of_each.into());
    row
}

fn rate(sum: f64, n: u64) -> Option<f64> {
    (n > 0).then(|| sum / n as f64)
}

fn tool(tool: &Tool) -> Value {
    let (named, successes) = (tool.named as f64, tool.successes as f64);
    json!({
        "tool": tool.name,
        "calls": tool.calls,
        "action": rate(named, tool.calls),
        "action_interval": interval(named, tool.calls),
        "args": rate(tool.args, tool.calls),
        "args_interval": interval(tool.args, tool.calls),
        "n": tool.n,
        "success": rate(successes, tool.n),
        "success_interval": interval(successes, tool.n),
    })
}

fn id(id: &Id) -> Value {
    match id {
        Id::Number(number) => (*number).into(),
        Id::Text(text) => text.as_str().into(),
    }
}

fn item(item: &Item) -> Value {
    let metrics = item.metrics;
    json!({
        "id": id(&item.id),
        "kind": item.kind.name(),
        "thought": metrics.thought,
        "action": metrics.action,
        "args": metrics.args,
        "success": metrics.success,
        "iou": metrics.iou,
        "strict": item.failure.is_none(),
        "failure": item.failure.as_ref().map(|failure| json!({
            "reason": failure.reason.name(),
            "call": failure.call,
            "found": failure.found,
            "expected": failure.expected,
        })),
        "echo": item.is_echo,
    })
}
