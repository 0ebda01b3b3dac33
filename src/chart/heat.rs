//! Grids of coloured cells: layout, colour scale, cells as a raster, what is under a point. Knows a [`Heat`], not its
//! frame.
//!
//! A raster has at most [`MOST_ROWS`] rows and a column for each pixel. Where more cells meet in one, moments of a
//! run show the first of them (each colour shown was recorded), weights the one furthest from zero (none is hidden).

use super::axes::{Columns, EDGE, SMALL, TITLE};
use super::picture::{Area, Picture, Raster, Side, fitted, fitted_name, text_width};
use super::plan::{Grid, Heat, Rows};
use super::scale::{Scale, whole_label};
use super::style::{Rgb, Stroke, Theme};
use super::{Place, Readout, Scene};
use crate::number::{fixed, significant};

/// Rows of a raster.
const MOST_ROWS: usize = 128;
/// Columns of a raster, however wide the chart.
const MOST_COLUMNS: usize = 1024;
/// From one panel to the next.
const GAP: f64 = 14.0;
/// Height of the colour scale above the panels.
const TOP: f64 = 26.0;
/// Height of a row whose name and numbers can be read.
pub(super) const ROW: f64 = 18.0;
/// Room right of the cells, for the mark of the step shown.
const RIGHT: f64 = 12.0;

/// Where the cells of each grid are, and whether the names below it are drawn.
struct Panel {
    area: Area,
    named: bool,
}

/// The panels: side by side where the chart is wide, else one above the other with names below the last; none when
/// there is no room.
fn layout(heat: &Heat, scene: &Scene) -> Option<Vec<Panel>> {
    let (width, height) = (f64::from(scene.size.width), f64::from(scene.size.height) - TOP - EDGE);
    let left = EDGE + heat.grids.iter().map(|grid| rows_width(grid, width)).fold(0.0, f64::max) + 6.0;
    let count = heat.grids.len();
    let title = if count > 1 { 18.0 } else { 0.0 };
    let same = heat.grids.windows(2).all(|pair| pair[0].columns == pair[1].columns);
    let below =
        |cells: f64| heat.grids.iter().map(|grid| columns(heat, grid, height).height(cells)).fold(0.0, f64::max);
    if width < 560.0 && count > 1 && same {
        let cells = width - left - RIGHT;
        let each = (height - below(cells)) / count as f64;
        let tall = each - title - 4.0;
        if tall >= 24.0 {
            let panel = |i: usize| Panel {
                area: Area { x: left, y: TOP + each * i as f64 + title, width: cells, height: tall },
                named: i + 1 == count,
            };
            return Some((0..count).map(panel).collect());
        }
    }
    let across = (width + GAP) / count.max(1) as f64;
    let cells = across - GAP - left - RIGHT;
    let tall = height - title - below(cells.max(1.0));
    let panel = |i: usize| Panel {
        area: Area { x: left + across * i as f64, y: TOP + title, width: cells, height: tall },
        named: true,
    };
    (cells >= 24.0 && tall >= 8.0).then(|| (0..count).map(panel).collect())
}

fn rows_width(grid: &Grid, width: f64) -> f64 {
    match &grid.rows {
        Rows::Steps { recorded, steps, .. } => {
            let widest = wide(recorded).fold(*steps, f64::max).clamp(0.0, 1e15);
            text_width(&format!("{widest:.0}"), SMALL) + 4.0
        }
        Rows::Names(names) => {
            names.iter().map(|name| text_width(name, SMALL)).fold(0.0, f64::max).min((width / 5.0).clamp(72.0, 180.0))
        }
    }
}

/// The columns of a grid in a chart of that height: their names may be as long as readable rows leave room.
fn columns<'a>(heat: &Heat<'a>, grid: &'a Grid, height: f64) -> Columns<'a> {
    let room = height - 60.0 - ROW * grid.rows.len() as f64;
    Columns { names: &grid.columns, groups: &grid.groups, title: heat.column_title, longest: room.clamp(48.0, 150.0) }
}

fn wide(values: &[f32]) -> impl Iterator<Item = f64> {
    values.iter().map(|&value| f64::from(value))
}

/// How the rows of a grid lie: in `slots` of equal height, each row from its slot to the next row's.
struct Slots {
    slots: usize,
    /// Slots in one row of the raster.
    stride: usize,
    /// First step and steps in a slot; (0, 1) for named rows.
    spacing: f64,
    starts: Vec<usize>,
}

