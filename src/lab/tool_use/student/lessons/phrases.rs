//! The phrases that lessons are made of. Knows no chance.

/// Deeds, each in words that mean about the same.
pub(super) const DEEDS: &[&[&str]] = &[
    &["find", "locate", "look for", "search for"],
    &["detect", "notice", "discover", "spot"],
    &["cut out", "clip", "crop", "trim"],
    &["segment", "separate", "split", "divide"],
    &["remove", "take away", "erase", "delete"],
    &["replace", "swap", "exchange"],
    &["count", "number", "tally"],
    &["read", "spell out", "decipher"],
    &["describe", "put into words", "tell about"],
    &["draw", "sketch", "scribble"],
    &["paint", "color", "colorize"],
    &["estimate", "predict", "guess"],
    &["mark", "label", "highlight"],
    &["blur", "soften"],
    &["sharpen", "focus"],
    &["enlarge", "make larger", "magnify"],
    &["shrink", "make smaller"],
    &["restore", "repair", "mend"],
    &["clean", "wash", "polish"],
    &["sort", "arrange", "order"],
    &["compare", "weigh"],
    &["join", "combine", "merge"],
    &["rotate", "turn"],
    &["cover", "hide"],
    &["generate", "create", "make", "produce"],
    &["change", "edit", "alter"],
    &["copy", "duplicate"],
    &["translate", "interpret"],
    &["record", "write down", "note"],
    &["sell", "trade"],
    &["buy", "purchase"],
    &["carry", "transport", "move"],
    &["build", "construct"],
    &["lift", "raise"],
    &["open", "unlock"],
    &["close", "shut"],
    &["trace", "follow"],
    &["answer", "explain"],
    &["keep", "store", "save"],
    &["print", "publish"],
];

/// What deeds are done to, besides things and beings.
pub(super) const MATTERS: &[&str] = &[
    "edges",
    "outlines",
    "lines",
    "strokes",
    "distances",
    "depth",
    "pose",
    "body",
    "joints",
    "limbs",
    "boundaries",
    "borders",
    "surfaces",
    "normals",
    "regions",
    "segments",
    "letters",
    "text",
    "numbers",
    "background",
    "colors",
    "shadows",
    "photo",
    "image",
    "picture",
    "scene",
    "sketch",
    "map",
    "mask",
    "question",
    "caption",
    "object",
    "style",
    "resolution",
    "part",
    "letter",
    "story",
    "recipe",
    "song",
    "ticket",
    "key",
    "window",
    "door",
    "garden",
    "engine",
    "coat",
    "shoe",
    "bread",
    "soup",
];

/// What the entries of a list are, and how each begins.
pub(super) const LISTS: &[(&str, &[&str])] = &[
    ("Here are the shops of the town:", &["Go there to", "A place to", "Open to all who want to"]),
    ("These machines stand in the hall:", &["Use it to", "Made to", "It can"]),
    ("The club has these members:", &["Ask them to", "Known to", "Likes to"]),
    ("Books on the shelf:", &["Read it to learn how to", "It tells how to", "Use it to"]),
    ("Rooms of the house:", &["Go there to", "Use it to", "Quiet enough to"]),
];

/// What names end with, or begin with.
pub(super) const ROLES: &[&str] = &[
    "House",
    "Corner",
    "Master",
    "Station",
    "Helper",
    "Club",
    "Hall",
    "Maker",
    "Guide",
    "Table",
    "On Image",
    "From The Photo",
    "The",
    "Using Text",
    "About The Image",
    "Given",
    "Map",
    "Something",
    "Soft",
    "Old",
    "New",
    "Grand",
];

/// Words that stand anywhere.
pub const SMALL: &[&str] = &[
    "the", "of the", "in the", "a", "and", "to", "all", "with a", "for", "on the", "from", "it", "is", "what", "how",
    "image", "photo",
];

/// Wishes; `{wish}` is an imperative.
pub(super) const WISHES: &[&str] = &[
    "{wish}.",
    "Please {wish}.",
    "Could you {wish}?",
    "I would like to {wish}.",
    "Where can one {wish}?",
    "Who helps me to {wish} before noon?",
    "My brother wants to {wish}.",
    "It is time to {wish}!",
];

