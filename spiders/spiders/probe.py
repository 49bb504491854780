"""The spider of a first probe: fetches the home page, and the sources that robots.txt and the page name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from variorum.crawler.classification.outcome import Context, Outcome, judge
from variorum.crawler.config.site import Site
from variorum.crawler.urls.canonical import loose_key
from variorum.crawler.urls.references import resolve
from variorum.spiders.fetching.failures import RobotsUnread, error_of
from variorum.spiders.fetching.references import attribute, base_of
from variorum.spiders.fetching.results import fetched
from variorum.spiders.sources.feed import feed_addresses
from variorum.spiders.sources.feed import listed as read_feed
from variorum.spiders.sources.links import links_of
from variorum.spiders.sources.sitemap import USUAL_PLACES, SitemapPage, read_sitemap, unpacked
from variorum.spiders.sources.wordpress import api_root, rest_bases, types_address
from variorum.spiders.spiders.site_probe import SiteProbe

OK = 200
MOST_EDITIONS = 50
MOST_SOURCES = 5
"""The maximum number of sources of each kind; the first probe does not fetch hundreds of feeds."""
MOST_SITEMAPS = 20
"""If a site has more, it is not known whether they list all of it."""
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)


class ProbeSpider(Spider):
    """Probes the first start address that answers; emits what it finds as the event `ended`."""

    name = "probe"

    def __init__(self, site: Site, *, page: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site, self._page_alone = site, page
        self.robots_sitemaps: list[str] = []  # filled by the robots.txt middleware
        self.finding = SiteProbe()
        self._addresses = list(site.seeds)
        self._guesses: list[str] = []
        self._linked: dict[str, str] = {}
        """The pages to which the home page links, by their keys."""
        self._listed: set[str] = set()
        """The keys of the pages that sitemaps list."""
        self._sitemaps: dict[str, bool] = {}
        """The sitemaps that were named, and whether all that each lists is known."""

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the first start address."""
        for request in self._home_requests():
            yield request

    def closed(self, reason: str) -> None:
        """Emit what was found as the event `ended`."""
        if self._listed and all(self._sitemaps.values()) and not self.finding.api:
            self.finding.unlisted = [url for key, url in self._linked.items() if key not in self._listed]
        if emit := self.settings.get("ON_EVENT"):
            emit({"event": "ended", "reason": reason, "finding": asdict(self.finding)})

    # ---- the home page

    def home_failed(self, failure: Failure) -> Iterator[Request]:
        """Yield the request for the next start address after a failure, if there is one."""
        self._give_up(_why_failed(failure))
        yield from self._home_requests()

    def parse_home(self, response: Response) -> Iterator[Request]:
        """Record the properties of the home page, and yield requests for the sources that it names."""
        place = loose_key(response.url, self.site)
        verdict = judge(fetched(response), Context(place, place, frozenset([place])))
        if verdict.outcome is not Outcome.ok:
            self._give_up(f"{response.url}: {verdict.outcome.value}, {verdict.reason}")
            yield from self._home_requests()
            return
        self.finding.url, self.finding.trouble = response.url, ""
        self.finding.generator = response.xpath("//meta[@name='generator']/@content").get("").strip()
        self.finding.language = _language(response.xpath("/html/@lang").get(""))
        self.finding.editions = editions(response)
        if not self._page_alone:
            starts = {response.url, *self.finding.editions.values()}
            self._linked = {
                loose_key(one.url, self.site): one.url
                for one in links_of(response, self.site)
                if one.url not in starts
            }
            yield from self._ask_sources(response)

    def _home_requests(self) -> Iterator[Request]:
        if self._addresses:
            url = self._addresses.pop(0)
            yield Request(
                url, self.parse_home, errback=self.home_failed, dont_filter=True, meta={"requested_url": url}
            )

    def _give_up(self, trouble: str) -> None:
        if trouble != self.finding.trouble:
            self.finding.trouble = "; ".join(filter(None, [self.finding.trouble, trouble]))

    # ---- its sources

    def _ask_sources(self, home: Response) -> Iterator[Request]:
        root = api_root(home)
        if root:
            yield self._request(types_address(root), self.parse_types, root=root)
        for url in feed_addresses(home)[:MOST_SOURCES]:
            yield self._request(url, self.parse_feed)
        bases = (home.url, urljoin(home.url, "/"))
        places = dict.fromkeys(urljoin(base, place) for base in bases for place in USUAL_PLACES)
        self._guesses = [] if self.robots_sitemaps else list(places)
        self._sitemaps = dict.fromkeys(self.robots_sitemaps, False)
        for url in dict.fromkeys(self.robots_sitemaps[:MOST_SOURCES] or self._guesses[:1]):
            yield self._request(url, self.parse_sitemap, address=url)

    def _request(self, url: str, parse: Callable[..., Any], **context: Any) -> Request:
        return Request(url, parse, errback=self.source_failed, dont_filter=True, cb_kwargs=context)

    def source_failed(self, failure: Failure) -> None:
        """Leave out a source that can't be read."""
        self.logger.info("%s", failure.getErrorMessage())

    def parse_types(self, response: Response, root: str) -> None:
        """Record a WordPress API that lists posts as a source."""
        try:
            if response.status == OK and rest_bases(response.body, root):
                self.finding.api = root
        except ValueError as error:
            self.logger.info("%s: %s", response.url, error)

    def parse_feed(self, response: Response) -> None:
        """Record a feed with at least one entry as a source."""
        try:
            if response.status == OK and read_feed(unpacked(response.body), response.url, self.site):
                self.finding.feeds.append(response.url)
        except ValueError as error:
            self.logger.info("%s: %s", response.url, error)

    def parse_sitemap(self, response: Response, address: str) -> Iterator[Request]:
        """Record a sitemap that lists anything as a source; after a guessed address, the first one is
        enough."""
        found = self._sitemap_of(response)
        if found and (found.pages or found.sitemaps):
            self.finding.sitemaps.append(response.url)
            yield from self._look_into(address, found)
        elif self._guesses[1:]:
            del self._guesses[0]
            yield self._request(self._guesses[0], self.parse_sitemap, address=self._guesses[0])

    def parse_further_sitemap(self, response: Response, address: str) -> Iterator[Request]:
        """Note what a sitemap lists to which another one leads."""
        if found := self._sitemap_of(response):
            yield from self._look_into(address, found)

    def _sitemap_of(self, response: Response) -> SitemapPage | None:
        try:
            return read_sitemap(response.body, response.url, self.site) if response.status == OK else None
        except ValueError as error:
            self.logger.info("%s: %s", response.url, error)
            return None

    def _look_into(self, address: str, found: SitemapPage) -> Iterator[Request]:
        """Note the pages that a sitemap lists, and yield requests for those to which it leads."""
        self._sitemaps[address] = not (found.lacks or found.newest_only)
        for page in found.pages:
            with suppress(ValueError):
                self._listed.add(loose_key(page.url, self.site))
        for further in found.sitemaps:
            if further not in self._sitemaps:
                self._sitemaps[further] = False
                if len(self._sitemaps) <= MOST_SITEMAPS:
                    yield self._request(further, self.parse_further_sitemap, address=further)


