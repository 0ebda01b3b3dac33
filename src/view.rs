//! The page's state and every value it shows, without the page: no DOM, no drawing, no engine. What stands here is
//! tested natively; components only put it on the screen.

#[cfg(feature = "full")]
pub mod catalogue;
pub mod check;
pub mod compare;
pub mod control;
#[cfg(feature = "full")]
pub mod endpoint;
#[cfg(feature = "full")]
pub mod explained;
pub mod jobs;
pub mod math;
pub mod notes;
pub mod player;
#[cfg(feature = "full")]
pub mod probe;
#[cfg(feature = "full")]
pub mod samples;
pub mod share;
pub mod sweep;
pub mod text;
pub mod token;
#[cfg(feature = "full")]
pub mod tool_use;
