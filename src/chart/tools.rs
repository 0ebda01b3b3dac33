//! What the charts of tool use show: what becomes of a teacher's lines, which tool is called for which, and how often a student
//! succeeds. Reads frames.

use super::kind::{Chart, ChartKind, Extras, has};
use super::plan::{Band, Bars, Grid, Heat, Heights, Key, Line, Plan, Plot, Rows, Symbol};
use super::series::{add, pinned_key};
use super::style::{DASHED, Stroke};
use super::{Place, Scene, Words};
use crate::frame::DatasetFrame;
use crate::frame::tool_use::Dropped;
use crate::run::Frame;
use std::borrow::Cow;

/// What becomes of the lines of a teacher of tools.
pub(super) const FUNNEL: Chart = Chart(&ChartKind {
    name: "funnel",
    panel: "funnel",
    has_data: |frame| frame.content::<DatasetFrame>().is_some(),
    plan: |scene, _| funnel(scene),
    extras: Extras::NONE,
});

/// The confusion matrix of tools: which one is called (columns) where which one should be (rows).
pub(super) const CONFUSION: Chart = Chart(&ChartKind {
    name: "confusion",
    panel: "confusion",
    has_data: |frame| has(frame, "confusion"),
    plan: |scene, _| confusion(scene),
    extras: Extras { least_height: confusion_height, opens: Some(confused), ..Extras::NONE },
});

/// Success rate of a student while it is tuned.
pub(super) const SUCCESS: Chart = Chart(&ChartKind {
    name: "success",
    panel: "success",
    has_data: |frame| has(frame, "round_rates"),
    plan: |scene, _| success(scene),
    extras: Extras::NONE,
});

/// Attention of a student to the parts of its prompt (columns), layer by layer (rows).
pub(super) const ATTENDED: Chart = Chart(&ChartKind {
    name: "attended",
    panel: "attended",
    has_data: |frame| has(frame, "attended"),
    plan: |scene, _| attended(scene),
    extras: Extras::NONE,
});

/// The lines of the teacher, those that are dropped by their reasons, and the samples by their kinds.
fn funnel<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    // Lines, then the reasons why they are dropped, then what the others became.
    let names = [
        words.say("lines"),
        words.say("no_brackets"),
        words.say("unknown_tool"),
        words.say("too_few"),
        words.say("too_many"),
        words.say("wrong_image"),
        words.say("duplicate"),
        words.say("conversations"),
        words.say("single_turn"),
        words.say("in_context"),
        words.say("negative"),
    ];
    let values = |frame: &Frame| {
        let Some(DatasetFrame { funnel, .. }) = frame.content() else { return Vec::new() };
        let became = [funnel.conversations, funnel.single_turn, funnel.context, funnel.negative];
        let counts = core::iter::once(funnel.lines).chain(funnel.dropped).chain(became);
        counts.map(|count| count as f64).collect::<Vec<_>>()
    };
    let color = |at: usize| match at {
        0 => theme.muted,
        at if at <= Dropped::ALL.len() => theme.category(1),
        _ => theme.category(0),
    };
    let now = values(frame);
    let pinned = scene.pinned.map(values).unwrap_or_default();
    let holds = now.iter().chain(&pinned).copied().fold(1.0, f64::max);
    Plan::Bars(Bars {
        x_title: words.say("becomes"),
        y_title: words.say("count"),
        names: Cow::Owned(names.map(str::to_owned).to_vec()),
        groups: Vec::new(),
        colors: (0..names.len()).map(color).collect(),
        now: Heights { name: words.say("now"), values: now },
        start: Heights::default(),
        pinned: Heights { name: words.say("pinned"), values: pinned },
        holds,
    })
}

/// Which tool is called (columns) where which one should be (rows).
fn confusion<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let words = scene.words;
    let grids = scene.runs(|frame| grid(frame, words));
    let top = grids.iter().flat_map(|grid| grid.values.iter()).copied().fold(1.0_f32, f32::max);
    Plan::Cells(Heat {
        row_title: words.say("should_call"),
        column_title: words.say("calls"),
        value_title: words.say("count"),
        grids,
        range: (0.0, f64::from(top)),
        signed: false,
        numbers: true,
    })
}

/// Rows and columns of the confusion that are there, the others left out: a row or a column of zeros says nothing.
fn there(frame: &Frame) -> Option<[Vec<usize>; 2]> {
    let values = frame.values("confusion");
    let sides = frame.labels("confusion_tools").len() + 2;
    let is_there = |row: usize, column: usize| values[row * sides + column] > 0.0;
    (values.len() == sides * sides).then(|| {
        let rows = (0..sides).filter(|row| (0..sides).any(|column| is_there(*row, column)));
        let columns = (0..sides).filter(|column| (0..sides).any(|row| is_there(row, *column)));
        [rows.collect(), columns.collect()]
    })
}

