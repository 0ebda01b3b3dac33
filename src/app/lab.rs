//! Which lab is shown, and what was last run in the others.

use super::dom;
use super::shell::Shell;
use crate::view::share;
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// The links of labs that were left, by the labs' names.
    static LEFT: RefCell<BTreeMap<&'static str, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Opens a lab: what was last run there, or its default.
pub fn open(shell: Shell, name: &str) {
    let here = shell.experiment.now();
    if here.lab.name() == name {
        return;
    }
    let link = share::link(&here, &shell.view.now(), None);
    let kept = LEFT.with_borrow_mut(|left| {
        left.insert(here.lab.name(), link);
        left.get(name).cloned()
    });
    let link = kept.unwrap_or_else(|| format!("#v=1&lab={name}&seed={}", here.seed));
    dom::put_fragment(&link);
    shell.open(&link);
}
