//! The message catalogue: every word of the page, by name. Another language is one more file like [`en`].

mod en;

/// All words of one language.
pub struct Text {
    /// Words of the page, by key.
    pub words: &'static [(&'static str, &'static str)],
    /// Settings by path.
    pub settings: &'static [(&'static str, SettingText)],
    /// Words for the values of settings that are one of a few.
    pub choices: &'static [(&'static str, &'static str)],
    /// Panels by name.
    pub panels: &'static [(&'static str, PanelText)],
    /// Claims by name.
    pub claims: &'static [(&'static str, ClaimText)],
    /// Why a claim does not apply, by name.
    pub reasons: &'static [(&'static str, &'static str)],
    /// Gallery cards by the preset's name.
    pub presets: &'static [(&'static str, PresetText)],
    /// Terms and what they mean.
    pub glossary: &'static [(&'static str, &'static str)],
    /// Summary numbers by name: words, and what it is measured in.
    pub measures: &'static [(&'static str, &'static str)],
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

fn find<T: Copy>(table: &[(&'static str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The words in use.
#[must_use]
pub fn text() -> &'static Text {
    &en::TEXT
}

/// The words of the page under `key`; a missing key shows itself, and fails a test.
#[must_use]
pub fn say(key: &'static str) -> &'static str {
    find(text().words, key).unwrap_or(key)
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
    find(text().settings, path).unwrap_or_default()
}

/// The words for a choice's value.
#[must_use]
pub fn choice(value: &'static str) -> &'static str {
    find(text().choices, value).unwrap_or(value)
}

/// What the panel `name` shows.
#[must_use]
pub fn panel(name: &str) -> PanelText {
    find(text().panels, name).unwrap_or_default()
}

/// The claim `name`.
#[must_use]
pub fn claim(name: &str) -> ClaimText {
    find(text().claims, name).unwrap_or_default()
}

/// Why a claim does not apply; unknown reasons are said by their name.
#[must_use]
pub fn reason(name: &str) -> String {
    find(text().reasons, name).map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// The gallery card of the preset `name`.
#[must_use]
pub fn preset(name: &str) -> PresetText {
    find(text().presets, name).unwrap_or_default()
}

/// A summary number's name in words.
#[must_use]
pub fn measure(name: &str) -> String {
    find(text().measures, name).map_or_else(|| name.replace('_', " "), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::link::PANELS;
    use crate::experiment::preset::PRESETS;
    use crate::experiment::{Kind, SETTINGS};

    #[test]
    fn every_setting_has_a_label_and_one_sentence_of_help() {
        for row in SETTINGS {
            let words = setting(row.path);
            assert!(!words.label.is_empty(), "{}: label", row.path);
            assert!(words.help.ends_with('.') && words.help.len() > 20, "{}: help", row.path);
            if let Kind::Choice(names) = row.kind {
                assert!(names.iter().all(|name| find(text().choices, name).is_some()), "{}: choices", row.path);
            }
        }
    }

    #[test]
    fn every_panel_and_preset_has_its_words() {
        for name in PANELS {
            assert!(!panel(name).title.is_empty() && !panel(name).caption.is_empty(), "{name}");
        }
        for row in PRESETS {
            assert!(!preset(row.name).title.is_empty() && !preset(row.name).sentence.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn no_key_stands_twice() {
        let mut keys: Vec<&str> = text().words.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "a key stands twice among {keys:?}");
    }

    #[test]
    fn places_in_a_sentence_are_filled_in_order() {
        assert_eq!(fill("step_of", &["4", "100"]), "step 4 of 100");
    }
}
