//! The lab's run that tunes the student: adapters on the frozen base learn from samples, made or the reader's own, and every quarter
//! of the way, before the first step and after the last, the student replies to conversations it never saw, with the tools it is
//! taught and with others.
//!
//! What was found at each step is kept, so that every step can be shown again at once; the model itself stands at the furthest
//! step. A step is worked on sample by sample, and a reply token by token.

mod taught;

use super::evaluation::Evaluator;
use super::files::{Files, on_files};
use super::interval::interval;
use super::making::labels;
use super::records::{Record as Given, Records};
use super::sample::{Sample, Writer};
use super::scoring::Scoring;
use super::student::replies::{Judged, Part, Reply, observation};
use super::student::tuning::{Settings, Tuning};
use super::student::{Base, adapters};
use super::transcript::Transcript;
use crate::experiment::ConfigError;
use crate::experiment::own::Own;
use crate::experiment::tool_use::{LossOn, Targets, ToolUse, Tune};
use crate::json::Json;
use crate::labs::EngineTask;
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Measure, Record, Report, Run, RunError, Series,
    Verdict,
};
use crate::transformer::{Lora, LoraSettings, Target};
use std::sync::Arc;
use taught::Taught;
use xxhash_rust::xxh64::xxh64;

/// Adapters of the student are tuned, and judged.
pub const TASK: EngineTask = EngineTask {
    name: "tune",
    start: |experiment, library| {
        on_files(experiment, library, |settings, seed, files| Ok(Box::new(Learning::new(settings, seed, files)?)))
    },
};

/// Rounds of judgement besides the first.
const ROUNDS: u64 = 4;
/// Memory for adapters as they were at earlier steps, bytes.
const KEPT_BYTES: usize = 96 << 20;
/// Most tokens that are written before others may be heard.
const WRITTEN: usize = 16;
/// Kinds of tools by which the student is judged.
const KINDS: [&str; 2] = ["taught", "others"];
/// What is said of each kind: the paper's five metrics, then the strict score.
const RATES: [&str; 6] = ["thought", "action", "args", "success", "iou", "strict"];
/// The place of the success rate among them.
const SUCCESS: usize = 3;
/// What is claimed of the success rate of each kind at the end, and of the taught ones at the start; the paper's are 0.94, 0.91 and
/// 0.12 (docs/papers.md 3.5).
const AT_LEAST: [f64; 2] = [0.9, 0.7];
const AT_MOST: f64 = 0.15;

/// Replies to all conversations at one step.
#[derive(Clone, Debug)]
struct Round {
    step: u64,
    replies: Vec<Judged>,
}

impl Round {
    /// Each rate of a kind with its interval.
    fn rates(&self, kind: usize, of_kind: usize) -> [[f64; 3]; 6] {
        let replies = self.replies.iter().skip(kind * of_kind).take(of_kind);
        let (mut sums, mut n) = ([0.0; 6], 0);
        for reply in replies {
            let m = reply.metrics;
            let strict = f64::from(u8::from(reply.failure.is_none()));
            for (sum, value) in sums.iter_mut().zip([m.thought, m.action, m.args, m.success, m.iou, strict]) {
                *sum += value;
            }
            n += 1;
        }
        sums.map(|sum| interval(sum, n).map_or([f64::NAN; 3], |[low, high]| [sum / n as f64, low, high]))
    }
}

/// The run.
pub struct Learning {
    base: Arc<Base>,
    tuning: Tuning,
    reply: Reply,
    /// Conversations by which the student is judged: those of the taught tools, then as many of others.
    judged: Vec<Sample>,
    tools: [usize; 2],
    /// Samples that are longer than the base reads.
    too_long: usize,
    steps: u64,
    told: Vec<String>,
    /// Of each step done: the loss, positions worked on so far, and the digest.
    losses: Vec<f64>,
    tokens: Vec<u64>,
    digests: Vec<u64>,
    /// Adapters after every so many steps.
    kept: Vec<Vec<f32>>,
    stride: u64,
    /// Steps after which the student is judged, and what came of it.
    due: Vec<u64>,
    rounds: Vec<Round>,
    /// The round at work.
    open: Option<Round>,
    /// The last round as predictions that were scored, and at which step.
    scored: Option<(u64, Scoring)>,
    step_idx: u64,
}

