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
  const page = new URL("./", document.currentScript.src).href;

  class SnapscopeFigure extends HTMLElement {
    static observedAttributes = ["link"];
    #frame = document.createElement("iframe");
    #hear = ({ source, data }) => {
      if (source !== this.#frame.contentWindow || data?.snapscope !== 1) return;
      // A frame of no height would never be laid out again, and could not tell a better one.
      if (data.event === "height" && data.height > 0) this.#frame.style.height = `${Math.ceil(data.height)}px`;
      this.dispatchEvent(new CustomEvent(`snapscope-${data.event}`, { detail: data, bubbles: true }));
    };

    connectedCallback() {
      const frame = this.#frame;
      frame.setAttribute("sandbox", "allow-scripts allow-popups allow-downloads");
      frame.title = this.getAttribute("title") ?? "Snapscope";
      frame.style.cssText = "display: block; width: 100%; height: 640px; border: 0";
      this.style.display ||= "block";
      this.replaceChildren(frame);
      this.#open();
      addEventListener("message", this.#hear);
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#open();
    }

    #open() {
      const link = this.getAttribute("link") ?? "";
      this.#frame.src = page + (link.startsWith("#") ? link : `#${link}`);
    }

    #send(message) {
      // A sandboxed frame has no origin to name; nothing in a message is secret.
      this.#frame.contentWindow?.postMessage({ snapscope: 1, ...message }, "*");
    }

    play() { this.#send({ play: true }); }
    pause() { this.#send({ pause: true }); }
    reset() { this.#send({ reset: true }); }
    step(by = 1) { this.#send({ step: by }); }
    set(settings) { this.#send({ set: settings }); }
  }

  customElements.define("snapscope-figure", SnapscopeFigure);
})();
