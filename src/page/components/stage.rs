//! The stage: transport, what is looked at, and the panels that the link asks for.

use super::chart_panel::ChartPanel;
use super::compare::{Differences, PinButton};
use super::controls::NameChoice;
use super::each::Each;
use super::notes::Seen;
use super::transport::{PlayButton, RunOutcome, Seed, Speed, Standing, Transport};
use crate::chart::{self, Chart};
use crate::experiment::Experiment;
use crate::experiment::link::Start;
use crate::page::components::shown::Shown;
use crate::page::reactive::{derived, memo};
use crate::page::state::entry::{Labs, PanelEntry};
use crate::page::state::shell::Shell;
use crate::view::player::PlayerView;
use crate::view::text::{self as words, fill, say};
use leptos::prelude::*;
use std::hash::{Hash, Hasher};

/// A part of the stage.
#[derive(Clone, Copy)]
enum Part {
    Chart(Chart),
    Panel(&'static PanelEntry),
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Chart(chart) => chart.name(),
            Self::Panel(panel) => panel.name,
        }
    }

    fn view(self) -> AnyView {
        match self {
            Self::Chart(chart) => view! { <ChartPanel chart=chart /> }.into_any(),
            Self::Panel(panel) => (panel.view)(),
        }
    }
}

impl Hash for Part {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// The parts there are numbers for, in the order of the lab's panels.
fn parts(shell: Shell, labs: Labs) -> Vec<Part> {
    let lab = shell.experiment.with(|experiment| labs.of(experiment));
    let panels = shell.experiment.with(Experiment::panels);
    let of = |name: &&'static str| -> Vec<Part> {
        match lab.panels.iter().find(|panel| panel.name == *name) {
            Some(panel) => (panel.has)(shell).then_some(Part::Panel(panel)).into_iter().collect(),
            None => shell
                .frame
                .with(|frame| chart::of_panel(name).filter(|chart| chart.has_data(frame)).map(Part::Chart).collect()),
        }
    };
    panels.iter().filter(|panel| shell.shows(panel)).flat_map(of).collect()
}

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let (shell, labs) = (Shell::here(), Labs::here());
    let embedded = memo(move || shell.view.with(|view| view.embed));
    // Without the settings a text of one's own is handed over here.
    let asks_for_text = memo(move || {
        let is_hidden = |name: &String| name == "settings" || name == "data.text";
        shell.experiment.with(Experiment::has_own_text) && shell.view.with(|view| view.hidden.iter().any(is_hidden))
    });
    let moves = memo(move || shell.view.with(|view| !view.hidden.iter().any(|name| name == "transport")));
    // A figure that waits for a click has something to click.
    let waits = memo(move || {
        !moves.get() && shell.view.with(|view| view.start == Start::Click) && shell.player.with(PlayerView::is_new)
    });
    let lab = labs.current(shell);
    let intro = move || {
        let [title, lede] = words::lab(lab.get());
        view! {
            <div class="intro">
                <h1>{title}</h1>
                <p>{lede}</p>
            </div>
        }
    };
    let lab_entry = move || labs.named(lab.get());
    let own_text = move || {
        let beside = lab_entry().into_iter().flat_map(|lab| lab.beside).find(|beside| beside.path == "data.text");
        beside.map(|beside| (beside.view)())
    };
    let lab_tools = move || lab_entry().and_then(|lab| lab.tools).map(|tools| tools());
    let below = move || {
        let below = lab_entry().and_then(|lab| lab.below);
        below.filter(|(panel, _)| shell.shows(panel)).map(|(_, view)| view())
    };
    view! {
        <section class="stage" aria-label=say("stage")>
            <Shown when=move || !embedded.get()>{intro}</Shown>
            <Shown when=move || moves.get()>
                <Transport />
            </Shown>
            <Shown when=move || waits.get()>
                <PlayButton />
            </Shown>
            <RunOutcome />
            <Shown when=move || asks_for_text.get()>{own_text}</Shown>
            <div class="tools">
                <Shown when=move || moves.get()>
                    <Speed />
                </Shown>
                <LookedAt />
                {lab_tools}
                <Seed />
                <PinButton />
                <Standing />
            </div>
            <Shown when=move || !embedded.get()>
                <Seen />
            </Shown>
            <Differences />
            <div class="charts">
                <Each items=move || parts(shell, labs) children=Part::view />
            </div>
            {below}
        </section>
    }
    .into_any()
}

/// Chooses the class, the query, the explanation or the cases that are looked at.
#[component]
fn LookedAt() -> impl IntoView {
    let shell = Shell::here();
    let names = derived(move || {
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
    let shown = derived(move || shell.frame.with(|frame| frame.focus.class));
    let of = move || {
        shell.experiment.with(|experiment| match experiment.scan_snap() {
            None => "explanation",
            Some(_) if experiment.is_text() => "query",
            Some(_) => "class",
        })
    };
    view! {
        <Shown when=move || { names.with(|names| names.len() > 1) }>
            <label class="named">
                <span>{move || say(of())}</span>
                <NameChoice names=names chosen=shown put=move |class: u32| shell.set_class(class) />
            </label>
        </Shown>
    }
}
