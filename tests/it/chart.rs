//! The picture equals the engine: values are read back out of the SVG and compared with the run's own report, and a
//! few small charts are held as snapshots. Knows no internals of the charts.

use crate::text::{ENGLISH, languages, speak};
use snapscope::chart::{self, Chart, Place, Rgb, Scene, Size, SweepPoint, SweepTable, Theme, viridis};
use snapscope::experiment::{Experiment, Lab};
use snapscope::labs;
use snapscope::run::{Array, Focus, Frame, Labels, Run};
use snapscope::view::text;

const SIZE: Size = Size { width: 640, height: 320, scale: 1.0 };

/// The chart of that name.
pub fn named(name: &str) -> Chart {
    Chart::named(name).unwrap_or_else(|| panic!("no chart is called {name}"))
}

/// The default experiment, finished.
fn finished() -> Box<dyn Run> {
    let mut run = labs::start(&Experiment::default()).expect("the default experiment is valid");
    run.step(run.steps()).expect("the default experiment does not diverge");
    run
}

fn svg(chart: Chart, frame: &Frame) -> String {
    Scene::new(chart, frame, SIZE, &Theme::LIGHT, &ENGLISH).svg("a chart", "what it shows")
}

/// An element of an SVG document: its attributes by name, and its text.
struct Element<'a> {
    tag: &'a str,
    text: &'a str,
}

impl<'a> Element<'a> {
    /// The elements called `name`, in drawing order.
    fn all(svg: &'a str, name: &str) -> Vec<Self> {
        let open = format!("<{name} ");
        let found = svg.match_indices(&open).map(|(at, _)| {
            let (tag, rest) = svg[at..].split_once('>').expect("a tag ends");
            Self { tag, text: rest.split('<').next().unwrap_or_default().trim() }
        });
        found.collect()
    }

    fn attribute(&self, name: &str) -> &'a str {
        let start = self.tag.find(&format!(" {name}=\"")).map(|at| at + name.len() + 3);
        start.and_then(|start| self.tag[start..].split('"').next()).unwrap_or_default()
    }

    fn number(&self, name: &str) -> f64 {
        self.attribute(name).parse().unwrap_or_else(|_| panic!("{name} of {} is a number", self.tag))
    }

    fn points(&self) -> Vec<(f64, f64)> {
        let pair = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        };
        self.attribute("points").split_whitespace().filter_map(pair).collect()
    }
}

fn hex(color: Rgb) -> String {
    format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2)
}

/// The line through the tick labels of an axis, as (value per pixel, value at pixel 0).
fn axis(ticks: &[(f64, f64)]) -> (f64, f64) {
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let slope = (last.1 - first.1) / (last.0 - first.0);
    (slope, first.1 - slope * first.0)
}

/// Pixels and values of the labels that stand left of a value axis.
fn value_ticks(svg: &str) -> Vec<(f64, f64)> {
    let labels = Element::all(svg, "text").into_iter().filter(|text| text.attribute("text-anchor") == "end");
    labels.filter_map(|text| Some((text.number("y"), text.text.replace('−', "-").parse().ok()?))).collect()
}

/// Pixels and values of the labels that stand below a step axis.
fn step_ticks(svg: &str) -> Vec<(f64, f64)> {
    let labels = Element::all(svg, "text").into_iter().filter(|text| text.attribute("text-anchor") == "middle");
    labels.filter_map(|text| Some((text.number("x"), text.text.parse().ok()?))).collect()
}

#[test]
fn the_loss_read_off_the_picture_is_the_loss_of_the_report() {
    let run = finished();
    let svg = svg(named("loss"), &run.frame(Focus::default()));
    let ((per_y, zero_y), (per_x, zero_x)) = (axis(&value_ticks(&svg)), axis(&step_ticks(&svg)));
    let lines = Element::all(&svg, "polyline");
    let line = lines.iter().find(|line| line.attribute("stroke") == hex(Theme::LIGHT.category(0)));
    let drawn = line.expect("there is a loss line").points();
    let report = run.report();
    let loss = &report.series.iter().find(|series| series.name == "loss").expect("the report has the loss").values;
    assert_eq!(drawn.len(), loss.len(), "one point for each recorded step");
    for (step, ((x, y), loss)) in drawn.iter().zip(loss).enumerate() {
        let (read_step, read_loss) = (zero_x + per_x * x, zero_y + per_y * y);
        assert!((read_step - step as f64).abs() < 0.15, "step {step} is drawn at {read_step}");
        assert!((read_loss - loss).abs() < 0.003, "loss {loss} of step {step} is drawn as {read_loss}");
    }
}

