//! The few things the page asks of the browser itself. No state, no words.

use super::leptos::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, Url};

/// The link in the address; a self-contained page carries its link in itself.
pub fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    if hash.len() > 1 {
        return hash;
    }
    let meta = document().query_selector("meta[name='snapscope-link']").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or(hash)
}

/// The page's address without its fragment.
pub fn address() -> String {
    let whole = window().location().href().unwrap_or_default();
    whole.split('#').next().unwrap_or_default().to_owned()
}

/// Puts `fragment` into the address bar. Pages of an opaque origin may not; they stay as they are.
pub fn put_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(fragment));
    }
}

/// Moves the focus to an element.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Moves the focus to the first element that a selector finds.
pub fn focus_on(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Sets or clears a class of the root element.
pub fn set_root_class(class: &str, on: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().toggle_with_force(class, on);
    }
}

/// Sets an attribute of the root element, or removes it.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Sets a property of an element's style.
pub fn set_style(element: &web_sys::Element, name: &str, value: &str) {
    let _ = element.unchecked_ref::<HtmlElement>().style().set_property(name, value);
}

/// Whether a media query matches.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Calls `changed` whenever a media query starts or stops to match.
pub fn on_media(query: &str, changed: impl Fn(bool) + 'static) {
    if let Ok(Some(list)) = window().match_media(query) {
        let read = list.clone();
        let call = Closure::<dyn FnMut()>::new(move || changed(read.matches()));
        let _ = list.add_event_listener_with_callback("change", call.as_ref().unchecked_ref());
        call.forget();
    }
}

/// What was kept under `key`, where the page has storage at all.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps `value` under `key`, where the page has storage at all.
pub fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Calls `then` with what a promise comes to.
pub fn after(promise: &js_sys::Promise, then: impl FnOnce(Result<JsValue, JsValue>) + 'static) {
    after_boxed(promise, Box::new(then));
}

type Then = Box<dyn FnOnce(Result<JsValue, JsValue>)>;

fn after_boxed(promise: &js_sys::Promise, then: Then) {
    let then: Rc<Cell<Option<Then>>> = Rc::new(Cell::new(Some(then)));
    let other = then.clone();
    let good = Closure::<dyn FnMut(JsValue)>::new(move |value| {
        if let Some(then) = then.take() {
            then(Ok(value));
        }
    });
    let bad = Closure::<dyn FnMut(JsValue)>::new(move |error| {
        if let Some(then) = other.take() {
            then(Err(error));
        }
    });
    let _ = promise.then2(&good, &bad);
    good.forget();
    bad.forget();
}

/// Calls a function that `boot.js` put on the window, then `then` with what its promise comes to.
pub fn boot(name: &str, then: impl FnOnce(Result<JsValue, JsValue>) + 'static) {
    let function = js_sys::Reflect::get(&window(), &name.into());
    match function.and_then(|function| function.unchecked_into::<js_sys::Function>().call0(&JsValue::NULL)) {
        Ok(promise) => after(promise.unchecked_ref(), then),
        Err(error) => then(Err(error)),
    }
}

/// Milliseconds since the page started.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Text as a file for the reader.
pub fn download_text(text: &str, name: &str, kind: &str) {
    download_part(&text.into(), name, kind);
}

/// Text or an array of bytes as a file for the reader.
pub fn download_part(part: &JsValue, name: &str, kind: &str) {
    let parts = js_sys::Array::of1(part);
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        download(&blob, name);
    }
}

/// A file for the reader.
pub fn download(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has the file once the click is handled; the address may go soon after.
    let freed = move || {
        let _ = Url::revoke_object_url(&url);
    };
    set_timeout(freed, core::time::Duration::from_secs(20));
}

/// An error of the browser in words.
pub fn words(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "unknown".to_owned())
}

fn details() -> impl Iterator<Item = web_sys::HtmlDetailsElement> {
    let all = document().get_elements_by_tag_name("details");
    (0..all.length()).filter_map(move |at| Some(all.item(at)?.unchecked_into()))
}

/// Which of the parts that fold away are open, in the order of the page.
pub fn folds() -> Vec<bool> {
    details().map(|part| part.open()).collect()
}

/// Opens and folds away what [`folds`] found.
pub fn put_folds(open: &[bool]) {
    details().zip(open).for_each(|(part, open)| part.set_open(*open));
}

/// Whether the `<details>` that an event comes from is open.
pub fn is_open(event: &web_sys::Event) -> bool {
    event.target().is_some_and(|target| target.unchecked_into::<web_sys::HtmlDetailsElement>().open())
}
