//! Conversations with tools, and the samples that they become (docs/papers.md 3.1.4, 3.1.5, 3.2). A conversation begins
//! with a prompt; then the model calls a tool and is shown what it gave back, as often as needed, and at last says so
//! to the human.
//!
//! ```text
//! Thought: Do I need to use a tool? Yes
//! Action: <tool>
//! Action Input: <image>, <text>
//! Observation:
//! <result>
//! Thought: Do I need to use a tool? No
//! AI: <result>
//! ```

use super::catalogue::{Catalogue, Returns, Tool};
use super::chat::Chat;
use super::clean::{Instruction, file_name};
use super::form::{ANSWER, BEFORE, CALL, CALLING, CLOSING, IMAGE, INPUT, OPENING, SAVED};
use super::pick;
use super::sample::{Id, Sample};
use super::teacher::EXAMPLE;
use crate::random::Random;

/// Fewest and most tools in a prompt, unless more are needed or fewer there.
pub const TOOLS: [u32; 2] = [2, 5];

/// A call and what it gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The tool, by its place in the catalogue.
    pub tool: usize,
    /// What it is called with.
    pub input: String,
    /// What it gave back.
    pub result: String,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// What the model is given first.
    pub prompt: String,
    /// What the human says in it.
    pub said: String,
    /// The image's name and caption, if it tells of one.
    pub image: Option<[String; 2]>,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// What is said to the human at last.
    pub answer: String,
}

impl Conversation {
    /// The conversation of an instruction: the tools that must come before its own are called first, each with the image, and what
    /// they give back takes its place. Of an image that no tool needs the prompt tells half the time.
    #[must_use]
    pub fn new(instruction: &Instruction, caption: &str, catalogue: &Catalogue, random: &mut Random) -> Self {
        let Instruction { parsed, image } = instruction;
        let tells = catalogue.tools()[parsed.tool].takes_image() || random.below(2) == 0;
        let shown = tells.then(|| [image.clone(), caption.to_owned()]);
        let chain = catalogue.chain(parsed.tool);
        let prompt = prompt(&parsed.text, shown.as_ref(), &chain, catalogue, random);
        let mut calls: Vec<Call> = Vec::new();
        let mut file = image.clone();
        for &tool in &chain {
            let input = if tool == parsed.tool { parsed.arguments.join(", ").replace(EXAMPLE, &file) } else { file };
            file = file_name(random);
            let result = match &catalogue.tools()[tool].returns {
                Returns::Text(placeholder) => placeholder.clone(),
                Returns::Image => (*pick(random, &[SAVED, ""])).to_owned() + &file,
            };
            calls.push(Call { tool, input, result });
        }
        let answer = calls.last().map_or_else(String::new, |call| call.result.clone());
        Self { prompt, said: parsed.text.clone(), image: shown, calls, answer }
    }

    /// A conversation that needs no tool, with an image half the time, which `caption` tells of.
    #[must_use]
    pub fn negative(chat: &Chat, caption: &str, catalogue: &Catalogue, random: &mut Random) -> Self {
        let image = (random.below(2) == 0).then(|| [file_name(random), caption.to_owned()]);
        let needed = catalogue.chain(random.below(catalogue.tools().len() as u32) as usize);
        let prompt = prompt(&chat.said, image.as_ref(), &needed, catalogue, random);
        Self { prompt, said: chat.said.clone(), image, calls: Vec::new(), answer: chat.answer.clone() }
    }

    /// What the model writes in its turn `at`, up to where it waits for a tool.
    fn turn(&self, at: usize, catalogue: &Catalogue) -> String {
        match self.calls.get(at) {
            Some(Call { tool, input, .. }) => {
                let name = &catalogue.tools()[*tool].name;
                let [thought, takes, observed] = CALL;
                [thought, name, takes, input, observed].concat()
            }
            None => [ANSWER, &self.answer, "\n"].concat(),
        }
    }

    /// Turns of the model with what tools gave back after them.
    fn turns(&self, turns: core::ops::Range<usize>, catalogue: &Catalogue) -> String {
        let result = |at: usize| self.calls.get(at).map_or_else(String::new, |call| format!("{}\n", call.result));
        turns.map(|at| self.turn(at, catalogue) + &result(at)).collect()
    }

