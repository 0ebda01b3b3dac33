//! A file of samples to learn from (docs/papers.md 3.2), of any size, read in pieces: what is in it, and some of its
//! samples.
//!
//! Memory is bounded whatever the size: of the samples at most [`MOST_KEPT`] stay, and at most [`MOST_KEPT_BYTES`] of text. Each has a
//! rank, a hash of its number in the file, and those of the lowest ranks stay: as good as drawn, and the same whenever the file is read.

use super::evaluation::{Kind, bounded};
use super::metrics;
use super::records::{Record, Records};
use super::sample::Sample;
use super::told::Told;
use super::transcript::Transcript;
use crate::experiment::own::{self, MAX_BYTES, Own};
use crate::run::{Array, Frame, Labels};
use std::collections::BTreeMap;
use xxhash_rust::xxh64::{Xxh64, xxh64};

/// Most samples of a file that stay.
pub const MOST_KEPT: usize = 20_000;
/// Most bytes of their texts.
pub const MOST_KEPT_BYTES: usize = 50_000_000;
/// Most tools that are told apart; those that come after are one.
const MOST_TOOLS: usize = 500;

/// A file that was read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Its name, size and digest.
    pub own: Own,
    /// What is in it.
    pub contents: Contents,
    /// The samples that stayed, in the order of the file, each with its kind.
    pub kept: Vec<(Kind, Sample)>,
}

/// What is in a file of samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Records, flawed ones included.
    pub records: u64,
    /// Records that are no samples.
    pub flawed: u64,
    /// What there is of each kind, in the order of [`Kind::ALL`].
    pub kinds: [Lengths; 4],
    /// Of each tool that is called how often it is, and in how many samples.
    pub tools: BTreeMap<String, [u64; 2]>,
    told: Told,
}

/// How many samples there are, and how long they are, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    /// How many.
    pub samples: u64,
    /// All prompts together, and the longest.
    pub prompts: [u64; 2],
    /// All outputs together, and the longest.
    pub outputs: [u64; 2],
}

impl Lengths {
    fn add(&mut self, sample: &Sample) {
        self.samples += 1;
        let places = [(&mut self.prompts, &sample.instruction), (&mut self.outputs, &sample.output)];
        for ([sum, longest], text) in places {
            let length = text.chars().count() as u64;
            *sum += length;
            *longest = length.max(*longest);
        }
    }

    /// How many there are, the mean and the longest prompt, the mean and the longest output.
    #[must_use]
    pub fn row(&self) -> [f64; 5] {
        let [prompts, outputs] = [self.prompts, self.outputs].map(|[sum, _]| sum as f64 / self.samples as f64);
        [self.samples as f64, prompts, self.prompts[1] as f64, outputs, self.outputs[1] as f64]
    }
}

impl Contents {
    /// What there is to tell of records, in sentences; at most some, then how many more there are.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.told.sentences("sample")
    }

    /// All samples.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.records - self.flawed
    }

    /// The tools, those first that are called most.
    #[must_use]
    pub fn by_calls(&self) -> Vec<(&str, [u64; 2])> {
        let mut all: Vec<_> = self.tools.iter().map(|(name, counts)| (name.as_str(), *counts)).collect();
        all.sort_by_key(|(_, [calls, _])| core::cmp::Reverse(*calls));
        all
    }

    fn call(&mut self, actions: &[&str]) {
        let mut before: Vec<String> = Vec::new();
        for action in actions {
            let mut name = bounded(action);
            if self.tools.len() == MOST_TOOLS && !self.tools.contains_key(&name) {
                name = super::evaluation::OTHER.to_owned();
            }
            let [calls, samples] = self.tools.entry(name.clone()).or_default();
            *calls += 1;
            if !before.contains(&name) {
                *samples += 1;
                before.push(name);
            }
        }
    }

    /// Takes in a record: the sample and its kind, if it is one.
    fn see(&mut self, record: &Record) -> Option<(Kind, Sample)> {
        self.records += 1;
        let mut read = |record: &Record| {
            let mut sample = Sample::read(&record.value).map_err(|error| error.to_string())?;
            if !sample.input.is_empty() {
                sample.instruction = [&*sample.instruction, "\n", &*sample.input].concat();
            }
            let transcript = Transcript::parse(&sample.output);
            metrics::check(&transcript).map_err(|error| error.to_string())?;
            self.call(&transcript.actions);
            let kind = Kind::of(&sample, transcript.actions.len());
            // What is kept is what is learned from.
            let Sample { instruction, output, .. } = sample;
            Ok::<_, String>((kind, Sample { instruction, output, ..Sample::default() }))
        };
        match read(record) {
            Ok((kind, sample)) => {
                self.kinds[kind as usize].add(&sample);
                Some((kind, sample))
            }
            Err(why) => {
                self.flawed += 1;
                self.told.say(format_args!("{} at byte {}", record.number, record.byte), &why);
                None
            }
        }
    }
}

