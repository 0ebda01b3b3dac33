//! The lab's run that makes data: in each step the teacher answers on one scene, its lines are cleaned, and conversations made of
//! those that are left. Of each step it keeps what became of its lines, so that every step can be shown again; the samples
//! themselves are made anew when they are saved. The digest is that of the file that is saved.

use super::Catalogue;
use super::answers;
use super::files::{Files, on_files};
use super::frame::{DatasetFrame, Dropped, DroppedLine, Funnel, LatestSample, SampleKind, ToolCount};
use super::pipeline::{self, Made, Pipeline, Scenes, Settings};
use super::sample::{Sample, Writer};
use crate::experiment::ConfigError;
use crate::experiment::tool_use::{Form, Images, Teacher, ToolUse, Tools};
use crate::labs::EngineTask;
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Labels, Measure, Record, Report, Run, RunError,
    Series, Verdict,
};
use xxhash_rust::xxh64::Xxh64;

/// Data are made.
pub const TASK: EngineTask = EngineTask {
    name: "make-data",
    start: |experiment, library| {
        on_files(experiment, library, |settings, seed, files| Ok(Box::new(Making::new(settings, seed, files)?)))
    },
};

/// Dropped lines that a frame has.
const LINES: usize = 12;
/// Most characters of a line that are kept.
const LINE_CHARS: usize = 300;
/// Most characters of a prompt, and of an output, that a frame has.
const SAMPLE_CHARS: usize = 6000;

/// What a step came to, all steps before it included.
#[derive(Clone, Debug)]
struct Step {
    funnel: Funnel,
    /// Conversations of each tool.
    tools: Vec<u32>,
    /// Dropped lines.
    lines: usize,
    /// Samples whose prompt lists fewer than two or more than five tools or not those that are called; without tools but with a
    /// call.
    broken: [u64; 2],
    /// Bytes of the file, and its digest.
    bytes: u64,
    digest: u64,
    /// Of each kind of [`SampleKind::ALL`] the last sample that this step made.
    samples: [Option<LatestSample>; 3],
}

/// The run.
pub struct Making {
    settings: Settings,
    catalogue: Catalogue,
    scenes: Scenes,
    told: Vec<String>,
    pipeline: Pipeline,
    writer: Writer,
    hash: Xxh64,
    bytes: u64,
    /// What is known of each step, from step 0.
    found: Vec<Step>,
    /// Lines that were dropped.
    lines: Vec<DroppedLine>,
    step_idx: u64,
}

impl Making {
    /// At step 0.
    ///
    /// # Errors
    /// When a file is not the one that was asked for.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let (scenes, catalogue, told) = source(asked, seed, files)?;
        let form = match asked.data.form {
            Form::Training => pipeline::Form::Training,
            Form::Judged => pipeline::Form::Judged,
        };
        let settings = Settings {
            seed,
            flaws: asked.data.flaws as f32,
            negatives: asked.data.negatives as f32,
            form,
            ..Settings::default()
        };
        let pipeline = Pipeline::new(settings, catalogue.clone(), scenes.clone(), Vec::new());
        let mut making = Self {
            settings,
            catalogue,
            scenes,
            told,
            pipeline,
            writer: Writer::default(),
            hash: Xxh64::new(0),
            bytes: 0,
            found: Vec::new(),
            lines: Vec::new(),
            step_idx: 0,
        };
        making.close(vec![0; making.catalogue.tools().len()], [0; 2], [None, None, None]);
        Ok(making)
    }

    /// Keeps what is known after a step.
    fn close(&mut self, tools: Vec<u32>, broken: [u64; 2], samples: [Option<LatestSample>; 3]) {
        let (mut hash, mut end) = (self.hash.clone(), String::new());
        self.writer.end(&mut end);
        hash.update(end.as_bytes());
        self.found.push(Step {
            funnel: self.pipeline.funnel().clone(),
            tools,
            lines: self.lines.len(),
            broken,
            bytes: self.bytes + end.len() as u64,
            digest: hash.digest(),
            samples,
        });
    }

    /// Works on the next scene, unless what came of it is known.
    fn advance(&mut self) {
        self.step_idx += 1;
        if self.found.len() as u64 > self.step_idx {
            return;
        }
        let before = &self.found[self.found.len() - 1];
        let (mut tools, mut broken) = (before.tools.clone(), before.broken);
        let mut samples = [None, None, None];
        let (mut text, catalogue, lines, writer) = (String::new(), &self.catalogue, &mut self.lines, &mut self.writer);
        self.pipeline.step_by_line(&mut |made| match made {
            Made::Dropped { line, why } => {
                lines.push(DroppedLine { why, line: shortened(line, LINE_CHARS) });
            }
            Made::Sample { sample, tool, in_context } => {
                writer.write(&sample, &mut text);
                if let Some(tool) = tool {
                    tools[tool] += 1;
                }
                broken[0] += u64::from(!lists_tools(&sample, tool, catalogue));
                broken[1] += u64::from(tool.is_none() && sample.output.contains("Action:"));
                let kind = match (tool, in_context) {
                    (None, _) => SampleKind::Negative,
                    (Some(_), true) => SampleKind::InContext,
                    (Some(_), false) => SampleKind::SingleTurn,
                };
                let [prompt, output] = [&sample.instruction, &sample.output].map(|text| shortened(text, SAMPLE_CHARS));
                samples[kind as usize] = Some(LatestSample { kind, prompt, output });
            }
        });
        self.hash.update(text.as_bytes());
        self.bytes += text.len() as u64;
        self.close(tools, broken, samples);
    }

    fn now(&self) -> &Step {
        &self.found[self.step_idx as usize]
    }

    fn checks(&self) -> Vec<Check> {
        let now = self.now();
        let verdict = |is_any: bool, broken: u64| match (is_any, broken) {
            (false, _) => Verdict::DoesNotApply("no_samples_yet".to_owned()),
            (true, 0) => Verdict::Holds,
            _ => Verdict::Fails,
        };
        let check = |claim: &str, verdict, value: f64| Check { claim: claim.to_owned(), verdict, value };
        let kept = now.funnel.conversations as f64 / now.funnel.lines.max(1) as f64;
        let is_near = (0.5..=0.75).contains(&kept);
        let share = match (now.funnel.lines, is_near) {
            (0, _) => Verdict::DoesNotApply("no_samples_yet".to_owned()),
            (_, true) => Verdict::Holds,
            _ => Verdict::Fails,
        };
        vec![
            check("tools_listed", verdict(now.funnel.samples() > 0, now.broken[0]), now.broken[0] as f64),
            check("negatives_call_nothing", verdict(now.funnel.negative > 0, now.broken[1]), now.broken[1] as f64),
            check("lines_kept", share, kept),
        ]
    }
}

