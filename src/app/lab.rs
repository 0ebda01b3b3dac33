//! Which lab is shown. The page of the first view knows one; for another it lets `boot.js` put the page of all labs in its
//! place, in the same window: the address says what that one opens.

use super::leptos::window;
use super::shell::Shell;
use super::{address, dom};
use crate::view::share;
use crate::view::text::fill;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// Where the links of labs that were left are kept.
const LEFT: &str = "snapscopeLeft";
/// The labs that the page of all labs has besides.
const OTHERS: &[&str] = &["encoding", "tool-use"];

/// Whether this page shows what a link asks for; else the page of all labs is on its way to do so.
pub fn is_here(shell: Shell, link: &str) -> bool {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    let lab = fragment.split('&').find_map(|part| part.strip_prefix("lab="));
    if cfg!(feature = "full") || !lab.is_some_and(|lab| OTHERS.contains(&lab)) {
        return true;
    }
    dom::put_fragment(&["#", fragment].concat());
    address::leave(true);
    dom::boot("snapscopeOpenFull", move |opened| {
        if let Err(error) = opened {
            address::leave(false);
            shell.notices.set(vec![fill("lab_failed", &[&dom::words(&error)])]);
        }
    });
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
    // On the window, as another page may take this one's place.
    let left = Reflect::get(&window(), &LEFT.into()).ok().filter(JsValue::is_object);
    let left = left.unwrap_or_else(|| js_sys::Object::new().into());
    let link = share::link(&here, &shell.view.now(), None);
    let _ = Reflect::set(&left, &here.lab.name().into(), &link.into());
    let _ = Reflect::set(&window(), &LEFT.into(), &left);
    let kept = Reflect::get(&left, &name.into()).ok().and_then(|link| link.as_string());
    let link = kept.unwrap_or_else(|| format!("#v=1&lab={name}&seed={}", here.seed));
    dom::put_fragment(&link);
    shell.open(&link);
}
