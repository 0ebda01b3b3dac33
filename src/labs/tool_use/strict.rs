//! A stricter score than the paper's, ours: would the calls have done what was asked? Tools, files and texts are all compared, and a
//! failure has its reason.
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
/// The first failure: of the form, of the tools, of the thoughts, then the gravest of all arguments.
pub fn judge(truth: &Transcript<'_>, prediction: &Transcript<'_>) -> Result<(), Failure> {
    tools(truth, prediction)?;
    thoughts(truth, prediction)?;
    let results = [results(truth), results(prediction)];
    let calls = 0..truth.actions.len();
    let failures = calls.filter_map(|call| arguments(truth, prediction, call, &results).err());
    failures.min_by_key(|failure| (failure.reason, failure.call)).map_or(Ok(()), Err)
}

/// A failure at a call that counts from 0.
fn fail(reason: Reason, call: usize, found: &str, expected: &str) -> Result<(), Failure> {
    let [found, expected] = apart(found, expected);
    Err(Failure { reason, call: call + 1, found, expected })
}

/// Characters that are shown of what two texts have in common before they differ.
const ALIKE: usize = 10;

/// Both texts shortened, from a little before they differ where a beginning would be all that is left of each.
fn apart(found: &str, expected: &str) -> [String; 2] {
    let alike = found.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
    [found, expected].map(|text| match text.char_indices().nth(alike.saturating_sub(ALIKE)) {
        Some((from, _)) if alike > 2 * ALIKE => format!("…{}", shorten(&text[from..])),
        _ => shorten(text),
    })
}

/// Whether there are calls, each of a tool with an input, of the same tools in the same order.
fn tools(truth: &Transcript<'_>, prediction: &Transcript<'_>) -> Result<(), Failure> {
    let (wanted, given) = (&truth.actions, &prediction.actions);
    let Some(first) = prediction.thoughts.first() else {
        return fail(Reason::NotParsed, 0, "no thought", "Thought: Do I need to use a tool?");
    };
    let inputs = prediction.inputs.len();
    if given.len() != inputs {
        let found = format!("{} actions, {inputs} inputs", given.len());
        return fail(Reason::NotParsed, given.len().min(inputs), &found, "an input for each action");
    }
    if given.is_empty() && !wanted.is_empty() && *first == "No" {
        return fail(Reason::Refused, 0, "No", wanted[0]);
    }
    if let Some(call) = wanted.iter().zip(given).position(|(expected, found)| expected != found) {
        return fail(Reason::WrongTool, call, given[call], wanted[call]);
    }
    match (wanted.get(given.len()), given.get(wanted.len())) {
        (Some(expected), _) => fail(Reason::MissingCall, given.len(), "no call", expected),
        (_, Some(found)) => fail(Reason::ExtraCall, wanted.len(), found, "no call"),
        _ => Ok(()),
    }
}

/// Whether thoughts agree, of as many calls; without one there must be a No and an answer.
fn thoughts(truth: &Transcript<'_>, prediction: &Transcript<'_>) -> Result<(), Failure> {
    let (mut expected, mut found) = (&truth.thoughts[..], &prediction.thoughts[..]);
    if !truth.actions.is_empty() {
        (expected, found) = thoughts_of_calls(truth, prediction);
    } else if !prediction.has_answer {
        return fail(Reason::NotParsed, 0, "no answer", "AI: and an answer");
    } else if found[0] != "No" {
        // The paper asks for it, whatever the truth's first thought is.
        expected = &["No"];
    }
    if expected == found {
        return Ok(());
    }
    let at = expected.iter().zip(found).take_while(|(a, b)| a == b).count();
    let shown = |thoughts: &[&str]| {
        thoughts.get(at).map_or_else(|| "no thought".to_owned(), |thought| format!("the thought {thought}"))
    };
    fail(Reason::NotParsed, at, &shown(found), &shown(expected))
}

/// Whether a call's arguments are the same; `results` are the files that each call of the truth and of the prediction gave back.
fn arguments(
    truth: &Transcript<'_>,
    prediction: &Transcript<'_>,
    call: usize,
    results: &[Vec<Option<&str>>; 2],
) -> Result<(), Failure> {
    let (wanted, given) = (truth.inputs[call], prediction.inputs[call]);
    if wanted.split(',').count() != given.split(',').count() {
        return fail(Reason::ArgumentCount, call, given, wanted);
    }
    let mut text = Ok(());
    for (wanted, given) in wanted.split(',').zip(given.split(',')) {
        let (expected, found) = (strip(wanted), strip(given));
        if is_file(expected) {
            let mut before = results[0].iter().zip(&results[1]).take(call);
            if expected != found && !before.any(|pair| pair == (&Some(expected), &Some(found))) {
                return fail(Reason::WrongFile, call, found, expected);
            }
        } else if text.is_ok() && !words(expected).eq(words(found)) {
            text = fail(Reason::WrongText, call, found, expected);
        }
    }
    text
}

/// The file that each call gave back: the last word of its observation.
fn results<'a>(transcript: &Transcript<'a>) -> Vec<Option<&'a str>> {
    let mut results = vec![None; transcript.actions.len()];
    for (before, text) in &transcript.observations {
        let file = words(text).last().map(|word| word.trim_end_matches('.')).filter(|word| is_file(word));
        if let Some(result) = before.checked_sub(1).and_then(|call| results.get_mut(call)) {
            *result = result.or(file);
        }
    }
    results
}

fn is_file(argument: &str) -> bool {
    let ends = |end: &&str| argument.len() > end.len() && argument.ends_with(*end);
    [".png", ".jpg", ".jpeg"].iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::metrics::metrics;

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
    fn long_texts_are_shown_from_where_they_differ() {
        let long = "a very long description of a red car on a road";
        let both = apart(&format!("{long} at night"), &format!("{long} by day"));
        assert_eq!(both, ["…on a road at night", "…on a road by day"]);
        assert_eq!(apart(&format!("{long}s"), long), ["… on a roads", "… on a road"]);
        assert_eq!(apart("a cat", "a car"), ["a cat", "a car"], "short ones from their start");
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
