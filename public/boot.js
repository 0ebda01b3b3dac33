// Starts the page: brings its parts and words, gives it its workers, and says in words what went wrong. All the JavaScript
// of the page that is written by hand; it knows no Rust but `wasm_bindgen`, which each script of Rust's defines.
//
// There is one page, app, and two workers: the small one of the first view, worker, and that of all labs, worker_all.
//
// Two ways in. Usually the parts are fetched. An opaque origin may not fetch (<iframe sandbox="allow-scripts"> on a
// host without CORS headers, or a file on disk): there the classic scripts fallback.js and student.js bring the same
// parts as text, and snapscope-offline.html has that text inside. Classic scripts load everywhere, modules do not.
"use strict";
(() => {
  performance.mark("snapscope-boot");

  const script = (name) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = name;
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.append(element);
    });

  const get = async (name) => {
    const response = await fetch(name);
    if (!response.ok) throw new Error(`${name} could not be loaded (${response.status})`);
    return response;
  };

  // The languages there are, each by its own name; their words are in text/.
  const languages = { en: "English", de: "Deutsch" };

  // What the reader chose before, else the first of the browser's languages that is there, else English.
  function choose() {
    let kept;
    try {
      kept = localStorage.getItem("snapscope-language");
    } catch {
      // An opaque origin has no storage.
    }
    const asked = [kept ?? "", ...navigator.languages].map((tag) => tag.split("-")[0].toLowerCase());
    return asked.find((name) => Object.keys(languages).includes(name)) ?? "en";
  }
  const language = choose();

  // A catalogue as Rust reads it: names and texts in turn, such as "settings/seed/label" and "Seed".
  const flat = (value, name) =>
    typeof value === "string"
      ? [name, value]
      : Object.entries(value).flatMap(([key, inner]) => flat(inner, name ? `${name}/${key}` : key));

  async function words(language) {
    const name = `text/${language}.json`;
    const json = self.snapscopeInline?.text[language] ?? (await (await get(name)).text());
    try {
      return flat(JSON.parse(json), "").join("\0");
    } catch (error) {
      throw new Error(`${name} cannot be read: ${error.message}`);
    }
  }

  function bytes(base64) {
    const text = atob(base64), all = new Uint8Array(text.length);
    // Far faster than Uint8Array.from, and these are megabytes.
    for (let at = 0; at < all.length; at += 1) all[at] = text.charCodeAt(at);
    return all;
  }

  // A worker's module and script.
  async function code(name) {
    if (self.snapscopeInline) {
      const { wasm, js } = self.snapscopeInline.worker;
      return { wasm: bytes(wasm), js };
    }
    const wasm = get(`${name}_bg.wasm`).then((response) => response.arrayBuffer());
    const js = get(`${name}.js`).then((response) => response.text());
    return { wasm: await wasm, js: await js };
  }

  async function fetched() {
    // The page's module is compiled while it arrives.
    const [app, text] = await Promise.all([get("app_bg.wasm"), words(language), script("app.js")]);
    return { app, text };
  }

  async function carried() {
    if (!self.snapscopeInline) await script("fallback.js");
    // It may be there already, and a script that declares a name twice is refused.
    if (typeof wasm_bindgen === "undefined") await script("app.js");
    return { app: bytes(self.snapscopeInline.app), text: await words(language) };
  }

  const mayFetch = () => !self.snapscopeInline && self.origin !== "null";
  const either = (fetched, carried) =>
    mayFetch() ? fetched().catch((error) => carried().catch(() => { throw error; })) : carried();

  // The student's base and adapters, once the page asks for them.
  const student = ["base", "adapters"];
  const fetchedFile = async (name) => new Uint8Array(await (await get(`student/${name}.safetensors`)).arrayBuffer());
  const fetchedStudent = () => Promise.all(student.map(fetchedFile));
  async function carriedStudent() {
    if (!self.snapscopeStudentInline) await script("student.js");
    return student.map((name) => bytes(self.snapscopeStudentInline[name]));
  }
  let studentComing;
  self.snapscopeStudent = () =>
    (studentComing ??= either(fetchedStudent, carriedStudent).finally(() => (studentComing = undefined)));

  // Runs in the worker, behind worker.js: the first message brings the module, later ones wait until Rust listens.
  function receive() {
    self.onmessage = ({ data }) => {
      const early = [];
      self.onmessage = (event) => early.push(event);
      wasm_bindgen({ module_or_path: data }).then(
        () => early.forEach((event) => self.onmessage(event)),
        // Out of the promise, so that the page hears it as the worker's error.
        (error) => setTimeout(() => { throw error; }),
      );
    };
  }

  // Gives what starts workers of this code; where a module cannot be sent its bytes are.
  async function starter({ wasm, js }) {
    const module = await WebAssembly.compile(wasm);
    const url = URL.createObjectURL(new Blob([js, `\n;(${receive})();`], { type: "text/javascript" }));
    return () => {
      const worker = new Worker(url);
      try {
        worker.postMessage(module);
      } catch {
        worker.postMessage(wasm);
      }
      return worker;
    };
  }

  // What stands for a worker whose code is still on its way, and hands everything on once it is there.
  function awaited(starting) {
    const waiting = [];
    let worker, ended;
    const stand = {
      postMessage: (...message) => (worker ? worker.postMessage(...message) : waiting.push(message)),
      terminate() {
        ended = true;
        worker?.terminate();
      },
    };
    starting.then(
      (start) => {
        if (ended) return;
        worker = start();
        worker.onmessage = (event) => stand.onmessage?.(event);
        worker.onerror = (event) => stand.onerror?.(event);
        waiting.forEach((message) => worker.postMessage(...message));
      },
      (error) => stand.onerror?.({ message: error.message, preventDefault() {} }),
    );
    return stand;
  }

  // What starts workers of that code; what could not be brought is asked for again the next time.
  const workers = {};
  function starting(name) {
    workers[name] ??= code(name).then(starter);
    workers[name].catch(() => delete workers[name]);
    return workers[name];
  }
  self.snapscopeStartWorker = (ofAllLabs) => awaited(starting(ofAllLabs ? "worker_all" : "worker"));

  // The worker that is most likely asked for first, by the link: that of a copy of the page, or of the address.
  const saved = document.querySelector("meta[name=snapscope-link]")?.content;
  const first = /(^|[#&])lab=(?!scan-snap(&|$))/.test(location.hash || saved || "") ? "worker_all" : "worker";

  async function start() {
    const found = either(fetched, carried);
    // The worker comes beside the page; a page without one says so itself.
    const worker = mayFetch() ? starting(first).catch(() => {}) : undefined;
    const { app, text } = await found;
    await worker;
    performance.mark("snapscope-start");
    self.snapscopeText = { languages, language, words: text, load: words };
    await wasm_bindgen({ module_or_path: app });
    document.getElementById("boot").remove();
  }

  start().catch((error) => {
    // The smallest module with a SIMD instruction: i8x16.splat, i8x16.popcnt.
    const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
    const isOld = typeof WebAssembly !== "object" || !WebAssembly.validate(Uint8Array.from(simd));
    const place = document.getElementById("boot");
    place.setAttribute("role", "alert");
    place.textContent = isOld ? place.dataset.old : `${place.dataset.failed} ${error.message}`;
    console.error(error);
  });
})();
