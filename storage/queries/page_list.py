"""Lists the pages of a site with the outcome of their last fetch."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import NOT_OF_SITE, read

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


def listed_pages(reader: Reader, site: str) -> list[ListedPage]:
    """All pages of a site, by address."""
    return read(ListedPage, reader.db.conn.execute(_PAGES.format(chosen="pages.site = ?"), [site]))


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
