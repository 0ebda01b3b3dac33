//! The words on charts: axis titles, legends, roles of tokens. The texts come from whoever draws; mathematical symbols are
//! those of the papers.

use std::collections::BTreeMap;

/// Texts on charts in one language, by their names in the `chart` section of the message catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<&'static str, &'static str>);

impl Words {
    /// Words from pairs of name and text.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The text called `name`, or `name` itself where there is none. A test compares the names in this folder with the
    /// catalogue, so call it with a literal.
    #[must_use]
    pub fn say(&self, name: &'static str) -> &'static str {
        self.0.get(name).copied().unwrap_or(name)
    }
}

/// English, for tests.
#[cfg(test)]
pub(super) static ENGLISH: std::sync::LazyLock<Words> =
    std::sync::LazyLock::new(|| Words::of(crate::view::text::on_charts()));
