//! Any words in any order: what is learned from them is to say again, and to find one thing by another.

use super::lesson::{Lesson, asked};
use super::phrases::{WHICH, WISHES};
use super::words::{Words, any_name, common, scattered};
use crate::labs::tool_use::pick;
use crate::labs::tool_use::scene::capital;
use crate::random::Random;
use std::collections::BTreeSet;

/// Most tokens of an echo.
const ECHOED: u32 = 15;

/// Tokens in no order: that they come again is all there is to learn.
pub(super) fn echo(pieces: &[String], random: &mut Random) -> Lesson {
    let count = 2 + random.below(ECHOED - 1);
    // Of few different ones it takes more than the last token to know where one is.
    let few: Vec<&String> = (0..2 + random.below(4)).map(|_| pick(random, pieces)).collect();
    let is_few = random.below(2) == 0;
    let piece = |_| if is_few { *pick(random, &few) } else { pick(random, pieces) };
    let mut text: String = (0..count).map(piece).map(String::as_str).collect();
    text.push('\n');
    let again = 1 + random.below(2) as usize;
    let mut lesson = vec![(text.clone(), false)];
    lesson.extend(core::iter::repeat_n((text, true), again));
    lesson
}

/// Words, then the same from the last to the first: what is to be found stands before what it is found by.
pub(super) fn back(words: &Words, random: &mut Random) -> Lesson {
    let count = 3 + random.below(ECHOED - 2) as usize;
    let mut all = BTreeSet::new();
    while all.len() < count {
        all.insert(words.any(random));
    }
    let mut all: Vec<String> = all.into_iter().map(|word| format!(" {word}")).collect();
    random.shuffle(&mut all);
    let text = all.concat();
    let last = all.pop().unwrap_or_default();
    all.reverse();
    vec![(format!("{text}\n{last}"), false), (all.concat() + "\n", true)]
}

/// Most questions about a list.
const ASKED: usize = 14;

/// How a list is said: before an entry, between its name and what is told of it, and after that.
const SAID: [[&str; 3]; 5] = [
    [" ", " ", ""],
    ["> ", ": ", "\n"],
    ["> ", ": ", ".\n"],
    ["> ", ": Use it to ", ".\n"],
    ["> ", ": A place to ", ".\n"],
];

/// Words that are told of some entries, drawn for each, in every second list where there are any: in a question about one of them
/// they can stand beside its own, and do not decide.
const SHARED: u32 = 4;

/// Ways of saying a list or of asking about it, the first of all that there are.
pub(super) const EASY: usize = 1;
pub(super) const PLAIN: usize = 3;
pub(super) const ALL: usize = 5;

/// How hard it is to find a name: most words told of it, of the name itself, and of a question, ways of saying list and questions,
/// and whether other words stand among them. In all ways there are, some names have words in common, and some words are told of
/// more than one.
struct Rung {
    told: u32,
    named: u32,
    asked: u32,
    ways: usize,
    is_loose: bool,
}

const fn rung(told: u32, named: u32, asked: u32, ways: usize) -> Rung {
    Rung { told, named, asked, ways, is_loose: false }
}

/// From a word right after a name to as many as a description has, among others, a little harder each time: a base that knows the
/// one before learns the next soon, and one that does not in no number of steps we waited for.
const RUNGS: [Rung; 6] = [
    rung(1, 1, 1, EASY),
    rung(2, 1, 1, EASY),
    rung(3, 1, 1, 2),
    rung(4, 1, 3, PLAIN),
    rung(6, 3, 3, PLAIN),
    Rung { is_loose: true, ..rung(6, 5, 3, ALL) },
];

