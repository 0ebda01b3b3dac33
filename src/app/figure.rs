//! A chart on a canvas: the only place that draws on the screen, and turns charts into files.

use super::leptos::*;
use super::shell::Shell;
use super::{dom, language};
use crate::chart::{Chart, Fidelity, Place, Scene, Size, Theme, paint};
use crate::run::Frame;
use crate::view::share;
use crate::view::text;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Size of exported figures, CSS pixels.
const EXPORT: (u32, u32) = (760, 430);

/// What a chart is drawn from: numbers, and numbers to compare with.
#[derive(Clone)]
pub struct Source {
    /// The numbers.
    pub frame: std::sync::Arc<Frame>,
    /// Those of the pinned run.
    pub pinned: Option<std::sync::Arc<Frame>>,
}

impl Source {
    /// The run of the page, without waking on its changes.
    pub fn of(shell: Shell) -> Self {
        let pinned = shell.pinned.peek(|pinned| pinned.as_ref().map(|pinned| pinned.frame.clone()));
        Self { frame: shell.frame.now(), pinned }
    }

    /// The scene of a chart.
    pub fn scene(&self, chart: Chart, size: Size, dark: bool, cursor: Option<Place>) -> Scene<'_> {
        let theme = if dark { &Theme::DARK } else { &Theme::LIGHT };
        let scene = Scene::new(chart, &self.frame, size, theme, language::words());
        Scene { pinned: self.pinned.as_deref(), cursor, ..scene }
    }
}

/// Fits the canvas to the room it has; its size in CSS pixels.
pub fn fit(canvas: &HtmlCanvasElement) -> Size {
    let scale = window().device_pixel_ratio().clamp(1.0, 3.0);
    let size = Size { width: canvas.client_width().max(1) as u32, height: canvas.client_height().max(1) as u32, scale };
    let (width, height) = size.device();
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    size
}

/// Paints a scene over the whole of a canvas. A canvas that cannot be drawn on stays as it is; its table remains.
pub fn draw(canvas: &HtmlCanvasElement, scene: &Scene<'_>) -> Option<()> {
    let picture = scene.picture();
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let ground = scene.theme.background;
    context.set_fill_style_str(&format!("rgb({},{},{})", ground.0, ground.1, ground.2));
    context.fill_rect(0.0, 0.0, width, height);
    context.set_image_smoothing_enabled(false);
    for raster in picture.rasters() {
        let image = ImageData::new_with_u8_clamped_array(Clamped(&raster.rgba), raster.width as u32).ok()?;
        // Images are put pixel by pixel: a small canvas of their own lets them be scaled.
        let cells: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
        cells.set_width(raster.width as u32);
        cells.set_height(raster.height as u32);
        let inner: CanvasRenderingContext2d = cells.get_context("2d").ok()??.unchecked_into();
        inner.put_image_data(&image, 0.0, 0.0).ok()?;
        let [x, y, w, h] =
            [raster.area.x, raster.area.y, raster.area.width, raster.area.height].map(|css| css * scene.size.scale);
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&cells, x, y, w, h).ok()?;
    }
    let mut backend = CanvasBackend::with_canvas_object(canvas.clone())?;
    paint(&picture, &mut backend, Fidelity::canvas(scene.size.scale)).ok()
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
pub fn save(shell: Shell, source: &Source, chart: Chart, format: Format) {
    let experiment = shell.experiment.now();
    let step = (!source.frame.arrays.is_empty() && source.frame.steps > 0).then_some(source.frame.step);
    let ending = format.name().to_lowercase();
    let name = share::file_name(chart.name(), &experiment, step, &ending);
    let size = Size { width: EXPORT.0, height: EXPORT.1.max(chart.least_height(&source.frame)), scale: 1.0 };
    let words = text::panel(chart.name());
    let scene = source.scene(chart, size, false, None);
    match format {
        Format::Csv => dom::download_text(&scene.csv(), &name, "text/csv"),
        Format::Svg => {
            let caption = format!("{} {}", words.caption, share::settings_line(&experiment));
            dom::download_text(&scene.svg(words.title, &caption), &name, "image/svg+xml");
        }
        Format::Png => {
            let _ = save_png(source.scene(chart, Size { scale: 2.0, ..size }, false, None), name);
        }
    }
}

fn save_png(scene: Scene<'_>, name: String) -> Option<()> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    let (width, height) = scene.size.device();
    canvas.set_width(width);
    canvas.set_height(height);
    draw(&canvas, &scene)?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            dom::download(&blob, &name);
        }
    });
    canvas.to_blob(done.unchecked_ref()).ok()
}
