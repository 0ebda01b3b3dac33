//! The encoding lab (Puli et al., NeurIPS 2024; PAPERS 2): does an explanation tell the truth, or does it predict by *which*
//! inputs it picked? On a known distribution, exactly, in nats and `f64`.
//!
//! An explanation e maps an input x to a selection v of its d inputs; what is shown is v and the selected values x_v. With
//! E_v = 1[e(x) = v], e *encodes* when for some v it picks, y depends on E_v given x_v: q(y | x_v, E_v = 1) differs from
//! q(y | x_v) where it picks v. The layers: [`joint`] is the distribution, [`explanation`] the map, [`file`] reads both,
//! `marginal` gives q(y | x_v) of every selection asked for, [`scores`] the scores, [`census`] those of all maps there are.
//!
//! Where the distribution is not known, [`estimate`](mod@estimate) scores explanations of [`samples`] by the models of
//! [`surrogate`], and `text` those of a classifier of sentences.

pub mod attribution;
pub mod census;

pub mod estimate;
pub mod explanation;
pub mod file;
pub mod joint;
pub mod law;
mod marginal;
pub mod method;
pub mod samples;
pub mod scores;
pub mod surrogate;
#[cfg(feature = "text")]
pub mod text;
mod training;

pub use estimate::{Estimate, Verdict, estimate};
pub use explanation::{Explanation, Selection};
pub use joint::Joint;
pub use law::Law;
pub use method::Method;
pub use samples::Samples;
pub use scores::{Scores, Witness, score};
pub use surrogate::Kind;
