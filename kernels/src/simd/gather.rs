//! Products over gathered rows: each walks the matrix in tiles of four rows held in registers, and a last tile of fewer.

use crate::lanes::F32x4;

/// Runs `$tile::<N>` over `$rows` rows, four at a time, then what is left in one tile; `$at` is the tile's first row.
macro_rules! in_tiles {
    ($rows:expr, |$at:ident| $tile:ident($($argument:expr),*)) => {{
        let rows: usize = $rows;
        let mut $at = 0;
        while $at + 4 <= rows {
            $tile::<4>($($argument),*);
            $at += 4;
        }
        match rows - $at {
            3 => $tile::<3>($($argument),*),
            2 => $tile::<2>($($argument),*),
            1 => $tile::<1>($($argument),*),
            _ => {}
        }
    }};
}

/// [`crate::reference::gather_matmul`] in tiles of 4 rows by 8 columns held in registers: each weight loaded serves
/// all rows of the tile.
pub fn gather_matmul(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    in_tiles!(out.len() / m, |at| matmul_tile(&mut out[at * m..], &inp[at * s..], weight, rows, m));
}

fn matmul_tile<const N: usize>(out: &mut [f32], inp: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let (s, eights) = (rows.len(), m / 8);
    // As slices of one known length, so that no place in them needs a check.
    let inp: [&[f32]; N] = core::array::from_fn(|i| &inp[i * s..][..s]);
    let (weight, out) = (weight.as_chunks::<8>().0, out.as_chunks_mut::<8>().0);
    for j in 0..eights {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for k in 0..s {
            let [a, b] = load(&weight[rows[k] as usize * eights + j]);
            for (acc, inp) in acc.iter_mut().zip(&inp) {
                let x = F32x4::splat(inp[k]);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (i, acc) in acc.into_iter().enumerate() {
            store(&mut out[i * eights + j], acc);
        }
    }
}

/// [`crate::reference::gather_matmul_dinp`]: the dot products of a tile share each load of a weight; a sum runs in two
/// times four lanes, then across them.
pub fn gather_matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let s = rows.len();
    in_tiles!(dout.len() / m, |at| dinp_tile(&mut dinp[at * s..], &dout[at * m..], weight, rows, m));
}

fn dinp_tile<const N: usize>(dinp: &mut [f32], dout: &[f32], weight: &[f32], rows: &[u32], m: usize) {
    let (s, eights) = (rows.len(), m / 8);
    let dout: [&[[f32; 8]]; N] = core::array::from_fn(|i| &dout[i * m..][..m].as_chunks().0[..eights]);
    for (k, &row) in rows.iter().enumerate() {
        let weight = &weight[row as usize * m..][..m].as_chunks::<8>().0[..eights];
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for j in 0..eights {
            let [a, b] = load(&weight[j]);
            for (acc, dout) in acc.iter_mut().zip(&dout) {
                let [x, y] = load(&dout[j]);
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
    in_tiles!(rows.len(), |at| dweight_tile(dweight, inp, dout, rows, m, at));
}

fn dweight_tile<const N: usize>(dweight: &mut [f32], inp: &[f32], dout: &[f32], rows: &[u32], m: usize, first: usize) {
    let (s, eights) = (rows.len(), m / 8);
    let dweight = dweight.as_chunks_mut::<8>().0;
    for j in 0..eights {
        let mut acc = [[F32x4::splat(0.0); 2]; N];
        for (inp, dout) in inp.chunks_exact(s).zip(dout.as_chunks::<8>().0.chunks_exact(eights)) {
            let [a, b] = load(&dout[j]);
            for (x, acc) in inp[first..first + N].iter().zip(&mut acc) {
                let x = F32x4::splat(*x);
                *acc = [acc[0] + x * a, acc[1] + x * b];
            }
        }
        for (row, acc) in rows[first..first + N].iter().zip(acc) {
            let dweight = &mut dweight[*row as usize * eights + j];
            let [a, b] = load(dweight);
            store(dweight, [a + acc[0], b + acc[1]]);
        }
    }
}

#[inline(always)]
fn load(x: &[f32; 8]) -> [F32x4; 2] {
    let [a, b] = x.as_chunks::<4>().0 else { unreachable!("eight are two fours") };
    [F32x4::load(a), F32x4::load(b)]
}

#[inline(always)]
fn store(x: &mut [f32; 8], value: [F32x4; 2]) {
    let [a, b] = x.as_chunks_mut::<4>().0 else { unreachable!("eight are two fours") };
    value[0].store(a);
    value[1].store(b);
}
