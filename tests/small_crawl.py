"""One real crawl in a child process, with the project's own Scrapy settings and a spider of a few lines.

    outcome = small_crawl(Site(name="t", url=site.url, delay=0), [site.url + "/a/"])
    assert outcome.answers["/a/"].status == 200

A child process for each, because Twisted's reactor starts once in a process; forked from a server that has
Scrapy imported already, which is most of the time that such a crawl takes.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IResolverSimple
from twisted.python.failure import Failure
from zope.interface import implementer

from variorum.crawler.config.site import Site
from variorum.crawler.runtime.processes import PRELOADED
from variorum.spiders import settings
from variorum.spiders.fetching.failures import error_of
from variorum.spiders.middlewares.throttle import StrictDownloader

FORKS = multiprocessing.get_context("forkserver")
PRELOADED.append("tests.small_crawl")
FORKS.set_forkserver_preload(PRELOADED)
TIMEOUT = 300
SENT: list[float] = []
NAMES: dict[str, str] = {}
"""What the DNS of this crawl knows: name → address."""

Validators = tuple[str | None, str | None]


@dataclass(frozen=True)
class Answer:
    """What the spider was given for one URL: a response, or the exception of an errback."""

    url: str
    status: int = 0
    size: int = 0
    raised: str = ""
    error: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a crawl brought; the answers are by the path asked for."""

    answers: dict[str, Answer]
    sitemaps: list[str]
    stats: dict[str, Any]
    sent: list[float]
    """When each request was sent, by the crawl's own clock: a busy machine can't blur the gaps."""


@dataclass(frozen=True)
class Order:
    """What a crawl is to do."""

    site: Site
    urls: Sequence[str]
    validators: Mapping[str, Validators]
    changes: Mapping[str, Any]
    names: Mapping[str, str]


def small_crawl(
    site: Site,
    urls: Sequence[str],
    *,
    validators: Mapping[str, Validators] | None = None,
    changes: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> Outcome:
    """Ask for all URLs at once, and wait for what becomes of them. `validators` is by URL.

    `changes` are laid over the settings of the site's run. With `names` the crawl has a DNS of its own,
    which knows these names and no others.
    """
    ours, theirs = FORKS.Pipe()
    order = Order(site, urls, validators or {}, changes or {}, names or {})
    child = FORKS.Process(target=_crawl, args=(order, theirs), daemon=True)
    child.start()
    theirs.close()
    assert ours.poll(TIMEOUT), "the crawl did not end"
    outcome: Outcome = ours.recv()
    child.join()
    return outcome


def _crawl(order: Order, results: Connection) -> None:
    """The crawl itself, in the child."""
    NAMES.update(order.names)
    ours = Settings()
    ours.setmodule(settings)
    ours.setdict(settings.for_site(order.site))
    ours.setdict({"SPIDER_LOADER_CLASS": "scrapy.spiderloader.SpiderLoader", "ITEM_PIPELINES": {}})
    ours.setdict({"LOG_ENABLED": False, "DOWNLOADER": TimedDownloader})
    ours.setdict({"EXTENSIONS": {"scrapy.extensions.corestats.CoreStats": 0}})  # which notes when it began
    if order.names:
        ours.setdict({"TWISTED_DNS_RESOLVER": "tests.small_crawl.Names"})
    ours.setdict(dict(order.changes))
    process = AsyncCrawlerProcess(ours)
    crawler = process.create_crawler(SmallSpider)
    process.crawl(crawler, order=order)
    process.start()
    assert isinstance(crawler.spider, SmallSpider)
    assert crawler.stats is not None
    answers = {urlsplit(answer.url).path: answer for answer in crawler.spider.answers}
    results.send(Outcome(answers, crawler.spider.robots_sitemaps, crawler.stats.get_stats(), SENT))


class TimedDownloader(StrictDownloader):
    """Notes when each request is sent."""

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        SENT.append(time.monotonic())
        return super()._wait_for_download(slot, request, queue_dfd)


@implementer(IResolverSimple)
class Names:
    """A resolver that knows NAMES and, as every resolver does, addresses."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Names:
        return cls(reactor)

    def install_on_reactor(self) -> None:
        self.reactor.installResolver(self)

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802
        address = NAMES.get(name, name if name[:1].isdigit() else None)
        return defer.succeed(address) if address else defer.fail(DNSLookupError(f"no such name: {name}"))


class SmallSpider(Spider):
    name = "small"

    def __init__(self, order: Order, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = order.site
        self.order = order
        self.answers: list[Answer] = []
        self.robots_sitemaps: list[str] = []

    async def start(self) -> AsyncIterator[Request]:
        for url in self.order.urls:
            meta = {"requested_url": url, "validators": self.order.validators.get(url)}
            yield Request(url, self.parse, errback=self.failed, dont_filter=True, meta=meta)

    def parse(self, response: Response, **_: Any) -> None:
        self.answers.append(Answer(response.meta["requested_url"], response.status, len(response.body)))

    def failed(self, failure: Failure) -> None:
        error, detail = error_of(failure)
        url = failure.request.meta["requested_url"]  # type: ignore[attr-defined]
        self.answers.append(Answer(url, 0, 0, type(failure.value).__name__, error, detail))
