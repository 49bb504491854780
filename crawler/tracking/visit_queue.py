"""Chooses the pages that one run fetches next. They are planned once a run; what sources report later is
added."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.revisit.visits import Visit, rank
from crawler.times import parse
from storage.rows import PageRow, VisitRow

if TYPE_CHECKING:
    from storage.store import Store

FILL = 20
"""A scheduled run fetches at least this many pages, so that a small site is fetched completely."""


class VisitQueue:
    """Gives the pages of one run in their order: missing, never fetched, reported, due, others.

    The pages that were fetched before are ranked once, when pages are first requested. From then on the work
    for a page does not depend on the number of pages of the site.
    """

    def __init__(self, store: Store, site: str, run: int, started: datetime) -> None:
        self._store, self._site, self._run, self._started = store, site, run, started
        self._tried: set[int] = set()
        self._left: set[int] = set()
        self._witnessed: set[int] = set()
        self._planned = False
        self._missing: deque[int] = deque()
        self._reported: deque[int] = deque()
        self._due: deque[int] = deque()
        self._others: deque[int] = deque()

    def take(self, most: int, *, left: int, fill: int) -> list[int]:
        """The next pages, `most` at a time as long as requests are `left`; each is given once.

        Missing pages come first and alone: the run must know what became of them before it reads new pages.
        Pages that are neither due nor reported follow until the run has fetched `fill` pages.
        """
        if not self._planned:
            self._plan(left)
        if missing := self._taken(self._missing, left):
            return missing
        room = min(left, most)
        chosen = self._store.never_fetched(self._site, room, besides=self._tried)
        self._tried.update(chosen)
        chosen += self._taken(self._reported, room - len(chosen))
        chosen += self._taken(self._due, room - len(chosen))
        return chosen + self._taken(self._others, min(room - len(chosen), fill - len(self._tried)))

    def report(self, page: int) -> None:
        """Record that a source shows our copy of the page to be out of date."""
        if self._planned:
            self._reported.append(page)

    def report_left(self, page: int) -> None:
        """Record that a completely read source no longer lists the page: it may be missing."""
        self._left.add(page)
        if self._planned:
            self._missing.append(page)

    def has_left(self, page: int) -> bool:
        """Whether a completely read source no longer lists the page."""
        return page in self._left

    def witness(self, page: int) -> None:
        """Record that a source shows the text of the page to be unchanged."""
        self._witnessed.add(page)

    def mark_fetched(self, page: int) -> None:
        """Record that the run fetches the page, or has fetched it: it is not given again."""
        self._tried.add(page)

    def is_fetched(self, page: int) -> bool:
        """Whether the run has fetched the page, or is about to."""
        return page in self._tried

    def forget(self, page: int) -> None:
        """Forget what is known of a number: SQLite reuses the number of a merged page for a new one."""
        for numbers in (self._tried, self._witnessed, self._left):
            numbers.discard(page)

    def fetched_all(self, pages: list[int]) -> bool:
        """Whether the run has fetched all of these pages."""
        return self._tried.issuperset(pages)

    # ---- inside

    def _plan(self, most: int) -> None:
        missing: set[int] = set()
        due, others = rank(self._visits(missing), self._started, most=most)
        self._missing = deque(page for page in due if page in missing)
        self._due = deque(page for page in due if page not in missing)
        self._others = deque(others)
        self._planned = True

    def _visits(self, missing: set[int]) -> Iterator[Visit]:
        """The visits of all pages that were fetched before this run; those missing are noted in `missing`."""
        for row in self._store.visits(self._site):
            if row.id in self._tried:
                continue
            visit = self._visit(row)
            if visit.missing:
                missing.add(visit.page)
            yield visit

    def _visit(self, page: VisitRow) -> Visit:
        missing = page.id in self._left or (page.state == "missing" and page.missing_run != self._run)
        return visit_of(page, missing=missing, witnessed=page.id in self._witnessed)

    def _taken(self, waiting: deque[int], room: int) -> list[int]:
        """At most `room` of the first waiting pages that were not tried; they count as tried from now on."""
        found: list[int] = []
        while waiting and len(found) < room:
            page = waiting.popleft()
            if page not in self._tried:
                found.append(page)
                self._tried.add(page)
        return found


def visit_of(page: PageRow | VisitRow, *, missing: bool, witnessed: bool = False) -> Visit:
    """The facts about a page that `crawler.revisit` needs to plan its next visit."""
    return Visit(
        page=page.id,
        checked_at=_moment(page.checked_at),
        born=parse(min(filter(None, [page.published, page.found_at]))),
        changed_at=_moment(page.changed_at),
        listing=page.kind == "listing",
        missing=missing,
        stale=page.stale_since is not None,
        witnessed=witnessed,
    )


def _moment(text: str | None) -> datetime | None:
    return parse(text) if text else None
