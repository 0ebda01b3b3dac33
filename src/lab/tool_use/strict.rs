//! A stricter score than the paper's, ours: would the calls have done what was asked? Tools, files and texts are all compared, and a
//! failure has its reason, the first there is in the order of [`Reason`].
//!
//! - Thoughts and tools must agree as the paper asks: what passes here has SR_t and SR_act of 1 there.
//! - Arguments are what commas part, as there. One that names an image (`.png`, `.jpg`, `.jpeg`) must be the same file. What an earlier
//!   call of the conversation gave back is the same file under another name: whoever writes a whole chain makes up the names.
//! - Other arguments must be the same words.
//! - What is said to the human at the end is not judged, nor whether it is said after a call.

use super::metrics::thoughts_of_calls;
use super::transcript::{Transcript, strip, words};
use crate::experiment::setting::shorten;

/// Why a prediction fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// There is none for the sample.
    Missing,
    /// No transcript, or one that breaks the format.
    NotParsed,
    /// It says that no tool is needed where one is.
    Refused,
    /// Another tool than the truth's.
    WrongTool,
    /// Fewer calls than the truth.
    MissingCall,
    /// More calls than the truth.
    ExtraCall,
    /// Another number of arguments.
    ArgumentCount,
    /// Another file.
    WrongFile,
    /// Other words.
    WrongText,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Missing,
        Self::NotParsed,
        Self::Refused,
        Self::WrongTool,
        Self::MissingCall,
        Self::ExtraCall,
        Self::ArgumentCount,
        Self::WrongFile,
        Self::WrongText,
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotParsed => "not_parsed",
            Self::Refused => "refused",
            Self::WrongTool => "wrong_tool",
            Self::MissingCall => "missing_call",
            Self::ExtraCall => "extra_call",
            Self::ArgumentCount => "argument_count",
            Self::WrongFile => "wrong_file",
            Self::WrongText => "wrong_text",
        }
    }
}

/// What a prediction fails by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("call {call}: {found}, expected {expected}")]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// At which call, from 1; one more than the truth's calls where it is none of them.
    pub call: usize,
    /// What is there, shortened.
    pub found: String,
    /// What should be, shortened.
    pub expected: String,
}

/// Whether the calls of a prediction do what those of the truth do. The truth must be one that [`super::metrics::check`] lets pass.
///
/// # Errors
/// The first failure.
pub fn judge(truth: &Transcript<'_>, prediction: &Transcript<'_>) -> Result<(), Failure> {
    let fail = |reason, call: usize, found: &str, expected: &str| {
        Err(Failure { reason, call: call + 1, found: shorten(found), expected: shorten(expected) })
    };
    let (wanted, given) = (truth.actions.len(), prediction.actions.len());
    let (first, inputs) = (prediction.thoughts.first(), prediction.inputs.len());
    if first.is_none() {
        return fail(Reason::NotParsed, 0, "no thought", "Thought: Do I need to use a tool?");
    }
    if given != inputs {
        return fail(
            Reason::NotParsed,
            given.min(inputs),
            &format!("{given} actions, {inputs} inputs"),
            "an input for each action",
        );
    }
    if wanted > 0 && given == 0 && first == Some(&"No") {
        return fail(Reason::Refused, 0, "No", truth.actions[0]);
    }
    for call in 0..wanted.min(given) {
        let (expected, found) = (truth.actions[call], prediction.actions[call]);
        if expected != found {
            return fail(Reason::WrongTool, call, found, expected);
        }
    }
    if given < wanted {
        return fail(Reason::MissingCall, given, "no call", truth.actions[given]);
    }
    if given > wanted {
        return fail(Reason::ExtraCall, wanted, prediction.actions[wanted], "no call");
    }
    let (expected, found) = if wanted > 0 {
        thoughts_of_calls(truth, prediction)
    } else if !prediction.has_answer {
        return fail(Reason::NotParsed, 0, "no answer", "AI: and an answer");
    } else {
        // Without a call the paper asks for this thought, whatever the truth's.
        let first = prediction.thoughts.get(..1).filter(|first| *first == ["No"]);
        (first.map_or(&["No"][..], |_| &truth.thoughts), &prediction.thoughts[..])
    };
    if expected != found {
        let at = expected.iter().zip(found).position(|(a, b)| a != b).unwrap_or(expected.len().min(found.len()));
        let shown = |thoughts: &[&str]| {
            thoughts.get(at).map_or("no thought".to_owned(), |thought| format!("the thought {thought}"))
        };
        return fail(Reason::NotParsed, at, &shown(found), &shown(expected));
    }
    let mut worst: Option<Failure> = None;
    for call in 0..wanted {
        if let Err(failure) = arguments(truth, prediction, call)
            && worst.as_ref().is_none_or(|worst| failure.reason < worst.reason)
        {
            worst = Some(failure);
        }
    }
    worst.map_or(Ok(()), Err)
}

/// Whether a call's arguments are the same.
fn arguments(truth: &Transcript<'_>, prediction: &Transcript<'_>, call: usize) -> Result<(), Failure> {
    let (wanted, given) = (truth.inputs[call], prediction.inputs[call]);
    let fail = |reason, found: &str, expected: &str| {
        Err(Failure { reason, call: call + 1, found: shorten(found), expected: shorten(expected) })
    };
    if wanted.split(',').count() != given.split(',').count() {
        return fail(Reason::ArgumentCount, given, wanted);
    }
    let mut text = Ok(());
    for (wanted, given) in wanted.split(',').zip(given.split(',')) {
        let (expected, found) = (strip(wanted), strip(given));
        if is_file(expected) {
            let is_result = result_calls(truth, expected, call).any(|at| result(prediction, at) == Some(found));
            if expected != found && !is_result {
                return fail(Reason::WrongFile, found, expected);
            }
        } else if text.is_ok() && !words(expected).eq(words(found)) {
            text = fail(Reason::WrongText, found, expected);
        }
    }
    text
}

