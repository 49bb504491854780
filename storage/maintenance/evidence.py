"""Reads the evidence of a change: the versions before and after it, the captures between, and the seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import CaptureRow, ChangeRow, VersionRow, read
from variorum.storage.seals import START, SealRow, last_of_version, numbered


@dataclass(frozen=True, slots=True)
class Side:
    """A version before or after a change."""

    version: VersionRow
    capture: CaptureRow
    seal: SealRow
    """The latest seal of the version."""


def sides(reader: Reader, change: ChangeRow) -> list[Side]:
    """The versions before and after a change, each once; none for a change of a whole site."""
    numbers = sorted({number for number in (change.old_version, change.version) if number is not None})
    return [_side(reader, change.page, number) for number in numbers if change.page is not None]


def _side(reader: Reader, page: int, number: int) -> Side:
    conn = reader.db.conn
    version = reader.version(page, number)
    [capture] = read(CaptureRow, conn.execute("SELECT * FROM captures WHERE id = ?", [version.capture]))
    seal = last_of_version(conn, version.id)
    assert seal is not None
    return Side(version, capture, seal)


def looks(reader: Reader, change: ChangeRow) -> list[CaptureRow]:
    """The captures of the page from the last one before the change until the change was confirmed."""
    if change.page is None:
        return []
    times = [moment for moment in (change.seen_old, change.seen_new, change.found_at) if moment]
    between = "SELECT * FROM captures WHERE page = ? AND fetched_at BETWEEN ? AND ? ORDER BY fetched_at, id"
    # What an import brought to light was found long after.
    end = change.seen_new if change.backfilled else max(times)
    return read(CaptureRow, reader.db.conn.execute(between, [change.page, min(times), end]))


def is_kept(reader: Reader, digest: str) -> bool:
    """Whether a body with that digest is stored."""
    return reader.db.conn.execute("SELECT 1 FROM bodies WHERE digest = ?", [digest]).fetchone() is not None


def page_seals(reader: Reader, page: int) -> list[SealRow]:
    """All seals of a page, in order."""
    return read(SealRow, reader.db.conn.execute("SELECT * FROM seals WHERE page = ? ORDER BY id", [page]))


def links(reader: Reader, first: int) -> Iterator[tuple[int, str]]:
    """Number and page link of every seal of the store, from this one on."""
    yield from reader.db.conn.execute("SELECT id, page_chain FROM seals WHERE id >= ? ORDER BY id", [first])


def link_before(reader: Reader, seal: int) -> str:
    """The link of the store's chain before a seal."""
    before = numbered(reader.db.conn, seal - 1)
    return before.store_chain if before else START
