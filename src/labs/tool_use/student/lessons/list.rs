//! Lists of entries with names and descriptions, and wishes that are about one of them. Words are those of the phrases or any.

use super::lesson::Lesson;
use super::phrases::{
    CHORES, CONTRASTS, DEEDS, Deed, GOODS, IN_SHORT, LISTS, MAKING, MATTERS, NEEDED, ROLES, SEEING, Slot, TAILS,
    TITLES, WISHES, general,
};
use super::words::{Words, any_name, common, scattered};
use crate::labs::tool_use::catalogue::{Argument, input};
use crate::labs::tool_use::scene::vocabulary::{BEINGS, LOOKS, PLACES, QUESTIONS, STYLES, THINGS};
use crate::labs::tool_use::scene::{Scene, capital};
use crate::labs::tool_use::{article, pick};
use crate::random::Random;

/// Some that mean the same.
type Phrases = &'static [&'static str];

/// What an entry is for: many phrases that mean the same.
#[derive(Clone, PartialEq)]
pub(super) enum Topic {
    /// One of [`DEEDS`].
    Deed(usize),
    /// One of [`MATTERS`] is seen.
    Seen(usize),
    /// A picture is made of one of them.
    Made(usize),
    /// One of [`CHORES`], done to one of [`GOODS`].
    Chore(usize, usize),
    /// Any words: one is the first of a name, one the second, and more.
    Any(String, String, Vec<String>),
}

/// A wish, and what is meant in it.
pub(super) struct Wish {
    pub said: String,
    pub meant: String,
}

fn below(count: usize, random: &mut Random) -> usize {
    random.below(count as u32) as usize
}

impl Topic {
    pub(super) fn draw(words: &Words, random: &mut Random) -> Self {
        match random.below(12) {
            0..=3 => Self::Deed(below(DEEDS.len(), random)),
            4..=5 => Self::Seen(below(MATTERS.len(), random)),
            6 => Self::Made(below(MATTERS.len(), random)),
            7..=8 => Self::Chore(below(CHORES.len(), random), below(GOODS.len(), random)),
            _ => {
                let more = (0..1 + random.below(3)).map(|_| words.any(random)).collect();
                Self::Any(words.of_names(random), words.of_names(random), more)
            }
        }
    }

    /// Another one that has something in common with this one, if there is one.
    fn alike(&self, words: &Words, random: &mut Random) -> Self {
        match self {
            Self::Deed(_) => Self::Deed(below(DEEDS.len(), random)),
            Self::Seen(matter) => Self::Made(*matter),
            Self::Made(matter) if random.below(2) == 0 => Self::Seen(*matter),
            Self::Made(_) => Self::Made(below(MATTERS.len(), random)),
            Self::Chore(chore, _) if random.below(2) == 0 => Self::Chore(*chore, below(GOODS.len(), random)),
            Self::Chore(_, good) => Self::Chore(below(CHORES.len(), random), *good),
            Self::Any(_, second, _) => {
                Self::Any(words.of_names(random), second.clone(), vec![words.any(random), words.any(random)])
            }
        }
    }

    /// Phrases and the words for what they are about.
    fn phrases(&self) -> (Slot, Phrases, Phrases, Phrases) {
        let of = |deed: &'static Deed, about: Phrases| (deed.slot, deed.told, deed.wished, about);
        match self {
            Self::Deed(deed) => of(&DEEDS[*deed], &[]),
            Self::Seen(matter) => (Slot::Nothing, SEEING, SEEING, MATTERS[*matter]),
            Self::Made(matter) => of(&MAKING, MATTERS[*matter]),
            Self::Chore(chore, good) => (Slot::Nothing, CHORES[*chore], CHORES[*chore], GOODS[*good]),
            Self::Any(..) => (Slot::Nothing, &[], &[], &[]),
        }
    }

    /// What it is to be told, as what tools take is named.
    fn takes(&self, need: Need) -> Vec<Argument> {
        let words: &[Argument] = match self.phrases().0 {
            Slot::Object => &[Argument::Object],
            Slot::Pair => &[Argument::Object, Argument::Thing],
            Slot::Question => &[Argument::Question],
            Slot::Style => &[Argument::Style],
            Slot::Region => &[Argument::Region],
            Slot::Scene | Slot::Nothing => &[Argument::Description],
        };
        match (need.file, need.words) {
            (true, true) => [&[Argument::Image], words].concat(),
            (true, false) => vec![Argument::Image],
            // Of a text alone a description is made.
            (false, _) => vec![Argument::Description],
        }
    }

    /// What it is for, whatever is meant.
    pub(super) fn told(&self, random: &mut Random) -> String {
        if let Self::Any(first, second, more) = self {
            let mut all = more.clone();
            all.extend([first.clone(), second.clone()]);
            return scattered(all, true, random);
        }
        let (slot, told, _, about) = self.phrases();
        let mut text = (*pick(random, told)).to_owned();
        if !about.is_empty() {
            text = text.replace("{m}", pick::<&str>(random, about));
        }
        text = text.replace("{}", pick::<&str>(random, general(slot))).replace("{other}", "another one");
        // Of a picture much is said in more than one way.
        match (random.below(8), about) {
            (0, [_, ..]) => format!("{text}, also called {}", pick(random, about)),
            (1 | 2, _) => text + pick::<&str>(random, TAILS),
            _ => text,
        }
    }

