"""Finds the versions that match a query, in both parts of the index (storage/text_index/index.py).

Versions that are indexed in full match by themselves. One that is indexed as an edit has a word or phrase if
the edit brought it, or if its base has it and the edit did not take it out. Where the index can't tell
whether all of a phrase was taken out, the text of the version decides.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

from variorum.storage.search.query import Query, Term
from variorum.storage.text_index.edits import LONGEST
from variorum.storage.text_index.folding import folded_words

_IN_FULL = "SELECT rowid FROM versions_fts WHERE versions_fts MATCH ?"
_BASES = f"{_IN_FULL} AND EXISTS (SELECT 1 FROM sketches WHERE base = versions_fts.rowid)"  # noqa: S608 - ours
_EDITS = "SELECT rowid FROM versions_fts_edits WHERE versions_fts_edits MATCH ?"
_RANKS = "SELECT rowid, rank FROM versions_fts_edits WHERE versions_fts_edits MATCH ?"
_ABOVE = "SELECT version FROM json_each(?) CROSS JOIN sketches ON base = value"
_TEXT = "SELECT title, version_text(id) FROM versions WHERE id = ?"


def versions_with(conn: sqlite3.Connection, query: Query) -> frozenset[int]:
    """The ids of all versions that match the query."""
    return frozenset(_ids(conn, _IN_FULL, str(query))).union(edits_with(conn, query))


def edits_with(conn: sqlite3.Connection, query: Query) -> dict[int, float]:
    """The versions that are indexed as edits and match, each with its rank by what the edit brought.

    The best rank is the lowest; it is 0 if all of the words were there before.
    """
    first, *others = sorted(query.terms, key=lambda term: term.without)
    found = _having(conn, first)
    for term in others:
        if found:
            having = _having(conn, term)
            found = found - having if term.without else found & having
    if not found:
        return {}
    brought = " OR ".join(map(str, query.wanted))
    ranks = dict(conn.execute(_RANKS, [f"{{title added}} : ({brought})"]))
    return {version: ranks.get(version, 0.0) for version in found}


def _having(conn: sqlite3.Connection, term: Term) -> set[int]:
    """The versions, of those indexed as edits, in which the term occurs."""
    beginning = replace(term, spellings=tuple(phrase[:LONGEST] for phrase in term.spellings))
    if beginning != term:
        return {version for version in _having(conn, beginning) if _occurs(conn, term, version)}
    is_word = not term.begins and [*map(len, term.spellings)] == [1]
    taken_out = _ids(conn, _EDITS, f"{'gone' if is_word else 'removed'} : {term}")
    bases, found = _ids(conn, _BASES, str(term)), _ids(conn, _EDITS, f"{{title added}} : {term}")
    latest = bases | found
    while latest:
        above = _ids(conn, _ABOVE, json.dumps([*latest])) - found
        lost = above & taken_out
        latest = above - lost | {one for one in lost if not is_word and _occurs(conn, term, one)}
        found |= latest
    return found


def _occurs(conn: sqlite3.Connection, term: Term, version: int) -> bool:
    """Whether the term occurs in the title or text of a version."""
    return any(term.places(folded_words(part)) for part in conn.execute(_TEXT, [version]).fetchone())


def _ids(conn: sqlite3.Connection, sql: str, value: str) -> set[int]:
    return {number for (number,) in conn.execute(sql, [value])}