    /// A sample to learn from: one turn of the model, and all before it. With turns before it, it is one in a context.
    ///
    /// # Panics
    /// When there is no such turn: there is one for each call, and a last one.
    #[must_use]
    pub fn complement(&self, turn: usize, catalogue: &Catalogue) -> Sample {
        assert!(turn <= self.calls.len(), "turn {turn} of a conversation with {} calls", self.calls.len());
        Sample {
            instruction: self.prompt.clone() + &self.turns(0..turn, catalogue),
            output: self.turn(turn, catalogue),
            ..Sample::default()
        }
    }

    /// A sample to be judged by: all turns from the first, or only the last, `finished` when all calls were made before.
    #[must_use]
    pub fn judged(&self, id: i64, finished: bool, catalogue: &Catalogue) -> Sample {
        let (from, to) = (if finished { self.calls.len() } else { 0 }, self.calls.len() + 1);
        let [filename, caption] = self.image.clone().unwrap_or_default();
        Sample {
            instruction: self.prompt.clone() + &self.turns(0..from, catalogue),
            input: String::new(),
            output: self.turns(from..to, catalogue),
            id: Some(Id::Number(id)),
            actions: self.calls.iter().map(|call| catalogue.tools()[call.tool].name.clone()).collect(),
            action_inputs: self.calls.iter().map(|call| call.input.clone()).collect(),
            user_input: Some(self.said.clone()),
            caption: Some(caption),
            filename: Some(filename),
            finished_previously: Some(finished && !self.calls.is_empty()),
        }
    }
}

/// What a model is given: the tools that are needed among others, in any order, how to call them, what was said of an image, and
/// what the human says now.
fn prompt(
    said: &str,
    image: Option<&[String; 2]>,
    needed: &[usize],
    catalogue: &Catalogue,
    random: &mut Random,
) -> String {
    let mut tools = needed.to_vec();
    let mut others: Vec<usize> = (0..catalogue.tools().len()).filter(|tool| !needed.contains(tool)).collect();
    let count = TOOLS[0] + random.below(TOOLS[1] - TOOLS[0] + 1);
    while tools.len() < count as usize && !others.is_empty() {
        tools.push(others.swap_remove(random.below(others.len() as u32) as usize));
    }
    random.shuffle(&mut tools);
    let tools: Vec<&Tool> = tools.into_iter().map(|tool| &catalogue.tools()[tool]).collect();
    compose(said, image, &tools)
}

