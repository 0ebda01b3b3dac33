//! The lab's run that scores a file of predictions by a file of samples, some hundreds of predictions in each step. What came of
//! each prediction is kept, so that every step can be shown again.

use super::evaluation::{Evaluation, Evaluator, Item, Kept, Means, Missing};
use super::files::{Files, on_files};
use super::interval::interval;
use super::making::{labels, shortened};
use super::metrics::Metrics;
use super::records::Record as Given;
use super::sample::{Id, Prediction};
use super::strict::{Failure, Reason};
use super::transcript::Transcript;
use crate::experiment::ConfigError;
use crate::experiment::own::Own;
use crate::experiment::tool_use::{MOST_CONFUSED, REASONS, ToolUse};
use crate::labs::EngineTask;
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Record, Report, Run, RunError,
    Series, Verdict,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Predictions are scored.
pub const TASK: EngineTask = EngineTask {
    name: "score",
    start: |experiment, library| {
        on_files(experiment, library, |settings, _, files| Ok(Box::new(Scoring::new(settings, files)?)))
    },
};

/// Predictions scored in a step: some hundredths of a second.
const A_STEP: usize = 200;
/// Cases that a frame has.
const CASES: usize = 20;
/// Most characters of a text of a case.
const CASE_CHARS: usize = 1500;
/// Most tools that have a row of their own: those that samples ask for most.
const TOOLS: usize = MOST_CONFUSED as usize;
/// All failures, before those of each reason and those of each cell, as a focus counts them.
const ALL: u32 = 0;

const _: () = assert!(Reason::ALL.len() == REASONS as usize, "links count the reasons");

/// The run.
pub struct Scoring {
    truth: Arc<(Own, Evaluator)>,
    predictions: Arc<(Own, Vec<Given>)>,
    /// The tools that samples ask for, by name.
    tools: Vec<String>,
    /// What came of each prediction so far.
    looked: Vec<Result<(usize, Item), String>>,
    step_idx: u64,
}

impl Scoring {
    /// At step 0.
    ///
    /// # Errors
    /// When a file is not the one that was asked for.
    pub fn new(asked: &ToolUse, files: &Files) -> Result<Self, ConfigError> {
        Ok(Self::of(files.truth(&asked.truth.own)?, files.predictions(&asked.predictions.own)?))
    }

    /// On samples and predictions.
    pub(super) fn of(truth: Arc<(Own, Evaluator)>, predictions: Arc<(Own, Vec<Given>)>) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for place in 0..truth.1.samples() {
            for action in Transcript::parse(&truth.1.sample_at(place).output).actions {
                *counts.entry(action).or_default() += 1;
            }
        }
        let mut by_count: Vec<(&str, usize)> = counts.into_iter().collect();
        by_count.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
        by_count.truncate(TOOLS);
        let mut tools: Vec<String> = by_count.into_iter().map(|(name, _)| name.to_owned()).collect();
        tools.sort();
        Self { truth, predictions, tools, looked: Vec::new(), step_idx: 0 }
    }

    /// Predictions that were scored up to the step shown.
    fn seen(&self) -> usize {
        (self.step_idx as usize * A_STEP).min(self.predictions.1.len())
    }

    /// What came of the predictions up to the step shown; those that are still to come are not missing.
    fn evaluation(&self) -> Evaluation {
        let mut kept = Kept::default();
        for (record, looked) in self.predictions.1.iter().zip(&self.looked).take(self.seen()) {
            kept.keep(record, looked.clone());
        }
        let mut found = kept.end(&self.truth.1);
        if self.step_idx < self.steps() {
            found.missing.clear();
        }
        found
    }

    /// The place of a tool on both axes of the confusion: after the known ones come all others, then none.
    fn place(&self, name: Option<&str>) -> usize {
        let Some(name) = name else { return self.tools.len() + 1 };
        self.tools.iter().position(|tool| tool == name).unwrap_or(self.tools.len())
    }

    fn sides(&self) -> usize {
        self.tools.len() + 2
    }

    /// The cells of the confusion that a prediction is in.
    fn cells(&self, item: &Item) -> Vec<usize> {
        let cell = |step: &super::evaluation::Step| {
            self.place(step.truth.as_deref()) * self.sides() + self.place(step.prediction.as_deref())
        };
        item.steps.iter().map(cell).collect()
    }

    fn is_in(&self, item: &Item, class: u32) -> bool {
        let reasons = Reason::ALL.len() as u32;
        match class {
            ALL => item.failure.is_some(),
            class if class <= reasons => {
                item.failure.as_ref().is_some_and(|failure| failure.reason == Reason::ALL[class as usize - 1])
            }
            class => self.cells(item).contains(&((class - reasons - 1) as usize)),
        }
    }

    /// The cases of what is looked at, samples without a prediction after all others.
    fn cases(&self, class: u32, missing: &[Missing], labels: &mut Vec<Labels>) -> f32 {
        // Of predictions of one sample the last counts.
        let mut latest: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, looked) in self.looked.iter().take(self.seen()).enumerate() {
            if let Ok((place, _)) = looked {
                latest.insert(*place, at);
            }
        }
        let mut columns: [Vec<String>; 7] = Default::default();
        let mut count = 0;
        let mut show = |place: usize, id: &Id, failure: Option<&Failure>, at: Option<usize>| {
            count += 1;
            if columns[0].len() == CASES {
                return;
            }
            let sample = self.truth.1.sample_at(place);
            let asked = sample.instruction.rsplit_once("New input: ").map_or("", |(_, asked)| asked);
            let said = sample.user_input.as_deref().unwrap_or(asked.lines().next().unwrap_or_default());
            // Of a sample in a context: the calls that its prompt ends with.
            let before = asked.find("\nAction: ").map_or("", |at| asked[at..].trim_ascii());
            let record = at.map(|at| &self.predictions.1[at].value);
            let written = record.and_then(|record| Some(Prediction::read(record).ok()?.output)).unwrap_or_default();
            let written = super::evaluation::after_echo(&written, &sample.instruction);
            let unasked = if at.is_none() { Reason::Missing.name() } else { "" };
            let reason = failure.map_or(unasked, |failure| failure.reason.name());
            let difference = failure.map_or_else(String::new, ToString::to_string);
            let texts = [&id.to_string(), reason, said, before, &sample.output, written, &difference];
            for (column, text) in columns.iter_mut().zip(texts) {
                column.push(shortened(text, CASE_CHARS));
            }
        };
        for (place, at) in latest {
            if let Some(Ok((_, item))) = self.looked.get(at)
                && self.is_in(item, class)
            {
                show(place, &item.id, item.failure.as_ref(), Some(at));
            }
        }
        if class == ALL || class.checked_sub(1).and_then(|at| Reason::ALL.get(at as usize)) == Some(&Reason::Missing) {
            missing.iter().for_each(|missing| show(missing.place, &missing.id, None, None));
        }
        let names = [
            "case_ids",
            "case_reasons",
            "case_said",
            "case_before",
            "case_truth",
            "case_predictions",
            "case_differences",
        ];
        labels.extend(names.into_iter().zip(columns).map(|(name, texts)| self::labels(name, texts)));
        count as f32
    }
}

