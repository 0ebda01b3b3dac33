//! Sweeps: every combination of varied values and seeds, one row of a CSV file each, over all cores. An unfinished
//! file is gone on with: rows it has are kept, a row cut in the middle is done again.

use super::args::Sweep;
use super::{CliError, experiment, split};
use crate::experiment::{Experiment, Setting, Value};
use crate::protocol::{Command, Event, RunId};
use crate::run::{Digest, Measure};
use crate::session::Session;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Most runs of one sweep.
const MAX_RUNS: u64 = 1_000_000;

/// One run of a sweep: the texts of its varied columns, seed last, and its experiment.
struct Task {
    key: Vec<String>,
    experiment: Experiment,
}

type Outcome = Result<(Digest, Vec<Measure>), String>;

/// Carries out a sweep.
pub fn run(sweep: &Sweep) -> Result<(), CliError> {
    let base = experiment(&sweep.subject)?;
    let vary = varied(&sweep.vary)?;
    let tasks = mine(tasks(&base, &vary, seeds(sweep, &base)?)?, sweep.shard.as_deref())?;
    let columns = header(&base, &vary)?;
    let (mut file, done) = open(&sweep.out, &columns)?;
    let tasks: Vec<Task> = tasks.into_iter().filter(|task| !done.contains(&task.key)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = match sweep.jobs {
        Some(0) => return Err(CliError::Input("--jobs 0: expected a whole number from 1".to_owned())),
        jobs => jobs.unwrap_or(cores).min(tasks.len().max(1)),
    };

    let bar = indicatif::ProgressBar::new(tasks.len() as u64);
    let next = AtomicUsize::new(0);
    let (told, outcomes) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (told, next, tasks) = (told.clone(), &next, &tasks);
            scope.spawn(move || {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if told.send((task, measure(&task.experiment))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(told);
        for (task, outcome) in outcomes {
            let row = match outcome {
                Ok((digest, summary)) => row(&task.key, &summary, digest),
                Err(error) => return Err(CliError::Failed(format!("{}: {error}", task.key.join(" ")))),
            };
            // One write a row: what a kill leaves is whole rows and at most one cut one.
            file.write_all(row.as_bytes()).map_err(|error| CliError::File { path: sweep.out.clone(), error })?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    })
}

/// `--vary` options as settings and their values.
fn varied(options: &[String]) -> Result<Vec<(&'static Setting, Vec<Value>)>, CliError> {
    let mut vary: Vec<(&'static Setting, Vec<Value>)> = Vec::new();
    for option in options {
        let (path, values) = split(option, "--vary")?;
        let setting = Setting::find(path).ok_or_else(|| CliError::Input(format!("--vary {path}: no such setting")))?;
        if path == "seed" {
            return Err(CliError::Input("--vary seed: seeds are given by --seeds A..B".to_owned()));
        }
        if vary.iter().any(|(known, _)| known.path == path) {
            return Err(CliError::Input(format!("--vary {path}: given more than once")));
        }
        let values = values.split(',').map(|text| setting.parse(text)).collect::<Result<Vec<_>, _>>()?;
        if let Some(twice) = values.iter().enumerate().find(|(i, value)| values[..*i].contains(value)) {
            return Err(CliError::Input(format!("--vary {path}: {} is given more than once", twice.1)));
        }
        vary.push((setting, values));
    }
    Ok(vary)
}

fn seeds(sweep: &Sweep, base: &Experiment) -> Result<std::ops::RangeInclusive<u64>, CliError> {
    let Some(text) = &sweep.seeds else { return Ok(base.seed..=base.seed) };
    let bad = || CliError::Input(format!("--seeds {text}: expected A..B with whole numbers A <= B"));
    let (first, last) = text.split_once("..").ok_or_else(bad)?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok(first..=last),
        _ => Err(bad()),
    }
}

/// The whole sweep, the last varied setting changing fastest, seeds within.
fn tasks(
    base: &Experiment,
    vary: &[(&'static Setting, Vec<Value>)],
    seeds: std::ops::RangeInclusive<u64>,
) -> Result<Vec<Task>, CliError> {
    let seed_count = (seeds.end() - seeds.start()).saturating_add(1);
    let runs = vary.iter().fold(seed_count, |runs, (_, values)| runs.saturating_mul(values.len() as u64));
    if runs > MAX_RUNS {
        return Err(CliError::Input(format!("the sweep has {runs} runs, at most {MAX_RUNS} are allowed")));
    }
    let mut tasks = vec![Task { key: Vec::new(), experiment: base.clone() }];
    for (setting, values) in vary {
        let with = |task: &Task, value: &Value| {
            let mut experiment = task.experiment.clone();
            (setting.set)(&mut experiment, *value);
            Task { key: [&task.key[..], &[value.to_string()]].concat(), experiment }
        };
        tasks = tasks.iter().flat_map(|task| values.iter().map(move |value| with(task, value))).collect();
    }
    let with_seed = |task: &Task, seed: u64| Task {
        key: [&task.key[..], &[seed.to_string()]].concat(),
        experiment: Experiment { seed, lab: task.experiment.lab.clone() },
    };
    let tasks: Vec<Task> = tasks.iter().flat_map(|task| seeds.clone().map(move |seed| with_seed(task, seed))).collect();
    tasks.iter().try_for_each(|task| task.experiment.validate())?;
    Ok(tasks)
}

/// Every N-th task from the I-th on.
fn mine(tasks: Vec<Task>, shard: Option<&str>) -> Result<Vec<Task>, CliError> {
    let Some(text) = shard else { return Ok(tasks) };
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match parts {
        Some((i, n)) if 1 <= i && i <= n => Ok(tasks.into_iter().skip(i - 1).step_by(n).collect()),
        _ => Err(CliError::Input(format!("--shard {text}: expected I/N with 1 <= I <= N"))),
    }
}

/// The columns: varied settings by path, seed, the summary's names, digest.
fn header(base: &Experiment, vary: &[(&'static Setting, Vec<Value>)]) -> Result<Vec<String>, CliError> {
    let summary = crate::lab::start(base)?.report().summary;
    let varied = vary.iter().map(|(setting, _)| setting.path.to_owned());
    let names = summary.into_iter().map(|measure| measure.name);
    Ok(varied.chain(["seed".to_owned()]).chain(names).chain(["digest".to_owned()]).collect())
}

/// Opens the file to go on with: cuts a half-written last row, writes the header where there is none, and returns
/// the keys of the rows it has.
fn open(path: &Path, columns: &[String]) -> Result<(File, BTreeSet<Vec<String>>), CliError> {
    let failed = |error| CliError::File { path: path.to_owned(), error };
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    file.set_len(whole as u64).map_err(failed)?;
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    if whole == 0 {
        file.write_all(format!("{}\n", columns.join(",")).as_bytes()).map_err(failed)?;
        return Ok((file, BTreeSet::new()));
    }
    let name = path.display();
    let mut reader = csv::Reader::from_reader(&bytes[..whole]);
    let unreadable = |error: csv::Error| CliError::Input(format!("{name}: {error}"));
    if reader.headers().map_err(unreadable)?.iter().ne(columns.iter().map(String::as_str)) {
        let what = format!("{name}: holds another sweep, its columns are not {}", columns.join(","));
        return Err(CliError::Input(what));
    }
    let keys = columns.iter().position(|column| column == "seed").map_or(0, |seed| seed + 1);
    let rows = reader.records().map(|row| row.map(|row| row.iter().take(keys).map(str::to_owned).collect()));
    let rows = rows.collect::<Result<_, _>>().map_err(unreadable)?;
    Ok((file, rows))
}

fn row(key: &[String], summary: &[Measure], digest: Digest) -> String {
    let numbers = summary.iter().map(|measure| measure.value.to_string());
    let cells: Vec<String> = key.iter().cloned().chain(numbers).chain([digest.to_string()]).collect();
    format!("{}\n", cells.join(","))
}

fn measure(experiment: &Experiment) -> Outcome {
    let mut session = Session::default();
    let mut events = session.apply(Command::Measure { run: RunId(0), experiment: experiment.clone() });
    loop {
        match events.pop() {
            Some(Event::Measured { digest, summary, .. }) => return Ok((digest, summary)),
            Some(Event::Failed { error, .. }) => return Err(error),
            _ => events = session.step(super::CHUNK),
        }
    }
}