/// Scenes and tools that data are made of, with another teacher's answers where they are asked for, and what there is to tell of
/// its files.
///
/// # Errors
/// When a file is not the one that was asked for.
pub(super) fn source(
    asked: &ToolUse,
    seed: u64,
    files: &Files,
) -> Result<(Scenes, Catalogue, Vec<String>), ConfigError> {
    let (mut scenes, catalogue, mut told) = given(asked, seed, files)?;
    if asked.data.teacher == Teacher::Own {
        let answers = files.answers(&asked.answers.own)?;
        let found = answers.1.answered(&scenes, seed, &catalogue, &mut told);
        scenes = found.map_err(|error| ConfigError::Data { what: format!("answers: {error}") })?;
    }
    Ok((scenes, catalogue, told))
}

/// The scenes and tools of an experiment, and what there is to tell of its files.
///
/// # Errors
/// When a file is not the one that was asked for.
pub(super) fn given(
    asked: &ToolUse,
    seed: u64,
    files: &Files,
) -> Result<(Scenes, Catalogue, Vec<String>), ConfigError> {
    let (scenes, told) = match asked.data.images {
        Images::Drawn => (Scenes::Drawn(asked.data.scenes.into()), Vec::new()),
        Images::Own => {
            let (mut scenes, told) = files.scenes(&asked.captions.own, seed)?;
            scenes.truncate(asked.data.scenes as usize);
            (Scenes::Given(scenes), told)
        }
    };
    Ok((scenes, catalogue(asked, files)?, told))
}

/// The tools of an experiment.
///
/// # Errors
/// When the file is not the one that was asked for.
pub(super) fn catalogue(asked: &ToolUse, files: &Files) -> Result<Catalogue, ConfigError> {
    match asked.data.tools {
        Tools::Seen => Ok(Catalogue::seen()),
        Tools::Unseen => Ok(Catalogue::unseen()),
        Tools::Own => files.tools(&asked.tools.own),
    }
}

/// What a teacher is told of each scene of an experiment, with its id.
///
/// # Errors
/// When a file is not the one that was asked for.
pub fn prompts(asked: &ToolUse, seed: u64, files: &Files) -> Result<Vec<(String, String)>, ConfigError> {
    let (scenes, catalogue, _) = given(asked, seed, files)?;
    Ok(answers::prompts(&scenes, seed, &catalogue).map(|prompt| (prompt.id, prompt.text)).collect())
}

/// Whether a prompt lists two to five tools, or as many as are needed or there, and the one that is called at last among them.
fn lists_tools(sample: &Sample, tool: Option<usize>, catalogue: &Catalogue) -> bool {
    let listed: Vec<&str> = sample.instruction.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    let [least, most] = super::conversation::TOOLS.map(|count| count as usize);
    let chain = tool.map_or(0, |tool| catalogue.chain(tool).len());
    let within = listed.len() >= least.min(catalogue.tools().len()) && listed.len() <= most.max(chain);
    let is_there = |tool: usize| {
        let name = &catalogue.tools()[tool].name;
        listed.iter().any(|line| line.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(": ")))
    };
    within && tool.is_none_or(|tool| catalogue.chain(tool).into_iter().all(is_there))
}

