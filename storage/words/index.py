"""What is kept beside each version so that it is found: its folded words, and a sketch of its text.

Written in the transaction that writes the version. The table of words keeps no words to read, only where they
stand; so a version's old words must be told where new ones take their place.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from storage.words.folding import folded_words
from storage.words.sketch import digest, shingles, sketch


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a title and a text so that they are found."""

    title: str
    text: str
    digest: bytes | None
    shingles: int
    sketch: bytes


def entry_of(title: str, text: str) -> Entry:
    """The entry of a version; it takes a millisecond for a thousand words, and needs no lock."""
    titled, said = folded_words(title), folded_words(text)
    found = shingles(said)
    words = digest(titled, said) if said else None
    return Entry(" ".join(titled), " ".join(said), words, len(found), sketch(found))


def add(conn: sqlite3.Connection, version: int, entry: Entry) -> None:
    """Make a new version known by its words and its sketch."""
    conn.execute(
        "INSERT INTO versions_fts(rowid, title, text) VALUES (?, ?, ?)", [version, entry.title, entry.text]
    )
    conn.execute(
        "INSERT INTO sketches(version, digest, shingles, sketch) VALUES (?, ?, ?, ?)",
        [version, entry.digest, entry.shingles, entry.sketch],
    )


def remove(conn: sqlite3.Connection, version: int, entry: Entry) -> None:
    """Forget a version that had this entry."""
    conn.execute(
        "INSERT INTO versions_fts(versions_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        [version, entry.title, entry.text],
    )
    conn.execute("DELETE FROM sketches WHERE version = ?", [version])


def fill(conn: sqlite3.Connection) -> None:
    """Make every version known that is stored; for a migration, whose tables are empty."""
    for version, title, text in conn.execute("SELECT id, title, text FROM versions ORDER BY id"):
        add(conn, version, entry_of(title, text))
