"""Between Scrapy and the store: opens the run, hands each fetch to the tracker, closes the run.

Named in spiders/settings.py, so that `scrapy crawl NAME` records as `variorum crawl NAME` does.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from twisted.python.failure import Failure

from crawler.archive import SiteArchive
from crawler.fetched import Fetched
from crawler.lock import held
from crawler.outcome import Outcome
from crawler.reading import Reader
from crawler.settings import SETTINGS_FILE, load_workspace
from crawler.settle import settle
from crawler.times import iso, now
from crawler.track import Tracked, Tracker
from spiders.site_spider import SiteSpider
from storage.errors import StoreError
from storage.rows import Values
from storage.store import Store

Emit = Callable[[dict[str, Any]], None]

COUNTS = (
    "fetched",
    "not_modified",
    "new",
    "changed",
    "unchanged",
    "moved",
    "gone",
    "returned",
    "blocked",
    "failed",
)
ANSWERS = {Outcome.ok, Outcome.not_modified, Outcome.moved, Outcome.gone}
"""Outcomes that show a site at work."""
REFUSALS = {Outcome.blocked, Outcome.soft_404}
BREAKDOWNS = {"start_error", "database"}
OUR_OWN_CHOICE = {Outcome.robots, Outcome.address, Outcome.wrong_type, Outcome.too_large}


class Recording:
    """The item pipeline that keeps what a spider fetches."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.counts: Counter[str] = Counter()
        self.outcomes: Counter[Outcome] = Counter()
        self.last_trouble = "no answer came"
        self.faults: list[str] = []
        self._open = ExitStack()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pipeline, where there is a workspace to record in."""
        home = _home(crawler)
        if not (home / SETTINGS_FILE).exists():
            raise NotConfigured(f"no workspace in {home.absolute()}: pages are fetched, and nothing is kept")
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.run_ended, signal=signals.spider_closed)
        crawler.signals.connect(pipeline.broke, signal=signals.item_error)
        crawler.signals.connect(pipeline.broke, signal=signals.spider_error)
        return pipeline

    def open_spider(self) -> None:
        """Begin a run, and give the spider its memory."""
        spider = self._spider()
        workspace = load_workspace(_home(self.crawler))
        self._open.enter_context(
            held(Path(f"{workspace.database}.{spider.site.name}.lock"), f"a run of {spider.name}")
        )
        self.store = Store.open(workspace.database)
        self._open.callback(self.store.close)
        self.store.enrol(spider.site.name, spider.site.url)
        started = now()
        self.run = self.store.begin_run(spider.site.name, iso(started))
        thorough = self.crawler.settings.getbool("THOROUGH", True)
        self.archive = SiteArchive(self.store, spider.site, self.run, started, thorough=thorough)
        self.archive.requests = self._requests
        self.tracker = Tracker(self.archive, Reader(spider.site))
        spider.archive = self.archive
        self._emit({"event": "started", "site": spider.name, "run": self.run})

    def process_item(self, item: Fetched) -> Values:
        """Record one fetch; what it came to is the item that feed exports see."""
        tracked = self.tracker.track(item)
        self._count(tracked)
        told = asdict(tracked)
        self._emit({"event": "page", "site": self._spider().name, **told})
        return told

    def broke(self, failure: Failure) -> None:
        """Something broke over a page. It is noted, and the run goes on; without a database it can't."""
        error = failure.value
        self.faults.append(f"{type(error).__name__}: {error}")
        if isinstance(error, StoreError | sqlite3.Error):
            assert self.crawler.engine is not None
            self.crawler.engine.close_spider(self._spider(), reason="database")

    def run_ended(self, reason: str) -> None:
        """Settle what the run has shown as a whole, and close it."""
        with self._open:
            if not hasattr(self, "archive"):
                return  # the run never began: another one of the site is going on
            at = iso(now())
            trouble = self._trouble(reason)
            self._note("unreachable", trouble, at)
            self._note(
                "broken pages", f"{len(self.faults)} pages: {self.faults[0]}" if self.faults else "", at
            )
            if reason == "finished" and not trouble:
                self.counts.update(settle(self.archive, at))
            self._close_run(reason, at, trouble)

    def _trouble(self, reason: str) -> str:
        """What to say of a site of which nothing could be had; empty for one that answers."""
        if reason in BREAKDOWNS:
            return f"the run ended early ({reason}); {self.faults[-1] if self.faults else 'its log says why'}"
        if reason == "shutdown" or any(self.outcomes[one] for one in ANSWERS):
            return ""
        return f"nothing of the site could be had; last, {self.last_trouble}"

    def _note(self, kind: str, message: str, at: str) -> None:
        """Raise the issue, or close it where there is nothing to say any more."""
        site = self._spider().site.name
        if message:
            self.store.raise_issue(site, kind, message, at)
        else:
            self.store.close_issue(site, kind, at)

    def _close_run(self, reason: str, at: str, trouble: str) -> None:
        stats = self.crawler.stats
        assert stats is not None
        values: Values = {name: self.counts[name] for name in COUNTS}
        values |= {
            "ended_at": at,
            "reason": reason,
            "whole": int(
                reason == "finished" and not trouble and not self.store.waiting(self._spider().site.name)
            ),
            "requests": self._requests(),
            "bytes": stats.get_value("downloader/response_bytes", 0),
        }
        self.store.update_run(self.run, values)
        self._emit(
            {
                "event": "ended",
                "failed": bool(trouble),
                "trouble": trouble,
                **self._report(),
            }
        )

    def _report(self) -> Values:
        row = self.store.run(self.run)
        spent = (now() - self.archive.started).total_seconds()
        return {
            "site": row.site,
            "run": row.id,
            **{name: getattr(row, name) for name in COUNTS},
            "baseline": self.counts["baseline"],
            "requests": row.requests,
            "bytes": row.bytes,
            "reason": row.reason,
            "seconds": round(spent, 1),
        }

    def _count(self, tracked: Tracked) -> None:
        self.outcomes[tracked.outcome] += 1
        self.counts["fetched"] += 1
        self.counts["baseline"] += tracked.baseline
        for kind in tracked.changes:
            self.counts["changed" if kind in ("edited", "retitled") else kind] += 1
        if tracked.outcome is Outcome.not_modified:
            self.counts["not_modified"] += 1
        elif tracked.outcome in REFUSALS:
            self.counts["blocked"] += 1
        elif tracked.outcome in ANSWERS:
            self.counts["unchanged"] += not (
                tracked.changes or tracked.baseline or tracked.outcome is Outcome.gone
            )
        elif tracked.outcome not in OUR_OWN_CHOICE:
            self.counts["failed"] += 1
        if tracked.outcome not in ANSWERS:
            self.last_trouble = f"{tracked.url}: {tracked.outcome.value}, {tracked.reason}"

    def _requests(self) -> int:
        stats = self.crawler.stats
        return int(stats.get_value("downloader/request_count", 0)) if stats else 0

    def _spider(self) -> SiteSpider:
        assert isinstance(self.crawler.spider, SiteSpider)
        return self.crawler.spider

    def _emit(self, event: dict[str, Any]) -> None:
        if emit := self.crawler.settings.get("ON_EVENT"):
            emit(event)


def _home(crawler: Crawler) -> Path:
    return Path(crawler.settings.get("WORKSPACE") or os.environ.get("VARIORUM_HOME") or ".")
