//! A panel: one chart with its title, caption, readout, table twin and exports. Draws by `figure`, when `painter` says.

use super::element::{self, El, cell, div, el, text};
use super::figure::{self, Format, Source};
use super::live::{Live, memo};
use super::painter::Painter;
use super::shell::Shell;
use super::{dom, observe};
use crate::chart::{Chart, Place, Readout, Size};
use crate::view::player::PlayerView;
use crate::view::share;
use crate::view::text::{self as words, fill, say};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, KeyboardEvent, PointerEvent};

/// Rows of a table twin; CSV has all.
const TABLE_ROWS: usize = 40;

/// Paints everything before the page is printed: what is out of view is on paper too.
pub fn follow_print(shell: Shell) {
    element::listen(&super::leptos::window(), "beforeprint", move |_| shell.painter().paint_all());
}

/// A picture's place in the painter, for as long as it is on the page.
struct Slot(Painter, u32);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.remove(self.1);
    }
}

/// Adds a picture to the painter until the part of the page is replaced, and follows whether it is seen.
pub fn painted(shell: Shell, element: Element, paint: impl Fn() + 'static) -> u32 {
    let painter = shell.painter();
    let key = painter.add(paint);
    let (shown, resized) = (painter.clone(), painter.clone());
    element::keep((
        Slot(painter, key),
        observe::seen(&element, move |seen| shown.set_visible(key, seen)),
        observe::resized(&element, move || resized.touch(key)),
    ));
    key
}

/// What a panel shows: a chart of some numbers.
#[derive(Clone)]
pub struct Shown {
    /// The chart.
    pub chart: Chart,
    /// Where its numbers come from.
    pub source: Rc<dyn Fn() -> Source>,
    /// Reads the signals that change its table.
    pub track: Rc<dyn Fn()>,
    /// What a click on a value does, or Enter where the arrow keys stand.
    pub open: Option<Rc<dyn Fn(&Readout)>>,
}

/// The panel of a chart of the page's run.
pub fn panel(shell: Shell, chart: Chart) -> El {
    panel_with(shell, chart, None)
}

/// The same, where a value can be opened.
pub fn panel_with(shell: Shell, chart: Chart, open: Option<Rc<dyn Fn(&Readout)>>) -> El {
    let track = move || {
        shell.pinned.track();
        // While it plays the table stands still: nobody reads forty rows that change.
        if !shell.player.with(PlayerView::is_playing) {
            shell.frame.track();
        }
    };
    let source = move || Source::of(shell);
    let panel = panel_of(shell, Shown { chart, source: Rc::new(source), track: Rc::new(track), open });
    let least_height = memo(move || shell.frame.with(|frame| chart.least_height(frame)));
    let canvas = panel.node().query_selector("canvas");
    element::watch(move || {
        if let Ok(Some(canvas)) = &canvas {
            dom::set_style(canvas, "min-height", &format!("{}px", least_height.get()));
        }
    });
    panel
}

/// The panel of a chart.
pub fn panel_of(shell: Shell, shown: Shown) -> El {
    let chart = shown.chart;
    let words = words::panel(chart.name());
    let heading = format!("chart-{}", chart.name());
    let caption = format!("{heading}-caption");
    let readout = Live::new(String::new());
    let canvas = canvas(shell, &shown, readout).attr("aria-labelledby", &heading).attr("aria-describedby", &caption);
    let settings = el("span").class("which").words_of(move || shell.experiment.with(share::settings_line));
    let saves = Format::ALL.map(|format| {
        let source = shown.source.clone();
        element::button("quiet", format.name(), move || figure::save(shell, &source(), chart, format))
            .attr("aria-label", &fill("export_as", &[words.title, format.name()]))
    });
    el("figure")
        .class(&format!("panel p-{}", chart.name()))
        .attr("role", "group")
        .attr("aria-labelledby", &heading)
        .add(text("h3", words.title).attr("id", &heading))
        .add(canvas)
        .add(el("p").class("readout").words_of(move || readout.get()))
        .add(text("figcaption", words.caption).attr("id", &caption).words(" ").add(settings))
        .add(div("under").add(twin(words.title, shown)).all(saves))
}

