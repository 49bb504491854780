"""What the database file no longer needs is returned to the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.blog import front, text_of
from tests.local_site import LocalSite, article
from tests.quick import Quick
from variorum.storage.maintenance.pruning import Pruning
from variorum.storage.store import Store

FREED = 200
"""Pages of the file, at least, that a table took before it was dropped."""


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(path)) as store:
        leave_space(store.db.conn)
        yield store


def leave_space(conn: sqlite3.Connection) -> None:
    """Leave pages in the file that nothing uses, with one behind them that is used."""
    conn.execute("CREATE TABLE gone AS SELECT randomblob(900000) AS bytes")
    conn.execute("CREATE TABLE stays AS SELECT randomblob(9000) AS bytes")
    conn.execute("DROP TABLE gone")
    conn.commit()
    assert free(conn) >= FREED


def free(conn: sqlite3.Connection) -> int:
    (count,) = conn.execute("PRAGMA freelist_count").fetchone()
    return int(count)


def size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def test_a_run_returns_to_the_disk_what_the_file_does_not_use(local_site: LocalSite, tmp_path: Path) -> None:
    watched = Quick.make(tmp_path / "home", local_site.url, discover=["links"])
    local_site.pages |= {"/": front(["/a/"]), "/a/": article("A letter", *text_of("/a/"))}
    database = tmp_path / "home" / "variorum.db"
    with closing(sqlite3.connect(database)) as conn:
        leave_space(conn)
    watched.crawl()
    with closing(sqlite3.connect(database)) as conn:
        assert free(conn) == 0
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("SELECT length(bytes) FROM stays").fetchall() == [(9000,)]


def test_no_page_is_returned_while_another_process_writes_and_nothing_fails(store: Store, path: Path) -> None:
    store.db.conn.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.return_space()
        assert free(store.db.conn) >= FREED
        other.rollback()
    store.return_space()
    assert free(store.db.conn) == 0


def test_a_file_of_an_older_variorum_returns_space_once_it_was_rewritten(store: Store, path: Path) -> None:
    store.db.conn.execute("PRAGMA auto_vacuum = NONE")
    store.db.conn.execute("VACUUM")  # as it was when no file was made for it
    leave_space_again(store)
    store.return_space()
    assert free(store.db.conn) >= FREED
    with closing(Pruning.open(path)) as pruning:
        pruning.vacuum()
    leave_space_again(store)
    before = size(path)
    store.return_space()
    assert size(path) <= before - FREED * 4096


def leave_space_again(store: Store) -> None:
    store.db.conn.execute("DROP TABLE stays")
    leave_space(store.db.conn)
