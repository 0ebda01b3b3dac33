//! Files of the reader's own that the lab's runs are started on: a distribution, explanations of it, labelled sentences.
//! What was read last of each is kept, and told by its digest.

use super::text::{Given, Rationales, Sentences};
use super::{Explanation, Joint, file};
use crate::experiment::own::{self, MAX_TEXT_BYTES, Own};
use crate::labs::library::{Named, asks};
use std::sync::Arc;
use xxhash_rust::xxh64::xxh64;

/// Most files that are taken at once.
const MOST_FILES: usize = crate::experiment::encoding::MOST_OWN as usize;

/// All there are. Copies share what was read.
#[derive(Clone, Default)]
pub struct Files {
    distribution: Option<Arc<(Own, Joint)>>,
    explanations: Option<Arc<(Own, Named)>>,
    sentences: Option<Arc<Labelled>>,
}

/// Sentences with their labels, and rationales where they came with them.
struct Labelled {
    own: Own,
    sentences: Sentences,
    rationales: Vec<Given>,
    /// What there is to tell of rows that select nothing, or everything.
    told: Vec<String>,
}

impl Files {
    /// Takes the reader's own distribution.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn take_distribution(&mut self, mut files: Named) -> Result<Own, String> {
        let (1, Some((name, bytes))) = (files.len(), files.pop()) else {
            return Err("one distribution at a time: choose a single file without a column mask".to_owned());
        };
        let joint = file::joint(&bytes).map_err(|error| error.to_string())?;
        let own = Own { name: own::name(&name), size: bytes.len() as u64, digest: xxh64(&bytes, 0) };
        self.distribution = Some(Arc::new((own.clone(), joint)));
        Ok(own)
    }

    /// Takes the reader's own explanations; they are read once it is known of which distribution they are.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn take_explanations(&mut self, mut files: Named) -> Result<Own, String> {
        // Browsers read in any order, and the same files are the same explanations.
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let size = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        if files.is_empty() || files.len() > MOST_FILES || size > MAX_TEXT_BYTES {
            let count = files.len();
            return Err(format!(
                "{count} files of {size} bytes, expected 1 to {MOST_FILES} of {MAX_TEXT_BYTES} at most"
            ));
        }
        // The names are those that the scores are listed under.
        let mut all = Vec::with_capacity(size as usize);
        for (name, bytes) in &files {
            all.extend_from_slice(name.as_bytes());
            all.push(0);
            all.extend_from_slice(bytes);
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let own = Own { name: own::name(&names.join(" + ")), size, digest: xxh64(&all, 0) };
        self.explanations = Some(Arc::new((own.clone(), files)));
        Ok(own)
    }

    /// Takes the reader's own labelled sentences, with rationales if the file has them.
    ///
    /// # Errors
    /// Why it is none, in a sentence.
    pub fn take_sentences(&mut self, mut files: Named) -> Result<Own, String> {
        let (1, Some((name, bytes))) = (files.len(), files.pop()) else {
            return Err("one file of sentences at a time".to_owned());
        };
        let own = Own { name: own::name(&name), size: bytes.len() as u64, digest: xxh64(&bytes, 0) };
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has_rationales = header.starts_with(b"{") || header.windows(9).any(|part| part == b"rationale");
        let (sentences, rationales, told) = if has_rationales {
            let read = Rationales::read(&bytes).map_err(|error| error.to_string())?;
            let told = read.told.iter().map(|what| format!("{}: {what}", own.name)).collect();
            (read.sentences, vec![Given { name: own.name.clone(), selections: read.selections }], told)
        } else {
            (Sentences::read(&bytes).map_err(|error| error.to_string())?, Vec::new(), Vec::new())
        };
        self.sentences = Some(Arc::new(Labelled { own: own.clone(), sentences, rationales, told }));
        Ok(own)
    }

    /// The reader's own sentences, if they are those `wanted`, rationales that came with them, and what there is to tell of them.
    ///
    /// # Errors
    /// What is asked for and what was given, in words.
    pub fn sentences(&self, wanted: &Own) -> Result<(Sentences, Vec<Given>, Vec<String>), String> {
        match self.sentences.as_deref() {
            Some(found) if found.own.digest == wanted.digest => {
                Ok((found.sentences.clone(), found.rationales.clone(), found.told.clone()))
            }
            other => Err(asks("subject", "the sentences", wanted, other.map(|found| &found.own))),
        }
    }

    /// The reader's own distribution, if it is the one that is `wanted`.
    ///
    /// # Errors
    /// What is asked for and what was given, in words.
    pub fn distribution(&self, wanted: &Own) -> Result<Joint, String> {
        match self.distribution.as_deref() {
            Some((own, joint)) if own.digest == wanted.digest => Ok(joint.clone()),
            other => Err(asks("subject", "the table", wanted, other.map(|(own, _)| own))),
        }
    }

    /// The reader's own explanations of `joint`, if they are those `wanted`; none where none is.
    ///
    /// # Errors
    /// What is asked for and what was given, or what is wrong with a file, in words.
    pub fn explanations(&self, wanted: &Own, joint: &Joint) -> Result<Vec<Explanation>, String> {
        if *wanted == Own::default() {
            return Ok(Vec::new());
        }
        let files = match self.explanations.as_deref() {
            Some((own, files)) if own.digest == wanted.digest => files,
            other => return Err(asks("explanations", "the explanations", wanted, other.map(|(own, _)| own))),
        };
        let read = |(name, bytes): &(String, Vec<u8>)| {
            let short = name.strip_suffix(".csv").unwrap_or(name);
            file::explanation(bytes, short, joint).map_err(|error| format!("{}: {error}", own::name(name)))
        };
        files.iter().map(read).collect()
    }
}
