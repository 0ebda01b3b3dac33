//! Sharing: link, embed code, files.

use super::element::{self, El, checkbox, div, el, fold, text};
use super::leptos::*;
use super::live::{Live, memo};
use super::shell::Shell;
use super::{dom, figure, files, stage};
use crate::experiment::{Experiment, View};
use crate::view::control::{group, groups};
use crate::view::share::{self, EmbedChoice};
use crate::view::text::{self as words, fill, say};
use std::rc::Rc;

/// The dialog's content.
pub fn share(shell: Shell) -> El {
    let part = |title, content: El| el("section").add(text("h3", say(title))).add(content);
    div("sheet-part")
        .add(part("share_link", link(shell)))
        .add(part("share_embed", embed(shell)))
        .add(part("share_files", downloads(shell)))
}

/// The link of what is shown; at the step shown, or from the start.
fn fragment(shell: Shell, at_step: bool, compared: bool) -> String {
    let (step, digest) = shell.player.with(|player| (player.step, player.digest));
    let compare = shell.pinned.get().filter(|_| compared).map(|pinned| {
        let plain = share::link(&pinned.experiment, &View::default(), None);
        plain.trim_start_matches('#').to_owned()
    });
    let view = View { step: at_step.then_some(step), compare, embed: false, ..shell.view.get() };
    share::link(&shell.experiment.get(), &view, digest)
}

fn link(shell: Shell) -> El {
    let (at_step, compared) = (Live::new(false), Live::new(true));
    let whole = memo(move || format!("{}{}", dom::address(), fragment(shell, at_step.get(), compared.get())));
    let digest = move || {
        let known = shell.player.with(|player| player.digest.is_some());
        say(if known { "share_digest" } else { "share_no_digest" }).to_owned()
    };
    let step = move || fill("share_step", &[&shell.player.with(|player| player.step.to_string())]);
    let pinned = memo(move || shell.pinned.with(Option::is_some));
    div("sheet-part")
        .add(text("p", say("share_link_help")).class("hint").words(" ").words_of(digest))
        .add(copyable(shell, "share_link", "copy_link", whole))
        .add(tick(at_step).words_of(step))
        .maybe_of(move || pinned.get().then(|| tick(compared).words(say("share_compare"))))
}

fn embed(shell: Shell) -> El {
    let [title, _] = words::lab(shell.experiment.peek(|experiment| experiment.lab.name()));
    let [panels, settings] = shell.experiment.peek(share::embed_start).map(Live::new);
    let (transport, click, as_element) = (Live::new(true), Live::new(false), Live::new(false));
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
    let paths = shell.experiment.peek(|experiment| {
        groups(experiment)
            .iter()
            .flat_map(|name| group(name, experiment))
            .map(|setting| setting.path)
            .collect::<Vec<_>>()
    });
    let of_panels = members(panels, shell.experiment.peek(Experiment::panels), |name| words::panel(name).title);
    let of_settings = members(settings, &paths, |path| words::setting(path).label);
    div("sheet-part")
        .add(text("p", say("share_embed_help")).class("hint"))
        .add(el("fieldset").add(text("legend", say("embed_panels"))).add(of_panels))
        .add(fold(text("span", say("embed_controls")), false).add(of_settings))
        .add(tick(transport).words(say("embed_transport")))
        .add(tick(click).words(say("embed_click")))
        .add(tick(as_element).words(say("embed_element")))
        .add(copyable(shell, "share_embed", "copy_embed", code))
}

/// A box to tick; its words follow.
fn tick(on: Live<bool>) -> El {
    el("label").class("tick").add(checkbox(move || on.get(), move |ticked| on.set(ticked)))
}

/// A box for each of `all` that puts it into the list or takes it out; the list keeps the order of `all`.
fn members(list: Live<Vec<String>>, all: &[&'static str], label: fn(&str) -> &'static str) -> El {
    let order: Rc<[&'static str]> = all.into();
    let member = |name: &'static str| {
        let order = order.clone();
        let put = move |on| {
            list.update(|list| {
                let chosen = |other: &&&str| if **other == name { on } else { list.iter().any(|kept| kept == **other) };
                *list = order.iter().filter(chosen).map(|name| (*name).to_owned()).collect();
            });
        };
        let on = move || list.with(|list| list.iter().any(|kept| kept == name));
        el("label").class("tick").add(checkbox(on, put)).words(label(name))
    };
    div("ticks").all(all.iter().map(|name| member(name)))
}

/// Text to copy: to read, to select by hand, or at a click.
fn copyable(shell: Shell, label: &'static str, key: &'static str, whole: Live<String>) -> El {
    let said = Live::new("");
    element::watch(move || {
        whole.track();
        said.set("");
    });
    let tell = move |copied| {
        let words = say(if copied { "said_copied" } else { "said_copy_failed" });
        said.set(words);
        shell.said.set(words.to_owned());
    };
    let copy = move || {
        // Pages of an opaque origin, or without TLS, have no clipboard.
        let navigator = window().navigator();
        let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).unwrap_or_default();
        if clipboard.is_undefined() {
            return tell(false);
        }
        dom::after(&navigator.clipboard().write_text(&whole.now()), move |done| tell(done.is_ok()));
    };
    let area = el("textarea")
        .attr("readonly", "")
        .attr("rows", "3")
        .attr("aria-label", say(label))
        .prop_of("value", move || whole.get().into());
    div("copy")
        .add(area)
        .add(element::button("", say(key), copy))
        .add(el("span").class("hint").words_of(move || said.get().to_owned()))
}

fn downloads(shell: Shell) -> El {
    let has = shell.frame.peek(|frame| crate::chart::chart_list(frame));
    let all = shell.experiment.peek(|now| now.lab.known().panels).iter().flat_map(|name| stage::charts(name)).copied();
    let charts: Vec<_> = all.filter(|chart| has.contains(chart)).collect();
    let chosen = Live::new(charts.first().map_or("", |chart| chart.name()).to_owned());
    let options = charts.iter().map(|chart| (chart.name().to_owned(), words::panel(chart.name()).title.to_owned()));
    let choice = element::choice(options.collect(), move || chosen.get(), move |name| chosen.set(name));
    let saves = figure::Format::ALL.map(|format| {
        element::button("", format.name(), move || {
            if let Some(chart) = crate::chart::Chart::named(&chosen.now()) {
                figure::save(shell, &figure::Source::of(shell), chart, format);
            }
        })
    });
    let weights = shell.experiment.peek(Experiment::has_weights);
    let weights = weights.then(|| element::button("", say("weights_file"), move || shell.save_file()));
    let offline = move || files::save_offline(shell, untrack(|| fragment(shell, false, true)));
    div("sheet-part")
        .add(div("row").add(el("label").add(text("span", say("share_figure"))).words(" ").add(choice)).all(saves))
        .add(
            div("row")
                .add(element::button("", say("report_json"), move || files::save_report(shell)))
                .all(weights)
                .add(element::button("", say("offline_html"), offline)),
        )
}
