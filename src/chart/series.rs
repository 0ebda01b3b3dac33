//! What the charts over time show: logits, gains, the phase transition, loss and entropy, and the theory's own
//! curves. Reads frames; knows no pixels.

use super::Scene;
use super::kind::{Chart, ChartKind, Detail, Extras, has};
use super::maps::{names, role};
use super::plan::{Band, Key, Line, Plan, Plot, Rule};
use super::scale::order;
use super::style::{DASHED, DASHES, DOTTED, Dash, Rgb, Stroke};
use crate::number::{exact, significant};
use crate::run::Frame;

/// Logits z_ml of the tokens of a class.
pub(super) const LOGITS: Chart = Chart(&ChartKind {
    name: "logits",
    panel: "logits",
    has_data: |frame| has(frame, "logits"),
    plan: logits,
    extras: Extras::NONE,
});

/// Relative gains and chi of the dominant token, with the bounds of Theorem 3. In theory mode chi is a single curve of
/// [`FAMILY_CHI`], which is drawn instead.
pub(super) const GAINS: Chart = Chart(&ChartKind {
    name: "gains",
    panel: "gains",
    has_data: |frame| has(frame, "chi") && frame.get("family_chi").is_none(),
    plan: gains,
    extras: Extras::NONE,
});

/// B_n beside the closed form and its asymptotes.
pub(super) const PHASE: Chart = Chart(&ChartKind {
    name: "phase",
    panel: "phase",
    has_data: |frame| has(frame, if frame.get("b_numeric").is_some() { "b_numeric" } else { "b" }),
    plan: |scene, _| phase(scene),
    extras: Extras::NONE,
});

/// The loss; on a text that of the batches and of held-out text.
pub(super) const LOSS: Chart = Chart(&ChartKind {
    name: "loss",
    panel: "loss",
    has_data: |frame| has(frame, "loss"),
    plan: |scene, _| loss(scene),
    extras: Extras::NONE,
});

/// Perplexity on held-out text.
pub(super) const PERPLEXITY: Chart = Chart(&ChartKind {
    name: "perplexity",
    panel: "loss",
    has_data: |frame| has(frame, "perplexity"),
    plan: |scene, _| single(scene, "perplexity", scene.words.say("step"), scene.words.say("perplexity")),
    extras: Extras::NONE,
});

/// Entropy of c_n over all tokens and over the distinct ones; on a text that of the batches and of held-out text.
pub(super) const ENTROPY: Chart = Chart(&ChartKind {
    name: "entropy",
    panel: "loss",
    has_data: |frame| has(frame, "entropy"),
    plan: |scene, _| {
        let names = ["entropy", "entropy_distinct", "entropy_validation"];
        measured(scene, scene.words.say("entropy"), names)
    },
    extras: Extras::NONE,
});

/// Rank correlation of the distinctness of a text's tokens with the attention to them.
pub(super) const CORRELATION: Chart = Chart(&ChartKind {
    name: "correlation",
    panel: "scan",
    has_data: |frame| has(frame, "correlation"),
    plan: |scene, _| correlation(scene),
    extras: Extras::NONE,
});

/// B_n of the theory for a family of learning rates.
pub(super) const FAMILY_B: Chart = Chart(&ChartKind {
    name: "family-b",
    panel: "phase",
    has_data: |frame| has(frame, "family_b"),
    plan: |scene, _| family(scene, "family_b", scene.words.say("growth"), false),
    extras: Extras::NONE,
});

/// chi of the theory for a family of learning rates.
pub(super) const FAMILY_CHI: Chart = Chart(&ChartKind {
    name: "family-chi",
    panel: "gains",
    has_data: |frame| has(frame, "family_chi"),
    plan: |scene, _| family(scene, "family_chi", scene.words.say("chi"), true),
    extras: Extras::NONE,
});

/// gamma of the theory.
pub(super) const GAMMA: Chart = Chart(&ChartKind {
    name: "gamma",
    panel: "phase",
    has_data: |frame| has(frame, "gamma"),
    plan: |scene, _| single(scene, "gamma", scene.words.say("time"), scene.words.say("gamma")),
    extras: Extras::NONE,
});

