//! Samples (x, y) where the law is not known: drawn from one that is, to see how well it is told, or brought along.

use super::explanation::Selection;
use super::joint::Joint;
use crate::random::{Purpose, Random};
use std::collections::BTreeMap;

/// The stream of random numbers that samples are dealt out by; drawing has the first.
const DEAL: u64 = 6;

/// Samples of discrete inputs with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Symbols that each input has.
    symbols: Vec<u32>,
    labels: u32,
    /// (n, d).
    x: Vec<u32>,
    y: Vec<u32>,
}

impl Samples {
    /// Samples of inputs with so many symbols each.
    ///
    /// # Panics
    /// When an input or label is not among them, there is not an input for each label, or there are more inputs and symbols
    /// than any [`Joint`] has.
    #[must_use]
    pub fn new(symbols: Vec<u32>, labels: u32, x: Vec<u32>, y: Vec<u32>) -> Self {
        assert!(x.len() == y.len() * symbols.len(), "{} symbols for {} labels", x.len(), y.len());
        let known = x.chunks_exact(symbols.len()).all(|x| x.iter().zip(&symbols).all(|(x, count)| x < count));
        assert!(known && y.iter().all(|y| *y < labels), "symbols and labels that are there");
        let room = symbols.iter().try_fold(1_u128, |all, &count| all.checked_mul(u128::from(count) + 1));
        assert!(room.is_some(), "few enough symbols to be told apart");
        Self { symbols, labels, x, y }
    }

    /// `count` independent samples of a law, with the row of each in it.
    #[must_use]
    pub fn draw(joint: &Joint, count: usize, seed: u64) -> (Self, Vec<usize>) {
        let mut sum = 0.0;
        let upto: Vec<f64> = (0..joint.len())
            .flat_map(|row| joint.p(row))
            .map(|p| {
                sum += p;
                sum
            })
            .collect();
        let mut random = Random::new(seed, Purpose::Sample, 0);
        let mut place = |_| {
            // 48 bits: a rare pair is still met.
            let draw = (f64::from(random.unit()) + f64::from(random.unit()) / f64::from(1 << 24)) * sum;
            upto.partition_point(|upto| *upto <= draw).min(upto.len() - 1)
        };
        Self::at(joint, &mut (0..count).map(&mut place))
    }

    /// Those that a distribution was counted from, each once, in an order that `seed` gives; the first `most` of them, with the
    /// row of each. None where it was not counted.
    #[must_use]
    pub fn dealt(joint: &Joint, most: usize, seed: u64) -> Option<(Self, Vec<usize>)> {
        let mut total = 0;
        let add = |count: &u64| {
            total += count;
            total
        };
        let upto: Vec<u64> = joint.counts()?.iter().map(add).collect();
        let mut random = Random::new(seed, Purpose::Sample, DEAL);
        // The order of Fisher and Yates, of which only what was moved is kept: there may be more samples than memory.
        let mut moved: BTreeMap<u64, u64> = BTreeMap::new();
        let mut place = |i: u64| {
            let j = i + random.below_wide(total - i);
            let number = moved.get(&j).copied().unwrap_or(j);
            let here = moved.remove(&i).unwrap_or(i);
            moved.insert(j, here);
            upto.partition_point(|upto| *upto <= number)
        };
        Some(Self::at(joint, &mut (0..total.min(most as u64)).map(&mut place)))
    }

    /// Samples at these places of q(x, y), with the row of each.
    fn at(joint: &Joint, places: &mut dyn Iterator<Item = usize>) -> (Self, Vec<usize>) {
        let (d, k) = (joint.inputs().len(), joint.labels().len());
        let (mut x, mut y, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for at in places {
            x.extend((0..d).map(|input| joint.symbol(at / k, input)));
            y.push((at % k) as u32);
            rows.push(at / k);
        }
        let symbols = (0..d).map(|input| joint.symbols(input).len() as u32).collect();
        (Self::new(symbols, k as u32, x, y), rows)
    }

    /// The first `count` of them.
    ///
    /// # Panics
    /// When there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let (symbols, d) = (self.symbols.clone(), self.inputs());
        Self { symbols, labels: self.labels, x: self.x[..count * d].to_vec(), y: self.y[..count].to_vec() }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Inputs d.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.symbols.len()
    }

    /// Symbols that each input has.
    #[must_use]
    pub fn symbols(&self) -> &[u32] {
        &self.symbols
    }

    /// Labels k.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels as usize
    }

    /// x of a sample.
    #[must_use]
    pub fn x(&self, i: usize) -> &[u32] {
        &self.x[i * self.inputs()..][..self.inputs()]
    }

    /// y of a sample.
    #[must_use]
    pub fn y(&self, i: usize) -> usize {
        self.y[i] as usize
    }

    /// The selected values of a sample as one number, the same for the same values.
    pub(super) fn code(&self, i: usize, selection: Selection) -> u128 {
        let digit = |code: u128, (input, (&x, &count)): (usize, (&u32, &u32))| {
            // Values that are not selected count as one more symbol.
            let digit = if selection >> input & 1 == 1 { u128::from(x) + 1 } else { 0 };
            code * (u128::from(count) + 1) + digit
        };
        self.x(i).iter().zip(&self.symbols).enumerate().fold(0, digit)
    }
}
