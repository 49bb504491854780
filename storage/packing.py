"""Compresses the bodies of a crawl before they are stored: against the page's last one, or a dictionary."""

from __future__ import annotations

from variorum.storage import bodies, dictionaries
from variorum.storage.compression import Prefix, compress
from variorum.storage.dictionaries import GOOD, SAMPLES, Shelf
from variorum.storage.library import Database
from variorum.storage.tables import Tables


class Packing(Tables):
    """Compresses bodies, and makes the dictionaries of sites."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._shelves: dict[str, Shelf] = {}

    def pack(self, body: bytes, page: int) -> bodies.Packed:
        """The body compressed, the smallest way, to be stored by `add_capture`.

        Best inside no transaction: the lock is then held only to store a new dictionary, once in a while.
        """
        base = self.last_body(page)
        if base is None and (small := self._by_dictionary(body, page)):
            return small
        packed = bodies.pack(self.db.conn, body, base=base)
        if not packed.data or len(packed.data) <= GOOD * packed.size:
            return packed
        site = self._site_of(page)
        data, dictionary = self._shelf(site).best(body)
        self._make_dictionary(site)
        if len(data) >= len(packed.data):
            return packed
        return bodies.Packed(packed.digest, packed.size, data, dictionary=dictionary)

    def _by_dictionary(self, body: bytes, page: int) -> bodies.Packed | None:
        """The first body of a page like those that its site has a good dictionary for; else None.

        Most first bodies are, and then no other way has to be tried.
        """
        digest = bodies.digest_of(body)
        if bodies.is_stored(self.db.conn, digest):
            return None
        found = self._shelf(self._site_of(page)).good(body)
        return found and bodies.Packed(digest, len(body), found[0], dictionary=found[1])

    def _site_of(self, page: int) -> str:
        (site,) = self.db.conn.execute("SELECT site FROM pages WHERE id = ?", [page]).fetchone()
        return str(site)

    def last_body(self, page: int) -> str | None:
        """Digest of the body that was kept last of a page."""
        row = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL ORDER BY id DESC LIMIT 1", [page]
        ).fetchone()
        return str(row[0]) if row else None

    def _shelf(self, site: str) -> Shelf:
        if site not in self._shelves:
            found = dictionaries.latest(self.db.conn, site)
            self._shelves[site] = Shelf(found, [] if found else self._samples(site))
        return self._shelves[site]

    def _samples(self, site: str) -> list[bytes]:
        """Bodies of the pages that were found last; of a site that has no dictionary yet."""
        rows = self.db.conn.execute(
            "SELECT captures.body FROM pages"
            " JOIN versions ON versions.page = pages.id AND versions.number = pages.version"
            " JOIN captures ON captures.id = versions.capture"
            " WHERE pages.site = ? AND pages.state = 'live' AND captures.body IS NOT NULL"
            " ORDER BY pages.id DESC LIMIT ?",
            [site, SAMPLES - 1],
        ).fetchall()
        return [bodies.get(self.db.conn, digest) for (digest,) in rows]

    def _make_dictionary(self, site: str) -> None:
        prefix = self._shelf(site).new()
        if prefix is None:
            return
        with self.writing():
            number = self._insert("dictionaries", _values(site, prefix))
        self._shelf(site).add(number, prefix)


def _values(site: str, prefix: Prefix) -> dict[str, object]:
    return {
        "site": site,
        "digest": bodies.digest_of(prefix.content),
        "size": len(prefix.content),
        "data": compress(prefix.content),
    }
