//! What holds for every chart, whatever the frame: no panic, nothing outside the picture, readouts where they were
//! drawn.

use super::picture::{Mark, Side, text_width};
use super::words::ENGLISH;
use super::*;
use crate::frame::DatasetFrame;
use crate::frame::tool_use::Funnel;
use crate::run::{Array, Labels};
use proptest::prelude::*;

/// Names of the arrays that charts read.
const ARRAYS: [&str; 59] = [
    "recorded",
    "roles",
    "probability",
    "attention",
    "attention_now",
    "logits",
    "logits_now",
    "gain",
    "chi",
    "chi_lower",
    "chi_upper",
    "b",
    "b_theory",
    "b_early",
    "b_late",
    "t0_early",
    "t0",
    "loss",
    "entropy",
    "entropy_distinct",
    "y",
    "z",
    "b_numeric",
    "gamma",
    "h",
    "family_b",
    "family_chi",
    "family_rate",
    "family_t0",
    "x",
    "line",
    "mean",
    "std",
    "perplexity",
    "correlation",
    "correlation_low",
    "correlation_high",
    "eval_x",
    "fresh",
    "roar",
    "encode_meter",
    "stripe_x",
    "encodes",
    "inversions",
    "looked_at",
    "alpha",
    "shown_values",
    "shown_picked",
    "shown_divergence",
    "estimate_samples",
    "estimate_meter",
    "estimate_eval_x",
    "calibration",
    "is_estimated",
    "funnel",
    "confusion",
    "round_steps",
    "round_rates",
    "attended",
];

/// Names of the texts that charts read.
const LABELS: [&str; 10] = [
    "tokens",
    "inputs",
    "queries",
    "nexts",
    "x_label",
    "line_label",
    "explanations",
    "shown",
    "labels",
    "attended_parts",
];

/// Rows, columns and values of an array, if it is there.
type AnyArray = Option<(usize, usize, Vec<f32>)>;

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![3 => -3.0f32..100.0, 1 => Just(0.0), 1 => Just(f32::NAN), 1 => Just(f32::INFINITY), 1 => proptest::num::f32::ANY]
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let array = (any::<bool>(), 0usize..5, 0usize..6, proptest::collection::vec(any_number(), 24))
        .prop_map(|(present, rows, columns, values)| present.then_some((rows, columns, values)));
    let labels = proptest::collection::vec("[cdqn<&\u{1}é]{0,3}[0-9.]{0,4}", 0..8);
    (
        proptest::collection::vec(array, ARRAYS.len()),
        labels,
        any::<bool>(),
        0u64..200,
        prop_oneof![0u64..500, any::<u64>()],
    )
        .prop_map(|(arrays, texts, flat, step, steps)| {
            let array = |(name, found): (&&str, AnyArray)| {
                let (rows, columns, values) = found?;
                let shape = if flat { vec![rows * columns] } else { vec![rows, columns] };
                Some(Array::new(name, &shape, values.into_iter().cycle().take(rows * columns).collect()))
            };
            let axis = |name: &str| Labels { name: name.to_owned(), texts: texts.clone() };
            Frame {
                step,
                steps,
                arrays: ARRAYS.iter().zip(arrays).filter_map(array).collect(),
                labels: LABELS.map(axis).to_vec(),
                ..Frame::default()
            }
        })
}

