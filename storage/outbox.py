"""The outbox: which notifications each target gets, each of them once.

A delivery is queued when a change or an issue is first looked at for a target, claimed before the message
that has it is sent, and marked as sent after that. The claim is committed first. So a delivery that is
claimed and not sent, while nobody is sending, belongs to a process that was ended in between: perhaps it
arrived. It is in doubt, and only a person settles that.
"""

# ruff: noqa: S608 - the SQL that is put together here has words of ours only

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import dumps
from sqlite3 import Connection

from storage.rows import ChangeRow, Values, read
from storage.tables import Tables


@dataclass(frozen=True, slots=True)
class Fresh:
    """A change or an issue that was not looked at for a target yet."""

    change: int | None
    issue: int | None
    closed: int
    site: str
    kind: str
    weight: float
    language: str | None
    at: str


@dataclass(frozen=True, slots=True)
class IssueNews:
    """That an issue opened, or closed."""

    id: int
    site: str
    kind: str
    message: str
    since: str
    closed_at: str | None
    closed: int
    """1: this tells that it is over."""


@dataclass(frozen=True, slots=True)
class ChangeNews(ChangeRow):
    """A change; or one edit of several pages, led by the latest."""

    pages: int = 1
    begins: str | None = None
    """How the text begins of a page that came."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one message."""

    deliveries: Sequence[int]
    issues: list[IssueNews]
    counts: list[tuple[str, str, int]]
    """Site and kind of the changes, and how many there are of these."""
    changes: list[ChangeNews]
    """The weightiest of them."""
    failures: int
    """Messages before this one that the target did not take, in a row."""


@dataclass(frozen=True, slots=True)
class TargetState:
    """The delivery state of a target."""

    id: str
    shown: str
    waiting: int
    """News that are due to it, or will be."""
    doubtful: int
    """News of which nobody knows whether they arrived."""
    failures: int
    retry_at: str | None
    trouble: str | None


_FRESH = """
    SELECT changes.id AS change, NULL AS issue, 0 AS closed, changes.site, changes.kind,
           significance AS weight, pages.language, changes.found_at AS at
    FROM targets JOIN changes ON changes.id > last_change LEFT JOIN pages ON pages.id = changes.page
    WHERE targets.id = :target AND +visibility = 'news'
    UNION ALL
    SELECT NULL, issues.id, 0, site, 'issue', 1.0, NULL, issues.since
    FROM targets JOIN issues ON issues.id > last_issue
    WHERE targets.id = :target AND closed_at IS NULL
    UNION ALL
    SELECT NULL, issue, 1, site, 'issue', 1.0, NULL, closed_at
    FROM deliveries AS opened JOIN issues ON issues.id = issue
    WHERE target = :target AND NOT closed AND closed_at IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM deliveries WHERE issue = opened.issue AND target = :target AND closed)
"""
"""Asked every second; the plus keeps SQLite from looking at all news that there ever were."""
_WAITING = "sent_at IS NULL AND claimed_at IS NULL AND (due_at <= :at OR due_at > :horizon)"
"""What lies beyond the horizon was reckoned by a clock that was wrong."""
_RESTS = "retry_at > :at AND retry_at <= :horizon"
_DUE = f"SELECT 1 FROM deliveries WHERE target = :target AND {_WAITING}"
_RESTING = f"SELECT 1 FROM targets WHERE id = :target AND {_RESTS}"
_THESE = "(SELECT value FROM json_each(:ids))"
_OF_THESE = f"FROM deliveries JOIN changes ON changes.id = change WHERE deliveries.id IN {_THESE}"
_COUNTS = f"SELECT site, kind, count(*) {_OF_THESE} GROUP BY site, kind ORDER BY site, count(*) DESC, kind"
_WEIGHTIEST = f"""
    SELECT count(*) AS pages, max(changes.id), changes.*, CASE WHEN kind IN ('new', 'returned') THEN
        (SELECT substr(text, 1, 1000) FROM versions WHERE versions.page = changes.page AND number = version)
        END AS begins
    {_OF_THESE}
    GROUP BY site, coalesce(similar_edit, changes.id) ORDER BY significance DESC, changes.id DESC LIMIT :most
"""
"""One edit of several pages is told once; SQLite takes the columns from the row that has the max()."""
_ISSUES = f"""
    SELECT issues.*, closed FROM deliveries JOIN issues ON issues.id = issue
    WHERE deliveries.id IN {_THESE} ORDER BY deliveries.id
"""
_STANDINGS = """
    SELECT targets.id, shown, failures, retry_at, trouble,
           count(deliveries.id) FILTER (WHERE claimed_at IS NULL) AS waiting,
           count(deliveries.id) FILTER (WHERE claimed_at < :before) AS doubtful
    FROM targets LEFT JOIN deliveries ON target = targets.id AND sent_at IS NULL
    GROUP BY targets.id ORDER BY targets.since, targets.id
"""


