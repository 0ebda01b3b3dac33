//! What charts share around the data: title and legend, value axis, an axis of named columns with their groups.
//! Knows pixels and themes, not frames.

use super::picture::{Area, Picture, Side, fitted, fitted_name, text_width};
use super::plan::{Group, Symbol};
use super::scale::Scale;
use super::style::{Rgb, Stroke, Theme};

/// Font size of tick labels and legends, CSS pixels.
pub(super) const SMALL: f64 = 11.0;
/// Font size of axis titles, CSS pixels.
pub(super) const TITLE: f64 = 12.0;
/// Height of a line of small text.
const LINE: f64 = 16.0;
/// Free space at the outer edges.
pub(super) const EDGE: f64 = 4.0;

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<'a> {
    pub sample: Sample,
    pub text: &'a str,
}

/// What stands before a legend's text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sample {
    None,
    Line(Stroke, Option<Symbol>),
    Fill(Rgb, f64),
    Outline(Stroke),
    /// A scale of colours, with the text of its lower end; the entry's text is its upper end's.
    Ramp(&'static str),
}

impl Entry<'_> {
    fn width(&self) -> f64 {
        let sample = match &self.sample {
            Sample::None => 0.0,
            Sample::Line(..) => 28.0,
            Sample::Fill(..) | Sample::Outline(_) => 18.0,
            Sample::Ramp(lower) => text_width(lower, SMALL) + 58.0,
        };
        sample + text_width(self.text, SMALL)
    }
}

/// Where each entry goes, in rows as wide as the chart: (x, row).
fn flow(entries: &[Entry], width: f64) -> Vec<(f64, usize)> {
    let (mut x, mut row) = (EDGE, 0);
    let place = |entry: &Entry| {
        if x > EDGE && x + entry.width() > width - EDGE {
            (x, row) = (EDGE, row + 1);
        }
        let at = (x, row);
        x += entry.width() + 16.0;
        at
    };
    entries.iter().map(place).collect()
}

/// Height of title and legend.
pub(super) fn header_height(entries: &[Entry], width: f64) -> f64 {
    let rows = flow(entries, width).last().map_or(0, |(_, row)| row + 1);
    20.0 + LINE * rows as f64 + if rows > 0 { 6.0 } else { 2.0 }
}

/// The title at the upper left and the legend below it.
pub(super) fn header(picture: &mut Picture, title: &str, entries: &[Entry], theme: &Theme) {
    let width = picture.size.0;
    picture.text(&fitted(title, TITLE, width - 2.0 * EDGE), (EDGE, 11.0), TITLE, theme.ink, Side::Left);
    for (entry, (x, row)) in entries.iter().zip(flow(entries, width)) {
        let y = 28.0 + LINE * row as f64;
        let mut x = x;
        match &entry.sample {
            Sample::None => {}
            Sample::Line(stroke, mark) => {
                picture.line(&[(x, y), (x + 22.0, y)], *stroke);
                if let Some(mark) = mark {
                    symbol(picture, *mark, (x + 11.0, y), stroke.color);
                }
                x += 28.0;
            }
            Sample::Fill(color, alpha) => {
                picture.fill(Area { x, y: y - 5.0, width: 12.0, height: 10.0 }, *color, *alpha);
                x += 18.0;
            }
            Sample::Outline(stroke) => {
                picture.outline(Area { x, y: y - 5.0, width: 12.0, height: 10.0 }, *stroke);
                x += 18.0;
            }
            Sample::Ramp(lower) => {
                picture.text(lower, (x, y), SMALL, theme.muted, Side::Left);
                x += text_width(lower, SMALL) + 6.0;
                for i in 0..12 {
                    let area = Area { x: x + 4.0 * f64::from(i), y: y - 4.0, width: 4.5, height: 8.0 };
                    picture.fill(area, theme.ramp(f64::from(i) / 11.0), 1.0);
                }
                x += 52.0;
            }
        }
        picture.text(&fitted(entry.text, SMALL, width - EDGE - x), (x, y), SMALL, theme.muted, Side::Left);
    }
}

/// The mark of a data point.
pub(super) fn symbol(picture: &mut Picture, mark: Symbol, (x, y): (f64, f64), color: Rgb) {
    match mark {
        Symbol::Disc => picture.dot((x, y), 3.5, color),
        Symbol::Square => picture.fill(Area { x: x - 3.0, y: y - 3.0, width: 6.0, height: 6.0 }, color, 1.0),
        Symbol::Triangle => {
            picture.shape(vec![(x, y - 4.5), (x + 4.5, y + 3.5), (x - 4.5, y + 3.5)], color, 1.0);
        }
        Symbol::Diamond => {
            picture.shape(vec![(x, y - 5.0), (x + 5.0, y), (x, y + 5.0), (x - 5.0, y)], color, 1.0);
        }
    }
}

/// How wide the labels of these ticks are.
pub(super) fn labels_width(ticks: &[(f64, String)]) -> f64 {
    ticks.iter().map(|(_, label)| text_width(label, SMALL)).fold(0.0, f64::max)
}

