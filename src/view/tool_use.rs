//! The lab of tool use as the page shows it: what cleaning drops, samples, rates with their intervals, cases. Takes every number
//! from a frame.

use crate::frame::DatasetFrame;
use crate::frame::tool_use::{Dropped, LatestSample, SampleKind};
use crate::number::{fixed, grouped};
use crate::run::Frame;
use crate::view::sweep::duration;
use crate::view::text::{self, fill, say};

/// Ways in which a prediction fails, in the order of the frame.
const REASONS: usize = crate::experiment::tool_use::REASONS as usize;

/// What there is to say of the data so far.
#[must_use]
pub fn making(frame: &DatasetFrame) -> String {
    let [scenes, samples] = [frame.funnel.scenes, frame.funnel.samples()].map(|count| grouped(&count.to_string()));
    fill("made_so_far", &[&scenes, &samples, &fixed(frame.file_bytes as f64 / 1e6, 2)])
}

/// The lines that were dropped last, each with why.
#[must_use]
pub fn dropped(frame: &DatasetFrame) -> Vec<[String; 2]> {
    let why = |why| match why {
        Dropped::NoBrackets => say("why_no_brackets"),
        Dropped::UnknownTool => say("why_unknown_tool"),
        Dropped::TooFewArguments => say("why_too_few"),
        Dropped::TooManyArguments => say("why_too_many"),
        Dropped::WrongImage => say("why_wrong_image"),
        Dropped::Duplicate => say("why_duplicate"),
    };
    frame.dropped.iter().map(|dropped| [why(dropped.why).to_owned(), dropped.line.clone()]).collect()
}

/// A sample that was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Made {
    /// Its kind, in words.
    pub kind: &'static str,
    /// What a model is given, up to where the tools are listed and from there on.
    pub prompt: String,
    /// What it should write.
    pub output: String,
}

/// The latest sample of each kind.
#[must_use]
pub fn made(frame: &DatasetFrame) -> Vec<Made> {
    let kind = |kind| match kind {
        SampleKind::SingleTurn => say("kind_single_turn"),
        SampleKind::InContext => say("kind_in_context"),
        SampleKind::Negative => say("kind_negative"),
    };
    let made = |LatestSample { kind: of, prompt, output }: &LatestSample| Made {
        kind: kind(*of),
        prompt: prompt.clone(),
        output: output.clone(),
    };
    frame.latest.iter().map(made).collect()
}

/// Each tool and how many conversations there are of it.
#[must_use]
pub fn tools(frame: &DatasetFrame) -> Vec<[String; 2]> {
    frame.tools.iter().map(|tool| [tool.name.clone(), grouped(&tool.conversations.to_string())]).collect()
}

/// How far tuning is.
#[must_use]
pub fn tuning(frame: &Frame) -> String {
    let number = |name| grouped(&format!("{}", frame.scalar(name).unwrap_or(0.0)));
    let tools = frame.values("student_tools").first().copied().unwrap_or(0.0);
    let [step, steps, tools] = [frame.step.to_string(), frame.steps.to_string(), tools.to_string()];
    fill("tuning_so_far", &[&step, &steps, &number("learned_tokens"), &number("learned_samples"), &tools])
}

/// What the student is doing besides learning, if it is.
#[must_use]
pub fn judging(frame: &Frame) -> String {
    let number = |name| frame.scalar(name).filter(|value| !value.is_nan());
    match (number("judging"), number("judged")) {
        (Some(done), Some(all)) => fill("tuning_judges", &[&done.to_string(), &all.to_string()]),
        _ if frame.step == 0 => say("tuning_begins").to_owned(),
        _ => String::new(),
    }
}

/// How quick tuning is, by what was seen a while ago: when (ms), steps, tokens, each then and now.
#[must_use]
pub fn speed(then: [f64; 3], now: [f64; 3], steps: u64) -> String {
    let secs = (now[0] - then[0]) / 1000.0;
    let (steps_done, tokens) = (now[1] - then[1], now[2] - then[2]);
    if secs < 1.0 || steps_done < 1.0 {
        return String::new();
    }
    let left = (steps as f64 - now[1]) * secs / steps_done;
    fill("tuning_speed", &[&grouped(&format!("{:.0}", tokens / secs)), &duration(left)])
}

/// The rounds of judgement: after which step, then SR and the strict rate of each kind of tools.
#[must_use]
pub fn rounds(frame: &Frame) -> Vec<Vec<String>> {
    let rates = frame.values("round_rates").chunks_exact(36);
    let row = |(step, rates): (&f32, &[f32])| {
        let places = [9, 15, 27, 33];
        core::iter::once(step.to_string()).chain(places.map(|at| rate(&rates[at..at + 3]))).collect()
    };
    frame.values("round_steps").iter().zip(rates).map(row).collect()
}

/// A rate with its interval, as many digits as a thousand samples bear: `0.500 [0.47, 0.53]`.
fn rate(values: &[f32]) -> String {
    let [value, low, high] = values else { return "–".to_owned() };
    if value.is_nan() {
        return "–".to_owned();
    }
    // Broken, if at all, between the rate and its interval.
    format!("{value:.3} [{low:.2},\u{a0}{high:.2}]")
}

