"""Stores each raw body once, under its SHA-256, compressed with zstd against what it shares most with.

Two captures of one page are much alike, so the earlier one serves as the prefix to compress the later: some
hundred bytes instead of tens of kilobytes. The first body of a page is compressed with a dictionary, which
holds what the pages of one design share. Each body counts how many bodies must be unpacked before it. Past
`MAX_DEPTH` none is packed against another, so that every body is readable in a bounded number of steps.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, field

from variorum.storage import dictionaries
from variorum.storage.compression import BROKEN, LEAST_PREFIX, compress, compress_against, decompress
from variorum.storage.errors import NotFound

__all__ = ["BROKEN", "MAX_DEPTH", "Packed", "digest_of", "get", "insert", "pack", "put", "remove"]

MAX_DEPTH = 10
_LESS_DEEP = """
    WITH RECURSIVE above(digest) AS (
        VALUES (?) UNION ALL SELECT bodies.digest FROM bodies JOIN above ON bodies.base = above.digest
    )
    UPDATE bodies SET depth = depth - 1 WHERE digest IN above
"""
"""Reduces the depth by one for a body and all bodies that are packed against it."""


def digest_of(data: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Packed:
    """A body, compressed and ready to be stored."""

    digest: str
    size: int
    """The number of bytes when unpacked."""
    data: bytes = field(repr=False)
    """The compressed bytes; empty if the body was stored already."""
    base: str | None = None
    """The digest of the body that it is packed against."""
    dictionary: int | None = None
    """The id of the dictionary that it is packed with."""


def pack(conn: sqlite3.Connection, data: bytes, *, base: str | None = None) -> Packed:
    """Compress the bytes, against the body `base` if that helps. Writes nothing, so it needs no lock."""
    digest = digest_of(data)
    if is_stored(conn, digest):
        return Packed(digest, len(data), b"")
    prefix = get(conn, base) if base else b""
    depth = _depth(conn, base) + 1 if base else 0
    if len(prefix) >= LEAST_PREFIX and depth <= MAX_DEPTH:
        return Packed(digest, len(data), compress_against(data, prefix), base)
    return Packed(digest, len(data), compress(data))


def insert(conn: sqlite3.Connection, packed: Packed) -> str:
    """Store a packed body and return its digest.

    Must run inside a transaction of the caller. Raises NotFound if the body that it was packed against, or
    the same body that was stored already, was removed meanwhile: pack it again.
    """
    if is_stored(conn, packed.digest):
        return packed.digest
    if not packed.data or (packed.base and not is_stored(conn, packed.base)):
        raise NotFound(f"the body {packed.digest[:12]} was packed against one that is stored no more")
    if packed.dictionary is not None:
        dictionaries.require(conn, packed.dictionary)
    # Counted now: since it was packed, a prune may have taken away a body below its base.
    depth = _depth(conn, packed.base) + 1 if packed.base else 0
    conn.execute(
        "INSERT INTO bodies(digest, base, dictionary, depth, size, data) VALUES (?, ?, ?, ?, ?, ?)",
        [packed.digest, packed.base, packed.dictionary, depth, packed.size, packed.data],
    )
    return packed.digest


def put(conn: sqlite3.Connection, data: bytes, *, base: str | None = None) -> str:
    """Pack and store the bytes, and return their digest."""
    return insert(conn, pack(conn, data, base=base))


def get(conn: sqlite3.Connection, digest: str) -> bytes:
    """Return the bytes stored under a digest.

    Raises NotFound if there are none, or if the dictionary that they are packed with is not stored.
    """
    row = conn.execute("SELECT base, dictionary, data FROM bodies WHERE digest = ?", [digest]).fetchone()
    if row is None:
        raise NotFound(f"no body {digest[:12]} is stored: run `variorum verify` to see what is missing")
    base, dictionary, packed = row
    return decompress(packed, _prefix(conn, base, dictionary))


def remove(conn: sqlite3.Connection, digest: str) -> None:
    """Remove a body; bodies packed against it are packed again, against its own base.

    Must run inside a transaction of the caller. Raises sqlite3.IntegrityError if a capture refers to the
    body.
    """
    base, dictionary, depth = conn.execute(
        "SELECT base, dictionary, depth FROM bodies WHERE digest = ?", [digest]
    ).fetchone()
    prefix = _prefix(conn, base, dictionary)
    for (upper,) in conn.execute("SELECT digest FROM bodies WHERE base = ?", [digest]).fetchall():
        data = get(conn, upper)
        packed = compress_against(data, prefix) if prefix else compress(data)
        conn.execute(_LESS_DEEP, [upper])
        conn.execute(
            "UPDATE bodies SET base = ?, dictionary = ?, depth = ?, data = ? WHERE digest = ?",
            [base, dictionary, depth, packed, upper],
        )
    conn.execute("DELETE FROM bodies WHERE digest = ?", [digest])


def _prefix(conn: sqlite3.Connection, base: str | None, dictionary: int | None) -> bytes | None:
    """What a body is packed against: another body, a dictionary, or nothing."""
    if base is not None:
        return get(conn, base)
    return None if dictionary is None else dictionaries.content(conn, dictionary)


def is_stored(conn: sqlite3.Connection, digest: str) -> bool:
    """Whether a body is stored under a digest."""
    return conn.execute("SELECT 1 FROM bodies WHERE digest = ?", [digest]).fetchone() is not None


def _depth(conn: sqlite3.Connection, digest: str) -> int:
    row = conn.execute("SELECT depth FROM bodies WHERE digest = ?", [digest]).fetchone()
    if row is None:
        raise NotFound(f"no body {digest[:12]} is stored to pack against")
    return int(row[0])