impl Slots {
    fn new(rows: &Rows) -> Self {
        let Rows::Steps { recorded, steps, .. } = rows else {
            let slots = rows.len();
            let stride = slots.div_ceil(MOST_ROWS).max(1);
            return Self { slots, stride, spacing: 1.0, starts: (0..slots).collect() };
        };
        let last = wide(recorded).filter(|step| step.is_finite()).fold(*steps, f64::max).clamp(0.0, 1e15);
        let given = match recorded {
            [first, second, ..] if second > first => f64::from(second - first),
            _ => libm::ceil(last / 500.0),
        };
        let spacing = given.max(1.0).max(libm::ceil(last / 1e5));
        let slots = libm::ceil(last / spacing) as usize + 1;
        let stride = slots.div_ceil(MOST_ROWS);
        let slot = |step: f64| if step >= 0.0 { libm::ceil(step.min(last) / spacing) as usize } else { 0 };
        Self { slots: slots.div_ceil(stride) * stride, stride, spacing, starts: wide(recorded).map(slot).collect() }
    }

    /// The row shown in a slot: the last one that has begun.
    fn row(&self, slot: usize) -> Option<usize> {
        let row = self.starts.partition_point(|start| *start <= slot).checked_sub(1)?;
        let next = self.starts.get(row + 1).copied().unwrap_or(self.starts[row] + 1);
        (slot < next).then_some(row)
    }

    /// Upper and lower edge of a row.
    fn edges(&self, row: usize, area: Area) -> (f64, f64) {
        let start = self.starts.get(row).copied().unwrap_or(0);
        let y = |slot: usize| area.y + area.height * slot as f64 / self.slots.max(1) as f64;
        let end = self.starts.get(row + 1).copied().unwrap_or(start + 1).max(start + 1);
        (y(start), y(end.min(self.slots)))
    }
}

/// The colour of a value.
fn color(heat: &Heat, value: f64, theme: &Theme) -> Option<Rgb> {
    let (lo, hi) = heat.range;
    let share = (value - lo) / (hi - lo);
    // 256 colours are more than an eye tells apart, and let neighbours become one rectangle.
    let share = libm::round(share.clamp(0.0, 1.0) * 255.0) / 255.0;
    let color = if heat.signed { theme.signed(2.0 * share - 1.0) } else { theme.magnitude(share) };
    value.is_finite().then_some(color)
}

fn raster(heat: &Heat, grid: &Grid, area: Area, theme: &Theme) -> Raster {
    let slots = Slots::new(&grid.rows);
    let n_columns = grid.columns.len();
    let wide = n_columns.div_ceil((area.width as usize).clamp(1, MOST_COLUMNS)).max(1);
    let (width, height) = (n_columns.div_ceil(wide), slots.slots.div_ceil(slots.stride));
    let mut rgba = Vec::with_capacity(width * height * 4);
    let empty = theme.background.mix(theme.grid, 0.45);
    for row in 0..height {
        let first = row * slots.stride;
        let rows = match grid.rows {
            // Recorded rows may begin anywhere within the raster's row.
            Rows::Steps { .. } => {
                let found = (first..first + slots.stride).find_map(|slot| slots.row(slot));
                found.map_or(0..0, |row| row..row + 1)
            }
            Rows::Names(_) => first..(first + slots.stride).min(grid.rows.len()),
        };
        for column in 0..width {
            let columns = column * wide..((column + 1) * wide).min(n_columns);
            let value = furthest(grid, rows.clone(), columns);
            match color(heat, f64::from(value), theme) {
                Some(Rgb(red, green, blue)) => rgba.extend([red, green, blue, 255]),
                // Not left clear: where cells are put as an image there is nothing drawn under them.
                None => rgba.extend([empty.0, empty.1, empty.2, 255]),
            }
        }
    }
    let full = (height * slots.stride) as f64 / slots.slots.max(1) as f64;
    let columns = (width * wide) as f64 / n_columns.max(1) as f64;
    let area = Area { width: area.width * columns, height: area.height * full, ..area };
    Raster { width, height, rgba, area }
}

/// The value furthest from zero in a block of cells; NaN without any.
fn furthest(grid: &Grid, rows: core::ops::Range<usize>, columns: core::ops::Range<usize>) -> f32 {
    let cells = rows.flat_map(|row| columns.clone().map(move |column| grid.value(row, column)));
    cells
        .filter(|v| v.is_finite())
        .fold(f32::NAN, |best, v| if best.is_nan() || v.abs() > best.abs() { v } else { best })
}

