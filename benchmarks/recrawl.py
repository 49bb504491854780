"""What a run costs around the reading, where nothing has changed: `python -m benchmarks.recrawl`. Linux only.

    .venv/bin/python -m benchmarks.recrawl               # 200, 2,000 and 20,000 pages; minutes
    .venv/bin/python -m benchmarks.recrawl 200 2000

First the start of a run: one page, which the server answers by 304, in a run of the daemon (forked from a
warm process) and in a new program; CPU of the child, and memory that it shares with none. Then the cost of a
page on sites of all sizes, in runs of the daemon: a store in which every page was fetched before is made, and
the server answers each by 304. The cost of a page should not depend on how many there are.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.crawl.measuring import memory
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.runtime.run import run_child
from variorum.crawler.times import iso
from variorum.crawler.urls.canonical import key
from variorum.storage.store import Store

SIZES = (200, 2_000, 20_000)
RUNS = 10
"""Runs of which the start is measured."""
NAME = "quay"
SEEN = iso(datetime.now(UTC) - timedelta(days=30))
TICK = 1 / os.sysconf("SC_CLK_TCK")


class Unchanged:
    """A site on loopback whose pages are all as they were: it answers 304 to any that it is asked for."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.url = ""

    def answer(self, path: bytes) -> bytes:
        """The response to a request for a path."""
        if path == b"/robots.txt":
            return _ok("text/plain", f"User-agent: *\nSitemap: {self.url}sitemap.xml\n")
        if path == b"/sitemap.xml":
            urls = "".join(f"<url><loc>{self.address(page)}</loc></url>" for page in range(1, self.pages))
            name = "http://www.sitemaps.org/schemas/sitemap/0.9"
            return _ok("application/xml", f'<urlset xmlns="{name}">{urls}</urlset>')
        if path.startswith(b"/variorum-"):  # the not-found probe
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        return b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'

    def address(self, page: int) -> str:
        """The address of a page; number 0 is the front page."""
        return f"{self.url}log/{page}/" if page else self.url

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self.answer(request.split(b" ", 2)[1]))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve meanwhile."""
        async with await asyncio.start_server(self.serve, "127.0.0.1", 0) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            yield


def _ok(media_type: str, body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def fill(path: Path, site: Site, served: Unchanged) -> None:
    """A store in which every page of the site was fetched before, a month ago."""
    known: dict[str, Any] = {"site": NAME, "found_at": SEEN, "found_by": "sitemap", "state": "live"}
    known |= {"checked_at": SEEN, "seen_at": SEEN, "etag": '"1"', "kind": "article"}
    with closing(Store.open(path)) as store, store.writing():
        store.enrol(NAME, site.url)
        store.update_run(store.begin_run(NAME, SEEN), {"ended_at": SEEN, "reason": "finished", "complete": 1})
        for page in range(served.pages):
            url = served.address(page)
            store.add_page({**known, "url": url}, key(url, site))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run has cost."""

    cpu: float
    """Seconds of CPU of its process, and of those that it started."""
    own: int
    """Bytes of memory that it shared with no other process, at the end of its sources."""


async def run(workspace: Workspace, site: Site, *, warm: bool) -> Measured:
    """Carry out a run of all pages, as a daemon does it or as a new program."""
    own = 0

    def heard(event: dict[str, Any]) -> None:
        nonlocal own
        if event["event"] == "progress":
            own = max(own, memory(event["pid"], "Private_Dirty:"))

    before = _spent(warm=warm)
    report = await run_child(workspace, site, full=True, stop=asyncio.Event(), on_event=heard, warm=warm)
    assert not report.failed, report.trouble
    return Measured(_spent(warm=warm) - before, own)


def _spent(*, warm: bool) -> float:
    """Seconds of CPU of all children that have ended: of the fork server's, or of ours."""
    if not warm:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime
    server: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)  # type: ignore[attr-defined]
    if server is None:
        return 0.0
    fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * TICK


async def measured(folder: Path, pages: int, runs: int, *, warm: bool) -> list[Measured]:
    """The cost of so many runs over a site of that size; of one before them, nothing is counted."""
    served = Unchanged(pages)
    async with served.running():
        folder.mkdir()
        (folder / "variorum.toml").write_text('contact = "me@example.org"\n', encoding="utf-8")
        site = Site(name=NAME, url=served.url, delay=0, concurrency=4, budget=10_000_000)
        workspace = load_workspace(folder)
        fill(workspace.database, site, served)
        found = [await run(workspace, site, warm=warm) for _ in range(runs + 1)]
    return found[1:]


async def main(sizes: list[int]) -> None:
    """Print the start of a run, and the cost of a page on sites of these sizes."""
    with TemporaryDirectory() as folder:
        starts = {}
        for name, warm in (("a run of the daemon", True), ("a new program", False)):
            starts[warm] = await measured(Path(folder) / name, 1, RUNS, warm=warm)
            cpu, own = (sorted(values)[RUNS // 2] for values in zip(*map(_pair, starts[warm]), strict=True))
            print(f"{name:22} {1000 * cpu:6.0f} ms of CPU, {own / 2**20:4.0f} MB of its own", flush=True)
        start = sum(one.cpu for one in starts[True]) / RUNS
        for pages in sizes:
            [once] = await measured(Path(folder) / str(pages), pages, 1, warm=True)
            print(
                f"{pages:7,} pages {1000 * (once.cpu - start) / (pages - 1):6.2f} ms of CPU a page",
                flush=True,
            )


def _pair(one: Measured) -> tuple[float, int]:
    return one.cpu, one.own


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
