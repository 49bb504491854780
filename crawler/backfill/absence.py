"""Finds the times in which imported captures did not find a page that was found before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from variorum.crawler.times import iso, now
from variorum.crawler.tracking.records import Change, add_change
from variorum.storage.rows import PageRow
from variorum.storage.store import Store

CONFIRMED = 2
"""The number of captures in a row that must not have found the page: one may be a fault of the archive."""


class Absence(NamedTuple):
    """A time in which a page was gone, between two times at which it was seen."""

    last_seen: str
    first_missed: str
    last_missed: str
    seen_again: str


def absences(sights: Sequence[str], misses: Sequence[str]) -> Iterator[Absence]:
    """The absences that follow from the times at which a page was seen, and was not found; both in order."""
    for before, after in pairwise(sights):
        between = [at for at in misses if before < at < after]
        if len(between) >= CONFIRMED:
            yield Absence(before, between[0], between[-1], after)


def record_absences(store: Store, page: PageRow) -> int:
    """Record that the page had gone and returned, unless that is recorded; return the number of changes made.

    Whether it is gone now is decided by a crawl.
    """
    sights = [sight.at for sight in store.sights(page.id)]
    recorded = 0
    with store.writing():
        for absence in absences(sights, store.misses(page.id)):
            if not store.left_between(page.id, absence.last_seen, absence.seen_again):
                _record(store, page, absence)
                recorded += 2
    return recorded


def _record(store: Store, page: PageRow, absence: Absence) -> None:
    versions = store.versions_of(page.id)
    before = [version for version in versions if version.captured_at <= absence.last_seen][-1]
    after = [version for version in versions if version.captured_at <= absence.seen_again][-1]
    found = iso(now())
    gone = Change(
        page=replace(page, seen_at=absence.last_seen, modified=None),
        kind="gone",
        seen_new=absence.first_missed,
        old=before,
        number=before.number,
        page_removed=True,
        found_at=found,
        backfilled=True,
    )
    returned = Change(
        page=replace(page, seen_at=absence.last_missed, modified=None),
        kind="returned",
        seen_new=absence.seen_again,
        old=before,
        number=after.number,
        found_at=found,
        backfilled=True,
    )
    add_change(store, gone)
    add_change(store, returned)