#[test]
fn the_attention_read_off_the_colours_is_the_attention_of_the_run() {
    let frame = finished().frame(Focus::default());
    let svg = svg(named("scan"), &frame);
    let attention = frame.get("attention").expect("the frame has the attention");
    let (rows, columns) = (attention.shape[0] as usize, attention.shape[1] as usize);
    let top = attention.values.iter().copied().fold(0.0, f32::max);
    let levels: Vec<String> = (0..=255).map(|i| hex(viridis(f64::from(i) / 255.0))).collect();
    let rects = Element::all(&svg, "rect");
    let level = |rect: &Element| levels.iter().position(|level| level == rect.attribute("fill"));
    // The colour scale is one line of text above the cells.
    let cells: Vec<(&Element, usize)> = rects.iter().filter_map(|rect| Some((rect, level(rect)?))).collect();
    let cells = &cells[cells.iter().position(|(rect, _)| rect.number("y") > 160.0).expect("there are cells")..];
    let end = |of: fn(&Element) -> f64| cells.iter().map(|(rect, _)| of(rect)).fold(0.0, f64::max);
    let (left, upper) = (cells[0].0.number("x"), cells[0].0.number("y"));
    let width = end(|rect| rect.number("x") + rect.number("width")) - left;
    let height = end(|rect| rect.number("y") + rect.number("height")) - upper;
    let mut seen = vec![f32::NAN; rows * columns];
    for (rect, level) in cells {
        // A rectangle of equal cells reaches a little under the next ones, except at the edge.
        let (x, y) = (rect.number("x"), rect.number("y"));
        let end = |from: f64, size: f64, edge: f64| if from + size < edge { from + size - 8.0 } else { edge };
        let (right, bottom) =
            (end(x, rect.number("width"), left + width), end(y, rect.number("height"), upper + height));
        let column = |x: f64| ((x - left) / width * columns as f64).round() as usize;
        let row = |y: f64| ((y - upper) / height * rows as f64).round() as usize;
        for row in row(y)..row(bottom) {
            seen[row * columns + column(x)..row * columns + column(right)].fill(*level as f32 / 255.0 * top);
        }
    }
    for (i, (seen, value)) in seen.iter().zip(&attention.values).enumerate() {
        let (row, column) = (i / columns, i % columns);
        // Half a colour of rounding, and two neighbouring colours may be the same.
        assert!((seen - value).abs() <= 1.5 * top / 255.0, "row {row} column {column}: {value} is coloured as {seen}");
    }
}

#[test]
fn the_heights_of_bars_are_the_attention_now() {
    let frame = finished().frame(Focus::default());
    let svg = svg(named("bars"), &frame);
    let (per_y, zero_y) = axis(&value_ticks(&svg));
    let distinct = hex(Theme::LIGHT.category(0));
    let bars: Vec<Element> =
        Element::all(&svg, "rect").into_iter().filter(|rect| rect.attribute("fill") == distinct).skip(1).collect();
    let values = &frame.values("attention_now")[10..];
    assert_eq!(bars.len(), values.len(), "one bar for each distinct token");
    for (bar, value) in bars.iter().zip(values) {
        let (upper, lower) = (bar.number("y"), bar.number("y") + bar.number("height"));
        let read = f64::from((zero_y + per_y * upper) as f32);
        assert!((read - f64::from(*value)).abs() < 3e-4, "{value} is drawn as {read}");
        assert!((zero_y + per_y * lower).abs() < 3e-4, "bars stand on zero");
    }
}

#[test]
fn the_csv_holds_every_number_exactly() {
    let frame = finished().frame(Focus::default());
    let scene = Scene::new(named("logits"), &frame, SIZE, &Theme::LIGHT, &ENGLISH);
    let csv = scene.csv();
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let logits = frame.get("logits").expect("the frame has logits");
    let mut rows = 0;
    for (row, line) in lines.enumerate() {
        for (name, cell) in header.iter().zip(line.split(',')).skip(1) {
            let column = frame.labels("tokens").iter().position(|token| token == name).expect("a token's column");
            let read: f32 = cell.parse().expect("a number");
            assert_eq!(read.to_bits(), logits.row(row)[column].to_bits(), "{name} in row {row}");
        }
        rows += 1;
    }
    assert_eq!((rows, header.len()), (101, 21), "all steps, all tokens");
}

#[test]
fn a_readout_says_the_exact_value_and_the_role() {
    let frame = finished().frame(Focus::default());
    let scene = Scene::new(named("scan"), &frame, SIZE, &Theme::LIGHT, &ENGLISH);
    let found = scene.readout_at(Place { panel: 0, row: 40, column: 19 }).expect("row 40 was recorded");
    let value = frame.get("attention").expect("the frame has the attention").row(40)[19];
    assert_eq!(found.value.to_bits(), f64::from(value).to_bits(), "the value itself, not the colour's");
    let has = |name: &str, text: &str| found.texts.iter().any(|pair| pair.0 == name && pair.1 == text);
    assert!(has("step", "40") && has("token", "d1.10") && has("role", "distinct"), "{:?}", found.texts);
}

