//! Small fields: a button, a box to tick, a choice.

use super::each::Each;
use leptos::prelude::*;

/// A button.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    label: String,
    /// Its class.
    #[prop(optional)]
    class: &'static str,
    /// Whether it can be pressed no more.
    #[prop(into, default = Signal::from(false))]
    disabled: Signal<bool>,
    /// What pressing it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class=class disabled=disabled on:click=move |_| on_press.run(())>
            {label}
        </button>
    }
}

/// A box to tick, and its words.
#[component]
pub fn Tick(
    /// Whether it is ticked.
    #[prop(into)]
    on: Signal<bool>,
    /// Takes what the reader ticked.
    #[prop(into)]
    put: Callback<(bool,)>,
    /// Whether it cannot be ticked or cleared.
    #[prop(into, default = Signal::from(false))]
    disabled: Signal<bool>,
    /// The words behind it.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="tick">
            <input
                type="checkbox"
                prop:checked=on
                disabled=disabled
                on:change:target=move |event| put.run((event.target().checked(),))
            />
            {children()}
        </label>
    }
}

/// A value that can be chosen, and its words.
pub type Labelled = (String, String);

/// A choice of one of some values.
#[component]
pub fn Choice(
    /// The values, each with its words.
    #[prop(into)]
    options: Signal<Vec<Labelled>>,
    /// The value chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Its id, where a label elsewhere names it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Id of what describes it.
    #[prop(optional)]
    described: Option<&'static str>,
    /// What it is, where no label says so.
    #[prop(optional, into)]
    label: Option<String>,
    /// Takes the value that the reader chose.
    #[prop(into)]
    put: Callback<(String,)>,
) -> impl IntoView {
    let option = move |(value, words): Labelled| {
        let own = value.clone();
        view! {
            <option value=value prop:selected=move || chosen.with(|chosen| *chosen == own)>
                {words}
            </option>
        }
        .into_any()
    };
    view! {
        <select
            id=id
            aria-describedby=described
            aria-label=label
            on:change:target=move |event| put.run((event.target().value(),))
        >
            <Each items=move || options.get() children=option />
        </select>
    }
}
