//! The lab's run that asks a student and watches it reply: a step for each token, with how sure the student was of it, what else
//! it could have been, and where it looked; then a step for each word that was said, left out, with what that does to the choice
//! of the first tool. Calls are answered by a [`Sandbox`].

use super::catalogue::{Catalogue, Tool};
use super::conversation::compose;
use super::files::Files;
use super::making::{self, labels};
use super::pipeline::{Form, Settings as Data};
use super::sandbox::{Outcome, Sandbox};
use super::scene::Scene;
use super::student::lexicon::END;
use super::student::replies::{Part, Reply, observation};
use super::student::{Base, adapters, data};
use super::transcript::Transcript;
use crate::experiment::ConfigError;
use crate::experiment::setting::shorten;
use crate::experiment::tool_use::{Student, ToolUse};
use crate::random::{Purpose, Random};
use crate::run::{
    Array, Check, Checkpoint, Detail, Digest, Direction, Focus, Frame, Measure, Record, Report, Run, RunError, Series,
    Verdict,
};
use crate::transformer::{Batch, Model};
use core::ops::Range;
use std::sync::Arc;
use xxhash_rust::xxh64::xxh64;

/// Other tokens that are told of each place.
const OTHERS: usize = 5;
/// Most tools that a prompt of one's own lists.
const MOST_TOOLS: usize = 8;

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
    prompt: String,
    image: Option<[String; 2]>,
    said: String,
    /// Parts of the prompt that are told apart: names, and bytes.
    parts: Vec<(String, Vec<Range<usize>>)>,
    tokens: Vec<Token>,
    calls: Vec<Called>,
    /// The reply up to the name of the first tool, and the name.
    choice: Option<(String, String)>,
    /// Words of what was said, and where they are in it.
    words: Vec<Range<usize>>,
    /// Log-probability of the choice as it was, then without each word.
    scores: Vec<f64>,
    /// Names of all tools that a prompt may list.
    names: Vec<String>,
    told: Vec<String>,
    step_idx: u64,
}

