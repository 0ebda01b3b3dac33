//! What comes back from an endpoint: an answer, or why there is none.

use super::Message;
use crate::json::{self, Json};
use serde::Serialize;

/// Longest message of a server that is kept, in characters.
const LONGEST: usize = 300;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Why it ends: `stop`; `length` or `content_filter` where it is cut.
    pub finish_reason: String,
    /// The model that it is of, if that is said.
    pub model: Option<String>,
    /// Tokens of prompt and answer, if that is said.
    pub usage: Option<[u64; 2]>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server refuses, and maybe says why.
    Status {
        /// The status of HTTP.
        status: u16,
        /// What it says: of others, to be shown as text only.
        message: String,
    },
    /// The server asks to wait for longer than one waits.
    Later {
        /// How long, in seconds.
        secs: u64,
    },
    /// Nobody answers.
    Network,
    /// The page's policy allows no such request.
    Policy,
    /// No answer within the time there is.
    Timeout,
    /// The reply breaks off.
    BrokenOff,
    /// The reply is longer than is read.
    TooLong,
    /// The reply is no JSON.
    NotJson,
    /// It has no choice.
    NoChoices,
    /// The choice has no text.
    NoText,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ask again.
    Again,
    /// Ask the others, not this one.
    LeaveOut,
    /// Ask no more.
    Stop,
}

impl Failure {
    /// What follows from it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Status { status: 408 | 429 | 500 | 502 | 503 | 504 | 529, .. } => Verdict::Again,
            Self::Network | Self::Timeout | Self::BrokenOff => Verdict::Again,
            Self::NoChoices | Self::NoText => Verdict::LeaveOut,
            Self::Status { .. } | Self::Later { .. } | Self::Policy | Self::TooLong | Self::NotJson => Verdict::Stop,
        }
    }
}

/// Reads a reply.
///
/// # Errors
/// Why it is no answer.
pub fn read(status: u16, body: &str) -> Result<Answer, Failure> {
    let value = json::read(body);
    if !(200..300).contains(&status) {
        return Err(Failure::Status { status, message: message(&value.unwrap_or(Json::Null), body) });
    }
    // Not every browser tells that a connection broke.
    let ends_early = |byte| if byte == body.len() { Failure::BrokenOff } else { Failure::NotJson };
    answer(&value.map_err(ends_early)?)
}

/// The answer that a chat completion has.
///
/// # Errors
/// Why it has none.
pub fn answer(value: &Json) -> Result<Answer, Failure> {
    let choice = at(value, &["choices"]).and_then(Json::items).and_then(<[Json]>::first).ok_or(Failure::NoChoices)?;
    let text = at(choice, &["message", "content"]).and_then(Json::text);
    let text = text.filter(|text| !text.trim().is_empty()).ok_or(Failure::NoText)?;
    let tokens = |name| match at(value, &["usage", name]) {
        Some(Json::Whole(tokens)) => u64::try_from(*tokens).ok(),
        _ => None,
    };
    let usage = tokens("prompt_tokens").zip(tokens("completion_tokens"));
    Ok(Answer {
        text: text.to_owned(),
        finish_reason: at(choice, &["finish_reason"]).and_then(Json::text).unwrap_or("stop").to_owned(),
        model: at(value, &["model"]).and_then(Json::text).map(shortened),
        usage: usage.map(|(prompt, completion)| [prompt, completion]),
    })
}

impl Answer {
    /// Whether it was cut.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(self.finish_reason.as_str(), "length" | "content_filter")
    }

    /// It as a line of a file, as batches come back.
    #[must_use]
    pub fn line(&self, id: &str) -> String {
        let usage = self.usage.map(|[prompt_tokens, completion_tokens]| Usage {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
        });
        let message = Message { role: "assistant", content: &self.text };
        let choices = [Choice { index: 0, message, finish_reason: &self.finish_reason }];
        let body = Completion { object: "chat.completion", choices, model: self.model.as_deref(), usage };
        json::write(&BatchLine { custom_id: id, response: Response { status_code: 200, body }, error: None })
    }
}

