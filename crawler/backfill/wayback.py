"""Imports captures of a web archive: chooses which ones to fetch, and stores what the spider fetches.

The result of each capture is stored with it in one transaction, so an import that was killed, or reached its
limit, continues where it stopped. Bytes that several captures of a page share are fetched once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.config.workspace import workspace_of
from variorum.crawler.errors import VariorumError
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.lock import held, run_lock
from variorum.crawler.runtime.run import NOT_BEGUN
from variorum.crawler.tracking.template_learning import SAMPLE
from variorum.crawler.urls.canonical import loose_key
from variorum.spiders.middlewares.retry_after import UNTIL
from variorum.spiders.sources.cdx import MISSED, Memento, collapsed
from variorum.spiders.spiders.wayback import Taken, WaybackSpider
from variorum.storage.errors import StoreError
from variorum.storage.store import Store

ORIGIN = "wayback"


class WaybackImport:
    """Scrapy's item pipeline of an import: stores each capture that the spider fetches."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.fetched = 0
        self._open = ExitStack()
        self._same: dict[tuple[str, str], list[Memento]] = defaultdict(list)
        self._missed: list[Memento] = []
        self._gone: list[Memento] = []
        self._held: list[Taken] = []
        """The first captures, held until there are enough to learn the site's boilerplate."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline, connected to the signals of the spider."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.ended, signal=signals.spider_closed)
        crawler.signals.connect(pipeline.broke, signal=signals.item_error)
        crawler.signals.connect(pipeline.broke, signal=signals.spider_error)
        return pipeline

    def open_spider(self) -> None:
        """Open the store, and let the spider choose what to fetch; errors are reported as the event
        `ended`."""
        spider = self._spider()
        try:
            workspace = workspace_of(self.crawler.settings)
            lock = run_lock(workspace.database, spider.of.name)
            self._open.enter_context(held(lock, f"a run of {spider.of.name}"))
            self.store = self._open.enter_context(closing(Store.open(workspace.database)))
            self.backfill = Backfill(self.store, spider.of, ORIGIN)
        except (VariorumError, StoreError) as error:
            self._open.close()
            self._emit({"event": "ended", "reason": NOT_BEGUN, "trouble": str(error), "counts": {}})
            raise
        self._learns = self.backfill.wants_to_learn()
        spider.choose = self.choose

    # ---- what is to be fetched

    def choose(self, listed: Sequence[Memento]) -> list[Memento]:
        """The captures to fetch: of each page the first, then of each the second, and so on."""
        site = self._spider().of
        known = self.store.mementos(site.name)
        pages: dict[str, list[Memento]] = defaultdict(list)
        for memento in listed:
            if self.backfill.is_wanted(memento.url):
                pages[loose_key(memento.url, site)].append(memento)
        rounds = zip_longest(*(self._of_page(name, found, known) for name, found in sorted(pages.items())))
        return [memento for one in rounds for memento in one if memento]

    def _of_page(self, page: str, found: list[Memento], known: set[tuple[str, str]]) -> list[Memento]:
        """Return the first capture of each distinct body of a page; the others have the same bytes."""
        waiting = [one for one in collapsed(sorted(found, key=_moment)) if (one.url, one.at) not in known]
        kept = self.backfill.kept(waiting[0].url) if waiting else {}
        chosen = []
        for memento in waiting:
            if memento.status in MISSED:
                self._missed.append(memento)
            elif memento.digest in kept:
                self._take(memento, again(kept[memento.digest], memento))
            else:
                same = self._same[page, memento.digest]
                chosen += [] if same else [memento]
                same.append(memento)
        return chosen

    # ---- what was fetched

    def process_item(self, item: Taken) -> Taken:
        """Store one fetched capture, and those that have the same bytes."""
        self.fetched += 1
        self._emit({"event": "capture"})
        if self._learns:
            self._held.append(item)
            if len(self._held) >= SAMPLE:
                self._learn()
        else:
            self._take_all(item)
        return item

    def _learn(self) -> None:
        self._learns = False
        self.backfill.learn(taken.fetched for taken in self._held if taken.fetched)
        held, self._held = self._held, []
        for taken in held:
            try:
                self._take_all(taken)
            except Exception as error:  # as Scrapy does for an item: one capture does not cost the others
                self._broken(error)

    def _take_all(self, taken: Taken) -> None:
        """Store the capture, and every other capture with the same bytes."""
        name = loose_key(taken.memento.url, self._spider().of), taken.memento.digest
        for memento in self._same.pop(name, [taken.memento]):
            self._take(memento, again(taken.fetched, memento) if taken.fetched else None)

    def _take(self, memento: Memento, fetched: FetchResult | None) -> None:
        with self.store.writing():
            became = self.backfill.add(fetched) if fetched else self.backfill.passed_over("lost")
            if became == "gone":
                self._gone.append(memento)
            else:
                self._note(memento, became)

    def _note(self, memento: Memento, became: str) -> None:
        self.store.add_memento(self._spider().of.name, memento.url, memento.at, memento.digest, became)

    def broke(self, failure: Failure) -> None:
        """Log an exception over a capture; it is not recorded, and fetched again the next time."""
        self._broken(failure.value)

    def _broken(self, error: BaseException | None) -> None:
        self._spider().logger.error("a capture raised an exception", exc_info=error)
        self._spider().trouble = f"{type(error).__name__}: {error}"

    # ---- the end

    def ended(self, reason: str) -> None:
        """Store the held captures and those that the archive did not find; emit the result."""
        if not hasattr(self, "backfill"):
            return
        with self._open:
            self._learn()
            for memento in self._missed:
                self.backfill.missed(memento.url, memento.at, memento.status)
            self.backfill.finish()
            with self.store.writing():
                for memento in (*self._missed, *self._gone):
                    self._note(memento, "gone")
            self._emit({"event": "ended", "reason": reason, **self._report(reason)})

    def _report(self, reason: str) -> dict[str, Any]:
        spider = self._spider()
        left = spider.chosen - self.fetched - spider.failed
        more = {name: n for name, n in (("failed", spider.failed), ("left", left)) if n}
        until = self.crawler.stats.get_value(UNTIL) if self.crawler.stats else None
        trouble = f"the archive sent Retry-After: no requests until {until}" if until else spider.trouble
        return {
            "counts": {"listed": spider.listed, "fetched": self.fetched, **more, **self.backfill.counts()},
            "trouble": trouble or ("" if reason == "finished" else reason),
        }

    def _spider(self) -> WaybackSpider:
        spider = self.crawler.spider
        assert isinstance(spider, WaybackSpider)
        return spider

    def _emit(self, event: dict[str, Any]) -> None:
        emit: Callable[[dict[str, Any]], None] | None = self.crawler.settings.get("ON_EVENT")
        if emit:
            emit(event)


def again(fetched: FetchResult, memento: Memento) -> FetchResult:
    """The same bytes as the capture of another time."""
    return replace(fetched, url=memento.url, final_url=memento.url, fetched_at=memento.at)


def _moment(memento: Memento) -> str:
    return memento.at
