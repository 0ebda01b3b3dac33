//! The little linear algebra the lemmas need, over rows of `f64`.

/// a^T b.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// a / ||a||.
pub fn unit(a: &[f64]) -> Vec<f64> {
    let norm = dot(a, a).sqrt();
    a.iter().map(|a| a / norm).collect()
}

/// E' = I - (F^T F)^-1 for the columns f_n of F: the sign the proofs need (docs/papers.md 1.3).
pub fn correction(f: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let overlaps = f.iter().map(|a| f.iter().map(|b| dot(a, b)).collect()).collect();
    let mut inverse = inverse(overlaps);
    for (n, row) in inverse.iter_mut().enumerate() {
        row.iter_mut().for_each(|entry| *entry = -*entry);
        row[n] += 1.0;
    }
    inverse
}

/// Gauss-Jordan on a symmetric positive definite matrix, which needs no pivots.
fn inverse(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let size = a.len();
    for (i, row) in a.iter_mut().enumerate() {
        row.extend((0..size).map(|j| f64::from(u8::from(i == j))));
    }
    for pivot in 0..size {
        let scale = a[pivot][pivot];
        a[pivot].iter_mut().for_each(|entry| *entry /= scale);
        let by = a[pivot].clone();
        for (_, row) in a.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
            let factor = row[pivot];
            row.iter_mut().zip(&by).for_each(|(entry, by)| *entry -= factor * by);
        }
    }
    a.into_iter().map(|row| row[size..].to_vec()).collect()
}
