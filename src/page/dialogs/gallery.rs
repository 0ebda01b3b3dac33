//! The gallery: named experiments as cards, each with a small picture that a worker of its own works out on the spot.

use crate::chart::{self, Size};
use crate::experiment::Link;
use crate::experiment::preset::{self, Preset};
use crate::page::components::chart_panel::Numbers;
use crate::page::components::symbols::Symbols;
use crate::page::platform::canvas;
use crate::page::platform::engine::Engine;
use crate::page::state::dialog::DialogEntry;
use crate::page::state::shell::Shell;
use crate::page::state::theme::ThemeState;
use crate::protocol::{Command, Event, RunId, State, recorded};
use crate::run::{Focus, Frame};
use crate::view::text::{self as words, say};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Pictures are laid out this large and shown smaller: what counts is their shape.
const LAYOUT: (u32, u32) = (380, 260);
/// Panels whose first chart is the picture of a preset that names none.
const TELLING: &[&str] = &["scan", "meter", "funnel", "success", "attended"];

/// Named experiments.
pub static GALLERY: DialogEntry =
    DialogEntry { name: "gallery", title: "gallery", key: None, view: || view! { <Gallery /> }.into_any() };

/// A card: a preset, its place among all, and where its picture goes.
#[derive(Clone, Copy)]
struct Card {
    place: usize,
    preset: &'static Preset,
    canvas: NodeRef<html::Canvas>,
}

/// The dialog's content.
#[component]
fn Gallery() -> impl IntoView {
    let (shell, theme) = (Shell::here(), ThemeState::here());
    // Those of the lab that is shown come first.
    let lab = shell.experiment.with_untracked(|experiment| experiment.lab.name());
    let mut presets: Vec<(usize, &'static Preset)> = preset::all().enumerate().collect();
    presets.sort_by_key(|(_, preset)| lab_of(preset) != lab);
    let cards: Vec<Card> =
        presets.into_iter().map(|(place, preset)| Card { place, preset, canvas: NodeRef::new() }).collect();
    let drawing = StoredValue::new_local(None::<Engine>);
    let drawn = cards.clone();
    // The canvases must be on the page before their size is known.
    request_animation_frame(move || start(drawing, drawn, theme));
    let card = |Card { preset, canvas, .. }: Card| {
        let words = words::preset(preset.name);
        view! {
            <li>
                <a href=preset.link>
                    <canvas node_ref=canvas aria-hidden="true"></canvas>
                    <strong>{words.title}</strong>
                    <span>
                        <Symbols words=words.sentence />
                    </span>
                </a>
            </li>
        }
    };
    view! {
        <div class="sheet-part">
            <p class="hint">{say("gallery_lede")}</p>
            <ul class="cards">{cards.into_iter().map(card).collect_view()}</ul>
        </div>
    }
}

fn lab_of(preset: &Preset) -> &'static str {
    Link::parse(preset.link).0.experiment.lab.name()
}

/// Runs one preset after the other to its end and draws it; closing the gallery drops what is left.
fn start(engine: StoredValue<Option<Engine>, LocalStorage>, cards: Vec<Card>, theme: ThemeState) {
    let send = move |command: &Command| {
        let _ = engine.try_with_value(|engine| {
            if let Some(engine) = engine {
                engine.send(command);
            }
        });
    };
    let hear = move |event| {
        let (from, mut done) = match event {
            Event::Ready { .. } => (0, None),
            Event::Progress { run: id, state: State::Seeking, .. } => return send(&Command::Drawn { run: id }),
            Event::Progress { run: id, frame, .. } => (id.0 as usize, Some(frame)),
            _ => return,
        };
        // Draws what is known already, up to a preset that is run first.
        for (at, card) in cards.iter().enumerate().skip(from) {
            match done.take().or_else(|| recorded::of(card.place).map(|(frame, _)| frame)) {
                Some(frame) => draw(theme, card, frame),
                None => return send(&run(at, card.preset)),
            }
        }
    };
    // Without a worker the cards still open, only without their pictures.
    let started = Engine::start(true, None, hear).ok();
    // Dropped at once where the gallery was closed meanwhile.
    let _ = engine.try_set_value(started);
}

fn run(at: usize, preset: &Preset) -> Command {
    let Link { experiment, view, .. } = Link::parse(preset.link).0;
    let (run, focus) = (RunId(at as u32), Focus::on(view.class));
    Command::Start { run, experiment, focus, seek: u64::MAX, playing: false, pace: f64::INFINITY }
}

fn draw(theme: ThemeState, card: &Card, frame: Frame) {
    let Some(Some(node)) = card.canvas.try_get_untracked() else { return };
    let numbers = Numbers { frame: Arc::new(frame), pinned: None };
    let panels = Link::parse(card.preset.link).0.view.panels;
    let panels = panels.iter().map(String::as_str).chain(TELLING.iter().copied());
    let mut charts = panels.flat_map(chart::of_panel);
    if let Some(chart) = charts.find(|chart| chart.has_data(&numbers.frame)) {
        let shown = canvas::fit(&node);
        let scale = shown.scale * f64::from(shown.width) / f64::from(LAYOUT.0);
        let size = Size { width: LAYOUT.0, height: LAYOUT.1, scale };
        let _ = canvas::draw(&node, &numbers.scene(chart, size, theme.dark.get_untracked(), None));
    }
}