    /// What it is for, or its words as a name has them.
    pub(super) fn told_or_named(&self, random: &mut Random) -> String {
        if random.below(3) == 0 { self.name(random).join(" ") } else { self.told(random) }
    }

    /// A wish for it.
    pub(super) fn wished(&self, scene: &Scene, words: &Words, random: &mut Random) -> Wish {
        if let Self::Any(first, second, more) = self {
            let mut telling = more.clone();
            telling.push(first.clone());
            random.shuffle(&mut telling);
            telling.truncate(1 + below(telling.len(), random));
            let meant = telling.join(" ");
            if random.below(2) == 0 {
                telling.push(second.clone());
            }
            // What is meant stays in one piece.
            let mut said = vec![meant.clone()];
            said.extend(telling.into_iter().filter(|word| word == second));
            said.extend((0..random.below(3)).map(|_| words.any(random)));
            return Wish { said: scattered(said, true, random), meant };
        }
        let (slot, _, wished, about) = self.phrases();
        let object = if random.below(2) == 0 { pick(random, &scene.objects).name.clone() } else { thing(random) };
        let mut text = (*pick(random, wished)).to_owned();
        let matter = if about.is_empty() { String::new() } else { (*pick(random, about)).to_owned() };
        text = text.replace("{m}", &matter);
        let (put, meant) = match slot {
            Slot::Nothing => (String::new(), if matter.is_empty() { text.clone() } else { matter }),
            Slot::Object => (format!("{} {object}", pick(random, &["the", "the", "each", "this"])), object.clone()),
            Slot::Pair => {
                let other = thing(random);
                text = text.replace("{other}", &article(&other));
                (format!("the {object}"), format!("{object}, {other}"))
            }
            Slot::Scene => same(seen(random)),
            Slot::Question => {
                same(pick(random, QUESTIONS).replace("{object}", &object).replace("{thing}", &thing(random)))
            }
            Slot::Style => same(pick(random, STYLES).replace("{object}", &object)),
            Slot::Region => same(numbers(random)),
        };
        text = text.replace("{}", &put);
        if slot == Slot::Nothing && random.below(3) == 0 {
            let near = *pick(random, &[" near the ", " of the ", " around the ", " next to the "]);
            text = text + near + &object;
        }
        Wish { said: text, meant }
    }

    /// Its words as a name has them.
    fn name(&self, random: &mut Random) -> Vec<String> {
        let (_, told, wished, about) = self.phrases();
        let phrases = match (self, random.below(3)) {
            (Self::Seen(_), 0..=1) => TITLES[0],
            (Self::Made(_), 0..=1) => TITLES[1],
            (_, 2) => wished,
            _ => told,
        };
        let text = match self {
            Self::Any(first, second, _) => format!("{first} {second}"),
            _ if about.is_empty() => (*pick(random, phrases)).to_owned(),
            _ => pick(random, phrases).replace("{m}", pick::<&str>(random, about)),
        };
        let object = *pick(random, &["something", "object", ""]);
        let words = text.replace("{}", object).replace("{other}", "");
        let is_small = |word: &str| word.is_empty() || ["the", "a", "it", "of", "what", "all"].contains(&word);
        let mut words: Vec<String> = words.split([' ', ':', ',']).filter(|word| !is_small(word)).map(capital).collect();
        words.truncate(4);
        words
    }
}

fn same(text: String) -> (String, String) {
    (text.clone(), text)
}

/// A thing or a being.
pub(super) fn thing(random: &mut Random) -> String {
    match random.below(3) {
        0 => (*pick(random, THINGS)).to_owned(),
        1 => format!("{} {}", pick(random, LOOKS), pick(random, THINGS)),
        _ => pick(random, BEINGS).0.to_owned(),
    }
}

/// What could be seen somewhere.
pub(super) fn seen(random: &mut Random) -> String {
    let ((being, deeds), place) = (*pick(random, BEINGS), *pick(random, PLACES));
    match random.below(3) {
        0 => article(&format!("{} {} {place}", pick(random, LOOKS), pick(random, THINGS))),
        1 => format!("{} {} {place}", article(being), pick(random, deeds)),
        _ => format!("{} {place} with {}", article(being), article(pick::<&str>(random, THINGS))),
    }
}

/// Where something is, as four numbers.
pub(super) fn numbers(random: &mut Random) -> String {
    core::array::from_fn::<_, 4, _>(|_| random.below(640).to_string()).join(" ")
}

/// How the names of a list are alike: most have words in common, which stand at the same place or anywhere.
pub(super) struct Alike {
    words: Vec<String>,
    place: u32,
}

