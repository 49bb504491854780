"""The item pipeline between Scrapy and the store: opens the run, tracks each fetch, closes the run.

Named in spiders/settings.py, so that `scrapy crawl NAME` records as `variorum crawl NAME` does.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from variorum.crawler.config.workspace import SETTINGS_FILE, find_workspace, workspace_of
from variorum.crawler.errors import VariorumError
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.runtime.guard import ExceptionGuard
from variorum.crawler.runtime.reading_processes import ReadingProcesses
from variorum.crawler.runtime.run import NOT_BEGUN
from variorum.crawler.runtime.run_record import RunRecord, Traffic
from variorum.crawler.tracking.reading import ReadAhead, ReadingJob
from variorum.spiders.middlewares.every_request import RECEIVED, REQUESTS
from variorum.spiders.middlewares.retry_after import UNFETCHED, UNTIL, WAITING, WAITS
from variorum.spiders.spiders.site import SiteSpider
from variorum.storage.errors import StoreError
from variorum.storage.rows import Values

PROGRESS_SECONDS = 2.0
"""How often a run tells what it is doing."""
FEW = 16
"""So many pages are read before other processes are started for that, which costs as much as reading them."""


class RecordingPipeline:
    """The Scrapy item pipeline that records what a spider fetches."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.record = RunRecord(lambda: traffic_of(crawler.stats), self._emit, self._stop)
        self.guard = ExceptionGuard(self.record.run_broke, self.record.page_broke)
        self._closing: asyncio.Future[None] | None = None
        self.readers: ReadingProcesses | None = None
        """Processes that read pages; None where this one reads all of them."""
        self._turn = asyncio.Lock()
        self._queued = 0
        """Fetches that wait for their turn, or have it."""
        self._first_sights = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pipeline of a crawler. Raises NotConfigured if there is no workspace."""
        home = find_workspace(None, os.environ)
        if not crawler.settings.get("WORKSPACE") and not (home / SETTINGS_FILE).exists():
            raise NotConfigured(f"no workspace in {home.absolute()}: pages are fetched and not stored")
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.run_ended, signal=signals.spider_closed)
        crawler.signals.connect(pipeline.broke, signal=signals.item_error)
        crawler.signals.connect(pipeline.broke, signal=signals.spider_error)
        pipeline.guard.watch()
        crawler.signals.connect(pipeline.count_request, signal=signals.request_reached_downloader)
        return pipeline

    def open_spider(self) -> None:
        """Begin a run, and give the spider its frontier. Raises VariorumError or StoreError."""
        spider, settings = self._spider(), self.crawler.settings
        workspace = workspace_of(settings)
        try:
            self.record.begin(workspace, spider.site, full=settings.getbool("FULL", True))
        except (VariorumError, StoreError) as error:
            ended = {"site": spider.name, "failed": True, "trouble": str(error), "reason": NOT_BEGUN}
            self._emit({"event": "ended", **ended})
            raise
        if start := settings.get("START_READER"):
            self.readers = ReadingProcesses(workspace.processes, start)
            self.record.at_end(self.readers.close)
        spider.frontier = self.record.frontier
        self._telling = LoopingCall(self.record.tell_progress)
        self._telling.start(PROGRESS_SECONDS, now=False).addErrback(lambda failure: None)
        self.record.at_end(self._stop_telling)

    async def process_item(self, item: FetchResult) -> Values:
        """Record one fetch; its result is the item for feed exports."""
        if not self._queued and (held := self.record.hold(item)):
            return held
        reading = self._read_ahead(item)
        self._queued += 1
        try:
            async with self._turn:  # in the order in which they came, whichever is read first
                return self.record.record_soon(item, await reading if reading else None)
        finally:
            self._queued -= 1

    def _read_ahead(self, item: FetchResult) -> asyncio.Future[ReadAhead | None] | None:
        """The reading of the fetch in another process; None where it is not worth one."""
        if self.readers is None:
            return None
        with suppress(Exception):  # which tracking meets as well, and reports
            if job := self.record.tracker.job(item):
                self._first_sights += 1
                return self.readers.begin(job, self._renewed) if self._first_sights > FEW else None
        return None

    def _renewed(self, job: ReadingJob) -> ReadingJob | None:
        """The job with the present reader: the run may have learned the site's design while it waited."""
        tracker = self.record.tracker
        if job.reader is tracker.reader:
            return job
        with suppress(Exception):  # which tracking meets as well, and reports
            return tracker.job(job.fetched)
        return None

    def count_request(self) -> None:
        """Count a request of Scrapy; the run ends after the last one that the daily budget allows."""
        self.record.count_request()

    def broke(self, failure: Failure) -> None:
        """Handle an exception of ours over one page; the pages that it links to wait for a later run."""
        self.record.tally.unseen = True
        self.record.page_broke(failure.value)

    def run_ended(self, reason: str) -> None:
        """Close the run, whatever ended it."""
        self.guard.close()
        self.record.end(reason)

    def _stop_telling(self) -> None:
        if self._telling.running:
            self._telling.stop()

    def _stop(self, reason: str) -> None:
        if self._closing is not None or self.crawler.engine is None:
            return
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def _spider(self) -> SiteSpider:
        assert isinstance(self.crawler.spider, SiteSpider)
        return self.crawler.spider

    def _emit(self, event: dict[str, Any]) -> None:
        if emit := self.crawler.settings.get("ON_EVENT"):
            emit(event)


def traffic_of(stats: StatsCollector | None) -> Traffic:
    """The traffic of a run by Scrapy's statistics."""
    if stats is None:
        return Traffic()
    return Traffic(
        requests=int(stats.get_value(REQUESTS, 0)),
        bytes=int(stats.get_value(RECEIVED, 0)),
        waited="; ".join(stats.get_value(WAITS, {}).values()),
        unfetched=int(stats.get_value(UNFETCHED, 0)),
        rest_until=stats.get_value(UNTIL) or None,
        waits=stats.get_value(WAITING),
    )
