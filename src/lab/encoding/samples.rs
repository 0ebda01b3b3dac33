//! Samples (x, y) where the law is not known: drawn from one that is, to see how well it is told, or brought along.

use super::explanation::Selection;
use super::joint::Joint;
use crate::random::{Purpose, Random};

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
        let (d, k) = (joint.inputs().len(), joint.labels().len());
        let mut sum = 0.0;
        let upto: Vec<f64> = (0..joint.len())
            .flat_map(|row| joint.p(row))
            .map(|p| {
                sum += p;
                sum
            })
            .collect();
        let mut random = Random::new(seed, Purpose::Sample, 0);
        let (mut x, mut y, mut rows) = (Vec::with_capacity(count * d), Vec::with_capacity(count), Vec::new());
        for _ in 0..count {
            // 48 bits: a rare pair is still met.
            let draw = (f64::from(random.unit()) + f64::from(random.unit()) / f64::from(1 << 24)) * sum;
            let at = upto.partition_point(|upto| *upto <= draw).min(upto.len() - 1);
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
