//! Puts a [`Picture`] on any plotters backend. The only generic code of the charts, kept to one small loop: plotters'
//! own meshes and series would be compiled again for each backend. Knows marks, not charts.

use super::picture::{Area, Mark, Picture, Raster, Side, Text};
use super::style::Rgb;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, RGBColor, ShapeStyle, TextStyle,
};

/// The fonts asked for: the system's own.
const FONTS: &str = "system-ui, sans-serif";

/// The backend could not draw; the text is its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot draw the chart: {0}")]
pub struct ChartError(String);

/// What a backend needs to know besides the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fidelity {
    /// Backend pixels for each CSS pixel.
    pub scale: f64,
    /// Backend font size for each CSS font size: 1 on a canvas; plotters' SVG divides sizes by 1.24.
    pub text: f64,
    /// Whether heat maps are drawn as rectangles here, or put there as images by the caller.
    pub cells: bool,
}

impl Fidelity {
    /// For a canvas of `scale` pixels for each CSS pixel; its heat maps are drawn by the caller, as images
    /// ([`Picture::rasters`]) after the background and before this, so the background is left out here too.
    #[must_use]
    pub fn canvas(scale: f64) -> Self {
        Self { scale, text: 1.0, cells: false }
    }

    /// For plotters' SVG backend.
    #[must_use]
    pub fn svg(scale: f64) -> Self {
        Self { scale, text: 1.24, cells: true }
    }
}

/// Draws `picture` on `backend`.
///
/// # Errors
/// [`ChartError`] when the backend fails.
pub fn paint<DB: DrawingBackend>(picture: &Picture, backend: &mut DB, fidelity: Fidelity) -> Result<(), ChartError> {
    let px = |css: f64| -> i32 { libm::round(css * fidelity.scale) as i32 };
    let at = |&(x, y): &(f64, f64)| (px(x), px(y));
    // The first mark is the background.
    for mark in picture.marks.iter().skip(usize::from(!fidelity.cells)) {
        let done = match mark {
            Mark::Fill { area, color, alpha } => {
                let (from, to) = corners(area, px);
                backend.draw_rect(from, to, &shape(*color, *alpha, 1, true), true)
            }
            // As a path: plotters' SVG gives rectangles no line width.
            Mark::Outline { area, stroke } => {
                let ((x0, y0), (x1, y1)) = corners(area, px);
                let around = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
                backend.draw_path(around, &shape(stroke.color, 1.0, px(stroke.width), false))
            }
            Mark::Line { points, stroke } => {
                backend.draw_path(points.iter().map(at), &shape(stroke.color, 1.0, px(stroke.width), false))
            }
            Mark::Shape { points, color, alpha } => {
                backend.fill_polygon(points.iter().map(at), &shape(*color, *alpha, 1, true))
            }
            Mark::Dot { x, y, radius, color } => {
                backend.draw_circle((px(*x), px(*y)), px(*radius).max(1) as u32, &shape(*color, 1.0, 1, true), true)
            }
            Mark::Text(text) => backend.draw_text(&text.text, &style(text, fidelity), (px(text.x), px(text.y))),
            Mark::Cells(raster) if fidelity.cells => runs(raster).into_iter().try_for_each(|(area, color)| {
                let (from, to) = corners(&area, px);
                backend.draw_rect(from, to, &shape(color, 1.0, 1, true), true)
            }),
            Mark::Cells(_) => Ok(()),
        };
        done.map_err(|error| ChartError(error.to_string()))?;
    }
    backend.present().map_err(|error| ChartError(error.to_string()))
}

fn corners(area: &Area, px: impl Fn(f64) -> i32) -> ((i32, i32), (i32, i32)) {
    let (x, y) = (px(area.x), px(area.y));
    // Something narrower than a pixel is still seen.
    ((x, y), (px(area.right()).max(x + 1), px(area.bottom()).max(y + 1)))
}

