"""Lists the pages of a site with the outcome of their last fetch."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import NOT_OF_SITE, PageRow, read

STATES = ("frontier", "live", "missing", "gone")

_PAGES = f"""
    SELECT pages.id, pages.url, pages.state, pages.kind, pages.title, pages.version, pages.found_at,
           pages.checked_at, pages.seen_at, pages.stale_since, pages.checks,
           captures.outcome, captures.reason, captures.status,
           EXISTS (SELECT 1 FROM suspects WHERE page = pages.id AND closed_at IS NULL) AS suspect
    FROM pages LEFT JOIN captures ON captures.id = (
        SELECT max(id) FROM captures WHERE page = pages.id AND origin = 'crawl'
    )
    WHERE {{chosen}} AND pages.state NOT IN {NOT_OF_SITE} ORDER BY pages.url
"""  # noqa: S608 - words of ours only


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page, how it was last seen, and what came of its last fetch."""

    id: int
    url: str
    state: str
    kind: str | None
    title: str | None
    version: int | None
    found_at: str
    checked_at: str | None
    seen_at: str | None
    stale_since: str | None
    checks: int
    outcome: str | None
    """None before the first fetch."""
    reason: str | None
    status: int | None
    suspect: int


@dataclass(frozen=True, slots=True)
class PageFilter:
    """Restricts the list; None is no restriction."""

    outcome: str | None = None
    """An outcome of the last fetch, `suspect`, or `none` for pages that were never fetched."""
    state: str | None = None
    kept: bool = True
    """With False, only pages that were fetched and have no version."""

    @property
    def conditions(self) -> list[str]:
        """The same in SQL, with the parameters `outcome` and `state`."""
        found = {
            "pages.state = :state": self.state is not None,
            "pages.version IS NULL AND captures.id IS NOT NULL": not self.kept,
            _OUTCOME.get(self.outcome or "", "captures.outcome = :outcome"): self.outcome is not None,
        }
        return [sql for sql, wanted in found.items() if wanted]


_OUTCOME = {
    "none": "captures.id IS NULL",
    "suspect": "(suspect OR captures.outcome = :outcome)",
}
"""Outcomes that are no word of the last fetch alone."""
ALL = PageFilter()


def listed_pages(
    reader: Reader, site: str, wanted: PageFilter = ALL, *, after: str = "", limit: int = -1
) -> list[ListedPage]:
    """The pages of a site by address: all, or so many of those whose address comes after that one."""
    chosen = " AND ".join(["pages.site = :site", "pages.url > :after", *wanted.conditions])
    values = {"site": site, "after": after, "limit": limit, "outcome": wanted.outcome, "state": wanted.state}
    sql = f"{_PAGES.format(chosen=chosen)} LIMIT :limit"
    return read(ListedPage, reader.db.conn.execute(sql, values))


def outcome_counts(reader: Reader, site: str) -> dict[str, int]:
    """The number of pages of a site by the outcome of their last fetch; `none` for those never fetched."""
    sql = _PAGES.format(chosen="pages.site = ?")
    counts = f"SELECT coalesce(outcome, 'none'), count(*) FROM ({sql}) GROUP BY 1 ORDER BY 2 DESC"  # noqa: S608
    return dict(reader.db.conn.execute(counts, [site]).fetchall())


def pages_after(reader: Reader, site: str | None, state: str | None, after: int, limit: int) -> list[PageRow]:
    """The pages with a larger id, of one site or of all, in one state or in any, in the order of ids."""
    of_site = "pages.site = :site AND" if site is not None else ""
    sql = (
        f"SELECT * FROM pages WHERE {of_site} pages.id > :after"  # noqa: S608 - words of ours only
        f" AND (:state IS NULL OR state = :state) AND state NOT IN {NOT_OF_SITE}"
        " ORDER BY pages.id LIMIT :limit"
    )
    values = {"site": site, "state": state, "after": after, "limit": limit}
    return read(PageRow, reader.db.conn.execute(sql, values))


def found_in_run(reader: Reader, run: int) -> list[ListedPage]:
    """The pages that a run has found and fetched, and that have no version."""
    chosen = (
        "pages.id IN (SELECT page FROM captures WHERE run = ?1) AND found_run = ?1 AND pages.version IS NULL"
    )
    return read(ListedPage, reader.db.conn.execute(_PAGES.format(chosen=chosen), [run]))


def trouble_of_run(reader: Reader, run: int, fine: Collection[str]) -> list[ListedPage]:
    """The pages whose fetch in a run had none of these outcomes, as they stand now."""
    chosen = "pages.id IN (SELECT page FROM captures WHERE run = :run AND outcome NOT IN"
    chosen += " (SELECT value FROM json_each(:fine)))"
    values = {"run": run, "fine": json.dumps(sorted(fine))}
    return read(ListedPage, reader.db.conn.execute(_PAGES.format(chosen=chosen), values))
