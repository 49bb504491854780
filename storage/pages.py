"""Stores the pages of a site: their addresses, their listings by sources, and counts of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterable, Iterator
from contextlib import closing
from itertools import islice

from variorum.storage.rows import NOT_OF_SITE, PageRow, UnreadArticle, Values
from variorum.storage.spelling import other_slash
from variorum.storage.tables import Tables

BORN = "min(coalesce(published, found_at), found_at)"
"""When a page was published; if that is unknown, when it was found. The index has the same expression."""


class PageTable(Tables):
    """Reads and writes pages, the addresses that lead to them, and the sources that list them."""

    def page(self, page: int) -> PageRow:
        """Return the row of a page."""
        return self._all(PageRow, "SELECT * FROM pages WHERE id = ?", [page])[0]

    def find(self, site: str, key: str) -> PageRow | None:
        """The page with this address, present or former; else with the address that differs in the final
        slash."""
        return self.find_exactly(site, key) or self.find_exactly(site, other_slash(key))

    def find_exactly(self, site: str, key: str) -> PageRow | None:
        """The page with exactly this address, present or former."""
        return self._one(
            PageRow,
            "SELECT pages.* FROM addresses JOIN pages ON pages.id = addresses.page"
            " WHERE addresses.site = ? AND addresses.key = ?",
            [site, key],
        )

    def find_by_source_id(self, site: str, source_id: str) -> PageRow | None:
        """The page with this id in the site's own system."""
        return self._one(PageRow, "SELECT * FROM pages WHERE site = ? AND source_id = ?", [site, source_id])

    def twins(self, page: PageRow, text_digest: str, states: Iterable[str]) -> list[PageRow]:
        """Other articles of the site in one of these states with the same latest text."""
        marks = ", ".join("?" for _ in states)
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND text_digest = ? AND id <> ?"  # noqa: S608 - marks only
            f" AND state IN ({marks}) ORDER BY id",
            [page.site, text_digest, page.id, *states],
        )

    def discard(self, page: int) -> bool:
        """Remove a page that robots.txt has never let be fetched; False if it was fetched or imported."""
        known = "EXISTS (SELECT 1 FROM captures WHERE page = pages.id AND outcome <> 'robots')"
        with self.writing():
            if not self._exists(
                f"SELECT 1 FROM pages WHERE id = ? AND version IS NULL AND seen_at IS NULL AND NOT {known}",  # noqa: S608 - our words
                [page],
            ):
                return False
            for table in ("capture_rows", "addresses", "listings"):
                self._run(f"DELETE FROM {table} WHERE page = ?", [page])  # noqa: S608 - names of the schema
            self._run("DELETE FROM pages WHERE id = ?", [page])
        return True

    def namesakes(self, page: PageRow, title: str, published: str | None, state: str) -> list[PageRow]:
        """Other articles of the site in that state with this title, or published on that day: a few of them,
        those with the title first, then those found last."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ?1 AND state = ?2 AND id <> ?3 AND kind = 'article'"
            " AND version IS NOT NULL AND (title = ?4 OR substr(published, 1, 10) = ?5)"
            " ORDER BY title = ?4 DESC, id DESC LIMIT 20",
            [page.site, state, page.id, title, published[:10] if published else None],
        )

    def pages(self, site: str) -> list[PageRow]:
        """All pages of a site that have an address and are in scope, in the order in which they were
        found."""
        sql = f"SELECT * FROM pages WHERE site = ? AND state NOT IN {NOT_OF_SITE} ORDER BY id"  # noqa: S608 - ours
        return self._all(PageRow, sql, [site])

    def never_fetched(self, site: str, most: int, *, besides: Container[int] = ()) -> list[int]:
        """Pages that were never fetched, those published last first, without those in `besides`."""
        rows = self.db.conn.execute(
            f"SELECT id FROM pages WHERE site = ? AND checked_at IS NULL AND state NOT IN {NOT_OF_SITE}"  # noqa: S608 - our words
            f" ORDER BY {BORN} DESC, id",
            [site],
        )
        with closing(rows):  # SQLite goes no further than it is read
            return list(islice((page for (page,) in rows if page not in besides), max(0, most)))

    def some_pages(self, pages: Iterable[int]) -> list[PageRow]:
        """The rows of these pages, in this order, without pages that are out of scope now."""
        sql = f"SELECT * FROM pages WHERE id = ? AND state NOT IN {NOT_OF_SITE}"  # noqa: S608 - our words
        return [row for page in pages if (row := self._one(PageRow, sql, [page]))]

    def live_pages(self, site: str) -> list[int]:
        """The numbers of the site's live pages."""
        rows = self.db.conn.execute("SELECT id FROM pages WHERE site = ? AND state = 'live'", [site])
        return [page for (page,) in rows]

    def fetched_addresses(self, site: str) -> Iterator[tuple[str, int | None, str | None, str | None]]:
        """Of each live page: its address, the words and digest of its article, and the page on which it
        was found."""
        return iter(
            self.db.conn.execute(
                "SELECT pages.url, versions.words, pages.text_digest, pages.found_on FROM pages"
                " LEFT JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
                " WHERE pages.site = ? AND pages.state = 'live' ORDER BY pages.id",
                [site],
            )
        )

    def add_page(self, values: Values, key: str) -> PageRow:
        """Add a page with the address `key`; another page that had the address before loses it."""
        with self.writing():
            page = self._insert("pages", values)
            self.add_address(values["site"], key, page)
        return self.page(page)

    def update_page(self, page: int, values: Values) -> PageRow:
        """Set columns of a page and return its new row."""
        with self.writing():
            self._update("pages", page, values)
        return self.page(page)

    def add_address(self, site: str, key: str, page: int) -> None:
        """Let this address lead to the page from now on."""
        with self.writing():
            self._run(
                "INSERT INTO addresses(site, key, page) VALUES (?, ?, ?)"
                " ON CONFLICT(site, key) DO UPDATE SET page = excluded.page",
                [site, key, page],
            )

    def rename_address(self, site: str, old: str, new: str, page: int) -> None:
        """Change the spelling of an address; if the new one belongs to another page, the old one is
        deleted."""
        with self.writing():
            self._run("DELETE FROM addresses WHERE site = ? AND key = ?", [site, old])
            self._run("INSERT OR IGNORE INTO addresses(site, key, page) VALUES (?, ?, ?)", [site, new, page])

    def forget_address(self, site: str, key: str, page: int) -> None:
        """Delete the address of the page, if it has it."""
        with self.writing():
            self._run("DELETE FROM addresses WHERE site = ? AND key = ? AND page = ?", [site, key, page])

    def renderings(self, page: PageRow) -> list[PageRow]:
        """Live pages with the same text that name this page as their main one."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND text_digest = ? AND names = ?"
            " AND state = 'live' AND id <> ? ORDER BY id",
            [page.site, page.text_digest, page.url, page.id],
        )

    def addresses_after(self, site: str, key: str, limit: int) -> list[tuple[str, int]]:
        """At most `limit` addresses of a site that follow the key, each with its page."""
        rows = self.db.conn.execute(
            "SELECT key, page FROM addresses WHERE site = ? AND key > ? ORDER BY key LIMIT ?",
            [site, key, limit],
        )
        return [(key, page) for key, page in rows]

    def pages_after(self, site: str, page: int, limit: int) -> list[PageRow]:
        """At most `limit` pages of a site that follow the page, including those out of scope."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND id > ? AND state NOT IN ('unplaced', 'absorbed')"
            " ORDER BY id LIMIT ?",
            [site, page, limit],
        )

    def seed_addresses(self, site: str) -> list[str]:
        """The addresses at which the crawl of the site began, according to its pages."""
        rows = self.db.conn.execute(
            "SELECT url FROM pages WHERE site = ? AND found_by = 'seed' AND state <> 'absorbed' ORDER BY id",
            [site],
        )
        return [url for (url,) in rows]

    def list_page(self, page: int, source: str, run: int, modified: str | None = None) -> None:
        """Record that a source lists the page in this run, and the date that it gives."""
        self._run(
            "INSERT INTO listings(page, source, first_run, last_run, modified) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(page, source) DO UPDATE"
            " SET last_run = excluded.last_run, modified = coalesce(excluded.modified, modified)",
            [page, source, run, run, modified],
        )

    def listed_date(self, page: int, source: str) -> str | None:
        """The date of modification that the source gives for the page."""
        row = self.db.conn.execute(
            "SELECT modified FROM listings WHERE page = ? AND source = ?", [page, source]
        ).fetchone()
        return row[0] if row else None

    def listed_late(self, page: PageRow, run: int) -> bool:
        """Whether a source lists the page only now, although an earlier complete reading did not."""
        return self._exists(
            "SELECT 1 FROM listings WHERE page = ? AND first_run = ?"
            " AND EXISTS"
            " (SELECT 1 FROM sources WHERE site = ? AND kind = listings.source AND enumerated_run < ?)"
            " AND NOT EXISTS"
            " (SELECT 1 FROM sources WHERE site = ? AND kind = listings.source AND enumerated_run = ?)",
            [page.id, run, page.site, run, page.site, run],
        )

    def missing(self, site: str) -> list[PageRow]:
        """Pages that answered "not found" at least once and are not confirmed as gone."""
        return self._all(PageRow, "SELECT * FROM pages WHERE site = ? AND state = 'missing'", [site])

    def count_pages(self, site: str, state: str) -> int:
        """The number of the site's pages in a state."""
        row = self.db.conn.execute("SELECT count(*) FROM pages WHERE site = ? AND state = ?", [site, state])
        return int(row.fetchone()[0])

    def count_seen(self, site: str, since: str) -> int:
        """The number of the site's pages seen at or after that time."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM pages WHERE site = ? AND state = 'live' AND seen_at >= ?", [site, since]
        )
        return int(row.fetchone()[0])

    def count_articles(self, site: str, most: int = -1) -> int:
        """The number of live pages of the site with a version, counted up to `most`."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM pages"
            " WHERE site = ? AND state = 'live' AND version IS NOT NULL LIMIT ?)",
            [site, most],
        )
        return int(row.fetchone()[0])

    def unread_articles(self, site: str, outcomes: Collection[str]) -> list[UnreadArticle]:
        """The live pages of the site with a version whose last fetch had one of these outcomes, the first
        fetched first."""
        return self._all(
            UnreadArticle,
            "SELECT pages.url, pages.checked_at, outcome, reason FROM pages JOIN captures ON captures.id ="
            " (SELECT max(id) FROM captures WHERE page = pages.id AND origin = 'crawl')"
            " WHERE pages.site = ? AND state = 'live' AND version IS NOT NULL AND seen_at < checked_at"
            " AND outcome IN (SELECT value FROM json_each(?)) ORDER BY captures.id",
            [site, json.dumps(sorted(outcomes))],
        )

    def count_sights(self, run: int) -> tuple[int, int, int]:
        """The number of pages a run fetched, of those with an article, and of articles that did not
        appear."""
        row = self.db.conn.execute(
            "SELECT count(*), total(is_article AND was_seen),"
            " total(is_article AND is_live AND NOT was_seen) FROM ("
            " SELECT version IS NOT NULL AS is_article, state = 'live' AS is_live,"
            " max(outcome IN ('ok', 'not modified', 'moved')) AS was_seen"
            " FROM captures JOIN pages ON pages.id = captures.page WHERE captures.run = ? GROUP BY pages.id)",
            [run],
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def languages(self, site: str) -> set[str]:
        """The languages of the site's live articles."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT language FROM pages WHERE site = ? AND state = 'live' AND version IS NOT NULL",
            [site],
        )
        return {language for (language,) in rows if language}

    def waiting(self, site: str) -> int:
        """The number of the site's pages that were found and never fetched."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM pages WHERE site = ? AND state = 'frontier' AND checked_at IS NULL", [site]
        )
        return int(row.fetchone()[0])

    def no_longer_listed(self, site: str, source: str, run: int) -> list[int]:
        """Pages, not confirmed as gone, that the source listed before this run and does not list now."""
        rows = self.db.conn.execute(
            "SELECT pages.id FROM pages JOIN listings ON listings.page = pages.id"
            " WHERE pages.site = ? AND listings.source = ?"
            " AND listings.last_run < ? AND pages.state IN ('live', 'missing')",
            [site, source, run],
        )
        return [page for (page,) in rows]
