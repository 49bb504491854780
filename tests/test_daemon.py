"""`variorum watch` as it really runs: started, edited under, killed, started again, told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from tests.local_site import LocalSite, article
from variorum.crawler.config.site import load_site
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.lock import held, is_held, run_lock
from variorum.crawler.managing.run_now import run_now
from variorum.crawler.runtime import daemon
from variorum.crawler.runtime.watchlist import Watchlist
from variorum.crawler.times import iso, now
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow
from variorum.storage.store import Store

PATIENCE = 300
UNHURRIED = f"""
import variorum.crawler.runtime.run, variorum.crawler.runtime.daemon
variorum.crawler.runtime.run.STOP_SECONDS = variorum.crawler.runtime.daemon.GRACE_SECONDS = {PATIENCE}
from variorum.crawler.cli.__main__ import main
main(prog_name="variorum")
"""
"""`variorum`, whose daemon gives its runs all the time that they may need on a busy machine to end."""
BRIDGE, NEW_BRIDGE = "The old bridge was closed in March.", "The old bridge was opened in April."


class Daemon:
    """A running `variorum watch`; what it logs is kept beside its workspace."""

    def __init__(self, root: Path) -> None:
        self.root, self.log = root, root.with_suffix(".log")
        command = [sys.executable, "-c", UNHURRIED, "-C", str(root), "watch"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stderr=log)

    def logged(self) -> str:
        """All that the daemons of this workspace have logged."""
        return self.log.read_text("utf-8")

    def stop(self) -> int:
        """SIGTERM, and the exit code that follows."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to hold."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, f"the daemon has ended: {self.logged()}"
            assert time.monotonic() < deadline, f"waited in vain: {self.logged()}"
            time.sleep(0.1)


@contextlib.contextmanager
def watching(root: Path) -> Iterator[Daemon]:
    daemon = Daemon(root)
    try:
        yield daemon
    finally:
        daemon.process.kill()
        daemon.process.wait()


@pytest.fixture
def root(local_site: LocalSite, tmp_path: Path) -> Path:
    """A workspace with one site, to be crawled every two seconds."""
    root = tmp_path / "home"
    (root / "sites").mkdir(parents=True)
    (root / "variorum.toml").touch()
    local_site.pages["/"] = article("The bridge", BRIDGE)
    write_site(root, "often", local_site.url, every="2s")
    return root


def write_site(root: Path, name: str, url: str, every: str) -> None:
    text = f'url = "{url}/"\nevery = "{every}"\ndelay = 0\ndiscover = ["links"]\n'
    (root / "sites" / f"{name}.toml").write_text(text, "utf-8")


def runs(root: Path, name: str) -> int:
    """How many runs of the site have ended, asked while the daemon may be writing."""
    with contextlib.suppress(sqlite3.OperationalError):  # the tables are only just being made
        return len(rows(root, "SELECT id FROM runs WHERE site = ? AND ended_at IS NOT NULL", name))
    return 0


def begun(root: Path, name: str) -> int:
    """How many runs of the site have begun."""
    return len(rows(root, "SELECT id FROM runs WHERE site = ?", name))


def rows(root: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(root / "variorum.db", timeout=PATIENCE)) as conn, conn:
        return conn.execute(sql, values).fetchall()


def changes(root: Path) -> list[ChangeRow]:
    with contextlib.closing(Reader.open(root / "variorum.db")) as reader:
        return reader.changes()


def next_due(root: Path, name: str) -> str:
    ((due,),) = rows(root, "SELECT next_due FROM sites WHERE name = ?", name)
    return str(due)


def test_a_site_is_crawled_on_schedule_and_its_changes_can_be_read_meanwhile(
    root: Path, local_site: LocalSite
) -> None:
    with watching(root) as daemon:
        daemon.until(lambda: runs(root, "often") >= 2)
        assert changes(root) == []
        local_site.pages["/"] = article("The bridge", NEW_BRIDGE)
        daemon.until(lambda: len(changes(root)) == 1)
        assert daemon.stop() == 0
    assert [change.kind for change in changes(root)] == ["edited"]
    assert rows(root, "SELECT id FROM runs WHERE ended_at IS NULL") == []
    assert rows(root, "PRAGMA integrity_check") == [("ok",)]
    assert daemon.logged().endswith("stopped\n")


