//! The general text that the base learns: short conversations that repeat, look something up in a list, take up what was said,
//! and tell facts, and captions of scenes. No tool is called in it, and no reply has the form of a call: what it teaches is to
//! copy, to find which of several descriptions a wish is about, and to tell a wish from what was said around it.

use crate::lab::tool_use::chat::Chat;
use crate::lab::tool_use::clean::file_name;
use crate::lab::tool_use::scene::vocabulary::{BEINGS, LOOKS, PLACES, THINGS};
use crate::lab::tool_use::scene::{Scene, capital};
use crate::lab::tool_use::{article, pick};
use crate::random::Random;

/// Deeds, each in words that mean about the same.
const DEEDS: &[&[&str]] = &[
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
const MATTERS: &[&str] = &[
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
const LISTS: &[(&str, &[&str])] = &[
    ("Here are the shops of the town:", &["Go there to", "A place to", "Open to all who want to"]),
    ("These machines stand in the hall:", &["Use it to", "Made to", "It can"]),
    ("The club has these members:", &["Ask them to", "Known to", "Likes to"]),
    ("Books on the shelf:", &["Read it to learn how to", "It tells how to", "Use it to"]),
    ("Rooms of the house:", &["Go there to", "Use it to", "Quiet enough to"]),
];

/// What names end with, or begin with.
const ROLES: &[&str] = &[
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
pub(super) const SMALL: &[&str] = &[
    "the", "of the", "in the", "a", "and", "to", "all", "with a", "for", "on the", "from", "it", "is", "what", "how",
    "image", "photo",
];

/// Wishes; `{wish}` is an imperative.
const WISHES: &[&str] = &[
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
const CONTRASTS: &[&str] = &[
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
const RELATED: &[(&str, &str)] = &[
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

/// All texts that are made of these, to take words from.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    let lists = LISTS.iter().flat_map(|(head, leads)| core::iter::once(*head).chain(leads.iter().copied()));
    let related = RELATED.iter().flat_map(|(a, b)| [*a, *b]);
    let others = [MATTERS, ROLES, SMALL, WISHES, CONTRASTS, MADE, PLACED, &SAID[..], LINES[0], LINES[1]]
        .into_iter()
        .flatten()
        .copied();
    let others = others.chain(NEEDS.iter().flat_map(|(told, _)| told.iter().copied()));
    DEEDS.iter().flat_map(|same| same.iter().copied()).chain(lists).chain(related).chain(others)
}

/// What an entry of a list is to be told, in some words, and what that is called in a reply.
const NEEDS: [(&[&str], Need); 3] = [
    (&["Tell it the file.", "It needs the file."], Need { file: true, words: false }),
    (&["Tell it what is meant.", "It needs what is meant."], Need { file: false, words: true }),
    (
        &["Tell it the file and what is meant.", "It needs the file and what is meant."],
        Need { file: true, words: true },
    ),
];

/// What lines of a reply are for.
const LINES: [&[&str]; 2] = [
    &["for the name", "for the one that helps", "for which one"],
    &["for what it needs", "for what it is told", "for the rest"],
];

/// What comes of a deed, or where it is done, `{what}`; `{wish}` is the deed.
const MADE: &[&str] = &[
    "{wish} and make {what} out of it",
    "{wish} for {what}",
    "make {what} when you {wish}",
    "{wish}, then make {what} from it",
];

/// The same with numbers.
const PLACED: &[&str] =
    &["{wish} from {what}", "{wish} at {what}", "{wish} between {what}", "{wish}, but only at {what}"];

/// What lessons say that is always the same.
const SAID: [&str; 15] = [
    "Repeat this: ",
    "Which one is it?",
    "The picture ",
    " shows this: ",
    "Thanks.",
    "What is it called?",
    "I changed it and saved it as ",
    "Which one is the latest?",
    "What is to be done?",
    "What is it for?",
    "Which word goes with ",
    "And this?",
    "Reply in lines: ",
    "That gave ",
    "In short: ",
];

/// A text in parts, each with whether it follows from those before it.
pub type Lesson = Vec<(String, bool)>;

/// What a lesson is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tokens in no order, said once or twice more.
    Echo,
    /// A list with descriptions, and which entry some wishes are about.
    LookUp,
    /// Names and words that are to be repeated.
    Repeat,
    /// Files that are named, and questions about their names.
    Files,
    /// A list, a picture and a wish, and a reply in lines: the entry that is meant, and what it needs.
    Form,
    /// A wish, and what is to be done.
    TakeUp,
    /// Words that belong together.
    Relate,
    /// What people say, with answers.
    Chat,
    /// What a scene shows.
    Caption,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Echo,
        Self::LookUp,
        Self::Repeat,
        Self::Files,
        Self::Form,
        Self::TakeUp,
        Self::Relate,
        Self::Chat,
        Self::Caption,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::LookUp => "look_up",
            Self::Repeat => "repeat",
            Self::Files => "files",
            Self::Form => "form",
            Self::TakeUp => "take_up",
            Self::Relate => "relate",
            Self::Chat => "chat",
            Self::Caption => "caption",
        }
    }

    /// Draws a kind, each as often as it is of use.
    #[must_use]
    pub fn draw(random: &mut Random) -> Self {
        match random.below(26) {
            0..=1 => Self::Echo,
            2..=7 => Self::LookUp,
            8 => Self::Repeat,
            9..=10 => Self::Files,
            11..=19 => Self::Form,
            20..=22 => Self::TakeUp,
            23 => Self::Relate,
            24 => Self::Chat,
            _ => Self::Caption,
        }
    }

    /// Draws a lesson of this kind.
    #[must_use]
    pub fn lesson(self, words: &Words, random: &mut Random) -> Lesson {
        match self {
            Self::Echo => echo(&words.pieces, random),
            Self::LookUp => look_up(words, random),
            Self::Repeat => repeat(words, random),
            Self::Files => files(random),
            Self::Form => form(words, random),
            Self::TakeUp => take_up(words, random),
            Self::Relate => relate(random),
            Self::Chat => {
                let chat = Chat::draw(random);
                asked(&chat.said, &chat.answer)
            }
            Self::Caption => vec![(format!("{}\n", Scene::draw(random).caption), true)],
        }
    }
}

fn asked(said: &str, answer: &str) -> Lesson {
    vec![(format!("Human: {said}\nAI: "), false), (format!("{answer}\n"), true)]
}

/// What lessons are made of besides their own texts, so that nothing depends on which words these are.
#[derive(Clone, Debug)]
pub struct Words {
    /// Texts of tokens in any order.
    pub pieces: Vec<String>,
    /// Words in small letters.
    pub words: Vec<String>,
    /// Those of them that names have too.
    pub names: Vec<String>,
}

impl Words {
    fn any(&self, random: &mut Random) -> String {
        pick(random, &self.words).clone()
    }

    fn of_names(&self, random: &mut Random) -> String {
        pick(random, &self.names).clone()
    }
}

/// A deed with what it is done to, in words that belong together or in any.
#[derive(Clone)]
struct Deed {
    /// Verbs that mean about the same.
    verbs: Vec<String>,
    noun: String,
    /// Where its words are any: more of them, and all stand in any order.
    more: Option<Vec<String>>,
}

impl Deed {
    fn draw(words: &Words, random: &mut Random) -> Self {
        if random.below(2) == 0 {
            let verbs = pick(random, DEEDS).iter().map(|verb| (*verb).to_owned()).collect();
            return Self { verbs, noun: noun(words, random), more: None };
        }
        let noun = if random.below(2) == 0 { noun(words, random) } else { words.of_names(random) };
        let more = (0..random.below(4)).map(|_| words.any(random)).collect();
        Self { verbs: vec![words.of_names(random)], noun, more: Some(more) }
    }

    /// As a name in capitals.
    fn title(&self, random: &mut Random) -> String {
        title(&format!("{} {}", pick(random, &self.verbs), self.noun))
    }

    /// All its words, those of the first kind or others.
    fn words(&self, random: &mut Random) -> String {
        let verb = pick(random, &self.verbs).clone();
        if let Some(more) = &self.more {
            let mut all = vec![verb, self.noun.clone()];
            all.extend_from_slice(more);
            return scattered(all, random);
        }
        let tail = match random.below(5) {
            0 => format!(" {}", pick(random, PLACES)),
            1 => " of the image".to_owned(),
            2 => " in the photo".to_owned(),
            _ => String::new(),
        };
        let article = *pick(random, &["the", "the", "a", "this", "all", "every"]);
        format!("{verb} {article} {}{tail}", self.noun)
    }

    /// In a wish: of any words only some that tell, among others.
    fn wished(&self, words: &Words, random: &mut Random) -> String {
        let Some(more) = &self.more else { return self.words(random) };
        let mut telling = more.clone();
        telling.push(self.verbs[0].clone());
        random.shuffle(&mut telling);
        telling.truncate(1 + random.below(telling.len() as u32) as usize);
        if random.below(2) == 0 {
            telling.push(self.noun.clone());
        }
        telling.extend((0..random.below(3)).map(|_| words.any(random)));
        scattered(telling, random)
    }
}

/// Words in any order, with small ones in between.
fn scattered(mut all: Vec<String>, random: &mut Random) -> String {
    random.shuffle(&mut all);
    let mut text = String::new();
    for word in all {
        if random.below(2) == 0 {
            text += pick::<&str>(random, SMALL);
            text.push(' ');
        }
        text += &word;
        text.push(' ');
    }
    text.trim_end().to_owned()
}

fn noun(words: &Words, random: &mut Random) -> String {
    match random.below(6) {
        0 => (*pick(random, THINGS)).to_owned(),
        1 => format!("{} {}", pick(random, LOOKS), pick(random, THINGS)),
        2 => pick(random, BEINGS).0.to_owned(),
        3 => words.of_names(random),
        _ => (*pick(random, MATTERS)).to_owned(),
    }
}

fn title(text: &str) -> String {
    text.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

/// How the names of a list are alike.
enum Alike {
    /// Not at all.
    Not,
    /// They begin with the same words.
    Begin(String),
    /// They end with the same words.
    End(&'static str),
}

impl Alike {
    fn draw(words: &Words, random: &mut Random) -> Self {
        match random.below(6) {
            0..=1 => Self::Begin(format!("{} {}", Deed::draw(words, random).title(random), pick(random, ROLES))),
            2 => Self::End(pick::<&str>(random, ROLES)),
            _ => Self::Not,
        }
    }

    /// A name in capitals: of what it is for, or of anything.
    fn name(&self, deed: &Deed, words: &Words, random: &mut Random) -> String {
        match self {
            Self::Begin(first) => format!("{first} {}", title(&deed.noun)),
            Self::End(last) => format!("{} {last}", deed.title(random)),
            Self::Not => match random.below(5) {
                0 => deed.title(random),
                1 => format!("{} {}", deed.title(random), pick(random, ROLES)),
                2 => format!("{} {}", title(&deed.noun), pick(random, ROLES)),
                _ => {
                    let count = 1 + random.below(5);
                    let word = |_| match random.below(3) {
                        0 => title(&words.of_names(random)),
                        1 => (*pick(random, ROLES)).to_owned(),
                        _ => title(&noun(words, random)),
                    };
                    (0..count).map(word).collect::<Vec<_>>().join(" ")
                }
            },
        }
    }
}

/// A wish in words around it; every third time with one that is not wished.
fn wish(deed: &str, other: &str, random: &mut Random) -> String {
    let frame = if random.below(3) == 0 { pick(random, CONTRASTS) } else { pick(random, WISHES) };
    capital(&frame.replace("{wish}", deed).replace("{other}", other))
}

/// What an entry of a list is to be told.
#[derive(Clone, Copy)]
struct Need {
    file: bool,
    words: bool,
}

/// A list, and the text that says what each entry is for.
struct List {
    lesson: Lesson,
    entries: Vec<(String, Deed, Need)>,
}

impl List {
    /// Draws one that says, or does not say, what its entries need.
    fn draw(says_needs: bool, words: &Words, random: &mut Random) -> Self {
        let (head, leads) = *pick(random, LISTS);
        let count = 2 + random.below(4) as usize;
        let alike = Alike::draw(words, random);
        let mut entries: Vec<(String, Deed, Need)> = Vec::new();
        let lead = *pick(random, leads);
        let mut text = head.to_owned();
        while entries.len() < count {
            let mut deed = Deed::draw(words, random);
            // Some have a word in common with another one.
            if let (0..2, Some((_, other, _))) = (random.below(5), entries.last()) {
                deed.noun = other.noun.clone();
            }
            let is_like = |other: &Deed| other.verbs[0] == deed.verbs[0];
            let name = alike.name(&deed, words, random);
            if !entries.iter().any(|(other, of, _)| is_like(of) || *other == name) {
                let (told, need) = *pick(random, &NEEDS);
                let told = if says_needs { format!(" {}", pick(random, told)) } else { String::new() };
                text += &format!("\n> {name}: {lead} {}.{told}", deed.words(random));
                entries.push((name, deed, need));
            }
        }
        let mut lesson = vec![(text + "\n", false)];
        if random.below(2) == 0 {
            let names: Vec<&str> = entries.iter().map(|(name, ..)| name.as_str()).collect();
            lesson.extend([(SAID[14].to_owned(), false), (names.join(", ") + "\n", true)]);
        }
        Self { lesson, entries }
    }

    /// An entry, and a wish that is about it.
    fn wish(&self, words: &Words, random: &mut Random) -> (&str, String) {
        let (name, deed, _) = pick(random, &self.entries);
        let (_, other, _) = pick(random, &self.entries);
        let mut asked_for = deed.clone();
        // Of another thing the deed alone tells.
        if random.below(4) == 0 {
            asked_for.noun = noun(words, random);
        }
        let (deed, other) = (asked_for.wished(words, random), other.wished(words, random));
        (name, wish(&deed, &other, random))
    }
}

/// A list with descriptions, and which entry some wishes are about.
fn look_up(words: &Words, random: &mut Random) -> Lesson {
    let list = List::draw(false, words, random);
    let mut lesson = list.lesson.clone();
    for _ in 0..1 + random.below(3) {
        let (name, said) = list.wish(words, random);
        lesson.push((format!("Human: {said} {}\nAI: ", SAID[1]), false));
        lesson.push((format!("{name}\n"), true));
    }
    lesson
}

/// A list, a picture and a wish, and a reply in lines, which are told: the entry that is meant, and what that entry needs, the file
/// or what the wish is about or both. What comes of it is told too, and repeated.
fn form(words: &Words, random: &mut Random) -> Lesson {
    let List { mut lesson, entries } = List::draw(true, words, random);
    let scene = Scene::draw(random);
    let mut file = file_name(random);
    if random.below(4) > 0 {
        lesson.push((format!("Human: {}{file}{}{}\nAI: {}\n", SAID[2], SAID[3], scene.caption, SAID[4]), false));
    } else {
        lesson.push((format!("Human: {}{file}\nAI: {}\n", SAID[6], SAID[4]), false));
    }
    for _ in 0..1 + random.below(2) {
        let (name, deed, need) = pick(random, &entries);
        let (said, meant) = meant(deed, &scene, words, random);
        let other = pick(random, &entries).1.wished(words, random);
        let said = wish(&said, &other, random);
        let needed = [(need.file, &file), (need.words, &meant)];
        let needed: Vec<&str> =
            needed.iter().filter(|(is_needed, _)| *is_needed).map(|(_, text)| text.as_str()).collect();
        let mut lines = vec![(LINES[0], name.clone()), (LINES[1], needed.join(", "))];
        match random.below(8) {
            0 => lines.reverse(),
            1 => lines.truncate(1),
            _ => {}
        }
        let labels: Vec<String> = lines.iter().map(|_| capital(pick::<&str>(random, MATTERS))).collect();
        let told: Vec<String> =
            lines.iter().zip(&labels).map(|((what, _), label)| format!("{label} {}", pick(random, what))).collect();
        lesson.push((format!("Human: {said} {}{}.\nAI: ", SAID[12], told.join(", ")), false));
        let reply: String = lines.iter().zip(&labels).map(|((_, text), label)| format!("{label}: {text}\n")).collect();
        lesson.push((reply, true));
        file = file_name(random);
        lesson.push((format!("Human: {}{file}. {}\nAI: ", SAID[13], SAID[5]), false));
        lesson.push((format!("{file}\n"), true));
    }
    lesson
}

/// A deed in words, and what is meant in it: what it is done to, what is to come of it, or where it is done.
fn meant(deed: &Deed, scene: &Scene, words: &Words, random: &mut Random) -> (String, String) {
    let noun = match random.below(6) {
        kind @ 0..=2 => {
            let (ways, what) = if kind == 0 { (PLACED, numbers(random)) } else { (MADE, seen(random)) };
            let said = pick(random, ways).replace("{wish}", &deed.wished(words, random)).replace("{what}", &what);
            return (said, what);
        }
        3 => format!("{} {}", pick(random, LOOKS), pick(random, THINGS)),
        4 => (*pick(random, THINGS)).to_owned(),
        _ => pick(random, &scene.objects).name.clone(),
    };
    let said = match &deed.more {
        None => Deed { noun: noun.clone(), ..deed.clone() }.words(random),
        Some(_) => format!("{} {} {noun}", deed.wished(words, random), pick(random, &["of the", "the", "a"])),
    };
    (said, noun)
}

/// What could be seen somewhere.
fn seen(random: &mut Random) -> String {
    let ((being, deeds), place) = (*pick(random, BEINGS), *pick(random, PLACES));
    match random.below(3) {
        0 => article(&format!("{} {} {place}", pick(random, LOOKS), pick(random, THINGS))),
        1 => format!("{} {} {place}", article(being), pick(random, deeds)),
        _ => format!("{} {place} with {}", article(being), article(pick::<&str>(random, THINGS))),
    }
}

/// Where something is, as four numbers.
fn numbers(random: &mut Random) -> String {
    core::array::from_fn::<_, 4, _>(|_| random.below(640).to_string()).join(" ")
}

/// Most tokens of an echo.
const ECHOED: u32 = 15;

/// Tokens in no order: that they come again is all there is to learn.
fn echo(pieces: &[String], random: &mut Random) -> Lesson {
    let count = 2 + random.below(ECHOED - 1);
    let mut text: String = (0..count).map(|_| pick(random, pieces).as_str()).collect();
    text.push('\n');
    let again = 1 + random.below(2) as usize;
    let mut lesson = vec![(text.clone(), false)];
    lesson.extend(core::iter::repeat_n((text, true), again));
    lesson
}

fn repeat(words: &Words, random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    for i in 0..1 + random.below(3) {
        let deed = Deed::draw(words, random);
        let text = match random.below(6) {
            0 | 1 => file_name(random),
            5 => numbers(random),
            2 => Alike::Not.name(&deed, words, random),
            3 => deed.words(random),
            _ => (0..2 + random.below(5)).map(|_| noun(words, random)).collect::<Vec<_>>().join(" "),
        };
        let said = if i == 0 { SAID[0] } else { "And this? " };
        lesson.extend(asked(&format!("{said}{text}"), &text));
    }
    lesson
}

/// Files that are named, and questions about their names.
fn files(random: &mut Random) -> Lesson {
    let mut file = file_name(random);
    let first = file.clone();
    let scene = Scene::draw(random);
    let mut lesson = vec![(format!("Human: {}{file}{}{}\nAI: {}\n", SAID[2], SAID[3], scene.caption, SAID[4]), false)];
    for _ in 0..random.below(3) {
        file = file_name(random);
        lesson.push((format!("Human: {}{file}\nAI: {}\n", SAID[6], SAID[4]), false));
    }
    lesson.extend(asked(SAID[7], &file));
    if random.below(2) == 0 {
        let object = pick(random, &scene.objects).name.clone();
        lesson.extend(asked(&format!("What is the picture with the {object} called?"), &first));
    }
    lesson
}

/// A wish, and what is to be done.
fn take_up(words: &Words, random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    for _ in 0..1 + random.below(2) {
        let other = Deed::draw(words, random).words(random);
        let (said, answer) = match random.below(3) {
            0 => {
                let deed = Deed::draw(words, random).words(random);
                (deed.clone(), deed)
            }
            1 => {
                let object = format!("{} {}", pick(random, LOOKS), pick(random, THINGS));
                (format!("{} the {object}", pick::<&[&str]>(random, DEEDS)[0]), object)
            }
            _ => {
                let what = seen(random);
                (format!("{} {what}", pick(random, &["draw", "paint", "make", "generate"])), what)
            }
        };
        let said = wish(&said, &other, random);
        lesson.extend(asked(&format!("{said} {}", SAID[8]), &answer));
    }
    lesson
}

fn relate(random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    for _ in 0..3 {
        let (a, b) = *pick(random, RELATED);
        let (a, b) = if random.below(2) == 0 { (a, b) } else { (b, a) };
        lesson.extend(asked(&format!("{}{a}?", SAID[10]), b));
        let same = *pick(random, DEEDS);
        let (from, to) = (random.below(same.len() as u32) as usize, 0);
        lesson.extend(asked(&format!("{}{}?", SAID[10], same[from]), same[to]));
    }
    lesson
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::tool_use::student::lexicon::{lexicon, said};
    use crate::random::Purpose;

    #[test]
    fn no_lesson_calls_a_tool() {
        let words = said(&lexicon());
        for index in 0..3_000 {
            let mut random = Random::new(1, Purpose::Lesson, index);
            let lesson = Kind::draw(&mut random).lesson(&words, &mut random);
            let text: String = lesson.iter().map(|(text, _)| text.as_str()).collect();
            for form in ["Thought: ", "Action: ", "Action Input", "Observation:", "TOOLS:", "use a tool"] {
                assert!(!text.contains(form), "{form} in {text}");
            }
            assert!(text.ends_with('\n') && text.len() < 2_000, "{text}");
        }
    }

    #[test]
    fn what_is_repeated_and_looked_up_was_said_before() {
        for index in 0..500 {
            let mut random = Random::new(1, Purpose::Lesson, index);
            let words = Words {
                pieces: [" a", "bc"].map(str::to_owned).into(),
                words: ["one", "two", "three"].map(str::to_owned).into(),
                names: ["four", "five", "six"].map(str::to_owned).into(),
            };
            for kind in [Kind::Echo, Kind::LookUp, Kind::Repeat, Kind::Files] {
                let lesson = kind.lesson(&words, &mut random);
                let mut before = String::new();
                for (text, follows) in lesson {
                    let is_known = text.trim().split(", ").all(|part| before.contains(part));
                    assert!(!follows || is_known, "{text} after {before}");
                    before += &text;
                }
            }
        }
    }
}
