"""The result of one tracked fetch, as the run counts and reports it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from variorum.crawler.classification.outcome import Outcome
from variorum.storage.rows import Values


@dataclass(frozen=True, slots=True)
class Tracked:
    """The result of one tracked fetch: its outcome, and the changes recorded."""

    url: str
    outcome: Outcome
    reason: str
    changes: tuple[str, ...] = ()
    baseline: bool = False
    """The first version of a page that existed before the site was watched."""
    left: bool = False
    """A page that was there is not found now."""
    leads_to: str = ""
    """The other site, like `https://ormhead.example/`, to which the page redirects."""
    again: bool = False
    """A second fetch of the page, which was only to show what differs at each fetch."""
    held: bool = False
    """It is held until more of the site is fetched; its changes are reported later."""

    @property
    def values(self) -> Values:
        """The fields by name; all of them are plain values, which need no copy."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields(Tracked))
