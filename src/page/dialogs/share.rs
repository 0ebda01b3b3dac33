//! Sharing: link, embed code, files.

use crate::chart::{self, Chart};
use crate::experiment::{Experiment, View};
use crate::page::components::chart_panel::{self, Format, Source};
use crate::page::components::field::{Button, Choice, Tick};
use crate::page::components::fold::Fold;
use crate::page::components::shown::Shown;
use crate::page::platform::dom;
use crate::page::reactive::{derived, effect, follow_memo, memo};
use crate::page::state::compare::Compare;
use crate::page::state::dialog::{DialogEntry, Dialogs};
use crate::page::state::saving;
use crate::page::state::shell::Shell;
use crate::view::control::{group, groups};
use crate::view::share::{self, EmbedChoice};
use crate::view::text::{self as words, fill, say};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// Links, embed codes, files.
pub static SHARE: DialogEntry =
    DialogEntry { name: "share", title: "share", key: Some("s"), view: || view! { <Share /> }.into_any() };

/// The dialog's content.
#[component]
fn Share() -> impl IntoView {
    view! {
        <div class="sheet-part">
            <section>
                <h3>{say("share_link")}</h3>
                <LinkPart />
            </section>
            <section>
                <h3>{say("share_embed")}</h3>
                <EmbedPart />
            </section>
            <section>
                <h3>{say("share_files")}</h3>
                <FilesPart />
            </section>
        </div>
    }
}

/// The link of what is shown; at the step shown, or from the start.
fn fragment(shell: Shell, compare: Compare, at_step: bool, compared: bool) -> String {
    let (step, digest) = shell.player.with(|player| (player.step, player.digest));
    let compare = compare.pinned.get().filter(|_| compared).map(|pinned| {
        let plain = share::link(&pinned.experiment, &View::default(), None);
        plain.trim_start_matches('#').to_owned()
    });
    let view = View { step: at_step.then_some(step), compare, embed: false, ..shell.view.get() };
    share::link(&shell.experiment.get(), &view, digest)
}

/// The link, with what it may carry.
#[component]
fn LinkPart() -> impl IntoView {
    let (shell, compare) = (Shell::here(), Compare::here());
    let (at_step, compared) = (RwSignal::new(false), RwSignal::new(true));
    let whole = memo(move || format!("{}{}", dom::address(), fragment(shell, compare, at_step.get(), compared.get())));
    let digest = move || {
        let is_known = shell.player.with(|player| player.digest.is_some());
        say(if is_known { "share_digest" } else { "share_no_digest" })
    };
    let step = move || fill("share_step", &[&shell.player.with(|player| player.step.to_string())]);
    let is_pinned = memo(move || compare.pinned.with(Option::is_some));
    view! {
        <div class="sheet-part">
            <p class="hint">{say("share_link_help")} " " {digest}</p>
            <Copyable label="share_link" button="copy_link" text=whole />
            <Tick on=at_step put=move |on| at_step.set(on)>
                {step}
            </Tick>
            <Shown when=move || is_pinned.get()>
                <Tick on=compared put=move |on| compared.set(on)>
                    {say("share_compare")}
                </Tick>
            </Shown>
        </div>
    }
}

/// The embed code, with what the figure shows.
#[component]
fn EmbedPart() -> impl IntoView {
    let shell = Shell::here();
    let experiment = shell.experiment.get_untracked();
    let [title, _] = words::lab(experiment.lab.name());
    let [panels, settings] = share::embed_start(&experiment).map(RwSignal::new);
    let (transport, click, as_element) = (RwSignal::new(true), RwSignal::new(false), RwSignal::new(false));
    let code = memo(move || {
        let choice = EmbedChoice {
            panels: panels.get(),
            settings: settings.get(),
            transport: transport.get(),
            click: click.get(),
        };
        let view = share::embed_view(&shell.view.get(), &shell.experiment.get(), &choice);
        let fragment = share::link(&shell.experiment.get(), &view, None);
        share::embed_code(&dom::address(), &fragment, title, as_element.get())
    });
    let settings_of = |name: &&'static str| group(name, &experiment);
    let paths: Vec<&'static str> =
        groups(&experiment).iter().flat_map(settings_of).map(|setting| setting.path).collect();
    let all_panels = experiment.panels().to_vec();
    view! {
        <div class="sheet-part">
            <p class="hint">{say("share_embed_help")}</p>
            <fieldset>
                <legend>{say("embed_panels")}</legend>
                <Members list=panels all=all_panels label=|name| words::panel(name).title />
            </fieldset>
            <Fold title=(|| view! { <span>{say("embed_controls")}</span> }).into()>
                <Members list=settings all=paths label=|path| words::setting(path).label />
            </Fold>
            <Tick on=transport put=move |on| transport.set(on)>
                {say("embed_transport")}
            </Tick>
            <Tick on=click put=move |on| click.set(on)>
                {say("embed_click")}
            </Tick>
            <Tick on=as_element put=move |on| as_element.set(on)>
                {say("embed_element")}
            </Tick>
            <Copyable label="share_embed" button="copy_embed" text=code />
        </div>
    }
}

