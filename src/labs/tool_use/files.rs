//! Files of the reader's own that the lab's runs are started on: tools, captions, answers, samples to judge by and predictions. What was
//! read last of each is kept, and told by its digest.

use super::answers::Answers;
use super::evaluation::Evaluator;
use super::records::{Record, Records};
use super::samples::{Reading, Samples};
use super::scene::{self, Scene};
use super::student::{self, Base, adapters};
use super::{Catalogue, catalogue};
use crate::experiment::own::{self, MAX_TEXT_BYTES, Own};
use crate::experiment::tool_use::ToolUse;
use crate::experiment::{ConfigError, Experiment};
use crate::labs::library::{DataError, Library, Named, Piece, asks};
use std::sync::Arc;
use xxhash_rust::xxh64::xxh64;

/// Most records of a file that a page reads.
const MOST_RECORDS: u64 = 50_000;

/// A file that was read, and what it is.
type Kept<T> = Option<Arc<(Own, T)>>;

/// All there are. Copies share what was read.
#[derive(Clone, Default)]
pub struct Files {
    tools: Kept<Catalogue>,
    captions: Kept<Vec<u8>>,
    truth: Kept<Evaluator>,
    predictions: Kept<Vec<Record>>,
    base: Option<Arc<Base>>,
    /// The adapters that come with it.
    shipped: Option<Arc<Vec<u8>>>,
    adapters: Kept<Vec<u8>>,
    answers: Kept<Answers>,
    samples: Option<Arc<Samples>>,
    /// The samples that are being read.
    reading: Option<Reading>,
}

/// Works on the settings and the seed of an experiment of the lab, and on the files that a library holds.
///
/// # Errors
/// [`ConfigError`] for an experiment of another lab, and whatever the work refuses.
pub fn on_files<T>(
    experiment: &Experiment,
    library: &Library,
    work: fn(&ToolUse, u64, &Files) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    let settings = experiment.expect()?;
    library.read(|files| work(settings, experiment.seed, files))
}

