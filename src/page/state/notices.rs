//! Sentences for the reader: notices that stay until they are dismissed, and milestones for the live region.

use leptos::prelude::*;

/// Notices and the last milestone. A handle: copies are the same state.
#[derive(Clone, Copy)]
pub struct Notices {
    /// What could not be done, until it is dismissed.
    pub shown: RwSignal<Vec<String>>,
    /// The last milestone, as the live region says it.
    pub said: RwSignal<String>,
}

impl Notices {
    /// Nothing to tell yet.
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), said: RwSignal::new(String::new()) }
    }

    /// Adds a notice.
    pub fn add(self, notice: impl Into<String>) {
        self.shown.update(|notices| notices.push(notice.into()));
    }

    /// Puts one notice in the place of all others.
    pub fn replace(self, notice: impl Into<String>) {
        self.shown.set(vec![notice.into()]);
    }

    /// Takes away a notice that no longer holds.
    pub fn remove(self, notice: &str) {
        self.shown.update(|notices| notices.retain(|other| other != notice));
    }

    /// Announces a milestone.
    pub fn say(self, milestone: impl Into<String>) {
        self.said.set(milestone.into());
    }
}
