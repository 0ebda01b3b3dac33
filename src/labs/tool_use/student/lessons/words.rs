//! Any words, of which lessons are made besides their own texts, and names and texts of them.

use super::phrases::SMALL;
use crate::labs::tool_use::pick;
use crate::labs::tool_use::scene::capital;
use crate::random::Random;
use std::collections::BTreeSet;

/// What lessons are made of besides their own texts, so that nothing depends on which words these are.
#[derive(Clone, Debug)]
pub struct Words {
    /// Texts of tokens in any order.
    pub pieces: Vec<String>,
    /// Words in small letters.
    pub words: Vec<String>,
    /// Those of them that names have too.
    pub names: Vec<String>,
    /// What tools are called, in small letters: nothing that is for something is.
    pub taken: BTreeSet<String>,
}

impl Words {
    /// Whether something can be called so.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !name.is_empty() && !self.taken.contains(&name.to_lowercase())
    }

    pub(super) fn any(&self, random: &mut Random) -> String {
        pick(random, &self.words).clone()
    }

    pub(super) fn of_names(&self, random: &mut Random) -> String {
        pick(random, &self.names).clone()
    }
}

/// Words in any order, with small ones in between.
pub(super) fn scattered(mut all: Vec<String>, is_loose: bool, random: &mut Random) -> String {
    random.shuffle(&mut all);
    let mut text = String::new();
    for word in all {
        if is_loose && random.below(2) == 0 {
            text += pick::<&str>(random, SMALL);
            text.push(' ');
        }
        text += &word;
        text.push(' ');
    }
    text.trim_end().to_owned()
}

/// A name in capitals of at most so many words, some of them of those in common.
pub(super) fn any_name(most: u32, common: &[String], words: &Words, random: &mut Random) -> String {
    let word = |random: &mut Random| match common {
        [_, ..] if random.below(2) == 0 => pick(random, common).clone(),
        _ => capital(&words.of_names(random)),
    };
    (0..1 + random.below(most)).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

/// Words that names of a list have in common, in every second list if there are to be any.
pub(super) fn common(is_alike: bool, words: &Words, random: &mut Random) -> Vec<String> {
    let count = if is_alike && random.below(2) == 0 { 2 } else { 0 };
    (0..count).map(|_| capital(&words.of_names(random))).collect()
}