/// Settings of adapters and of their tuning.
fn settings(tune: &Tune) -> Settings {
    use Target::{Down, Key, Out, Query, Up, Value};
    let targets = match tune.targets {
        Targets::Attention => vec![Query, Key, Value, Out],
        Targets::QueryValue => vec![Query, Value],
        Targets::All => vec![Query, Key, Value, Out, Up, Down],
    };
    let (rank, alpha, dropout) = (tune.rank as usize, tune.alpha as f32, tune.dropout as f32);
    Settings {
        lora: LoraSettings { rank, alpha, dropout, targets },
        rate: tune.rate as f32,
        batch: tune.batch as usize,
        steps: tune.steps.into(),
        on_prompt: tune.loss == LossOn::Everything,
    }
}

impl Learning {
    /// At step 0.
    ///
    /// # Errors
    /// When a file is not the one that was asked for, the base is not there, or no sample fits it.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let refuse = |what: String| ConfigError::Data { what };
        let base = files.base()?;
        let tune = &asked.tune;
        let Taught { rows, judged, tools, too_long, mut told } = Taught::new(asked, seed, files, &base)?;
        let learned = rows.len();
        let tuning = Tuning::new(&base, rows, settings(tune), seed).map_err(|error| refuse(error.to_string()))?;
        if learned + too_long < tune.samples as usize {
            told.push(format!(
                "tune.samples: {learned} of {} samples are learned from: there are no more",
                tune.samples
            ));
        }
        if too_long > 0 {
            told.push(format!("{too_long} samples are longer than the base reads and are left out"));
        }
        let adapters = tuning.model().lora().map_or(0, |lora| lora.params().len());
        let steps = u64::from(tune.steps);
        let mut due: Vec<u64> = (0..=ROUNDS).map(|round| steps * round / ROUNDS).collect();
        due.dedup();
        let mut learning = Self {
            reply: Reply::new(tuning.model()),
            base,
            judged,
            tools,
            too_long,
            steps,
            told,
            losses: Vec::new(),
            tokens: vec![0],
            digests: Vec::new(),
            kept: Vec::new(),
            stride: (steps + 1).div_ceil((KEPT_BYTES / (4 * adapters)).max(2) as u64),
            due,
            rounds: Vec::new(),
            open: None,
            scored: None,
            step_idx: 0,
            tuning,
        };
        learning.close();
        Ok(learning)
    }

    /// The furthest step that is done.
    fn furthest(&self) -> u64 {
        self.digests.len() as u64 - 1
    }

    /// Keeps what is known after a step.
    fn close(&mut self) {
        let step = self.digests.len() as u64;
        let params = self.tuning.model().lora().map_or(&[][..], Lora::params);
        let mut hash = xxh64(bytemuck::cast_slice(params), step);
        for reply in self.rounds.iter().flat_map(|round| &round.replies) {
            hash = xxh64(reply.output.as_bytes(), hash);
        }
        self.digests.push(hash);
        if step.is_multiple_of(self.stride) {
            self.kept.push(params.to_vec());
        }
    }

    /// A step is done, and shown.
    fn arrive(&mut self) -> bool {
        self.close();
        self.step_idx += 1;
        self.score();
        true
    }

    /// Whether a round is due once so many steps were taken.
    fn is_due(&self, taken: u64) -> bool {
        self.due.get(self.rounds.len()) == Some(&taken)
    }

    /// Works on the round at hand; whether it is done.
    fn judge(&mut self) -> bool {
        let Some(round) = &mut self.open else { return true };
        let sample = &self.judged[round.replies.len()];
        let (model, vocabulary) = (self.tuning.model(), &self.base.vocabulary);
        // What was said before is read in one part, and some tokens are written in another.
        for _ in 0..WRITTEN {
            match self.reply.part(model, vocabulary, &mut |_| ()) {
                Part::Called { call } => {
                    let back = observation(&Transcript::parse(&sample.output), call).to_owned();
                    self.reply.observe(vocabulary, &back);
                }
                Part::Over => {
                    round.replies.push(Judged::new(sample, self.reply.text(vocabulary)));
                    let Some(next) = self.judged.get(round.replies.len()) else {
                        self.rounds.extend(self.open.take());
                        return true;
                    };
                    self.reply.begin(vocabulary, &next.instruction);
                    return false;
                }
                Part::Read => return false,
                Part::Wrote { .. } => {}
            }
        }
        false
    }

    /// Opens a round if one is due; whether there is one at work.
    fn open_round(&mut self, taken: u64) -> bool {
        if self.open.is_none() && self.is_due(taken) {
            self.open = Some(Round { step: taken, replies: Vec::new() });
            self.reply.begin(&self.base.vocabulary, &self.judged[0].instruction);
        }
        self.open.is_some()
    }

    /// The last round up to the step shown.
    fn last(&self) -> Option<&Round> {
        self.rounds.iter().rev().find(|round| round.step <= self.step_idx && self.step_idx > 0)
    }

    /// The rounds up to the step shown.
    fn shown(&self) -> &[Round] {
        let count = self.rounds.iter().take_while(|round| round.step <= self.step_idx && self.step_idx > 0).count();
        &self.rounds[..count]
    }

    fn of_kind(&self) -> usize {
        self.judged.len() / 2
    }

    /// The last round up to the step shown, scored as a file of predictions is.
    fn score(&mut self) {
        let Some(step) = self.last().map(|round| round.step) else {
            self.scored = None;
            return;
        };
        if self.scored.as_ref().is_some_and(|(of, _)| *of == step) {
            return;
        }
        let (mut writer, mut text) = (Writer::default(), String::new());
        self.judged.iter().for_each(|sample| writer.write(sample, &mut text));
        writer.end(&mut text);
        let mut evaluator = Evaluator::default();
        Records::read(text.as_bytes(), &mut |record| evaluator.sample(&record)).expect("a list that was just written");
        let replies = self.last().map(|round| round.replies.as_slice()).unwrap_or_default();
        let record = |(number, reply): (u64, &Judged)| {
            let output = Json::Text(reply.output.clone());
            let fields = vec![("id".to_owned(), Json::Whole(number as i64)), ("output".to_owned(), output)];
            Given { number: number + 1, byte: 0, value: Json::Object(fields) }
        };
        let predictions = (0..).zip(replies).map(record).collect();
        let mut scoring = Scoring::of(Arc::new((Own::default(), evaluator)), Arc::new((Own::default(), predictions)));
        let _ = scoring.step(u64::MAX);
        self.scored = Some((step, scoring));
    }

    fn checks(&self) -> Vec<Check> {
        let is_over = self.step_idx == self.steps && self.shown().len() == self.due.len();
        let check = |claim: &str, value: f64, holds: bool| Check {
            claim: claim.to_owned(),
            verdict: match (value.is_nan(), holds) {
                (true, _) => Verdict::DoesNotApply("not_judged_yet".to_owned()),
                (_, true) => Verdict::Holds,
                _ => Verdict::Fails,
            },
            value,
        };
        let rate =
            |round: Option<&Round>, kind| round.map_or(f64::NAN, |round| round.rates(kind, self.of_kind())[SUCCESS][0]);
        let end = self.last().filter(|_| is_over);
        let [before, taught, others] = [rate(self.shown().first(), 0), rate(end, 0), rate(end, 1)];
        vec![
            check("untuned_fails", before, before <= AT_MOST),
            check("taught_learned", taught, taught >= AT_LEAST[0]),
            check("others_learned", others, others >= AT_LEAST[1]),
        ]
    }
}

