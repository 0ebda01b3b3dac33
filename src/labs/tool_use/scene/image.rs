//! An image, in words: drawn from the vocabulary, or made of a caption.

use super::vocabulary::{BACKGROUNDS, BEINGS, LOOKS, MOODS, PLACES, SIDES, THINGS, TIMES};
use crate::labs::tool_use::{article, pick};
use crate::random::Random;

/// Width and height that boxes are in.
pub const SIZE: [u32; 2] = [640, 480];

/// An object and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is called, without an article.
    pub name: String,
    /// x1, y1, x2, y2: its corners at the top left and the bottom right.
    pub bounds: [u32; 4],
}

/// An image, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// A sentence.
    pub caption: String,
    /// At least one.
    pub objects: Vec<Object>,
}

impl Scene {
    /// Draws a scene: a being that does something next to a thing, or a thing next to another, at a place, maybe at a time and
    /// before a background.
    #[must_use]
    pub fn draw(random: &mut Random) -> Self {
        let (thing, look) = (*pick(random, THINGS), *pick(random, LOOKS));
        let mut names = Vec::new();
        let main = if random.below(4) > 0 {
            let (being, deeds) = *pick(random, BEINGS);
            let looks = if random.below(2) == 0 { *pick(random, MOODS) } else { "" };
            names.push(being);
            let deed = pick(random, deeds);
            format!("{} is {deed}", article(format!("{looks} {being}").trim()))
        } else {
            let first = *pick(random, THINGS);
            names.push(first);
            format!("{} stands", article(&format!("{} {first}", pick(random, LOOKS))))
        };
        let side = pick(random, SIDES);
        let mut caption = format!("{main} {side} {} {}", article(&format!("{look} {thing}")), pick(random, PLACES));
        names.push(thing);
        if random.below(2) == 0 {
            caption = format!("{caption} {}", pick(random, TIMES));
        }
        if random.below(3) == 0 {
            let background = *pick(random, BACKGROUNDS);
            names.push(background);
            caption = format!("{caption} with {} in the background", article(background));
        }
        names.dedup();
        let caption = capital(&caption) + ".";
        Self { caption, objects: names.into_iter().map(|name| place(name, random)).collect() }
    }

    /// The scene of a caption whose objects are not known: those words of it that are in the vocabulary, else those after an
    /// article, else just something.
    #[must_use]
    pub fn of_caption(caption: &str, random: &mut Random) -> Self {
        let lower = caption.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let text = format!(" {} ", words.join(" "));
        let beings = BEINGS.iter().map(|(being, _)| *being);
        let known = beings.chain(THINGS.iter().copied()).chain(BACKGROUNDS.iter().copied());
        let mut names: Vec<&str> = known.filter(|name| text.contains(&format!(" {name} "))).collect();
        if names.is_empty() {
            let after = words.windows(2).filter(|pair| ["a", "an", "the"].contains(&pair[0]) && pair[1].len() > 2);
            names.extend(after.map(|pair| pair[1]).take(3));
        }
        names.dedup();
        if names.is_empty() {
            names.push("main object");
        }
        Self { caption: caption.to_owned(), objects: names.into_iter().map(|name| place(name, random)).collect() }
    }

    /// What a teacher is told: the caption and each object with its box.
    #[must_use]
    pub fn description(&self) -> String {
        let object = |object: &Object| format!("{} {:?}", object.name, object.bounds);
        let objects: Vec<String> = self.objects.iter().map(object).collect();
        format!("{} {}", self.caption, objects.join(", "))
    }
}

/// An object somewhere in the image.
fn place(name: &str, random: &mut Random) -> Object {
    let mut span = |size: u32| {
        let length = size / 10 + random.below(size / 2);
        let from = random.below(size - length);
        (from, from + length)
    };
    let ((x1, x2), (y1, y2)) = (span(SIZE[0]), span(SIZE[1]));
    Object { name: name.to_owned(), bounds: [x1, y1, x2, y2] }
}

/// A text with a capital in front.
pub(in crate::labs::tool_use) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
