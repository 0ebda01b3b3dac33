//! Sequences of Scan & Snap and the one-layer transformer that learns them (Tian et al., docs/papers.md 1), explained
//! by its attention: the positions that the query attends to most are shown, as after some steps of training, and it is
//! asked whether that encodes the next token.
//!
//! Small enough to be exact: one query, two classes, five positions before it. With s_n = (P(l|n)) the class's tokens and y = n,
//! q(x, y) = 1/2 prod_t P(x_t | y). Attention selects by the order of the logits z_l alone, the first position of equals. Where
//! a token is distinct its value tells the class. Where the common ones stand last in the order, a common token is shown only
//! if all are, which is as likely in both classes: nothing is told by the choice. So attention can encode only while it scans,
//! as long as a common token stands above some distinct ones, and not as many of each class: then to be shown a common token
//! says that the distinct tokens above it are not there.

use super::explanation::{Explanation, Selection};
use super::joint::{Joint, Row};
use super::learner::Learner;
use super::samples::Samples;
use crate::experiment::scan_snap::{Data, ScanSnap, Training as Rates};
use crate::labs::scan_snap::data::Classes;
use crate::labs::scan_snap::training::Training;
use crate::run::{Array, Labels, Run};

/// Positions before the query.
const POSITIONS: usize = 5;
/// Steps of training after which attention explains; it learns up to the last.
const MOMENTS: [u64; 5] = [0, 2, 5, 10, 50];
/// Sequences that are shown.
const SHOWN: usize = 12;

fn settings() -> ScanSnap {
    ScanSnap {
        data: Data {
            last_tokens: 1,
            next_per_last: 2,
            common_tokens: 2,
            distinct_per_next: 3,
            sequence_length: POSITIONS as u32 + 1,
            ..Data::default()
        },
        training: Rates { steps: MOMENTS[MOMENTS.len() - 1], ..Rates::default() },
        ..ScanSnap::default()
    }
}

/// The distribution of the sequences, y the next token.
#[must_use]
pub fn joint() -> Joint {
    let classes = Classes::new(&settings().data);
    let mut rows: Vec<Row> = Vec::new();
    for (n, class) in classes.all.iter().enumerate() {
        let width = class.tokens.len();
        for number in 0..width.pow(POSITIONS as u32) {
            let places = (0..POSITIONS as u32).map(|t| number / width.pow(t) % width);
            let p = places.clone().map(|place| class.probability[place]).product::<f64>();
            rows.push((places.map(|place| class.tokens[place]).collect(), n as u32, p / classes.all.len() as f64));
        }
    }
    let names = |ids: core::ops::Range<usize>| ids.map(|id| classes.name(id)).collect::<Vec<_>>();
    let symbols = vec![names(0..classes.inputs - classes.queries); POSITIONS];
    let positions = (1..=POSITIONS).map(|t| format!("x{t}")).collect();
    Joint::new(positions, symbols, names(classes.inputs..classes.vocabulary), &rows).expect("few tokens, two classes")
}

/// The transformer as it learns, and the logits of its attention on the way.
#[derive(Clone, Debug)]
pub struct Attention {
    training: Training,
    /// The symbols of each position, for each row of the distribution.
    tokens: Vec<[u32; POSITIONS]>,
    /// z_l after each step, from step 0 on.
    logits: Vec<Vec<f32>>,
    seed: u64,
}

impl Attention {
    /// One that knows nothing yet, to explain the rows of [`joint`].
    ///
    /// # Panics
    /// When the distribution is another one.
    #[must_use]
    pub fn new(joint: &Joint, seed: u64) -> Self {
        assert!(joint.inputs().len() == POSITIONS, "{} positions, expected {POSITIONS}", joint.inputs().len());
        let training = Training::new(&settings(), seed);
        let row = |row| core::array::from_fn(|t| joint.symbol(row, t));
        let logits = vec![training.logits(0).to_vec()];
        Self { training, tokens: (0..joint.len()).map(row).collect(), logits, seed }
    }

    /// Logits z_l at the moment of that place, or the last there is.
    fn at(&self, place: usize) -> &[f32] {
        &self.logits[(MOMENTS[place] as usize).min(self.logits.len() - 1)]
    }

    fn name(place: usize) -> String {
        format!("attention, step {}", MOMENTS[place])
    }

    /// Tokens that a position can have, by falling logit; equals are joined by `=`.
    fn order(&self, joint: &Joint, place: usize) -> String {
        let z = self.at(place);
        let mut ids: Vec<usize> = (0..joint.symbols(0).len()).collect();
        ids.sort_by(|&a, &b| z[b].total_cmp(&z[a]));
        let mut text = String::new();
        for (i, &id) in ids.iter().enumerate() {
            if i > 0 {
                text += if z[id] == z[ids[i - 1]] { " = " } else { " > " };
            }
            text += &joint.symbols(0)[id];
        }
        text
    }
}

