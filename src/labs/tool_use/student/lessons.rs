//! The general text that the base learns: short conversations that repeat, look something up in a list, take up what was said,
//! and tell facts, and captions of scenes. No tool is called in it, of none it is said what it is for, and no reply has the form of a
//! call: what it teaches is to copy, to find which of several descriptions a wish is about, which words mean about the same, and to
//! tell a wish from what was said around it.

mod lesson;
mod list;
mod phrases;
mod recall;
mod words;

pub use lesson::Lesson;
pub(super) use phrases::{SMALL, texts};
pub use words::Words;

use crate::labs::tool_use::chat::Chat;
use crate::labs::tool_use::clean::file_name;
use crate::labs::tool_use::pick;
use crate::labs::tool_use::scene::Scene;
use crate::random::Random;
use lesson::asked;
use list::{Alike, Entry, List, Topic, Wish, framed, numbers};
use phrases::*;
use recall::{ALL, PLAIN, listed, questions};

/// What a lesson is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tokens in no order, said once or twice more.
    Echo,
    /// Words, and the same from the last to the first.
    Back,
    /// Names with any words each, and the words again with their names: from the rung with one word right after each name to lists
    /// as long and as loosely worded as the others.
    Find(usize),
    /// Names with what they are for, and wishes for the same: in the same phrases, in others, and with names that are alike.
    Mean(usize),
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
    pub const ALL: [Self; 19] = [
        Self::Echo,
        Self::Back,
        Self::Find(0),
        Self::Find(1),
        Self::Find(2),
        Self::Find(3),
        Self::Find(4),
        Self::Find(5),
        Self::Mean(0),
        Self::Mean(1),
        Self::Mean(2),
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
    pub fn name(self) -> String {
        let name = match self {
            Self::Echo => "echo",
            Self::Back => "back",
            Self::Find(rung) => return format!("find_{rung}"),
            Self::Mean(rung) => return format!("mean_{rung}"),
            Self::LookUp => "look_up",
            Self::Repeat => "repeat",
            Self::Files => "files",
            Self::Form => "form",
            Self::TakeUp => "take_up",
            Self::Relate => "relate",
            Self::Chat => "chat",
            Self::Caption => "caption",
        };
        name.to_owned()
    }

    /// Draws from a bag that has each kind so many times.
    #[must_use]
    pub fn draw(bag: &[(Self, u32)], random: &mut Random) -> Self {
        let mut at = random.below(bag.iter().map(|(_, times)| times).sum());
        let found = bag.iter().find(|(_, times)| {
            let is_here = at < *times;
            at = at.wrapping_sub(*times);
            is_here
        });
        found.unwrap_or(&bag[0]).0
    }

    /// Draws a lesson of this kind.
    #[must_use]
    pub fn lesson(self, words: &Words, random: &mut Random) -> Lesson {
        match self {
            Self::Echo => recall::echo(&words.pieces, random),
            Self::Back => recall::back(words, random),
            Self::Find(rung) => recall::find(rung, words, random),
            Self::Mean(rung) => mean(rung, words, random),
            Self::LookUp => look_up(words, random),
            Self::Repeat => repeat(words, random),
            Self::Files => files(random),
            Self::Form => form(words, random),
            Self::TakeUp => take_up(words, random),
            Self::Relate => relate(words, random),
            Self::Chat => {
                let chat = Chat::draw(random);
                asked(&chat.said, &chat.answer)
            }
            Self::Caption => vec![(format!("{}\n", Scene::draw(random).caption), true)],
        }
    }
}

/// A list of what things are for, and a wish for each.
fn mean(rung: usize, words: &Words, random: &mut Random) -> Lesson {
    let entries = List::short(rung, words, random);
    let scene = Scene::draw(random);
    let ways = [PLAIN, PLAIN, ALL][rung];
    let list = entries.iter().map(|(name, _, told)| (name.as_str(), told.as_str()));
    let mut lesson = vec![(listed(list, ways, random), false)];
    let mut all: Vec<[String; 2]> = Vec::new();
    // Each question may be about any of them, so that no answer follows from those before it.
    for _ in 0..entries.len() {
        let (name, topic, told) = pick(random, &entries);
        let is_same = rung == 0 || random.below(4) == 0;
        let said = if is_same { told.clone() } else { topic.wished(&scene, words, random).said };
        let said = [said, name.clone()];
        if !all.contains(&said) {
            all.push(said);
        }
    }
    lesson.extend(questions(&all, ways, random));
    lesson
}

