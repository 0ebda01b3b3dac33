//! What is kept of a teacher's answer (docs/papers.md 3.1.3): each line is taken apart by the rules of the authors'
//! script, or dropped for a reason; images get random names; a line that was there before is dropped.
//!
//! One thing is done otherwise: the comma between an instruction and its bracket belongs to neither. The script leaves it in the
//! instruction.

use super::catalogue::Catalogue;
use super::frame::Dropped;
use super::pick;
use super::teacher::EXAMPLE;
use crate::random::Random;
use std::collections::HashSet;
use xxhash_rust::xxh64::xxh64;

/// A line that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What the user says.
    pub text: String,
    /// The tool that does it, by its place in the catalogue.
    pub tool: usize,
    /// What it is called with; an image is [`EXAMPLE`].
    pub arguments: Vec<String>,
}

/// Takes a line apart. The first three characters, its number, go; at brackets it is split. Before the first is the instruction; in it
/// the tool, up to a comma, by any of its names in whichever case, then arguments between commas; quotes go. Arguments that are too
/// many are one text with commas where a tool takes an image and a text, or only a text.
///
/// # Errors
/// Why the line is dropped.
pub fn parse(line: &str, catalogue: &Catalogue) -> Result<Parsed, Dropped> {
    let after_number = line.char_indices().nth(3).map_or("", |(at, _)| &line[at..]);
    let mut parts = after_number.split(['[', ']']);
    let (text, call) = (parts.next().unwrap_or_default(), parts.next().ok_or(Dropped::NoBrackets)?);
    let (name, rest) = call.split_once(',').map_or((call, None), |(name, rest)| (name, Some(rest)));
    let tool = catalogue.find(name.trim()).ok_or(Dropped::UnknownTool)?;
    let tidy = |text: &str| text.replace('"', "").trim().to_owned();
    let mut arguments: Vec<String> = rest.map(|rest| rest.split(',').map(tidy).collect()).unwrap_or_default();
    let (takes_image, wanted) = (catalogue.tools()[tool].takes_image(), catalogue.tools()[tool].arguments.len());
    // One without a word is none.
    if arguments.len() < wanted || arguments[..wanted].iter().any(String::is_empty) {
        return Err(Dropped::TooFewArguments);
    }
    if arguments.len() > wanted {
        if wanted != 1 + usize::from(takes_image) {
            return Err(Dropped::TooManyArguments);
        }
        let glued = arguments.split_off(wanted - 1).join(",");
        arguments.push(glued);
    }
    if takes_image && arguments[0] != EXAMPLE {
        return Err(Dropped::WrongImage);
    }
    let text = tidy(text);
    Ok(Parsed { text: text.strip_suffix(',').unwrap_or(&text).trim_end().to_owned(), tool, arguments })
}

/// An instruction that is kept, with a name for its image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What was said in the line.
    pub parsed: Parsed,
    /// What the image is called.
    pub image: String,
}

/// Cleans lines, and remembers those it kept.
#[derive(Clone, Debug, Default)]
pub struct Cleaner {
    /// Digests of raw lines.
    kept: HashSet<u64>,
}

impl Cleaner {
    /// Takes a line.
    ///
    /// # Errors
    /// Why it is dropped.
    pub fn take(&mut self, line: &str, catalogue: &Catalogue, random: &mut Random) -> Result<Instruction, Dropped> {
        let parsed = parse(line, catalogue)?;
        if self.kept.insert(xxh64(line.as_bytes(), 0)) {
            Ok(Instruction { parsed, image: file_name(random) })
        } else {
            Err(Dropped::Duplicate)
        }
    }
}

