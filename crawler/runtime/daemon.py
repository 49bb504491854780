"""The daemon: starts a run of each site when it is due, until SIGTERM or SIGINT.

The next run of each site is stored in the database, so a restart forgets nothing. It is stored before the
child process of a run starts: whatever happens to this process then, no site runs twice for one slot.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from variorum.crawler import times
from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import (
    following,
    is_paused,
    next_run,
    out_of_quiet,
    planned,
    schedule_text,
)
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.lock import held, watch_lock
from variorum.crawler.notify.sender_process import SenderProcess
from variorum.crawler.output.run_text import run_ahead, run_line
from variorum.crawler.runtime.backup_schedule import BackupSchedule
from variorum.crawler.runtime.pruning import prune_now
from variorum.crawler.runtime.run import NOT_BEGUN, note_site_files, run_child
from variorum.crawler.runtime.watchlist import Watchlist
from variorum.storage.errors import StoreError
from variorum.storage.rows import SiteRow
from variorum.storage.store import Store

TICK_SECONDS = 1
CLOCK_CHECK_SECONDS = 30
BACKUP_CHECK_SECONDS = 60
PLANNED_AT_ONCE = 100
"""The most sites whose next runs are stored in one transaction."""
GRACE_SECONDS = 12
"""The seconds that runs have to stop by themselves; the rest of 15 seconds is for ending those that don't."""

NEWS_SECONDS = 12
"""The seconds that a message that is being sent has to arrive."""

DATABASE_TROUBLE = (StoreError, sqlite3.Error)

Hearer = Callable[[dict[str, Any]], None]

logger = logging.getLogger(__name__)


async def watch(workspace: Workspace, *, on_event: Hearer | None = None) -> None:
    """Run the daemon until SIGTERM or SIGINT, and until the runs in progress have ended. Main thread only.

    `on_event` gets the events of the runs. A bad site file is an issue of its site. Raises VariorumError if
    another daemon has this workspace, StoreError if the database can't be used; later errors are logged.
    """
    watchlist = Watchlist(workspace)
    with (
        held(watch_lock(workspace.database), "`variorum watch`"),
        contextlib.closing(Store.open(workspace.database)) as store,
    ):
        await Daemon(workspace, watchlist, store, on_event).serve()


