//! Texts for runs: those that come with the page, and the reader's own file, fed to a session in pieces as a page would.

use super::{CliError, file_error};
use crate::experiment::own::MAX_TEXT_BYTES;
use crate::experiment::scan_snap::{DataKind, TextSource};
use crate::experiment::setting::shorten;
use crate::experiment::{Experiment, Own};
use crate::lab::Library;
use crate::protocol::{Command, Event};
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

/// Reads the file of `--data`, if there is one, and makes the experiment one on it.
pub fn given(data: Option<&Path>, experiment: &mut Experiment) -> Result<Library, CliError> {
    let Some(path) = data else { return Ok(Library::default()) };
    let refused = |what: String| CliError::Input(format!("--data {}: {what}", path.display()));
    let about = path.metadata().map_err(|error| refused(error.to_string()))?;
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(refused("not a file".to_owned()));
    }
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    let name = path.file_name().map_or_else(String::new, |name| shorten(&name.to_string_lossy()));
    let (library, found) =
        read(&name, about.len(), file.take(MAX_TEXT_BYTES + 1)).map_err(|error| refused(error.to_string()))?;
    let Some(settings) = experiment.scan_snap_mut() else {
        return Err(refused("this experiment trains on no text".to_owned()));
    };
    settings.data.kind = DataKind::Text;
    settings.data.text = TextSource::Own;
    // An experiment that says which text it is about is checked against it when it starts.
    if settings.data.own == Own::default() {
        settings.data.own = found;
    }
    Ok(library)
}

/// Feeds a text of `size` bytes to a session.
fn read(name: &str, size: u64, mut from: impl Read) -> Result<(Library, Own), CliError> {
    let mut session = Session::default();
    let bar = indicatif::ProgressBar::new(size);
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let count = from.read(&mut piece).map_err(|error| CliError::Input(error.to_string()))?;
        let bytes = piece[..count].to_vec();
        match session.apply(Command::Data { name: name.to_owned(), size, at, bytes }).pop() {
            Some(Event::Loaded { text, .. }) => {
                bar.finish_and_clear();
                return Ok((session.library().clone(), text));
            }
            Some(Event::Refused { error, .. }) => return Err(CliError::Input(error)),
            _ if count == 0 => return Err(CliError::Input(format!("{at} bytes could be read, expected {size}"))),
            _ => {}
        }
        at += count as u64;
        bar.set_position(at);
    }
}
