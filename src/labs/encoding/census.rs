//! All explanation maps of a small distribution, scored: which scores put a non-encoding one first, and which put every
//! non-encoding one before every encoding one (docs/papers.md 2.3 and 2.4).
//!
//! A score is a sum over selections, and a selection's part depends on the map only by the set of inputs that it is picked
//! for. So each part is worked out once for every set of rows, and a map is a sum of as many parts as there are selections.

use super::explanation::Selection;
use super::joint::Joint;
use super::marginal;
use super::scores::{self, Scores};

/// Most maps that are gone through: those of three bits.
pub const MAX_MAPS: u64 = 1 << 24;
/// Most inputs of positive probability.
const MAX_ROWS: usize = 16;
/// Scores that differ by less are equal: they are sums of the same numbers in other orders.
const SAME: f64 = 1e-9;

/// Why the maps of a distribution are not gone through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CensusError {
    /// Too many of them.
    #[error(
        "{selections} selections for each of {rows} inputs make too many maps, at most {MAX_MAPS} are gone through"
    )]
    TooMany {
        /// Selections that are allowed.
        selections: usize,
        /// Inputs of positive probability.
        rows: usize,
    },
}

/// What one score says of all maps. Higher is judged better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// Its largest value.
    pub best: f64,
    /// Maps that have it.
    pub best_maps: u64,
    /// Of these the encoding ones.
    pub best_encoding: u64,
    /// The largest of an encoding map.
    pub encoding: f64,
    /// The least of a non-encoding map.
    pub non_encoding: f64,
}

impl Extremes {
    const NONE: Self = Self {
        best: f64::NEG_INFINITY,
        best_maps: 0,
        best_encoding: 0,
        encoding: f64::NEG_INFINITY,
        non_encoding: f64::INFINITY,
    };

    fn see(&mut self, value: f64, encodes: bool) {
        if value > self.best + SAME {
            (self.best, self.best_maps, self.best_encoding) = (value, 0, 0);
        }
        if value > self.best - SAME {
            self.best_maps += 1;
            self.best_encoding += u64::from(encodes);
        }
        if encodes {
            self.encoding = self.encoding.max(value);
        } else {
            self.non_encoding = self.non_encoding.min(value);
        }
    }

    /// Whether the best maps are non-encoding: a weak detector.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.best_encoding == 0
    }

    /// Whether every non-encoding map is above every encoding one: a strong detector.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.non_encoding > self.encoding + SAME
    }
}

/// What is known of all maps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Census {
    /// Maps.
    pub maps: u64,
    /// Those that do not encode.
    pub non_encoding: u64,
    /// EVAL-X.
    pub eval_x: Extremes,
    /// FRESH.
    pub fresh: Extremes,
    /// ROAR.
    pub roar: Extremes,
    /// The least M of an encoding map; infinite when none encodes.
    pub least_meter: f64,
    /// The largest M of a non-encoding map: 0 but for rounding.
    pub non_encoding_meter: f64,
    /// STRIPE-X is a strong detector of these maps iff its alpha is larger; 0 when none encodes.
    pub alpha: f64,
}

/// The parts of a selection for each set of rows that it may be picked for.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    eval_x: f64,
    fresh: f64,
    roar: f64,
    encodes: bool,
}

/// Goes through the maps that pick among `selections`.
pub struct Counter {
    rows: usize,
    maps: u64,
    /// (selections, 2^rows).
    parts: Vec<Part>,
    /// The next map: which of the selections each row gets, the first row changing quickest.
    next: Vec<usize>,
    /// Rows that get each selection.
    sets: Vec<usize>,
    found: Census,
    /// max over encoding maps of (EVAL-X, M), those that no other beats in both: whatever the worst non-encoding map turns
    /// out to be, alpha is decided by one of these.
    front: Vec<(f64, f64)>,
}

impl Counter {
    /// At the first of all maps.
    ///
    /// # Errors
    /// When there are too many maps.
    pub fn all(joint: &Joint) -> Result<Self, CensusError> {
        let count = 1_u64 << joint.inputs().len();
        // Of one input x alone there are as many maps as selections; those are no lesson.
        if count * count > MAX_MAPS {
            return Err(CensusError::TooMany { selections: count as usize, rows: joint.len() });
        }
        Self::new(joint, &(0..count as Selection).collect::<Vec<_>>())
    }

