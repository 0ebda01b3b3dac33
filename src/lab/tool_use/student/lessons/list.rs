//! Lists of entries with names and descriptions, and wishes that are about one of them. Words are those of the phrases or any.

use super::Lesson;
use super::phrases::{CONTRASTS, DEEDS, IN_SHORT, LISTS, MATTERS, NEEDED, ROLES, SMALL, WISHES};
use crate::lab::tool_use::pick;
use crate::lab::tool_use::scene::capital;
use crate::lab::tool_use::scene::vocabulary::{BEINGS, LOOKS, PLACES, THINGS};
use crate::random::Random;

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
    pub(super) fn any(&self, random: &mut Random) -> String {
        pick(random, &self.words).clone()
    }

    pub(super) fn of_names(&self, random: &mut Random) -> String {
        pick(random, &self.names).clone()
    }
}

/// A deed with what it is done to, in words that belong together or in any.
#[derive(Clone)]
pub(super) struct Deed {
    /// Verbs that mean about the same.
    pub verbs: Vec<String>,
    pub noun: String,
    /// Where its words are any: more of them, and all stand in any order.
    pub more: Option<Vec<String>>,
}

impl Deed {
    pub(super) fn draw(words: &Words, random: &mut Random) -> Self {
        if random.below(2) == 0 {
            let verbs = pick(random, DEEDS).iter().map(|verb| (*verb).to_owned()).collect();
            return Self { verbs, noun: noun(words, random), more: None };
        }
        let noun = if random.below(2) == 0 { noun(words, random) } else { words.of_names(random) };
        let more = (0..random.below(4)).map(|_| words.any(random)).collect();
        Self { verbs: vec![words.of_names(random)], noun, more: Some(more) }
    }

    /// As a name in capitals.
    pub(super) fn title(&self, random: &mut Random) -> String {
        title(&format!("{} {}", pick(random, &self.verbs), self.noun))
    }

    /// All its words, those of the first kind or others.
    pub(super) fn words(&self, random: &mut Random) -> String {
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
    pub(super) fn wished(&self, words: &Words, random: &mut Random) -> String {
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

pub(super) fn noun(words: &Words, random: &mut Random) -> String {
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
pub(super) enum Alike {
    /// Not at all.
    Not,
    /// They begin with the same words.
    Begin(String),
    /// They end with the same words.
    End(&'static str),
}

impl Alike {
    pub(super) fn draw(words: &Words, random: &mut Random) -> Self {
        match random.below(6) {
            0..=1 => Self::Begin(format!("{} {}", Deed::draw(words, random).title(random), pick(random, ROLES))),
            2 => Self::End(pick::<&str>(random, ROLES)),
            _ => Self::Not,
        }
    }

    /// A name in capitals: of what it is for, or of anything.
    pub(super) fn name(&self, deed: &Deed, words: &Words, random: &mut Random) -> String {
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
pub(super) fn wish(deed: &str, other: &str, random: &mut Random) -> String {
    let frame = if random.below(3) == 0 { pick(random, CONTRASTS) } else { pick(random, WISHES) };
    capital(&frame.replace("{wish}", deed).replace("{other}", other))
}

/// What an entry of a list is to be told.
#[derive(Clone, Copy)]
pub(super) struct Need {
    pub file: bool,
    pub words: bool,
}

/// All there are, in the order of their phrases.
const NEEDS: [Need; 3] =
    [Need { file: true, words: false }, Need { file: false, words: true }, Need { file: true, words: true }];

/// A list, and the text that says what each entry is for.
pub(super) struct List {
    pub lesson: Lesson,
    pub entries: Vec<(String, Deed, Need)>,
}

impl List {
    /// Draws one that says, or does not say, what its entries need.
    pub(super) fn draw(says_needs: bool, words: &Words, random: &mut Random) -> Self {
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
                let at = random.below(3) as usize;
                let (told, need) = (NEEDED[at], NEEDS[at]);
                let told = if says_needs { format!(" {}", pick(random, told)) } else { String::new() };
                text += &format!("\n> {name}: {lead} {}.{told}", deed.words(random));
                entries.push((name, deed, need));
            }
        }
        let mut lesson = vec![(text + "\n", false)];
        if random.below(2) == 0 {
            let names: Vec<&str> = entries.iter().map(|(name, ..)| name.as_str()).collect();
            lesson.extend([(IN_SHORT.to_owned(), false), (names.join(", ") + "\n", true)]);
        }
        Self { lesson, entries }
    }

    /// An entry, and a wish that is about it.
    pub(super) fn wish(&self, words: &Words, random: &mut Random) -> (&str, String) {
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
