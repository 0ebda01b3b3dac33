//! The scores of explanations on a known distribution, exactly (docs/papers.md 2.3), and whether one encodes, with what
//! shows it.

use super::Explanation;
use super::explanation::Selection;
use super::joint::{Joint, log_likelihood, p_log};
use super::marginal::{self, Marginal};
use crate::transformer::sort;
use libm::log;

/// Probabilities that differ by less are the same: sums of them are rounded. So an explanation that encodes by less does not.
const SAME: f64 = 1e-9;
/// A part of a sum below this is what rounding left when the rest was taken away.
const NOTHING: f64 = 1e-12;
/// Most additions, see [`marginal::cost`]: some tens of seconds.
const MAX_COST: u64 = 1 << 30;

/// What is known of an explanation. All in nats; expectations are over x and y.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// EVAL-X: E log q(y | x_v) at v = e(x), of a reader who does not know how v was picked. Higher is judged better.
    pub eval_x: f64,
    /// FRESH: E log q(y | x_v, E_v = 1) = -H(y | v, x_v), of a predictor trained on explanations. Higher is judged better.
    pub fresh: f64,
    /// ROAR: H(y | v, x_-v), how badly the remainder predicts. Higher is judged better.
    pub roar: f64,
    /// ENCODE-METER M = E KL(q(y | x_v, E_v = 1) || q(y | x_v)) at v = e(x); FRESH - EVAL-X. 0 iff non-encoding.
    pub encode_meter: f64,
    /// The other form, E I(y; E_v | x_v) with v = e(x') of an independent x'. 0 iff non-encoding.
    pub encode_meter_mi: f64,
    /// Best accuracy of predicting E_v from x_v, at v = e(x').
    pub accuracy: f64,
    /// E KL(q(y | x_v, E_v = 1) || q(y | x_v, E_v = 0)) at v = e(x), where both can be; infinite when a label that is
    /// possible where v is picked is not where it is not.
    pub kl01: f64,
    /// Where it encodes most; none where it does not encode.
    pub witness: Option<Witness>,
}

/// A selection and its values at which the label depends on having been picked.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// v.
    pub selection: Selection,
    /// An input that is explained so, by its row in the distribution: its selected values are a.
    pub row: usize,
    /// q(x_v = a, E_v = 1).
    pub probability: f64,
    /// q(y | x_v = a, E_v = 1).
    pub picked: Vec<f64>,
    /// q(y | x_v = a).
    pub values: Vec<f64>,
    /// KL of the first to the second, nats.
    pub divergence: f64,
}

/// An explanation with its scores.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The explanation.
    pub explanation: Explanation,
    /// Its scores.
    pub scores: Scores,
    /// What it shows.
    pub shown: Vec<Witness>,
}

impl Witness {
    /// The label whose probability moves most, the first of equals.
    #[must_use]
    pub fn label(&self) -> usize {
        let gap = |y: &usize| (self.picked[*y] - self.values[*y]).abs();
        let label = (0..self.picked.len()).reduce(|best, y| if gap(&y) > gap(&best) + SAME { y } else { best });
        label.unwrap_or_default()
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn sentence(&self, joint: &Joint) -> String {
        let shown = joint.describe(self.row, self.selection);
        let shown = if shown.is_empty() { "nothing" } else { &shown };
        let label = self.label();
        format!(
            "where {shown} is shown by selection {}, y={} has probability {:.4}; by these values alone it has {:.4}",
            super::explanation::write(self.selection, joint.inputs().len()),
            joint.labels()[label],
            self.picked[label],
            self.values[label]
        )
    }
}

impl Scores {
    /// STRIPE-X with weight alpha on the meter: EVAL-X - alpha M. Higher is better.
    #[must_use]
    pub fn stripe_x(&self, alpha: f64) -> f64 {
        self.eval_x - alpha * self.encode_meter
    }

    /// Whether the explanation encodes.
    #[must_use]
    pub fn encodes(&self) -> bool {
        self.witness.is_some()
    }
}

/// Why explanations are not scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// It would take too long.
    #[error(
        "{selections} different selections of {inputs} inputs take up to {cost} additions, at most {MAX_COST} are done; \
         score fewer explanations at once, or with fewer selections"
    )]
    TooLong {
        /// Different selections.
        selections: usize,
        /// d.
        inputs: usize,
        /// Additions.
        cost: u64,
    },
}

