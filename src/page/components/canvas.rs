//! Elements that the painter paints: when they are seen, and when what they show changed.

use crate::page::state::shell::Shell;
use leptos::html::ElementType;
use leptos::prelude::*;
use leptos_use_intersection_observer::use_intersection_observer;
use leptos_use_resize_observer::use_resize_observer;
use wasm_bindgen::JsCast;

/// Adds a picture to the painter until its part of the page is taken away; follows whether `node` is seen and how
/// large it is. Returns the painter's key.
pub fn use_painted<E>(shell: Shell, node: NodeRef<E>, paint: impl Fn() + 'static) -> u32
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    let element = Signal::derive_local(move || node.get().map(JsCast::unchecked_into::<web_sys::Element>));
    let key = shell.painter().add(paint);
    on_cleanup(move || shell.painter().remove(key));
    let _ = use_intersection_observer(element, move |entries, _| {
        if let Some(last) = entries.last() {
            shell.painter().set_visible(key, last.is_intersecting());
        }
    });
    let _ = use_resize_observer(element, move |_, _| shell.painter().touch(key));
    key
}
