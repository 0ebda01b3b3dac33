//! The gallery: named experiments as cards, each with a small picture that a worker of its own works out on the spot.

use super::element::{El, div, el, keep, text};
use super::engine::Engine;
use super::figure::{self, Source};
use super::shell::Shell;
use super::stage;
use crate::chart::Size;
use crate::experiment::Link;
use crate::experiment::preset::{self, Preset};
use crate::protocol::{Command, Event, RunId, State};
use crate::run::{Focus, Frame};
use crate::view::text::{self as words, say};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// Pictures are laid out this large and shown smaller: what counts is their shape.
const LAYOUT: (u32, u32) = (380, 260);

/// The cards.
pub fn gallery(shell: Shell) -> El {
    // Those of the lab that is shown come first.
    let lab = shell.experiment.peek(|experiment| experiment.lab.name());
    let of_lab =
        |is_here: bool| preset::all().enumerate().filter(move |(_, preset)| (lab_of(preset) == lab) == is_here);
    let (pictures, cards): (Vec<_>, Vec<_>) = of_lab(true).chain(of_lab(false)).map(card).unzip();
    keep(Drawing::start(shell, pictures));
    div("sheet-part").add(text("p", say("gallery_lede")).class("hint")).add(el("ul").class("cards").all(cards))
}

fn lab_of(preset: &Preset) -> &'static str {
    Link::parse(preset.link).0.experiment.lab.name()
}

/// Where a picture goes, with its preset and that one's place among all.
type Picture = (usize, &'static Preset, HtmlCanvasElement);

fn card((place, preset): (usize, &'static Preset)) -> (Picture, El) {
    let words = words::preset(preset.name);
    let picture = el("canvas").attr("aria-hidden", "true");
    let canvas = picture.node().unchecked_into();
    let link = el("a")
        .attr("href", preset.link)
        .add(picture)
        .add(text("strong", words.title))
        .add(el("span").symbols(words.sentence));
    ((place, preset, canvas), el("li").add(link))
}

/// The numbers of a picture that takes minutes.
fn known(place: usize) -> Option<Frame> {
    crate::protocol::recorded::of(place).map(|(frame, _)| frame)
}

/// One preset after the other is run to its end and drawn; closing the gallery drops what is left.
struct Drawing {
    _engine: Rc<RefCell<Option<Engine>>>,
}

impl Drawing {
    fn start(shell: Shell, pictures: Vec<Picture>) -> Self {
        let engine: Rc<RefCell<Option<Engine>>> = Rc::default();
        let weak = Rc::downgrade(&engine);
        let send = move |command: &Command| {
            if let Some(engine) = weak.upgrade()
                && let Some(engine) = engine.borrow().as_ref()
            {
                engine.send(command);
            }
        };
        let hear = move |event| {
            let (from, mut done) = match event {
                Event::Ready { .. } => (0, None),
                Event::Progress { run: id, state: State::Seeking, .. } => return send(&Command::Drawn { run: id }),
                Event::Progress { run: id, frame, .. } => (id.0 as usize, Some(frame)),
                _ => return,
            };
            // Draws what is known already, up to a preset that is run first.
            for (at, (place, preset, canvas)) in pictures.iter().enumerate().skip(from) {
                match done.take().or_else(|| known(*place)) {
                    Some(frame) => draw(shell, canvas, preset, frame),
                    None => return send(&run(at, preset)),
                }
            }
        };
        // Without a worker the cards still open, only without their pictures.
        *engine.borrow_mut() = Engine::start(true, None, hear).ok();
        Self { _engine: engine }
    }
}

fn run(at: usize, preset: &Preset) -> Command {
    let Link { experiment, view, .. } = Link::parse(preset.link).0;
    let (run, focus) = (RunId(at as u32), Focus::on(view.class));
    Command::Start { run, experiment, focus, seek: u64::MAX, playing: false, pace: f64::INFINITY }
}

fn draw(shell: Shell, canvas: &HtmlCanvasElement, preset: &Preset, frame: Frame) {
    let source = Source { frame: Arc::new(frame), pinned: None };
    let panels = Link::parse(preset.link).0.view.panels;
    let panels: Vec<&str> =
        panels.iter().map(String::as_str).chain(["scan", "meter", "funnel", "success", "attended"]).collect();
    let mut charts = panels.into_iter().flat_map(stage::charts);
    if let Some(chart) = charts.find(|chart| chart.has_data(&source.frame)) {
        let shown = figure::fit(canvas);
        let scale = shown.scale * f64::from(shown.width) / f64::from(LAYOUT.0);
        let size = Size { width: LAYOUT.0, height: LAYOUT.1, scale };
        let _ = figure::draw(canvas, &source.scene(*chart, size, shell.dark.now(), None));
    }
}
