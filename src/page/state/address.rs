//! The address bar: an effect on the state that writes its link, and a listener that opens what someone puts there.

use super::dialog::Dialogs;
use super::feature::Feature;
use super::shell::Shell;
use crate::experiment::View;
use crate::page::platform::dom;
use crate::page::reactive::memo;
use crate::run::Digest;
use crate::view::share;
use leptos::ev;
use leptos::prelude::*;
use leptos_use_watch_debounce_throttle::watch_debounced;

/// Browsers refuse more than a few changes a second.
const PAUSE_MS: f64 = 400.0;

/// The link of what is shown, with the digest it promised.
fn current(shell: Shell) -> String {
    let view = View { step: None, ..shell.view.get() };
    share::link(&shell.experiment.get(), &view, shell.expected.get().map(Digest))
}

/// The link that the address stands for. A link that was opened stays as it was written until something changes.
#[derive(Clone, Copy)]
struct Address {
    shell: Shell,
    known: StoredValue<String>,
}

impl Feature for Address {
    fn opened(&self, _view: &View) {
        self.known.set_value(untrack(|| current(self.shell)));
    }
}

/// Writes the link of the state into the address bar, and opens what someone puts into it.
pub fn follow(shell: Shell, dialogs: Dialogs) {
    let address = Address { shell, known: StoredValue::new(String::new()) };
    shell.add(address);
    let link = memo(move || current(shell));
    let write = move |link: &String, _: Option<&String>, _: Option<()>| {
        if address.known.with_value(|known| known != link) {
            address.known.set_value(link.clone());
            dom::put_fragment(link);
        }
    };
    let _ = watch_debounced(move || link.get(), write, PAUSE_MS);
    window_event_listener(ev::hashchange, move |_| {
        let fragment = dom::fragment();
        if fragment != untrack(|| current(shell)) {
            dialogs.close();
            shell.open(&fragment);
        }
    });
}
