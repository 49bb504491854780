"""What a spider asks of whoever keeps the pages. Spiders know no database; the archive knows no Scrapy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crawler.fetch_result import DiscoveredUrl, FetchResult

PLENTY = 1_000
"""Requests, where nobody bounds them."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to fetch now, with the validators the server gave for the copy we have."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    part_count: int = 1
    """Into so many parts the site has cut the article, as far as a source tells."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source of the site last said of itself."""

    read_at: str | None = None
    enumerated_at: str | None = None
    entries: int | None = None
    cursor: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Frontier(Protocol):
    """The memory of one run of one site."""

    def not_found_probe(self) -> str | None:
        """An address that can't exist, to be asked for on purpose; None where the answer is known."""

    def save_not_found(self, fetched: FetchResult) -> None:
        """How the site answered for the address that cannot exist."""

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Keep what a source says of pages; those it shows to be new or out of date become requests."""

    def source_state(self, address: str) -> SourceState:
        """What the source at that address last said of itself; all None where it was never read."""

    def is_stale(self, state: SourceState) -> bool:
        """Whether it is time to read the source from end to end again."""

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """A source has been read; `state.enumerated_at` says when it last was from end to end."""

    def mark_enumerated(self, kind: str) -> None:
        """All sources of this kind were read from end to end; what they no longer list is requested."""

    def report_source(self, kind: str, message: str) -> None:
        """What the operator should know of a kind of source; an empty message says that all is well."""

    def next_requests(self) -> Sequence[PageRequest]:
        """The pages to fetch next, most urgent first; none when the run has nothing left to do."""

    def budget_exhausted(self) -> bool:
        """Whether the requests that the site may be asked in a day are used up."""

    def requests_left(self) -> int:
        """How many requests the site may still be asked today."""


class TransientFrontier:
    """The archive of a run that remembers nothing: each page that is named is fetched once."""

    def __init__(self, limit: int = 10) -> None:
        self._waiting: dict[str, None] = {}
        self._limit = limit
        self._given = 0

    def not_found_probe(self) -> str | None:
        """Nothing of the kind is asked."""
        return None

    def save_not_found(self, fetched: FetchResult) -> None:
        """Nothing is kept."""

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Each page becomes an page_request."""
        self._waiting.update(dict.fromkeys(one.url for one in listed))

    def source_state(self, address: str) -> SourceState:
        """Nothing is known."""
        return SourceState()

    def is_stale(self, state: SourceState) -> bool:
        """Nothing was ever read."""
        return True

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Nothing is kept."""

    def mark_enumerated(self, kind: str) -> None:
        """Nothing was listed before."""

    def report_source(self, kind: str, message: str) -> None:
        """Nobody listens."""

    def next_requests(self) -> Sequence[PageRequest]:
        """Those that were named and not yet given out, up to the limit in all."""
        urls = list(self._waiting)[self._given : self._limit]
        self._given += len(urls)
        return [PageRequest(url) for url in urls]

    def budget_exhausted(self) -> bool:
        """The limit is all that bounds it."""
        return False

    def requests_left(self) -> int:
        """Nobody counts them."""
        return PLENTY