/// The samples of the lowest ranks.
#[derive(Clone, Debug, Default)]
struct Kept {
    /// By rank, each with its number.
    samples: BTreeMap<u64, (u64, Kind, Sample)>,
    bytes: usize,
    /// The lowest rank that had to go.
    limit: Option<u64>,
}

impl Kept {
    fn take(&mut self, number: u64, kind: Kind, sample: Sample) {
        let rank = xxh64(&number.to_le_bytes(), 0);
        if self.limit.is_some_and(|limit| rank >= limit) {
            return;
        }
        self.bytes += size(&sample);
        self.samples.insert(rank, (number, kind, sample));
        while self.samples.len() > MOST_KEPT || self.bytes > MOST_KEPT_BYTES {
            let Some((rank, (_, _, sample))) = self.samples.pop_last() else { return };
            self.bytes -= size(&sample);
            self.limit = Some(rank);
        }
    }

    fn end(self) -> Vec<(Kind, Sample)> {
        let mut all: Vec<_> = self.samples.into_values().collect();
        all.sort_by_key(|(number, ..)| *number);
        all.into_iter().map(|(_, kind, sample)| (kind, sample)).collect()
    }
}

fn size(sample: &Sample) -> usize {
    sample.instruction.len() + sample.output.len()
}

/// A file that is being read.
#[derive(Clone)]
pub struct Reading {
    name: String,
    seen: u64,
    hash: Xxh64,
    records: Records,
    contents: Contents,
    kept: Kept,
}

impl Reading {
    /// Begins a file.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: own::name(name),
            seen: 0,
            hash: Xxh64::new(0),
            records: Records::default(),
            contents: Contents::default(),
            kept: Kept::default(),
        }
    }

    /// Bytes so far.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// Why this is no list of records, in a sentence; nothing more should be fed then.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), String> {
        self.seen += piece.len() as u64;
        if self.seen > MAX_BYTES {
            return Err(format!("the file has {} bytes or more, at most {MAX_BYTES} are read", self.seen));
        }
        self.hash.update(piece);
        let (contents, kept) = (&mut self.contents, &mut self.kept);
        let mut see = |record: Record| {
            if let Some((kind, sample)) = contents.see(&record) {
                kept.take(record.number, kind, sample);
            }
        };
        self.records.feed(piece, &mut see).map_err(|error| error.to_string())
    }

    /// That there are no more pieces.
    ///
    /// # Errors
    /// When the list had not ended, or no record of it is a sample.
    pub fn end(self) -> Result<Samples, String> {
        self.records.end().map_err(|error| error.to_string())?;
        if self.contents.samples() == 0 {
            let why = self.contents.told().into_iter().next().unwrap_or_else(|| "the list is empty".to_owned());
            return Err(format!("no sample to learn from: {why}"));
        }
        let own = Own { name: self.name, size: self.seen, digest: self.hash.digest() };
        Ok(Samples { own, contents: self.contents, kept: self.kept.end() })
    }
}

