//! The address bar: holds the link of what is shown, and is followed when someone changes it.

use super::leptos::*;
use super::shell::Shell;
use super::{dom, element};
use crate::view::share;
use core::time::Duration;
use std::cell::Cell;

/// Browsers refuse more than a few changes a second.
const PAUSE: Duration = Duration::from_millis(400);

thread_local! {
    static DUE: Cell<bool> = const { Cell::new(false) };
}

/// The link of what is shown, with the digest it promised.
pub fn current(shell: Shell) -> String {
    let view = crate::experiment::View { step: None, ..shell.view.now() };
    let expected = shell.expected.now().map(crate::run::Digest);
    share::link(&shell.experiment.now(), &view, expected)
}

/// Says that the link changed; it is written soon.
pub fn note(shell: Shell) {
    if !DUE.replace(true) {
        let write = move || {
            DUE.set(false);
            dom::put_fragment(&current(shell));
        };
        set_timeout(write, PAUSE);
    }
}

/// Opens what someone puts into the address bar, or a link within the page.
pub fn follow(shell: Shell) {
    element::listen(&window(), "hashchange", move |_| {
        let fragment = dom::fragment();
        if fragment != current(shell) {
            shell.dialog.set(None);
            shell.open(&fragment);
        }
    });
}
