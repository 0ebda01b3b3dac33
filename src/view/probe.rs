//! A student's reply as the page shows it: tokens with their probabilities, words that matter, calls and what came of them. Takes
//! every number from a frame.

use crate::number::{grouped, significant};
use crate::run::Frame;
use crate::view::text::{fill, say};
use crate::view::token::LEVELS;

/// Width and height of what boxes are in.
pub const SIZE: [f64; 2] = [640.0, 480.0];

/// A token of a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Its text, line feeds made visible.
    pub text: String,
    /// How doubtful it was, below [`LEVELS`]; none of what a tool gave back.
    pub doubt: Option<usize>,
    /// Whether a line ends with it.
    pub ends_line: bool,
}

/// A token's text, its line feeds and control characters made visible: nobody sees what a font has no sign for.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push('↵'),
            c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown
}

/// The tokens so far.
#[must_use]
pub fn tokens(frame: &Frame) -> Vec<Token> {
    let all = frame.labels("reply_tokens").iter().zip(frame.values("reply_p"));
    let token = |(text, p): (&String, &f32)| Token {
        text: visible(text),
        doubt: (!p.is_nan()).then(|| level(1.0 - f64::from(*p))),
        ends_line: text.ends_with('\n'),
    };
    all.map(token).collect()
}

/// A share from 0 to 1 as a level.
fn level(share: f64) -> usize {
    (share * LEVELS as f64).clamp(0.0, LEVELS as f64 - 1.0) as usize
}

/// The token that is looked at, from 0.
#[must_use]
pub fn chosen(frame: &Frame) -> usize {
    (frame.scalar("reply_chosen").unwrap_or(1.0) as usize).saturating_sub(1)
}

/// What the chosen token could have been: texts with their probabilities.
#[must_use]
pub fn others(frame: &Frame) -> Vec<Vec<String>> {
    let all = frame.labels("other_tokens").iter().zip(frame.values("other_p"));
    all.map(|(text, p)| vec![visible(text).replace(' ', "·"), significant(f64::from(*p))]).collect()
}

/// A word that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// How much it counts for the choice, nats; empty where that is not known yet.
    pub effect: String,
    /// The same as a level, of words that speak for the choice.
    pub level: usize,
}

/// An effect below which no word is coloured as if the choice rested on it, nats.
const NOTABLE: f32 = 0.1;

/// All words that were said.
#[must_use]
pub fn words(frame: &Frame) -> Vec<Word> {
    let effects = frame.values("said_effect");
    let most = effects.iter().copied().filter(|effect| effect.is_finite()).fold(NOTABLE, f32::max);
    let word = |(at, text): (usize, &String)| {
        let effect = effects.get(at).copied().filter(|effect| effect.is_finite());
        Word {
            text: text.clone(),
            effect: effect.map_or_else(String::new, |effect| significant(f64::from(effect))),
            level: effect.map_or(0, |effect| level(f64::from(effect.max(0.0) / most) * 0.999)),
        }
    };
    frame.labels("said_words").iter().enumerate().map(word).collect()
}

/// What there is to say of the choice.
#[must_use]
pub fn choice(frame: &Frame) -> String {
    let Some(tool) = frame.labels("chosen_tool").first() else {
        let is_over = frame.step > 0 && frame.step == frame.steps;
        return if is_over { say("chose_none").to_owned() } else { String::new() };
    };
    let count = |name| grouped(&format!("{}", frame.scalar(name).unwrap_or(0.0)));
    let effects = frame.values("said_effect");
    if effects.is_empty() {
        // The choice is known before it is shown.
        let asks = frame.scalar("said_asked").is_some_and(|asked| asked > 0.0);
        return if asks {
            fill("chose_asks", &[&count("said_asked"), &count("said_asks")])
        } else {
            say("chose_not_yet").to_owned()
        };
    }
    let number = |value: f32| significant(f64::from(value));
    let what = match (frame.labels("said_by").first().map(String::as_str), frame.values("said_ends")) {
        (Some("kernel-shap"), [none, all]) => {
            fill("chose_shapley", &[tool, &number(effects.iter().sum()), &number(*none), &number(*all)])
        }
        (Some("lime"), _) => fill("chose_lime", &[tool]),
        _ => return fill("chose", &[tool]),
    };
    let sets = if frame.scalar("said_exact") == Some(1.0) { "words_exact" } else { "words_drawn" };
    format!("{what} {}", fill(sets, &[&count("said_asked")]))
}

