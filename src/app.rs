//! The page: a shell of signals, and one file for each part that shows them. Knows the engine only as commands and
//! events; computes nothing, and every value it shows is made by `view` or `chart`.

mod address;
mod catalogue;
mod compare;
mod controls;
mod dialogs;
mod dom;
mod element;
mod embed;
mod endpoint;
mod engine;
mod equations;
mod explained;
mod figure;
mod files;
mod gallery;
mod header;
mod keys;
mod lab;
mod language;
mod leptos;
mod live;
mod notes;
mod observe;
mod own_samples;
mod own_tables;
mod own_text;
mod painter;
mod panel;
mod pool;
mod probe;
mod sequence;
mod share;
mod shell;
mod stage;
mod sweep;
mod theme;
mod tool_use;
mod transport;

use crate::view::text::say;
use element::{El, button, div, el, text};
use leptos::*;
use live::memo;
use shell::Shell;

/// Small before quick: the page allocates little, and with the usual allocator it weighs 1.2 KB more.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Puts the page on the screen and opens what the address names.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    leptos::mount(|| {
        let shell = Shell::new(language::start());
        theme::follow(shell);
        keys::follow(shell);
        address::follow(shell);
        shell.open(&dom::fragment());
        embed::follow(shell);
        own_text::follow(shell);
        panel::follow_print(shell);
        if let Some(body) = document().body() {
            // Built anew in another language; what is shown, and the run, are the shell's.
            let whole = el("div").maybe_of(move || {
                shell.language.track();
                Some(page(shell))
            });
            let _ = body.append_child(&whole.node());
        }
    });
}

fn page(shell: Shell) -> El {
    let embedded = memo(move || shell.view.with(|view| view.embed));
    element::watch(move || dom::set_root_class("embed", embedded.get()));
    let skip = text("a", say("skip")).class("skip").attr("href", "#run").on("click", |event| {
        event.prevent_default();
        dom::focus("run");
    });
    let main = el("main")
        .class("lab")
        .maybe_of(move || controls::settings(shell))
        .add(stage::stage(shell))
        .maybe_of(move || stage::shows(shell, "notes").then(|| notes::notes(shell)));
    div("page")
        .add(skip)
        .maybe_of(move || Some(if embedded.get() { embed::header(shell) } else { header::header(shell) }))
        .maybe_of(move || notices(shell))
        .add(main)
        .maybe_of(move || (!embedded.get()).then(|| el("footer").class("foot").add(text("p", say("about")))))
        .add(dialogs::dialogs(shell))
        .add(el("p").class("unseen").attr("role", "status").words_of(move || shell.said.get()))
}

/// Sentences about what could not be done, until they are dismissed.
fn notices(shell: Shell) -> Option<El> {
    let notices = shell.notices.get();
    let lines = notices.iter().map(|notice| text("p", notice));
    (!notices.is_empty()).then(|| {
        div("notices")
            .attr("role", "alert")
            .add(el("div").all(lines))
            .add(button("", say("dismiss"), move || shell.notices.set(Vec::new())))
    })
}
