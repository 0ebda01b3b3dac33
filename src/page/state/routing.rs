//! Which lab is shown, and what was last run in the others.

use super::shell::Shell;
use crate::page::platform::dom;
use crate::view::share;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The links of labs that were left. A handle, in the context.
#[derive(Clone, Copy)]
pub struct Routing {
    shell: Shell,
    left: StoredValue<BTreeMap<&'static str, String>>,
}

impl Routing {
    /// No lab was left yet.
    pub fn new(shell: Shell) -> Self {
        Self { shell, left: StoredValue::new(BTreeMap::new()) }
    }

    /// The routing of this page, from the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// Opens a lab: what was last run there, or its default.
    pub fn open(self, name: &'static str) {
        let here = self.shell.experiment.get_untracked();
        if here.lab.name() == name {
            return;
        }
        let link = share::link(&here, &self.shell.view.get_untracked(), None);
        self.left.update_value(|left| drop(left.insert(here.lab.name(), link)));
        let kept = self.left.with_value(|left| left.get(name).cloned());
        let link = kept.unwrap_or_else(|| format!("#v=1&lab={name}&seed={}", here.seed));
        dom::put_fragment(&link);
        self.shell.open(&link);
    }
}
