//! The reader's own files for runs, given to a session as a page gives them: a text in pieces, tables, sentences and
//! explanations at once.

use super::args::Own as Asked;
use super::{CliError, file_error, read};
use crate::experiment::encoding::{Encoding, SubjectKind};
use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::scan_snap::{DataKind, ScanSnap, TextSource};
use crate::experiment::setting::shorten;
use crate::experiment::tool_use::{Images, Teacher, ToolUse, Tools};
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

/// Reads the files of `--data` and `--explanation`, if there are any, and makes the experiment one on them.
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
    let refused = |what: String| CliError::Input(format!("--data {}: {what}", path.display()));
    let about = path.metadata().map_err(|error| refused(error.to_string()))?;
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(refused("not a file".to_owned()));
    }
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    let found = feed(session, &shorten(&name(path)), about.len(), file.take(MAX_TEXT_BYTES + 1))
        .map_err(|error| refused(error.to_string()))?;
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
        _ => return Err(refused("expected tools, captions or answers; score-tools scores predictions".to_owned())),
    };
    keep(own, take(session, kind, vec![(name(path), bytes)]).map_err(refused)?);
    Ok(())
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

/// Feeds a text of `size` bytes to a session.
fn feed(session: &mut Session, name: &str, size: u64, mut from: impl Read) -> Result<Own, CliError> {
    let bar = indicatif::ProgressBar::new(size);
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let count = from.read(&mut piece).map_err(|error| CliError::Input(error.to_string()))?;
        let bytes = piece[..count].to_vec();
        match session.apply(Command::Data { name: name.to_owned(), size, at, bytes }).pop() {
            Some(Event::Loaded { text, .. }) => {
                bar.finish_and_clear();
                return Ok(text);
            }
            Some(Event::Refused { error, .. }) => return Err(CliError::Input(error)),
            _ if count == 0 => return Err(CliError::Input(format!("{at} bytes could be read, expected {size}"))),
            _ => {}
        }
        at += count as u64;
        bar.set_position(at);
    }
}
