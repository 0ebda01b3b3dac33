//! The words that scenes, questions and wishes are made of.

/// Those who do something, and what they do.
pub(in crate::labs::tool_use) const BEINGS: &[(&str, &[&str])] = &[
    ("woman", HUMAN),
    ("man", HUMAN),
    ("child", HUMAN),
    ("cyclist", HUMAN),
    ("waiter", HUMAN),
    ("fisherman", HUMAN),
    ("musician", HUMAN),
    ("nurse", HUMAN),
    ("dog", ANIMAL),
    ("cat", ANIMAL),
    ("horse", ANIMAL),
    ("cow", ANIMAL),
    ("goat", ANIMAL),
    ("elephant", ANIMAL),
    ("zebra", ANIMAL),
    ("giraffe", ANIMAL),
    ("bear", ANIMAL),
    ("duck", ANIMAL),
];

const HUMAN: &[&str] = &[
    "reading a letter",
    "talking on the phone",
    "tying a shoe",
    "laughing",
    "eating an apple",
    "taking a photo",
    "waiting",
    "dancing",
    "writing something down",
    "looking for a key",
];
const ANIMAL: &[&str] =
    &["sleeping", "running", "standing", "turning its head", "jumping", "lying", "looking up", "yawning"];

/// How those who do something look.
pub(super) const MOODS: &[&str] = &["young", "old", "tired", "cheerful", "tall", "small", "wet", "curious"];

/// Things that stand around.
pub(in crate::labs::tool_use) const THINGS: &[&str] = &[
    "bicycle",
    "bench",
    "suitcase",
    "umbrella",
    "car",
    "bus",
    "truck",
    "boat",
    "chair",
    "table",
    "vase",
    "clock",
    "lamp",
    "bottle",
    "basket",
    "pizza",
    "cake",
    "sandwich",
    "bowl",
    "laptop",
    "keyboard",
    "book",
    "backpack",
    "kite",
    "surfboard",
    "skateboard",
    "guitar",
    "piano",
    "ladder",
    "mirror",
    "statue",
    "fire hydrant",
    "traffic light",
    "mailbox",
    "motorcycle",
    "barrel",
    "tent",
    "wheelbarrow",
    "telescope",
    "sofa",
];

/// How things look.
pub(in crate::labs::tool_use) const LOOKS: &[&str] = &[
    "red", "blue", "green", "yellow", "white", "black", "orange", "wooden", "rusty", "broken", "shiny", "striped",
    "tiny", "huge", "dusty", "painted",
];

/// How something lies to something else.
pub(super) const SIDES: &[&str] = &["beside", "behind", "in front of", "next to", "near", "a step away from"];

/// Where it all is.
pub(in crate::labs::tool_use) const PLACES: &[&str] = &[
    "on a beach",
    "in a kitchen",
    "at a railway station",
    "in a narrow alley",
    "on a snowy slope",
    "in a garden",
    "on a pier",
    "in a library",
    "under a bridge",
    "on a market square",
    "in a workshop",
    "at a bus stop",
    "in a meadow",
    "on a rooftop",
    "in a museum",
    "on a muddy road",
    "in a classroom",
    "at the edge of a forest",
    "in a parking lot",
    "on a balcony",
];

/// When it is.
pub(super) const TIMES: &[&str] = &[
    "at dawn",
    "at noon",
    "at dusk",
    "at night",
    "on a rainy day",
    "on a foggy morning",
    "after a storm",
    "in bright sunlight",
];

/// What stands far behind.
pub(super) const BACKGROUNDS: &[&str] = &[
    "church",
    "mountain",
    "lighthouse",
    "windmill",
    "crane",
    "ferry",
    "factory",
    "castle",
    "row of trees",
    "water tower",
];

/// Questions about an image; `{object}` is in it, `{thing}` is not.
pub(in crate::labs::tool_use) const QUESTIONS: &[&str] = &[
    "what color the {object} is",
    "how many times the {object} can be seen",
    "whether there is a {thing} in the picture",
    "what stands next to the {object}",
    "where the {object} comes from",
    "what the {object} is made of",
    "if the {object} is larger than a {thing}",
    "what the weather is like",
    "who the {object} belongs to",
    "what happens behind the {object}",
];

/// Wishes for an image; `{object}` is in it.
pub(in crate::labs::tool_use) const STYLES: &[&str] = &[
    "make it look like a watercolor",
    "turn the {object} into marble",
    "make it a winter scene",
    "let it look a hundred years old",
    "make the {object} glow",
    "turn day into night",
    "make it look like a comic",
    "cover the {object} with flowers",
    "let it rain",
    "make it look like a woodcut",
];

/// All texts, to take words from.
pub(in crate::labs::tool_use) fn texts() -> impl Iterator<Item = &'static str> {
    let beings = BEINGS.iter().flat_map(|(being, deeds)| core::iter::once(*being).chain(deeds.iter().copied()));
    beings.chain(
        [MOODS, THINGS, LOOKS, SIDES, PLACES, TIMES, BACKGROUNDS, QUESTIONS, STYLES].into_iter().flatten().copied(),
    )
}
