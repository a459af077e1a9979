"use strict";
const at = (id) => document.getElementById(id);
const facts = JSON.parse(at("facts").textContent), choices = facts.choices;
const saved = { ...choices };
// The token is in a cookie now.
history.replaceState(null, "", "/");
let now = 0, unsent = 0, sending = Promise.resolve();

const figures = facts.pictures.map((name, index) => {
  const figure = document.createElement("figure");
  const image = document.createElement("img"), caption = document.createElement("figcaption");
  image.loading = "lazy";
  image.alt = name;
  image.src = "/" + index;
  caption.textContent = name;
  caption.title = facts.captions[index];
  if (facts.captions[index]) {
    const about = document.createElement("small");
    about.textContent = facts.captions[index];
    caption.append(document.createElement("br"), about);
  }
  figure.append(image, caption);
  figure.addEventListener("click", () => go(index));
  at("grid").append(figure);
  return figure;
});

// Panels are frames with an origin of their own: each is told what it declares, and nothing else.
const panels = [...document.querySelectorAll(".panels iframe")].map((frame) => {
  const panel = { frame, sees: new Set(frame.dataset.sees.split(" ")), ready: false };
  frame.addEventListener("load", () => {
    panel.ready = true;
    tell([panel]);
  });
  return panel;
});
const told = {};

async function look(picture) {
  const answer = told[picture] ||= fetch("/facts/" + picture).then((found) => found.json());
  try {
    return { ...(await answer), choice: choices[facts.pictures[picture]] || "" };
  } catch {
    return { name: facts.pictures[picture], number: picture, choice: "" };
  }
}

async function tell(some) {
  const picture = now, listening = some.filter((panel) => panel.ready);
  if (!listening.length) return;
  const counts = { star: 0, keep: 0, reject: 0, pictures: figures.length };
  for (const choice of Object.values(choices)) counts[choice]++;
  const looked = listening.some(({ sees }) => sees.has("picture")) && (await look(picture));
  // The eye has moved on meanwhile.
  if (picture !== now) return;
  for (const { frame, sees } of listening) {
    const message = {};
    if (sees.has("picture")) message.picture = looked;
    if (sees.has("choices")) message.choices = counts;
    frame.contentWindow.postMessage(message, "*");
  }
}

function draw() {
  const view = at("view").value, counts = { star: 0, keep: 0, reject: 0 };
  facts.pictures.forEach((name, index) => {
    const choice = choices[name] || "";
    if (choice) counts[choice]++;
    figures[index].className = choice + (index === now ? " now" : "");
    figures[index].hidden = view !== "" && (view === "open" ? choice !== "" : choice !== view);
  });
  at("counts").textContent = `${counts.star} starred, ${counts.keep} kept, ` +
    `${counts.reject} rejected of ${figures.length}`;
  tell(panels);
}

function go(index) {
  now = Math.max(0, Math.min(figures.length - 1, index));
  draw();
  figures[now].scrollIntoView({ block: "nearest" });
}

function set(list, name, choice) {
  if (choice) list[name] = choice;
  else delete list[name];
}

// Sent one after another: a later choice must not reach the folder before an earlier one.
function choose(choice) {
  const picture = now;
  set(choices, facts.pictures[picture], choice);
  go(now + (choice ? 1 : 0));
  waiting(1);
  sending = sending.then(() => send(picture, choice));
}

async function send(picture, choice) {
  const name = facts.pictures[picture];
  try {
    const body = JSON.stringify({ picture, choice });
    const answer = await fetch("/", { method: "POST", keepalive: true, body });
    if (!answer.ok) throw new Error(await answer.text());
    set(saved, name, choice);
    at("trouble").textContent = "";
  } catch (error) {
    set(choices, name, saved[name]);
    go(picture);
    // fetch itself throws a TypeError.
    const gone = error instanceof TypeError;
    at("trouble").textContent =
      "Not saved: " + (gone ? "is artgan curate still running?" : error.message);
  }
  waiting(-1);
}

function waiting(change) {
  unsent += change;
  at("saving").textContent = unsent ? "saving" : "";
}

at("view").addEventListener("change", (event) => {
  event.target.blur();
  draw();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    s: () => choose("star"),
    k: () => choose("keep"),
    x: () => choose("reject"),
    u: () => choose(""),
    arrowright: () => go(now + 1),
    arrowleft: () => go(now - 1),
  };
  const action = actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
});
addEventListener("beforeunload", (event) => {
  if (unsent) event.preventDefault();
});
draw();