/// Draws the grids, their axes and the colour scale.
pub(super) fn draw(picture: &mut Picture, heat: &Heat, scene: &Scene) {
    let theme = scene.theme;
    color_scale(picture, heat, theme);
    let Some(panels) = layout(heat, scene) else { return };
    if heat.grids.iter().all(|grid| grid.values.is_empty()) {
        let (width, height) = picture.size;
        picture.text(scene.words.nothing, (width / 2.0, height / 2.0), TITLE, theme.muted, Side::Center);
        return;
    }
    for (grid, Panel { area, named }) in heat.grids.iter().zip(panels) {
        if !grid.title.is_empty() {
            picture.text(grid.title, (area.x, area.y - 10.0), SMALL, theme.ink, Side::Left);
        }
        picture.cells(raster(heat, grid, area, theme));
        for group in grid.groups.iter().skip(1) {
            let x = area.x + area.width * group.from as f64 / grid.columns.len().max(1) as f64;
            picture.fill(Area { x: x - 1.0, width: 2.0, ..area }, theme.background, 1.0);
        }
        row_axis(picture, grid, area, theme);
        if named {
            columns(heat, grid, picture.size.1 - TOP - EDGE).draw(picture, area, theme);
        }
        if heat.numbers {
            numbers(picture, heat, grid, area, theme);
        }
    }
    if let Some(found) = scene.cursor.and_then(|place| readout(heat, scene, place))
        && let Some(area) = cell(heat, scene, found.place)
    {
        let grown = Area { x: area.x - 1.0, y: area.y - 1.0, width: area.width + 2.0, height: area.height + 2.0 };
        picture.outline(grown, Stroke { color: theme.background, width: 4.0, dash: &[] });
        picture.outline(grown, Stroke { color: theme.ink, width: 2.0, dash: &[] });
    }
}

/// Row title at the left, value title and colour scale at the right of the first line.
fn color_scale(picture: &mut Picture, heat: &Heat, theme: &Theme) {
    let width = picture.size.0;
    let (lower, upper) = (significant(heat.range.0), significant(heat.range.1));
    let labels = text_width(&lower, SMALL) + text_width(&upper, SMALL) + 12.0;
    let titles = text_width(heat.row_title, SMALL) + text_width(heat.value_title, TITLE) + 32.0;
    let bar = (width - titles - labels - 2.0 * EDGE).clamp(36.0, 132.0);
    let mut x = width - EDGE - text_width(&upper, SMALL) - 8.0;
    let y = 11.0;
    picture.text(&upper, (width - EDGE - 8.0, y), SMALL, theme.muted, Side::Right);
    x -= 6.0 + bar - 8.0;
    let steps = 44;
    for i in 0..steps {
        let share = f64::from(i) / f64::from(steps - 1);
        let shade = if heat.signed { theme.signed(2.0 * share - 1.0) } else { theme.magnitude(share) };
        let step = bar / f64::from(steps);
        picture.fill(
            Area { x: x - 8.0 + step * f64::from(i), y: y - 5.0, width: step + 0.5, height: 10.0 },
            shade,
            1.0,
        );
    }
    picture.text(&lower, (x - 14.0, y), SMALL, theme.muted, Side::Right);
    let end = x - 14.0 - text_width(&lower, SMALL) - 8.0;
    let room = end - EDGE - 12.0;
    let rows = fitted(heat.row_title, SMALL, room - text_width(heat.value_title, TITLE).min(room * 0.6));
    let room = room - text_width(&rows, SMALL);
    picture.text(&fitted(heat.value_title, TITLE, room), (end, y), TITLE, theme.ink, Side::Right);
    picture.text(&rows, (EDGE, y), SMALL, theme.muted, Side::Left);
}

fn row_axis(picture: &mut Picture, grid: &Grid, area: Area, theme: &Theme) {
    let slots = Slots::new(&grid.rows);
    let pitch = area.height / slots.slots.max(1) as f64;
    match &grid.rows {
        Rows::Names(names) => {
            let every = libm::ceil(13.0 / pitch).clamp(1.0, 1e6) as usize;
            for (i, name) in names.iter().enumerate().step_by(every) {
                let y = area.y + pitch * (i as f64 + 0.5);
                picture.text(
                    &fitted_name(name, SMALL, area.x - 6.0 - EDGE),
                    (area.x - 6.0, y),
                    SMALL,
                    theme.muted,
                    Side::Right,
                );
            }
        }
        Rows::Steps { steps, now, .. } => {
            let last = (slots.slots.max(2) - 1) as f64 * slots.spacing;
            let (start, end) = (area.y + pitch / 2.0, area.bottom() - pitch / 2.0);
            let scale = Scale { from: 0.0, to: last, log: false, start, end };
            let wanted = ((area.height / 40.0) as usize).clamp(1, 10);
            // There is no half step.
            let whole = |(step, _): &(f64, String)| *step <= steps.max(1.0) && libm::trunc(*step) == *step;
            for (step, _) in scale.ticks(wanted).into_iter().filter(whole) {
                let y = scale.pixel(step);
                picture.hairline((area.x - 4.0, y), (area.x, y), theme.muted);
                picture.text(&whole_label(step), (area.x - 7.0, y), SMALL, theme.muted, Side::Right);
            }
            let y = scale.pixel(*now);
            if y >= area.y && y <= area.bottom() {
                let (left, right) = (area.x, area.right());
                picture.fill(Area { x: left, y: y - 0.5, width: area.width, height: 1.0 }, Rgb(255, 255, 255), 0.7);
                picture.shape(vec![(right + 2.0, y), (right + 10.0, y - 5.0), (right + 10.0, y + 5.0)], theme.ink, 1.0);
            }
        }
    }
}

