//! What people say that needs no tool, with answers: what teaches a model to call none (docs/papers.md 3.1.5).
//! GPT4Tools takes Alpaca's instructions; these are drawn from a grammar, whose answers are right, or read from a file
//! in Alpaca's layout.

use super::pick;
use super::sample::Sample;
use super::scene::vocabulary::{LOOKS, THINGS};
use crate::random::Random;

/// Something said, and what is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// What the human says.
    pub said: String,
    /// What the model answers.
    pub answer: String,
}

/// What can be explained without looking at an image, some of it about images.
const EXPLAINED: &[(&str, &str)] = &[
    ("a depth map", "A depth map is an image whose values say how far away each point of a scene is."),
    ("edge detection", "Edge detection finds the places where the brightness of an image changes abruptly."),
    ("a normal map", "A normal map is an image that says for each point which way the surface there faces."),
    ("image segmentation", "Image segmentation parts an image into regions that belong together."),
    ("a watercolor", "A watercolor is a painting made with pigments in water, often on paper."),
    ("a sonnet", "A sonnet is a poem of fourteen lines with a fixed scheme of rhymes."),
    ("photosynthesis", "Photosynthesis is how plants make sugar and oxygen from light, water and carbon dioxide."),
    (
        "an eclipse of the moon",
        "In an eclipse of the moon the earth stands between sun and moon and casts its shadow on it.",
    ),
    ("compound interest", "Compound interest is interest that is also paid on the interest of earlier years."),
    ("a prime number", "A prime number is a whole number above 1 that only 1 and itself divide."),
    ("a metaphor", "A metaphor speaks of one thing as if it were another to show what they share."),
    ("a lighthouse", "A lighthouse is a tower whose light shows ships the way."),
];

const OPPOSITES: &[(&str, &str)] = &[
    ("hot", "cold"),
    ("early", "late"),
    ("narrow", "wide"),
    ("loud", "quiet"),
    ("heavy", "light"),
    ("brave", "cowardly"),
    ("empty", "full"),
    ("ancient", "modern"),
    ("rough", "smooth"),
    ("generous", "stingy"),
];

const CAPITALS: &[(&str, &str)] = &[
    ("France", "Paris"),
    ("Kenya", "Nairobi"),
    ("Japan", "Tokyo"),
    ("Chile", "Santiago"),
    ("Norway", "Oslo"),
    ("Egypt", "Cairo"),
    ("Portugal", "Lisbon"),
    ("Peru", "Lima"),
    ("Poland", "Warsaw"),
    ("Vietnam", "Hanoi"),
];

/// All texts that chats are made of, to take words from; numbers and words in between not among them.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    [EXPLAINED, OPPOSITES, CAPITALS].into_iter().flatten().flat_map(|(a, b)| [*a, *b])
}

impl Chat {
    /// Draws one.
    #[must_use]
    pub fn draw(random: &mut Random) -> Self {
        let (a, b) = (random.below(90) + 10, random.below(90) + 10);
        let (thing, look) = (*pick(random, THINGS), *pick(random, LOOKS));
        let (said, answer) = match random.below(9) {
            0 => (format!("What is {a} plus {b}?"), format!("{a} plus {b} is {}.", a + b)),
            1 => (format!("How much is {a} times {b}?"), format!("{a} times {b} is {}.", a * b)),
            2 => {
                let larger = if a < b {
                    "smaller than"
                } else if a > b {
                    "larger than"
                } else {
                    "equal to"
                };
                (format!("Is {a} larger or smaller than {b}?"), format!("{a} is {larger} {b}."))
            }
            3 => {
                let (what, answer) = *pick(random, EXPLAINED);
                let ways = ["Explain what {} is.", "What is {}?", "Tell a child in one sentence what {} is."];
                (pick(random, &ways).replace("{}", what), answer.to_owned())
            }
            4 => {
                let (word, opposite) = *pick(random, OPPOSITES);
                (format!("Give me the opposite of {word}."), format!("The opposite of {word} is {opposite}."))
            }
            5 => {
                let (country, capital) = *pick(random, CAPITALS);
                (format!("Which city is the capital of {country}?"), format!("The capital of {country} is {capital}."))
            }
            6 => {
                let backwards: String = thing.chars().rev().collect();
                (format!("Spell {thing} backwards."), format!("Backwards it is {backwards}."))
            }
            7 => {
                let mut words = [thing, *pick(random, THINGS), *pick(random, THINGS)];
                let said = format!("Sort these by the alphabet: {}.", words.join(", "));
                words.sort_unstable();
                (said, format!("{}.", words.join(", ")))
            }
            _ => (
                format!("Finish this sentence, I do not need a picture: the {look} {thing} was"),
                format!("The {look} {thing} was still there when everyone had gone home."),
            ),
        };
        Self { said, answer }
    }

    /// A record in Alpaca's layout: `instruction`, then `input`, and `output`.
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        let said = format!("{} {}", sample.instruction, sample.input);
        Self { said: said.trim().to_owned(), answer: sample.output.trim().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use std::collections::BTreeSet;

    #[test]
    fn chats_vary_and_call_nothing() {
        let mut random = Random::new(7, Purpose::Conversation, 0);
        let all: Vec<Chat> = (0..2_000).map(|_| Chat::draw(&mut random)).collect();
        let different: BTreeSet<&str> = all.iter().map(|chat| chat.said.as_str()).collect();
        assert!(different.len() > 1_000, "{} different of 2000", different.len());
        for Chat { said, answer } in &all {
            assert!(!answer.contains("Action") && !answer.is_empty() && !said.is_empty(), "{said}: {answer}");
        }
    }

    #[test]
    fn alpacas_records_are_read() {
        let sample = Sample {
            instruction: "Sort".to_owned(),
            input: "b, a".to_owned(),
            output: "a, b\n".to_owned(),
            ..Sample::default()
        };
        assert_eq!(Chat::of(&sample), Chat { said: "Sort b, a".to_owned(), answer: "a, b".to_owned() });
    }
}
