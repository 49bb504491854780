"""Retry-After: a host that asks for time gets it (RFC 9110 10.2.3)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.times import iso, now
from spiders.failures import AskedToWait

LONGEST_HOLD = 120.0
"""Seconds that a run waits when asked; for a longer wait it leaves the host alone instead."""
LONGEST_REST = 7 * 86400.0
"""Seconds beyond which a Retry-After is not believed, but taken for this."""
STATUSES = (429, 503)
UNTIL = "retry_after/until"
"""Key of the run's statistics: the time (UTC, ISO 8601 with Z) until which a host asked to be left alone."""

logger = logging.getLogger(__name__)


def seconds_asked(value: str, moment: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, by number or by HTTP date; None if it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_REST)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(max((aware - moment).total_seconds(), 0.0), LONGEST_REST)


class RetryAfter:
    """Downloader middleware: holds back a host that asked to wait, or drops its requests with AskedToWait."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._resting: dict[str, str] = {}
        crawler.signals.connect(self._answered, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfter:
        """One memory of waiting for each run."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises AskedToWait where the host is to be left alone for the rest of the run."""
        # A redirect inherits the slot of the host it came from; each request keeps to its own host's pace.
        request.meta.pop("download_slot", None)
        assert self._crawler.engine is not None
        host = self._crawler.engine.downloader.get_slot_key(request)
        if host in self._resting:
            raise self._asked_to_wait(host)

    def _answered(self, response: Response, request: Request) -> None:
        """Runs before the downloader takes the host's next request from its queue."""
        header = response.headers.get("Retry-After")
        if response.status not in STATUSES or header is None:
            return
        moment = now()
        seconds = seconds_asked(header.decode("latin-1"), moment)
        assert self._crawler.engine is not None
        host: str = request.meta["download_slot"]
        slot = self._crawler.engine.downloader.slots.get(host)
        if not seconds or slot is None:
            return
        if seconds <= LONGEST_HOLD:
            slot.lastseen = monotonic() + seconds  # Scrapy counts the delay to the next request from here
            logger.info("%s asked to wait %.0f s (status %d)", host, seconds, response.status)
        else:
            request.meta["dont_retry"] = True
            self._rest(host, slot, moment + timedelta(seconds=seconds))

    def _rest(self, host: str, slot: Slot, until: datetime) -> None:
        self._resting[host] = max(iso(until), self._resting.get(host, ""))
        stats = self._crawler.stats
        assert stats is not None
        stats.set_value(UNTIL, max(iso(until), stats.get_value(UNTIL, "")))
        logger.warning("%s asked to be left alone until %s: no more of it in this run", host, iso(until))
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(self._asked_to_wait(host)))  # type: ignore[no-untyped-call]

    def _asked_to_wait(self, host: str) -> AskedToWait:
        return AskedToWait(f"{host} asked to be left alone until {self._resting[host]}")
