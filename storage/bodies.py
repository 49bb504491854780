"""Stores each raw body once, under its SHA-256, compressed with zstd against an earlier body of the same
page.

Two captures of one page are much alike, so the earlier one serves as the prefix to compress the later: tens
of bytes instead of tens of kilobytes. Each body counts how many bodies must be unpacked before it. Past
`MAX_DEPTH` a body is stored whole again, so that every body is readable in a bounded number of steps.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from dataclasses import dataclass, field

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from storage.errors import NotFound

MAX_DEPTH = 10
BROKEN = zstd.ZstdError
"""The error that zstd raises for packed bytes that are not complete."""
_LEVEL = 9
_LEAST_BASE = 8
"""The shortest prefix in bytes that zstd accepts."""
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


def pack(conn: sqlite3.Connection, data: bytes, *, base: str | None = None) -> Packed:
    """Compress the bytes, against the body `base` if that helps. Writes nothing, so it needs no lock."""
    digest = digest_of(data)
    if _is_stored(conn, digest):
        return Packed(digest, len(data), b"")
    prefix = get(conn, base) if base else b""
    depth = _depth(conn, base) + 1 if base else 0
    if len(prefix) >= _LEAST_BASE and depth <= MAX_DEPTH:
        return Packed(digest, len(data), _pack_against(data, prefix), base)
    return Packed(digest, len(data), zstd.compress(data, level=_LEVEL))


def insert(conn: sqlite3.Connection, packed: Packed) -> str:
    """Store a packed body and return its digest.

    Must run inside a transaction of the caller. Raises NotFound if the body that it was packed against, or
    the same body that was stored already, was removed meanwhile: pack it again.
    """
    if _is_stored(conn, packed.digest):
        return packed.digest
    if not packed.data or (packed.base and not _is_stored(conn, packed.base)):
        raise NotFound(f"the body {packed.digest[:12]} was packed against one that is stored no more")
    # Counted now: since it was packed, a prune may have taken away a body below its base.
    depth = _depth(conn, packed.base) + 1 if packed.base else 0
    conn.execute(
        "INSERT INTO bodies(digest, base, depth, size, data) VALUES (?, ?, ?, ?, ?)",
        [packed.digest, packed.base, depth, packed.size, packed.data],
    )
    return packed.digest


def put(conn: sqlite3.Connection, data: bytes, *, base: str | None = None) -> str:
    """Pack and store the bytes, and return their digest."""
    return insert(conn, pack(conn, data, base=base))


def get(conn: sqlite3.Connection, digest: str) -> bytes:
    """Return the bytes stored under a digest. Raises NotFound if there are none."""
    row = conn.execute("SELECT base, data FROM bodies WHERE digest = ?", [digest]).fetchone()
    if row is None:
        raise NotFound(f"no body {digest[:12]} is stored: run `variorum verify` to see what is missing")
    base, packed = row
    return unpack(packed, get(conn, base) if base else None)


def unpack(packed: bytes, base: bytes | None) -> bytes:
    """Unpack a body; `base` has the bytes that it was packed against."""
    if base is None:
        return zstd.decompress(packed)
    return zstd.decompress(packed, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)


def remove(conn: sqlite3.Connection, digest: str) -> None:
    """Remove a body; bodies packed against it are packed again, against its own base.

    Must run inside a transaction of the caller. Raises sqlite3.IntegrityError if a capture refers to the
    body.
    """
    base, depth = conn.execute("SELECT base, depth FROM bodies WHERE digest = ?", [digest]).fetchone()
    prefix = get(conn, base) if base else None
    for (upper,) in conn.execute("SELECT digest FROM bodies WHERE base = ?", [digest]).fetchall():
        data = get(conn, upper)
        packed = _pack_against(data, prefix) if prefix else zstd.compress(data, level=_LEVEL)
        conn.execute(_LESS_DEEP, [upper])
        conn.execute(
            "UPDATE bodies SET base = ?, depth = ?, data = ? WHERE digest = ?", [base, depth, packed, upper]
        )
    conn.execute("DELETE FROM bodies WHERE digest = ?", [digest])


def _is_stored(conn: sqlite3.Connection, digest: str) -> bool:
    return conn.execute("SELECT 1 FROM bodies WHERE digest = ?", [digest]).fetchone() is not None


def _depth(conn: sqlite3.Connection, digest: str) -> int:
    row = conn.execute("SELECT depth FROM bodies WHERE digest = ?", [digest]).fetchone()
    if row is None:
        raise NotFound(f"no body {digest[:12]} is stored to pack against")
    return int(row[0])


def _pack_against(data: bytes, base: bytes) -> bytes:
    # The window must span both, or the far end of the base can't be referred to.
    window = max(10, (len(data) + len(base)).bit_length())
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.window_log: window,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    return zstd.compress(data, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)
