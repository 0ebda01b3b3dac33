//! What is the same in every prompt and reply (docs/papers.md 3.1.4): the texts between what differs.

/// Before the lines of tools.
pub const OPENING: &str = "The assistant talks with a human and works on images. It cannot look at images itself: it calls tools, and what it says \
     of an image is what they gave back.\nTOOLS:\n------\n\nThe assistant can call these tools:\n\n";
/// Before the names of tools, with commas between them.
pub const CALLING: &str =
    "\n\nTo call a tool, write:\n\n```\nThought: Do I need to use a tool? Yes\nAction: the tool, one of [";
/// After these.
pub const BEFORE: &str = "]\nAction Input: what the tool takes\nObservation: what the tool gives back\n```\n\n\
     To say something to the human, or when no tool is needed, write:\n\n\
     ```\nThought: Do I need to use a tool? No\nAI: what is said to the human\n```\n\n\
     Names of files are used exactly as they were given or observed; no others are made up.\n\n\
     Previous conversation:\n\n";
/// Before an image's name, its caption, and after both.
pub const IMAGE: [&str; 3] =
    ["Human: Provide an image named ", ". Description: ", " Understand the image using tools.\nAI: Received."];
/// Before what the human says.
pub const INPUT: &str = "\n\nNew input: ";
/// After it.
pub const CLOSING: &str =
    "\nThe human sees neither thoughts nor observations, so what matters is said again. Let's think step by step.\n";

/// Before a tool's name in a call, before what it takes, and after it.
pub const CALL: [&str; 3] = ["Thought: Do I need to use a tool? Yes\nAction: ", "\nAction Input: ", "\nObservation:\n"];
/// Before what is said at last.
pub const ANSWER: &str = "Thought: Do I need to use a tool? No\nAI: ";
/// Before the name of an image that a tool made, in one of two ways of telling it.
pub const SAVED: &str = "Result saved as ";
