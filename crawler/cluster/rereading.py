"""Pages that were read before the run learned more of their design: the worker reads them again."""

from __future__ import annotations

from collections import deque

from variorum.crawler.classification.outcome import Context
from variorum.crawler.cluster.wire import Read, ReadAgain
from variorum.crawler.extraction.extract import ExtractionError
from variorum.crawler.tracking.reextraction import fetch_of, keep, read_again
from variorum.crawler.tracking.tracker import Tracker
from variorum.storage.rows import VersionRow

AT_ONCE = 20
"""Pages that are sent to the worker at a time."""


class Rereading:
    """The versions that are to be read again before the next fetch is recorded."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._waiting: deque[VersionRow] = deque()
        self._sent: dict[int, VersionRow] = {}
        tracker.learning.read_elsewhere = self._waiting.extend

    def __bool__(self) -> bool:
        """Whether a version waits to be read again."""
        return bool(self._waiting or self._sent)

    def orders(self) -> list[ReadAgain]:
        """The next ones for the worker, when it has done the last ones."""
        if self._sent:
            return []
        orders: list[ReadAgain] = []
        while self._waiting and len(orders) < AT_ONCE:
            version = self._waiting.popleft()
            try:
                fetched = fetch_of(self._tracker.store, version)
            except ExtractionError:
                continue  # it stays as it was read
            self._sent[version.id] = version
            context = Context(fetched.url, fetched.url)
            orders.append(ReadAgain(version.id, fetched, context, self._tracker.reader.label))
        return orders

    def take(self, read: Read) -> None:
        """Store what the worker has read; what it could not read is read here."""
        version = self._sent.pop(read.number)
        store, reader = self._tracker.store, self._tracker.reader
        if read.extract:
            keep(store, reader, version, read.extract)
        else:
            read_again(store, reader, [version])

    def end(self) -> None:
        """Read here what is left, as the worker ends."""
        self._tracker.learning.read_elsewhere = None
        left = [*self._sent.values(), *self._waiting]
        self._sent.clear()
        self._waiting.clear()
        read_again(self._tracker.store, self._tracker.reader, left)