/// h of the theory.
pub(super) const DECODER: Chart = Chart(&ChartKind {
    name: "h",
    panel: "phase",
    has_data: |frame| has(frame, "h"),
    plan: |scene, _| decoder(scene),
    extras: Extras::NONE,
});

/// At most this many tokens get a line; beyond, evenly chosen ones do.
const MOST_LINES: usize = 40;
/// Gains are all multiples of one curve: fewer of them say the same.
const MOST_GAINS: usize = 12;

/// The recorded series `name` as points; empty when the frame has none.
fn points(frame: &Frame, name: &str) -> Vec<(f64, f64)> {
    frame.values("recorded").iter().zip(frame.values(name)).map(|(&x, &y)| (f64::from(x), f64::from(y))).collect()
}

/// Column `column` of the recorded rows of `name`, whose rows have `width` numbers.
fn column(frame: &Frame, name: &str, width: usize, column: usize) -> Vec<(f64, f64)> {
    let rows = frame.values(name).chunks_exact(width.max(1));
    frame.values("recorded").iter().zip(rows).map(|(&x, row)| (f64::from(x), f64::from(row[column]))).collect()
}

/// Row `row` of the family of curves `name`.
fn member(frame: &Frame, name: &str, row: usize) -> Vec<(f64, f64)> {
    let times = frame.values("recorded");
    let values = frame.values(name).chunks_exact(times.len().max(1)).nth(row).unwrap_or_default();
    times.iter().zip(values).map(|(&x, &y)| (f64::from(x), f64::from(y))).collect()
}

fn width(frame: &Frame, name: &str) -> usize {
    frame.get(name).and_then(|array| array.shape.last()).map_or(0, |&width| width as usize)
}

fn solid(color: Rgb, width: f64) -> Stroke {
    Stroke { color, width, dash: &[] }
}

fn dashed(color: Rgb, width: f64, dash: Dash) -> Stroke {
    Stroke { color, width, dash }
}

/// A chart over the steps of the run, with the step shown.
fn over_time<'a>(scene: &Scene, x_title: &'a str, y_title: &'a str) -> Plot<'a> {
    let frame = scene.frame;
    let end = scene.pinned.map_or(0, |pinned| pinned.steps).max(frame.steps).max(1);
    Plot { x_title, y_title, x_range: Some((0.0, end as f64)), now: Some(frame.step as f64), ..Plot::default() }
}

/// Adds `line` if it has points, and what the pinned run has for it: dotted, thinner, in the same colour.
pub(super) fn add(plot: &mut Plot, scene: &Scene, line: Line, of: &dyn Fn(&Frame) -> Vec<(f64, f64)>) {
    if line.points.is_empty() {
        return;
    }
    if let Some(points) = scene.pinned.map(of).filter(|points| !points.is_empty()) {
        let stroke = dashed(line.stroke.color, (line.stroke.width * 0.75).max(1.0), DOTTED);
        let mut pinned = Line::new(&format!("{} ({})", line.name, scene.words.say("pinned")), points, stroke);
        pinned.pinned = true;
        pinned.ranged = line.ranged;
        pinned.key = Key::Readout;
        plot.lines.push(pinned);
    }
    plot.lines.push(line);
}

/// One legend entry for all lines of the pinned run.
pub(super) fn pinned_key(plot: &mut Plot, scene: &Scene) {
    let muted = scene.theme.muted;
    if let Some(line) = plot.lines.iter().rposition(|line| line.pinned) {
        plot.lines[line].key = Key::Legend(scene.words.say("pinned"));
        if plot.lines.iter().filter(|line| line.pinned).count() > 1 {
            // The sample stands for lines of several colours.
            let sample = Line::new("", Vec::new(), dashed(muted, 1.25, DOTTED));
            plot.lines[line].key = Key::Readout;
            plot.lines.push(Line { key: Key::Legend(scene.words.say("pinned")), ..sample });
        }
    }
}