/// A line of a file of replies.
#[derive(Serialize)]
struct BatchLine<'a> {
    custom_id: &'a str,
    response: Response<'a>,
    error: Option<()>,
}

#[derive(Serialize)]
struct Response<'a> {
    status_code: u16,
    body: Completion<'a>,
}

#[derive(Serialize)]
struct Completion<'a> {
    object: &'static str,
    choices: [Choice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: usize,
    message: Message<'a>,
    finish_reason: &'a str,
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

/// What is at a path of names.
pub(super) fn at<'a>(value: &'a Json, path: &[&str]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// What a server says of an error: in OpenAI's form, in one of the usual others, or as text.
fn message(value: &Json, body: &str) -> String {
    let places: [&[&str]; 4] = [&["error", "message"], &["error"], &["message"], &["detail"]];
    let said = places.into_iter().find_map(|path| at(value, path)?.text());
    shortened(said.unwrap_or(body))
}

/// A text of others as one line of bounded length.
fn shortened(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace().take(LONGEST) {
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = r#"{"model":"m","choices":[{"message":{"content":"1. a\n2. b"},"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;

    #[test]
    fn an_answer_has_text_end_and_tokens() {
        let answer = read(200, GOOD).expect("an answer");
        assert_eq!((answer.text.as_str(), answer.usage, answer.is_cut()), ("1. a\n2. b", Some([7, 3]), true));
        let bare = read(200, r#"{"choices":[{"message":{"content":"x"}}]}"#).expect("an answer");
        assert_eq!((bare.usage, bare.model.as_deref(), bare.is_cut()), (None, None, false));
    }

    #[test]
    fn what_is_no_answer_has_its_reason_and_what_follows() {
        let why = |status, body: &str| read(status, body).expect_err(body);
        for (body, failure, verdict) in [
            (&GOOD[..40], Failure::BrokenOff, Verdict::Again),
            ("", Failure::BrokenOff, Verdict::Again),
            ("<html>", Failure::NotJson, Verdict::Stop),
            ("[]", Failure::NoChoices, Verdict::LeaveOut),
            (r#"{"choices":[]}"#, Failure::NoChoices, Verdict::LeaveOut),
            (r#"{"choices":[{"message":{"content":null}}]}"#, Failure::NoText, Verdict::LeaveOut),
        ] {
            assert_eq!((why(200, body), why(200, body).verdict()), (failure, verdict), "{body}");
        }
        for status in [429, 500, 502, 503, 529] {
            assert_eq!(why(status, "").verdict(), Verdict::Again, "{status}");
        }
        for status in [300, 400, 401, 403, 404, 422] {
            assert_eq!(why(status, "").verdict(), Verdict::Stop, "{status}");
        }
    }

    #[test]
    fn a_servers_message_is_one_short_line() {
        let said = |body: &str| match read(401, body) {
            Err(Failure::Status { message, .. }) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(said(r#"{"error":{"message":"no <b>such</b>\n key"}}"#), "no <b>such</b> key");
        assert_eq!(
            (said(r#"{"error":"a"}"#), said(r#"{"detail":"b"}"#), said("plain")),
            ("a".into(), "b".into(), "plain".into())
        );
        assert_eq!(said(&"é".repeat(1000)).chars().count(), 301);
    }

    proptest! {
        #[test]
        fn any_reply_is_read_or_refused_and_what_is_read_is_written(status in 100_u16..600, body in ".*") {
            drop(read(status, &body));
        }

        #[test]
        fn a_line_holds_the_whole_answer(text in ".*\\S", reason in "stop|length", model in proptest::option::of("[a-z]{1,9}"), usage in proptest::option::of([0_u64..1 << 60, 0_u64..1 << 60])) {
            let written = Answer { text, finish_reason: reason, model, usage };
            let line = json::read(&written.line("scene-0-x")).expect("JSON");
            prop_assert_eq!(at(&line, &["response", "body"]).map(answer), Some(Ok(written)));
            prop_assert_eq!(at(&line, &["custom_id"]).and_then(Json::text), Some("scene-0-x"));
        }
    }
}
