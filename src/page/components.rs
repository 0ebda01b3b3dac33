//! Parts of the page that are no lab's own: props in, `view!` out. Values come from `view` and `chart`; nothing is computed here.

pub mod canvas;
pub mod chart_panel;
pub mod compare;
pub mod controls;
pub mod each;
pub mod equation;
pub mod field;
pub mod files;
pub mod fold;
pub mod header;
pub mod notes;
pub mod own_tables;
pub mod panel;
pub mod shown;
pub mod stage;
pub mod symbols;
pub mod table;
pub mod tokens;
pub mod transport;
