"""The protocol between spiders and the crawl frontier: spiders know no database, the frontier no Scrapy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult

PLENTY = 1_000
"""The number of requests left if there is no budget."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to fetch now, with the HTTP validators of the copy in the store."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    part_count: int = 1
    """The number of parts into which the site splits the article, as its sources report it."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source (sitemap, feed, API) of the site when it was last read."""

    read_at: str | None = None
    enumerated_at: str | None = None
    entries: int | None = None
    cursor: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Frontier(Protocol):
    """The crawl frontier of one run of one site: takes what sources list, gives what to fetch next."""

    def not_found_probe(self) -> str | None:
        """A URL that does not exist, to learn the site's "not found" page; None if that is known."""

    def save_not_found(self, fetched: FetchResult) -> None:
        """Store the response for `not_found_probe`."""

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Store what a source lists; pages that are new or out of date by it become requests."""

    def source_state(self, address: str) -> SourceState:
        """The state of the source at that address as last stored; all None if it was never read."""

    def is_stale(self, state: SourceState) -> bool:
        """Whether the source is due to be read completely again."""

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Store the state of a source after reading it; `enumerated_at` is its last complete reading."""

    def mark_enumerated(self, kind: str) -> None:
        """Request the pages that sources of this kind no longer list, now that all of them were read."""

    def report_source(self, kind: str, message: str) -> None:
        """Report a problem of a kind of source to the operator; an empty message means that there is none."""

    def next_requests(self) -> Sequence[PageRequest]:
        """The pages to fetch next, most urgent first; empty when the run has nothing left to do."""

    def budget_exhausted(self) -> bool:
        """Whether the daily request budget of the site is used up."""

    def requests_left(self) -> int:
        """The number of requests left in the daily budget of the site."""


class TransientFrontier:
    """A frontier in memory, for runs that store nothing: each discovered page is fetched once."""

    def __init__(self, limit: int = 10) -> None:
        self._waiting: dict[str, None] = {}
        self._limit = limit
        self._given = 0

    def not_found_probe(self) -> str | None:
        """Always None: such a run needs no probe."""
        return None

    def save_not_found(self, fetched: FetchResult) -> None:
        """Does nothing, since there is no store."""

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Queue each page that is not queued yet."""
        self._waiting.update(dict.fromkeys(one.url for one in listed))

    def source_state(self, address: str) -> SourceState:
        """Always the empty state, since there is no store."""
        return SourceState()

    def is_stale(self, state: SourceState) -> bool:
        """Always True: each source is read completely."""
        return True

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Does nothing, since there is no store."""

    def mark_enumerated(self, kind: str) -> None:
        """Does nothing: there is no earlier list to compare with."""

    def report_source(self, kind: str, message: str) -> None:
        """Does nothing: there is no operator to report to."""

    def next_requests(self) -> Sequence[PageRequest]:
        """The queued pages that were not returned before, up to the limit in all."""
        urls = list(self._waiting)[self._given : self._limit]
        self._given += len(urls)
        return [PageRequest(url) for url in urls]

    def budget_exhausted(self) -> bool:
        """Always False: only the limit on pages applies."""
        return False

    def requests_left(self) -> int:
        """Always `PLENTY`, since requests are not counted."""
        return PLENTY