class Daemon:
    """The daemon of one workspace: its schedule, its runs, its notifications."""

    def __init__(
        self, workspace: Workspace, watchlist: Watchlist, store: Store, on_event: Hearer | None
    ) -> None:
        self.workspace = workspace
        self.watchlist = watchlist
        self.store = store
        self.on_event = on_event or _log_run_ahead
        self.messenger = SenderProcess(workspace, store)
        self.running: dict[str, asyncio.Task[None]] = {}
        self.stop = asyncio.Event()
        self._last_tick = times.now()
        self._trouble = ""

    async def serve(self) -> None:
        """Start the runs that are due, every second, until a signal comes; then wait for those in flight."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.stop.set)
        self.plan(self._last_tick)
        logger.info("watching %d sites in %s", len(self.watchlist.sites), self.workspace.root)
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # two lines for every tick otherwise
        scheduler = AsyncIOScheduler(timezone=UTC)
        job = scheduler.add_job(
            self.tick,
            "interval",
            seconds=TICK_SECONDS,
            next_run_time=self._last_tick,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        if self.workspace.retention:
            self.prune_daily(scheduler, since=self._last_tick)
        if self.workspace.backup:
            self.back_up_when_due(scheduler, since=self._last_tick)
        scheduler.start()
        try:
            await self._until_stopped(job)
        finally:
            scheduler.shutdown(wait=False)
            await self._end_runs()
        logger.info("stopped")

    def prune_daily(self, scheduler: AsyncIOScheduler, since: datetime) -> None:
        """Prune once a day from then on; a missed prune is made up for, even after a slow start."""
        scheduler.add_job(
            prune_now,
            "interval",
            [self.workspace],
            days=1,
            next_run_time=since,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def back_up_when_due(self, scheduler: AsyncIOScheduler, since: datetime) -> None:
        """Check every minute from then on whether a backup is due, and make it; one at a time."""
        scheduler.add_job(
            BackupSchedule(self.workspace).tick,
            "interval",
            seconds=BACKUP_CHECK_SECONDS,
            next_run_time=since,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    async def tick(self) -> None:
        """Start the sites that are due, the longest overdue first, up to the limit of concurrent runs."""
        try:
            self._tick(times.now())
            self._trouble = ""
        except DATABASE_TROUBLE as error:
            if str(error) != self._trouble:  # once, not every second
                logger.error("no run can be started: %s", error)  # noqa: TRY400 - it comes from outside
            self._trouble = str(error)

    def plan(self, now: datetime) -> None:
        """Store when each site runs next, where that is unknown or its schedule has changed.

        Notification targets of the sites are registered, too.
        """
        rows = self.store.all_sites()
        sites = list(self.watchlist.sites.values())
        for begin in range(0, len(sites), PLANNED_AT_ONCE):
            with self.store.writing():
                for site in sites[begin : begin + PLANNED_AT_ONCE]:
                    with _on_its_own(site):
                        self._plan_site(site, rows.get(site.name), now)
        note_site_files(self.store, self.watchlist.sites)
        self.messenger.meet(self.watchlist.sites.values(), now)

    def _plan_site(self, site: Site, row: SiteRow | None, now: datetime) -> None:
        """Store when the site runs next; nothing is written that is stored already."""
        if row is None or row.url != site.url:
            self.store.enrol(site.name, site.url)
            row = self.store.site(site.name)
        due = times.parse(row.next_due) if row.next_due else None
        planned_due = planned(site, due, row.schedule, now, failures=row.failures)
        if (times.iso(planned_due), schedule_text(site)) != (row.next_due, row.schedule):
            self._remember(site, planned_due, row.failures)

    def _tick(self, now: datetime) -> None:
        if self.watchlist.refresh() or now < self._last_tick:
            self.plan(now)
        self._last_tick = now
        self.messenger.tick(now)
        for name in self.store.due_sites(times.iso(now)):
            if self.stop.is_set() or len(self.running) >= self.workspace.runs_at_once:
                return
            site = self.watchlist.sites.get(name)
            if site and name not in self.running and not is_paused(site, now):
                with _on_its_own(site):
                    self._begin(site, now)

    def _begin(self, site: Site, now: datetime) -> None:
        row = self.store.site(site.name)
        awake = out_of_quiet(site, now)
        if awake > now:
            self._remember(site, awake, row.failures)
            return
        due = times.parse(row.next_due) if row.next_due else now
        self._remember(site, following(site, due, now), row.failures)
        self.running[site.name] = asyncio.create_task(self._run(site, full=row.asked_at is not None))

    async def _run(self, site: Site, *, full: bool) -> None:
        """Carry out a run; a `full` one was asked for, and fetches all pages."""
        logger.info("%s: run %s", site.name, "of all pages, as asked for, started" if full else "started")
        failed = True
        try:
            workspace = self.workspace.shared(len(self.watchlist.sites))
            report = await run_child(
                workspace, site, full=full, stop=self.stop, on_event=self.on_event, warm=True
            )
            failed = report.failed and report.reason != NOT_BEGUN  # such as while somebody crawls it by hand
            logger.info("%s: run %s: %s", site.name, "failed" if failed else "ended", run_line(report))
        except Exception:
            logger.exception("%s: the run could not be carried out", site.name)
        finally:
            del self.running[site.name]
            self._reschedule(self.watchlist.sites.get(site.name, site), failed)

    def _reschedule(self, site: Site, failed: bool) -> None:
        """Store when the site runs next, given whether its run failed."""
        now = times.now()
        try:
            row = self.store.site(site.name)
            if self.stop.is_set():  # cut short by us: made up for as soon as the daemon is back
                self._remember(site, now, row.failures)
                return
            if failed:
                self._remember(site, next_run(site, now, failures=row.failures + 1), row.failures + 1)
            elif row.failures and row.next_due:
                self._remember(site, times.parse(row.next_due), 0)
        except DATABASE_TROUBLE:
            logger.exception("%s: the result of the run could not be stored", site.name)

    def _remember(self, site: Site, due: datetime, failures: int) -> None:
        self.store.set_next_due(site.name, times.iso(due), schedule_text(site), failures)

    async def _until_stopped(self, job: Job) -> None:
        """Wait for the signal; meanwhile, wake the scheduler whenever the clock was set back.

        It sleeps by the wall clock, and would go on sleeping until that had caught up.
        """
        while not self.stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), CLOCK_CHECK_SECONDS)
            if times.now() < self._last_tick:
                job.modify(next_run_time=times.now())

    async def _end_runs(self) -> None:
        self.stop.set()
        await asyncio.gather(self._wait_for_runs(), self.messenger.end(NEWS_SECONDS))

    async def _wait_for_runs(self) -> None:
        runs = list(self.running.values())
        if not runs:
            return
        logger.info("stopping: %d runs in progress", len(runs))
        _, late = await asyncio.wait(runs, timeout=GRACE_SECONDS)
        for run in late:
            run.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _log_run_ahead(event: dict[str, Any]) -> None:
    if event["event"] == "planned" and (text := run_ahead(event)):
        logger.info("%s", text)


@contextlib.contextmanager
def _on_its_own(site: Site) -> Iterator[None]:
    """While inside, log an unexpected error about one site, so that the other sites still run."""
    try:
        yield
    except DATABASE_TROUBLE:
        raise  # of which no site is spared
    except Exception:
        logger.exception("%s: its next run can't be planned", site.name)