fn row(name: String, sizes: &[f32], rates: &[f32]) -> Vec<String> {
    let sizes = sizes.iter().map(|size| grouped(&size.to_string()));
    core::iter::once(name).chain(sizes).chain(rates.chunks_exact(3).map(rate)).collect()
}

/// A kind of samples in words.
pub(super) fn kind(name: &str) -> &'static str {
    match name {
        "single" => say("kind_single"),
        "chain" => say("kind_chain"),
        "no_tool" => say("kind_no_tool"),
        _ => say("kind_context"),
    }
}

/// The rates over all predictions, then over those of each kind: name, number, each rate.
#[must_use]
pub fn rates(frame: &Frame) -> Vec<Vec<String>> {
    let rows = frame.values("rates").chunks_exact(18).zip(frame.values("rate_sizes").chunks_exact(1));
    let name = |name: &str| if name == "all" { say("rows_all") } else { kind(name) };
    let names = frame.labels("rate_rows").iter().map(|it| name(it).to_owned());
    names.zip(rows).map(|(name, (rates, sizes))| row(name, sizes, rates)).collect()
}

/// The rates of each tool: name, calls, samples, each rate.
#[must_use]
pub fn tool_rates(frame: &Frame) -> Vec<Vec<String>> {
    let rows = frame.values("tool_rates").chunks_exact(9).zip(frame.values("tool_sizes").chunks_exact(2));
    let names = frame.labels("rate_tools").iter().cloned();
    names.zip(rows).map(|(name, (rates, sizes))| row(name, sizes, rates)).collect()
}

/// What there is to say of the predictions so far.
#[must_use]
pub fn scored(frame: &Frame) -> String {
    let number = |name| grouped(&format!("{}", frame.scalar(name).unwrap_or(0.0)));
    let [predictions, samples, missing, skipped, duplicates, uncut] =
        ["predictions", "samples", "missing", "skipped", "duplicates", "uncut"].map(number);
    fill("scored_so_far", &[&predictions, &samples, &missing, &skipped, &duplicates, &uncut])
}

/// A reason of failure in words.
#[must_use]
pub fn reason(name: &str) -> &'static str {
    match name {
        "missing" => say("fails_missing"),
        "not_parsed" => say("fails_not_parsed"),
        "refused" => say("fails_refused"),
        "wrong_tool" => say("fails_wrong_tool"),
        "missing_call" => say("fails_missing_call"),
        "extra_call" => say("fails_extra_call"),
        "argument_count" => say("fails_argument_count"),
        "wrong_file" => say("fails_wrong_file"),
        "wrong_text" => say("fails_wrong_text"),
        _ => "",
    }
}

/// What can be looked at, with the number by which a link knows it, and how often it is there: all failures, those of each reason,
/// those of each cell of the confusion in which a tool is taken for another one.
#[must_use]
pub fn choices(frame: &Frame) -> Vec<(u32, String, String)> {
    let counts = frame.values("reasons");
    let count = |count: f32| grouped(&count.to_string());
    let mut all = vec![(0, say("fails_all").to_owned(), count(counts.iter().sum()))];
    for (at, (name, times)) in frame.labels("reason_names").iter().zip(counts).enumerate() {
        if *times > 0.0 {
            all.push((1 + at as u32, reason(name).to_owned(), count(*times)));
        }
    }
    let sides = frame.labels("confusion_tools").len() + 2;
    for (at, times) in frame.values("confusion").iter().enumerate() {
        let cell = [at / sides, at % sides];
        if *times > 0.0 && cell[0] != cell[1] {
            all.push((class_of(frame, cell), taken_for(frame, cell), count(*times)));
        }
    }
    all
}

/// The number by which a link knows a cell of the confusion: which tool should be called, and which one is.
fn class_of(frame: &Frame, [truth, prediction]: [usize; 2]) -> u32 {
    let sides = frame.labels("confusion_tools").len() + 2;
    class_of_cell(truth * sides + prediction)
}

/// The number by which a link knows a cell of the confusion matrix, whose cells are counted row by row.
#[must_use]
pub fn class_of_cell(cell: usize) -> u32 {
    (1 + REASONS + cell) as u32
}

/// A cell of the confusion in words.
fn taken_for(frame: &Frame, cell: [usize; 2]) -> String {
    let tools = frame.labels("confusion_tools");
    let [truth, prediction] =
        cell.map(|at| tools.get(at).map_or_else(|| side(at.saturating_sub(tools.len())), String::as_str));
    fill("taken_for", &[truth, prediction])
}

/// What is looked at, in words.
#[must_use]
pub fn looked_at(frame: &Frame) -> String {
    let sides = frame.labels("confusion_tools").len() + 2;
    match (frame.focus.class as usize).checked_sub(1) {
        None => say("fails_all").to_owned(),
        Some(at) if at < REASONS => {
            frame.labels("reason_names").get(at).map_or_else(String::new, |name| reason(name).to_owned())
        }
        Some(at) => taken_for(frame, [(at - REASONS) / sides, (at - REASONS) % sides]),
    }
}

