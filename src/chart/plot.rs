//! Lines on axes: where they go, how they are drawn, what is nearest to a point. Knows a [`Plot`], not its frame.

use super::axes::{self, EDGE, Entry, SMALL, Sample};
use super::picture::{Area, Picture, Side, text_width};
use super::plan::{Key, Line, Plot, Rule};
use super::scale::{Extent, Scale, nice_range, order};
use super::style::{Rgb, Theme};
use super::{Along, Place, Readout, Scene};
use crate::number::{exact, significant};

/// Where everything is.
struct Layout<'a> {
    area: Area,
    x: Scale,
    y: Scale,
    x_ticks: Vec<(f64, String)>,
    y_ticks: Vec<(f64, String)>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Layout<'a> {
    /// The layout, if there is room for one.
    fn new(plot: &'a Plot, scene: &Scene) -> Option<Self> {
        let (width, height) = (f64::from(scene.size.width), f64::from(scene.size.height));
        let entries = entries(plot);
        let labelled = plot.rules.iter().any(|rule| !rule.label.is_empty());
        let top = axes::header_height(&entries, width) + if labelled { 18.0 } else { 4.0 };
        let bottom = height - 36.0;
        if bottom - top < 24.0 {
            return None;
        }
        let wanted = (((bottom - top) / 44.0) as usize).clamp(2, 8);
        let (from, to) = nice_range(y_extent(plot), plot.y_log, wanted);
        let y = Scale { from, to, log: plot.y_log, start: bottom, end: top };
        let y_ticks = y.ticks(wanted);
        let left = EDGE + axes::labels_width(&y_ticks) + 6.0;
        let right = width - EDGE - end_width(plot, width).max(8.0);
        if right - left < 40.0 {
            return None;
        }
        let mut held = Extent::new(plot.x_log);
        if let Some((from, to)) = plot.x_range {
            held.hold_all(&[from, to]);
        }
        for (x, _) in plot.lines.iter().flat_map(|line| &line.points) {
            held.hold(*x);
        }
        let range = held.ends;
        let x_wanted = (((right - left) / 72.0) as usize).clamp(2, 10);
        let area = Area { x: left, y: top, width: right - left, height: bottom - top };
        let (from, to) = match range {
            // A sweep's values stand a little inside.
            Some((from, to)) if from < to && !plot.x_ticks.is_empty() => inset(from, to, plot.x_log),
            Some((from, to)) if from < to && to - from < f64::MAX => (from, to),
            range => nice_range(range, plot.x_log, x_wanted),
        };
        let x = Scale { from, to, log: plot.x_log, start: left, end: right };
        let x_ticks = match plot.x_ticks.as_slice() {
            [] => x.ticks(x_wanted),
            given if plot.x_names.is_empty() => given.iter().map(|&x| (x, exact(x as f32))).collect(),
            given => given.iter().copied().zip(plot.x_names.iter().cloned()).collect(),
        };
        Some(Self { area, x, y, x_ticks, y_ticks, entries })
    }

    /// The pixel of a point of the `i`th line; lines with error bars stand a little apart from each other.
    fn pixel(&self, plot: &Plot, i: usize, (x, y): (f64, f64)) -> (f64, f64) {
        let apart = if plot.lines[i].errors.is_empty() { 0.0 } else { i as f64 - (plot.lines.len() - 1) as f64 / 2.0 };
        (self.x.pixel(x) + 4.0 * apart, self.y.pixel(y))
    }
}

/// The range widened by a twentieth on both sides.
fn inset(from: f64, to: f64, log: bool) -> (f64, f64) {
    if log {
        let by = libm::pow(to / from, 0.05);
        return (from / by, to * by);
    }
    let by = (to - from) * 0.05;
    (from - by, to + by)
}

/// What the y axis must hold: asymptotes count only where there is nothing else.
fn y_extent(plot: &Plot) -> Option<(f64, f64)> {
    let mut held = Extent::new(plot.y_log);
    for asymptotes in [false, true] {
        if held.ends.is_some() {
            break;
        }
        for line in plot.lines.iter().filter(|line| line.ranged || asymptotes) {
            for (i, (_, y)) in line.points.iter().enumerate() {
                let error = line.errors.get(i).copied().filter(|error| error.is_finite()).unwrap_or(0.0);
                held.hold_all(&[y - error, y + error]);
            }
        }
        for (_, lower, upper) in plot.bands.iter().flat_map(|band| &band.points) {
            held.hold_all(&[*lower, *upper]);
        }
    }
    held.hold_all(&plot.y_holds);
    held.ends
}

