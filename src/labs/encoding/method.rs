//! The explanation methods that the lab has, by name: the constructions, selections made of attributions, and the best that
//! cannot encode. Each explains a whole distribution.

use super::explanation::{Explanation, Selection, largest};
use super::joint::{Joint, log_likelihood};
use super::marginal;
use crate::labs::attribution::{self, Coalition};
use std::collections::BTreeMap;

/// Values v_x(S) that are kept at most: 128 MiB.
const MAX_VALUES: u64 = 1 << attribution::MAX_EXACT;
/// Questions that the best tree weighs at most, for all it can know.
const MAX_QUESTIONS: u64 = 1 << 23;

/// An explanation method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The first inputs, always: cannot encode.
    Constant,
    /// An input that is not shown, the last one, controls which is.
    Marg,
    /// An input whose value alone predicts what all predict.
    Pred,
    /// The place carries the label.
    Posi,
    /// The best decision tree that shows all it asks: cannot encode.
    Tree,
    /// At random, the control.
    Random,
    /// The largest Shapley values.
    Shapley,
    /// The largest of KernelSHAP over 2 d + 2^11 coalitions, as in its code.
    KernelShap,
    /// The largest weights of LIME over as many coalitions.
    Lime,
    /// The largest losses when one input is left out.
    Occlusion,
}

/// Why a method does not explain a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// A size that cannot be.
    #[error("a selection of {size} of {inputs} inputs is not allowed, expected 1 to {inputs}")]
    Size {
        /// What was asked for.
        size: usize,
        /// Inputs there are.
        inputs: usize,
    },
    /// MARG needs a control and something to show.
    #[error("one input only, this method needs two")]
    OneInput,
    /// It would take too much memory or time.
    #[error(
        "{rows} inputs x by {inputs} are too many for this method, it would take {needed} numbers of at most {most}"
    )]
    TooLarge {
        /// Inputs of positive probability.
        rows: usize,
        /// d.
        inputs: usize,
        /// Numbers it would work out.
        needed: u64,
        /// What is allowed.
        most: u64,
    },
}

