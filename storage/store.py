"""The queries and writes of a crawl: each method runs SQL and returns records.

Nothing here decides; it keeps and finds. What belongs together is written inside one `with store.writing()`.
What is kept of sites as a whole is in sites.py; how captures from elsewhere take their place, in history.py;
how two pages become one, in merging.py;
what people and other tools ask, in reader.py.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import closing
from dataclasses import fields
from itertools import islice

from storage import bodies, seals
from storage.merging import Merging
from storage.rows import NOT_OF_SITE, CaptureRow, PageRow, Values, VersionRow, VisitRow
from storage.sites import Sites
from storage.spelling import other_slash
from storage.suspects import Suspects
from storage.text_index import index

BORN = "min(coalesce(published, found_at), found_at)"
"""When a page was published; where that is not known, when it was found. The words of an index."""


class Store(Merging, Sites, Suspects):
    """The database of a workspace, for writing: pages, captures, versions, changes."""

    # ---- pages

    def page(self, page: int) -> PageRow:
        """Return the row of a page."""
        return self._all(PageRow, "SELECT * FROM pages WHERE id = ?", [page])[0]

    def find(self, site: str, key: str) -> PageRow | None:
        """The page known under an address, however old; else under that with or without a final slash."""
        return self.find_exactly(site, key) or self.find_exactly(site, other_slash(key))

    def find_exactly(self, site: str, key: str) -> PageRow | None:
        """The page known under this very address, however old it is."""
        return self._one(
            PageRow,
            "SELECT pages.* FROM addresses JOIN pages ON pages.id = addresses.page"
            " WHERE addresses.site = ? AND addresses.key = ?",
            [site, key],
        )

    def find_by_source_id(self, site: str, source_id: str) -> PageRow | None:
        """The page that the site itself knows under this id."""
        return self._one(PageRow, "SELECT * FROM pages WHERE site = ? AND source_id = ?", [site, source_id])

    def twins(self, page: PageRow, text_digest: str, states: Iterable[str]) -> list[PageRow]:
        """Other articles of the site in one of these states whose latest text is the same."""
        marks = ", ".join("?" for _ in states)
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND text_digest = ? AND id <> ?"  # noqa: S608 - marks only
            f" AND state IN ({marks}) ORDER BY id",
            [page.site, text_digest, page.id, *states],
        )

    def pages(self, site: str) -> list[PageRow]:
        """All pages that belong to a site and have an address, in the order in which they were found."""
        sql = f"SELECT * FROM pages WHERE site = ? AND state NOT IN {NOT_OF_SITE} ORDER BY id"  # noqa: S608 - ours
        return self._all(PageRow, sql, [site])

    def visits(self, site: str) -> Iterator[VisitRow]:
        """What of each page that was fetched before tells when it is due again, one at a time."""
        columns = ", ".join(field.name for field in fields(VisitRow))
        rows = self.db.conn.execute(
            f"SELECT {columns} FROM pages WHERE site = ? AND state NOT IN {NOT_OF_SITE}"  # noqa: S608 - our names
            " AND checked_at IS NOT NULL ORDER BY id",
            [site],
        )
        return (VisitRow(*row) for row in rows)

    def never_fetched(self, site: str, most: int, *, besides: Container[int] = ()) -> list[int]:
        """Pages that were found and never fetched, those published last first; without those of `besides`."""
        rows = self.db.conn.execute(
            f"SELECT id FROM pages WHERE site = ? AND checked_at IS NULL AND state NOT IN {NOT_OF_SITE}"  # noqa: S608 - our words
            f" ORDER BY {BORN} DESC, id",
            [site],
        )
        with closing(rows):  # SQLite goes no further than it is read
            return list(islice((page for (page,) in rows if page not in besides), max(0, most)))

    def some_pages(self, pages: Iterable[int]) -> list[PageRow]:
        """The rows of these pages, in this order, without those that belong to the site no more."""
        sql = f"SELECT * FROM pages WHERE id = ? AND state NOT IN {NOT_OF_SITE}"  # noqa: S608 - our words
        return [row for page in pages if (row := self._one(PageRow, sql, [page]))]

    def live_pages(self, site: str) -> list[int]:
        """The pages of a site that are there."""
        rows = self.db.conn.execute("SELECT id FROM pages WHERE site = ? AND state = 'live'", [site])
        return [page for (page,) in rows]

    def fetched_addresses(self, site: str) -> Iterator[tuple[str, int | None, str | None, str | None]]:
        """Address, words and digest of its article, and the page that first led there, of each live page."""
        return iter(
            self.db.conn.execute(
                "SELECT pages.url, versions.words, pages.text_digest, pages.found_on FROM pages"
                " LEFT JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
                " WHERE pages.site = ? AND pages.state = 'live' ORDER BY pages.id",
                [site],
            )
        )

    def add_page(self, values: Values, key: str) -> PageRow:
        """A new page, known under `key`; an address that another page had before is now this one's."""
        with self.writing():
            page = self._insert("pages", values)
            self.add_address(values["site"], key, page)
        return self.page(page)

    def update_page(self, page: int, values: Values) -> PageRow:
        """Set columns of a page; the row as it is afterwards."""
        with self.writing():
            self._update("pages", page, values)
        return self.page(page)

    def add_address(self, site: str, key: str, page: int) -> None:
        """From now on this address leads to the page."""
        with self.writing():
            self._run(
                "INSERT INTO addresses(site, key, page) VALUES (?, ?, ?)"
                " ON CONFLICT(site, key) DO UPDATE SET page = excluded.page",
                [site, key, page],
            )

    def rename_address(self, site: str, old: str, new: str, page: int) -> None:
        """The address has another spelling from now on; where that leads to another page, it is forgotten."""
        with self.writing():
            self._run("DELETE FROM addresses WHERE site = ? AND key = ?", [site, old])
            self._run("INSERT OR IGNORE INTO addresses(site, key, page) VALUES (?, ?, ?)", [site, new, page])

    def forget_address(self, site: str, key: str, page: int) -> None:
        """The address does not lead to the page any more, if it did."""
        with self.writing():
            self._run("DELETE FROM addresses WHERE site = ? AND key = ? AND page = ?", [site, key, page])

    def renderings(self, page: PageRow) -> list[PageRow]:
        """Live pages with the text of this one that name it as their main page."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND text_digest = ? AND names = ?"
            " AND state = 'live' AND id <> ? ORDER BY id",
            [page.site, page.text_digest, page.url, page.id],
        )

    def addresses_after(self, site: str, key: str, limit: int) -> list[tuple[str, int]]:
        """The addresses of a site, and the page of each, that come after that key; at most `limit`."""
        rows = self.db.conn.execute(
            "SELECT key, page FROM addresses WHERE site = ? AND key > ? ORDER BY key LIMIT ?",
            [site, key, limit],
        )
        return [(key, page) for key, page in rows]

    def pages_after(self, site: str, page: int, limit: int) -> list[PageRow]:
        """The pages of a site that come after that page, those put aside too; at most `limit`."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND id > ? AND state NOT IN ('unplaced', 'absorbed')"
            " ORDER BY id LIMIT ?",
            [site, page, limit],
        )

    def seed_addresses(self, site: str) -> list[str]:
        """The addresses at which the crawl of the site has begun, as far as its pages tell."""
        rows = self.db.conn.execute(
            "SELECT url FROM pages WHERE site = ? AND found_by = 'seed' AND state <> 'absorbed' ORDER BY id",
            [site],
        )
        return [url for (url,) in rows]

    def list_page(self, page: int, source: str, run: int, modified: str | None = None) -> None:
        """Note that a source lists the page in this run, and how it dates it."""
        self._run(
            "INSERT INTO listings(page, source, first_run, last_run, modified) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT(page, source) DO UPDATE"
            " SET last_run = excluded.last_run, modified = coalesce(excluded.modified, modified)",
            [page, source, run, run, modified],
        )

    def listed_date(self, page: int, source: str) -> str | None:
        """When the source says that the page was modified, as far as it has dated it."""
        row = self.db.conn.execute(
            "SELECT modified FROM listings WHERE page = ? AND source = ?", [page, source]
        ).fetchone()
        return row[0] if row else None

    def listed_late(self, page: PageRow, run: int) -> bool:
        """Whether a source that had been read whole before, without it, lists the page now."""
        return self._exists(
            "SELECT 1 FROM listings WHERE page = ? AND first_run = ?"
            " AND EXISTS"
            " (SELECT 1 FROM sources WHERE site = ? AND kind = listings.source AND enumerated_run < ?)"
            " AND NOT EXISTS"
            " (SELECT 1 FROM sources WHERE site = ? AND kind = listings.source AND enumerated_run = ?)",
            [page.id, run, page.site, run, page.site, run],
        )

    def missing(self, site: str) -> list[PageRow]:
        """Pages that answered "not found" once or more, and are not known to be gone."""
        return self._all(PageRow, "SELECT * FROM pages WHERE site = ? AND state = 'missing'", [site])

    def count_pages(self, site: str, state: str) -> int:
        """How many pages of the site are in a state."""
        row = self.db.conn.execute("SELECT count(*) FROM pages WHERE site = ? AND state = ?", [site, state])
        return int(row.fetchone()[0])

    def count_seen(self, site: str, since: str) -> int:
        """How many pages of the site were seen at that time or later."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM pages WHERE site = ? AND state = 'live' AND seen_at >= ?", [site, since]
        )
        return int(row.fetchone()[0])

    def count_articles(self, site: str, most: int = -1) -> int:
        """How many live pages of the site have a version; no more than `most` are counted."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM pages"
            " WHERE site = ? AND state = 'live' AND version IS NOT NULL LIMIT ?)",
            [site, most],
        )
        return int(row.fetchone()[0])

    def count_sights(self, run: int) -> tuple[int, int, int]:
        """How many pages a run fetched; how many showed an article; how many live articles did not show."""
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
        """How many pages of the site were found and never fetched."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM pages WHERE site = ? AND state = 'frontier' AND checked_at IS NULL", [site]
        )
        return int(row.fetchone()[0])

    def no_longer_listed(self, site: str, source: str, run: int) -> list[int]:
        """Pages, not yet known to be gone, that the source listed before this run and does not list now."""
        rows = self.db.conn.execute(
            "SELECT pages.id FROM pages JOIN listings ON listings.page = pages.id"
            " WHERE pages.site = ? AND listings.source = ?"
            " AND listings.last_run < ? AND pages.state IN ('live', 'missing')",
            [site, source, run],
        )
        return [page for (page,) in rows]

    # ---- captures, versions, changes

    def pack(self, body: bytes, page: int) -> bodies.Packed:
        """The body compressed, against the one kept last of the page; needs no transaction."""
        return bodies.pack(self.db.conn, body, base=self.last_body(page))

    def add_capture(self, values: Values, body: bodies.Packed | None = None) -> int:
        """The number of a new capture; `body`, where given, is kept."""
        with self.writing():
            digest = bodies.insert(self.db.conn, body) if body else None
            return self._insert("captures", {**values, "body": digest})

    def last_body(self, page: int) -> str | None:
        """Digest of the body that was kept last of a page."""
        row = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL ORDER BY id DESC LIMIT 1", [page]
        ).fetchone()
        return str(row[0]) if row else None

    def last_good_body(self, page: int) -> str | None:
        """Digest of the body that was kept last of the page as it is meant to be seen."""
        row = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL AND outcome IN ('ok', 'moved')"
            " ORDER BY origin = 'crawl' DESC, id DESC LIMIT 1",  # what was imported may be old
            [page],
        ).fetchone()
        return str(row[0]) if row else None

    def looks(self, page: int, reason: str) -> list[str]:
        """Digests of the bodies of a page from the last run in which a capture has that reason; oldest first.

        Of a page that has none, the one that was kept last.
        """
        rows = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL AND outcome IN ('ok', 'moved')"
            " AND run = (SELECT max(run) FROM captures WHERE page = ? AND reason = ? AND body IS NOT NULL)"
            " ORDER BY fetched_at, id",
            [page, page, reason],
        ).fetchall()
        last = self.last_good_body(page) if not rows else None
        return [str(body) for (body,) in rows] or ([last] if last else [])

    def pages_looked_at(self, site: str, reason: str, limit: int) -> list[int]:
        """The live pages of a site that have a kept capture of that reason, the latest first."""
        rows = self.db.conn.execute(
            "SELECT page FROM captures JOIN pages ON pages.id = page WHERE site = ? AND state = 'live'"
            " AND reason = ? AND body IS NOT NULL GROUP BY page ORDER BY max(captures.id) DESC LIMIT ?",
            [site, reason, limit],
        )
        return [int(page) for (page,) in rows]

    def capture(self, capture: int) -> CaptureRow:
        """Return the row of a capture."""
        return self._all(CaptureRow, "SELECT * FROM captures WHERE id = ?", [capture])[0]

    def mementos(self, site: str) -> set[tuple[str, str]]:
        """Address and time of each capture of a web archive that was looked at."""
        rows = self.db.conn.execute("SELECT url, at FROM mementos WHERE site = ?", [site])
        return {(url, at) for url, at in rows}

    def add_memento(self, site: str, url: str, at: str, digest: str, became: str) -> None:
        """Record the result of reading a capture of a web archive."""
        self._run(
            "INSERT OR REPLACE INTO mementos(site, url, at, digest, became) VALUES (?, ?, ?, ?, ?)",
            [site, url, at, digest, became],
        )

    def checks_since(self, page: int, after: str, before: str) -> int:
        """How many captures of the page were made between two moments, both left out."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM captures WHERE page = ? AND fetched_at > ? AND fetched_at < ?",
            [page, after, before],
        ).fetchone()
        return int(row[0])

    def body(self, digest: str) -> bytes:
        """The bytes stored under a digest. Raises NotFound."""
        return bodies.get(self.db.conn, digest)

    def add_version(self, values: Values) -> int:
        """Add a version; return its id."""
        with self.writing():
            version = self._insert("versions", values)
            index.add(self.db.conn, version, values["title"], values["text"])
            seals.place(self.db.conn, version)
            return version

    def reread_version(self, version: int, values: Values) -> VersionRow:
        """Replace the reading of a version's capture by a newer reading of the same bytes."""
        with self.writing():
            before = self._version(version)
            self._update("versions", version, values)
            after = self._version(version)
            if (before.title, before.text) != (after.title, after.text):
                index.remove(self.db.conn, version, before.title, before.text)
                index.add(self.db.conn, version, after.title, after.text)
            seals.seal(self.db.conn, version)
        return after

    def _version(self, version: int) -> VersionRow:
        return self._all(VersionRow, "SELECT * FROM versions WHERE id = ?", [version])[0]

    def last_version(self, page: int) -> VersionRow | None:
        """Return the latest version of a page."""
        return self._one(
            VersionRow, "SELECT * FROM versions WHERE page = ? ORDER BY number DESC LIMIT 1", [page]
        )

    def latest_of(self, page: int, count: int) -> list[VersionRow]:
        """The latest versions of a page, the last one first."""
        sql = "SELECT * FROM versions WHERE page = ? ORDER BY number DESC LIMIT ?"
        return self._all(VersionRow, sql, [page, count])

    def latest_versions(self, site: str, limit: int = -1) -> list[VersionRow]:
        """The latest version of each live page of a site, newest page first."""
        return self._all(
            VersionRow,
            "SELECT versions.* FROM pages"
            " JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
            " WHERE pages.site = ? AND pages.state = 'live' ORDER BY pages.id DESC LIMIT ?",
            [site, limit],
        )

    def latest_versions_after(self, site: str, page: int, limit: int) -> list[VersionRow]:
        """The latest versions of the first live pages of a site with ids above `page`."""
        return self._all(
            VersionRow,
            "SELECT versions.* FROM pages"
            " JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
            " WHERE pages.site = ? AND pages.state = 'live' AND pages.id > ? ORDER BY pages.id LIMIT ?",
            [site, page, limit],
        )

    def news_dates(self, site: str) -> list[str]:
        """When the latest new pages of the site were seen, the oldest of them first; twenty at most."""
        rows = self.db.conn.execute(
            "SELECT seen_new FROM changes WHERE site = ? AND kind = 'new' AND NOT backfilled"
            " ORDER BY id DESC LIMIT 20",
            [site],
        )
        return sorted(moment for (moment,) in rows)

    def add_drift(self, values: Values) -> int:
        """Add an extraction drift; return its id."""
        with self.writing():
            return self._insert("extraction_drifts", values)

    def hollow_date(self, page: int, version: int) -> str | None:
        """The modified date that the site has last given to this version, where it moved with no word."""
        row = self.db.conn.execute(
            "SELECT modified FROM changes WHERE page = ? AND old_version = ? AND date_only"
            " ORDER BY id DESC LIMIT 1",
            [page, version],
        ).fetchone()
        return row[0] if row else None

    def add_change(self, values: Values) -> int:
        """Add a change; return its id."""
        with self.writing():
            return self._insert("changes", values)
