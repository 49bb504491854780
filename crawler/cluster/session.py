"""The hub's side of one run of a worker, in a process of its own: judges, compares and records what comes.

It is the only process that writes the history of that site meanwhile, as it holds the site's lock. It ends
when the hub closes its connection, which happens when the hub dies, however it died.
"""

from __future__ import annotations

import logging
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from variorum.crawler.cluster.rereading import Rereading
from variorum.crawler.cluster.wire import (
    Answer,
    Batch,
    Begun,
    Broke,
    Call,
    Discovered,
    End,
    Enumerated,
    Fetched,
    NextPages,
    NotFoundSeen,
    Read,
    Refused,
    SourceAt,
    SourceRead,
    SourceReport,
    ToRead,
    pack,
    unpack,
)
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.runtime.guard import ExceptionGuard, is_unusable
from variorum.crawler.runtime.handover import unpacked
from variorum.crawler.runtime.run_record import RunRecord, Traffic
from variorum.crawler.times import iso
from variorum.crawler.tracking.page_bounds import CostsTooMuch
from variorum.crawler.tracking.reading import ReadAhead, Reading, ReadingJob
from variorum.crawler.tracking.run_counts import LOST
from variorum.storage.errors import StoreError


def serve(connection: Connection, workspace_json: str, site_json: str, full: bool) -> None:
    """Record one run, whose batches come over the connection. The main function of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    workspace, site = unpacked(workspace_json, Workspace), unpacked(site_json, Site)
    log_into(workspace, f"{site.name}.hub")
    session = Session(workspace, site)
    try:
        begun = session.begin(full=full)
    except (VariorumError, StoreError) as error:
        connection.send_bytes(pack(Refused(str(error))))
        return
    connection.send_bytes(pack(begun))
    with suppress(EOFError, OSError):
        while session.report is None and (data := connection.recv_bytes()):
            connection.send_bytes(pack(session.answer(unpack(data, Batch))))
    if session.report is None:
        session.record.end(LOST)


def log_into(workspace: Workspace, name: str) -> None:
    """Log into a file of the workspace, as a run does that fetches here."""
    logs = workspace.root / "logs"
    logs.mkdir(exist_ok=True)
    form = "%(asctime)s [%(name)s] %(levelname)s: %(message)s"
    logging.basicConfig(
        filename=logs / f"{name}.log", filemode="w", level=logging.INFO, format=form, force=True
    )


class Session:
    """The record of one run, driven by the batches of a worker."""

    def __init__(self, workspace: Workspace, site: Site) -> None:
        self._workspace, self._site = workspace, site
        self._traffic = Traffic()
        self._stop = ""
        self.report: dict[str, Any] | None = None
        """How the run ended; None until then."""
        self.record = RunRecord(lambda: self._traffic, self._hear, self._ask_to_stop)
        self._guard = ExceptionGuard(self.record.run_broke, self.record.page_broke)
        self._guard.watch()
        self._waiting: deque[Fetched] = deque()
        self._jobs: dict[int, ReadingJob | None] = {}
        """The reading of each fetch that waits; None where it needs none, or the hub is to carry it out."""
        self._orders: dict[int, ToRead] = {}
        """The readings of which the worker does not know yet."""
        self._read: dict[int, ReadAhead | None] = {}
        self._label = ""

    def begin(self, *, full: bool = False) -> Begun:
        """Begin the run; `full` as in `RunFrontier`. Raises VariorumError or StoreError if that can't be."""
        self.record.begin(self._workspace, self._site, full=full)
        self._again = Rereading(self.record.tracker)
        frontier = self.record.frontier
        return Begun(
            self._site,
            self._workspace.user_agent,
            self._workspace.max_run_seconds,
            self._workspace.max_memory_mb,
            iso(frontier.started),
            frontier.budget,
            frontier.not_found_probe(),
        )

    def answer(self, batch: Batch) -> Answer:
        """Take in a batch, record what can be recorded, and answer."""
        self._traffic = batch.traffic
        for reading in batch.readings:
            self._take(reading)
        for reading in batch.again:
            with self._watched():
                self._again.take(reading)
        for call in batch.calls:
            with self._watched():
                self._carry_out(call)
        recorded = self._record_in_order()
        to_read, again = self._take_orders(), self._again.orders()
        reader = None
        if (to_read or again) and self._label != self._reader.label:
            reader, self._label = self._reader, self._reader.label
        pages, source = [], None
        match batch.question:
            case NextPages():
                pages = self._next_pages()
            case SourceAt(address):
                source = self.record.frontier.source_state(address)
            case End(reason):
                self._guard.close()
                with self._watched():
                    self._again.end()
                self.record.end(reason)
        return Answer(recorded, to_read, reader, again, self._stop, pages, source, self.report)

    @property
    def _reader(self) -> PageReader:
        return self.record.tracker.reader

    def _take(self, read: Read) -> None:
        """Keep the reading of a page until its fetch is recorded."""
        job = self._jobs[read.number]
        assert job is not None
        ahead: ReadAhead | None = None
        if read.costs_too_much:
            ahead = ReadAhead(job, CostsTooMuch(read.costs_too_much))
        elif read.verdict:
            parts = (read.verdict, read.extract, read.content_digest, read.path_scores)
            ahead = ReadAhead(job, Reading(job.fetched, *parts))
        self._read[read.number] = ahead

    def _order(self, call: Fetched) -> None:
        """Let the worker read a page, where it needs to be read; again if more is learned since it was."""
        number = call.number
        if number in self._jobs:
            job = self._jobs[number]
            under_way = number not in self._orders and number not in self._read
            if job is None or job.reader is self._reader or under_way:
                return
        self._jobs[number] = job = None
        self._read.pop(number, None)
        self._orders.pop(number, None)
        with suppress(Exception):  # which tracking meets as well, and reports
            self._jobs[number] = job = self.record.tracker.job(call.fetched, again=True)
        if job:
            self._orders[number] = ToRead(number, job.context, job.reader.label)

    def _take_orders(self) -> list[ToRead]:
        """The readings of which the worker is to be told, by the present reader."""
        for call in self._waiting:
            self._order(call)
        orders, self._orders = list(self._orders.values()), {}
        return orders

    def _carry_out(self, call: Call) -> None:
        frontier = self.record.frontier
        match call:
            case Fetched():
                self._waiting.append(call)
            case Discovered(urls):
                frontier.add_discovered(urls)
            case NotFoundSeen(fetched):
                frontier.save_not_found(fetched)
            case SourceRead(kind, address, state):
                frontier.save_source(kind, address, state)
            case Enumerated(kind):
                frontier.mark_enumerated(kind)
            case SourceReport(kind, message):
                frontier.report_source(kind, message)
            case Broke(words, whole, unseen):
                self.record.tally.unseen |= unseen
                (self.record.run_broke if whole else self.record.page_broke)(words)

    def _record_in_order(self) -> list[int]:
        """Record the fetches whose turn it is: each one after those before it."""
        recorded = []
        while self._waiting and not self._again and self._is_ready(self._waiting[0]):
            call = self._waiting.popleft()
            self._jobs.pop(call.number, None)
            with self._watched():
                self.record.record(call.fetched, self._read.pop(call.number, None))
            recorded.append(call.number)
        return recorded

    def _is_ready(self, call: Fetched) -> bool:
        self._order(call)
        return self._jobs[call.number] is None or call.number in self._read

    def _next_pages(self) -> list[Any]:
        try:
            return list(self.record.frontier.next_requests())
        except Exception as error:
            self.record.run_broke(error)
            return []

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """While inside, handle an exception of ours over one page; what it links to waits for a later run."""
        try:
            yield
        except Exception as error:
            if is_unusable(error):
                self.record.run_broke(error)
            else:
                self.record.tally.unseen = True
                self.record.page_broke(error)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "ended":
            self.report = event

    def _ask_to_stop(self, reason: str) -> None:
        self._stop = self._stop or reason