fn entries<'a>(plot: &'a Plot) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in &plot.lines {
        let text = match line.key {
            Key::Name => &line.name,
            Key::Legend(text) => text,
            Key::End(_) | Key::Readout => continue,
        };
        if entries.iter().all(|entry| entry.text != text) {
            entries.push(Entry { sample: Sample::Line(line.stroke, line.symbol), text });
        }
    }
    for band in &plot.bands {
        entries.push(Entry { sample: Sample::Fill(band.color, BAND), text: band.name });
    }
    if let Some((lower, upper)) = plot.ramp {
        entries.push(Entry { sample: Sample::Ramp(lower), text: upper });
    }
    if !plot.note.is_empty() {
        entries.push(Entry { sample: Sample::None, text: &plot.note });
    }
    entries
}

/// Opacity of a band.
const BAND: f64 = 0.16;

/// Room for names at the right ends of lines; none on a phone.
fn end_width(plot: &Plot, width: f64) -> f64 {
    let named = plot.lines.iter().filter(|line| matches!(line.key, Key::End(_)));
    let widest = named.map(|line| text_width(&line.name, SMALL)).fold(0.0, f64::max);
    if width < 400.0 || widest == 0.0 { 0.0 } else { widest.min(110.0) + 6.0 }
}

/// Draws the plot.
pub(super) fn draw(picture: &mut Picture, plot: &Plot, scene: &Scene) {
    let Some(layout) = Layout::new(plot, scene) else { return };
    let (theme, area) = (scene.theme, layout.area);
    axes::header(picture, plot.y_title, &layout.entries, theme);
    axes::value_axis(picture, area, &layout.y, &layout.y_ticks, theme);
    axes::step_axis(picture, area, &layout.x, &layout.x_ticks, plot.x_title, theme);
    if plot.lines.iter().all(|line| line.points.is_empty()) {
        let middle = (area.x + area.width / 2.0, area.y + area.height / 2.0);
        picture.text(scene.words.say("nothing"), middle, axes::TITLE, theme.muted, Side::Center);
    }
    for band in &plot.bands {
        let edge = |of: fn(&(f64, f64, f64)) -> (f64, f64)| band.points.iter().map(of).collect::<Vec<_>>();
        let (lower, upper) = (edge(|p| (p.0, p.1)), edge(|p| (p.0, p.2)));
        band_shape(picture, &layout, &lower, &upper, band.color);
    }
    for rule in &plot.rules {
        draw_rule(picture, &layout, plot, rule, theme);
    }
    if let Some(x) = plot.now.map(|now| layout.x.pixel(now)).filter(|x| *x >= area.x && *x <= area.right()) {
        picture.fill(Area { x: x - 0.5, y: area.y, width: 1.0, height: area.height }, theme.ink, 0.55);
    }
    for (i, line) in plot.lines.iter().enumerate() {
        draw_line(picture, &layout, plot, i, line);
    }
    end_names(picture, &layout, plot, scene);
    if let Some(found) = scene.cursor.and_then(|place| readout(plot, scene, place)) {
        picture.dot(found.at, 5.0, theme.ink);
        picture.dot(found.at, 3.0, theme.background);
    }
}

fn band_shape(picture: &mut Picture, layout: &Layout, lower: &[(f64, f64)], upper: &[(f64, f64)], color: Rgb) {
    let inside = |&(x, y): &(f64, f64)| {
        let (x, y) = (layout.x.pixel(x), layout.y.pixel(y));
        let within = (x.clamp(layout.area.x, layout.area.right()), y.clamp(layout.area.y, layout.area.bottom()));
        (x.is_finite() && !y.is_nan()).then_some(within)
    };
    let edges = lower.iter().zip(upper).filter_map(|(lower, upper)| Some((inside(lower)?, inside(upper)?)));
    let (lower, upper): (Vec<_>, Vec<_>) = edges.unzip();
    picture.shape(upper.into_iter().chain(lower.into_iter().rev()).collect(), color, BAND);
}

