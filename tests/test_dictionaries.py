"""Dictionaries: what the pages of one design share is stored once, and each body comes back to the byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.empty_store import begin_store
from variorum.storage import bodies, dictionaries
from variorum.storage.compression import compress
from variorum.storage.dictionaries import SAMPLES, choose
from variorum.storage.errors import NotFound
from variorum.storage.maintenance.pruning import Pruning
from variorum.storage.maintenance.retention import RetentionLimits
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.store import Store

AT = "2026-03-01T06:00:00Z"


def noise(seed: object, size: int) -> str:
    """Text that can't be compressed by itself, the same each time."""
    return random.Random(str(seed)).randbytes(size // 2).hex()


def page(number: int, design: str = "old", edition: int = 1) -> bytes:
    """A page of Ormhead's paper: 20 kB that all pages of the design have, and one kB of its own."""
    frame = noise(design, 20_000)
    return f"<html>{frame}<p>{noise(number, 1000)} edition {edition}</p>{frame[::-1]}</html>".encode()


class Shop:
    """A store of one site, into which bodies of pages are put as a crawl puts them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        begin_store(path)
        self.store = Store.open(path)
        self.store.enrol("ormhead", "https://ormhead.example/")

    def page(self, number: int) -> int:
        """The page of that number, made where there is none."""
        url = f"https://ormhead.example/{number}/"
        if found := self.store.find_exactly("ormhead", url):
            return found.id
        values = {"site": "ormhead", "url": url, "found_at": AT, "found_by": "links", "state": "live"}
        return self.store.add_page(values, url).id

    def put(self, number: int, body: bytes, at: str = AT) -> str:
        """Store a capture of the page with this body; the digest of that."""
        row, packed = self.page(number), self.store.pack(body, self.page(number))
        fetch = {"page": row, "fetched_at": at, "url": f"https://ormhead.example/{number}/", "status": 200}
        fetch |= {"outcome": "ok", "reason": "", "digest": packed.digest, "length": len(body)}
        self.store.add_capture(fetch, packed)
        return packed.digest

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What is stored, as SQL asks for it."""
        return self.store.db.conn.execute(sql).fetchall()

    def size(self, digest: str) -> int:
        """The bytes that a body takes in the store."""
        sql = "SELECT length(data) FROM bodies WHERE digest = ?"
        return int(self.store.db.conn.execute(sql, [digest]).fetchone()[0])


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "variorum.db")
    with closing(made.store):
        yield made


def test_the_first_body_of_a_page_costs_what_it_does_not_share_with_other_pages(shop: Shop) -> None:
    digests = [shop.put(number, page(number)) for number in range(12)]
    sizes = [shop.size(digest) for digest in digests]
    assert min(sizes[:SAMPLES]) > 10_000
    assert max(sizes[SAMPLES:]) < 1_000
    assert [shop.store.body(digest) for digest in digests] == [page(number) for number in range(12)]


def test_a_new_body_of_a_page_costs_what_differs_from_the_one_before(shop: Shop) -> None:
    for number in range(SAMPLES + 1):
        shop.put(number, page(number))
    edited = shop.put(SAMPLES, page(SAMPLES, edition=2))
    assert shop.size(edited) < 100
    assert shop.store.body(edited) == page(SAMPLES, edition=2)


def test_a_new_design_gets_a_dictionary_of_its_own(shop: Shop) -> None:
    for number in range(8):
        shop.put(number, page(number))
    digests = [shop.put(number, page(number, "new")) for number in range(20, 28)]
    assert shop.rows("SELECT count(*) FROM dictionaries") == [(2,)]
    assert shop.size(digests[-1]) < 1_000
    redesigned = shop.put(3, page(3, "new"))
    assert shop.size(redesigned) < 1_000, "not packed against its last body, which has the old design"
    assert shop.store.body(redesigned) == page(3, "new")


def test_pages_that_have_nothing_in_common_share_no_dictionary(shop: Shop) -> None:
    for number in range(20):
        shop.put(number, noise(number, 3000).encode())
    assert shop.rows("SELECT count(*) FROM dictionaries") == [(0,)]
    assert choose([]) is None
    assert choose([b"", b"sorry"]) is None


def test_a_store_from_before_dictionaries_makes_one_of_the_bodies_that_it_has(tmp_path: Path) -> None:
    old = Shop(tmp_path / "variorum.db")
    with closing(old.store):
        for number in range(SAMPLES - 1):
            old.put(number, page(number))
            capture, row = old.rows("SELECT id, page FROM captures ORDER BY id DESC LIMIT 1")[0]
            told = {"captured_at": AT, "title": "", "text": "", "words": 0, "extractor": "", "digest": ""}
            old.store.add_version({"page": row, "number": 1, "capture": capture, **told})
            old.store.update_page(int(str(row)), {"version": 1})
    new = Shop(tmp_path / "variorum.db")
    with closing(new.store):
        new.put(8, page(8))
        assert new.rows("SELECT count(*) FROM dictionaries") == [(1,)]
        assert new.size(new.put(9, page(9))) < 1_000


