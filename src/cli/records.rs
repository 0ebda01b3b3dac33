//! Files of records, read in pieces: of any size, with no more in memory than a record.

use super::{CliError, file_error};
use crate::experiment::setting::shorten;
use crate::labs::tool_use::{Record, Records};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// That what a file has is not allowed.
pub fn refused(path: &Path, what: &str) -> CliError {
    CliError::Input(format!("{}: {what}", shorten(&path.to_string_lossy())))
}

/// Shows `see` each record of a file.
pub fn records(path: &Path, see: &mut dyn FnMut(Record)) -> Result<(), CliError> {
    let about = path.metadata().map_err(|error| refused(path, &error.to_string()))?;
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(refused(path, "not a file"));
    }
    let mut file = File::open(path).map_err(|error| file_error(path, error))?;
    let mut records = Records::default();
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece).map_err(|error| file_error(path, error))?;
        if count == 0 {
            return records.end().map_err(|error| refused(path, &error.to_string()));
        }
        records.feed(&piece[..count], see).map_err(|error| refused(path, &error.to_string()))?;
    }
}
