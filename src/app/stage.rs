//! The stage: transport, class chooser and the charts that the link asks for.

use super::element::{self, El, div, el, text};
use super::live::memo;
use super::shell::Shell;
use super::{compare, notes, own_text, panel, sequence, sweep, transport};
use super::{explained, probe, tool_use};
use crate::chart::Chart;
use crate::experiment::Experiment;
use crate::experiment::link::Start;
use crate::view::player::PlayerView;
use crate::view::text::{self as words, fill, say};

/// The charts of a panel, as `view.panels` names them; those without numbers are left out at the time.
pub fn charts(panel: &str) -> &'static [Chart] {
    match panel {
        "scan" => &[Chart::Scan, Chart::Map, Chart::Pairs, Chart::Correlation],
        "bars" => &[Chart::Bars],
        "logits" => &[Chart::Logits],
        "gains" => &[Chart::Gains, Chart::FamilyChi],
        "phase" => &[Chart::FamilyB, Chart::Phase, Chart::Gamma, Chart::Decoder],
        "loss" => &[Chart::Loss, Chart::Perplexity, Chart::Entropy],
        "heatmaps" => &[Chart::HeatY, Chart::HeatZ],
        "shown" => &[Chart::Shown],
        "meter" => &[Chart::Meter],
        "ranking" => &[Chart::Ranking],
        "samples" => &[Chart::Samples, Chart::Calibration],
        "funnel" => &[Chart::Funnel],
        "confusion" => &[Chart::Confusion],
        "success" => &[Chart::Success],
        "attended" => &[Chart::Attended],
        _ => &[],
    }
}

/// Whether the link asks for the panel; embedded pages without a choice show the first two.
pub fn shows(shell: Shell, panel: &str) -> bool {
    shell.view.with(|view| {
        let hidden = view.hidden.iter().any(|name| name == panel);
        let first = !view.embed
            || ["scan", "bars", "words", "images", "told", "meter", "funnel", "made", "rates", "learning", "reply"]
                .contains(&panel);
        !hidden && if view.panels.is_empty() { first } else { view.panels.iter().any(|name| name == panel) }
    })
}

/// The stage.
pub fn stage(shell: Shell) -> El {
    let available = memo(move || {
        let has = shell.frame.with(|frame| crate::chart::chart_list(frame));
        let panels = shell.experiment.with(|experiment| experiment.lab.known().panels);
        let parts = |panel: &&'static str| {
            let drawn = charts(panel).iter().copied().filter(|chart| has.contains(chart)).map(Part::Chart);
            let other = is_table(shell, panel).then_some(Part::Table(panel));
            drawn.chain(other).collect::<Vec<_>>()
        };
        panels.iter().filter(|panel| shows(shell, panel)).flat_map(parts).collect::<Vec<_>>()
    });
    let sequence = memo(move || {
        shows(shell, "sequence")
            && shell.frame.with(|frame| frame.labels("sequence").len() + frame.values("sequence").len() > 0)
    });
    let sweeps = memo(move || shows(shell, "sweep") && shell.experiment.with(|now| now.scan_snap().is_some()));
    let embedded = memo(move || shell.view.with(|view| view.embed));
    // Without the settings a text of one's own is handed over here.
    let asks_for_text = memo(move || {
        let hidden = |name: &String| name == "settings" || name == "data.text";
        shell.experiment.with(Experiment::has_own_text) && shell.view.with(|view| view.hidden.iter().any(hidden))
    });
    let moves = memo(move || shell.view.with(|view| !view.hidden.iter().any(|name| name == "transport")));
    // A figure that waits for a click has something to click.
    let waits = memo(move || {
        !moves.get() && shell.view.with(|view| view.start == Start::Click) && shell.player.with(PlayerView::is_new)
    });
    let lab = memo(move || shell.experiment.with(|experiment| experiment.lab.name()));
    let explains = move || lab.get() == "encoding";
    let intro = move || {
        let [title, lede] = words::lab(lab.get());
        (!embedded.get()).then(|| div("intro").add(text("h1", title)).add(text("p", lede)))
    };
    el("section")
        .class("stage")
        .attr("aria-label", say("stage"))
        .maybe_of(intro)
        .maybe_of(move || moves.get().then(|| transport::transport(shell)))
        .maybe_of(move || waits.get().then(|| transport::play(shell)))
        .maybe_of(move || transport::outcome(shell))
        .maybe_of(move || asks_for_text.get().then(|| own_text::chooser(shell)))
        .add(
            div("tools")
                .maybe_of(move || moves.get().then(|| transport::speed(shell)))
                .maybe_of(move || classes(shell))
                .maybe_of(move || explains().then(|| alpha(shell)).flatten())
                .maybe_of(move || transport::seed(shell))
                .maybe_of(move || compare::button(shell))
                .add(transport::standing(shell)),
        )
        .maybe_of(move || (!embedded.get()).then(|| notes::seen(shell)))
        .maybe_of(move || compare::listing(shell))
        .add(
            div("charts")
                .part_of(move || available.get().into_iter().map(|part| part_panel(shell, part)).collect())
                .maybe_of(move || sequence.get().then(|| sequence::panel(shell))),
        )
        .maybe_of(move || sweeps.get().then(|| sweep::panel(shell)))
}

