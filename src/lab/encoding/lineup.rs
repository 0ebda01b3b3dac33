//! Which explanations a run scores: the lab's own, then the reader's.

use super::explanation::Explanation;
use super::joint::Joint;
use super::method::Method;

/// An explanation to be made.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Shows nothing.
    Nothing,
    /// By one of the lab's methods.
    Method(Method),
    /// The reader's own.
    Own(Explanation),
}

/// All of them, in the order of a table.
#[must_use]
pub fn lineup(own: &[Explanation]) -> Vec<Entry> {
    let methods = Method::ALL.into_iter().map(Entry::Method);
    core::iter::once(Entry::Nothing).chain(methods).chain(own.iter().cloned().map(Entry::Own)).collect()
}

impl Entry {
    /// The explanation.
    ///
    /// # Errors
    /// Why there is none, in a sentence that names it.
    pub fn explain(&self, joint: &Joint, size: usize, seed: u64) -> Result<Explanation, String> {
        match self {
            Self::Nothing => Ok(Explanation { name: "nothing".to_owned(), ..Explanation::constant(joint, 0) }),
            Self::Method(method) => {
                method.explain(joint, size, seed).map_err(|error| format!("{}: {error}", method.name()))
            }
            Self::Own(explanation) => Ok(explanation.clone()),
        }
    }
}
