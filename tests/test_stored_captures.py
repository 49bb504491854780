"""Captures are stored small, and read as they were given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.local_site import article
from tests.older_store import with_captures_in_words
from tests.tracked import HOME, SITE, story_at
from variorum.storage import captures
from variorum.storage.bodies import digest_of
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.store import Store

AT = "2026-03-01T10:00:00Z"
USUAL = {
    "fetched_at": AT, "url": f"{HOME}/mill/", "status": 200, "outcome": "ok", "reason": "the same text",
    "content_type": "text/html", "encoding": "utf-8", "encoding_by": "header", "origin": "crawl",
    "digest": digest_of(b"mill"), "length": 4,
}  # fmt: skip
ODD = [
    {},
    {"reason": "HTTP 200, 4 bytes"},
    {"reason": "HTTP 200, 5 bytes"},
    {"status": 0, "outcome": "failed", "reason": "no answer", "digest": None, "length": None},
    {"reason": "", "content_type": None, "encoding": None, "encoding_by": None},
    {"digest": "", "content_type": "", "length": 0},
    {"digest": digest_of(b"mill").upper()},
    {"digest": "no digest"},
    {"fetched_at": "0001-01-01T00:00:00Z"},
    {"fetched_at": "9999-12-31T23:59:59Z"},
    {"fetched_at": "2026-03-01"},
    {"fetched_at": "2026-02-30T10:00:00Z"},
    {"url": f"{HOME}/elsewhere/", "origin": "warc:a.warc.gz"},
]


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(path)) as opened:
        opened.enrol(SITE.name, SITE.url)
        yield opened


def add_page(store: Store, path: str) -> int:
    url = f"{HOME}{path}"
    return store.add_page({"site": SITE.name, "url": url, "found_at": AT, "found_by": "links"}, url).id


def shown(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """The view, row by row."""
    rows = conn.execute("SELECT * FROM captures ORDER BY id")
    return [dict(zip([column[0] for column in rows.description], row, strict=True)) for row in rows]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_capture_is_read_as_it_was_given(store: Store, odd: dict[str, Any]) -> None:
    page, run = add_page(store, "/mill/"), store.begin_run(SITE.name, AT)
    given = {**USUAL, **odd, "page": page, "run": run}
    assert [store.add_capture(given) for _ in range(2)] == [1, 2]
    assert shown(store.db.conn) == [{**given, "id": number, "body": None} for number in (1, 2)]
    assert store.db.conn.execute("SELECT count(*) FROM capture_kinds").fetchone() == (1,)


def test_a_look_that_found_nothing_new_takes_few_bytes(store: Store) -> None:
    page, run = add_page(store, "/mill/"), store.begin_run(SITE.name, AT)
    store.add_capture({**USUAL, "page": page, "run": run})
    [row] = store.db.conn.execute("SELECT * FROM capture_rows").fetchall()
    # SQLite takes one byte more for each column, and at most six for a number.
    sizes = [len(value) if isinstance(value, (bytes, str)) else 6 * (value is not None) for value in row]
    assert sum(sizes) + len(row) < 80
    assert [type(value) for value in row if isinstance(value, (bytes, str))] == [bytes], "only the digest"


def test_a_capture_keeps_its_address_when_its_page_moves_or_becomes_another(store: Store) -> None:
    page, other = add_page(store, "/mill/"), add_page(store, "/old-mill/")
    store.add_capture({**USUAL, "page": page})
    store.update_page(page, {"url": f"{HOME}/museum/"})
    store.add_capture({**USUAL, "page": page, "url": f"{HOME}/museum/"})
    store.update_page(page, {"url": f"{HOME}/mill-museum/"})
    store.add_capture({**USUAL, "page": page, "url": f"{HOME}/mill-museum/"})
    store.absorb(page, into=other)
    rows = shown(store.db.conn)
    assert [row["url"] for row in rows] == [f"{HOME}/{name}/" for name in ("mill", "museum", "mill-museum")]
    assert {row["page"] for row in rows} == {other}


def test_what_no_capture_has_any_longer_is_removed(store: Store) -> None:
    page = add_page(store, "/mill/")
    for number in range(3):
        store.add_capture({**USUAL, "page": page, "reason": f"cut off after {number} bytes"})
    with store.writing():
        store.db.conn.execute("DELETE FROM capture_rows WHERE id < 3")
        captures.remove_unused_kinds(store.db.conn)
    rows = store.db.conn.execute("SELECT reason FROM capture_kinds").fetchall()
    assert rows == [("cut off after 2 bytes",)]


# ---- stores from before


@pytest.fixture
def earlier(path: Path) -> list[dict[str, Any]]:
    """A store from before, with looks and versions; its captures."""
    with story_at(path) as story:
        for text in ("The mill stands by the river.", "The mill burned down.", "The mill burned down."):
            with story.run() as run:
                run.sees("/mill/", article("The mill", text))
                run.sees("/lamp/", article("The lamp", "It is lit at dusk and put out at dawn."))
                run.misses("/gone/")
        story.store.update_page(story.page("/mill/").id, {"url": f"{HOME}/museum/"})
        page = story.page("/lamp/").id
        for odd in ODD:
            story.store.add_capture({**USUAL, **odd, "page": page, "run": None})
    with closing(sqlite3.connect(path)) as conn, conn:
        with_captures_in_words(conn)
        return shown(conn)


def is_whole(path: Path, before: list[dict[str, Any]]) -> None:
    with closing(Store.open(path)) as store:
        assert shown(store.db.conn) == before
        rows = store.db.conn.execute("SELECT captured_url, origin FROM page_versions ORDER BY id")
        assert rows.fetchall() == [
            (f"{HOME}/mill/", "crawl"),
            (f"{HOME}/lamp/", "crawl"),
            (f"{HOME}/mill/", "crawl"),
        ]
        assert store.db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
    with closing(Reader.open(path)) as reader:
        assert verify(reader).faults == []


def test_a_store_from_before_is_opened_with_every_capture_as_it_was(
    path: Path, earlier: list[dict[str, Any]]
) -> None:
    is_whole(path, earlier)


def test_a_change_of_the_tables_that_breaks_off_is_done_at_the_next_opening(
    path: Path, earlier: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(digest: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(captures, "packed_digest", fails)
        with pytest.raises(MemoryError):
            Store.open(path)
    with closing(sqlite3.connect(path)) as conn:
        assert shown(conn) == earlier
    is_whole(path, earlier)


def test_views_that_people_have_added_stay_when_captures_become_small(store: Store, path: Path) -> None:
    store.add_capture({"page": add_page(store, "/mill/"), **USUAL})
    store.close()
    with closing(sqlite3.connect(path)) as conn:
        with_captures_in_words(conn)
        conn.execute('CREATE VIEW "what ""answered""" AS SELECT url, status FROM captures')
        conn.execute("CREATE VIEW mine AS SELECT id FROM page_versions")
        conn.commit()
    with closing(Store.open(path)) as again:
        assert again.db.execute('SELECT * FROM "what ""answered"""').fetchall() == [(USUAL["url"], 200)]
        assert again.db.execute("SELECT * FROM mine").fetchall() == []
