"""Indexes each version for search: its folded words, and the MinHash of its text.

Runs in the transaction that writes the version. The index has positions and no words to read, so removing a
version from it needs the old text.
"""

from __future__ import annotations

import sqlite3

from variorum.storage.text_index.folding import folded_words
from variorum.storage.text_index.minhash import digest, minhash, shingles


def add(conn: sqlite3.Connection, version: int, title: str, text: str) -> None:
    """Add a new version to the index."""
    titled, words = folded_words(title), folded_words(text)
    conn.execute(
        "INSERT INTO versions_fts(rowid, title, text) VALUES (?, ?, ?)",
        [version, " ".join(titled), " ".join(words)],
    )
    found = shingles(words)
    conn.execute(
        "INSERT INTO sketches(version, digest, shingles, sketch) VALUES (?, ?, ?, ?)",
        [version, digest(titled, words) if words else None, len(found), minhash(found)],
    )


def remove(conn: sqlite3.Connection, version: int, title: str, text: str) -> None:
    """Remove a version with this title and text from the index."""
    conn.execute(
        "INSERT INTO versions_fts(versions_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        [version, " ".join(folded_words(title)), " ".join(folded_words(text))],
    )
    conn.execute("DELETE FROM sketches WHERE version = ?", [version])


def fill(conn: sqlite3.Connection) -> None:
    """Index every stored version; for a migration, whose tables are empty."""
    for version, title, text in conn.execute("SELECT id, title, text FROM versions ORDER BY id"):
        add(conn, version, title, text)
