"""What a cluster costs and how it grows: `python -m benchmarks.cluster`.

    .venv/bin/python -m benchmarks.cluster             # 4 sites of 100 pages, with 1, 2 and 4 workers
    .venv/bin/python -m benchmarks.cluster 200 1 2     # 200 pages a site, with 1 and 2 workers

A first crawl of four sites on loopback, alone and through workers, all on this machine, with PostgreSQL. CPU
is that of all processes of the hub, or of the workers, from their start to their end, imports included. It is
shown as a ratio to the CPU of a page on one machine, where one process fetches, reads and records. Pages a
second say something only where the machine has an idle core for each process.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawl.site import NewsSite
from tests import cluster as processes
from tests.cluster import TOKEN, Cluster
from tests.postgres import Postgres

SITES = 4
DAY = 86400
processes.PATIENCE = 3600
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: what outlives its parent becomes our child, and is counted."""


@dataclass
class Measured:
    """One program with all its processes; the CPU seconds are known when it has ended."""

    process: subprocess.Popen[str]
    cpu: float = 0.0

    @classmethod
    def start(cls, log: Path, *words: object, **environment: str) -> Measured:
        """Start `variorum` with these words, below a process that counts."""
        command = [sys.executable, "-m", "benchmarks.cluster", "--count", *map(str, words)]
        with log.open("w") as file:
            env = os.environ | environment
            return cls(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=file, text=True))

    def end(self) -> float:
        """The CPU seconds, after SIGTERM."""
        self.process.terminate()
        output, _ = self.process.communicate()
        self.cpu = float(json.loads(output.splitlines()[-1]))
        return self.cpu


def count(words: list[str]) -> None:
    """Run `variorum`, and print the CPU seconds of all its processes when it has ended."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    child = subprocess.Popen(
        [sys.executable, "-m", "variorum.crawler.cli.__main__", *words], stdout=subprocess.DEVNULL
    )
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    child.wait()
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps(used.ru_utime + used.ru_stime))


@dataclass
class Round:
    """The costs of one crawl of all sites."""

    pages: int
    seconds: float
    hub: float
    workers: float


class Bench:
    """The sites, and the cluster that crawls them."""

    def __init__(self, folder: Path, postgres: Postgres, urls: list[str]) -> None:
        self.cluster = Cluster(folder, postgres, urls[0])
        for number, url in enumerate(urls):
            self.cluster.site(url, name=f"site{number}")
        (self.cluster.root / "sites/press.toml").unlink()
        self.sites = len(urls)
        self.secrets = {"TEST_DATABASE": self.cluster.address, "TEST_TOKEN": TOKEN}

    def alone(self) -> Round:
        """All sites crawled by one machine."""
        root = self.cluster.root
        (root / "variorum.toml").write_text("processes = 1\nruns_at_once = 1\n")
        began = time.monotonic()
        measured = Measured.start(self.cluster.folder / "alone.log", "-C", root, "crawl", "--due")
        output, _ = measured.process.communicate()
        return Round(self.pages(), time.monotonic() - began, float(output.splitlines()[-1]), 0.0)

    def through(self, count: int) -> Round:
        """All sites crawled through so many workers."""
        root = self.cluster.write(self.cluster.root, f'listen = "{self.cluster.listen}"\n')
        with self._measured("hub", root, "watch") as hub:
            self.cluster.until(lambda: f'"todo": {self.sites}' in self.state())
            began = time.monotonic()
            with ExitStack() as stack:
                workers = [stack.enter_context(self._worker(f"w{number}")) for number in range(count)]
                self.cluster.until(lambda: self.cluster.runs() == self.sites)
                seconds = time.monotonic() - began
        return Round(self.pages(), seconds, hub.cpu, sum(worker.cpu for worker in workers))

    @contextmanager
    def _worker(self, name: str) -> Iterator[Measured]:
        root = self.cluster.write(self.cluster.folder / name, f'hub = "http://{self.cluster.listen}"\n')
        file = root / "variorum.toml"
        file.write_text("runs_at_once = 1\n" + file.read_text())
        with self._measured(name, root, "worker", "--name", name) as measured:
            yield measured

    def pages(self) -> int:
        """How many fetches were recorded."""
        return int(self.cluster.rows("SELECT sum(fetched) FROM runs")[0][0])

    def state(self) -> str:
        """What `variorum status` says of the cluster."""
        found = self.cluster.variorum("status", "--json")
        return json.dumps(json.loads(found)["cluster"]) if found else ""

    @contextmanager
    def _measured(self, name: str, root: Path, *words: str) -> Iterator[Measured]:
        measured = Measured.start(self.cluster.folder / f"{name}.log", "-C", root, *words, **self.secrets)
        try:
            yield measured
        finally:
            measured.end()


def main(pages: int, counts: list[int]) -> None:
    """Print what each number of workers costs."""
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres())
        sites = [stack.enter_context(NewsSite(pages)) for _ in range(SITES)]
        for site in sites:
            site.freeze()
        urls = [site.url.removesuffix("/") for site in sites]

        def bench() -> Bench:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            return Bench(folder, postgres, urls)

        alone = bench().alone()
        per_page = alone.hub / alone.pages
        print(f"{SITES} sites of {pages} pages; {os.cpu_count()} cores")
        print(f"alone: {alone.pages / alone.seconds:.1f} pages/s, 1.00 CPU a page ({1000 * per_page:.0f} ms)")
        for count in counts:
            found = bench().through(count)
            hub, workers = (cpu / found.pages / per_page for cpu in (found.hub, found.workers))
            speed = f"{found.pages / found.seconds:.1f} pages/s"
            print(f"{count} workers: {speed}, CPU a page at the hub {hub:.2f}, at the workers {workers:.2f}")
            days = [f"{DAY * found.pages / cpu:,.0f}" for cpu in (found.hub, found.workers)]
            print(f"pages a day of one core: {days[0]} at the hub, {days[1]} at the workers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        count(sys.argv[2:])
    else:
        numbers = [int(word) for word in sys.argv[1:]]
        main(numbers[0] if numbers else 100, numbers[1:] or [1, 2, 4])
