"""The runs of workers that are open at the hub: one process for each, and who was last heard of when."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from variorum.crawler.cluster.link import clock
from variorum.crawler.cluster.session import serve
from variorum.crawler.cluster.wire import Begun, Closed, Refused, unpack
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.runtime.handover import packed, without_secrets
from variorum.crawler.runtime.processes import CAN_FORK, PRELOADED
from variorum.crawler.tracking.run_counts import LOST

MOST_AT_ONCE = 64
"""So many batches are taken in at once; the others wait."""

DIED = "died"
"""The reason of a run whose process at the worker, or at the hub, has crashed."""

logger = logging.getLogger(__name__)


class UnknownRun(Exception):
    """The hub has no such run open."""


class NotOpened(Exception):
    """The process that records a run could not be started, or died at once; the worker tries again."""


class Disorder(Exception):
    """A batch came that is neither the next one nor the last one again."""


@dataclass(eq=False)
class OpenRun:
    """One run that a worker carries out."""

    id: str
    site: Site
    worker: str
    connection: Connection
    process: Any
    since: float = field(default_factory=clock)
    heard_at: float = field(default_factory=clock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    number: int = 0
    """The number of the last batch that was taken in."""
    answer: bytes = b""
    """The answer to it."""
    bytes: int = 0


Ended = Callable[[Site, Closed], None]
"""Told of the end of a run of a site."""


class OpenRuns:
    """All runs of workers that are open at the hub."""

    def __init__(self, workspace: Workspace, lost_seconds: float, on_end: Ended) -> None:
        self._workspace, self._lost_seconds, self._on_end = workspace, lost_seconds, on_end
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "session")
        self._opening: set[str] = set()
        self.by_id: dict[str, OpenRun] = {}
        self.batches = self.received = 0

    def of_site(self, site: str) -> OpenRun | None:
        """The open run of a site."""
        return next((run for run in self.by_id.values() if run.site.name == site), None)

    def is_busy(self, site: str) -> bool:
        """Whether a run of the site is open, or is being opened."""
        return site in self._opening or self.of_site(site) is not None

    async def begin(self, site: Site, worker: str, *, full: bool = False) -> Begun | Refused:
        """Open a run of a site for a worker. The caller has made sure that the site is not busy.

        `full` as in `RunFrontier`. Raises NotOpened if that fails for no reason of the site.
        """
        self._opening.add(site.name)
        try:
            connection, process = await self._in_thread(self._start, site, full)
            begun: Begun | Refused = unpack(await self._in_thread(connection.recv_bytes), Begun | Refused)
        except (EOFError, OSError) as error:
            raise NotOpened(f"{site.name}: its record could not be opened at the hub") from error
        finally:
            self._opening.discard(site.name)
        if isinstance(begun, Refused):
            connection.close()
            return begun
        run = OpenRun(uuid.uuid4().hex, site, worker, connection, process)
        self.by_id[run.id] = run
        logger.info("%s: run started by worker %s", site.name, worker)
        return msgspec.structs.replace(begun, id=run.id)

    async def take(self, id_: str, number: int, data: bytes) -> bytes:
        """The answer to a batch; to one that was taken in before, the same as then.

        Raises UnknownRun, or Disorder for any number but the next one and the last one.
        """
        run = self._known(id_)
        run.heard_at = clock()
        async with run.turn:
            if number == run.number:
                return run.answer
            self._known(id_)
            if number != run.number + 1:
                raise Disorder(f"batch {number} came after {run.number}")
            try:
                answer: bytes = await self._in_thread(_exchange, run.connection, data)
            except (EOFError, OSError) as error:
                self._end(run, Closed(True, DIED))
                raise UnknownRun from error
            run.number, run.answer, run.heard_at = number, answer, clock()
            run.bytes += len(data)
            self.batches, self.received = self.batches + 1, self.received + len(data)
            return answer

    def heard_of(self, worker: str) -> None:
        """Note a sign of life of a worker, for its runs whose processes are only starting."""
        for run in self.by_id.values():
            if run.worker == worker and not run.number:
                run.heard_at = clock()

    def finish(self, id_: str, closed: Closed) -> None:
        """Close a run whose worker has its report. Raises UnknownRun."""
        self._end(self._known(id_), closed)

    def expire(self) -> None:
        """Close the runs whose workers were not heard of for too long."""
        for run in list(self.by_id.values()):
            if clock() - run.heard_at > self._lost_seconds and not run.turn.locked():
                self._end(run, Closed(True, LOST))

    def close(self) -> None:
        """Close all runs; each is recorded as it is."""
        for run in list(self.by_id.values()):
            self._end(run, Closed(True, LOST))
        self._threads.shutdown(wait=False)

    def _known(self, id_: str) -> OpenRun:
        if run := self.by_id.get(id_):
            return run
        raise UnknownRun

    def _end(self, run: OpenRun, closed: Closed) -> None:
        if self.by_id.pop(run.id, None):
            run.connection.close()
            logger.info("%s: run of worker %s ended: %s", run.site.name, run.worker, closed.reason)
            self._on_end(run.site, closed)

    def _start(self, site: Site, full: bool) -> tuple[Connection, Any]:
        context: Any = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
        if CAN_FORK:
            context.set_forkserver_preload(PRELOADED)
        ours, theirs = context.Pipe()
        with theirs:
            arguments = (theirs, *map(packed, without_secrets(self._workspace, site)), full)
            process = context.Process(target=serve, args=arguments, daemon=True)
            process.start()
        return ours, process

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Its result; the exchange with a process is finished even if nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._threads, function, *arguments))


def _exchange(connection: Connection, data: bytes) -> bytes:
    connection.send_bytes(data)
    return connection.recv_bytes()