/// A rate with its interval; NaN where there is none.
fn rate(sum: f64, n: u64) -> [f64; 3] {
    interval(sum, n).map_or([f64::NAN; 3], |[low, high]| [sum / n as f64, low, high])
}

/// The paper's metrics and the strict score, each with its interval; `missing` samples fail the strict one.
fn rates(means: &Means, missing: u64) -> Vec<[f64; 3]> {
    let strict = rate(means.strict as f64, means.n + missing);
    let Some((values, intervals)) = means.means().zip(means.intervals()) else {
        return vec![[f64::NAN; 3]; 5].into_iter().chain([strict]).collect();
    };
    values.into_iter().zip(intervals).map(|(value, [low, high])| [value, low, high]).chain([strict]).collect()
}

fn flat(name: &str, rows: &[Vec<[f64; 3]>], columns: usize) -> Array {
    let values = rows.iter().flatten().flatten().map(|value| *value as f32);
    Array::collect(name, &[rows.len(), columns, 3], &mut values.into_iter())
}

impl Run for Scoring {
    fn steps(&self) -> u64 {
        self.predictions.1.len().div_ceil(A_STEP) as u64
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        self.step_idx += budget.min(self.steps() - self.step_idx);
        let seen = self.seen();
        for at in self.looked.len()..seen {
            self.looked.push(self.truth.1.look(&self.predictions.1[at]));
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let found = self.evaluation();
        let all = found.means();
        let missing = found.missing.len() as u64;
        let mut rows = vec![rates(&all, missing)];
        let mut sizes = vec![all.n as f32];
        let mut names = vec!["all".to_owned()];
        for (kind, means) in found.kinds() {
            names.push(kind.name().to_owned());
            sizes.push(means.n as f32);
            rows.push(rates(&means, found.missing_of(kind)));
        }
        let tools = found.tools();
        let tools = &tools[..tools.len().min(TOOLS)];
        let of_tools: Vec<Vec<[f64; 3]>> = tools
            .iter()
            .map(|tool| {
                vec![
                    rate(tool.named as f64, tool.calls),
                    rate(tool.args, tool.calls),
                    rate(tool.successes as f64, tool.n),
                ]
            })
            .collect();
        let sides = self.sides();
        let mut confusion = vec![0.0_f32; sides * sides];
        for row in found.confusion() {
            confusion[self.place(row.truth.as_deref()) * sides + self.place(row.prediction.as_deref())] +=
                row.count as f32;
        }
        let reasons = found.failures();
        let last = (Reason::ALL.len() + sides * sides) as u32;
        let class = focus.class.min(last);
        let mut all_labels = vec![
            labels("rate_rows", names),
            labels("rate_tools", tools.iter().map(|tool| tool.name.clone()).collect()),
            labels("confusion_tools", self.tools.clone()),
            labels("reason_names", reasons.iter().map(|(reason, _)| reason.name().to_owned()).collect()),
            labels("told", found.told.clone()),
        ];
        let cases = self.cases(class, &found.missing, &mut all_labels);
        let arrays = vec![
            flat("rates", &rows, 6),
            Array::new("rate_sizes", &[sizes.len()], sizes),
            flat("tool_rates", &of_tools, 3),
            Array::collect(
                "tool_sizes",
                &[tools.len(), 2],
                &mut tools.iter().flat_map(|tool| [tool.calls as f32, tool.n as f32]),
            ),
            Array::new("confusion", &[sides, sides], confusion),
            Array::collect("reasons", &[reasons.len()], &mut reasons.iter().map(|(_, count)| *count as f32)),
            Array::scalar("cases", cases),
            Array::scalar("predictions", self.seen() as f32),
            Array::scalar("samples", self.truth.1.samples() as f32),
            Array::scalar("missing", missing as f32),
            Array::scalar("skipped", found.skipped as f32),
            Array::scalar("duplicates", found.duplicates as f32),
            Array::scalar("uncut", found.uncut as f32),
        ];
        let exceeds = |Metrics { thought, action, success, .. }: &Metrics| *success > f64::min(*thought, *action);
        let above = found.items.iter().filter(|item| exceeds(&item.metrics)).count();
        let lenient = all.means().map_or(f64::NAN, |means| means[3] - all.strict as f64 / all.n as f64);
        let verdict = |holds: bool| match (all.n, holds) {
            (0, _) => Verdict::DoesNotApply("nothing_scored_yet".to_owned()),
            (_, true) => Verdict::Holds,
            _ => Verdict::Fails,
        };
        let check = |claim: &str, holds, value| Check { claim: claim.to_owned(), verdict: verdict(holds), value };
        let checks = vec![
            check("success_bounded", above == 0, above as f64),
            check("paper_is_lenient", lenient >= 0.0, lenient),
        ];
        Frame {
            step: self.step_idx,
            steps: self.steps(),
            focus: Focus { class, ..focus },
            arrays,
            labels: all_labels,
            checks,
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let found = self.evaluation();
        let (all, missing) = (found.means(), found.missing.len() as u64);
        let mut summary = Vec::new();
        let names = Means::NAMES.iter().copied().chain(["strict"]);
        for (name, [value, low, high]) in names.zip(rates(&all, missing)) {
            for (end, value) in [("", value), ("_low", low), ("_high", high)] {
                let (name, unit) = (format!("{name}{end}"), String::new());
                let better = if end.is_empty() { Direction::Higher } else { Direction::Neither };
                summary.push(Measure { name, value, unit, better });
            }
        }
        let counts =
            [("scored", all.n), ("missing", missing), ("skipped", found.skipped), ("duplicates", found.duplicates)];
        for (name, count) in counts {
            let (name, value, unit) = (name.to_owned(), count as f64, String::new());
            summary.push(Measure { name, value, unit, better: Direction::Neither });
        }
        let column = |name: &str, of: &dyn Fn(&Item) -> f64| Series {
            name: name.to_owned(),
            values: found.items.iter().map(of).collect(),
        };
        let step = Series { name: "step".to_owned(), values: (1..=found.items.len()).map(|at| at as f64).collect() };
        let series = vec![
            step,
            column("thought", &|item| item.metrics.thought),
            column("action", &|item| item.metrics.action),
            column("args", &|item| item.metrics.args),
            column("success", &|item| item.metrics.success),
            column("iou", &|item| item.metrics.iou),
            column("strict", &|item| f64::from(u8::from(item.failure.is_none()))),
        ];
        let item = |item: &Item| Record {
            texts: vec![
                ("id".to_owned(), item.id.to_string()),
                ("kind".to_owned(), item.kind.name().to_owned()),
                ("failure".to_owned(), item.failure.as_ref().map_or("", |it| it.reason.name()).to_owned()),
            ],
            arrays: Vec::new(),
        };
        let details = vec![Detail { name: "items".to_owned(), records: found.items.iter().map(item).collect() }];
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    fn digest(&self) -> Digest {
        let mut bytes = Vec::new();
        for looked in self.looked.iter().take(self.seen()) {
            let Ok((place, item)) = looked else {
                bytes.push(0);
                continue;
            };
            let Metrics { thought, action, args, success, iou } = item.metrics;
            bytes.extend((*place as u64).to_le_bytes());
            bytes.extend([thought, action, args, success, iou].iter().flat_map(|value| value.to_le_bytes()));
            let reason = item.failure.as_ref().map(|failure| failure.reason);
            bytes.push(
                reason.and_then(|it| Reason::ALL.iter().position(|other| *other == it)).map_or(255, |at| at as u8),
            );
        }
        Digest(xxhash_rust::xxh64::xxh64(&bytes, self.step_idx))
    }

    fn checkpoint(&self) -> Checkpoint {
        // What was found stays: a step is a place in it.
        Checkpoint::of(self.step_idx, &[])
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.step_idx = 0;
        let _ = self.step(checkpoint.step_idx);
    }
}
