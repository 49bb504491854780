"""Counts the fetches of a run and finds out from the counts whether the site as a whole is in trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.classification.outcome_words import in_words
from variorum.crawler.tracking.finalize import too_many
from variorum.crawler.tracking.issue_kinds import BROKE_DOWN, CUT_SHORT, SITE_MOVED, UNREACHABLE
from variorum.crawler.tracking.tracked import Tracked

ANSWERS = {Outcome.ok, Outcome.not_modified, Outcome.moved, Outcome.gone, Outcome.suspect}
"""Outcomes that show that the site works."""
REFUSALS = {Outcome.blocked, Outcome.soft_404}
OURS = {Outcome.address, Outcome.wrong_type, Outcome.too_large}
"""Outcomes caused by our own rules and limits, and not by the site."""
SHOWING = {Outcome.ok, Outcome.moved}
"""Outcomes that show a page with a text."""
WORDS = {
    Outcome.not_modified: "not_modified",
    **dict.fromkeys(SHOWING, "unchanged"),
    Outcome.gone: "not_found",
    Outcome.suspect: "suspect",
    **dict.fromkeys(REFUSALS, "blocked"),
    **dict.fromkeys(OURS | {Outcome.elsewhere}, "other"),
}
"""The count to which a fetch of each outcome adds; any other has failed."""
DATABASE, BROKEN = "database", "broken"
BREAKDOWNS = {"start_error", DATABASE, BROKEN}
"""Reasons for the end of a run that are not the site's fault."""
TIME_UP = "closespider_timeout"
LOST = "worker lost"
"""The reason of a run whose worker was not heard of any more."""
EARLY = {
    LOST: "the worker that crawled the site was lost",
    "shutdown": "a signal ended the run",
    TIME_UP: "the run took longer than `max_run_seconds` in variorum.toml allows",
    "memusage_exceeded": "the run needed more memory than it may have",
}
"""Reasons for an end that leaves a part of the site for the next run, each in words."""
REFUSED, MISSING, CHANGED, SPENT = "refused", "many missing", "many changed", "budget"
"""Reasons to end a run early, since further requests would only burden the site."""
MANY_CHANGED, CHANGED_SHARE = 20, 0.5
"""The number and the share of changed pages above which a run stops: no site edits so many in one night."""
STREAK = 20
"""The number of consecutive refusals and failures after which a run stops."""


MOVED_SHARE = 0.8
"""A site has moved if this share of the pages that answer redirect to one other host."""


