"""Texts of versions, small: a long one is compressed against the text of the version before it, or alone.

`versions.text` then holds zstd in place of text, and `versions.text_base` the id of the version whose text it
is compressed against. SQL gets the text of either form from `version_text(versions.id)`, which every
connection of the store knows. No text is more than `MAX_DEPTH` steps away.
"""

from __future__ import annotations

import sqlite3

from variorum.storage.compression import compress, compress_against, decompress
from variorum.storage.rows import Values

LEAST = 1_000
"""Bytes: shorter texts are stored as text, which any program can read."""
MAX_DEPTH = 20


def get(conn: sqlite3.Connection, version: int | None) -> str | None:
    """Return the text of a version, by its id; None if there is no such version."""
    found = _unpacked(conn, version)
    return None if found is None else found[0].decode(errors="replace")


def pack(conn: sqlite3.Connection, page: int, text: str) -> Values:
    """The columns of a new version of the page that hold its text."""
    row = conn.execute(
        "SELECT id FROM versions WHERE page = ? ORDER BY number DESC LIMIT 1", [page]
    ).fetchone()
    return _columns(conn, text, row[0] if row else None)


def repack(conn: sqlite3.Connection, version: int, text: str) -> Values:
    """The columns of a stored version for another text; the texts that rest on its old one are packed anew.

    Must run in a transaction of the caller's, which then updates the version.
    """
    (base,) = conn.execute("SELECT text_base FROM versions WHERE id = ?", [version]).fetchone()
    for (above,) in conn.execute("SELECT id FROM versions WHERE text_base = ?", [version]).fetchall():
        alone = _columns(conn, get(conn, above) or "", None)
        conn.execute(
            "UPDATE versions SET text = :text, text_base = NULL WHERE id = :id", {**alone, "id": above}
        )
    return _columns(conn, text, base)


def _columns(conn: sqlite3.Connection, text: str, base: int | None) -> Values:
    """The columns of a text; `base` is the version against which it may be compressed."""
    data = text.encode()
    if len(data) < LEAST:
        return {"text": text, "text_base": None}
    below = _unpacked(conn, base)
    if below is None or below[1] >= MAX_DEPTH or len(below[0]) < LEAST:
        return {"text": compress(data), "text_base": None}
    return {"text": compress_against(data, below[0]), "text_base": base}


def _unpacked(conn: sqlite3.Connection, version: int | None) -> tuple[bytes, int] | None:
    """The bytes of a version's text, and on how many others they rest."""
    row = conn.execute("SELECT text, text_base FROM versions WHERE id = ?", [version]).fetchone()
    if row is None:
        return None
    stored, base = row
    if isinstance(stored, str):
        return stored.encode(errors="surrogateescape"), 0
    below = _unpacked(conn, base) if base is not None else None
    if base is not None and below is None:
        return b"", 0  # what it rests on is gone: `verify` says so
    prefix, depth = (below[0], below[1] + 1) if below else (None, 0)
    return decompress(stored, prefix), depth
