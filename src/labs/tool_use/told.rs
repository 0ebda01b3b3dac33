//! Sentences on what is flawed in a file, a bounded number of them. Knows nothing of files.

/// Most that is told.
const MOST: usize = 20;

/// What there is to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    said: Vec<String>,
    more: u64,
}

impl Told {
    /// Tells something of what is at a place.
    pub fn say(&mut self, place: impl core::fmt::Display, what: &str) {
        if self.said.len() == MOST {
            self.more += 1;
        } else {
            self.said.push(format!("{place}: {what}"));
        }
    }

    /// All sentences, on records of this kind; the last says how many more there would be.
    #[must_use]
    pub fn sentences(&self, kind: &str) -> Vec<String> {
        let mut all: Vec<String> = self.said.iter().map(|said| format!("{kind} {said}")).collect();
        if self.more > 0 {
            all.push(format!("{} more {kind}s are like these", self.more));
        }
        all
    }
}
