//! A drawing as a list of marks in CSS pixels, not tied to any backend. Charts only ever append to a [`Picture`];
//! [`super::paint`] puts it on a backend. So everything but that last step is compiled once, whatever it is drawn on.

use super::style::{Rgb, Stroke, Theme};

/// A rectangle, CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Area {
    /// Right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Lower edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the point is inside.
    #[must_use]
    pub fn holds(&self, x: f64, y: f64) -> bool {
        x >= self.x && x < self.right() && y >= self.y && y < self.bottom()
    }
}

/// Which point of a text its position names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Center,
    Right,
}

/// A text on the picture; vertically its position is the middle of the line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub size: f64,
    pub color: Rgb,
    pub side: Side,
    /// Turned to read upwards.
    pub turned: bool,
}

/// A heat map's cells: colours on a regular grid, each run of equal cells one rectangle or the whole one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue, alpha of every cell, row by row.
    pub rgba: Vec<u8>,
    /// Where it goes.
    pub area: Area,
}

/// What can be on a picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    Fill { area: Area, color: Rgb, alpha: f64 },
    Outline { area: Area, stroke: Stroke },
    Line { points: Vec<(f64, f64)>, stroke: Stroke },
    Shape { points: Vec<(f64, f64)>, color: Rgb, alpha: f64 },
    Dot { x: f64, y: f64, radius: f64, color: Rgb },
    Text(Text),
    Cells(Raster),
}

/// A finished drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(super) marks: Vec<Mark>,
    /// Width and height, CSS pixels.
    pub(super) size: (f64, f64),
}

impl Picture {
    /// An empty picture on the theme's background.
    pub(super) fn new(width: u32, height: u32, theme: &Theme) -> Self {
        let size = (f64::from(width.max(1)), f64::from(height.max(1)));
        let area = Area { x: 0.0, y: 0.0, width: size.0, height: size.1 };
        Self { marks: vec![Mark::Fill { area, color: theme.background, alpha: 1.0 }], size }
    }

    /// The heat maps on it, for a page to put as images under the rest.
    pub fn rasters(&self) -> impl Iterator<Item = &Raster> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Cells(raster) => Some(raster),
            _ => None,
        })
    }

    /// Width and height, CSS pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// The picture with a caption below it, in as many lines as it needs: a figure that leaves the page takes its
    /// words along.
    #[must_use]
    pub fn captioned(mut self, caption: &str, theme: &Theme) -> Self {
        const FONT: f64 = 11.0;
        let width = self.size.0 - 16.0;
        let lines = wrapped(caption, FONT, width);
        if lines.is_empty() {
            return self;
        }
        for line in &lines {
            self.text(&fitted(line, FONT, width), (8.0, self.size.1 + 10.0), FONT, theme.muted, Side::Left);
            self.size.1 += 15.0;
        }
        self.size.1 += 6.0;
        if let Some(Mark::Fill { area, .. }) = self.marks.first_mut() {
            area.height = self.size.1;
        }
        self
    }

    pub(super) fn fill(&mut self, area: Area, color: Rgb, alpha: f64) {
        if area.width > 0.0 && area.height > 0.0 {
            self.marks.push(Mark::Fill { area, color, alpha });
        }
    }

    /// A hairline: a filled rectangle, so that it is crisp on every backend.
    pub(super) fn hairline(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), color: Rgb) {
        let area = if y0 == y1 {
            Area { x: x0.min(x1), y: y0 - 0.5, width: (x1 - x0).abs(), height: 1.0 }
        } else {
            Area { x: x0 - 0.5, y: y0.min(y1), width: 1.0, height: (y1 - y0).abs() }
        };
        self.fill(area, color, 1.0);
    }

    pub(super) fn outline(&mut self, area: Area, stroke: Stroke) {
        self.marks.push(Mark::Outline { area, stroke });
    }

    /// A line through `points`, cut into its dashes.
    pub(super) fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        if points.len() < 2 {
            return;
        }
        if stroke.dash.is_empty() {
            self.marks.push(Mark::Line { points: points.to_vec(), stroke });
            return;
        }
        for points in dashes(points, stroke.dash) {
            self.marks.push(Mark::Line { points, stroke });
        }
    }

    pub(super) fn shape(&mut self, points: Vec<(f64, f64)>, color: Rgb, alpha: f64) {
        if points.len() > 2 {
            self.marks.push(Mark::Shape { points, color, alpha });
        }
    }

    pub(super) fn dot(&mut self, (x, y): (f64, f64), radius: f64, color: Rgb) {
        self.marks.push(Mark::Dot { x, y, radius, color });
    }

    pub(super) fn text(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Rgb, side: Side) {
        self.any_text(text, (x, y), size, color, side, false);
    }

    /// A text that reads upwards and ends at the point.
    pub(super) fn turned_text(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Rgb) {
        self.any_text(text, (x, y), size, color, Side::Right, true);
    }

    /// Names may come from anywhere: what XML cannot hold is left out.
    fn any_text(&mut self, text: &str, (x, y): (f64, f64), size: f64, color: Rgb, side: Side, turned: bool) {
        let text: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}'..='\u{ffff}')).collect();
        if !text.is_empty() {
            self.marks.push(Mark::Text(Text { text, x, y, size, color, side, turned }));
        }
    }

    pub(super) fn cells(&mut self, raster: Raster) {
        if raster.width > 0 && raster.height > 0 {
            self.marks.push(Mark::Cells(raster));
        }
    }
}