impl Learner for Attention {
    fn steps(&self) -> u64 {
        self.training.steps()
    }

    fn step(&mut self) -> Option<f64> {
        if self.training.step_idx() == self.training.steps() {
            return None;
        }
        let loss = self.training.loss().unwrap_or(f64::NAN);
        // A loss that is no number is told as it is, and ends nothing.
        let _ = self.training.step(1);
        self.logits.push(self.training.logits(0).to_vec());
        Some(loss)
    }

    fn explanations(&self) -> Vec<String> {
        (0..MOMENTS.len()).map(Self::name).collect()
    }

    fn explain(&self, at: usize, size: usize) -> Explanation {
        let z = self.at(at);
        let select = |tokens: &[u32; POSITIONS]| {
            let mut positions: [usize; POSITIONS] = core::array::from_fn(|t| t);
            let logit = |t: usize| z[tokens[t] as usize];
            positions.sort_by(|&a, &b| logit(b).total_cmp(&logit(a)));
            positions.iter().take(size).fold(0, |all: Selection, t| all | 1 << t)
        };
        Explanation { name: Self::name(at), selections: self.tokens.iter().map(select).collect() }
    }

    fn show(&self, joint: &Joint, of: Option<&Explanation>, arrays: &mut Vec<Array>, labels: &mut Vec<Labels>) {
        let (samples, rows) = Samples::draw(joint, SHOWN, self.seed);
        let picked = rows.iter().flat_map(|&row| {
            let selection = of.map_or(0, |of| of.selections[row]);
            (0..POSITIONS).map(move |t| (selection >> t & 1) as f32)
        });
        arrays.push(Array::collect("word_picked", &[SHOWN * POSITIONS], &mut picked.collect::<Vec<_>>().into_iter()));
        arrays.push(Array::new("word_counts", &[SHOWN], vec![POSITIONS as f32; SHOWN]));
        let symbol =
            |&row: &usize| (0..POSITIONS).map(move |t| joint.symbols(t)[joint.symbol(row, t) as usize].clone());
        let mut push = |name: &str, texts| labels.push(Labels { name: name.to_owned(), texts });
        push("words", rows.iter().flat_map(symbol).collect());
        push("word_labels", (0..SHOWN).map(|i| joint.labels()[samples.y(i)].clone()).collect());
        let moment = (0..MOMENTS.len()).find(|&place| of.is_some_and(|of| of.name == Self::name(place)));
        push("attention_order", moment.map(|place| self.order(joint, place)).into_iter().collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::encoding::{Scores, score};

    fn scores(seed: u64, size: usize) -> Vec<Scores> {
        let joint = joint();
        let mut model = Attention::new(&joint, seed);
        while model.step().is_some() {}
        let all: Vec<Explanation> = (0..MOMENTS.len()).map(|at| model.explain(at, size)).collect();
        score(&joint, &all).expect("quick enough")
    }

    #[test]
    fn the_next_token_is_known_unless_all_tokens_are_common() {
        let joint = joint();
        assert_eq!((joint.len(), joint.labels().len()), (2 * 5_usize.pow(5) - 2_usize.pow(5), 2));
        // Weights 1, 1 and .1, .55, 1: a common token comes with probability 2 / 3.65.
        let only_common = libm::pow(2.0 / 3.65, 5.0);
        let expected = only_common * core::f64::consts::LN_2;
        assert!((joint.entropy_y_given_x() - expected).abs() < 1e-12, "{}", joint.entropy_y_given_x());
    }

    #[test]
    fn attention_encodes_at_most_while_it_scans() {
        let mut early = 0;
        for seed in 0..6 {
            for size in [1, 2] {
                let scores = scores(seed, size);
                // Before the first step it shows the first positions; in the end all common tokens stand last.
                for at in [0, 3, 4] {
                    assert!(!scores[at].encodes(), "seed {seed}, {size} positions, moment {at}: {:?}", scores[at]);
                }
                early += usize::from(scores[1].encodes() || scores[2].encodes());
                assert!(scores[4].eval_x > scores[0].eval_x, "it comes to show what tells: {scores:?}");
            }
        }
        assert!(early >= 4, "of 12 runs {early} encoded on the way");
    }

    #[test]
    fn steps_and_seeds_give_the_same_model() {
        let joint = joint();
        let some = |seed| {
            let mut model = Attention::new(&joint, seed);
            let losses: Vec<Option<f64>> = (0..5).map(|_| model.step()).collect();
            (losses, model.explain(1, 2))
        };
        assert_eq!(some(7), some(7));
        assert_ne!(some(7).0, some(8).0);
        let first = some(7).0[0].expect("a step");
        // All next tokens are as likely at Y = 0, and all others.
        let vocabulary = Classes::new(&settings().data).vocabulary as f64;
        assert!((first - libm::log(vocabulary)).abs() < 1e-6, "{first} nats, ln {vocabulary} expected");
    }
}
