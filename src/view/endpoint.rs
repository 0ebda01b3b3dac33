//! What the page says of a chat endpoint that is asked: how far it is, what it took, and why it is no further.

use crate::endpoint::asking::MOST_TRIES;
use crate::endpoint::reply::Verdict;
use crate::endpoint::{AddressError, Failure, FormError, MOST_BYTES, MOST_MS, TOKENS, Tally};
use crate::number::grouped;
use crate::view::text::{fill, say};

/// Why an address is none.
#[must_use]
pub fn address(error: AddressError) -> &'static str {
    match error {
        AddressError::Malformed => say("ask_address_malformed"),
        AddressError::NotSecure => say("ask_address_not_secure"),
        AddressError::Credentials => say("ask_address_credentials"),
    }
}

/// Why a request cannot be of a form.
#[must_use]
pub fn form(error: FormError) -> String {
    match error {
        FormError::Model => say("ask_bad_model").to_owned(),
        FormError::Tokens => number("ask_tokens", TOKENS[0], TOKENS[1]),
    }
}

/// What numbers a field takes, called by the words under `key`.
#[must_use]
pub fn number(key: &'static str, least: u32, most: u32) -> String {
    fill("ask_bad_number", &[say(key), &count(least.into()), &count(most.into())])
}

/// How to serve the page so that it may ask an origin.
#[must_use]
pub fn how_to_serve(origin: &str) -> String {
    fill("ask_policy", &[origin, origin, origin])
}

/// A count, in groups of digits; one function for all there are, as the page counts bytes.
#[inline(never)]
fn count(count: u64) -> String {
    grouped(&count.to_string())
}

/// How far it is, and what it took.
#[must_use]
pub fn progress(tally: &Tally, secs: f64) -> Vec<String> {
    let [prompts, answers] = tally.tokens.map(count);
    let (answered, asked) = (count(tally.answered), count(tally.asked));
    let secs = count(secs as u64);
    let mut said = vec![
        fill("ask_progress", &[&answered, &asked, &count(tally.retries), &secs]),
        fill("ask_used", &[&prompts, &answers]),
    ];
    for (key, n) in [("ask_unknown", tally.unknown), ("ask_cut", tally.cut), ("ask_left_out", tally.left_out)] {
        if n > 0 {
            said.push(fill(key, &[&count(n)]));
        }
    }
    said
}

/// Why no more is asked; `origin` is whom.
#[must_use]
pub fn failure(failure: &Failure, origin: &str) -> String {
    let why = match failure {
        Failure::Status { status, message } => {
            let message = if message.is_empty() { "–" } else { message };
            fill("ask_status", &[&count((*status).into()), message])
        }
        Failure::Later { secs } => fill("ask_later", &[&count(*secs)]),
        Failure::Network => say("ask_network").to_owned(),
        Failure::Policy => how_to_serve(origin),
        Failure::Timeout => fill("ask_timeout", &[&count(u64::from(MOST_MS / 1000))]),
        Failure::BrokenOff => say("ask_broken").to_owned(),
        Failure::TooLong => fill("ask_too_long", &[&count(MOST_BYTES as u64)]),
        Failure::NotJson => say("ask_not_json").to_owned(),
        Failure::NoChoices => say("ask_no_choices").to_owned(),
        Failure::NoText => say("ask_no_text").to_owned(),
    };
    match failure.verdict() {
        Verdict::Again => format!("{why} {}", fill("ask_tried", &[&count(MOST_TRIES.into())])),
        _ => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_has_tokens_and_says_what_is_not_known() {
        let tally = Tally { asked: 20, answered: 7, retries: 2, tokens: [12_345, 678], ..Tally::default() };
        let wanted = [
            "7 of 20 scenes are answered; requests made again: 2; 31 s.",
            "Tokens so far: 12\u{202f}345 of prompts, 678 of answers.",
        ];
        assert_eq!(progress(&tally, 31.2), wanted);
        let tally = Tally { unknown: 1, cut: 2, left_out: 3, ..tally };
        let said = progress(&tally, 0.0);
        assert_eq!(said.len(), 5);
        assert!(said[2].starts_with("Of 1 ") && said[3].starts_with("2 ") && said[4].starts_with("3 "), "{said:?}");
    }

    #[test]
    fn every_failure_is_a_sentence() {
        let status = |status| Failure::Status { status, message: "no such key".to_owned() };
        let all = [
            status(401),
            status(503),
            Failure::Later { secs: 3600 },
            Failure::Network,
            Failure::Policy,
            Failure::Timeout,
            Failure::BrokenOff,
            Failure::TooLong,
            Failure::NotJson,
            Failure::NoChoices,
            Failure::NoText,
        ];
        for why in &all {
            let said = failure(why, "https://a.example");
            assert!(said.len() > 20 && !said.contains("{}") && !said.starts_with("ask_"), "{why:?}: {said}");
        }
        assert_eq!(failure(&all[0], ""), "The endpoint refuses, with status 401: no such key");
        assert_eq!(failure(&all[1], ""), "The endpoint refuses, with status 503: no such key (Tried 5 times.)");
        assert!(failure(&all[4], "https://a.example").contains("connect-src 'self' https://a.example"));
    }
}
