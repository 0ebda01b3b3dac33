//! The arithmetic everything rests on: flat `f32` buffers in, flat buffers out, the same bits on every platform.
//!
//! [`reference`] says plainly what each kernel computes and is never optimised; [`simd`] is what runs, written once
//! over the four lanes of [`lanes`]; [`TABLE`] lists both for the tests and the bench. No multiply-add is ever fused
//! and every sum has one fixed order, so native, Chromium and Firefox agree bit for bit.
//!
//! Glossary, here, in the labs and in the transformer: `n` rows (samples), `s` tokens of a class's support, `m` columns,
//! padded to a multiple of [`WIDTH`]; `b` sequences, `t` positions, `c` columns, `oc` output columns, `nh` heads, `hs`
//! columns of a head, `v` vocabulary; `inp`, `out`, `weight`, `bias`; gradients carry a `d`: `dout`, `dinp`, `dweight`.
//! Forward kernels overwrite their output. Backward kernels add; of the `gather_` ones only `dweight` does.

mod alias;
pub mod lanes;
mod multinomial;
pub mod peak;
pub mod reference;
mod shape;
pub mod simd;

pub use alias::{Alias, DRAW_BITS};
pub use multinomial::Multinomial;
pub use shape::{AdamStep, AttentionShape, Mask, MatmulShape, Scratch};

/// Row lengths of matrices are padded with zeros to a multiple of this.
pub const WIDTH: usize = 8;

/// `size` rounded up to a whole number of [`WIDTH`]s.
#[must_use]
pub fn padded(size: usize) -> usize {
    size.next_multiple_of(WIDTH)
}

/// `(out, inp, weight, rows, m)`, see [`reference::gather_matmul`] and its backward forms.
pub type GatherMatmul = fn(&mut [f32], &[f32], &[f32], &[u32], usize);

/// `(w, v, g, eta, mu, scale)`, see [`reference::sgd`].
pub type Sgd = fn(&mut [f32], &mut [f32], &[f32], f32, f32, f32);

/// `(w, m, v, g, eta, t)`, see [`reference::adam`].
pub type Adam = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], f32, u64);

/// `(words, key, block, stream)`, see [`reference::chacha8`].
pub type ChaCha8 = fn(&mut [u32; 64], &[u32; 8], u64, u64);

/// `(w, m, v, g, step)`, see [`reference::adamw`].
pub type AdamW = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], AdamStep);

/// `(out, inp, weight, bias, shape, scratch)`, see [`reference::matmul`].
pub type Matmul = fn(&mut [f32], &[f32], &[f32], Option<&[f32]>, MatmulShape, &mut Scratch);

/// `(dinp, dout, weight, shape, scratch)`, see [`reference::matmul_dinp`] and [`reference::matmul_turned`].
pub type MatmulDinp = fn(&mut [f32], &[f32], &[f32], MatmulShape, &mut Scratch);

/// `(dweight, dbias, inp, dout, shape, scratch)`, see [`reference::matmul_dweight`].
pub type MatmulDweight = fn(&mut [f32], Option<&mut [f32]>, &[f32], &[f32], MatmulShape, &mut Scratch);

/// `(out, mean, rstd, inp, weight, bias, c)`, see [`reference::layernorm`].
pub type LayerNorm = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], &[f32], &[f32], usize);

/// `(dinp, dweight, dbias, dout, inp, weight, mean, rstd, c)`, see [`reference::layernorm_backward`].
pub type LayerNormBackward = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], &[f32], &[f32], &[f32], &[f32], usize);

/// `(out, lse, qkv, shape, dropout, scratch)`, see [`reference::attention`].
pub type Attention = fn(&mut [f32], &mut [f32], &[f32], AttentionShape, Option<&[f32]>, &mut Scratch);

/// `(dqkv, dout, qkv, out, lse, shape, dropout, scratch)`, see [`reference::attention_backward`].
pub type AttentionBackward =
    fn(&mut [f32], &[f32], &[f32], &[f32], &[f32], AttentionShape, Option<&[f32]>, &mut Scratch);

/// `(weights, qkv, lse, shape, b_idx)`, see [`reference::attention_weights`].
pub type AttentionWeights = fn(&mut [f32], &[f32], &[f32], AttentionShape, usize);