fn shape(color: Rgb, alpha: f64, width: i32, filled: bool) -> ShapeStyle {
    ShapeStyle { color: RGBAColor(color.0, color.1, color.2, alpha), filled, stroke_width: width.max(1) as u32 }
}

fn style(text: &Text, fidelity: Fidelity) -> TextStyle<'static> {
    let side = match text.side {
        Side::Left => HPos::Left,
        Side::Center => HPos::Center,
        Side::Right => HPos::Right,
    };
    let turn = if text.turned { FontTransform::Rotate270 } else { FontTransform::None };
    let size = text.size * fidelity.scale * fidelity.text;
    let font = FontDesc::new(FontFamily::Name(FONTS), size, FontStyle::Normal).transform(turn);
    let color = RGBColor(text.color.0, text.color.1, text.color.2).to_backend_color();
    TextStyle { font, color, pos: Pos::new(side, VPos::Center) }
}

/// How far a cell reaches under its neighbours, CSS pixels.
const SEAM: f64 = 1.0;

/// Runs of equal cells as rectangles: along rows or along columns, whichever makes fewer. Attention that no longer
/// changes is a long column.
fn runs(raster: &Raster) -> Vec<(Area, Rgb)> {
    let (cells, _) = raster.rgba.as_chunks::<4>();
    let (width, height) = (raster.width, raster.height);
    let cell = |row: usize, column: usize| cells.get(row * width + column).copied().unwrap_or_default();
    let found = [false, true].map(|down| {
        let (lanes, length) = if down { (width, height) } else { (height, width) };
        let at = |lane: usize, i: usize| if down { cell(i, lane) } else { cell(lane, i) };
        let mut runs = Vec::new();
        for lane in 0..lanes {
            let mut start = 0;
            for i in 1..=length {
                if i == length || at(lane, i) != at(lane, start) {
                    let (column, row) = if down { (lane, start) } else { (start, lane) };
                    let (right, bottom) = if down { (lane + 1, i) } else { (i, lane + 1) };
                    runs.push(([column, row, right, bottom], at(lane, start)));
                    start = i;
                }
            }
        }
        runs
    });
    let [across, down] = found;
    let fewer = if down.len() < across.len() { down } else { across };
    let area = raster.area;
    let x = |column: usize| area.x + area.width * column as f64 / width as f64;
    let y = |row: usize| area.y + area.height * row as f64 / height as f64;
    let rectangle = |([column, row, right, bottom], [red, green, blue, _]): ([usize; 4], [u8; 4])| {
        // A little under the next ones, which then cover it: abutting edges let the background through.
        let width = (x(right) + SEAM).min(area.right()) - x(column);
        let height = (y(bottom) + SEAM).min(area.bottom()) - y(row);
        (Area { x: x(column), y: y(row), width, height }, Rgb(red, green, blue))
    };
    fewer.into_iter().map(rectangle).collect()
}

/// Backend pixels for each CSS pixel in SVG: plotters' coordinates are whole numbers, an export is finer than that.
const SVG_SCALE: f64 = 8.0;

/// The picture as an SVG document, with `title` and `description` for who cannot see it.
pub(super) fn svg(picture: &Picture, title: &str, description: &str) -> String {
    let (width, height) = picture.size;
    let device = ((width * SVG_SCALE) as u32, (height * SVG_SCALE) as u32);
    let mut body = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut body, device);
        // Writing to a string does not fail, and the backend says so by its type only.
        let drawn = paint(picture, &mut backend, Fidelity::svg(SVG_SCALE));
        debug_assert!(drawn.is_ok(), "drawing into a string");
    }
    let start = body.find('\n').map_or(0, |end| end + 1);
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" \
         role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n{}",
        device.0,
        device.1,
        escaped(title),
        escaped(description),
        &body[start..]
    )
}

/// `text` for the inside of an XML element; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if (c < ' ' && c != '\n' && c != '\t') || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => out.push(c),
        }
    }
    out
}