def test_a_daemon_that_was_killed_is_started_again_and_has_forgotten_nothing(root: Path) -> None:
    with LocalSite() as calm:
        calm.pages["/"] = article("The mill", "The mill turns again.")
        write_site(root, "seldom", calm.url, every="1d")
        with watching(root) as daemon:
            daemon.until(lambda: runs(root, "seldom") == 1 and runs(root, "often") >= 1)
            daemon.process.kill()
            daemon.process.wait()
        due, before = next_due(root, "seldom"), runs(root, "often")
        with watching(root) as daemon:
            daemon.until(lambda: runs(root, "often") > before)
            assert (begun(root, "seldom"), next_due(root, "seldom")) == (1, due)
            # As if the machine had been off for a week: seven slots were missed.
            rows(root, "UPDATE sites SET next_due = '2026-01-01T00:00:00Z' WHERE name = 'seldom'")
            daemon.until(lambda: runs(root, "seldom") == 2)
            before = begun(root, "often")
            daemon.until(lambda: begun(root, "often") > before)
            assert begun(root, "seldom") == 2
            assert next_due(root, "seldom") > iso(now())
            assert daemon.stop() == 0


def test_a_broken_site_file_is_named_and_leaves_the_other_sites_running(root: Path) -> None:
    with LocalSite() as other, watching(root) as daemon:
        other.pages["/"] = article("The mill", "The mill turns again.")
        daemon.until(lambda: runs(root, "often") >= 1)
        (root / "sites" / "later.toml").write_text('url = "mill"\nevrey = "2s"\n')
        daemon.until(lambda: "later.toml: evrey: unknown key" in daemon.logged())
        (root / "sites" / "often.toml").write_text("url = ")
        daemon.until(lambda: "often.toml: not TOML" in daemon.logged())
        before = begun(root, "often")
        daemon.until(lambda: begun(root, "often") > before)
        write_site(root, "later", other.url, every="2s")
        daemon.until(lambda: runs(root, "later") >= 1)
        assert daemon.stop() == 0


def test_a_daemon_starts_beside_a_bad_site_file_and_crawls_the_other_sites(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "sites" / "bad.toml").write_text('url = "127.0.0.1:8090"\n')
    monkeypatch.chdir(root)
    with watching(root) as daemon:
        daemon.until(lambda: runs(root, "often") >= 1)
        assert "bad.toml: url" in daemon.logged()
        (root / "variorum.toml").write_text("no TOML at all")
        before = runs(root, "often")
        daemon.until(lambda: runs(root, "often") >= before + 2)
        assert daemon.stop() == 0
    assert "died" not in daemon.logged()
    assert rows(root, "SELECT * FROM issues") == []


def test_the_file_of_a_known_site_that_is_broken_is_an_issue_until_it_is_mended(
    root: Path, local_site: LocalSite
) -> None:
    state = "SELECT kind, closed_at IS NULL FROM issues WHERE site = 'often'"
    with watching(root) as daemon:
        daemon.until(lambda: runs(root, "often") >= 1)
        (root / "sites" / "often.toml").write_text("url = ")
        daemon.until(lambda: rows(root, state) == [("site file", 1)])
        write_site(root, "often", local_site.url, every="2s")
        daemon.until(lambda: rows(root, state) == [("site file", 0)])
        assert daemon.stop() == 0


