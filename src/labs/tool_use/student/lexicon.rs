//! The student's vocabulary: whole words with the blank before them, and what is the same in every prompt, so that a prompt of
//! two thousand letters has some two hundred tokens. All else, names of files above all, is spelled.

use super::lessons::{self, SMALL, Words};
use crate::labs::tool_use::form::{ANSWER, BEFORE, CALL, CALLING, CLOSING, IMAGE, INPUT, OPENING, SAVED};
use crate::labs::tool_use::scene::capital;
use crate::labs::tool_use::{Catalogue, catalogue, chat, scene, teacher};
use crate::transformer::tokenizer::{Subwords, Vocabulary};
use std::collections::BTreeSet;

/// The token that ends a text.
pub const END: u32 = 0;
/// Tokens that are bytes come first.
const BYTES: u32 = 256;

/// Pieces that are no words of two letters: parts of names, and what is around lists and turns.
const MARKS: &[&str] = &[
    ".png",
    "image/",
    "images/",
    "examples/",
    "cache/",
    " image/",
    " images/",
    " examples/",
    " cache/",
    " a",
    " I",
    "\n>",
    "\nHuman:",
    "Human:",
    "\nAI:",
    " two,",
    " three,",
    " Use it to",
];

/// What frames a prompt, a token each.
pub(super) const FRAMES: [&str; 4] = [OPENING, CALLING, BEFORE, CLOSING];

/// The vocabulary of the lab's own prompts, scenes and lessons.
///
/// # Panics
/// Never: its pieces are few and different.
#[must_use]
pub fn lexicon() -> Vocabulary {
    let mut words = BTreeSet::new();
    let mut texts = Vec::<String>::new();
    for tool in Catalogue::seen().tools().iter().chain(Catalogue::unseen().tools()) {
        texts.extend([tool.name.clone(), tool.usage.clone()]);
        texts.extend(tool.asks.iter().flat_map(|ask| [ask.clone(), capital(ask)]));
    }
    let told = teacher::texts().chain(chat::texts()).chain(scene::vocabulary::texts()).chain(lessons::texts());
    texts.extend(told.flat_map(|text| [text.to_owned(), capital(text)]));
    // What a student writes is made of words that the base learns too; only what it reads may be one long piece.
    texts.extend(CALL.into_iter().chain(IMAGE).chain([ANSWER, SAVED, INPUT]).map(str::to_owned));
    for text in &texts {
        each_word(text, &mut |word| {
            words.insert(word.to_owned());
        });
    }
    let form = FRAMES.into_iter().chain(MARKS.iter().copied());
    // The blank at an end belongs to the word that follows.
    let form = form.map(|text| text.trim_end_matches(' ').to_owned());
    let fixed: BTreeSet<String> = form.chain(catalogue::texts()).collect();
    words.retain(|word| !fixed.contains(word));
    // What is spelled, names of files above all, is spelled by twos: there are fewer tokens to copy, and less often the same.
    let letters = || 'a'..='z';
    let pairs = letters().flat_map(|a| letters().map(move |b| String::from_iter([a, b])));
    let pieces = fixed.into_iter().chain(words).chain(pairs).collect();
    Vocabulary::Subwords(Subwords::new(pieces).expect("few and different"))
}

/// What can be said in any order: words, pairs of letters and signs, but no lines and longer pieces; of these the words, and those of
/// them that begin with a capital too, without the small ones that stand anywhere.
#[must_use]
pub fn said(vocabulary: &Vocabulary) -> Words {
    let texts: BTreeSet<String> = (BYTES..vocabulary.len() as u32).map(|token| vocabulary.decode(&[token])).collect();
    let is_word = |text: &str| text.trim_start_matches(' ').bytes().all(|byte| byte.is_ascii_alphabetic());
    let signs = (b'!'..=b'~').filter(|byte| !byte.is_ascii_uppercase()).map(|byte| char::from(byte).to_string());
    let pieces = texts.iter().filter(|text| is_word(text)).cloned().chain(signs).collect();
    let is_small = |word: &str| SMALL.iter().any(|small| small.split(' ').any(|small| small == word));
    let is_told = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()) && !is_small(word);
    let words: Vec<&str> = texts.iter().filter_map(|text| text.strip_prefix(' ')).filter(is_told).collect();
    let names = words.iter().filter(|word| texts.contains(&format!(" {}", capital(word))));
    let owned = |word: &&str| (*word).to_owned();
    let catalogues = [Catalogue::seen(), Catalogue::unseen()];
    let taken = catalogues.iter().flat_map(Catalogue::tools).map(|tool| tool.name.to_lowercase()).collect();
    Words { names: names.map(owned).collect(), words: words.iter().map(owned).collect(), pieces, taken }
}