fn draw_rule(picture: &mut Picture, layout: &Layout, plot: &Plot, rule: &Rule, theme: &Theme) {
    let (x, area) = (layout.x.pixel(rule.x), layout.area);
    if !(x >= area.x && x <= area.right()) {
        return;
    }
    picture.line(&[(x, area.y), (x, area.bottom())], rule.stroke);
    // Above the chart, over its line; of two that are close, the earlier one ends there and the later one begins.
    let half = text_width(rule.label, SMALL) / 2.0 + 3.0;
    let close = |other: &&Rule| *other != rule && (layout.x.pixel(other.x) - x).abs() < 2.0 * half + 6.0;
    let (side, x) = match plot.rules.iter().filter(|other| !other.label.is_empty()).find(close) {
        Some(other) if other.x < rule.x => (Side::Left, x + 1.0),
        Some(_) => (Side::Right, x - 1.0),
        None => (Side::Center, x.clamp(area.x, area.right() - half)),
    };
    picture.text(rule.label, (x, area.y - 10.0), SMALL, theme.ink, side);
}

fn draw_line(picture: &mut Picture, layout: &Layout, plot: &Plot, i: usize, line: &Line) {
    let color = line.stroke.color;
    let pixels: Vec<(f64, f64)> = line.points.iter().map(|&point| layout.pixel(plot, i, point)).collect();
    for (&(_, y), (&(x, _), error)) in line.points.iter().zip(pixels.iter().zip(&line.errors)) {
        let (upper, lower) = (layout.y.pixel(y + error), layout.y.pixel(y - error));
        let (upper, lower) = (upper.max(layout.area.y), lower.min(layout.area.bottom()));
        if x.is_finite() && upper < lower {
            picture.fill(Area { x: x - 0.75, y: upper, width: 1.5, height: lower - upper }, color, 0.85);
            for y in [upper, lower] {
                picture.fill(Area { x: x - 3.0, y: y - 0.75, width: 6.0, height: 1.5 }, color, 0.85);
            }
        }
    }
    // A line on the edge is not cut by its own width.
    let area = layout.area;
    let grown = Area { x: area.x, y: area.y - 2.0, width: area.width, height: area.height + 4.0 };
    for piece in pixels.split(|(x, y)| !(x.is_finite() && y.is_finite())) {
        if let [point] = piece
            && line.symbol.is_none()
            && layout.area.holds(point.0, point.1 - 0.5)
        {
            picture.dot(*point, line.stroke.width.max(1.5), color);
        }
        for visible in clipped(&thinned(piece), grown) {
            picture.line(&visible, line.stroke);
        }
    }
    if let Some(mark) = line.symbol {
        for point in pixels.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            axes::symbol(picture, mark, *point, color);
        }
    }
}

/// The same line with at most four points for each half pixel: first, lowest, highest, last, so that no peak is lost.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let column = |point: &(f64, f64)| libm::floor(point.0 * 2.0);
    let mut out = Vec::with_capacity(points.len());
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        if run.len() <= 4 {
            out.extend_from_slice(run);
            continue;
        }
        let by_y = |a: &usize, b: &usize| run[*a].1.total_cmp(&run[*b].1);
        let (low, high) = ((0..run.len()).min_by(by_y).unwrap_or(0), (0..run.len()).max_by(by_y).unwrap_or(0));
        let mut kept = [0, low.min(high), low.max(high), run.len() - 1].to_vec();
        kept.dedup();
        out.extend(kept.into_iter().map(|i| run[i]));
    }
    out
}

