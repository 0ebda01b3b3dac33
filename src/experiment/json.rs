//! The JSON form of an experiment: nested by the settings' paths, every default written out.

use super::setting::{Kind, SETTINGS, Value, shorten};
use super::{ConfigError, Experiment, VERSION};
use serde_json::{Map, Value as Json, json};

/// Longest JSON text that is read, bytes.
pub const MAX_BYTES: usize = 1 << 20;

impl Experiment {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut root = Map::new();
        root.insert("version".to_owned(), json!(VERSION));
        root.insert("lab".to_owned(), json!(self.lab.name()));
        for setting in SETTINGS {
            let value = match (setting.get)(self) {
                Value::Integer(value) => json!(value),
                Value::Real(value) => json!(value),
                Value::Choice(value) => json!(value),
                Value::Flag(value) => json!(value),
            };
            match setting.path.split_once('.') {
                None => drop(root.insert(setting.path.to_owned(), value)),
                Some((group, name)) => {
                    let group = root.entry(group).or_insert_with(|| Json::Object(Map::new()));
                    group[name] = value;
                }
            }
        }
        Json::Object(root)
    }

    /// Reads the JSON form: all or nothing. What is not said holds its default.
    ///
    /// # Errors
    /// [`ConfigError`] for the first thing that is not as it should be.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        if text.len() > MAX_BYTES {
            let what = format!("the JSON text is {} bytes long, at most {MAX_BYTES} are read", text.len());
            return Err(ConfigError::Unreadable { what });
        }
        let json: Json = serde_json::from_str(text)
            .map_err(|error| ConfigError::Unreadable { what: format!("the JSON text cannot be read: {error}") })?;
        let Json::Object(root) = json else {
            return Err(bad("the JSON text", &json, "an object"));
        };
        let mut experiment = Self::default();
        if root.get("version") != Some(&json!(VERSION)) {
            return Err(bad("version", root.get("version").unwrap_or(&Json::Null), "1"));
        }
        for (name, value) in &root {
            match name.as_str() {
                "version" => {}
                "lab" if *value == experiment.lab.name() => {}
                "lab" => return Err(bad(name, value, "one of scan-snap")),
                _ => experiment.take(name, value)?,
            }
        }
        Ok(experiment)
    }

    /// Sets `path` from a JSON value, and all below it from an object.
    ///
    /// # Errors
    /// [`ConfigError`] when there is no such setting or the value is not allowed.
    pub fn take(&mut self, path: &str, value: &Json) -> Result<(), ConfigError> {
        match value {
            Json::Object(group) if SETTINGS.iter().any(|setting| setting.path.split_once('.').is_some_and(|s| s.0 == path)) => {
                group.iter().try_for_each(|(name, value)| self.take(&format!("{path}.{name}"), value))
            }
            _ => {
                let setting = super::Setting::find(path)
                    .ok_or_else(|| ConfigError::UnknownPath { path: shorten(path) })?;
                let text = match (value, setting.kind) {
                    (Json::String(text), Kind::Choice(_)) => text.clone(),
                    (Json::Number(number), Kind::Integer { .. } | Kind::Real { .. }) => number.to_string(),
                    (Json::Bool(flag), Kind::Flag) => flag.to_string(),
                    _ => return Err(bad(path, value, &setting.expected())),
                };
                self.set(path, &text)
            }
        }
    }
}

fn bad(path: &str, value: &Json, expected: &str) -> ConfigError {
    ConfigError::BadValue {
        path: path.to_owned(),
        value: shorten(&value.to_string()),
        expected: expected.to_owned(),
    }
}
