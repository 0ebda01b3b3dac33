//! The paper's metrics of one prediction, as its evaluation script computes them (docs/papers.md 3.4), oddities
//! included: a call of an image tool with two arguments passes with any text, the name of a `.png` is not looked at,
//! and the answer is not judged.

use super::transcript::{Transcript, words};
use std::collections::BTreeMap;

/// How well a prediction does what the truth does; each from 0 to 1, higher is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// SR_t: thoughts that agree, of the longer list's.
    pub thought: f64,
    /// SR_act: tools that agree, likewise.
    pub action: f64,
    /// SR_args: how alike arguments are, likewise.
    pub args: f64,
    /// SR: 1 when thoughts and tools agree and [`Self::args`] is at least 0.5.
    pub success: f64,
    /// IoU of all these; steps beyond the truth's cost nothing.
    pub iou: f64,
}

/// Why there is nothing to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TruthError {
    /// The script stops there.
    #[error("field output: {actions} actions with {inputs} inputs, expected an input for each")]
    Unpaired {
        /// How many actions it has.
        actions: usize,
        /// How many inputs.
        inputs: usize,
    },
    /// Neither `Thought: Do I need to use a tool? ` nor a call.
    #[error("field output: no thought, expected a transcript")]
    NoThought,
}

/// Whether this is a transcript to compare others with.
///
/// # Errors
/// When it has no thought, or actions and inputs are not pairs.
pub fn check(truth: &Transcript<'_>) -> Result<(), TruthError> {
    let (actions, inputs) = (truth.actions.len(), truth.inputs.len());
    if actions != inputs {
        return Err(TruthError::Unpaired { actions, inputs });
    }
    if truth.thoughts.is_empty() { Err(TruthError::NoThought) } else { Ok(()) }
}

/// The paper's metrics. Lists are compared place by place over the longer one's length. With calls in the truth, thoughts count
/// up to the last call, and a last No of the prediction is left out where it is one more than its tools. Without, SR_t is 0 unless
/// the first thought is No and there is an answer, and all else is 1 where SR_t is, else 0.
///
/// The truth must be one that [`check`] lets pass.
#[must_use]
pub fn metrics(truth: &Transcript<'_>, prediction: &Transcript<'_>) -> Metrics {
    let equal = |a: &&str, b: &&str| f64::from(a == b);
    if truth.actions.is_empty() {
        let thoughts = Matched::new(&truth.thoughts, &prediction.thoughts, equal);
        let says_no = prediction.thoughts.first() == Some(&"No");
        let thought = if says_no && prediction.has_answer { thoughts.mean() } else { 0.0 };
        let all = if thought < 1.0 { 0.0 } else { 1.0 };
        return Metrics { thought, action: all, args: all, success: all, iou: iou(&[thoughts]) };
    }
    let (wanted, given) = thoughts_of_calls(truth, prediction);
    let thoughts = Matched::new(wanted, given, equal);
    let actions = Matched::new(&truth.actions, &prediction.actions, equal);
    let args = Matched::new(&truth.inputs, &prediction.inputs, |a, b| arguments(a, b));
    let (thought, action, arg) = (thoughts.mean(), actions.mean(), args.mean());
    let fails = thought < 1.0 || action < 1.0 || arg < 0.5;
    let success = if fails { 0.0 } else { 1.0 };
    Metrics { thought, action, args: arg, success, iou: iou(&[thoughts, actions, args]) }
}

/// The thoughts that are compared where the truth has calls, the truth's and the prediction's.
pub(super) fn thoughts_of_calls<'t, 'a, 'b>(
    truth: &'t Transcript<'a>,
    prediction: &'t Transcript<'b>,
) -> (&'t [&'a str], &'t [&'b str]) {
    let wanted = &truth.thoughts[..truth.thoughts.len().min(truth.actions.len())];
    let given = match prediction.thoughts.split_last() {
        Some((&"No", rest)) if rest.len() == prediction.actions.len() => rest,
        _ => &prediction.thoughts,
    };
    (wanted, given)
}

/// How far two lists match: a number for each place of the longer one, 0 where only one of them has something.
struct Matched {
    values: Vec<f64>,
    /// How many places the truth has.
    wanted: usize,
}

impl Matched {
    fn new(truth: &[&str], prediction: &[&str], alike: impl Fn(&&str, &&str) -> f64) -> Self {
        let mut values: Vec<f64> = truth.iter().zip(prediction).map(|(a, b)| alike(a, b)).collect();
        values.resize(truth.len().max(prediction.len()), 0.0);
        Self { values, wanted: truth.len() }
    }

    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }
}

