//! The head of the page: name, labs, dialogs, theme, language; and the small one of embedded figures.

use crate::page::platform::boot::boot;
use crate::page::platform::dom;
use crate::page::state::dialog::{DialogEntry, Dialogs};
use crate::page::state::entry::{Labs, PageLab};
use crate::page::state::language::{CHOOSER, Language};
use crate::page::state::routing::Routing;
use crate::page::state::shell::Shell;
use crate::page::state::theme::{CHOICES, ThemeState};
use crate::view::share;
use crate::view::text::{self as words, say};
use js_sys::{Array, Object};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The head of the whole page.
#[component]
pub fn Header() -> impl IntoView {
    let all = Dialogs::here().all;
    // Help comes last, behind what is chosen once.
    let (last, first) = all.split_last().map_or((None, all), |(last, first)| (Some(*last), first));
    let opener = |dialog: &'static DialogEntry| view! { <Opener dialog=dialog /> };
    let lab = |lab: &&'static PageLab| view! { <LabLink lab=*lab /> };
    view! {
        <header class="top">
            <p class="brand">{say("name")}</p>
            <nav aria-label=say("labs")>
                <ul>{Labs::here().0.iter().map(lab).collect_view()}</ul>
            </nav>
            <div class="tools">
                {first.iter().copied().map(opener).collect_view()} <ThemeButton /> <LanguageChoice /> {last.map(opener)}
            </div>
        </header>
    }
    .into_any()
}

/// A button that opens a dialog.
#[component]
fn Opener(
    /// The dialog.
    dialog: &'static DialogEntry,
) -> impl IntoView {
    let dialogs = Dialogs::here();
    view! {
        <button type="button" class="quiet" aria-haspopup="dialog" on:click=move |_| dialogs.show(dialog)>
            {say(dialog.title)}
        </button>
    }
}

/// The link to a lab.
#[component]
fn LabLink(
    /// The lab.
    lab: &'static PageLab,
) -> impl IntoView {
    let (shell, routing) = (Shell::here(), Routing::here());
    let is_current = move || shell.experiment.with(|experiment| experiment.lab.name() == lab.name);
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        routing.open(lab.name);
    };
    let [title, _] = words::lab(lab.name);
    view! {
        <li>
            <a
                href=format!("#v=1&lab={}&seed=0", lab.name)
                aria-current=move || is_current().then_some("page")
                on:click=open
            >
                {title}
            </a>
        </li>
    }
}

/// The button that goes round the three choices of theme.
#[component]
fn ThemeButton() -> impl IntoView {
    let theme = ThemeState::here();
    let name = move || say(CHOICES[theme.chosen.get()].1);
    view! {
        <button
            type="button"
            class="quiet"
            aria-label=move || format!("{}: {}", say("theme"), name())
            on:click=move |_| theme.next()
        >
            <span class="i-theme" aria-hidden="true"></span>
            {name}
        </button>
    }
}

/// Chooses the language, each by its own name.
#[component]
fn LanguageChoice() -> impl IntoView {
    let language = Language::here();
    let option = |pair: wasm_bindgen::JsValue| {
        let pair: Array = pair.unchecked_into();
        let [code, name] = [0, 1].map(|at| pair.get(at).as_string().unwrap_or_default());
        let own = code.clone();
        view! {
            <option value=code.clone() lang=code prop:selected=move || language.code.with(|code| *code == own)>
                {name}
            </option>
        }
    };
    view! {
        <label>
            <span class="unseen">{say("language")}</span>
            <select id=CHOOSER on:change:target=move |event| language.change(event.target().value())>
                {Object::entries(&boot().languages()).iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// The head of an embedded figure: which lab it is of, and a link to the whole page.
#[component]
pub fn EmbedHeader() -> impl IntoView {
    let shell = Shell::here();
    let link = move || {
        let mut view = shell.view.get();
        view.embed = false;
        view.hidden.clear();
        view.locked.clear();
        view.panels.clear();
        format!("{}{}", dom::address(), share::link(&shell.experiment.get(), &view, None))
    };
    let lab = move || words::lab(shell.experiment.with(|experiment| experiment.lab.name()))[0];
    view! {
        <header class="top small">
            <p class="brand">{lab}</p>
            <a href=link target="_blank" rel="noopener">
                {say("open_full")}
            </a>
        </header>
    }
}
