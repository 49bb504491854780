"""Records one run in the store, from its first page to its end. It knows nothing of Scrapy.

A run that fetches in this process drives it by the item pipeline (recorder.py); a run on another machine
drives it by what it sends (variorum.crawler.cluster).
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import SiteTrouble
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.lock import held, run_lock
from variorum.crawler.runtime.guard import in_words, is_unusable
from variorum.crawler.runtime.run_progress import Progress, forget, keep
from variorum.crawler.times import iso, now, parse
from variorum.crawler.tracking.finalize import finalize, many_blocked, no_article, silence, unmet
from variorum.crawler.tracking.issue_kinds import BROKE_DOWN, CUT_SHORT, RETRY_AFTER, SITE_MOVED, UNREACHABLE
from variorum.crawler.tracking.reading import ReadAhead
from variorum.crawler.tracking.rekeying import follow_rules
from variorum.crawler.tracking.run_counts import BROKEN, CHANGED, DATABASE, MISSING, SPENT, TIME_UP, RunTally
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.tracked import Tracked
from variorum.crawler.tracking.tracker import Tracker
from variorum.spiders.fetching.failures import over_a_page
from variorum.storage.errors import StoreError
from variorum.storage.rows import OTHER_COUNTS, RUN_COUNTS, Values
from variorum.storage.store import Store

logger = logging.getLogger(__name__)

TOGETHER = 50
TOGETHER_BYTES = 8 << 20
LONGEST_WAIT = timedelta(seconds=5)
"""Fetches that need no reading are recorded together: so many, so large; after that time not even the next
one is waited for."""

SMALL_SITE = 100
"""So many pages of a site are all fetched, however many of them have changed."""

SOURCES, PAGES, FINISHING = "reading sources", "fetching pages", "finishing"
"""The phases of a run."""

Emit = Callable[[dict[str, Any]], None]
Stop = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Traffic:
    """The traffic of a run so far, and what Retry-After did to it."""

    requests: int = 0
    bytes: int = 0
    waited: str = ""
    """The waits by host, in words; empty if no host sent Retry-After."""
    unfetched: int = 0
    """How many requests were given up because of Retry-After."""
    rest_until: str | None = None
    """The time until which a host accepts no requests."""
    waits: dict[str, str] | None = None
    """The `host` for which the run waited last, after Retry-After, and `until` when."""


class RunRecord:
    """The record of one run: opened by `begin`, closed by `end`."""

    frontier: RunFrontier
    tracker: Tracker
    store: Store
    run: int

    def __init__(self, traffic: Callable[[], Traffic], emit: Emit, stop: Stop) -> None:
        """`emit` gets the events of the run; `stop` is called with the reason to fetch no more."""
        self.tally = RunTally()
        self.is_open = False
        self._traffic, self._emit, self._stop = traffic, emit, stop
        self._open = ExitStack()
        self._waiting: list[FetchResult] = []
        self._phase = SOURCES
        self._done: set[str] = set()

    def begin(self, workspace: Workspace, site: Site, *, full: bool) -> None:
        """Begin a run. Raises VariorumError or StoreError; nothing is left open then."""
        try:
            self._begin(workspace, site, full)
        except BaseException:
            self._open.close()
            raise
        self.is_open = True
        self.frontier.on_planned = self._planned
        self._emit({"event": "started", "site": site.name, "run": self.run})
        self._enter(SOURCES)

    def tell_progress(self) -> None:
        """Tell what the run is doing now, and keep it where others read it."""
        if self.is_open:
            progress = self._progress()
            keep(self._database, progress)
            self._emit({"event": "progress", **progress})

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self.tell_progress()

    def _progress(self) -> Progress:
        frontier, traffic = self.frontier, self._traffic()
        waits = traffic.waits if traffic.waits and traffic.waits["until"] > iso(now()) else None
        return {
            "site": frontier.site.name,
            "run": self.run,
            "pid": os.getpid(),
            "phase": self._phase,
            "started_at": iso(frontier.started),
            "at": iso(now()),
            "done": len(self._done),
            "known": max(len(self._done), frontier.queue.known()),
            "requests": traffic.requests,
            "left": frontier.requests_left(),
            "waiting": waits,
        }

    def _planned(self) -> None:
        """The sources are read: tell so, and how many pages are to be fetched."""
        self._announce()
        self._enter(PAGES)

    def _announce(self) -> None:
        """Tell with how many pages the run begins, and how many requests are left for them."""
        frontier = self.frontier
        event: Values = {"event": "planned", "site": frontier.site.name, "first": not self.tally.live}
        event |= {"waiting": frontier.pages_left(len(self._done)), "left": frontier.requests_left()}
        self._emit(
            event | {name: getattr(frontier.site, name) for name in ("delay", "concurrency", "budget")}
        )

    def at_end(self, close: Callable[[], None]) -> None:
        """Call this when the record is closed, however that ends."""
        self._open.callback(close)

    def record_soon(self, item: FetchResult, ahead: ReadAhead | None = None) -> Values:
        """Record one fetch; one that needs no reading waits for a few others, to be stored with them."""
        held = self.hold(item) if ahead is None else None
        return held or self.record(item, ahead)

    def hold(self, item: FetchResult) -> Values | None:
        """Let a fetch that needs no reading wait to be recorded with others; None for any other fetch."""
        if not self._can_wait(item):
            return None
        self._waiting.append(item)
        if self._wait_is_over():
            self._record_waiting()
        return Tracked(item.url, Outcome.ok, "as it was: to be recorded with others", held=True).values

    def record(self, item: FetchResult, ahead: ReadAhead | None = None) -> Values:
        """Record one fetch; its result as plain values."""
        self._record_waiting()
        tracked = self._tracked(item, ahead)
        self._count_late()
        reason = self.tally.reason_to_stop()
        if reason and not (reason == CHANGED and self._is_nearly_done()):
            self._stop(reason)
        return self._report_page(tracked)

    def count_request(self) -> None:
        """Count a request; the run ends after the last one that the daily budget allows."""
        if self.frontier.budget_exhausted():
            self._stop(SPENT)

    def page_broke(self, error: BaseException | str | None) -> None:
        """Count an exception that concerns one page; the run goes on unless the database is unusable."""
        self.tally.faults.append(_words(error))
        self.tally.fault_streak += 1
        if _is_unusable(error):
            self._stop(DATABASE)
        elif reason := self.tally.reason_to_stop():
            self._stop(reason)

    def run_broke(self, error: BaseException | str) -> None:
        """End the run as broken down after an exception on which the run as a whole depends."""
        if not self.tally.breakdown:
            self.tally.breakdown = DATABASE if _is_unusable(error) else BROKEN
            self.tally.faults.append(_words(error))
            self._stop(self.tally.breakdown)

    def end(self, reason: str) -> None:
        """Close the run: record what it has shown of the site as a whole, and raise or close issues."""
        if not self.is_open:
            return  # it never began
        with suppress(Exception):  # a run is closed whatever can't be told of it
            self._enter(FINISHING)
        self.is_open = False
        with self._open:
            try:
                self._conclude(self.tally.breakdown or reason)
            except Exception as error:  # then it may not be stored, but it can be reported
                logger.exception("the run could not be closed")
                self._give_up(error)

    def _begin(self, workspace: Workspace, site: Site, full: bool) -> None:
        started = now()
        self._open.enter_context(held(run_lock(workspace.database, site.name), f"a run of {site.name}"))
        self.store = Store.open(workspace.database)
        self._open.callback(self.store.close)
        self._database = workspace.database
        self._open.callback(forget, workspace.database, site.name)
        self.store.enrol(site.name, site.url)
        row = self.store.site(site.name)
        until, self._asked_at = row.rest_until, row.asked_at if full else None
        if until and until > iso(started):
            raise SiteTrouble(
                f"{site.name}: the site sent Retry-After: no requests until {until}; crawl it after that."
            )
        self.run = self.store.begin_run(site.name, iso(started))
        self.rekeyed = follow_rules(self.store, site, self.run)
        self.frontier = RunFrontier(self.store, site, self.run, started, full=full)
        self.frontier.requests = lambda: self._traffic().requests
        self.tracker = Tracker(self.frontier)
        self.tally.live = sum(self.store.count_pages(site.name, state) for state in ("live", "missing"))

    def _can_wait(self, item: FetchResult) -> bool:
        try:
            return self.tracker.can_wait(item)
        except Exception as error:
            if is_unusable(error):
                raise
            return False  # tracking meets it as well, and reports it

    def _wait_is_over(self) -> bool:
        """Whether those that wait are many, large, or wait long: as much is fetched again after a crash."""
        waited = parse(self._waiting[-1].fetched_at) - parse(self._waiting[0].fetched_at)
        size = sum(len(item.body) for item in self._waiting)
        return len(self._waiting) >= TOGETHER or size >= TOGETHER_BYTES or waited >= LONGEST_WAIT

    def _record_waiting(self) -> None:
        """Record the fetches that wait: all of them at once, or each by itself if that can't be."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            unread = self.tracker.track_waiting()
        except Exception as error:
            if is_unusable(error):
                raise
            for item in waiting:
                self._report_page(self._tracked(item, None))
        else:
            for tracked in unread:  # no event for each: there is nothing to tell of it
                self.tally.add(tracked)
                self._done.add(tracked.url)
        self._count_late()

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

    def _is_nearly_done(self) -> bool:
        """Whether the site is small, and the run has requested every page of it: nothing is spared by a
        stop."""
        return self.tally.live <= SMALL_SITE and self.frontier.fetched_all_live()

    def _count_late(self) -> None:
        """Count the results of fetches that were held."""
        late, self.tracker.late = self.tracker.late, []
        for tracked in late:
            self.tally.add(tracked)
            self._report_page(tracked)

    def _report_page(self, tracked: Tracked) -> Values:
        result = tracked.values
        self._done.add(tracked.url)
        self._emit({"event": "page", "site": self.frontier.site.name, **result})
        return result

    def _give_up(self, error: Exception) -> None:
        reason, trouble = DATABASE if is_unusable(error) else BROKEN, in_words(error)
        with suppress(StoreError, sqlite3.Error):
            self._raise_run_issues(BROKE_DOWN, trouble)
            self._close_run(reason, iso(now()), trouble)
        ended = {"event": "ended", "site": self.frontier.site.name, "run": self.run, "reason": reason}
        self._emit({**ended, "failed": True, "trouble": trouble})

    def _conclude(self, reason: str) -> None:
        self._record_waiting()
        at = iso(now())
        traffic = self._traffic()
        trouble = self.tally.trouble(reason)
        self._raise_run_issues(self.tally.issue(reason), trouble)
        self.frontier.raise_issue(CUT_SHORT, self.tally.cut_short(reason))
        self.frontier.raise_issue(RETRY_AFTER, traffic.waited if traffic.unfetched else "")
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
            if self._asked_at:
                self.store.forget_asked_run(self.frontier.site.name, self._asked_at)
        self.tally.add_changes(finalize(self.frontier, at))
        blocked = many_blocked(self.frontier)
        self.frontier.raise_issue("many blocked", blocked)
        if not whole:
            return
        self.frontier.raise_issue(
            "no article", "" if blocked else no_article(self.frontier, self.tally.last_trouble)
        )
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

    def _close_run(self, reason: str, at: str, trouble: str) -> None:
        site, traffic = self.frontier.site.name, self._traffic()
        values: Values = {name: self.tally.counts[name] for name in RUN_COUNTS}
        values |= {
            "baseline": self.tally.counts["baseline"],
            "forbidden": len(self.tally.forbidden),
            "ended_at": at,
            "reason": reason,
            "complete": int(self.tally.is_whole(reason) and not trouble and not self.store.waiting(site)),
            "requests": traffic.requests,
            "bytes": traffic.bytes,
        }
        self.store.update_run(self.run, values)
        self.store.return_space()
        if traffic.rest_until:
            self.store.rest(site, traffic.rest_until)

    def _report(self) -> Values:
        row = self.store.run(self.run)
        spent = (now() - self.frontier.started).total_seconds()
        report: Values = {"site": row.site, "run": row.id} | {name: getattr(row, name) for name in RUN_COUNTS}
        report |= {"seconds": round(spent, 1), "baseline": row.baseline}
        report |= {name: self.tally.counts[name] for name in OTHER_COUNTS}
        report |= {
            "forbidden": row.forbidden,
            "forbidden_example": next(iter(self.tally.forbidden.values()), None),
        }
        report |= {"requests": row.requests, "bytes": row.bytes, "reason": row.reason}
        report["waited"] = self._traffic().waited
        report["left"] = self.frontier.pages_left(len(self._done))
        return report | asdict(self.rekeyed)


def _words(error: BaseException | str | None) -> str:
    return error if isinstance(error, str) else in_words(error)


def _is_unusable(error: BaseException | str | None) -> bool:
    """Whether it means that the database can't be used; what is told in words comes from elsewhere."""
    return not isinstance(error, str) and is_unusable(error)