impl Run for Learning {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn has_long_steps(&self) -> bool {
        true
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        let goal = self.step_idx.saturating_add(budget).min(self.steps);
        while self.step_idx < goal {
            self.part()?;
        }
        Ok(())
    }

    fn part(&mut self) -> Result<bool, RunError> {
        if self.step_idx < self.furthest() {
            self.step_idx += 1;
            self.score();
            return Ok(true);
        }
        let taken = self.tuning.step_idx();
        if self.open_round(taken) {
            // The first round comes before the first step, the others belong to the step after which they come.
            return Ok(self.judge() && taken > self.furthest() && self.arrive());
        }
        let Some(loss) = self.tuning.part() else { return Ok(false) };
        if !loss.is_finite() {
            return Err(RunError::Diverged { step: taken + 1, what: "the loss".to_owned() });
        }
        self.losses.push(loss);
        self.tokens.push(self.tuning.tokens());
        Ok(!self.is_due(taken + 1) && self.arrive())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let step = self.step_idx as usize;
        let shown = self.shown();
        let rates = shown.iter().flat_map(|round| (0..2).map(|kind| round.rates(kind, self.of_kind())));
        let rates: Vec<f32> = rates.flatten().flatten().map(|value| value as f32).collect();
        let at_work = self.open.as_ref().filter(|_| self.step_idx == self.furthest());
        let mut arrays = vec![
            Array::collect("recorded", &[step], &mut (1..=step).map(|step| step as f32)),
            Array::collect("loss", &[step], &mut self.losses[..step].iter().map(|loss| *loss as f32)),
            Array::collect("round_steps", &[shown.len()], &mut shown.iter().map(|round| round.step as f32)),
            Array::new("round_rates", &[shown.len(), 2, RATES.len(), 3], rates),
            Array::scalar("learned_tokens", self.tokens[step] as f32),
            Array::scalar("learned_samples", self.tuning.read(self.step_idx) as f32),
            Array::collect("student_tools", &[2], &mut self.tools.iter().map(|tools| *tools as f32)),
            Array::scalar("judging", at_work.map_or(f32::NAN, |round| round.replies.len() as f32)),
            Array::scalar("judged", self.judged.len() as f32),
        ];
        let mut all_labels = vec![labels("told", self.told.clone())];
        // Until something is scored there is nothing to choose from.
        let asked = focus;
        let mut focus = Focus { class: 0, ..asked };
        if let Some((_, scoring)) = &self.scored {
            let scored = scoring.frame(asked);
            focus = scored.focus;
            arrays.extend(scored.arrays);
            all_labels.extend(scored.labels.into_iter().filter(|labels| labels.name != "told"));
        }
        Frame {
            step: self.step_idx,
            steps: self.steps,
            focus,
            arrays,
            labels: all_labels,
            checks: self.checks(),
            ..Frame::default()
        }
    }

