//! The page. Off the web there is nothing to start.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::page::start(snapscope::page::labs::ALL);
}
