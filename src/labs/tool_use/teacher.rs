//! The teacher of self-instruction: told of a scene and of tools, it makes up what users might ask, one line for each tool, in the
//! form `N. instruction, [tool, arguments]` (docs/papers.md 3.1.1). A language model does that at a chat endpoint,
//! given [`prompt`] (see [`super::answers`]); here a seeded grammar does, in varied and sometimes deceptive words, and,
//! like a language model, some of its lines are flawed.

use super::catalogue::{Argument, Catalogue, Tool};
use super::scene::vocabulary::{BEINGS, LOOKS, PLACES, QUESTIONS, STYLES, THINGS};
use super::scene::{Scene, capital};
use super::{article, pick};
use crate::random::Random;

/// What the image is called in a teacher's answer.
pub const EXAMPLE: &str = "example.jpg";

/// What is said around a wish; `{ask}` is an imperative. Some have a `{number}`: if only sums had one, numbers would be learned to mean
/// that no tool is needed, and a region be refused by who was never taught a tool that takes one.
const FRAMES: &[&str] = &[
    "{ask}.",
    "{ask}!",
    "Please {ask}.",
    "Could you {ask}?",
    "Can you {ask} for me?",
    "I would like you to {ask}.",
    "I need you to {ask} before tonight.",
    "For a talk at school: {ask}.",
    "My sister bets that you cannot {ask}.",
    "Be so kind and {ask}.",
    "It would help me if you could {ask}.",
    "Here is the photo of my holidays; {ask}.",
    "Here is photo {number} of my holidays; {ask}.",
    "My sister bets {number} to {number} that you cannot {ask}.",
];

/// What sounds like a wish for another tool, `{other}`, and is one for this one.
const DECEPTIONS: &[&str] = &[
    "Do not {other}; {ask}.",
    "At first I wanted you to {other}, but now {ask}.",
    "It may sound as if you should {other}. In fact, {ask}.",
    "Everyone asks you to {other}. I only want you to {ask}.",
    "Leave out what you would do to {other} and {ask} instead.",
    "Before anyone tells you to {other}, {ask}.",
];

/// Tools that teachers make up or know from elsewhere.
const FOREIGN: &[&str] =
    &["Crop Image", "Text Detection On Image", "Detection", "Enhance The Image", "Image Captioning", "Style Transfer"];

/// All texts that are around wishes, to take words from.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    FRAMES.iter().chain(DECEPTIONS).copied()
}

/// How a line can be flawed.
#[derive(Clone, Copy)]
enum Flaw {
    NoBrackets,
    ForeignTool,
    FewerArguments,
    MoreArguments,
    OtherImage,
    OtherName,
    OtherCase,
    Comma,
    Quotes,
    Repeated,
    Chatter,
}

const FLAWS: [Flaw; 11] = [
    Flaw::NoBrackets,
    Flaw::ForeignTool,
    Flaw::FewerArguments,
    Flaw::MoreArguments,
    Flaw::OtherImage,
    Flaw::OtherName,
    Flaw::OtherCase,
    Flaw::Comma,
    Flaw::Quotes,
    Flaw::Repeated,
    Flaw::Chatter,
];

/// What a language model is asked, in one message: the image, its caption and objects, the tools, the form of the answer.
#[must_use]
pub fn prompt(scene: &Scene, catalogue: &Catalogue) -> String {
    let tools =
        catalogue.tools().iter().zip(1..).map(|(tool, n)| format!("{n}. {}: {}\n", tool.name, tool.description()));
    let (count, tools) = (catalogue.tools().len(), tools.collect::<String>());
    format!(
        "An image has the image_path \"{EXAMPLE}\". Its caption, with the objects in it and their boxes [x1, y1, x2, y2], (x1, y1) \
         being the top left corner and (x2, y2) the bottom right one: \"{}\"\n\n\
         There are {count} tools, each given as \"name: when to use it and what it takes\":\n{tools}\n\
         Write one instruction for each tool, {count} in all, that a user might give and that the tool can carry out. Each must be \
         about what the caption says. Make them complex, varied and deceptive where you can. Use the tools' names as they are and \
         no other tools, and give each the arguments it takes.\n\
         Answer with a numbered list and nothing else, each line in the form \"instruction, [tool_name, arguments]\".",
        scene.description().replace('"', "'"),
    )
}

