"""Stores pages that were imported without an address, until they are matched to known pages.

Such a page has an address of its own scheme, `dump:SITE/…`, and the state `unplaced`: no crawl fetches it,
and it is never missing or gone. When it turns out to be a known page it is `absorbed`: its address leads
there, searches skip it, and exports withdraw it.
"""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage import texts
from variorum.storage.rows import VERSIONS, PageRow, VersionRow, read
from variorum.storage.tables import Tables
from variorum.storage.text_index import index

SCHEME = "dump:"
"""The scheme of addresses of pages without an address."""
EXCERPT = "excerpt of "
"""The `extractor` of a version begins with this if the version is only part of the page's text."""

_CANDIDATES = """
    SELECT versions.page, pages.url, pages.state, versions.id AS version, versions.title,
           substr(coalesce(pages.published, versions.published), 1, 10) AS published,
           versions.extractor, sketches.sketch AS minhash
    FROM versions JOIN pages ON pages.id = versions.page
    LEFT JOIN sketches ON sketches.version = versions.id
    WHERE pages.site = :site AND pages.kind IS NOT 'listing' AND pages.state <> 'absorbed'
      AND (:page IS NULL OR pages.id = :page)
    ORDER BY versions.page, versions.number
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version of a page, with what is needed to compare it with an imported text."""

    page: int
    url: str
    state: str
    version: int
    """The id of the version."""
    title: str
    published: str | None
    """The day of publication."""
    extractor: str
    minhash: bytes | None

    @property
    def is_unplaced(self) -> bool:
        """Whether the page's address is not known."""
        return self.state == "unplaced"

    @property
    def is_excerpt(self) -> bool:
        """Whether the version is only part of the page's text."""
        return self.extractor.startswith(EXCERPT)

    @property
    def is_text(self) -> bool:
        """Whether the version came as text, without the page that it was extracted from."""
        return self.is_excerpt or self.extractor.startswith("text of ")


class Unplaced(Tables):
    """Reads and writes pages without an address."""

    def candidates(self, site: str, page: int | None = None) -> list[Candidate]:
        """The versions of a site's articles, or of one of its pages."""
        return read(Candidate, self.db.conn.execute(_CANDIDATES, {"site": site, "page": page}))

    def text(self, version: int) -> str:
        """The text of a version, by its id."""
        return texts.get(self.db.conn, version) or ""

    def pages(self, site: str) -> list[PageRow]:
        """The articles of a site without an address."""
        return self._all(
            PageRow,
            "SELECT * FROM pages WHERE site = ? AND state = 'unplaced' AND kind IS NOT 'listing' ORDER BY id",
            [site],
        )

    def digests(self, site: str, origin: str, at: str) -> set[str]:
        """The digests of everything imported from that origin, as of that time."""
        rows = self.db.conn.execute(
            "SELECT captures.digest FROM captures JOIN pages ON pages.id = captures.page"
            " WHERE pages.site = ? AND captures.origin = ? AND captures.fetched_at = ?",
            [site, origin, at],
        )
        return {digest for (digest,) in rows}

    def sights(self, page: int) -> list[tuple[str, str, VersionRow]]:
        """For each capture of a page: its time, its origin, and the version current then."""
        versions = self._all(
            VersionRow,
            f"{VERSIONS} WHERE page = ? ORDER BY number",
            [page],
        )
        rows = self.db.conn.execute(
            "SELECT fetched_at, origin FROM captures WHERE page = ? ORDER BY fetched_at, id", [page]
        ).fetchall()
        return [
            (at, origin, [one for one in versions if one.captured_at <= at][-1])
            for at, origin in rows
            if versions and versions[0].captured_at <= at
        ]

    def absorb(self, page: int, into: int) -> None:
        """Merge the page into another one that has its texts already."""
        with self.writing():
            for version in self._all(VersionRow, f"{VERSIONS} WHERE page = ?", [page]):
                index.remove(self.db.conn, version.id, version.title, version.text)
            # Nothing is deleted: the cursors of exports count on rows that stay.
            self._run("UPDATE changes SET typographic = 1 WHERE page = ? AND verdict IS NULL", [page])
            self._run("UPDATE addresses SET page = ? WHERE page = ?", [into, page])
            self._run("UPDATE pages SET state = 'absorbed' WHERE id = ?", [page])
            self._run("INSERT INTO rewritings(page) VALUES (?)", [page])  # so that exports take it back