/// Cells of a grid so large that only what is not 0 is written, to be found.
const MANY: usize = 100;

/// Each cell's value inside it, where all have room: with four digits, or else two decimals.
fn numbers(picture: &mut Picture, heat: &Heat, grid: &Grid, area: Area, theme: &Theme) {
    let (rows, columns) = (grid.rows.len(), grid.columns.len());
    let (width, height) = (area.width / columns.max(1) as f64, area.height / rows.max(1) as f64);
    if width < 24.0 || height < 16.0 {
        return;
    }
    let room = |value: &f32, text: fn(f64) -> String| text_width(&text(f64::from(*value)), SMALL) + 8.0 <= width;
    let texts: [fn(f64) -> String; 2] = [significant, |value| fixed(value, 2)];
    let fits = |text: &fn(f64) -> String| grid.values.iter().all(|value| room(value, *text));
    let Some(text) = texts.into_iter().find(fits) else { return };
    for row in 0..rows {
        for column in 0..columns {
            let value = f64::from(grid.value(row, column));
            let Some(Rgb(red, green, blue)) = color(heat, value, theme) else { continue };
            if value == 0.0 && rows * columns > MANY {
                continue;
            }
            let light = 0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue) > 120.0;
            let ink = if light { Rgb(0, 0, 0) } else { Rgb(255, 255, 255) };
            let middle = (area.x + width * (column as f64 + 0.5), area.y + height * (row as f64 + 0.5));
            picture.text(&text(value), middle, SMALL, ink, Side::Center);
        }
    }
}

/// The rectangle of a cell.
fn cell(heat: &Heat, scene: &Scene, place: Place) -> Option<Area> {
    let area = layout(heat, scene)?.get(place.panel)?.area;
    let grid = heat.grids.get(place.panel)?;
    let (top, bottom) = Slots::new(&grid.rows).edges(place.row, area);
    let width = area.width / grid.columns.len().max(1) as f64;
    Some(Area { x: area.x + width * place.column as f64, y: top, width, height: bottom - top })
}

/// The cell at (x, y).
pub(super) fn nearest(heat: &Heat, scene: &Scene, x: f64, y: f64) -> Option<Place> {
    let panels = layout(heat, scene)?;
    let panel = panels.iter().position(|panel| panel.area.holds(x, y))?;
    let (area, grid) = (panels[panel].area, heat.grids.get(panel)?);
    let slots = Slots::new(&grid.rows);
    let row = slots.row(((y - area.y) / area.height * slots.slots as f64) as usize)?;
    let column = ((x - area.x) / area.width * grid.columns.len() as f64) as usize;
    Some(Place { panel, row, column })
}

/// What is at `place`, clamped to what there is.
pub(super) fn readout(heat: &Heat, scene: &Scene, place: Place) -> Option<Readout> {
    let panel = place.panel.min(heat.grids.len().checked_sub(1)?);
    let grid = &heat.grids[panel];
    let row = place.row.min(grid.rows.len().checked_sub(1)?);
    let column = place.column.min(grid.columns.len().checked_sub(1)?);
    let value = f64::from(grid.value(row, column));
    let row_name = match &grid.rows {
        Rows::Steps { recorded, .. } => significant(f64::from(recorded[row])),
        Rows::Names(names) => names[row].clone(),
    };
    let mut texts = Vec::new();
    if !grid.title.is_empty() {
        texts.push((String::new(), grid.title.to_owned()));
    }
    texts.push((heat.row_title.to_owned(), row_name));
    texts.push((heat.column_title.to_owned(), grid.columns[column].clone()));
    texts.push((heat.value_title.to_owned(), significant(value)));
    let place = Place { panel, row, column };
    let area = cell(heat, scene, place)?;
    let at = (area.x + area.width / 2.0, area.y + area.height / 2.0);
    Some(Readout { place, extent: (grid.rows.len(), grid.columns.len()), at, texts, value })
}
