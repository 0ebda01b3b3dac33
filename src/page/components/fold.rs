//! A part of the page that folds away under its title.

use leptos::prelude::*;

/// A part that folds away.
#[component]
pub fn Fold(
    /// Whether it is open at first.
    #[prop(optional)]
    open: bool,
    /// Its class.
    #[prop(default = "fold")]
    class: &'static str,
    /// Told whether it is open, whenever that changes.
    #[prop(optional, into)]
    on_toggle: Option<Callback<bool>>,
    /// Its title.
    title: ViewFn,
    /// What folds away.
    children: Children,
) -> impl IntoView {
    let toggled = move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlDetailsElement>| {
        if let Some(told) = on_toggle {
            told.run(event.target().open());
        }
    };
    view! {
        <details class=class open=open on:toggle:target=toggled>
            <summary>{title.run()}</summary>
            {children()}
        </details>
    }
}