/// Cuts a line into dashes; a very long one stays whole rather than become thousands of pieces.
fn dashes(points: &[(f64, f64)], dash: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let length: f64 = points.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let period: f64 = dash.iter().sum();
    if period <= 0.0 || !length.is_finite() || length / period > 4000.0 {
        return vec![points.to_vec()];
    }
    let (mut pieces, mut piece) = (Vec::new(), vec![points[0]]);
    let (mut i, mut left) = (0, dash[0]);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (whole, mut done) = (distance(from, to), 0.0);
        while whole - done > left {
            done += left;
            let at = (from.0 + (to.0 - from.0) * done / whole, from.1 + (to.1 - from.1) * done / whole);
            if i % 2 == 0 {
                piece.push(at);
                pieces.push(core::mem::take(&mut piece));
            } else {
                piece = vec![at];
            }
            i += 1;
            left = dash[i % dash.len()].max(0.1);
        }
        left -= whole - done;
        if i % 2 == 0 {
            piece.push(to);
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    libm::sqrt((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1))
}

/// About how wide `text` is in a wide sans-serif font of `size`, CSS pixels: the same on every backend, so that a layout
/// never depends on the fonts of the machine it was made on.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | '(' | ')' | ' ' | '′' => 0.36,
        '\u{202f}' => 0.3,
        '⁰'..='⁹' | '₀'..='₉' | '¹' | '²' | '³' | '⁻' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '→' | '×' | '±' | '−' => 0.84,
        'A'..='Z' => 0.68,
        _ => 0.61,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// `text` cut to `width`, with an ellipsis where it was cut.
pub(super) fn fitted(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        short.push(c);
        if text_width(&short, size) + 0.6 * size > width {
            short.pop();
            break;
        }
    }
    let short = short.trim_end();
    if short.is_empty() { String::new() } else { format!("{short}…") }
}

/// The same for names, cut in their middle: those that begin alike often end otherwise.
pub(super) fn fitted_name(name: &str, size: f64, width: f64) -> String {
    // Room is often made for the longest name to a hair.
    if text_width(name, size) <= width + 0.5 {
        return name.to_owned();
    }
    // Widths are estimates: what is cut is cut to a little less.
    let width = 0.93 * width;
    let head = fitted(name, size, width / 2.0);
    if head.is_empty() {
        return head;
    }
    let room = width - text_width(&head, size);
    let mut ends = name.char_indices().map(|(at, _)| &name[at..]);
    head + ends.find(|end| text_width(end, size) <= room).unwrap_or("").trim_start()
}

/// `text` in lines not wider than `width`, as far as its words allow.
fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + 0.36 * size <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_is_wrapped_below_the_picture() {
        let caption = "What it shows, in more words than one line of a small figure has room for.";
        let bare = Picture::new(200, 100, &Theme::LIGHT);
        let picture = bare.clone().captioned(caption, &Theme::LIGHT);
        let lines: Vec<&Text> = picture
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None })
            .collect();
        assert!(lines.len() >= 2, "{lines:?}");
        let said: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(said.join(" "), caption, "no word is lost");
        assert!(lines.iter().all(|line| line.y > 100.0 && line.y < picture.size().1 - 5.0), "{lines:?}");
        assert!(lines.iter().all(|line| text_width(&line.text, line.size) <= 184.0), "{lines:?}");
        assert_eq!(bare.clone().captioned(" ", &Theme::LIGHT), bare, "nothing to say changes nothing");
    }

    #[test]
    fn dashes_cover_their_share_of_the_line() {
        let points: Vec<(f64, f64)> = (0..=50).map(|i| (f64::from(i) * 2.0, 0.0)).collect();
        let pieces = dashes(&points, &[6.0, 4.0]);
        let drawn: f64 = pieces.iter().flat_map(|piece| piece.windows(2)).map(|p| distance(p[0], p[1])).sum();
        assert_eq!(pieces.len(), 10, "{pieces:?}");
        assert!((drawn - 60.0).abs() < 1e-9, "6 of every 10 pixels are drawn, got {drawn} of 100");
    }

    #[test]
    fn text_is_cut_to_its_width() {
        assert_eq!(fitted("wide", 10.0, 100.0), "wide");
        let short = fitted("a rather long label", 10.0, 50.0);
        assert!(short.ends_with('…') && text_width(&short, 10.0) <= 56.0, "{short}");
        assert_eq!(fitted("anything", 10.0, 1.0), "");
        assert_eq!(fitted_name("wide", 10.0, 100.0), "wide");
        assert_eq!(fitted_name("1", 10.0, text_width("1", 10.0)), "1", "also where half the room is too little");
        let named = fitted_name("Generate Image Condition On Depth", 10.0, 90.0);
        assert!(named.starts_with("Genera") && named.ends_with("n Depth") && named.contains('…'), "{named}");
        assert!(text_width(&named, 10.0) <= 90.0, "{named}");
        assert_eq!(fitted_name("anything", 10.0, 1.0), "");
    }
}