/// A name for an image: eight letters and `.png`, in one of four folders or none.
#[must_use]
pub fn file_name(random: &mut Random) -> String {
    let mut name = (*pick(random, &["image/", "images/", "examples/", "cache/", ""])).to_owned();
    name.extend((0..8).map(|_| char::from(b'a' + random.below(26) as u8)));
    name + ".png"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[track_caller]
    fn kept(line: &str) -> (String, String, Vec<String>) {
        let catalogue = Catalogue::seen();
        let parsed = parse(line, &catalogue).unwrap_or_else(|why| panic!("{why:?}: {line}"));
        (parsed.text, catalogue.tools()[parsed.tool].name.clone(), parsed.arguments)
    }

    #[track_caller]
    fn of(text: &str, tool: &str, arguments: &[&str]) -> (String, String, Vec<String>) {
        (text.to_owned(), tool.to_owned(), arguments.iter().map(|argument| (*argument).to_owned()).collect())
    }

    #[test]
    fn row_3a_lines_that_are_kept() {
        let detect = "Detect the Give Object";
        let line = "1. \"Where is the dog?\", [Detect the Give Object, example.jpg, \"dog\"]";
        assert_eq!(kept(line), of("Where is the dog?", detect, &["example.jpg", "dog"]));
        assert_eq!(
            kept("10. Find it, [detect the given object,example.jpg, dog ]"),
            of("Find it", detect, &["example.jpg", "dog"])
        );
        assert_eq!(kept("2. A [Segment Image, example.jpg] b [c]"), of("A", "Segment the Image", &["example.jpg"]));
    }

    #[test]
    fn row_3a_arguments_are_glued_where_one_text_can_have_commas() {
        let question = "3. Q, [Answer Question About The Image, example.jpg, is it red, green, or blue?]";
        let tool = "Answer Question About The Image";
        assert_eq!(kept(question), of("Q", tool, &["example.jpg", "is it red,green,or blue?"]));
        let draw = "4. D, [Generate Image From User Input Text, a cat, a dog, a cow]";
        assert_eq!(kept(draw), of("D", "Generate Image From User Input Text", &["a cat,a dog,a cow"]));
    }

    #[test]
    fn row_3a_lines_that_are_dropped() {
        let why = |line: &str| parse(line, &Catalogue::seen()).expect_err(line);
        for line in ["", "1.", "Sure, here they are:", "5. Find the dog, Detect the Give Object, example.jpg, dog"] {
            assert_eq!(why(line), Dropped::NoBrackets, "{line}");
        }
        for line in ["24. Crop it, [Crop Image, example.jpg, 1 2 3 4]", "26. All, [Detection, example.jpg]", "1. x []"]
        {
            assert_eq!(why(line), Dropped::UnknownTool, "{line}");
        }
        for line in [
            "1. x, [Detect the Give Object, example.jpg]",
            "2. x, [Segment the Image]",
            "4. x, [Generate Image From User Input Text, ]",
            "23. x, [Replace Something From The Photo, example.jpg, dog]",
        ] {
            assert_eq!(why(line), Dropped::TooFewArguments, "{line}");
        }
        for line in [
            "2. x, [Segment the Image, example.jpg, dog]",
            "23. x, [Replace Something From The Photo, example.jpg, a, b, c]",
        ] {
            assert_eq!(why(line), Dropped::TooManyArguments, "{line}");
        }
        for line in [
            "2. x, [Segment the Image, image.jpg]",
            "1. x, [Detect the Give Object, dog, example.jpg]",
            "2. x, [Segment the Image, EXAMPLE.jpg]",
        ] {
            assert_eq!(why(line), Dropped::WrongImage, "{line}");
        }
    }

    #[test]
    fn row_3a_a_line_is_kept_once() {
        let (catalogue, mut cleaner, mut random) =
            (Catalogue::seen(), Cleaner::default(), Random::new(0, Purpose::Conversation, 0));
        let mut take = |line: &str| cleaner.take(line, &catalogue, &mut random).map(|kept| kept.image);
        let line = "2. Split it, [Segment the Image, example.jpg]";
        let image = take(line).expect("kept");
        let (folder, name) = image.rsplit_once('/').map_or(("", image.as_str()), |(folder, name)| (folder, name));
        assert!(["", "image", "images", "examples", "cache"].contains(&folder), "{image}");
        assert!(
            name.len() == 12 && name.ends_with(".png") && name[..8].bytes().all(|byte| byte.is_ascii_lowercase()),
            "{image}"
        );
        assert_eq!(take(line), Err(Dropped::Duplicate));
        assert!(take(&line.replace("2.", "3.")).is_ok(), "another raw line");
    }

    #[test]
    fn any_script_is_taken_apart_by_characters() {
        assert_eq!(kept("一、二猫を分けて, [Segment the Image, example.jpg]").0, "猫を分けて");
    }
}
