"""Stores the versions of a page in the order of time, and updates what depends on them when one is
inserted."""

from __future__ import annotations

from typing import NamedTuple

from variorum.storage import seals
from variorum.storage.rows import VERSIONS, CaptureRow, VersionRow
from variorum.storage.tables import Tables

NAMING = (("changes", "version"), ("changes", "old_version"), ("extraction_drifts", "version"))
"""Columns that refer to a version of the row's page by its number."""
SEEING = "('ok', 'not modified', 'moved')"
"""Outcomes of captures in which the page was seen."""
MISSING = "('gone', 'soft 404')"
"""Outcomes of captures in which it was not found."""


class Sighting(NamedTuple):
    """A capture that shows the page."""

    capture: int
    at: str


class History(Tables):
    """Inserts backfilled captures between stored ones, and updates the versions and changes around."""

    def versions_of(self, page: int) -> list[VersionRow]:
        """All versions of a page, the oldest first."""
        return self._all(
            VersionRow,
            f"{VERSIONS} WHERE page = ? ORDER BY number",
            [page],
        )

    def sights(self, page: int) -> list[Sighting]:
        """Every capture in which the page was seen, the oldest first."""
        rows = self.db.conn.execute(
            f"SELECT id, fetched_at FROM captures WHERE page = ? AND outcome IN {SEEING}"  # noqa: S608 - our words
            " ORDER BY fetched_at, id",
            [page],
        )
        return [Sighting(*row) for row in rows]

    def count_sights_of(self, page: int, since: str, before: str | None) -> int:
        """The number of captures that show the page from `since` until before `before`."""
        row = self.db.conn.execute(
            f"SELECT count(*) FROM captures WHERE page = ? AND outcome IN {SEEING}"  # noqa: S608 - our words
            " AND fetched_at >= ? AND fetched_at < ? AND origin = 'crawl'",
            [page, since, before or "~"],
        ).fetchone()
        return int(row[0])

    def missed(self, page: int, after: str) -> str | None:
        """The first time after that moment at which the page was not found."""
        row = self.db.conn.execute(
            f"SELECT min(fetched_at) FROM captures WHERE page = ? AND outcome IN {MISSING}"  # noqa: S608 - our words
            " AND fetched_at > ?",
            [page, after],
        ).fetchone()
        return row[0] if row else None

    def has_capture(self, page: int, at: str, digest: str) -> bool:
        """Whether this body of the page, captured at that time, is stored already."""
        return self._exists(
            "SELECT 1 FROM captures WHERE page = ? AND fetched_at = ? AND digest = ?", [page, at, digest]
        )

    def bodies_of(self, page: int) -> list[str]:
        """The digests of all stored bodies of a page, the latest first."""
        rows = self.db.conn.execute(
            "SELECT body FROM captures WHERE page = ? AND body IS NOT NULL"
            " GROUP BY body ORDER BY max(id) DESC",
            [page],
        )
        return [digest for (digest,) in rows]

    def misses(self, page: int) -> list[str]:
        """The times at which the page was not found, the oldest first."""
        rows = self.db.conn.execute(
            f"SELECT fetched_at FROM captures WHERE page = ? AND outcome IN {MISSING}"  # noqa: S608 - our words
            " ORDER BY fetched_at, id",
            [page],
        )
        return [at for (at,) in rows]

    def left_between(self, page: int, after: str, before: str) -> bool:
        """Whether the page is known to have been gone at some time between these two."""
        return self.left_at(page, before) is not None or self._exists(
            "SELECT 1 FROM changes WHERE page = ? AND page_removed AND seen_new > ? AND seen_new < ?",
            [page, after, before],
        )

    def kept_of(self, page: int) -> list[CaptureRow]:
        """The latest capture of each stored body of a page."""
        return self._all(
            CaptureRow,
            "SELECT * FROM captures WHERE id IN"
            " (SELECT max(id) FROM captures WHERE page = ? AND body IS NOT NULL GROUP BY body)",
            [page],
        )

    def left_at(self, page: int, at: str) -> str | None:
        """Since when the page was gone at that time; None if it was there."""
        row = self.db.conn.execute(
            "SELECT page_removed, seen_new FROM changes WHERE page = ?"
            " AND kind IN ('gone', 'returned', 'moved')"
            " AND seen_new <= ? ORDER BY seen_new DESC, id DESC LIMIT 1",
            [page, at],
        ).fetchone()
        return row[1] if row and row[0] else None

    def return_after(self, page: int, at: str) -> tuple[int, str] | None:
        """The change with which a page that was gone at that time came back, and when that was seen."""
        row = self.db.conn.execute(
            "SELECT id, seen_new FROM changes WHERE page = ? AND kind = 'returned' AND seen_new > ?"
            " ORDER BY seen_new, id LIMIT 1",
            [page, at],
        ).fetchone()
        return (row[0], row[1]) if row else None

    def happened_by(self, change: int, at: str) -> None:
        """Record that the change happened no later than that time."""
        self._run("UPDATE changes SET seen_new = ? WHERE id = ?", [at, change])

    def make_room(self, page: int, number: int, by: int) -> None:
        """Shift the version numbers of the page from this number on, and everything that refers to them."""
        # Past each other by way of negative numbers: no two may be the same at any time.
        self._run(
            "UPDATE versions SET number = -number - ? WHERE page = ? AND number >= ?", [by, page, number]
        )
        self._run("UPDATE versions SET number = -number WHERE page = ? AND number < 0", [page])
        for table, column in NAMING:
            self._run(
                f"UPDATE {table} SET {column} = {column} + ?"  # noqa: S608 - names of ours only
                f" WHERE page = ? AND {column} >= ?",
                [by, page, number],
            )
        self._run("UPDATE pages SET version = version + ? WHERE id = ? AND version >= ?", [by, page, number])

    def repeat_version(self, version: VersionRow, number: int, sight: Sighting, after: str) -> None:
        """Let the version appear a second time, at a later capture; what was recorded since then refers to
        that."""
        self._run(  # its bytes, where they were kept of another capture
            "UPDATE capture_rows SET body = (SELECT digest FROM captures WHERE id = capture_rows.id)"
            " WHERE id = ? AND body IS NULL"
            " AND (SELECT digest FROM captures WHERE id = capture_rows.id) IN (SELECT digest FROM bodies)",
            [sight.capture],
        )
        for (again,) in self.db.conn.execute("SELECT id FROM versions WHERE capture = ?", [sight.capture]):
            seals.seal(self.db.conn, again)
        for table, column in NAMING:
            moment = "seen_new" if table == "changes" else "at"
            self._run(
                f"UPDATE {table} SET {column} = ?"  # noqa: S608 - names of ours only
                f" WHERE page = ? AND {column} = ? AND {moment} > ?",
                [number, version.page, version.number, after],
            )
        self._run(
            "UPDATE pages SET version = ? WHERE id = ? AND version = ?",
            [number, version.page, version.number],
        )

    def extend_back(self, version: VersionRow, capture: int, at: str) -> None:
        """An earlier capture shows the version: it becomes the version's capture, and changes to it
        happened by then."""
        self._update("versions", version.id, {"capture": capture, "captured_at": at})
        seals.seal(self.db.conn, version.id)
        self._run(
            "UPDATE changes SET seen_new = :at, checks_between = (SELECT count(*) FROM captures"
            " WHERE page = changes.page AND fetched_at > seen_old AND fetched_at < :at)"
            " WHERE page = :page AND version = :number AND old_version IS NOT :number"
            " AND seen_new > :at AND (seen_old IS NULL OR seen_old < :at)",
            {"page": version.page, "number": version.number, "at": at},
        )

    def extend_forward(self, version: VersionRow, at: str) -> None:
        """A later capture shows the version: changes from it happened after that."""
        self._run(
            "UPDATE changes SET seen_old = :at, checks_between = (SELECT count(*) FROM captures"
            " WHERE page = changes.page AND fetched_at > :at AND fetched_at < seen_new)"
            " WHERE page = :page AND old_version = :number AND seen_old < :at AND seen_new > :at",
            {"page": version.page, "number": version.number, "at": at},
        )

    def forget_leap(self, page: int, old: int, new: int) -> None:
        """Delete the imported change between two versions that are no longer neighbours, unless it has a
        verdict."""
        self._run(
            "DELETE FROM changes WHERE page = ? AND old_version = ? AND version = ?"
            " AND backfilled AND verdict IS NULL AND kind IN ('edited', 'retitled')",
            [page, old, new],
        )
