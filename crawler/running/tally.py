"""How a run fares: its fetches counted, and whether the site as a whole is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.classification.outcome import Outcome, in_words
from crawler.running.settle import too_many
from crawler.track import Tracked

ANSWERS = {Outcome.ok, Outcome.not_modified, Outcome.moved, Outcome.gone}
"""Outcomes that show a site at work."""
REFUSALS = {Outcome.blocked, Outcome.soft_404}
OURS = {Outcome.robots, Outcome.address, Outcome.wrong_type, Outcome.too_large}
"""Outcomes of our own manners and bounds: no failure of the site's."""
DATABASE = "database"
BREAKDOWNS = {"start_error", DATABASE}
"""Reasons of a run's end that are no fault of the site's."""
UNREACHABLE, BROKE_DOWN = "unreachable", "run broke down"
"""Kinds of issues of a run that brought nothing; `MISSING` is another."""
REFUSED, MISSING, CHANGED, SPENT = "refused", "many missing", "many changed", "budget"
"""Reasons to end a run early: asking on would only trouble the site."""
MANY_CHANGED, CHANGED_SHARE = 20, 0.5
"""More pages than these, in number and as a part of all, are not edited in one night."""
STREAK = 20
"""After so many refusals and failures without one answer between them, a site is not asked further."""


@dataclass
class Tally:
    """The counts of one run."""

    live: int = 0
    """How many pages of the site were there when the run began."""
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """What broke over a page."""
    _outcomes: Counter[Outcome] = field(default_factory=Counter)
    _last: str = ""
    _streak: int = 0
    _left: int = 0

    def add(self, tracked: Tracked) -> None:
        """Count one fetch."""
        self._outcomes[tracked.outcome] += 1
        if tracked.held:
            self.add_changes(tracked.changes)
            return
        self.counts["fetched"] += 1
        self.counts["baseline"] += tracked.baseline
        self.add_changes(tracked.changes)
        if word := _word(tracked):
            self.counts[word] += 1
        self._left += tracked.left
        if tracked.outcome in ANSWERS:
            self._streak = 0
        else:
            self._streak += not (tracked.left or tracked.outcome in OURS)
            self._last = f"{tracked.url}: {in_words(tracked.outcome, tracked.reason)}"

    def add_changes(self, kinds: Iterable[str]) -> None:
        """Count changes by their kinds."""
        self.counts.update("changed" if kind in {"edited", "retitled"} else kind for kind in kinds)

    def reason_to_stop(self) -> str | None:
        """Why the run should end now, where it should."""
        if self._streak >= STREAK:
            return REFUSED
        if self.counts["changed"] > max(MANY_CHANGED, CHANGED_SHARE * self.live):
            return CHANGED
        return MISSING if too_many(self._left, self.live - self._left) else None

    def trouble(self, reason: str) -> str:
        """What to say of a run that ended for this reason and got nothing; empty where all is well."""
        if reason in BREAKDOWNS:
            return f"the run ended early ({reason}); {self.faults[-1] if self.faults else 'its log says why'}"
        if reason == REFUSED:
            return (
                f"refused or failed {STREAK} times in a row, so it was asked no further; last, {self._last}"
            )
        if reason == MISSING:
            return f"{self._left} of {self.live} pages are not found at once; none is taken as gone"
        if reason == CHANGED:
            changed = f"{self.counts['changed']} of {self.live} pages have changed at once"
            return f"{changed}: has the site a new design? The other pages wait for the next run"
        if reason in {"shutdown", SPENT} or any(self._outcomes[one] for one in ANSWERS):
            return ""
        last = self._last or (self.faults[-1] if self.faults else "no answer came")
        return f"nothing of the site could be had; last, {last}"

    def issue(self, reason: str) -> str:
        """The kind of issue that such an end is, where there is trouble."""
        if reason in {MISSING, CHANGED}:
            return reason
        return BROKE_DOWN if reason in BREAKDOWNS else UNREACHABLE


def _word(tracked: Tracked) -> str | None:
    """The count that a fetch belongs to besides its changes."""
    if tracked.outcome is Outcome.not_modified:
        return "not_modified"
    if tracked.left:
        return None
    if tracked.outcome in REFUSALS:
        return "blocked"
    if tracked.outcome in ANSWERS:
        still = not (tracked.changes or tracked.baseline or tracked.outcome is Outcome.gone)
        return "unchanged" if still else None
    return None if tracked.outcome in OURS else "failed"
