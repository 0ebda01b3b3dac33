//! A model's weights as a safetensors file; settings and vocabulary stand in its metadata. Files are untrusted: whatever
//! they hold, a file is read or refused by a sentence. Knows no file system.
//!
//! The form is small, and its errors name tensor and byte, so it is read and written here without the `safetensors` crate.
//! `tests/it/transformer/files.rs` holds both against each other.

mod error;
mod form;

pub use error::FileError;
pub use form::{Dtype, File, Tensor, rounded, write};

use super::config::Config;
use super::params::{View, places};
use super::text::shortened;
use super::tokenizer::Vocabulary;
use form::sizes;

/// A model's file: what [`save`] writes and [`load`] reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The settings.
    pub config: Config,
    /// The weights in the model's order, for [`super::Model::with_params`].
    pub params: Vec<f32>,
    /// What the tokens stand for, if the file says.
    pub vocabulary: Option<Vocabulary>,
}

/// Names of the tokenizer and of the vocabulary in the metadata.
const TOKENIZER: &str = "tokenizer";
const VOCABULARY: &str = "vocabulary";

/// Writes a model: every parameter in PyTorch's name, shape and order, settings and vocabulary in the metadata.
///
/// # Panics
/// When there are more or fewer weights than such a model has.
#[must_use]
pub fn save(config: &Config, params: &[f32], vocabulary: Option<&Vocabulary>) -> Vec<u8> {
    save_as(config, params, vocabulary, Dtype::F32)
}

/// As [`save`], numbers as [`rounded`] says.
///
/// # Panics
/// As [`save`].
#[must_use]
pub fn save_as(config: &Config, params: &[f32], vocabulary: Option<&Vocabulary>, dtype: Dtype) -> Vec<u8> {
    let (_, views) = places(config);
    let fields = config.to_fields();
    let listed = vocabulary.map(Vocabulary::to_text);
    let mut metadata: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, &**text)).collect();
    // What other readers of the form look for.
    metadata.push(("format", "pt"));
    if let (Some(vocabulary), Some(listed)) = (vocabulary, &listed) {
        metadata.push((TOKENIZER, vocabulary.kind()));
        metadata.push((VOCABULARY, listed));
    }
    write_views(&metadata, &views, params, dtype)
}

/// Writes the parameters of a buffer, each in PyTorch's name, shape and order.
///
/// # Panics
/// When the buffer holds more or fewer numbers than these parameters have.
#[must_use]
pub fn write_views(metadata: &[(&str, &str)], views: &[View], params: &[f32], dtype: Dtype) -> Vec<u8> {
    assert!(views.last().is_some_and(|view| view.range.end == params.len()), "weights of such a model");
    let values: Vec<Vec<f32>> =
        views.iter().map(|view| (0..view.range.len()).map(|i| params[view.index(i)]).collect()).collect();
    let tensors: Vec<(&str, &[usize], &[f32])> =
        views.iter().zip(&values).map(|(view, values)| (&*view.name, &*view.shape, &**values)).collect();
    write(metadata, &tensors, dtype)
}

/// Reads the parameters that [`write_views`] wrote, all of them and no others.
///
/// # Errors
/// Says what is missing, superfluous or wrong, and of which tensor.
pub fn read_views(file: &File<'_>, views: &[View]) -> Result<Vec<f32>, FileError> {
    // Shapes first: no memory is taken for weights that the file does not hold.
    for view in views {
        let tensor = file.get(&view.name).ok_or_else(|| FileError::Missing { name: view.name.clone() })?;
        if tensor.shape != view.shape {
            let (found, expected) = (shortened(&sizes(&tensor.shape)), sizes(&view.shape));
            return Err(FileError::Shape { name: view.name.clone(), found, expected });
        }
    }
    if let Some(tensor) = file.tensors.iter().find(|tensor| !views.iter().any(|view| view.name == tensor.name)) {
        return Err(FileError::Unknown { name: shortened(&tensor.name) });
    }
    let mut params = vec![0.0; views.last().map_or(0, |view| view.range.end)];
    for view in views {
        let Some(tensor) = file.get(&view.name) else { continue };
        for (i, value) in file.numbers(tensor)?.into_iter().enumerate() {
            if !value.is_finite() {
                return Err(FileError::NotFinite { name: view.name.clone(), at: i, value });
            }
            params[view.index(i)] = value;
        }
    }
    Ok(params)
}

/// Reads what [`save`] wrote, or what another program wrote in the same names and shapes.
///
/// # Errors
/// Says in one sentence what is missing, superfluous or wrong, and of which tensor.
pub fn load(bytes: &[u8]) -> Result<Saved, FileError> {
    let file = File::read(bytes)?;
    let get = |name: &str| file.metadata.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
    let ours = file.metadata.iter().filter(|(name, _)| ![TOKENIZER, VOCABULARY, "format"].contains(&name.as_str()));
    let config = Config::from_fields(&mut ours.map(|(name, text)| (name.as_str(), text.as_str())))?;
    let vocabulary = match get(TOKENIZER) {
        Some(kind) => Some(Vocabulary::from_text(kind, get(VOCABULARY).unwrap_or_default())?),
        None => None,
    };
    if let Some(vocabulary) = &vocabulary
        && vocabulary.len() != config.vocabulary
    {
        return Err(FileError::VocabularySize { found: vocabulary.len(), expected: config.vocabulary });
    }
    let (_, views) = places(&config);
    let params = read_views(&file, &views)?;
    Ok(Saved { config, params, vocabulary })
}
