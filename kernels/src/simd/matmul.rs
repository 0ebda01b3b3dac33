//! The matrix products of the transformer over register tiles.

use super::tile::{
    COLUMNS, Eight, Left, ROWS, Start, Target, load_part, pack, pack_turned, store_part, store8, strip, turn_all,
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

/// [`crate::reference::matmul_turned`], as [`matmul`].
pub fn matmul_turned(out: &mut [f32], inp: &[f32], weight: &[f32], shape: MatmulShape, scratch: &mut Scratch) {
    multiply_turned(out, inp, weight, shape, Start::Zero, scratch);
}

/// [`crate::reference::matmul_dinp`]: [`matmul`] by the weight turned on its side.
pub fn matmul_dinp(dinp: &mut [f32], dout: &[f32], weight: &[f32], shape: MatmulShape, scratch: &mut Scratch) {
    multiply_turned(dinp, dout, weight, shape, Start::Add, scratch);
}

fn multiply_turned(
    out: &mut [f32],
    inp: &[f32],
    weight: &[f32],
    shape: MatmulShape,
    start: Start<'_>,
    scratch: &mut Scratch,
) {
    let MatmulShape { n, c, oc } = shape;
    check(out.len() == n * c && inp.len() == n * oc && weight.len() == c * oc, shape);
    let panels = room(&mut scratch.panels, oc * c.next_multiple_of(COLUMNS)).as_chunks_mut().0;
    pack_turned(panels, weight, oc, c, oc, 1.0);
    multiply(out, inp, panels, MatmulShape { n, c: oc, oc: c }, start);
}

/// Rows that [`matmul_dweight`] sums at a time: so many of both operands fit the second cache.
const BLOCK: usize = 128;

/// [`crate::reference::matmul_dweight`], [`BLOCK`] rows at a time: the input is turned on its side and the gradient packed
/// into panels; their product is added to the gradient that is there.
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
    let stride = n.min(BLOCK).next_multiple_of(4);
    let panels = room(&mut scratch.panels, stride * oc.next_multiple_of(COLUMNS)).as_chunks_mut().0;
    let turned = room(&mut scratch.lefts, stride * c);
    for (inp, dout) in inp.chunks(BLOCK * c).zip(dout.chunks(BLOCK * oc)) {
        let rows = inp.len() / c;
        match dbias.as_deref_mut() {
            Some(dbias) => pack_and_add(panels, dbias, dout, rows),
            None => pack(panels, dout, oc, rows, oc),
        }
        turn_all(turned, stride, inp, c);
        for (dweight, turned) in dweight.chunks_mut(ROWS * oc).zip(turned.chunks(ROWS * stride)) {
            let target = Target { rows: dweight.len() / oc, out: dweight, stride: oc, columns: oc };
            strip(target, Left { a: turned, stride, k: rows }, panels, rows, Start::Add);
        }
    }
}

/// [`pack`] of rows as long as `sums`, to which they are added: `sums[j] += sum_i x[i, j]`.
fn pack_and_add(panels: &mut [Eight], sums: &mut [f32], x: &[f32], rows: usize) {
    let columns = sums.len();
    for ((panel, sums), j) in panels.chunks_exact_mut(rows).zip(sums.chunks_mut(COLUMNS)).zip((0..).step_by(COLUMNS)) {
        let mut acc = load_part(sums);
        for (eight, x) in panel.iter_mut().zip(x.chunks_exact(columns)) {
            let [a, b] = load_part(&x[j..j + sums.len()]);
            acc = [acc[0] + a, acc[1] + b];
            store8(eight, [a, b]);
        }
        store_part(sums, acc);
    }
}

#[track_caller]
fn check(fits: bool, shape: MatmulShape) {
    assert!(fits && shape.c > 0 && shape.oc > 0, "buffers against {shape:?}");
}
