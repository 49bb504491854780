"""The runs that somebody asked for at the hub, with `variorum crawl`, and how each of them ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class _Asked:
    full: bool
    begun: bool = False
    end: dict[str, Any] | None = None


class AskedRuns:
    """At most one for each site: who asks while it waits, waits for the same run."""

    def __init__(self) -> None:
        self._by_site: dict[str, _Asked] = {}

    def ask(self, site: str, *, full: bool) -> None:
        """Note that a run of the site is asked for; a `full` one fetches all pages."""
        waiting = self._waiting(site)
        if waiting and not waiting.begun:
            waiting.full |= full
        else:
            self._by_site[site] = _Asked(full)

    def begin(self, site: str) -> bool:
        """Note that a run of the site begins; whether it is to be a full one."""
        waiting = self._waiting(site)
        if waiting is None:
            return False
        waiting.begun = True
        return waiting.full

    def lose(self, site: str) -> None:
        """Note that the run was lost; the next one of the site is in its place."""
        if waiting := self._waiting(site):
            waiting.begun = False

    def forget(self, site: str) -> None:
        """Forget a run that can't be handed out."""
        self._by_site.pop(site, None)

    def end(self, site: str, event: dict[str, Any]) -> None:
        """Note the last event of a run; nothing where it began before it was asked for."""
        waiting = self._waiting(site)
        if waiting and waiting.begun:
            waiting.end = event

    def ended(self, site: str) -> dict[str, Any] | None:
        """The last event of the run that was asked for; None until it has ended. Raises KeyError for no such
        run."""
        return self._by_site[site].end

    def _waiting(self, site: str) -> _Asked | None:
        asked = self._by_site.get(site)
        return asked if asked and asked.end is None else None
