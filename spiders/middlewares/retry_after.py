"""Obeys Retry-After (RFC 9110 10.2.3): holds back the requests to a host, up to a limit in each run.

When the limit is reached, a page that still answers with Retry-After is left for a later run, as long as the
host answers other requests in between; a host that answers nothing else gets no more requests.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from variorum.crawler.times import iso, now
from variorum.spiders.fetching.failures import RetryLater

LONGEST_HOLD = 120.0
"""The longest wait in seconds; if Retry-After names a longer one, the host gets no more requests."""
MOST_HELD = 240.0
"""The seconds that a run waits for one host in all; the setting RETRY_AFTER_MOST_HELD overrides it."""
LONGEST_REST = 7 * 86400.0
"""The longest Retry-After in seconds; a longer one is shortened to this."""
STATUSES = (429, 503)
UNTIL = "retry_after/until"
"""Key of the run's statistics: the time (UTC, ISO 8601 with Z) until which a host accepts no requests."""

WAITING = "retry_after/waiting"
"""The statistic with the host that is waited for, and until when."""
WAITS = "retry_after/waits"
"""Key of the run's statistics: what Retry-After did to the run, by host."""
UNFETCHED = "retry_after/unfetched"
"""Key of the run's statistics: how many requests were given up because of Retry-After."""
WENT_WELL = 400
"""A lower status means that the host works; a refusal or failure does not."""

logger = logging.getLogger(__name__)


def seconds_to_wait(value: str, moment: datetime) -> float | None:
    """Return the seconds of a Retry-After header, a number or an HTTP date; None if it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_REST)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(max((aware - moment).total_seconds(), 0.0), LONGEST_REST)


@dataclass
class Patience:
    """The time that a run has waited for one host, and its limit."""

    most: float
    answers: int = 0
    """How many responses had a Retry-After header."""
    held: float = 0.0
    """The seconds waited in all."""
    free_at: float = 0.0
    """The time by the monotonic clock until which requests are held back."""
    at_work: bool = True
    """Whether it has answered a request since it last sent Retry-After."""

    def holds(self, seconds: float, moment: float) -> bool:
        """Whether the run waits once more; if so, the wait is counted."""
        longer = moment + seconds - max(self.free_at, moment)
        if seconds > LONGEST_HOLD or self.held + max(longer, 0.0) > self.most:
            return False
        self.held += max(longer, 0.0)
        self.free_at = max(self.free_at, moment + seconds)
        return True


class RetryAfter:
    """Downloader middleware: delays requests to a host that sent Retry-After, or drops them with RetryLater.

    Emits the event `waiting` for each wait, and lists all waits in the run's statistics.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getfloat("RETRY_AFTER_MOST_HELD", MOST_HELD)
        self._hosts: dict[str, Patience] = {}
        self._resting: dict[str, str] = {}
        crawler.signals.connect(self._answered, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfter:
        """Return the middleware of one run, with no waiting recorded yet."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise RetryLater if the host gets no more requests in this run."""
        # A redirect inherits the slot of the host it came from; each request keeps to its own host's pace.
        request.meta.pop("download_slot", None)
        assert self._crawler.engine is not None
        host = self._crawler.engine.downloader.get_slot_key(request)
        if host in self._resting:
            raise self._retry_later(host)

    def _answered(self, response: Response, request: Request) -> None:
        """Runs before the downloader takes the host's next request from its queue."""
        host: str = request.meta["download_slot"]
        patience = self._hosts.setdefault(host, Patience(self._most))
        header = response.headers.get("Retry-After")
        if response.status not in STATUSES or header is None:
            patience.at_work = patience.at_work or response.status < WENT_WELL
            return
        moment = now()
        seconds = seconds_to_wait(header.decode("latin-1"), moment)
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(host)
        if seconds and slot is not None:
            patience.answers += 1
            self._wait(host, slot, request, seconds, moment)
            patience.at_work = False

    def _wait(self, host: str, slot: Slot, request: Request, seconds: float, moment: datetime) -> None:
        patience, until = self._hosts[host], moment + timedelta(seconds=seconds)
        if patience.holds(seconds, monotonic()):
            slot.lastseen = patience.free_at  # Scrapy counts the delay to the next request from here
            self._report(host, f"requests go on after {iso(until)}")
            self._emit(host, seconds, iso(until))
            return
        request.meta["dont_retry"] = True
        self._count_unfetched()
        if seconds <= LONGEST_HOLD and patience.at_work:
            self._report(host, "pages that keep sending it are left for a later run")
        else:
            self._rest(host, slot, until)

    def _rest(self, host: str, slot: Slot, until: datetime) -> None:
        self._resting[host] = max(iso(until), self._resting.get(host, ""))
        stats = self._stats()
        stats.set_value(UNTIL, max(iso(until), stats.get_value(UNTIL, "")))
        self._report(host, f"no requests until {self._resting[host]}; the rest is left for a later run")
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(self._retry_later(host)))  # type: ignore[no-untyped-call]

    def _retry_later(self, host: str) -> RetryLater:
        self._count_unfetched()
        return RetryLater(f"{host} sent Retry-After: no requests until {self._resting[host]}")

    def _report(self, host: str, what: str) -> None:
        patience = self._hosts[host]
        times = f"{patience.answers} time{'s' * (patience.answers != 1)}"
        text = f"{host} sent Retry-After {times}; the run waited {patience.held:.0f} s; {what}"
        logger.warning("%s", text)
        stats = self._stats()
        stats.set_value(WAITS, {**stats.get_value(WAITS, {}), host: text})

    def _emit(self, host: str, seconds: float, until: str) -> None:
        self._stats().set_value(WAITING, {"host": host, "until": until})
        if emit := self._crawler.settings.get("ON_EVENT"):
            site = self._crawler.spider.name if self._crawler.spider else ""
            emit({"event": "waiting", "site": site, "host": host, "seconds": seconds, "until": until})

    def _count_unfetched(self) -> None:
        self._stats().inc_value(UNFETCHED)

    def _stats(self) -> StatsCollector:
        assert self._crawler.stats is not None
        return self._crawler.stats
