//! The tools there are: what each is for, what it takes, what must be called before it, and what it gives back. The 23 that
//! GPT4Tools is taught and 8 that it is not (docs/papers.md 3.1) come along, by their names and forms and in our words;
//! others are read from JSON. A catalogue that exists is one that the rest of the lab can work with.

mod builtin;
mod file;
mod masked;
mod tool;

pub use tool::{Argument, Returns, Tool};
pub(super) use tool::{input, texts};

use crate::experiment::setting::shorten;

/// Most bytes of a file.
pub const MAX_BYTES: usize = 1_000_000;
/// Most tools: a teacher's answers are numbered with at most two digits, which cleaning drops as three characters.
pub const MAX_TOOLS: usize = 99;
/// Most arguments of a tool.
pub const MAX_ARGUMENTS: usize = 5;
/// Most tools that must be called one after the other.
pub const MAX_CHAIN: usize = 4;
/// Longest name, and longest text about a tool, in characters.
const LONGEST: [usize; 2] = [80, 1000];

/// Tools that fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    tools: Vec<Tool>,
}

/// Why tools are no catalogue; tools count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Too many bytes.
    #[error("{bytes} bytes, a catalogue has at most {MAX_BYTES}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// No text.
    #[error("byte {byte}: not UTF-8 text")]
    NotText {
        /// Where.
        byte: usize,
    },
    /// No JSON.
    #[error("byte {byte}: not JSON")]
    NotJson {
        /// Where.
        byte: usize,
    },
    /// Not so many tools as there should be.
    #[error("{found}, expected a list of 2 to {MAX_TOOLS} tools")]
    Tools {
        /// What there is.
        found: String,
    },
    /// A field that is missing, or not of its kind.
    #[error("tool {tool}, field {field}: {found}, expected {expected}")]
    Field {
        /// Which tool.
        tool: usize,
        /// The field's name.
        field: &'static str,
        /// What is there, in words.
        found: String,
        /// What is allowed.
        expected: String,
    },
    /// Two tools of one name, by whichever case.
    #[error("tool {tool}, field name: {name}, which is a name of tool {other} already")]
    SameName {
        /// Which tool.
        tool: usize,
        /// The name.
        name: String,
        /// Which other tool.
        other: usize,
    },
    /// Tools that wait for each other.
    #[error("tool {tool}, field after: {name} comes after itself by way of {by}")]
    Cycle {
        /// Which tool.
        tool: usize,
        /// Its name.
        name: String,
        /// The tool it comes after.
        by: String,
    },
}

impl Catalogue {
    /// The 23 tools of training and validation.
    #[must_use]
    pub fn seen() -> Self {
        Self::builtin(&builtin::SEEN)
    }

    /// 8 tools that no training has: three of the paper's teacher and five in their spirit.
    #[must_use]
    pub fn unseen() -> Self {
        Self::builtin(&builtin::UNSEEN)
    }

    fn builtin(rows: &[builtin::Row]) -> Self {
        let tools = rows.iter().map(|row| (row.tool(), row.after.to_owned())).collect();
        Self::new(tools).expect("the tools that come along fit each other")
    }

