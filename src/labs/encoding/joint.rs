//! The distribution q(x, y): d discrete inputs and a label, by the probability of each pair. Knows no file.

use crate::experiment::setting::shorten;
use libm::log;

/// Most inputs: a selection is a word of bits.
pub const MAX_INPUTS: usize = 32;
/// Bits that the symbols of all inputs may take together.
const MAX_BITS: u32 = 64;
/// Most numbers q(x, y): 128 MiB of them.
const MAX_NUMBERS: u64 = 1 << 24;
/// Most samples that a distribution is counted from, 2^53: beyond, whole numbers are not told apart.
pub const MAX_COUNT: u64 = 1 << 53;

/// A distribution over inputs and a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    inputs: Vec<String>,
    /// Of each input what it can be.
    symbols: Vec<Vec<String>>,
    labels: Vec<String>,
    /// Inputs of positive probability, in ascending order; the first input in the highest bits, each in its own.
    codes: Vec<u64>,
    /// q(x, y): (n, k).
    p: Vec<f64>,
    /// How often each (x, y) came, where the distribution was counted from samples: (n, k).
    counts: Option<Vec<u64>>,
    fields: Vec<Field>,
}

/// Where an input's symbol stands in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    shift: u32,
    mask: u64,
}

/// Why there is no such distribution.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JointError {
    /// Too many inputs, or none.
    #[error("{count} inputs, expected 1 to {MAX_INPUTS}")]
    Inputs {
        /// How many there are.
        count: usize,
    },
    /// Too many different symbols.
    #[error("the inputs' symbols take {bits} bits together, at most {MAX_BITS} are taken; use fewer inputs or symbols")]
    Bits {
        /// How many bits.
        bits: u32,
    },
    /// Too many inputs x and labels.
    #[error("{rows} rows by {labels} labels make {MAX_NUMBERS} numbers or more, too many")]
    Numbers {
        /// Rows of positive probability.
        rows: usize,
        /// Labels.
        labels: usize,
    },
    /// Nothing to tell apart.
    #[error("one class only ({label}), expected at least two labels of positive probability")]
    OneClass {
        /// The class, shortened.
        label: String,
    },
    /// No distribution.
    #[error("the probabilities add up to {sum}, expected 1 within 0.000001")]
    Sum {
        /// What they add up to.
        sum: f64,
    },
    /// More samples than can be counted.
    #[error("the counts add up to more than {MAX_COUNT}, beyond which whole numbers are not told apart")]
    Counts,
}

/// An input and label with their probability, or how often they came: a symbol for each input, a label, q(x, y) or the count.
pub type Row<Weight = f64> = (Vec<u32>, u32, Weight);

impl Joint {
    /// The distribution of these rows; rows of one (x, y) add up, rows of probability 0 only make their symbols known.
    ///
    /// # Errors
    /// When it is none, or has more inputs and symbols than can be told apart.
    ///
    /// # Panics
    /// When a row has another number of inputs, or symbols and labels that are not there.
    pub fn new(
        inputs: Vec<String>,
        symbols: Vec<Vec<String>>,
        labels: Vec<String>,
        rows: &[Row],
    ) -> Result<Self, JointError> {
        assert!(inputs.len() == symbols.len(), "{} inputs, symbols of {}", inputs.len(), symbols.len());
        if inputs.is_empty() || inputs.len() > MAX_INPUTS {
            return Err(JointError::Inputs { count: inputs.len() });
        }
        let widths = symbols.iter().map(|symbols| usize::BITS - symbols.len().saturating_sub(1).leading_zeros());
        let bits = widths.clone().sum::<u32>();
        if bits > MAX_BITS {
            return Err(JointError::Bits { bits });
        }
        let mut left = bits;
        let field = |width: u32| {
            left -= width;
            // Of no bits when there is one symbol; then the shift must not be that of a whole word.
            Field { shift: left.min(u64::BITS - 1), mask: 1_u64.checked_shl(width).map_or(u64::MAX, |top| top - 1) }
        };
        let fields: Vec<Field> = widths.map(field).collect();
        let sum: f64 = rows.iter().map(|row| row.2).sum();
        if sum.is_nan() || (sum - 1.0).abs() > 1e-6 {
            return Err(JointError::Sum { sum });
        }
        let k = labels.len();
        let code = |x: &[u32]| x.iter().zip(&fields).fold(0, |code, (&x, f)| code | u64::from(x) << f.shift);
        let mut found: Vec<(u64, u32, f64)> = Vec::with_capacity(rows.len());
        for (x, y, p) in rows.iter().filter(|row| row.2 > 0.0) {
            assert!(x.len() == inputs.len() && (*y as usize) < k, "a symbol for each input, a label that is there");
            assert!(x.iter().zip(&symbols).all(|(&x, known)| (x as usize) < known.len()), "symbols that are there");
            found.push((code(x), *y, p / sum));
        }
        // Rows of one x add up in the order they came in.
        let mut order: Vec<(u64, u32)> = found.iter().map(|row| row.0).zip(0..).collect();
        order.sort_unstable();
        let distinct = order.chunk_by(|a, b| a.0 == b.0).count();
        if distinct as u64 * k as u64 >= MAX_NUMBERS {
            return Err(JointError::Numbers { rows: distinct, labels: k });
        }
        let mut joint = Self { inputs, symbols, labels, codes: Vec::new(), p: Vec::new(), counts: None, fields };
        for (code, y, p) in order.into_iter().map(|(_, at)| found[at as usize]) {
            if joint.codes.last() != Some(&code) {
                joint.codes.push(code);
                joint.p.extend((0..k).map(|_| 0.0));
            }
            let last = joint.p.len() - k;
            joint.p[last + y as usize] += p;
        }
        joint.has_classes()
    }

