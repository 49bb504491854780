"""The database that variorum.toml names is one of ours, or it is refused and left as it is."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.command import variorum, workspace
from tests.test_migrations import files
from variorum.storage.errors import ForeignDatabase, NewerSchema
from variorum.storage.migrations import migrations
from variorum.storage.reader import Reader
from variorum.storage.recognition import APPLICATION_ID, FORMAT
from variorum.storage.store import Store

NETS = "CREATE TABLE nets(id INTEGER PRIMARY KEY, mesh REAL)"
COMMANDS = [
    ["crawl"],
    ["changes"],
    ["status"],
    ["sites"],
    ["export"],
    ["search", "net"],
    ["verify"],
    ["prune", "--dry-run"],
]


def made(path: Path, *statements: str) -> Path:
    """A database of another program."""
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        for statement in statements:
            conn.execute(statement)
    return path


def pragma(path: Path, name: str) -> int:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return int(conn.execute(f"PRAGMA {name}").fetchone()[0])


def unmarked(path: Path) -> Path:
    """A database of ours as it was made before it had a mark."""
    with contextlib.closing(Store.open(path)) as store:
        store.enrol("ormhead", "https://ormhead.example/")
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'mark_of_the_file'")
        conn.execute("PRAGMA application_id = 0")
        conn.execute("PRAGMA user_version = 0")
    return path


def test_a_new_database_bears_our_mark(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    Store.open(path).close()
    assert (pragma(path, "application_id"), pragma(path, "user_version")) == (APPLICATION_ID, FORMAT)


@pytest.mark.parametrize(
    "statements",
    [
        [NETS],
        [NETS, "PRAGMA application_id = 252006673"],
        ["PRAGMA journal_mode = WAL", NETS],
        ["CREATE VIEW tides AS SELECT 1 AS high"],
        ["PRAGMA user_version = 7"],
        ["CREATE TABLE pages(id)", "CREATE TABLE sites(id)", "CREATE TABLE captures(id)"],
        [
            "CREATE TABLE _sqlite_migrations(migration_set TEXT, name TEXT)",
            "CREATE TABLE pages(id)",
            "CREATE TABLE sites(id)",
            "CREATE TABLE captures(id)",
            "INSERT INTO _sqlite_migrations VALUES ('fishing', 'first')",
        ],
    ],
)
@pytest.mark.parametrize("opener", [Store, Reader])
def test_a_database_of_another_program_is_refused_and_no_byte_of_it_is_touched(
    tmp_path: Path, opener: type[Store | Reader], statements: list[str]
) -> None:
    path = made(tmp_path / "variorum.db", *statements)
    before = files(tmp_path)
    with pytest.raises(ForeignDatabase, match=r"variorum\.db: a database of another program .*Name another"):
        opener.open(path)
    assert files(tmp_path) == before


def test_what_another_program_has_left_in_its_log_is_seen_and_stays_there(tmp_path: Path) -> None:
    here, path = tmp_path / "here", tmp_path / "there" / "variorum.db"
    here.mkdir()
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(NETS)
        conn.commit()
        for file in path.parent.iterdir():
            if not file.name.endswith("-shm"):
                (here / file.name).write_bytes(file.read_bytes())
    before = files(here)
    assert set(before) == {"variorum.db", "variorum.db-wal"}
    with pytest.raises(ForeignDatabase, match="it holds nets"):
        Store.open(here / "variorum.db")
    assert files(here) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_it_in_one_line_and_with_the_exit_code_of_misuse(
    tmp_path: Path, command: list[str]
) -> None:
    root = workspace(tmp_path / "w", harbour='url = "http://127.0.0.1:9/"\ndelay = 0\n')
    path = made(root / "variorum.db", NETS)
    before = path.read_bytes()
    result = variorum("-C", root, *command)
    assert result.exit_code == 2
    assert "a database of another program (it holds nets)" in result.stderr
    assert "Traceback" not in result.stderr
    assert path.read_bytes() == before
    assert {file.name for file in root.iterdir()} == {"sites", "variorum.toml", "variorum.db"}


@pytest.mark.parametrize("opener", [Store, Reader])
def test_a_database_of_ours_without_the_mark_is_known_by_its_tables_and_gets_the_mark(
    tmp_path: Path, opener: type[Store | Reader]
) -> None:
    path = unmarked(tmp_path / "variorum.db")
    with contextlib.closing(opener.open(path)) as opened:
        assert opened.site("ormhead")
        assert migrations.pending(opened.db) == []
    assert pragma(path, "application_id") == APPLICATION_ID


def test_a_file_without_anything_in_it_becomes_a_database(tmp_path: Path) -> None:
    path = made(tmp_path / "variorum.db", "CREATE TABLE nets(id)", "DROP TABLE nets")
    (tmp_path / "empty.db").touch()
    for empty in (path, tmp_path / "empty.db"):
        Store.open(empty).close()
        assert pragma(empty, "application_id") == APPLICATION_ID


def test_a_later_generation_of_the_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    Store.open(path).close()
    made(path, f"PRAGMA user_version = {FORMAT + 1}")
    before = files(tmp_path)
    with pytest.raises(NewerSchema, match=r"written by a newer Variorum \(format 2"):
        Store.open(path)
    assert files(tmp_path) == before
