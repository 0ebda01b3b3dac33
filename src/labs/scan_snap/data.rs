//! Sequence classes and the batches drawn from them (Tian et al., section 3; docs/papers.md 1.2, 1.6). Knows no model.

use crate::experiment::scan_snap::{Data, ScanSnap};
use crate::kernels::{Alias, Multinomial};
use crate::random::{Purpose, Random};
use core::ops::Range;

/// A sequence class s_{m,n} = (P(l|m,n), m, n): its query m, its next token n, and the tokens l it is made of.
#[derive(Clone, Debug)]
pub struct Class {
    /// Index of the query token among the query tokens.
    pub query: usize,
    /// Ids of the tokens with P(l|n) > 0: common, then common to the query, then distinct.
    pub tokens: Vec<u32>,
    /// P(l|n) over `tokens`; sums to 1.
    pub probability: Vec<f64>,
    /// Which of `tokens` are distinct: owned by this class alone.
    pub distinct: Range<usize>,
    alias: Alias,
}

/// All classes over one vocabulary. Token ids in order: common, common to a query, distinct, query, next tokens.
#[derive(Clone, Debug)]
pub struct Classes {
    /// The classes; class n has next token n.
    pub all: Vec<Class>,
    /// Number of query tokens.
    pub queries: usize,
    /// Number of tokens that can be an input: all but the next tokens.
    pub inputs: usize,
    /// Vocabulary size M.
    pub vocabulary: usize,
    /// Sizes of the groups of ids: common, common to one query, distinct of one class.
    groups: [usize; 3],
    /// Classes of one query, |psi^-1(m)|.
    pub per_query: usize,
}

impl Classes {
    /// The classes that the settings describe.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let [common, shared, distinct] =
            [data.common_tokens, data.common_per_last, data.distinct_per_next].map(|n| n as usize);
        let (queries, per_query) = (data.last_tokens as usize, data.next_per_last as usize);
        let classes = queries * per_query;
        let shared_start = common;
        let distinct_start = shared_start + shared * queries;
        let inputs = distinct_start + distinct * classes + queries;
        let (low, high) = (data.distinct_weight_min, data.distinct_weight_max);
        let spacing = if distinct > 1 { (high - low) / (distinct - 1) as f64 } else { 0.0 };
        let all = (0..classes)
            .map(|n| {
                let query = n / per_query;
                let block = |start: usize, size: usize| (start..start + size).map(|id| id as u32);
                let tokens: Vec<u32> = block(0, common)
                    .chain(block(shared_start + query * shared, shared))
                    .chain(block(distinct_start + n * distinct, distinct))
                    .collect();
                let common_weights = core::iter::repeat_n(data.common_weight, common + shared);
                let weights: Vec<f64> = common_weights.chain((0..distinct).map(|i| low + spacing * i as f64)).collect();
                let sum: f64 = weights.iter().sum();
                let probability: Vec<f64> = weights.into_iter().map(|weight| weight / sum).collect();
                let alias = Alias::new(&probability);
                Class { query, distinct: common + shared..tokens.len(), tokens, probability, alias }
            })
            .collect();
        let vocabulary = inputs + classes;
        Self { all, queries, inputs, vocabulary, groups: [common, shared, distinct], per_query }
    }

    /// Id of a query token.
    #[must_use]
    pub fn query_id(&self, query: usize) -> usize {
        self.inputs - self.queries + query
    }

    /// Id of a class's next token.
    #[must_use]
    pub fn next_id(&self, class: usize) -> usize {
        self.inputs + class
    }

    /// A token's short name, counted from 1: `c3` common, `c1.3` common to query 1, `d2.10` distinct of class 2,
    /// `q1` query, `n2` next.
    #[must_use]
    pub fn name(&self, id: usize) -> String {
        let [common, shared, distinct] = self.groups;
        let distinct_start = common + shared * self.queries;
        let query_start = self.inputs - self.queries;
        if id < common {
            format!("c{}", id + 1)
        } else if id < distinct_start {
            let i = id - common;
            format!("c{}.{}", i / shared + 1, i % shared + 1)
        } else if id < query_start {
            let i = id - distinct_start;
            format!("d{}.{}", i / distinct + 1, i % distinct + 1)
        } else if id < self.inputs {
            format!("q{}", id - query_start + 1)
        } else {
            format!("n{}", id - self.inputs + 1)
        }
    }

    /// Overlap f_n^T f_n' of two classes at the start (Z = 0): cosine of their P(l|n).
    #[must_use]
    pub fn overlap(&self, a: usize, b: usize) -> f64 {
        let [a, b] = [&self.all[a], &self.all[b]];
        let norm = |class: &Class| class.probability.iter().map(|p| p * p).sum::<f64>().sqrt();
        let shared: f64 = a
            .tokens
            .iter()
            .zip(&a.probability)
            .filter_map(|(token, p)| b.tokens.binary_search(token).ok().map(|at| p * b.probability[at]))
            .sum();
        shared / (norm(a) * norm(b))
    }
}

