//! What the page asks of the browser: workers, canvases, files, the address. No state of the page, no words, no lab.

pub mod boot;
pub mod canvas;
pub mod dom;
pub mod engine;
pub mod painter;
pub mod pool;
