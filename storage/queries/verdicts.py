"""Stores the verdicts of reviewers: each is an event that stays, and the change shows the latest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.rows import read
from variorum.storage.tables import Tables

VERDICTS = ("reviewed", "important", "noise")


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A verdict of a reviewer on a change, or its withdrawal."""

    id: int
    change: int
    batch: int
    verdict: str | None
    note: str | None
    reviewer: str
    at: str


@dataclass(frozen=True, slots=True)
class VerdictBatch:
    """The verdicts that a reviewer gave in one step."""

    batch: int
    change: int
    """The change that the reviewer looked at."""
    changes: int
    """The number of changes that the verdict is about."""
    verdict: str | None


class Verdicts(Tables):
    """The database of a workspace, for writing verdicts."""

    def give(
        self, changes: Sequence[int], verdict: str | None, note: str | None, reviewer: str, at: str
    ) -> int:
        """Store one verdict on these changes and return its batch; None withdraws the latest verdict."""
        with self.writing():
            values = {"verdict": verdict, "note": note or None, "reviewer": reviewer, "at": at}
            batch = self._insert("verdicts", {"change": changes[0], "batch": 0, **values})
            self._update("verdicts", batch, {"batch": batch})
            for change in changes[1:]:
                self._insert("verdicts", {"change": change, "batch": batch, **values})
            for change in changes:
                self._run(
                    "UPDATE changes SET verdict = ?, note = ? WHERE id = ?", [*self._latest(change), change]
                )
        return batch

    def _latest(self, change: int) -> tuple[str | None, str | None]:
        """The latest verdict and note that were not withdrawn."""
        verdicts: list[tuple[str | None, str | None]] = [(None, None)]
        rows = self.db.conn.execute(
            "SELECT verdict, note FROM verdicts WHERE change = ? ORDER BY id", [change]
        )
        for verdict, note in rows:
            if verdict is not None:
                verdicts.append((verdict, note))
            elif len(verdicts) > 1:
                verdicts.pop()
        return verdicts[-1]

    def take_back(self, batch: int, reviewer: str, at: str) -> int:
        """Withdraw a batch and return its first change; verdicts that others gave later stay.

        Raises NotFound.
        """
        with self.writing():
            given = batch_of(Reader(self.db), batch)
            rows = self.db.conn.execute(
                "SELECT change FROM verdicts AS mine WHERE batch = ? AND verdict IS NOT NULL"
                " AND NOT EXISTS (SELECT 1 FROM verdicts WHERE change = mine.change AND id > mine.id)"
                " ORDER BY id",
                [batch],
            )
            if still := [change for (change,) in rows]:
                self.give(still, None, None, reviewer, at)
        return given.change


def batch_of(reader: Reader, batch: int) -> VerdictBatch:
    """Return the verdicts of a batch; raises NotFound if there is none with that id."""
    cursor = reader.db.conn.execute(
        "SELECT batch, change, verdict, (SELECT count(*) FROM verdicts WHERE batch = :batch) AS changes"
        " FROM verdicts WHERE batch = :batch ORDER BY id LIMIT 1",
        {"batch": batch},
    )
    if not (found := read(VerdictBatch, cursor)):
        raise NotFound(f"there is no verdict {batch}")
    return found[0]


def said_of(reader: Reader, change: int) -> list[VerdictRow]:
    """Return all verdicts on a change, the latest first."""
    cursor = reader.db.conn.execute("SELECT * FROM verdicts WHERE change = ? ORDER BY id DESC", [change])
    return read(VerdictRow, cursor)
