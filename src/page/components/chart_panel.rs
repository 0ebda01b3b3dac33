//! A chart's panel: title, canvas, readout, caption, table twin, exports.

use super::canvas::use_painted;
use super::table::{Table, Wide, plain};
use crate::chart::{Chart, Place, Readout, Scene, Size, Theme};
use crate::experiment::Experiment;
use crate::page::components::shown::Shown;
use crate::page::platform::{canvas, dom};
use crate::page::reactive::memo;
use crate::page::state::compare::{Compare, Pinned};
use crate::page::state::language::chart_words;
use crate::page::state::shell::Shell;
use crate::page::state::theme::ThemeState;
use crate::run::Frame;
use crate::view::player::PlayerView;
use crate::view::share;
use crate::view::text::{self as words, fill, say};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Rows of a table twin; CSV has all.
const TABLE_ROWS: usize = 40;
/// Size of exported figures, CSS pixels.
const EXPORT: (u32, u32) = (760, 430);
/// A size for scenes that are only read, not drawn.
const NO_SIZE: Size = Size { width: 1, height: 1, scale: 1.0 };

/// Where a chart's numbers come from. A handle.
#[derive(Clone, Copy)]
pub struct Source {
    /// The numbers.
    pub frame: Signal<Arc<Frame>>,
    /// The run they are compared with.
    pub pinned: Signal<Option<Arc<Pinned>>>,
}

impl Source {
    /// The page's run, beside the pinned one.
    pub fn of_run(shell: Shell) -> Self {
        Self { frame: shell.frame.into(), pinned: Compare::here().pinned.into() }
    }

    /// Numbers of their own, compared with nothing.
    pub fn of(frame: impl Into<Signal<Arc<Frame>>>) -> Self {
        Self { frame: frame.into(), pinned: Signal::from(None) }
    }

    /// Both at this moment, without waking on their changes.
    pub fn now(self) -> Numbers {
        let pinned = self.pinned.with_untracked(|pinned| pinned.as_ref().map(|pinned| pinned.frame.clone()));
        Numbers { frame: self.frame.get_untracked(), pinned }
    }
}

/// The numbers of one moment.
pub struct Numbers {
    /// The numbers.
    pub frame: Arc<Frame>,
    /// Those of the pinned run.
    pub pinned: Option<Arc<Frame>>,
}

impl Numbers {
    /// The scene of a chart.
    pub fn scene(&self, chart: Chart, size: Size, dark: bool, cursor: Option<Place>) -> Scene<'_> {
        let theme = if dark { &Theme::DARK } else { &Theme::LIGHT };
        let scene = Scene::new(chart, &self.frame, size, theme, chart_words());
        Scene { pinned: self.pinned.as_deref(), cursor, ..scene }
    }
}

/// The panel of a chart.
#[component]
pub fn ChartPanel(
    /// The chart.
    chart: Chart,
    /// Where its numbers come from; the page's run if left out.
    #[prop(optional, into)]
    source: Option<Source>,
    /// What a click on a value does, or Enter where the arrow keys stand.
    #[prop(optional, into)]
    on_open: Option<Callback<(Readout,)>>,
) -> impl IntoView {
    let shell = Shell::here();
    let source = source.unwrap_or_else(|| Source::of_run(shell));
    let words = words::panel(chart.name());
    let heading = format!("chart-{}", chart.name());
    let caption = format!("{heading}-caption");
    let [labelled, labelled_canvas] = [heading.clone(), heading.clone()];
    let readout = RwSignal::new(String::new());
    let save = move |format: Format| {
        let label = fill("export_as", &[words.title, format.name()]);
        let save = move |_| save(&shell.experiment.get_untracked(), &source.now(), chart, format);
        view! {
            <button type="button" class="quiet" aria-label=label on:click=save>
                {format.name()}
            </button>
        }
    };
    view! {
        <figure class=format!("panel p-{}", chart.name()) role="group" aria-labelledby=labelled>
            <h3 id=heading>{words.title}</h3>
            <ChartCanvas
                chart=chart
                source=source
                readout=readout
                on_open=on_open
                labelled=labelled_canvas
                described=caption.clone()
            />
            <p class="readout">{readout}</p>
            <figcaption id=caption>
                {words.caption} " " <span class="which">{move || shell.experiment.with(share::settings_line)}</span>
            </figcaption>
            <div class="under">
                <Twin chart=chart source=source title=words.title />
                {Format::ALL.map(save)}
            </div>
        </figure>
    }
    .into_any()
}

