//! Row 1a: Lemma 1 (docs/papers.md 1.1), the objective J of one sequence and its gradient as the paper writes it, with full
//! M x M matrices in `f64`; and the engine's gradient against it.

use super::close;
use super::matrix::{dot, unit};
use snapscope::experiment::scan_snap::ScanSnap;
use snapscope::labs::scan_snap::data::{Batch, Classes};
use snapscope::labs::scan_snap::model::{Model, Pass as Found, Shape};
use snapscope::random::{Purpose, Random};

/// One sequence, or a whole class in the limit T -> infinity, for all the model knows of it: how often each token
/// stands among the contextual ones, its query m and its next token n.
struct Sequence {
    /// Count, or probability, of each token of the vocabulary.
    counts: Vec<f64>,
    /// m.
    query: usize,
    /// n.
    next: usize,
}

/// What a pass over one sequence makes: b summed over equal tokens (X^T b), f and alpha.
struct Pass {
    attention: Vec<f64>,
    f: Vec<f64>,
    alpha: Vec<f64>,
    /// Y^T f.
    logits: Vec<f64>,
}

impl Sequence {
    fn pass(&self, y: &[Vec<f64>], z: &[Vec<f64>]) -> Pass {
        let softmax = |weights: Vec<f64>| {
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(|weight| weight / sum).collect::<Vec<f64>>()
        };
        let counted = self.counts.iter().zip(&z[self.query]);
        let attention = softmax(counted.map(|(count, z)| count * libm::exp(*z)).collect());
        let f = unit(&attention);
        let logits: Vec<f64> = (0..f.len()).map(|j| (0..f.len()).map(|l| y[l][j] * f[l]).sum()).collect();
        let alpha = softmax(logits.iter().map(|logit| libm::exp(*logit)).collect());
        Pass { attention, f, alpha, logits }
    }

    /// J = e_n^T Y^T f - ln 1^T exp(Y^T f).
    fn objective(&self, y: &[Vec<f64>], z: &[Vec<f64>]) -> f64 {
        let Pass { logits, .. } = self.pass(y, z);
        logits[self.next] - libm::log(logits.iter().map(|logit| libm::exp(*logit)).sum())
    }

    /// `dJ/dY = f (e_n - alpha)^T` and row m of `dJ/dZ`, `X^T diag(b) X (P_u / ||u||) Y (e_n - alpha)` with
    /// `P_u = I - u u^T / ||u||^2`; all other rows are zero.
    fn lemma_1(&self, y: &[Vec<f64>], z: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let Pass { attention, f, alpha, .. } = self.pass(y, z);
        let error: Vec<f64> =
            alpha.iter().enumerate().map(|(j, alpha)| f64::from(u8::from(j == self.next)) - alpha).collect();
        let dy = f.iter().map(|f| error.iter().map(|error| f * error).collect()).collect();
        let g: Vec<f64> = y.iter().map(|row| dot(row, &error)).collect();
        let norm = dot(&attention, &attention).sqrt();
        let along = dot(&f, &g);
        let pulled: Vec<f64> = g.iter().zip(&f).map(|(g, f)| (g - f * along) / norm).collect();
        // X^T diag(b) X as it acts on P_u g / ||u||: what is left of diag(b) once sum_t b_t = 1 is held by the softmax
        // is b_l (v_l - b^T v), and b^T P_u = 0 as u = b here.
        let mut dz = vec![vec![0.0; f.len()]; f.len()];
        dz[self.query] = attention.iter().zip(&pulled).map(|(b, pulled)| b * pulled).collect();
        (dy, dz)
    }
}

fn matrix(size: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = Random::new(seed, Purpose::Init, 0);
    (0..size).map(|_| (0..size).map(|_| 2.0 * f64::from(random.unit()) - 1.0).collect()).collect()
}

