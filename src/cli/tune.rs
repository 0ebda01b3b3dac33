//! Tunes the student of the tool-use lab as the page does, for one seed or several, and says what it is worth before and after.

use super::args::{Own, Subject, Tune};
use super::{CliError, Done, data, file_error, link, print_json, read, run as run_session};
use crate::experiment::Experiment;
use crate::labs::tool_use::Files;
use crate::labs::tool_use::student::Base;
use crate::run::Record;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

/// What is run, but for the settings that are changed.
const TUNE: &str = "#v=1&lab=tool-use&task.kind=tune";
/// Largest base that is read, bytes.
const MOST: u64 = 1 << 26;

/// Tunes, scores, prints.
pub fn run(ask: &Tune) -> Result<(), CliError> {
    let subject = Subject { experiment: TUNE.to_owned(), set: ask.set.clone() };
    let mut experiment = link(&subject)?.experiment;
    let own = Own { samples: ask.samples.clone(), ..Own::default() };
    let mut library = data::given(&own, &mut experiment)?;
    if let Some(path) = &ask.base {
        let refused = |why: String| CliError::Input(format!("{}: {why}", path.display()));
        let base = Base::load(&read(path, MOST, "a base")?).map_err(|error| refused(error.to_string()))?;
        library.get_mut::<Files>().set_base(base);
    }
    let mut runs = Vec::new();
    for seed in 0..ask.seeds {
        let experiment = Experiment { seed: experiment.seed + seed, ..experiment.clone() };
        let Done { report, stopped, file } = run_session(&experiment, &library)?;
        if let Some(error) = stopped {
            return Err(CliError::Failed(error));
        }
        if let (Some(path), Some(file), 0) = (&ask.out, &file, seed) {
            fs::write(path, file).map_err(|error| file_error(path, error))?;
        }
        let summary: Map<String, Value> =
            report.summary.iter().map(|measure| (measure.name.clone(), measure.value.into())).collect();
        let failed = report.details.iter().filter(|detail| detail.name == "replies").flat_map(|detail| &detail.records);
        let texts = |record: &Record| record.texts.iter().cloned().collect::<BTreeMap<String, String>>();
        let failed = failed.map(texts).filter(|texts| texts.get("failure").is_some_and(|why| !why.is_empty()));
        runs.push(json!({
            "seed": experiment.seed,
            "digest": format!("{:016x}", report.digest.0),
            "summary": summary,
            "failures": failed.take(ask.show).collect::<Vec<_>>(),
        }));
    }
    print_json(&runs)
}
