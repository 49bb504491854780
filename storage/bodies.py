"""Raw bodies, each kept once under its SHA-256, small: zstd, and against an earlier body of the same page.

Two captures of one page are mostly alike, so the earlier one serves as a prefix to compress the later:
tens of bytes instead of tens of kilobytes. Each body counts how many must be unpacked before it; past
`MAX_DEPTH` a body is stored whole again, so that any body is readable in a bounded number of steps.
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
"""What is raised where packed bytes are not whole."""
_LEVEL = 9
_LEAST_BASE = 8
"""Bytes: zstd takes no shorter prefix."""
_LESS_DEEP = """
    WITH RECURSIVE above(digest) AS (
        VALUES (?) UNION ALL SELECT bodies.digest FROM bodies JOIN above ON bodies.base = above.digest
    )
    UPDATE bodies SET depth = depth - 1 WHERE digest IN above
"""
"""One body to read less, for a body and all that are packed against it."""


def digest_of(data: bytes) -> str:
    """SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Packed:
    """A body, compressed for the store."""

    digest: str
    size: int
    """Bytes when unpacked."""
    data: bytes = field(repr=False)
    """Empty where the body was stored already."""
    base: str | None = None
    """The digest of the body that it is packed against."""


def pack(conn: sqlite3.Connection, data: bytes, *, base: str | None = None) -> Packed:
    """The bytes compressed, against the body `base` where that helps. It writes nothing: needs no lock."""
    digest = digest_of(data)
    if _is_stored(conn, digest):
        return Packed(digest, len(data), b"")
    prefix = get(conn, base) if base else b""
    depth = _depth(conn, base) + 1 if base else 0
    if len(prefix) >= _LEAST_BASE and depth <= MAX_DEPTH:
        return Packed(digest, len(data), _pack_against(data, prefix), base)
    return Packed(digest, len(data), zstd.compress(data, level=_LEVEL))


def insert(conn: sqlite3.Connection, packed: Packed) -> str:
    """The digest under which a packed body is now stored.

    Must run inside a transaction of the caller's. Raises NotFound where the body that it was packed against,
    or the same body that was stored already, was taken away meanwhile: pack it again.
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
    """The digest under which the bytes are now stored: packed and inserted at once."""
    return insert(conn, pack(conn, data, base=base))


def get(conn: sqlite3.Connection, digest: str) -> bytes:
    """The bytes stored under a digest.

    Raises NotFound where there are none.
    """
    row = conn.execute("SELECT base, data FROM bodies WHERE digest = ?", [digest]).fetchone()
    if row is None:
        raise NotFound(f"no body {digest[:12]} is stored: run `variorum verify` to see what is missing")
    base, packed = row
    return unpack(packed, get(conn, base) if base else None)


def unpack(packed: bytes, base: bytes | None) -> bytes:
    """The bytes of a packed body; `base` are those that it was packed against."""
    if base is None:
        return zstd.decompress(packed)
    return zstd.decompress(packed, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)


def remove(conn: sqlite3.Connection, digest: str) -> None:
    """Take a body away; those packed against it are packed anew, against what it was packed against.

    Must run inside a transaction of the caller's. Raises sqlite3.IntegrityError where a capture refers to it.
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