/// A list with descriptions, and which entry some wishes are about.
fn look_up(words: &Words, random: &mut Random) -> Lesson {
    let list = List::draw(random.below(2) == 0, words, random);
    let scene = Scene::draw(random);
    let mut lesson = list.lesson.clone();
    for _ in 0..list.entries.len() {
        let entry = pick(random, &list.entries);
        let Wish { said, .. } = list.wish(entry, &scene, words, random);
        lesson.extend(asked(&format!("{said} {WHICH}"), &entry.name));
    }
    lesson
}

/// A list, a picture and a wish, and a reply in lines, which are told: the entry that is meant, and what that entry needs, the file
/// or what the wish is about or both. What comes of it is told too, and repeated.
fn form(words: &Words, random: &mut Random) -> Lesson {
    let list = List::draw(true, words, random);
    let mut lesson = list.lesson.clone();
    let scene = Scene::draw(random);
    let mut file = file_name(random);
    if random.below(4) > 0 {
        lesson.push((format!("Human: {}{file}{}{}\nAI: {}\n", PICTURE, SHOWS, scene.caption, THANKS), false));
    } else {
        lesson.push((format!("Human: {}{file}\nAI: {}\n", CHANGED, THANKS), false));
    }
    for _ in 0..list.entries.len().min(3) {
        let entry = pick(random, &list.entries);
        let Wish { said, meant } = list.wish(entry, &scene, words, random);
        let Entry { name, need, .. } = entry;
        let needed = [(need.file, &file), (need.words, &meant)];
        let needed: Vec<&str> =
            needed.iter().filter(|(is_needed, _)| *is_needed).map(|(_, text)| text.as_str()).collect();
        let mut lines = vec![(LINES[0], name.clone()), (LINES[1], needed.join(", "))];
        match random.below(8) {
            0 => lines.reverse(),
            1 => lines.truncate(1),
            _ => {}
        }
        let labels: Vec<String> = lines.iter().map(|_| (*pick(random, LABELS)).to_owned()).collect();
        let told: Vec<String> =
            lines.iter().zip(&labels).map(|((what, _), label)| format!("{label} {}", pick(random, what))).collect();
        let reply: Vec<String> =
            lines.iter().zip(&labels).map(|((_, text), label)| format!("{label}: {text}")).collect();
        lesson.extend(asked(&format!("{said} {REPLY_IN_LINES}{}.", told.join(", ")), &reply.join("\n")));
        if random.below(2) == 0 {
            file = file_name(random);
            lesson.extend(asked(&format!("{}. {CALLED}", named(GAVE, &file, random)), &file));
        }
    }
    lesson
}

/// A file after what is said of it, at times on a line of its own: what a name begins with is another token there than after a blank.
fn named(said: &str, file: &str, random: &mut Random) -> String {
    if random.below(2) == 0 { format!("{said}{file}") } else { format!("{}\n{file}", said.trim_end()) }
}

fn repeat(words: &Words, random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    for i in 0..1 + random.below(3) {
        let topic = Topic::draw(words, random);
        let said = if i == 0 { REPEAT } else { AGAIN };
        let text = match random.below(6) {
            0 | 1 => {
                let file = file_name(random);
                lesson.extend(asked(&named(said, &file, random), &file));
                continue;
            }
            5 => numbers(random),
            2 => Alike::draw(words, random).name(&topic, words, random),
            3 => topic.told(random),
            _ => (0..2 + random.below(5)).map(|_| words.any(random)).collect::<Vec<_>>().join(" "),
        };
        lesson.extend(asked(&format!("{said}{text}"), &text));
    }
    lesson
}