/// The canvas, with what is read off it by pointer and by arrow keys.
fn canvas(shell: Shell, shown: &Shown, readout: Live<String>) -> El {
    let (chart, source) = (shown.chart, shown.source.clone());
    let place = el("canvas").attr("tabindex", "0").attr("role", "img");
    let canvas: HtmlCanvasElement = place.node().unchecked_into();
    let cursor = Live::new(None::<Place>);
    let key = painted(shell, place.node(), {
        let (canvas, source) = (canvas.clone(), source.clone());
        move || {
            let (size, source) = (figure::fit(&canvas), source());
            let scene = source.scene(chart, size, shell.dark.now(), cursor.now());
            let _ = figure::draw(&canvas, &scene);
            let said = cursor.now().and_then(|place| scene.readout_at(place)).map(|at| say_readout(&at));
            let said = said.unwrap_or_default();
            if readout.peek(|shown| *shown != said) {
                readout.set(said);
            }
        }
    });
    let point = move |place: Option<Place>| {
        // A canvas that is taken away loses its focus when its cursor is already gone.
        if cursor.differs(&place) {
            cursor.set(place);
            shell.painter().touch(key);
        }
    };
    let hover = {
        let (canvas, source) = (canvas.clone(), source.clone());
        move |event: web_sys::Event| {
            let event: PointerEvent = event.unchecked_into();
            let source = source();
            let scene = source.scene(chart, figure::fit(&canvas), false, None);
            let found = scene.readout(f64::from(event.offset_x()), f64::from(event.offset_y()));
            point(found.map(|readout| readout.place));
        }
    };
    let click = {
        let (canvas, source, open) = (canvas.clone(), source.clone(), shown.open.clone());
        move |_| {
            let (Some(open), Some(place)) = (&open, cursor.now()) else { return };
            let source = source();
            let scene = source.scene(chart, figure::fit(&canvas), false, None);
            if let Some(readout) = scene.readout_at(place) {
                open(&readout);
            }
        }
    };
    let open = shown.open.clone();
    let press = move |event: web_sys::Event| {
        let event: KeyboardEvent = event.unchecked_into();
        let source = source();
        let scene = source.scene(chart, figure::fit(&canvas), false, None);
        let here = cursor.now().and_then(|place| scene.readout_at(place));
        let next = match event.key().as_str() {
            "Escape" if here.is_some() => None,
            "Enter" => {
                if let (Some(open), Some(here)) = (&open, &here) {
                    open(here);
                }
                return;
            }
            key => match moved(key, here.as_ref()) {
                Some(place) => scene.readout_at(place),
                None => return,
            },
        };
        event.prevent_default();
        shell.said.set(next.as_ref().map(say_readout).unwrap_or_default());
        point(next.map(|readout| readout.place));
    };
    place
        .on("pointermove", hover.clone())
        .on("pointerdown", hover)
        .on("click", click)
        .on("pointerleave", move |_| point(None))
        .on("blur", move |_| point(None))
        .on("keydown", press)
}

/// The numbers of a chart as a table, made when it is opened.
fn twin(title: &'static str, shown: Shown) -> El {
    let open = Live::new(false);
    let table = move || {
        open.get().then(|| {
            (shown.track)();
            let source = (shown.source)();
            let scene = source.scene(shown.chart, Size { width: 1, height: 1, scale: 1.0 }, false, None);
            let table = scene.table(TABLE_ROWS);
            let rows = table.rows.iter().map(|row| row.iter().map(|words| cell(words)).collect());
            div("scroll")
                .attr("tabindex", "0")
                .attr("role", "region")
                .attr("aria-label", title)
                .add(element::table(&table.columns, rows))
        })
    };
    el("details")
        .class("twin")
        .on("toggle", move |event| open.set(dom::is_open(&event)))
        .add(text("summary", say("table")))
        .maybe_of(table)
}

fn say_readout(readout: &Readout) -> String {
    let parts: Vec<String> = readout.texts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    parts.join(" · ")
}

/// Where an arrow key leads from `here`; none for other keys.
fn moved(key: &str, here: Option<&Readout>) -> Option<Place> {
    let (right, down) = match key {
        "ArrowRight" => (1, 0),
        "ArrowLeft" => (-1, 0),
        "ArrowDown" => (0, 1),
        "ArrowUp" => (0, -1),
        "Home" => (-1_000_000, 0),
        "End" => (1_000_000, 0),
        _ => return None,
    };
    Some(here.map_or_else(Place::default, |here| here.beside(right, down)))
}
