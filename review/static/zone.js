// Tells the review page the time zone of this browser, once: it then writes all times in it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isTold = () => /(^|; )variorum_zone=/.test(document.cookie);

if (zone && zone !== document.documentElement.dataset.zone && !isTold()) {
  document.cookie = `variorum_zone=${encodeURIComponent(zone)}; path=/; SameSite=Lax`;
  const here = new URL(location.href);
  here.searchParams.delete("zone");
  if (!isTold()) console.debug("This browser keeps no cookies: times stay in the zone of the review page.");
  else if (here.href === location.href) location.reload();
  else location.replace(here);
}
