//! The compact transformer.

// Whole trainings by their digests, the same on wasm.
mod digest;
// Weights in and out, and every way a file can be bad.
mod files;
// The cache against the uncached forward, and sampling.
mod generating;
// Numbers from PyTorch.
mod golden;
// Every gradient against finite differences of the oracle.
mod gradient;
// The transformer in plain f64.
mod oracle;
// Models of every kind.
mod shapes;
// What both the native and the wasm binary run.
mod suite;
// Tokenizers.
mod text;
// What training must do: losses fall, adapters learn, settings are checked.
mod training;
