"""Verifies all stored data: everything is computed again and compared with its digest.

Whoever can write to the database can rewrite all of it consistently. Only a head of the chain that was noted
elsewhere shows that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from variorum.storage import seals
from variorum.storage.errors import Malformed
from variorum.storage.maintenance.checks import CHECKS, MEND, Fault, StoreCheck
from variorum.storage.reader import Reader
from variorum.storage.seals import START

One = TypeVar("One")
MOST_TOLD = 100
"""The number of faults reported one by one; further ones are only counted."""


@dataclass(slots=True)
class Verification:
    """The result of a verification: what was checked, and the faults."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    """The faults in the order in which they were found; the first `MOST_TOLD` of them."""
    wrong: int = 0
    head: str | None = None
    """The last link of the store's chain, to be noted elsewhere."""

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it among the first."""
        self.wrong += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(fault)


class Progress(Protocol):
    """A function that returns the items and may show progress meanwhile."""

    def __call__(self, items: Iterable[One], what: str, total: int | None) -> Iterable[One]:
        """Return the items, and report progress as they are consumed."""


def unseen(items: Iterable[One], what: str, total: int | None) -> Iterable[One]:
    """Return the items unchanged, without showing progress."""
    return items


def verify(reader: Reader, against: str | None = None, shown: Progress = unseen) -> Verification:
    """Run all checks on the database as it is at one moment; `against` is a head that was noted earlier.

    Raises Malformed if `against` can't be a head.
    """
    noted = _head(against) if against else None
    found, conn = Verification(), reader.db.conn
    with reader.held(), _any_text(conn):
        for check in CHECKS:
            for fault in _looked(conn, check, shown):
                found.add(fault)
        with suppress(sqlite3.DatabaseError):  # of a broken file, that is among the faults
            if noted and (other := _against(conn, *noted)):
                found.add(other)
            last = seals.head(conn)
            found.head = last.head if last else None
            found.counts = {name: _count(conn, f"SELECT {sql}") for name, sql in _COUNTS.items()}
    return found


def _looked(conn: sqlite3.Connection, check: StoreCheck, shown: Progress) -> Iterator[Fault]:
    try:
        total = _count(conn, f"SELECT count(*) FROM {check.table}") if check.table else None  # noqa: S608
        yield from filter(None, shown(check.look(conn), check.name, total))
    except sqlite3.DatabaseError as error:
        yield Fault(check.table or "database", "?", None, f"it can't be read: {error}", MEND)


@contextmanager
def _any_text(conn: sqlite3.Connection) -> Iterator[None]:
    """While inside, text that is not valid UTF-8 is read too, with the invalid bytes marked."""
    usual = conn.text_factory
    conn.text_factory = lambda data: data.decode(errors="replace")
    try:
        yield
    finally:
        conn.text_factory = usual


# ---- a head that was noted


def _head(noted: str) -> tuple[int, str]:
    number, _, link = noted.strip().replace(" ", ":").partition(":")
    if not (number.isascii() and number.isdecimal() and len(link) == len(START)):
        raise Malformed(f"{noted!r} is no head: give one as `variorum verify` printed it, like 1234:9f86d0…")
    return int(number), link.lower()


def _against(conn: sqlite3.Connection, number: int, link: str) -> Fault | None:
    seal = seals.numbered(conn, number)
    if seal is None:
        return Fault("seals", number, None, "the noted head is missing: seals were removed")
    if seal.store_chain != link:
        return Fault("seals", number, seal.url, "the noted head differs: the chain was rewritten")
    return None


# ---- all of it


_LAST_BODY = (
    "(SELECT count(*) FROM versions WHERE {} = (SELECT body FROM seals WHERE version = versions.id"
    " ORDER BY id DESC LIMIT 1))"
)
_COUNTS = {
    **{table: f"(SELECT count(*) FROM {table})" for table in ("versions", "captures", "bodies", "seals")},  # noqa: S608
    "versions_without_body": _LAST_BODY.format("'none'"),
    "versions_pruned": _LAST_BODY.format("'pruned'"),
    "captures_pruned": "(SELECT coalesce(sum(captures), 0) FROM prunings)",
    "bodies_pruned": "(SELECT coalesce(sum(bodies), 0) FROM prunings)",
}


def _count(conn: sqlite3.Connection, sql: str) -> int:
    return int(conn.execute(sql).fetchone()[0])
