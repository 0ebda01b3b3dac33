//! The records of GPT4Tools' files (docs/papers.md 3.2): samples to learn from or to be judged by, and predictions.
//! Knows only their fields.

use super::json::{Json, write_spaced};
use serde::Serialize;

/// What tells records apart: a whole number or a text. As in Python, `3` and `"3"` are two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// As the authors' files have it.
    Number(i64),
    /// As other files may.
    Text(String),
}

impl core::fmt::Display for Id {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Id::Number(number) => write!(f, "{number}"),
            Id::Text(text) => write!(f, "\"{}\"", crate::experiment::setting::shorten(text)),
        }
    }
}

/// A field that is missing, or not of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("field {field}: {found}, expected {expected}")]
pub struct FieldError {
    /// Its name.
    pub field: &'static str,
    /// What is there, in words.
    pub found: String,
    /// What is allowed.
    pub expected: &'static str,
}

/// A sample: what a model is given and what it should write. Training files have the first three fields, those of validation and
/// test all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// The prompt, with whatever calls are made already.
    pub instruction: String,
    /// More of the prompt; empty in the authors' files.
    pub input: String,
    /// What should be written.
    pub output: String,
    /// Which sample it is; those to be judged by need it.
    pub id: Option<Id>,
    /// `Action`: the tools of the whole conversation.
    pub actions: Vec<String>,
    /// `Action Input`: what each is called with.
    pub action_inputs: Vec<String>,
    /// What the user says.
    pub user_input: Option<String>,
    /// What is in the image.
    pub caption: Option<String>,
    /// The image's name.
    pub filename: Option<String>,
    /// Whether all calls are made already and stand in the prompt.
    pub finished_previously: Option<bool>,
}

impl Sample {
    /// Reads a record; of fields that no evaluation needs, those of another kind are left out.
    ///
    /// # Errors
    /// When `instruction` or `output` is missing or no text, or `id` is neither a whole number nor a text.
    pub fn read(record: &Json) -> Result<Self, FieldError> {
        let optional = |field: &str| record.get(field).and_then(Json::text).map(str::to_owned);
        Ok(Self {
            instruction: text(record, "instruction")?,
            input: optional("input").unwrap_or_default(),
            output: text(record, "output")?,
            id: if record.get("id").is_some() { Some(id(record)?) } else { None },
            actions: record.get("Action").map(texts).unwrap_or_default(),
            action_inputs: record.get("Action Input").map(texts).unwrap_or_default(),
            user_input: optional("user_input"),
            caption: optional("caption"),
            filename: optional("filename"),
            finished_previously: match record.get("finished_previously") {
                Some(Json::Flag(flag)) => Some(*flag),
                _ => None,
            },
        })
    }
}

/// Writes samples as a file: a list with a record on each line. Fields that only samples to be judged by have are written with an id.
#[derive(Clone, Copy, Debug, Default)]
pub struct Writer {
    is_any: bool,
}

impl Writer {
    /// Appends a sample.
    pub fn write(&mut self, sample: &Sample, out: &mut String) {
        out.push_str(if self.is_any { ",\n" } else { "[\n" });
        self.is_any = true;
        write_spaced(out, &Record::of(sample));
    }

    /// Appends the end of the list.
    pub fn end(self, out: &mut String) {
        out.push_str(if self.is_any { "\n]\n" } else { "[]\n" });
    }
}

/// A sample as files have it; each `Action Input` is a list of one text.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Id>,
    instruction: &'a str,
    input: &'a str,
    output: &'a str,
    #[serde(flatten)]
    judged: Option<Judged<'a>>,
}

/// The fields of samples to be judged by.
#[derive(Serialize)]
struct Judged<'a> {
    #[serde(rename = "Action")]
    actions: &'a [String],
    #[serde(rename = "Action Input")]
    action_inputs: Vec<[&'a str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_previously: Option<bool>,
}

impl<'a> Record<'a> {
    fn of(sample: &'a Sample) -> Self {
        let judged = sample.id.is_some().then(|| Judged {
            actions: &sample.actions,
            action_inputs: sample.action_inputs.iter().map(|input| [input.as_str()]).collect(),
            user_input: sample.user_input.as_deref(),
            caption: sample.caption.as_deref(),
            filename: sample.filename.as_deref(),
            finished_previously: sample.finished_previously,
        });
        let Sample { id, instruction, input, output, .. } = sample;
        Self { id: id.as_ref(), instruction, input, output, judged }
    }
}

