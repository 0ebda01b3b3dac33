//! The script of the web worker that knows all there is, texts, the transformer and the other labs: brought when an
//! experiment first asks for them.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::worker::start();
}
