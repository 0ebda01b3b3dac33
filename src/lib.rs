//! Snapscope opens the black box of a small transformer in a web page.

pub mod experiment;
pub mod protocol;
pub mod run;
pub mod random;