/// sum(r g) / max(sum(max(r, g)), 1): r the matches of all lists, g 1 where the truth has something.
fn iou(lists: &[Matched]) -> f64 {
    let (mut shared, mut all) = (0.0, 0.0);
    for list in lists {
        for (place, &match_) in list.values.iter().enumerate() {
            let wanted = if place < list.wanted { 1.0 } else { 0.0 };
            shared += match_ * wanted;
            all += match_.max(wanted);
        }
    }
    shared / f64::max(all, 1.0)
}

/// How alike two calls' arguments are, what commas part being one each: 0 when they are not as many, or when the truth has a
/// `.png` where the prediction has none; else the mean of 1 for each `.png` and [`bleu_1`] for each text.
#[must_use]
pub fn arguments(truth: &str, prediction: &str) -> f64 {
    let count = truth.split(',').count();
    if prediction.split(',').count() != count {
        return 0.0;
    }
    let mut sum = 0.0;
    for (wanted, given) in truth.split(',').zip(prediction.split(',')) {
        let is_file = wanted.contains(".png");
        if is_file && !given.contains(".png") {
            return 0.0;
        }
        sum += if is_file { 1.0 } else { bleu_1(wanted, given) };
    }
    sum / count as f64
}

/// BLEU-1 as `pycocoevalcap` has it: words of the prediction that are the truth's, each as often as there at most,
/// (c + 1e-15) / (n + 1e-9), times exp(1 - 1 / ratio) where ratio, (n + 1e-15) / (m + 1e-9), is below 1; m and n are the
/// numbers of words of the truth and of the prediction. So equal texts have a little less than 1.
#[must_use]
pub fn bleu_1(truth: &str, prediction: &str) -> f64 {
    let mut left: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut wanted, mut given, mut shared) = (0.0, 0.0, 0.0);
    for word in words(truth) {
        wanted += 1.0;
        *left.entry(word).or_default() += 1;
    }
    for word in words(prediction) {
        given += 1.0;
        if let Some(left) = left.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1.0;
        }
    }
    let ratio = (given + 1e-15) / (wanted + 1e-9);
    let precision = (shared + 1e-15) / (given + 1e-9);
    if ratio < 1.0 { precision * libm::exp(1.0 - 1.0 / ratio) } else { precision }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::tool_use::strict::judge;
    use crate::random::{Purpose, Random};

    const TOOL: &str = "Detect the Give Object";

    fn call(tool: &str, input: &str) -> String {
        format!("Thought: Do I need to use a tool? Yes\nAction: {tool}\nAction Input: {input}\nObservation: \nfound\n")
    }

    const NO: &str = "Thought: Do I need to use a tool? No\nAI: found\n";

    #[track_caller]
    fn scores(truth: &str, prediction: &str, wanted: [f64; 5]) {
        let truth = Transcript::parse(truth);
        check(&truth).expect("a truth");
        let found = metrics(&truth, &Transcript::parse(prediction));
        let found = [found.thought, found.action, found.args, found.success, found.iou];
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-3), "{found:?}, expected {wanted:?}");
    }

    /// A row of the table in docs/papers.md 3.4: one call of `image/a.png, red car`, then No.
    #[track_caller]
    fn row(prediction: &str, wanted: [f64; 5]) {
        scores(&(call(TOOL, "image/a.png, red car") + NO), prediction, wanted);
    }

    #[test]
    fn row_3b_other_png_name() {
        row(&(call(TOOL, "images/zzz.png, red car") + NO), [1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn row_3b_jpg_instead() {
        row(&(call(TOOL, "image/a.jpg, red car") + NO), [1.0, 1.0, 0.0, 0.0, 0.667]);
    }

    #[test]
    fn row_3b_text_red_truck_dog_car() {
        row(&(call(TOOL, "image/a.png, red truck") + NO), [1.0, 1.0, 0.75, 1.0, 0.917]);
        row(&(call(TOOL, "image/a.png, dog") + NO), [1.0, 1.0, 0.5, 1.0, 0.833]);
        row(&(call(TOOL, "image/a.png, car") + NO), [1.0, 1.0, 0.684, 1.0, 0.895]);
    }

    #[test]
    fn row_3b_text_with_a_comma() {
        row(&(call(TOOL, "image/a.png, red, car") + NO), [1.0, 1.0, 0.0, 0.0, 0.667]);
    }

    #[test]
    fn row_3b_wrong_or_differently_cased_tool() {
        row(&(call("Segment the given object", "image/a.png, red car") + NO), [1.0, 0.0, 1.0, 0.0, 0.667]);
        row(&(call("Detect The Give Object", "image/a.png, red car") + NO), [1.0, 0.0, 1.0, 0.0, 0.667]);
    }

    #[test]
    fn row_3b_no_final_no_turn() {
        row(&call(TOOL, "image/a.png, red car"), [1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn row_3b_one_extra_call() {
        row(&(call(TOOL, "image/a.png, red car").repeat(2) + NO), [0.5, 0.5, 0.5, 0.0, 1.0]);
    }

    #[test]
    fn row_3b_only_the_first_of_two_calls() {
        let truth = call("Edge Detection On Image", "image/a.png")
            + &call("Generate Image Condition On Canny Image", "b.png, a red car")
            + NO;
        scores(&truth, &(call("Edge Detection On Image", "image/a.png") + NO), [0.5, 0.5, 0.5, 0.0, 0.5]);
    }

    #[test]
    fn row_3b_answers_no_or_nothing() {
        row(NO, [0.0; 5]);
        row("", [0.0; 5]);
    }

    #[test]
    fn row_3b_no_tool_without_ai() {
        scores(NO, "Thought: Do I need to use a tool? No\nfound", [0.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn row_3b_no_tool_with_two_no_turns() {
        scores(NO, &NO.repeat(2), [0.5, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn without_a_tool_no_and_an_answer_are_all() {
        scores(NO, "Thought: Do I need to use a tool? No\nAI: anything else", [1.0; 5]);
        scores(NO, &call(TOOL, "a.png, x"), [0.0; 5]);
        scores(NO, "", [0.0; 5]);
    }

    #[test]
    fn alike_arguments_are_the_mean_of_their_parts() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a}, expected {b}");
        near(arguments("a.png, the dog, a cat", "b.png, the dog, a cow"), (1.0 + 1.0 + 0.5) / 3.0);
        near(arguments("", ""), 0.0);
        near(arguments("dog", "a.png"), 0.0);
        near(bleu_1("a a b", "a a a"), 2.0 / 3.0);
        near(bleu_1("a b c d", "a"), libm::exp(-3.0));
        near(bleu_1("a", ""), 0.0);
        near(bleu_1("猫", "猫 です"), 0.5);
        assert!(bleu_1("red car", "red car") < 1.0, "the small numbers of its source");
        assert!(arguments("a.png, x", "b.png, entirely other words") >= 0.5, "passes with any text");
    }

    #[test]
    fn a_truth_must_be_a_transcript() {
        let said = |text| check(&Transcript::parse(text)).expect_err(text).to_string();
        assert_eq!(
            said("Action: a\nAction: b\nAction Input: c"),
            "field output: 2 actions with 1 inputs, expected an input for each"
        );
        assert_eq!(said("hello"), "field output: no thought, expected a transcript");
    }

    #[test]
    fn row_3d_success_is_no_more_than_thoughts_and_tools_whatever_is_written() {
        let mut random = Random::new(7, Purpose::Sample, 0);
        let lines =
            call(TOOL, "a.png, red car") + &call("Edge", "b.png") + NO + "AI: Action: x\nAction:\nAction Input: \n\n";
        let lines: Vec<&str> = lines.split('\n').collect();
        let mut text = |most: u32| {
            let count = random.below(most);
            (0..count).map(|_| format!("{}\n", lines[random.below(lines.len() as u32) as usize])).collect::<String>()
        };
        let (mut truths, mut successes) = (0, 0);
        for _ in 0..20_000 {
            let (truth, prediction) = (text(8), text(8));
            let (truth, prediction) = (Transcript::parse(&truth), Transcript::parse(&prediction));
            if check(&truth).is_err() {
                continue;
            }
            let found = metrics(&truth, &prediction);
            let all = [found.thought, found.action, found.args, found.success, found.iou];
            assert!(all.iter().all(|value| (0.0..=1.0).contains(value)), "{found:?}: {truth:?}, {prediction:?}");
            assert!(found.success <= found.thought.min(found.action), "{found:?}: {truth:?}, {prediction:?}");
            let strict = judge(&truth, &prediction).is_ok();
            assert!(!strict || found.thought.min(found.action) == 1.0, "{found:?}: {truth:?}, {prediction:?}");
            (truths, successes) = (truths + 1, successes + u64::from(found.success == 1.0));
        }
        assert!(truths > 1_000 && successes > 10, "{successes} of {truths}");
    }
}