/// A small frame with values that are easy to check by eye.
fn small() -> Frame {
    let tokens = ["c1", "c2", "d1.1", "d1.2", "d1.3"];
    let rows = |of: fn(f32, f32) -> f32| (0..20).map(|i| of((i / 5) as f32, (i % 5) as f32)).collect::<Vec<f32>>();
    let axis = |name: &str| Labels { name: name.to_owned(), texts: tokens.map(str::to_owned).to_vec() };
    Frame {
        step: 2,
        steps: 5,
        arrays: vec![
            Array::new("recorded", &[4], vec![0.0, 1.0, 2.0, 3.0]),
            Array::new("roles", &[5], vec![0.0, 0.0, 2.0, 2.0, 2.0]),
            Array::new("probability", &[5], vec![0.3, 0.3, 0.05, 0.15, 0.2]),
            Array::new("attention", &[4, 5], rows(|t, i| if i < 2.0 { 0.3 - 0.05 * t } else { 0.05 * (i + t) })),
            Array::new("attention_now", &[5], vec![0.2, 0.2, 0.1, 0.2, 0.3]),
            Array::new("logits", &[4, 5], rows(|t, i| if i < 2.0 { -0.1 * t } else { 0.1 * t * i })),
            Array::new("b", &[4], vec![0.0, 0.5, 0.8, 1.0]),
            Array::new("b_theory", &[4], vec![0.0, 0.4, 0.7, 0.9]),
            Array::new("b_early", &[4], vec![0.0, 0.6, 1.2, 1.8]),
            Array::new("b_late", &[4], vec![f32::NEG_INFINITY, 0.3, 0.65, 0.9]),
            Array::scalar("t0_early", 1.5),
            Array::scalar("t0", 3.0),
        ],
        labels: vec![axis("tokens")],
        ..Frame::default()
    }
}

/// Compares with the file of that name, or rewrites it when `UPDATE_SNAPSHOTS` is set.
fn snapshot(name: &str, svg: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, svg).expect("the snapshot can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(svg.lines()).position(|(old, new)| old != new);
    assert!(kept == svg, "{name} differs from line {differs:?}; if it should, run again with UPDATE_SNAPSHOTS=1");
}

#[test]
fn charts_look_as_they_did() {
    let (frame, size) = (small(), Size { width: 360, height: 240, scale: 1.0 });
    for chart in ["scan", "bars", "logits", "phase"].map(named) {
        let scene = Scene::new(chart, &frame, size, &Theme::LIGHT, &ENGLISH);
        snapshot(&format!("{}.svg", chart.name()), &scene.svg("Snapshot", "Held by a test."));
    }
    let row = |i: u32| {
        let (x, line) = (f64::from(i % 3) + 1.0, f64::from(i / 3) + 1.0);
        SweepPoint { x, line, mean: 2.0 - 0.2 * line + 0.1 * x, std: 0.05 * line, n: 10 }
    };
    let (x_label, line_label, value_label) = ("eta_y".to_owned(), "eta_z".to_owned(), "entropy (nats)".to_owned());
    let sweep = SweepTable { x_label, line_label, value_label, rows: (0..6).map(row).collect() }.frame();
    for chart in ["sweep-line", "sweep-map"].map(named) {
        let scene = Scene::new(chart, &sweep, size, &Theme::DARK, &ENGLISH);
        snapshot(&format!("{}.svg", chart.name()), &scene.svg("Snapshot", "Held by a test."));
    }
}

#[test]
fn every_chart_has_its_own_name_and_a_panel_of_a_lab() {
    for chart in chart::ALL.iter().copied() {
        let name = chart.name();
        let called_so = chart::ALL.iter().filter(|other| other.name() == name).count();
        assert_eq!((called_so, Chart::named(name)), (1, Some(chart)), "{name} is the name of one chart");
        let is_listed = Lab::ALL.iter().any(|lab| lab.panels.contains(&chart.panel()));
        assert!(is_listed, "{name}: no lab lists the panel {}", chart.panel());
        assert!(chart::of_panel(chart.panel()).any(|other| other == chart), "{name} is a chart of its panel");
    }
}

#[test]
fn every_chart_has_a_title_and_a_caption_in_every_language() {
    for language in languages() {
        speak(&language);
        for chart in chart::ALL {
            let words = text::panel(chart.name());
            assert!(!words.title.is_empty(), "{language}: panels/{}/title", chart.name());
            assert!(words.caption.ends_with('.'), "{language}: panels/{}/caption", chart.name());
        }
    }
}