impl Class {
    /// The distinct token l0 with the largest P(l|n), the last of equals; none if there is no distinct token.
    #[must_use]
    pub fn dominant(&self) -> Option<usize> {
        self.distinct.clone().max_by(|&a, &b| self.probability[a].total_cmp(&self.probability[b]))
    }

    /// f_nl(0)^2: a token's share of the squared norm of c_n at Z = 0.
    #[must_use]
    pub fn direction_share(&self, token: usize) -> f64 {
        let p = self.probability[token];
        p * p / self.probability.iter().map(|p| p * p).sum::<f64>()
    }

    /// Draws `n` tokens i.i.d. from P(l|n), as indices into `tokens`.
    pub fn draw(&self, n: usize, random: &mut Random) -> Vec<u32> {
        let mut words = vec![0; n];
        random.fill(&mut words);
        words.into_iter().map(|word| self.alias.pick(word)).collect()
    }
}

/// The sequences of one step, as token counts: without positions a sequence is its counts.
#[derive(Clone, Debug)]
pub struct Batch {
    /// A row of counts over its class's tokens for each sequence, class after class.
    counts: Vec<f32>,
    /// For each class, where its sequences end.
    ends: Vec<usize>,
    /// The counts of one sequence's contextual tokens: P(l|n) has the same numbers for every class.
    law: Multinomial,
    draws: Vec<u32>,
    left: Vec<u32>,
}

impl Batch {
    /// Room for the batches of these classes.
    #[must_use]
    pub fn new(classes: &Classes, settings: &ScanSnap) -> Self {
        let contextual = settings.data.sequence_length as usize - 1;
        let law = Multinomial::new(contextual, &classes.all[0].probability);
        Self { counts: Vec::new(), ends: Vec::new(), law, draws: Vec::new(), left: Vec::new() }
    }

    /// Draws step `step`: `batch_size` sequences of `sequence_length - 1` contextual tokens, each of a class picked
    /// uniformly. The same step of the same seed is the same batch.
    pub fn draw(&mut self, classes: &Classes, settings: &ScanSnap, seed: u64, step: u64) {
        let mut random = Random::new(seed, Purpose::Batch, step);
        let (sequences, width) = (settings.training.batch_size as usize, classes.all[0].tokens.len());
        self.ends.clear();
        self.ends.resize(classes.all.len(), 0);
        for _ in 0..sequences {
            self.ends[random.below(classes.all.len() as u32) as usize] += 1;
        }
        let mut end = 0;
        for class in &mut self.ends {
            end += *class;
            *class = end;
        }
        self.counts.resize(sequences * width, 0.0);
        self.draws.resize(sequences, 0);
        self.left.clear();
        self.left.resize(sequences, settings.data.sequence_length - 1);
        for token in 0..self.law.drawn() {
            random.fill(&mut self.draws);
            self.law.draw(token, &mut self.left, &mut self.counts, &self.draws);
        }
        for (row, left) in self.counts.chunks_exact_mut(width).zip(&self.left) {
            row[width - 1] = *left as f32;
        }
    }

