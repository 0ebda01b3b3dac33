//! What a model wrote: thoughts, calls, observations and an answer, found as the paper's evaluation finds them
//! (docs/papers.md 3.4), by `re.findall` of `Thought: Do I need to use a tool\? (.*)`, `Action: (.*)`,
//! `Action Input: (.*)` and `AI: (.*)`.
//!
//! None of these can match across a line feed, and `(.*)` takes the rest of its line, a carriage return included: so each finds its
//! first place in each line, wherever in the line it is. What is found is stripped as `str.strip` does.

const THOUGHT: &str = "Thought: Do I need to use a tool? ";
const ACTION: &str = "Action: ";
const INPUT: &str = "Action Input: ";
const ANSWER: &str = "AI: ";
/// What a tool gave back; the evaluation of the paper does not look at it.
const OBSERVATION: &str = "Observation:";

/// A transcript, in pieces of its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript<'a> {
    /// What was said to the question whether a tool is needed.
    pub thoughts: Vec<&'a str>,
    /// The tools that were called.
    pub actions: Vec<&'a str>,
    /// What they were called with; where all is well, as many.
    pub inputs: Vec<&'a str>,
    /// What they gave back, each with how many tools had been called before.
    pub observations: Vec<(usize, &'a str)>,
    /// Whether something was said to the human.
    pub has_answer: bool,
}

impl<'a> Transcript<'a> {
    /// Finds all there is in a text.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let mut found = Self::default();
        // An observation may stand on the line after its name.
        let mut is_open = false;
        for line in text.split('\n') {
            let after = |marker: &str| line.find(marker).map(|at| strip(&line[at + marker.len()..]));
            let (thought, action, input) = (after(THOUGHT), after(ACTION), after(INPUT));
            let is_answer = line.contains(ANSWER);
            found.thoughts.extend(thought);
            found.actions.extend(action);
            found.inputs.extend(input);
            found.has_answer |= is_answer;
            if let Some(observation) = after(OBSERVATION) {
                is_open = observation.is_empty();
                if !is_open {
                    found.observations.push((found.actions.len(), observation));
                }
            } else if is_open && !strip(line).is_empty() {
                is_open = false;
                if thought.is_none() && action.is_none() && input.is_none() && !is_answer {
                    found.observations.push((found.actions.len(), strip(line)));
                }
            }
        }
        found
    }
}

/// A text without the space around it, by Python's idea of space: Unicode's, and the four separators before it.
#[must_use]
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The words of a text, as Python's `str.split` parts them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_found_line_by_line() {
        let text = "Thought: Do I need to use a tool? Yes\r\nAction: Segment the Image \nAction Input: image/a.png\n\
                    Observation:\nResult saved as b.png\nThought: Do I need to use a tool? No\nAI: done";
        let found = Transcript {
            thoughts: vec!["Yes", "No"],
            actions: vec!["Segment the Image"],
            inputs: vec!["image/a.png"],
            observations: vec![(1, "Result saved as b.png")],
            has_answer: true,
        };
        assert_eq!(Transcript::parse(text), found);
        assert_eq!(Transcript::parse(&text.replace("Observation:\n", "Observation: ")), found);
    }

    #[test]
    fn a_marker_counts_anywhere_in_a_line_and_once() {
        let actions = |text| Transcript::parse(text).actions;
        assert_eq!(actions("AI: my Action: a Action: b"), ["a Action: b"]);
        assert_eq!(actions("Action:\nAction: \nAction Input: x\naction: y\nAction:  z\t"), ["", "z"]);
        assert_eq!(Transcript::parse("Action Input: a Action: b").inputs, ["a Action: b"]);
        assert_eq!(Transcript::parse("Thought: Do I need to use a tool?No").thoughts, [""; 0]);
        assert!(
            !Transcript::parse("AI:\nreally").has_answer && Transcript::parse("an AI: ").has_answer,
            "AI and a blank"
        );
    }

    #[test]
    fn observations_belong_to_the_calls_before_them() {
        let text =
            "Action: a\nObservation:\n\n x.png \nAction: b\nObservation:\nThought: Do I need to use a tool? No\nnot it";
        assert_eq!(Transcript::parse(text).observations, [(1, "x.png")]);
    }

    #[test]
    fn space_is_what_python_calls_space() {
        for space in ['\t', '\u{b}', '\r', '\u{1c}', '\u{1f}', '\u{85}', '\u{a0}', '\u{2003}', '\u{2028}', '\u{3000}'] {
            assert_eq!(strip(&format!("{space}a{space}")), "a", "{space:?}");
            assert_eq!(words(&format!("a{space}b")).count(), 2, "{space:?}");
        }
        for other in ['\u{200b}', '\u{feff}', '\u{180e}', '\0'] {
            assert_eq!(strip(&other.to_string()).len(), other.len_utf8(), "{other:?}");
        }
    }
}
