"""Runs a crawl, or another job for one site, in a child process, and ends it in time.

So a hang, a crash or a lack of memory over one site does not affect the others. The child reports why it
ended in its last line, since an exit code does not distinguish a finished run from an interrupted one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from variorum.crawler.config.schema import refuse
from variorum.crawler.config.site import ConfiguredSites, Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.handover import packed, without_secrets
from variorum.crawler.runtime.processes import Child, start
from variorum.crawler.times import iso, now
from variorum.crawler.tracking.issue_kinds import BROKE_DOWN, SITE_FILE
from variorum.spiders.browser import lacking
from variorum.storage.errors import StoreError
from variorum.storage.store import Store

GRACE_SECONDS = 60  # after its own limit, for what was in flight
STOP_SECONDS = 12  # after SIGTERM
STOPPED = (0, -signal.SIGTERM)
"""Exit codes of a child that was sent SIGTERM before its run began, by Scrapy's handler or without one."""
LONGEST_TAIL = 300
NOT_BEGUN = "not begun"
"""The reason of a run that could not begin: another one of the site is active, or Retry-After applies."""

logger = logging.getLogger(__name__)

Hearer = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child process ended, with its last event."""

    last: dict[str, Any]
    """The last event that it reported; empty if it reported none."""
    code: int
    """Its exit code."""
    trouble: str
    """The last line that it wrote to standard error, or where to look."""

    @property
    def breakdown(self) -> str:
        """How it ended, in words, for the case that it did not report its end."""
        return f"broke down (exit {self.code}); {self.trouble}"


async def run_child(
    workspace: Workspace,
    site: Site,
    *,
    full: bool,
    stop: asyncio.Event,
    on_event: Hearer | None = None,
    warm: bool = False,
) -> RunReport:
    """The report of a crawl of one site in a child process. Set `stop` to end it early, in good order.

    `warm` as in `processes.start`: of use where more runs follow.
    """
    if faults := lacking(site):
        return _broke_down(workspace, site, "not begun", faults[0])
    try:
        job = "full" if full else "due"
        ending = await carry_out(workspace, site, job, stop=stop, on_event=on_event, warm=warm)
    except Exception as error:  # no process could be started, say: the other sites go on
        logger.exception("%s: the run could not be carried out", site.name)
        return _broke_down(workspace, site, "died", f"{type(error).__name__}: {error}")
    if ending.last.get("event") == "ended":
        return report_of(site.name, ending.last)
    if stop.is_set() and ending.code in STOPPED:  # before it could begin
        return RunReport(site.name, failed=False, reason="shutdown")
    return _broke_down(workspace, site, "died", f"the run {ending.breakdown}")


def events_of(
    workspace: Workspace, site: Site, *job: str, on_event: Hearer | None = None
) -> list[dict[str, Any]]:
    """The events of a job of the child process, in order; `on_event` gets each one as it comes.

    Raises Misuse if the site can't be rendered here, VariorumError if the job could not be carried out.
    """
    refuse(lacking(site))
    events: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> None:
        events.append(event)
        if on_event:
            on_event(event)

    async def read_events() -> Ending:
        return await carry_out(workspace, site, *job, stop=asyncio.Event(), on_event=hear)

    ending = asyncio.run(read_events())
    if ending.last.get("event") != "ended":
        raise VariorumError(f"{site.name}: `{job[0]}` {ending.breakdown}")
    return events


async def run_sites(
    workspace: Workspace, sites: Sequence[Site], *, full: bool = True, on_event: Hearer | None = None
) -> list[RunReport]:
    """The reports of crawls of several sites, in their order; some run at once. `full` as in `RunFrontier`.

    SIGINT and SIGTERM let current fetches finish, and start nothing more. Raises Misuse, before any run
    begins, if a site needs a browser and there is none.
    """
    refuse([fault for site in sites for fault in lacking(site)])
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    room = asyncio.Semaphore(workspace.runs_at_once)
    workspace = workspace.shared(len(sites))
    warm = len(sites) > 1

    async def one(site: Site) -> RunReport:
        async with room:
            if stop.is_set():
                return RunReport(site.name, failed=False, reason="shutdown")
            return await run_child(workspace, site, full=full, stop=stop, on_event=on_event, warm=warm)

    return await asyncio.gather(*(one(site) for site in sites))


def unread(sites: ConfiguredSites) -> list[RunReport]:
    """The reports of the sites whose files have faults, and which therefore do not run."""
    return [
        RunReport(name, failed=True, reason=NOT_BEGUN, trouble="; ".join(faults))
        for name, faults in sites.faults.items()
    ]


def note_site_files(store: Store, sites: ConfiguredSites) -> None:
    """Raise an issue for each known site whose file has faults, and close it for those that can be read."""
    at = iso(now())
    for name, faults in sites.faults.items():
        if store.is_enrolled(name):
            store.raise_issue(name, SITE_FILE, "; ".join(faults), at)
    for name in (sites.keys() - sites.faults.keys()) & store.sites_with_issue(SITE_FILE):
        store.close_issue(name, SITE_FILE, at)


async def carry_out(
    workspace: Workspace,
    site: Site,
    *job: str,
    stop: asyncio.Event,
    on_event: Hearer | None,
    warm: bool = False,
) -> Ending:
    """How a job ended that a child process carried out. Set `stop` to end it early, in good order."""
    child = await start([*map(packed, without_secrets(workspace, site)), *job], warm=warm)
    guard = asyncio.create_task(_end_in_time(child, stop, workspace.max_run_seconds + GRACE_SECONDS))
    try:
        last, errors = await asyncio.gather(_listen(child, on_event), _tail(child))
        code = await child.wait()
    finally:
        guard.cancel()
        if child.returncode is None:
            child.kill()
    return Ending(last, code, errors or f"see logs/{site.name}.log")


async def _listen(child: Child, on_event: Hearer | None) -> dict[str, Any]:
    """The last event that the child reported; `on_event` gets each one."""
    assert child.stdout is not None
    last: dict[str, Any] = {}
    async for line in _lines(child.stdout):
        if event := _event(line):
            last = event
            if on_event:
                on_event(event)
    return last


def _event(line: bytes) -> dict[str, Any] | None:
    """The event on a line; None for a line that a library printed before the child's own work."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


