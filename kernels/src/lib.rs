//! The arithmetic everything rests on: flat `f32` buffers in, flat buffers out, the same bits on every platform.
//!
//! [`reference`] says plainly what each kernel computes and is never optimised; [`simd`] is what runs, written once
//! over the four lanes of [`lanes`]; [`TABLE`] lists both for the tests and the bench. No multiply-add is ever fused
//! and every sum has one fixed order, so native, Chromium and Firefox agree bit for bit.
//!
//! Glossary, here and in the labs: `n` rows (samples), `s` tokens of a class's support, `m` columns, padded to a
//! multiple of [`WIDTH`]; `inp`, `out`, `weight`; gradients carry a `d`: `dout`, `dinp`, `dweight`. Forward
//! kernels overwrite their output; `dweight` is added to, everything else is overwritten.

pub mod lanes;
pub mod reference;
pub mod simd;

/// Row lengths of matrices are padded with zeros to a multiple of this.
pub const WIDTH: usize = 8;

/// `size` rounded up to a whole number of [`WIDTH`]s.
#[must_use]
pub fn padded(size: usize) -> usize {
    size.next_multiple_of(WIDTH)
}

/// `(out, inp, weight, rows, m)`, see [`reference::gather_matmul`] and its backward forms.
pub type GatherMatmul = fn(&mut [f32], &[f32], &[f32], &[u32], usize);

/// `(w, v, g, eta, mu)`, see [`reference::sgd`].
pub type Sgd = fn(&mut [f32], &mut [f32], &[f32], f32, f32);

/// `(w, m, v, g, eta, t)`, see [`reference::adam`].
pub type Adam = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], f32, u64);

/// One implementation of every kernel, for tests and benches that treat all alike.
#[derive(Clone, Copy)]
pub struct Kernels {
    /// Name in messages and tables.
    pub name: &'static str,
    /// See [`reference::exp`].
    pub exp: fn(&mut [f32]),
    /// See [`reference::softmax`].
    pub softmax: fn(&mut [f32]) -> (f32, f32),
    /// See [`reference::gather_matmul`].
    pub gather_matmul: GatherMatmul,
    /// See [`reference::gather_matmul_dinp`].
    pub gather_matmul_dinp: GatherMatmul,
    /// See [`reference::gather_matmul_dweight`].
    pub gather_matmul_dweight: GatherMatmul,
    /// See [`reference::sgd`].
    pub sgd: Sgd,
    /// See [`reference::adam`].
    pub adam: Adam,
}

/// Every implementation; the first is the oracle, the last is what runs.
pub const TABLE: [Kernels; 2] = [
    Kernels {
        name: "reference",
        exp: reference::exp,
        softmax: reference::softmax,
        gather_matmul: reference::gather_matmul,
        gather_matmul_dinp: reference::gather_matmul_dinp,
        gather_matmul_dweight: reference::gather_matmul_dweight,
        sgd: reference::sgd,
        adam: reference::adam,
    },
    Kernels {
        name: lanes::NAME,
        exp: simd::exp,
        softmax: simd::softmax,
        gather_matmul: simd::gather_matmul,
        gather_matmul_dinp: simd::gather_matmul_dinp,
        gather_matmul_dweight: simd::gather_matmul_dweight,
        sgd: simd::sgd,
        adam: simd::adam,
    },
];
