//! The lab's run that asks a student and watches it reply: a step for each token, with how sure the student was of it, what else
//! it could have been, and where it looked; then steps in which words that were said are left out, with what that does to the
//! choice of the first tool. Calls are answered by a [`Sandbox`].

mod question;
mod words;

use super::files::{Files, on_files};
use super::making::labels;
use super::sandbox::Outcome;
use super::student::lexicon::END;
use super::student::replies::{Part, Reply, observation};
use super::student::{Base, adapters};
use super::transcript::Transcript;
use crate::experiment::ConfigError;
use crate::experiment::tool_use::{Student, ToolUse};
use crate::labs::EngineTask;
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Measure, Record, Report, Run, RunError, Series,
    Verdict,
};
use crate::transformer::Model;
use question::Question;
use std::sync::Arc;
use words::{Choice, Words};
use xxhash_rust::xxh64::xxh64;

/// A student is asked.
pub const TASK: EngineTask = EngineTask {
    name: "probe",
    start: |experiment, library| {
        on_files(experiment, library, |settings, seed, files| Ok(Box::new(Probing::new(settings, seed, files)?)))
    },
};

/// Other tokens that are told of each place.
const OTHERS: usize = 5;

/// A token of the reply, or of what a tool gave back.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    /// The likeliest tokens, each with its probability, the one that was taken first; none of what a tool gave back.
    likeliest: Vec<(String, f32)>,
    /// Where it looked when it was written: of each layer the share of each part of the prompt.
    looked: Vec<f32>,
}

/// A call that was made after so many tokens.
#[derive(Clone, Debug)]
struct Called {
    after: usize,
    tool: String,
    input: String,
    outcome: Outcome,
}

/// The run.
pub struct Probing {
    base: Arc<Base>,
    model: Model,
    question: Question,
    tokens: Vec<Token>,
    calls: Vec<Called>,
    choice: Option<Choice>,
    words: Words,
    step_idx: u64,
}

impl Probing {
    /// At step 0. The whole reply is written at once, as its length is that of the run: less than a second.
    ///
    /// # Errors
    /// When a file is not the one that was asked for, the base is not there, or a tool is not known.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let base = files.base()?;
        let adapters = match asked.probe.student {
            Student::Untuned => None,
            Student::Tuned => Some(files.shipped()?),
            Student::Own => Some(Arc::new(files.adapters(&asked.adapters.own)?)),
        };
        let mut model = Model::with_params(base.config, 1, base.params.clone());
        if let Some(bytes) = adapters {
            let lora = adapters::load(&base, &bytes);
            model.attach(lora.map_err(|error| ConfigError::Data { what: error.to_string() })?);
        }
        let question = Question::new(asked, seed, files)?;
        let words = Words::new(&question, &asked.probe, seed);
        let (tokens, calls) = (Vec::new(), Vec::new());
        let mut probing = Self { base, model, question, tokens, calls, choice: None, words, step_idx: 0 };
        probing.reply();
        probing.look();
        if probing.tokens.is_empty() {
            let why = "the prompt is longer than the base reads, or the student says nothing";
            probing.question.told.push(why.to_owned());
        }
        Ok(probing)
    }

    /// Writes the whole reply.
    fn reply(&mut self) {
        let vocabulary = &self.base.vocabulary;
        let mut sandbox = self.question.sandbox();
        let truth = self.question.truth.as_deref().map(Transcript::parse);
        // A tool that the truth does not call has nothing to tell of it.
        let told = |call| truth.as_ref().map(|truth| observation(truth, call)).filter(|told| !told.is_empty());
        let mut reply = Reply::new(&self.model);
        reply.begin(vocabulary, &self.question.prompt);
        let mut likeliest = Vec::new();
        loop {
            let part = reply.part(&self.model, vocabulary, &mut |logits| likeliest = top(logits));
            match part {
                Part::Read => {}
                Part::Over => break,
                Part::Wrote { token } => {
                    let text = vocabulary.decode(&[token]);
                    // The end, and a byte that is no text alone, are named.
                    let name = |token: u32| match token {
                        END => "(end)".to_owned(),
                        0x80..=0xff => format!("\\x{token:02x}"),
                        _ => vocabulary.decode(&[token]),
                    };
                    let likeliest = likeliest.iter().map(|(token, p)| (name(*token), *p)).collect();
                    self.tokens.push(Token { text, likeliest, looked: Vec::new() });
                }
                Part::Called { call } => {
                    let text = reply.text(vocabulary);
                    let found = Transcript::parse(&text);
                    let [tool, input] =
                        [&found.actions, &found.inputs].map(|all| (*all.last().unwrap_or(&"")).to_owned());
                    let outcome = sandbox.call(&tool, &input, told(call));
                    reply.observe(vocabulary, &outcome.observation);
                    let mut tokens = Vec::new();
                    vocabulary.encode(&format!("{}\n", outcome.observation), &mut tokens);
                    self.calls.push(Called { after: self.tokens.len(), tool, input, outcome });
                    let given = tokens.iter().map(|token| vocabulary.decode(&[*token]));
                    self.tokens.extend(given.map(|text| Token { text, likeliest: Vec::new(), looked: Vec::new() }));
                }
            }
        }
        if let Some(cut) = reply.cut().filter(|_| !self.tokens.is_empty()) {
            self.question.told.push(cut.to_string());
        }
        let text = reply.text(vocabulary);
        if let (Some(at), Some(name)) = (text.find(ACTION), Transcript::parse(&text).actions.first()) {
            self.choice = Some(Choice::new(text[..at + ACTION.len()].trim_end(), name, &self.model));
        }
    }

    /// Works out where each token looked: one pass over the whole.
    fn look(&mut self) {
        let vocabulary = &self.base.vocabulary;
        let mut sequence = vec![END];
        vocabulary.encode(&self.question.prompt, &mut sequence);
        let first = sequence.len();
        // Which part each place of the sequence is of; the last but one is the reply, the last all else.
        let others = self.question.parts.len() + 1;
        let mut part_of = vec![others];
        let mut at = 0;
        for token in &sequence[1..] {
            let length = if *token < 256 { 1 } else { vocabulary.decode(&[*token]).len() };
            let middle = at + length / 2;
            let found =
                self.question.parts.iter().position(|(_, ranges)| ranges.iter().any(|range| range.contains(&middle)));
            part_of.push(found.unwrap_or(others));
            at += length;
        }
        let mut places = Vec::new();
        for (i, token) in self.tokens.iter().enumerate() {
            // The tokens again, as they were written: a text that is encoded anew might be cut elsewhere.
            let mut again = Vec::new();
            vocabulary.encode(&token.text, &mut again);
            if token.likeliest.is_empty() || again.len() == 1 {
                places.push((i, sequence.len()));
            }
            sequence.extend(again);
        }
        sequence.truncate(self.base.config.context);
        part_of.resize(sequence.len(), self.question.parts.len());
        let t = sequence.len();
        if t <= first {
            return;
        }
        self.model.logits(&sequence, t);
        let (heads, layers) = (self.base.config.heads, self.base.config.layers);
        let mut weights = vec![0.0; heads * t * t];
        let wide = self.question.parts.len() + 2;
        for l in 0..layers {
            self.model.attention(l, 0, &mut weights);
            for &(i, place) in places.iter().filter(|(_, place)| *place <= t) {
                let mut shares = vec![0.0_f32; wide];
                for head in 0..heads {
                    let row = &weights[(head * t + place - 1) * t..][..place];
                    row.iter().zip(&part_of).for_each(|(weight, part)| shares[*part] += weight / heads as f32);
                }
                self.tokens[i].looked.extend(shares);
            }
        }
    }

    /// Tokens up to the step shown, and steps that asked about words.
    fn shown(&self) -> [usize; 2] {
        let step = self.step_idx as usize;
        [step.min(self.tokens.len()), step.saturating_sub(self.tokens.len())]
    }
}

