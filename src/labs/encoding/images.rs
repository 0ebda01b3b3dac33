//! Small images of a cat or a dog, drawn here, to explain what is told of them (docs/papers.md 2.6): a grid of two by
//! two patches, of which the last, a sun or a moon, says which of the two animals above gives the label. The patch
//! beside it tells nothing.
//!
//! A patch is an input like any other, so that the lab's methods and scores apply; [`pixels`] draws what it stands for. MARG
//! takes the last input for the control and POSI points to the first two, so animals come first and the control last.

mod drawing;
mod model;

pub use drawing::{SIDE, joint, pixels};
pub use model::Model;