/// The calls before `call` that gave back `file`.
fn result_calls(truth: &Transcript<'_>, file: &str, call: usize) -> impl Iterator<Item = usize> {
    (0..call).filter(move |at| result(truth, *at) == Some(file))
}

/// The file that a call gave back: the last word of its observation.
fn result<'a>(transcript: &Transcript<'a>, call: usize) -> Option<&'a str> {
    let (_, text) = transcript.observations.iter().find(|(before, _)| *before == call + 1)?;
    words(text).last().map(|word| word.trim_end_matches('.')).filter(|word| is_file(word))
}

fn is_file(argument: &str) -> bool {
    let ends = |end: &&str| argument.len() > end.len() && argument.ends_with(*end);
    [".png", ".jpg", ".jpeg"].iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::tool_use::metrics::metrics;

    fn call(tool: &str, input: &str, result: &str) -> String {
        format!(
            "Thought: Do I need to use a tool? Yes\nAction: {tool}\nAction Input: {input}\nObservation: \n{result}\n"
        )
    }

    const NO: &str = "Thought: Do I need to use a tool? No\nAI: found\n";

    #[track_caller]
    fn judged(truth: &str, prediction: &str) -> Result<(), (Reason, usize)> {
        let (truth, prediction) = (Transcript::parse(truth), Transcript::parse(prediction));
        let found = judge(&truth, &prediction).map_err(|failure| (failure.reason, failure.call));
        let metrics = metrics(&truth, &prediction);
        assert!(found.is_err() || metrics.success == 1.0, "what passes here passes there: {metrics:?}");
        found
    }

    #[test]
    fn every_failure_has_its_reason() {
        let truth = call("Detect", "image/a.png, red car", "found") + NO;
        let of = |prediction: &str| judged(&truth, prediction);
        assert_eq!(of(&truth), Ok(()));
        assert_eq!(of(&call("Detect", "image/a.png,  red  car", "else")), Ok(()), "the same words, and no answer");
        assert_eq!(of(""), Err((Reason::NotParsed, 1)));
        assert_eq!(of("I cannot see images."), Err((Reason::NotParsed, 1)));
        assert_eq!(of("Thought: Do I need to use a tool? Yes\nAction: Detect\n"), Err((Reason::NotParsed, 1)));
        assert_eq!(of(&truth.replace("? Yes", "? Sure")), Err((Reason::NotParsed, 1)));
        assert_eq!(of(NO), Err((Reason::Refused, 1)));
        assert_eq!(of("Thought: Do I need to use a tool? Yes\n"), Err((Reason::MissingCall, 1)));
        assert_eq!(of(&truth.replace("Detect", "detect")), Err((Reason::WrongTool, 1)));
        assert_eq!(of(&(call("Detect", "image/a.png, red car", "found") + &truth)), Err((Reason::ExtraCall, 2)));
        assert_eq!(of(&truth.replace(", red car", "")), Err((Reason::ArgumentCount, 1)));
        assert_eq!(of(&truth.replace("a.png, red", "b.png, blue")), Err((Reason::WrongFile, 1)));
        assert_eq!(of(&truth.replace("red", "blue")), Err((Reason::WrongText, 1)));
    }

    #[test]
    fn a_chain_may_name_its_results_as_it_likes() {
        let chain = |first: &str, seen: &str, used: &str, text: &str| {
            call("Edge", first, &format!("Result saved as {seen}"))
                + &call("Canny", &format!("{used}, {text}"), "c.png")
                + NO
        };
        let truth = chain("a.png", "images/b.png", "images/b.png", "a car");
        let of = |prediction: &str| judged(&truth, prediction);
        assert_eq!(of(&truth), Ok(()));
        assert_eq!(of(&chain("a.png", "made/up.png", "made/up.png", "a car")), Ok(()));
        assert_eq!(of(&chain("a.png", "made/up.png", "a.png", "a car")), Err((Reason::WrongFile, 2)));
        assert_eq!(of(&chain("x.png", "images/b.png", "images/b.png", "a car")), Err((Reason::WrongFile, 1)));
        assert_eq!(of(&chain("x.png", "images/b.png", "images/b.png, b", "a car")), Err((Reason::ArgumentCount, 2)));
        assert_eq!(of(&call("Edge", "a.png", "b.png")), Err((Reason::MissingCall, 2)));
        assert_eq!(of(&chain("a.png", "made/up.png", "made/up.png", "cars")), Err((Reason::WrongText, 2)));
    }

    #[test]
    fn without_a_tool_an_answer_is_asked_for() {
        assert_eq!(judged(NO, "Thought: Do I need to use a tool? No\nAI: whatever"), Ok(()));
        assert_eq!(judged(NO, "Thought: Do I need to use a tool? No\n"), Err((Reason::NotParsed, 1)));
        assert_eq!(judged(NO, &NO.repeat(2)), Err((Reason::NotParsed, 2)));
        assert_eq!(judged(NO, &NO.replace("? No", "? Maybe")), Err((Reason::NotParsed, 1)));
        assert_eq!(judged(NO, &call("Edge", "a.png", "b.png")), Err((Reason::ExtraCall, 1)));
    }
}
