"""Remembers who has opened which change lately, so that two reviewers know of each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

LATELY = timedelta(minutes=10)


class Openings:
    """Who has opened which change within the last minutes; kept in memory, for all reviewers of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: dict[tuple[int, str], datetime] = {}

    def others(self, change: int, reviewer: str, at: datetime) -> list[tuple[str, datetime]]:
        """The others who have opened the change lately, the latest first. Notes that this one has, too."""
        with self._lock:
            self._opened = {key: then for key, then in self._opened.items() if at - then < LATELY}
            self._opened[change, reviewer] = at
            found = [(name, then) for (one, name), then in self._opened.items() if one == change]
        return sorted((one for one in found if one[0] != reviewer), key=lambda one: one[1], reverse=True)