/// `(out, qkv, shape, scratch)`, see [`reference::attention_last`].
pub type AttentionLast = fn(&mut [f32], &[f32], AttentionShape, &mut Scratch);

/// `(losses, logits, targets, weights, v)`, see [`reference::cross_entropy`].
pub type CrossEntropy = fn(&mut [f32], &mut [f32], &[u32], &[f32], usize);

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
    /// See [`reference::adamw`].
    pub adamw: AdamW,
    /// See [`reference::sum_of_squares`].
    pub sum_of_squares: fn(&[f32]) -> f64,
    /// See [`reference::matmul`].
    pub matmul: Matmul,
    /// See [`reference::matmul_dinp`].
    pub matmul_dinp: MatmulDinp,
    /// See [`reference::matmul_turned`].
    pub matmul_turned: MatmulDinp,
    /// See [`reference::matmul_dweight`].
    pub matmul_dweight: MatmulDweight,
    /// See [`reference::layernorm`].
    pub layernorm: LayerNorm,
    /// See [`reference::layernorm_backward`].
    pub layernorm_backward: LayerNormBackward,
    /// See [`reference::attention`].
    pub attention: Attention,
    /// See [`reference::attention_backward`].
    pub attention_backward: AttentionBackward,
    /// See [`reference::attention_weights`].
    pub attention_weights: AttentionWeights,
    /// See [`reference::attention_last`].
    pub attention_last: AttentionLast,
    /// See [`reference::gelu`].
    pub gelu: fn(&mut [f32], &[f32]),
    /// See [`reference::gelu_backward`].
    pub gelu_backward: fn(&mut [f32], &[f32], &[f32]),
    /// See [`reference::relu`].
    pub relu: fn(&mut [f32], &[f32]),
    /// See [`reference::relu_backward`].
    pub relu_backward: fn(&mut [f32], &[f32], &[f32]),
    /// See [`reference::cross_entropy`].
    pub cross_entropy: CrossEntropy,
    /// See [`reference::chacha8`].
    pub chacha8: ChaCha8,
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
        adamw: reference::adamw,
        sum_of_squares: reference::sum_of_squares,
        matmul: |out, inp, weight, bias, shape, _| reference::matmul(out, inp, weight, bias, shape),
        matmul_dinp: |dinp, dout, weight, shape, _| reference::matmul_dinp(dinp, dout, weight, shape),
        matmul_turned: |out, inp, weight, shape, _| reference::matmul_turned(out, inp, weight, shape),
        matmul_dweight: |dweight, dbias, inp, dout, shape, _| {
            reference::matmul_dweight(dweight, dbias, inp, dout, shape)
        },
        layernorm: reference::layernorm,
        layernorm_backward: reference::layernorm_backward,
        attention: |out, lse, qkv, shape, dropout, _| reference::attention(out, lse, qkv, shape, dropout),
        attention_backward: |dqkv, dout, qkv, out, lse, shape, dropout, _| {
            reference::attention_backward(dqkv, dout, qkv, out, lse, shape, dropout)
        },
        attention_weights: reference::attention_weights,
        attention_last: |out, qkv, shape, _| reference::attention_last(out, qkv, shape),
        gelu: reference::gelu,
        gelu_backward: reference::gelu_backward,
        relu: reference::relu,
        relu_backward: reference::relu_backward,
        cross_entropy: reference::cross_entropy,
        chacha8: reference::chacha8,
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
        adamw: simd::adamw,
        sum_of_squares: simd::sum_of_squares,
        matmul: simd::matmul,
        matmul_dinp: simd::matmul_dinp,
        matmul_turned: simd::matmul_turned,
        matmul_dweight: simd::matmul_dweight,
        layernorm: simd::layernorm,
        layernorm_backward: simd::layernorm_backward,
        attention: simd::attention,
        attention_backward: simd::attention_backward,
        attention_weights: simd::attention_weights,
        attention_last: simd::attention_last,
        gelu: simd::gelu,
        gelu_backward: simd::gelu_backward,
        relu: simd::relu,
        relu_backward: simd::relu_backward,
        cross_entropy: simd::cross_entropy,
        chacha8: simd::chacha8,
    },
];
