//! What the page uses of leptos: its reactive graph, and its helpers for the DOM. Elements are our own (`element`).

use std::cell::Cell;

pub use leptos_dom::helpers::{
    TimeoutHandle, document, event_target_checked, event_target_value, request_animation_frame, set_timeout,
    set_timeout_with_handle, window,
};
pub use reactive_graph::effect::RenderEffect;
pub use reactive_graph::graph::untrack;
pub use reactive_graph::owner::{LocalStorage, Owner, StoredValue};
pub use reactive_graph::signal::Trigger;
pub use reactive_graph::traits::{GetValue, Notify, SetValue, Track, UpdateValue, WithValue};

thread_local! {
    static ROOT: Cell<Option<Owner>> = const { Cell::new(None) };
}

/// Builds the page on a root of the reactive graph that stays until [`unmount`].
pub fn mount(build: impl FnOnce()) {
    // It is already there only when the page is started twice.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.with(build);
    ROOT.set(Some(owner));
}
