"use strict";
const form = document.getElementById("traits"), grid = document.getElementById("grid");
const figures = [...grid.children].map((figure) => ({
  figure,
  traits: JSON.parse(figure.dataset.traits),
  number: +figure.dataset.number,
  rank: +figure.dataset.rank,
}));

form.addEventListener("change", () => {
  const wanted = new Map();
  for (const box of form.querySelectorAll(":checked")) {
    if (!wanted.has(box.name)) wanted.set(box.name, new Set());
    wanted.get(box.name).add(box.value);
  }
  let shown = 0;
  for (const { figure, traits } of figures) {
    figure.hidden = ![...wanted].every(([name, values]) => values.has(traits[name]));
    shown += !figure.hidden;
  }
  document.getElementById("shown").textContent = shown;
});

document.getElementById("order").addEventListener("change", (event) => {
  figures.sort((a, b) => a[event.target.value] - b[event.target.value]);
  grid.append(...figures.map((one) => one.figure));
});
