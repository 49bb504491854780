"""Chooses the pages that one run fetches next. They are planned once a run; what sources report later is
added."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from variorum.crawler.tracking.revisits import Revisits
    from variorum.storage.store import Store


MOST = 2**31
"""More pages than a site has."""


class VisitQueue:
    """Gives the pages of one run in their order: missing, never fetched, reported, due, others.

    The pages that were fetched before are ranked once, when pages are first requested. From then on the work
    for a page does not depend on the number of pages of the site. A `full` run
    goes on to the pages that are not due.
    """

    def __init__(self, store: Store, site: str, run: int, revisits: Revisits, *, full: bool) -> None:
        self._store, self._site, self._run, self._full = store, site, run, full
        self._revisits = revisits
        self._tried: set[int] = set()
        self._left: set[int] = set()
        self._witnessed: set[int] = set()
        self._planned = False
        self._missing: deque[int] = deque()
        self._reported: deque[int] = deque()
        self._due: deque[int] = deque()
        self._others: deque[int] = deque()

    def take(self, most: int, *, left: int) -> list[int]:
        """The next pages, `most` at a time as long as requests are `left`; each is given once.

        Missing pages come first and alone: the run must know what became of them before it reads new pages.
        """
        self.plan(left)
        if missing := self._taken(self._missing, left):
            return missing
        room = min(left, most)
        chosen = self._store.never_fetched(self._site, room, besides=self._tried)
        self._tried.update(chosen)
        chosen += self._taken(self._reported, room - len(chosen))
        chosen += self._taken(self._due, room - len(chosen))
        return chosen + self._taken(self._others, room - len(chosen))

    def plan(self, left: int) -> None:
        """Choose and rank the pages of the run, for so many requests that are left; done once."""
        if not self._planned:
            self._plan(left)

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

    def note_found(self, found_on: str) -> None:
        """A page led to one that was not known before."""
        self._revisits.note_found(found_on)

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

    def known(self) -> int:
        """How many pages the run has fetched or may still fetch, as far as it knows now."""
        queued = {*self._missing, *self._reported, *self._due, *self._others}
        unfetched = self._store.never_fetched(self._site, MOST, besides=self._tried)
        return len(queued.union(unfetched, self._tried))

    def fetched_all(self, pages: list[int]) -> bool:
        """Whether the run has fetched all of these pages."""
        return self._tried.issuperset(pages)

    # ---- inside

    def _plan(self, left: int) -> None:
        order = self._revisits.order(
            run=self._run, left=self._left, witnessed=self._witnessed, tried=self._tried
        )
        self._missing = deque(order.missing)
        self._due = deque(order.due[: self._revisits.share(self._full, left)])
        self._others = deque(order.others if self._full else ())
        self._planned = True

    def _taken(self, waiting: deque[int], room: int) -> list[int]:
        """At most `room` of the first waiting pages that were not tried; they count as tried from now on."""
        found: list[int] = []
        while waiting and len(found) < room:
            page = waiting.popleft()
            if page not in self._tried:
                found.append(page)
                self._tried.add(page)
        return found
