"""What a spider asks of whoever keeps the pages. Spiders know no database; the archive knows no Scrapy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crawler.fetch_result import Fetched, Listed

PLENTY = 1_000
"""Requests, where nobody bounds them."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A page to fetch now, with the validators the server gave for the copy we have."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    parts: int = 1
    """Into so many parts the site has cut the article, as far as a source tells."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source of the site last said of itself."""

    read_at: str | None = None
    whole_at: str | None = None
    entries: int | None = None
    cursor: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Archive(Protocol):
    """The memory of one run of one site."""

    def impossible(self) -> str | None:
        """An address that can't exist, to be asked for on purpose; None where the answer is known."""

    def not_found(self, fetched: Fetched) -> None:
        """How the site answered for the impossible address."""

    def note(self, listed: Sequence[Listed]) -> None:
        """Keep what a source says of pages; those it shows to be new or out of date become errands."""

    def source(self, address: str) -> SourceState:
        """What the source at that address last said of itself; all None where it was never read."""

    def stale(self, state: SourceState) -> bool:
        """Whether it is time to read the source from end to end again."""

    def read(self, kind: str, address: str, state: SourceState) -> None:
        """A source has been read; `state.whole_at` says when it last was from end to end."""

    def whole(self, kind: str) -> None:
        """All sources of this kind were read from end to end: what they no longer list becomes an errand."""

    def source_trouble(self, kind: str, message: str) -> None:
        """What the operator should know of a kind of source; an empty message says that all is well."""

    def errands(self) -> Sequence[Errand]:
        """The pages to fetch next, most urgent first; none when the run has nothing left to do."""

    def spent(self) -> bool:
        """Whether the requests that the site may be asked in a day are used up."""

    def requests_left(self) -> int:
        """How many requests the site may still be asked today."""


class NoArchive:
    """The archive of a run that remembers nothing: each page that is named is fetched once."""

    def __init__(self, limit: int = 10) -> None:
        self._waiting: dict[str, None] = {}
        self._limit = limit
        self._given = 0

    def impossible(self) -> str | None:
        """Nothing of the kind is asked."""
        return None

    def not_found(self, fetched: Fetched) -> None:
        """Nothing is kept."""

    def note(self, listed: Sequence[Listed]) -> None:
        """Each page becomes an errand."""
        self._waiting.update(dict.fromkeys(one.url for one in listed))

    def source(self, address: str) -> SourceState:
        """Nothing is known."""
        return SourceState()

    def stale(self, state: SourceState) -> bool:
        """Nothing was ever read."""
        return True

    def read(self, kind: str, address: str, state: SourceState) -> None:
        """Nothing is kept."""

    def whole(self, kind: str) -> None:
        """Nothing was listed before."""

    def source_trouble(self, kind: str, message: str) -> None:
        """Nobody listens."""

    def errands(self) -> Sequence[Errand]:
        """Those that were named and not yet given out, up to the limit in all."""
        urls = list(self._waiting)[self._given : self._limit]
        self._given += len(urls)
        return [Errand(url) for url in urls]

    def spent(self) -> bool:
        """The limit is all that bounds it."""
        return False

    def requests_left(self) -> int:
        """Nobody counts them."""
        return PLENTY
