//! Muon (Jordan et al. 2024): a matrix moves along its gradient's momentum with all singular values made one, so that directions
//! which few examples point in are followed as well as those of many.
//!
//! `m = mu m + g`, `u = mu m + g`, `w = (1 - eta lambda) w - eta 0.2 sqrt(max(rows, columns)) O(u)`, where `O` takes five steps of
//! Newton and Schulz, `X = a X + (b A + c A A) X` with `A = X X^T`, from `X = u / |u|`. The factor 0.2 sqrt(...) makes the update about as
//! long as Adam's, so that one learning rate suits both (Liu et al. 2025, Muon is scalable for LLM training, eq. 4).

use crate::kernels::{MatmulShape, Scratch, simd};

/// Steps of Newton and Schulz, and their a, b and c.
const STEPS: usize = 5;
const COEFFICIENTS: [f32; 3] = [3.4445, -4.775, 2.0315];

/// Where a matrix is in a flat buffer: rows of so many numbers, each `stride` after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Its first number.
    pub start: usize,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// From one row to the next.
    pub stride: usize,
}

impl Matrix {
    /// Where its `i`th number is, row by row; column by column if it is tall, as what is worked on is never.
    fn index(self, i: usize) -> usize {
        let (row, column) =
            if self.is_tall() { (i % self.rows, i / self.rows) } else { (i / self.columns, i % self.columns) };
        self.start + row * self.stride + column
    }

    fn is_tall(self) -> bool {
        self.rows > self.columns
    }

    fn len(self) -> usize {
        self.rows * self.columns
    }
}

/// The momenta of some matrices of a flat buffer, and room to work in.
#[derive(Clone, Debug)]
pub struct Muon {
    momentum: f32,
    weight_decay: f32,
    matrices: Vec<Matrix>,
    momenta: Vec<f32>,
    work: Work,
}

#[derive(Clone, Debug, Default)]
struct Work {
    x: Vec<f32>,
    next: Vec<f32>,
    a: Vec<f32>,
    aa: Vec<f32>,
    scratch: Scratch,
}

impl Muon {
    /// At rest.
    #[must_use]
    pub fn new(matrices: Vec<Matrix>, momentum: f32, weight_decay: f32) -> Self {
        let len = matrices.iter().map(|matrix| matrix.len()).sum();
        Self { momentum, weight_decay, matrices, momenta: vec![0.0; len], work: Work::default() }
    }

    /// One step with learning rate `eta`; gradients are multiplied by `scale` first.
    ///
    /// # Panics
    /// When a matrix is not within the buffers.
    pub fn update(&mut self, params: &mut [f32], grads: &[f32], eta: f32, scale: f32) {
        let mut momenta = &mut self.momenta[..];
        for &matrix in &self.matrices {
            let (these, rest) = momenta.split_at_mut(matrix.len());
            momenta = rest;
            self.work.x.clear();
            for (i, m) in these.iter_mut().enumerate() {
                let g = scale * grads[matrix.index(i)];
                *m = self.momentum * *m + g;
                self.work.x.push(self.momentum * *m + g);
            }
            let (short, long) = (matrix.rows.min(matrix.columns), matrix.rows.max(matrix.columns));
            self.work.orthogonalize(short, long);
            let (keep, by) = (1.0 - eta * self.weight_decay, eta * 0.2 * (long as f32).sqrt());
            for (i, o) in self.work.x.iter().enumerate() {
                let w = &mut params[matrix.index(i)];
                *w = keep * *w - by * o;
            }
        }
    }
}

