//! The message catalogue: every word of the page, by name. The words themselves stand beside the page, in
//! `public/text/`; another language is one more file there, and its name in `public/boot.js`.

use crate::experiment::{Experiment, Lab};
use crate::json::{self, Json};
use std::cell::Cell;

/// Names and texts of one language, such as `settings/seed/label` and `Seed`, in the file's order.
type Catalogue = &'static [(&'static str, &'static str)];

thread_local! {
    static IN_USE: Cell<Option<Catalogue>> = const { Cell::new(None) };
}

fn in_use() -> Catalogue {
    IN_USE.get().unwrap_or_else(first)
}

/// Before the page's own words come there are none, and keys are shown.
#[cfg(not(test))]
fn first() -> Catalogue {
    &[]
}

#[cfg(test)]
fn first() -> Catalogue {
    let parts = [include_str!("../../public/text/en.json"), crate::labs::toy::WORDS];
    let parts = parts.map(|json| pairs(json).expect("English can be read"));
    use_pairs(parts.concat()).expect("English has words");
    in_use()
}

/// Why a text is not a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// The text is not JSON.
    #[error("it is not JSON from byte {at} on")]
    Json {
        /// Offset of the first byte that does not belong.
        at: usize,
    },
    /// The JSON has no section `words`, or no text in it.
    #[error("there are no words in it")]
    Empty,
}

/// Puts a language's words in use: the JSON of its catalogue. They stay in memory for good, so that words are plain
/// `&'static str`: a reader changes language a few times at most.
///
/// # Errors
/// [`WordsError`]; the words in use stay.
pub fn put(json: &str) -> Result<(), WordsError> {
    use_pairs(pairs(json)?)
}

fn use_pairs(pairs: Vec<(String, String)>) -> Result<(), WordsError> {
    if !pairs.iter().any(|(name, _)| name.starts_with("words/")) {
        return Err(WordsError::Empty);
    }
    let leak = |(name, text): (String, String)| -> (&'static str, &'static str) { (name.leak(), text.leak()) };
    IN_USE.set(Some(pairs.into_iter().map(leak).collect::<Vec<_>>().leak()));
    Ok(())
}

/// Names and texts of a catalogue, in its order: `settings/seed/label` and `Seed`.
///
/// # Errors
/// [`WordsError::Json`].
pub fn pairs(json: &str) -> Result<Vec<(String, String)>, WordsError> {
    fn collect(value: Json, name: String, pairs: &mut Vec<(String, String)>) {
        match value {
            Json::Text(text) => pairs.push((name, text)),
            Json::Object(fields) => {
                for (key, inner) in fields {
                    let inner_name = if name.is_empty() { key } else { [&name, "/", &key].concat() };
                    collect(inner, inner_name, pairs);
                }
            }
            _ => {}
        }
    }
    let mut pairs = Vec::new();
    collect(json::read(json).map_err(|at| WordsError::Json { at })?, String::new(), &mut pairs);
    Ok(pairs)
}

/// How a setting is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct SettingText {
    /// Its label.
    pub label: &'static str,
    /// Its unit; empty for a plain number.
    pub unit: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
}

/// What a panel shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct PanelText {
    /// Its title.
    pub title: &'static str,
    /// What it shows, its axes, and which direction is better.
    pub caption: &'static str,
}

/// A claim of the paper.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClaimText {
    /// The claim, in a sentence.
    pub sentence: &'static str,
    /// What its number is.
    pub number: &'static str,
    /// Where it stands in the paper.
    pub source: &'static str,
}

/// A card of the gallery.
#[derive(Clone, Copy, Debug, Default)]
pub struct PresetText {
    /// Its title.
    pub title: &'static str,
    /// What there is to see, in one sentence.
    pub sentence: &'static str,
}

/// The text of a name, given in its parts.
fn find(name: &[&str]) -> Option<&'static str> {
    let name = name.join("/");
    in_use().iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn field(section: &str, name: &str, field: &str) -> &'static str {
    find(&[section, name, field]).unwrap_or_default()
}