    /// Number of sequences.
    #[must_use]
    pub fn sequences(&self) -> usize {
        self.left.len()
    }

    /// A row of counts over the tokens of class `n` for each of its sequences.
    #[must_use]
    pub fn of_class(&self, n: usize) -> &[f32] {
        let width = self.counts.len() / self.sequences();
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.counts[start * width..self.ends[n] * width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_weights_are_the_papers() {
        let classes = Classes::new(&Data::default());
        assert_eq!((classes.vocabulary, classes.inputs), (34, 32));
        let [a, b] = [&classes.all[0], &classes.all[1]];
        assert_eq!(a.tokens, (0..20).collect::<Vec<u32>>());
        assert_eq!(b.tokens, (0..10).chain(20..30).collect::<Vec<u32>>());
        assert!((a.probability[0] - 1.0 / 15.5).abs() < 1e-15, "common: {}", a.probability[0]);
        assert!((a.probability[10] - 0.1 / 15.5).abs() < 1e-15, "first distinct: {}", a.probability[10]);
        assert!((a.probability[19] - 1.0 / 15.5).abs() < 1e-15, "last distinct: {}", a.probability[19]);
        assert_eq!((classes.query_id(1), classes.next_id(1)), (31, 33));
    }

    #[test]
    fn every_token_is_named_after_its_group() {
        let data = Data { common_tokens: 2, common_per_last: 2, distinct_per_next: 2, ..Data::default() };
        let classes = Classes::new(&data);
        let names: Vec<String> = (0..classes.vocabulary).map(|id| classes.name(id)).collect();
        let expected = "c1 c2 c1.1 c1.2 c2.1 c2.2 d1.1 d1.2 d2.1 d2.2 q1 q2 n1 n2";
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn batches_follow_the_classes_probabilities() {
        let settings = ScanSnap::default();
        let classes = Classes::new(&settings.data);
        let mut batch = Batch::new(&classes, &settings);
        let mut totals = [0.0_f64; 20];
        // Products of the counts of the first and last token, and squares of the first.
        let (mut product, mut square) = (0.0_f64, 0.0_f64);
        let mut sequences = 0;
        for step in 0..200 {
            batch.draw(&classes, &settings, 1, step);
            for row in batch.of_class(0).chunks(20) {
                sequences += 1;
                assert_eq!(row.iter().sum::<f32>(), 127.0, "a sequence has 127 contextual tokens");
                totals.iter_mut().zip(row).for_each(|(total, count)| *total += f64::from(*count));
                product += f64::from(row[0] * row[19]);
                square += f64::from(row[0] * row[0]);
            }
        }
        // 25,600 sequences, half of them of this class: standard deviation 80, so 400 is 5 of them.
        assert!((sequences - 12_800_i32).abs() < 400, "{sequences} sequences of class 1");
        let n = f64::from(sequences) * 127.0;
        for (total, p) in totals.iter().zip(&classes.all[0].probability) {
            let sd = (n * p * (1.0 - p)).sqrt();
            assert!((total - n * p).abs() < 5.0 * sd, "{total} draws, expected {} +- {sd}", n * p);
        }
        // Of 127 draws, n (n - 1) p^2 pairs; both means have a standard deviation of at most 0.4 %.
        let [p, q] = [0, 19].map(|i| classes.all[0].probability[i]);
        let each = f64::from(sequences);
        let (product, square) = (product / each, square / each);
        assert!((product / (127.0 * 126.0 * p * q) - 1.0).abs() < 0.02, "counts go together: {product}");
        assert!((square / (127.0 * 126.0 * p * p + 127.0 * p) - 1.0).abs() < 0.02, "counts spread: {square}");
    }
}
