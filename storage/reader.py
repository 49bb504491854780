"""Answers the queries of people and other tools, one method for each. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from variorum.storage.database import open_for_reading
from variorum.storage.errors import NotFound
from variorum.storage.library import Database
from variorum.storage.rows import (
    NOT_OF_SITE,
    VERSIONS,
    WITH_HUNKS,
    ChangeRow,
    IssueRow,
    PageRow,
    RunRow,
    SiteRow,
    SuspectRow,
    TemplateRow,
    Values,
    VersionRow,
    read,
)
from variorum.storage.site_filter import SiteFilter, names_json, of_sites
from variorum.storage.spelling import other_slash

Row = TypeVar("Row")

_HAS_HISTORY = f"""
    watched_since IS NOT NULL
    OR EXISTS (SELECT 1 FROM pages WHERE site = sites.name AND state NOT IN {NOT_OF_SITE})
"""  # noqa: S608 - words of ours only
_IS_THERE = f"{_HAS_HISTORY} OR NOT EXISTS (SELECT 1 FROM pages WHERE site = sites.name)"  # noqa: S608 - ours
"""The row of a removed site stays for the numbers of its pages; a site never crawled has no pages."""


class Reader:
    """The database of a workspace, for reading; a crawl may write to it meanwhile."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file `path` for reading. Raises StoreError if there is no database yet."""
        return cls(open_for_reading(path))

    def close(self) -> None:
        """Close the connection to the database."""
        self.db.close()

    # ---- changes

    def changes(
        self,
        *,
        site: SiteFilter = None,
        kind: str | None = None,
        since: str | None = None,
        unreviewed: bool = False,
        quiet: bool = False,
        limit: int | None = None,
    ) -> list[ChangeRow]:
        """Changes, newest first; `since` is the earliest time at which they were found.

        Changes of typography, or only of the site's dates, are left out unless `quiet`.
        """
        wanted = {
            of_sites("site"): site,
            "kind = :kind": kind,
            "found_at >= :since": since,
            "verdict IS NULL": unreviewed or None,
        }
        announced = ["1"] if quiet else ["NOT typographic"]
        where = " AND ".join([*announced, *(sql for sql, value in wanted.items() if value)])
        return self._all(
            ChangeRow,
            f"SELECT {WITH_HUNKS} FROM changes WHERE {where} ORDER BY id DESC LIMIT :limit",  # noqa: S608 - words of ours only
            {"site": names_json(site), "kind": kind, "since": since, "limit": -1 if limit is None else limit},
        )

    def suspects(self, site: SiteFilter = None, limit: int | None = None) -> list[SuspectRow]:
        """The open suspects, the latest first."""
        of_site = f"AND {of_sites('site')}" if site is not None else ""
        return self._all(
            SuspectRow,
            f"SELECT * FROM suspects WHERE closed_at IS NULL {of_site}"  # noqa: S608 - words of ours only
            " ORDER BY since DESC, id DESC LIMIT :limit",
            {"site": names_json(site), "limit": -1 if limit is None else limit},
        )

    def count_suspects(self, site: str | None = None) -> int:
        """The number of pages with an open suspect."""
        of_site = "AND site = ?" if site is not None else ""
        sql = f"SELECT count(*) FROM suspects WHERE closed_at IS NULL {of_site}"  # noqa: S608 - our words
        return self._count(sql, [] if site is None else [site])

    def change(self, number: int) -> ChangeRow:
        """The change with that number. Raises NotFound."""
        rows = self._all(ChangeRow, f"SELECT {WITH_HUNKS} FROM changes WHERE id = ?", [number])  # noqa: S608 - ours
        if not rows:
            raise NotFound(f"there is no change {number}: `variorum changes` lists them")
        return rows[0]

    # ---- pages and versions

    def find(self, site: str, key: str) -> PageRow | None:
        """The page with this address, present or former; else with the address that differs in the final
        slash."""
        rows = self._all(
            PageRow,
            "SELECT pages.* FROM addresses JOIN pages ON pages.id = addresses.page"
            " WHERE addresses.site = :site AND addresses.key IN (:key, :other)"
            " ORDER BY addresses.key = :other",
            {"site": site, "key": key, "other": other_slash(key)},
        )
        return rows[0] if rows else None

    def page(self, page: int) -> PageRow:
        """The row of a page. Raises NotFound."""
        rows = self._all(PageRow, "SELECT * FROM pages WHERE id = ?", [page])
        if not rows:
            raise NotFound(f"there is no page {page}")
        return rows[0]

    def history(self, page: int) -> list[VersionRow]:
        """All versions of a page, the oldest first."""
        return self._all(
            VersionRow,
            f"{VERSIONS} WHERE page = ? ORDER BY number",
            [page],
        )

    def version(self, page: int, number: int | None = None, as_of: str | None = None) -> VersionRow:
        """A version of a page: the one with a number, the one current at a time, or the latest.

        Raises NotFound.
        """
        rows = self._all(
            VersionRow,
            f"{VERSIONS} WHERE page = :page AND (:number IS NULL OR number = :number)"
            " AND (:as_of IS NULL OR captured_at <= :as_of) ORDER BY number DESC LIMIT 1",
            {"page": page, "number": number, "as_of": as_of},
        )
        if not rows:
            which = f"version {number}" if number else f"version as of {as_of}" if as_of else "version"
            raise NotFound(f"{self.page(page).url} has no {which}: `variorum history` lists what is stored")
        return rows[0]

    # ---- sites

    def template(self, site: str) -> TemplateRow | None:
        """The latest template that was learned of a site."""
        sql = "SELECT * FROM templates WHERE site = ? ORDER BY version DESC LIMIT 1"
        rows = self._all(TemplateRow, sql, [site])
        return rows[0] if rows else None

    def pages(self, site: str) -> list[PageRow]:
        """All pages of a site that have an address, in the order in which they were found."""
        sql = f"SELECT * FROM pages WHERE site = ? AND state NOT IN {NOT_OF_SITE} ORDER BY id"  # noqa: S608 - ours
        return self._all(PageRow, sql, [site])

    # ---- the health of sites

    def sites_with_history(self) -> list[str]:
        """The names of the sites that were crawled, or of which a page is stored."""
        sql = f"SELECT name FROM sites WHERE {_HAS_HISTORY} ORDER BY name"  # noqa: S608 - ours
        return [name for (name,) in self.db.conn.execute(sql)]

    def sites(self) -> list[SiteRow]:
        """The schedule and state of all sites, by name; without those whose history was removed."""
        return self._all(SiteRow, f"SELECT * FROM sites WHERE {_IS_THERE} ORDER BY name", [])  # noqa: S608 - ours

    def site(self, name: str) -> SiteRow | None:
        """The schedule and state of a site; None before its first run, and if its history was removed."""
        sql = f"SELECT * FROM sites WHERE name = ? AND ({_IS_THERE})"  # noqa: S608 - ours
        rows = self._all(SiteRow, sql, [name])
        return rows[0] if rows else None

    def issues(self, site: str | None = None) -> list[IssueRow]:
        """The open issues, the latest first."""
        of_site = "" if site is None else " AND site = :site"
        sql = f"SELECT * FROM issues WHERE closed_at IS NULL{of_site} ORDER BY last_at DESC"  # noqa: S608 - ours
        return self._all(IssueRow, sql, {"site": site})

    def last_run(self, site: str) -> RunRow | None:
        """The latest run of a site."""
        rows = self._all(RunRow, "SELECT * FROM runs WHERE site = ? ORDER BY id DESC LIMIT 1", [site])
        return rows[0] if rows else None

    def first_run_since(self, site: str, moment: str) -> str | None:
        """When the first run of a site since that time began that sent requests."""
        sql = "SELECT min(started_at) FROM runs WHERE site = ? AND started_at >= ? AND requests > 0"
        found: str | None = self.db.conn.execute(sql, [site, moment]).fetchone()[0]
        return found

    def status(self, site: str) -> dict[str, Any]:
        """The status of a site: its pages by state, its runs, its open issues, and its sources."""
        row = self.site(site)
        counts = (
            "SELECT {0}, count(*) FROM pages WHERE site = ? AND state NOT IN ('absorbed', 'outside')"
            " GROUP BY {0}"
        )
        states, kinds = (dict(self._pairs(counts.format(column), [site])) for column in ("state", "kind"))
        return {
            "site": site,
            "known": sum(states.values()),
            "live": states.get("live", 0),
            "listing": kinds.get("listing", 0),
            "waiting": states.get("frontier", 0),
            "missing": states.get("missing", 0),
            "gone": states.get("gone", 0),
            "changes": self._count("SELECT count(*) FROM changes WHERE site = ? AND NOT typographic", [site]),
            "drifts": self._count(
                "SELECT count(*) FROM extraction_drifts JOIN pages ON pages.id = page WHERE site = ?", [site]
            ),
            "suspects": self.count_suspects(site),
            "witnesses": self.witnesses(site),
            "last_run": self.last_run(site),
            "next_due": row.next_due if row else None,
            "issues": self.issues(site),
            **self._asked_lately(site),
        }

    def count_never_fetched(self, site: str) -> int:
        """The number of pages of a site that were found and never fetched."""
        return self._count(
            "SELECT count(*) FROM pages WHERE site = ? AND state = 'frontier' AND checked_at IS NULL", [site]
        )

    def witnesses(self, site: str) -> Values:
        """The number of live pages whose text agrees with the site's API, of those that differ, and one
        that differs."""
        sql = "SELECT {} FROM pages WHERE site = ? AND state = 'live' AND version IS NOT NULL AND agrees = {}"
        agree, differ = (self._count(sql.format("count(*)", flag), [site]) for flag in (1, 0))
        found = self.db.conn.execute(sql.format("url", 0) + " ORDER BY id LIMIT 1", [site]).fetchone()
        return {"agree": agree, "differ": differ, "differing": found[0] if found else None}

    def coverage(self, site: str) -> list[Values]:
        """One row for each source of a site: how many of the pages that it lists are stored.

        A page counts as no longer listed if the last finished run that read the whole source did not find it
        there. A run that ended early has read only a part, and a feed never lists everything.
        """
        cursor = self.db.conn.execute(
            """
            WITH latest AS (
                SELECT source, max(last_run) AS run FROM listings JOIN pages ON pages.id = page
                WHERE site = :site GROUP BY source
            ), whole AS (
                SELECT kind AS source, max(runs.id) AS run FROM sources JOIN runs USING (site)
                WHERE site = :site AND started_at <= enumerated_at AND reason = 'finished' GROUP BY kind
            )
            SELECT source,
                   sum(last_run = latest.run) AS listed,
                   sum(last_run = latest.run AND pages.checked_at IS NULL) AS never_fetched,
                   sum(last_run < coalesce(whole.run, 0) AND pages.state = 'live') AS no_longer_listed
            FROM listings JOIN latest USING (source) LEFT JOIN whole USING (source)
            JOIN pages ON pages.id = page
            WHERE site = :site GROUP BY source ORDER BY source
            """,
            {"site": site},
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _asked_lately(self, site: str) -> Values:
        day_ago = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        requests, size = self.db.conn.execute(
            "SELECT coalesce(sum(requests), 0), coalesce(sum(bytes), 0) FROM runs"
            " WHERE site = ? AND started_at >= ?",
            [site, day_ago],
        ).fetchone()
        return {"requests_last_day": requests, "bytes_last_day": size}

    # ---- SQL

    @contextmanager
    def held(self) -> Iterator[None]:
        """While inside, all queries see the database as it is at the first one, whatever a crawl writes."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.rollback()

    def rows(self, sql: str, values: Values) -> Iterator[Values]:
        """The rows of a query as dictionaries, one at a time."""
        cursor = self.db.conn.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    def _all(self, kind: type[Row], sql: str, values: list[Any] | Values) -> list[Row]:
        return read(kind, self.db.conn.execute(sql, values))

    def _pairs(self, sql: str, values: list[Any]) -> list[tuple[str, int]]:
        return self.db.conn.execute(sql, values).fetchall()

    def _count(self, sql: str, values: list[Any]) -> int:
        return int(self.db.conn.execute(sql, values).fetchone()[0])
