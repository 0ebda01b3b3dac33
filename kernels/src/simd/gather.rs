//! Products with rows picked out of a weight, for the one-layer lab.

use crate::lanes::F32x4;

/// [`crate::reference::gather_matmul`] in tiles of 4 rows by 8 columns held in registers: each weight loaded serves
/// all rows of the tile.
pub fn gather_matmul(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    for (out, inp) in out.chunks_mut(4 * m).zip(inp.chunks(4 * rows.len())) {
        if out.len() == 4 * m {
            matmul_tile::<4>(out, inp, weight, rows, m);
        } else {
            for (out, inp) in out.chunks_mut(m).zip(inp.chunks(rows.len())) {
                matmul_tile::<1>(out, inp, weight, rows, m);
            }
        }
    }
}

#[inline(always)]
fn matmul_tile<const N: usize>(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for j in (0..m).step_by(8) {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for (k, &row) in rows.iter().enumerate() {
            let [a, b] = load8(weight, row as usize * m + j);
            for (i, acc) in acc.iter_mut().enumerate() {
                let x = F32x4::splat(inp[i * s + k]);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (i, acc) in acc.into_iter().enumerate() {
            store8(out, i * m + j, acc);
        }
    }
}

/// [`crate::reference::gather_matmul_dinp`]: four dot products at once share each load of a weight; a sum runs in two
/// times four lanes, then across them.
pub fn gather_matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    for (dinp, dout) in dinp.chunks_mut(4 * rows.len()).zip(dout.chunks(4 * m)) {
        if dout.len() == 4 * m {
            dinp_tile::<4>(dinp, dout, weight, rows, m);
        } else {
            for (dinp, dout) in dinp.chunks_mut(rows.len()).zip(dout.chunks(m)) {
                dinp_tile::<1>(dinp, dout, weight, rows, m);
            }
        }
    }
}

#[inline(always)]
fn dinp_tile<const N: usize>(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    for (k, &row) in rows.iter().enumerate() {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for j in (0..m).step_by(8) {
            let [a, b] = load8(weight, row as usize * m + j);
            for (i, acc) in acc.iter_mut().enumerate() {
                let [x, y] = load8(dout, i * m + j);
                *acc = [acc[0] + x * a, acc[1] + y * b];
            }
        }
        for (i, [a, b]) in acc.into_iter().enumerate() {
            dinp[i * s + k] = (a + b).sum();
        }
    }
}

/// [`crate::reference::gather_matmul_dweight`]: like [`gather_matmul`] with the input turned on its side, four
/// weight rows at a time.
pub fn gather_matmul_dweight(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize) {
    let mut k = 0;
    while k + 4 <= rows.len() {
        dweight_tile::<4>(dweight, inp, dout, rows, m, k);
        k += 4;
    }
    while k < rows.len() {
        dweight_tile::<1>(dweight, inp, dout, rows, m, k);
        k += 1;
    }
}

#[inline(always)]
fn dweight_tile<const N: usize>(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize, first: usize) {
    let s = rows.len();
    for j in (0..m).step_by(8) {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for (inp, dout) in inp.chunks_exact(s).zip(dout.chunks_exact(m)) {
            let [a, b] = load8(dout, j);
            for (x, acc) in inp[first..first + N].iter().zip(&mut acc) {
                let x = F32x4::splat(*x);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (row, acc) in rows[first..first + N].iter().zip(acc) {
            let at = *row as usize * m + j;
            let [a, b] = load8(dweight, at);
            store8(dweight, at, [a + acc[0], b + acc[1]]);
        }
    }
}

#[inline(always)]
fn load8(x: &[f32], at: usize) -> [F32x4; 2] {
    let x = x[at..at + 8].as_chunks::<4>().0;
    [F32x4::load(&x[0]), F32x4::load(&x[1])]
}

#[inline(always)]
fn store8(x: &mut [f32], at: usize, value: [F32x4; 2]) {
    let x = x[at..at + 8].as_chunks_mut::<4>().0;
    value[0].store(&mut x[0]);
    value[1].store(&mut x[1]);
}
