//! The page's state and every value it shows, without the page: no DOM, no drawing, no engine. What stands here is
//! tested natively; components only put it on the screen.

pub mod catalogue;
pub mod check;
pub mod compare;
pub mod control;
pub mod endpoint;
pub mod explained;
pub mod jobs;
pub mod math;
pub mod notes;
pub mod player;
pub mod probe;
pub mod samples;
pub mod share;
pub mod sweep;
pub mod text;
pub mod token;
pub mod tool_use;
