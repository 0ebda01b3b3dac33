//! Explanation methods as maps: for each input of positive probability the inputs that are selected. The constructions
//! after Puli et al. (docs/papers.md 2.2) pick by the law itself.

use super::joint::Joint;
use super::marginal;
use crate::labs::attribution;
use crate::random::{Purpose, Random};

/// The selected inputs v: bit i for input i.
pub type Selection = u32;

/// An explanation method on one distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is called.
    pub name: String,
    /// e(x), for each input of positive probability in the distribution's order.
    pub selections: Vec<Selection>,
}

/// A selection as a text of a digit for each input, the first one first: `101`.
#[must_use]
pub fn write(selection: Selection, inputs: usize) -> String {
    (0..inputs).map(|i| if selection >> i & 1 == 1 { '1' } else { '0' }).collect()
}

/// The selection that [`write`] writes as `text`; none where it is not one digit, 0 or 1, for each input.
#[must_use]
pub fn read(text: &str, inputs: usize) -> Option<Selection> {
    let digit = |(i, byte): (usize, u8)| match byte {
        b'0' => Some(0),
        b'1' => Some(1 << i),
        _ => None,
    };
    if text.len() != inputs {
        return None;
    }
    text.bytes().enumerate().map(digit).try_fold(0, |all, one| Some(all | one?))
}

impl Explanation {
    /// The selection that `of` gives for each row.
    #[must_use]
    pub fn new(name: &str, joint: &Joint, of: impl FnMut(usize) -> Selection) -> Self {
        Self { name: name.to_owned(), selections: (0..joint.len()).map(of).collect() }
    }

    /// Always the same selection: never encodes.
    #[must_use]
    pub fn constant(joint: &Joint, selection: Selection) -> Self {
        Self::new(&write(selection, joint.inputs().len()), joint, |_| selection)
    }

    /// `size` inputs at random, independent of everything: the control. A map of x all the same, so it encodes when looked at
    /// on its own; over seeds it does not.
    ///
    /// # Panics
    /// When there are fewer inputs.
    #[must_use]
    pub fn random(joint: &Joint, size: usize, seed: u64) -> Self {
        let d = joint.inputs().len();
        assert!(size <= d, "{size} of {d} inputs");
        let mut random = Random::new(seed, Purpose::Sample, 0);
        Self::new("random", joint, |_| {
            let picked = attribution::subset(d, size, &mut random);
            picked.iter().enumerate().fold(0, |all, (i, &is_in)| all | Selection::from(is_in) << i)
        })
    }

    /// POSI: the place carries the label, whatever the values: the last label, where it is argmax q(y | x), points to the first
    /// input, the one before it to the second, and so on, around again where there are more labels than inputs.
    #[must_use]
    pub fn posi(joint: &Joint) -> Self {
        let d = joint.inputs().len();
        let k = joint.labels().len();
        Self::new("POSI", joint, |row| 1 << ((k - 1 - largest(joint.p(row))) % d))
    }

    /// PRED: the first of the single inputs whose value alone predicts what x predicts, argmax q(y | x_v) = argmax q(y | x).
    /// The last one where none does.
    #[must_use]
    pub fn pred(joint: &Joint) -> Self {
        let (d, k) = (joint.inputs().len(), joint.labels().len());
        let mut picked = vec![None; joint.len()];
        let mut singles: Vec<Selection> = (0..d).map(|i| 1 << i).collect();
        // They are shown in another order than that of the inputs: the lowest that agrees is kept.
        marginal::each(joint, &mut singles, &mut |selection, marginal| {
            let bits = joint.bits(selection);
            for (row, (code, picked)) in joint.table().0.iter().zip(&mut picked).enumerate() {
                let agrees = largest(marginal.at(code & bits, k)) == largest(joint.p(row));
                if agrees && picked.is_none_or(|other| selection < other) {
                    *picked = Some(selection);
                }
            }
        });
        Self::new("PRED", joint, |row| picked[row].unwrap_or(1 << (d - 1)))
    }

    /// MARG: an input that is not shown controls which one is: for each of its values the single other input that tells
    /// most of y there, the first of equals.
    ///
    /// # Panics
    /// When there is no such input, or no other one.
    #[must_use]
    pub fn marg(joint: &Joint, control: usize) -> Self {
        let (d, k) = (joint.inputs().len(), joint.labels().len());
        assert!(control < d && d > 1, "input {control} of {d} and another one");
        let values = joint.symbols(control).len();
        // sum over a of q(c, a, y) log q(y | c, a): how well each input tells y, for each value of the control.
        let mut told = vec![vec![f64::NEG_INFINITY; values]; d];
        let mut pairs: Vec<Selection> = (0..d).filter(|&i| i != control).map(|i| 1 << i | 1 << control).collect();
        marginal::each(joint, &mut pairs, &mut |selection, marginal| {
            let shown = (selection & !(1 << control)).trailing_zeros() as usize;
            told[shown].fill(0.0);
            marginal.each(k, &mut |code, sums| {
                told[shown][joint.symbol_of(code, control) as usize] += super::joint::log_likelihood(sums);
            });
        });
        let best = |value: usize| {
            let better = |best: usize, i: usize| if told[i][value] > told[best][value] + 1e-12 { i } else { best };
            (0..d).filter(|&i| i != control).reduce(better).expect("there is another input")
        };
        let picked: Vec<Selection> = (0..values).map(|value| 1 << best(value)).collect();
        Self::new("MARG", joint, |row| picked[joint.symbol(row, control) as usize])
    }
}

/// The place of the largest, the first of equals.
pub(super) fn largest(p: &[f64]) -> usize {
    (0..p.len()).reduce(|best, i| if p[i] > p[best] { i } else { best }).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::Law;

    #[test]
    fn a_selection_reads_as_it_is_written() {
        for selection in 0..16 {
            assert_eq!(read(&write(selection, 4), 4), Some(selection), "{selection}");
        }
        assert_eq!((write(1, 3), read("100", 3)), ("100".to_owned(), Some(1)));
        for bad in ["", "10", "1010", "1a1", "1é"] {
            assert_eq!(read(bad, 3), None, "{bad}");
        }
    }

    #[test]
    fn the_constructions_are_those_of_the_worked_example() {
        let joint = Law::ControlFlow.joint();
        let bit = |row: usize, i: usize| joint.symbol(row, i);
        let yhat = |row: usize| if bit(row, 2) == 1 { bit(row, 0) } else { bit(row, 1) };
        let pick = |is_first| if is_first { 1 } else { 2 };
        for row in 0..8 {
            let x = joint.describe(row, Selection::MAX);
            assert_eq!(Explanation::marg(&joint, 2).selections[row], pick(bit(row, 2) == 1), "MARG at {x}");
            assert_eq!(Explanation::pred(&joint).selections[row], pick(bit(row, 0) == yhat(row)), "PRED at {x}");
            assert_eq!(Explanation::posi(&joint).selections[row], pick(yhat(row) == 1), "POSI at {x}");
        }
    }

    #[test]
    fn random_selections_have_their_size_and_every_one_comes() {
        let joint = Law::Ternary.joint();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..40 {
            for selection in Explanation::random(&joint, 2, seed).selections {
                assert_eq!(selection.count_ones(), 2, "{selection:b}");
                seen.insert(selection);
            }
        }
        assert_eq!(seen.len(), 3, "all pairs of three");
    }
}
