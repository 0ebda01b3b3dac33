//! Small helpers over the DOM: address, focus, media queries, storage, downloads.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlDetailsElement, HtmlElement, Url};

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

/// Puts `fragment` into the address bar in the place of the one there. Pages of an opaque origin may not; they stay as they are.
pub fn put_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(fragment));
    }
}

/// Moves the focus to the element of that id.
pub fn focus(id: &str) {
    focus_on(&format!("#{id}"));
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

/// Whether a media query matches now.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the reader prefers reduced motion.
pub fn is_calm() -> bool {
    media("(prefers-reduced-motion: reduce)")
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

/// Milliseconds since the page started.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Downloads text as a file.
pub fn download_text(text: &str, name: &str, kind: &str) {
    download_part(&text.into(), name, kind);
}

/// Downloads bytes as a file.
pub fn download_bytes(bytes: &[u8], name: &str, kind: &str) {
    download_part(&js_sys::Uint8Array::from(bytes), name, kind);
}

fn download_part(part: &JsValue, name: &str, kind: &str) {
    let parts = js_sys::Array::of1(part);
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        download(&blob, name);
    }
}

/// Downloads a blob as a file.
pub fn download(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has the file once the click is handled; the address may go soon after.
    let free = move || {
        let _ = Url::revoke_object_url(&url);
    };
    set_timeout(free, core::time::Duration::from_secs(20));
}

/// An error of the browser in words.
pub fn error_text(error: &JsValue) -> String {
    let message = js_sys::Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "unknown".to_owned())
}

fn details() -> impl Iterator<Item = HtmlDetailsElement> {
    let all = document().get_elements_by_tag_name("details");
    (0..all.length()).filter_map(move |at| Some(all.item(at)?.unchecked_into()))
}

/// Which `<details>` are open, in the order of the page.
pub fn open_folds() -> Vec<bool> {
    details().map(|part| part.open()).collect()
}

/// Opens and closes the `<details>` as [`open_folds`] found them.
pub fn put_folds(open: &[bool]) {
    details().zip(open).for_each(|(part, open)| part.set_open(*open));
}
