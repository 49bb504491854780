"""What every request carries, and the count of what the run sends and receives.

One middleware stands in place of Scrapy's three for headers, user agent and timeout, and the count leaves out
the statistics that nobody reads: they cost each request as much as the recording of an unchanged page.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.stats import get_header_size, get_status_size
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

REQUESTS, RECEIVED = "downloader/request_count", "downloader/response_bytes"
"""Keys of the run's statistics, as Scrapy names them: requests sent; bytes received, headers included."""


class Defaults:
    """Downloader middleware: sets user agent, headers and timeout, as the settings name them."""

    def __init__(self, settings: BaseSettings) -> None:
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "User-Agent": settings["USER_AGENT"]}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Defaults:
        """Create the middleware of one run."""
        return cls(crawler.settings)

    def process_request(self, request: Request) -> None:
        """Set what the request does not have yet."""
        request.meta.setdefault("download_timeout", self._timeout)
        for name, value in self._headers.items():
            request.headers.setdefault(name, value)


class Traffic:
    """Downloader middleware, the nearest to the network: counts requests, and the bytes of responses."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Traffic:
        """Create the middleware of one run."""
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_request(self, request: Request) -> None:
        """Count a request that is about to be sent."""
        self._stats.inc_value(REQUESTS)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count a response as it came over the network, before it is decompressed."""
        head = get_header_size(response.headers) + get_status_size(response.status) + len(b"\r\n\r\n")
        self._stats.inc_value(RECEIVED, len(response.body) + head)
        return response


class Quiet(LogFormatter):
    """Scrapy's messages, without the two of each page: the run reports its pages itself."""

    def crawled(self, *args: object) -> None:  # type: ignore[override]
        """No message for a response."""

    def scraped(self, *args: object) -> None:  # type: ignore[override]
        """No message for a fetch that is passed on."""
