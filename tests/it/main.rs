//! The one native integration binary.

// The paper's claims (PAPERS section 4, rows 1a to 1f), each a named test.
mod claims;
// The forms of an experiment: link, JSON, ranges, presets.
mod experiment;
// The engine as a state machine: commands in, events out.
mod session;