/// The scores of each explanation.
///
/// # Errors
/// When they select in so many ways that it would take too long.
///
/// # Panics
/// When an explanation is of another distribution.
pub fn score(joint: &Joint, explanations: &[Explanation]) -> Result<Vec<Scores>, ScoreError> {
    let mut all = vec![Scores::default(); explanations.len()];
    // Rows by what is picked for them, so that each selection's are found together.
    let picks: Vec<Vec<(Selection, u32)>> = explanations.iter().map(|explanation| picks(joint, explanation)).collect();
    let mut selections = distinct(explanations.iter().flat_map(|e| e.selections.iter().copied()));
    let cost = marginal::cost(joint, &mut selections);
    if cost > MAX_COST {
        return Err(ScoreError::TooLong { selections: selections.len(), inputs: joint.inputs().len(), cost });
    }
    let mut sum = Sum::default();
    marginal::each(joint, &mut selections, &mut |selection, marginal| {
        for (scores, picks) in all.iter_mut().zip(&picks) {
            let from = picks.partition_point(|pick| pick.0 < selection);
            let len = picks[from..].iter().take_while(|pick| pick.0 == selection).count();
            if len > 0 {
                sum.add(joint, marginal, selection, &picks[from..from + len], scores);
            }
        }
    });
    for scores in &mut all {
        // Sums of nothing below 0 are not -0, and all together are not more than 1.
        for score in [&mut scores.eval_x, &mut scores.fresh, &mut scores.roar] {
            *score += 0.0;
        }
        scores.accuracy = scores.accuracy.min(1.0);
    }
    Ok(all)
}

/// All that an explanation shows: each selection with each of its values, those first that tell most by having been picked
/// (probability times divergence), then in the order of selections and of inputs.
///
/// # Panics
/// When it is of another distribution.
#[must_use]
pub fn shown(joint: &Joint, explanation: &Explanation) -> Vec<Witness> {
    let picks = picks(joint, explanation);
    let mut selections = distinct(explanation.selections.iter().copied());
    let mut found: Vec<Witness> = Vec::new();
    let mut sum = Sum::default();
    marginal::each(joint, &mut selections, &mut |selection, marginal| {
        let from = picks.partition_point(|pick| pick.0 < selection);
        let len = picks[from..].iter().take_while(|pick| pick.0 == selection).count();
        sum.groups(joint, &picks[from..from + len], joint.bits(selection), &mut |code, row, picked| {
            let all = marginal.at(code, picked.len());
            let share = |sums: &[f64]| {
                let total: f64 = sums.iter().sum();
                sums.iter().map(|p| p / total).collect::<Vec<f64>>()
            };
            let (picked_law, values) = (share(picked), share(all));
            let gap = picked_law.iter().zip(&values).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
            let divergence = if gap <= SAME { 0.0 } else { divergence(picked, all) };
            let probability = picked.iter().sum();
            found.push(Witness { selection, row, probability, picked: picked_law, values, divergence });
        });
    });
    let told = |witness: &Witness| witness.probability * witness.divergence;
    let mut order: Vec<u32> = (0..found.len() as u32).collect();
    sort(&mut order, &mut |a, b| {
        let (a, b) = (&found[a], &found[b]);
        // In steps of what is the same, so that rounding decides nothing.
        let step = |witness: &Witness| libm::round(told(witness) / SAME);
        step(b).total_cmp(&step(a)).then(a.selection.cmp(&b.selection)).then(a.row.cmp(&b.row))
    });
    order.into_iter().map(|at| found[at as usize].clone()).collect()
}

fn picks(joint: &Joint, explanation: &Explanation) -> Vec<(Selection, u32)> {
    let of = &explanation.selections;
    assert!(of.len() == joint.len(), "{}: {} selections for {} inputs", explanation.name, of.len(), joint.len());
    let mut picks: Vec<(u64, u32)> = of.iter().map(|selection| u64::from(*selection)).zip(0..).collect();
    picks.sort_unstable();
    picks.into_iter().map(|(selection, row)| (selection as Selection, row)).collect()
}

/// Each selection once, in ascending order.
pub(super) fn distinct(selections: impl Iterator<Item = Selection>) -> Vec<Selection> {
    let mut keyed: Vec<(u64, u32)> = selections.map(|selection| (u64::from(selection), 0)).collect();
    keyed.sort_unstable();
    keyed.dedup();
    keyed.into_iter().map(|(selection, _)| selection as Selection).collect()
}

