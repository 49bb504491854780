"""Decides which pages are due to be fetched again: young and recently changed ones more often."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

SHORTEST = timedelta(hours=3)
LONGEST = timedelta(days=30)
LONGEST_LISTING = timedelta(days=1)
"""New pages appear on lists, so these are fetched each day even if they do not change."""
PART_OF_AGE = 10
"""A page is due when the time since its last visit is its age divided by this."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The facts about a page from which its next visit is planned. Times are aware."""

    page: int
    checked_at: datetime | None
    """When it was last fetched; None if never."""
    born: datetime
    """When it was published; where that is not known, when it was first found."""
    changed_at: datetime | None = None
    """When a change of it was last seen."""
    listing: bool = False
    """Whether the page is a list of other pages."""
    missing: bool = False
    """It answered "not found" once, or its source lists it no longer: that wants confirming."""
    stale: bool = False
    """A source reports that it changed or was removed since it was fetched."""
    witnessed: bool = False
    """A source has just shown that its text is unchanged."""


def interval(visit: Visit, now: datetime) -> timedelta:
    """How long the page may go unseen: a tenth of its age, between three hours and thirty days.

    Its age counts from birth or from the last change, whichever is later. Zero for a page that is missing or
    that a source reports.
    """
    if visit.missing or visit.stale:
        return timedelta(0)
    age = now - max(visit.born, visit.changed_at or visit.born)
    longest = LONGEST_LISTING if visit.listing else LONGEST
    return min(max(age / PART_OF_AGE, SHORTEST), longest)


def plan(visits: Iterable[Visit], now: datetime, *, budget: int, fill: int = 0) -> list[int]:
    """The pages to fetch, most overdue first: all that are due, as far as the budget goes.

    Where fewer than `fill` are due, the next most overdue follow until there are `fill` of them in all (and
    no more than the budget), without those that a source has just shown unchanged.
    """
    due, others = rank(visits, now, most=budget)
    return due + others[: max(0, min(fill, budget) - len(due))]


def rank(visits: Iterable[Visit], now: datetime, *, most: int) -> tuple[list[int], list[int]]:
    """The pages that are due, and others not just shown unchanged by a source; at most `most` in all.

    The visits are gone through once, and no more than `most` of them are held.
    """
    wanted = (visit for visit in visits if not visit.witnessed or is_due(visit, now))
    first = heapq.nlargest(most, wanted, key=lambda visit: _urgency(visit, now))
    # Whatever is due is more urgent than what is not.
    due = [visit.page for visit in first if is_due(visit, now)]
    return due, [visit.page for visit in first[len(due) :]]


def is_due(visit: Visit, now: datetime) -> bool:
    """Whether the page is due; one that was never fetched always is."""
    return _overdue(visit, now) >= 1


def _overdue(visit: Visit, now: datetime) -> float:
    """Time since the last visit as a multiple of the interval: due from 1 on."""
    if visit.checked_at is None:
        return inf
    if visit.checked_at > now:
        # The clock was set back. Due, so that the page does not wait for a time to come again; but no more
        # than just due, so that a whole site of such pages does not push in front of the others.
        return 1.0
    pause = interval(visit, now)
    return (now - visit.checked_at) / pause if pause else inf


def _urgency(visit: Visit, now: datetime) -> tuple[int, float, float]:
    """Sorts by need: missing, then never fetched (newest first), then the most overdue, the longest unseen.

    The missing go first, so that a page which only moved is not recorded as new. The never fetched go
    before those that a source reports, since they are finite: a source that reports every page as changed at
    every visit would otherwise keep new pages waiting for ever.
    """
    if visit.checked_at is None:
        return 1, inf, visit.born.timestamp()
    return 2 if visit.missing else 0, _overdue(visit, now), -visit.checked_at.timestamp()