/// The canvas, with what is read off it by pointer and by arrow keys.
#[component]
fn ChartCanvas(
    /// The chart.
    chart: Chart,
    /// Where its numbers come from.
    source: Source,
    /// Gets what is read off it.
    readout: RwSignal<String>,
    /// What a click on a value does.
    on_open: Option<Callback<(Readout,)>>,
    /// Id of its title.
    labelled: String,
    /// Id of its caption.
    described: String,
) -> impl IntoView {
    let shell = Shell::here();
    let theme = ThemeState::here();
    let node = NodeRef::<html::Canvas>::new();
    let cursor = RwSignal::new(None::<Place>);
    let least_height = memo(move || source.frame.with(|frame| format!("{}px", chart.least_height(frame))));
    let key = use_painted(shell, node, move || {
        let Some(node) = node.get_untracked() else { return };
        let (size, numbers, at) = (canvas::fit(&node), source.now(), cursor.get_untracked());
        let scene = numbers.scene(chart, size, theme.dark.get_untracked(), at);
        let _ = canvas::draw(&node, &scene);
        let said = at.and_then(|place| scene.readout_at(place)).map(|at| say_readout(&at)).unwrap_or_default();
        if readout.with_untracked(|shown| *shown != said) {
            readout.set(said);
        }
    });
    // What the chart has at a place that `find` says, by its layout on the screen.
    let read = move |find: &dyn Fn(&Scene<'_>) -> Option<Readout>| {
        let size = node.get_untracked().map(|node| canvas::fit(&node))?;
        find(&source.now().scene(chart, size, false, None))
    };
    let point = move |place: Option<Place>| {
        // A canvas that is taken away loses its focus when its cursor is already gone.
        if cursor.try_with_untracked(|now| *now != place) == Some(true) {
            cursor.set(place);
            shell.painter().touch(key);
        }
    };
    let hover = move |event: ev::PointerEvent| {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        point(read(&|scene| scene.readout(x, y)).map(|readout| readout.place));
    };
    let open = move || {
        let here = cursor.get_untracked().and_then(|place| read(&|scene| scene.readout_at(place)));
        if let (Some(open), Some(here)) = (on_open, here) {
            open.run((here,));
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let here = cursor.get_untracked().and_then(|place| read(&|scene| scene.readout_at(place)));
        let next = match event.key().as_str() {
            "Escape" if here.is_some() => None,
            "Enter" => return open(),
            key => match moved(key, here.as_ref()) {
                Some(place) => read(&|scene| scene.readout_at(place)),
                None => return,
            },
        };
        event.prevent_default();
        shell.notices.say(next.as_ref().map(say_readout).unwrap_or_default());
        point(next.map(|readout| readout.place));
    };
    view! {
        <canvas
            node_ref=node
            tabindex="0"
            role="img"
            aria-labelledby=labelled
            aria-describedby=described
            style:min-height=move || least_height.get()
            on:pointermove=hover
            on:pointerdown=hover
            on:click=move |_| open()
            on:pointerleave=move |_| point(None)
            on:blur=move |_| point(None)
            on:keydown=press
        ></canvas>
    }
}

/// The numbers of a chart as a table, made when it is opened.
#[component]
fn Twin(
    /// The chart.
    chart: Chart,
    /// Where its numbers come from.
    source: Source,
    /// Title of the chart.
    title: &'static str,
) -> impl IntoView {
    let shell = Shell::here();
    let open = RwSignal::new(false);
    let table = move || {
        source.pinned.track();
        // While it plays the table stands still: nobody reads forty rows that change.
        if !shell.player.with(PlayerView::is_playing) {
            source.frame.track();
        }
        source.now().scene(chart, NO_SIZE, false, None).table(TABLE_ROWS)
    };
    view! {
        <details class="twin" on:toggle:target=move |event| open.set(event.target().open())>
            <summary>{say("table")}</summary>
            <Shown when=move || open.get()>
                <Wide label=title>
                    <Table head=move || table().columns rows=move || plain(table().rows) />
                </Wide>
            </Shown>
        </details>
    }
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

/// The kinds of file a chart is saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A vector figure.
    Svg,
    /// A picture.
    Png,
    /// The numbers.
    Csv,
}

impl Format {
    /// All, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::Csv];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Csv => "CSV",
        }
    }
}

/// Saves a chart as a file, in light colours whatever the page has: figures go into documents.
pub fn save(experiment: &Experiment, numbers: &Numbers, chart: Chart, format: Format) {
    let step = (!numbers.frame.arrays.is_empty() && numbers.frame.steps > 0).then_some(numbers.frame.step);
    let name = share::file_name(chart.name(), experiment, step, &format.name().to_ascii_lowercase());
    let size = Size { width: EXPORT.0, height: EXPORT.1.max(chart.least_height(&numbers.frame)), scale: 1.0 };
    let words = words::panel(chart.name());
    let scene = numbers.scene(chart, size, false, None);
    match format {
        Format::Csv => dom::download_text(&scene.csv(), &name, "text/csv"),
        Format::Svg => {
            let caption = format!("{} {}", words.caption, share::settings_line(experiment));
            dom::download_text(&scene.svg(words.title, &caption), &name, "image/svg+xml");
        }
        Format::Png => {
            let scene = numbers.scene(chart, Size { scale: 2.0, ..size }, false, None);
            let _ = canvas::png(&scene, move |blob| dom::download(&blob, &name));
        }
    }
}
