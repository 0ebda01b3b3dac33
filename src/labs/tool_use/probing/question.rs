//! What a student is asked: a conversation of the seed's, or what the reader says with tools of the reader's choice.

use crate::experiment::ConfigError;
use crate::experiment::setting::shorten;
use crate::experiment::tool_use::{MOST_TOOLS, ToolUse};
use crate::labs::tool_use::catalogue::{Catalogue, Tool};
use crate::labs::tool_use::clean::file_name;
use crate::labs::tool_use::conversation::compose;
use crate::labs::tool_use::files::Files;
use crate::labs::tool_use::form::INPUT;
use crate::labs::tool_use::making;
use crate::labs::tool_use::pipeline::{Form, Settings};
use crate::labs::tool_use::sandbox::Sandbox;
use crate::labs::tool_use::scene::Scene;
use crate::labs::tool_use::student::data;
use crate::random::{Purpose, Random};
use core::ops::Range;

/// A question.
pub struct Question {
    /// What the student reads.
    pub prompt: String,
    /// Where in it what is said stands.
    pub said: Range<usize>,
    /// The parts of it that are told apart: names, and where they are.
    pub parts: Vec<(String, Vec<Range<usize>>)>,
    /// What a good student would write, where that is known.
    pub truth: Option<String>,
    /// All tools that a prompt may list.
    pub catalogue: Catalogue,
    /// Name and caption of the image, if the prompt tells of one.
    image: Option<[String; 2]>,
    /// What there is to tell of files.
    pub told: Vec<String>,
    seed: u64,
}

impl Question {
    /// What is asked for.
    ///
    /// # Errors
    /// When a file is not the one that was asked for, or a tool is not known.
    pub fn new(asked: &ToolUse, seed: u64, files: &Files) -> Result<Self, ConfigError> {
        let refuse = |what: String| ConfigError::Data { what };
        let (_, mut catalogue, told) = making::given(asked, seed, files)?;
        let settings = Settings {
            seed,
            flaws: 0.0,
            form: Form::Judged,
            negatives: asked.data.negatives as f32,
            ..Settings::default()
        };
        let sample = data::one(settings, &catalogue, asked.probe.conversation)
            .ok_or_else(|| refuse("probe.conversation: nothing can be said with these tools".to_owned()))?;
        [Catalogue::seen(), Catalogue::unseen()].iter().for_each(|more| catalogue.add(more));
        let [own_said, own_tools] = [&asked.probe.said, &asked.probe.tools].map(|text| text.trim());
        let is_own = !own_said.is_empty() || !own_tools.is_empty();
        let said =
            if own_said.is_empty() { sample.user_input.clone().unwrap_or_default() } else { own_said.to_owned() };
        let names: Vec<&str> = if own_tools.is_empty() {
            sample.instruction.lines().filter_map(|line| listed_in(line, &catalogue)).collect()
        } else {
            own_tools.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
        };
        let tools = listed(&names, &catalogue).map_err(|why| refuse(format!("probe.tools: {why}")))?;
        let image = sample.filename.clone().zip(sample.caption.clone()).filter(|(name, _)| !name.is_empty());
        let image = image.map(|(name, caption)| [name, caption]);
        // What is said of one's own may be of an image.
        let image = image.or_else(|| {
            let mut random = Random::new(seed, Purpose::Sample, 1);
            is_own.then(|| [file_name(&mut random), Scene::draw(&mut random).caption])
        });
        let prompt = if is_own { compose(&said, image.as_ref(), &tools) } else { sample.instruction.clone() };
        let start = prompt.rfind(&format!("{INPUT}{said}")).map_or(prompt.len(), |at| at + INPUT.len());
        let said = start..(start + said.len()).min(prompt.len());
        let parts = parts(&prompt, said.clone(), image.as_ref(), &tools);
        let truth = (!is_own).then(|| sample.output.clone());
        Ok(Self { prompt, said, parts, truth, catalogue, image, told, seed })
    }

    /// Where calls are answered: the prompt's image is there, as its caption tells.
    #[must_use]
    pub fn sandbox(&self) -> Sandbox {
        let [name, caption] = self.image.as_ref().map_or(["", ""], |[name, caption]| [name, caption]);
        let scene = Scene::of_caption(caption, &mut Random::new(self.seed, Purpose::Sample, 2));
        Sandbox::new(self.catalogue.clone(), name, &scene, self.seed)
    }

    /// What is said.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.prompt[self.said.clone()]
    }

    /// The prompt where something else is said.
    #[must_use]
    pub fn with(&self, said: &str) -> String {
        [&self.prompt[..self.said.start], said, &self.prompt[self.said.end..]].concat()
    }

    /// Where the words of what is said are in it.
    #[must_use]
    pub fn words(&self) -> Vec<Range<usize>> {
        let mut at = 0;
        let word = |word: &str| {
            let start = at + self.said()[at..].find(word).unwrap_or_default();
            at = start + word.len();
            start..at
        };
        self.said().split_whitespace().map(word).collect()
    }

    /// Whether the prompt lists a tool.
    #[must_use]
    pub fn lists(&self, tool: &str) -> bool {
        self.parts.iter().any(|(part, _)| part == tool)
    }
}

