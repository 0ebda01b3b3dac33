//! Talk with chat endpoints of others, as OpenAI's chat completions: what is sent, what comes back, when to ask again. Sends nothing:
//! who does has the network, the clock and the key. Knows nothing of prompts but their ids.
//!
//! [`Address`] is where one may ask, [`Form`] what a request says, [`reply`] reads what comes back, and [`Asking`] goes through many
//! prompts, several at a time, with retries, to the lines of a file of answers.

pub mod address;
pub mod asking;
pub mod reply;

pub use address::{Address, AddressError};
pub use asking::{Asking, Job, Next, Tally};
pub use reply::{Answer, Failure};

use crate::json;
use serde::Serialize;

/// Most tokens of an answer where nothing else is said: some 60 for each of 31 tools.
pub const USUAL_TOKENS: u32 = 2048;
/// Fewest and most that may be said.
pub const TOKENS: [u32; 2] = [16, 32_768];
/// Requests that may be open at a time.
pub const MOST_OPEN: u32 = 4;
/// Longest name of a model, in characters.
pub const LONGEST_MODEL: usize = 200;
/// How long one request may take, in ms: a model on a reader's own machine may write for minutes.
pub const MOST_MS: u32 = 300_000;
/// Most bytes of a reply.
pub const MOST_BYTES: usize = 1 << 20;

/// How varied answers are: GPT4Tools' setting.
const TEMPERATURE: f64 = 0.7;

/// The body of a request.
#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: [Message<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

/// A message of a conversation, as requests and replies have it.
#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

/// A line of a file of requests.
#[derive(Serialize)]
struct BatchLine<'a> {
    custom_id: &'a str,
    method: &'static str,
    url: &'static str,
    body: Request<'a>,
}

/// What is said in each request besides the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    model: String,
    max_tokens: u32,
    /// Newer models take the bound by another name.
    says_completion: bool,
    /// Some models take no temperature.
    says_temperature: bool,
}

/// Why requests cannot be of this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// No model, or no name of one.
    #[error("model: expected the name of a model, 1 to {LONGEST_MODEL} characters")]
    Model,
    /// Too few tokens, or too many.
    #[error("max_tokens: expected a whole number from {} to {}", TOKENS[0], TOKENS[1])]
    Tokens,
}

impl Form {
    /// Requests to a model, with a bound on the tokens of its answers.
    ///
    /// # Errors
    /// When either is out of its range.
    pub fn new(model: &str, max_tokens: u32) -> Result<Self, FormError> {
        let model = model.trim();
        if model.is_empty() || model.chars().count() > LONGEST_MODEL || model.chars().any(char::is_control) {
            return Err(FormError::Model);
        }
        if !(TOKENS[0]..=TOKENS[1]).contains(&max_tokens) {
            return Err(FormError::Tokens);
        }
        Ok(Self { model: model.to_owned(), max_tokens, says_completion: false, says_temperature: true })
    }

    /// The body of a request. The prompt is a message of the user: some models take no other alone.
    #[must_use]
    pub fn body(&self, prompt: &str) -> String {
        json::write(&self.request(prompt))
    }

    /// A request as a line of a file that is sent as a batch.
    #[must_use]
    pub fn line(&self, id: &str, prompt: &str) -> String {
        let body = self.request(prompt);
        json::write(&BatchLine { custom_id: id, method: "POST", url: "/v1/chat/completions", body })
    }

    fn request<'a>(&'a self, prompt: &'a str) -> Request<'a> {
        Request {
            model: &self.model,
            messages: [Message { role: "user", content: prompt }],
            max_tokens: (!self.says_completion).then_some(self.max_tokens),
            max_completion_tokens: self.says_completion.then_some(self.max_tokens),
            temperature: self.says_temperature.then_some(TEMPERATURE),
        }
    }

    /// Becomes the form that a server asks for when it refuses this one and says why; false where it asks for nothing that is left
    /// to change.
    pub fn adapt(&mut self, refusal: &str) -> bool {
        if refusal.contains("max_completion_tokens") {
            !core::mem::replace(&mut self.says_completion, true)
        } else {
            refusal.contains("temperature") && core::mem::replace(&mut self.says_temperature, false)
        }
    }
}

/// Whether a text can be a key: none, or what stands in a header as it is.
#[must_use]
pub fn is_key(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(form: &Form) -> Value {
        serde_json::from_str(&form.body("p")).expect("JSON")
    }

    #[test]
    fn a_request_has_model_message_and_bound() {
        let form = Form::new(" m ", 100).expect("allowed");
        let wanted =
            r#"{"model":"m","messages":[{"role":"user","content":"a \"b\"\n"}],"max_tokens":100,"temperature":0.7}"#;
        assert_eq!(form.body("a \"b\"\n"), wanted);
        let line: Value = serde_json::from_str(&form.line("scene-0-x", "p")).expect("JSON");
        assert_eq!((&line["custom_id"], &line["url"]), (&json!("scene-0-x"), &json!("/v1/chat/completions")));
        assert_eq!(line["body"], body(&form));
    }

    #[test]
    fn a_model_without_a_name_and_other_bounds_are_refused() {
        for model in ["", "  ", "a\nb", &"x".repeat(201)] {
            assert_eq!(Form::new(model, 100), Err(FormError::Model), "{model}");
        }
        for tokens in [0, 15, 32_769] {
            let error = Form::new("m", tokens).expect_err("out of range").to_string();
            assert_eq!(error, "max_tokens: expected a whole number from 16 to 32768");
        }
    }

    #[test]
    fn a_key_is_one_word_without_accents() {
        for (key, is_one) in [("", true), ("sk-Ab_9.~+/=", true), ("a b", false), ("a\nb", false), ("schlüssel", false)]
        {
            assert_eq!(is_key(key), is_one, "{key}");
        }
    }

    #[test]
    fn a_form_is_adapted_once_to_what_a_server_asks_for() {
        let mut form = Form::new("m", 100).expect("allowed");
        assert!(form.adapt("Use 'max_completion_tokens' instead."));
        assert_eq!((&body(&form)["max_completion_tokens"], body(&form).get("max_tokens")), (&json!(100), None));
        assert!(!form.adapt("max_completion_tokens") && form.adapt("Unsupported value: 'temperature'"));
        assert_eq!(body(&form).get("temperature"), None);
        assert!(!form.adapt("temperature") && !form.adapt("no such model"));
    }
}
