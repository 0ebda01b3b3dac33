//! A panel: one chart with its title, caption, readout, table twin and exports. Draws by `figure`, when `painter` says.

use super::figure::{self, Format, Source};
use super::painter::Painter;
use super::shell::Shell;
use super::{dom, observe};
use crate::chart::{Chart, Place, Readout};
use crate::view::player::PlayerView;
use crate::view::share;
use crate::view::text::{self, fill, say};
use leptos::html::Canvas;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::{KeyboardEvent, PointerEvent};

/// Rows of a table twin; CSV has all.
const TABLE_ROWS: usize = 40;

/// A picture's place in the painter, for as long as it is on the page.
struct Slot(Painter, u32);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.remove(self.1);
    }
}

/// Adds a picture to the painter for as long as the current part of the page lives, and follows whether it is seen.
pub fn painted(shell: Shell, element: impl Fn() -> Option<web_sys::Element> + 'static, paint: impl Fn() + 'static) -> u32 {
    let painter = shell.painter();
    let key = painter.add(paint);
    StoredValue::new_local(Slot(painter.clone(), key));
    Effect::new(move |_| {
        let painter = painter.clone();
        let guard = element().map(|element| {
            let resized = painter.clone();
            (
                observe::seen(&element, move |seen| painter.set_visible(key, seen)),
                observe::resized(&element, move || resized.touch(key)),
            )
        });
        StoredValue::new_local(guard);
    });
    key
}

/// Where a panel's numbers come from.
pub type Numbers = Rc<dyn Fn() -> Source>;

/// The panel of a chart of the page's run.
pub fn panel(shell: Shell, chart: Chart) -> AnyView {
    let numbers: Numbers = Rc::new(move || Source::of(shell));
    let track = move || {
        shell.pinned.track();
        // While it plays the table stands still: nobody reads sixty rows that change.
        if !shell.player.with(PlayerView::is_playing) {
            shell.frame.track();
        }
    };
    panel_of(shell, chart, numbers, track)
}

/// The panel of a chart of other numbers; `track` wakes its table.
pub fn panel_of(shell: Shell, chart: Chart, numbers: Numbers, track: impl Fn() + Copy + Send + 'static) -> AnyView {
    let words = text::panel(chart.name());
    let canvas = NodeRef::<Canvas>::new();
    let cursor = RwSignal::new(None::<Place>);
    let readout = RwSignal::new(String::new());
    let size = move || canvas.get_untracked().map(|canvas| figure::fit(&canvas));
    let numbers = StoredValue::new_local(numbers);
    let source = move || numbers.with_value(|numbers| numbers());
    let paint = move || {
        let (Some(canvas), Some(size)) = (canvas.get_untracked(), size()) else { return };
        let source = source();
        let scene = source.scene(chart, size, shell.dark.get_untracked(), cursor.get_untracked());
        let _ = figure::draw(&canvas, &scene);
        let said = cursor.get_untracked().and_then(|place| scene.readout_at(place)).map(|at| say_readout(&at));
        let said = said.unwrap_or_default();
        if readout.with_untracked(|shown| *shown != said) {
            readout.set(said);
        }
    };
    let key = painted(shell, move || canvas.get().map(|canvas| (*canvas).clone().into()), paint);
    let point = move |place: Option<Place>| {
        if cursor.get_untracked() != place {
            cursor.set(place);
            shell.painter().touch(key);
        }
    };
    let hover = move |event: PointerEvent| {
        let Some(size) = size() else { return };
        let source = source();
        let scene = source.scene(chart, size, false, None);
        point(scene.readout(f64::from(event.offset_x()), f64::from(event.offset_y())).map(|readout| readout.place));
    };
    let press = move |event: KeyboardEvent| {
        let Some(size) = size() else { return };
        let source = source();
        let scene = source.scene(chart, size, false, None);
        let here = cursor.get_untracked().and_then(|place| scene.readout_at(place));
        let next = match (event.key().as_str(), here) {
            ("Escape", Some(_)) => None,
            (key, here) => match moved(chart, key, here.as_ref()) {
                Some(place) => scene.readout_at(place),
                None => return,
            },
        };
        event.prevent_default();
        point(next.as_ref().map(|readout| readout.place));
        shell.said.set(next.as_ref().map(say_readout).unwrap_or_default());
    };
    let title = words.title;
    let heading = StoredValue::new(format!("chart-{}", chart.name()));
    let heading = move || heading.get_value();
    let caption = move || format!("{}-caption", heading());
    let save = move |format: Format| {
        let label = fill("export_as", &[title, format.name()]);
        view! {
            <button class="quiet" aria-label=label on:click=move |_| figure::save(shell, &source(), chart, format)>
                {format.name()}
            </button>
        }
    };
    let saves: Vec<_> = Format::ALL.into_iter().map(save).collect();
    let settings = move || shell.experiment.with(share::settings_line);
    view! {
        <figure class=format!("panel p-{}", chart.name()) role="group" aria-labelledby=heading>
            <h3 id=heading>{title}</h3>
            <canvas node_ref=canvas tabindex="0" role="img" aria-labelledby=heading aria-describedby=caption
                on:pointermove=hover on:pointerdown=hover on:pointerleave=move |_| point(None)
                on:keydown=press on:blur=move |_| point(None)></canvas>
            <p class="readout">{move || readout.get()}</p>
            <figcaption id=caption>{words.caption} " " <span class="which">{settings}</span></figcaption>
            <div class="under">{twin(title, source, chart, track)}{saves}</div>
        </figure>
    }
    .into_any()
}