    fn report(&self) -> Report {
        let step = self.step_idx as usize;
        let samples = self.tuning.samples();
        let measure =
            |name: String, value: f64, unit: &str, better| Measure { name, value, unit: unit.to_owned(), better };
        let mut summary = vec![
            measure("samples".to_owned(), samples as f64, "", Direction::Neither),
            measure("too_long".to_owned(), self.too_long as f64, "", Direction::Neither),
            measure("tokens".to_owned(), self.tokens[step] as f64, "", Direction::Neither),
            measure(
                "loss".to_owned(),
                self.losses[..step].last().copied().unwrap_or(f64::NAN),
                "nats",
                Direction::Lower,
            ),
        ];
        let ends = [("before", self.shown().first()), ("after", self.last())];
        for (when, round) in ends {
            for (kind, name) in KINDS.iter().enumerate() {
                let rates = round.map_or([[f64::NAN; 3]; 6], |round| round.rates(kind, self.of_kind()));
                let rates = RATES.iter().zip(rates);
                for (rate, [value, low, high]) in rates.filter(|(rate, _)| ["success", "strict"].contains(rate)) {
                    for (end, value) in [("", value), ("_low", low), ("_high", high)] {
                        let better = if end.is_empty() { Direction::Higher } else { Direction::Neither };
                        summary.push(measure(format!("{name}_{when}_{rate}{end}"), value, "", better));
                    }
                }
            }
        }
        let series = vec![
            Series { name: "step".to_owned(), values: (1..=step).map(|step| step as f64).collect() },
            Series { name: "loss".to_owned(), values: self.losses[..step].to_vec() },
            Series { name: "tokens".to_owned(), values: self.tokens[1..=step].iter().map(|it| *it as f64).collect() },
        ];
        let reply = |(at, reply): (usize, &Judged)| Record {
            texts: vec![
                ("kind".to_owned(), KINDS[usize::from(at >= self.of_kind())].to_owned()),
                ("said".to_owned(), self.judged[at].user_input.clone().unwrap_or_default()),
                ("truth".to_owned(), self.judged[at].output.clone()),
                ("reply".to_owned(), reply.output.clone()),
                ("failure".to_owned(), reply.failure.as_ref().map_or("", |it| it.reason.name()).to_owned()),
            ],
            arrays: Vec::new(),
        };
        let replies = self.last().map(|round| round.replies.iter().enumerate().map(reply).collect());
        let round = |round: &Round| {
            let rates = |kind: usize| {
                let values = round.rates(kind, self.of_kind()).into_iter().flatten().map(|value| value as f32);
                Array::collect(KINDS[kind], &[RATES.len(), 3], &mut values.into_iter())
            };
            Record::from(vec![Array::scalar("step", round.step as f32), rates(0), rates(1)])
        };
        let details = vec![
            Detail { name: "rounds".to_owned(), records: self.shown().iter().map(round).collect() },
            Detail { name: "replies".to_owned(), records: replies.unwrap_or_default() },
        ];
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    /// The adapters of the last step up to the one shown whose adapters are kept.
    fn save(&self) -> Option<Vec<u8>> {
        let params = self.kept.get((self.step_idx / self.stride) as usize)?;
        let mut lora = self.tuning.model().lora()?.clone();
        lora.params_mut().copy_from_slice(params);
        Some(adapters::save(&self.base, &lora))
    }

    fn digest(&self) -> Digest {
        Digest(self.digests[self.step_idx as usize])
    }

    fn checkpoint(&self) -> Checkpoint {
        // What was found stays: a step is a place in it.
        Checkpoint::of(self.step_idx, &[])
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.step_idx = checkpoint.step_idx.min(self.furthest());
        self.score();
        let _ = self.step(checkpoint.step_idx - self.step_idx);
    }
}
