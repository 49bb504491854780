"""What reviewers say of changes: each word an event that stays; the change itself has the latest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import NotFound
from storage.reader import Reader
from storage.rows import read
from storage.tables import Tables

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
class Batch:
    """The verdicts that a reviewer gave in one step."""

    batch: int
    change: int
    """The one that the reviewer looked at."""
    changes: int
    """How many it was said of."""
    verdict: str | None


class Verdicts(Tables):
    """The database of a workspace, for what reviewers write into it."""

    def give(
        self, changes: Sequence[int], verdict: str | None, note: str | None, reviewer: str, at: str
    ) -> int:
        """The batch in which one thing is said of these changes; None takes back what was said last."""
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
        """Verdict and note that stand when whatever was taken back is left out."""
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
        """The change that this was first said of; what others have said since of one of them stays.

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


def batch_of(reader: Reader, batch: int) -> Batch:
    """Return the verdicts of a batch; raises NotFound if there is none with that id."""
    cursor = reader.db.conn.execute(
        "SELECT batch, change, verdict, (SELECT count(*) FROM verdicts WHERE batch = :batch) AS changes"
        " FROM verdicts WHERE batch = :batch ORDER BY id LIMIT 1",
        {"batch": batch},
    )
    if not (found := read(Batch, cursor)):
        raise NotFound(f"there is no verdict {batch}")
    return found[0]


def said_of(reader: Reader, change: int) -> list[VerdictRow]:
    """Return all verdicts on a change, the latest first."""
    cursor = reader.db.conn.execute("SELECT * FROM verdicts WHERE change = ? ORDER BY id DESC", [change])
    return read(VerdictRow, cursor)
