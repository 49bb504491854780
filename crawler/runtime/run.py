"""A run of one site, or another job of a crawler, in a child process: started, listened to, ended in time.

A child of its own is what keeps one site's hang, crash or hunger for memory from the others. It says why it
ended in its last line; its exit code alone would not tell a finished run from an interrupted one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.config.schema import refuse
from crawler.config.site import Site, Sites
from crawler.config.workspace import Workspace
from crawler.errors import VariorumError
from crawler.run_report import RunReport
from crawler.runtime.handover import packed, without_secrets
from crawler.times import iso, now
from crawler.tracking.run_counts import BROKE_DOWN, SITE_FILE
from spiders.browser import lacking
from storage.errors import StoreError
from storage.store import Store

GRACE_SECONDS = 60  # after its own limit, for what was in flight
STOP_SECONDS = 12  # after SIGTERM
LINE_BYTES = 16 << 20
LONGEST_TAIL = 300
NOT_BEGUN = "not begun"
"""The reason of a run that something kept from beginning: another one of the site, or the site's own wish."""

logger = logging.getLogger(__name__)

Hearer = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a child process."""

    last: dict[str, Any]
    """The last event that it told of; empty if it told of none."""
    how: str
    """How it came to its end, where the last event is not that."""


async def run_child(
    workspace: Workspace,
    site: Site,
    *,
    full: bool,
    stop: asyncio.Event,
    on_event: Hearer | None = None,
) -> RunReport:
    """Crawl a site in a child process; its report. Set `stop` to have it end early, in good order."""
    if faults := lacking(site):
        return _broke_down(workspace, site, "not begun", faults[0])
    try:
        ending = await _job(workspace, site, "full" if full else "due", stop=stop, on_event=on_event)
    except Exception as error:  # no process could be started, say: the other sites go on
        logger.exception("%s: the run could not be carried out", site.name)
        return _broke_down(workspace, site, "died", f"{type(error).__name__}: {error}")
    if ending.last.get("event") == "ended":
        return _report(site.name, ending.last)
    if stop.is_set() and not ending.last:  # it was told to end before it could begin
        return RunReport(site.name, failed=False, reason="shutdown")
    return _broke_down(workspace, site, "died", f"the run {ending.how}")


def events_of(
    workspace: Workspace, site: Site, *job: str, on_event: Hearer | None = None
) -> list[dict[str, Any]]:
    """What a job of the child process told, from its first event to its last; `on_event` hears each at once.

    Raises Misuse for a site that can't be rendered here, VariorumError where it could not be carried out.
    """
    refuse(lacking(site))
    events: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> None:
        events.append(event)
        if on_event:
            on_event(event)

    async def ask() -> Ending:
        return await _job(workspace, site, *job, stop=asyncio.Event(), on_event=hear)

    ending = asyncio.run(ask())
    if ending.last.get("event") != "ended":
        raise VariorumError(f"{site.name}: `{job[0]}` {ending.how}")
    return events


async def run_sites(
    workspace: Workspace, sites: Sequence[Site], *, full: bool = True, on_event: Hearer | None = None
) -> list[RunReport]:
    """Crawl several sites, some at a time; a report each, in their order. `full` as in `RunFrontier`.

    SIGINT and SIGTERM let what is in flight finish, and start nothing more. Raises Misuse, before any is
    begun, for sites that can't be rendered here.
    """
    refuse([fault for site in sites for fault in lacking(site)])
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    room = asyncio.Semaphore(workspace.runs_at_once)

    async def one(site: Site) -> RunReport:
        async with room:
            if stop.is_set():
                return RunReport(site.name, failed=False, reason="shutdown")
            return await run_child(workspace, site, full=full, stop=stop, on_event=on_event)

    return await asyncio.gather(*(one(site) for site in sites))


def unread(sites: Sites) -> list[RunReport]:
    """A report for each site whose file has faults: there is no run of it."""
    return [
        RunReport(name, failed=True, reason=NOT_BEGUN, trouble="; ".join(faults))
        for name, faults in sites.faults.items()
    ]


def note_site_files(store: Store, sites: Sites) -> None:
    """Raise an issue for each known site whose file has faults, and close it for those that can be read."""
    at = iso(now())
    for name, faults in sites.faults.items():
        if store.is_enrolled(name):
            store.raise_issue(name, SITE_FILE, "; ".join(faults), at)
    for name in sites.keys() - sites.faults.keys():
        store.close_issue(name, SITE_FILE, at)


async def _job(
    workspace: Workspace, site: Site, *job: str, stop: asyncio.Event, on_event: Hearer | None
) -> Ending:
    """Carry out a job in a child process, in a session of its own, so that a Ctrl-C reaches us alone."""
    told = map(packed, without_secrets(workspace, site))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "crawler.runtime.child", *told, *job,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_BYTES, start_new_session=True,
    )  # fmt: skip
    guard = asyncio.create_task(_end_in_time(child, stop, workspace.max_run_seconds + GRACE_SECONDS))
    try:
        last, errors = await asyncio.gather(_listen(child, on_event), _tail(child))
        await child.wait()
    finally:
        guard.cancel()
        if child.returncode is None:
            child.kill()
    return Ending(last, f"broke down (exit {child.returncode}); {errors or f'see logs/{site.name}.log'}")


async def _listen(child: Process, on_event: Hearer | None) -> dict[str, Any]:
    """The last event that the child told of."""
    assert child.stdout is not None
    last: dict[str, Any] = {}
    async for line in _lines(child.stdout):
        if event := _event(line):
            last = event
            if on_event:
                on_event(event)
    return last


def _event(line: bytes) -> dict[str, Any] | None:
    """The event on a line; None for what a library may have printed there before the child's own work."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


async def _tail(child: Process) -> str:
    """The last line that the child wrote to standard error."""
    assert child.stderr is not None
    last = ""
    async for line in _lines(child.stderr):
        last = line.decode(errors="replace").strip()[:LONGEST_TAIL] or last
    return last


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The lines of a stream; what is longer than `LINE_BYTES` is no line of ours, and is passed over."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line


async def _end_in_time(child: Process, stop: asyncio.Event, seconds: float) -> None:
    """Ask the child to end when told to, or when its time is up; make it end if it does not."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
        await asyncio.sleep(STOP_SECONDS)
        child.kill()


def _report(name: str, event: dict[str, Any]) -> RunReport:
    told = dict(event)
    del told["event"]
    trouble, reason = told.pop("trouble"), told.pop("reason")
    return RunReport(name, failed=bool(trouble), reason=reason, trouble=trouble, counts=told)


def _broke_down(workspace: Workspace, site: Site, reason: str, how: str) -> RunReport:
    """There was no run, or it ended without a word: an issue for the operator."""
    # It may be the database that it broke down over.
    with contextlib.suppress(StoreError), contextlib.closing(Store.open(workspace.database)) as store:
        store.enrol(site.name, site.url)
        store.raise_issue(site.name, BROKE_DOWN, how, iso(now()))
    return RunReport(site.name, failed=True, reason=reason, trouble=how)
