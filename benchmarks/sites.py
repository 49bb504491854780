"""What a workspace of many sites costs: `python -m benchmarks.sites`.

    .venv/bin/python -m benchmarks.sites            # 1,000 site files, twenty pages stored of each
    .venv/bin/python -m benchmarks.sites 100 2000   # 100 sites, 2,000 pages each

Commands run in processes of their own, as a user runs them. Times are CPU, and depend on the machine; beside
them stands how many times `python -c pass` they take.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from variorum.crawler import times
from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.runtime.daemon import Daemon
from variorum.crawler.runtime.watchlist import Watchlist
from variorum.storage.store import Store

AT = "2026-03-01T06:00:00Z"
TICKS = 100


def fill(root: Path, sites: int, pages: int) -> None:
    """A workspace with so many sites, each of them run once."""
    (root / "sites").mkdir()
    (root / "variorum.toml").write_text('contact = "benchmarks@example.org"\n')
    with closing(Store.open(root / "variorum.db")) as store:
        for number in range(sites):
            name = f"site{number:04}"
            (root / "sites" / f"{name}.toml").write_text(
                f'url = "https://{name}.example/"\nscope = ["/news/"]\nevery = "6h"\ndelay = 2.0\n'
            )
            with store.writing():
                add_site(store, name, pages)


def add_site(store: Store, name: str, pages: int) -> None:
    store.enrol(name, f"https://{name}.example/")
    run = store.begin_run(name, AT)
    store.update_run(run, {"ended_at": AT, "reason": "finished", "complete": 1})
    known = {"site": name, "found_at": AT, "found_by": "links", "state": "live", "checked_at": AT}
    for page in range(pages):
        store.add_page({**known, "url": f"https://{name}.example/news/{page}/"}, f"{name}/{page}")


def spent(*command: str) -> float:
    """Seconds of CPU of a command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_daemon(root: Path) -> tuple[float, float, float]:
    """Seconds of CPU to read all files and plan all runs, first and again; and of one tick with none due."""
    workspace = load_workspace(root)
    with closing(Store.open(workspace.database)) as store:
        starts = []
        for _ in range(2):
            began = time.process_time()
            daemon = Daemon(workspace, Watchlist(workspace), store, None)
            daemon.plan(times.now())
            starts.append(time.process_time() - began)
        store.db.conn.execute("UPDATE sites SET next_due = '2999-01-01T00:00:00Z'")
        store.db.conn.commit()
        began = time.process_time()
        for _ in range(TICKS):
            asyncio.run(daemon.tick())
        return starts[0], starts[1], (time.process_time() - began) / TICKS


def main(sites: int, pages: int) -> None:
    """Measure each command and print its cost."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root, sites, pages)
        nothing = min(spent("-c", "pass") for _ in range(5))
        began = time.process_time()
        load_sites(root / "sites")
        read = time.process_time() - began
        variorum = ("-m", "variorum.crawler.cli", "-C", folder)
        costs = [(f"variorum {word}", spent(*variorum, word)) for word in ("sites", "status")]
        first, again, tick = of_daemon(root)
    costs += [("reading all site files", read), ("the daemon's start, nothing planned yet", first)]
    costs += [("the daemon's start, all planned", again), ("a tick of the daemon, every second", tick)]
    print(f"{sites} sites, {pages} pages each; CPU seconds, and as a multiple of `python -c pass`")
    for name, seconds in costs:
        print(f"{name:40} {seconds:8.4f} {seconds / nothing:8.2f}")


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[1:]]
    main(*(numbers + [1000, 20][len(numbers) :]))
