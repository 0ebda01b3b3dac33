//! How runs end that take minutes, for pictures of the gallery: `snapscope pictures` worked it out beforehand.
//!
//! Layout of the file, little-endian: the digest of the student that was used (`u64`); then for each picture its length (`u32`) and an
//! event of that many bytes, as a worker sends them: `run` tells which experiment it is of, `frame` has what its chart needs.

use super::{Event, RunId, wire};
use crate::experiment::Experiment;
use crate::run::Frame;
use xxhash_rust::xxh64::xxh64;

/// The file, as `snapscope pictures --out src/protocol/recorded.bin` writes it.
const FILE: &[u8] = include_bytes!("recorded.bin");

/// The name of an experiment's picture: other settings, another name.
#[must_use]
pub fn id(experiment: &Experiment) -> RunId {
    RunId(xxh64(experiment.to_json().to_string().as_bytes(), 0) as u32)
}

/// The digest of the student that was used, of its base and its adapters.
#[must_use]
pub fn student() -> u64 {
    u64::from_le_bytes(FILE.first_chunk().copied().unwrap_or_default())
}

/// What the picture of an experiment is drawn from, if it has one.
#[must_use]
pub fn of(experiment: &Experiment) -> Option<Frame> {
    let wanted = id(experiment);
    let mut rest = FILE.get(8..)?;
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let (event, after) = more.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        if let Ok(Event::Progress { run, frame, .. }) = wire::decode_event(event)
            && run == wanted
        {
            return Some(frame);
        }
    }
    None
}