/// The words of the page under `key`; a missing key shows itself, and fails a test.
#[must_use]
pub fn say(key: &'static str) -> &'static str {
    find(&["words", key]).unwrap_or(key)
}

/// The words under `key` with each `{}` replaced by the next of `parts`.
#[must_use]
pub fn fill(key: &'static str, parts: &[&str]) -> String {
    let mut filled = String::new();
    let mut parts = parts.iter();
    for (i, piece) in say(key).split("{}").enumerate() {
        if i > 0 {
            filled.push_str(parts.next().copied().unwrap_or_default());
        }
        filled.push_str(piece);
    }
    filled
}

/// How the setting `path` is called.
#[must_use]
pub fn setting(path: &str) -> SettingText {
    let [label, unit, help] = ["label", "unit", "help"].map(|name| field("settings", path, name));
    SettingText { label, unit, help }
}

/// The words for a choice's value.
#[must_use]
pub fn choice(value: &'static str) -> &'static str {
    find(&["choices", value]).unwrap_or(value)
}

/// The title of a group of settings.
#[must_use]
pub fn group(name: &str) -> &'static str {
    find(&["words", &["group_", name].concat()]).unwrap_or_default()
}

/// What the lab `name` is called, and what it asks.
#[must_use]
pub fn lab(name: &str) -> [&'static str; 2] {
    let known = Lab::ALL.iter().find(|lab| lab.name == name);
    known.map_or([""; 2], |lab| [say(lab.words.title), say(lab.words.lede)])
}

/// What the panel `name` shows.
#[must_use]
pub fn panel(name: &str) -> PanelText {
    let [title, caption] = ["title", "caption"].map(|part| field("panels", name, part));
    PanelText { title, caption }
}

/// The claim `name`.
#[must_use]
pub fn claim(name: &str) -> ClaimText {
    let [sentence, number, source] = ["sentence", "number", "source"].map(|part| field("claims", name, part));
    ClaimText { sentence, number, source }
}

/// Why a claim does not apply; unknown reasons are said by their name.
#[must_use]
pub fn reason(name: &str) -> String {
    find(&["reasons", name]).map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// The gallery card of the preset `name`.
#[must_use]
pub fn preset(name: &str) -> PresetText {
    let [title, sentence] = ["title", "sentence"].map(|part| field("presets", name, part));
    PresetText { title, sentence }
}

/// Terms of a lab and what they mean, in the catalogue's order.
pub fn glossary(experiment: &Experiment) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let section = experiment.lab.known().words.glossary;
    in_use().iter().filter_map(move |(name, term)| {
        let id = name.strip_prefix(section)?.strip_prefix('/')?.strip_suffix("/term")?;
        Some((*term, field(section, id, "meaning")))
    })
}

/// A summary number's name in words.
#[must_use]
pub fn measure(name: &str) -> String {
    find(&["measures", name]).map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// A word on charts.
#[must_use]
pub fn chart(name: &'static str) -> &'static str {
    find(&["chart", name]).unwrap_or(name)
}

/// All words on charts: pairs of name and text, in the catalogue's order.
pub fn on_charts() -> impl Iterator<Item = (&'static str, &'static str)> {
    in_use().iter().filter_map(|(name, text)| Some((name.strip_prefix("chart/")?, *text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Kind;
    use crate::experiment::preset;

    #[test]
    fn every_setting_has_a_label_and_one_sentence_of_help() {
        for row in Lab::ALL.iter().flat_map(|lab| lab.settings) {
            let words = setting(row.path);
            assert!(!words.label.is_empty(), "{}: label", row.path);
            assert!(words.help.ends_with('.') && words.help.len() > 20, "{}: help", row.path);
            if let Kind::Choice(names) = row.kind {
                assert!(names.iter().all(|name| find(&["choices", name]).is_some()), "{}: choices", row.path);
            }
        }
    }

    #[test]
    fn every_panel_and_preset_has_its_words() {
        for name in Lab::ALL.iter().flat_map(|lab| lab.panels) {
            assert!(!panel(name).title.is_empty() && !panel(name).caption.is_empty(), "{name}");
        }
        for row in preset::all() {
            assert!(!preset(row.name).title.is_empty() && !preset(row.name).sentence.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn places_in_a_sentence_are_filled_in_order() {
        assert_eq!(fill("step_of", &["4", "100"]), "step 4 of 100");
    }

    #[test]
    fn a_broken_catalogue_is_refused_and_the_words_in_use_stay() {
        assert!(matches!(put("{\"words\": "), Err(WordsError::Json { .. })), "half a file");
        for broken in ["[]", "{}", "\"words\"", "{\"words\": {\"play\": 3}}"] {
            assert_eq!(put(broken), Err(WordsError::Empty), "{broken}");
        }
        assert_eq!(say("play"), "Play");
    }

    #[test]
    fn a_key_that_is_missing_shows_itself() {
        put("{\"words\": {\"name\": \"N\"}}").expect("it has a word");
        assert_eq!((say("name"), say("play"), fill("step_of", &["1", "2"])), ("N", "play", "step_of".to_owned()));
        assert_eq!(
            (setting("seed").label, reason("not_sgd"), glossary(&Experiment::default()).count()),
            ("", "not sgd".to_owned(), 0)
        );
    }
}
