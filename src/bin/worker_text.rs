//! The script of the web worker that also knows texts and the transformer: brought when an experiment first asks for them.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::worker::start();
}
