//! The frame of a panel: title, content, caption.

use super::each::Each;
use crate::view::text;
use leptos::prelude::*;

/// A panel around its content.
#[component]
pub fn Panel(
    /// Its name in the catalogue.
    name: &'static str,
    /// The content.
    children: Children,
) -> impl IntoView {
    let (words, heading) = (text::panel(name), format!("chart-{name}"));
    let labelled = heading.clone();
    view! {
        <figure class=format!("panel p-{name}") role="group" aria-labelledby=labelled>
            <h3 id=heading>{words.title}</h3>
            {children()}
            <figcaption>{words.caption}</figcaption>
        </figure>
    }
}

/// Lines of small print, which stay as long as they say the same.
#[component]
pub fn Hints(
    /// The lines; follows the signals that it reads.
    lines: impl Fn() -> Vec<String> + Send + Sync + 'static,
) -> impl IntoView {
    view! { <Each items=lines children=|line| view! { <p class="hint">{line}</p> }.into_any() /> }
}