impl Files {
    /// Takes a catalogue of tools.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn take_tools(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, catalogue::MAX_BYTES as u64)?;
        let catalogue = Catalogue::read(&bytes).map_err(|error| error.to_string())?;
        self.tools = Some(Arc::new((own.clone(), catalogue)));
        Ok(own)
    }

    /// Takes captions of images.
    ///
    /// # Errors
    /// Why they are none, in a sentence.
    pub fn take_captions(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        // Boxes that are not given depend on the seed: what is kept is the file.
        scene::read(&bytes, 0).map_err(|error| error.to_string())?;
        self.captions = Some(Arc::new((own.clone(), bytes)));
        Ok(own)
    }

    /// Takes samples to judge by.
    ///
    /// # Errors
    /// Why they are none, in a sentence.
    pub fn take_truth(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        let mut evaluator = Evaluator::default();
        records(&bytes, &mut |record| evaluator.sample(&record))?;
        if evaluator.samples() == 0 {
            let why = evaluator.told_of_samples().into_iter().next().unwrap_or_else(|| "the list is empty".to_owned());
            return Err(format!("no sample to judge by: {why}"));
        }
        self.truth = Some(Arc::new((own.clone(), evaluator)));
        Ok(own)
    }

    /// Takes predictions.
    ///
    /// # Errors
    /// Why they are none, in a sentence.
    pub fn take_predictions(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        let mut all = Vec::new();
        records(&bytes, &mut |record| all.push(record))?;
        self.predictions = Some(Arc::new((own.clone(), all)));
        Ok(own)
    }

    /// Takes the student's base and its adapters, which come with the page.
    ///
    /// # Errors
    /// Why they are none, or not those that this engine was made with, in a sentence.
    pub fn take_base(&mut self, mut files: Named) -> Result<Own, String> {
        let adapters = if files.len() > 1 { files.pop() } else { None };
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        if own.digest != student::BASE_DIGEST {
            let wanted = student::BASE_DIGEST;
            return Err(format!(
                "this base has the digest {:016x}, expected {wanted:016x}: load the page again",
                own.digest
            ));
        }
        let base = Base::load(&bytes).map_err(|error| error.to_string())?;
        if let Some((_, bytes)) = adapters {
            adapters::load(&base, &bytes).map_err(|error| error.to_string())?;
            self.shipped = Some(Arc::new(bytes));
        }
        self.base = Some(Arc::new(base));
        Ok(own)
    }

    /// The adapters that come with the page.
    ///
    /// # Errors
    /// When they were not given.
    pub fn shipped(&self) -> Result<Arc<Vec<u8>>, ConfigError> {
        self.shipped
            .clone()
            .ok_or_else(|| ConfigError::Data { what: "the student's adapters are not there".to_owned() })
    }

    /// Uses this base, whichever it is.
    pub fn set_base(&mut self, base: Base) {
        self.base = Some(Arc::new(base));
    }

    /// The student's base.
    ///
    /// # Errors
    /// When it was not given.
    pub fn base(&self) -> Result<Arc<Base>, ConfigError> {
        self.base.clone().ok_or_else(|| ConfigError::Data { what: "the student's base is not there".to_owned() })
    }

    /// Takes adapters of the student's base.
    ///
    /// # Errors
    /// Why they are none of it, in a sentence.
    pub fn take_adapters(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        let base = self.base().map_err(|error| error.to_string())?;
        adapters::load(&base, &bytes).map_err(|error| error.to_string())?;
        self.adapters = Some(Arc::new((own.clone(), bytes)));
        Ok(own)
    }

    /// The reader's adapters, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn adapters(&self, wanted: &Own) -> Result<Vec<u8>, ConfigError> {
        found(&self.adapters, wanted, "adapters", "the adapters").map(|found| found.1.clone())
    }

    /// Takes answers of another teacher.
    ///
    /// # Errors
    /// Why they are none, in a sentence.
    pub fn take_answers(&mut self, files: Named) -> Result<Own, String> {
        let (own, bytes) = single(files, MAX_TEXT_BYTES)?;
        let answers = Answers::read(&bytes).map_err(|error| error.to_string())?;
        self.answers = Some(Arc::new((own.clone(), answers)));
        Ok(own)
    }

    /// Takes a piece of a file of samples. Gives them once they are whole, and only then lets those before go.
    ///
    /// # Errors
    /// Why they are none, in a sentence; they must be started anew then.
    pub fn feed_samples(&mut self, piece: &Piece<'_>) -> Result<Option<Arc<Samples>>, String> {
        let Piece { name, size, at, bytes } = *piece;
        let begun = self.reading.take();
        let mut reading = if at == 0 { Reading::new(name) } else { begun.unwrap_or_else(|| Reading::new(name)) };
        if reading.seen() != at {
            return Err(DataError::Piece { at, expected: reading.seen() }.to_string());
        }
        if size > own::MAX_BYTES {
            return Err(format!("the file has {size} bytes, at most {} are read", own::MAX_BYTES));
        }
        reading.feed(bytes)?;
        if reading.seen() < size {
            self.reading = Some(reading);
            return Ok(None);
        }
        let samples = Arc::new(reading.end()?);
        self.samples = Some(samples.clone());
        Ok(Some(samples))
    }

    /// The reader's samples to learn from, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn samples(&self, wanted: &Own) -> Result<Arc<Samples>, ConfigError> {
        let given = self.samples.as_ref();
        given
            .filter(|samples| samples.own.digest == wanted.digest)
            .cloned()
            .ok_or_else(|| refusal(given.map(|samples| &samples.own), wanted, "samples", "the samples"))
    }

    /// The reader's tools, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn tools(&self, wanted: &Own) -> Result<Catalogue, ConfigError> {
        found(&self.tools, wanted, "tools", "the tools").map(|found| found.1.clone())
    }

    /// The scenes of the reader's captions, if they are those `wanted`, and what there is to tell of them.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn scenes(&self, wanted: &Own, seed: u64) -> Result<(Vec<Scene>, Vec<String>), ConfigError> {
        let found = found(&self.captions, wanted, "captions", "the captions")?;
        scene::read(&found.1, seed).map_err(|error| ConfigError::Data { what: error.to_string() })
    }

    /// What judges by the reader's samples, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn truth(&self, wanted: &Own) -> Result<Arc<(Own, Evaluator)>, ConfigError> {
        found(&self.truth, wanted, "truth", "the samples")
    }

    /// The reader's predictions, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn predictions(&self, wanted: &Own) -> Result<Arc<(Own, Vec<Record>)>, ConfigError> {
        found(&self.predictions, wanted, "predictions", "the predictions")
    }

    /// The answers of the reader's teacher, if they are those `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given.
    pub fn answers(&self, wanted: &Own) -> Result<Arc<(Own, Answers)>, ConfigError> {
        found(&self.answers, wanted, "answers", "the answers")
    }
}

/// The one file there is, and what an experiment knows it by.
fn single(mut files: Named, most: u64) -> Result<(Own, Vec<u8>), String> {
    let (1, Some((name, bytes))) = (files.len(), files.pop()) else {
        return Err("one file of a kind at a time".to_owned());
    };
    let size = bytes.len() as u64;
    if size > most {
        return Err(format!("the file has {size} bytes, at most {most} are read"));
    }
    Ok((Own { name: own::name(&name), size, digest: xxh64(&bytes, 0) }, bytes))
}

/// Shows all records of a file, if they are not too many.
fn records(bytes: &[u8], see: &mut dyn FnMut(Record)) -> Result<(), String> {
    let mut count = 0;
    let mut bounded = |record: Record| {
        count = record.number;
        if count <= MOST_RECORDS {
            see(record);
        }
    };
    Records::read(bytes, &mut bounded).map_err(|error| error.to_string())?;
    if count > MOST_RECORDS {
        return Err(format!("the list has {count} records, at most {MOST_RECORDS} are read"));
    }
    Ok(())
}

fn found<T>(kept: &Kept<T>, wanted: &Own, path: &str, what: &str) -> Result<Arc<(Own, T)>, ConfigError> {
    match kept {
        Some(found) if found.0.digest == wanted.digest => Ok(found.clone()),
        other => Err(refusal(other.as_deref().map(|(own, _)| own), wanted, path, what)),
    }
}

fn refusal(given: Option<&Own>, wanted: &Own, path: &str, what: &str) -> ConfigError {
    let what = if *wanted == Own::default() {
        format!("{path}: {what} are still to be chosen")
    } else {
        asks(path, what, wanted, given)
    };
    ConfigError::Data { what }
}
