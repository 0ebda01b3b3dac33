// The worker of `cargo xtask bench`: answers questions with what the bench in Rust measures.
"use strict";
importScripts("bench.js");
const clock = () => performance.now() / 1000;
const ready = wasm_bindgen({ module_or_path: "bench_bg.wasm" });
const answers = {
  ready: () => true,
  table: () => wasm_bindgen.table(clock),
  /** @param {{ secs: number }} question */
  train: ({ secs }) => wasm_bindgen.tokens_per_sec(0, secs, clock),
};
self.onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage({ answer: answers[/** @type {keyof typeof answers} */ (data.what)](data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