impl Probing {
    /// At step 0. The whole reply is written at once, as its length is that of the run: less than a second.
    ///
    /// # Errors
    /// When a file is not the one that was asked for, the base is not there, a tool is not known, or the prompt does not fit.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let refuse = |what: String| ConfigError::Data { what };
        let base = files.base()?;
        let mut model = Model::with_params(base.config, 1, base.params.clone());
        let adapters = match asked.probe.student {
            Student::Untuned => None,
            Student::Tuned => Some(files.shipped()?),
            Student::Own => Some(Arc::new(files.adapters(&asked.adapters.own)?)),
        };
        if let Some(bytes) = adapters {
            model.attach(adapters::load(&base, &bytes).map_err(|error| refuse(error.to_string()))?);
        }
        let (_, catalogue, told) = making::given(asked, seed, files)?;
        let settings = Data { seed, flaws: 0.0, form: Form::Judged, negatives: asked.data.negatives as f32 };
        let sample = data::one(settings, &catalogue, asked.probe.conversation)
            .ok_or_else(|| refuse("probe.conversation: nothing can be said with these tools".to_owned()))?;
        let image = sample.filename.clone().zip(sample.caption.clone()).filter(|(name, _)| !name.is_empty());
        let image = image.map(|(name, caption)| [name, caption]);
        let is_own = !asked.probe.said.trim().is_empty() || !asked.probe.tools.trim().is_empty();
        let said = match asked.probe.said.trim() {
            "" => sample.user_input.clone().unwrap_or_default(),
            own => own.to_owned(),
        };
        let all = [catalogue.clone(), Catalogue::seen(), Catalogue::unseen()];
        let find = |name: &str| all.iter().find_map(|tools| tools.find(name).map(|at| &tools.tools()[at]));
        let listed: Vec<&str> = match asked.probe.tools.trim() {
            "" => sample.instruction.lines().filter_map(|line| line.strip_prefix("> ")?.split(": ").next()).collect(),
            own => own.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        };
        let mut tools: Vec<&Tool> = Vec::new();
        for name in &listed {
            let tool = find(name).ok_or_else(|| {
                refuse(format!(
                    "probe.tools: {} is no tool of this lab, names are written as they are listed",
                    shorten(name)
                ))
            })?;
            if !tools.iter().any(|known| known.name == tool.name) {
                tools.push(tool);
            }
        }
        if tools.is_empty() || tools.len() > MOST_TOOLS {
            return Err(refuse(format!("probe.tools: {} tools, expected 1 to {MOST_TOOLS}", tools.len())));
        }
        // An image is needed for what is said of one.
        let image = image.or_else(|| {
            let mut random = Random::new(seed, Purpose::Sample, 1);
            let caption = Scene::draw(&mut random).caption;
            is_own.then(|| [super::clean::file_name(&mut random), caption])
        });
        let prompt = if is_own { compose(&said, image.as_ref(), &tools) } else { sample.instruction.clone() };
        let parts = parts(&prompt, &said, image.as_ref(), &tools);
        let truth = Transcript::parse(&sample.output);
        let caption = image.as_ref().map_or("", |[_, caption]| caption);
        let scene = Scene::of_caption(caption, &mut Random::new(seed, Purpose::Sample, 2));
        let file = image.as_ref().map_or("", |[name, _]| name);
        let known = tools.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>();
        let all = of_all(&all);
        let names = all.tools().iter().map(|tool| tool.name.clone()).collect();
        let mut sandbox = Sandbox::new(all.clone(), file, &scene, seed);
        let mut probing = Self {
            words: words(&said),
            base,
            model,
            prompt,
            image,
            said,
            parts,
            tokens: Vec::new(),
            calls: Vec::new(),
            choice: None,
            scores: Vec::new(),
            names,
            told,
            step_idx: 0,
        };
        probing.reply(&mut sandbox, &mut |call| (!is_own).then(|| observation(&truth, call).to_owned()));
        probing.look();
        if probing.tokens.is_empty() {
            probing.told.push("the prompt is longer than the base reads, or the student says nothing".to_owned());
        }
        if let Some((_, name)) = &probing.choice
            && !known.contains(name)
        {
            probing.told.push(format!("{} is none of the tools that are listed", shorten(name)));
        }
        Ok(probing)
    }

    /// Writes the whole reply.
    fn reply(&mut self, sandbox: &mut Sandbox, told: &mut dyn FnMut(usize) -> Option<String>) {
        let vocabulary = &self.base.vocabulary;
        let mut reply = Reply::new(&self.model);
        reply.begin(vocabulary, &self.prompt);
        let mut likeliest = Vec::new();
        loop {
            let part = reply.part(&self.model, vocabulary, &mut |logits| likeliest = top(logits));
            match part {
                Part::Read => {}
                Part::Over => break,
                Part::Wrote { token } => {
                    let text = vocabulary.decode(&[token]);
                    let likeliest = likeliest.iter().map(|(token, p)| (vocabulary.decode(&[*token]), *p)).collect();
                    self.tokens.push(Token { text, likeliest, looked: Vec::new() });
                }
                Part::Called { call } => {
                    let text = reply.text(vocabulary);
                    let found = Transcript::parse(&text);
                    let [tool, input] =
                        [&found.actions, &found.inputs].map(|all| (*all.last().unwrap_or(&"")).to_owned());
                    // A tool that the truth does not call has nothing to tell of it.
                    let outcome = sandbox.call(&tool, &input, told(call).filter(|it| !it.is_empty()).as_deref());
                    reply.observe(vocabulary, &outcome.observation);
                    let mut tokens = Vec::new();
                    vocabulary.encode(&format!("{}\n", outcome.observation), &mut tokens);
                    self.calls.push(Called { after: self.tokens.len(), tool, input, outcome });
                    let given = tokens.iter().map(|token| vocabulary.decode(&[*token]));
                    self.tokens.extend(given.map(|text| Token { text, likeliest: Vec::new(), looked: Vec::new() }));
                }
            }
        }
        let text = reply.text(vocabulary);
        if let (Some(at), Some(name)) = (text.find(ACTION), Transcript::parse(&text).actions.first()) {
            self.choice = Some((text[..at + ACTION.len()].trim_end().to_owned(), (*name).to_owned()));
        }
    }

    /// Works out where each token looked: one pass over the whole.
    fn look(&mut self) {
        let vocabulary = &self.base.vocabulary;
        let mut sequence = vec![END];
        vocabulary.encode(&self.prompt, &mut sequence);
        let first = sequence.len();
        // Which part each place of the sequence is of; the last but one is the reply, the last all else.
        let others = self.parts.len() + 1;
        let mut part_of = vec![others];
        let mut at = 0;
        for token in &sequence[1..] {
            let length = if *token < 256 { 1 } else { vocabulary.decode(&[*token]).len() };
            let middle = at + length / 2;
            let found = self.parts.iter().position(|(_, ranges)| ranges.iter().any(|range| range.contains(&middle)));
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
        part_of.resize(sequence.len(), self.parts.len());
        let t = sequence.len();
        if t <= first {
            return;
        }
        self.model.logits(&sequence, t);
        let (heads, layers) = (self.base.config.heads, self.base.config.layers);
        let mut weights = vec![0.0; heads * t * t];
        let wide = self.parts.len() + 2;
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

    /// Log-probability of the choice where this is said.
    fn score(&mut self, said: &str) -> Option<f64> {
        let (before, name) = self.choice.as_ref()?;
        let prompt = self.prompt.replacen(&self.said, said, 1);
        let vocabulary = &self.base.vocabulary;
        let mut sequence = vec![END];
        vocabulary.encode(&format!("{prompt}{before}"), &mut sequence);
        let from = sequence.len();
        vocabulary.encode(&format!(" {name}"), &mut sequence);
        let t = sequence.len() - 1;
        if t > self.base.config.context {
            return None;
        }
        let weights: Vec<f32> = (1..=t).map(|target| f32::from(target >= from)).collect();
        let batch = Batch { tokens: &sequence[..t], targets: &sequence[1..], weights: Some(&weights), t };
        Some(-self.model.forward(&batch, None) * (sequence.len() - from) as f64)
    }

    /// What was said, without one word.
    fn without(&self, word: usize) -> String {
        let range = &self.words[word];
        let left = [self.said[..range.start].trim_end(), self.said[range.end..].trim_start()];
        left.join(" ").trim().to_owned()
    }

    /// Tokens up to the step shown, and words.
    fn shown(&self) -> [usize; 2] {
        let step = self.step_idx as usize;
        [step.min(self.tokens.len()), step.saturating_sub(self.tokens.len())]
    }
}

/// What comes before a tool's name.
const ACTION: &str = "\nAction: ";

/// All tools of some catalogues, those of the first before others of the same name.
fn of_all(all: &[Catalogue]) -> Catalogue {
    let mut joined = all[0].clone();
    all[1..].iter().for_each(|more| joined.add(more));
    joined
}

/// The likeliest tokens with their probabilities.
fn top(logits: &[f32]) -> Vec<(u32, f32)> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = logits.iter().map(|logit| libm::exp(f64::from(logit - most))).sum();
    let mut order: Vec<u32> = (0..logits.len() as u32).collect();
    order.sort_by(|a, b| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b)));
    order.truncate(OTHERS);
    order.into_iter().map(|it| (it, (libm::exp(f64::from(logits[it as usize] - most)) / total) as f32)).collect()
}

