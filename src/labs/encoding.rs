//! The encoding lab (Puli et al., NeurIPS 2024; docs/papers.md 2): does an explanation tell the truth, or does it
//! predict by *which* inputs it picked? On a known distribution, exactly, in nats and `f64`.
//!
//! An explanation e maps an input x to a selection v of its d inputs; what is shown is v and the selected values x_v. With
//! E_v = 1[e(x) = v], e *encodes* when for some v it picks, y depends on E_v given x_v: q(y | x_v, E_v = 1) differs from
//! q(y | x_v) where it picks v. The layers: [`joint`] is the distribution, [`explanation`] the map, [`file`] reads both,
//! `marginal` gives q(y | x_v) of every selection asked for, [`scores`] the scores, [`census`] those of all maps there are.
//!
//! Where the distribution is not known, [`estimate`](mod@estimate) scores explanations of [`samples`] by the models of
//! [`surrogate`], `sampled` those of the reader's own, and `text` those of a classifier of sentences. [`images`] has a
//! distribution to look at, and a model of it, [`sequences`] those of the Scan & Snap lab, whose transformer is explained by
//! its attention.

pub mod census;
mod checks;
mod converging;
pub mod estimate;
pub mod explanation;
pub mod file;
mod files;
pub mod images;
pub mod joint;
pub mod law;
pub mod learner;
mod lineup;
mod marginal;
pub mod method;
mod pages;
pub mod run;
pub mod sampled;
pub mod samples;
pub mod scores;
pub mod sequences;
pub mod settings;
pub mod surrogate;
pub mod text;
mod training;

pub use estimate::{Estimate, Verdict, estimate};
pub use explanation::{Explanation, Selection};
pub use files::Files;
pub use joint::Joint;
pub use law::Law;
pub use method::Method;
pub use sampled::Sampled;
pub use samples::Samples;
pub use scores::{Scores, Witness, score};
pub use surrogate::Kind;

use super::{EngineLab, EngineTask, FileKind, Library};
use crate::experiment::encoding::{By, Encoding, SubjectKind};
use crate::experiment::own::TableKind;
use crate::experiment::{ConfigError, Experiment};
use crate::run::Run;

/// The lab.
pub static LAB: EngineLab = EngineLab {
    name: "encoding",
    tasks: &[EngineTask { name: "explanations", start }],
    files: &[
        FileKind::whole(TableKind::Distribution, |library, files| library.get_mut::<Files>().take_distribution(files)),
        FileKind::whole(TableKind::Explanations, |library, files| library.get_mut::<Files>().take_explanations(files)),
        FileKind::whole(TableKind::Sentences, |library, files| library.get_mut::<Files>().take_sentences(files)),
    ],
    queries: &[],
};

/// The lab's run at step 0, for settings already checked.
///
/// # Errors
/// [`ConfigError`] when the data is not what was asked for, or has not what a setting asks for.
fn start(experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    let settings: &Encoding = experiment.expect()?;
    let (seed, none) = (experiment.seed, Files::default());
    let files = library.get().unwrap_or(&none);
    let refused = |what| ConfigError::Data { what };
    let joint = match settings.subject.kind {
        SubjectKind::Reviews => {
            let sentences = text::Sentences::read(include_bytes!("../../public/texts/reviews.tsv"));
            let sentences = sentences.map_err(|error| refused(error.to_string()))?;
            return Ok(Box::new(text::run::OnSentences::new(settings, sentences, Vec::new(), Vec::new(), seed)?));
        }
        SubjectKind::Sentences => {
            let (sentences, own, told) = files.sentences(&settings.subject.own).map_err(refused)?;
            return Ok(Box::new(text::run::OnSentences::new(settings, sentences, own, told, seed)?));
        }
        SubjectKind::Law => settings.subject.law.joint(),
        SubjectKind::Images => images::joint(),
        SubjectKind::ScanSnap => sequences::joint(),
        SubjectKind::Own => files.distribution(&settings.subject.own).map_err(refused)?,
    };
    let own = files.explanations(&settings.explanations.own, &joint).map_err(refused)?;
    if settings.scores.by == By::Samples && joint.counts().is_some() {
        return Ok(Box::new(sampled::run::OnSamples::new(settings, joint, &own, seed)?));
    }
    let model: Option<Box<dyn learner::Learner>> = match settings.subject.kind {
        SubjectKind::Images => Some(Box::new(images::Model::new(&joint, seed))),
        SubjectKind::ScanSnap => Some(Box::new(sequences::Attention::new(&joint, seed))),
        _ => None,
    };
    Ok(Box::new(run::Scoring::new(settings, joint, model, &own, seed)?))
}