/// The name of the tool that a line of a prompt is about.
fn listed_in<'a>(line: &str, catalogue: &'a Catalogue) -> Option<&'a str> {
    let line = line.strip_prefix("> ")?;
    let is_about = |name: &&str| line.strip_prefix(*name).is_some_and(|rest| rest.starts_with(": "));
    // A name may begin as a shorter one does.
    catalogue.tools().iter().map(|tool| tool.name.as_str()).filter(is_about).max_by_key(|name| name.len())
}

/// The tools of these names, each once.
fn listed<'a>(names: &[&str], catalogue: &'a Catalogue) -> Result<Vec<&'a Tool>, String> {
    let mut places = Vec::new();
    for name in names {
        let Some(at) = catalogue.find(name) else {
            return Err(format!("{} is no tool of this lab, names are written as they are listed", shorten(name)));
        };
        if !places.contains(&at) {
            places.push(at);
        }
    }
    if places.is_empty() || places.len() > MOST_TOOLS {
        return Err(format!("{} tools, expected 1 to {MOST_TOOLS}", places.len()));
    }
    Ok(places.into_iter().map(|at| &catalogue.tools()[at]).collect())
}

/// Each tool's line and name, the image's sentence, and what is said.
fn parts(
    prompt: &str,
    said: Range<usize>,
    image: Option<&[String; 2]>,
    tools: &[&Tool],
) -> Vec<(String, Vec<Range<usize>>)> {
    // Names are listed in the order of their lines.
    let mut name_at = prompt.find("one of [").map(|at| at + "one of [".len());
    let mut tool = |tool: &&Tool| {
        let line = format!("> {}: {}", tool.name, tool.description());
        let line = prompt.find(&line).map(|at| at..at + line.len());
        let name = name_at.filter(|at| prompt[*at..].starts_with(&tool.name)).map(|at| at..at + tool.name.len());
        name_at = name.as_ref().map(|name| name.end + ", ".len());
        (tool.name.clone(), line.into_iter().chain(name).collect())
    };
    let of_image = image.and_then(|[name, _]| {
        let from = prompt.find(&format!("named {name}"))?;
        Some(from..from + prompt[from..].find('\n').unwrap_or_default())
    });
    let mut all: Vec<(String, Vec<Range<usize>>)> = tools.iter().map(&mut tool).collect();
    all.push(("image".to_owned(), of_image.into_iter().collect()));
    all.push(("said".to_owned(), vec![said]));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_changed_where_it_is_said() {
        // Words that the prompt has elsewhere too, more than once.
        for said in ["image", "Use it", "the tool, the tool"] {
            let mut asked = ToolUse::default();
            asked.probe.said = said.to_owned();
            let question = Question::new(&asked, 3, &Files::default()).expect("a question");
            assert_eq!(question.said(), said);
            assert!(question.with("other").contains(&format!("{INPUT}other\n")), "{said}: {}", question.with("other"));
            assert_eq!(question.with(said), question.prompt);
            assert_eq!(question.with("").len(), question.prompt.len() - said.len(), "{said}: nothing else goes");
            let words: Vec<&str> = question.words().into_iter().map(|range| &said[range]).collect();
            assert_eq!(words, said.split_whitespace().collect::<Vec<_>>());
        }
    }

    #[test]
    fn tools_are_told_apart_where_one_is_named_as_a_part_of_another() {
        let mut asked = ToolUse::default();
        asked.probe.tools = "Text Detection On Image, Detection, Edge Detection On Image".to_owned();
        let question = Question::new(&asked, 3, &Files::default()).expect("a question");
        let list = question.prompt.find("one of [").expect("names are listed");
        let mut from = list;
        for (part, ranges) in &question.parts[..3] {
            let [line, name] = &ranges[..] else { panic!("{part}: {ranges:?}") };
            assert!(question.prompt[line.clone()].starts_with(&format!("> {part}: ")), "{part}");
            assert!(name.start >= from && question.prompt[name.clone()] == *part, "{part}: {name:?}");
            from = name.end;
        }
        let json = r#"[{"name": "Edit: crop", "use": "Use it.", "arguments": ["image"]},
                       {"name": "Edit", "use": "Use it.", "arguments": ["image"]}]"#;
        let catalogue = Catalogue::read(json.as_bytes()).expect("a catalogue");
        let names =
            ["> Edit: crop: Use it.", "> Edit: Use it.", "Edit: Use it."].map(|line| listed_in(line, &catalogue));
        assert_eq!(names, [Some("Edit: crop"), Some("Edit"), None]);
    }
}
