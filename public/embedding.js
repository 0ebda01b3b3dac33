// The example of a host page: buttons that steer the figure, and a list of what it says.
"use strict";
const figure = document.querySelector("snapscope-figure");
const heard = document.getElementById("heard");

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => figure[button.dataset.do]());
}
document.querySelector("select").addEventListener("change", ({ target }) => {
  figure.set({ "training.eta_y": Number(target.value) });
});

for (const name of ["ready", "progress", "finished", "refused", "height"]) {
  figure.addEventListener(`snapscope-${name}`, ({ detail }) => {
    const lines = heard.textContent.split("\n").filter((line) => line && !line.includes('"progress"'));
    heard.textContent = [...lines, JSON.stringify(detail)].slice(-40).join("\n");
    heard.scrollTop = heard.scrollHeight;
  });
}
