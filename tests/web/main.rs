//! The built page in real Chromium and real Firefox. Runs when `SNAPSCOPE_SITE_DIR` names the built folder, as
//! `cargo xtask test --only page` does; otherwise each test says that it is skipped, which is counted.
//!
//! `SNAPSCOPE_GECKODRIVER` and `SNAPSCOPE_AXE` name Firefox's driver and the script of accessibility rules.
#![cfg(not(target_family = "wasm"))]

/// Browsers: starting them, waiting in them, what they complain about.
mod browser;
/// A server that speaks the protocol of chat endpoints.
mod chat_server;
/// A chat endpoint as the teacher.
mod endpoint;
/// The encoding lab.
mod explanations;
/// Where the page has to work: at an origin, in a frame, in a sandbox, from a file, and what it says when it cannot.
mod hosting;
/// What the lab shows and answers.
mod lab;
/// Which language it speaks, and what changing it keeps.
mod language;
/// What the page takes: times and memory, printed, not judged.
mod measure;
/// Texts of the reader's own.
mod own_text;
/// The static server that `cargo xtask serve` uses.
#[path = "../../xtask/src/server.rs"]
mod server;
/// Tests that cannot run here say so.
#[path = "../it/skip.rs"]
mod skip;
/// The lab of tool use.
mod tool_use;