impl Alike {
    pub(super) fn draw(words: &Words, random: &mut Random) -> Self {
        let mut shared = Vec::new();
        for _ in 0..1 + random.below(2) {
            match random.below(3) {
                0 => shared.push(capital(&words.of_names(random))),
                1 => shared.extend(Topic::draw(words, random).name(random).into_iter().take(2)),
                _ => shared.extend(pick(random, ROLES).split(' ').map(str::to_owned)),
            }
        }
        Self { words: shared, place: random.below(5) }
    }

    /// A name in capitals: of what it is for, or of anything.
    pub(super) fn name(&self, topic: &Topic, words: &Words, random: &mut Random) -> String {
        let mut name = match random.below(8) {
            0 => (0..1 + random.below(3)).map(|_| capital(&words.of_names(random))).collect(),
            _ => topic.name(random),
        };
        match self.place {
            _ if random.below(4) == 0 => {}
            0 | 1 => name = [&self.words[..], &name].concat(),
            2 => name.extend_from_slice(&self.words),
            3 => {
                for word in &self.words {
                    name.insert(below(name.len() + 1, random), word.clone());
                }
            }
            _ => name.extend(pick(random, ROLES).split(' ').map(str::to_owned)),
        }
        name.truncate(7);
        // Some names have capitals only in front.
        let is_plain = random.below(6) == 0;
        let word = |(at, word): (usize, &String)| if is_plain && at > 0 { word.to_lowercase() } else { word.clone() };
        name.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
    }
}

/// A wish in words around it; every third time with one that is not wished.
pub(super) fn framed(wish: &str, other: &str, random: &mut Random) -> String {
    let frame = if random.below(3) == 0 { pick(random, CONTRASTS) } else { pick(random, WISHES) };
    capital(&frame.replace("{wish}", wish).replace("{other}", other))
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

/// Something in a list.
pub(super) struct Entry {
    pub name: String,
    pub topic: Topic,
    pub need: Need,
}

/// A list, and the text that says what each entry is for.
pub(super) struct List {
    pub lesson: Lesson,
    pub entries: Vec<Entry>,
}

impl List {
    /// Draws one that says, or does not say, what its entries need.
    pub(super) fn draw(says_needs: bool, words: &Words, random: &mut Random) -> Self {
        let (head, leads) = *pick(random, LISTS);
        let count = 2 + random.below(4) as usize;
        let alike = Alike::draw(words, random);
        let mut entries: Vec<Entry> = Vec::new();
        let lead = *pick(random, leads);
        let mut text = head.to_owned();
        while entries.len() < count {
            let topic = match (random.below(3), entries.last()) {
                (0, Some(other)) => other.topic.alike(words, random),
                _ => Topic::draw(words, random),
            };
            let name = alike.name(&topic, words, random);
            if !words.is_free(&name) || entries.iter().any(|other| other.topic == topic || other.name == name) {
                continue;
            }
            let at = random.below(3) as usize;
            let (phrases, need) = (NEEDED[at], NEEDS[at]);
            let needs = match (says_needs, random.below(2)) {
                (false, _) => String::new(),
                (true, 0) => format!(" {}", pick(random, phrases)),
                // As it will be said of tools.
                (true, _) => input(&topic.takes(need)),
            };
            let mut told = topic.told(random);
            if random.below(8) == 0 {
                told = format!("{told}, not to {}", Topic::draw(words, random).told(random));
            }
            text += &format!("\n> {name}: {lead} {told}.{needs}");
            entries.push(Entry { name, topic, need });
        }
        let mut lesson = vec![(text + "\n", false)];
        if random.below(4) > 0 {
            let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            lesson.extend([(IN_SHORT.to_owned(), false), (format!(" {}\n", names.join(", ")), true)]);
        }
        Self { lesson, entries }
    }

    /// One of a few words, of that rung of the lists by meaning: names, what they are for, and what is said of that.
    pub(super) fn short(rung: usize, words: &Words, random: &mut Random) -> Vec<(String, Topic, String)> {
        let is_any = rung < 2 || random.below(2) == 0;
        let common = common(rung == 2, words, random);
        let alike = Alike::draw(words, random);
        let mut entries = Vec::<(String, Topic, String)>::new();
        for _ in 0..2 + random.below(5) {
            let topic = Topic::draw(words, random);
            let name = if is_any { any_name(3, &common, words, random) } else { alike.name(&topic, words, random) };
            if words.is_free(&name) && !entries.iter().any(|(other, others, _)| *other == name || *others == topic) {
                let told = topic.told(random);
                entries.push((name, topic, told));
            }
        }
        entries
    }

    /// A wish that is about an entry, in words around it.
    pub(super) fn wish(&self, entry: &Entry, scene: &Scene, words: &Words, random: &mut Random) -> Wish {
        let Wish { said, meant } = entry.topic.wished(scene, words, random);
        let other = match random.below(3) {
            0 => Topic::draw(words, random).wished(scene, words, random),
            _ => pick(random, &self.entries).topic.wished(scene, words, random),
        };
        Wish { said: framed(&said, &other.said, random), meant }
    }
}
