//! The weight of the meter in STRIPE-X: lines of equal STRIPE-X tilt as it moves.

use crate::page::state::shell::Shell;
use crate::view::explained::{self, ALPHA_PLACES};
use crate::view::text::say;
use leptos::prelude::*;

/// The slider.
pub fn view() -> AnyView {
    view! { <Alpha /> }.into_any()
}

/// The slider.
#[component]
fn Alpha() -> impl IntoView {
    let shell = Shell::here();
    let at = move || shell.view.with(|view| view.alpha.unwrap_or(1.0));
    let put = move |text: String| {
        if let Ok(place) = text.parse() {
            shell.set_alpha(explained::alpha_at(place));
        }
    };
    view! {
        <label class="named alpha">
            <span>{say("alpha")}</span>
            <input
                type="range"
                id="alpha"
                min="0"
                max=ALPHA_PLACES.to_string()
                aria-valuetext=move || explained::number(at())
                prop:value=move || explained::alpha_place(at())
                on:input:target=move |event| put(event.target().value())
            />
            <output for="alpha">{move || explained::number(at())}</output>
        </label>
    }
}
