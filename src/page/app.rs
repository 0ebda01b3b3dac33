//! The whole page: makes the state, gives it by context, and lays out header, stage, notes and dialogs.

use super::components::controls::Settings;
use super::components::field::Button;
use super::components::header::{EmbedHeader, Header};
use super::components::notes::Notes;
use super::components::stage::Stage;
use super::dialogs::{self, DialogHost};
use super::platform::dom;
use super::state::compare::Compare;
use super::state::dialog::Dialogs;
use super::state::entry::{Labs, PageLab};
use super::state::files::{self, Tables};
use super::state::keys::{self, KeysOn};
use super::state::language::Language;
use super::state::notices::Notices;
use super::state::routing::Routing;
use super::state::shell::Shell;
use super::state::theme::ThemeState;
use super::state::{address, host};
use crate::page::components::shown::Shown;
use crate::page::reactive::{effect, memo};
use crate::view::text::say;
use leptos::ev;
use leptos::prelude::*;

/// Makes the state of the page, opens what the address names, and gives what is shown.
pub fn app(labs: &'static [&'static PageLab]) -> impl IntoView {
    let notices = Notices::new();
    let shell = Shell::new(notices);
    let (labs, dialogs, language) = (Labs(labs), Dialogs::new(dialogs::ALL), Language::start(notices));
    provide_context(shell);
    provide_context(labs);
    provide_context(dialogs);
    provide_context(language);
    provide_context(Compare::start(shell));
    provide_context(ThemeState::start(shell));
    provide_context(Tables::start(shell));
    let (routing, keys_on) = (Routing::new(shell), KeysOn::start());
    provide_context(routing);
    provide_context(keys_on);
    labs.0.iter().for_each(|lab| (lab.setup)(shell));
    keys::follow(shell, keys_on, dialogs, routing);
    address::follow(shell, dialogs);
    files::follow_drops(shell, labs);
    host::follow(shell);
    // What is out of view is on paper too.
    window_event_listener(ev::beforeprint, move |_| shell.painter().paint_all());
    shell.open(&dom::fragment());
    // Built anew in another language; what is shown, and the run, are the state's.
    move || {
        language.code.track();
        view! { <Page /> }
    }
}

/// What is on the screen.
#[component]
fn Page() -> impl IntoView {
    let shell = Shell::here();
    let is_embedded = memo(move || shell.view.with(|view| view.embed));
    effect(move || dom::set_root_class("embed", is_embedded.get()));
    let shows_notes = memo(move || shell.shows("notes"));
    let skip = |event: ev::MouseEvent| {
        event.prevent_default();
        dom::focus("run");
    };
    view! {
        <div class="page">
            <a class="skip" href="#run" on:click=skip>
                {say("skip")}
            </a>
            <Shown when=move || is_embedded.get() fallback=|| view! { <Header /> }>
                <EmbedHeader />
            </Shown>
            <NoticeList />
            <main class="lab">
                <Settings />
                <Stage />
                <Shown when=move || shows_notes.get()>
                    <Notes />
                </Shown>
            </main>
            <Shown when=move || !is_embedded.get()>
                <footer class="foot">
                    <p>{say("about")}</p>
                </footer>
            </Shown>
            <DialogHost />
            <p class="unseen" role="status">
                {shell.notices.said}
            </p>
        </div>
    }
    .into_any()
}

/// Sentences about what could not be done, until they are dismissed.
#[component]
fn NoticeList() -> impl IntoView {
    let notices = Shell::here().notices.shown;
    let line = |notice: String| view! { <p>{notice}</p> };
    view! {
        <Shown when=move || notices.with(|notices| !notices.is_empty())>
            <div class="notices" role="alert">
                <div>{move || notices.get().into_iter().map(line).collect_view()}</div>
                <Button label=say("dismiss") on_press=move || notices.set(Vec::new()) />
            </div>
        </Shown>
    }
}
