"""The spider of a web archive: lists its captures of a site, and fetches the chosen ones.

It uses the addresses of the Wayback Machine, and works with any archive that has the same ones. It fetches
what the archive received (`id_`), and follows no redirect: if an archive does not have a capture, it
redirects to the nearest other one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC
from typing import Any, NamedTuple, Self

import msgspec
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from variorum.crawler.config.site import Site
from variorum.crawler.dates import sound_date
from variorum.crawler.extraction.html.encoding import described
from variorum.crawler.fetch_result import FetchResult
from variorum.spiders.fetching.failures import RetryLater, error_of
from variorum.spiders.settings import for_site
from variorum.spiders.sources.cdx import Memento, is_beneath, list_address, memento_address, read_list

BATCH = 50
"""The number of requests given to the engine at a time."""
MOST_FAILURES = 10
"""The number of consecutive failures after which the import ends."""
ORIGINAL = "x-archive-orig-"
"""The prefix of the capture's own headers; headers without it are the archive's."""
NEVER_WHOLE = ("too large", "cut")
"""Failures of a capture that will be the same the next time."""
OK = 200
REDIRECTS = range(300, 400)


class ArchiveRequest(msgspec.Struct, frozen=True):
    """The order of an import: which captures of which site to fetch."""

    url: str
    """The page; all pages below it are included."""
    endpoint: str
    since: str | None = None
    until: str | None = None
    limit: int | None = None
    """The maximum number of captures to fetch."""
    delay: float = 1.0
    """The seconds between two requests."""


class Taken(NamedTuple):
    """A capture with what the archive returned; None if it has no page there."""

    memento: Memento
    fetched: FetchResult | None


class WaybackSpider(Spider):
    """Fetches captures of the site `of`; `site` is the archive itself, the one host that may be requested."""

    name = "wayback"

    def __init__(self, of: Site, request: ArchiveRequest, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of, self.request, self.site = of, request, archive_site(request)
        self.choose: Callable[[Sequence[Memento]], list[Memento]] = list
        """Chooses the listed captures to fetch, in order; set by the code that stores them."""
        self.trouble = ""
        self.listed = self.chosen = self.failed = 0
        self._listed: list[Memento] = []
        self._waiting: list[Memento] = []
        self._in_a_row = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider; it is called when nothing is left to download."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.next_batch, signal=signals.spider_idle)
        return spider

    # ---- what there is

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the list of captures."""
        yield self._list()

    def _list(self, key: str = "") -> Request:
        request = self.request
        address = list_address(request.endpoint, request.url, request.since, request.until, key)
        return Request(address, self.parse_list, errback=self.list_failed, dont_filter=True)

    def parse_list(self, response: Response) -> Iterator[Request]:
        """Read a part of the list, and yield the request for the next one."""
        if response.status != OK:
            self.trouble = f"it answers with status {response.status} where it should list its captures"
            return
        try:
            found, key = read_list(response.text if isinstance(response, TextResponse) else "")
        except ValueError as error:
            self.trouble = f"its list of captures can't be read: {error}"
            return
        self._listed += [memento for memento in found if is_beneath(memento.url, self.request.url)]
        if key:
            yield self._list(key)
            return
        self.listed = len(self._listed)
        waiting = self.choose(self._listed)
        self.chosen = len(waiting)
        self._waiting, self._listed = waiting[: self.request.limit], []

    def list_failed(self, failure: Failure) -> None:
        """Record that the list of captures could not be fetched; without it there is nothing to import."""
        self.trouble = f"its list of captures can't be fetched: {': '.join(error_of(failure))}"

    # ---- captures

    def next_batch(self) -> None:
        """Send the next requests to the engine, and keep the spider open while there are any."""
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        for memento in batch:
            assert self.crawler.engine is not None
            self.crawler.engine.crawl(self._capture(memento))
        if batch:
            raise DontCloseSpider

    def _capture(self, memento: Memento) -> Request:
        return Request(
            memento_address(self.request.endpoint, memento),
            self.parse_capture,
            errback=self.capture_failed,
            dont_filter=True,
            cb_kwargs={"memento": memento},
        )

    def parse_capture(self, response: Response, memento: Memento) -> Iterator[Taken]:
        """Yield the capture as its site had answered."""
        at = _moment(response)
        if response.status in REDIRECTS or (at and at != memento.at):
            self._in_a_row = 0
            yield Taken(memento, None)
        elif at:
            self._in_a_row = 0
            yield Taken(memento, _received(response, memento))
        else:
            self._give_up(f"{response.url}: status {response.status}, and no capture")

    def capture_failed(self, failure: Failure) -> Iterator[Taken]:
        """Leave the capture for another time, or yield it as failed if it will never be complete."""
        if isinstance(failure.value, RetryLater):
            raise CloseSpider("Retry-After")
        request: Request = failure.request  # type: ignore[attr-defined]
        memento: Memento = request.cb_kwargs["memento"]
        error, detail = error_of(failure)
        if error in NEVER_WHOLE:
            yield Taken(memento, _unreceived(memento, error, detail))
        else:
            self._give_up(f"{request.url}: {error}, {detail}")

    def _give_up(self, trouble: str) -> None:
        self.failed += 1
        self._in_a_row += 1
        self.trouble = trouble
        self.logger.warning("%s", trouble)
        if self._in_a_row >= MOST_FAILURES:
            raise CloseSpider("unreachable")


def archive_site(request: ArchiveRequest) -> Site:
    """Return the archive as a `Site`, so that the crawl's settings hold for it."""
    return Site(name="wayback", url=request.endpoint, delay=request.delay, robots=False)


def settings(request: ArchiveRequest) -> dict[str, Any]:
    """Scrapy's settings that override the usual ones."""
    return {
        **for_site(archive_site(request)),
        "DOWNLOAD_DELAY_JITTER": 0.0,  # which would undercut the delay as often as not
        "DOWNLOAD_TIMEOUT": 120,  # lists are long in the making
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
    }


def _moment(response: Response) -> str | None:
    """The time of the capture that the archive shows (RFC 7089); None if it shows none."""
    header = (response.headers.get("Memento-Datetime") or b"").decode("latin-1")
    return sound_date(header, UTC)


def _received(response: Response, memento: Memento) -> FetchResult:
    recorded = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    headers = {name.removeprefix(ORIGINAL): v for name, v in recorded.items() if name.startswith(ORIGINAL)}
    if "content-type" in recorded:
        headers.setdefault("content-type", recorded["content-type"])
    encoding = described(headers, response.body)
    return FetchResult(
        url=memento.url,
        final_url=memento.url,
        fetched_at=memento.at,
        status=response.status,
        headers=headers,
        body=response.body,
        encoding=encoding.name if encoding else None,
        encoding_by=encoding.by if encoding else None,
    )


def _unreceived(memento: Memento, error: str, detail: str) -> FetchResult:
    return FetchResult(memento.url, memento.url, memento.at, error=error, detail=detail)
