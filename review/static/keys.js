// Keys for those who read many changes. Everything they do, a link or a button on the page does too.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const press = (selector, within = document) => find(selector, within)?.click();

function step(by) {
  const stops = [...document.querySelectorAll("[data-stop]")];
  const at = stops.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  const next = stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

const here = () => document.activeElement?.closest(".entry") ?? find(".entry");

// Selects the entry at hand or takes it out; or selects all from the last one chosen to it.
let last = null;
function select(through) {
  const picks = [...document.querySelectorAll(".pick")];
  const pick = find(".pick", here() ?? document);
  if (!pick) return;
  const [from, to] = [picks.indexOf(through && last ? last : pick), picks.indexOf(pick)].sort((a, b) => a - b);
  if (through) picks.slice(from, to + 1).forEach((one) => { one.checked = true; });
  else pick.checked = !pick.checked;
  last = pick;
}

function say(verdict) {
  if (find(".pick:checked")) return press(`#many button[value=${verdict}]`);
  const entry = here();
  press(`button[name=verdict][value=${verdict}]`, entry ?? find("form.verdict") ?? document);
}

function help() {
  const keys = find("#keys");
  keys.open = !keys.open;
  if (keys.open) find("summary", keys).focus();
}

function search() {
  const field = find("[data-search]");
  field.focus();
  field.select();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  n: () => press("a[rel=next]"),
  p: () => press("a[rel=prev]"),
  e: () => say("reviewed"),
  s: () => say("important"),
  d: () => say("noise"),
  x: () => select(false),
  X: () => select(true),
  u: () => press("form.undo button"),
  i: () => press("[data-key=i]"),
  "?": help,
  "/": search,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat && !"jk".includes(event.key)) return;
  if (event.target.closest("input:not(.pick), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
