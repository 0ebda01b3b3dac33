//! The innermost loops of every matrix product: tiles of a few rows by 8 columns, summed in registers.
//!
//! The plain form is `acc[i, j] += sum_k a[i, k] b[k, j]`, k ascending. The right operand comes packed in *panels*: for
//! 8 columns, row after row, so that it is read straight through; the left operand is read as it lies.
//!
//! Departures, each measured in Chromium (docs/measured.md):
//! - A tile is 5 x 8, or 4 x 8 where the left operand is read by columns: 10 accumulators of four lanes, 2 lanes of b,
//!   an a in every lane and a product are 14 registers, and V8 has 15 of the machine's 16.
//! - Eight steps of k go by in one turn of the loop. Between them stands a way out that is never taken: without it the
//!   compiler sees one long block, sums accumulator after accumulator, and has to keep all it loaded on the stack.
//! - Addresses stay as they are written: `.cargo/config.toml` turns off the pass that would rewrite them.

use crate::lanes::F32x4;

/// Columns of a panel.
pub const COLUMNS: usize = 8;

/// Rows of a tile whose left operand is read by rows.
pub const ROWS: usize = 5;

/// Steps of k in one turn of the loop.
const TURN: usize = 8;

/// A row of a panel.
pub type Eight = [f32; COLUMNS];

/// Accumulators of M rows.
pub type Tile<const M: usize> = [[F32x4; 2]; M];

#[inline(always)]
pub fn load8(x: &Eight) -> [F32x4; 2] {
    let x = x.as_chunks::<4>().0;
    [F32x4::load(&x[0]), F32x4::load(&x[1])]
}

#[inline(always)]
pub fn store8(x: &mut Eight, value: [F32x4; 2]) {
    let x = x.as_chunks_mut::<4>().0;
    value[0].store(&mut x[0]);
    value[1].store(&mut x[1]);
}

#[inline(always)]
fn step<const M: usize>(acc: &mut Tile<M>, a: [f32; M], b: &Eight) {
    let [b0, b1] = load8(b);
    for (acc, a) in acc.iter_mut().zip(a) {
        let a = F32x4::splat(a);
        *acc = [acc[0] + a * b0, acc[1] + a * b1];
    }
}

/// `acc[i, j] += sum_k rows[i][k] panel[k][j]`.
#[inline(always)]
pub fn by_rows<const M: usize>(acc: &mut Tile<M>, rows: [&[f32]; M], panel: &[Eight]) {
    let (turns, last) = panel.as_chunks::<TURN>();
    let parts = rows.map(|row| &row.as_chunks::<TURN>().0[..turns.len()]);
    let mut left = panel.len();
    macro_rules! steps {
        ($k:ident, $b:ident: $($u:literal)*) => {
            $(
                if left == $u {
                    break;
                }
                step(acc, parts.map(|row| row[$k][$u]), &$b[$u]);
            )*
        };
    }
    for (k, b) in turns.iter().enumerate() {
        steps!(k, b: 0 1 2 3 4 5 6 7);
        left -= TURN;
    }
    let done = panel.len() - last.len();
    let rest = rows.map(|row| &row[done..][..last.len()]);
    for (k, b) in last.iter().enumerate() {
        step(acc, rest.map(|row| row[k]), b);
    }
}

/// `acc[i, j] += sum_k columns[k * stride][i] panel[k][j]`. Step by step: V8 makes turns of these by itself.
#[inline(always)]
pub fn by_columns(acc: &mut Tile<4>, columns: &[[f32; 4]], stride: usize, panel: &[Eight]) {
    for (a, b) in columns.chunks(stride).zip(panel) {
        step(acc, a[0], b);
    }
}

/// What a product starts from.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// Nothing: what is there is overwritten.
    Zero,
    /// A row of numbers, the same for all rows: overwrites.
    Bias(&'a [f32]),
    /// What is there.
    Add,
}

/// Where a strip of at most [`ROWS`] rows goes.
pub struct Target<'a> {
    /// From the strip's first number on.
    pub out: &'a mut [f32],
    /// From row to row.
    pub stride: usize,
    /// Rows, 1 to [`ROWS`].
    pub rows: usize,
    /// Columns; what panels hold beyond is dropped.
    pub columns: usize,
}

/// The left operand of a strip: `k` numbers in each row, `stride` from row to row.
#[derive(Clone, Copy)]
pub struct Left<'a> {
    pub a: &'a [f32],
    pub stride: usize,
    pub k: usize,
}

