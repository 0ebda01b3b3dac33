//! The general text that the base learns: short conversations that repeat, look something up in a list, take up what was said,
//! and tell facts, and captions of scenes. No tool is called in it, and no reply has the form of a call: what it teaches is to
//! copy, to find which of several descriptions a wish is about, and to tell a wish from what was said around it.

mod list;
mod phrases;

pub use list::Words;
pub(super) use phrases::{SMALL, texts};

use crate::lab::tool_use::chat::Chat;
use crate::lab::tool_use::clean::file_name;
use crate::lab::tool_use::scene::vocabulary::{BEINGS, LOOKS, PLACES, THINGS};
use crate::lab::tool_use::scene::{Scene, capital};
use crate::lab::tool_use::{article, pick};
use crate::random::Random;
use list::{Alike, Deed, List, noun, wish};
use phrases::*;

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

/// A list with descriptions, and which entry some wishes are about.
fn look_up(words: &Words, random: &mut Random) -> Lesson {
    let list = List::draw(false, words, random);
    let mut lesson = list.lesson.clone();
    for _ in 0..1 + random.below(3) {
        let (name, said) = list.wish(words, random);
        lesson.push((format!("Human: {said} {}\nAI: ", WHICH), false));
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
        lesson.push((format!("Human: {}{file}{}{}\nAI: {}\n", PICTURE, SHOWS, scene.caption, THANKS), false));
    } else {
        lesson.push((format!("Human: {}{file}\nAI: {}\n", CHANGED, THANKS), false));
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
        lesson.push((format!("Human: {said} {}{}.\nAI: ", REPLY_IN_LINES, told.join(", ")), false));
        let reply: String = lines.iter().zip(&labels).map(|((_, text), label)| format!("{label}: {text}\n")).collect();
        lesson.push((reply, true));
        file = file_name(random);
        lesson.push((format!("Human: {}{file}. {}\nAI: ", GAVE, CALLED), false));
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
        let said = if i == 0 { REPEAT } else { AGAIN };
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
        lesson.extend(asked(&format!("{said} {}", TO_DO), &answer));
    }
    lesson
}

fn relate(random: &mut Random) -> Lesson {
    let mut lesson = Lesson::new();
    for _ in 0..3 {
        let (a, b) = *pick(random, RELATED);
        let (a, b) = if random.below(2) == 0 { (a, b) } else { (b, a) };
        lesson.extend(asked(&format!("{}{a}?", GOES_WITH), b));
        let same = *pick(random, DEEDS);
        let (from, to) = (random.below(same.len() as u32) as usize, 0);
        lesson.extend(asked(&format!("{}{}?", GOES_WITH, same[from]), same[to]));
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
