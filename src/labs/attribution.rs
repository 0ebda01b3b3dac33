//! Attributions of a value v(S), which says how good a prediction is when only the inputs in S are there: how much each input
//! counts, and selections made of them. The value may be a law's, exactly, or any model's: the encoding lab scores
//! what comes of it, that of tool use asks which words choose a tool. Knows no lab.

use crate::random::{Purpose, Random};
use libm::exp;

/// Which inputs are there.
pub type Coalition<'a> = &'a [bool];

/// v(S); asked for one coalition after the other.
pub type Value<'a> = &'a mut dyn FnMut(Coalition<'_>) -> f64;

/// Most inputs of which all coalitions are gone through.
pub const MAX_EXACT: usize = 24;

/// LIME's kernel width on text: of the cosine distance to all inputs being there (Ribeiro et al. 2016, their code).
const LIME_WIDTH: f64 = 0.25;
/// Keeps systems solvable in which an input is always or never there.
const RIDGE: f64 = 1e-9;

/// Shapley values, exactly: phi_i = sum over S without i of |S|! (d - |S| - 1)! / d! (v(S + i) - v(S)). They add up to
/// v(all) - v(none). Asks for all 2^d coalitions.
///
/// # Panics
/// When d is above [`MAX_EXACT`].
#[must_use]
pub fn shapley(d: usize, value: Value<'_>) -> Vec<f64> {
    assert!(d <= MAX_EXACT, "2^{d} coalitions are too many");
    // |S|! (d - |S| - 1)! / d! = 1 / (d C(d - 1, |S|)).
    let weights: Vec<f64> = (0..d).map(|size| 1.0 / (d as f64 * choose(d - 1, size))).collect();
    let mut phi = vec![0.0; d];
    each_coalition(d, &mut |coalition, size| {
        let v = value(coalition);
        for (phi, &is_in) in phi.iter_mut().zip(coalition) {
            // With i in it, S without i has one fewer.
            *phi += if is_in { weights[size - 1] * v } else { -weights[size] * v };
        }
    });
    phi
}

/// KernelSHAP by [`Plan::kernel_shap`].
#[must_use]
pub fn kernel_shap(d: usize, samples: usize, seed: u64, value: Value<'_>) -> Vec<f64> {
    Plan::kernel_shap(d, samples, seed).ask(value)
}

/// LIME by [`Plan::lime`].
#[must_use]
pub fn lime(d: usize, samples: usize, seed: u64, value: Value<'_>) -> Vec<f64> {
    Plan::lime(d, samples, seed).ask(value)
}

/// Occlusion by [`Plan::occlusion`].
#[must_use]
pub fn occlusion(d: usize, value: Value<'_>) -> Vec<f64> {
    Plan::occlusion(d).ask(value)
}

/// The coalitions whose values a method needs, and what it makes of them: models answer many at once, which is quicker than
/// one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    d: usize,
    rule: Rule,
    /// (n, d).
    asked: Vec<bool>,
    /// How much each counts where a model is fitted to them, (n).
    weights: Vec<f64>,
}

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The first two are of none and of all.
    KernelShap,
    Lime,
    /// The first is of all, then each input is left out.
    Occlusion,
}

impl Plan {
    /// KernelSHAP (Lundberg and Lee 2017): Shapley values by least squares over coalitions, with the sum held to
    /// v(all) - v(none). Where `samples` reaches all 2^d coalitions these are all taken and the values are exact; else
    /// coalitions are drawn in pairs of one and its complement, sizes by the kernel (Covert and Lee 2021).
    #[must_use]
    pub fn kernel_shap(d: usize, samples: usize, seed: u64) -> Self {
        let mut plan = Self::new(d, Rule::KernelShap);
        plan.push(&vec![false; d], 0.0);
        plan.push(&vec![true; d], 0.0);
        if d < 2 {
            return plan;
        }
        if takes_all(d, samples) {
            let kernel = |size: usize| (d - 1) as f64 / (choose(d, size) * (size * (d - size)) as f64);
            each_coalition(d, &mut |coalition, size| {
                if size > 0 && size < d {
                    plan.push(coalition, kernel(size));
                }
            });
            return plan;
        }
        let sizes: Vec<f64> = (1..d).map(|size| 1.0 / (size * (d - size)) as f64).collect();
        let mut random = Random::new(seed, Purpose::Sample, 0);
        for _ in 0..samples.div_ceil(2).max(1) {
            let size = draw(&sizes, &mut random) + 1;
            let mut coalition = subset(d, size, &mut random);
            plan.push(&coalition, 1.0);
            coalition.iter_mut().for_each(|is_in| *is_in = !*is_in);
            plan.push(&coalition, 1.0);
        }
        plan
    }

