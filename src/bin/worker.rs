//! The web worker of the first view: Scan & Snap without texts. Off the web there is nothing to start.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::worker::start(const { &[&snapscope::labs::scan_snap::CLASSES] });
}
