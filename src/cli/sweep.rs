//! Sweeps: every combination of varied values and seeds, one row of a CSV file each, over all cores. An unfinished
//! file is gone on with: rows it has are kept, a row cut in the middle is done again.

use super::args::Sweep;
use super::data;
use super::{CliError, file_error, link, split};
use crate::experiment::{Experiment, Setting, Value};
use crate::labs::Library;
use crate::protocol::{Command, Event, RunId};
use crate::run::{Digest, Measure};
use crate::session::Session;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Most runs of one sweep.
const MAX_RUNS: u64 = 1_000_000;
/// Most runs at a time.
const MAX_JOBS: usize = 256;

/// One run of a sweep: the texts of its varied columns, seed last, and its experiment.
struct Task {
    key: Vec<String>,
    experiment: Experiment,
}

type Outcome = Result<(Digest, Vec<Measure>), String>;

/// Carries out a sweep. A run that cannot be finished leaves its numbers empty and does not stop the others.
pub fn run(sweep: &Sweep) -> Result<(), CliError> {
    let mut base = link(&sweep.subject)?.experiment;
    let mut texts = data::given(&sweep.own, &mut base)?;
    super::student::give(&mut texts, &base);
    let vary = varied(&sweep.vary)?;
    let tasks = tasks(&base, &vary, seeds(sweep, &base)?)?;
    let columns = header(&tasks, &vary, &texts)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = match sweep.jobs {
        Some(jobs) if !(1..=MAX_JOBS).contains(&jobs) => {
            return Err(CliError::Input(format!("--jobs {jobs}: expected a whole number from 1 to {MAX_JOBS}")));
        }
        jobs => jobs.unwrap_or(cores),
    };
    let shard = mine(&tasks, sweep.shard.as_deref())?;
    let (mut file, done) = open(&sweep.out, &columns, &tasks, &texts)?;
    let tasks: Vec<&Task> = shard.into_iter().filter(|task| !done.contains_key(&task.key)).collect();

    let bar = indicatif::ProgressBar::new(tasks.len() as u64);
    let next = AtomicUsize::new(0);
    let (told, outcomes) = mpsc::channel();
    let mut unfinished = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(tasks.len()) {
            let (told, next, tasks, texts) = (told.clone(), &next, &tasks, &texts);
            scope.spawn(move || {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if told.send((task, measure(&task.experiment, texts))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(told);
        for (task, outcome) in outcomes {
            if let Err(error) = &outcome {
                unfinished.push(format!("{}: {error}", task.key.join(",")));
            }
            // One write a row: what a kill leaves is whole rows and at most one cut one.
            let row = row(&columns, &task.key, outcome.ok());
            file.write_all(row.as_bytes()).map_err(|error| file_error(&sweep.out, error))?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok::<(), CliError>(())
    })?;
    match unfinished.first() {
        None => Ok(()),
        Some(first) => {
            let count = unfinished.len();
            Err(CliError::Failed(format!("{count} runs were not finished, the first of them {first}")))
        }
    }
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
fn mine<'a>(tasks: &'a [Task], shard: Option<&str>) -> Result<Vec<&'a Task>, CliError> {
    let Some(text) = shard else { return Ok(tasks.iter().collect()) };
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match parts {
        Some((i, n)) if 1 <= i && i <= n => Ok(tasks.iter().skip(i - 1).step_by(n).collect()),
        _ => Err(CliError::Input(format!("--shard {text}: expected I/N with 1 <= I <= N"))),
    }
}

/// The columns: varied settings by path, seed, the names that the runs' summaries have, digest.
fn header(tasks: &[Task], vary: &[(&'static Setting, Vec<Value>)], texts: &Library) -> Result<Vec<String>, CliError> {
    let mut names: Vec<String> = Vec::new();
    // Summaries differ by what kind of run it is, not by seed: one run of each kind will do.
    let kind =
        |task: &Task| ["data.kind", "subject.kind", "scores.by", "task.kind"].map(|path| task.experiment.get(path));
    for (i, task) in tasks.iter().enumerate() {
        if tasks[..i].last().is_none_or(|before| kind(before) != kind(task)) {
            let summary = crate::labs::start_on(&task.experiment, texts)?.report().summary;
            let new = summary.into_iter().map(|measure| measure.name).filter(|name| !names.contains(name));
            names.extend(new.collect::<Vec<_>>());
        }
    }
    let varied = vary.iter().map(|(setting, _)| setting.path.to_owned());
    Ok(varied.chain(["seed".to_owned()]).chain(names).chain(["digest".to_owned()]).collect())
}

/// Opens the file to go on with: cuts a half-written last row, writes the header where there is none, and returns
/// the keys of the rows it has with their digests. One of them is run again: a file that holds the same columns of
/// another experiment must not be gone on with.
fn open(
    path: &Path,
    columns: &[String],
    tasks: &[Task],
    texts: &Library,
) -> Result<(File, BTreeMap<Vec<String>, String>), CliError> {
    let failed = |error| file_error(path, error);
    // A device or a pipe may never end, and cannot be gone on with.
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Err(CliError::Input(format!("--out {}: not a file", path.display())));
    }
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    if file.try_lock().is_err() {
        return Err(CliError::Failed(format!("{}: another sweep is writing it", path.display())));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let header = format!("{}\n", columns.join(","));
    if whole == 0 {
        let name = path.display();
        // A cut header is gone on with; anything else is somebody's file.
        if !header.as_bytes().starts_with(&bytes) {
            return Err(CliError::Input(format!("{name}: holds something else than a sweep")));
        }
        file.set_len(0).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.write_all(header.as_bytes()).map_err(failed)?;
        return Ok((file, BTreeMap::new()));
    }
    let rows = rows(&bytes[..whole], columns).map_err(|what| CliError::Input(format!("{}: {what}", path.display())))?;
    let known = tasks.iter().find_map(|task| rows.get(&task.key).map(|digest| (task, digest)));
    if let Some((task, digest)) = known {
        let found = measure(&task.experiment, texts).map_or_else(|_| String::new(), |(digest, _)| digest.to_string());
        if found != *digest {
            let (key, name) = (task.key.join(","), path.display());
            let what = format!("{name}: holds another sweep, its row {key} ends with digest {digest}, not {found}");
            return Err(CliError::Input(what));
        }
    }
    file.set_len(whole as u64).map_err(failed)?;
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    Ok((file, rows))
}

/// The rows of a sweep's file: their keys and digests.
fn rows(bytes: &[u8], columns: &[String]) -> Result<BTreeMap<Vec<String>, String>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    if reader.headers().map_err(|error| error.to_string())?.iter().ne(columns.iter().map(String::as_str)) {
        return Err(format!("holds another sweep, its columns are not {}", columns.join(",")));
    }
    let keys = columns.iter().position(|column| column == "seed").map_or(0, |seed| seed + 1);
    let mut rows = BTreeMap::new();
    for (i, row) in reader.records().enumerate() {
        let row = row.map_err(|error| error.to_string())?;
        let (key, result) = (row.iter().take(keys), row.iter().skip(keys).collect::<Vec<_>>());
        // A run that could not be finished has no numbers at all.
        let digest = result.last().copied().unwrap_or_default();
        let is_digest = digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_number = |cell: &&str| cell.is_empty() || cell.parse::<f64>().is_ok();
        if !(result.iter().all(|cell| cell.is_empty()) || is_digest && result[..result.len() - 1].iter().all(is_number))
        {
            return Err(format!("row {} is not one that a sweep wrote; take it out to have it run again", i + 2));
        }
        rows.insert(key.map(str::to_owned).collect(), digest.to_owned());
    }
    Ok(rows)
}

/// A row: the key, then the summary's numbers under their columns and the digest, empty for a run without.
fn row(columns: &[String], key: &[String], outcome: Option<(Digest, Vec<Measure>)>) -> String {
    let (digest, summary) = outcome.map_or_else(Default::default, |(digest, all)| (digest.to_string(), all));
    let number = |name: &String| {
        let found = summary.iter().find(|measure| measure.name == *name);
        found.map_or_else(String::new, |measure| measure.value.to_string())
    };
    let numbers = columns[key.len()..columns.len() - 1].iter().map(number);
    let cells: Vec<String> = key.iter().cloned().chain(numbers).chain([digest]).collect();
    format!("{}\n", cells.join(","))
}

fn measure(experiment: &Experiment, texts: &Library) -> Outcome {
    let mut session = Session::with_library(texts.clone());
    let mut events = session.apply(Command::Measure { run: RunId(0), experiment: experiment.clone() });
    loop {
        match events.pop() {
            Some(Event::Measured { digest, summary, .. }) => return Ok((digest, summary)),
            Some(Event::Failed { error, .. }) => return Err(error),
            _ => events = session.step(super::CHUNK),
        }
    }
}
