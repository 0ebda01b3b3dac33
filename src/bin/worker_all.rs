//! The web worker of all labs, loaded when an experiment first asks for one. Off the web there is nothing to start.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::worker::start(snapscope::labs::ALL);
}