/// One strip of a product, panel after panel; `panel_rows` are held in each, the first `k` of them are used.
pub fn strip(target: Target<'_>, left: Left<'_>, panels: &[Eight], panel_rows: usize, start: Start<'_>) {
    let Target { out, stride, rows, columns } = target;
    // Rows that are not there are computed once more from the last and not stored.
    let left_rows = core::array::from_fn(|i| &left.a[i.min(rows - 1) * left.stride..][..left.k]);
    for (panel, j) in panels.chunks_exact(panel_rows).zip((0..columns).step_by(COLUMNS)) {
        let width = (columns - j).min(COLUMNS);
        let mut acc = [[F32x4::splat(0.0); 2]; ROWS];
        match start {
            Start::Zero => {}
            Start::Bias(bias) => acc = [load_part(&bias[j..j + width]); ROWS],
            Start::Add => {
                for (i, acc) in acc.iter_mut().enumerate() {
                    if i < rows {
                        *acc = load_part(&out[i * stride + j..][..width]);
                    }
                }
            }
        }
        by_rows(&mut acc, left_rows, &panel[..left.k]);
        for (i, acc) in acc.into_iter().enumerate() {
            if i < rows {
                store_part(&mut out[i * stride + j..][..width], acc);
            }
        }
    }
}

/// Up to 8 numbers, zeros after them.
#[inline(always)]
pub fn load_part(x: &[f32]) -> [F32x4; 2] {
    if let Ok(x) = x.try_into() {
        return load8(x);
    }
    let mut all = [0.0; COLUMNS];
    all[..x.len()].copy_from_slice(x);
    load8(&all)
}

/// The first of 8 numbers, as many as there is room for.
#[inline(always)]
pub fn store_part(x: &mut [f32], value: [F32x4; 2]) {
    if let Ok(x) = (&mut *x).try_into() {
        return store8(x, value);
    }
    let mut all = [0.0; COLUMNS];
    store8(&mut all, value);
    x.copy_from_slice(&all[..x.len()]);
}

/// Packs rows into panels: `panels[p][k][j] = x[k, 8 p + j]`, zero beyond the columns.
///
/// Shapes: x has `rows` rows of `columns` numbers, `stride` apart.
pub fn pack(panels: &mut [Eight], x: &[f32], stride: usize, rows: usize, columns: usize) {
    for (panel, j) in panels.chunks_exact_mut(rows).zip((0..columns).step_by(COLUMNS)) {
        let width = (columns - j).min(COLUMNS);
        for (k, eight) in panel.iter_mut().enumerate() {
            store8(eight, load_part(&x[k * stride + j..][..width]));
        }
    }
}

/// Packs rows turned on their side, each number times `scale`: `panels[p][k][j] = scale x[8 p + j, k]`, zero beyond the
/// rows.
///
/// Shapes: x has `rows` rows of `columns` numbers, `stride` apart; each panel has `columns` rows.
pub fn pack_turned(panels: &mut [Eight], x: &[f32], stride: usize, rows: usize, columns: usize, scale: f32) {
    for (panel, i) in panels.chunks_exact_mut(columns).zip((0..rows).step_by(COLUMNS)) {
        for half in [0, 4] {
            let row = |j: usize| {
                let i = i + half + j;
                if i < rows { &x[i * stride..][..columns] } else { &[][..] }
            };
            turn([row(0), row(1), row(2), row(3)], columns, |k, turned| {
                if let Some(part) = panel[k].as_chunks_mut::<4>().0.get_mut(half / 4) {
                    (turned * F32x4::splat(scale)).store(part);
                }
            });
        }
    }
}

/// Turns a matrix on its side: `out[k, i] = x[i, k]`.
///
/// Shapes: x has rows of `columns` numbers without gaps, out rows `stride` apart, a multiple of 4 and at least the rows
/// of x.
pub fn turn_all(out: &mut [f32], stride: usize, x: &[f32], columns: usize) {
    for (x, i) in x.chunks(4 * columns).zip((0..).step_by(4)) {
        let row = |j: usize| x.get(j * columns..).map_or(&[][..], |x| &x[..columns.min(x.len())]);
        turn([row(0), row(1), row(2), row(3)], columns, |k, turned| {
            if let Some(out) = out[k * stride + i..].first_chunk_mut() {
                turned.store(out);
            }
        });
    }
}

/// Hands out the columns of four rows, one after the other; a row may be empty, which is zeros.
#[inline(always)]
fn turn(rows: [&[f32]; 4], columns: usize, mut take: impl FnMut(usize, F32x4)) {
    let mut k = 0;
    if rows.iter().all(|row| row.len() == columns) {
        let fours = rows.map(|row| row.as_chunks::<4>().0);
        for at in 0..columns / 4 {
            let turned = F32x4::transpose(fours.map(|row| F32x4::load(&row[at])));
            for turned in turned {
                take(k, turned);
                k += 1;
            }
        }
    }
    while k < columns {
        take(k, F32x4::load(&rows.map(|row| row.get(k).copied().unwrap_or(0.0))));
        k += 1;
    }
}
