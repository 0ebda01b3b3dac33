//! Estimates on more and more samples: how many does it take? Of a distribution that is known they stand beside the truth.

use super::estimate::{Estimate, Estimating, Interval};
use super::explanation::Selection;
use super::joint::Joint;
use super::pages::{self, Estimates};
use super::samples::Samples;
use super::surrogate::Kind;
use crate::experiment::ConfigError;
use crate::experiment::encoding::Scoring;
use crate::run::{Array, Record};

/// Numbers of samples that are tried.
const SIZES: usize = 12;
/// The least of them.
pub const LEAST: usize = 100;

/// The models that settings ask for.
///
/// # Errors
/// [`ConfigError`] when these cannot tell so much apart.
pub fn kind(settings: &Scoring, joint: &Joint) -> Result<Kind, ConfigError> {
    Kind::of(settings, joint).map_err(|error| ConfigError::Data { what: format!("scores.model: {error}") })
}

/// Estimates, size after size, and for each size explanation after explanation.
pub struct Converging {
    samples: Samples,
    /// The row of each sample in the distribution.
    rows: Vec<usize>,
    sizes: Vec<usize>,
    /// Explanations.
    count: usize,
    kind: Kind,
    seed: u64,
    /// (sizes, explanations); none where an explanation is left out.
    found: Vec<Option<Estimate>>,
    /// The estimate at hand, and steps that were worked off.
    making: Option<Estimating>,
    worked: u64,
}

impl Converging {
    /// Of at least [`LEAST`] samples with the row of each in the distribution; smaller sizes are the first of them.
    #[must_use]
    pub fn new((samples, rows): (Samples, Vec<usize>), kind: Kind, count: usize, seed: u64) -> Self {
        let (least, most) = (LEAST as f64, samples.len() as f64);
        let size = |i: usize| libm::round(least * libm::pow(most / least, i as f64 / (SIZES - 1) as f64)) as usize;
        let mut sizes: Vec<usize> = (0..SIZES).map(size).collect();
        sizes.dedup();
        if kind != Kind::Table {
            // Each takes seconds: one size says enough.
            sizes.drain(..sizes.len() - 1);
        }
        Self { samples, rows, sizes, count, kind, seed, found: Vec::new(), making: None, worked: 0 }
    }

    /// Pieces of work that each estimate is.
    fn pieces(&self) -> u64 {
        Estimating::pieces(self.kind)
    }

    /// Steps it takes: for each size and explanation the pieces of its estimate.
    #[must_use]
    pub fn steps(&self) -> u64 {
        (self.sizes.len() * self.count) as u64 * self.pieces()
    }

    /// Works off step `at`, unless that was done; `selections` are those of each explanation for each x.
    pub fn advance(&mut self, at: usize, selections: &[Option<Vec<Selection>>]) {
        if at as u64 != self.worked {
            return;
        }
        self.worked += 1;
        let place = self.found.len();
        let size = self.sizes[place / self.count];
        let is_there = selections.get(place % self.count).and_then(Option::as_ref);
        if let (None, Some(of_x)) = (&self.making, is_there) {
            let picks = self.rows[..size].iter().map(|&row| of_x[row]).collect();
            self.making = Some(Estimating::new(self.samples.first(size), picks, self.kind, self.seed));
        }
        let made = self.making.as_mut().and_then(Estimating::work);
        // What is left out takes its steps all the same.
        if self.worked.is_multiple_of(self.pieces()) {
            self.found.push(made);
            self.making = None;
        }
    }

    /// Estimates that are there after `done` steps.
    fn made(&self, done: usize) -> usize {
        (done as u64 / self.pieces()) as usize
    }

    /// The estimate of a size and an explanation, if it is there after `done` steps.
    fn at(&self, done: usize, size: usize, i: usize) -> Option<&Estimate> {
        let at = size * self.count + i;
        self.found.get(at).filter(|_| at < self.made(done)).and_then(Option::as_ref)
    }

    /// After `done` steps, of each explanation the estimate on the most samples.
    #[must_use]
    pub fn latest(&self, done: usize) -> Vec<Option<&Estimate>> {
        let of = |i| (0..self.sizes.len()).rev().find_map(|size| self.at(done, size, i));
        (0..self.count).map(of).collect()
    }

    /// What is there after `done` steps: sizes, and for each size and explanation that is there value, low and high.
    pub fn show(&self, done: usize, is_there: &[bool], focus: usize, arrays: &mut Vec<Array>) {
        let there: Vec<usize> = (0..self.count).filter(|&i| is_there.get(i) == Some(&true)).collect();
        let (k, m) = (self.sizes.len(), there.len());
        let there = Estimates { sizes: k, explanations: m, of: &|size, place| self.at(done, size, there[place]) };
        there.show(focus, arrays);
        arrays.push(Array::collect("estimate_samples", &[k], &mut self.sizes.iter().map(|&size| size as f32)));
    }

    /// One record for each estimate that is there after `done` steps.
    #[must_use]
    pub fn records(&self, done: usize, names: &[Option<&str>]) -> Vec<Record> {
        let record = |(at, found): (usize, &Option<Estimate>)| {
            let (found, name) = (found.as_ref()?, names.get(at % self.count).copied().flatten()?);
            Some(pages::record(name, self.sizes[at / self.count], found))
        };
        self.found.iter().take(self.made(done)).enumerate().filter_map(record).collect()
    }

    /// Adds the numbers of the first `done` steps to those a digest is of.
    pub fn digest(&self, done: usize, bytes: &mut Vec<u8>) {
        for found in self.found.iter().take(self.made(done)).flatten() {
            for Interval { value, low, high } in [found.eval_x, found.fresh, found.encode_meter, found.control] {
                bytes.extend([value, low, high].iter().flat_map(|x| x.to_le_bytes()));
            }
        }
    }
}