#[test]
fn row_1a_lemma_1_is_the_derivative_of_the_objective_and_its_rows_sum_to_zero() {
    const STEP: f64 = 1e-5;
    let mut random = Random::new(21, Purpose::Sample, 0);
    for trial in 0..5 {
        let (y, z) = (matrix(9, 2 * trial), matrix(9, 2 * trial + 1));
        let counts = (0..9).map(|_| f64::from(random.below(4))).collect::<Vec<f64>>();
        let sequence = Sequence { counts, query: trial as usize, next: 8 - trial as usize };
        let (dy, dz) = sequence.lemma_1(&y, &z);
        for (row, column) in (0..9).flat_map(|row| (0..9).map(move |column| (row, column))) {
            // Central differences are off by STEP^2 / 6 times a third derivative of order 1.
            let slope = |moves_y: bool| {
                let at = |step: f64| {
                    let (mut y, mut z) = (y.clone(), z.clone());
                    let moved = if moves_y { &mut y } else { &mut z };
                    moved[row][column] += step;
                    sequence.objective(&y, &z)
                };
                (at(STEP) - at(-STEP)) / (2.0 * STEP)
            };
            close(slope(true), dy[row][column], 1e-7);
            close(slope(false), dz[row][column], 1e-7);
        }
        dy.iter().chain(&dz).for_each(|row| close(row.iter().sum(), 0.0, 1e-12));
        assert!(dz[sequence.query].iter().any(|entry| entry.abs() > 1e-3), "row m of Z moves");
    }
}

/// Y and Z of a trained shape as full matrices: what the engine leaves out as always zero is put back.
fn full(shape: &Shape, classes: &Classes, params: &[f32]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let size = classes.vocabulary;
    let (mut y, mut z) = (vec![vec![0.0; size]; size], vec![vec![0.0; size]; size]);
    for (input, row) in y.iter_mut().enumerate().take(shape.inputs) {
        row.iter_mut().zip(shape.y_row(params, input)).for_each(|(to, from)| *to = f64::from(*from));
    }
    for query in 0..shape.queries {
        let row = &mut z[classes.query_id(query)];
        row.iter_mut().zip(shape.z_row(params, query)).for_each(|(to, from)| *to = f64::from(*from));
    }
    (y, z)
}

#[test]
fn row_1a_the_engine_descends_along_lemma_1_in_a_batch_and_in_the_limit() {
    let mut settings = ScanSnap::default();
    settings.data.last_tokens = 3;
    settings.data.next_per_last = 2;
    settings.data.common_per_last = 2;
    settings.training.batch_size = 7;
    let classes = Classes::new(&settings.data);
    let mut model = Model::new(&classes, &settings);
    let params: Vec<f32> = model.shape().uniform(5).into_iter().map(|entry| 4.0 * entry).collect();
    let (y, z) = full(model.shape(), &classes, &params);
    let mut batch = Batch::new(&classes, &settings);
    batch.draw(&classes, &settings, 5, 0);
    let of_class = |n: usize, counts: &mut dyn Iterator<Item = f64>| {
        let class = &classes.all[n];
        let mut all = vec![0.0; classes.vocabulary];
        class.tokens.iter().zip(counts).for_each(|(token, count)| all[*token as usize] = count);
        Sequence { counts: all, query: classes.query_id(class.query), next: classes.next_id(n) }
    };
    for batch in [Some(&batch), None] {
        let sequences: Vec<Sequence> = (0..classes.all.len())
            .flat_map(|n| {
                let class = &classes.all[n];
                let rows = batch.map(|batch| {
                    let rows = batch.of_class(n).chunks(class.tokens.len());
                    rows.map(|row| of_class(n, &mut row.iter().map(|count| f64::from(*count)))).collect()
                });
                rows.unwrap_or_else(|| vec![of_class(n, &mut class.probability.iter().copied())])
            })
            .collect();
        let (mut grads, mut found) = (vec![0.0; params.len()], Found::default());
        model.pass(&classes, &params, batch, &mut grads, &mut found);
        let (got_y, got_z) = full(model.shape(), &classes, &grads);
        let mean = |of: &dyn Fn(&Sequence) -> f64| sequences.iter().map(of).sum::<f64>() / sequences.len() as f64;
        close(found.loss, -mean(&|sequence| sequence.objective(&y, &z)), 1e-6);
        let lemma: Vec<_> = sequences.iter().map(|sequence| sequence.lemma_1(&y, &z)).collect();
        for (row, column) in (0..classes.vocabulary).flat_map(|row| (0..classes.vocabulary).map(move |c| (row, c))) {
            let mean = |of: &dyn Fn(usize) -> f64| (0..lemma.len()).map(of).sum::<f64>() / lemma.len() as f64;
            // Sums of some dozens of f32 products of order 1.
            close(got_y[row][column], -mean(&|i| lemma[i].0[row][column]), 1e-6);
            close(got_z[row][column], -mean(&|i| lemma[i].1[row][column]), 1e-6);
        }
    }
}
