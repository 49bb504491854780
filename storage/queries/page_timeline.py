"""Queries the history of a page: its versions, texts, changes, checks and copies.

Every query uses an index on the page's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeSummary, PageRow, read

MOST_VERSIONS = 500
MOST_EVENTS = 1_000
MOST_CHECKS = 2_000
MOST_COPIES = 20
MOST_TEXT = 2_000_000
"""The maximum number of characters of text that are read for one page."""

_VERSIONS = """
    SELECT number, capture, captured_at, substr(title, 1, 500) AS title, words, extractor
    FROM versions WHERE page = ? ORDER BY number DESC LIMIT ?
"""
_EVENTS = """
    SELECT id, kind, url, old_url, version, old_version, seen_old, seen_new, checks_between, significance,
           explanation, words_added, words_removed, typographic, silent, date_only, page_removed, backfilled,
           verdict
    FROM changes WHERE page = ? ORDER BY id DESC LIMIT ?
"""
_CHECKS = """
    SELECT id, fetched_at, status, outcome, substr(reason, 1, 300) AS reason, origin,
           body IS NOT NULL AS kept
    FROM captures WHERE page = ? ORDER BY id DESC LIMIT ?
"""
_TEXTS = """
    SELECT number, captured_at, version_text(id) AS text, extractor
    FROM versions WHERE page = ? ORDER BY number DESC LIMIT ?
"""
_HUNKS = """
    SELECT change_hunks(hunks) FROM changes WHERE page = ? AND version = ? AND old_version IS NOT version
    ORDER BY id LIMIT 1
"""
_COPIES = """
    SELECT pages.id AS page, pages.site, pages.url, pages.state, versions.title, versions.language,
           (SELECT captured_at FROM versions WHERE page = pages.id ORDER BY number LIMIT 1) AS first_seen
    FROM sketches AS mine
    CROSS JOIN sketches AS theirs ON theirs.digest = mine.digest AND theirs.digest IS NOT NULL
    CROSS JOIN versions ON versions.id = theirs.version
    CROSS JOIN pages ON pages.id = versions.page AND pages.version = versions.number
    WHERE mine.version = (SELECT id FROM versions WHERE page = :page AND number = :version)
      AND pages.id <> :page AND pages.state <> 'absorbed' LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version without its text."""

    number: int
    capture: int
    captured_at: str
    title: str
    words: int
    extractor: str


@dataclass(frozen=True, slots=True)
class Event(ChangeSummary):
    """A change of the page, without its words."""

    old_url: str | None
    typographic: int
    date_only: int
    page_removed: int
    backfilled: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A version that differs because our extraction changed, and not the page."""

    version: int
    at: str


@dataclass(frozen=True, slots=True)
class PageCheck:
    """A capture, as a check of the page."""

    id: int
    fetched_at: str
    status: int
    outcome: str
    reason: str
    origin: str
    kept: int
    """1 if its body is stored."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a version."""

    number: int
    captured_at: str
    text: str
    extractor: str


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Another page with the same text now."""

    page: int
    site: str
    url: str
    state: str
    title: str
    language: str | None
    first_seen: str


def version_summaries(reader: Reader, page: int, limit: int = MOST_VERSIONS) -> list[VersionSummary]:
    """The versions of a page, the latest first."""
    return read(VersionSummary, reader.db.conn.execute(_VERSIONS, [page, limit]))


def events(reader: Reader, page: int, limit: int = MOST_EVENTS) -> list[Event]:
    """The changes of a page, including those of typography, the latest first."""
    return read(Event, reader.db.conn.execute(_EVENTS, [page, limit]))


def drifts(reader: Reader, page: int) -> list[Drift]:
    """The versions that differ because our extraction changed and not the page."""
    sql = "SELECT version, at FROM extraction_drifts WHERE page = ? ORDER BY version"
    return read(Drift, reader.db.conn.execute(sql, [page]))


def checks(reader: Reader, page: int, limit: int = MOST_CHECKS) -> list[PageCheck]:
    """The checks of the page and their outcomes, the latest first."""
    return read(PageCheck, reader.db.conn.execute(_CHECKS, [page, limit]))


def texts(reader: Reader, page: int, most: int = MOST_TEXT) -> list[Text]:
    """The texts of the latest versions of a page, up to so many characters in all, the oldest first."""
    found: list[Text] = []
    for row in reader.db.conn.execute(_TEXTS, [page, MOST_VERSIONS]):
        found.append(Text(*row))
        most -= len(found[-1].text)
        if most < 0:
            break
    return found[::-1]


def hunks_to(reader: Reader, page: int, version: int) -> str | None:
    """The hunks, as JSON, of the change that led to a version; None if no change did."""
    row = reader.db.conn.execute(_HUNKS, [page, version]).fetchone()
    return row[0] if row else None


def copies(reader: Reader, page: PageRow, limit: int = MOST_COPIES) -> list[CopyOf]:
    """The pages that have the same text now, apart from spelling and punctuation."""
    values = {"page": page.id, "version": page.version, "limit": limit}
    return read(CopyOf, reader.db.conn.execute(_COPIES, values))
