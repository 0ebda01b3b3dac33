// Starts the page: what must run before Rust can. Brings the page's module, its words and its workers' code, and says in
// words what went wrong. What Rust needs of it later is one object, `self.snapscope` (its type: xtask/js/page.d.ts).
//
// There is one page, app, and two workers: worker, the small one of the first view, and worker_all, that of all labs.
//
// Two ways in. Usually the parts are fetched. An opaque origin may not fetch (<iframe sandbox="allow-scripts"> on a
// host without CORS headers, or a file on disk): there the classic scripts fallback.js and student.js carry the same
// parts as text, and snapscope-offline.html has that text inside. Classic scripts load everywhere, modules do not.
"use strict";
(() => {
  performance.mark("snapscope-boot");

  const snapscope = (self.snapscope ??= {});

  /** @param {string} name */
  const script = (name) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = name;
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.append(element);
    });

  /** @param {string} name */
  const get = async (name) => {
    const response = await fetch(name);
    if (!response.ok) throw new Error(`${name} could not be loaded (${response.status})`);
    return response;
  };

  /** @param {string} base64 */
  const decoded = (base64) => {
    const text = atob(base64), bytes = new Uint8Array(text.length);
    // Far faster than Uint8Array.from, and these are megabytes.
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = text.charCodeAt(at);
    return bytes;
  };

  // By each language's own name; its words are in text/.
  const languages = { en: "English", de: "Deutsch" };

  // What the reader chose before, else the first of the browser's languages that is there, else English.
  const choose = () => {
    let kept;
    try {
      kept = localStorage.getItem("snapscope-language");
    } catch {
      // An opaque origin has no storage.
    }
    const asked = [kept ?? "", ...navigator.languages].map((tag) => tag.split("-")[0].toLowerCase());
    return asked.find((name) => name in languages) ?? "en";
  };
  const language = choose();

  /** @param {string} language */
  const words = async (language) => {
    if (snapscope.carried) return snapscope.carried.text[language];
    const name = `text/${language}.json`, text = await (await get(name)).text();
    // A file cut short counts as one that is missing: the other way in has the words too.
    try {
      JSON.parse(text);
    } catch (error) {
      throw new Error(`${name} cannot be read: ${/** @type {Error} */ (error).message}`);
    }
    return text;
  };

  // Parts that are carried are not fetched, and an opaque origin may not.
  const mayFetch = () => !snapscope.carried && self.origin !== "null";
  /**
   * @template T
   * @param {() => Promise<T>} fetched
   * @param {() => Promise<T>} carried
   */
  const either = (fetched, carried) =>
    mayFetch() ? fetched().catch((error) => carried().catch(() => { throw error; })) : carried();

  /** @typedef {{ app: Response | BufferSource, text: string }} PageParts */
  /** @returns {Promise<PageParts>} */
  const fetchedPage = async () => {
    // The module is compiled while it arrives.
    const [app, text] = await Promise.all([get("app_bg.wasm"), words(language), script("app.js")]);
    return { app, text };
  };
  /** @returns {Promise<PageParts>} */
  const carriedPage = async () => {
    if (!snapscope.carried) await script("fallback.js");
    // It may be there already, and a script that declares a name twice is refused.
    if (typeof wasm_bindgen === "undefined") await script("app.js");
    if (!snapscope.carried) throw new Error("fallback.js is empty");
    return { app: decoded(snapscope.carried.app), text: await words(language) };
  };

  // The student's base and adapters, asked for again where they could not be brought.
  const parts = ["base", "adapters"];
  /** @param {string} name */
  const fetchedPart = async (name) => new Uint8Array(await (await get(`student/${name}.safetensors`)).arrayBuffer());
  const fetchedStudent = () => Promise.all(parts.map(fetchedPart));
  const carriedStudent = async () => {
    if (!snapscope.carriedStudent) await script("student.js");
    const carried = snapscope.carriedStudent ?? {};
    return parts.map((name) => decoded(carried[name]));
  };
  /** @type {Promise<Uint8Array[]> | undefined} */
  let coming;
  const student = () => (coming ??= either(fetchedStudent, carriedStudent).finally(() => (coming = undefined)));

  // Runs in the worker, behind its script: the first message brings the module, later ones wait until Rust listens.
  const receive = () => {
    self.onmessage = ({ data }) => {
      /** @type {MessageEvent[]} */
      const early = [];
      self.onmessage = (event) => { early.push(event); };
      wasm_bindgen({ module_or_path: data }).then(
        () => early.forEach((event) => self.onmessage?.(event)),
        // Out of the promise, so that the page hears it as the worker's error.
        (error) => setTimeout(() => { throw error; }),
      );
    };
  };

  /** @param {string} name */
  const code = async (name) => {
    // What is carried has one worker, that of all labs.
    if (snapscope.carried) return { wasm: decoded(snapscope.carried.worker.wasm), js: snapscope.carried.worker.js };
    const wasm = get(`${name}_bg.wasm`).then((response) => response.arrayBuffer());
    const js = get(`${name}.js`).then((response) => response.text());
    return { wasm: await wasm, js: await js };
  };

  // Gives what starts workers of this code; where a module cannot be sent its bytes are.
  /** @param {{ wasm: BufferSource, js: string }} code */
  const starter = async ({ wasm, js }) => {
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
  };

  // What could not be brought is asked for again the next time.
  /** @type {Record<string, Promise<() => Worker>>} */
  const starters = {};
  /** @param {string} name */
  const starting = (name) => {
    starters[name] ??= code(name).then(starter);
    starters[name].catch(() => delete starters[name]);
    return starters[name];
  };

  // What stands for a worker whose code is still on its way, and hands everything on once it is there.
  /** @param {Promise<() => Worker>} starting */
  const awaited = (starting) => {
    /** @type {[any, Transferable[]?][]} */
    const waiting = [];
    /** @type {Worker | undefined} */
    let worker;
    let ended = false;
    /** @type {import("../xtask/js/page").WorkerLike} */
    const stand = {
      onmessage: null,
      onerror: null,
      postMessage: (message, transfer = []) =>
        worker ? worker.postMessage(message, transfer) : void waiting.push([message, transfer]),
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
        for (const [message, transfer = []] of waiting) worker.postMessage(message, transfer);
      },
      (error) => stand.onerror?.({ message: error.message, preventDefault() {} }),
    );
    return stand;
  };
  /** @param {boolean} all */
  const startWorker = (all) => awaited(starting(all ? "worker_all" : "worker"));

  // The worker that is most likely asked for first, by the link in the address. A saved copy carries a link of its own, but
  // has one worker for everything.
  const first = /[#&]lab=(?!scan-snap(&|$))/.test(location.hash) ? "worker_all" : "worker";

  const place = /** @type {HTMLElement} */ (document.getElementById("boot"));

  const start = async () => {
    const found = either(fetchedPage, carriedPage);
    // The worker comes beside the page; a page without one says so itself.
    const worker = mayFetch() ? starting(first).catch(() => {}) : undefined;
    const { app, text } = await found;
    await worker;
    performance.mark("snapscope-start");
    Object.assign(snapscope, { languages, language, words: text, load: words, student, startWorker });
    await wasm_bindgen({ module_or_path: app });
    place.remove();
  };

  start().catch((error) => {
    // The smallest module with a SIMD instruction: i8x16.splat, i8x16.popcnt.
    const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
    const isOld = typeof WebAssembly !== "object" || !WebAssembly.validate(Uint8Array.from(simd));
    place.setAttribute("role", "alert");
    place.textContent = (isOld ? place.dataset.old : `${place.dataset.failed} ${error.message}`) ?? error.message;
    console.error(error);
  });
})();