    /// LIME (Ribeiro et al. 2016): the weights of a linear model of v, fitted by least squares with the kernel
    /// exp(-D^2 / (2 width^2)), D the cosine distance of a coalition to the whole. All coalitions where `samples` reaches
    /// them; else, as in LIME's code, a number of inputs that is drawn evenly is left out each time.
    #[must_use]
    pub fn lime(d: usize, samples: usize, seed: u64) -> Self {
        let mut plan = Self::new(d, Rule::Lime);
        let weight = |size: usize| {
            let distance = 1.0 - (size as f64 / d as f64).sqrt();
            exp(-distance * distance / (2.0 * LIME_WIDTH * LIME_WIDTH))
        };
        if takes_all(d, samples) {
            each_coalition(d, &mut |coalition, size| plan.push(coalition, weight(size)));
            return plan;
        }
        let mut random = Random::new(seed, Purpose::Sample, 0);
        plan.push(&vec![true; d], weight(d));
        for _ in 1..samples {
            let size = d - 1 - random.below(d as u32) as usize;
            plan.push(&subset(d, size, &mut random), weight(size));
        }
        plan
    }

    /// Occlusion: what is lost when an input alone is not there, v(all) - v(all but i).
    #[must_use]
    pub fn occlusion(d: usize) -> Self {
        let mut plan = Self::new(d, Rule::Occlusion);
        let mut coalition = vec![true; d];
        plan.push(&coalition, 1.0);
        for i in 0..d {
            coalition[i] = false;
            plan.push(&coalition, 1.0);
            coalition[i] = true;
        }
        plan
    }

    fn new(d: usize, rule: Rule) -> Self {
        Self { d, rule, asked: Vec::new(), weights: Vec::new() }
    }

    fn push(&mut self, coalition: Coalition<'_>, weight: f64) {
        self.asked.extend_from_slice(coalition);
        self.weights.push(weight);
    }

    /// The coalitions whose values are asked for.
    pub fn coalitions(&self) -> impl ExactSizeIterator<Item = Coalition<'_>> {
        (0..self.weights.len()).map(|i| &self.asked[i * self.d..][..self.d])
    }

    fn ask(&self, value: Value<'_>) -> Vec<f64> {
        let values: Vec<f64> = self.coalitions().map(value).collect();
        self.attributions(&values)
    }

    /// The attributions that the values of [`Self::coalitions`] make.
    ///
    /// # Panics
    /// When there is not a value for each coalition.
    #[must_use]
    pub fn attributions(&self, values: &[f64]) -> Vec<f64> {
        assert!(values.len() == self.weights.len(), "{} values of {} coalitions", values.len(), self.weights.len());
        match self.rule {
            Rule::KernelShap => self.shapley(values),
            Rule::Lime => self.linear(values),
            Rule::Occlusion => values[1..].iter().map(|value| values[0] - value).collect(),
        }
    }

    fn shapley(&self, values: &[f64]) -> Vec<f64> {
        let (d, none, all) = (self.d, values[0], values[1]);
        if d < 2 {
            return vec![all - none; d];
        }
        let mut fit = Fit::new(d - 1);
        // phi of the last input is what the others leave of the sum: its column is taken from theirs.
        for ((coalition, weight), value) in self.coalitions().zip(&self.weights).zip(values).skip(2) {
            let last = number(coalition[d - 1]);
            let target = value - none - last * (all - none);
            fit.add(*weight, target, &mut coalition[..d - 1].iter().map(|&is_in| number(is_in) - last));
        }
        let mut phi = fit.solve();
        phi.push(all - none - phi.iter().sum::<f64>());
        phi
    }

    fn linear(&self, values: &[f64]) -> Vec<f64> {
        let mut fit = Fit::new(self.d + 1);
        for ((coalition, weight), value) in self.coalitions().zip(&self.weights).zip(values) {
            fit.add(*weight, *value, &mut coalition.iter().map(|&is_in| number(is_in)).chain([1.0]));
        }
        let mut weights = fit.solve();
        weights.truncate(self.d);
        weights
    }
}

fn number(is_in: bool) -> f64 {
    f64::from(u8::from(is_in))
}

