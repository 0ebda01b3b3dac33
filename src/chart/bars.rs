//! One bar for each token: filled now, outlined at the start, a tick for the pinned run. Knows [`Bars`], not its frame.

use super::axes::{self, Columns, EDGE, Entry, Sample};
use super::picture::{Area, Picture, Side};
use super::plan::{Bars, Heights};
use super::scale::{Scale, nice_range};
use super::style::{Stroke, Theme};
use super::{Along, Place, Readout, Scene};
use crate::number::significant;

struct Layout {
    area: Area,
    y: Scale,
    ticks: Vec<(f64, String)>,
}

impl Layout {
    fn new(bars: &Bars, scene: &Scene) -> Option<Self> {
        let (width, height) = (f64::from(scene.size.width), f64::from(scene.size.height));
        let top = axes::header_height(&entries(bars, scene.theme), width) + 4.0;
        let tallest = bars.start.values.iter().copied().filter(|v| v.is_finite()).fold(bars.holds, f64::max);
        let (_, to) = nice_range(Some((0.0, tallest)), false, 4);
        // The labels' width decides the area's width, which decides the height of the names below.
        let scale = Scale { from: 0.0, to, log: false, start: 0.0, end: 1.0 };
        let wanted = ((height / 60.0) as usize).clamp(2, 6);
        let ticks = scale.ticks(wanted);
        let left = EDGE + axes::labels_width(&ticks) + 6.0;
        let across = width - EDGE - 8.0 - left;
        let bottom = height - columns(bars).height(across) - EDGE;
        (across >= 24.0 && bottom - top >= 16.0).then_some(Self {
            area: Area { x: left, y: top, width: across, height: bottom - top },
            y: Scale { start: bottom, end: top, ..scale },
            ticks,
        })
    }

    /// The rectangle between 0 and `value` in column `i`, `share` of the column wide.
    fn bar(&self, i: usize, count: usize, value: f64, share: f64) -> Option<Area> {
        let pitch = self.area.width / count.max(1) as f64;
        let y = self.y.pixel(value.max(0.0)).max(self.area.y);
        let width = pitch * share;
        let x = self.area.x + pitch * (i as f64 + 0.5) - width / 2.0;
        value.is_finite().then_some(Area { x, y, width, height: self.area.bottom() - y })
    }
}

fn columns<'a>(bars: &'a Bars) -> Columns<'a> {
    Columns { names: &bars.names, groups: &bars.groups, title: bars.x_title, longest: 48.0 }
}

fn entries(bars: &Bars, theme: &Theme) -> Vec<Entry<'static>> {
    let color = bars.colors.last().copied().unwrap_or(theme.ink);
    let mut entries = vec![Entry { sample: Sample::Fill(color, 1.0), text: bars.now.name }];
    if !bars.start.values.is_empty() {
        entries.push(Entry { sample: Sample::Outline(start(theme)), text: bars.start.name });
    }
    if !bars.pinned.values.is_empty() {
        entries.push(Entry { sample: Sample::Line(pinned(theme), None), text: bars.pinned.name });
    }
    entries
}

fn start(theme: &Theme) -> Stroke {
    Stroke { color: theme.ink, width: 1.0, dash: &[] }
}

fn pinned(theme: &Theme) -> Stroke {
    Stroke { color: theme.category(1), width: 2.5, dash: &[] }
}

/// Draws the bars.
pub(super) fn draw(picture: &mut Picture, bars: &Bars, scene: &Scene) {
    let Some(layout) = Layout::new(bars, scene) else { return };
    let (theme, area, count) = (scene.theme, layout.area, bars.names.len());
    axes::header(picture, bars.y_title, &entries(bars, theme), theme);
    axes::value_axis(picture, area, &layout.y, &layout.ticks, theme);
    if count == 0 {
        let middle = (area.x + area.width / 2.0, area.y + area.height / 2.0);
        picture.text(scene.words.say("nothing"), middle, axes::TITLE, theme.muted, Side::Center);
    }
    let wide = area.width / count.max(1) as f64 >= 9.0;
    for (i, value) in bars.now.values.iter().enumerate() {
        if let Some(bar) = layout.bar(i, count, *value, if wide { 0.72 } else { 1.0 }) {
            picture.fill(bar, bars.colors.get(i).copied().unwrap_or(theme.ink), 1.0);
        }
    }
    for (i, value) in bars.start.values.iter().enumerate() {
        match layout.bar(i, count, *value, if wide { 0.72 } else { 1.0 }) {
            Some(bar) if wide => picture.outline(bar, start(theme)),
            // Too narrow for outlines: the upper edge alone.
            Some(bar) => picture.fill(Area { height: 1.0, ..bar }, theme.ink, 1.0),
            None => {}
        }
    }
    for (i, value) in bars.pinned.values.iter().enumerate() {
        if let Some(bar) = layout.bar(i, count, *value, 0.96) {
            let tick = Area { y: bar.y - 1.25, height: 2.5, ..bar };
            picture.fill(tick, pinned(theme).color, 1.0);
        }
    }
    picture.hairline((area.x, area.bottom()), (area.right(), area.bottom()), theme.muted);
    columns(bars).draw(picture, area, theme);
    if let Some(found) = scene.cursor.and_then(|place| readout(bars, scene, place)) {
        picture.dot(found.at, 5.0, theme.ink);
        picture.dot(found.at, 3.0, theme.background);
    }
}

/// The token under x.
pub(super) fn nearest(bars: &Bars, scene: &Scene, x: f64, y: f64) -> Option<Place> {
    let area = Layout::new(bars, scene)?.area;
    let column = ((x - area.x) / area.width * bars.names.len() as f64) as usize;
    (area.holds(x, y) && column < bars.names.len()).then_some(Place { panel: 0, row: 0, column })
}

/// What is at `place`, clamped to what there is.
pub(super) fn readout(bars: &Bars, scene: &Scene, place: Place) -> Option<Readout> {
    let layout = Layout::new(bars, scene)?;
    let column = place.column.min(bars.names.len().checked_sub(1)?);
    let at = |heights: &Heights| Some((heights.name.to_owned(), significant(*heights.values.get(column)?)));
    let value = bars.now.values.get(column).copied().unwrap_or(f64::NAN);
    let mut texts = vec![(bars.x_title.to_owned(), bars.names[column].clone())];
    texts.push((bars.y_title.to_owned(), significant(value)));
    texts.extend(at(&bars.start));
    texts.extend(at(&bars.pinned));
    let bar = layout.bar(column, bars.names.len(), if value.is_finite() { value } else { 0.0 }, 1.0)?;
    let at = (bar.x + bar.width / 2.0, bar.y.min(layout.area.bottom() - 1.0));
    let place = Place { panel: 0, row: 0, column };
    Some(Readout { place, extent: (1, bars.names.len()), at, texts, value, along: Along::Columns })
}