impl Method {
    /// All, in the order of a table.
    pub const ALL: [Self; 10] = [
        Self::Constant,
        Self::Tree,
        Self::Marg,
        Self::Pred,
        Self::Posi,
        Self::Shapley,
        Self::KernelShap,
        Self::Lime,
        Self::Occlusion,
        Self::Random,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Marg => "marg",
            Self::Pred => "pred",
            Self::Posi => "posi",
            Self::Tree => "tree",
            Self::Random => "random",
            Self::Shapley => "shapley",
            Self::KernelShap => "kernel-shap",
            Self::Lime => "lime",
            Self::Occlusion => "occlusion",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Explains every input by a selection of `size` inputs; of one input by MARG, PRED and POSI, whatever `size` says.
    ///
    /// # Errors
    /// When the size cannot be, or the method is too large for the distribution.
    pub fn explain(self, joint: &Joint, size: usize, seed: u64) -> Result<Explanation, MethodError> {
        let d = joint.inputs().len();
        if !(1..=d).contains(&size) {
            return Err(MethodError::Size { size, inputs: d });
        }
        let samples = 2 * d + (1 << 11);
        let of = |attribute: &dyn Fn(usize, attribution::Value<'_>) -> Vec<f64>| attributed(joint, size, attribute);
        let mut found = match self {
            Self::Constant => Explanation::constant(joint, (0..size).fold(0, |all, i| all | 1 << i)),
            Self::Marg if d < 2 => return Err(MethodError::OneInput),
            Self::Marg => Explanation::marg(joint, d - 1),
            Self::Pred => Explanation::pred(joint),
            Self::Posi => Explanation::posi(joint),
            Self::Tree => tree(joint, size)?,
            Self::Random => Explanation::random(joint, size, seed),
            Self::Shapley => of(&|_, value| attribution::shapley(d, value))?,
            Self::KernelShap => of(&|row, value| attribution::kernel_shap(d, samples, seed ^ row as u64, value))?,
            Self::Lime => of(&|row, value| attribution::lime(d, samples, seed ^ row as u64, value))?,
            Self::Occlusion => of(&|_, value| attribution::occlusion(d, value))?,
        };
        self.name().clone_into(&mut found.name);
        Ok(found)
    }
}

/// Selects the `size` largest attributions of v_x(S) = q(y = argmax q(y | x) | x_S), for each x.
fn attributed(
    joint: &Joint,
    size: usize,
    attribute: &dyn Fn(usize, attribution::Value<'_>) -> Vec<f64>,
) -> Result<Explanation, MethodError> {
    let values = values(joint)?;
    let d = joint.inputs().len();
    Ok(Explanation::new("", joint, |row| {
        let of_row = &values[row << d..][..1 << d];
        let mut value = |coalition: Coalition<'_>| {
            let place = coalition.iter().rev().fold(0, |place, &is_in| place << 1 | usize::from(is_in));
            of_row[place]
        };
        let attributions = attribute(row, &mut value);
        attribution::top_k(&attributions, size).into_iter().fold(0, |all, i| all | 1 << i)
    }))
}

/// v_x(S) for each x and each S: (n, 2^d).
fn values(joint: &Joint) -> Result<Vec<f64>, MethodError> {
    let (n, d, k) = (joint.len(), joint.inputs().len(), joint.labels().len());
    let needed = (n as u64).saturating_mul(1 << d);
    if needed > MAX_VALUES {
        return Err(MethodError::TooLarge { rows: n, inputs: d, needed, most: MAX_VALUES });
    }
    let predicted: Vec<usize> = (0..n).map(|row| largest(joint.p(row))).collect();
    let mut values = vec![0.0; n << d];
    let mut all: Vec<Selection> = (0..1 << d).collect();
    marginal::each(joint, &mut all, &mut |selection, marginal| {
        let bits = joint.bits(selection);
        for (row, code) in joint.table().0.iter().enumerate() {
            let sums = marginal.at(code & bits, k);
            values[(row << d) + selection as usize] = sums[predicted[row]] / sums.iter().sum::<f64>();
        }
    });
    Ok(values)
}

/// The decision tree over single inputs, each answer asking for the next one, that maximises EVAL-X after `size` questions.
/// What it asks on the way is what it selects: so x_v tells whether v is selected, and it does not encode.
fn tree(joint: &Joint, size: usize) -> Result<Explanation, MethodError> {
    let (n, d, k) = (joint.len(), joint.inputs().len(), joint.labels().len());
    // Sets of asked inputs, from the largest: what they are worth for each answer, and what to ask next.
    let mut sets: Vec<Selection> = Vec::new();
    let symbols = (0..d).map(|input| joint.symbols(input).len() as u64).max().unwrap_or(1);
    // Sets of so many asked inputs, the answers there can be to each, and what is left to ask.
    let questions = |asked: usize| {
        let sets = (0..asked).fold(1_u64, |c, i| c * (d - i) as u64 / (i + 1) as u64);
        let answers = symbols.saturating_pow(asked as u32).min(n as u64);
        sets.saturating_mul(answers).saturating_mul((d - asked).max(1) as u64)
    };
    let needed = (0..=size).map(questions).fold(0, u64::saturating_add);
    if needed > MAX_QUESTIONS {
        return Err(MethodError::TooLarge { rows: n, inputs: d, needed, most: MAX_QUESTIONS });
    }
    subsets(d, size, 0, 0, &mut sets);
    // sum_y q(a, y) log q(y | a) of each full set's answers.
    let mut worth: BTreeMap<Selection, BTreeMap<u64, f64>> = BTreeMap::new();
    let mut full: Vec<Selection> = sets.iter().copied().filter(|set| set.count_ones() as usize == size).collect();
    marginal::each(joint, &mut full, &mut |set, marginal| {
        let answers = worth.entry(set).or_default();
        marginal.each(k, &mut |code, sums| {
            answers.insert(code, log_likelihood(sums));
        });
    });
    let mut next: BTreeMap<(Selection, u64), usize> = BTreeMap::new();
    let of_size = |asked: usize| sets.iter().filter(move |set| set.count_ones() as usize == asked);
    for &set in (0..size).rev().flat_map(of_size) {
        let bits = joint.bits(set);
        // Every answer that comes, and for each question what its answers are worth together.
        let mut answers: BTreeMap<u64, (f64, usize)> = BTreeMap::new();
        for input in (0..d).filter(|input| set >> input & 1 == 0) {
            let mut together: BTreeMap<u64, f64> = BTreeMap::new();
            for (code, worth) in &worth[&(set | 1 << input)] {
                *together.entry(code & bits).or_default() += worth;
            }
            for (code, worth) in together {
                let best = answers.entry(code).or_insert((f64::NEG_INFINITY, input));
                // Of questions worth the same the first, rounding aside.
                if worth > best.0 + 1e-12 {
                    *best = (worth, input);
                }
            }
        }
        next.extend(answers.iter().map(|(code, (_, input))| ((set, *code), *input)));
        worth.insert(set, answers.into_iter().map(|(code, (worth, _))| (code, worth)).collect());
    }
    Ok(Explanation::new("", joint, |row| {
        let code = joint.table().0[row];
        let mut set = 0;
        while let Some(input) = next.get(&(set, code & joint.bits(set))) {
            set |= 1 << input;
        }
        set
    }))
}

/// All sets of at most `size` inputs from `from` on, with `set` in them.
fn subsets(d: usize, size: usize, from: usize, set: Selection, all: &mut Vec<Selection>) {
    all.push(set);
    if set.count_ones() as usize == size {
        return;
    }
    for input in from..d {
        subsets(d, size, input + 1, set | 1 << input, all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::{Law, score};

    fn explained(method: Method, law: Law, size: usize) -> (Explanation, crate::labs::encoding::Scores) {
        let joint = law.joint();
        let explanation = method.explain(&joint, size, 0).expect("small");
        let scores = score(&joint, core::slice::from_ref(&explanation)).expect("quick enough").remove(0);
        (explanation, scores)
    }

    #[test]
    fn the_tree_finds_the_control_and_never_encodes() {
        let joint = Law::ControlFlow.joint();
        let (explanation, scores) = explained(Method::Tree, Law::ControlFlow, 2);
        for row in 0..8 {
            let wanted = if joint.symbol(row, 2) == 1 { 0b101 } else { 0b110 };
            assert_eq!(explanation.selections[row], wanted, "at {}", joint.describe(row, Selection::MAX));
        }
        assert!((scores.eval_x + joint.entropy_y_given_x()).abs() < 1e-12, "as good as all inputs: {scores:?}");
        for law in Law::ALL {
            for size in 1..=3 {
                let (_, scores) = explained(Method::Tree, law, size);
                assert!(!scores.encodes(), "{} with {size}: {scores:?}", law.name());
            }
        }
    }

    #[test]
    fn no_map_of_its_size_that_does_not_encode_is_better_than_the_tree() {
        for law in [Law::ControlFlow, Law::Majority, Law::Correlated, Law::Noisy, Law::Xor] {
            let joint = law.joint();
            for size in 1..3 {
                let best = explained(Method::Tree, law, size).1.eval_x;
                let sets: Vec<Selection> = (0..8).filter(|set: &u32| set.count_ones() as usize <= size).collect();
                let maps = sets.len().pow(8);
                // All of them, or an even part.
                for number in (0..maps).step_by(if size == 1 { 1 } else { 997 }) {
                    let mut rest = number;
                    let pick = |_| {
                        let set = sets[rest % sets.len()];
                        rest /= sets.len();
                        set
                    };
                    let map = Explanation::new("", &joint, pick);
                    let scores = &score(&joint, core::slice::from_ref(&map)).expect("quick enough")[0];
                    let beaten = scores.encodes() || scores.eval_x < best + 1e-9;
                    assert!(beaten, "{}: {map:?} has {}, the tree {best}", law.name(), scores.eval_x);
                }
            }
        }
    }

    #[test]
    fn attributions_find_what_drives_the_label() {
        for method in [Method::Shapley, Method::KernelShap, Method::Lime, Method::Occlusion] {
            let (explanation, _) = explained(method, Law::Noisy, 1);
            let first = explanation.selections.iter().filter(|picked| **picked == 1).count();
            assert!(first >= 4, "{}: x1 drives the label: {explanation:?}", method.name());
        }
        // With all coalitions KernelSHAP selects as Shapley values do.
        let [exact, kernel] = [Method::Shapley, Method::KernelShap].map(|method| explained(method, Law::Ternary, 1).0);
        assert_eq!(exact.selections, kernel.selections);
    }

    #[test]
    fn every_method_explains_every_law_with_its_size() {
        for law in Law::ALL {
            for method in Method::ALL {
                let (explanation, scores) = explained(method, law, 2);
                let size = if matches!(method, Method::Marg | Method::Pred | Method::Posi) { 1 } else { 2 };
                let sizes = explanation.selections.iter().map(|set| set.count_ones());
                assert!(sizes.clone().all(|count| count == size), "{}: {explanation:?}", method.name());
                let all = [scores.eval_x, scores.fresh, scores.roar, scores.encode_meter, scores.encode_meter_mi];
                assert!(all.iter().all(|score| score.is_finite()), "{} on {}: {scores:?}", method.name(), law.name());
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        let joint = Law::Xor.joint();
        let said = |size| Method::Shapley.explain(&joint, size, 0).expect_err("no such size").to_string();
        assert_eq!(said(0), "a selection of 0 of 3 inputs is not allowed, expected 1 to 3");
        assert!(said(4).contains("4 of 3"), "{}", said(4));
        for method in Method::ALL {
            assert_eq!(Method::named(method.name()), Some(method), "{}", method.name());
        }
    }
}