/// A box for each of `all` that puts it into the list or takes it out; the list keeps the order of `all`.
#[component]
fn Members(
    /// The list.
    list: RwSignal<Vec<String>>,
    /// All there are.
    all: Vec<&'static str>,
    /// What each is called.
    label: fn(&str) -> &'static str,
) -> impl IntoView {
    let order = StoredValue::new(all.clone());
    let member = move |name: &'static str| {
        let put = move |on: bool| {
            list.update(|list| {
                let is_in = |other: &&&str| if **other == name { on } else { list.iter().any(|kept| kept == **other) };
                *list = order.with_value(|order| order.iter().filter(is_in).map(|name| (*name).to_owned()).collect());
            });
        };
        let on = derived(move || list.with(|list| list.iter().any(|kept| kept == name)));
        view! {
            <Tick on=on put=put>
                {label(name)}
            </Tick>
        }
    };
    view! { <div class="ticks">{all.into_iter().map(member).collect_view()}</div> }
}

/// Text to copy: to read, to select by hand, or at a click.
#[component]
fn Copyable(
    /// Word of the catalogue for the text.
    label: &'static str,
    /// Word of the catalogue for the button.
    button: &'static str,
    /// The text.
    text: Memo<String>,
) -> impl IntoView {
    let notices = Shell::here().notices;
    let said = RwSignal::new("");
    effect(move || {
        follow_memo(text);
        said.set("");
    });
    let copy = move || {
        spawn_local(async move {
            let words = say(if copy(&text.get_untracked()).await { "said_copied" } else { "said_copy_failed" });
            let _ = said.try_set(words);
            notices.say(words);
        });
    };
    view! {
        <div class="copy">
            <textarea readonly rows="3" aria-label=say(label) prop:value=move || text.get()></textarea>
            <Button label=say(button) on_press=copy />
            <span class="hint">{said}</span>
        </div>
    }
}

/// Puts text on the clipboard, where there is one: pages of an opaque origin, or without TLS, have none.
async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).unwrap_or_default();
    !clipboard.is_undefined() && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Figures, report, weights and the page itself as files.
#[component]
fn FilesPart() -> impl IntoView {
    let (shell, compare, dialogs) = (Shell::here(), Compare::here(), Dialogs::here());
    let frame = shell.frame.get_untracked();
    let panels = shell.experiment.with_untracked(Experiment::panels);
    let charts: Vec<Chart> =
        panels.iter().flat_map(|name| chart::of_panel(name)).filter(|chart| chart.has_data(&frame)).collect();
    let chosen = RwSignal::new(charts.first().map_or("", |chart| chart.name()).to_owned());
    let options: Vec<(String, String)> =
        charts.iter().map(|chart| (chart.name().to_owned(), words::panel(chart.name()).title.to_owned())).collect();
    let source = Source::of_run(shell);
    let save = move |format: Format| {
        let save = move || {
            if let Some(chart) = Chart::named(&chosen.get_untracked()) {
                chart_panel::save(&shell.experiment.get_untracked(), &source.now(), chart, format);
            }
        };
        view! { <Button label=format.name() on_press=save /> }
    };
    let has_weights = shell.experiment.with_untracked(Experiment::has_weights);
    let weights =
        has_weights.then(|| view! { <Button label=say("weights_file") on_press=move || saving::save_made(shell) /> });
    let offline = move || {
        let link = untrack(|| fragment(shell, compare, false, true));
        saving::save_offline(shell, dialogs, link);
    };
    view! {
        <div class="sheet-part">
            <div class="row">
                <label>
                    <span>{say("share_figure")}</span>
                    " "
                    <Choice options=options chosen=chosen put=move |name: String| chosen.set(name) />
                </label>
                {Format::ALL.map(save)}
            </div>
            <div class="row">
                <Button label=say("report_json") on_press=move || saving::save_report(shell) />
                {weights}
                <Button label=say("offline_html") on_press=offline />
            </div>
        </div>
    }
}
