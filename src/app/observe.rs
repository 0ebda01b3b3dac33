//! Whether an element is seen, and when its size changes, for as long as the returned guard lives.

use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver};

/// Ends an observation when dropped.
pub struct Guard {
    stop: Box<dyn Fn()>,
    _call: Closure<dyn FnMut(js_sys::Array)>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        (self.stop)();
    }
}

/// Calls `told` with whether any part of `element` can be seen, at once and whenever that changes.
pub fn seen(element: &Element, told: impl Fn(bool) + 'static) -> Option<Guard> {
    let call = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.get(entries.length().saturating_sub(1));
        told(last.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
    });
    let observer = IntersectionObserver::new(call.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Guard { stop: Box::new(move || observer.disconnect()), _call: call })
}

/// Calls `told` whenever the size of `element` changes, and once at the start.
pub fn resized(element: &Element, told: impl Fn() + 'static) -> Option<Guard> {
    let call = Closure::<dyn FnMut(js_sys::Array)>::new(move |_: js_sys::Array| told());
    let observer = ResizeObserver::new(call.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Guard { stop: Box::new(move || observer.disconnect()), _call: call })
}
