//! The score of a file of predictions against a file of samples, record by record: the paper's metrics and the strict ones.
//!
//! As in the authors' script, predictions without a sample are skipped, samples without a prediction do not lower the paper's
//! metrics, and of records with the same id the last counts. What is flawed is told, and the rest goes on.
//!
//! The authors' script cuts the first len(instruction) characters of every output, as their inference echoes the prompt. Here they
//! are cut where the output is an echo: where it begins as the instruction does, for its first [`ECHO`] characters or all of them. At
//! most [`LEAD`] characters may stand before a long instruction, such as a tokenizer's `<s> `; they are cut with it.

mod item;
mod summary;

pub use item::{Evaluation, Item, Kind, Missing, Step};
pub use summary::{Confusion, Means, Tool};

use super::json::Json;
use super::metrics::{self, arguments, metrics};
use super::records::Record;
use super::sample::{self, Id, Prediction, Sample};
use super::strict::judge;
use super::told::Told;
use super::transcript::{Transcript, strip};
use std::collections::HashMap;

/// Characters by which an echoed prompt is known; afterwards it may differ, as what a tokenizer reads it may write otherwise.
pub const ECHO: usize = 100;

/// Characters that may stand before an echo that is at least [`ECHO`] long.
pub const LEAD: usize = 32;

/// Longest name of a tool, in bytes, that a prediction may make up; what is longer goes by [`OTHER`].
const LONGEST_NAME: usize = 80;

/// What stands for tools with names that are too long.
pub const OTHER: &str = "(a longer name)";

/// Takes samples, then predictions.
#[derive(Debug, Default)]
pub struct Evaluator {
    samples: Vec<(Id, Sample)>,
    /// Where each id's sample is; none where it is flawed.
    places: HashMap<Id, Option<usize>>,
    told: Told,
    kept: Kept,
}

/// What came of predictions.
#[derive(Debug, Default)]
pub struct Kept {
    /// For each sample the number of the prediction that counts, and what came of it.
    scored: Vec<Option<(u64, Item)>>,
    skipped: u64,
    duplicates: u64,
    told: Told,
}

impl Kept {
    /// Takes in what [`Evaluator::look`] gave of a prediction.
    pub fn keep(&mut self, record: &Record, looked: Result<(usize, Item), String>) {
        match looked {
            Ok((place, item)) => {
                if self.scored.len() <= place {
                    self.scored.resize(place + 1, None);
                }
                if self.scored[place].is_some() {
                    self.duplicates += 1;
                    let what = format!("another prediction with the id {}, which counts instead", item.id);
                    self.told.say(at(record), &what);
                }
                if item.has_prompt {
                    self.told.say(at(record), "the output has its prompt in it, or the end of it, not at its start: it is not cut and is scored too");
                }
                self.scored[place] = Some((record.number, item));
            }
            Err(why) => {
                self.skipped += 1;
                self.told.say(at(record), &why);
            }
        }
    }

    /// What came of all, by the samples of an evaluator.
    #[must_use]
    pub fn end(mut self, by: &Evaluator) -> Evaluation {
        self.scored.resize(by.samples.len(), None);
        let mut told = by.told_of_samples();
        told.extend(self.told.sentences("prediction"));
        let without = by.samples.iter().zip(&self.scored).enumerate().filter(|(_, (_, scored))| scored.is_none());
        let missing = |(place, ((id, sample), _)): (usize, (&(Id, Sample), _))| {
            let kind = Kind::of(sample, Transcript::parse(&sample.output).actions.len());
            Missing { id: id.clone(), place, kind }
        };
        let missing = without.map(missing).collect();
        let mut scored: Vec<(u64, Item)> = self.scored.into_iter().flatten().collect();
        scored.sort_by_key(|(number, _)| *number);
        let items: Vec<Item> = scored.into_iter().map(|(_, item)| item).collect();
        let uncut = items.iter().filter(|item| item.has_prompt).count() as u64;
        Evaluation { items, missing, skipped: self.skipped, duplicates: self.duplicates, uncut, told }
    }
}

impl Evaluator {
    /// Takes a sample to judge by; one that is flawed is told.
    pub fn sample(&mut self, record: &Record) {
        let told = &mut self.told;
        match truth(&record.value) {
            Ok(found) => match self.places.get(&found.0) {
                Some(Some(place)) => {
                    told.say(at(record), &format!("another sample with the id {}, which counts instead", found.0));
                    self.samples[*place] = found;
                }
                _ => {
                    self.places.insert(found.0.clone(), Some(self.samples.len()));
                    self.samples.push(found);
                }
            },
            Err(error) => {
                told.say(at(record), &error);
                if let Ok(id) = sample::id(&record.value) {
                    self.places.entry(id).or_insert(None);
                }
            }
        }
    }

