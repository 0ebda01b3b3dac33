//! How runs end that take minutes, for pictures of the gallery: `snapscope pictures` worked it out beforehand.
//!
//! Layout of the file, little-endian: the digest of the student that was used (`u64`); then for each picture its length (`u32`) and an
//! event of that many bytes, as a worker sends them: `run` is the preset's place, `frame` has what its chart needs, and `furthest` is the
//! digest of all settings, by which a test finds that the preset has come to mean something else.

use super::{Event, RunId, wire};
use crate::run::Frame;

/// The file, as `snapscope pictures --out src/protocol/recorded.bin` writes it.
const FILE: &[u8] = include_bytes!("recorded.bin");

/// The digest of the student that was used, of its base and its adapters.
#[must_use]
pub fn student() -> u64 {
    u64::from_le_bytes(FILE.first_chunk().copied().unwrap_or_default())
}

/// What the picture of the preset at a place is drawn from, if it has one, and the digest of the settings it was worked out with.
#[must_use]
pub fn of(place: usize) -> Option<(Frame, u64)> {
    let wanted = RunId(place as u32);
    let mut rest = FILE.get(8..)?;
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let (event, after) = more.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        if let Ok(Event::Progress { run, frame, furthest, .. }) = wire::decode_event(event)
            && run == wanted
        {
            return Some((frame, furthest));
        }
    }
    None
}
