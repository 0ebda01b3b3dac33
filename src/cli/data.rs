//! The reader's own files for runs, given to a session as a page gives them: a text in pieces, tables, sentences and
//! explanations at once.

use super::args::Own as Asked;
use super::{CliError, file_error, read};
use crate::experiment::own::{MAX_TEXT_BYTES, SNIFFED, TableKind};
use crate::experiment::{Experiment, Lab, Own};
use crate::labs::{self, Library, Take};
use crate::protocol::{Command, Event};
use crate::session::Session;
use core::fmt::Display;
use indicatif::ProgressStyle;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// What a bar shows of a run that takes its time.
pub fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {pos}/{len} steps, {eta} left, {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Reads the files that were given, if there are any, and makes the experiment one on them.
pub fn given(asked: &Asked, experiment: &mut Experiment) -> Result<Library, CliError> {
    let mut session = Session::default();
    if let Some(path) = &asked.data {
        let said = format!("--data {}", path.display());
        let refused = |what| CliError::Input(format!("{said}: {what}"));
        let kind = experiment.lab.settings().data_kind(&head(path, &said)?).map_err(refused)?;
        let found = one(&mut session, kind, path, &said)?;
        adopt(experiment, kind, found);
    }
    if let Some(first) = asked.explanation.first() {
        let kind = TableKind::Explanations;
        takes(experiment, kind, &format!("--explanation {first}"), "explains nothing")?;
        let found = explanations(&mut session, &asked.explanation)?;
        adopt(experiment, kind, found);
    }
    let options = [
        ("--truth", &asked.truth, TableKind::Truth),
        ("--predictions", &asked.predictions, TableKind::Predictions),
        ("--samples", &asked.samples, TableKind::Samples),
    ];
    for (option, path, kind) in options {
        let Some(path) = path else { continue };
        let said = format!("{option} {}", path.display());
        takes(experiment, kind, &said, "calls no tools")?;
        let found = one(&mut session, kind, path, &said)?;
        adopt(experiment, kind, found);
    }
    Ok(session.library().clone())
}

/// Refuses a file that the experiment's lab, or its settings, have no use for; `lacks` says what they lack.
fn takes(experiment: &Experiment, kind: TableKind, said: &str, lacks: &str) -> Result<(), CliError> {
    let taken = if experiment.lab.known().files.contains(&kind) {
        experiment.lab.settings().takes(kind)
    } else {
        Err(format!("this experiment {lacks}, expected one of lab={}", Lab::with_files(kind)))
    };
    taken.map_err(|what| CliError::Input(format!("{said}: {what}")))
}

/// Makes an experiment one on a file. One that says which file it is about is checked against it when it starts.
fn adopt(experiment: &mut Experiment, kind: TableKind, found: Own) {
    if let Some(place) = experiment.lab.settings_mut().adopt(kind)
        && *place == Own::default()
    {
        *place = found;
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The first bytes of a file, by which its kind is told.
fn head(path: &Path, said: &str) -> Result<Vec<u8>, CliError> {
    let (file, _) = open(path, said)?;
    let mut head = Vec::new();
    file.take(SNIFFED as u64).read_to_end(&mut head).map_err(|error| file_error(path, error))?;
    Ok(head)
}

/// Gives a session one file, as its kind is taken in.
fn one(session: &mut Session, kind: TableKind, path: &Path, said: &str) -> Result<Own, CliError> {
    let refused = |what: &dyn Display| CliError::Input(format!("{said}: {what}"));
    if let Some(Take::Pieces(_)) = labs::take(labs::ALL, kind) {
        let (file, size) = open(path, said)?;
        return feed(session, kind, &name(path), size, file).map_err(|error| refused(&error));
    }
    let bytes = read(path, MAX_TEXT_BYTES, "a file of this kind")?;
    take(session, kind, vec![(name(path), bytes)]).map_err(|what| refused(&what))
}

/// Samples to learn from.
pub fn samples(session: &mut Session, path: &Path) -> Result<Own, CliError> {
    one(session, TableKind::Samples, path, &path.display().to_string())
}

/// Explanation maps, each as if its file were called by its name: what they are called is part of their digest.
fn explanations(session: &mut Session, given: &[String]) -> Result<Own, CliError> {
    let mut files = Vec::new();
    for (name, path) in named(given)? {
        let file = if name.ends_with(".csv") { name.to_owned() } else { format!("{name}.csv") };
        files.push((file, read(path, MAX_TEXT_BYTES, "a table")?));
    }
    let refused = |what: String| CliError::Input(format!("--explanation: {what}"));
    take(session, TableKind::Explanations, files).map_err(refused)
}

/// `NAME=MAP.csv` options as names and files, no name twice.
pub fn named(given: &[String]) -> Result<Vec<(&str, &Path)>, CliError> {
    let mut all: Vec<(&str, &Path)> = Vec::new();
    for given in given {
        let Some((name, path)) = given.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty())
        else {
            return Err(CliError::Input(format!("--explanation {given}: expected NAME=MAP.csv")));
        };
        if all.iter().any(|(other, _)| *other == name) {
            return Err(CliError::Input(format!("--explanation {given}: there is another one named {name}")));
        }
        all.push((name, Path::new(path)));
    }
    Ok(all)
}

/// Gives a session files, and what it knows them by.
fn take(session: &mut Session, kind: TableKind, files: Vec<(String, Vec<u8>)>) -> Result<Own, String> {
    match session.apply(Command::Tables { kind, files }).pop() {
        Some(Event::Tabled { own, .. }) => Ok(own),
        Some(Event::Refused { error, .. }) => Err(error),
        _ => Err("the session did not take it".to_owned()),
    }
}

/// A file that is read in pieces, `said` so in messages, and its size.
fn open(path: &Path, said: &str) -> Result<(File, u64), CliError> {
    let refused = |what: String| CliError::Input(format!("{said}: {what}"));
    let about = path.metadata().map_err(|error| refused(error.to_string()))?;
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(refused("not a file".to_owned()));
    }
    Ok((File::open(path).map_err(|error| file_error(path, error))?, about.len()))
}

/// Feeds a file of `size` bytes to a session, piece by piece.
fn feed(session: &mut Session, kind: TableKind, name: &str, size: u64, mut from: impl Read) -> Result<Own, CliError> {
    let bar = indicatif::ProgressBar::new(size);
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    loop {
        let count = from.read(&mut buffer).map_err(|error| CliError::Input(error.to_string()))?;
        let (name, bytes) = (name.to_owned(), buffer[..count].to_vec());
        match session.apply(Command::Data { kind, name, size, at, bytes }).pop() {
            Some(Event::Loaded { text: own, .. } | Event::Sampled { own, .. }) => {
                bar.finish_and_clear();
                return Ok(own);
            }
            Some(Event::Refused { error, .. }) => return Err(CliError::Input(error)),
            _ if count == 0 => return Err(CliError::Input(format!("{at} bytes could be read, expected {size}"))),
            _ => {}
        }
        at += count as u64;
        bar.set_position(at);
    }
}