    /// How many samples there are to judge by.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples.len()
    }

    /// What there is to tell of the samples.
    #[must_use]
    pub fn told_of_samples(&self) -> Vec<String> {
        self.told.sentences("sample")
    }

    /// The sample at a place, in the order of the file.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn sample_at(&self, place: usize) -> &Sample {
        &self.samples[place].1
    }

    /// Scores a prediction without keeping what came of it: the place of its sample, and that.
    ///
    /// # Errors
    /// Why it is skipped.
    pub fn look(&self, record: &Record) -> Result<(usize, Item), String> {
        let prediction = Prediction::read(&record.value).map_err(|error| error.to_string())?;
        match self.places.get(&prediction.id) {
            Some(Some(place)) => Ok((*place, score(&self.samples[*place], &prediction.output))),
            other => {
                let why = if other.is_some() { "the sample is flawed" } else { "there is no such sample" };
                Err(format!("field id: {}, but {why}", prediction.id))
            }
        }
    }

    /// Scores a prediction; one that is flawed or of no sample is told and skipped. All samples must have been taken before.
    pub fn prediction(&mut self, record: &Record) {
        let looked = self.look(record);
        self.kept.keep(record, looked);
    }

    /// What came of all.
    #[must_use]
    pub fn end(mut self) -> Evaluation {
        core::mem::take(&mut self.kept).end(&self)
    }
}

/// Where a record is.
fn at(record: &Record) -> String {
    format!("{} at byte {}", record.number, record.byte)
}

/// A sample to judge by, or why it is none.
fn truth(record: &Json) -> Result<(Id, Sample), String> {
    let id = sample::id(record).map_err(|error| error.to_string())?;
    let sample = Sample::read(record).map_err(|error| error.to_string())?;
    metrics::check(&Transcript::parse(&sample.output)).map_err(|error| error.to_string())?;
    Ok((id, sample))
}

fn score((id, sample): &(Id, Sample), output: &str) -> Item {
    let (rest, is_echo) = cut(output, &sample.instruction);
    let (truth, prediction) = (Transcript::parse(&sample.output), Transcript::parse(strip(rest)));
    let count = truth.actions.len().max(prediction.actions.len());
    let step = |at: usize| Step {
        truth: truth.actions.get(at).map(|name| (*name).to_owned()),
        prediction: prediction.actions.get(at).map(|name| bounded(name)),
        args: match (truth.inputs.get(at), prediction.inputs.get(at)) {
            (Some(wanted), Some(given)) => arguments(wanted, given),
            _ => 0.0,
        },
    };
    Item {
        id: id.clone(),
        kind: Kind::of(sample, truth.actions.len()),
        metrics: metrics(&truth, &prediction),
        failure: judge(&truth, &prediction).err(),
        is_echo,
        has_prompt: !is_echo
            && ends(&sample.instruction).is_some_and(|ends| ends.iter().any(|end| output.contains(end))),
        steps: (0..count).map(step).collect(),
    }
}

/// A tool's name, unless it is too long for one.
pub(super) fn bounded(name: &str) -> String {
    if name.len() > LONGEST_NAME { OTHER } else { name }.to_owned()
}

/// What a model wrote, without an echoed instruction.
#[must_use]
pub fn after_echo<'a>(output: &'a str, instruction: &str) -> &'a str {
    cut(output, instruction).0
}

/// The first [`ECHO`] characters of an instruction that has as many.
fn head(instruction: &str) -> Option<&str> {
    let (end, last) = instruction.char_indices().nth(ECHO - 1)?;
    Some(&instruction[..end + last.len_utf8()])
}

/// The first and the last [`ECHO`] characters of an instruction that has as many.
fn ends(instruction: &str) -> Option<[&str; 2]> {
    let (last, _) = instruction.char_indices().nth_back(ECHO - 1)?;
    Some([head(instruction)?, &instruction[last..]])
}

/// What follows an echoed instruction, and whether it is one; characters are Unicode's code points, as in Python.
fn cut<'a>(output: &'a str, instruction: &str) -> (&'a str, bool) {
    let (head, leads) = head(instruction).map_or((instruction, 0), |head| (head, LEAD));
    let starts = core::iter::once(0).chain(output.char_indices().skip(1).map(|(at, _)| at));
    let Some(echo) = starts.take(leads + 1).map(|at| &output[at..]).find(|text| text.starts_with(head)) else {
        return (output, false);
    };
    let length = instruction.chars().count();
    (echo.char_indices().nth(length).map_or("", |(at, _)| &echo[at..]), true)
}

#[cfg(test)]
mod tests;
