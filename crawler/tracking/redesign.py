"""Detects a redesign of a site; pages that show another design are held until that is decided.

The boilerplate of a new design is not known yet, and would be recorded as many edits. So the first pages that
show another design are held, a few are fetched a second time to see what differs at each fetch, and some
other pages are fetched as well. If most of them show another design, it is learned, as one event of the site;
if not, the held pages are read as usual.
"""

from __future__ import annotations

from collections.abc import Callable

from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES
from variorum.crawler.extraction.boilerplate.template import shows
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.template_learning import TWICE, Learner
from variorum.storage.rows import PageRow

OK = 200


class Redesign:
    """What one run has seen of a site's design, with the fetches that are held."""

    def __init__(
        self, frontier: RunFrontier, learner: Learner, is_page: Callable[[PageRow, FetchResult], bool]
    ) -> None:
        """`is_page` decides whether a response shows a page of the site, since a block page does not have
        its design."""
        self.frontier, self.learner, self._is_page = frontier, learner, is_page
        self._waiting: dict[int, list[FetchResult]] = {}
        self._same = 0
        self._settled = False

    @property
    def unknown_design(self) -> int:
        """The number of pages that show another design."""
        return len(self._waiting)

    @property
    def seen(self) -> int:
        """The number of pages whose design was looked at."""
        return len(self._waiting) + self._same

    def unchanged(self) -> None:
        """Count a page that sent the same bytes as before."""
        self._same += 1

    def holds(self, page: PageRow, fetched: FetchResult) -> bool:
        """Whether this fetch is held until it is decided which design it shows."""
        if self._settled or not self._is_relevant(page):
            return False
        if page.id in self._waiting:
            self._waiting[page.id].append(fetched)
            return True
        if fetched.error or fetched.status != OK or self._shows_known(fetched):
            self._same += fetched.status == OK
            return False
        if not self._is_page(page, fetched):
            return False
        self._wait(page, fetched)
        return True

    def is_known(self) -> bool:
        """Whether enough pages were fetched twice to decide; then call `pages` and `released`."""
        twice = [fetches for fetches in list(self._waiting.values())[:TWICE] if len(fetches) > 1]
        return bool(self._waiting) and len(twice) == min(TWICE, len(self._waiting))

    def pages(self) -> dict[str, list[bytes]]:
        """The bodies of pages that show a new design, if it is the site's; else nothing."""
        if len(self._waiting) < max(LEAST_PAGES, self._same):
            return {}
        return {
            str(page): [
                split(fetched.body)[0] for fetched in fetches if fetched.status == OK and fetched.body
            ]
            for page, fetches in self._waiting.items()
        }

    def first_looks(self) -> list[FetchResult]:
        """The earlier of two complete fetches of each held page."""
        whole = [[one for one in all_ if one.status == OK and one.body] for all_ in self._waiting.values()]
        return [fetches[0] for fetches in whole if len(fetches) > 1]

    def released(self) -> list[FetchResult]:
        """The last complete fetch of each held page; none is held any more in this run."""
        self._settled = True
        waiting, self._waiting = self._waiting, {}
        return [
            next((f for f in reversed(all_) if f.status == OK and f.body), all_[0])
            for all_ in waiting.values()
        ]

    def _is_relevant(self, page: PageRow) -> bool:
        return bool(self.learner.template.names) and page.version is not None and page.kind == "article"

    def _shows_known(self, fetched: FetchResult) -> bool:
        return shows(split(fetched.body)[0], self.learner.template)

    def _wait(self, page: PageRow, fetched: FetchResult) -> None:
        if not self._waiting:
            self._look_around(page)
        self._waiting[page.id] = [fetched]
        if len(self._waiting) <= TWICE:
            self.frontier.request_again(page)

    def _look_around(self, page: PageRow) -> None:
        """Request some more articles, to distinguish a redesign of the site from one of a page."""
        store, site = self.frontier.store, self.frontier.site.name
        for version in store.latest_versions(site, TWICE + 1):
            if version.page != page.id and not self.frontier.has_requested(version.page):
                self.frontier.request_again(store.page(version.page))
