//! The bench as a script for a browser's worker: never shipped. Off the web `snapscope bench` does the same.

fn main() {}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod web {
    use snapscope::bench;
    use wasm_bindgen::prelude::*;

    /// The whole table as JSON; `clock` tells seconds.
    #[wasm_bindgen]
    pub fn table(clock: &js_sys::Function) -> Result<String, String> {
        bench::run(&|| seconds(clock)).map(|table| table.to_json().to_string())
    }

    /// Trains for so many seconds; returns tokens in a second.
    #[wasm_bindgen]
    pub fn tokens_per_sec(index: usize, secs: f64, clock: &js_sys::Function) -> f64 {
        bench::Training::new(index).tokens_per_sec(secs, &|| seconds(clock))
    }

    fn seconds(clock: &js_sys::Function) -> f64 {
        clock.call0(&JsValue::NULL).ok().and_then(|now| now.as_f64()).unwrap_or(f64::NAN)
    }
}
