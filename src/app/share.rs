//! Sharing: link, embed code, files.

use super::shell::Shell;
use super::{dom, figure, files, stage};
use crate::experiment::View;
use crate::experiment::link::PANELS;
use crate::view::control::{GROUPS, group};
use crate::view::share::{self, EmbedChoice};
use crate::view::text::{self, fill, say};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The dialog's content.
pub fn share(shell: Shell) -> AnyView {
    view! {
        <section><h3>{say("share_link")}</h3>{link(shell)}</section>
        <section><h3>{say("share_embed")}</h3>{embed(shell)}</section>
        <section><h3>{say("share_files")}</h3>{downloads(shell)}</section>
    }
    .into_any()
}

/// The link of what is shown; at the step shown, or from the start.
fn fragment(shell: Shell, at_step: bool, compared: bool) -> String {
    let player = shell.player.get();
    let compare = shell.pinned.get().filter(|_| compared).map(|pinned| {
        let plain = share::link(&pinned.experiment, &View::default(), None);
        plain.trim_start_matches('#').to_owned()
    });
    let step = at_step.then_some(player.step);
    let view = View { step, compare, embed: false, ..shell.view.get() };
    share::link(&shell.experiment.get(), &view, player.digest)
}

fn link(shell: Shell) -> AnyView {
    let (at_step, compared) = (RwSignal::new(false), RwSignal::new(true));
    let whole = Memo::new(move |_| format!("{}{}", dom::address(), fragment(shell, at_step.get(), compared.get())));
    let digest = move || {
        let known = shell.player.with(|player| player.digest.is_some());
        say(if known { "share_digest" } else { "share_no_digest" })
    };
    let step = move || fill("share_step", &[&shell.player.with(|player| player.step.to_string())]);
    let pinned = move || {
        shell.pinned.with(Option::is_some).then(|| view! { <div>{tick(compared, || say("share_compare").to_owned())}</div> })
    };
    view! {
        <p class="hint">{say("share_link_help")} " " {digest}</p>
        {copyable(shell, "share_link", "copy_link", whole)}
        <div>{tick(at_step, step)}</div>
        {pinned}
    }
    .into_any()
}

fn embed(shell: Shell) -> AnyView {
    let panels = RwSignal::new(vec!["scan".to_owned(), "bars".to_owned()]);
    let settings = RwSignal::new(vec!["training.eta_y".to_owned()]);
    let (transport, click) = (RwSignal::new(true), RwSignal::new(false));
    let code = Memo::new(move |_| {
        let choice = EmbedChoice {
            panels: panels.get(),
            settings: settings.get(),
            transport: transport.get(),
            click: click.get(),
        };
        let view = share::embed_view(&shell.view.get(), &choice);
        let fragment = share::link(&shell.experiment.get(), &view, None);
        share::embed_code(&dom::address(), &fragment, say("lab_scan_snap"))
    });
    let of_panels: Vec<_> =
        PANELS.iter().map(|name| member(panels, PANELS.to_vec(), name, text::panel(name).title)).collect();
    let paths = shell.experiment.with_untracked(|experiment| {
        GROUPS.iter().flat_map(|name| group(name, experiment)).map(|setting| setting.path).collect::<Vec<_>>()
    });
    let of_settings: Vec<_> =
        paths.iter().map(|path| member(settings, paths.clone(), path, text::setting(path).label)).collect();
    view! {
        <p class="hint">{say("share_embed_help")}</p>
        <fieldset><legend>{say("embed_panels")}</legend><div class="ticks">{of_panels}</div></fieldset>
        <details><summary>{say("embed_controls")}</summary><div class="ticks">{of_settings}</div></details>
        <div>{tick(transport, || say("embed_transport").to_owned())}</div>
        <div>{tick(click, || say("embed_click").to_owned())}</div>
        {copyable(shell, "share_embed", "copy_embed", code)}
    }
    .into_any()
}

/// A box to tick.
fn tick(on: RwSignal<bool>, label: impl Fn() -> String + Send + 'static) -> AnyView {
    view! {
        <label class="tick">
            <input type="checkbox" prop:checked=move || on.get() on:change=move |event| on.set(event_target_checked(&event)) />
            {label}
        </label>
    }
    .into_any()
}

/// A box that puts `name` into the list or takes it out; the list keeps the order of `all`.
fn member(list: RwSignal<Vec<String>>, all: Vec<&'static str>, name: &'static str, label: &'static str) -> AnyView {
    let change = move |event| {
        let on = event_target_checked(&event);
        list.update(|list| {
            let chosen = |other: &&str| if **other == *name { on } else { list.iter().any(|kept| kept == *other) };
            *list = all.iter().copied().filter(chosen).map(str::to_owned).collect();
        });
    };
    let on = move || list.with(|list| list.iter().any(|kept| kept == name));
    view! { <label class="tick"><input type="checkbox" prop:checked=on on:change=change />{label}</label> }.into_any()
}

/// Text to copy: to read, to select by hand, or at a click.
fn copyable(shell: Shell, label: &'static str, button: &'static str, text: Memo<String>) -> AnyView {
    let said = RwSignal::new("");
    Effect::new(move || {
        text.track();
        said.set("");
    });
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            // Pages of an opaque origin, or without TLS, have no clipboard.
            let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
            let copied = match clipboard {
                Ok(clipboard) if !clipboard.is_undefined() => {
                    let done = window().navigator().clipboard().write_text(&text.get_untracked());
                    JsFuture::from(done).await.is_ok()
                }
                _ => false,
            };
            said.set(say(if copied { "said_copied" } else { "said_copy_failed" }));
            shell.said.set(said.get_untracked().to_owned());
        });
    };
    view! {
        <div class="copy">
            <textarea readonly rows="3" aria-label=say(label) prop:value=move || text.get()></textarea>
            <button on:click=copy>{say(button)}</button>
            <span class="hint">{move || said.get()}</span>
        </div>
    }
    .into_any()
}

fn downloads(shell: Shell) -> AnyView {
    let has = shell.frame.with_untracked(|frame| crate::chart::chart_list(frame));
    let charts: Vec<_> = PANELS.iter().flat_map(|name| stage::charts(name)).copied().filter(|c| has.contains(c)).collect();
    let chosen = RwSignal::new(0_usize);
    let options: Vec<_> = charts
        .iter()
        .enumerate()
        .map(|(i, chart)| view! { <option value=i.to_string()>{text::panel(chart.name()).title}</option> })
        .collect();
    let charts = StoredValue::new(charts);
    let saves: Vec<_> = figure::Format::ALL
        .into_iter()
        .map(|format| {
            let save = move |_| {
                if let Some(chart) = charts.with_value(|charts| charts.get(chosen.get_untracked()).copied()) {
                    figure::save(shell, &figure::Source::of(shell), chart, format);
                }
            };
            view! { <button on:click=save>{format.name()}</button> }
        })
        .collect();
    let offline = move |_| {
        let link = fragment(shell, false, true);
        files::save_offline(shell, link);
    };
    view! {
        <div class="row">
            <label><span>{say("share_figure")}</span>
                <select on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or(0))>{options}</select>
            </label>
            {saves}
        </div>
        <div class="row">
            <button on:click=move |_| files::save_report(shell)>{say("report_json")}</button>
            <button on:click=offline>{say("offline_html")}</button>
        </div>
    }
    .into_any()
}