/// What the grammar answers: a line for each tool; a share `flaws` of the lines is flawed, some of them past repair.
#[must_use]
pub fn answer(scene: &Scene, catalogue: &Catalogue, flaws: f32, random: &mut Random) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (tool, number) in catalogue.tools().iter().zip(1..) {
        let wish = Wish::draw(tool, scene, random);
        let text = wish.instruction(catalogue, scene, random);
        let flaw = (random.unit() < flaws).then(|| *pick(random, &FLAWS));
        let line = match flaw {
            None => wish.line(number, &text, &tool.name),
            Some(flaw) => wish.flawed(flaw, number, &text, &lines, random),
        };
        lines.push(line);
    }
    lines.join("\n")
}

/// A wish for a tool, and the arguments that fulfil it.
struct Wish<'a> {
    tool: &'a Tool,
    ask: String,
    arguments: Vec<String>,
}

impl<'a> Wish<'a> {
    fn draw(tool: &'a Tool, scene: &Scene, random: &mut Random) -> Self {
        let arguments: Vec<String> = tool.arguments.iter().map(|kind| argument(*kind, scene, random)).collect();
        let mut ask = match &tool.asks[..] {
            [] => format!("use {}: {}", tool.name, arguments[usize::from(tool.takes_image())..].join(" and ")),
            asks => pick(random, asks).clone(),
        };
        for (kind, argument) in tool.arguments.iter().zip(&arguments) {
            ask = ask.replace(&format!("{{{}}}", kind.name()), argument);
        }
        let object = argument(Argument::Object, scene, random);
        Self { tool, ask: ask.replace("{object}", &object).trim_end_matches([':', ' ']).to_owned(), arguments }
    }

    /// What the user says: the wish in a frame, every third time a deceptive one.
    fn instruction(&self, catalogue: &Catalogue, scene: &Scene, random: &mut Random) -> String {
        let mut frame = if random.below(3) == 0 {
            let mut other = pick(random, catalogue.tools());
            if other.name == self.tool.name {
                other = &catalogue.tools()[usize::from(catalogue.tools()[0].name == other.name)];
            }
            let other = Wish::draw(other, scene, random);
            pick(random, DECEPTIONS).replace("{other}", &other.ask)
        } else {
            (*pick(random, FRAMES)).to_owned()
        };
        while frame.contains("{number}") {
            frame = frame.replacen("{number}", &(1 + random.below(640)).to_string(), 1);
        }
        capital(&frame.replace("{ask}", &self.ask))
    }

    fn line(&self, number: usize, text: &str, name: &str) -> String {
        format!("{number}. {text}, [{name}, {}]", self.arguments.join(", "))
    }

    fn flawed(mut self, flaw: Flaw, number: usize, text: &str, before: &[String], random: &mut Random) -> String {
        let name = self.tool.name.as_str();
        match flaw {
            Flaw::NoBrackets => self.line(number, text, name).replace(['[', ']'], ""),
            Flaw::ForeignTool => self.line(number, text, pick::<&str>(random, FOREIGN)),
            Flaw::FewerArguments => {
                self.arguments.pop();
                self.line(number, text, name)
            }
            Flaw::MoreArguments => {
                self.arguments.push((*pick(random, LOOKS)).to_owned());
                self.line(number, text, name)
            }
            Flaw::OtherImage => self
                .line(number, text, name)
                .replace(EXAMPLE, pick::<&str>(random, &["image.jpg", "photo.png", "the image"])),
            Flaw::OtherName => match &self.tool.also[..] {
                [] => self.line(number, text, name),
                names => self.line(number, text, pick::<String>(random, names)),
            },
            Flaw::OtherCase => self.line(number, text, &name.to_lowercase()),
            Flaw::Comma => {
                if let Some(last) = self.arguments.last_mut().filter(|last| *last != EXAMPLE) {
                    *last = last.replacen(' ', ", ", 1);
                }
                self.line(number, text, name)
            }
            Flaw::Quotes => {
                let arguments: Vec<String> = self.arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
                format!("{number}. \"{text}\", [{name}, {}]", arguments.join(", "))
            }
            Flaw::Repeated => before.last().cloned().unwrap_or_else(|| self.line(number, text, name)),
            Flaw::Chatter => format!("Sure! Instruction {number} is about the {}:", name.to_lowercase()),
        }
    }
}

/// An argument of this kind for a scene.
fn argument(kind: Argument, scene: &Scene, random: &mut Random) -> String {
    let object = pick(random, &scene.objects);
    match kind {
        Argument::Image => EXAMPLE.to_owned(),
        Argument::Object => object.name.clone(),
        Argument::Thing => format!("{} {}", pick(random, LOOKS), other_thing(scene, random)),
        Argument::Question => {
            let question = pick(random, QUESTIONS).replace("{object}", &object.name);
            question.replace("{thing}", other_thing(scene, random))
        }
        Argument::Style => pick(random, STYLES).replace("{object}", &object.name),
        Argument::Description | Argument::Text => {
            let (being, deeds) = pick(random, BEINGS);
            match random.below(3) {
                0 => article(&format!("{} {} {}", pick(random, LOOKS), pick(random, THINGS), pick(random, PLACES))),
                1 => format!("{} {} {}", article(being), pick(random, deeds), pick(random, PLACES)),
                _ => {
                    format!("{} {} with {}", article(being), pick(random, PLACES), article(other_thing(scene, random)))
                }
            }
        }
        Argument::Region => object.bounds.map(|corner| corner.to_string()).join(" "),
    }
}

