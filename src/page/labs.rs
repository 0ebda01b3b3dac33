//! The page side of the labs: one entry each. A lab more is its folder and a line in [`ALL`].

mod encoding;
mod scan_snap;
mod tool_use;
#[cfg(test)]
mod toy;

use super::state::entry::PageLab;

/// All labs, in the order of the header.
pub const ALL: &[&PageLab] = &[
    &scan_snap::LAB,
    &encoding::LAB,
    &tool_use::LAB,
    #[cfg(test)]
    &toy::LAB,
];