/// Where the words of a text are.
fn words(text: &str) -> Vec<Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| word.as_ptr() as usize - start)
        .zip(text.split_whitespace())
        .map(|(at, word)| at..at + word.len())
        .collect()
}

/// The parts of a prompt that are told apart: each tool's line and name, the image, and what is said.
fn parts(prompt: &str, said: &str, image: Option<&[String; 2]>, tools: &[&Tool]) -> Vec<(String, Vec<Range<usize>>)> {
    let find = |text: &str| prompt.find(text).map(|at| at..at + text.len());
    let mut all: Vec<(String, Vec<Range<usize>>)> = Vec::new();
    for tool in tools {
        let line = find(&format!("> {}: {}", tool.name, tool.description()));
        let list = prompt.find("one of [").unwrap_or(prompt.len());
        let end = prompt[list..].find(']').map_or(list, |at| list + at);
        let names = prompt[list..end].find(&tool.name).map(|at| list + at..list + at + tool.name.len());
        all.push((tool.name.clone(), line.into_iter().chain(names).collect()));
    }
    let of_image = image.and_then(|[name, _]| {
        let from = prompt.find(&format!("named {name}"))?;
        Some(from..from + prompt[from..].find('\n').unwrap_or_default())
    });
    all.push(("image".to_owned(), of_image.into_iter().collect()));
    let at = prompt.rfind(&format!("New input: {said}")).map(|at| at + "New input: ".len());
    all.push(("said".to_owned(), at.map(|at| at..at + said.len()).into_iter().collect()));
    all
}