impl Work {
    /// Makes the singular values of `x` (rows, columns) one, or nearly, rows not more than columns; of nothing it stays nothing.
    fn orthogonalize(&mut self, rows: usize, columns: usize) {
        let Self { x, next, a, aa, scratch } = self;
        let scale = (1.0 / (simd::sum_of_squares(x).sqrt() + 1e-12)) as f32;
        x.iter_mut().for_each(|x| *x *= scale);
        next.resize(x.len(), 0.0);
        a.resize(rows * rows, 0.0);
        aa.resize(rows * rows, 0.0);
        let [of_x, of_a, of_aa] = COEFFICIENTS;
        let square = MatmulShape { n: rows, c: rows, oc: rows };
        for _ in 0..STEPS {
            simd::matmul_turned(a, x, x, MatmulShape { n: rows, c: rows, oc: columns }, scratch);
            simd::matmul(aa, a, a, None, square, scratch);
            a.iter_mut().zip(&*aa).for_each(|(a, aa)| *a = of_a * *a + of_aa * aa);
            simd::matmul(next, a, x, None, MatmulShape { n: rows, c: rows, oc: columns }, scratch);
            x.iter_mut().zip(&*next).for_each(|(x, next)| *x = of_x * *x + next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Random};

    fn numbers(len: usize) -> Vec<f32> {
        let mut random = Random::new(3, Purpose::Sample, 1);
        (0..len).map(|_| 2.0 * random.unit() - 1.0).collect()
    }

    fn whole(rows: usize, columns: usize) -> Matrix {
        Matrix { start: 0, rows, columns, stride: columns }
    }

    /// How far a step of rate one moves a matrix of zeros.
    fn moved(matrix: Matrix, grads: &[f32]) -> Vec<f32> {
        let mut params = vec![0.0; grads.len()];
        Muon::new(vec![matrix], 0.9, 0.0).update(&mut params, grads, 1.0, 1.0);
        params
    }

    #[test]
    fn all_singular_values_of_a_step_are_about_one() {
        let (rows, columns) = (6, 9);
        let step = moved(whole(rows, columns), &numbers(rows * columns));
        let unit = 0.2 * (columns as f32).sqrt();
        for i in 0..rows {
            for j in 0..rows {
                let dot: f32 = (0..columns).map(|k| step[i * columns + k] * step[j * columns + k]).sum();
                let expected = if i == j { 1.0 } else { 0.0 };
                // Five steps of that quintic leave them between 0.7 and 1.2.
                assert!((dot / (unit * unit) - expected).abs() < 0.55, "rows {i} and {j}: {dot}");
            }
        }
    }

    #[test]
    fn a_direction_that_few_point_in_is_followed_as_far() {
        let grads = [5.0, 0.0, 0.0, 0.05];
        let step = moved(whole(2, 2), &grads);
        let unit = 0.2 * 2.0_f32.sqrt();
        assert!(step[1].abs() < 1e-6 && step[2].abs() < 1e-6, "{step:?}");
        assert!([step[0], step[3]].iter().all(|x| (-1.3 * unit..-0.6 * unit).contains(x)), "{step:?}");
    }

    #[test]
    fn a_turned_matrix_takes_the_turned_step_and_a_part_the_step_it_would_take_alone() {
        let grads = numbers(15);
        let turned: Vec<f32> = (0..15).map(|i| grads[i % 3 * 5 + i / 3]).collect();
        let (wide, tall) = (moved(whole(3, 5), &grads), moved(whole(5, 3), &turned));
        assert!((0..15).all(|i| tall[i] == wide[i % 3 * 5 + i / 3]), "{tall:?} of {wide:?}");

        let beside: Vec<f32> = grads.chunks(5).flat_map(|row| [&[9.0; 2], row].concat()).collect();
        let part = moved(Matrix { start: 2, rows: 3, columns: 5, stride: 7 }, &beside);
        assert!(part.chunks(7).all(|row| row[..2] == [0.0; 2]), "what is beside it stays");
        assert!(part.chunks(7).flat_map(|row| &row[2..]).eq(&wide));
    }

    #[test]
    fn momentum_goes_on_and_decay_pulls_without_a_gradient() {
        let mut muon = Muon::new(vec![whole(2, 2)], 0.5, 0.1);
        let mut params = [1.0; 4];
        muon.update(&mut params, &[0.0; 4], 0.5, 1.0);
        assert_eq!(params, [0.95; 4], "of nothing only decay");
        muon.update(&mut params, &[1.0, 0.0, 0.0, 1.0], 0.5, 1.0);
        let before = params;
        muon.update(&mut params, &[0.0; 4], 0.5, 1.0);
        assert!(params[0] < 0.95 * before[0] - 0.05, "{params:?} after {before:?}");
    }
}
