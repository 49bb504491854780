"""Reads pages in processes of their own, so that a first crawl uses all cores.

Each process reads one page at a time, within the bounds of one page, by the same pure function that the run
calls by itself. They are processes and not threads, since the C parts of the extractor are not safe in
several threads. One that crashes over a page is replaced, and the page is read once more; if that crashes,
too, the page has failed.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from variorum.crawler.classification.outcome import Verdict
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.tracking.page_bounds import CostsTooMuch, page_bounds
from variorum.crawler.tracking.reading import ReadAhead, Reading, ReadingJob, read

logger = logging.getLogger(__name__)

ATTEMPTS = 2
"""So often a page is read whose reading ends its process."""
CRASHED = "each of {} processes that read it crashed"

Answer = tuple[Verdict, Extract | None, str | None, PathScores] | CostsTooMuch | None
"""The reading of a page but for its fetch; None where reading it raised something else."""


Renew = Callable[[ReadingJob], ReadingJob | None]
"""Tells the job to do in place of one that has waited; None if there is nothing to be read any more."""


@dataclass(slots=True)
class _Pending:
    """A job that no process has finished."""

    job: ReadingJob
    renew: Renew
    done: asyncio.Future[ReadAhead | None]
    attempts: int = 0


class ReadingProcesses:
    """Some processes that read for one run; they are started when there is something to read.

    `start` starts one that serves the other end of the returned connection by `serve`.
    """

    def __init__(self, count: int, start: Callable[[], Connection]) -> None:
        self._count, self._start = count, start
        self._waiting: deque[_Pending] = deque()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()

    def begin(self, job: ReadingJob, renew: Renew = lambda job: job) -> asyncio.Future[ReadAhead | None]:
        """Begin to read; the future is None where the caller has to read by itself, to see what is wrong.

        A job may wait for a process; `renew` is asked for the present one as soon as one is free.
        """
        done: asyncio.Future[ReadAhead | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(job, renew, done))
        self._hand_out()
        return done

    def close(self) -> None:
        """Let go of all processes. What they have not finished is never done."""
        for process in self._all:
            process.connection.close()
        self._all.clear()
        self._idle.clear()

    def _hand_out(self) -> None:
        while self._waiting and (self._idle or len(self._all) < self._count):
            pending = self._waiting.popleft()
            if (job := pending.renew(pending.job)) is None:
                _finish(pending, None)
                continue
            pending.job = job
            try:
                process = self._idle.pop() if self._idle else self._started()
            except OSError:  # none can be had: then the run reads by itself
                _finish(pending, None)
                continue
            pending.attempts += 1
            try:
                process.send(pending.job)
            except OSError:
                self._crashed(process, pending)
            else:
                loop = asyncio.get_running_loop()
                loop.add_reader(process.connection.fileno(), self._answered, process, pending)

    def _started(self) -> _Process:
        process = _Process(self._start())
        self._all.add(process)
        logger.info("process %d of %d that read pages has started", len(self._all), self._count)
        return process

    def _answered(self, process: _Process, pending: _Pending) -> None:
        asyncio.get_running_loop().remove_reader(process.connection.fileno())
        try:
            answer: Answer = process.connection.recv()
        except (EOFError, OSError):
            self._crashed(process, pending)
        else:
            self._idle.append(process)
            _finish(pending, answer)
        self._hand_out()

    def _crashed(self, process: _Process, pending: _Pending) -> None:
        self._all.discard(process)
        process.connection.close()
        if pending.attempts < ATTEMPTS:
            self._waiting.appendleft(pending)
        else:
            _finish(pending, CostsTooMuch(CRASHED.format(ATTEMPTS)))


class _Process:
    """One process; it is sent the reader only when that is another one than before."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reader: PageReader | None = None

    def send(self, job: ReadingJob) -> None:
        """Hand it a job. Raises OSError where it has ended."""
        news = None if job.reader is self._reader else job.reader
        self.connection.send((news, job.fetched, job.context))
        self._reader = job.reader


def _finish(pending: _Pending, answer: Answer) -> None:
    if pending.done.done():  # cancelled
        return
    if answer is None:
        pending.done.set_result(None)
    elif isinstance(answer, CostsTooMuch):
        pending.done.set_result(ReadAhead(pending.job, answer))
    else:
        pending.done.set_result(ReadAhead(pending.job, Reading(pending.job.fetched, *answer)))


def serve(connection: Connection, megabytes: int) -> None:
    """Read what comes until the run closes the connection, or ends however. Bounds this process's memory."""
    logging.disable()
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    reader: PageReader | None = None
    while True:
        try:
            news, fetched, context = connection.recv()
        except (EOFError, OSError):
            return
        reader = news or reader
        assert reader is not None
        connection.send(read_within_bounds(ReadingJob(fetched, reader, context)))


def read_within_bounds(job: ReadingJob) -> Answer:
    """The reading of a page within the bounds of one page. Main thread only."""
    try:
        with page_bounds():
            reading = read(job.fetched, job.reader, job.context)
    except CostsTooMuch as error:
        return error
    except Exception:
        return None  # the run reads it again, and reports what is wrong with all that belongs to it
    return reading.verdict, reading.extract, reading.content_digest, reading.path_scores