/// A part of the stage.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Chart(Chart),
    /// What is no chart, by its panel's name.
    Table(&'static str),
}

fn part_panel(shell: Shell, part: Part) -> El {
    match part {
        Part::Chart(Chart::Confusion) => tool_use::confusion(shell),
        Part::Chart(chart) => panel::panel(shell, chart),
        Part::Table(name) if tool_use::PANELS.contains(&name) => tool_use::panel(shell, name),
        Part::Table(name) if probe::PANELS.contains(&name) => probe::panel(shell, name),
        Part::Table(name) => explained::panel(shell, name),
    }
}

/// Whether the panel is a table of one of the other labs, and there is something to put into it.
fn is_table(shell: Shell, panel: &str) -> bool {
    let scored_by = || shell.experiment.with(|experiment| experiment.get("scores.by"));
    let has = |name: &str| shell.frame.with(|frame| frame.get(name).is_some());
    match panel {
        "told" | "table" => has("roar"),
        "distribution" => has("distribution_p"),
        "maps" => has("roar") && scored_by() == Some(crate::experiment::Value::Choice("all-maps")),
        "estimates" => has("estimate_samples"),
        "words" => has("word_picked"),
        "images" => has("image_pixels"),
        "dropped" | "made" | "tools" => has("funnel"),
        "contents" => shell.own_tables.contents.with(|contents| contents.get("records").is_some()),
        "learning" => has("round_steps"),
        "reply" | "results" | "words-said" => has("reply_p"),
        "rates" | "reasons" | "cases" => has("rates"),
        _ => false,
    }
}

fn alpha(shell: Shell) -> Option<El> {
    Some(explained::alpha(shell))
}

/// Chooses the class, or the explanation, that is looked at.
fn classes(shell: Shell) -> Option<El> {
    let names = memo(move || {
        let next_per_last = |experiment: &Experiment| experiment.scan_snap().map(|it| it.data.next_per_last);
        let per_query = shell.experiment.with(next_per_last).unwrap_or(1).max(1) as usize;
        shell.frame.with(|frame| {
            let queries = frame.labels("queries");
            let name = |(i, next): (usize, &String)| {
                let query = queries.get(i / per_query).map_or("", String::as_str);
                fill("class_is", &[query, next])
            };
            // On a text one looks at a query, and does not know what follows.
            if !frame.labels("sequence").is_empty() {
                return queries.to_vec();
            }
            if !frame.labels("explanations").is_empty() {
                return frame.labels("explanations").to_vec();
            }
            frame.labels("nexts").iter().enumerate().map(name).collect::<Vec<_>>()
        })
    });
    let shown = memo(move || shell.frame.with(|frame| frame.focus.class));
    let names = names.get();
    (names.len() > 1).then(|| {
        let options = names.into_iter().enumerate().map(|(i, name)| (i.to_string(), name)).collect();
        let put = move |text: String| {
            if let Ok(class) = text.parse() {
                shell.set_class(class);
            }
        };
        let choice = element::choice(options, move || shown.get().to_string(), put);
        let of = shell.experiment.peek(|experiment| match experiment.scan_snap() {
            None => "explanation",
            Some(_) if experiment.is_text() => "query",
            Some(_) => "class",
        });
        el("label").class("named").add(text("span", say(of))).add(choice)
    })
}
