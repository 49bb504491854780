"""A hub and workers as real processes, with a real PostgreSQL, on loopback addresses of their own.

cluster = Cluster(tmp_path, postgres, site.url)
with cluster.hub(), cluster.worker("one"):
    cluster.until(lambda: cluster.runs() == 1)
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import Postgres

PATIENCE = 300
OTHER_CLOCK = """
import datetime, os, time

OFF = float(os.environ["CLOCK_OFF"])
true_time = time.time

class Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=OFF)

datetime.datetime = Datetime
time.time = lambda: true_time() + OFF
"""
"""Runs in each Python of a worker before all else. It still counts seconds right."""
_numbers = count(1)
TOKEN = "a token of the tests"
NAME = "press"


class Process:
    """One process of the cluster; what it logs is kept."""

    def __init__(self, log: Path, *words: object, **environment: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "variorum.crawler.cli.__main__", *map(str, words)]
        with log.open("a") as file:
            self.popen = subprocess.Popen(command, stderr=file, stdout=file, env=os.environ | environment)

    def kill(self) -> None:
        """SIGKILL."""
        self.popen.kill()
        self.popen.wait()

    def signal_all(self, number: int) -> None:
        """Send a signal to it and to all processes below it; runs are in sessions of their own."""
        for pid in (self.popen.pid, *_below(self.popen.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.popen.terminate()
        return self.popen.wait(PATIENCE)


def _below(pid: int) -> list[int]:
    """The processes that it started, and those that they started."""
    shown = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True
    ).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, shown.splitlines())}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


class Cluster:
    """The workspace of a hub with one site, and what belongs to it; without a site, it is to be made."""

    def __init__(
        self, folder: Path, postgres: Postgres, url: str = "", *, lost_after: str = "60s", **site: Any
    ) -> None:
        number = next(_numbers)
        self.folder, self.postgres = folder, postgres
        database = f"cluster_{os.getpid()}_{number}"
        with psycopg.connect(postgres.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")  # type: ignore[call-overload]
        self.address = postgres.address.replace("dbname=postgres", f"dbname={database}")
        # An address that nobody else has, and a port that the system gives to nobody by itself.
        self.listen = f"127.{number % 200 + 20}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}:8300"
        self.lost_after, self.give_up_after = lost_after, "15m"
        self.root = folder / "hub"
        self.settings = ""
        if url:
            (self.root / "sites").mkdir(parents=True)
            self.site(url)

    @property
    def secrets(self) -> dict[str, str]:
        """The environment of hub and workers."""
        return {"TEST_DATABASE": self.address, "TEST_TOKEN": TOKEN}

    def site(self, url: str, name: str = NAME, **keys: str) -> None:
        """Write the file of a site."""
        lines = {"url": f'"{url}/"', "every": '"1d"', "delay": "0", "concurrency": "1"} | keys
        text = "".join(f"{key} = {value}\n" for key, value in lines.items())
        (self.root / "sites" / f"{name}.toml").write_text(text, "utf-8")

    def write(self, root: Path, more: str) -> Path:
        """Write a variorum.toml with the cluster in it."""
        root.mkdir(exist_ok=True)
        (root / "variorum.toml").write_text(
            'contact = "tests@example.org"\nprocesses = 1\n[cluster]\ndatabase = "env:TEST_DATABASE"\n'
            f'token = "env:TEST_TOKEN"\nlost_after = "{self.lost_after}"\n'
            f'give_up_after = "{self.give_up_after}"\n{more}',
            "utf-8",
        )
        return root

    @contextlib.contextmanager
    def hub(self, more: str = "") -> Iterator[Process]:
        """A running `variorum watch`."""
        self.write(self.root, f'listen = "{self.listen}"\n{more}')
        with self._running("hub", self.root, "watch") as process:
            yield process

    @contextlib.contextmanager
    def worker_with_clock_off(self, name: str, seconds: int) -> Iterator[Process]:
        """A worker whose clock is ahead by so many seconds."""
        (self.folder / "sitecustomize.py").write_text(OTHER_CLOCK, "utf-8")
        with self.worker(name, PYTHONPATH=str(self.folder), CLOCK_OFF=str(seconds)) as process:
            yield process

    @contextlib.contextmanager
    def worker(self, name: str, *words: str, **environment: str) -> Iterator[Process]:
        """A running `variorum worker`."""
        root = self.write(self.folder / name, f'hub = "http://{self.listen}"\n')
        with self._running(name, root, "worker", "--name", name, *words, **environment) as process:
            yield process

    @contextlib.contextmanager
    def _running(self, name: str, root: Path, *words: str, **environment: str) -> Iterator[Process]:
        process = Process(self.folder / f"{name}.log", "-C", root, *words, **self.secrets | environment)
        try:
            yield process
        finally:
            process.signal_all(signal.SIGKILL)
            process.popen.wait()

    def until(self, holds: Callable[[], Any], *alive: Process) -> None:
        """Wait for something to hold, as long as these processes live."""
        give_up = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < give_up, self.logged()
            assert all(process.popen.poll() is None for process in alive), self.logged()
            time.sleep(0.1)

    def logged(self) -> str:
        """All that was logged."""
        logs = [*sorted(self.folder.glob("*.log")), *sorted(self.folder.glob("*/logs/*.log"))]
        return "\n".join(f"== {log}\n{log.read_text('utf-8')[-3000:]}" for log in logs)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query of the hub's database gives; nothing where the tables are not there yet."""
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(self.root / "variorum.db", timeout=PATIENCE)) as conn,
        ):
            return conn.execute(sql).fetchall()
        return []

    def runs(self, reason: str = "finished") -> int:
        """How many runs have ended for that reason."""
        return len(self.rows(f"SELECT id FROM runs WHERE ended_at IS NOT NULL AND reason = '{reason}'"))

    def run_now(self) -> None:
        """Let the site be due."""
        with contextlib.closing(sqlite3.connect(self.root / "variorum.db", timeout=60)) as conn, conn:
            conn.execute("UPDATE sites SET next_due = '2026-01-01T00:00:00Z'")

    def variorum(self, *words: str) -> str:
        """What a command prints that is typed on the hub."""
        command = [sys.executable, "-m", "variorum.crawler.cli.__main__", "-C", str(self.root), *words]
        environment = os.environ | self.secrets
        return subprocess.run(command, check=False, env=environment, capture_output=True, text=True).stdout

    def metrics(self) -> str:
        """What Prometheus reads of the hub."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(f"http://{self.listen}/metrics", headers=headers)
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())
