//! The base of the tool-use lab: learned here, on all cores, to the same bytes on any number of them.

use super::args::Pretrain;
use super::{CliError, file_error, print_json};
use crate::labs::tool_use::student::base::{Pretraining, Shard, Size, Work};
use crate::labs::tool_use::student::lessons::Kind;
use serde_json::{Map, Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

/// Sequences of each kind that the base never learned from, on which it is judged at the end.
const JUDGED: u64 = 30;

/// Learns a base and saves it.
pub fn run(ask: &Pretrain) -> Result<(), CliError> {
    let Pretrain { layers, width, heads, steps, seed, .. } = *ask;
    let mut pretraining = Pretraining::new(Size { layers, width, heads }, steps, seed)
        .map_err(|error| CliError::Input(error.to_string()))?;
    let create = |path| File::create(path).map_err(|error| file_error(path, error));
    let mut out = create(&ask.out)?;
    let mut log = ask.log.as_deref().map(create).transpose()?;
    let mut note = |text: String| match (&mut log, &ask.log) {
        (Some(log), Some(path)) => log.write_all(text.as_bytes()).map_err(|error| file_error(path, error)),
        _ => Ok(()),
    };
    note("step,loss\n".to_owned())?;
    let bar = indicatif::ProgressBar::new(steps);
    let mut last = f64::NAN;
    while let Some(loss) = pretraining.step(&side_by_side) {
        bar.inc(1);
        last = loss;
        let (step, _) = pretraining.progress();
        note(format!("{step},{loss}\n"))?;
        if ask.every.is_some_and(|every| every > 0 && step.is_multiple_of(every)) {
            let path = PathBuf::from(format!("{}.{step}", ask.out.display()));
            fs::write(&path, pretraining.base().save()).map_err(|error| file_error(&path, error))?;
            let accuracy = Value::from(accuracy(&mut pretraining));
            bar.suspend(|| eprintln!("step {step}: {accuracy}"));
        }
    }
    bar.finish_and_clear();
    let base = pretraining.base();
    let bytes = base.save();
    out.write_all(&bytes).map_err(|error| file_error(&ask.out, error))?;
    print_json(&json!({
        "weights": base.params.len(),
        "tokens": base.vocabulary.len(),
        "steps": steps,
        "loss": last,
        "accuracy": accuracy(&mut pretraining),
        "bytes": bytes.len(),
        "digest": format!("{:016x}", base.digest),
    }))
}

/// How often it is right in lessons of each kind that it never learned from.
fn accuracy(pretraining: &mut Pretraining) -> Map<String, Value> {
    Kind::ALL.into_iter().map(|kind| (kind.name(), pretraining.accuracy(kind, JUDGED).into())).collect()
}

/// Works on shards in as many threads as there are cores.
fn side_by_side(shards: &mut [Shard], work: Work<'_>) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(shards.len());
    let each = shards.len().div_ceil(cores);
    std::thread::scope(|scope| {
        for (part, first) in shards.chunks_mut(each).zip((0..).step_by(each)) {
            scope.spawn(move || part.iter_mut().zip(first..).for_each(|(shard, place)| work(shard, place)));
        }
    });
}
