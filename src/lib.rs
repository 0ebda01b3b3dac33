//! Snapscope opens the black box of a small transformer in a web page: a reader opens a link and watches it learn,
//! with nothing to install and no server.
//!
//! # The code, in reading order
//! - [`experiment`]: all that can be asked, a plain value; its settings, link, JSON form and presets.
//!   Labs are named in its registry only, [`experiment::Lab`]: their settings stand in their folders.
//! - [`run`]: what comes back: the [`run::Run`] every lab implements, its frames and its report.
//! - [`report`]: the report as JSON, as the page saves and the command line prints it.
//! - [`protocol`] and [`session`]: commands in, events out, and the engine as a state machine between them. The
//!   worker, the command line and the tests drive the same session.
//! - [`labs`]: the labs, and the registry of what they compute, one [`labs::EngineLab`] each. [`labs::scan_snap`] trains
//!   the one-layer transformer of Tian et al. (NeurIPS 2023); [`labs::encoding`] scores explanations as Puli et al.
//!   (NeurIPS 2024) do; [`labs::tool_use`] scores calls of tools, and makes the data that teaches them, as Yang et al.
//!   (NeurIPS 2023) do.
//! - [`transformer`]: the compact transformer that labs train, adapt, generate from and save; [`optimizer`] moves its weights.
//! - [`kernels`], [`random`]: the arithmetic below.
//! - [`endpoint`] talks with chat endpoints of others, without a network; [`json`] reads JSON of others;
//!   [`number`] writes numbers; [`chart`] draws a frame on any backend; [`view`] is the page's state without the page, its words, by
//!   [`view::text`], in `public/text/`, one file for each language.
//! - `page`, `worker` (web worker) and `cli` (command line) are the three ways in; [`bench`](mod@bench) times.
//!   There are two workers: `worker` links the small part of Scan & Snap that the first view shows, `worker_all` all labs.
//!
//! # What always holds, mostly absences
//! - A run is a pure function of its experiment, bit for bit on every platform: no fused multiply-add, no platform
//!   `exp` or `ln` (`clippy.toml` bans them), no hash order, no clock and no fresh randomness below `page` and `cli`.
//! - Only `page`, `worker` and their mains name web-sys, js-sys or leptos; `page` knows the engine only as
//!   [`protocol::Command`] and [`protocol::Event`].
//! - `cfg(target…)` stands only on `mod` lines and in the mains. `tests/it/tidy.rs` holds the table of imports.
//! - Bad input gets a sentence: below the constructors there are only valid values, and panics are bugs.

pub mod experiment;
pub mod frame;
pub mod run;

pub mod protocol;
pub mod session;

pub mod labs;

pub mod optimizer;
pub mod transformer;

pub use snapscope_kernels as kernels;
pub mod random;

pub mod bench;

#[cfg(feature = "app")]
pub mod number;

pub mod json;

pub mod endpoint;

#[cfg(feature = "app")]
pub mod report;

#[cfg(feature = "app")]
pub mod chart;
#[cfg(feature = "app")]
pub mod view;

#[cfg(all(feature = "app", not(target_family = "wasm")))]
pub mod cli;

#[cfg(all(feature = "app", target_family = "wasm", target_os = "unknown"))]
pub mod page;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod worker;

// States and frames are numbers laid out as they lie in memory, and the same bytes everywhere.
const _: () = assert!(cfg!(target_endian = "little"), "files, messages and digests are little-endian");
