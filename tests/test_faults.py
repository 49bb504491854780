"""A full disk and a locked database: one clear sentence, nothing lost, and on it goes when there is room.

Each story ends in SQLite's own check of the file and in a comparison with what the site really served.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.blog import front, text_of
from tests.command import objects, variorum, workspace
from tests.lived import lived
from tests.local_site import LocalSite, Request, article
from tests.quick import Quick
from tests.tracked import story_at
from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.run import run_sites
from variorum.storage import export
from variorum.storage.errors import StoreError
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.store import Store

AT = "2026-03-01T10:00:00Z"
PATIENCE = 300
PATHS = [f"/letters/{number}/" for number in range(12)]
LITTLE_ROOM = 420_000  # bytes that a file may grow to: enough for the tables and a few pages


@pytest.fixture
def quick(local_site: LocalSite, tmp_path: Path) -> Quick:
    return letters(local_site, tmp_path / "home")


def letters(site: LocalSite, root: Path) -> Quick:
    """A workspace that watches letters with long texts, by their links."""
    site.pages["/"] = front(PATHS)
    for path in PATHS:
        site.pages[path] = article(f"Letter {path}", *paragraphs(path))
    return Quick.make(root, site.url, discover=["links"], concurrency=1)


def paragraphs(path: str) -> list[str]:
    """Some 20 kB of text."""
    return [f"{number}. {line}" for number in range(40) for line in text_of(path)]


def database(quick: Quick) -> Path:
    return load_workspace(quick.root).database


def assert_holds_what_was_served(quick: Quick) -> None:
    with contextlib.closing(sqlite3.connect(database(quick))) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    texts = {path: [version.text for version in quick.versions(path)] for path in PATHS}
    assert texts == {path: ["\n".join(paragraphs(path))] for path in PATHS}
    assert quick.news() == []


# ---- the disk is full


@contextlib.contextmanager
def full_disk(room: int = LITTLE_ROOM) -> Iterator[None]:
    """No file of ours or of our children can grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def crawl(quick: Quick) -> RunReport:
    """A run as `variorum crawl` makes it, in a new process."""
    workspace = load_workspace(quick.root)
    sites = list(load_sites(workspace.sites_folder).values())
    (report,) = asyncio.run(run_sites(workspace, sites))
    return report


@pytest.mark.usefixtures("started_runs")
def test_a_full_disk_is_told_in_one_sentence_and_the_next_run_with_room_goes_on(quick: Quick) -> None:
    with full_disk():
        report = crawl(quick)
    assert (report.failed, report.reason) == (True, "database")
    assert "the database can't be written: disk I/O error" in report.trouble
    assert "make room on its disk" in report.trouble
    assert "\n" not in report.trouble
    kept = [path for path in PATHS if path in quick.pages() and quick.versions(path)]
    assert len(kept) < len(PATHS)
    quick.crawl()
    assert_holds_what_was_served(quick)
    assert quick.issues() == []


@pytest.mark.usefixtures("started_runs")
def test_a_disk_that_was_full_from_the_start_is_told_too(quick: Quick) -> None:
    with full_disk(4096):
        report = crawl(quick)
    assert report.failed
    assert "disk I/O error" in report.trouble
    assert "\n" not in report.trouble
    quick.crawl()
    assert_holds_what_was_served(quick)