/// Entries with names and what is told of them, in one of so many ways.
pub(super) fn listed<'a>(
    entries: impl Iterator<Item = (&'a str, &'a str)>,
    ways: usize,
    random: &mut Random,
) -> String {
    let [before, between, after] = *pick(random, &SAID[..ways]);
    let mut text: String = entries.map(|(name, told)| format!("{before}{name}{between}{told}{after}")).collect();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Questions with their answers, all in one of so many ways.
pub(super) fn questions(all: &[[String; 2]], ways: usize, random: &mut Random) -> Lesson {
    let way = random.below(ways as u32);
    let mut lesson = Lesson::new();
    for [said, name] in all {
        match way {
            // A word of a question comes after no name: its own name would have to be told from that one.
            0 => lesson.extend([(format!(" {said}"), false), (format!(" {name}\n"), true)]),
            1 => lesson.extend([(format!("> {said}:"), false), (format!(" {name}\n"), true)]),
            2 => lesson.extend(asked(said, name)),
            3 => lesson.extend(asked(&format!("{said} {WHICH}"), name)),
            _ => {
                let wish = capital(&pick(random, WISHES).replace("{wish}", said));
                lesson.extend(asked(&format!("{wish} {WHICH}"), name));
            }
        }
    }
    lesson
}

/// What is told of a name: words of its own, and such as are told of others too.
struct Told {
    name: String,
    own: Vec<String>,
    shared: Vec<String>,
}

/// Each of these or not.
fn some(words: &[String], random: &mut Random) -> Vec<String> {
    words.iter().filter(|_| random.below(2) == 0).cloned().collect()
}

/// Names with some words each, then these words in groups, each with the name they belong to. None is asked about twice, so that no
/// answer can be found in one before; but on the first rung all are, again and again, as that is how answers are learned to be
/// copied at all.
pub(super) fn find(rung: usize, words: &Words, random: &mut Random) -> Lesson {
    let Rung { told: most_told, named, asked: most_asked, ways, is_loose } = RUNGS[rung];
    let is_loose = is_loose && random.below(2) == 0;
    let common = common(ways == ALL, words, random);
    let mut entries: Vec<Told> = Vec::new();
    let count = if ways == ALL && random.below(2) == 0 { SHARED } else { 0 };
    let shared: Vec<String> = (0..count).map(|_| words.any(random)).collect();
    let mut told: BTreeSet<String> = shared.iter().cloned().collect();
    for _ in 0..2 + random.below(5) {
        let name = any_name(named, &common, words, random);
        let mut own: Vec<String> = (0..1 + random.below(most_told)).map(|_| words.any(random)).collect();
        own.retain(|word| told.insert(word.clone()));
        if !own.is_empty() && words.is_free(&name) && !entries.iter().any(|other| other.name == name) {
            let shared = some(&shared, random);
            entries.push(Told { name, own, shared });
        }
    }
    let mut text = |entry: &Told| scattered([&entry.own[..], &entry.shared].concat(), is_loose, random);
    let texts: Vec<String> = entries.iter().map(&mut text).collect();
    let list = entries.iter().zip(&texts).map(|(entry, text)| (entry.name.as_str(), text.as_str()));
    let mut lesson = vec![(listed(list, ways, random), false)];
    let mut all = Vec::new();
    for Told { name, mut own, shared } in entries {
        random.shuffle(&mut own);
        while !own.is_empty() {
            let mut said = own.split_off(own.len().saturating_sub(1 + random.below(most_asked) as usize));
            said.extend(some(&shared, random));
            if is_loose {
                said.extend((0..random.below(3)).map(|_| words.any(random)).filter(|word| !told.contains(word)));
            }
            all.push([scattered(said, is_loose, random), name.clone()]);
        }
    }
    for _ in 0..if rung == 0 { 3 } else { 1 } {
        random.shuffle(&mut all);
        lesson.extend(questions(&all[..all.len().min(ASKED)], ways, random));
    }
    lesson
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use std::collections::BTreeMap;

    fn words() -> Words {
        let many = |first: char| (0..30).map(|i| format!("{first}{i}")).collect::<Vec<_>>();
        Words { pieces: many('p'), words: many('w'), names: many('n'), taken: BTreeSet::new() }
    }

    #[test]
    fn words_come_back_from_the_last_to_the_first() {
        let lesson = back(&words(), &mut Random::new(1, Purpose::Lesson, 0));
        let text: String = lesson.iter().map(|(text, _)| text.as_str()).collect();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(lines.len() == 2 && lines[0].len() > 2, "{text}");
        assert!(lines[0].iter().rev().eq(&lines[1]), "{text}");
    }

    #[test]
    fn a_name_is_found_by_words_that_were_told_of_it() {
        let parts = |text: &str| {
            let all: Vec<String> = text.split([' ', '\n', '>', ':', '.', '?', '!']).map(str::to_owned).collect();
            let of = |first: char| {
                let is_of = |part: &&String| part.starts_with(first) && part[1..].parse::<u32>().is_ok();
                all.iter().filter(is_of).cloned().collect::<Vec<_>>()
            };
            [of('N'), of('w')]
        };
        let mut many = 0;
        for (rung, index) in (0..RUNGS.len()).flat_map(|rung| (0..100).map(move |index| (rung, index))) {
            let lesson = find(rung, &words(), &mut Random::new(1, Purpose::Lesson, index));
            let mut told = BTreeMap::<String, BTreeSet<String>>::new();
            let mut name = String::new();
            for word in lesson[0].0.split([' ', '\n', '>', ':', '.']) {
                let [names, words] = parts(word);
                match (names.first(), words.first()) {
                    (Some(part), _) if name.ends_with('|') || name.is_empty() => name.clone_from(part),
                    (Some(part), _) => name = format!("{name} {part}"),
                    (None, Some(word)) => {
                        name = format!("{}|", name.trim_end_matches('|'));
                        told.entry(word.clone()).or_default().insert(name.trim_end_matches('|').to_owned());
                    }
                    _ => {}
                }
            }
            for pair in lesson[1..].chunks(2) {
                let [_, said] = parts(&pair[0].0.to_lowercase());
                let owners: Vec<&BTreeSet<String>> = said.iter().filter_map(|word| told.get(word)).collect();
                let name = pair[1].0.trim();
                let is_found = owners.iter().any(|owners| owners.iter().eq([name]))
                    && owners.iter().all(|owners| owners.contains(name));
                assert!(is_found, "rung {rung}: {pair:?} of {lesson:?}");
                many += owners.iter().filter(|owners| owners.len() > 1).count();
            }
        }
        assert!(many > 0, "some words are told of more than one");
    }
}