def test_any_body_is_read_in_a_bounded_number_of_steps(shop: Shop) -> None:
    for number in range(SAMPLES):
        shop.put(number, page(number))
    editions = [shop.put(9, page(9, edition=n)) for n in range(40)]
    assert shop.rows("SELECT max(depth) FROM bodies") == [(bodies.MAX_DEPTH,)]
    for number, digest in enumerate(editions):
        statements: list[str] = []
        shop.store.db.conn.set_trace_callback(statements.append)
        assert shop.store.body(digest) == page(9, edition=number)
        shop.store.db.conn.set_trace_callback(None)
        assert len(statements) <= bodies.MAX_DEPTH + 2


def test_a_missing_dictionary_is_named_with_what_to_do_and_verify_names_the_pages(shop: Shop) -> None:
    digest = [shop.put(number, page(number)) for number in range(SAMPLES + 1)][-1]
    shop.store.db.conn.execute("PRAGMA foreign_keys = OFF")
    shop.store.db.conn.execute("DELETE FROM dictionaries")
    shop.store.db.conn.commit()
    with pytest.raises(NotFound, match=r"dictionary 1, .* is not stored: go back to a backup that has it"):
        shop.store.body(digest)
    with closing(Reader.open(shop.path)) as reader:
        said = [(one.table, one.url, one.detail) for one in verify(reader).faults]
    url = f"https://ormhead.example/{SAMPLES}/"
    assert said[0] == ("bodies", url, "dictionary 1, which it is packed with, is gone")


def test_a_dictionary_that_was_altered_is_told_by_verify(shop: Shop) -> None:
    for number in range(SAMPLES + 1):
        shop.put(number, page(number))
    shop.store.db.conn.execute("UPDATE dictionaries SET data = ?", [compress(b"other bytes")])
    shop.store.db.conn.commit()
    with closing(Reader.open(shop.path)) as reader:
        said = {(one.table, one.id) for one in verify(reader).faults}
    assert ("dictionaries", 1) in said


def test_what_a_prune_leaves_is_the_same_to_the_byte_and_dictionaries_go_with_their_last_body(
    shop: Shop,
) -> None:
    for number in range(8):
        shop.put(number, page(number), "2020-01-01T00:00:00Z")
    for number in range(20, 28):
        shop.put(number, page(number, "new"), "2020-01-01T00:00:00Z")
    first = [shop.put(7, page(7, edition=n), "2020-02-01T00:00:00Z") for n in (2, 3)]
    with shop.store.writing():
        shop.store.db.conn.execute("UPDATE capture_rows SET body = NULL WHERE body NOT IN (?, ?)", first)
    Pruning(shop.store.db).prune(RetentionLimits(captures="2020-01-15T00:00:00Z"), AT)
    assert shop.rows("SELECT count(*) FROM bodies") == [(2,)]
    assert [shop.store.body(digest) for digest in first] == [page(7, edition=n) for n in (2, 3)]
    assert shop.rows("SELECT id FROM dictionaries") == [(1,), (2,)]
    with shop.store.writing():
        shop.store.db.conn.execute("UPDATE capture_rows SET body = NULL")
    Pruning(shop.store.db).prune(RetentionLimits(captures="2020-01-15T00:00:00Z"), AT)
    assert shop.rows("SELECT id FROM dictionaries") == [(2,)], "the latest stays for the next run"


def test_what_was_packed_with_a_dictionary_that_has_gone_meanwhile_is_not_stored(shop: Shop) -> None:
    for number in range(SAMPLES):
        shop.put(number, page(number))
    packed = shop.store.pack(page(9), shop.page(9))
    assert packed.dictionary == 1
    shop.store.db.conn.execute("DELETE FROM dictionaries")
    with pytest.raises(NotFound), shop.store.writing():
        bodies.insert(shop.store.db.conn, packed)
    assert dictionaries.latest(shop.store.db.conn, "ormhead") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.binary(max_size=3000)), max_size=20))
def test_any_bytes_of_any_pages_in_any_order_come_back(shop: Shop, put: list[tuple[int, bytes]]) -> None:
    digests = [shop.put(number, body) for number, body in put]
    assert [shop.store.body(digest) for digest in digests] == [body for _, body in put]