async def _tail(child: Child) -> str:
    """The last line that the child wrote to standard error."""
    assert child.stderr is not None
    last = ""
    async for line in _lines(child.stderr):
        last = line.decode(errors="replace").strip()[:LONGEST_TAIL] or last
    return last


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The lines of a stream; lines longer than `LINE_BYTES` are skipped, since no event is that long."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line


async def _end_in_time(child: Child, stop: asyncio.Event, seconds: float) -> None:
    """Send the child SIGTERM once `stop` is set or its time is up, and SIGKILL if it does not end."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
        await asyncio.sleep(STOP_SECONDS)
        child.kill()


def report_of(name: str, event: dict[str, Any]) -> RunReport:
    """The report of the run of a site, by the last event of the run."""
    counts = dict(event)
    del counts["event"]
    trouble, reason = counts.pop("trouble"), counts.pop("reason")
    return RunReport(name, failed=bool(trouble), reason=reason, trouble=trouble, counts=counts)


def _broke_down(workspace: Workspace, site: Site, reason: str, how: str) -> RunReport:
    """The report of a run that did not start or broke down, after raising an issue for the operator."""
    # It may be the database that it broke down over.
    with contextlib.suppress(StoreError), contextlib.closing(Store.open(workspace.database)) as store:
        store.enrol(site.name, site.url)
        store.raise_issue(site.name, BROKE_DOWN, how, iso(now()))
    return RunReport(site.name, failed=True, reason=reason, trouble=how)