/// What comes before a tool's name.
const ACTION: &str = "\nAction: ";

/// The likeliest tokens with their probabilities.
fn top(logits: &[f32]) -> Vec<(u32, f32)> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = logits.iter().map(|logit| libm::exp(f64::from(logit - most))).sum();
    let mut order: Vec<u32> = (0..logits.len() as u32).collect();
    order.sort_by(|a, b| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b)));
    order.truncate(OTHERS);
    order.into_iter().map(|it| (it, (libm::exp(f64::from(logits[it as usize] - most)) / total) as f32)).collect()
}

impl Run for Probing {
    fn steps(&self) -> u64 {
        let words = if self.choice.is_some() { self.words.steps() } else { 0 };
        (self.tokens.len() + words).max(1) as u64
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn has_long_steps(&self) -> bool {
        self.step_idx as usize >= self.tokens.len()
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        self.step_idx += budget.min(self.steps() - self.step_idx);
        let [_, asked] = self.shown();
        let Self { base, model, question, words, .. } = self;
        if let Some(choice) = self.choice.as_mut().filter(|_| asked > 0) {
            words.ask(asked, &mut |said| choice.log_probability(&question.with(said), base, model));
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let [tokens, asked] = self.shown();
        let shown = &self.tokens[..tokens];
        let last = tokens.max(1) as u32;
        let class = if focus.class == 0 || focus.class > last { last } else { focus.class };
        let chosen = shown.get(class as usize - 1);
        let p = |token: &Token| token.likeliest.first().map_or(f32::NAN, |(_, p)| *p);
        let wide = self.question.parts.len() + 2;
        let looked = chosen.map(|token| token.looked.as_slice()).unwrap_or_default();
        let effects = self.words.effects(asked);
        let calls: Vec<&Called> = self.calls.iter().filter(|call| call.after <= tokens).collect();
        let mut boxes = Vec::new();
        let mut names = Vec::new();
        for (at, call) in calls.iter().enumerate() {
            for object in call.outcome.sketch.iter().flat_map(|sketch| &sketch.objects) {
                let look = call.outcome.sketch.as_ref().map_or(0, |sketch| sketch.look as u8);
                boxes.extend([at as f32, f32::from(look)]);
                boxes.extend(object.bounds.map(|it| it as f32));
                names.push(object.name.clone());
            }
        }
        let others = chosen.map(|token| token.likeliest.as_slice()).unwrap_or_default();
        let arrays = vec![
            Array::collect("reply_p", &[tokens], &mut shown.iter().map(p)),
            Array::scalar("reply_chosen", class as f32),
            Array::collect("other_p", &[others.len()], &mut others.iter().map(|(_, p)| *p)),
            Array::new("attended", &[looked.len() / wide, wide], looked.to_vec()),
            Array::collect("said_effect", &[effects.len()], &mut effects.iter().map(|it| *it as f32)),
            Array::collect("said_ends", &[2], &mut self.words.ends(asked).into_iter().map(|it| it as f32)),
            Array::scalar("said_asked", self.words.values(asked).len() as f32),
            Array::scalar("said_asks", (self.words.steps() + 1) as f32),
            Array::scalar("said_exact", f32::from(u8::from(self.words.is_exact()))),
            Array::new("sketch_boxes", &[boxes.len() / 6, 6], boxes),
        ];
        let mut parts: Vec<String> = self.question.parts.iter().map(|(name, _)| name.clone()).collect();
        parts.extend(["reply", "form"].map(str::to_owned));
        let texts = |of: &dyn Fn(&Called) -> String| calls.iter().map(|call| of(call)).collect::<Vec<_>>();
        let all_labels = vec![
            labels("reply_tokens", shown.iter().map(|token| token.text.clone()).collect()),
            labels("other_tokens", others.iter().map(|(text, _)| text.clone()).collect()),
            labels("attended_parts", parts),
            labels("said_words", self.words.texts()),
            labels("said_by", vec![self.words.by().to_owned()]),
            labels("chosen_tool", self.choice.iter().map(|choice| choice.tool.clone()).collect()),
            labels("probe_prompt", vec![self.question.prompt.clone()]),
            labels("call_tools", texts(&|call| call.tool.clone())),
            labels("call_inputs", texts(&|call| call.input.clone())),
            labels("call_observations", texts(&|call| call.outcome.observation.clone())),
            labels("sketch_names", names),
            labels("all_tools", self.question.catalogue.tools().iter().map(|tool| tool.name.clone()).collect()),
            labels("told", self.question.told.clone()),
        ];
        let is_over = tokens == self.tokens.len() && tokens > 0;
        let others = self.calls.iter().filter(|call| !self.question.lists(&call.tool)).count();
        let verdict = match (is_over, others) {
            (false, _) => Verdict::DoesNotApply("not_replied_yet".to_owned()),
            (_, 0) => Verdict::Holds,
            _ => Verdict::Fails,
        };
        let checks = vec![Check { claim: "calls_what_is_listed".to_owned(), verdict, value: others as f64 }];
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
        let [tokens, asked] = self.shown();
        let shown = &self.tokens[..tokens];
        let measure = |name: &str, value: f64| Measure {
            name: name.to_owned(),
            value,
            unit: String::new(),
            better: Direction::Neither,
        };
        let p = |token: &Token| token.likeliest.first().map_or(f64::NAN, |(_, p)| f64::from(*p));
        let written = shown.iter().filter(|token| !token.likeliest.is_empty()).count();
        let summary = vec![measure("tokens_written", written as f64), measure("calls", self.calls.len() as f64)];
        let series = vec![
            Series { name: "step".to_owned(), values: (1..=tokens).map(|step| step as f64).collect() },
            Series { name: "probability".to_owned(), values: shown.iter().map(p).collect() },
        ];
        let token = |token: &Token| Record { texts: vec![("text".to_owned(), token.text.clone())], arrays: Vec::new() };
        let call = |call: &Called| Record {
            texts: vec![
                ("tool".to_owned(), call.tool.clone()),
                ("input".to_owned(), call.input.clone()),
                ("observation".to_owned(), call.outcome.observation.clone()),
            ],
            arrays: Vec::new(),
        };
        let word = |(text, effect): (String, f64)| Record {
            texts: vec![("text".to_owned(), text)],
            arrays: vec![Array::scalar("effect", effect as f32)],
        };
        let words = self.words.texts().into_iter().zip(self.words.effects(asked));
        let details = vec![
            Detail { name: "tokens".to_owned(), records: shown.iter().map(token).collect() },
            Detail { name: "calls".to_owned(), records: self.calls.iter().map(call).collect() },
            Detail { name: "words".to_owned(), records: words.map(word).collect() },
        ];
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    fn digest(&self) -> Digest {
        let [tokens, asked] = self.shown();
        let mut hash = self.step_idx;
        for token in &self.tokens[..tokens] {
            hash = xxh64(token.text.as_bytes(), hash);
            for (_, p) in &token.likeliest {
                hash = xxh64(&p.to_bits().to_le_bytes(), hash);
            }
        }
        for value in self.words.values(asked) {
            hash = xxh64(&value.to_bits().to_le_bytes(), hash);
        }
        Digest(hash)
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
