"""Finds the versions that match a query, in both parts of the index (storage/text_index/index.py).

Versions that are indexed in full match by themselves. One that is indexed as an edit has a word or phrase if
the edit brought it, or if its base has it and the edit did not take it out. Where the index can't tell
whether all of a phrase was taken out, the version is in doubt and its text decides: only when it is asked
for, as a search shows a few versions and may find thousands.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from variorum.storage.search.query import Query, Term
from variorum.storage.text_index.edits import LONGEST
from variorum.storage.text_index.folding import folded_words

_IN_FULL = "SELECT rowid FROM versions_fts WHERE versions_fts MATCH ?"
_BASES = f"{_IN_FULL} AND EXISTS (SELECT 1 FROM sketches WHERE base = versions_fts.rowid)"  # noqa: S608 - ours
_EDITS = "SELECT rowid FROM versions_fts_edits WHERE versions_fts_edits MATCH ?"
_RANKS = "SELECT rowid, rank FROM versions_fts_edits WHERE versions_fts_edits MATCH ?"
_ABOVE = "SELECT version FROM json_each(?) CROSS JOIN sketches ON base = value"
_TEXT = "SELECT title, version_text(id) FROM versions WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Matches:
    """Ids of versions that match a query."""

    conn: sqlite3.Connection
    query: Query
    sure: AbstractSet[int]
    doubtful: AbstractSet[int]
    """Versions whose texts decide, each time that one is asked for."""
    ranks: dict[int, float] = field(default_factory=dict)
    """The ranks of versions that are indexed as edits, by what the edit brought: the best is the lowest. The
    others have all of the words from before."""

    def __contains__(self, version: object) -> bool:
        return version in self.sure or (version in self.doubtful and self._has_words(version))

    def _has_words(self, version: object) -> bool:
        parts = [folded_words(part) for part in self.conn.execute(_TEXT, [version]).fetchone()]
        occurs = ((term, any(map(term.places, parts))) for term in self.query.terms)
        return all(is_there is not term.without for term, is_there in occurs)


def versions_with(conn: sqlite3.Connection, query: Query) -> Matches:
    """All versions that match the query."""
    edits = edits_with(conn, query)
    return replace(edits, sure=edits.sure | _ids(conn, _IN_FULL, str(query)))


def edits_with(conn: sqlite3.Connection, query: Query) -> Matches:
    """The versions that match the query, of those that are indexed as edits."""
    first, *others = sorted(query.terms, key=lambda term: term.without)
    sure, doubtful = _having(conn, first)
    for term in others:
        if sure or doubtful:
            has, may_have = _having(conn, term)
            possible = (sure | doubtful) - has if term.without else (sure | doubtful) & (has | may_have)
            sure = sure - has - may_have if term.without else sure & has
            doubtful = possible - sure
    brought = " OR ".join(map(str, query.wanted))
    ranks = dict(conn.execute(_RANKS, [f"{{title added}} : ({brought})"])) if sure or doubtful else {}
    return Matches(conn, query, sure, doubtful, ranks)


def _having(conn: sqlite3.Connection, term: Term) -> tuple[set[int], set[int]]:
    """The versions, of those indexed as edits, in which the term occurs, and those in which it may."""
    beginning = replace(term, spellings=tuple(phrase[:LONGEST] for phrase in term.spellings))
    if beginning != term:
        has, may_have = _having(conn, beginning)
        return set(), has | may_have
    is_phrase = any(len(phrase) > 1 for phrase in term.spellings)
    taken_out = _ids(conn, _EDITS, f"{'removed' if is_phrase else 'gone'} : {term}")
    brought = _ids(conn, _EDITS, f"{{title added}} : {term}")
    had = brought | _ids(conn, _BASES, str(term))
    has = brought | _resting_on(conn, had, without=taken_out)
    if not is_phrase and not term.begins and len(term.spellings) == 1:
        return has, set()
    lost = (_ids(conn, _ABOVE, json.dumps([*had, *has])) & taken_out) - has
    return has, lost | _resting_on(conn, lost, without=has)


def _resting_on(conn: sqlite3.Connection, bases: set[int], *, without: set[int]) -> set[int]:
    """The versions that are indexed as edits of these, of edits of these, and so on."""
    found: set[int] = set()
    latest = bases
    while latest:
        latest = _ids(conn, _ABOVE, json.dumps([*latest])) - without - found
        found |= latest
    return found


def _ids(conn: sqlite3.Connection, sql: str, value: str) -> set[int]:
    return {number for (number,) in conn.execute(sql, [value])}
