//! The JSON form of an experiment: nested by the settings' paths, every default written out.

use super::own::Field;
use super::setting::{Kind, Value, shorten};
use super::{ConfigError, Experiment, Lab, VERSION};
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
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
        for setting in self.settings() {
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
        // Own data is the one thing without a default: it is there or not.
        for (field, text) in Field::written(self) {
            let value = if field.is_number() { json!(text.parse::<u64>().unwrap_or_default()) } else { json!(text) };
            let (group, name) = field.place();
            root.entry(group).or_insert_with(|| Json::Object(Map::new()))[name] = value;
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
        let Strict(json) = serde_json::from_str(text)
            .map_err(|error| ConfigError::Unreadable { what: format!("the JSON text cannot be read: {error}") })?;
        let Json::Object(root) = json else {
            return Err(bad("the JSON text", &json, "an object"));
        };
        let mut experiment = Self::default();
        if root.get("version") != Some(&json!(VERSION)) {
            return Err(bad("version", root.get("version").unwrap_or(&Json::Null), "1"));
        }
        if let Some(value) = root.get("lab") {
            let lab = value.as_str().and_then(Lab::named);
            experiment.lab = lab.ok_or_else(|| bad("lab", value, &Lab::names()))?;
        }
        for (name, value) in &root {
            match name.as_str() {
                "version" | "lab" => {}
                // Paths are for links; here they would say the same thing twice.
                _ if name.contains('.') => return Err(ConfigError::UnknownPath { path: shorten(name) }),
                _ => experiment.take(name, value)?,
            }
        }
        Ok(experiment)
    }

    /// Sets `path` from a JSON value, and all below it from an object.
    fn take(&mut self, path: &str, value: &Json) -> Result<(), ConfigError> {
        let is_group = self.settings().iter().any(|setting| setting.path.split_once('.').is_some_and(|s| s.0 == path))
            || Field::is_group(self, path);
        match value {
            Json::Object(group) if is_group => {
                group.iter().try_for_each(|(name, value)| self.take(&format!("{path}.{name}"), value))
            }
            _ if is_group => Err(bad(path, value, "an object")),
            _ => {
                if let Some(field) = Field::find(self, path) {
                    return match value {
                        Json::String(text) if !field.is_number() => self.set(path, text),
                        Json::Number(number) if field.is_number() => self.set(path, &number.to_string()),
                        _ => Err(bad(path, value, &field.expected())),
                    };
                }
                let setting = self.find(path).ok_or_else(|| ConfigError::UnknownPath { path: shorten(path) })?;
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
    ConfigError::BadValue { path: path.to_owned(), value: shorten(&value.to_string()), expected: expected.to_owned() }
}

/// A JSON value in which no object names a field twice; serde_json's own keeps the last without a word.
struct Strict(Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, _>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format_args!("{} is given more than once", shorten(&name))));
            }
            fields.insert(name, value);
        }
        Ok(fields.into())
    }
}
