"""A worker: takes jobs of its queues, carries each run out in a child process, and lets the hub record it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from variorum.crawler import times
from variorum.crawler.cluster.link import VERSION, HubAway, HubRefuses, Link, SiteBusy
from variorum.crawler.cluster.metrics import WorkerMetrics
from variorum.crawler.cluster.pipeline import OVER, RemoteRun
from variorum.crawler.cluster.queue import TASK, JobQueue, QueueDown, log_unheard
from variorum.crawler.cluster.runs import DIED
from variorum.crawler.cluster.wire import Begun, Refused, unpack
from variorum.crawler.config.cluster import ANYWHERE, Cluster, secret, shared_token
from variorum.crawler.config.schema import refuse
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.runtime.handover import packed
from variorum.crawler.runtime.run import Ending, carry_out
from variorum.spiders.browser import lacking

LONGEST_WAIT = 30.0
"""The most seconds between two attempts to reach PostgreSQL."""
PAUSE = 5.0
"""The seconds until a run that could not be carried out is given back."""
BRIEFLY = 1.0
"""The seconds for which a request waits for the hub that is repeated later anyway."""

logger = logging.getLogger(__name__)


def offset(theirs: str, asked_at: datetime, answered_at: datetime) -> timedelta:
    """How much a clock is ahead of ours that showed a time when asked; nothing that the wait explains.

    Stored times are whole seconds.
    """
    shown = times.parse(theirs)
    if shown + timedelta(seconds=1) < asked_at:
        return shown - asked_at
    return max(shown - answered_at, timedelta())


class NotDone(VariorumError):
    """A run that the queue is to give out again."""


async def work(workspace: Workspace, name: str, queues: Sequence[str], metrics: WorkerMetrics) -> None:
    """Carry out jobs until SIGTERM or SIGINT, and until the runs in progress have ended.

    Raises Misuse if the hub refuses this worker: for its token, or its version.
    """
    assert workspace.cluster is not None
    await Worker(workspace, workspace.cluster, name, queues, metrics).serve()


class Worker:
    """One worker, and what it runs now."""

    def __init__(
        self,
        workspace: Workspace,
        cluster: Cluster,
        name: str,
        queues: Sequence[str],
        metrics: WorkerMetrics,
    ) -> None:
        self.workspace, self.cluster, self.name = workspace, cluster, name
        self.queues = list(queues) or [ANYWHERE]
        self.metrics = metrics
        self.stop = asyncio.Event()
        self.refusal: Misuse | None = None
        self._token = shared_token(cluster.token, os.environ)
        self.queue = JobQueue(secret(cluster.database, os.environ))
        self.queue.app.task(name=TASK, retry=self.queue.retry)(self.crawl)

    async def serve(self) -> None:
        """Carry out jobs until a signal comes, or the hub refuses this worker."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(log_unheard)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        await self._show_up()
        beating = asyncio.create_task(self._beat())
        try:
            await self._take_jobs()
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await self.queue.close()
        if self.refusal:
            raise self.refusal
        logger.info("stopped")

    async def crawl(self, site: str) -> None:
        """Carry out a run of one site. Raises NotDone, after a pause, where it is to be tried again."""
        try:
            await self._crawl(site)
        except Exception as error:
            if isinstance(error, HubAway | Misuse | NotDone):
                logger.warning("%s: given back to the queue: %s", site, error)
            else:
                logger.exception("%s: the run could not be carried out", site)
            await self._pause(PAUSE)
            raise NotDone(str(error)) from error

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until the worker is stopped."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _crawl(self, site: str) -> None:
        await self._show_up()  # the run goes by the clock of the hub
        begun = await self._begun(site)
        if isinstance(begun, Refused):
            logger.info("%s: not begun: %s", site, begun.trouble)
            return
        logger.info("%s: run started", site)
        self.metrics.running.inc()
        try:
            ending = await self._carried_out(begun)
        finally:
            self.metrics.running.dec()
        await self._close(begun, ending)

    async def _begun(self, site: str) -> Begun | Refused:
        """The run, as soon as the hub has closed an earlier one."""
        for _ in range(2 * int(self.cluster.lost_seconds) + 1):
            try:
                found = await self._post("/runs", site=site, worker=self.name)
            except SiteBusy:
                await self._pause(1)
                if self.stop.is_set():
                    break
            except HubRefuses as error:
                return Refused(str(error))
            else:
                begun: Begun | Refused = unpack(found, Begun | Refused)
                return begun
        raise NotDone("another run of the site is open at the hub")

    async def _carried_out(self, begun: Begun) -> Ending:
        workspace = replace(
            self.workspace.shared(self.workspace.runs_at_once),
            user_agent=begun.user_agent,
            max_run_seconds=begun.max_run_seconds,
            max_memory_mb=begun.max_memory_mb,
        )
        try:
            refuse(lacking(begun.site))
            run = packed(RemoteRun(self.cluster, begun, times.correction().total_seconds()))
            return await carry_out(
                workspace, begun.site, "remote", run, stop=self.stop, on_event=None, warm=True
            )
        except Exception as error:
            if not isinstance(error, VariorumError):
                logger.exception("%s: the run could not be carried out", begun.site.name)
            return Ending({}, 1, str(error))

    async def _close(self, begun: Begun, ending: Ending) -> None:
        """Tell the hub how a run has ended. Raises NotDone if the hub has not recorded its end."""
        last, site = ending.last, begun.site.name
        reason = last.get("reason", DIED) if last.get("event") == "ended" else DIED
        failed = bool(last.get("failed", True))
        logger.info("%s: run ended: %s", site, reason if reason != DIED else ending.breakdown)
        self.metrics.ended.labels("failed" if failed else "well").inc()
        if reason == OVER:
            raise NotDone(str(last.get("trouble")))
        try:
            event = last if reason != DIED else {}
            await self._post(f"/runs/{begun.id}/end", failed=failed, reason=reason, event=event)
        except VariorumError as error:
            logger.warning("%s: the hub was not told of the end: %s", site, error)

    # ---- the queue and the hub

    async def _take_jobs(self) -> None:
        """Take jobs; after a failure of PostgreSQL, again when it can be reached."""
        wait = 1.0
        while not self.stop.is_set():
            try:
                await self.queue.open()
                wait = 1.0
                await self._until_stopped()
            except QueueDown as error:
                logger.warning("%s", error)
            except Exception:
                logger.exception("the queue could not be read")
            await self.queue.close()
            await self._pause(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _until_stopped(self) -> None:
        taking = asyncio.create_task(
            self.queue.app.run_worker_async(
                queues=self.queues,
                concurrency=self.workspace.runs_at_once,
                name=self.name,
                install_signal_handlers=False,
                fetch_job_polling_interval=min(5.0, self.cluster.beat_seconds),
                update_heartbeat_interval=self.cluster.beat_seconds,
                stalled_worker_timeout=self.cluster.lost_seconds,
            )
        )
        stopping = asyncio.create_task(self.stop.wait())
        await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not taking.done():
            taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)

    async def _beat(self) -> None:
        """Let the hub hear of us; stop if it refuses us."""
        while not self.refusal:
            await asyncio.sleep(self.cluster.beat_seconds)
            await self._show_up()

    async def _show_up(self) -> None:
        """Tell the hub that we are there, and go by its clock."""
        asked_at = times.now() - times.correction()
        try:
            found = await self._post("/workers", name=self.name, queues=self.queues, version=VERSION)
            times.correct(offset(json.loads(found)["at"], asked_at, times.now() - times.correction()))
        except Misuse as error:
            self.refusal = error
            self.stop.set()
        except VariorumError as error:
            logger.warning("%s", error)

    async def _post(self, path: str, **values: Any) -> bytes:
        return await asyncio.to_thread(self._post_now, path, values)

    def _post_now(self, path: str, values: dict[str, Any]) -> bytes:
        link = Link(self.cluster.address, self._token, patience=BRIEFLY)
        try:
            return link.post(path, json.dumps(values).encode())
        finally:
            link.close()
