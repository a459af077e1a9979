"use strict";
const model = JSON.parse(document.getElementById("model").textContent);
const generator = new artgan.Generator(model);
const at = (id) => document.getElementById(id);
const view = at("view"), brush = view.getContext("2d");

if (model.label_names.length) {
  at("kinds").hidden = false;
  at("label").append(new Option("the seed's own", ""));
  model.label_names.forEach((name, i) => at("label").append(new Option(name, i)));
}
const turns = model.directions.map((_, i) => {
  const row = document.createElement("label");
  row.innerHTML = `Direction ${i + 1}<input type="range" min="-4" max="4" step="0.05" value="0"><output></output>`;
  at("directions").append(row);
  return row.querySelector("input");
});

const whole = (input) => Math.max(0, Math.floor(Number(input.value)) || 0);

function latents() {
  const first = generator.draw(whole(at("from"))), second = generator.draw(whole(at("to")));
  const t = Number(at("between").value), factor = Number(at("truncation").value);
  const mixed = t === 0 ? first.latents.slice() : artgan.between(first.latents, second.latents, t);
  for (let i = 0; i < mixed.length; i++) mixed[i] *= factor;
  turns.forEach((input, k) => {
    const amount = Number(input.value);
    if (amount) model.directions[k].forEach((v, i) => { mixed[i] += amount * v; });
  });
  const chosen = at("label").value;
  const own = t < 0.5 ? first.label : second.label;
  return [mixed, chosen === "" ? own : Number(chosen)];
}

let due = false;
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    const begun = performance.now(), picture = generator.pixels(...latents());
    view.width = picture.width; view.height = picture.height;
    brush.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
    at("state").textContent =
      `${picture.width} x ${picture.height} pixels, ${Math.round(performance.now() - begun)} ms`;
    document.querySelectorAll("input[type=range]").forEach((input) => {
      input.parentElement.querySelector("output").textContent = Number(input.value).toFixed(2);
    });
  });
}

let walking = 0;
function walk() {
  const next = Number(at("between").value) + 0.01;
  if (next >= 1) {
    at("from").value = at("to").value;
    at("to").value = Math.floor(Math.random() * 1e6);
  }
  at("between").value = next >= 1 ? 0 : next;
  draw();
  walking = requestAnimationFrame(walk);
}
function stop() { cancelAnimationFrame(walking); walking = 0; at("play").textContent = "Walk"; }

at("form").addEventListener("input", draw);
at("form").addEventListener("submit", (event) => event.preventDefault());
at("random").onclick = () => { at("from").value = Math.floor(Math.random() * 1e6); at("between").value = 0; draw(); };
at("play").onclick = () => { if (walking) stop(); else { at("play").textContent = "Stop"; walk(); } };
at("smooth").onclick = () => document.body.classList.toggle("smooth");
at("reset").onclick = () => {
  stop();
  at("between").value = 0; at("truncation").value = 1; at("label").value = "";
  turns.forEach((input) => { input.value = 0; });
  draw();
};
at("save").onclick = () => view.toBlob(async (blob) => {
  const plain = new Uint8Array(await blob.arrayBuffer());
  const packet = Uint8Array.from(atob(model.mark), (letter) => letter.charCodeAt(0));
  const png = packet.length ? artgan.withPacket(plain, packet) : plain;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([png], { type: "image/png" }));
  link.download = `${model.name}-s${String(whole(at("from"))).padStart(5, "0")}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}, "image/png");
draw();
