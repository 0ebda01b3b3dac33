//! Scan & Snap on a text (Tian et al., section 6; docs/papers.md 1.6 "WikiText"). `reader` turns bytes into a text,
//! `corpus` a text into tokens of a vocabulary, `pairs` counts which tokens tell what follows. There are two engines:
//! `yz` trains the paper's Y and Z over the vocabulary, `language` a transformer in the normal parameterisation.
//! `training` is the run of either, `history` what it records, `checks` the claims on it.

pub mod checks;
pub mod corpus;
pub mod history;
pub mod language;
pub mod pairs;
pub mod reader;
pub mod texts;
pub mod training;
pub mod yz;

use crate::experiment::own::TableKind;
use crate::experiment::scan_snap::{Form, ScanSnap};
use crate::experiment::{ConfigError, Experiment, MEMORY_LIMIT_BYTES};
use crate::labs::library::DataError;
use crate::labs::{Content, EngineTask, FileKind, Library, Take, Taken};
use crate::run::Run;
use corpus::Corpus;
pub use texts::Texts;
use training::{Engine, Training};

/// Runs on a text.
pub const TASK: EngineTask = EngineTask { name: "text", start };

/// A text of the reader's own.
pub const FILE: FileKind = FileKind {
    kind: TableKind::Text,
    take: Take::Pieces(|library, piece| {
        let loaded = library.get_mut::<Texts>().feed(piece).map_err(|error: DataError| error.to_string())?;
        Ok(loaded.map(|it| Taken { own: it.own, content: Content::Text { tokens: it.tokens, words: it.words } }))
    }),
};

/// The run at step 0.
///
/// # Errors
/// [`ConfigError`] when the library does not hold the text asked for, the text is too short for the settings, or the run
/// would need too much memory.
fn start(experiment: &Experiment, library: &Library) -> Result<Box<dyn Run>, ConfigError> {
    let (settings, seed): (&ScanSnap, _) = (experiment.expect()?, experiment.seed);
    let wanted = settings.data.wanted();
    if wanted.digest == 0 {
        let what = "data.digest: this experiment asks for a text of one's own but does not say which; give it one";
        return Err(ConfigError::Data { what: what.to_owned() });
    }
    let Some(text) = library.read(|texts: &Texts| texts.text(settings.data.text)) else {
        return Err(ConfigError::Data { what: format!("this experiment needs {wanted}, and no text was given") });
    };
    if text.own.digest != wanted.digest || text.own.size != wanted.size {
        return Err(ConfigError::Data { what: format!("this experiment needs {wanted}, but {} was given", text.own) });
    }
    let is_yz = settings.model.form == Form::Yz;
    let (window, path) = if is_yz {
        (settings.data.sequence_length as usize, "data.sequence_length")
    } else {
        (settings.model.context as usize, "model.context")
    };
    let corpus = Corpus::new(&text, settings.data.max_vocabulary as usize, settings.data.min_count)?;
    corpus.check_length(window, path)?;
    let (needed, path) = if is_yz {
        (yz::bytes(corpus.len(), settings), "data.max_vocabulary")
    } else {
        (language::bytes(corpus.len(), settings), "training.batch_size")
    };
    if needed > MEMORY_LIMIT_BYTES {
        let path = path.to_owned();
        return Err(ConfigError::TooLarge { path, needed_mib: needed >> 20, allowed_mib: MEMORY_LIMIT_BYTES >> 20 });
    }
    let corpus = corpus.split(window);
    let engine: Box<dyn Engine> = if is_yz {
        Box::new(yz::Yz::new(settings, seed, &corpus))
    } else {
        Box::new(language::Language::new(settings, seed, &corpus)?)
    };
    Ok(Box::new(Training::new(settings, corpus, engine)))
}