/// The `k` inputs of the largest attributions, in ascending order; of equals the first, rounding aside.
#[must_use]
pub fn top_k(attributions: &[f64], k: usize) -> Vec<usize> {
    let scale = attributions.iter().fold(0.0_f64, |most, a| most.max(a.abs())) * 1e-9;
    let mut left: Vec<usize> = (0..attributions.len()).collect();
    let mut picked = Vec::with_capacity(k);
    while picked.len() < k && !left.is_empty() {
        let better = |best: usize, at: usize| {
            if attributions[left[at]] > attributions[left[best]] + scale { at } else { best }
        };
        let best = (0..left.len()).reduce(better).unwrap_or(0);
        picked.push(left.remove(best));
    }
    (0..attributions.len()).filter(|at| picked.contains(at)).collect()
}

/// Whether so many coalitions reach all that there are of `d` inputs.
#[must_use]
pub fn takes_all(d: usize, samples: usize) -> bool {
    d <= MAX_EXACT && samples >= 1 << d
}

/// Shows `see` each coalition with its size, the empty one first.
fn each_coalition(d: usize, see: &mut dyn FnMut(Coalition<'_>, usize)) {
    let mut coalition = vec![false; d];
    for number in 0..1_u32 << d {
        coalition.iter_mut().enumerate().for_each(|(i, is_in)| *is_in = number >> i & 1 == 1);
        see(&coalition, number.count_ones() as usize);
    }
}

/// C(n, k).
fn choose(n: usize, k: usize) -> f64 {
    (0..k.min(n - k)).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}

/// An index, drawn in proportion to the weights.
fn draw(weights: &[f64], random: &mut Random) -> usize {
    let mut left = f64::from(random.unit()) * weights.iter().sum::<f64>();
    let found = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    found.unwrap_or(weights.len() - 1)
}

/// `size` of d inputs, each subset as likely (Floyd's sampling).
pub(super) fn subset(d: usize, size: usize, random: &mut Random) -> Vec<bool> {
    let mut picked = vec![false; d];
    for last in d - size..d {
        let at = random.below(last as u32 + 1) as usize;
        let at = if picked[at] { last } else { at };
        picked[at] = true;
    }
    picked
}

/// Weighted least squares: the normal equations, row by row.
struct Fit {
    n: usize,
    /// (n, n + 1): X^T W X beside X^T W y.
    rows: Vec<f64>,
    x: Vec<f64>,
}

impl Fit {
    fn new(n: usize) -> Self {
        let mut rows = vec![0.0; n * (n + 1)];
        (0..n).for_each(|i| rows[i * (n + 1) + i] = RIDGE);
        Self { n, rows, x: Vec::with_capacity(n) }
    }

    fn add(&mut self, weight: f64, y: f64, x: &mut dyn Iterator<Item = f64>) {
        self.x.clear();
        self.x.extend(x);
        for (row, &a) in self.rows.chunks_exact_mut(self.n + 1).zip(&self.x).filter(|(_, a)| **a != 0.0) {
            row.iter_mut().zip(self.x.iter().chain([&y])).for_each(|(sum, b)| *sum += weight * a * b);
        }
    }

    /// The coefficients, by elimination; the matrix is symmetric and positive, so that no row need be swapped.
    fn solve(mut self) -> Vec<f64> {
        let (n, wide) = (self.n, self.n + 1);
        for pivot in 0..n {
            let (above, below) = self.rows.split_at_mut((pivot + 1) * wide);
            let row = &above[pivot * wide..];
            for other in below.chunks_exact_mut(wide) {
                let factor = other[pivot] / row[pivot];
                other[pivot..].iter_mut().zip(&row[pivot..]).for_each(|(a, b)| *a -= factor * b);
            }
        }
        let mut found = vec![0.0; n];
        for i in (0..n).rev() {
            let row = &self.rows[i * wide..][..wide];
            let known: f64 = (i + 1..n).map(|j| row[j] * found[j]).sum();
            found[i] = (row[n] - known) / row[i];
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A game with interactions: products of neighbours, and a base.
    fn game(coalition: Coalition<'_>) -> f64 {
        let x: Vec<f64> = coalition.iter().map(|&is_in| f64::from(u8::from(is_in))).collect();
        let pairs: f64 = x.windows(2).zip(1..).map(|(pair, i)| pair[0] * pair[1] / f64::from(i)).sum();
        0.3 + pairs + x.iter().zip(1..).map(|(x, i)| x * f64::from(i % 3)).sum::<f64>() - 0.7 * x[0] * x[x.len() - 1]
    }

    fn additive(coalition: Coalition<'_>) -> f64 {
        coalition.iter().zip(1..).map(|(&is_in, i)| if is_in { f64::from(i) - 2.5 } else { 0.0 }).sum::<f64>() + 0.2
    }

    /// Shapley values by all orders in which inputs can come.
    fn by_orders(d: usize, value: fn(Coalition<'_>) -> f64) -> Vec<f64> {
        fn go(coalition: &mut Vec<bool>, value: fn(Coalition<'_>) -> f64, phi: &mut [f64]) -> f64 {
            let free: Vec<usize> = (0..coalition.len()).filter(|&i| !coalition[i]).collect();
            let mut orders = 0.0;
            for &i in &free {
                let before = value(coalition);
                coalition[i] = true;
                let gain = value(coalition) - before;
                let below = go(coalition, value, phi);
                coalition[i] = false;
                phi[i] += gain * below;
                orders += below;
            }
            if free.is_empty() { 1.0 } else { orders }
        }
        // A gain counts once for each order of those before it and each of those after.
        let mut phi = vec![0.0; d];
        let orders = go(&mut vec![false; d], value, &mut phi);
        phi.into_iter().map(|sum| sum / orders).collect()
    }

    #[track_caller]
    fn near(found: &[f64], wanted: &[f64], within: f64) {
        let gap = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(found.len() == wanted.len() && gap < within, "{found:?}, expected {wanted:?}");
    }

    #[test]
    fn shapley_values_are_means_over_all_orders() {
        for d in 1..7 {
            near(&shapley(d, &mut game), &by_orders(d, game), 1e-12);
        }
    }

    #[test]
    fn shapley_values_add_up_and_of_a_sum_are_its_terms() {
        let phi = shapley(6, &mut game);
        let all = game(&[true; 6]) - game(&[false; 6]);
        assert!((phi.iter().sum::<f64>() - all).abs() < 1e-12, "{phi:?} add up to {all}");
        near(&shapley(4, &mut additive), &[-1.5, -0.5, 0.5, 1.5], 1e-12);
    }

    #[test]
    fn kernel_shap_over_all_coalitions_is_shapley() {
        for d in 1..9 {
            near(&kernel_shap(d, 1 << d, 0, &mut game), &shapley(d, &mut game), 1e-6);
        }
    }

    #[test]
    fn sampled_kernel_shap_comes_near_and_adds_up() {
        let exact = shapley(12, &mut game);
        let (few, many) = (kernel_shap(12, 200, 1, &mut game), kernel_shap(12, 3000, 1, &mut game));
        let gap = |phi: &[f64]| phi.iter().zip(&exact).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(gap(&many) < 0.03 && gap(&few) < 0.3, "{} with 200, {} with 3,000 samples", gap(&few), gap(&many));
        let all = game(&[true; 12]) - game(&[false; 12]);
        assert!((few.iter().sum::<f64>() - all).abs() < 1e-9, "the sum is held");
        near(&kernel_shap(12, 60, 5, &mut additive), &shapley(12, &mut additive), 1e-6);
        assert_eq!(kernel_shap(12, 200, 1, &mut game), few, "the same seed gives the same bits");
        assert_ne!(kernel_shap(12, 200, 2, &mut game), few, "another one does not");
    }

    #[test]
    fn lime_recovers_a_linear_game_whole_or_sampled() {
        let terms: Vec<f64> = (1..=10).map(|i| f64::from(i) - 2.5).collect();
        near(&lime(10, 1 << 10, 0, &mut additive), &terms, 1e-5);
        near(&lime(10, 200, 3, &mut additive), &terms, 1e-5);
    }

    #[test]
    fn occlusion_is_the_loss_without_one_input() {
        near(&occlusion(4, &mut additive), &[-1.5, -0.5, 0.5, 1.5], 1e-12);
        // Of two copies neither is missed.
        near(&occlusion(2, &mut |s| f64::from(u8::from(s[0] || s[1]))), &[0.0, 0.0], 1e-12);
    }

    #[test]
    fn the_largest_are_picked_the_first_of_equals() {
        assert_eq!(top_k(&[0.1, 0.5, 0.5 + 1e-14, 0.5], 2), [1, 2]);
        assert_eq!(top_k(&[-1.0, -2.0], 1), [0]);
        assert_eq!(top_k(&[1.0], 3), [0]);
        assert_eq!(top_k(&[0.0, 0.0, 0.0], 2), [0, 1]);
    }
}
