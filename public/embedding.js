// The example of a host page: buttons that steer the figure, and a list of what it says.
"use strict";
/** @type {any} */
const figure = document.querySelector("snapscope-figure");
const heard = /** @type {HTMLElement} */ (document.getElementById("heard"));
const rate = /** @type {HTMLSelectElement} */ (document.querySelector("select"));

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-do]"))) {
  button.addEventListener("click", () => figure[button.dataset.do ?? ""]());
}
rate.addEventListener("change", () => figure.set({ "training.eta_y": Number(rate.value) }));

for (const name of ["ready", "progress", "finished", "refused", "height"]) {
  figure.addEventListener(`snapscope-${name}`, (/** @type {CustomEvent} */ { detail }) => {
    const lines = (heard.textContent ?? "").split("\n").filter((line) => line && !line.includes('"progress"'));
    heard.textContent = [...lines, JSON.stringify(detail)].slice(-40).join("\n");
    heard.scrollTop = heard.scrollHeight;
  });
}
