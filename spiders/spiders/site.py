"""The spider of a site: reads the site's sources, then sends the requests that the frontier gives.

A run goes in rounds. The first fetches the start addresses; then come the sources, one kind a round. When
nothing is left to download, the frontier gives the next requests: pages that a source shows to be new or out
of date, and pages that are due. Pages may lead to further pages, so rounds go on until there are no more
requests.

The order matters: everything listed is stored before any page is fetched, so that a renamed page is looked
for at its old address before its new address is read, and is not taken for a new page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from variorum.crawler.config.site import Site, Source
from variorum.crawler.extraction.html.article_parts import join
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import Frontier, PageRequest, TransientFrontier
from variorum.crawler.urls.canonical import loose_key
from variorum.spiders.fetching.failures import RetryLater, line_of
from variorum.spiders.fetching.results import fetched, unfetched
from variorum.spiders.sources.article_parts import further_parts
from variorum.spiders.sources.discovery import Feeds, Sitemaps, WordPress
from variorum.spiders.sources.feed import feed_addresses
from variorum.spiders.sources.links import links_of
from variorum.spiders.sources.wordpress import api_root

ALL_SOURCES: tuple[Source, ...] = ("wordpress", "sitemap", "feed", "links")
STOP_AFTER_FAILURES = 10  # with no answer before: the site is down, and asking on helps nobody
MISSES = 3
"""The number of listed pages that must be missing, with none present, until the list is not believed."""
OK, NOT_MODIFIED = 200, 304
GONE = (404, 410)

Parsed = Iterator[Request | FetchResult]
Step = Callable[[], list[Request]]


class SiteSpider(Spider):
    """Crawls one site; the loader makes a subclass of it for each site file."""

    site: Site

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frontier: Frontier = TransientFrontier()
        self.robots_sitemaps: list[str] = []  # filled by the robots.txt middleware
        self.enumerated = False  # whether a source has listed the whole site in this run
        self._roots: list[str] = []
        self._feeds: list[str] = []
        self._seed_links: list[DiscoveredUrl] = []
        self._steps: list[Step] = [
            self._ask_wordpress,
            self._ask_sitemaps,
            self._feed_requests,
            self._note_seed_links,
        ]
        self._source: WordPress | Sitemaps | Feeds | None = None
        self._sample: frozenset[str] = frozenset()  # of the list that was believed to be whole
        self._misses = 0
        self._answers = 0
        self._failures = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create the spider; it is called when nothing is left to download."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.next_round, signal=signals.spider_idle)
        return spider

    # ---- rounds

    async def start(self) -> AsyncIterator[Request]:
        """Yield the requests of the first round: the start addresses of the site."""
        self.frontier.add_discovered([DiscoveredUrl(url, "seed") for url in self.site.seeds])
        if self.frontier.budget_exhausted():
            return
        for url in self.site.seeds:
            yield self._page(PageRequest(url), self.parse_seed, seed=True)
        if not_found_probe := self.frontier.not_found_probe():
            yield Request(
                not_found_probe,
                self.parse_impossible,
                dont_filter=True,
                meta={"requested_url": not_found_probe},
            )

    def next_round(self) -> None:
        """Send the next requests to the engine, and keep the spider open while there are any."""
        if self._failures and not self._answers:
            raise CloseSpider("unreachable")
        if self.frontier.budget_exhausted():
            raise CloseSpider("budget")
        if self._source is not None:
            self.enumerated = self._source.finish() or self.enumerated
            self._sample |= self._source.sample
            self._source = None
        requests = self._next_requests()
        for request in requests:
            self._engine().crawl(request)
        if requests:
            raise DontCloseSpider

    def _next_requests(self) -> list[Request]:
        while self._steps:
            if requests := self._steps.pop(0)():
                return requests
        if pages := self.frontier.next_requests():
            return [self._page(page, self.parse_page) for page in pages]
        if self._misses < MISSES:
            return []
        self._disbelieve()
        return self._next_requests()

    def _disbelieve(self) -> None:
        """Handle a sitemap of which no page exists: go on as if it had not been read."""
        trouble = f"none of the {self._misses} pages that it lists and that were asked for is there"
        self.frontier.report_source("sitemap", f"{trouble}; feeds and links are followed instead")
        self.enumerated, self._sample, self._misses = False, frozenset(), 0
        self._steps = [self._feed_requests, self._note_seed_links]

    def _check_sample(self, response: Response) -> None:
        if response.status in (OK, NOT_MODIFIED):
            self._sample, self._misses = frozenset(), 0
        elif response.status in GONE:
            self._misses += 1

    # ---- pages

    def parse_impossible(self, response: Response) -> None:
        """Store how the site answers "not found", from the response to the not-found probe."""
        self.frontier.save_not_found(fetched(response))

    def parse_seed(self, response: Response) -> Parsed:
        """Read a start address: a page like others, and the place where a site names its sources."""
        yield from self.parse_page(response)
        self._seed_links.extend(links_of(response, self.site))
        if response.status == OK:
            root = api_root(response)
            self._roots += [root] if root else []
            self._feeds += feed_addresses(response)

    def parse_page(self, response: Response) -> Parsed:
        """The fetched page; its links are stored if links are a source of this run."""
        self._answers += 1
        if self._sample and loose_key(response.meta["requested_url"], self.site) in self._sample:
            self._check_sample(response)
        part_count = response.meta.get("parts", 1)
        parts = further_parts(response, part_count) if response.status == OK else []
        yield self._part(_unconditional(fetched(response)), parts) if parts else fetched(response)
        if self._follows_links() and response.status == OK:
            self.frontier.add_discovered(links_of(response, self.site))

    def parse_part(self, response: Response, begun: FetchResult, parts: list[str]) -> Parsed:
        """Add a further part to an article; yield the article after the last one."""
        if response.status != OK:
            yield replace(begun, error="cut", detail=f"its part {response.url} answers {response.status}")
            return
        if not response.meta.get("redirect_urls"):  # a part that is no more leads back to the first
            begun = replace(begun, body=join(begun.body, response.body))
        yield self._part(begun, parts) if parts else begun

    def part_failed(self, failure: Failure) -> Parsed:
        """Yield the article as failed, since one of its parts could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        begun: FetchResult = request.cb_kwargs["begun"]
        yield replace(begun, error="cut", detail=f"its part {request.url}: {line_of(failure)}")

    def page_failed(self, failure: Failure) -> Parsed:
        """Yield a page without a complete response as failed; a page that was not requested is left for a
        later run."""
        if not isinstance(failure.value, RetryLater):
            self._failures += 1
            yield unfetched(failure.request, failure)  # type: ignore[attr-defined]

    def _page(
        self, page_request: PageRequest, parse: Callable[[Response], Parsed], *, seed: bool = False
    ) -> Request:
        meta = {
            "requested_url": page_request.url,
            "seed": seed,
            "validators": (page_request.etag, page_request.last_modified),
            "parts": page_request.part_count,
        }
        return Request(page_request.url, parse, errback=self.page_failed, dont_filter=True, meta=meta)

    def _part(self, begun: FetchResult, parts: list[str]) -> Request:
        waiting = {"begun": begun, "parts": parts[1:]}
        meta = {"requested_url": begun.url}
        return Request(
            parts[0],
            self.parse_part,
            errback=self.part_failed,
            dont_filter=True,
            meta=meta,
            cb_kwargs=waiting,
        )

    # ---- sources, each a step

    def _ask_wordpress(self) -> list[Request]:
        return self._source_requests(
            "wordpress", WordPress(self.frontier, self._roots, self.site, relied_on=self._named("wordpress"))
        )

    def _ask_sitemaps(self) -> list[Request]:
        if self.enumerated and not self.frontier.is_stale(self.frontier.source_state("sitemap")):
            return self._pass("sitemap")
        relied_on, named = self._named("sitemap"), self.robots_sitemaps
        return self._source_requests(
            "sitemap", Sitemaps(self.frontier, named, self.site, relied_on=relied_on)
        )

    def _feed_requests(self) -> list[Request]:
        named = self._named("feed")
        if self.enumerated and not named:
            return self._pass("feed")
        return self._source_requests("feed", Feeds(self.frontier, self._feeds, self.site, relied_on=named))

    def _note_seed_links(self) -> list[Request]:
        if self._follows_links():
            self.frontier.add_discovered(self._seed_links)
        return []

    def _source_requests(self, kind: Source, source: WordPress | Sitemaps | Feeds) -> list[Request]:
        if not self._wants(kind):
            return self._pass(kind)
        requests = source.begin()
        if not requests:
            missing = "`discover` names it, and no start address says where it is"
            return self._pass(kind, missing if self._named(kind) else "")
        self._source = source
        return requests

    def _pass(self, kind: Source, trouble: str = "") -> list[Request]:
        """Skip a source, and close its earlier issue."""
        self.frontier.report_source(kind, trouble)
        return []

    def _wants(self, source: Source) -> bool:
        return source in (self.site.discover or ALL_SOURCES)

    def _named(self, source: Source) -> bool:
        return source in self.site.discover

    def _follows_links(self) -> bool:
        """Whether links are a source: the site's file names them, or no source has listed the whole site."""
        return self._named("links") or not (self.enumerated or self._steps)

    def _engine(self) -> Any:
        assert self.crawler.engine is not None
        return self.crawler.engine


def _unconditional(fetched: FetchResult) -> FetchResult:
    """The fetch result without validators: they belong to the first part of an article only."""
    headers = {
        name: value for name, value in fetched.headers.items() if name not in {"etag", "last-modified"}
    }
    return replace(fetched, headers=headers)
