"""The item pipeline between Scrapy and the store: opens the run, tracks each fetch, closes the run.

Named in spiders/settings.py, so that `scrapy crawl NAME` records as `variorum crawl NAME` does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from twisted.python.failure import Failure

from crawler.config.workspace import SETTINGS_FILE, Workspace, find_workspace, workspace_of
from crawler.errors import SiteTrouble, VariorumError
from crawler.fetch_result import FetchResult
from crawler.lock import held, run_lock
from crawler.runtime.guard import ExceptionGuard, in_words, is_unusable
from crawler.runtime.reading_processes import ReadingProcesses
from crawler.runtime.run import NOT_BEGUN
from crawler.times import iso, now
from crawler.tracking.finalize import finalize, no_article, silence, unmet
from crawler.tracking.issue_kinds import BROKE_DOWN, CUT_SHORT, RETRY_AFTER, SITE_MOVED, UNREACHABLE
from crawler.tracking.reading import ReadAhead
from crawler.tracking.rekeying import follow_rules
from crawler.tracking.run_counts import (
    BROKEN,
    CHANGED,
    DATABASE,
    MISSING,
    SPENT,
    TIME_UP,
    RunTally,
)
from crawler.tracking.run_frontier import RunFrontier
from crawler.tracking.tracked import Tracked
from crawler.tracking.tracker import Tracker
from spiders.fetching.failures import over_a_page
from spiders.middlewares.retry_after import UNFETCHED, UNTIL, WAITS
from spiders.spiders.site import SiteSpider
from storage.errors import StoreError
from storage.rows import RUN_COUNTS, Values
from storage.store import Store

logger = logging.getLogger(__name__)

FEW = 16
"""So many pages are read before other processes are started for that, which costs as much as reading them."""

Emit = Callable[[dict[str, Any]], None]


class RecordingPipeline:
    """The Scrapy item pipeline that records what a spider fetches."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.tally = RunTally()
        self._open = ExitStack()
        self.guard = ExceptionGuard(self.run_broke, self.page_broke)
        self._closing: asyncio.Future[None] | None = None
        self.readers: ReadingProcesses | None = None
        """Processes that read pages; None where this one reads all of them."""
        self._turn = asyncio.Lock()
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
        try:
            self._begin(workspace_of(self.crawler.settings))
        except (VariorumError, StoreError) as error:
            self._open.close()
            ended = {"site": self._spider().name, "failed": True, "trouble": str(error), "reason": NOT_BEGUN}
            self._emit({"event": "ended", **ended})
            raise

    async def process_item(self, item: FetchResult) -> Values:
        """Record one fetch; its result is the item for feed exports."""
        reading = self._read_ahead(item)
        async with self._turn:  # in the order in which they came, whichever is read first
            return self._record(item, await reading if reading else None)

    def _read_ahead(self, item: FetchResult) -> asyncio.Future[ReadAhead | None] | None:
        """The reading of the fetch in another process; None where it is not worth one."""
        if self.readers is None:
            return None
        with suppress(Exception):  # which tracking meets as well, and reports
            if job := self.tracker.job(item):
                self._first_sights += 1
                return self.readers.begin(job) if self._first_sights > FEW else None
        return None

    def _record(self, item: FetchResult, ahead: ReadAhead | None) -> Values:
        tracked = self._tracked(item, ahead)
        self._count_late()
        if reason := self.tally.reason_to_stop():
            self._stop(reason)
        result = asdict(tracked)
        self._emit({"event": "page", "site": self._spider().name, **result})
        return result

    def _tracked(self, item: FetchResult, ahead: ReadAhead | None) -> Tracked:
        """The result of one fetch; if our code raises, the page is recorded as failed."""
        try:
            tracked = self.tracker.track(item, ahead)
        except Exception as error:
            if is_unusable(error):
                raise
            over_a_page(item.url, error)
            detail = f"a bug in Variorum: {in_words(error)}"
            return self.tracker.track(replace(item, error="failed", detail=detail))
        self.tally.add(tracked)
        return tracked

    def _count_late(self) -> None:
        """Count the results of fetches that were held."""
        late, self.tracker.late = self.tracker.late, []
        for tracked in late:
            self.tally.add(tracked)
            self._emit({"event": "page", "site": self._spider().name, **asdict(tracked)})

    def count_request(self) -> None:
        """Count a request of Scrapy; the run ends after the last one that the daily budget allows."""
        if self.frontier.budget_exhausted():
            self._stop(SPENT)

    def broke(self, failure: Failure) -> None:
        """Handle an exception of ours over one page; the pages that it links to wait for a later run."""
        self.tally.unseen = True
        self.page_broke(failure.value)

    def page_broke(self, error: BaseException | None) -> None:
        """Count an exception that concerns one page; the run goes on unless the database is unusable."""
        self.tally.faults.append(in_words(error))
        self.tally.fault_streak += 1
        if is_unusable(error):
            self._stop(DATABASE)
        elif reason := self.tally.reason_to_stop():
            self._stop(reason)

    def run_broke(self, error: BaseException) -> None:
        """End the run as broken down after an exception on which the run as a whole depends."""
        if not self.tally.breakdown:
            self.tally.breakdown = DATABASE if is_unusable(error) else BROKEN
            self.tally.faults.append(in_words(error))
            self._stop(self.tally.breakdown)

    def run_ended(self, reason: str) -> None:
        """Close the run: record what it has shown of the site as a whole, and raise or close issues."""
        self.guard.close()
        if not hasattr(self, "tracker"):
            return  # it never began
        with self._open:
            try:
                self._conclude(self.tally.breakdown or reason)
            except Exception as error:  # then it may not be stored, but it can be reported
                logger.exception("the run could not be closed")
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        reason, trouble = DATABASE if is_unusable(error) else BROKEN, in_words(error)
        with suppress(StoreError, sqlite3.Error):
            self._raise_run_issues(BROKE_DOWN, trouble)
            self._close_run(reason, iso(now()), trouble)
        ended = {"event": "ended", "site": self._spider().site.name, "run": self.run, "reason": reason}
        self._emit({**ended, "failed": True, "trouble": trouble})

    def _conclude(self, reason: str) -> None:
        at = iso(now())
        trouble = self.tally.trouble(reason)
        self._raise_run_issues(self.tally.issue(reason), trouble)
        self.frontier.raise_issue(CUT_SHORT, self.tally.cut_short(reason))
        self.frontier.raise_issue(RETRY_AFTER, self._waited() if self._stat(UNFETCHED) else "")
        if not trouble:
            self.frontier.raise_source_issues()
            self._settle(reason, at)
        self._close_run(reason, at, trouble)
        self._emit({"event": "ended", "failed": bool(trouble), "trouble": trouble, **self._report()})

    def _settle(self, reason: str, at: str) -> None:
        """Finalize missing pages; after a complete run, also check the site as a whole."""
        whole = reason in {"finished", SPENT}
        if whole or reason == TIME_UP:  # who sent a signal waits, and learning takes memory
            self.tracker.finish()
            self._count_late()
        self.tally.add_changes(finalize(self.frontier, at))
        if not whole:
            return
        self.frontier.raise_issue("no article", no_article(self.frontier, self.tally.last_trouble))
        self.frontier.raise_issue("unlike expected", unmet(self.frontier))
        self.frontier.raise_issue("at_least", self.frontier.revisits.beyond_budget)
        self.frontier.raise_issue("silence", silence(self.store.news_dates(self.frontier.site.name), at))
        if (traps := self.frontier.trap_summary()) or self.frontier.fetched_all_live():
            self.frontier.raise_issue("trap", traps)

    def _raise_run_issues(self, kind: str, trouble: str) -> None:
        """Raise the issue of this kind for the run, and close the other kinds."""
        for about in (UNREACHABLE, BROKE_DOWN, SITE_MOVED, CHANGED):
            self.frontier.raise_issue(about, trouble if about == kind else "")
        if kind == MISSING:
            self.frontier.raise_issue(MISSING, trouble)
        faults = self.tally.faults
        message = (
            f"{len(faults)} page{'' if len(faults) == 1 else 's'}; first error: {faults[0]}" if faults else ""
        )
        self.frontier.raise_issue("broken pages", "" if kind == BROKE_DOWN else message)

    def _stop(self, reason: str) -> None:
        if self._closing is not None or self.crawler.engine is None:
            return
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def _begin(self, workspace: Workspace) -> None:
        spider, started = self._spider(), now()
        site = spider.site
        self._open.enter_context(held(run_lock(workspace.database, site.name), f"a run of {site.name}"))
        self.store = Store.open(workspace.database)
        self._open.callback(self.store.close)
        self.store.enrol(site.name, site.url)
        until = self.store.site(site.name).rest_until
        if until and until > iso(started):
            raise SiteTrouble(
                f"{site.name}: the site sent Retry-After: no requests until {until}; crawl it after that."
            )
        self.run = self.store.begin_run(site.name, iso(started))
        self.rekeyed = follow_rules(self.store, site, self.run)
        full = self.crawler.settings.getbool("FULL", True)
        self.frontier = RunFrontier(self.store, site, self.run, started, full=full)
        self.frontier.requests = lambda: self._stat("downloader/request_count")
        self.tracker = Tracker(self.frontier)
        if start := self.crawler.settings.get("START_READER"):
            self.readers = ReadingProcesses(workspace.processes, start)
            self._open.callback(self.readers.close)
        self.tally.live = sum(self.store.count_pages(site.name, state) for state in ("live", "missing"))
        spider.frontier = self.frontier
        self._emit({"event": "started", "site": site.name, "run": self.run})

    def _close_run(self, reason: str, at: str, trouble: str) -> None:
        site = self._spider().site.name
        values: Values = {name: self.tally.counts[name] for name in RUN_COUNTS}
        values |= {
            "ended_at": at,
            "reason": reason,
            "complete": int(self.tally.is_whole(reason) and not trouble and not self.store.waiting(site)),
            "requests": self._stat("downloader/request_count"),
            "bytes": self._stat("downloader/response_bytes"),
        }
        self.store.update_run(self.run, values)
        if self.crawler.stats and (until := self.crawler.stats.get_value(UNTIL)):
            self.store.rest(site, until)

    def _report(self) -> Values:
        row = self.store.run(self.run)
        spent = (now() - self.frontier.started).total_seconds()
        report: Values = {"site": row.site, "run": row.id} | {name: getattr(row, name) for name in RUN_COUNTS}
        report |= {"seconds": round(spent, 1), "baseline": self.tally.counts["baseline"]}
        report |= {"requests": row.requests, "bytes": row.bytes, "reason": row.reason}
        report["waited"] = self._waited()
        return report | asdict(self.rekeyed)

    def _waited(self) -> str:
        """What Retry-After did to this run, by host; empty if no host sent it."""
        stats = self.crawler.stats
        return "; ".join(stats.get_value(WAITS, {}).values()) if stats else ""

    def _stat(self, name: str) -> int:
        stats = self.crawler.stats
        return int(stats.get_value(name, 0)) if stats else 0

    def _spider(self) -> SiteSpider:
        assert isinstance(self.crawler.spider, SiteSpider)
        return self.crawler.spider

    def _emit(self, event: dict[str, Any]) -> None:
        if emit := self.crawler.settings.get("ON_EVENT"):
            emit(event)