class Outbox(Tables):
    """The database of a workspace, for whoever tells the news."""

    def meet(self, target: str, shown: str, at: str) -> None:
        """The target is known from now on, and what was found before is no news to it."""
        with self.writing():
            self._run(
                "INSERT INTO targets(id, shown, since, last_change, last_issue) VALUES (:id, :shown, :at,"
                " (SELECT coalesce(max(id), 0) FROM changes), (SELECT coalesce(max(id), 0) FROM issues))"
                " ON CONFLICT(id) DO UPDATE SET shown = excluded.shown",
                {"id": target, "shown": shown, "at": at},
            )

    def has_fresh(self, target: str) -> bool:
        """Whether there is something that nobody has looked at yet for this target."""
        return self._exists(_FRESH, {"target": target})

    def queue(self, target: str, due: Callable[[Fresh], str | None]) -> None:
        """Look at what is fresh for the target: each is due at the moment that `due` tells, or never.

        In one transaction: what is stored after the look is looked at the next time.
        """
        with self.writing():
            fresh = read(Fresh, self.db.conn.execute(_FRESH, {"target": target}))
            wanted = [(one, moment) for one in fresh if (moment := due(one)) is not None]
            self.db.conn.executemany(
                "INSERT INTO deliveries(target, change, issue, closed, due_at) VALUES (?, ?, ?, ?, ?)",
                [(target, one.change, one.issue, one.closed, moment) for one, moment in wanted],
            )
            self._run(
                "UPDATE targets SET last_change = (SELECT coalesce(max(id), 0) FROM changes),"
                " last_issue = (SELECT coalesce(max(id), 0) FROM issues) WHERE id = ?",
                [target],
            )

    def is_due(self, target: str, at: str, horizon: str) -> bool:
        """Whether something is to be sent to the target."""
        return self._exists(_DUE, {"target": target, "at": at, "horizon": horizon})

    def rests(self, target: str, at: str, horizon: str) -> bool:
        """Whether the target has failed, and is left alone for now."""
        return self._exists(_RESTING, {"target": target, "at": at, "horizon": horizon})

    def claim(self, target: str, at: str, horizon: str, *, claimed_at: str, most: int) -> Batch:
        """What is due to the target, and is being sent from now on; with the `most` weightiest changes."""
        values: Values = {"target": target, "at": at, "horizon": horizon, "now": claimed_at}
        conn: Connection = self.db.conn
        with self.writing():
            rows = conn.execute(
                f"UPDATE deliveries SET claimed_at = :now WHERE target = :target AND {_WAITING} RETURNING id",
                values,
            )
            ids = [number for (number,) in rows]
            values |= {"ids": dumps(ids), "most": most}
            ((failures,),) = conn.execute("SELECT failures FROM targets WHERE id = :target", values)
            return Batch(
                deliveries=ids,
                issues=read(IssueNews, conn.execute(_ISSUES, values)),
                counts=conn.execute(_COUNTS, values).fetchall(),
                changes=read(ChangeNews, conn.execute(_WEIGHTIEST, values)),
                failures=failures,
            )

    def sent(self, batch: Batch, target: str, at: str) -> None:
        """Mark the message of this batch as sent."""
        values: Values = {"ids": dumps(batch.deliveries), "at": at, "target": target}
        with self.writing():
            self._run(f"UPDATE deliveries SET sent_at = :at WHERE id IN {_THESE}", values)
            changes = f"(SELECT change FROM deliveries WHERE id IN {_THESE})"
            self._run(f"UPDATE changes SET sent_at = :at WHERE sent_at IS NULL AND id IN {changes}", values)
            self._run(
                "UPDATE targets SET failures = 0, retry_at = NULL, trouble = NULL WHERE id = :target", values
            )

    def failed(self, batch: Batch, target: str, trouble: str, retry_at: str) -> None:
        """The message has not arrived, and its news wait again; the target is left alone until then."""
        values: Values = {"ids": dumps(batch.deliveries), "trouble": trouble, "at": retry_at, "id": target}
        with self.writing():
            self._run(f"UPDATE deliveries SET claimed_at = NULL WHERE id IN {_THESE}", values)
            self._run(
                "UPDATE targets SET failures = failures + 1, trouble = :trouble, retry_at = :at"
                " WHERE id = :id",
                values,
            )

    def resolve(self, *, again: bool) -> int:
        """How many deliveries were in doubt; they wait `again`, or count as sent from now on."""
        decided = "claimed_at = NULL" if again else "sent_at = claimed_at"
        with self.writing():
            doubtful = "sent_at IS NULL AND claimed_at IS NOT NULL"
            return self.db.conn.execute(f"UPDATE deliveries SET {decided} WHERE {doubtful}").rowcount

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """While inside, everything is written as ever; afterwards, nothing of it has been."""
        with suppress(_Over), self.writing():
            yield
            raise _Over


class _Over(Exception):
    """A rehearsal has come to its end."""


def target_states(conn: Connection, before: str) -> list[TargetState]:
    """How it stands with each target; what was claimed earlier than `before` is in doubt."""
    return read(TargetState, conn.execute(_STANDINGS, {"before": before}))
