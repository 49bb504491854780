"""What the store knows of when pages were fetched, changed and listed, to plan when to fetch them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields

from variorum.storage.rows import NOT_OF_SITE, VisitRow

DATING = "(modified IS NOT NULL OR source = 'wordpress')"
"""Of a listing: that the source would show a change of the page."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What of the sources and runs of a site matters for planning."""

    read_at: dict[str, str]
    """When each kind of source was last read."""
    whole_since: str | None
    """When a run had first fetched all that the sources led to."""
    overhead: int
    """Requests of the last day that were not for pages."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """When a page was first and last seen, and when it was seen to have changed."""

    id: int
    published: str | None
    found_at: str
    seen_at: str
    changes: str | None
    """Moments, with a comma between two."""


def visits(conn: sqlite3.Connection, site: str) -> Iterator[VisitRow]:
    """What of each page that was fetched before says when it is due again, one at a time."""
    columns = ", ".join(field.name for field in fields(VisitRow) if field.name != "listed_by")
    rows = conn.execute(
        f"SELECT {columns}, (SELECT group_concat(source) FROM listings WHERE page = pages.id AND {DATING})"  # noqa: S608 - our names
        f" FROM pages WHERE site = ? AND state NOT IN {NOT_OF_SITE}"
        " AND checked_at IS NOT NULL ORDER BY id",
        [site],
    )
    return (VisitRow(*row) for row in rows)


def listed_by(conn: sqlite3.Connection, page: int) -> str | None:
    """The kinds of sources that date the page, with a comma between two."""
    sql = f"SELECT group_concat(source) FROM listings WHERE page = ? AND {DATING}"  # noqa: S608 - our words
    row = conn.execute(sql, [page]).fetchone()
    return row[0] if row else None


def sources(conn: sqlite3.Connection, site: str, day_ago: str) -> Sources:
    """What of the sources and runs of a site matters for planning."""
    read_at = conn.execute(
        "SELECT kind, max(read_at) FROM sources WHERE site = ? AND read_at IS NOT NULL GROUP BY kind", [site]
    ).fetchall()
    whole = conn.execute("SELECT min(ended_at) FROM runs WHERE site = ? AND complete", [site]).fetchone()
    overhead = conn.execute(
        "SELECT coalesce(sum(max(requests - fetched, 0)), 0) FROM runs WHERE site = ? AND started_at >= ?",
        [site, day_ago],
    ).fetchone()
    return Sources(dict(read_at), whole[0], int(overhead[0]))


def histories(conn: sqlite3.Connection, site: str) -> Iterator[HistoryRow]:
    """When each page of the site that was ever seen was seen to have changed."""
    rows = conn.execute(
        "SELECT id, published, found_at, seen_at,"  # noqa: S608 - our words
        " (SELECT group_concat(seen_new) FROM changes WHERE page = pages.id"
        " AND kind IN ('edited', 'retitled') AND NOT (typographic OR date_only OR backfilled))"
        f" FROM pages WHERE site = ? AND seen_at IS NOT NULL AND state NOT IN {NOT_OF_SITE}",
        [site],
    )
    return (HistoryRow(*row) for row in rows)


def changes_since(conn: sqlite3.Connection, page: int, moment: str) -> int:
    """How many edits of the page were seen since that time."""
    row = conn.execute(
        "SELECT count(*) FROM changes WHERE page = ? AND seen_new >= ?"
        " AND kind IN ('edited', 'retitled') AND NOT (typographic OR date_only)",
        [page, moment],
    ).fetchone()
    return int(row[0])
