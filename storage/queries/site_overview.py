"""Queries the history of sites: changes by day, pages by state, and runs; all counted in indexes."""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.rows import IssueRow, RunRow, SiteRow, read

WELL = "reason IN ('finished', 'budget') AND (fetched = 0 OR fetched > failed + blocked)"
"""The SQL condition of a run that ended as planned and got responses."""

_DAYS = """
    SELECT day, kind, count(*) AS changes, count(verdict) AS reviewed FROM changes
    WHERE site = :site AND visibility = 'news' AND day BETWEEN :first AND :last GROUP BY day, kind
"""
_PAGES = """
    SELECT state, kind, language, count(*) AS pages FROM pages
    WHERE site = ? AND state NOT IN ('absorbed', 'unplaced', 'outside') GROUP BY state, kind, language
"""
_RUNS = f"""
    SELECT *, {WELL} AS well FROM runs WHERE site = ? ORDER BY started_at DESC LIMIT ?
"""  # noqa: S608 - words of ours only
_LAST_WELL = f"""
    SELECT * FROM runs WHERE site = ? AND {WELL} ORDER BY started_at DESC LIMIT 1
"""  # noqa: S608 - words of ours only


@dataclass(frozen=True, slots=True)
class Day:
    """The number of changes of one kind that were found on one day."""

    day: str
    kind: str
    changes: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class PageCount:
    """The number of pages in one state, of one kind and language."""

    state: str
    kind: str | None
    language: str | None
    pages: int


@dataclass(frozen=True, slots=True)
class RunSummary(RunRow):
    """A run, and whether it ended as planned."""

    well: int | None = None


def site(reader: Reader, name: str) -> SiteRow:
    """Return the row of one site; raises NotFound if there is none of that name."""
    if (found := reader.site(name)) is None:
        raise NotFound(f"no site is called {name!r}, or it was never crawled: `variorum sites` lists them")
    return found


def days(reader: Reader, site: str, first: str, last: str) -> list[Day]:
    """The announced changes of a site between two days, both included, counted by day and kind."""
    values = {"site": site, "first": first, "last": last}
    return read(Day, reader.db.conn.execute(_DAYS, values))


def pages(reader: Reader, site: str) -> list[PageCount]:
    """The number of pages of a site by state, kind and language."""
    return read(PageCount, reader.db.conn.execute(_PAGES, [site]))


def runs(reader: Reader, site: str, limit: int) -> list[RunSummary]:
    """The latest runs of a site, the last one first."""
    return read(RunSummary, reader.db.conn.execute(_RUNS, [site, limit]))


def last_well(reader: Reader, site: str) -> RunRow | None:
    """The last run that ended as planned."""
    found = read(RunRow, reader.db.conn.execute(_LAST_WELL, [site]))
    return found[0] if found else None


def closed_issues(reader: Reader, site: str, limit: int) -> list[IssueRow]:
    """The closed issues of a site, the latest first."""
    sql = "SELECT * FROM issues WHERE site = ? AND closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT ?"
    return read(IssueRow, reader.db.conn.execute(sql, [site, limit]))
