"""Deletes what retention no longer keeps: old captures that show nothing new, and old raw bodies.

No version, change or seal is deleted. A version that loses its body gets a new seal, marked as pruned. Each
page is one transaction, and so is each group of bodies, so a crawl may go on meanwhile. After an
interruption, the next run continues.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import asdict, dataclass

from variorum.storage import bodies, captures, dictionaries, seals
from variorum.storage.database import refusals_in_words
from variorum.storage.maintenance.retention import Removal, RetainedCapture, RetentionLimits, removal
from variorum.storage.maintenance.verification import Progress, unseen
from variorum.storage.tables import Tables

AT_ONCE = 50
"""The number of bodies deleted in one transaction, for which a crawl may have to wait."""
_FREE = "NOT EXISTS (SELECT 1 FROM captures WHERE body = bodies.digest)"


@dataclass(slots=True)
class Pruned:
    """What a prune deleted, or would delete."""

    captures: int = 0
    versions: int = 0
    """The number of versions that lose their body: they can't be extracted again by later rules."""
    bodies: int = 0
    bytes: int = 0
    """The compressed size of these bodies in bytes."""


def would_prune(conn: sqlite3.Connection, limits: RetentionLimits, shown: Progress = unseen) -> Pruned:
    """Count what `prune` would delete, without deleting anything."""
    found = Pruned()
    losing: Counter[str] = Counter()
    for page in shown(_pages(conn, limits), "pages", None):
        going = _removal(conn, page, limits)
        _count(found, going)
        losing.update(shot.body for shot in (*going.captures, *going.bodies) if shot.body)
    for digest in (*_unused(conn), *losing):
        held = conn.execute("SELECT count(*) FROM captures WHERE body = ?", [digest]).fetchone()[0]
        if held <= losing[digest]:
            found.bodies += 1
            found.bytes += _size(conn, digest)
    return found


class Pruning(Tables):
    """A database from which old rows are deleted."""

    def prune(self, limits: RetentionLimits, at: str, shown: Progress = unseen) -> Pruned:
        """Delete what retention no longer keeps, and record the prune at the time `at`."""
        conn, found = self.db.conn, Pruned()
        for page in shown(_pages(conn, limits), "pages", None):
            with self.writing():
                going = _removal(conn, page, limits)
                self._take(going)
            _count(found, going)
        unused = _unused(conn)
        steps = range(0, len(unused), AT_ONCE)
        for start in shown(steps, f"bodies, {AT_ONCE} at a time", len(steps)):
            with self.writing():
                for digest in unused[start : start + AT_ONCE]:
                    self._drop(digest, found)
        if found != Pruned():
            with self.writing():
                dictionaries.remove_unused(conn)
                captures.remove_unused_kinds(conn)
                self._insert("prunings", {"at": at, **asdict(found)})
        return found

    def vacuum(self) -> None:
        """Return the freed space to the disk; for a while this needs as much space as the database has.

        Raises StoreError if the disk is full, or if another process keeps writing.
        """
        with refusals_in_words("the smaller file"):
            self.db.conn.execute("PRAGMA auto_vacuum = INCREMENTAL")  # see Tables.return_space
            self.db.conn.execute("VACUUM")
            self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _drop(self, digest: str, found: Pruned) -> None:
        """Delete a body, unless a capture has come to use it meanwhile."""
        if self._exists(f"SELECT 1 FROM bodies WHERE digest = ? AND {_FREE}", [digest]):  # noqa: S608 - our words
            found.bodies += 1
            found.bytes += _size(self.db.conn, digest)
            bodies.remove(self.db.conn, digest)

    def _take(self, going: Removal) -> None:
        conn = self.db.conn
        conn.executemany("DELETE FROM capture_rows WHERE id = ?", [[shot.id] for shot in going.captures])
        for shot in going.bodies:
            conn.execute("UPDATE capture_rows SET body = NULL WHERE id = ?", [shot.id])
            if shot.version is not None:
                seals.seal(conn, shot.version, pruned=True)


def _count(found: Pruned, going: Removal) -> None:
    found.captures += len(going.captures)
    found.versions += sum(shot.version is not None for shot in going.bodies)


def _pages(conn: sqlite3.Connection, limits: RetentionLimits) -> list[int]:
    """The pages with captures that are old enough to be deleted."""
    before = max(limits.captures or "", limits.bodies or "")
    return [
        page for (page,) in conn.execute("SELECT DISTINCT page FROM captures WHERE fetched_at < ?", [before])
    ]


_SHOTS = """
    SELECT captures.id, fetched_at, outcome, body, versions.id, origin <> 'crawl'
    FROM captures LEFT JOIN versions ON versions.capture = captures.id
    WHERE captures.page = ? ORDER BY fetched_at, captures.id
"""
_MARKED = """
    SELECT versions.id FROM changes JOIN versions ON versions.page = changes.page
    AND versions.number IN (changes.version, changes.old_version)
    WHERE changes.page = ? AND changes.verdict = 'important'
"""


def _removal(conn: sqlite3.Connection, page: int, limits: RetentionLimits) -> Removal:
    shots = [RetainedCapture(*row) for row in conn.execute(_SHOTS, [page])]
    moments = {
        moment
        for row in conn.execute("SELECT seen_old, seen_new, found_at FROM changes WHERE page = ?", [page])
        for moment in row
    }
    latest = conn.execute("SELECT id FROM versions WHERE page = ? ORDER BY number DESC", [page])
    marked = conn.execute(_MARKED, [page])
    return removal(shots, moments, [id_ for (id_,) in latest], {id_ for (id_,) in marked}, limits)


def _unused(conn: sqlite3.Connection) -> list[str]:
    """Bodies that no capture uses, those packed against most others first: no other body needs them."""
    rows = conn.execute(f"SELECT digest FROM bodies WHERE {_FREE} ORDER BY depth DESC")  # noqa: S608 - our words
    return [digest for (digest,) in rows]


def _size(conn: sqlite3.Connection, digest: str) -> int:
    return int(conn.execute("SELECT length(data) FROM bodies WHERE digest = ?", [digest]).fetchone()[0])
