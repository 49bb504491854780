"""Dictionaries: what the pages of one design have in common, stored once, to compress their bodies against.

A dictionary is the body of the page against which others of the site compress best. So the first body of a
page costs what it does not share with that page. (zstd's own trainer picks short pieces; of
real pages, whose menus, scripts and style sheets are long, it leaves more: see decision 27.)

A site has more than one where its pages have several designs. Each is kept as long as a body needs it.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from variorum.storage.compression import LEAST_PREFIX, Prefix, compress, decompress
from variorum.storage.errors import NotFound

SAMPLES = 4
"""A dictionary is made when so many bodies compress badly against those that there are."""
PAYS = 0.8
"""It pays where it brings bodies to this share of what they take alone."""
GOOD = 1 / 8
"""A body that compresses to this share of itself is not compressed in any other way."""
MOST = 3
"""The latest dictionaries of a site are tried, no more."""
LARGEST = 1 << 20
"""Bytes of a dictionary, at most."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A stored dictionary, ready to compress with."""

    id: int
    prefix: Prefix


def choose(samples: Sequence[bytes]) -> Prefix | None:
    """The sample against which the others compress best; None where none of them pays. Pure."""
    prefixes = [Prefix(sample) for sample in samples if LEAST_PREFIX <= len(sample) <= LARGEST]
    costs = [
        sum(len(prefix.compress(one)) for one in samples if one != prefix.content) for prefix in prefixes
    ]
    if not costs:
        return None
    best = prefixes[costs.index(min(costs))]
    alone = sum(len(compress(one)) for one in samples if one != best.content)
    return best if min(costs) < PAYS * alone else None


def _size(packed: tuple[bytes, int | None]) -> int:
    return len(packed[0])


class Shelf:
    """The dictionaries of one site, as a run uses them, and the bodies that none of them suits."""

    def __init__(self, found: Sequence[Dictionary], misfits: Sequence[bytes] = ()) -> None:
        self.dictionaries = list(found)
        self._misfits = deque(misfits, maxlen=SAMPLES)
        self._count = len(self._misfits)
        self._enough = SAMPLES

    def good(self, data: bytes) -> tuple[bytes, int] | None:
        """The data, compressed with a dictionary that suits it well, and its id; None if none does."""
        found = min(self._tried(data), key=_size, default=None)
        return found if found and len(found[0]) <= GOOD * len(data) else None

    def best(self, data: bytes) -> tuple[bytes, int | None]:
        """The data, compressed with the dictionary that suits it, and its id; or alone, and None."""
        packed, number = min(self._tried(data), key=_size, default=(b"", None))
        if number is not None and len(packed) <= GOOD * len(data):
            return packed, number
        alone = compress(data)
        if number is not None and len(packed) < PAYS * len(alone):
            return packed, number
        if len(data) <= LARGEST:
            self._misfits.append(data)
            self._count += 1
        return alone, None

    def _tried(self, data: bytes) -> list[tuple[bytes, int]]:
        return [(one.prefix.compress(data), one.id) for one in self.dictionaries]

    def new(self) -> Prefix | None:
        """A dictionary for the bodies that none suits, once there are enough of them and it pays."""
        if self._count < self._enough:
            return None
        found = choose(list(self._misfits))
        self._misfits.clear()
        self._count = 0
        if found is None:
            self._enough *= 2  # pages that have nothing in common are compared less and less often
        return found

    def add(self, number: int, prefix: Prefix) -> None:
        """A new dictionary was stored under this id."""
        self.dictionaries = [Dictionary(number, prefix), *self.dictionaries][:MOST]


def latest(conn: sqlite3.Connection, site: str) -> list[Dictionary]:
    """The dictionaries of a site that are tried, the latest first."""
    rows = conn.execute("SELECT id FROM dictionaries WHERE site = ? ORDER BY id DESC LIMIT ?", [site, MOST])
    return [Dictionary(number, Prefix(content(conn, number))) for (number,) in rows.fetchall()]


def content(conn: sqlite3.Connection, number: int) -> bytes:
    """The bytes of a dictionary. Raises NotFound."""
    row = conn.execute("SELECT data FROM dictionaries WHERE id = ?", [number]).fetchone()
    if row is None:
        raise _missing(number)
    return decompress(row[0])


def require(conn: sqlite3.Connection, number: int) -> None:
    """Raises NotFound if a dictionary is not stored."""
    if conn.execute("SELECT 1 FROM dictionaries WHERE id = ?", [number]).fetchone() is None:
        raise _missing(number)


def _missing(number: int) -> NotFound:
    return NotFound(
        f"dictionary {number}, which raw pages are compressed with, is not stored: "
        "go back to a backup that has it; `variorum verify` names the pages"
    )


def remove_unused(conn: sqlite3.Connection) -> None:
    """Delete the dictionaries that no body needs, but the latest ones of each site."""
    conn.execute(
        "DELETE FROM dictionaries"
        " WHERE id NOT IN (SELECT dictionary FROM bodies WHERE dictionary IS NOT NULL)"
        " AND id NOT IN (SELECT max(id) FROM dictionaries GROUP BY site)"
    )
