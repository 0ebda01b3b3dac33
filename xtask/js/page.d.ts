// Types of what the page's scripts and its Rust share.

/** As much of a worker as the page uses. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null;
  postMessage(message: any, transfer?: Transferable[]): void;
  terminate(): void;
}

/** The page's object on the window. `src/page/platform/boot.rs` is the other side of it. */
export interface Snapscope {
  /** Languages: code and own name. */
  languages?: Record<string, string>;
  /** Code of the language chosen at the start. */
  language?: string;
  /** Its catalogue as JSON. */
  words?: string;
  /** Brings the catalogue of a language as JSON. */
  load?(language: string): Promise<string>;
  /** Brings the student: base and adapters. */
  student?(): Promise<Uint8Array[]>;
  /** Starts a worker, that of all labs or the small one. */
  startWorker?(all: boolean): WorkerLike;
  /** What fallback.js carries: modules as base64, the worker's script, the catalogues as JSON. */
  carried?: { app: string; worker: { wasm: string; js: string }; text: Record<string, string> };
  /** What student.js carries: base and adapters as base64. */
  carriedStudent?: Record<string, string>;
}

declare global {
  interface Window {
    snapscope?: Snapscope;
  }
  var snapscope: Snapscope | undefined;
  /** What each script that wasm-bindgen writes defines. */
  function wasm_bindgen(options: { module_or_path: Response | BufferSource | WebAssembly.Module }): Promise<unknown>;
}