/// A frame like the lab's: `recorded` moments, 4 common and 6 distinct tokens.
fn lab_frame(recorded: usize, steps: u64) -> Frame {
    let tokens: Vec<String> =
        (0..10).map(|i| if i < 4 { format!("c{}", i + 1) } else { format!("d1.{}", i - 3) }).collect();
    let inputs: Vec<String> = tokens.iter().cloned().chain(["q1".to_owned()]).collect();
    let at = |i: usize| i as f32 / 10.0;
    let series = |name: &str, of: &dyn Fn(usize) -> f32| Array::new(name, &[recorded], (0..recorded).map(of).collect());
    let rows = |name: &str, width: usize, of: &dyn Fn(usize, usize) -> f32| {
        let values = (0..recorded * width).map(|i| of(i / width, i % width)).collect();
        Array::new(name, &[recorded, width], values)
    };
    let token = |i: usize| if i < 4 { -at(i + 1) } else { at(i) };
    Frame {
        step: recorded.saturating_sub(1) as u64,
        steps,
        arrays: vec![
            series("recorded", &|t| t as f32),
            Array::new("roles", &[10], (0..10).map(|i| if i < 4 { 0.0 } else { 2.0 }).collect()),
            Array::new("probability", &[10], (0..10).map(|i| if i < 4 { 0.1 } else { 0.02 * i as f32 }).collect()),
            Array::new("attention_now", &[10], (0..10).map(at).collect()),
            rows("attention", 10, &|t, i| 0.1 + 0.01 * token(i) * t as f32),
            rows("logits", 10, &|t, i| token(i) * t as f32),
            rows("gain", 6, &|t, i| (t + 1) as f32 * (5 - i) as f32),
            series("chi", &|t| 1.0 + t as f32),
            series("chi_lower", &|t| 1.0 + 0.5 * t as f32),
            series("chi_upper", &|t| 1.0 + 100.0 * t as f32),
            series("b", &|t| 0.3 * t as f32),
            series("b_theory", &|t| 0.25 * t as f32),
            series("b_early", &|t| 3.0 * t as f32),
            series("b_late", &|t| if t == 0 { f32::NEG_INFINITY } else { 0.2 * t as f32 }),
            Array::scalar("t0_early", 3.0),
            Array::scalar("t0", 4.0),
            series("loss", &|t| 3.5 / (t + 1) as f32),
            series("entropy", &|t| 2.9 - 0.01 * t as f32),
            series("entropy_distinct", &|t| 2.1 - 0.01 * t as f32),
            Array::new("y", &[11, 2], (0..22).map(|i| i as f32 - 11.0).collect()),
            Array::new("z", &[1, 11], (0..11).map(|i| i as f32 - 5.0).collect()),
        ],
        labels: vec![
            Labels { name: "tokens".to_owned(), texts: tokens },
            Labels { name: "inputs".to_owned(), texts: inputs },
            Labels { name: "queries".to_owned(), texts: vec!["q1".to_owned()] },
            Labels { name: "nexts".to_owned(), texts: vec!["n1".to_owned(), "n2".to_owned()] },
        ],
        ..Frame::default()
    }
}

