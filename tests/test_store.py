"""The database under several hands: nothing is lost, nothing is half written, readers never wait."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from variorum.storage.reader import Reader
from variorum.storage.store import Store

AT = "2026-03-01T10:00:00Z"
SITE = "riverside"
WRITERS, WRITES = 4, 40
TABLES = ("pages", "addresses", "capture_rows", "bodies", "changes")
CAPTURE = {"fetched_at": AT, "url": "u", "status": 200, "outcome": "ok", "reason": ""}

WRITER = """
import sys
from pathlib import Path
from variorum.storage.store import Store
path, name, count = sys.argv[1:]
at = "2026-03-01T10:00:00Z"
store = Store.open(Path(path))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    with store.writing():
        run = max([run for (run,) in store.db.conn.execute("SELECT max(id) FROM runs")])
        key = f"example.org/{name}/{number}"
        known = {"site": "riverside", "url": f"https://{key}", "found_at": at, "found_by": "links"}
        page = store.add_page({**known, "found_run": run}, key)
        capture = {"page": page.id, "run": run, "fetched_at": at, "url": page.url, "status": 200}
        body = f"{name} {number}".encode()
        store.add_capture({**capture, "outcome": "ok", "reason": ""}, store.pack(body, page.id))
store.close()
"""


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with contextlib.closing(Store.open(path)) as opened:
        opened.enrol(SITE, "https://example.org/")
        opened.begin_run(SITE, AT)
        yield opened


def add_page(store: Store, path: str) -> int:
    url = f"https://example.org/{path}"
    return store.add_page(
        {"site": SITE, "url": url, "found_at": AT, "found_by": "links", "found_run": 1}, f"example.org/{path}"
    ).id


def add_change(store: Store, page: int | None, **values: object) -> int:
    change = {"site": SITE, "page": page, "kind": "new", "url": "https://example.org/", "seen_new": AT}
    return store.add_change({**change, "found_at": AT, **values})


def test_several_processes_write_at_once_and_lose_nothing(store: Store, path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    pipe = subprocess.PIPE
    writers = [
        subprocess.Popen([*command, name, str(WRITES)], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for name in "abcd"[:WRITERS]
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    assert [writer.communicate()[1] for writer in writers] == [""] * WRITERS
    texts = {store.body(digest).decode() for (digest,) in store.db.conn.execute("SELECT digest FROM bodies")}
    assert texts == {f"{name} {number}" for name in "abcd"[:WRITERS] for number in range(WRITES)}
    assert len(store.pages(SITE)) == WRITERS * WRITES
    assert store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_connection_checks_references_and_syncs_each_commit(store: Store, path: Path) -> None:
    def pragma(name: str) -> object:
        return store.db.conn.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("foreign_keys"), pragma("journal_mode"), pragma("synchronous")) == (1, "wal", 2)
    with contextlib.closing(Store.open(path)) as second:  # an existing file, opened again
        store = second
        assert (pragma("foreign_keys"), pragma("journal_mode"), pragma("synchronous")) == (1, "wal", 2)


def test_a_capture_of_a_page_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
        store.add_capture({**CAPTURE, "page": 99})


def test_a_reader_lists_changes_while_a_writer_is_in_the_middle_of_writing(store: Store, path: Path) -> None:
    first = add_change(store, add_page(store, "a"))
    with contextlib.closing(Reader.open(path)) as reader:
        with store.writing():
            second = add_change(store, add_page(store, "b"))
            assert [change.id for change in reader.changes()] == [first]
        assert [change.id for change in reader.changes()] == [second, first]


def test_a_reader_can_be_opened_while_a_writer_holds_the_lock(store: Store, path: Path) -> None:
    with store.writing():
        add_page(store, "a")
        with contextlib.closing(Reader.open(path)) as reader:
            assert reader.changes() == []


def test_a_reader_writes_nothing(store: Store, path: Path) -> None:
    with (
        contextlib.closing(Reader.open(path)) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly database"),
    ):
        reader.db.conn.execute("DELETE FROM sites")


def test_what_was_written_in_a_transaction_that_fails_is_gone_as_a_whole(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        page = add_page(store, "a")
        with store.writing():
            store.add_capture({**CAPTURE, "page": page}, store.pack(b"text", page))
            add_change(store, page)
        raise ZeroDivisionError
    counts = [store.db.utils.table(table).count for table in TABLES]
    assert counts == [0, 0, 0, 0, 0]


def test_a_failing_part_of_a_part_takes_neither_the_part_nor_its_sisters_back(store: Store) -> None:
    with store.writing():
        add_page(store, "a")
        with store.writing():
            add_page(store, "b")
            with pytest.raises(ZeroDivisionError), store.writing():
                add_page(store, "lost")
                raise ZeroDivisionError
            add_page(store, "c")
    assert [page.url[-2:] for page in store.pages(SITE)] == ["/a", "/b", "/c"]


def test_a_failing_part_of_a_transaction_takes_only_itself_back(store: Store) -> None:
    with store.writing():
        add_page(store, "a")
        with contextlib.suppress(ZeroDivisionError), store.writing():
            add_page(store, "b")
            raise ZeroDivisionError
    assert [page.url for page in store.pages(SITE)] == ["https://example.org/a"]


def test_an_issue_raised_again_is_the_same_one_until_it_is_closed(store: Store, path: Path) -> None:
    with contextlib.closing(Reader.open(path)) as reader:
        for at in ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"):
            store.raise_issue(SITE, "unreachable", "no answer came", at)
        (issue,) = reader.issues(SITE)
        assert (issue.since, issue.last_at, issue.times) == (
            "2026-03-01T10:00:00Z",
            "2026-03-02T10:00:00Z",
            2,
        )
        store.close_issue(SITE, "unreachable", "2026-03-03T10:00:00Z")
        assert reader.issues() == []
        store.raise_issue(SITE, "unreachable", "again", "2026-03-04T10:00:00Z")
        (issue,) = reader.issues()
        assert (issue.since, issue.times) == ("2026-03-04T10:00:00Z", 1)


def test_a_page_that_was_another_spelling_leaves_all_it_had_to_the_one_it_is(store: Store) -> None:
    stays, goes = add_page(store, "a"), add_page(store, "a?x=1")
    store.list_page(goes, "links", 1)
    store.absorb(goes, into=stays)
    found = store.find(SITE, "example.org/a?x=1")
    assert found
    assert found.id == stays
    assert [page.id for page in store.pages(SITE)] == [stays]
    assert store.db.conn.execute("SELECT page, source FROM listings").fetchall() == [(stays, "links")]


def test_the_tables_can_be_read_and_joined_by_any_tool(store: Store, path: Path) -> None:
    page = add_page(store, "نامه")
    add_change(store, page, kind="edited", title="نامه‌ای از دور")
    opened = Database(path)
    assert {"sites", "pages", "captures", "versions", "changes", "runs", "issues"} <= {
        *opened.table_names(),
        *opened.view_names(),
    }
    for table in ("capture_rows", "versions", "changes", "listings", "addresses"):
        references = {key.column: key.other_table for key in opened.table(table).foreign_keys}
        assert references["page"] == "pages", table
    rows = opened.query(
        "SELECT pages.url, changes.kind, changes.title FROM changes JOIN pages ON pages.id = changes.page"
    )
    assert list(rows) == [{"url": "https://example.org/نامه", "kind": "edited", "title": "نامه‌ای از دور"}]
    opened.close()
