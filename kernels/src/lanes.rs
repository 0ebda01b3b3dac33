//! Four lanes of `f32` or `u32`: `v128` where there is one, arrays elsewhere, with the same result in every bit.

#[cfg(target_family = "wasm")]
#[path = "lanes/wasm.rs"]
mod arch;

#[cfg(not(target_family = "wasm"))]
#[path = "lanes/array.rs"]
mod arch;

pub use arch::{F32x4, NAME, U32x4};