/// A call and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The tool.
    pub tool: String,
    /// What it was called with.
    pub input: String,
    /// What it gave back.
    pub observation: String,
    /// How its image is drawn, see [`crate::labs::tool_use::sandbox::Look`].
    pub look: u8,
    /// What is on the image: names and corners; empty without an image.
    pub objects: Vec<(String, [f32; 4])>,
}

/// The calls so far.
#[must_use]
pub fn calls(frame: &Frame) -> Vec<Call> {
    let texts = frame.labels("call_inputs").iter().zip(frame.labels("call_observations"));
    let boxes = || frame.values("sketch_boxes").chunks_exact(6).zip(frame.labels("sketch_names"));
    let call = |(at, (tool, (input, observation))): (usize, (&String, (&String, &String)))| {
        let mine = || boxes().filter(move |(numbers, _)| numbers[0] == at as f32);
        Call {
            tool: tool.clone(),
            input: input.clone(),
            observation: observation.clone(),
            look: mine().next().map_or(0, |(numbers, _)| numbers[1] as u8),
            objects: mine().map(|(it, name)| (name.clone(), [it[2], it[3], it[4], it[5]])).collect(),
        }
    };
    frame.labels("call_tools").iter().zip(texts).enumerate().map(call).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Array, Labels};

    fn labels(name: &str, texts: &[&str]) -> Labels {
        Labels { name: name.to_owned(), texts: texts.iter().map(|text| (*text).to_owned()).collect() }
    }

    #[test]
    fn doubt_and_effects_are_levels() {
        let frame = Frame {
            arrays: vec![
                Array::new("reply_p", &[3], vec![1.0, 0.2, f32::NAN]),
                Array::new("said_effect", &[2], vec![2.0, -1.0]),
            ],
            labels: vec![
                labels("reply_tokens", &["Thought", ": x\n", "a.png"]),
                labels("said_words", &["find", "the", "cat"]),
                labels("chosen_tool", &["Detection"]),
            ],
            ..Frame::default()
        };
        let doubts: Vec<Option<usize>> = tokens(&frame).iter().map(|token| token.doubt).collect();
        assert_eq!(doubts, [Some(0), Some(7), None]);
        assert!(tokens(&frame)[1].ends_line && tokens(&frame)[1].text == ": x↵");
        let others = Frame {
            arrays: vec![Array::new("other_p", &[3], vec![0.5, 0.25, 0.25])],
            labels: vec![labels("other_tokens", &["\u{7}", "a b\n", "\u{9b}"])],
            ..Frame::default()
        };
        let texts: Vec<String> = super::others(&others).into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(texts, ["\\x07", "a·b↵", "\\x9b"]);
        let words = words(&frame);
        assert_eq!(words.iter().map(|word| word.level).collect::<Vec<_>>(), [8, 0, 0]);
        assert_eq!(words[2].effect, "", "not known yet");
        assert!(choice(&frame).contains("Detection"));
        let by = |effects: &[f32], asked: f32, is_exact: f32| {
            let arrays = vec![
                Array::new("said_effect", &[effects.len()], effects.to_vec()),
                Array::new("said_ends", &[2], vec![-3.0, -0.5]),
                Array::scalar("said_asked", asked),
                Array::scalar("said_asks", 64.0),
                Array::scalar("said_exact", is_exact),
            ];
            let labels = vec![labels("chosen_tool", &["Detection"]), labels("said_by", &["kernel-shap"])];
            choice(&Frame { arrays, labels, ..Frame::default() })
        };
        assert!(by(&[], 7.0, 1.0).starts_with("7 of 64 sets"), "{}", by(&[], 7.0, 1.0));
        let exact = by(&[2.0, 0.5], 64.0, 1.0);
        assert!(exact.contains("Together 2.5: from −3 without any word to −0.5"), "{exact}");
        assert!(exact.ends_with("All 64 sets of words were asked about: nothing is estimated."), "{exact}");
        assert!(by(&[2.0, 0.5], 64.0, 0.0).contains("estimates"));
    }
}
