//! A chart's scene on a canvas: fits the canvas to its room, paints, and makes a picture of it.

use crate::chart::{Fidelity, Scene, Size, paint};
use leptos::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

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

/// The drawing context of a canvas.
fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    Some(canvas.get_context("2d").ok()??.unchecked_into())
}

/// Puts RGBA pixels on a canvas, which takes their size.
pub fn put_pixels(canvas: &HtmlCanvasElement, rgba: &[u8], width: u32) -> Option<()> {
    let image = ImageData::new_with_u8_clamped_array(Clamped(rgba), width).ok()?;
    canvas.set_width(image.width());
    canvas.set_height(image.height());
    context(canvas)?.put_image_data(&image, 0.0, 0.0).ok()
}

/// Paints a scene over the whole of a canvas. A canvas that cannot be drawn on stays as it is; its table remains.
pub fn draw(canvas: &HtmlCanvasElement, scene: &Scene<'_>) -> Option<()> {
    let picture = scene.picture();
    let context = context(canvas)?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let ground = scene.theme.background;
    context.set_fill_style_str(&format!("rgb({},{},{})", ground.0, ground.1, ground.2));
    context.fill_rect(0.0, 0.0, width, height);
    context.set_image_smoothing_enabled(false);
    for raster in picture.rasters() {
        // Image data is put pixel by pixel: a small canvas of its own lets it be scaled.
        let cells: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
        put_pixels(&cells, &raster.rgba, raster.width as u32)?;
        let [x, y, w, h] =
            [raster.area.x, raster.area.y, raster.area.width, raster.area.height].map(|css| css * scene.size.scale);
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&cells, x, y, w, h).ok()?;
    }
    let mut backend = CanvasBackend::with_canvas_object(canvas.clone())?;
    paint(&picture, &mut backend, Fidelity::canvas(scene.size.scale)).ok()
}

/// Draws a scene and gives it to `then` as a PNG file.
pub fn png(scene: &Scene<'_>, then: impl FnOnce(Blob) + 'static) -> Option<()> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    let (width, height) = scene.size.device();
    canvas.set_width(width);
    canvas.set_height(height);
    draw(&canvas, scene)?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            then(blob);
        }
    });
    canvas.to_blob(done.unchecked_ref()).ok()
}
