//! The phrases that lessons are made of. Knows no chance.

/// What a wish names, and what is said in its place where no certain one is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Nothing.
    Nothing,
    /// A thing or a being.
    Object,
    /// One, and another one that is to be in its place.
    Pair,
    /// What a picture is to show.
    Scene,
    /// Something that is asked.
    Question,
    /// How a picture is to look.
    Style,
    /// A part of a picture, as four numbers.
    Region,
}

/// Phrases for the same deed, `{}` for what it names: such as say what something is for, and such as wish for it.
pub(super) struct Deed {
    pub slot: Slot,
    pub told: &'static [&'static str],
    pub wished: &'static [&'static str],
}

const fn deed(slot: Slot, phrases: &'static [&'static str]) -> Deed {
    Deed { slot, told: phrases, wished: phrases }
}

/// What can be done with pictures.
pub(super) const DEEDS: &[Deed] = &[
    deed(
        Slot::Object,
        &[
            "find {}",
            "locate {}",
            "show where {} is",
            "say where {} stands",
            "look for {}",
            "spot {}",
            "point out where {} can be seen",
        ],
    ),
    Deed {
        slot: Slot::Nothing,
        told: &["find everything", "name all objects and their places", "spot all things", "say where each thing is"],
        wished: &[
            "find everything",
            "name all objects and their places",
            "spot all things",
            "say where each thing is",
            "write down all that can be seen and where",
            "look for every object there is",
            "locate not one thing but all",
        ],
    },
    deed(
        Slot::Object,
        &["cut out {}", "part {} from the rest", "make a mask of {}", "segment {}", "separate {} from all else"],
    ),
    deed(Slot::Object, &["remove {}", "take away {}", "erase {}", "make {} vanish", "delete {}", "get rid of {}"]),
    deed(
        Slot::Pair,
        &[
            "replace {} with {other}",
            "swap {} for {other}",
            "exchange {} for {other}",
            "put {other} in the place of {}",
        ],
    ),
    deed(
        Slot::Object,
        &[
            "count {}",
            "say how many of {} there are",
            "tell how often there is {}",
            "tally {}",
            "tell the number of {}",
            "say how often {} comes up",
            "see if {} is the only one or one of several",
        ],
    ),
    deed(
        Slot::Object,
        &[
            "blur all but {}",
            "keep only {} sharp",
            "soften all around {}",
            "put all behind {} out of focus",
            "blur the scene behind {}",
            "let what is around {} fade",
        ],
    ),
    deed(
        Slot::Nothing,
        &[
            "describe it",
            "say in a sentence what it is about",
            "write a caption",
            "tell what happens",
            "give a description",
            "put it into words",
        ],
    ),
    deed(
        Slot::Nothing,
        &[
            "give it colors",
            "colorize it",
            "make a black and white one colored",
            "bring back the colors",
            "let what is gray be colored",
        ],
    ),
    deed(
        Slot::Nothing,
        &[
            "enlarge it",
            "make it larger",
            "double its size",
            "raise the resolution",
            "sharpen it",
            "make it sharp",
            "make it fit for a large print",
            "let the small parts be seen",
        ],
    ),
    deed(
        Slot::Region,
        &[
            "crop {}",
            "cut away all but {}",
            "keep nothing but {}",
            "trim it to {}",
            "clip {}",
            "cut it down to {}",
            "leave only what lies in {} of it",
        ],
    ),
    deed(
        Slot::Nothing,
        &["split it into regions", "segment all of it", "part it into areas", "give each region its color"],
    ),
    deed(Slot::Nothing, &["turn it around", "rotate it", "put it upside down"]),
    deed(Slot::Nothing, &["mirror it", "flip it", "swap left and right"]),
    deed(Slot::Nothing, &["make it darker", "dim it", "take away the light"]),
    deed(Slot::Nothing, &["make it brighter", "light it up", "let more light in"]),
    deed(Slot::Nothing, &["repair it", "mend the scratches", "restore what is torn"]),
    deed(Slot::Nothing, &["save it", "keep it", "store it for later"]),
    deed(Slot::Nothing, &["print it", "put it on paper", "publish it"]),
    deed(Slot::Nothing, &["make it smaller", "shrink it", "let it take less room"]),
    deed(Slot::Object, &["hide {}", "cover {}", "put a cloth over {}"]),
    deed(Slot::Object, &["label {}", "write a name on {}", "tag {}"]),
    deed(Slot::Object, &["move {} to the left", "shift {}", "push {} aside"]),
    deed(Slot::Object, &["paint {} in another color", "color {}", "give {} another color"]),
    deed(Slot::Object, &["measure {}", "say how tall {} is", "tell the size of {}"]),
    deed(Slot::Object, &["copy {}", "duplicate {}", "make a second one of {}"]),
    Deed {
        slot: Slot::Question,
        told: &["answer a question", "reply to what is asked", "tell what one asks about it"],
        wished: &["answer this: {}", "tell me {}", "say {}", "find out {}", "I ask {}"],
    },
    Deed {
        slot: Slot::Style,
        told: &["change the style", "edit it by a text", "change the look of it", "alter it as a text says"],
        wished: &["{}", "edit it: {}", "change it and {}", "alter it so as to {}"],
    },
    Deed {
        slot: Slot::Scene,
        told: &[
            "draw from a text",
            "make a new picture from words",
            "paint what a text says",
            "create an image of what is described",
        ],
        wished: &[
            "draw {}",
            "paint {}",
            "make a picture of {}",
            "generate an image of {}",
            "create {}",
            "show what {} is like",
        ],
    },
];

