//! The matrix products of the transformer over register tiles.

use super::tile::{
    COLUMNS, Eight, Left, ROWS, Start, Target, by_columns, load_part, load8, pack, pack_turned, store_part, strip,
};
use crate::lanes::F32x4;
use crate::shape::room;
use crate::{MatmulShape, Scratch};

/// Fewer rows than this are not worth packing a weight for.
const FEW: usize = ROWS;

/// [`crate::reference::matmul`]: the weight is packed into panels, then each strip of rows meets all of them. A few rows
/// meet the weight as it lies; each sum runs over the same products in the same order.
pub fn matmul(
    out: &mut [f32],
    inp: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    shape: MatmulShape,
    scratch: &mut Scratch,
) {
    let MatmulShape { n, c, oc } = shape;
    check(out.len() == n * oc && inp.len() == n * c && weight.len() == c * oc, shape);
    if n < FEW {
        return matmul_few(out, inp, weight, bias, shape);
    }
    let panels = room(&mut scratch.panels, c * oc.next_multiple_of(COLUMNS)).as_chunks_mut().0;
    pack(panels, weight, oc, c, oc);
    multiply(out, inp, panels, MatmulShape { n, c, oc }, bias.map_or(Start::Zero, Start::Bias));
}

/// `out[i, j] = start + sum_k inp[i, k] panels[k, j]`, strip by strip.
fn multiply(out: &mut [f32], inp: &[f32], panels: &[Eight], shape: MatmulShape, start: Start<'_>) {
    let MatmulShape { c, oc, .. } = shape;
    for (out, inp) in out.chunks_mut(ROWS * oc).zip(inp.chunks(ROWS * c)) {
        let target = Target { rows: out.len() / oc, out, stride: oc, columns: oc };
        strip(target, Left { a: inp, stride: c, k: c }, panels, c, start);
    }
}

fn matmul_few(out: &mut [f32], inp: &[f32], weight: &[f32], bias: Option<&[f32]>, shape: MatmulShape) {
    let MatmulShape { c, oc, .. } = shape;
    for (out, inp) in out.chunks_exact_mut(oc).zip(inp.chunks_exact(c)) {
        match bias {
            Some(bias) => out.copy_from_slice(bias),
            None => out.fill(0.0),
        }
        for (x, row) in inp.iter().zip(weight.chunks_exact(oc)) {
            let (out, out_tail) = out.as_chunks_mut::<4>();
            let (row, row_tail) = row.as_chunks::<4>();
            let lanes = F32x4::splat(*x);
            for (out, w) in out.iter_mut().zip(row) {
                (F32x4::load(out) + lanes * F32x4::load(w)).store(out);
            }
            for (out, w) in out_tail.iter_mut().zip(row_tail) {
                *out += x * w;
            }
        }
    }
}

/// [`crate::reference::matmul_dinp`]: [`matmul`] by the weight turned on its side.
pub fn matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], shape: MatmulShape, scratch: &mut Scratch) {
    let MatmulShape { n, c, oc } = shape;
    check(dinp.len() == n * c && dout.len() == n * oc && weight.len() == c * oc, shape);
    let panels = room(&mut scratch.panels, oc * c.next_multiple_of(COLUMNS)).as_chunks_mut().0;
    pack_turned(panels, weight, oc, c, oc, 1.0);
    multiply(dinp, dout, panels, MatmulShape { n, c: oc, oc: c }, Start::Add);
}

/// Rows that [`matmul_dweight`] sums at a time: a panel of each operand fits the first cache.
const BLOCK: usize = 256;

/// [`crate::reference::matmul_dweight`]: [`BLOCK`] rows at a time are packed, the input into panels of 4 columns and the
/// gradient into panels of 8; each pair of panels makes one tile, added to the gradient that is there.
pub fn matmul_dweight(
    dweight: &mut [f32],
    mut dbias: Option<&mut [f32]>,
    inp: &[f32],
    dout: &[f32],
    shape: MatmulShape,
    scratch: &mut Scratch,
) {
    let MatmulShape { n, c, oc } = shape;
    check(dweight.len() == c * oc && inp.len() == n * c && dout.len() == n * oc, shape);
    let block = n.min(BLOCK);
    let panels = room(&mut scratch.panels, block * oc.next_multiple_of(COLUMNS)).as_chunks_mut().0;
    let lefts = room(&mut scratch.lefts, block * c.next_multiple_of(4)).as_chunks_mut().0;
    for (inp, dout) in inp.chunks(BLOCK * c).zip(dout.chunks(BLOCK * oc)) {
        let rows = inp.len() / c;
        pack(panels, dout, oc, rows, oc);
        pack_fours(lefts, inp, rows, c);
        for (panel, j) in panels.chunks_exact(rows).zip((0..oc).step_by(COLUMNS)) {
            let width = (oc - j).min(COLUMNS);
            if let Some(dbias) = dbias.as_deref_mut() {
                add_rows(&mut dbias[j..j + width], panel);
            }
            for (left, k) in lefts.chunks_exact(rows).zip((0..c).step_by(4)) {
                let mut acc = core::array::from_fn(|i| {
                    if k + i < c { load_part(&dweight[(k + i) * oc + j..][..width]) } else { [F32x4::splat(0.0); 2] }
                });
                by_columns(&mut acc, left, 1, panel);
                for (i, acc) in acc.into_iter().enumerate() {
                    if k + i < c {
                        store_part(&mut dweight[(k + i) * oc + j..][..width], acc);
                    }
                }
            }
        }
    }
}

/// `sums[j] += sum_k panel[k][j]`.
fn add_rows(sums: &mut [f32], panel: &[Eight]) {
    let mut acc = load_part(sums);
    for row in panel {
        let [a, b] = load8(row);
        acc = [acc[0] + a, acc[1] + b];
    }
    store_part(sums, acc);
}

/// `lefts[p][i][l] = x[i, 4 p + l]`, zero beyond the columns.
fn pack_fours(lefts: &mut [[f32; 4]], x: &[f32], rows: usize, columns: usize) {
    for (left, k) in lefts.chunks_exact_mut(rows).zip((0..columns).step_by(4)) {
        for (left, x) in left.iter_mut().zip(x.chunks_exact(columns)) {
            match x[k..].first_chunk() {
                Some(x) => *left = *x,
                None => {
                    *left = [0.0; 4];
                    left[..columns - k].copy_from_slice(&x[k..]);
                }
            }
        }
    }
}

#[track_caller]
fn check(fits: bool, shape: MatmulShape) {
    assert!(fits && shape.c > 0 && shape.oc > 0, "buffers against {shape:?}");
}