/// What a model wrote for a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Which sample.
    pub id: Id,
    /// What it wrote, as a rule after the prompt.
    pub output: String,
}

impl Prediction {
    /// Reads a record. Where `output` is a list, its first text counts.
    ///
    /// # Errors
    /// When `id` or `output` is missing or of another kind.
    pub fn read(record: &Json) -> Result<Self, FieldError> {
        let id = id(record)?;
        let output = match record.get("output") {
            Some(Json::List(items)) => items.first(),
            other => other,
        };
        match output {
            Some(Json::Text(output)) => Ok(Self { id, output: output.clone() }),
            _ => Err(refuse(record, "output", "a text or a list of texts")),
        }
    }
}

/// The `id` of a record.
///
/// # Errors
/// When it is missing, or neither a whole number nor a text.
pub fn id(record: &Json) -> Result<Id, FieldError> {
    match record.get("id") {
        Some(Json::Whole(number)) => Ok(Id::Number(*number)),
        Some(Json::Text(text)) => Ok(Id::Text(text.clone())),
        _ => Err(refuse(record, "id", "a whole number or a text")),
    }
}

fn text(record: &Json, field: &'static str) -> Result<String, FieldError> {
    let text = record.get(field).and_then(Json::text).map(str::to_owned);
    text.ok_or_else(|| refuse(record, field, "a text"))
}

fn refuse(record: &Json, field: &'static str, expected: &'static str) -> FieldError {
    let found = match record {
        Json::Object(_) => record.get(field).map_or_else(|| "nothing".to_owned(), Json::describe),
        other => format!("{} instead of an object", other.describe()),
    };
    FieldError { field, found, expected }
}

/// All texts in a value: one, a list of them, or lists of lists.
fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Text(text) => vec![text.clone()],
        Json::List(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::json;

    #[test]
    fn the_authors_layout_is_read() {
        let text = r#"{"id": 7, "instruction": "i", "output": "o", "Action": ["a", "b"], "Action Input": [["x.png"], ["y.png, z"]],
            "user_input": "u", "caption": "c", "filename": "f.png", "finished_previously": false, "more": 1}"#;
        let sample = Sample::read(&json::read(text).expect("JSON")).expect("a sample");
        let of = |text: &str| Some(text.to_owned());
        let wanted = Sample {
            instruction: "i".to_owned(),
            output: "o".to_owned(),
            id: Some(Id::Number(7)),
            actions: vec!["a".to_owned(), "b".to_owned()],
            action_inputs: vec!["x.png".to_owned(), "y.png, z".to_owned()],
            user_input: of("u"),
            caption: of("c"),
            filename: of("f.png"),
            finished_previously: Some(false),
            ..Sample::default()
        };
        assert_eq!(sample, wanted);
    }

    #[test]
    fn flawed_records_get_a_sentence() {
        let value = |text: &str| json::read(text).expect("JSON");
        let sample = |text: &str| Sample::read(&value(text)).expect_err(text).to_string();
        let prediction = |text: &str| Prediction::read(&value(text)).expect_err(text).to_string();
        assert_eq!(sample(r#"{"id": 1, "output": ""}"#), "field instruction: nothing, expected a text");
        assert_eq!(sample(r#"{"id": 1, "instruction": "", "output": 3}"#), "field output: 3, expected a text");
        assert_eq!(sample("[1]"), "field instruction: a list of 1 instead of an object, expected a text");
        assert_eq!(
            sample(r#"{"id": 1.5, "instruction": "", "output": ""}"#),
            "field id: 1.5, expected a whole number or a text"
        );
        assert_eq!(prediction(r#"{"output": ""}"#), "field id: nothing, expected a whole number or a text");
        assert_eq!(prediction(r#"{"id": null, "output": ""}"#), "field id: nothing, expected a whole number or a text");
        for (output, found) in [("null", "nothing"), ("[]", "a list of 0"), ("{}", "an object"), ("[1]", "a list of 1")]
        {
            let said = prediction(&format!("{{\"id\": 1, \"output\": {output}}}"));
            assert_eq!(said, format!("field output: {found}, expected a text or a list of texts"));
        }
    }

    #[test]
    fn of_several_outputs_the_first_counts() {
        let read = |text| Prediction::read(&json::read(text).expect("JSON")).expect("a prediction");
        assert_eq!(read(r#"{"id": "a", "output": ["x", "y"]}"#).output, "x");
        assert_eq!(read(r#"{"id": "a", "output": "x"}"#), read(r#"{"id": "a", "output": ["x"]}"#));
    }
}