/// A thing that is not in the scene.
fn other_thing(scene: &Scene, random: &mut Random) -> &'static str {
    let first = random.below(THINGS.len() as u32) as usize;
    let others = THINGS.iter().cycle().skip(first).take(THINGS.len());
    let is_there = |name: &str| scene.objects.iter().any(|object| object.name == name);
    others.copied().find(|name| !is_there(name)).unwrap_or(THINGS[first])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::clean::parse;
    use crate::random::Purpose;
    use std::collections::BTreeSet;

    fn scene(index: u64) -> Scene {
        Scene::draw(&mut Random::new(7, Purpose::Scene, index))
    }

    fn lines(index: u64, catalogue: &Catalogue, flaws: f32) -> Vec<String> {
        let answer = answer(&scene(index), catalogue, flaws, &mut Random::new(7, Purpose::Teacher, index));
        answer.lines().map(str::to_owned).collect()
    }

    #[test]
    fn without_flaws_every_line_is_kept_and_asks_for_its_tool() {
        for catalogue in [Catalogue::seen(), Catalogue::unseen()] {
            for index in 0..200 {
                for (line, tool) in lines(index, &catalogue, 0.0).iter().zip(0..) {
                    let parsed = parse(line, &catalogue).unwrap_or_else(|why| panic!("{why:?}: {line}"));
                    assert_eq!(parsed.tool, tool, "{line}");
                    assert!(!parsed.text.contains(['{', '}', '[']) && !parsed.text.contains("  "), "{line}");
                    // What a text argument says stands in the instruction too.
                    for argument in parsed.arguments.iter().filter(|argument| *argument != EXAMPLE) {
                        assert!(parsed.text.to_lowercase().contains(&argument.to_lowercase()), "{line}");
                    }
                }
            }
        }
    }

    #[test]
    fn instructions_vary_and_some_name_what_is_not_wanted() {
        let catalogue = Catalogue::seen();
        let all: Vec<String> = (0..200).flat_map(|index| lines(index, &catalogue, 0.0)).collect();
        let different: BTreeSet<&String> = all.iter().collect();
        assert!(different.len() * 10 > all.len() * 7, "{} different of {}", different.len(), all.len());
        let deceptive = all.iter().filter(|line| line.contains("Do not ") || line.contains("instead")).count();
        assert!(deceptive * 20 > all.len(), "{deceptive} of {}", all.len());
    }

    #[test]
    fn a_share_of_lines_is_flawed() {
        let catalogue = Catalogue::seen();
        let flawless = |flaws: f32| {
            let all: Vec<String> = (0..200).flat_map(|index| lines(index, &catalogue, flaws)).collect();
            all.iter().filter(|line| parse(line, &catalogue).is_ok()).count() as f64 / all.len() as f64
        };
        assert_eq!(flawless(0.0), 1.0);
        let (half, all) = (flawless(0.5), flawless(1.0));
        assert!((0.6..0.85).contains(&half) && (0.3..0.7).contains(&all), "{half}, {all}: some flaws are repaired");
    }

    #[test]
    fn a_prompt_has_all_that_a_teacher_needs() {
        let catalogue = Catalogue::seen();
        let text = prompt(&scene(0), &catalogue);
        assert!(
            text.contains(&scene(0).caption) && text.contains(EXAMPLE) && text.contains("There are 23 tools"),
            "{text}"
        );
        for (tool, number) in catalogue.tools().iter().zip(1..) {
            assert!(text.contains(&format!("\n{number}. {}: ", tool.name)), "{}", tool.name);
        }
    }

    #[test]
    fn tools_of_others_are_asked_for_by_name() {
        let own = br#"[{"name": "Echo", "use": "u", "arguments": ["text"]}, {"name": "Flip", "use": "u", "arguments": ["image"]}]"#;
        let catalogue = Catalogue::read(own).expect("a catalogue");
        let lines = lines(0, &catalogue, 0.0);
        assert!(lines[0].contains("se Echo: ") && lines[1].contains("se Flip"), "{lines:?}");
        assert!(lines.iter().all(|line| parse(line, &catalogue).is_ok()), "{lines:?}");
    }
}