def editions(response: Response) -> dict[str, str]:
    """The addresses of a page in other languages, by code, as its head or its language menu names them."""
    links = response.xpath("//link[@rel='alternate'][@hreflang][@href] | //a[@hreflang][@href]")
    named = (
        (_language(attribute(link, "hreflang")), attribute(link, "href")) for link in links[:MOST_EDITIONS]
    )
    base = base_of(response)
    found = ((language, resolve(base, href)) for language, href in named if language)
    return {language: address for language, address in found if address}


def _why_failed(failure: Failure) -> str:
    """Why a start address could not be fetched; robots.txt is not named where its server can't be reached."""
    address = failure.request.url  # type: ignore[attr-defined]
    cause = failure.value.__cause__ if isinstance(failure.value, RobotsUnread) else None
    error, _ = error_of(Failure(cause) if cause else failure)  # type: ignore[no-untyped-call]
    match error:
        case "dns":
            return f"No host is known by the name {urlsplit(address).hostname}: check the address"
        case "refused":
            return f"The server of {address} can't be reached: it refused the connection"
        case "timeout":
            return f"The server of {address} can't be reached: it did not answer in time"
    return f"{address}: {', '.join(error_of(failure))}"


def _language(text: str) -> str:
    text = text.strip().lower()
    return text if LANGUAGE.fullmatch(text) else ""