/// The numbers of a chart as a table, made when it is opened.
fn twin(
    title: &'static str,
    source: impl Fn() -> Source + Copy + Send + 'static,
    chart: Chart,
    track: impl Fn() + Copy + Send + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    let table = move || {
        if !open.get() {
            return None;
        }
        track();
        let source = source();
        let size = crate::chart::Size { width: 1, height: 1, scale: 1.0 };
        let scene = source.scene(chart, size, false, None);
        let table = scene.table(TABLE_ROWS);
        let head: Vec<_> = table.columns.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect();
        let rows: Vec<_> = table
            .rows
            .into_iter()
            .map(|row| {
                let cells: Vec<_> = row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect();
                view! { <tr>{cells}</tr> }
            })
            .collect();
        Some(view! {
            <div class="scroll" tabindex="0" role="region" aria-label=title>
                <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        })
    };
    view! {
        <details class="twin" on:toggle=move |event| open.set(dom::is_open(&event))>
            <summary>{say("table")}</summary>
            {table}
        </details>
    }
    .into_any()
}

fn say_readout(readout: &Readout) -> String {
    let parts: Vec<String> = readout.texts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    parts.join(" · ")
}

/// Where an arrow key leads from `here`; none for other keys.
fn moved(chart: Chart, key: &str, here: Option<&Readout>) -> Option<Place> {
    // Over lines and bars the table's rows run along x; over cells its columns do.
    let cells = matches!(chart, Chart::Scan | Chart::HeatY | Chart::HeatZ | Chart::SweepMap);
    let (along, across) = match key {
        "ArrowRight" => (1, 0),
        "ArrowLeft" => (-1, 0),
        "ArrowDown" => (0, 1),
        "ArrowUp" => (0, -1),
        "Home" => (-1_000_000, 0),
        "End" => (1_000_000, 0),
        _ => return None,
    };
    let Some(Readout { place, extent, .. }) = here else { return Some(Place::default()) };
    let (down, right) = if cells { (across, along) } else { (along, across) };
    let within = |at: usize, by: isize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
    Some(Place {
        panel: place.panel,
        row: within(place.row, down, extent.0),
        column: within(place.column, right, extent.1),
    })
}
