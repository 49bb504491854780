"""Texts of versions, small: a long one is compressed against the text of the version before it, or alone.

`versions.text` then holds zstd in place of text, and `versions.text_base` the id of the version whose text it
is compressed against. The links of a long text are compressed with it, after a zero byte, as most of them
stand in the next version, too; `versions.links` is then an empty blob. SQL gets either form from
`version_text(versions.id)` and `version_links(versions.id)`, which every connection of the store knows. No
text is more than `MAX_DEPTH` steps away.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from variorum.storage.compression import compress, compress_against, decompress
from variorum.storage.rows import Values

LEAST = 1_000
"""Bytes: shorter texts are stored as text, which any program can read."""
MAX_DEPTH = 20
_END = b"\0"
"""Between a text and its links."""
_WITH_TEXT = b""
"""The value of `versions.links` where the links are compressed with the text."""


def get(conn: sqlite3.Connection, version: int | None) -> str | None:
    """Return the text of a version, by its id; None if there is no such version."""
    found = _unpacked(conn, version)
    return found.parts()[0] if found else None


def links(conn: sqlite3.Connection, version: int | None) -> str | None:
    """Return the links of a version's text, by its id; None if they are not known."""
    row = conn.execute("SELECT links FROM versions WHERE id = ?", [version]).fetchone()
    apart: str | bytes | None = row[0] if row else None
    if not isinstance(apart, bytes):
        return apart
    found = _unpacked(conn, version)
    return found.parts()[1] if found else None


def pack(conn: sqlite3.Connection, page: int, text: str, links: str | None) -> Values:
    """The columns of a new version of the page that hold its text and the links in it."""
    row = conn.execute(
        "SELECT id FROM versions WHERE page = ? ORDER BY number DESC LIMIT 1", [page]
    ).fetchone()
    return _columns(conn, text, links, row[0] if row else None)


def repack(conn: sqlite3.Connection, version: int, text: str, links: str | None) -> Values:
    """The columns of a stored version for another text; the texts that rest on its old one are packed anew.

    Must run in a transaction of the caller's, which then updates the version.
    """
    (base,) = conn.execute("SELECT text_base FROM versions WHERE id = ?", [version]).fetchone()
    for (above,) in conn.execute("SELECT id FROM versions WHERE text_base = ?", [version]).fetchall():
        stored = _unpacked(conn, above)
        alone = _columns(conn, *(stored.parts() if stored else ("", None)), None)
        conn.execute(
            "UPDATE versions SET text = :text, links = :links, text_base = NULL WHERE id = :id",
            {**alone, "id": above},
        )
    return _columns(conn, text, links, base)


def _columns(conn: sqlite3.Connection, text: str, links: str | None, base: int | None) -> Values:
    """The columns of a text and its links; `base` is the version against which it may be compressed."""
    data = text.encode()
    if len(data) < LEAST:
        return {"text": text, "text_base": None, "links": links}
    apart: str | bytes | None = links
    if links and _END not in data:
        data, apart = data + _END + links.encode(), _WITH_TEXT
    below = _unpacked(conn, base)
    if below is None or below.depth >= MAX_DEPTH or len(below.data) < LEAST:
        return {"text": compress(data), "text_base": None, "links": apart}
    return {"text": compress_against(data, below.data), "text_base": base, "links": apart}


class _Stored(NamedTuple):
    """What is stored of a version's text."""

    data: bytes
    """The text, and its links where they are packed with it."""
    depth: int
    """On how many others it rests."""
    links: str | bytes | None

    def parts(self) -> tuple[str, str | None]:
        """The text and its links."""
        if not isinstance(self.links, bytes):
            return self.data.decode(errors="replace"), self.links
        text, _, links = self.data.partition(_END)
        return text.decode(errors="replace"), links.decode(errors="replace")


def _unpacked(conn: sqlite3.Connection, version: int | None) -> _Stored | None:
    """The bytes of a version's text, unpacked."""
    row = conn.execute("SELECT text, text_base, links FROM versions WHERE id = ?", [version]).fetchone()
    if row is None:
        return None
    stored, base, links = row
    if isinstance(stored, str):
        return _Stored(stored.encode(errors="surrogateescape"), 0, links)
    below = _unpacked(conn, base) if base is not None else None
    if base is not None and below is None:
        return _Stored(b"", 0, None)  # what it rests on is gone: `verify` says so
    prefix, depth = (below.data, below.depth + 1) if below else (None, 0)
    return _Stored(decompress(stored, prefix), depth, links)
