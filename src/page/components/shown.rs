//! A part of the page that is there only while something holds.

use crate::page::reactive::memo;
use leptos::prelude::*;

/// leptos's `<Show>`, compiled once for all its conditions.
#[component]
pub fn Shown(
    /// Whether the part is there; follows the signals that it reads.
    #[prop(into)]
    when: Callback<(), bool>,
    /// What stands in its place otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// The part.
    children: ChildrenFn,
) -> impl IntoView {
    let holds = memo(move || when.run(()));
    move || if holds.get() { children().into_any() } else { fallback.run() }
}
