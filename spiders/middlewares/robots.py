"""Obeys robots.txt as RFC 9309 specifies it.

Scrapy's own middleware is not used: if several requests wait for one robots.txt, all but the first pass
unchecked; an unreachable file means "allowed"; Crawl-delay is read and not obeyed.
"""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from variorum.crawler.urls.references import resolve
from variorum.spiders.fetching.failures import LeadsNowhere, Refused, RobotsRefused, RobotsUnread
from variorum.spiders.middlewares.decompression import FIRST_BYTES

TOKEN = "Variorum"  # noqa: S105  (the product token by which robots.txt may name us)
READ_BYTES = 500 * 1024
"""The number of bytes of a file that are obeyed, however long it is (RFC 9309 2.5 requires at least this)."""


def is_unreachable(status: int) -> bool:
    """Whether a status of robots.txt means "fetch nothing": 5xx (RFC 9309 2.3.1.4), and 429.

    The RFC counts 429 with the other 4xx, which allow everything; but a host that wants fewer requests has
    not agreed to them, and Google reads it so too.
    """
    return status >= 500 or status == 429  # noqa: PLR2004


class Robots:
    """Downloader middleware: a request that robots.txt forbids raises RobotsRefused.

    Reads each origin's file once a run. Sends Scrapy's `robots_parsed` signal, which tells the throttle the
    Crawl-delay, and appends the file's sitemaps to the spider's list `robots_sitemaps`, if it has one.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[ProtegoRobotParser]] = {}
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self._bytes_received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """Create the middleware of one run. Raises NotConfigured if the site's file has `robots = false`."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the rules of the request's origin. Raises RobotsRefused."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(f"{origin}/robots.txt", request))
        rules = await self._rules[origin]
        if not rules.allowed(request.url, TOKEN):
            raise RobotsRefused(f"{origin}/robots.txt forbids {request.url} to {TOKEN}")

    async def _read(self, url: str, request: Request) -> ProtegoRobotParser:
        response = await self._fetch(url)
        rules = ProtegoRobotParser(_beginning(response), self._crawler.spider)
        self._crawler.signals.send_catch_log(signals.robots_parsed, robotparser=rules, request=request)
        sitemaps: list[str] = getattr(self._crawler.spider, "robots_sitemaps", [])
        base = response.url if response else url
        sitemaps.extend(address for one in rules.rp.sitemaps if (address := resolve(base, one)))
        return rules

    async def _fetch(self, url: str) -> Response | None:
        """The response for the file; None if it redirects to nothing, and there are no rules."""
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(_request(url))
        except LeadsNowhere:
            return None
        except Refused:
            raise
        except Exception as error:
            raise RobotsUnread(_unreachable(url, str(error) or type(error).__name__)) from error
        if is_unreachable(response.status):
            raise RobotsUnread(_unreachable(url, f"status {response.status}"))
        return response

    def _bytes_received(self, data: bytes, request: Request) -> None:
        if FIRST_BYTES in request.meta:
            self._received[request] = self._received.get(request, 0) + len(data)
            if self._received[request] > request.meta[FIRST_BYTES]:
                raise StopDownload(fail=False)


def _request(url: str) -> Request:
    # Not compressed, so that the first bytes received are the first of the file.
    meta = {"dont_obey_robotstxt": True, FIRST_BYTES: READ_BYTES, "download_maxsize": 0}
    return Request(url, callback=NO_CALLBACK, headers={"Accept-Encoding": "identity"}, meta=meta)


def _beginning(response: Response | None) -> bytes:
    """The part of the file that counts: nothing of a failed response, and no incomplete last line."""
    if response is None or not 200 <= response.status < 300:  # noqa: PLR2004
        return b""
    body = response.body
    return body if len(body) < READ_BYTES else body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]


def _unreachable(url: str, why: str) -> str:
    return f"{url} could not be read ({why.rstrip('.')}), so nothing there is fetched in this run"