/// Wishes with what is not wished, `{other}`.
pub(super) const CONTRASTS: &[&str] = &[
    "Do not {other}; {wish}.",
    "I do not want to {other}, I want to {wish}.",
    "First I meant to {other}, but now I would rather {wish}.",
    "Others {other}. I only want to {wish}.",
    "Instead of what you would do to {other}, {wish}.",
    "It may look as if I should {other}. In fact, {wish}.",
    "Forget what was said of how to {other}; {wish} now.",
    "Before you think of how to {other}, {wish}.",
    "Leave it to others to {other}. {wish}.",
];

/// Words that belong together.
pub(super) const RELATED: &[(&str, &str)] = &[
    ("canny image", "edges"),
    ("outline", "edges"),
    ("hed image", "soft boundaries"),
    ("border", "boundary"),
    ("normal map", "surfaces"),
    ("depth map", "distances"),
    ("how far away", "depth"),
    ("posture", "pose"),
    ("how a body is held", "pose"),
    ("scribble", "sketch"),
    ("strokes of a pencil", "sketch"),
    ("straight", "line"),
    ("ruler", "line"),
    ("regions", "segments"),
    ("mask", "segment"),
    ("vanish", "remove"),
    ("erase", "remove"),
    ("swap", "replace"),
    ("what it looks like", "style"),
    ("watercolor", "style"),
    ("written words", "text"),
    ("letters", "text"),
    ("how many", "count"),
    ("larger", "enlarge"),
    ("resolution", "enlarge"),
    ("black and white", "colors"),
    ("out of focus", "blur"),
    ("part of a picture", "crop"),
    ("where something is", "find"),
    ("caption", "description"),
];

/// What an entry of a list is to be told: the file, what is meant, or both.
pub(super) const NEEDED: [&[&str]; 3] = [
    &["Tell it the file.", "It needs the file."],
    &["Tell it what is meant.", "It needs what is meant."],
    &["Tell it the file and what is meant.", "It needs the file and what is meant."],
];

/// What lines of a reply are for.
pub(super) const LINES: [&[&str]; 2] = [
    &["for the name", "for the one that helps", "for which one"],
    &["for what it needs", "for what it is told", "for the rest"],
];

/// What comes of a deed, or where it is done, `{what}`; `{wish}` is the deed.
pub(super) const MADE: &[&str] = &[
    "{wish} and make {what} out of it",
    "{wish} for {what}",
    "make {what} when you {wish}",
    "{wish}, then make {what} from it",
];

/// The same with numbers.
pub(super) const PLACED: &[&str] =
    &["{wish} from {what}", "{wish} at {what}", "{wish} between {what}", "{wish}, but only at {what}"];

// What lessons say that is always the same.
pub(super) const REPEAT: &str = "Repeat this: ";
pub(super) const WHICH: &str = "Which one is it?";
pub(super) const PICTURE: &str = "The picture ";
pub(super) const SHOWS: &str = " shows this: ";
pub(super) const THANKS: &str = "Thanks.";
pub(super) const CALLED: &str = "What is it called?";
pub(super) const CHANGED: &str = "I changed it and saved it as ";
pub(super) const LATEST: &str = "Which one is the latest?";
pub(super) const TO_DO: &str = "What is to be done?";
pub(super) const GOES_WITH: &str = "Which word goes with ";
pub(super) const AGAIN: &str = "And this? ";
pub(super) const REPLY_IN_LINES: &str = "Reply in lines: ";
pub(super) const GAVE: &str = "That gave ";
pub(super) const IN_SHORT: &str = "In short: ";
const SAID: [&str; 14] = [
    REPEAT,
    WHICH,
    PICTURE,
    SHOWS,
    THANKS,
    CALLED,
    CHANGED,
    LATEST,
    TO_DO,
    GOES_WITH,
    AGAIN,
    REPLY_IN_LINES,
    GAVE,
    IN_SHORT,
];

/// All texts that are made of these, to take words from.
pub fn texts() -> impl Iterator<Item = &'static str> {
    let lists = LISTS.iter().flat_map(|(head, leads)| core::iter::once(*head).chain(leads.iter().copied()));
    let related = RELATED.iter().flat_map(|(a, b)| [*a, *b]);
    let others = [MATTERS, ROLES, SMALL, WISHES, CONTRASTS, MADE, PLACED, &SAID[..], LINES[0], LINES[1]]
        .into_iter()
        .flatten()
        .copied();
    DEEDS
        .iter()
        .flat_map(|same| same.iter().copied())
        .chain(lists)
        .chain(related)
        .chain(others)
        .chain(NEEDED.into_iter().flatten().copied())
}
