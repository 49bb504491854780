"""Renders pages in a browser, for sites that build their text with JavaScript.

A page is fetched the plain way, with all rules and guards, and then opened in a browser without network: it
gets that very response, and whatever else it requests is fetched by Scrapy too. So robots.txt, the delay,
Retry-After, the budget, the network guard and the size limits hold for all requests of a page, and redirects
are followed where they can be judged. robots.txt itself, sitemaps, feeds and the REST API never reach the
browser.

Not rendered: images, fonts and media, frames, what needs a WebSocket, text in shadow trees, and what a script
adds after the network has been idle for half a second. A page that never leaves the network idle for so long
is a timeout, since its text may be incomplete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as BrowserError
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from variorum.crawler.config.site import Site
from variorum.spiders.fetching.failures import Refused, RetryLater, TooLarge
from variorum.spiders.fetching.references import base_of
from variorum.spiders.middlewares.network_guard import host_of

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as Wish

PAGE_SECONDS = 60.0
"""The seconds for one page, besides the delays before its requests."""
WISH_SECONDS = 20.0
"""The seconds for one request of a page; a failed one is tried once more."""
MOST_WISHES = 100
"""The maximum number of requests of one page: a hostile page could misuse us to burden other hosts."""
MOST_KEPT = 64 << 20
"""The bytes of scripts and styles that a run caches, so that pages share them."""
KINDS = ("document", "script", "stylesheet", "xhr", "fetch")
KEPT = ("script", "stylesheet")
OF_THE_TRANSFER = ("content-length", "content-encoding", "transfer-encoding", "set-cookie")
OK = 200
TOO_MANY = 429
SERVER_ERROR = 500

Download = Callable[[Request], Awaitable[Response]]


class NotWhole(IgnoreRequest):
    """A page is incomplete: its own site did not deliver what the page requested."""


class Rendering:
    """Downloader middleware: replaces a page with status 200 by its state after its scripts have run.

    Pages are the requests with `requested_url` in their meta. The URL of the response is the one that the
    browser shows in the end. It must stand before the other middlewares, so that they have processed the
    response already.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._site: Site = crawler.spider.site  # type: ignore[union-attr]
        self._crawler = crawler
        self._handler: Any = ScrapyPlaywrightDownloadHandler.from_crawler(crawler)
        self._kept: dict[str, Response] = {}
        self._numbers = count()
        crawler.signals.connect(self._handler.close, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Rendering:
        """Create the middleware of one run; its browser is started with the first page."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Remove the validators: a page may be unchanged while the data that its scripts fetch has
        changed."""
        request.meta.pop("validators", None)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The rendered page. Raises DownloadTimeoutError, TooLarge, or the error that left it incomplete."""
        if (
            "requested_url" not in request.meta
            or response.status != OK
            or not isinstance(response, HtmlResponse)
        ):
            return response
        assert self._crawler.engine is not None
        visit = RenderedPage(response, self._site, self._kept, self._crawler.engine.download_async)
        rendered = await self._shown(visit)
        if visit.trouble:
            raise visit.trouble
        if len(rendered.body) > self._crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise TooLarge(f"{response.url} has {len(rendered.body)} bytes when its scripts have run")
        page = visit.document.replace(
            url=rendered.url, body=rendered.body, encoding=rendered.encoding, request=request
        )
        base_of(page)
        return page

    async def _shown(self, visit: RenderedPage) -> HtmlResponse:
        """The response of scrapy-playwright, in a context without cookies or storage."""
        seconds = PAGE_SECONDS + MOST_WISHES * self._site.delay
        meta = {
            "playwright": True,
            "playwright_context": f"page {next(self._numbers)}",
            "playwright_context_kwargs": {
                "user_agent": self._crawler.settings["USER_AGENT"],
                "service_workers": "block",  # what they ask for would not come by us
                "timezone_id": "UTC",  # dates are not to change with this machine's zone
            },
            "playwright_page_init_callback": visit.begin,
            "playwright_page_goto_kwargs": {"wait_until": "networkidle"},
        }
        try:
            async with asyncio.timeout(seconds):
                request = Request(visit.document.url, meta=meta)
                shown: HtmlResponse = await self._handler.download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(
                f"{visit.document.url} was not idle after {seconds:.0f} seconds in the browser"
            ) from error
        else:
            return shown
        finally:
            await visit.end()


class RenderedPage:
    """One page in the browser: answers its requests."""

    def __init__(
        self, document: HtmlResponse, site: Site, kept: dict[str, Response], download: Download
    ) -> None:
        self.document = document
        """The last document shown; another one if a script navigated there."""
        self.trouble: Exception | None = None
        """The error that left the page incomplete."""
        self._kept = kept
        self._download = download
        self._hosts = tuple(host_of(url).removeprefix("www.") for url in site.seeds)
        self._wishes = 0
        self._page: Page | None = None

    async def begin(self, page: Page, _: Request) -> None:
        """Prepare the page; called while it is still empty."""
        self._page, self._wishes = page, 0
        # Playwright asks the last route only; scrapy-playwright's own would let everything pass.
        await page.route("**", self.answer)

    async def end(self) -> None:
        """Close the page and its context, whatever it is doing."""
        if self._page:
            with suppress(BrowserError):
                await self._page.context.close()

    async def answer(self, route: Route) -> None:
        """Deliver to the browser what it requested, or an error."""
        with suppress(BrowserError):  # the page has been closed meanwhile
            response = await self._granted(route.request)
            if response is None:
                await route.abort("aborted")  # a refused redirect then leaves the page as it is
            else:
                await route.fulfill(status=response.status, headers=_headers(response), body=response.body)

    async def _granted(self, wish: Wish) -> Response | None:
        self._wishes += 1
        if self._wishes == 1:
            return self.document
        if wish.resource_type not in KINDS or self._wishes > MOST_WISHES or _is_for_a_frame(wish):
            return None
        response = self._kept.get(wish.url) or await self._fetched(wish)
        if wish.resource_type == "document":
            if not isinstance(response, HtmlResponse):
                return None
            self.document = response
        return response

    async def _fetched(self, wish: Wish) -> Response | None:
        try:
            response = await self._download(_request(wish))
        except Exception as error:
            self._lost(wish.url, error)
            return None
        if response.status == TOO_MANY or response.status >= SERVER_ERROR:
            self._lost(wish.url, NotWhole(f"{wish.url}, which the page needs, answered {response.status}"))
        elif response.status == OK and wish.resource_type in KEPT and self._has_room():
            self._kept[wish.url] = response
        return response

    def _lost(self, url: str, error: Exception) -> None:
        """Record that the page is incomplete, unless we refused the request ourselves."""
        refused = isinstance(error, Refused) and not isinstance(error, RetryLater)
        host = host_of(url)
        if not refused and any(host == own or host.endswith(f".{own}") for own in self._hosts):
            self.trouble = self.trouble or error

    def _has_room(self) -> bool:
        return sum(len(response.body) for response in self._kept.values()) < MOST_KEPT


def _is_for_a_frame(wish: Wish) -> bool:
    return wish.resource_type == "document" and wish.frame.parent_frame is not None


def _request(wish: Wish) -> Request:
    meta = {"download_timeout": WISH_SECONDS, "max_retry_times": 1}
    body = wish.post_data_buffer or b""
    return Request(wish.url, method=wish.method, headers=wish.headers, body=body, meta=meta)


def _headers(response: Response) -> dict[str, str]:
    """The headers for the browser, which gets a complete and decompressed body."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return {name: value for name, value in headers.items() if name not in OF_THE_TRANSFER}