/// What one selection adds to an explanation's scores; its buffers are used again.
#[derive(Default)]
pub(super) struct Sum {
    keyed: Vec<(u64, u32)>,
    sums: Vec<f64>,
}

impl Sum {
    /// Shows `see` the sum of q(x, y) over the rows of each group of equal bits, with the group's key and first row.
    fn groups(&mut self, joint: &Joint, rows: &[(Selection, u32)], bits: u64, see: &mut dyn FnMut(u64, usize, &[f64])) {
        let codes = joint.table().0;
        self.keyed.clear();
        self.keyed.extend(rows.iter().map(|&(_, row)| (codes[row as usize] & bits, row)));
        self.keyed.sort_unstable();
        for group in self.keyed.chunk_by(|a, b| a.0 == b.0) {
            self.sums.clear();
            self.sums.resize(joint.labels().len(), 0.0);
            for &(_, row) in group {
                self.sums.iter_mut().zip(joint.p(row as usize)).for_each(|(sum, p)| *sum += p);
            }
            see(group[0].0, group[0].1 as usize, &self.sums);
        }
    }

    /// Adds what `selection` tells where it is picked for these rows.
    pub fn add(
        &mut self,
        joint: &Joint,
        marginal: &Marginal,
        selection: Selection,
        rows: &[(Selection, u32)],
        scores: &mut Scores,
    ) {
        let bits = joint.bits(selection);
        let (mut picked_in_all, mut information, mut wrong) = (0.0, 0.0, 0.0);
        self.groups(joint, rows, bits, &mut |code, row, picked| {
            let all = marginal.at(code, picked.len());
            let [p_picked, p_all] = [picked, all].map(|sums| sums.iter().sum::<f64>());
            picked_in_all += p_picked;
            scores.fresh += log_likelihood(picked);
            scores.eval_x += picked.iter().zip(all).map(|(&p, &q)| p_log(p, q / p_all)).sum::<f64>();
            let p_other = (p_all - p_picked).max(0.0);
            wrong += p_picked.min(p_other);
            let gap = picked.iter().zip(all).map(|(p, q)| (p / p_picked - q / p_all).abs()).fold(0.0, f64::max);
            if gap <= SAME {
                return;
            }
            // What is left when the picked are taken away, rounding aside.
            let other: Vec<f64> =
                picked.iter().zip(all).map(|(p, q)| if q - p > q * NOTHING { q - p } else { 0.0 }).collect();
            let divergence = divergence(picked, all);
            scores.encode_meter += p_picked * divergence;
            scores.kl01 += p_picked * self::divergence(picked, &other);
            information += p_picked * divergence + p_other * self::divergence(&other, all);
            let best = scores.witness.as_ref().map_or(0.0, |witness| witness.probability * witness.divergence);
            // Of equals the first one met, whatever rounding makes of them.
            if scores.witness.is_none() || p_picked * divergence > best * (1.0 + SAME) {
                let share = |sums: &[f64], total: f64| sums.iter().map(|p| p / total).collect();
                scores.witness = Some(Witness {
                    selection,
                    row,
                    probability: p_picked,
                    picked: share(picked, p_picked),
                    values: share(all, p_all),
                    divergence,
                });
            }
        });
        // Where v is never picked the guess "not picked" is right.
        scores.accuracy += picked_in_all * (1.0 - wrong);
        scores.encode_meter_mi += picked_in_all * information;
        self.groups(joint, rows, !bits, &mut |_, _, picked| scores.roar -= log_likelihood(picked));
    }
}

/// KL(p || q) of two distributions given up to their sums, nats; infinite where p can be and q cannot.
fn divergence(p: &[f64], q: &[f64]) -> f64 {
    let [p_sum, q_sum] = [p, q].map(|sums| sums.iter().sum::<f64>());
    if p_sum <= 0.0 {
        return 0.0;
    }
    let term = |(&p, &q): (&f64, &f64)| {
        let p = p / p_sum;
        if p > 0.0 { p * (log(p) - log(q / q_sum)) } else { 0.0 }
    };
    p.iter().zip(q).map(term).sum::<f64>().max(0.0)
}
