"""The hub: the daemon of the workspace, which hands its due runs to workers and records what they send."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import uvicorn

from variorum.crawler import times
from variorum.crawler.cluster.app import make_app
from variorum.crawler.cluster.asked import AskedRuns
from variorum.crawler.cluster.link import VERSION, clock
from variorum.crawler.cluster.metrics import HubMetrics
from variorum.crawler.cluster.queue import JobQueue, QueueDown
from variorum.crawler.cluster.runs import DIED, OpenRuns
from variorum.crawler.cluster.wire import Closed, Presence
from variorum.crawler.config.cluster import Cluster, secret, shared_token
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.lock import held, watch_lock
from variorum.crawler.runtime.daemon import Daemon, Hearer
from variorum.crawler.runtime.watchlist import Watchlist
from variorum.crawler.tracking.issue_kinds import BROKE_DOWN
from variorum.crawler.tracking.run_counts import LOST
from variorum.storage.store import Store

FORGOTTEN = 86400
"""The seconds after which a lost worker is no longer listed."""
KEPT_OPEN = 300
"""The seconds for which the connection of a silent worker is kept open."""
BROKEN_THERE = "the run broke down at its worker; the log there says why"
TRY_AGAIN = timedelta(seconds=10)
"""A run that could not be handed out is due again after this."""

logger = logging.getLogger(__name__)


async def watch(workspace: Workspace, *, on_event: Hearer | None = None) -> None:
    """Run the hub until SIGTERM or SIGINT; as `variorum.crawler.runtime.daemon.watch`, which it extends."""
    watchlist = Watchlist(workspace)
    with (
        held(watch_lock(workspace.database), "`variorum watch`"),
        contextlib.closing(Store.open(workspace.database)) as store,
    ):
        assert workspace.cluster is not None
        await Hub(workspace, workspace.cluster, watchlist, store, on_event).serve()


class Hub(Daemon):
    """The daemon that lets workers crawl."""

    def __init__(
        self,
        workspace: Workspace,
        cluster: Cluster,
        watchlist: Watchlist,
        store: Store,
        on_event: Hearer | None,
    ) -> None:
        super().__init__(workspace, watchlist, store, on_event)
        self.cluster = cluster
        self.queue = JobQueue(secret(cluster.database, os.environ), creates=True)
        self.runs = OpenRuns(workspace, cluster.lost_seconds, self._run_ended)
        self.asked = AskedRuns()
        self._token = shared_token(cluster.token, os.environ)
        self._workers: dict[str, tuple[Presence, float]] = {}
        """Each with the time when it was last heard of, by `clock`."""
        self._queues: list[dict[str, Any]] = []
        self._metrics = HubMetrics()
        self.trouble = ""
        """Why PostgreSQL can't be used; empty while it can."""

    async def serve(self) -> None:
        """Serve the workers and start the runs that are due, until a signal comes."""
        config = uvicorn.Config(
            make_app(self, self._token),
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="off",
            timeout_keep_alive=KEPT_OPEN,
        )
        server = _Server(config)
        listening = self._listen()
        serving = asyncio.create_task(server.serve([listening]))
        keeping = asyncio.create_task(self._keep_house())
        logger.info("the hub listens on %s", self.cluster.listen)
        try:
            await super().serve()
        finally:
            keeping.cancel()
            self.runs.close()
            server.should_exit = True
            await asyncio.gather(serving, keeping, return_exceptions=True)
            await self.queue.close()

    def _listen(self) -> socket.socket:
        try:
            return socket.create_server(self.cluster.listening)
        except OSError as error:
            words = f"the hub can't listen on {self.cluster.listen}: {error.strerror or error}."
            raise Misuse(
                f"{words} `listen` in [cluster] of variorum.toml names another host or port."
            ) from error

    # ---- what the application asks

    def site(self, name: str) -> Site | None:
        """The site of that name, as its file describes it now."""
        return self.watchlist.sites.get(name)

    def meet(self, worker: Presence) -> None:
        """Note that a worker is there."""
        if worker.name not in self._workers:
            logger.info("worker %s is there, for %s", worker.name, ", ".join(worker.queues))
        self._workers[worker.name] = (worker, clock())
        self.runs.heard_of(worker.name)

    async def ask_for(self, site: Site, *, full: bool) -> None:
        """Hand out a run that somebody asks for. Raises QueueDown."""
        self.asked.ask(site.name, full=full)  # first of all: a worker may begin it at once
        try:
            await self.queue.defer(site.name, site.where)
        except QueueDown:
            self.asked.forget(site.name)
            raise

    def begin_asked(self, site: Site) -> bool:
        """Note that a run of the site begins; whether somebody asked for all its pages."""
        return self.asked.begin(site.name) or self.store.site(site.name).asked_at is not None

    def state(self) -> dict[str, Any]:
        """Workers, runs and queues, as `variorum status` shows them."""
        moment = clock()
        workers = [self._shown(worker, moment - heard_at) for worker, heard_at in self._workers.values()]
        return {
            "at": times.iso(times.now()),
            "version": VERSION,
            "trouble": self.trouble,
            "fallback": self.cluster.fallback,
            "workers": workers,
            "runs": [
                {"site": run.site.name, "worker": run.worker, "seconds": round(moment - run.since)}
                for run in self.runs.by_id.values()
            ],
            "queues": self._queues,
        }

    def metrics(self) -> bytes:
        """Workers, runs and queues, for Prometheus."""
        return self._metrics.text(self.state(), self.runs)

    def _shown(self, worker: Presence, silent: float) -> dict[str, Any]:
        return {
            "name": worker.name,
            "queues": worker.queues,
            "version": worker.version,
            "runs": [run.site.name for run in self.runs.by_id.values() if run.worker == worker.name],
            "silent_seconds": round(silent),
            "lost": silent > self.cluster.lost_seconds,
        }

    # ---- handing out

    async def _run(self, site: Site, *, full: bool) -> None:
        """Hand a due run to the workers; carry it out here if that can't be, and may."""
        handed_out = False
        try:
            await self.queue.defer(site.name, site.where)
            handed_out = True
            self._note("")
        except QueueDown as error:
            self._note(str(error))
        except Exception:
            logger.exception("%s: its run can't be handed out", site.name)
        if not handed_out and self.cluster.fallback and not site.where:
            await super()._run(site, full=full)
            return
        del self.running[site.name]
        if not handed_out:
            self._remember(site, times.now() + TRY_AGAIN, self.store.site(site.name).failures)

    def _run_ended(self, site: Site, closed: Closed) -> None:
        """Store when the site runs next, after a run of a worker."""
        if closed.reason == LOST or self.stop.is_set():
            self.asked.lose(site.name)
            return  # its job is done again
        self.asked.end(site.name, closed.event or _died(closed))
        now = times.now()
        row = self.store.site(site.name)
        if closed.reason == "shutdown":  # the worker was stopped: made up for at once
            self._remember(site, now, row.failures)
            return
        if closed.reason == DIED:
            self.store.raise_issue(site.name, BROKE_DOWN, BROKEN_THERE, times.iso(now))
        self._reschedule(self.watchlist.sites.get(site.name, site), closed.failed)

    async def _keep_house(self) -> None:
        """Close the runs of lost workers, give their jobs to others, and look at the queue."""
        while True:
            self.runs.expire()
            self._forget_workers()
            try:
                for site in await self.queue.retry_stalled(self.cluster.lost_seconds):
                    logger.warning("%s: its worker was lost; another one will crawl it", site)
                self._queues = await self.queue.state(self.cluster.lost_seconds)
                await self.queue.tidy()
                self._note("")
            except QueueDown as error:
                self._note(str(error))
            except Exception:
                logger.exception("the queue could not be looked after")
            await asyncio.sleep(self.cluster.beat_seconds)

    def _forget_workers(self) -> None:
        """Forget the workers that were not heard of for a day."""
        gone = [name for name, (_, heard_at) in self._workers.items() if clock() - heard_at > FORGOTTEN]
        for name in gone:
            del self._workers[name]

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            logger.warning("%s", trouble or "PostgreSQL can be used again")
        self.trouble = trouble


def _died(closed: Closed) -> dict[str, Any]:
    """The last event of a run whose process could not tell it."""
    return {"event": "ended", "failed": True, "reason": closed.reason, "trouble": BROKEN_THERE}


class _Server(uvicorn.Server):
    """A server that leaves the signals to the daemon."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Does nothing, so the daemon gets them."""
        yield
