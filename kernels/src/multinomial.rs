//! How often each outcome comes in many draws, without making the draws.

use crate::Alias;

/// Tables are kept while they have no more places than this together (12 MiB); what comes later is built for one draw.
const KEPT_PLACES: usize = 1 << 20;

/// Counts of the outcomes of `n` independent draws: the multinomial law as a chain of binomial ones. Given the counts of
/// the outcomes before it, outcome i is Bin(n - those, p_i / (p_i + p_{i+1} + ...)). A draw for each outcome instead of
/// one for each of the n; the tables of the binomial laws are built when first met.
#[derive(Clone, Debug)]
pub struct Multinomial {
    n: usize,
    /// For each outcome, its share of the probability from it on.
    shares: Vec<f64>,
    /// For each outcome but the last and each number left: the place of its table in `tables`, from 1; 0 for none.
    at: Vec<u32>,
    tables: Vec<Binomial>,
    places: usize,
}

impl Multinomial {
    /// The law of `n` draws from probabilities that sum to 1.
    #[must_use]
    pub fn new(n: usize, probability: &[f64]) -> Self {
        let mut from_here = 0.0;
        let mut shares: Vec<f64> = probability
            .iter()
            .rev()
            .map(|p| {
                from_here += p;
                if from_here > 0.0 { p / from_here } else { 0.0 }
            })
            .collect();
        shares.reverse();
        let at = vec![0; shares.len().saturating_sub(1) * (n + 1)];
        Self { n, shares, at, tables: Vec::new(), places: 0 }
    }

    /// The outcomes that are drawn: all but the last, which gets what is left.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.shares.len().saturating_sub(1)
    }

    /// Draws the counts of `outcome` for several rows at once: of the `left[row]` draws that no outcome before it took.
    /// Each takes one number of [`crate::DRAW_BITS`] bits; overwrites column `outcome` of `counts`, a row of all outcomes
    /// for each of `left`.
    ///
    /// # Panics
    /// When `outcome` is not one of [`Self::drawn`] or more is left than there were draws.
    pub fn draw(&mut self, outcome: usize, left: &mut [u32], counts: &mut [f32], draws: &[u32]) {
        let width = self.shares.len();
        let first = outcome * (self.n + 1);
        for ((left, row), &draw) in left.iter_mut().zip(counts.chunks_exact_mut(width)).zip(draws) {
            let at = first + *left as usize;
            let count = match self.at[at] {
                0 => self.meet(at, *left, self.shares[outcome]).pick(draw),
                known => self.tables[known as usize - 1].pick(draw),
            };
            row[outcome] = count as f32;
            *left -= count;
        }
    }

    #[cold]
    fn meet(&mut self, at: usize, n: u32, p: f64) -> Binomial {
        let table = Binomial::new(n, p);
        if self.places + table.alias.len() <= KEPT_PLACES {
            self.places += table.alias.len();
            self.tables.push(table.clone());
            self.at[at] = self.tables.len() as u32;
        }
        table
    }
}

/// A table of the binomial law, its far tails cut off.
#[derive(Clone, Debug)]
struct Binomial {
    /// The least count in the table.
    least: u32,
    alias: Alias,
}

/// Counts less probable than this share of the most probable one are left out: no draw would tell.
const TAIL: f64 = 1e-12;

impl Binomial {
    /// Bin(n, p), from its mode outwards by the ratios of neighbours.
    fn new(n: u32, p: f64) -> Self {
        let mode = ((f64::from(n) + 1.0) * p).min(f64::from(n)) as u32;
        // p(k) / p(k - 1) = (n - k + 1) / k odds.
        let odds = p / (1.0 - p);
        let ratio = |k: u32| f64::from(n - k + 1) / f64::from(k) * odds;
        let tail = |weight: &f64| *weight > TAIL;
        let product = |weight: &mut f64, ratio: f64| {
            *weight *= ratio;
            Some(*weight)
        };
        let below = (1..=mode).rev().map(|k| 1.0 / ratio(k)).scan(1.0, product).take_while(tail);
        let above = (mode + 1..=n).map(ratio).scan(1.0, product).take_while(tail);
        let mut weights: Vec<f64> = below.collect();
        let least = mode - weights.len() as u32;
        weights.reverse();
        weights.push(1.0);
        weights.extend(above);
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Self { least, alias: Alias::new(&weights) }
    }

    #[inline]
    fn pick(&self, draw: u32) -> u32 {
        self.least + self.alias.pick(draw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DRAW_BITS;

    /// Every number a draw can be, thinned.
    fn draws() -> impl Iterator<Item = u32> {
        (0..1 << DRAW_BITS).step_by(1 << 5)
    }

    #[test]
    fn a_binomial_table_has_the_laws_probabilities() {
        for (n, p) in [(0, 0.3), (1, 0.25), (7, 0.5), (127, 1.0 / 15.5), (4095, 0.02), (40, 0.999), (9, 0.0), (9, 1.0)]
        {
            let table = Binomial::new(n, p);
            let (mut mean, mut square, mut all) = (0.0, 0.0, 0.0);
            for draw in draws() {
                let count = table.pick(draw);
                assert!(count <= n, "{count} of {n}");
                mean += f64::from(count);
                square += f64::from(count) * f64::from(count);
                all += 1.0;
            }
            mean /= all;
            let variance = square / all - mean * mean;
            let (expected, spread) = (f64::from(n) * p, f64::from(n) * p * (1.0 - p));
            // 65,536 evenly spaced numbers for at most some hundred places.
            let error = 2e-3 * (1.0 + spread);
            assert!((mean - expected).abs() < error, "Bin({n}, {p}): mean {mean}, not {expected}");
            assert!((variance - spread).abs() < 4.0 * error, "Bin({n}, {p}): variance {variance}, not {spread}");
        }
    }

    #[test]
    fn counts_are_all_given_out_and_tables_are_bounded() {
        let mut law = Multinomial::new(4095, &[0.5, 0.25, 0.125, 0.125]);
        let draws: Vec<u32> = draws().collect();
        let mut counts = vec![0.0; 4 * draws.len()];
        let mut left = vec![4095; draws.len()];
        for outcome in 0..law.drawn() {
            // Other numbers for each outcome, so that they do not go together.
            let turned: Vec<u32> =
                draws.iter().map(|draw| (draw.wrapping_mul(2 * outcome as u32 + 7)) % (1 << 21)).collect();
            law.draw(outcome, &mut left, &mut counts, &turned);
        }
        for (row, left) in counts.chunks_exact(4).zip(&left) {
            assert_eq!(row[..3].iter().sum::<f32>() + *left as f32, 4095.0, "{row:?}");
        }
        assert!(law.places <= KEPT_PLACES && !law.tables.is_empty(), "{} places", law.places);
    }

    #[test]
    fn a_table_that_is_not_kept_draws_the_same() {
        let mut kept = Multinomial::new(127, &[0.25; 4]);
        let mut full = kept.clone();
        full.places = KEPT_PLACES;
        for draw in draws() {
            let [mut a, mut b] = [[127], [127]];
            let mut counts = [[0.0; 4]; 2];
            kept.draw(0, &mut a, &mut counts[0], &[draw]);
            full.draw(0, &mut b, &mut counts[1], &[draw]);
            assert_eq!((a, counts[0]), (b, counts[1]), "draw {draw}");
        }
        assert_eq!((kept.tables.len(), full.tables.len()), (1, 0), "one table kept, none where there is no room");
    }
}
