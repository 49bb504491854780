"""Indexes each version for search: its folded words, and the MinHash of its text.

`versions_fts` has the words of a version in full. A version that differs little from the one before it is in
`versions_fts_edits` instead, with the words that came and went (edits.py); `sketches.base` names the version
that it differs from. storage/search/matching.py puts both together.

Runs in the transaction that writes the version. The indexes have positions and no words to read, so removing
a version needs the old text, and that of its base.
"""

from __future__ import annotations

import sqlite3

from variorum.storage.text_index.edits import Folded, small_edit
from variorum.storage.text_index.folding import folded_words
from variorum.storage.text_index.minhash import digest, minhash, shingles

_BEFORE = """
    SELECT before.id, before.title, version_text(before.id) FROM versions
    JOIN versions AS before ON before.page = versions.page AND before.number < versions.number
    JOIN sketches ON sketches.version = before.id
    WHERE versions.id = ? ORDER BY before.number DESC LIMIT 1
"""
_ABOVE = """
    SELECT id, title, version_text(id) FROM sketches JOIN versions ON versions.id = version WHERE base = ?
"""
_BASE = """
    SELECT title, version_text(id) FROM versions
    WHERE id = (SELECT base FROM sketches WHERE version = ?)
"""


def add(conn: sqlite3.Connection, version: int, title: str, text: str) -> None:
    """Add a new version to the index."""
    words = _folded(title, text)
    before = conn.execute(_BEFORE, [version]).fetchone()
    edit = small_edit(_folded(*before[1:]), words) if before else None
    if edit is None:
        _add_in_full(conn, version, words)
        return
    conn.execute(
        "INSERT INTO versions_fts_edits(rowid, title, added, removed, gone) VALUES (?, ?, ?, ?, ?)",
        [version, edit.title, edit.added, edit.removed, edit.gone],
    )
    _add_sketch(conn, version, words)  # without the base: `fill` runs in stores that have no such column yet
    conn.execute("UPDATE sketches SET base = ? WHERE version = ?", [before[0], version])


def remove(conn: sqlite3.Connection, version: int, title: str, text: str) -> None:
    """Remove a version with this title and text from the index, before either is replaced.

    The versions that are indexed as edits of it are indexed in full from now on. Does nothing if the version
    is not indexed, as those are not that an absorbed page keeps.
    """
    if conn.execute("SELECT 1 FROM sketches WHERE version = ?", [version]).fetchone() is None:
        return
    for above, *its_own in conn.execute(_ABOVE, [version]).fetchall():
        _remove(conn, above, _folded(*its_own))
        _add_in_full(conn, above, _folded(*its_own))
    _remove(conn, version, _folded(title, text))


def fill(conn: sqlite3.Connection) -> None:
    """Index every stored version in full; for a migration, whose tables are empty."""
    for version, title, text in conn.execute("SELECT id, title, text FROM versions ORDER BY id"):
        _add_in_full(conn, version, _folded(title, text))


def remake_sketches(conn: sqlite3.Connection) -> None:
    """Make the MinHash of every indexed version again; for a migration to another hash.

    A version whose stored text is damaged gets that of no text, so that `verify` can be asked about it.
    """
    for (version,) in conn.execute("SELECT version FROM sketches").fetchall():
        try:
            (text,) = conn.execute("SELECT version_text(?)", [version]).fetchone()
        except sqlite3.OperationalError:  # which any error in a function of ours becomes
            text = ""
        found = shingles(_folded("", text).text)
        conn.execute(
            "UPDATE sketches SET shingles = ?, sketch = ? WHERE version = ?",
            [len(found), minhash(found), version],
        )


def _folded(title: str, text: str) -> Folded:
    return Folded(folded_words(title), [folded_words(line) for line in text.split("\n")])


def _add_in_full(conn: sqlite3.Connection, version: int, words: Folded) -> None:
    conn.execute(
        "INSERT INTO versions_fts(rowid, title, text) VALUES (?, ?, ?)",
        [version, " ".join(words.title), " ".join(words.text)],
    )
    _add_sketch(conn, version, words)


def _add_sketch(conn: sqlite3.Connection, version: int, words: Folded) -> None:
    text = words.text
    found = shingles(text)
    conn.execute(
        "INSERT INTO sketches(version, digest, shingles, sketch) VALUES (?, ?, ?, ?)",
        [version, digest(words.title, text) if text else None, len(found), minhash(found)],
    )


def _remove(conn: sqlite3.Connection, version: int, words: Folded) -> None:
    base = conn.execute(_BASE, [version]).fetchone()
    edit = small_edit(_folded(*base), words) if base else None
    if edit is None:
        conn.execute(
            "INSERT INTO versions_fts(versions_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [version, " ".join(words.title), " ".join(words.text)],
        )
    else:
        conn.execute(
            "INSERT INTO versions_fts_edits(versions_fts_edits, rowid, title, added, removed, gone)"
            " VALUES ('delete', ?, ?, ?, ?, ?)",
            [version, edit.title, edit.added, edit.removed, edit.gone],
        )
    conn.execute("DELETE FROM sketches WHERE version = ?", [version])