impl Run for Probing {
    fn steps(&self) -> u64 {
        let words = if self.choice.is_some() { self.words.len() } else { 0 };
        (self.tokens.len() + words).max(1) as u64
    }

    fn step_idx(&self) -> u64 {
        self.step_idx
    }

    fn has_long_steps(&self) -> bool {
        self.step_idx as usize >= self.tokens.len()
    }

    fn step(&mut self, budget: u64) -> Result<(), RunError> {
        for _ in 0..budget.min(self.steps() - self.step_idx) {
            self.step_idx += 1;
            let [_, word] = self.shown();
            if word > 0 && self.choice.is_some() && self.scores.len() <= word {
                if self.scores.is_empty() {
                    let said = self.said.clone();
                    let whole = self.score(&said);
                    self.scores.push(whole.unwrap_or(f64::NAN));
                }
                let without = self.without(word - 1);
                let score = self.score(&without);
                self.scores.push(score.unwrap_or(f64::NAN));
            }
        }
        Ok(())
    }

    fn frame(&self, focus: Focus) -> Frame {
        let [tokens, words] = self.shown();
        let shown = &self.tokens[..tokens];
        let last = tokens.max(1) as u32;
        let class = if focus.class == 0 || focus.class > last { last } else { focus.class };
        let chosen = shown.get(class as usize - 1);
        let p = |token: &Token| token.likeliest.first().map_or(f32::NAN, |(_, p)| *p);
        let wide = self.parts.len() + 2;
        let looked = chosen.map(|token| token.looked.as_slice()).unwrap_or_default();
        let effects: Vec<f32> =
            (1..=words).map(|word| self.scores.get(word).map_or(f32::NAN, |it| (self.scores[0] - it) as f32)).collect();
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
            Array::collect("said_effect", &[effects.len()], &mut effects.iter().copied()),
            Array::new("sketch_boxes", &[boxes.len() / 6, 6], boxes),
        ];
        let mut parts: Vec<String> = self.parts.iter().map(|(name, _)| name.clone()).collect();
        parts.extend(["reply", "form"].map(str::to_owned));
        let texts = |of: &dyn Fn(&Called) -> String| calls.iter().map(|call| of(call)).collect::<Vec<_>>();
        let all_labels = vec![
            labels("reply_tokens", shown.iter().map(|token| token.text.clone()).collect()),
            labels("other_tokens", others.iter().map(|(text, _)| text.clone()).collect()),
            labels("attended_parts", parts),
            labels("said_words", self.words.iter().map(|range| self.said[range.clone()].to_owned()).collect()),
            labels("chosen_tool", self.choice.iter().map(|(_, name)| name.clone()).collect()),
            labels("probe_prompt", vec![self.prompt.clone()]),
            labels("probe_image", self.image.iter().flatten().cloned().collect()),
            labels("call_tools", texts(&|call| call.tool.clone())),
            labels("call_inputs", texts(&|call| call.input.clone())),
            labels("call_observations", texts(&|call| call.outcome.observation.clone())),
            labels("sketch_names", names),
            labels("all_tools", self.names.clone()),
            labels("told", self.told.clone()),
        ];
        let is_over = tokens == self.tokens.len() && tokens > 0;
        let is_listed = |call: &Called| self.parts.iter().any(|(part, _)| *part == call.tool);
        let others = self.calls.iter().filter(|call| !is_listed(call)).count();
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
        }
    }

    fn report(&self) -> Report {
        let [tokens, _] = self.shown();
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
        let details = vec![
            Detail { name: "tokens".to_owned(), records: shown.iter().map(token).collect() },
            Detail { name: "calls".to_owned(), records: self.calls.iter().map(call).collect() },
        ];
        Report { step: self.step_idx, digest: self.digest(), summary, series, details }
    }

    fn digest(&self) -> Digest {
        let [tokens, words] = self.shown();
        let mut hash = self.step_idx;
        for token in &self.tokens[..tokens] {
            hash = xxh64(token.text.as_bytes(), hash);
            for (_, p) in &token.likeliest {
                hash = xxh64(&p.to_bits().to_le_bytes(), hash);
            }
        }
        for score in self.scores.iter().take(words + 1) {
            hash = xxh64(&score.to_bits().to_le_bytes(), hash);
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
