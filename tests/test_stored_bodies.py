"""Raw bodies: each readable again to the byte, stored once, small, and never many steps away."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.empty_store import begin_store
from tests.local_site import article
from variorum.storage import bodies
from variorum.storage.errors import NotFound
from variorum.storage.store import Store

WORDS = ["مدرسه", "روز", "کتاب", "school", "letter", "bridge", "shkollë", "urë", "river", "نمی‌خواهم"]


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    begin_store(tmp_path / "variorum.db")
    with contextlib.closing(Store.open(tmp_path / "variorum.db")) as store:
        yield store.db.conn


def page(number: int) -> bytes:
    """A page of some 40 kB that is not repetitive in itself, in its `number`-th version."""
    words = random.Random(7).choices(WORDS, k=5000)
    return article("نامه‌ای از دور", " ".join(words), f"Read {number} times so far.", lang="fa").encode()


def packed_size(conn: sqlite3.Connection, digest: str) -> int:
    return int(conn.execute("SELECT length(data) FROM bodies WHERE digest = ?", [digest]).fetchone()[0])


def depth(conn: sqlite3.Connection, digest: str) -> int:
    return int(conn.execute("SELECT depth FROM bodies WHERE digest = ?", [digest]).fetchone()[0])


def test_a_body_comes_back_to_the_byte_under_its_digest(conn: sqlite3.Connection) -> None:
    digest = bodies.put(conn, page(1))
    assert digest == bodies.digest_of(page(1))
    assert bodies.get(conn, digest) == page(1)


def test_the_same_bytes_are_stored_once_whatever_they_are_packed_against(conn: sqlite3.Connection) -> None:
    other = bodies.put(conn, page(2))
    assert bodies.put(conn, page(1)) == bodies.put(conn, page(1), base=other)
    assert conn.execute("SELECT count(*) FROM bodies").fetchone() == (2,)
    assert depth(conn, bodies.digest_of(page(1))) == 0


def test_a_body_packed_against_itself_is_stored_once_and_readable(conn: sqlite3.Connection) -> None:
    digest = bodies.put(conn, page(1))
    assert bodies.put(conn, page(1), base=digest) == digest
    assert bodies.get(conn, digest) == page(1)


def test_each_of_many_versions_is_readable_in_few_steps_and_takes_tens_of_bytes(
    conn: sqlite3.Connection,
) -> None:
    digests: list[str] = []
    for number in range(25):
        digests.append(bodies.put(conn, page(number), base=digests[-1] if digests else None))
    assert [bodies.get(conn, digest) for digest in digests] == [page(number) for number in range(25)]
    depths = [depth(conn, digest) for digest in digests]
    assert max(depths) == bodies.MAX_DEPTH
    whole = [packed_size(conn, digest) for digest in digests if depth(conn, digest) == 0]
    deltas = [packed_size(conn, digest) for digest in digests if depth(conn, digest) > 0]
    assert len(whole) == 3
    assert min(whole) > 5_000
    assert max(deltas) < 100


@pytest.mark.parametrize("little", [b"", b"sorry", b"closed\n"])
def test_an_empty_or_tiny_body_is_a_body_and_what_comes_after_it_is_stored_whole(
    conn: sqlite3.Connection, little: bytes
) -> None:
    digest = bodies.put(conn, little)
    assert bodies.get(conn, digest) == little
    assert bodies.get(conn, bodies.put(conn, page(1), base=digest)) == page(1)
    assert depth(conn, bodies.digest_of(page(1))) == 0


def test_a_long_body_is_packed_against_the_whole_of_a_long_one(conn: sqlite3.Connection) -> None:
    noise = random.Random(1).randbytes(1_500_000)
    digest = bodies.put(conn, b"<p>before</p>" + noise, base=bodies.put(conn, noise + b"<p>after</p>"))
    assert bodies.get(conn, digest) == b"<p>before</p>" + noise
    assert packed_size(conn, digest) < 1_000


def test_bytes_that_were_never_stored_are_not_found(conn: sqlite3.Connection) -> None:
    with pytest.raises(NotFound, match="no body 0123456789ab is stored"):
        bodies.get(conn, "0123456789abcdef" * 4)
    with pytest.raises(NotFound, match="no body 0123456789ab is stored"):
        bodies.put(conn, b"text", base="0123456789abcdef" * 4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(versions=st.lists(st.binary(max_size=2_000), min_size=1, max_size=14))
def test_any_bytes_in_any_order_come_back(conn: sqlite3.Connection, versions: list[bytes]) -> None:
    base: str | None = None
    for data in versions:
        base = bodies.put(conn, data, base=base)
    assert [bodies.get(conn, bodies.digest_of(data)) for data in versions] == versions


def test_what_was_packed_before_a_body_below_it_was_taken_away_counts_those_that_are_left(
    conn: sqlite3.Connection,
) -> None:
    lowest = bodies.put(conn, page(1))
    middle = bodies.put(conn, page(2), base=lowest)
    packed = bodies.pack(conn, page(3), base=middle)
    bodies.remove(conn, lowest)  # a prune, while the crawl waits for its turn to write
    digest = bodies.insert(conn, packed)
    depths = conn.execute("SELECT digest, depth FROM bodies ORDER BY depth").fetchall()
    assert depths == [(middle, 0), (digest, 1)]
    assert bodies.get(conn, digest) == page(3)
