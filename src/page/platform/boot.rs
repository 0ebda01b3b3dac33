//! The typed side of `public/boot.js`: what had to run before Rust could, in one object on the window.

use wasm_bindgen::prelude::*;
use web_sys::Worker;

#[wasm_bindgen]
extern "C" {
    /// The object that `boot.js` puts on the window.
    pub type Boot;

    #[wasm_bindgen(thread_local_v2, js_name = snapscope)]
    static BOOT: Boot;

    /// The languages there are: code and own name, in the order of the chooser.
    #[wasm_bindgen(method, getter)]
    pub fn languages(this: &Boot) -> js_sys::Object;

    /// Code of the language chosen at the start.
    #[wasm_bindgen(method, getter)]
    pub fn language(this: &Boot) -> String;

    /// The catalogue of that language as JSON.
    #[wasm_bindgen(method, getter)]
    pub fn words(this: &Boot) -> String;

    /// Brings the catalogue of another language as JSON.
    ///
    /// # Errors
    /// Why it could not be brought.
    #[wasm_bindgen(method, catch)]
    pub async fn load(this: &Boot, language: &str) -> Result<JsValue, JsValue>;

    /// Brings the files of the student: base and adapters, as an array of byte arrays.
    ///
    /// # Errors
    /// Why they could not be brought.
    #[wasm_bindgen(method, catch)]
    pub async fn student(this: &Boot) -> Result<JsValue, JsValue>;

    /// Starts a worker: that of all labs, or the small one of the first view.
    ///
    /// # Errors
    /// Why the browser would not.
    #[wasm_bindgen(method, catch, js_name = startWorker)]
    pub fn start_worker(this: &Boot, all: bool) -> Result<Worker, JsValue>;
}

/// What `boot.js` offers.
pub fn boot() -> Boot {
    BOOT.with(|boot| boot.unchecked_ref::<JsValue>().clone().unchecked_into())
}