@dataclass
class RunTally:
    """Counts of one run by name, and the messages that follow from them."""

    live: int = 0
    """The number of live pages of the site when the run began."""
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """Exceptions that concerned one page."""
    _outcomes: Counter[Outcome] = field(default_factory=Counter)
    forbidden: dict[str, str] = field(default_factory=dict)
    """The URLs not requested because of robots.txt, each with the reason."""
    last_trouble: str = ""
    """The last fetch that failed, in words: URL and reason."""
    breakdown: str = ""
    """The reason for which the run broke down as a whole, whatever Scrapy says of its end."""
    unseen: bool = False
    """An exception hid what a page would have led to, so the run is not complete."""
    fault_streak: int = 0
    _streak: int = 0
    _left: set[str] = field(default_factory=set)  # addresses of pages that are not found
    _away: Counter[str] = field(default_factory=Counter)  # pages that redirect to each other site

    def add(self, tracked: Tracked) -> None:
        """Add one fetch to the counts."""
        self._outcomes[tracked.outcome] += 1
        if tracked.outcome is Outcome.robots:
            self.forbidden[tracked.url] = tracked.reason
            self.last_trouble = self.last_trouble or _trouble(tracked)
            return
        if tracked.held:
            self.add_changes(tracked.changes)
            return
        self.counts["fetched"] += 1
        self.counts["baseline"] += tracked.baseline
        self.add_changes(tracked.changes)
        if word := _word(tracked):
            self.counts[word] += 1
        self._left.update([tracked.url] if tracked.left else [])
        if tracked.outcome in ANSWERS:
            self._streak = self.fault_streak = 0
        elif tracked.outcome is Outcome.elsewhere:
            self._away.update([tracked.leads_to] if tracked.leads_to else [])
        else:
            self._streak += not (tracked.left or tracked.outcome in OURS)
            self.last_trouble = _trouble(tracked)

    def add_changes(self, kinds: Iterable[str]) -> None:
        """Add changes, given by their kinds, to the counts."""
        self.counts.update("changed" if kind in {"edited", "retitled"} else kind for kind in kinds)

    def reason_to_stop(self) -> str | None:
        """Why the run should end now; None if it should go on."""
        if self.fault_streak >= STREAK:
            return BROKEN
        if self._streak >= STREAK:
            return REFUSED
        if self._away.total() >= STREAK and not self._answers() and self.moved_to():
            return SITE_MOVED
        if self._changed() > max(MANY_CHANGED, CHANGED_SHARE * self._known()):
            return CHANGED
        left = len(self._left)
        return MISSING if too_many(left, self._known() - left) else None

    def _changed(self) -> int:
        """The number of pages that have changed or are suspects."""
        return self.counts["changed"] + self._outcomes[Outcome.suspect]

    def _known(self) -> int:
        """The number of pages of the site, now or when the run began."""
        return self.live + self.counts["baseline"] + self.counts["new"]

    def trouble(self, reason: str) -> str:
        """The message of the issue of a run that ended for this reason; empty for a run that went well."""
        if self._broke_down(reason):
            return f"the run ended early ({reason}); {self.faults[-1] if self.faults else 'its log says why'}"
        if self._has_moved(reason):
            return self._move()
        if reason in {REFUSED, MISSING, CHANGED}:
            return self._stopped(reason)
        if reason in {"shutdown", SPENT} or self._answers():
            return ""
        if reason in EARLY:
            return self.cut_short(reason)
        return f"no page could be fetched; last error: {self.last_trouble or 'no response'}"

    def cut_short(self, reason: str) -> str:
        """The message of the issue of a run that was ended early; empty for any other run."""
        if reason not in EARLY:
            return ""
        count = self.counts["fetched"]
        when = f"after {count} page{'' if count == 1 else 's'}" if count else "before any page was fetched"
        return f"{EARLY[reason]}, {when}; the other pages wait for the next run"

    def is_whole(self, reason: str) -> bool:
        """Whether a run with this end has fetched everything that its sources led to."""
        return reason == "finished" and not self.unseen

    def _broke_down(self, reason: str) -> bool:
        """Whether the fault is ours: a run that failed in our code on every page shows nothing of the
        site."""
        return reason in BREAKDOWNS or (bool(self.faults) and not self._answers())

    def _stopped(self, reason: str) -> str:
        """The message of a run that stopped early: refused, or too many pages missing or changed."""
        if reason == MISSING:
            return f"{len(self._left)} of {self._known()} pages are not found at once; none counts as gone"
        if reason == CHANGED:
            changed = f"{self._changed()} of {self._known()} pages have changed at once"
            return f"{changed}: does the site have a new design? The other pages wait for the next run"
        refused = f"the site refused or failed {STREAK} times in a row, so the run stopped"
        return f"{refused}; last error: {self.last_trouble}"

    def _has_moved(self, reason: str) -> bool:
        return reason not in {"shutdown", REFUSED} and bool(self.moved_to())

    def _move(self) -> str:
        """The message of a site that redirects elsewhere: where it has moved to, and what to do about it."""
        origin = self.moved_to()
        lead = f"{self._away[origin]} of {self.counts['fetched']} pages fetched redirect there"
        return f"the site has moved to {origin}: {lead}. Change `url` in its file, or add it to `also`"

    def moved_to(self) -> str:
        """The other site to which nearly all pages that answered redirect; empty if they don't."""
        origin, count = next(iter(self._away.most_common(1)), ("", 0))
        return origin if count and count >= MOVED_SHARE * (self._answers() + self._away.total()) else ""

    def _answers(self) -> int:
        return sum(self._outcomes[one] for one in ANSWERS)

    def issue(self, reason: str) -> str:
        """The kind of the issue for a run that failed for this reason."""
        if self._broke_down(reason):
            return BROKE_DOWN
        if self._has_moved(reason):
            return SITE_MOVED
        if reason in {MISSING, CHANGED}:
            return reason
        return CUT_SHORT if reason in EARLY else UNREACHABLE


def _trouble(tracked: Tracked) -> str:
    return f"{tracked.url}: {in_words(tracked.outcome, tracked.reason)}"


def _word(tracked: Tracked) -> str | None:
    """The name of the count to which a fetch adds; None if it adds to `baseline`, or to those of changes."""
    if tracked.again:
        return "again"
    if tracked.left:
        return "not_found"
    is_told = tracked.outcome in SHOWING and (tracked.changes or tracked.baseline)
    return None if is_told else WORDS.get(tracked.outcome, "failed")