    /// Tools, each with the name of the one it comes after, empty for none.
    fn new(given: Vec<(Tool, String)>) -> Result<Self, CatalogueError> {
        if !(2..=MAX_TOOLS).contains(&given.len()) {
            return Err(CatalogueError::Tools { found: format!("{} tools", given.len()) });
        }
        let (mut tools, after): (Vec<Tool>, Vec<String>) = given.into_iter().unzip();
        for i in 0..tools.len() {
            check(&tools[i], i + 1)?;
            for name in core::iter::once(&tools[i].name).chain(&tools[i].also) {
                if let Some(other) = tools[..i].iter().position(|other| is_called(other, name)) {
                    return Err(CatalogueError::SameName { tool: i + 1, name: shorten(name), other: other + 1 });
                }
            }
        }
        for (i, name) in after.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let before = tools.iter().position(|tool| tool.name == *name);
            let allowed = |tool: &Tool| tool.arguments == [Argument::Image] && tool.returns == Returns::Image;
            match before {
                Some(before) if allowed(&tools[before]) && tools[i].takes_image() => tools[i].after = Some(before),
                _ => {
                    return Err(CatalogueError::Field {
                        tool: i + 1,
                        field: "after",
                        found: match before {
                            None => format!("{}, which is no tool of these", shorten(name)),
                            Some(_) => shorten(name),
                        },
                        expected:
                            "the name of a tool that takes an image only and returns one, before a tool that takes one"
                                .to_owned(),
                    });
                }
            }
        }
        let catalogue = Self { tools };
        // Those before each tool, no more than there are tools.
        let before = |i: usize| {
            core::iter::successors(catalogue.tools[i].after, |at| catalogue.tools[*at].after)
                .take(catalogue.tools.len())
        };
        for (i, tool) in catalogue.tools.iter().enumerate() {
            if let Some(by) = tool.after.filter(|_| before(i).any(|at| at == i)) {
                let (name, by) = (shorten(&tool.name), shorten(&catalogue.tools[by].name));
                return Err(CatalogueError::Cycle { tool: i + 1, name, by });
            }
        }
        if let Some((i, length)) =
            (0..catalogue.tools.len()).map(|i| (i, before(i).count() + 1)).find(|(_, n)| *n > MAX_CHAIN)
        {
            let (found, expected) = (format!("{length} tools one after the other"), format!("at most {MAX_CHAIN}"));
            return Err(CatalogueError::Field { tool: i + 1, field: "after", found, expected });
        }
        Ok(catalogue)
    }

    /// The tools.
    #[must_use]
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// The tool of this name, or of another name for it, in whichever case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.tools.iter().position(|tool| is_called(tool, name))
    }

    /// Adds the tools of another catalogue whose names are not there yet, without what they come after.
    pub fn add(&mut self, more: &Self) {
        for tool in &more.tools {
            if self.find(&tool.name).is_none() {
                self.tools.push(Tool { after: None, ..tool.clone() });
            }
        }
    }

    /// The tools at these places, in order.
    ///
    /// # Panics
    /// When they are too few, or one of them comes after a tool that is not.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        let named = |place: Option<usize>| place.map_or_else(String::new, |at| self.tools[at].name.clone());
        let given =
            places.iter().map(|&at| (Tool { after: None, ..self.tools[at].clone() }, named(self.tools[at].after)));
        Self::new(given.collect()).expect("enough tools, with those they come after")
    }

    /// What must be called for a tool, in order, the tool last.
    #[must_use]
    pub fn chain(&self, tool: usize) -> Vec<usize> {
        let mut chain = vec![tool];
        while let Some(before) = self.tools[chain[0]].after {
            chain.insert(0, before);
        }
        chain
    }
}

fn is_called(tool: &Tool, name: &str) -> bool {
    let is_same = |other: &String| other.to_lowercase() == name.to_lowercase();
    is_same(&tool.name) || tool.also.iter().any(is_same)
}

/// Whether a tool can be written into prompts and answers and be read from them again.
fn check(tool: &Tool, number: usize) -> Result<(), CatalogueError> {
    let refuse = |field, found: &str, expected: String| {
        Err(CatalogueError::Field { tool: number, field, found: shorten(found), expected })
    };
    let fits = |text: &str, longest: usize, without: &str| {
        let is_clean = !text.contains(|c: char| c.is_control() || without.contains(c));
        !text.is_empty() && text.trim() == text && text.chars().count() <= longest && is_clean
    };
    let [name, text] = LONGEST;
    for one in core::iter::once(&tool.name).chain(&tool.also) {
        if !fits(one, name, ",[]\"") {
            let expected = format!("1 to {name} characters on a line, without commas, brackets and quotes");
            return refuse("name", one, expected);
        }
    }
    if !fits(&tool.usage, text, "") {
        return refuse("use", &tool.usage, format!("1 to {text} characters on a line"));
    }
    let images = tool.arguments.iter().filter(|argument| **argument == Argument::Image).count();
    if !(1..=MAX_ARGUMENTS).contains(&tool.arguments.len()) || images > usize::from(tool.takes_image()) {
        let names: Vec<&str> = tool.arguments.iter().map(|argument| argument.name()).collect();
        return refuse("arguments", &names.join(", "), format!("1 to {MAX_ARGUMENTS}, an image only as the first"));
    }
    if let Returns::Text(placeholder) = &tool.returns
        && !fits(placeholder, name, "")
    {
        return refuse("returns", placeholder, format!("image, or a placeholder of 1 to {name} characters on a line"));
    }
    for ask in &tool.asks {
        let is_known = |name: &str| {
            let argument = Argument::ALL.into_iter().find(|argument| argument.name() == name);
            argument == Some(Argument::Object)
                || argument.is_some_and(|a| a != Argument::Image && tool.arguments.contains(&a))
        };
        let mut parts = ask.split('{').skip(1).map(|part| part.split_once('}').map(|(name, _)| name));
        if !fits(ask, text, "[]\"") || parts.any(|name| !name.is_some_and(is_known)) {
            let expected =
                "a line without brackets and quotes, with arguments of the tool, or object, in braces".to_owned();
            return refuse("asks", ask, expected);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
