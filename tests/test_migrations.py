"""Opening the database: made from nothing, opened again, refused where it is not ours to touch."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from variorum.storage.errors import NewerSchema, StoreError
from variorum.storage.migrations import migrations
from variorum.storage.reader import Reader
from variorum.storage.store import Store

OPENER = """
import sys
from pathlib import Path
from variorum.storage.store import Store
print("ready", flush=True)
sys.stdin.readline()
store = Store.open(Path(sys.argv[1]))
store.enrol(sys.argv[2], "https://example.org/")
store.close()
"""


def tables(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return {
            name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def opener(path: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPENER, str(path), name]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A database to which a later version has applied a migration that we do not know."""
    path = tmp_path / "variorum.db"
    Store.open(path).close()
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
            " VALUES ('variorum', 'moods_of_pages', '2031-01-01 00:00:00')"
        )
    return path


def test_a_database_is_made_from_nothing(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    Store.open(path).close()
    assert {"sites", "pages", "captures", "bodies", "versions", "changes", "runs", "issues"} <= tables(path)


def test_a_database_is_opened_again_with_all_that_was_in_it(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    for name in ("first", "second"):
        with contextlib.closing(Store.open(path)) as store:
            store.enrol(name, "https://example.org/")
    with contextlib.closing(Store.open(path)) as store:
        assert store.due_sites("2026-01-01T00:00:00Z") == ["first", "second"]
        assert migrations.pending(store.db) == []


@pytest.mark.parametrize("opener", [Store, Reader])
def test_a_database_of_a_newer_version_is_refused_and_no_byte_of_it_is_touched(
    newer: Path, opener: type[Store | Reader]
) -> None:
    before = files(newer.parent)
    with pytest.raises(NewerSchema, match=r"variorum\.db: written by a newer Variorum .*moods_of_pages"):
        opener.open(newer)
    assert files(newer.parent) == before


@pytest.mark.parametrize("content", [b"Site files are in sites/.\n" * 100, b"SQLite format 3\0" + bytes(200)])
def test_a_file_that_is_no_database_is_refused_in_words_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "variorum.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"variorum\.db: .*Is this file a Variorum database"):
        Store.open(path)
    assert files(tmp_path) == {"variorum.db": content}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/variorum\.db: unable to open database file"):
        Store.open(tmp_path / "missing" / "variorum.db")


def test_reading_before_anything_is_stored_says_what_to_run_and_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Run `variorum crawl` first"):
        Reader.open(tmp_path / "variorum.db")
    assert files(tmp_path) == {}


def test_processes_that_make_the_database_at_the_same_time_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    names = ["a", "b", "c"]
    openers = [opener(path, name) for name in names]
    for one in openers:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    for one in openers:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    assert [one.communicate()[1] for one in openers] == [""] * len(names)
    with contextlib.closing(Store.open(path)) as store:
        assert sorted(store.due_sites("2026-01-01T00:00:00Z")) == names
