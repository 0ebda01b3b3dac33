//! A tool: what it is for, what it takes and gives back, and what a prompt says of it.

/// What an argument is; all but an image are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The image's file; always the first one.
    Image,
    /// Something in the image.
    Object,
    /// Something that is not in the image.
    Thing,
    /// A question about the image.
    Question,
    /// How the image should change.
    Style,
    /// What a new image should show.
    Description,
    /// Four numbers x1 y1 x2 y2, without commas, which part arguments.
    Region,
    /// Any other text.
    Text,
}

impl Argument {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Image,
        Self::Object,
        Self::Thing,
        Self::Question,
        Self::Style,
        Self::Description,
        Self::Region,
        Self::Text,
    ];

    /// Its name in files, and in braces in what users ask.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Object => "object",
            Self::Thing => "thing",
            Self::Question => "question",
            Self::Style => "style",
            Self::Description => "description",
            Self::Region => "region",
            Self::Text => "text",
        }
    }

    /// What a prompt says of it.
    fn described(self) -> &'static str {
        match self {
            Self::Image => "the image_path",
            Self::Object => "the object in the image",
            Self::Thing => "the new object",
            Self::Question => "the question",
            Self::Style => "the change to make",
            Self::Description => "the description of the new image",
            Self::Region => "the region as x1 y1 x2 y2",
            Self::Text => "the text",
        }
    }
}

/// What a tool gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns {
    /// An image, which gets a name.
    Image,
    /// A text; nobody runs tools here, so this placeholder stands for it.
    Text(String),
}

impl Returns {
    /// As files say it.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Image => Argument::Image.name(),
            Self::Text(placeholder) => placeholder,
        }
    }
}

/// A tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Other names by which teachers call it.
    pub also: Vec<String>,
    /// When to use it.
    pub usage: String,
    /// What it takes.
    pub arguments: Vec<Argument>,
    /// The tool whose image it takes, by its place in the catalogue.
    pub after: Option<usize>,
    /// What it gives back.
    pub returns: Returns,
    /// How users ask for it, as imperatives; `{object}` and the like stand for arguments.
    pub asks: Vec<String>,
}

/// What descriptions say that is always the same.
const INPUT: &str = " The input to this tool should be ";
const A_STRING: &str = "a string, ";
const STRINGS: &str = "a comma separated string of ";
const NUMBERS: [&str; 4] = ["two", "three", "four", "five"];

/// What a description says of a tool's input, in parts, so that what inputs have in common is the same: how many they are of, and
/// each of them, at the end or before it. That of an image alone is one.
pub(in crate::labs::tool_use) fn texts() -> impl Iterator<Item = String> {
    let image = Argument::Image.described();
    let many = NUMBERS.iter().enumerate().flat_map(move |(i, number)| {
        let comma = if i == 0 { "" } else { "," };
        [format!("{INPUT}{STRINGS}{number},"), format!("{INPUT}{STRINGS}{number}, {image}{comma}")]
    });
    let each = Argument::ALL.map(Argument::described).into_iter();
    let each = each.flat_map(|text| [format!(" {text}"), format!(" {text}."), format!(" and {text}.")]);
    many.chain(each).chain([input(&[Argument::Image]), format!("{INPUT}{A_STRING}").trim_end().to_owned()])
}

impl Tool {
    /// Whether it takes an image.
    #[must_use]
    pub fn takes_image(&self) -> bool {
        self.arguments.first() == Some(&Argument::Image)
    }

    /// What a prompt says of it: when to use it and what it takes.
    #[must_use]
    pub fn description(&self) -> String {
        [&*self.usage, &input(&self.arguments)].concat()
    }
}

/// What is said of an input of one argument or up to five.
pub(in crate::labs::tool_use) fn input(arguments: &[Argument]) -> String {
    let described: Vec<&str> = arguments.iter().map(|argument| argument.described()).collect();
    let input = match &described[..] {
        [one] => [A_STRING, one].concat(),
        [all @ .., last] => {
            let number = NUMBERS[all.len() - 1];
            [STRINGS, number, ", ", &all.join(", "), " and ", last].concat()
        }
        [] => unreachable!("a tool takes something"),
    };
    [INPUT, &input, "."].concat()
}
