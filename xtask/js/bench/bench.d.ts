// What the bench's worker uses besides a page's types: its own globals, and what the bench in Rust exports.

declare function importScripts(...urls: string[]): void;

declare namespace wasm_bindgen {
  /** The whole table as JSON; `clock` gives seconds. */
  function table(clock: () => number): string;
  /** Tokens a second that a workload trains, by its index. */
  function tokens_per_sec(workload: number, secs: number, clock: () => number): number;
}