/// What stands after the tools on an axis of the confusion.
fn side(at: usize) -> &'static str {
    text::chart(if at == 0 { "other_tool" } else { "no_call" })
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// Which sample, and why it fails.
    pub title: String,
    /// What the user says.
    pub said: String,
    /// What was called before, in the prompt.
    pub before: String,
    /// What should be written.
    pub truth: String,
    /// What is.
    pub prediction: String,
    /// The first difference.
    pub difference: String,
}

/// The cases of what is looked at.
#[must_use]
pub fn cases(frame: &Frame) -> Vec<Case> {
    let column = |name: &str, at: usize| frame.labels(name).get(at).cloned().unwrap_or_default();
    let case = |(at, id): (usize, &String)| {
        let why = frame.labels("case_reasons").get(at).map_or("", |name| reason(name));
        Case {
            title: if why.is_empty() { fill("case_is", &[id]) } else { fill("case_fails", &[id, why]) },
            said: column("case_said", at),
            before: column("case_before", at),
            truth: column("case_truth", at),
            prediction: column("case_predictions", at),
            difference: column("case_differences", at),
        }
    };
    frame.labels("case_ids").iter().enumerate().map(case).collect()
}

/// How many cases there are, and how many of them are shown.
#[must_use]
pub fn cases_note(frame: &Frame) -> String {
    let (shown, all) = (frame.labels("case_ids").len(), frame.scalar("cases").unwrap_or(0.0));
    match all as usize {
        0 => say("cases_none").to_owned(),
        all if all <= shown => fill("cases_all", &[&all.to_string()]),
        all => fill("cases_some", &[&shown.to_string(), &grouped(&all.to_string())]),
    }
}

/// What there is to tell of files.
#[must_use]
pub fn told(frame: &Frame) -> Vec<String> {
    frame.labels("told").to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Link;
    use crate::run::Focus;

    fn frame(fragment: &str) -> Frame {
        let mut run = crate::labs::start(&Link::parse(fragment).0.experiment).expect("a run");
        run.step(u64::MAX).expect("nothing diverges");
        run.frame(Focus::default())
    }

    #[test]
    fn data_are_shown_in_words() {
        let frame = frame("#v=1&lab=tool-use&seed=1&data.scenes=20&data.flaws=1");
        let frame: &DatasetFrame = frame.content().expect("a run that makes data");
        let (dropped, made, tools) = (dropped(frame), made(frame), tools(frame));
        assert_eq!(dropped.len(), 12);
        assert!(dropped.iter().all(|[why, line]| !why.is_empty() && !line.is_empty()), "{dropped:?}");
        assert_eq!(made.len(), 3, "one of each kind");
        assert!(made.iter().all(|made| made.prompt.contains("New input: ") && made.output.starts_with("Thought: ")));
        assert_eq!(tools.len(), 23);
        assert!(making(frame).starts_with("20 scenes, "), "{}", making(frame));
    }

    #[test]
    fn a_rate_has_its_interval_and_what_is_not_there_a_dash() {
        assert_eq!(rate(&[0.5, 0.25, 0.75]), "0.500 [0.25,\u{a0}0.75]");
        assert_eq!(rate(&[f32::NAN; 3]), "–");
    }

    #[test]
    fn every_reason_has_its_words_and_every_cell_its_number() {
        use crate::labs::tool_use::Reason;
        use crate::run::{Array, Labels};
        assert_eq!(Reason::ALL.len(), REASONS);
        assert!(Reason::ALL.iter().all(|why| !reason(why.name()).is_empty()));
        let mut reasons = vec![0.0; REASONS];
        reasons[3] = 2.0;
        let confusion = vec![4.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let labels = |name: &str, texts: Vec<String>| Labels { name: name.to_owned(), texts };
        let frame = Frame {
            arrays: vec![Array::new("reasons", &[REASONS], reasons), Array::new("confusion", &[3, 3], confusion)],
            labels: vec![
                labels("reason_names", Reason::ALL.iter().map(|why| why.name().to_owned()).collect()),
                labels("confusion_tools", vec!["Cut".to_owned()]),
            ],
            ..Frame::default()
        };
        let choices: Vec<(u32, String)> = choices(&frame).into_iter().map(|(class, name, _)| (class, name)).collect();
        let wanted = [(0, "every failure"), (4, "wrong tool"), (12, "Cut → no call")];
        assert_eq!(choices, wanted.map(|(class, name)| (class, name.to_owned())));
        for (class, name) in wanted {
            let frame = Frame { focus: Focus::on(class), ..frame.clone() };
            assert_eq!((looked_at(&frame).as_str(), cases_note(&frame).as_str()), (name, "There is no such case."));
        }
        // Also cells of what is right.
        assert_eq!(looked_at(&Frame { focus: Focus::on(class_of(&frame, [0, 0])), ..frame.clone() }), "Cut → Cut");
        let far = Frame { focus: Focus::on(u32::MAX), ..frame };
        assert!(looked_at(&far).ends_with("no call"), "no number is too large: {}", looked_at(&far));
    }
}
