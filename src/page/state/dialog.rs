//! Which dialog is open: at most one.

use leptos::prelude::*;

/// A dialog.
pub struct DialogEntry {
    /// Its name, by which entries are told apart.
    pub name: &'static str,
    /// Word of the catalogue for its title.
    pub title: &'static str,
    /// The key that opens it, if one does.
    pub key: Option<&'static str>,
    /// What is in it.
    pub view: fn() -> AnyView,
}

impl PartialEq for DialogEntry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The dialogs of the header, and the one that is open. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct Dialogs {
    /// Those with a key or a button in the header.
    pub all: &'static [&'static DialogEntry],
    /// The one that is open.
    pub open: RwSignal<Option<&'static DialogEntry>>,
}

impl Dialogs {
    /// None is open.
    pub fn new(all: &'static [&'static DialogEntry]) -> Self {
        Self { all, open: RwSignal::new(None) }
    }

    /// The dialogs of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Opens a dialog.
    pub fn show(self, dialog: &'static DialogEntry) {
        self.open.set(Some(dialog));
    }

    /// Closes what is open.
    pub fn close(self) {
        self.open.set(None);
    }

    /// The dialog that a key opens.
    pub fn of_key(self, key: &str) -> Option<&'static DialogEntry> {
        self.all.iter().copied().find(|dialog| dialog.key == Some(key))
    }
}
