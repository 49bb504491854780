"""The main program of the child process that carries out one job for one site (see runtime/run.py).

Started as `python -m variorum.crawler.runtime.child WORKSPACE SITE JOB`, the first two packed as
handover.py does, or
forked with the same arguments (see processes.py). It reads no file of the workspace, so an edit there
meanwhile can't break it.

The jobs are `full` and `due`, which crawl and record; `remote RUN`, which crawls and lets the hub of a
cluster record; `check PAGES` and `probe`, which keep nothing; and `wayback REQUEST`, which imports captures
of a web archive. It reports events as JSON Lines, in ASCII, on
the original standard output; what is printed later goes to standard error. It ends when standard input is
closed, which happens when its parent dies, however that died.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import resource
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from functools import partial
from typing import Any, TextIO

gc.disable()  # while modules come, of which nothing is garbage

# First of all that is imported: it asks for the whole stack of imports, which costs .1 s where that is deep.
import scrapy.core.downloader.contextfactory  # noqa: F401
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.runtime.forks import CAN_FORK, Forks, load_reading
from variorum.crawler.runtime.handover import unpacked
from variorum.crawler.runtime.reading_processes import serve
from variorum.crawler.runtime.run import STOP_SECONDS
from variorum.spiders.settings import DOWNLOADER_MIDDLEWARES, for_site
from variorum.spiders.spiders import wayback
from variorum.spiders.spiders.loader import spider_of
from variorum.spiders.spiders.probe import ProbeSpider
from variorum.storage.errors import StoreError
from variorum.storage.reader import Reader

gc.enable()

LOOK_AGAIN = 0.001
"""Seconds between two looks whether a crawl has started: fewer than it needs to ask for a page."""
CRAWLS = ("full", "due", "remote")
"""The jobs that read pages of a whole site."""
REMOTE = {
    "ITEM_PIPELINES": {"variorum.crawler.cluster.pipeline.RemoteRecording": 300},
    "DOWNLOADER_MIDDLEWARES": {"variorum.crawler.cluster.pipeline.Lease": 30},
}
"""What records a run at the hub of a cluster, instead of here."""


class PatientProcess(AsyncCrawlerProcess):
    """A crawler process that ends its run in good order whenever a signal comes; only SIGKILL cuts it.

    Our parent sends one, and a service manager or a terminal may have sent one to all of us before.
    """

    async def stop(self) -> None:
        """Stop the crawl; one that is only starting is let start first, as Scrapy would drop its open run."""
        while any(_is_starting(crawler) for crawler in self.crawlers):
            await asyncio.sleep(LOOK_AGAIN)
        await super().stop()

    def _signal_kill(self, signum: int, frame: Any) -> None:
        """Does nothing, since the process is ending already."""


def _is_starting(crawler: Crawler) -> bool:
    return crawler.crawling and not (crawler._engine and crawler._engine.running)


def main(workspace_json: str, site_json: str, job: str, *arguments: str) -> None:
    """Carry out one job for one site; workspace and site as `handover.packed` makes them."""
    workspace, site = unpacked(workspace_json, Workspace), unpacked(site_json, Site)
    forks = _forks(workspace, site, job) if job in CRAWLS else None
    gc.freeze()  # what is imported stays: collections would look through it for nothing
    _keep_events_apart()
    if not site.render:  # a browser inherits the bound, and reserves more addresses than that at its start
        _bound_memory(workspace.max_memory_mb)
    threading.Thread(target=_end_with_parent, args=(job,), daemon=True).start()
    if job == "check":
        changes: dict[str, Any] = {
            "ITEM_PIPELINES": {"variorum.crawler.preview.double_fetch.Comparing": 300},
            "PAGES": arguments[0],
        }
        crawl(run_settings(workspace, f"{site.name}.check", changes), spider_of(site))
    elif job == "probe":
        changes = {"ITEM_PIPELINES": {}, **for_site(site)}
        probe = {"site": site, "page": "page" in arguments}
        crawl(run_settings(workspace, f"{site.name}.probe", changes), ProbeSpider, **probe)
    elif job == "wayback":
        request = unpacked(arguments[0], wayback.ArchiveRequest)
        changes = {
            "ITEM_PIPELINES": {"variorum.crawler.backfill.wayback.WaybackImport": 300},
            **wayback.settings(request),
        }
        log = f"{site.name}.wayback"
        crawl(run_settings(workspace, log, changes), wayback.WaybackSpider, of=site, request=request)
    else:
        changes = {"FULL": job == "full"}
        if job == "remote":
            changes = _remote(site, arguments[0])
        if forks:  # as a function and no method: settings are copied in depth
            changes["START_READER"] = lambda: forks.start()  # noqa: PLW0108
        crawl(run_settings(workspace, site.name, changes), spider_of(site))
        if forks:
            forks.end()


def _remote(site: Site, run: str) -> dict[str, Any]:
    """The settings of a run that the hub of a cluster records."""
    middlewares = for_site(site).get("DOWNLOADER_MIDDLEWARES", DOWNLOADER_MIDDLEWARES)
    return {
        **REMOTE,
        "DOWNLOADER_MIDDLEWARES": {**middlewares, **REMOTE["DOWNLOADER_MIDDLEWARES"]},
        "REMOTE_RUN": run,
    }


def _forks(workspace: Workspace, site: Site, job: str) -> Forks | None:
    """What starts processes that read pages; None where this process is to read all of them.

    In a first crawl all of them read: what they load for that is loaded once, before, and its memory shared.
    """
    if workspace.processes == 1 or not CAN_FORK:
        return None
    if job != "remote" and _is_first_crawl(workspace, site):
        load_reading()
    return Forks(partial(serve, megabytes=workspace.max_memory_mb))


def _is_first_crawl(workspace: Workspace, site: Site) -> bool:
    if not workspace.database.exists():
        return True
    try:
        with closing(Reader.open(workspace.database)) as reader:
            return reader.last_run(site.name) is None
    except (StoreError, sqlite3.Error):
        return False  # the run meets it as well, and reports it


def crawl(settings: Settings, spider: type[Spider], **arguments: Any) -> None:
    """Run a spider to its end, in this process."""
    process = PatientProcess(settings)
    process.crawl(spider, **arguments)
    process.start()


def run_settings(workspace: Workspace, log: str, changes: dict[str, Any]) -> Settings:
    """Scrapy's settings for a run in this workspace, overridden by `changes`."""
    logs = workspace.root / "logs"
    logs.mkdir(exist_ok=True)
    settings = Settings()
    settings.setmodule("variorum.spiders.settings", priority="project")
    settings.setdict(
        {
            "WORKSPACE": workspace,
            "ON_EVENT": send_event,
            "USER_AGENT": workspace.user_agent,
            "CLOSESPIDER_TIMEOUT": workspace.max_run_seconds,
            "LOG_FILE": str(logs / f"{log}.log"),
            "LOG_FILE_APPEND": False,
            **changes,
        },
        priority="cmdline",
    )
    return settings


def send_event(event: dict[str, Any]) -> None:
    """Send one event to the parent; does nothing where the parent is dead."""
    with contextlib.suppress(BrokenPipeError):
        _events.write(json.dumps(event) + "\n")
        _events.flush()


_events: TextIO = sys.stdout


def _keep_events_apart() -> None:
    """Reserve the pipe to the parent for events; what a library prints goes to standard error."""
    global _events  # noqa: PLW0603 - as standard output itself, there is one for the process
    _events = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)


def _bound_memory(megabytes: int) -> None:
    """Limit the memory of this process, so that one huge page can't exhaust the machine's. Linux only."""
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _end_with_parent(job: str) -> None:
    """End this process when its parent is dead, as that would; a remote run may wait long for its hub."""
    while os.read(0, 4096):  # not sys.stdin: its lock, held by this thread, would break the exit
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    if job == "remote":
        time.sleep(STOP_SECONDS)
        os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
    gc.freeze()  # or the end of Python would look through all that is left, for as long as a small site takes
