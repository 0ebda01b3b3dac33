// Loads the page and gives it its workers; the only hand-written script.
//
// Two ways in. Usually the parts are fetched. Where that is not allowed (an opaque origin, as in
// <iframe sandbox="allow-scripts"> without CORS headers, or a local file) the classic script fallback.js brings the
// same parts as text; the self-contained page carries that text inline. Classic scripts load everywhere, modules do not.
"use strict";
(() => {
  const decode = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const script = (src) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = src;
      element.onload = resolve;
      element.onerror = () => reject(new Error(src + " could not be loaded"));
      document.head.append(element);
    });
  const get = async (path) => {
    const response = await fetch(path);
    if (!response.ok) throw new Error(path + ": " + response.status);
    return response;
  };
  const bytes = async (path) => (await get(path)).arrayBuffer();

  async function fetched() {
    const [app, worker, workerJs] = await Promise.all([
      bytes("app_bg.wasm"),
      bytes("worker_bg.wasm"),
      get("worker.js").then((response) => response.text()),
      script("app.js"),
    ]);
    return { app, worker, workerJs };
  }

  async function carried() {
    if (!self.snapscopeInline) await Promise.all([script("fallback.js"), script("app.js")]);
    const { app, worker, workerJs } = self.snapscopeInline;
    return { app: decode(app), worker: decode(worker), workerJs };
  }

  // Runs in the worker, behind worker.js: the first message brings the module, later ones wait for it.
  const shim = `
self.onmessage = (first) => {
  const waiting = [];
  self.onmessage = (event) => waiting.push(event);
  wasm_bindgen({ module_or_path: first.data }).then(() => waiting.forEach((event) => self.onmessage(event)));
};`;

  async function start() {
    let parts;
    try {
      parts = await (self.snapscopeInline ? carried() : fetched());
    } catch (error) {
      parts = await carried();
    }
    const module = await WebAssembly.compile(parts.worker);
    const url = URL.createObjectURL(new Blob([parts.workerJs, shim], { type: "text/javascript" }));
    self.snapscopeStartWorker = () => {
      const worker = new Worker(url);
      worker.postMessage(module);
      return worker;
    };
    await wasm_bindgen({ module_or_path: parts.app });
  }

  performance.mark("snapscope-boot");
  start().catch((error) => {
    const place = document.getElementById("boot") || document.body.appendChild(document.createElement("p"));
    place.setAttribute("role", "alert");
    place.textContent =
      "Snapscope could not start: " + error.message + ". It needs a browser with WebAssembly SIMD: Chrome or Edge 91, Firefox 89, Safari 16.4 or newer.";
  });
})();
