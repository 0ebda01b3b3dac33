//! The gallery: named experiments, of each lab its own list. Titles and sentences are the catalogue's.

use super::Lab;

/// A named experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Its link's fragment.
    pub link: &'static str,
}

/// A named experiment.
#[must_use]
pub(crate) const fn preset(name: &'static str, link: &'static str) -> Preset {
    Preset { name, link }
}

/// All there are, in the order of the gallery.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    Lab::ALL.iter().flat_map(|lab| lab.presets)
}