/// Gives each run of two ASCII letters or more with the blank before it, and without one if it begins with a capital.
fn each_word(text: &str, each: &mut dyn FnMut(&str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if length > 1 {
            let word = &text[at..at + length];
            each(&[" ", word].concat());
            if bytes[at].is_ascii_uppercase() {
                each(word);
            }
        }
        at += length.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::catalogue::Tool;
    use crate::labs::tool_use::pipeline::{Pipeline, Scenes, Settings};

    #[test]
    fn a_sample_has_about_two_hundred_tokens() {
        let lexicon = lexicon();
        let mut pipeline = Pipeline::new(Settings::default(), Catalogue::seen(), Scenes::Drawn(20), Vec::new());
        let mut lengths = Vec::new();
        while pipeline.step(&mut |sample| {
            let mut tokens = Vec::new();
            lexicon.encode(&sample.instruction, &mut tokens);
            lexicon.encode(&sample.output, &mut tokens);
            assert_eq!(lexicon.decode(&tokens), sample.instruction.clone() + &sample.output);
            lengths.push(tokens.len());
        }) {}
        lengths.sort_unstable();
        let [median, most] = [lengths[lengths.len() / 2], lengths[lengths.len() - 1]];
        assert!(median < 250 && most <= 384, "{median} in the middle, {most} at most");
        assert!(lexicon.len() < 4096, "{} tokens", lexicon.len());
    }

    #[test]
    fn what_a_student_writes_is_words() {
        let lexicon = lexicon();
        let mut tokens = Vec::new();
        lexicon.encode(&[CALL[0], CALL[1], CALL[2], ANSWER].concat(), &mut tokens);
        let texts: Vec<String> = tokens.iter().map(|token| lexicon.decode(&[*token])).collect();
        for word in ["Thought", " need", " Yes", "Action", " Input", "Observation", " No"] {
            assert!(texts.iter().any(|text| text == word), "{word} in {texts:?}");
        }
        assert!(texts.len() < 48, "{} tokens: {texts:?}", texts.len());
    }

    #[test]
    fn names_of_files_are_spelled() {
        let lexicon = lexicon();
        let mut tokens = Vec::new();
        lexicon.encode("image/catdogxy.png", &mut tokens);
        assert_eq!(tokens.len(), 6, "{tokens:?}");
    }

    #[test]
    fn what_inputs_have_in_common_is_the_same_in_all() {
        let lexicon = lexicon();
        let tools = [Catalogue::seen(), Catalogue::unseen()].map(|catalogue| catalogue.tools().to_vec()).concat();
        let pieces = |tool: &Tool| {
            let mut tokens = Vec::new();
            lexicon.encode(&tool.description()[tool.usage.len()..], &mut tokens);
            tokens
        };
        for tool in &tools {
            let count = tool.arguments.len();
            let alike = tools
                .iter()
                .filter(|other| other.arguments.len() == count && other.takes_image() == tool.takes_image());
            let [own, others] = [pieces(tool), alike.map(pieces).map(|pieces| pieces[0]).collect()];
            assert_eq!(own.len(), count + usize::from(!tool.takes_image()), "{}: {own:?}", tool.name);
            assert!(others.iter().all(|first| *first == own[0]), "{}", tool.name);
        }
    }
}
