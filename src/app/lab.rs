//! Which lab is shown. The page of the first view knows one; for another it lets `boot.js` put the page of all labs in its
//! place, in the same window: the address says what that one opens.

use super::leptos::window;
use super::shell::Shell;
use super::{address, dom};
use crate::experiment::{Experiment, Lab, Link};
use crate::view::share;
use crate::view::text::fill;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// Whether this page shows `experiment`; else the page of all labs is on its way to do so, with what `link` says.
pub fn is_here(shell: Shell, link: &Link) -> bool {
    if cfg!(feature = "full") || matches!(link.experiment.lab, Lab::ScanSnap(_)) {
        return true;
    }
    dom::put_fragment(&link.write());
    address::leave(true);
    let failed = move |error: JsValue| {
        address::leave(false);
        shell.notices.set(vec![fill("lab_failed", &[&dom::words(&error)])]);
    };
    match Reflect::get(&window(), &"snapscopeOpenFull".into()).map(|open| open.unchecked_into::<Function>()) {
        Ok(open) => match open.call0(&JsValue::NULL) {
            Ok(opening) => dom::after(opening.unchecked_ref::<Promise>(), move |opened| {
                if let Err(error) = opened {
                    failed(error);
                }
            }),
            Err(error) => failed(error),
        },
        Err(error) => failed(error),
    }
    false
}

/// Tells `boot.js` how this page is taken away.
pub fn follow(leave: impl Fn() + 'static) {
    let leave = Closure::<dyn Fn()>::new(leave).into_js_value();
    let _ = Reflect::set(&window(), &"snapscopeLeave".into(), &leave);
}

/// Opens a lab: what was last run there, or its default.
pub fn open(shell: Shell, name: &str) {
    let here = shell.experiment.now();
    if here.lab.name() == name {
        return;
    }
    shell.left.update(|left| {
        left.retain(|(lab, _)| *lab != here.lab.name());
        left.push((here.lab.name(), share::link(&here, &shell.view.now(), None)));
    });
    let kept = shell.left.peek(|left| left.iter().find(|(lab, _)| *lab == name).map(|(_, link)| link.clone()));
    let start =
        || Lab::named(name).map(|lab| Link { experiment: Experiment { lab, ..here }, ..Link::default() }.write());
    if let Some(link) = kept.or_else(start) {
        shell.open(&link);
        dom::put_fragment(&link);
    }
}
