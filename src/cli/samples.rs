//! What is in a file of samples, as JSON.

use super::{CliError, data, print_json};
use crate::labs::tool_use::Files;
use crate::labs::tool_use::evaluation::Kind;
use crate::session::Session;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Reads the file, prints what is in it.
pub fn run(file: &Path) -> Result<(), CliError> {
    let mut session = Session::default();
    let own = data::samples(&mut session, file)?;
    let samples = session.library().read(|files: &Files| files.samples(&own))?;
    let contents = &samples.contents;
    let kinds: Map<String, Value> = Kind::ALL
        .iter()
        .zip(contents.kinds)
        .map(|(kind, lengths)| {
            let [_, prompts, longest_prompt, outputs, longest_output] = lengths.row();
            let characters = |mean: f64, longest: f64| json!({ "mean": mean, "longest": longest });
            let row = json!({
                "samples": lengths.samples,
                "prompt_characters": characters(prompts, longest_prompt),
                "output_characters": characters(outputs, longest_output),
            });
            (kind.name().to_owned(), row)
        })
        .collect();
    let tools = contents
        .by_calls()
        .into_iter()
        .map(|(name, [calls, samples])| json!({ "tool": name, "calls": calls, "samples": samples }));
    print_json(&json!({
        "size": own.size,
        "digest": format!("{:016x}", own.digest),
        "records": contents.records,
        "flawed": contents.flawed,
        "kept": samples.kept.len(),
        "kinds": kinds,
        "tools": tools.collect::<Vec<_>>(),
        "told": contents.told(),
    }))
}
