//! The compact transformer.

mod gradient;
mod oracle;