/// Which of `count` tokens are drawn: all, or evenly chosen ones with the first and the last.
fn chosen(count: usize, most: usize) -> Vec<usize> {
    if count <= most { (0..count).collect() } else { (0..most).map(|i| i * (count - 1) / (most - 1)).collect() }
}

/// How one token's line looks: common tokens dashed and grey, distinct ones coloured by how frequent they are.
struct TokenLook {
    stroke: Stroke,
    key: Key,
}

fn token_look(scene: &Scene, name: &str, role: u8, rank: usize, of: usize) -> TokenLook {
    if role < 2 {
        let word = if role == 0 { scene.words.say("common") } else { scene.words.say("common_per_query") };
        let dash = if role == 0 { DASHED } else { DASHES[3] };
        return TokenLook { stroke: dashed(scene.theme.muted, 1.0, dash), key: Key::Legend(word) };
    }
    let share = if of > 1 { rank as f64 / (of - 1) as f64 } else { 1.0 };
    let key = if name.is_empty() { Key::Readout } else { Key::End(rank as u32 + 1) };
    TokenLook { stroke: solid(scene.theme.ramp(share), 1.25 + 0.75 * share), key }
}

/// z_ml of the class's tokens.
///
/// Where not all are drawn, a note says how many are.
fn logits<'a>(scene: &Scene<'a>, detail: Detail) -> Plan<'a> {
    let (frame, words) = (scene.frame, scene.words);
    let mut plot = over_time(scene, words.say("step"), words.say("logit"));
    let wide = width(frame, "logits");
    let columns = names(frame, "tokens", wide);
    let (distinct, common): (Vec<usize>, Vec<usize>) = (0..wide).partition(|&i| role(frame, i) == 2);
    let ranks = ranked(frame, &distinct);
    let most = detail.most(MOST_LINES);
    let drawn: Vec<usize> = chosen(common.len(), most / 4).into_iter().map(|i| common[i]).collect();
    let drawn_distinct = chosen(ranks.len(), most);
    if drawn.len() + drawn_distinct.len() < wide {
        let (some, all) = ((drawn.len() + drawn_distinct.len()).to_string(), wide.to_string());
        plot.note = words.say("some_drawn").replace('#', &some).replace('*', &all);
    }
    let order = drawn.into_iter().map(|i| (i, 0)).chain(drawn_distinct.into_iter().map(|r| (ranks[r], r)));
    for (i, rank) in order {
        let look = token_look(scene, &columns[i], role(frame, i), rank, ranks.len());
        let mut line = Line::new(&columns[i], column(frame, "logits", wide, i), look.stroke);
        line.key = look.key;
        add(&mut plot, scene, line, &|pinned| {
            let theirs = width(pinned, "logits");
            let found = pinned.labels("tokens").iter().take(theirs).position(|name| *name == columns[i]);
            found.map(|i| column(pinned, "logits", theirs, i)).unwrap_or_default()
        });
    }
    if ranks.len() > 1 {
        plot.ramp = Some((words.say("rare"), words.say("frequent")));
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// The tokens `these`, from rare to frequent.
fn ranked(frame: &Frame, these: &[usize]) -> Vec<usize> {
    let chance = frame.values("probability");
    let chances: Vec<f64> = these.iter().map(|&i| chance.get(i).map_or(0.0, |&p| f64::from(p))).collect();
    order(&chances).into_iter().map(|at| these[at]).collect()
}

/// chi of the dominant token within Theorem 3's bounds, and r over each other one.
fn gains<'a>(scene: &Scene<'a>, detail: Detail) -> Plan<'a> {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    let mut plot = over_time(scene, words.say("step"), words.say("gain_axis"));
    plot.y_log = true;
    let bounds = points(frame, "chi_lower").into_iter().zip(points(frame, "chi_upper"));
    let bounds: Vec<(f64, f64, f64)> = bounds.map(|((x, lower), (_, upper))| (x, lower, upper)).collect();
    if !bounds.is_empty() {
        plot.bands.push(Band { name: words.say("bounds"), points: bounds, color: theme.category(0) });
    }
    let wide = width(frame, "gain");
    let columns = frame.labels("tokens");
    let distinct: Vec<&String> = (0..columns.len()).filter(|&i| role(frame, i) == 2).map(|i| &columns[i]).collect();
    for i in chosen(wide, detail.most(MOST_GAINS)) {
        let name = distinct.get(i).map_or("", |name| name.as_str());
        let points: Vec<(f64, f64)> = column(frame, "gain", wide, i).into_iter().filter(|(_, r)| *r > 0.0).collect();
        let share = if wide > 1 { i as f64 / (wide - 1) as f64 } else { 0.0 };
        let mut line = Line::new(&format!("{} {name}", words.say("gain_over")), points, solid(theme.ramp(share), 1.0));
        line.key = Key::Legend(words.say("gain"));
        if !line.points.is_empty() {
            plot.lines.push(line);
        }
    }
    let chi = Line::new(words.say("chi"), points(frame, "chi"), solid(theme.category(0), 2.25));
    add(&mut plot, scene, chi, &|pinned| points(pinned, "chi"));
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// B_n as simulated beside Theorem 4's closed form and its asymptotes.
fn phase<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    let theory = !frame.values("b_numeric").is_empty();
    let mut plot = over_time(scene, if theory { words.say("time") } else { words.say("step") }, words.say("growth"));
    plot.y_holds = vec![0.0];
    let (name, word) = if theory { ("b_numeric", words.say("numeric")) } else { ("b", words.say("simulated")) };
    let curves = [
        ("b_early", words.say("early"), dashed(theme.category(2), 1.5, DASHES[2]), false),
        ("b_late", words.say("late"), dashed(theme.category(1), 1.5, DASHES[3]), false),
        ("b_theory", words.say("closed_form"), dashed(theme.ink, 1.5, DASHED), true),
        (name, word, solid(theme.category(0), 2.25), true),
    ];
    for (name, word, stroke, ranged) in curves {
        let line = Line { ranged, ..Line::new(word, points(frame, name), stroke) };
        add(&mut plot, scene, line, &|pinned| if ranged { points(pinned, name) } else { Vec::new() });
    }
    for (name, label, dash) in
        [("t0_early", words.say("early_end"), DASHES[2]), ("t0", words.say("late_start"), DASHES[3])]
    {
        if let Some(at) = frame.scalar(name).filter(|_| !plot.lines.is_empty()) {
            let stroke = dashed(theme.muted, 1.0, dash);
            plot.rules.push(Rule { x: f64::from(at), label, stroke });
        }
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// The theory's curves for a family of learning rates: B_n, or chi on a logarithmic axis.
fn family<'a>(scene: &Scene<'a>, name: &str, title: &'a str, log: bool) -> Plan<'a> {
    let (frame, words, theme) = (scene.frame, scene.words, scene.theme);
    let mut plot = over_time(scene, words.say("time"), title);
    plot.y_log = log;
    plot.y_holds = if log { Vec::new() } else { vec![0.0] };
    let (rates, starts) = (frame.values("family_rate"), frame.values("family_t0"));
    for (i, rate) in rates.iter().take(MOST_LINES).enumerate() {
        let stroke = dashed(theme.category(i), 1.75, DASHES[i % DASHES.len()]);
        let label = format!("{} = {}", words.say("rate"), short(*rate));
        let line = Line::new(&label, member(frame, name, i), stroke);
        let at = starts.get(i).copied().filter(|_| !line.points.is_empty());
        add(&mut plot, scene, line, &|pinned| member(pinned, name, i));
        if let Some(at) = at {
            let stroke = dashed(theme.category(i), 1.0, DOTTED);
            let label = if i == 0 { words.say("late_start") } else { "" };
            plot.rules.push(Rule { x: f64::from(at), label, stroke });
        }
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// A learning rate as short as it can be said.
fn short(rate: f32) -> String {
    let text = exact(rate);
    if text.len() <= 6 { text } else { significant(f64::from(rate)) }
}

/// h of the decoder: visit by visit (Lemma 5) and in its continuous form h* (Lemma 6).
fn decoder<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (words, theme) = (scene.words, scene.theme);
    let mut plot = over_time(scene, words.say("time"), words.say("decoder"));
    plot.y_holds = vec![0.0];
    let curves = [
        ("h_visits", words.say("decoder_visits"), solid(theme.category(0), 2.25)),
        ("h", words.say("decoder_continuous"), dashed(theme.ink, 1.5, DASHED)),
    ];
    lines(plot, scene, &curves)
}

/// Recorded series side by side.
fn lines<'a>(mut plot: Plot<'a>, scene: &Scene<'a>, curves: &[(&str, &str, Stroke)]) -> Plan<'a> {
    for &(name, word, stroke) in curves {
        let line = Line::new(word, points(scene.frame, name), stroke);
        add(&mut plot, scene, line, &|pinned| points(pinned, name));
    }
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// Rank correlation of distinctness with attention, within its interval; where attention has no order yet there is none.
fn correlation<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let (words, theme) = (scene.words, scene.theme);
    let known = |frame: &Frame, name| -> Vec<(f64, f64)> {
        points(frame, name).into_iter().filter(|(_, r)| r.is_finite()).collect()
    };
    let [low, high] = ["correlation_low", "correlation_high"].map(|name| known(scene.frame, name));
    let points = low.into_iter().zip(high).map(|((x, low), (_, high))| (x, low, high)).collect();
    let mut plot = over_time(scene, words.say("step"), words.say("correlation"));
    plot.y_holds = vec![0.0];
    plot.bands.push(Band { name: words.say("interval"), points, color: theme.category(0) });
    let line = Line::new(words.say("correlation"), known(scene.frame, "correlation"), solid(theme.category(0), 2.0));
    add(&mut plot, scene, line, &|pinned| known(pinned, "correlation"));
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// One recorded series on its own.
fn single<'a>(scene: &Scene<'a>, name: &str, x_title: &'a str, y_title: &'a str) -> Plan<'a> {
    let mut plot = over_time(scene, x_title, y_title);
    plot.y_holds = vec![0.0];
    let mut line = Line::new(y_title, points(scene.frame, name), solid(scene.theme.category(0), 2.0));
    line.key = if scene.pinned.is_some() { Key::Legend(scene.words.say("this_run")) } else { Key::Readout };
    add(&mut plot, scene, line, &|pinned| points(pinned, name));
    pinned_key(&mut plot, scene);
    Plan::Lines(plot)
}

/// The loss, and where there is held-out text also its loss.
fn loss<'a>(scene: &Scene<'a>) -> Plan<'a> {
    let title = scene.words.say("loss");
    if scene.frame.get("validation_loss").is_some() {
        measured(scene, title, ["loss", "", "validation_loss"])
    } else {
        single(scene, "loss", scene.words.say("step"), title)
    }
}

/// A quantity as three series: over all tokens or, on a text, over its batches; over the distinct tokens; on held-out text.
/// Those that the frame does not have are left out.
fn measured<'a>(scene: &Scene<'a>, y_title: &'a str, names: [&str; 3]) -> Plan<'a> {
    let (words, theme) = (scene.words, scene.theme);
    let mut plot = over_time(scene, words.say("step"), y_title);
    plot.y_holds = vec![0.0];
    let all = if scene.frame.get(names[2]).is_some() { words.say("batches") } else { words.say("entropy_all") };
    let solid = solid(theme.category(0), 2.0);
    let titles = [all, words.say("entropy_distinct"), words.say("validation")];
    let strokes = [dashed(theme.category(1), 2.0, DASHES[1]), solid, solid];
    let curves = core::array::from_fn::<_, 3, _>(|i| (names[i], titles[i], strokes[i]));
    lines(plot, scene, &curves)
}