/// Files that are named, and questions about their names.
fn files(random: &mut Random) -> Lesson {
    let mut file = file_name(random);
    let first = file.clone();
    let scene = Scene::draw(random);
    let mut lesson = vec![(format!("Human: {}{file}{}{}\nAI: {}\n", PICTURE, SHOWS, scene.caption, THANKS), false)];
    for _ in 0..random.below(3) {
        file = file_name(random);
        lesson.push((format!("Human: {}{file}\nAI: {}\n", CHANGED, THANKS), false));
    }
    lesson.extend(asked(LATEST, &file));
    if random.below(2) == 0 {
        let object = pick(random, &scene.objects).name.clone();
        lesson.extend(asked(&format!("What is the picture with the {object} called?"), &first));
    }
    lesson
}

/// A wish, and what is to be done, or what is meant in it.
fn take_up(words: &Words, random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    let scene = Scene::draw(random);
    for _ in 0..1 + random.below(2) {
        let wish = Topic::draw(words, random).wished(&scene, words, random);
        let other = Topic::draw(words, random).wished(&scene, words, random);
        let question = if random.below(3) == 0 { TO_DO } else { MEANT };
        let answer = if question == TO_DO { &wish.said } else { &wish.meant };
        lesson.extend(asked(&format!("{} {question}", framed(&wish.said, &other.said, random)), answer));
    }
    lesson
}

/// Words that mean about the same: of each the first, or some one after the other.
fn relate(words: &Words, random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    if random.below(2) == 0 {
        for _ in 0..3 {
            let topic = Topic::draw(words, random);
            let mut same: Vec<String> = (0..4 + random.below(3)).map(|_| topic.told_or_named(random)).collect();
            same.dedup();
            lesson.push((format!("{}:", same[0]), false));
            lesson.push((format!(" {}\n", same[1..].join("; ")), true));
        }
        return lesson;
    }
    for _ in 0..4 {
        let same = match random.below(6) {
            0..=1 => *pick(random, MATTERS),
            2..=3 => pick(random, DEEDS).wished,
            4 => *pick(random, CHORES),
            _ => *pick(random, GOODS),
        };
        let plain = |text: &str| text.replace("{other}", "it").replace("{}", "it").replace("{m}", "it");
        lesson.extend(asked(&format!("{}{}?", GOES_WITH, plain(pick::<&str>(random, same))), &plain(same[0])));
    }
    lesson
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::Catalogue;
    use crate::labs::tool_use::student::lexicon::{lexicon, said};
    use crate::random::Purpose;
    use std::collections::BTreeSet;

    #[test]
    fn no_lesson_calls_a_tool() {
        let words = said(&lexicon());
        let tools = [Catalogue::seen(), Catalogue::unseen()].map(|catalogue| catalogue.tools().to_vec()).concat();
        for index in 0..3_000 {
            let mut random = Random::new(1, Purpose::Lesson, index);
            let kind = Kind::ALL[index as usize % Kind::ALL.len()];
            let lesson = kind.lesson(&words, &mut random);
            let text: String = lesson.iter().map(|(text, _)| text.as_str()).collect();
            for form in ["Thought: ", "Action: ", "Action Input", "Observation:", "TOOLS:", "use a tool"] {
                assert!(!text.contains(form), "{form} in {text}");
            }
            for tool in &tools {
                let is_named = text.contains(&format!("> {}:", tool.name));
                assert!(!text.contains(&tool.usage) && !is_named, "{}", tool.name);
            }
            assert!(text.ends_with('\n') && text.len() < 2_000, "{text}");
        }
    }

    #[test]
    fn what_is_repeated_and_looked_up_was_said_before() {
        for index in 0..500 {
            let mut random = Random::new(1, Purpose::Lesson, index);
            let many = |first: char| (0..10).map(|i| format!("{first}{i}")).collect::<Vec<_>>();
            let pieces = [" a", "bc"].map(str::to_owned).into();
            let words = Words { pieces, words: many('w'), names: many('n'), taken: BTreeSet::new() };
            let known = |kind: &Kind| {
                matches!(kind, Kind::Echo | Kind::Find(_) | Kind::Mean(_) | Kind::LookUp | Kind::Repeat | Kind::Files)
            };
            for kind in Kind::ALL.into_iter().filter(known) {
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
