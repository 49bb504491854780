"""The item pipeline of a run on a worker: sends each fetch to the hub, reads the pages that it names.

A fetch stays with the spider until the hub has recorded it; Scrapy pauses the downloads while a few megabytes
of responses wait. While the hub is away, nothing new is fetched.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Self

import msgspec
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from twisted.python.failure import Failure

from variorum.crawler import times
from variorum.crawler.cluster.frontier import RemoteFrontier
from variorum.crawler.cluster.link import Link, clock
from variorum.crawler.cluster.wire import (
    Answer,
    Batch,
    Begun,
    Broke,
    Call,
    End,
    Fetched,
    NextPages,
    Read,
    ReadAgain,
    SourceAt,
    ToRead,
    pack,
    unpack,
)
from variorum.crawler.config.cluster import Cluster, shared_token
from variorum.crawler.errors import VariorumError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.runtime.guard import ExceptionGuard, in_words
from variorum.crawler.runtime.handover import unpacked
from variorum.crawler.runtime.reading_processes import ReadingProcesses, read_within_bounds
from variorum.crawler.runtime.recorder import FEW, traffic_of
from variorum.crawler.tracking.page_bounds import CostsTooMuch
from variorum.crawler.tracking.reading import Reading, ReadingJob
from variorum.crawler.tracking.run_counts import SPENT
from variorum.spiders.fetching.failures import RetryLater
from variorum.spiders.spiders.site import SiteSpider

MOST_CALLS = 64
"""So many calls are sent in one batch at most."""
OVER = "hub lost"
"""The reason of a run that the hub has closed, or that could not reach it any more."""

logger = logging.getLogger(__name__)


class RemoteRun(msgspec.Struct, frozen=True):
    """What the child process of a worker needs to know of its run."""

    cluster: Cluster
    begun: Begun
    correction: float
    """The seconds by which the clock of the hub is ahead of that of this machine."""


class RemoteRecording:
    """The Scrapy item pipeline of a run that the hub records."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        run = unpacked(crawler.settings["REMOTE_RUN"], RemoteRun)
        self.cluster, self.begun = run.cluster, run.begun
        times.correct(timedelta(seconds=run.correction))
        token = shared_token(run.cluster.token, os.environ)
        self.link = Link(run.cluster.address, token, patience=run.cluster.give_up_seconds)
        self.link.on_trouble = self._hub_trouble
        self._thread = ThreadPoolExecutor(1, "hub")
        self._number = self._fetches = self._jobs = 0
        self._calls: list[Call] = []
        self._readings: list[Read] = []
        self._again: list[Read] = []
        self._recorded: dict[int, asyncio.Future[None]] = {}
        self._fetched: dict[int, FetchResult] = {}
        self._readers: dict[str, PageReader] = {}
        self._pump: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Future[None] | None = None
        self._over = ""
        self._failed: VariorumError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.processes: ReadingProcesses | None = None
        self.guard = ExceptionGuard(self._run_broke, self._page_broke)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pipeline of a crawler."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.run_ended, signal=signals.spider_closed)
        crawler.signals.connect(pipeline.broke, signal=signals.item_error)
        crawler.signals.connect(pipeline.broke, signal=signals.spider_error)
        crawler.signals.connect(pipeline.count_request, signal=signals.request_reached_downloader)
        pipeline.guard.watch()
        return pipeline

    def open_spider(self) -> None:
        """Give the spider its frontier."""
        spider, settings = self._spider(), self.crawler.settings
        self._loop = asyncio.get_running_loop()
        self.frontier = RemoteFrontier(
            self.begun, lambda: traffic_of(self.crawler.stats).requests, self._tell, self._ask
        )
        spider.frontier = self.frontier
        if start := settings.get("START_READER"):
            self.processes = ReadingProcesses(settings["WORKSPACE"].processes, start)
        self._start(self._beat())
        self.crawler.settings["ON_EVENT"]({"event": "started", "site": spider.name})

    async def process_item(self, item: FetchResult) -> dict[str, Any]:
        """Wait until the hub has recorded the fetch."""
        self._fetches += 1
        number = self._fetches
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._recorded[number], self._fetched[number] = done, item
        self._tell(Fetched(number, item))
        try:
            if not self._over:
                await done
        finally:
            self._recorded.pop(number, None)
            self._fetched.pop(number, None)
        return {"url": item.url}

    async def prove_alive(self) -> None:
        """Ask the hub whether the run is still ours, if it was not heard of for long. Raises RetryLater."""
        if clock() - self.link.heard_at > self.cluster.lost_seconds / 2 and not self._over:
            await self._send_sign()
        if self._over:
            raise RetryLater(self._over)

    def count_request(self) -> None:
        """Count a request of Scrapy; the run ends after the last one that the daily budget allows."""
        if self.frontier.budget_exhausted():
            self._stop(SPENT)

    def broke(self, failure: Failure) -> None:
        """Tell of an exception of ours over one page."""
        if not isinstance(failure.value, VariorumError):
            self._tell(Broke(in_words(failure.value), whole=False, unseen=True))

    def run_ended(self, reason: str) -> None:
        """Tell the hub of the end, and report what it answers."""
        self.guard.close()
        for task in (*self._tasks, *([self._pump] if self._pump else [])):
            task.cancel()
        ended = {"event": "ended", "site": self._spider().name}
        try:
            report = None if self._over else self._ask(End(reason)).report
        except CloseSpider:
            report = None
        if report is None:
            report = {**ended, "failed": True, "reason": OVER, "trouble": self._over}
        self.crawler.settings["ON_EVENT"](report)
        if self.processes:
            self.processes.close()
        self.link.close()
        self._thread.shutdown(wait=False)

    # ---- to the hub and back

    def _tell(self, call: Call) -> None:
        self._calls.append(call)
        self._kick()

    def _kick(self) -> None:
        """Start to send what waits, unless that goes on already."""
        if (self._pump is None or self._pump.done()) and self._loop and not self._over:
            self._pump = self._loop.create_task(self._send_all())

    async def _send_all(self) -> None:
        with self._watching():
            while self._calls or self._readings or self._again:
                self._take(await asyncio.wrap_future(self._send(self._batch())))

    def _ask(self, question: NextPages | SourceAt | End) -> Answer:
        """The answer to a question, after all that was told before. Raises CloseSpider if the run is over."""
        with self._watching():
            while len(self._calls) > MOST_CALLS:
                self._take(self._send(self._batch()).result())
            answer = self._send(msgspec.structs.replace(self._batch(), question=question)).result()
            self._take(answer)
            return answer
        raise CloseSpider(OVER)

    def _batch(self) -> Batch:
        """What is to be sent next."""
        calls, self._calls = self._calls[:MOST_CALLS], self._calls[MOST_CALLS:]
        readings, again = self._readings.copy(), self._again.copy()
        self._readings.clear()
        self._again.clear()
        return Batch(traffic_of(self.crawler.stats), calls, readings, again)

    def _send(self, batch: Batch) -> Future[Answer]:
        """The answer to a batch; they are sent one after the other, in this order."""
        return self._thread.submit(self._exchange, batch)

    def _exchange(self, batch: Batch) -> Answer:
        """In the thread of the link. After a failure, what waits behind it fails as well, at once."""
        if self._failed:
            raise self._failed
        self._number += 1
        try:
            found = self.link.post(f"/runs/{self.begun.id}/{self._number}", pack(batch))
        except VariorumError as error:
            self._failed = error
            raise
        answer: Answer = unpack(found, Answer)
        if answer.reader:
            self._readers[answer.reader.label] = answer.reader
        return answer

    def _take(self, answer: Answer) -> None:
        """Do what an answer of the hub says."""
        for number in answer.recorded:
            if (done := self._recorded.get(number)) and not done.done():
                done.set_result(None)
        for order in answer.to_read:
            self._start(self._read(order, self._fetched[order.number], self._readings))
        for again in answer.again:
            self._start(self._read(again, again.fetched, self._again))
        if answer.stop:
            self._stop(answer.stop)

    async def _read(self, order: ToRead | ReadAgain, fetched: FetchResult, into: list[Read]) -> None:
        job = ReadingJob(fetched, self._readers[order.label], order.context)
        self._jobs += 1
        result: Any = None
        if self.processes and self._jobs > FEW:
            ahead = await self.processes.begin(job)
            result = ahead.result if ahead else None
        else:
            answer = read_within_bounds(job)
            result = Reading(job.fetched, *answer) if isinstance(answer, tuple) else answer
        into.append(_wired(order.number, result))
        self._kick()

    async def _beat(self) -> None:
        """Let the hub hear of us, also where a page takes long."""
        while not self._over:
            await asyncio.sleep(self.cluster.beat_seconds)
            if clock() - self.link.heard_at >= self.cluster.beat_seconds / 2 and not self._over:
                await self._send_sign()

    async def _send_sign(self) -> None:
        """Send an empty batch, as a sign of life."""
        with self._watching():
            self._take(await asyncio.wrap_future(self._send(Batch(traffic_of(self.crawler.stats)))))

    # ---- when it ends

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """While inside, end the run where the hub does not go on with it."""
        try:
            yield
        except VariorumError as error:
            self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        if not self._over:
            logger.warning("the run ends here: %s", why)
        self._over = self._over or why
        self._calls.clear()
        for done in self._recorded.values():
            if not done.done():
                done.set_result(None)
        self._stop(OVER)

    def _hub_trouble(self, trouble: str) -> None:
        """In the thread of the link: fetch nothing new while the hub is away."""
        logger.warning("the hub is away: %s" if trouble else "the hub is back%s", trouble)
        if self._loop:
            self._loop.call_soon_threadsafe(self._pause, bool(trouble))

    def _pause(self, away: bool) -> None:
        if engine := self.crawler.engine:
            engine.pause() if away else engine.unpause()

    def _run_broke(self, error: BaseException) -> None:
        self._tell(Broke(in_words(error), whole=True))

    def _page_broke(self, error: BaseException | None) -> None:
        self._tell(Broke(in_words(error), whole=False))

    def _stop(self, reason: str) -> None:
        if self._closing is not None or self.crawler.engine is None:
            return
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _spider(self) -> SiteSpider:
        assert isinstance(self.crawler.spider, SiteSpider)
        return self.crawler.spider


class Lease:
    """Downloader middleware: no request is sent by a run that the hub may have given to another worker."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Lease:
        """The middleware of a crawler."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RetryLater for a page that is left to another run."""
        if recording := self._recording():
            await recording.prove_alive()

    def _recording(self) -> RemoteRecording | None:
        engine = self._crawler.engine
        pipelines = engine.scraper.itemproc.middlewares if engine and engine.scraper else ()
        return next((one for one in pipelines if isinstance(one, RemoteRecording)), None)


def _wired(number: int, result: Reading | CostsTooMuch | None) -> Read:
    """The result of a reading, as it travels."""
    if result is None:
        return Read(number)
    if isinstance(result, CostsTooMuch):
        return Read(number, costs_too_much=str(result))
    return Read(number, result.verdict, result.extract, result.content_digest, result.path_scores)
