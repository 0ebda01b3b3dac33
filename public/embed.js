// <snapscope-figure>: a figure of Snapscope in another page, with one line of script and one element:
//
//   <script src="https://example.org/snapscope/embed.js" defer></script>
//   <snapscope-figure link="#v=1&amp;lab=scan-snap&amp;seed=2&amp;view.embed=1"></snapscope-figure>
//
// The figure is a sandboxed frame of the page beside this script. The element keeps the frame as high as what is in
// it, passes on what it tells as events ("snapscope-ready", "snapscope-progress", "snapscope-finished", ...), and has
// the methods play, pause, step, reset and set. docs/embedding.md has the messages.
"use strict";
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const page = new URL("./", script.src).href;

  class SnapscopeFigure extends HTMLElement {
    static observedAttributes = ["link"];
    #frame = document.createElement("iframe");
    /** @param {MessageEvent} event */
    #hear = ({ source, data }) => {
      if (source !== this.#frame.contentWindow || data?.snapscope !== 1) return;
      // A frame of no height would never be laid out again, and could not tell a better one.
      if (data.event === "height" && data.height > 0) this.#frame.style.height = `${Math.ceil(data.height)}px`;
      this.dispatchEvent(new CustomEvent(`snapscope-${data.event}`, { detail: data, bubbles: true }));
    };

    connectedCallback() {
      this.style.display ||= "block";
      this.#open();
      addEventListener("message", this.#hear);
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
    }

    attributeChangedCallback() {
      // Links known from the start are told before the element is put in, which opens them.
      if (this.#frame.isConnected) this.#open();
    }

    #open() {
      // Each link has a frame of its own, asked for once: Chromium at times never lays out a sandboxed frame that is
      // sent elsewhere while it loads, and what is not laid out is not seen and does not run.
      const link = this.getAttribute("link") ?? "";
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts allow-popups allow-downloads");
      frame.title = this.getAttribute("title") ?? "Snapscope";
      frame.style.cssText = "display: block; width: 100%; border: 0";
      frame.style.height = this.#frame.style.height || "640px";
      frame.src = page + (link.startsWith("#") ? link : `#${link}`);
      this.#frame = frame;
      this.replaceChildren(frame);
    }

    /** @param {Record<string, unknown>} message */
    #send(message) {
      // A sandboxed frame has no origin to name; nothing in a message is secret.
      this.#frame.contentWindow?.postMessage({ snapscope: 1, ...message }, "*");
    }

    play() { this.#send({ play: true }); }
    pause() { this.#send({ pause: true }); }
    reset() { this.#send({ reset: true }); }
    step(by = 1) { this.#send({ step: by }); }
    /** @param {Record<string, unknown>} settings */
    set(settings) { this.#send({ set: settings }); }
  }

  customElements.define("snapscope-figure", SnapscopeFigure);
})();