/// A prompt that lists these tools.
#[must_use]
pub fn compose(said: &str, image: Option<&[String; 2]>, tools: &[&Tool]) -> String {
    let lines: Vec<String> = tools.iter().map(|tool| format!("> {}: {}", tool.name, tool.description())).collect();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    let before = image.map_or_else(String::new, |[name, caption]| {
        let [named, described, received] = IMAGE;
        [named, name, described, caption, received].concat()
    });
    let (lines, names) = (lines.join("\n"), names.join(", "));
    [OPENING, &lines, CALLING, &names, BEFORE, &before, INPUT, said, CLOSING].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::clean::{Parsed, parse};
    use crate::labs::tool_use::metrics::metrics;
    use crate::labs::tool_use::strict::judge;
    use crate::labs::tool_use::transcript::Transcript;
    use crate::random::Purpose;
    use std::collections::BTreeSet;

    const CANNY: &str = "6. Paint it, [Generate Image Condition On Canny Image, example.jpg, a red car]";
    const DRAW: &str = "4. Draw it, [Generate Image From User Input Text, a red car]";

    fn converse(line: &str, index: u64) -> Conversation {
        let catalogue = Catalogue::seen();
        let parsed: Parsed = parse(line, &catalogue).expect("a line that is kept");
        let instruction = Instruction { parsed, image: "image/abcdefgh.png".to_owned() };
        Conversation::new(&instruction, "A street.", &catalogue, &mut Random::new(7, Purpose::Conversation, index))
    }

    /// The tools that a prompt lists.
    fn listed(prompt: &str) -> Vec<&str> {
        let tools = prompt.lines().filter_map(|line| line.strip_prefix("> "));
        tools.map(|line| line.split(": ").next().expect("a name")).collect()
    }

    #[test]
    fn row_3a_a_condition_tool_comes_first_and_its_result_is_the_image() {
        let catalogue = Catalogue::seen();
        let conversation = converse(CANNY, 0);
        let [edge, canny] = &conversation.calls[..] else { panic!("two calls: {conversation:?}") };
        assert_eq!(edge.input, "image/abcdefgh.png");
        let file = edge.result.rsplit(' ').next().expect("a file");
        assert_eq!(canny.input, format!("{file}, a red car"));
        let text = conversation.judged(1, false, &catalogue).output;
        let found = Transcript::parse(&text);
        assert_eq!(found.actions, ["Edge Detection On Image", "Generate Image Condition On Canny Image"]);
        assert_eq!((found.thoughts, found.has_answer), (vec!["Yes", "Yes", "No"], true));
        assert_eq!(found.observations, [(1, edge.result.as_str()), (2, canny.result.as_str())]);
    }

    #[test]
    fn row_3c_prompts_list_two_to_five_tools_with_those_needed() {
        let mut counts = BTreeSet::new();
        let mut orders = BTreeSet::new();
        for index in 0..300 {
            let conversation = converse(CANNY, index);
            let tools = listed(&conversation.prompt);
            counts.insert(tools.len());
            let place = |name: &str| tools.iter().position(|tool| *tool == name).expect("a tool that is needed");
            orders.insert(place("Edge Detection On Image") < place("Generate Image Condition On Canny Image"));
            let different: BTreeSet<&&str> = tools.iter().collect();
            assert_eq!(different.len(), tools.len(), "{tools:?}");
            assert!(conversation.prompt.contains(&format!("one of [{}]", tools.join(", "))), "{}", conversation.prompt);
        }
        assert_eq!((counts, orders.len()), (BTreeSet::from([2, 3, 4, 5]), 2), "all numbers and both orders");
    }

    #[test]
    fn row_3c_negatives_have_no_action() {
        let (catalogue, mut random) = (Catalogue::seen(), Random::new(7, Purpose::Conversation, 0));
        let mut with_image = 0;
        for _ in 0..200 {
            let chat = Chat::draw(&mut random);
            let negative = Conversation::negative(&chat, "A street.", &catalogue, &mut random);
            let sample = negative.complement(0, &catalogue);
            assert_eq!(sample.output, format!("Thought: Do I need to use a tool? No\nAI: {}\n", chat.answer));
            assert!((2..=5).contains(&listed(&sample.instruction).len()), "{}", sample.instruction);
            assert!(sample.instruction.contains(&format!("New input: {}\n", chat.said)), "{}", sample.instruction);
            with_image += usize::from(sample.instruction.contains("Description: A street."));
        }
        assert!((70..130).contains(&with_image), "an image half the time: {with_image} of 200");
    }

    #[test]
    fn row_3c_context_samples_end_within_a_chain() {
        let catalogue = Catalogue::seen();
        let conversation = converse(CANNY, 0);
        let [first, second, last] = [0, 1, 2].map(|turn| conversation.complement(turn, &catalogue));
        assert_eq!(first.instruction, conversation.prompt);
        assert!(first.output.starts_with("Thought: Do I need to use a tool? Yes\nAction: Edge"), "{}", first.output);
        assert!(first.output.ends_with("Observation:\n"), "{}", first.output);
        assert_eq!(
            second.instruction,
            format!("{}{}{}\n", first.instruction, first.output, conversation.calls[0].result)
        );
        assert!(second.output.contains("Canny Image") && !second.output.contains("AI: "), "{}", second.output);
        assert_eq!(
            last.instruction,
            format!("{}{}{}\n", second.instruction, second.output, conversation.calls[1].result)
        );
        assert_eq!(last.output, format!("Thought: Do I need to use a tool? No\nAI: {}\n", conversation.answer));
    }

    #[test]
    fn an_image_that_no_tool_needs_is_left_out_half_the_time() {
        let told = (0..200).filter(|index| converse(DRAW, *index).image.is_some()).count();
        assert!((70..130).contains(&told), "{told} of 200");
        assert!((0..50).all(|index| converse(CANNY, index).image.is_some()), "needed");
        let results: BTreeSet<bool> =
            (0..50).map(|index| converse(DRAW, index).answer.starts_with("Result saved as ")).collect();
        assert_eq!(results.len(), 2, "results are told in both ways");
    }

    #[test]
    fn what_is_judged_passes_its_own_judgement() {
        let catalogue = Catalogue::seen();
        for (line, finished) in [(CANNY, false), (CANNY, true), (DRAW, false), (DRAW, true)] {
            let sample = converse(line, 3).judged(5, finished, &catalogue);
            assert_eq!(sample.finished_previously, Some(finished));
            let truth = Transcript::parse(&sample.output);
            assert_eq!(metrics(&truth, &truth).success, 1.0, "{}", sample.output);
            assert_eq!(judge(&truth, &truth), Ok(()));
            assert_eq!(truth.actions.is_empty(), finished, "{}", sample.output);
        }
    }
}