    /// The frequencies among samples, which are counted by their (x, y); it keeps the counts. As [`Self::new`] else.
    ///
    /// # Errors
    /// As [`Self::new`], and when there are more than [`MAX_COUNT`].
    ///
    /// # Panics
    /// As [`Self::new`].
    pub fn counted(
        inputs: Vec<String>,
        symbols: Vec<Vec<String>>,
        labels: Vec<String>,
        rows: Vec<Row<u64>>,
    ) -> Result<Self, JointError> {
        let total = rows.iter().fold(0, |total: u64, row| total.saturating_add(row.2));
        if total > MAX_COUNT {
            return Err(JointError::Counts);
        }
        let (k, came): (usize, Vec<u64>) = (labels.len(), rows.iter().map(|row| row.2).collect());
        let shares = rows.into_iter().map(|(x, y, count)| (x, y, count as f64 / total as f64));
        let rows: Vec<Row> = shares.collect();
        let mut joint = Self::new(inputs, symbols, labels, &rows)?;
        let mut counts = vec![0; joint.len() * k];
        for ((x, y, _), count) in rows.iter().zip(came) {
            if let Some(row) = joint.find(x) {
                counts[row * k + *y as usize] += count;
            }
        }
        joint.counts = Some(counts);
        Ok(joint)
    }

    /// The distribution of the same inputs x and labels that has these weights, (n, k): some above 0 for each x.
    ///
    /// # Errors
    /// When they leave one class only.
    ///
    /// # Panics
    /// When there is not a weight for each (x, y).
    pub(super) fn weighted(&self, weights: Vec<f64>) -> Result<Self, JointError> {
        assert!(weights.len() == self.p.len(), "{} weights for {} numbers", weights.len(), self.p.len());
        let sum: f64 = weights.iter().sum();
        let p = weights.into_iter().map(|weight| weight / sum).collect();
        Self { p, counts: None, ..self.clone() }.has_classes()
    }

    /// Itself, if there is something to tell apart.
    fn has_classes(self) -> Result<Self, JointError> {
        let y = self.y();
        if y.iter().filter(|p| **p > 0.0).count() < 2 {
            let only = y.iter().position(|p| *p > 0.0).unwrap_or(0);
            return Err(JointError::OneClass {
                label: self.labels.get(only).map_or_else(String::new, |label| shorten(label)),
            });
        }
        Ok(self)
    }

    /// Names of the inputs.
    #[must_use]
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// What the input can be.
    #[must_use]
    pub fn symbols(&self, input: usize) -> &[String] {
        &self.symbols[input]
    }

    /// The labels.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How many inputs x have a positive probability, n.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no such input: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// q(x, y) of the input `row`, for each label.
    #[must_use]
    pub fn p(&self, row: usize) -> &[f64] {
        &self.p[row * self.labels.len()..][..self.labels.len()]
    }

    /// How often each (x, y) came, (n, k); none where the distribution was not counted from samples.
    #[must_use]
    pub fn counts(&self) -> Option<&[u64]> {
        self.counts.as_deref()
    }

    /// Symbol of one input of x.
    #[must_use]
    pub fn symbol(&self, row: usize, input: usize) -> u32 {
        self.symbol_of(self.codes[row], input)
    }

    /// Symbol of one input in a code.
    pub(super) fn symbol_of(&self, code: u64, input: usize) -> u32 {
        let field = self.fields[input];
        (code >> field.shift & field.mask) as u32
    }

    /// The input with these symbols, if it has a positive probability.
    #[must_use]
    pub fn find(&self, x: &[u32]) -> Option<usize> {
        let code = x.iter().zip(&self.fields).fold(0, |code, (&x, f)| code | u64::from(x) << f.shift);
        self.codes.binary_search(&code).ok()
    }

    /// The selected values of an input in words: `x1=0, x2=1`.
    #[must_use]
    pub fn describe(&self, row: usize, selected: u32) -> String {
        let one = |i: usize| format!("{}={}", self.inputs[i], self.symbols[i][self.symbol(row, i) as usize]);
        (0..self.inputs.len()).filter(|i| selected >> i & 1 == 1).map(one).collect::<Vec<_>>().join(", ")
    }

    /// q(y).
    #[must_use]
    pub fn y(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.labels.len()];
        for p in self.p.chunks_exact(self.labels.len()) {
            sums.iter_mut().zip(p).for_each(|(sum, p)| *sum += p);
        }
        sums
    }

    /// H(y), nats.
    #[must_use]
    pub fn entropy_y(&self) -> f64 {
        -self.y().iter().map(|&p| p_log(p, p)).sum::<f64>()
    }

    /// H(y | x), nats.
    #[must_use]
    pub fn entropy_y_given_x(&self) -> f64 {
        -self.p.chunks_exact(self.labels.len()).map(log_likelihood).sum::<f64>()
    }

    /// All codes, ascending, and q(x, y) beside them.
    pub(super) fn table(&self) -> (&[u64], &[f64]) {
        (&self.codes, &self.p)
    }

    /// The bits of a code that hold the selected inputs.
    pub(super) fn bits(&self, selected: u32) -> u64 {
        let of = |(i, f): (usize, &Field)| if selected >> i & 1 == 1 { f.mask << f.shift } else { 0 };
        self.fields.iter().enumerate().map(of).fold(0, |all, one| all | one)
    }
}

/// p log q, 0 where p is.
pub(super) fn p_log(p: f64, q: f64) -> f64 {
    if p > 0.0 { p * log(q) } else { 0.0 }
}

/// sum_y q(y, a) log q(y | a), of the q(y, a) of one a.
pub(super) fn log_likelihood(joint: &[f64]) -> f64 {
    let total: f64 = joint.iter().sum();
    joint.iter().map(|&p| p_log(p, p / total)).sum()
}
