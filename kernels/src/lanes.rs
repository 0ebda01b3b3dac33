//! Four `f32` lanes: `v128` where there is one, `[f32; 4]` elsewhere, with the same result in every bit.

#[cfg(target_family = "wasm")]
#[path = "lanes/wasm.rs"]
mod arch;

#[cfg(not(target_family = "wasm"))]
#[path = "lanes/array.rs"]
mod arch;

pub use arch::{F32x4, NAME};