/// What is seen in pictures, each in words that mean about the same.
pub(super) const MATTERS: &[&[&str]] = &[
    &["the edges", "the hard edges", "each edge", "a canny image", "the hard outlines", "the contours"],
    &[
        "the soft boundaries",
        "each soft boundary",
        "the soft edges",
        "a hed image",
        "the soft outlines",
        "the blurred borders",
    ],
    &[
        "the straight lines",
        "all lines",
        "a line drawing",
        "each line",
        "what a ruler would draw",
        "all that is straight",
    ],
    &["the depth", "the distances", "a depth map", "how far away all is", "how near things are"],
    &["the pose", "the posture", "a pose image", "the joints and limbs", "how the body stands", "how people move"],
    &["the surfaces", "each surface", "the normals", "a normal map", "which way surfaces face", "how the surfaces lie"],
    &["the regions", "the segments", "a segmentation", "the areas", "the segmentations"],
    &["a sketch", "a scribble", "a few strokes", "the strokes of a pencil", "a rough drawing"],
    &["the text", "the letters", "what is written", "the writing", "the written words"],
    &["the colors", "the natural colors", "a color map", "the restored colors"],
    &["the shadows", "what is in the shade", "the dark parts"],
    &["the faces", "the eyes and mouths", "who looks at us"],
    &["the light", "the bright parts", "where the light falls"],
    &["the shape", "the silhouette", "the form"],
    &["the motion", "the movement", "what moves"],
    &["the materials", "the textures", "what all is made of"],
];

/// Matters, `{m}`, seen.
pub(super) const SEEING: &[&str] = &[
    "detect {m}",
    "find {m}",
    "show {m}",
    "mark {m}",
    "estimate {m}",
    "predict {m}",
    "trace {m}",
    "make {m} of it",
    "turn it into {m}",
    "reduce it to {m}",
    "draw only {m}",
];

/// Pictures made from matters: what that is for, and how one wishes for it.
pub(super) const MAKING: Deed = Deed {
    slot: Slot::Scene,
    told: &[
        "make a new image from a text and {m}",
        "turn {m} into what a text says",
        "paint by a description and {m}",
        "create a real image from {m} and words",
    ],
    wished: &[
        "take {m} and make {} from it",
        "turn {m} into {}",
        "make {} that has {m} of this",
        "fill {m} with {}",
        "create {} with {m} as here",
        "leave {m} and paint {}",
        "find {m} first and make {} of that",
        "use {m} for {}",
    ],
};

/// What names of such as see a matter, `{m}`, and such as make pictures of it, are made of.
pub(super) const TITLES: [&[&str]; 2] = [
    &["{m} detection", "detection of {m}", "{m} prediction", "{m} finder", "{m} map"],
    &["image from {m}", "picture by {m}", "generate with {m}", "image of {m} and words"],
];

