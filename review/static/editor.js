// Shows the faults of a site's file while it is typed. Without this script, the button below the file does.
"use strict";

const text = document.querySelector("textarea[data-check]");
const list = document.querySelector("#faults");
let waiting;
let asked = 0;

async function check() {
  const number = ++asked;
  const token = text.form.elements.token.value;
  const answer = await fetch(text.dataset.check, {
    method: "POST",
    body: new URLSearchParams({ token, text: text.value }),
  });
  if (!answer.ok || number !== asked) return;
  const { faults } = await answer.json();
  text.setAttribute("aria-invalid", String(faults.length > 0));
  const items = document.createElement("ul");
  for (const fault of faults) items.append(Object.assign(document.createElement("li"), { textContent: fault }));
  list.replaceChildren(...(faults.length ? [items] : []));
}

text?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check().catch(() => {}), 300);
});