@pytest.mark.usefixtures("started_runs")
def test_a_run_that_breaks_down_over_a_full_disk_does_not_take_the_others_with_it(
    quick: Quick, local_site: LocalSite
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    workspace = load_workspace(quick.root)
    dead, page = threading.Event(), local_site.pages["/"]

    def when_dead(request: Request) -> Any:
        dead.wait(PATIENCE)
        return page

    local_site.pages["/"] = when_dead

    def fill_the_disk_and_kill(event: dict[str, Any]) -> None:
        if event["event"] == "started":
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
            os.kill(int(Path(f"{database(quick)}.watched.lock").read_text()), signal.SIGKILL)
            dead.set()

    try:
        sites = list(load_sites(workspace.sites_folder).values())
        (report,) = asyncio.run(run_sites(workspace, sites, on_event=fill_the_disk_and_kill))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (report.failed, report.reason) == (True, "died")
    quick.crawl()
    assert_holds_what_was_served(quick)


def test_a_transaction_for_which_there_is_no_room_leaves_nothing_and_the_store_goes_on(
    tmp_path: Path,
) -> None:
    with contextlib.closing(Store.open(tmp_path / "variorum.db")) as store:
        store.enrol("t", "https://example.org/")
        pages = store.db.conn.execute("PRAGMA page_count").fetchone()[0]
        store.db.conn.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(StoreError, match=r"database or disk is full\. .*make room on its disk"):
            add_pages(store, 400)
        assert store.pages("t") == []
        store.db.conn.execute(f"PRAGMA max_page_count = {pages + 10_000}")
        add_pages(store, 400)
        assert len(store.pages("t")) == 400
        assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def add_pages(store: Store, count: int) -> None:
    """So many pages in one transaction."""
    with store.writing():
        for number in range(count):
            url = f"https://example.org/{number}"
            values = {"site": "t", "url": url, "found_at": AT, "found_by": "links"}
            store.add_page(values, f"example.org/{number}")


# ---- the database is locked


def test_a_run_waits_for_a_locked_database_and_loses_nothing(quick: Quick, local_site: LocalSite) -> None:
    Store.open(database(quick)).close()
    locked = threading.Event()

    def lock(request: Request) -> str:
        """Another process, as it were, begins to write in the middle of the run."""
        if not locked.is_set():
            locked.set()
            threading.Thread(target=hold, args=(database(quick), 3.0)).start()
        return article(f"Letter {PATHS[4]}", *paragraphs(PATHS[4]))

    local_site.pages[PATHS[4]] = lock
    report = quick.crawl()
    assert locked.is_set()
    assert (report.failed, report.reason) == (False, "finished")
    assert_holds_what_was_served(quick)


def test_of_two_runs_of_one_site_one_is_refused_and_a_slow_writer_beside_them_costs_nothing(
    quick: Quick, local_site: LocalSite
) -> None:
    Store.open(database(quick)).close()
    workspace = load_workspace(quick.root)
    [site] = load_sites(workspace.sites_folder).values()
    refused, over = threading.Event(), threading.Event()
    page = local_site.pages["/"]

    def when_refused(request: Request) -> Any:
        """The first page comes when the other run has been refused: so they meet on any machine."""
        assert refused.wait(PATIENCE)
        return page

    local_site.pages["/"] = when_refused

    def hear(event: dict[str, Any]) -> None:
        if event["event"] == "ended":
            refused.set()

    def write_slowly() -> None:
        """As another site's run would, were each of its transactions slow."""
        with contextlib.closing(sqlite3.connect(database(quick), isolation_level=None, timeout=300)) as conn:
            while not over.is_set():
                conn.execute("BEGIN IMMEDIATE")
                over.wait(0.3)
                conn.execute("COMMIT")
                over.wait(0.1)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    try:
        reports = asyncio.run(run_sites(workspace, [site, site], on_event=hear))
    finally:
        over.set()
        writer.join()
    assert sorted(report.reason for report in reports) == ["finished", "not begun"]
    assert_holds_what_was_served(quick)
    assert quick.issues() == []


def test_a_reader_is_not_kept_waiting_by_a_locked_database(quick: Quick) -> None:
    Store.open(database(quick)).close()
    with (
        contextlib.closing(sqlite3.connect(database(quick), isolation_level=None)) as conn,
        contextlib.closing(Reader.open(database(quick))) as reader,
    ):
        conn.execute("BEGIN IMMEDIATE")
        assert reader.changes() == []
        conn.execute("ROLLBACK")


def test_a_backup_and_evidence_are_made_while_the_database_is_locked(tmp_path: Path) -> None:
    root = workspace(tmp_path / "home")
    with lived(root / "variorum.db"):
        pass
    with contextlib.closing(sqlite3.connect(root / "variorum.db", isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("UPDATE sites SET url = 'nobody has seen this'")
        assert variorum("-C", root, "backup", tmp_path / "copy.db").exit_code == 0
        assert variorum("-C", root, "evidence", 1, "-o", tmp_path / "evidence").exit_code == 0
        assert variorum("-C", root, "verify").exit_code == 0
        conn.execute("ROLLBACK")
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT url FROM sites").fetchall() == [("https://riverside.example/",)]


def test_a_prune_waits_for_a_locked_database_and_then_does_its_work(tmp_path: Path) -> None:
    root = workspace(tmp_path / "home")
    with lived(root / "variorum.db"):
        pass
    holder = threading.Thread(target=hold, args=(root / "variorum.db", 2.0))
    holder.start()
    [found] = objects("-C", root, "prune", "--captures", "1d", "--bodies", "1d")
    holder.join()
    assert found["captures"] > 0
    with contextlib.closing(Reader.open(root / "variorum.db")) as reader:
        assert reader.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert verify(reader).faults == []


def test_a_lock_that_is_never_let_go_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    with (
        contextlib.closing(Store.open(path)) as store,
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn,
    ):
        conn.execute("BEGIN IMMEDIATE")
        store.db.conn.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StoreError, match=r"database is locked\. .*end the process that is writing to it"):
            store.enrol("t", "https://example.org/")
        conn.execute("ROLLBACK")
        store.enrol("t", "https://example.org/")
        assert store.due_sites(AT) == ["t"]


def test_every_connection_waits_for_a_lock_for_at_least_half_a_minute(tmp_path: Path) -> None:
    with contextlib.closing(Store.open(tmp_path / "variorum.db")) as store:
        assert store.db.conn.execute("PRAGMA busy_timeout").fetchone()[0] >= 30_000


def hold(path: Path, seconds: float) -> None:
    """Hold the write lock of the database for a while."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        threading.Event().wait(seconds)
        conn.execute("ROLLBACK")


# ---- the clock jumps


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_jumps_loses_and_invents_nothing_and_the_last_version_is_the_last(
    tmp_path: Path, jump: timedelta
) -> None:
    texts = [f"It was built in {year}." for year in (1881, 1882, 1883, 1881)]
    with story_at(tmp_path / "variorum.db") as story:
        for number, text in enumerate(texts):
            if number == 2:
                story.now += jump
            for _ in range(2):  # the second time, nothing has changed
                with story.run() as run:
                    run.sees("/bridge/", article("The bridge", text))
        assert story.texts("/bridge/") == texts
        assert [version.number for version in story.versions("/bridge/")] == [1, 2, 3, 4]
        assert story.news() == [("edited", "/bridge/")] * 3
        assert [(one.old_version, one.version) for one in story.changes()] == [(1, 2), (2, 3), (3, 4)]
        [document] = export.documents(story.reader)
        assert document["text"] == texts[-1]
        assert verify(story.reader).faults == []
        assert story.reader.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
