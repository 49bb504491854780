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

function say(verdict) {
  const entry = document.activeElement?.closest(".entry") ?? find(".entry");
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
  x: () => say("noise"),
  u: () => press("form.undo button"),
  i: () => press("[data-key=i]"),
  "?": help,
  "/": search,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat && !"jk".includes(event.key)) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
