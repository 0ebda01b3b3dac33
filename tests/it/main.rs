//! The one native integration binary.

// The paper's claims (docs/papers.md 4, rows 1a to 1f), each a named test.
mod claims;
// The picture equals the engine: charts read back from their SVG, and snapshots.
mod chart;
// The command line as it is typed.
mod cli;
// Scan & Snap on text, through a session.
mod corpus;
// The documents: the front door, what links and comments point to, and the workflow.
mod docs;
// The encoding lab: the worked example and its claims, exactly (docs/papers.md 2.4 and 4, rows 2a, 2b, 2d).
mod encoding;
// The forms of an experiment: link, JSON, ranges, presets.
mod experiment;
// Every kernel against the reference, and golden digests of whole runs.
mod kernel;
// The JSON report: page and command line write the same bytes.
mod report;
// The engine as a state machine: commands in, events out.
mod session;
// Tests that cannot run here say so.
mod skip;
// Every language has the words of English, and the code asks for no others.
mod text;
// The lemmas and theorems behind the closed forms, simulated from scratch (docs/papers.md 4, rows 1b to 1d).
mod theory;
// House rules the compiler does not hold.
mod tidy;
// The lab of tool use through its commands: scores of predictions, and data made by self-instruction.
mod tool_use;
// The compact transformer: gradients, adapters, generation, files, and golden numbers from PyTorch.
mod transformer;
