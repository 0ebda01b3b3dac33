//! The page: a shell of signals, and one file for each part that shows them. Knows the engine only as commands and
//! events; computes nothing, and every value it shows is made by `view` or `chart`.

mod address;
mod compare;
mod controls;
mod dialogs;
mod dom;
mod embed;
mod engine;
mod equations;
mod files;
mod figure;
mod header;
mod keys;
mod notes;
mod observe;
mod painter;
mod panel;
mod pool;
mod sequence;
mod share;
mod shell;
mod stage;
mod sweep;
mod theme;
mod transport;

use crate::view::text::say;
use leptos::prelude::*;
use shell::Shell;

/// Puts the page in place of the starting sentence and opens what the address names.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(page);
}

fn page() -> impl IntoView {
    let shell = Shell::new();
    theme::follow(shell);
    keys::listen(shell);
    address::follow(shell);
    shell.open(&dom::fragment());
    let embedded = move || shell.view.with(|view| view.embed);
    Effect::new(move || dom::set_root_class("embed", embedded()));
    embed::follow(shell);
    view! {
        <a class="skip" href="#run" on:click=move |event| { event.prevent_default(); dom::focus("run"); }>{say("skip")}</a>
        {move || if embedded() { embed::header(shell) } else { header::header(shell) }}
        {notices(shell)}
        <main class="lab">
            {controls::settings(shell)}
            {stage::stage(shell)}
            {move || stage::shows(shell, "notes").then(|| notes::notes(shell))}
        </main>
        {move || (!embedded()).then(footer)}
        {dialogs::dialogs(shell)}
        <p class="unseen" role="status" aria-live="polite">{move || shell.said.get()}</p>
    }
}

/// Sentences about what could not be done, until they are dismissed.
fn notices(shell: Shell) -> impl IntoView {
    move || {
        let notices = shell.notices.get();
        (!notices.is_empty()).then(|| {
            let lines: Vec<_> = notices.into_iter().map(|notice| view! { <p>{notice}</p> }).collect();
            view! {
                <div class="notices" role="alert">
                    <div>{lines}</div>
                    <button on:click=move |_| shell.notices.set(Vec::new())>{say("dismiss")}</button>
                </div>
            }
        })
    }
}

fn footer() -> AnyView {
    view! { <footer class="foot"><p>{say("about")}</p></footer> }.into_any()
}