impl Samples {
    /// What is in the file, as a frame.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let contents = &self.contents;
        let tools = contents.by_calls();
        let labels = |name: &str, texts: Vec<String>| Labels { name: name.to_owned(), texts };
        let mut kinds = contents.kinds.iter().flat_map(Lengths::row).map(|value| value as f32);
        let mut counts = tools.iter().flat_map(|(_, counts)| counts.map(|count| count as f32));
        Frame {
            arrays: vec![
                Array::scalar("records", contents.records as f32),
                Array::scalar("megabytes", (self.own.size as f64 / 1e6) as f32),
                Array::scalar("flawed", contents.flawed as f32),
                Array::scalar("kept", self.kept.len() as f32),
                Array::collect("kinds", &[Kind::ALL.len(), 5], &mut kinds),
                Array::collect("tool_calls", &[tools.len(), 2], &mut counts),
            ],
            labels: vec![
                labels("digest", vec![format!("{:016x}", self.own.digest)]),
                labels("kinds", Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect()),
                labels("tools", tools.iter().map(|(name, _)| (*name).to_owned()).collect()),
                labels("told", contents.told()),
            ],
            ..Frame::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::sample::Writer;
    use crate::labs::tool_use::{Catalogue, Pipeline, pipeline};

    fn read(pieces: &[&[u8]]) -> Result<Samples, String> {
        let mut reading = Reading::new("samples.json");
        for piece in pieces {
            reading.feed(piece)?;
        }
        reading.end()
    }

    fn made(scenes: u64) -> String {
        let settings = pipeline::Settings { seed: 5, ..pipeline::Settings::default() };
        let scenes = pipeline::Scenes::Drawn(scenes);
        let mut pipeline = Pipeline::new(settings, Catalogue::seen(), scenes, Vec::new());
        let (mut writer, mut text) = (Writer::default(), String::new());
        while pipeline.step(&mut |sample| writer.write(&sample, &mut text)) {}
        writer.end(&mut text);
        text
    }

    #[test]
    fn a_file_cut_anywhere_has_the_same_contents_and_the_digest_of_its_bytes() {
        let text = made(3);
        let whole = read(&[text.as_bytes()]).expect("samples");
        assert_eq!((whole.own.size, whole.own.digest), (text.len() as u64, xxh64(text.as_bytes(), 0)));
        for length in [1, 7, 4096] {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(length).collect();
            assert_eq!(read(&pieces).as_ref(), Ok(&whole), "pieces of {length}");
        }
        let contents = &whole.contents;
        assert_eq!(contents.samples(), contents.kinds.iter().map(|kind| kind.samples).sum::<u64>());
        assert_eq!(whole.kept.len() as u64, contents.samples(), "a small file is kept as a whole");
        let calls = |sample: &Sample| Transcript::parse(&sample.output).actions.len() as u64;
        let all: u64 = whole.kept.iter().map(|(_, sample)| calls(sample)).sum();
        assert_eq!(contents.tools.values().map(|[calls, _]| calls).sum::<u64>(), all);
    }

    #[test]
    fn a_flawed_record_is_told_by_its_place_and_the_rest_is_read() {
        let call = "Thought: Do I need to use a tool? Yes\\nAction: Cut\\nAction Input: a.png\\nObservation: b.png\\n";
        let no = "Thought: Do I need to use a tool? No\\nAI: Hi.\\n";
        let text = format!(
            r#"[{{"instruction": "p", "input": "x", "output": "{call}{call}{no}"}}, 3, {{"instruction": "p", "output": "hello"}},
            {{"id": 4, "instruction": "pq", "input": "", "output": "{no}"}}, {{"output": ""}},
            {{"instruction": "New input: w\n{call}", "output": "{no}"}}]"#
        );
        let found = read(&[text.as_bytes()]).expect("samples");
        assert_eq!((found.contents.records, found.contents.flawed), (6, 3));
        assert_eq!(found.contents.kinds.map(|kind| kind.samples), [0, 1, 1, 1]);
        assert_eq!(found.contents.kinds[1].prompts, [3, 3], "the input is a part of the prompt");
        assert_eq!(found.contents.by_calls(), [("Cut", [2, 1])]);
        let told = found.contents.told();
        assert!(told[0].starts_with("sample 2 at byte ") && told[0].ends_with("expected a text"), "{told:?}");
        assert!(told[1].ends_with("no thought, expected a transcript") && told.len() == 3, "{told:?}");
        let frame = found.frame();
        assert_eq!(frame.scalar("records"), Some(6.0));
        assert_eq!(frame.labels("tools"), ["Cut"]);
        let refused = |text: &str| read(&[text.as_bytes()]).expect_err("no samples");
        assert_eq!(refused("[]"), "no sample to learn from: the list is empty");
        assert!(refused("[{}]").starts_with("no sample to learn from: sample 1 at byte 1: field instruction"));
        assert_eq!(refused("[{\"a"), "the file ends at byte 4, within record 1");
    }

    #[test]
    fn what_is_kept_is_bounded_and_drawn_by_rank() {
        let sample = |size: usize| Sample { instruction: "x".repeat(size), ..Sample::default() };
        let mut kept = Kept::default();
        (1..=50_000).for_each(|number| kept.take(number, Kind::NoTool, sample(10)));
        assert_eq!((kept.samples.len(), kept.bytes), (MOST_KEPT, 10 * MOST_KEPT));
        let limit = kept.limit.expect("some had to go");
        let wanted: Vec<u64> = (1..=50_000).filter(|number: &u64| xxh64(&number.to_le_bytes(), 0) < limit).collect();
        let mut numbers: Vec<u64> = kept.samples.values().map(|(number, ..)| *number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, wanted, "all of the lowest ranks and no others");
        let in_first_half = numbers.iter().filter(|number| **number <= 25_000).count();
        assert!((9_500..10_500).contains(&in_first_half), "from all over the file: {in_first_half}");
        let mut kept = Kept::default();
        (0..60).for_each(|number| kept.take(number, Kind::NoTool, sample(1_000_000)));
        assert_eq!((kept.samples.len(), kept.bytes), (50, MOST_KEPT_BYTES));
    }
}