def test_a_stated_retention_is_seen_to(root: Path, local_site: LocalSite) -> None:
    with watching(root) as daemon:
        daemon.until(lambda: runs(root, "often") >= 4)
        assert daemon.stop() == 0
    assert "pruned" not in daemon.logged()
    rows(root, "UPDATE capture_rows SET fetched_at = fetched_at - 100 * 365 * 86400")
    old = "SELECT id FROM captures WHERE fetched_at < '2000'"
    before = len(rows(root, old))
    (root / "variorum.toml").write_text('[retention]\ncaptures = "30d"\n')
    with watching(root) as daemon:
        daemon.until(lambda: "pruned: " in daemon.logged())
        assert daemon.stop() == 0
    assert 0 < len(rows(root, old)) < before
    assert rows(root, "PRAGMA integrity_check") == [("ok",)]


def test_what_is_old_is_pruned_however_long_the_daemon_took_to_start(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = load_workspace(root)

    async def start() -> None:
        pruned = asyncio.Event()

        async def prune(workspace: Workspace) -> None:
            pruned.set()

        monkeypatch.setattr("variorum.crawler.runtime.daemon.prune_now", prune)
        with contextlib.closing(Store.open(workspace.database)) as store:
            ours = daemon.Daemon(workspace, Watchlist(workspace), store, None)
            scheduler = AsyncIOScheduler(timezone=UTC)
            ours.prune_daily(scheduler, since=now() - timedelta(minutes=5))
            scheduler.start()
            await asyncio.wait_for(pruned.wait(), PATIENCE)
            scheduler.shutdown(wait=False)

    asyncio.run(start())


def test_a_second_daemon_is_refused_with_the_number_of_the_first(root: Path) -> None:
    with held(root / "variorum.db.lock", "the first"):
        daemon = Daemon(root)
        assert daemon.process.wait(PATIENCE) == 1
    assert daemon.logged() == (
        f"variorum: `variorum watch` runs already, as process {os.getpid()}: stop that one first.\n"
    )
    assert not (root / "variorum.db").exists()


def test_a_run_in_flight_is_ended_in_good_order_and_made_up_for(root: Path, local_site: LocalSite) -> None:
    paths = [f"/letters/{number}/" for number in range(60)]
    menu = [(path, f"Letter {path}") for path in paths]
    local_site.pages |= {path: article(f"Letter {path}", f"The text of {path}.", menu=menu) for path in paths}
    local_site.pages["/"] = article("Letters", "All of them.", menu=menu)
    (root / "sites" / "often.toml").write_text(
        f'url = "{local_site.url}/"\nevery = "1d"\ndelay = 0.5\ndiscover = ["links"]\n'
    )
    with watching(root) as daemon:
        daemon.until(lambda: len(local_site.requests) > 4)
        assert daemon.stop() == 0
    ((reason, fetched),) = rows(root, "SELECT reason, fetched FROM runs")
    assert reason == "shutdown"
    assert 0 < fetched < len(paths)
    assert next_due(root, "often") <= iso(now())
    assert rows(root, "PRAGMA integrity_check") == [("ok",)]


def test_a_run_that_is_asked_for_on_the_review_page_starts_at_once_and_looks_at_all_pages(
    root: Path, local_site: LocalSite
) -> None:
    menu = [("/mill/", "The mill")]
    local_site.pages["/"] = article("The bridge", BRIDGE, menu=menu)
    local_site.pages["/mill/"] = article("The mill", "The mill turns again.", menu=menu)
    write_site(root, "often", local_site.url, every="1d")
    with watching(root) as daemon:
        daemon.until(lambda: runs(root, "often") == 1)
        workspace = load_workspace(root)
        daemon.until(lambda: not is_held(run_lock(workspace.database, "often")))
        local_site.pages["/mill/"] = article("The mill", "The mill stands still.", menu=menu)
        run_now(workspace, load_site(root / "sites" / "often.toml"))
        daemon.until(lambda: runs(root, "often") == 2)
        assert [change.kind for change in changes(root)] == ["edited"]  # of a page that was not due
        daemon.until(lambda: rows(root, "SELECT asked_at FROM sites") == [(None,)])
        assert next_due(root, "often") > iso(now())
        assert daemon.stop() == 0