/// The parts of a line inside `area`.
fn clipped(points: &[(f64, f64)], area: Area) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = clipped_segment(pair[0], pair[1], area) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of a segment inside `area` (Liang and Barsky).
fn clipped_segment(from: (f64, f64), to: (f64, f64), area: Area) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0, 1.0);
    let edges =
        [(-dx, from.0 - area.x), (dx, area.right() - from.0), (-dy, from.1 - area.y), (dy, area.bottom() - from.1)];
    for (step, room) in edges {
        if step == 0.0 {
            if room < -1e-6 {
                return None;
            }
        } else if step < 0.0 {
            enter = f64::max(enter, room / step);
        } else {
            leave = f64::min(leave, room / step);
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    let end = if leave == 1.0 { to } else { at(leave) };
    (enter <= leave).then(|| (if enter == 0.0 { from } else { at(enter) }, end))
}

/// Names at the ends of lines, the weightiest first, as long as none hides another.
fn end_names(picture: &mut Picture, layout: &Layout, plot: &Plot, scene: &Scene) {
    if end_width(plot, f64::from(scene.size.width)) == 0.0 {
        return;
    }
    let named: Vec<(u32, &Line)> = plot
        .lines
        .iter()
        .filter_map(|line| if let Key::End(weight) = line.key { Some((weight, line)) } else { None })
        .collect();
    let weights: Vec<f64> = named.iter().map(|(weight, _)| -f64::from(*weight)).collect();
    let mut taken: Vec<f64> = Vec::new();
    for line in order(&weights).into_iter().map(|at| named[at].1) {
        let Some(&last) = line.points.iter().rfind(|(x, y)| x.is_finite() && y.is_finite()) else { continue };
        let (x, y) = (layout.x.pixel(last.0), layout.y.pixel(last.1));
        let visible = y >= layout.area.y && y <= layout.area.bottom() && x <= layout.area.right() + 0.5;
        if visible && taken.iter().all(|other| (other - y).abs() >= 12.0) {
            picture.text(&line.name, (x + 5.0, y), SMALL, scene.theme.muted, Side::Left);
            taken.push(y);
        }
    }
}

/// The point of a line nearest to (x, y): nearest along the axis first, then across it.
pub(super) fn nearest(plot: &Plot, scene: &Scene, x: f64, y: f64) -> Option<Place> {
    let layout = Layout::new(plot, scene)?;
    let mut best: Option<(f64, Place)> = None;
    for (column, line) in plot.lines.iter().enumerate() {
        for (row, &point) in line.points.iter().enumerate() {
            let (px, py) = layout.pixel(plot, column, point);
            let away = 4.0 * (px - x).abs() + (py - y).abs();
            let inside = py >= layout.area.y - 1.0 && py <= layout.area.bottom() + 1.0;
            if inside && away.is_finite() && best.is_none_or(|(least, _)| away < least) {
                best = Some((away, Place { panel: 0, row, column }));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// What is at `place`, clamped to what there is.
pub(super) fn readout(plot: &Plot, scene: &Scene, place: Place) -> Option<Readout> {
    let layout = Layout::new(plot, scene)?;
    let drawn = plot.lines.iter().filter(|line| !line.points.is_empty()).count();
    let column = place.column.min(drawn.checked_sub(1)?);
    let line = plot.lines.get(column)?;
    let row = place.row.min(line.points.len().checked_sub(1)?);
    let (x, value) = line.points[row];
    let mut texts = vec![(plot.x_title.to_owned(), significant(x)), (line.name.clone(), significant(value))];
    if let Some(note) = line.notes.get(row) {
        texts.push((String::new(), note.clone()));
    }
    for band in &plot.bands {
        if let Some((_, lower, upper)) = band.points.iter().find(|(at, ..)| *at == x) {
            texts.push((band.name.to_owned(), format!("{} – {}", significant(*lower), significant(*upper))));
        }
    }
    let (px, py) = layout.pixel(plot, column, (x, value));
    let held = |v: f64, from: f64, to: f64| if v.is_finite() { v.clamp(from, to) } else { to };
    let area = layout.area;
    let at = (held(px, area.x, area.right()), held(py, area.y, area.bottom()));
    let place = Place { panel: 0, row, column };
    Some(Readout { place, extent: (line.points.len(), drawn), at, texts, value, along: Along::Rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area { x: 0.0, y: 0.0, width: 100.0, height: 50.0 };

    #[test]
    fn what_leaves_the_chart_is_cut_at_its_edge() {
        let pieces = clipped(&[(10.0, 25.0), (20.0, 75.0), (30.0, 25.0), (40.0, 25.0)], AREA);
        assert_eq!(pieces, [vec![(10.0, 25.0), (15.0, 50.0)], vec![(25.0, 50.0), (30.0, 25.0), (40.0, 25.0)]]);
        assert!(clipped(&[(0.0, -5.0), (100.0, -5.0)], AREA).is_empty(), "above the chart");
    }

    #[test]
    fn thinning_keeps_every_peak() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|i| (f64::from(i) * 0.01, 0.0)).collect();
        points[4321].1 = 9.0;
        points[7777].1 = -9.0;
        let thin = thinned(&points);
        assert!(thin.len() <= 800, "{} points left", thin.len());
        assert!(thin.contains(&points[4321]) && thin.contains(&points[7777]), "both peaks are kept");
        assert_eq!((thin[0], thin[thin.len() - 1]), (points[0], points[9999]), "both ends are kept");
    }
}
