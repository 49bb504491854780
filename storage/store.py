"""Runs the queries and writes of a crawl: each method runs SQL and returns records.

No method decides anything. What belongs together is written inside one `with store.writing()`. pages.py
stores pages and their addresses, sites.py what concerns a site as a whole; history.py inserts captures from
elsewhere, merging.py merges pages, reader.py answers the queries of people and other tools.
"""

from __future__ import annotations

from variorum.storage import bodies, captures, hunks, seals, texts
from variorum.storage.merging import Merging
from variorum.storage.packing import Packing
from variorum.storage.pages import PageTable
from variorum.storage.rows import VERSIONS, WITH_TEXTS, CaptureRow, Values, VersionRow
from variorum.storage.sites import Sites
from variorum.storage.suspects import Suspects
from variorum.storage.text_index import index


class Store(Merging, Packing, PageTable, Sites, Suspects):
    """The database of a workspace, for writing: pages, captures, versions, changes."""

    def add_capture(self, values: Values, body: bodies.Packed | None = None) -> int:
        """Add a capture, with its body if one is given; return its number."""
        with self.writing():
            digest = bodies.insert(self.db.conn, body) if body else None
            return captures.insert(self.db.conn, {**values, "body": digest})

    def last_good_body(self, page: int) -> str | None:
        """The digest of the last stored body that shows the page itself."""
        row = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL AND outcome IN ('ok', 'moved')"
            " ORDER BY origin = 'crawl' DESC, id DESC LIMIT 1",  # what was imported may be old
            [page],
        ).fetchone()
        return str(row[0]) if row else None

    def looks(self, page: int, reason: str) -> list[str]:
        """The digests of the page's bodies with that reason, from the last run that has any; the oldest
        first.

        If there are none, the last stored body.
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
        """The live pages of a site with a stored capture of that reason, the latest first."""
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
        """Address and time of each capture of a web archive that was read."""
        rows = self.db.conn.execute("SELECT url, at FROM mementos WHERE site = ?", [site])
        return {(url, at) for url, at in rows}

    def add_memento(self, site: str, url: str, at: str, digest: str, became: str) -> None:
        """Record the result of reading a capture of a web archive."""
        self._run(
            "INSERT OR REPLACE INTO mementos(site, url, at, digest, became) VALUES (?, ?, ?, ?, ?)",
            [site, url, at, digest, became],
        )

    def checks_between(self, page: int, after: str, before: str, leaving_out: str) -> int:
        """The number of captures of the page between two times, both excluded, without those of a reason."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM captures WHERE page = ? AND fetched_at > ? AND fetched_at < ?"
            " AND reason IS NOT ?",
            [page, after, before, leaving_out],
        ).fetchone()
        return int(row[0])

    def body(self, digest: str) -> bytes:
        """The bytes stored under a digest. Raises NotFound."""
        return bodies.get(self.db.conn, digest)

    def add_version(self, values: Values) -> int:
        """Add a version; return its id."""
        with self.writing():
            packed = texts.pack(self.db.conn, values["page"], values["text"], values.get("links"))
            version = self._insert("versions", values | packed)
            index.add(self.db.conn, version, values["title"], values["text"])
            seals.place(self.db.conn, version)
            return version

    def reread_version(self, version: int, values: Values) -> VersionRow:
        """Replace a version's text by a newer extraction of the same capture."""
        with self.writing():
            before = self._version(version)
            title, text = values.get("title", before.title), values.get("text", before.text)
            has_other_words = (title, text) != (before.title, before.text)
            if has_other_words:
                index.remove(self.db.conn, version, before.title, before.text)
            if "text" in values or "links" in values:
                links = values.get("links", before.links)
                values = values | texts.repack(self.db.conn, version, text, links)
            self._update("versions", version, values)
            if has_other_words:
                index.add(self.db.conn, version, title, text)
            seals.seal(self.db.conn, version)
            return self._version(version)

    def _version(self, version: int) -> VersionRow:
        return self._all(VersionRow, f"{VERSIONS} WHERE id = ?", [version])[0]

    def last_version(self, page: int) -> VersionRow | None:
        """Return the latest version of a page."""
        return self._one(
            VersionRow,
            f"{VERSIONS} WHERE page = ? ORDER BY number DESC LIMIT 1",
            [page],
        )

    def latest_of(self, page: int, count: int) -> list[VersionRow]:
        """The latest versions of a page, the last one first."""
        sql = f"{VERSIONS} WHERE page = ? ORDER BY number DESC LIMIT ?"
        return self._all(VersionRow, sql, [page, count])

    def latest_versions(self, site: str, limit: int = -1) -> list[VersionRow]:
        """The latest version of each live page of a site, newest page first."""
        return self._all(
            VersionRow,
            f"SELECT {WITH_TEXTS} FROM pages"  # noqa: S608 - words of ours only
            " JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
            " WHERE pages.site = ? AND pages.state = 'live' ORDER BY pages.id DESC LIMIT ?",
            [site, limit],
        )

    def latest_versions_after(self, site: str, page: int, limit: int) -> list[VersionRow]:
        """The latest versions of the first live pages of a site with ids above `page`."""
        return self._all(
            VersionRow,
            f"SELECT {WITH_TEXTS} FROM pages"  # noqa: S608 - words of ours only
            " JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
            " WHERE pages.site = ? AND pages.state = 'live' AND pages.id > ? ORDER BY pages.id LIMIT ?",
            [site, page, limit],
        )

    def news_dates(self, site: str) -> list[str]:
        """The times at which the latest new pages of the site were seen, at most twenty, the oldest first."""
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
        """The modified date that the site last gave this version, where only the date changed."""
        row = self.db.conn.execute(
            "SELECT modified FROM changes WHERE page = ? AND old_version = ? AND date_only"
            " ORDER BY id DESC LIMIT 1",
            [page, version],
        ).fetchone()
        return row[0] if row else None

    def add_change(self, values: Values) -> int:
        """Add a change; return its id."""
        if "hunks" in values:
            values = {**values, "hunks": hunks.pack(values["hunks"])}
        with self.writing():
            return self._insert("changes", {"id": self._next_change(), **values})

    def _next_change(self) -> int:
        """A number that no change has had, not even one of a site that was removed."""
        sql = (
            "SELECT max(coalesce((SELECT max(id) FROM changes), 0),"
            " coalesce((SELECT max(last_change) FROM removals), 0)) + 1"
        )
        return int(self.db.conn.execute(sql).fetchone()[0])
