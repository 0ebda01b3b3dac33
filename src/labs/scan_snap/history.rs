//! What a run records on its way, and the numbers read off one class's attention. Knows no model.

use super::data::{Class, Classes};

/// Recorded moments: step 0, every `every`-th step, and the last.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The recorded steps.
    pub steps: Vec<u64>,
    /// Mean cross entropy of the step's batch, nats.
    pub loss: Vec<f64>,
    /// Entropy of c_n over all tokens, nats, averaged over the classes.
    pub entropy: Vec<f64>,
    /// Entropy of c_n over the class's distinct tokens alone, renormalised, nats, averaged over the classes
    /// (docs/papers.md 1.6, Fig. 6).
    pub entropy_distinct: Vec<f64>,
    /// For each class, one row of c_n over its tokens for each recorded step.
    pub attention: Vec<Vec<f32>>,
    /// For each class, one row of z_ml likewise.
    pub logits: Vec<Vec<f32>>,
    /// For each class, B_n at each recorded step.
    pub b: Vec<Vec<f32>>,
}

/// Steps between records: at most about 500 of them.
#[must_use]
pub fn record_every(steps: u64) -> u64 {
    steps.div_ceil(500).max(1)
}

impl History {
    /// Whether `step` of a run of `steps` steps is to be recorded and is not yet.
    #[must_use]
    pub fn wants(&self, step: u64, steps: u64) -> bool {
        (step.is_multiple_of(record_every(steps)) || step == steps) && self.steps.last().is_none_or(|&last| last < step)
    }

    /// Records a moment. `z_row` gives z_m of a query.
    pub fn record<'a>(
        &mut self,
        step: u64,
        loss: f64,
        classes: &Classes,
        b: &[f64],
        z_row: impl Fn(usize) -> &'a [f32],
    ) {
        let count = classes.all.len();
        for rows in [&mut self.attention, &mut self.logits, &mut self.b] {
            rows.resize_with(count, Vec::new);
        }
        let (mut entropy, mut entropy_distinct) = (0.0, 0.0);
        for (n, class) in classes.all.iter().enumerate() {
            let z = z_row(class.query);
            let c = attention(class, z);
            entropy += shannon(&c);
            entropy_distinct += shannon(&c[class.distinct.clone()]);
            self.attention[n].extend(c.iter().map(|&c| c as f32));
            self.logits[n].extend(class.tokens.iter().map(|&token| z[token as usize]));
            self.b[n].push(b[n] as f32);
        }
        self.steps.push(step);
        self.loss.push(loss);
        self.entropy.push(entropy / count as f64);
        self.entropy_distinct.push(entropy_distinct / count as f64);
    }

    /// Place of the last record at or before `step`.
    #[must_use]
    pub fn at(&self, step: u64) -> usize {
        self.steps.partition_point(|&recorded| recorded <= step).saturating_sub(1)
    }
}

/// c_n in the limit T -> infinity (Lemma 2): c_l = P(l|n) exp(z_ml) / sum_l' P(l'|n) exp(z_ml'), over the class's
/// tokens; `z` is z_m over all inputs.
#[must_use]
pub fn attention(class: &Class, z: &[f32]) -> Vec<f64> {
    let keys = class.tokens.iter().map(|&token| f64::from(z[token as usize]));
    let max = keys.clone().fold(f64::NEG_INFINITY, |a, b| if a < b { b } else { a });
    let mut c: Vec<f64> = keys.zip(&class.probability).map(|(z, p)| p * libm::exp(z - max)).collect();
    let mut sum: f64 = c.iter().sum();
    if sum == 0.0 {
        // All that can occur is far below the largest logit, which then belongs to a token of probability 0.
        let logs =
            || class.tokens.iter().zip(&class.probability).map(|(&l, p)| f64::from(z[l as usize]) + libm::log(*p));
        let max = logs().fold(f64::NEG_INFINITY, |a, b| if a < b { b } else { a });
        c = logs().map(|log| libm::exp(log - max)).collect();
        sum = c.iter().sum();
    }
    c.iter_mut().for_each(|c| *c /= sum);
    c
}

/// Shannon entropy in nats of `weights` renormalised to sum 1: -sum_l p_l ln p_l.
#[must_use]
pub fn shannon(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let term = |weight: &f64| {
        let p = weight / sum;
        if p > 0.0 { -p * libm::log(p) } else { 0.0 }
    };
    weights.iter().map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::scan_snap::Data;

    #[test]
    fn entropy_over_distinct_tokens_starts_at_the_papers_number() {
        let classes = Classes::new(&Data::default());
        let class = &classes.all[1];
        let c = attention(class, &[0.0; 32]);
        let entropy = shannon(&c[class.distinct.clone()]);
        assert!((entropy - 2.1513).abs() < 5e-5, "docs/papers.md 1.6 says 2.1513 at Z = 0, got {entropy}");
        assert!((shannon(&[1.0; 10]) - libm::log(10.0)).abs() < 1e-15, "uniform weights have the largest entropy");
    }

    #[test]
    fn first_last_and_every_few_steps_are_recorded_once() {
        let mut history = History::default();
        for (step, wanted) in [(0, true), (2, false), (3, true), (1001, true)] {
            assert_eq!(history.wants(step, 1001), wanted, "step {step} of 1001");
        }
        history.steps.push(3);
        assert!(!history.wants(3, 1001), "a replayed step is not recorded again");
    }
}
