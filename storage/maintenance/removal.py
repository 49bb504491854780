"""Removes the history of a site: pages, captures, versions, changes, and all else that is stored of it.

The seals of its versions stay, as the chain of all seals must stay whole. So do the numbers of its pages,
which no other page may get, and with them the row of the site, of which a reader is told nothing: later
exports withdraw the documents of these pages. Exports and notifications go on from the last number of a
change, so that no number is given twice.

Each page is one transaction. After an interruption, the same removal continues.
"""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage import bodies, captures, texts
from variorum.storage.maintenance.verification import Progress, unseen
from variorum.storage.reader import Reader
from variorum.storage.tables import Tables
from variorum.storage.text_index import index

BODIES_AT_ONCE = 50
_PAGES_LEFT = """
    SELECT id FROM pages WHERE site = ? AND id NOT IN (SELECT page FROM removed_pages)
    ORDER BY state <> 'absorbed', id
"""
"""Absorbed pages first: versions that they keep refer to captures that went to the other page."""
_ALONE = """
    UPDATE versions SET text = version_text(id), links = version_links(id), text_base = NULL
    WHERE page <> :page AND text_base IN (SELECT id FROM versions WHERE page = :page)
"""
"""Texts of other pages, once merged with this one, that are compressed against its texts."""
_OF_PAGE = (
    "DELETE FROM suspects WHERE page = ?",
    "DELETE FROM extraction_drifts WHERE page = ?",
    "UPDATE versions SET text_base = NULL WHERE page = ?",
    "DELETE FROM versions WHERE page = ?",
    "DELETE FROM capture_rows WHERE page = ? AND id < (SELECT max(id) FROM capture_rows)",
    "UPDATE capture_rows SET run = NULL, body = NULL, digest = NULL, length = NULL, url = '' WHERE page = ?",
    "DELETE FROM listings WHERE page = ?",
    "DELETE FROM addresses WHERE page = ?",
    "UPDATE pages SET state = 'absorbed', version = NULL, title = NULL, url = 'removed:#page-' || id,"
    " source_id = NULL, listed_url = NULL, found_on = NULL, found_run = NULL, missing_run = NULL,"
    " text_digest = NULL, body_digest = NULL, content_digest = NULL, names = NULL WHERE id = ?",
    "DELETE FROM rewritings WHERE page = ?",
    "INSERT INTO rewritings(page) VALUES (?)",
)
_OF_SITE = (
    "DELETE FROM deliveries WHERE issue IN (SELECT id FROM issues WHERE site = ?)",
    "DELETE FROM issues WHERE site = ?",
    "DELETE FROM templates WHERE site = ?",
    "DELETE FROM template_overrides WHERE site = ?",
    "DELETE FROM mementos WHERE site = ?",
    "UPDATE sites SET identity_run = NULL WHERE name = ?",
    "DELETE FROM sources WHERE site = ?",
    "DELETE FROM runs WHERE site = ?",
    "DELETE FROM dictionaries WHERE site = ?"
    " AND id NOT IN (SELECT dictionary FROM bodies WHERE dictionary IS NOT NULL)",
    "UPDATE sites SET watched_since = NULL, next_due = NULL, rest_until = NULL, not_found_at = NULL,"
    " not_found_title = NULL, not_found_digest = NULL, schedule = NULL, failures = 0, identity = NULL,"
    " rates = NULL, due_pages = NULL, every_days = NULL, longest_days = NULL, asked_at = NULL,"
    " next_pages = NULL WHERE name = ?",
    "DELETE FROM sites WHERE name = ? AND NOT EXISTS (SELECT 1 FROM pages WHERE site = sites.name)",
)
_LAST_ISSUE = "UPDATE targets SET last_issue = min(last_issue, (SELECT coalesce(max(id), 0) FROM issues))"
"""The numbers of removed issues may be given again."""
_UNUSED = "SELECT digest FROM bodies WHERE NOT EXISTS (SELECT 1 FROM captures WHERE body = bodies.digest)"


@dataclass(frozen=True, slots=True)
class SiteHistory:
    """How much is stored of a site."""

    pages: int
    versions: int
    changes: int
    captures: int


def stored_history(reader: Reader, site: str) -> SiteHistory:
    """Count what a removal of the site's history would delete."""
    pages = "(SELECT id FROM pages WHERE site = :site)"
    counts = {
        "pages": "FROM pages WHERE site = :site AND id NOT IN (SELECT page FROM removed_pages)",
        "versions": f"FROM versions WHERE page IN {pages}",
        "changes": "FROM changes WHERE site = :site",
        "captures": f"FROM captures WHERE page IN {pages}",
    }
    sql = ", ".join(f"(SELECT count(*) {what}) AS {name}" for name, what in counts.items())
    return SiteHistory(**next(reader.rows(f"SELECT {sql}", {"site": site})))


class SiteRemoval(Tables):
    """A database from which the history of a site is removed."""

    def remove(self, site: str, at: str, shown: Progress = unseen) -> None:
        """Delete all that is stored of the site, but the seals of its versions."""
        with self.writing():
            self._remove_changes(site, at)
        pages = [page for (page,) in self.db.conn.execute(_PAGES_LEFT, [site])]
        for page in shown(pages, "pages", len(pages)):
            with self.writing():
                self._remove_page(page, at)
        self._remove_bodies()
        with self.writing():
            for sql in _OF_SITE:
                self._run(sql, [site])
            self._run(_LAST_ISSUE, [])
            captures.remove_unused_kinds(self.db.conn)

    def _remove_changes(self, site: str, at: str) -> None:
        (last,) = self.db.conn.execute("SELECT coalesce(max(id), 0) FROM changes").fetchone()
        self._run("INSERT INTO removals(at, last_change) VALUES (?, ?)", [at, last])
        self._run("DELETE FROM changes WHERE site = ?", [site])

    def _remove_page(self, page: int, at: str) -> None:
        conn = self.db.conn
        for version, title in conn.execute(
            "SELECT id, title FROM versions WHERE page = ? ORDER BY id DESC", [page]
        ).fetchall():
            index.remove(conn, version, title, texts.get(conn, version) or "")
        self._run(_ALONE, {"page": page})
        for sql in _OF_PAGE:
            self._run(sql, [page])
        self._run("INSERT INTO removed_pages(page, at) VALUES (?, ?)", [page, at])

    def _remove_bodies(self) -> None:
        unused = [digest for (digest,) in self.db.conn.execute(f"{_UNUSED} ORDER BY depth DESC")]
        for start in range(0, len(unused), BODIES_AT_ONCE):
            with self.writing():
                for digest in unused[start : start + BODIES_AT_ONCE]:
                    if self._exists(f"{_UNUSED} AND digest = ?", [digest]):  # a crawl may use it now
                        bodies.remove(self.db.conn, digest)