/// Grid lines across `area` with their labels to the left.
pub(super) fn value_axis(picture: &mut Picture, area: Area, scale: &Scale, ticks: &[(f64, String)], theme: &Theme) {
    for (value, label) in ticks {
        let y = scale.pixel(*value);
        picture.hairline((area.x, y), (area.right(), y), theme.grid);
        picture.text(label, (area.x - 6.0, y), SMALL, theme.muted, Side::Right);
    }
}

/// The axis below a chart over time or values: a line, ticks, labels where there is room, the title.
pub(super) fn step_axis(
    picture: &mut Picture,
    area: Area,
    scale: &Scale,
    ticks: &[(f64, String)],
    title: &str,
    theme: &Theme,
) {
    let base = area.bottom();
    picture.hairline((area.x, base), (area.right(), base), theme.muted);
    let mut free_from = 0.0;
    for (value, label) in ticks {
        let x = scale.pixel(*value);
        if x < area.x - 0.5 || x > area.right() + 0.5 {
            continue;
        }
        picture.hairline((x, base), (x, base + 4.0), theme.muted);
        let half = text_width(label, SMALL) / 2.0;
        let center = x.min(picture.size.0 - half - 1.0);
        if center - half >= free_from {
            picture.text(label, (center, base + 12.0), SMALL, theme.muted, Side::Center);
            free_from = center + half + 6.0;
        }
    }
    let middle = area.x + area.width / 2.0;
    picture.text(&fitted(title, SMALL, area.width), (middle, base + 28.0), SMALL, theme.muted, Side::Center);
}

/// An axis of named columns, of equal width.
pub(super) struct Columns<'a> {
    pub names: &'a [String],
    pub groups: &'a [Group],
    pub title: &'a str,
    /// Longest of a name that is turned, in pixels.
    pub longest: f64,
}

/// How the names of columns stand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Names {
    Level,
    /// Turned, every `n`th one.
    Turned(usize),
}

impl Columns<'_> {
    fn widest(&self) -> f64 {
        self.names.iter().map(|name| text_width(name, SMALL)).fold(0.0, f64::max)
    }

    fn standing(&self, width: f64) -> Names {
        let pitch = width / self.names.len().max(1) as f64;
        if self.widest() + 6.0 <= pitch {
            return Names::Level;
        }
        Names::Turned(libm::ceil(13.0 / pitch).clamp(1.0, 1e6) as usize)
    }

    /// Height of names, groups and title on an axis `width` wide.
    pub fn height(&self, width: f64) -> f64 {
        let names = match self.standing(width) {
            Names::Level => 18.0,
            Names::Turned(_) => self.widest().min(self.longest) + 8.0,
        };
        names + if self.groups.is_empty() { 0.0 } else { 24.0 } + if self.title.is_empty() { 4.0 } else { 18.0 }
    }

    /// Draws the axis below `area`.
    pub fn draw(&self, picture: &mut Picture, area: Area, theme: &Theme) {
        let pitch = area.width / self.names.len().max(1) as f64;
        let middle = |i: usize| area.x + pitch * (i as f64 + 0.5);
        let mut y = area.bottom();
        match self.standing(area.width) {
            Names::Level => {
                for (i, name) in self.names.iter().enumerate() {
                    picture.text(name, (middle(i), y + 10.0), SMALL, theme.muted, Side::Center);
                }
                y += 18.0;
            }
            Names::Turned(every) => {
                for (i, name) in self.names.iter().enumerate().step_by(every) {
                    picture.turned_text(
                        &fitted_name(name, SMALL, self.longest),
                        (middle(i), y + 4.0),
                        SMALL,
                        theme.muted,
                    );
                }
                y += self.widest().min(self.longest) + 8.0;
            }
        }
        if !self.groups.is_empty() {
            for group in self.groups {
                self.bracket(picture, area, group, y, theme);
            }
            y += 24.0;
        }
        let center = area.x + area.width / 2.0;
        picture.text(&fitted(self.title, SMALL, area.width), (center, y + 8.0), SMALL, theme.muted, Side::Center);
    }

    /// A bracket under a group of columns, its name below, as much of it as there is room for.
    fn bracket(&self, picture: &mut Picture, area: Area, group: &Group, y: f64, theme: &Theme) {
        let pitch = area.width / self.names.len().max(1) as f64;
        let (from, to) = (area.x + pitch * group.from as f64 + 1.5, area.x + pitch * group.to as f64 - 1.5);
        let y = y + 4.0;
        if to - from >= 3.0 {
            picture.hairline((from, y), (to, y), theme.muted);
            for x in [from + 0.5, to - 0.5] {
                picture.hairline((x, y - 4.0), (x, y), theme.muted);
            }
        }
        let room = to - from + 2.0;
        let whole = format!("{}, {}", group.label, group.more);
        let fits = !group.more.is_empty() && text_width(&whole, SMALL) <= room;
        let label = if fits { &whole } else { group.label };
        let width = text_width(label, SMALL);
        if width <= room.max(36.0) {
            let middle = ((from + to) / 2.0).min(picture.size.0 - width / 2.0 - 2.0 * EDGE);
            picture.text(label, (middle, y + 11.0), SMALL, theme.ink, Side::Center);
        }
    }
}
