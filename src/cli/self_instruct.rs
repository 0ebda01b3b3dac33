//! Data that teach a model to call tools, made by self-instruction and written as they are made; what became of everything, as JSON.

use super::args::SelfInstruct;
use super::records::{records, refused};
use super::{CliError, file_error, print_json, read};
use crate::endpoint::Form;
use crate::labs::tool_use::answers::{self, Answers};
use crate::labs::tool_use::chat::Chat;
use crate::labs::tool_use::pipeline::{self, Scenes, Settings};
use crate::labs::tool_use::sample::Writer;
use crate::labs::tool_use::{Catalogue, Pipeline, Sample, catalogue, scene};
use crate::labs::tool_use::{Dropped, Funnel};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use xxhash_rust::xxh64::Xxh64;

/// Scenes that are drawn where nothing else is said.
const SCENES: u64 = 1000;
/// Most scenes: some 30 GB of samples.
const MAX_SCENES: u64 = 1_000_000;

/// Makes samples, writes them, prints what became of everything.
pub fn run(ask: &SelfInstruct) -> Result<(), CliError> {
    let settings = Settings {
        seed: ask.seed,
        flaws: share("--flaws", ask.flaws)?,
        negatives: share("--negatives", ask.negatives)?,
        form: if ask.judged { pipeline::Form::Judged } else { pipeline::Form::Training },
        ..Settings::default()
    };
    let (mut scenes, mut told) = scenes(ask)?;
    let catalogue = tools(&ask.tools)?;
    if let (Some(path), Some(model)) = (&ask.prompts, &ask.model) {
        prompts(path, &Form::new(model, ask.max_tokens)?, &scenes, ask.seed, &catalogue)?;
    }
    let Some(path) = &ask.out else { return Ok(()) };
    if let Some(path) = &ask.answers {
        let answers = Answers::read(&read(path, answers::MAX_BYTES as u64, "a file of answers")?);
        let found = answers.and_then(|answers| answers.answered(&scenes, ask.seed, &catalogue, &mut told));
        scenes = found.map_err(|error| refused(path, &error.to_string()))?;
    }
    let chats = match &ask.chats {
        Some(path) => chats(path, &mut told)?,
        None => Vec::new(),
    };
    let file = File::create(path).map_err(|error| file_error(path, error))?;
    let mut out = Out { file: BufWriter::new(file), digest: Xxh64::new(0), bytes: 0 };
    let mut pipeline = Pipeline::new(settings, catalogue, scenes, chats);
    let bar = indicatif::ProgressBar::new(pipeline.scenes());
    let (mut writer, mut text) = (Writer::default(), String::new());
    while pipeline.step(&mut |sample| writer.write(&sample, &mut text)) {
        out.write(&mut text).map_err(|error| file_error(path, error))?;
        bar.inc(1);
    }
    writer.end(&mut text);
    out.write(&mut text).and_then(|()| out.file.flush()).map_err(|error| file_error(path, error))?;
    bar.finish_and_clear();
    let mut answer = funnel(pipeline.funnel());
    answer.insert("bytes".to_owned(), out.bytes.into());
    answer.insert("digest".to_owned(), format!("{:016x}", out.digest.digest()).into());
    answer.insert("told".to_owned(), told.into());
    print_json(&answer)
}

/// The file that samples go to, and what is known of it.
struct Out {
    file: BufWriter<File>,
    digest: Xxh64,
    bytes: u64,
}

impl Out {
    /// Writes a text and clears it.
    fn write(&mut self, text: &mut String) -> std::io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        self.digest.update(text.as_bytes());
        self.bytes += text.len() as u64;
        text.clear();
        Ok(())
    }
}

/// Writes what another teacher would be asked, a line for each scene.
fn prompts(path: &Path, form: &Form, scenes: &Scenes, seed: u64, catalogue: &Catalogue) -> Result<(), CliError> {
    let mut file = BufWriter::new(File::create(path).map_err(|error| file_error(path, error))?);
    let mut prompts = answers::prompts(scenes, seed, catalogue);
    let written = prompts.try_for_each(|prompt| writeln!(file, "{}", form.line(&prompt.id, &prompt.text)));
    written.and_then(|()| file.flush()).map_err(|error| file_error(path, error))
}

fn share(option: &str, value: f32) -> Result<f32, CliError> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(CliError::Input(format!("{option} {value}: not allowed, expected a number from 0 to 1")))
    }
}

/// The scenes that are asked for, and what there is to tell of captions.
fn scenes(ask: &SelfInstruct) -> Result<(Scenes, Vec<String>), CliError> {
    if let Some(count) = ask.scenes.filter(|count| !(1..=MAX_SCENES).contains(count)) {
        let expected = format!("expected a whole number from 1 to {MAX_SCENES}");
        return Err(CliError::Input(format!("--scenes {count}: not allowed, {expected}")));
    }
    let Some(path) = &ask.captions else { return Ok((Scenes::Drawn(ask.scenes.unwrap_or(SCENES)), Vec::new())) };
    let bytes = read(path, scene::MAX_BYTES as u64, "a file of captions")?;
    let (mut scenes, told) = scene::read(&bytes, ask.seed).map_err(|error| refused(path, &error.to_string()))?;
    scenes.truncate(ask.scenes.unwrap_or(MAX_SCENES) as usize);
    Ok((Scenes::Given(scenes), told))
}

fn tools(given: &str) -> Result<Catalogue, CliError> {
    match given {
        "seen" => Ok(Catalogue::seen()),
        "unseen" => Ok(Catalogue::unseen()),
        path => {
            let path = Path::new(path);
            let bytes = read(path, catalogue::MAX_BYTES as u64, "a catalogue")?;
            Catalogue::read(&bytes).map_err(|error| refused(path, &error.to_string()))
        }
    }
}

/// What people say without tools; flawed records are told of and left out.
fn chats(path: &Path, told: &mut Vec<String>) -> Result<Vec<Chat>, CliError> {
    let (mut chats, mut flawed) = (Vec::new(), 0_u64);
    records(path, &mut |record| match Sample::read(&record.value) {
        Ok(sample) => chats.push(Chat::of(&sample)),
        Err(error) => {
            if flawed == 0 {
                told.push(format!("chat {} at byte {}: {error}", record.number, record.byte));
            }
            flawed += 1;
        }
    })?;
    if flawed > 1 {
        told.push(format!("{} more chats are like this one", flawed - 1));
    }
    if chats.is_empty() {
        let why = told.pop().unwrap_or_else(|| "the list is empty".to_owned());
        return Err(refused(path, &format!("no chats: {why}")));
    }
    Ok(chats)
}

fn funnel(funnel: &Funnel) -> Map<String, Value> {
    let dropped: Map<String, Value> =
        Dropped::ALL.iter().zip(funnel.dropped).map(|(why, count)| (why.name().to_owned(), count.into())).collect();
    let counts = json!({
        "scenes": funnel.scenes,
        "lines": funnel.lines,
        "dropped": dropped,
        "conversations": funnel.conversations,
        "single_turn": funnel.single_turn,
        "context": funnel.context,
        "negative": funnel.negative,
        "samples": funnel.samples(),
    });
    match counts {
        Value::Object(counts) => counts,
        _ => Map::new(),
    }
}