/// What is done in a town, `{m}` for what it is done to.
pub(super) const CHORES: &[&[&str]] = &[
    &["buy {m}", "purchase {m}", "pay for {m}"],
    &["sell {m}", "trade {m}"],
    &["clean {m}", "wash {m}", "polish {m}"],
    &["repair {m}", "mend {m}", "restore {m}"],
    &["sort {m}", "arrange {m}", "order {m}"],
    &["compare {m}", "weigh {m}"],
    &["join {m}", "combine {m}", "merge {m}"],
    &["carry {m}", "transport {m}", "move {m}"],
    &["build {m}", "construct {m}", "put together {m}"],
    &["lift {m}", "raise {m}", "pull up {m}"],
    &["open {m}", "unlock {m}"],
    &["close {m}", "shut {m}", "lock {m}"],
    &["translate {m}", "interpret {m}"],
    &["record {m}", "write down {m}", "note {m}"],
    &["cook {m}", "bake {m}", "prepare {m}"],
    &["borrow {m}", "rent {m}"],
    &["learn about {m}", "study {m}", "read of {m}"],
    &["play with {m}", "have fun with {m}"],
];

/// What that is done to.
pub(super) const GOODS: &[&[&str]] = &[
    &["bread", "a loaf"],
    &["soup", "broth"],
    &["coats", "jackets"],
    &["shoes", "boots"],
    &["keys", "locks"],
    &["windows", "panes of glass"],
    &["doors", "gates"],
    &["gardens", "flower beds"],
    &["engines", "motors"],
    &["tickets", "passes"],
    &["songs", "tunes", "music"],
    &["stories", "tales"],
    &["recipes", "how one cooks"],
    &["houses", "homes", "buildings"],
    &["stones", "rocks"],
    &["rivers", "streams"],
    &["maps", "charts"],
    &["clocks", "watches"],
];

/// What stands in the place of what no certain one is of.
pub(super) const fn general(slot: Slot) -> &'static [&'static str] {
    match slot {
        Slot::Nothing => &[""],
        Slot::Object | Slot::Pair => {
            &["an object", "one object", "a certain object", "something", "one kind of object", "objects", "a thing"]
        }
        Slot::Scene => &["an image"],
        Slot::Question => &["a question"],
        Slot::Style => &["the style"],
        Slot::Region => &["a region", "a part of it", "a piece", "one part"],
    }
}

/// What follows a deed at times, when it is told what something is for.
pub(super) const TAILS: &[&str] =
    &[" in the image", " of the image", " in the photo", " of a picture", " for everyone", " with care"];

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

/// What an entry of a list is to be told: the file, what is meant, or both.
pub(super) const NEEDED: [&[&str]; 3] = [
    &["Tell it the file.", "It needs the file."],
    &["Tell it what is meant.", "It needs what is meant."],
    &["Tell it the file and what is meant.", "It needs the file and what is meant."],
];

/// What lines of a reply begin with.
pub(super) const LABELS: &[&str] = &[
    "Name", "Choice", "Answer", "Key", "Note", "First", "Second", "Line", "Word", "Given", "Rest", "Part", "Table",
    "Guide",
];

/// What lines of a reply are for.
pub(super) const LINES: [&[&str]; 2] = [
    &["for the name", "for the one that helps", "for which one"],
    &["for what it needs", "for what it is told", "for the rest"],
];

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
pub(super) const MEANT: &str = "What is meant?";
pub(super) const GOES_WITH: &str = "In other words, what is ";
pub(super) const AGAIN: &str = "And this? ";
pub(super) const REPLY_IN_LINES: &str = "Reply in lines: ";
pub(super) const GAVE: &str = "That gave ";
pub(super) const IN_SHORT: &str = "In short:";
const SAID: [&str; 15] = [
    REPEAT,
    WHICH,
    PICTURE,
    SHOWS,
    THANKS,
    CALLED,
    CHANGED,
    LATEST,
    TO_DO,
    MEANT,
    GOES_WITH,
    AGAIN,
    REPLY_IN_LINES,
    GAVE,
    IN_SHORT,
];

/// All texts that are made of these, to take words from.
pub fn texts() -> impl Iterator<Item = &'static str> {
    let lists = LISTS.iter().flat_map(|(head, leads)| core::iter::once(*head).chain(leads.iter().copied()));
    let deeds =
        DEEDS.iter().chain([&MAKING]).flat_map(|deed| deed.told.iter().chain(deed.wished).chain(general(deed.slot)));
    let families = [MATTERS, CHORES, GOODS].into_iter().flatten().copied().flatten();
    let others =
        [TITLES[0], TITLES[1], LABELS, SEEING, TAILS, ROLES, SMALL, WISHES, CONTRASTS, &SAID[..], LINES[0], LINES[1]]
            .into_iter()
            .flatten();
    deeds.chain(families).chain(others).chain(NEEDED.into_iter().flatten()).copied().chain(lists)
}