    /// At the first map of those that pick among `selections`, each named once.
    ///
    /// # Errors
    /// When there are too many maps.
    pub fn new(joint: &Joint, selections: &[Selection]) -> Result<Self, CensusError> {
        let (rows, count) = (joint.len(), selections.len());
        let maps = (count as u64).checked_pow(rows as u32).filter(|maps| (1..=MAX_MAPS).contains(maps));
        // Few selections make few maps of many rows, but the parts are of all sets of rows.
        let maps = maps.filter(|_| rows <= MAX_ROWS);
        let Some(maps) = maps else { return Err(CensusError::TooMany { selections: count, rows }) };
        let parts = parts(joint, selections);
        let found = Census {
            maps: 0,
            non_encoding: 0,
            eval_x: Extremes::NONE,
            fresh: Extremes::NONE,
            roar: Extremes::NONE,
            least_meter: f64::INFINITY,
            non_encoding_meter: 0.0,
            alpha: 0.0,
        };
        let mut sets = vec![0; count];
        sets[0] = (1 << rows) - 1;
        Ok(Self { rows, maps, parts, next: vec![0; rows], sets, found, front: Vec::new() })
    }

    /// How many maps there are.
    #[must_use]
    pub fn maps(&self) -> u64 {
        self.maps
    }

    /// Goes through up to `budget` more maps; how many have been gone through.
    pub fn step(&mut self, budget: u64) -> u64 {
        for _ in 0..budget.min(self.maps - self.found.maps) {
            let mut sum = Part::default();
            for (parts, set) in self.parts.chunks_exact(1 << self.rows).zip(&self.sets) {
                let part = parts[*set];
                sum.eval_x += part.eval_x;
                sum.fresh += part.fresh;
                sum.roar += part.roar;
                sum.encodes |= part.encodes;
            }
            self.see(sum);
            self.advance();
        }
        self.found.maps
    }

    fn see(&mut self, Part { eval_x, fresh, roar, encodes }: Part) {
        let found = &mut self.found;
        found.maps += 1;
        found.non_encoding += u64::from(!encodes);
        found.eval_x.see(eval_x, encodes);
        found.fresh.see(fresh, encodes);
        found.roar.see(roar, encodes);
        let meter = fresh - eval_x;
        if !encodes {
            found.non_encoding_meter = found.non_encoding_meter.max(meter.abs());
        } else {
            found.least_meter = found.least_meter.min(meter);
            if !self.front.iter().any(|&(score, least)| score >= eval_x && least <= meter) {
                self.front.retain(|&(score, least)| score > eval_x || least < meter);
                self.front.push((eval_x, meter));
            }
        }
    }

    fn advance(&mut self) {
        for (row, at) in self.next.iter_mut().enumerate() {
            self.sets[*at] &= !(1 << row);
            *at = (*at + 1) % self.sets.len();
            self.sets[*at] |= 1 << row;
            if *at > 0 {
                return;
            }
        }
    }

    /// What the maps gone through so far say.
    #[must_use]
    pub fn census(&self) -> Census {
        let worst = self.found.eval_x.non_encoding;
        let needed = self.front.iter().map(|(score, meter)| (score - worst) / meter);
        Census { alpha: needed.fold(0.0, f64::max), ..self.found }
    }
}

/// The parts of all selections, as [`Counter::parts`] holds them.
fn parts(joint: &Joint, selections: &[Selection]) -> Vec<Part> {
    let sets = 1_usize << joint.len();
    let mut parts = vec![Part::default(); selections.len() * sets];
    let mut sum = scores::Sum::default();
    marginal::each(joint, &mut selections.to_vec(), &mut |selection, marginal| {
        let at = selections.iter().position(|other| *other == selection).expect("it is one of them");
        // The empty set adds nothing.
        for set in 1..sets {
            let rows = (0..joint.len() as u32).filter(|row| set >> row & 1 == 1);
            let picks: Vec<(Selection, u32)> = rows.map(|row| (selection, row)).collect();
            let mut scores = Scores::default();
            sum.add(joint, marginal, selection, &picks, &mut scores);
            let Scores { eval_x, fresh, roar, .. } = scores;
            parts[at * sets + set] = Part { eval_x, fresh, roar, encodes: scores.encodes() };
        }
    });
    parts
}
