//! The reader's own files for runs, given to a session as a page gives them: a text in pieces, tables, sentences and
//! explanations at once.

use super::args::Own as Asked;
use super::{CliError, file_error, read};
use crate::experiment::encoding::{Encoding, SubjectKind};
use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::scan_snap::{DataKind, ScanSnap, TextSource};
use crate::experiment::tool_use::{Images, Samples, TaskKind, Teacher, ToolUse, Tools};
use crate::experiment::{Experiment, Lab, Own};
use crate::lab::Library;
use crate::protocol::{Command, Event, TableKind};
use crate::session::Session;
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
        match &mut experiment.lab {
            Lab::ScanSnap(settings) => text(&mut session, path, settings)?,
            Lab::Encoding(settings) => subject(&mut session, path, settings)?,
            Lab::ToolUse(settings) => tools(&mut session, path, settings)?,
        }
    }
    if let Some(first) = asked.explanation.first() {
        let refused = |what: &str| CliError::Input(format!("--explanation {first}: {what}"));
        match &mut experiment.lab {
            Lab::Encoding(settings) if !settings.is_text() => explanations(&mut session, &asked.explanation, settings)?,
            Lab::Encoding(_) => return Err(refused("sentences bring their rationales in a file with them")),
            _ => return Err(refused("this experiment explains nothing, expected one of lab=encoding")),
        }
    }
    for (option, path) in
        [("--truth", &asked.truth), ("--predictions", &asked.predictions), ("--samples", &asked.samples)]
    {
        let Some(path) = path else { continue };
        let Lab::ToolUse(settings) = &mut experiment.lab else {
            let what =
                format!("{option} {}: this experiment calls no tools, expected one of lab=tool-use", path.display());
            return Err(CliError::Input(what));
        };
        match option {
            "--samples" => {
                (settings.task.kind, settings.data.samples) = (TaskKind::Tune, Samples::Own);
                keep(&mut settings.samples.own, samples(&mut session, path)?);
            }
            _ => scored(&mut session, option, path, settings)?,
        }
    }
    Ok(session.library().clone())
}

/// An experiment that says which file it is about is checked against it when it starts.
fn keep(place: &mut Own, found: Own) {
    if *place == Own::default() {
        *place = found;
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The text that Scan & Snap trains on.
fn text(session: &mut Session, path: &Path, settings: &mut ScanSnap) -> Result<(), CliError> {
    let said = format!("--data {}", path.display());
    let (file, size) = open(path, &said)?;
    let piece = |name, size, at, bytes| Command::Data { name, size, at, bytes };
    let found = feed(session, piece, &name(path), size, file.take(MAX_TEXT_BYTES + 1))
        .map_err(|error| CliError::Input(format!("{said}: {error}")))?;
    settings.data.kind = DataKind::Text;
    settings.data.text = TextSource::Own;
    keep(&mut settings.data.own, found);
    Ok(())
}

/// The table or the sentences that explanations are of: as the experiment says, else what the file is.
fn subject(session: &mut Session, path: &Path, settings: &mut Encoding) -> Result<(), CliError> {
    let refused = |what: String| CliError::Input(format!("--data {}: {what}", path.display()));
    let bytes = read(path, MAX_TEXT_BYTES, "a table")?;
    let kind = match settings.subject.kind {
        SubjectKind::Own => TableKind::Distribution,
        SubjectKind::Sentences => TableKind::Sentences,
        SubjectKind::Law => TableKind::of(&bytes),
        _ => {
            let what = "this experiment brings its inputs along, expected subject.kind=own-table or own-sentences";
            return Err(refused(what.to_owned()));
        }
    };
    settings.subject.kind = match kind {
        TableKind::Distribution => SubjectKind::Own,
        TableKind::Sentences => SubjectKind::Sentences,
        _ => {
            return Err(refused(
                "these are explanations, expected what they are of; --explanation takes them".to_owned(),
            ));
        }
    };
    let found = take(session, kind, vec![(name(path), bytes)]).map_err(refused)?;
    keep(&mut settings.subject.own, found);
    Ok(())
}

/// The tools, the captions or the answers that data are made of.
fn tools(session: &mut Session, path: &Path, settings: &mut ToolUse) -> Result<(), CliError> {
    let refused = |what: String| CliError::Input(format!("--data {}: {what}", path.display()));
    let bytes = read(path, MAX_TEXT_BYTES, "tools, captions or answers")?;
    let kind = TableKind::of_tool_use(&bytes);
    let own = match kind {
        TableKind::Tools => {
            settings.data.tools = Tools::Own;
            &mut settings.tools.own
        }
        TableKind::Captions => {
            settings.data.images = Images::Own;
            &mut settings.captions.own
        }
        TableKind::Answers => {
            settings.data.teacher = Teacher::Own;
            &mut settings.answers.own
        }
        _ => {
            let what = "expected tools, captions or answers; samples and predictions have options of their own";
            return Err(refused(what.to_owned()));
        }
    };
    keep(own, take(session, kind, vec![(name(path), bytes)]).map_err(refused)?);
    Ok(())
}

/// The samples that predictions are judged by, or these.
fn scored(session: &mut Session, option: &str, path: &Path, settings: &mut ToolUse) -> Result<(), CliError> {
    let bytes = read(path, MAX_TEXT_BYTES, "a list of records")?;
    let (kind, own) = match option {
        "--truth" => (TableKind::Truth, &mut settings.truth.own),
        _ => (TableKind::Predictions, &mut settings.predictions.own),
    };
    let found = take(session, kind, vec![(name(path), bytes)]);
    keep(own, found.map_err(|what| CliError::Input(format!("{option} {}: {what}", path.display())))?);
    settings.task.kind = TaskKind::Score;
    Ok(())
}

/// Samples to learn from.
pub fn samples(session: &mut Session, path: &Path) -> Result<Own, CliError> {
    let (file, size) = open(path, &path.display().to_string())?;
    let piece = |name, size, at, bytes| Command::Samples { name, size, at, bytes };
    let refused = |error| CliError::Input(format!("{}: {error}", path.display()));
    feed(session, piece, &name(path), size, file).map_err(refused)
}

/// Explanation maps, each as if its file were called by its name: what they are called is part of their digest.
fn explanations(session: &mut Session, given: &[String], settings: &mut Encoding) -> Result<(), CliError> {
    let mut files = Vec::new();
    for (name, path) in named(given)? {
        let file = if name.ends_with(".csv") { name.to_owned() } else { format!("{name}.csv") };
        files.push((file, read(path, MAX_TEXT_BYTES, "a table")?));
    }
    let refused = |what: String| CliError::Input(format!("--explanation: {what}"));
    let found = take(session, TableKind::Explanations, files).map_err(refused)?;
    keep(&mut settings.explanations.own, found);
    Ok(())
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

/// Feeds a file of `size` bytes to a session, each piece by the command that `piece` makes of it.
fn feed(
    session: &mut Session,
    piece: impl Fn(String, u64, u64, Vec<u8>) -> Command,
    name: &str,
    size: u64,
    mut from: impl Read,
) -> Result<Own, CliError> {
    let bar = indicatif::ProgressBar::new(size);
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    loop {
        let count = from.read(&mut buffer).map_err(|error| CliError::Input(error.to_string()))?;
        match session.apply(piece(name.to_owned(), size, at, buffer[..count].to_vec())).pop() {
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
