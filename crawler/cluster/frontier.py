"""The frontier of a run on a worker: it asks the hub, and tells it what the spider finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from variorum.crawler.cluster.wire import (
    Answer,
    Begun,
    Call,
    Discovered,
    Enumerated,
    NextPages,
    NotFoundSeen,
    SourceAt,
    SourceRead,
    SourceReport,
)
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import PageRequest, SourceState
from variorum.crawler.times import parse
from variorum.crawler.tracking.run_frontier import is_stale

Tell = Callable[[Call], None]
Ask = Callable[[NextPages | SourceAt], Answer]


class RemoteFrontier:
    """The protocol of spiders (variorum.crawler.frontier.Frontier). `tell` may wait until the next `ask`."""

    def __init__(self, begun: Begun, requests: Callable[[], int], tell: Tell, ask: Ask) -> None:
        self._begun, self._requests, self._tell, self._ask = begun, requests, tell, ask
        self._started = parse(begun.started)

    def not_found_probe(self) -> str | None:
        """A URL that does not exist, to learn the site's "not found" page; None if that is known."""
        return self._begun.not_found_probe

    def save_not_found(self, fetched: FetchResult) -> None:
        """Store the response for `not_found_probe`."""
        self._tell(NotFoundSeen(fetched))

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Store what a source lists."""
        self._tell(Discovered(listed))

    def source_state(self, address: str) -> SourceState:
        """The state of the source at that address as last stored."""
        return self._ask(SourceAt(address)).source or SourceState()

    def is_stale(self, state: SourceState) -> bool:
        """Whether the source is due to be read completely again."""
        return is_stale(state, self._started)

    def save_source(self, kind: str, address: str, state: SourceState) -> None:
        """Store the state of a source after reading it."""
        self._tell(SourceRead(kind, address, state))

    def mark_enumerated(self, kind: str) -> None:
        """Request the pages that sources of this kind no longer list."""
        self._tell(Enumerated(kind))

    def report_source(self, kind: str, message: str) -> None:
        """Report a problem of a kind of source to the operator."""
        self._tell(SourceReport(kind, message))

    def next_requests(self) -> Sequence[PageRequest]:
        """The pages to fetch next; empty when the run has nothing left to do."""
        return self._ask(NextPages()).pages

    def budget_exhausted(self) -> bool:
        """Whether the daily request budget of the site is used up."""
        return self.requests_left() <= 0

    def requests_left(self) -> int:
        """The number of requests left in the daily budget of the site."""
        return max(0, self._begun.budget - self._requests())