/// A text with at most so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Names along an axis.
pub(super) fn labels(name: &str, texts: Vec<String>) -> Labels {
    Labels { name: name.to_owned(), texts }
}

impl Run for Making {
    fn steps(&self) -> u64 {
        self.pipeline.scenes()
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps() - self.step_idx) {
            self.advance();
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let now = self.now();
        let dropped = self.lines[..now.lines].iter().rev().take(LINES).cloned().collect();
        let tools = self.catalogue.tools().iter().zip(&now.tools);
        let tools = tools.map(|(tool, count)| ToolCount { name: tool.name.clone(), conversations: *count }).collect();
        // Of each kind the latest up to here.
        let known = &self.found[..=self.step_idx as usize];
        let latest = |kind: SampleKind| known.iter().rev().find_map(|step| step.samples[kind as usize].clone());
        let latest = SampleKind::ALL.into_iter().filter_map(latest).collect();
        let content = DatasetFrame {
            funnel: now.funnel.clone(),
            file_bytes: now.bytes,
            dropped,
            tools,
            latest,
            warnings: self.told.clone(),
        };
        // There is nothing to choose from.
        let focus = Focus { class: 0, ..focus };
        let (step, steps, checks) = (self.step_idx, self.steps(), self.checks());
        Frame { step, steps, focus, checks, content: content.into(), ..Frame::default() }
    }

    fn report(&self) -> Report {
        let known = &self.found[..=self.step_idx as usize];
        let column = |name: &str, of: &dyn Fn(&Step) -> u64| Series {
            name: name.to_owned(),
            values: known.iter().map(|step| of(step) as f64).collect(),
        };
        let mut series = vec![
            Series { name: "step".to_owned(), values: (0..known.len()).map(|step| step as f64).collect() },
            column("lines", &|step| step.funnel.lines),
        ];
        for (at, why) in Dropped::ALL.iter().enumerate() {
            series.push(column(&format!("dropped_{}", why.name()), &|step| step.funnel.dropped[at]));
        }
        series.push(column("conversations", &|step| step.funnel.conversations));
        series.push(column("single_turn", &|step| step.funnel.single_turn));
        series.push(column("context", &|step| step.funnel.context));
        series.push(column("negative", &|step| step.funnel.negative));
        let now = self.now();
        let measure = |name: &str, value: f64, unit: &str| Measure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            better: Direction::Neither,
        };
        let dropped: u64 = now.funnel.dropped.iter().sum();
        let summary = vec![
            measure("scenes", now.funnel.scenes as f64, ""),
            measure("lines", now.funnel.lines as f64, ""),
            measure("dropped", dropped as f64, ""),
            measure("conversations", now.funnel.conversations as f64, ""),
            measure("single_turn", now.funnel.single_turn as f64, ""),
            measure("context", now.funnel.context as f64, ""),
            measure("negative", now.funnel.negative as f64, ""),
            measure("samples_made", now.funnel.samples() as f64, ""),
            measure("file_bytes", now.bytes as f64, "bytes"),
        ];
        let tool = |(tool, count): (&super::catalogue::Tool, &u32)| Record {
            texts: vec![("name".to_owned(), tool.name.clone())],
            arrays: vec![Array::scalar("conversations", *count as f32)],
        };
        let records = self.catalogue.tools().iter().zip(&now.tools).map(tool).collect();
        let dropped = |DroppedLine { why, line }: &DroppedLine| Record {
            texts: vec![("why".to_owned(), why.name().to_owned()), ("line".to_owned(), line.clone())],
            arrays: Vec::new(),
        };
        let details = vec![
            Detail { name: "tools".to_owned(), records },
            Detail { name: "dropped_lines".to_owned(), records: self.lines[..now.lines].iter().map(dropped).collect() },
        ];
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    /// The samples up to the current step, as GPT4Tools' JSON.
    fn save(&self) -> Option<Vec<u8>> {
        let mut pipeline = Pipeline::new(self.settings, self.catalogue.clone(), self.scenes.clone(), Vec::new());
        let (mut writer, mut text) = (Writer::default(), String::with_capacity(self.now().bytes as usize));
        for _ in 0..self.step_idx {
            pipeline.step(&mut |sample| writer.write(&sample, &mut text));
        }
        writer.end(&mut text);
        Some(text.into_bytes())
    }

    fn digest(&self) -> Digest {
        Digest(self.now().digest)
    }

    fn checkpoint(&self) -> Checkpoint {
        // What was found stays: a step is a place in it.
        Checkpoint::of(self.step_idx, &[])
    }

    fn restore(&mut self, checkpoint: &Checkpoint) {
        self.step_idx = checkpoint.step_idx.min(self.found.len() as u64 - 1);
        while self.step_idx < checkpoint.step_idx.min(self.steps()) {
            self.advance();
        }
    }
}