fn size(width: u32, height: u32) -> Size {
    Size { width, height, scale: 1.0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_frame_is_drawn_at_any_size(
        frame in any_frame(),
        pinned in proptest::option::of(any_frame()),
        width in 1u32..900,
        height in 1u32..500,
        (row, column, panel) in (0usize..40, 0usize..40, 0usize..3),
        (x, y) in (-10.0f64..900.0, -10.0f64..500.0),
    ) {
        for chart in ALL.iter().copied() {
            let mut scene = Scene::new(chart, &frame, size(width, height), &Theme::DARK, &ENGLISH);
            scene.pinned = pinned.as_ref();
            scene.cursor = Some(Place { panel, row, column });
            let svg = scene.svg("a title", "a <caption> & more");
            prop_assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{chart:?}: {svg}");
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{chart:?}: {svg}");
            for mark in &scene.picture().marks {
                if let Mark::Line { points, .. } = mark {
                    prop_assert!(points.iter().all(|(x, y)| x.is_finite() && y.is_finite()), "{chart:?}: {points:?}");
                }
            }
            for raster in scene.picture().rasters() {
                prop_assert_eq!(raster.rgba.len(), raster.width * raster.height * 4);
            }
            let (under, at) = (scene.readout(x, y), scene.readout_at(Place { panel, row, column }));
            for found in under.into_iter().chain(at) {
                prop_assert!(found.at.0.is_finite() && found.at.1.is_finite(), "{chart:?}: {found:?}");
            }
            let table = scene.table(7);
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{chart:?}: {table:?}");
            let _ = scene.csv();
        }
    }
}

/// A frame of the theory's own equations.
fn theory_frame() -> Frame {
    let series = |name: &str, of: fn(f32) -> f32| Array::new(name, &[71], (0..71).map(|t| of(t as f32)).collect());
    let family = |name: &str, of: fn(f32) -> f32| {
        Array::new(name, &[4, 71], (0..284).map(|i| of((i % 71) as f32) * (1 + i / 71) as f32).collect())
    };
    Frame {
        step: 40,
        steps: 700,
        arrays: vec![
            series("recorded", |t| 10.0 * t),
            series("b_numeric", |t| 0.1 * t.min(20.0)),
            series("b_theory", |t| 0.1 * t.min(20.0)),
            series("b_early", |t| 0.1 * t),
            series("b_late", |t| if t < 2.0 { f32::NAN } else { 2.0 }),
            series("chi", |t| 1.0 + t),
            series("gamma", |t| t * (70.0 - t)),
            series("h", |t| 1e-5 * t),
            series("h_visits", |t| 1e-5 * (t / 2.0).floor() * 2.0),
            family("family_b", |t| 0.05 * t),
            family("family_chi", |t| 1.0 + 3.0 * t),
            Array::new("family_rate", &[4], vec![0.5, 1.0, 2.0, 5.0]),
            Array::new("family_t0", &[4], vec![300.0, 150.0, 75.0, 30.0]),
            Array::scalar("t0_early", 70.0),
            Array::scalar("t0", 140.0),
        ],
        ..Frame::default()
    }
}

/// A finished sweep of 4 by 4.
fn sweep_frame() -> Frame {
    let row = |i: u32| {
        let (x, line) = ([1.0, 1.1, 5.0, 10.0][i as usize % 4], [0.5, 1.0, 2.0, 3.0][i as usize / 4]);
        SweepPoint { x, line, mean: 2.2 - f64::from(i) * 0.05, std: 0.02 * f64::from(i), n: 10 }
    };
    let (x_label, line_label) = ("training.eta_y".to_owned(), "training.eta_z".to_owned());
    let value_label = "entropy over distinct tokens (nats)".to_owned();
    SweepTable { x_label, line_label, value_label, rows: (0..16).map(row).collect() }.frame()
}

/// A frame of a run on a text: 4 tokens before the query, a sequence of 6.
fn text_frame() -> Frame {
    let words = |name: &str, texts: &[&str]| Labels {
        name: name.to_owned(),
        texts: texts.iter().map(|&text| text.to_owned()).collect(),
    };
    let seen = |i: usize| if i % 6 > i / 6 % 6 { 0.0 } else { 1.0 / (i / 6 % 6 + 1) as f32 };
    Frame {
        step: 40,
        steps: 40,
        arrays: vec![
            Array::new("recorded", &[3], vec![0.0, 20.0, 40.0]),
            Array::new("loss", &[3], vec![6.0, 5.5, 5.0]),
            Array::new("validation_loss", &[3], vec![6.1, 5.8, 5.6]),
            Array::new("entropy", &[3], vec![1.6, 1.5, 1.2]),
            Array::new("entropy_validation", &[3], vec![1.6, 1.4, 1.3]),
            Array::new("roles", &[4], vec![0.0, 0.0, 2.0, 2.0]),
            Array::new("pair_attention_recorded", &[3, 4], (0..12).map(|i| 1.0 + 0.05 * i as f32).collect()),
            Array::new("perplexity", &[3], vec![446.0, 330.0, 270.0]),
            Array::new("correlation", &[3], vec![f32::NAN, 0.3, 0.6]),
            Array::new("correlation_low", &[3], vec![f32::NAN, -0.1, 0.4]),
            Array::new("correlation_high", &[3], vec![f32::NAN, 0.6, 0.75]),
            Array::new("maps", &[2, 6, 6], (0..72).map(seen).collect()),
            Array::new("map_now", &[6, 6], (0..36).map(seen).collect()),
        ],
        labels: vec![
            words("tokens", &["the", "a", "white", "march"]),
            words("sequence", &["the", "white", "rabbit", "ran", "away", "."]),
        ],
        ..Frame::default()
    }
}

/// As the encoding lab's run gives it, on a control flow of three bits.
fn explained_frame() -> Frame {
    let names = ["MARG", "PRED", "POSI", "best tree", "always x1 x2", "KernelSHAP", "nothing"];
    let of = |name: &str, values: [f32; 7]| Array::new(name, &[7], values.to_vec());
    let estimates = |name: &str, truth: [f32; 7]| {
        let values =
            (0..4).flat_map(|size| truth.map(move |x| [x, x - 0.1 / (size + 1) as f32, x + 0.1 / (size + 1) as f32]));
        Array::new(name, &[4, 7, 3], values.flatten().collect())
    };
    let (eval_x, meter) =
        ([-0.4414, -0.4414, -0.6109, -0.3251, -0.5091, -0.3251, -0.693], [0.1163, 0.1163, 0.2858, 0.0, 0.0, 0.0, 0.0]);
    let words = |name: &str, texts: &[&str]| Labels {
        name: name.into(),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
    };
    Frame {
        step: 11,
        steps: 11,
        arrays: vec![
            Array::scalar("alpha", 1.0),
            Array::scalar("looked_at", 0.0),
            of("eval_x", eval_x),
            of("fresh", [-0.3251, -0.3251, -0.3251, -0.3251, -0.5091, -0.3251, -0.693]),
            of("roar", [0.693, 0.5091, 0.3251, 0.693, 0.693, 0.5091, 0.3251]),
            of("encode_meter", meter),
            of("stripe_x", [-0.5577, -0.5577, -0.8967, -0.3251, -0.5091, -0.3251, -0.693]),
            of("encodes", [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
            Array::new("inversions", &[4], vec![7.0, 8.0, 6.0, 2.0]),
            Array::new("shown_picked", &[4, 2], vec![0.9, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9]),
            Array::new("shown_values", &[4, 2], vec![0.7, 0.3, 0.3, 0.7, 0.7, 0.3, 0.3, 0.7]),
            Array::new("shown_divergence", &[4], vec![0.1163; 4]),
            Array::new("estimate_samples", &[4], vec![100.0, 1000.0, 10_000.0, 50_000.0]),
            estimates("estimate_meter", meter),
            estimates("estimate_eval_x", eval_x),
            Array::new("calibration", &[3, 3], vec![100.0, 0.5, 0.52, 0.0, 0.0, 0.0, 900.0, 0.9, 0.91]),
        ],
        labels: vec![
            words("explanations", &names),
            words("labels", &["0", "1"]),
            words("shown", &["x1=0", "x1=1", "x2=0", "x2=1"]),
        ],
        ..Frame::default()
    }
}

/// Every chart of full frames, with and without a pinned run, at phone, tablet and desktop width.
fn each_scene(check: impl Fn(&Scene)) {
    let (lab, pinned, theory, sweep) = (lab_frame(61, 100), lab_frame(101, 100), theory_frame(), sweep_frame());
    let (long, text, explained) = (lab_frame(61, 1_000_000), text_frame(), explained_frame());
    let alone = [&lab, &long, &theory, &sweep, &text, &explained].map(|frame| (frame, None));
    for (frame, pinned) in alone.into_iter().chain([(&lab, Some(&pinned))]) {
        for chart in list(frame) {
            for (width, height) in [(280, 220), (320, 240), (640, 320), (960, 400)] {
                let mut scene = Scene::new(chart, frame, size(width, height), &Theme::LIGHT, &ENGLISH);
                scene.pinned = pinned;
                check(&scene);
            }
        }
    }
}

/// A frame of tool use: 40 lines of which 15 are dropped, three calls of two tools, one of them wrong, two rounds of judgement,
/// and where a token of two layers looked.
fn tools_frame() -> Frame {
    let funnel = Funnel {
        scenes: 4,
        lines: 40,
        dropped: [5, 4, 3, 2, 1, 0],
        conversations: 25,
        single_turn: 10,
        context: 15,
        negative: 2,
    };
    let mut confusion = vec![0.0; 16];
    (confusion[0], confusion[1], confusion[7]) = (2.0, 1.0, 1.0);
    Frame {
        arrays: vec![
            Array::new("confusion", &[4, 4], confusion),
            Array::new("round_steps", &[2], vec![0.0, 8.0]),
            Array::collect("round_rates", &[2, 2, 6, 3], &mut (0..72).map(|at| at as f32 / 100.0)),
            Array::new("attended", &[2, 3], vec![0.5, 0.25, 0.25, 1.0, 0.0, 0.0]),
        ],
        labels: [("confusion_tools", vec!["Cut", "Paste"]), ("attended_parts", vec!["Cut", "said", "form"])]
            .map(|(name, texts)| Labels {
                name: name.to_owned(),
                texts: texts.into_iter().map(str::to_owned).collect(),
            })
            .into(),
        content: DatasetFrame { funnel, ..DatasetFrame::default() }.into(),
        ..Frame::default()
    }
}

#[test]
fn what_becomes_of_lines_and_calls_is_read_as_it_is_in_the_frame() {
    let frame = tools_frame();
    let table = |chart| Scene::new(chart, &frame, size(600, 300), &Theme::LIGHT, &ENGLISH).table(40);
    let funnel = table(tools::FUNNEL);
    assert_eq!(
        (funnel.rows.len(), &funnel.rows[0], &funnel.rows[7]),
        (11, &row(["lines", "40"]), &row(["kept", "25"]))
    );
    // Tools without a call have no row.
    let confusion = table(tools::CONFUSION);
    assert_eq!(confusion.columns[1..], ["Cut", "Paste", "no call"]);
    assert_eq!(confusion.rows, [row(["Cut", "2", "1", "0"]), row(["Paste", "0", "0", "1"])]);
    // Success rates are the fourth of six, each followed by its interval.
    let success = table(tools::SUCCESS);
    assert_eq!(
        success.rows,
        [
            row(["0", "0.09", "0.27", "0.1", "0.11", "0.28", "0.29"]),
            row(["8", "0.45", "0.63", "0.46", "0.47", "0.64", "0.65"])
        ],
        "{success:?}"
    );
    let attended = table(tools::ATTENDED);
    assert_eq!(attended.rows[1][1..], ["1", "0", "0"], "{attended:?}");
}

fn row<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[test]
fn every_chart_is_in_some_frame() {
    let frames = [lab_frame(3, 3), theory_frame(), sweep_frame(), text_frame(), explained_frame(), tools_frame()];
    for chart in ALL.iter().copied() {
        assert!(frames.iter().any(|frame| chart.has_data(frame)), "{chart:?}");
    }
}

#[test]
fn estimates_have_a_truth_beside_them_only_where_it_is_known() {
    let has_truth = |frame: &Frame| {
        let scene = Scene::new(explain::SAMPLES, frame, size(640, 320), &Theme::LIGHT, &ENGLISH);
        scene.picture().marks.iter().any(|mark| matches!(mark, Mark::Text(text) if text.text == ENGLISH.say("truth")))
    };
    let mut frame = explained_frame();
    assert!(has_truth(&frame), "of a law");
    frame.arrays.push(Array::scalar("is_estimated", 1.0));
    assert!(!has_truth(&frame), "of samples");
}

#[test]
fn no_text_leaves_the_picture() {
    each_scene(|scene| {
        let picture = scene.picture();
        for mark in &picture.marks {
            let Mark::Text(text) = mark else { continue };
            let width = text_width(&text.text, text.size);
            let (left, right) = match (text.turned, text.side) {
                (true, _) => (text.x - text.size / 2.0, text.x + text.size / 2.0),
                (false, Side::Left) => (text.x, text.x + width),
                (false, Side::Center) => (text.x - width / 2.0, text.x + width / 2.0),
                (false, Side::Right) => (text.x - width, text.x),
            };
            let low = if text.turned { text.y + width } else { text.y + text.size / 2.0 };
            let inside = left >= 0.0 && right <= picture.size.0 && low <= picture.size.1 && text.y >= 0.0;
            assert!(inside, "{:?} at {:?}: {text:?}", scene.chart, scene.size);
        }
    });
}

#[test]
fn no_two_level_texts_overlap() {
    each_scene(|scene| {
        let picture = scene.picture();
        let mut boxes: Vec<(Area, String)> = Vec::new();
        for mark in &picture.marks {
            let Mark::Text(text) = mark else { continue };
            let width = text_width(&text.text, text.size);
            let x = match text.side {
                Side::Left => text.x,
                Side::Center => text.x - width / 2.0,
                Side::Right => text.x - width,
            };
            // Ten pixels are the height of the letters themselves.
            let area = if text.turned {
                Area { x: text.x - 5.0, y: text.y, width: 10.0, height: width }
            } else {
                Area { x, y: text.y - 5.0, width, height: 10.0 }
            };
            let apart = |other: &Area| {
                other.right() <= area.x
                    || area.right() <= other.x
                    || other.bottom() <= area.y
                    || area.bottom() <= other.y
            };
            for (other, label) in &boxes {
                assert!(apart(other), "{:?} at {:?}: {label} and {}", scene.chart, scene.size, text.text);
            }
            boxes.push((area, text.text.clone()));
        }
    });
}

#[test]
fn a_readout_is_found_where_it_was_drawn() {
    each_scene(|scene| {
        let Some(first) = scene.readout_at(Place::default()) else { panic!("{:?} has no readout", scene.chart) };
        let (rows, columns) = first.extent;
        for (row, column) in [(0, 0), (rows - 1, columns - 1), (rows / 2, columns / 2), (rows, columns + 9)] {
            let found = scene.readout_at(Place { panel: 0, row, column }).expect("places are clamped");
            let again = scene.readout(found.at.0, found.at.1);
            let again = again.unwrap_or_else(|| panic!("{:?}: nothing at {:?}", scene.chart, found.at));
            // Lines may meet in one point; everything else has a place of its own.
            let near = (again.at.0 - found.at.0).abs() < 1.5 && (again.at.1 - found.at.1).abs() < 1.5;
            let same = again.place == found.place || (near && found.along == Along::Rows);
            assert!(same, "{:?} at {:?}: {found:?} read back as {again:?}", scene.chart, scene.size);
        }
    });
}

#[test]
fn a_sweep_over_one_setting_is_no_map() {
    let row = |x: f64| SweepPoint { x, line: 0.0, mean: 2.0, std: 0.1, n: 3 };
    let named = |name: &str| name.to_owned();
    let (x_label, line_label, value_label) = (named("rate"), String::new(), named("entropy"));
    let table = SweepTable { x_label, line_label, value_label, rows: vec![row(1.0), row(2.0)] };
    assert_eq!(list(&table.frame()), [sweep::LINE]);
}

#[test]
fn a_correlation_is_shown_with_its_interval_where_there_is_one() {
    let frame = text_frame();
    let table = Scene::new(series::CORRELATION, &frame, size(640, 320), &Theme::LIGHT, &ENGLISH).table(9);
    let rows = [["20", "0.3", "-0.1", "0.6"], ["40", "0.6", "0.4", "0.75"]];
    // Minus is a character of its own.
    assert_eq!(table.rows, rows.map(|row| row.map(|cell| cell.replace('-', "\u{2212}")).to_vec()), "{table:?}");
}

#[test]
fn the_axis_holds_the_whole_run_from_its_first_step() {
    let at = |recorded: usize, row: usize| {
        let frame = lab_frame(recorded, 100);
        let scene = Scene::new(series::LOSS, &frame, size(640, 320), &Theme::LIGHT, &ENGLISH);
        scene.readout_at(Place { panel: 0, row, column: 0 }).map_or(f64::NAN, |found| found.at.0)
    };
    assert_eq!(at(51, 50), at(101, 50), "step 50 stands where it will stand at the end");
    assert!((at(51, 50) - (at(101, 0) + at(101, 100)) / 2.0).abs() < 1e-9, "and that is the middle");
}

#[test]
fn a_pinned_run_is_drawn_on_the_same_scales() {
    let (small, large) = (lab_frame(11, 10), lab_frame(101, 100));
    for chart in list(&small) {
        let ticks = |frame, pinned| {
            let mut scene = Scene::new(chart, frame, size(640, 320), &Theme::LIGHT, &ENGLISH);
            scene.pinned = pinned;
            scene.readout_at(Place::default()).map(|found| found.at.1)
        };
        // The axes hold both, whichever is in front: the first value stands at the same height.
        if [series::LOGITS, series::LOSS, series::PHASE, series::ENTROPY].contains(&chart) {
            let (one, other) = (ticks(&small, Some(&large)), ticks(&large, Some(&small)));
            let close = one.zip(other).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
            assert!(close, "{chart:?}: {one:?} and {other:?}");
        }
    }
}

#[test]
fn the_cursor_is_seen() {
    each_scene(|scene| {
        let mut pointed = *scene;
        pointed.cursor = Some(Place { panel: 0, row: 3, column: 1 });
        assert_ne!(scene.picture(), pointed.picture(), "{:?} at {:?}", scene.chart, scene.size);
    });
}

#[test]
fn arrow_keys_lead_along_the_x_axis_first() {
    let frame = lab_frame(11, 10);
    let beside = |chart, right, down| {
        let scene = Scene::new(chart, &frame, size(640, 320), &Theme::LIGHT, &ENGLISH);
        let found = scene.readout_at(Place::default()).expect("it has numbers").beside(right, down);
        (found.row, found.column)
    };
    assert_eq!([beside(series::LOGITS, 1, 0), beside(series::LOGITS, 0, 2)], [(1, 0), (0, 2)], "points, lines");
    assert_eq!([beside(maps::BARS, 1, 0), beside(maps::BARS, 0, 1)], [(0, 1), (0, 0)], "one row of bars");
    assert_eq!([beside(maps::SCAN, 1, 0), beside(maps::SCAN, 0, 1)], [(0, 1), (1, 0)], "cells");
    assert_eq!([beside(maps::SCAN, -9, -9), beside(maps::SCAN, 99, 99)], [(0, 0), (10, 9)], "no further than it goes");
}

/// A chart is one constant, as the docs of this module say. This one draws an array that no other chart reads.
const TOY: Chart = Chart(&kind::ChartKind {
    name: "toy",
    panel: "toys",
    has_data: |frame| kind::has(frame, "toy"),
    plan: |scene, _| {
        let values = scene.frame.values("toy").iter().map(|&value| f64::from(value)).collect();
        Plan::Bars(plan::Bars {
            x_title: scene.words.say("token"),
            y_title: scene.words.say("count"),
            names: scene.frame.labels("toys").into(),
            colors: vec![scene.theme.ink],
            now: plan::Heights { name: scene.words.say("now"), values },
            holds: 1.0,
            ..plan::Bars::default()
        })
    },
    extras: kind::Extras {
        notes: |_, place| vec![("place".to_owned(), place.column.to_string())],
        opens: Some(|_, place| Some(place.column + 10)),
        ..kind::Extras::NONE
    },
});

#[test]
fn a_chart_is_one_constant() {
    let frame = Frame {
        arrays: vec![Array::new("toy", &[3], vec![1.0, 0.5, 2.0])],
        labels: vec![Labels { name: "toys".to_owned(), texts: ["car", "doll", "top"].map(str::to_owned).to_vec() }],
        ..Frame::default()
    };
    assert!(TOY.has_data(&frame) && !TOY.has_data(&Frame::default()));
    let mut scene = Scene::new(TOY, &frame, size(320, 240), &Theme::LIGHT, &ENGLISH);
    scene.cursor = Some(Place { panel: 0, row: 0, column: 2 });

    let svg = scene.svg("Toys", "How many there are.");
    for text in ["<title>Toys</title>", "How many there are.", "car", "doll", "top"] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
    let table = scene.table(9);
    assert_eq!(table.columns, ["token", "count, now", "place"]);
    assert_eq!(table.rows, [row(["car", "1", "0"]), row(["doll", "0.5", "1"]), row(["top", "2", "2"])]);
    assert_eq!(scene.csv().lines().nth(2), Some("doll,0.5,1"));

    let found = scene.readout_at(Place { panel: 0, row: 0, column: 1 }).expect("a second bar");
    let (name, text) = found.texts.last().expect("texts");
    assert_eq!((found.value, name.as_str(), text.as_str()), (0.5, "place", "1"));
    assert_eq!(scene.readout(found.at.0, found.at.1).map(|again| again.place), Some(found.place));
    assert_eq!((TOY.least_height(&frame), TOY.opened_at(&frame, found.place)), (0, Some(11)));
}
