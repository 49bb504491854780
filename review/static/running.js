// Shows what the runs are doing as it changes. Without this script, the page reloads itself.
"use strict";

const list = document.querySelector("#running");
const news = new EventSource(list.dataset.events);

news.addEventListener("message", (event) => {
  const had = document.activeElement?.closest("#running a")?.getAttribute("href");
  list.innerHTML = event.data; // made by our templates, which escape all that comes from a site
  if (had) list.querySelector(`a[href="${CSS.escape(had)}"]`)?.focus();
});
addEventListener("pagehide", () => news.close());
