"""Sets the request rate of each host: within the limits of site file and robots.txt, slower if it is slow."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from variorum.spiders.fetching.failures import is_ours, over_a_page
from variorum.spiders.middlewares.robots import TOKEN

TROUBLE = (429, 503)


class Throttle(AutoThrottle):
    """AutoThrottle that obeys each host's Crawl-delay, and doubles the delay of a failing host.

    AutoThrottle alone lets every delay but DOWNLOAD_DELAY decay towards the latency of the host.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}
        crawler.signals.connect(self._rules_read, signal=signals.robots_parsed)
        crawler.signals.connect(self._about_to_queue, signal=signals.request_reached_downloader)

    def _rules_read(self, robotparser: RobotParser, request: Request) -> None:
        delay = robotparser.crawl_delay(TOKEN)
        if delay and self.crawler.engine is not None:
            host = self.crawler.engine.downloader.get_slot_key(request)
            self._floors[host] = max(delay, self._floors.get(host, 0.0))

    def _about_to_queue(self, request: Request) -> None:
        # Here, and not once for all: Scrapy forgets the slot of a host that was idle for a minute.
        self._keep_floor(*self._get_slot(request, None))  # type: ignore[arg-type]

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        self._keep_floor(*self._get_slot(request, spider))

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        if response.status in TROUBLE:
            slot.delay = min(slot.delay * 2, self.maxdelay)
        else:
            super()._adjust_delay(slot, latency, response)

    def _keep_floor(self, host: str | None, slot: Slot | None) -> None:
        floor = self._floors.get(host or "")
        if floor and slot:
            slot.delay = max(slot.delay, floor)
            slot.jitter = 0.0  # which would undercut the floor as often as not


class StrictDownloader(Downloader):
    """Scrapy's downloader, which also obeys its limit of concurrent requests if there is hardly any delay.

    Scrapy 2.19 counts a transfer when its task first runs, and by then has started the whole queue.
    Exceptions in our own middlewares are reported as such; to the spider they look like network failures.
    """

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        """The response, or another request to be made in its place."""
        fetched: Deferred[Response | Request] = super().fetch(request)
        fetched.addErrback(self._failed, request)
        return fetched

    def _failed(self, failure: Failure, request: Request) -> Failure:
        if failure.value is not None and is_ours(failure.value):
            over_a_page(request.url, failure.value)
        return failure

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
