"""Stores the schedule, runs, sources, template and issues of each site."""

from __future__ import annotations

from variorum.storage.rows import OverrideRow, PageRow, RunRow, SiteRow, SourceRow, TemplateRow, Values
from variorum.storage.tables import Tables


class Sites(Tables):
    """Reads and writes the data of sites: schedule, runs, sources, templates and issues."""

    # ---- sites and their schedule

    def enrol(self, site: str, url: str) -> None:
        """Add the site; a site that exists is left unchanged."""
        with self.writing():
            self._run(
                "INSERT INTO sites(name, url) VALUES (?, ?)"
                " ON CONFLICT(name) DO UPDATE SET url = excluded.url",
                [site, url],
            )

    def site(self, name: str) -> SiteRow:
        """The site's row; the site must be stored already."""
        return self._all(SiteRow, "SELECT * FROM sites WHERE name = ?", [name])[0]

    def rename_site(self, old: str, new: str) -> None:
        """Give the site another name, wherever it is stored; nothing may be stored under that name.

        Its documents keep their ids; the next increment of an export has all of them, with the new name.
        """
        rows = self.db.conn.execute(
            "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
            " WHERE m.type = 'table' AND c.name = 'site'"
        )
        tables = [table for (table,) in rows]
        with self.writing():
            self._run("PRAGMA defer_foreign_keys = ON", [])  # until the rows that refer to it follow
            self._run("DELETE FROM sites WHERE name = ? AND watched_since IS NULL", [new])
            self._run(
                "UPDATE sites SET name = ?, first_name = coalesce(first_name, name) WHERE name = ?",
                [new, old],
            )
            for table in tables:
                self._run(f"UPDATE {table} SET site = ? WHERE site = ?", [new, old])  # noqa: S608 - the schema's names
            self._run("INSERT INTO rewritings(page) SELECT id FROM pages WHERE site = ?", [new])

    def all_sites(self) -> dict[str, SiteRow]:
        """The rows of all sites, by name."""
        return {row.name: row for row in self._all(SiteRow, "SELECT * FROM sites", [])}

    def is_enrolled(self, name: str) -> bool:
        """Whether the site is known."""
        return self._exists("SELECT 1 FROM sites WHERE name = ?", [name])

    def due_sites(self, at: str) -> list[str]:
        """Names of the sites whose next run is due, the longest overdue first."""
        rows = self.db.conn.execute(
            "SELECT name FROM sites WHERE (next_due IS NULL OR next_due <= :at)"
            " AND (rest_until IS NULL OR rest_until <= :at) ORDER BY next_due",
            {"at": at},
        )
        return [name for (name,) in rows]

    def set_next_due(self, name: str, next_due: str, schedule: str, failures: int) -> None:
        """Store when the site runs next, and the schedule from which that was computed."""
        with self.writing():
            self._run(
                "UPDATE sites SET next_due = ?, schedule = ?, failures = ? WHERE name = ?",
                [next_due, schedule, failures, name],
            )

    def ask_for_run(self, name: str, at: str) -> None:
        """Store since when somebody asks for a run of all pages of the site."""
        with self.writing():
            self._run("UPDATE sites SET asked_at = ? WHERE name = ?", [at, name])

    def forget_asked_run(self, name: str, at: str) -> None:
        """Store that the run was made that somebody asked for at that time; a later wish stays."""
        with self.writing():
            self._run("UPDATE sites SET asked_at = NULL WHERE name = ? AND asked_at = ?", [name, at])

    def rest(self, name: str, until: str) -> None:
        """Store the time until which no requests are sent to the site."""
        with self.writing():
            self._run("UPDATE sites SET rest_until = ? WHERE name = ?", [until, name])

    def know_not_found(self, name: str, values: Values) -> None:
        """Store how the site answers for an address that can't exist, in the columns that begin with
        `not_found`."""
        with self.writing():
            self._update("sites", name, values)

    def save_outlook(self, name: str, outlook: Values) -> None:
        """Store how many pages are due in the next run, how many of them it fetches again, and how often
        pages are fetched."""
        with self.writing():
            self._update("sites", name, outlook)

    def save_rates(self, name: str, rates: str) -> None:
        """Store what is known of how often the pages of the site change, as JSON."""
        with self.writing():
            self._update("sites", name, {"rates": rates})

    def follow_identity(self, name: str, label: str, run: int | None) -> None:
        """Record that the site's addresses are stored by the rules `label`.

        `run` is the first run with these rules, if the site's file names other pages than before: sources are
        then read completely again, and the pages that they list are not announced as new.
        """
        with self.writing():
            self._update("sites", name, {"identity": label})
            if run is not None:
                self._update("sites", name, {"identity_run": run, "not_found_at": None})
                self._run(
                    "UPDATE sources SET enumerated_at = NULL, enumerated_run = NULL, cursor = NULL,"
                    " etag = NULL,"
                    " last_modified = NULL WHERE site = ?",
                    [name],
                )

    def known_since(self, page: PageRow) -> str | None:
        """The time since which the page would have been seen, had it been there; None before the site's first
        run.

        A page that belongs to the site only by newer rules was not looked for before these.
        """
        row = self.db.conn.execute(
            "SELECT max(watched_since, coalesce("
            "(SELECT started_at FROM runs WHERE site = sites.name AND id < sites.identity_run"
            " AND sites.identity_run <= :found_run ORDER BY id DESC LIMIT 1), ''))"
            " FROM sites WHERE name = :site",
            {"site": page.site, "found_run": page.found_run or 0},
        ).fetchone()
        return row[0] if row else None

    # ---- runs

    def begin_run(self, site: str, at: str) -> int:
        """Return the number of a run that starts now; a site's first run also starts its history."""
        with self.writing():
            self._run(
                "UPDATE sites SET watched_since = ? WHERE name = ? AND watched_since IS NULL", [at, site]
            )
            return self._insert("runs", {"site": site, "started_at": at})

    def update_run(self, run: int, values: Values) -> None:
        """Update columns of a run."""
        with self.writing():
            self._update("runs", run, values)

    def run(self, run: int) -> RunRow:
        """Return the row of a run."""
        return self._all(RunRow, "SELECT * FROM runs WHERE id = ?", [run])[0]

    def requests_since(self, site: str, moment: str) -> int:
        """The number of requests in runs of the site that started at or after that time.

        A killed run has reported none: its captures are counted instead.
        """
        row = self.db.conn.execute(
            "SELECT coalesce(sum(CASE WHEN ended_at IS NULL THEN"
            " (SELECT count(*) FROM captures WHERE run = runs.id) ELSE requests END), 0)"
            " FROM runs WHERE site = ? AND started_at >= ?",
            [site, moment],
        ).fetchone()
        return int(row[0])

    def has_whole_run(self, site: str, before: int) -> bool:
        """Whether an earlier run, by the same rules, fetched everything that the sources listed."""
        return self._exists(
            "SELECT 1 FROM runs WHERE site = ? AND complete AND id < ?"
            " AND id >= coalesce((SELECT identity_run FROM sites WHERE name = runs.site), 0)",
            [site, before],
        )

    def has_earlier_run(self, site: str, before: int) -> bool:
        """Whether the site was crawled before this run."""
        return self._exists("SELECT 1 FROM runs WHERE site = ? AND id < ?", [site, before])

    # ---- sources

    def sources(self, site: str) -> list[SourceRow]:
        """Return the rows of the site's sources."""
        return self._all(SourceRow, "SELECT * FROM sources WHERE site = ?", [site])

    def source(self, site: str, address: str) -> SourceRow | None:
        """The row of the source at that address; None if it was never read."""
        sql = "SELECT * FROM sources WHERE site = ? AND address = ?"
        return self._one(SourceRow, sql, [site, address])

    def save_source(self, site: str, address: str, values: Values) -> None:
        """Update the columns of a source; the other columns stay unchanged."""
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        sets = ", ".join(f"{name} = excluded.{name}" for name in values)
        with self.writing():
            self._run(
                f"INSERT INTO sources(site, address, {names}) VALUES (?, ?, {marks})"  # noqa: S608 - ours
                f" ON CONFLICT(site, address) DO UPDATE SET {sets}",
                [site, address, *values.values()],
            )

    # ---- templates

    def template(self, site: str) -> TemplateRow | None:
        """The latest template of a site."""
        sql = "SELECT * FROM templates WHERE site = ? ORDER BY version DESC LIMIT 1"
        return self._one(TemplateRow, sql, [site])

    def templates(self, site: str) -> list[TemplateRow]:
        """All templates of a site, the latest first."""
        sql = "SELECT * FROM templates WHERE site = ? ORDER BY version DESC"
        return self._all(TemplateRow, sql, [site])

    def add_template(self, values: Values) -> None:
        """Store a newly learned template."""
        with self.writing():
            self._insert("templates", values)

    def confirm_template(self, site: str, version: int, pages: int) -> None:
        """Record the number of pages that confirmed the template."""
        with self.writing():
            self.db.conn.execute(
                "UPDATE templates SET pages = ? WHERE site = ? AND version = ?", [pages, site, version]
            )

    def template_overrides(self, site: str) -> list[OverrideRow]:
        """The decisions of people on pieces of the site's template."""
        return self._all(
            OverrideRow, "SELECT * FROM template_overrides WHERE site = ? ORDER BY path, text", [site]
        )

    def pin(self, site: str, path: str, text: str, boilerplate: bool | None, at: str) -> None:
        """Store a person's decision on a piece; None withdraws an earlier one."""
        with self.writing():
            self._run(
                "DELETE FROM template_overrides WHERE site = ? AND path = ? AND text = ?", [site, path, text]
            )
            if boilerplate is not None:
                self._run(
                    "INSERT INTO template_overrides VALUES (?, ?, ?, ?, ?)",
                    [site, path, text, int(boilerplate), at],
                )

    # ---- issues

    def raise_issue(self, site: str, kind: str, message: str, at: str) -> None:
        """Open an issue of this kind for the site, or update the open one."""
        with self.writing():
            self._run(
                "INSERT INTO issues(site, kind, message, since, last_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT(site, kind) WHERE closed_at IS NULL"
                " DO UPDATE SET message = excluded.message, last_at = excluded.last_at, times = times + 1",
                [site, kind, message, at, at],
            )

    def sites_with_issue(self, kind: str) -> set[str]:
        """The names of the sites that have an open issue of this kind."""
        rows = self.db.conn.execute("SELECT site FROM issues WHERE kind = ? AND closed_at IS NULL", [kind])
        return {site for (site,) in rows}

    def close_issue(self, site: str, kind: str, at: str) -> None:
        """Close the open issue of this kind."""
        with self.writing():
            self._run(
                "UPDATE issues SET closed_at = ? WHERE site = ? AND kind = ? AND closed_at IS NULL",
                [at, site, kind],
            )