/// The cell of the whole matrix that a place stands for, counted row by row over the tools of the frame and the two sides
/// after them. None in a pinned run.
fn confused(frame: &Frame, place: Place) -> Option<usize> {
    let [rows, columns] = there(frame).filter(|_| place.panel == 0)?;
    let sides = frame.labels("confusion_tools").len() + 2;
    Some(rows.get(place.row)? * sides + columns.get(place.column)?)
}

/// Height of the chart, in CSS pixels, at which the rows of the confusion and the names of its columns can be read.
fn confusion_height(frame: &Frame) -> u32 {
    let rows = there(frame).map_or(0, |[rows, _]| rows.len());
    (240.0 + super::heat::ROW * rows as f64) as u32
}

fn grid<'a>(frame: &'a Frame, words: &Words) -> Option<Grid<'a>> {
    let values = frame.values("confusion");
    let mut names = frame.labels("confusion_tools").to_vec();
    names.extend([words.say("other_tool"), words.say("no_call")].map(str::to_owned));
    let sides = names.len();
    let [rows, columns] = there(frame)?;
    let cells = rows.iter().flat_map(|row| columns.iter().map(move |column| values[row * sides + column]));
    let named = |places: &[usize]| places.iter().map(|at| names[*at].clone()).collect::<Vec<_>>();
    Some(Grid {
        title: "",
        columns: Cow::Owned(named(&columns)),
        groups: Vec::new(),
        values: Cow::Owned(cells.collect()),
        rows: Rows::Names(Cow::Owned(named(&rows))),
    })
}

/// Numbers that a frame has of each round and kind of tools: six rates, each with both ends of its interval.
const OF_KIND: usize = 18;
/// Where the success rate is among them.
const SUCCESS_RATE: usize = 9;

/// How often a student succeeds after how many steps, with the tools it is taught and with others.
fn success<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let end = scene.pinned.map_or(0, |pinned| pinned.steps).max(frame.steps).max(1);
    let mut plot = Plot {
        x_title: words.say("step"),
        y_title: words.say("success_rate"),
        x_range: Some((0.0, end as f64)),
        now: Some(frame.step as f64),
        y_holds: vec![0.0, 1.0],
        ..Plot::default()
    };
    let kinds = [
        (words.say("taught_tools"), words.say("taught_interval")),
        (words.say("other_tools"), words.say("others_interval")),
    ];
    for (kind, (name, interval)) in kinds.into_iter().enumerate() {
        let (color, dash) = (scene.theme.category(kind), if kind == 0 { &[] as &[f64] } else { DASHED });
        let mut line = Line::new(name, points(frame, kind), Stroke { color, width: 2.0, dash });
        line.symbol = Some(Symbol::nth(kind));
        line.key = Key::Name;
        let ends = rounds(frame, kind).map(|(step, [_, low, high])| (step, low, high)).collect();
        plot.bands.push(Band { name: interval, points: ends, color });
        add(&mut plot, scene, line, &|pinned| points(pinned, kind));
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// Of each round the step, and the success rate with its interval.
fn rounds(frame: &Frame, kind: usize) -> impl Iterator<Item = (f64, [f64; 3])> + '_ {
    let rates = frame.values("round_rates").chunks_exact(2 * OF_KIND);
    frame.values("round_steps").iter().zip(rates).map(move |(step, rates)| {
        let at = kind * OF_KIND + SUCCESS_RATE;
        (f64::from(*step), [rates[at], rates[at + 1], rates[at + 2]].map(f64::from))
    })
}

fn points(frame: &Frame, kind: usize) -> Vec<(f64, f64)> {
    rounds(frame, kind).map(|(step, [rate, ..])| (step, rate)).collect()
}

/// Where the chosen token looked: the share of attention of each part of the prompt (columns), in each layer (rows), mean over heads.
fn attended<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let words = scene.words;
    let grid = |frame: &'a Frame| {
        let known = |part: &String| match part.as_str() {
            "image" => words.say("part_image").to_owned(),
            "said" => words.say("part_said").to_owned(),
            "reply" => words.say("part_reply").to_owned(),
            "form" => words.say("part_form").to_owned(),
            tool => tool.to_owned(),
        };
        let columns: Vec<String> = frame.labels("attended_parts").iter().map(known).collect();
        let values = frame.values("attended");
        let fits = !columns.is_empty() && values.len().is_multiple_of(columns.len());
        let rows =
            (1..=values.len() / columns.len().max(1)).map(|layer| format!("{} {layer}", words.say("layer"))).collect();
        fits.then(|| Grid {
            title: "",
            columns: Cow::Owned(columns),
            groups: Vec::new(),
            values: Cow::Borrowed(values),
            rows: Rows::Names(Cow::Owned(rows)),
        })
    };
    Plan::Cells(Heat {
        row_title: words.say("layer"),
        column_title: words.say("prompt_part"),
        value_title: words.say("share_of_attention"),
        grids: scene.runs(grid),
        range: (0.0, 1.0),
        signed: false,
        numbers: true,
    })
}
