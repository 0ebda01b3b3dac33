//! The page of all labs: takes the first view's place when another lab than Scan & Snap is asked for.

fn main() {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    snapscope::page::start(snapscope::page::labs::ALL);
}
