"""The queue of due runs, in PostgreSQL by procrastinate: one job for a run of one site."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import psycopg_pool
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status

from variorum.crawler.config.cluster import ANYWHERE
from variorum.crawler.errors import VariorumError

TASK = "crawl"
CONNECT_SECONDS = 3.0
"""The seconds after which PostgreSQL counts as down."""
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a job that is given back may be taken: the time of this machine may be ahead of PostgreSQL's."""
KEPT_HOURS = 7 * 24
"""Jobs that are done are deleted after a week."""


logger = logging.getLogger(__name__)


class QueueDown(VariorumError):
    """PostgreSQL can't be used; the message has its own words."""


class GiveBack(BaseRetryStrategy):
    """Any job whose run could not be carried out can be taken again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """When the job may be taken again."""
        return RetryDecision(retry_at=AT_ONCE)


class JobQueue:
    """The queue, as the hub and the workers use it. Connects when it is first used, and again when needed."""

    def __init__(self, address: str, *, creates: bool = False) -> None:
        """`creates` is for the hub: it creates the tables where there are none."""
        for library in (
            "procrastinate",
            "psycopg.pool",
        ):  # each failure reaches the caller, and is logged there
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._address, self._creates = address, creates
        self._opening = asyncio.Lock()
        self.app = App(connector=PsycopgConnector())
        self.retry = GiveBack()
        self._pool: psycopg_pool.AsyncConnectionPool[Any] | None = None

    async def open(self) -> None:
        """Connect, unless that was done. Raises QueueDown."""
        async with self._opening:
            if self._pool is None:
                self._pool = await self._opened()

    async def _opened(self) -> psycopg_pool.AsyncConnectionPool[Any]:
        pool: psycopg_pool.AsyncConnectionPool[Any] = psycopg_pool.AsyncConnectionPool(
            self._address, open=False, min_size=1, max_size=6, timeout=CONNECT_SECONDS,
            kwargs={"connect_timeout": int(CONNECT_SECONDS)},
            check=psycopg_pool.AsyncConnectionPool.check_connection,
        )  # fmt: skip
        with _in_words():
            try:
                await self._try()
                await pool.open(wait=True, timeout=CONNECT_SECONDS)
                await self.app.connector.open_async(pool)
                await self._check_tables()
            except BaseException:
                await self._drop(pool)
                raise
        return pool

    async def _try(self) -> None:
        """Connect once: a pool that can't connect does not say why."""
        connect = psycopg.AsyncConnection.connect
        async with await connect(self._address, connect_timeout=int(CONNECT_SECONDS)):
            pass

    async def _check_tables(self) -> None:
        if await self.app.check_connection_async():
            return
        if not self._creates:
            raise QueueDown("PostgreSQL has no queue yet: the hub creates it when it starts")
        await self.app.schema_manager.apply_schema_async()

    async def close(self) -> None:
        """Disconnect; the next use connects again."""
        if self._pool is not None:
            await self._drop(self._pool)

    async def defer(self, site: str, queue: str | None) -> bool:
        """Add a job for a run of the site; False if one waits already. Raises QueueDown."""
        await self.open()
        job = self.app.configure_task(TASK, queue=queue or ANYWHERE, lock=site, queueing_lock=site)
        with _in_words():
            try:
                await job.defer_async(site=site)
            except AlreadyEnqueued:
                return False
        return True

    async def retry_stalled(self, seconds: float) -> list[str]:
        """Put back the jobs of workers that were not heard of for so long; their sites. Raises QueueDown."""
        await self.open()
        manager = self.app.job_manager
        with _in_words():
            stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
            for job in stalled:
                try:
                    await manager.retry_job(job, AT_ONCE)
                except ConnectorException:  # another one waits for the site already
                    await manager.finish_job(job, Status.FAILED, delete_job=False)
        return [str(job.task_kwargs.get("site")) for job in stalled]

    async def state(self, seconds: float) -> list[dict[str, Any]]:
        """How many jobs of each queue wait, are carried out, are stalled, and failed. Raises QueueDown.

        Stalled is a job whose worker was not heard of for half the time after which it is lost.
        """
        await self.open()
        manager = self.app.job_manager
        with _in_words():
            queues = await manager.list_queues_async(task=TASK)
            jobs = await manager.get_stalled_jobs(seconds_since_heartbeat=seconds / 2)
        shown, stalled = ("name", "todo", "doing", "failed"), Counter(job.queue for job in jobs)
        return [{key: one[key] for key in shown} | {"stalled": stalled[one["name"]]} for one in queues]

    async def tidy(self) -> None:
        """Delete old jobs. Raises QueueDown."""
        await self.open()
        with _in_words():
            await self.app.job_manager.delete_old_jobs(KEPT_HOURS, include_failed=True, include_aborted=True)

    async def _drop(self, pool: psycopg_pool.AsyncConnectionPool[Any]) -> None:
        self._pool = None
        self.app.connector._async_pool = None  # type: ignore[attr-defined]
        await pool.close(timeout=CONNECT_SECONDS)


def log_unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The exception handler of a worker's loop: a line where the queue could not note the end of a job.

    The job was given to another worker meanwhile, or PostgreSQL is down and gives it out again later.
    """
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        [words, *_] = str(error.__cause__ or error).strip().splitlines()
        logger.warning("the queue has not noted the end of a job: %s", words)
    else:
        loop.default_exception_handler(context)


@contextmanager
def _in_words() -> Iterator[None]:
    """Raises QueueDown for what the database raises inside."""
    try:
        yield
    except (ConnectorException, psycopg.Error, OSError) as error:
        cause = error.__cause__ or error
        raise QueueDown(f"PostgreSQL can't be used: {' '.join(str(cause).split())}") from error
