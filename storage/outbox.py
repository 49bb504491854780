"""The outbox decides which notifications each target gets, each exactly once.

A delivery is queued when a change or an issue is first looked at for a target, claimed before its message is
sent, and marked as sent after that. The claim is committed first. So a delivery that is claimed and not sent,
while nobody is sending, belongs to a process that was killed in between: it may have arrived. It is doubtful,
and only a person can resolve that.
"""

# ruff: noqa: S608 - the SQL that is put together here has words of ours only

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import dumps, loads
from sqlite3 import Connection
from typing import NamedTuple

from variorum.storage.rows import WITH_HUNKS, ChangeRow, Values, read
from variorum.storage.tables import Tables


@dataclass(frozen=True, slots=True)
class Fresh:
    """A change or an issue that is not queued for a target yet."""

    change: int | None
    issue: int | None
    closed: int
    site: str
    kind: str
    weight: float
    language: str | None
    at: str
    url: str | None = None
    old_url: str | None = None


class ChangedText(NamedTuple):
    """A piece of a page before and after a change."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class IssueNews:
    """An issue that was opened or closed."""

    id: int
    site: str
    kind: str
    message: str
    since: str
    closed_at: str | None
    closed: int
    """1 if the issue was closed."""


@dataclass(frozen=True, slots=True)
class ChangeNews(ChangeRow):
    """A change, or one edit of several pages, represented by the latest."""

    pages: int = 1
    begins: str | None = None
    """The beginning of the text, for a new page."""


class BatchSize(NamedTuple):
    """How much one message takes."""

    shown: int
    """The number of changes that are shown one by one; further ones are counted."""
    each: int | None = None
    """The number of notifications that are claimed, each with its change; None for all, without."""


@dataclass(frozen=True, slots=True)
class MessageBatch:
    """The contents of one message."""

    deliveries: Sequence[int]
    issues: list[IssueNews]
    counts: list[tuple[str, str, int]]
    """Site and kind of changes, and how many there are of each."""
    changes: list[ChangeNews]
    """The changes with the highest significance, one for all pages with the same edit."""
    each: list[ChangeRow]
    """Every change by itself, in the order in which they were found, for a target that takes them so."""
    failures: int
    """The number of messages in a row that the target did not accept."""


@dataclass(frozen=True, slots=True)
class TargetState:
    """The delivery state of a target."""

    id: str
    shown: str
    waiting: int
    """The number of notifications that are due, or will be."""
    doubtful: int
    """The number of notifications that may or may not have arrived."""
    failures: int
    retry_at: str | None
    trouble: str | None


_FRESH = """
    SELECT changes.id AS change, NULL AS issue, 0 AS closed, changes.site, changes.kind,
           significance AS weight, pages.language, changes.found_at AS at, changes.url, changes.old_url
    FROM targets JOIN changes ON changes.id > last_change LEFT JOIN pages ON pages.id = changes.page
    WHERE targets.id = :target AND +visibility = 'news'
    UNION ALL
    SELECT NULL, issues.id, 0, site, 'issue', 1.0, NULL, issues.since, NULL, NULL
    FROM targets JOIN issues ON issues.id > last_issue
    WHERE targets.id = :target AND closed_at IS NULL
    UNION ALL
    SELECT NULL, issue, 1, site, 'issue', 1.0, NULL, closed_at, NULL, NULL
    FROM deliveries AS opened JOIN issues ON issues.id = issue
    WHERE target = :target AND NOT closed AND closed_at IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM deliveries WHERE issue = opened.issue AND target = :target AND closed)
"""
"""Runs every second; the plus keeps SQLite from scanning all changes that were ever announced."""
_LAST = "SELECT (SELECT coalesce(max(id), 0) FROM changes), (SELECT coalesce(max(id), 0) FROM issues)"
_WAITING = "sent_at IS NULL AND claimed_at IS NULL AND (due_at <= :at OR due_at > :horizon)"
"""Rows due after the horizon were scheduled while the clock was wrong."""
_RESTS = "retry_at > :at AND retry_at <= :horizon"
_DUE = f"SELECT 1 FROM deliveries WHERE target = :target AND {_WAITING}"
_DUE_FIRST = f"SELECT id FROM deliveries WHERE target = :target AND {_WAITING} ORDER BY id LIMIT :claimed"
_RESTING = f"SELECT 1 FROM targets WHERE id = :target AND {_RESTS}"
_THESE = "(SELECT value FROM json_each(:ids))"
_OF_THESE = f"FROM deliveries JOIN changes ON changes.id = change WHERE deliveries.id IN {_THESE}"
_COUNTS = f"SELECT site, kind, count(*) {_OF_THESE} GROUP BY site, kind ORDER BY site, count(*) DESC, kind"
_WEIGHTIEST = f"""
    SELECT count(*) AS pages, max(changes.id), {WITH_HUNKS}, CASE WHEN kind IN ('new', 'returned') THEN
        (SELECT substr(version_text(id), 1, 1000) FROM versions
         WHERE versions.page = changes.page AND number = version)
        END AS begins
    {_OF_THESE}
    GROUP BY site, coalesce(similar_edit, changes.id) ORDER BY significance DESC, changes.id DESC LIMIT :most
"""
"""One edit of several pages counts once; SQLite takes the columns from the row that has the max()."""
_EACH = f"SELECT {WITH_HUNKS} {_OF_THESE} ORDER BY changes.id"
_CHANGED = """
    SELECT kind, title, old_title, change_hunks(hunks), links,
        CASE WHEN kind IN ('new', 'returned', 'gone') THEN
        (SELECT title || char(10) || version_text(id) FROM versions
         WHERE versions.page = changes.page AND number = changes.version)
        END AS whole
    FROM changes WHERE id = :change
"""
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
    """The database of a workspace, for the code that sends notifications."""

    def meet(self, target: str, shown: str, at: str) -> None:
        """Add the target; what was found before is not sent to it."""
        with self.writing():
            self._run(
                "INSERT INTO targets(id, shown, since, last_change, last_issue) VALUES (:id, :shown, :at,"
                " (SELECT coalesce(max(id), 0) FROM changes), (SELECT coalesce(max(id), 0) FROM issues))"
                " ON CONFLICT(id) DO UPDATE SET shown = excluded.shown",
                {"id": target, "shown": shown, "at": at},
            )

    def has_fresh(self, target: str) -> bool:
        """Whether there are changes or issues that were not queued for this target yet."""
        return self._exists(_FRESH, {"target": target})

    def queue(self, target: str, due: Callable[[Fresh], str | None]) -> None:
        """Queue new changes and issues for the target, each at the time that `due` returns, or never.

        It decides before the database is locked for writing; what is stored meanwhile is queued the next
        time.
        """
        marks = self.db.conn.execute(_LAST).fetchone()
        fresh = [
            one
            for one in read(Fresh, self.db.conn.execute(_FRESH, {"target": target}))
            if (one.change or 0) <= marks[0] and (one.closed or (one.issue or 0) <= marks[1])
        ]
        wanted = [(one, moment) for one in fresh if (moment := due(one)) is not None]
        with self.writing():
            self.db.conn.executemany(
                "INSERT INTO deliveries(target, change, issue, closed, due_at) VALUES (?, ?, ?, ?, ?)",
                [(target, one.change, one.issue, one.closed, moment) for one, moment in wanted],
            )
            self._run("UPDATE targets SET last_change = ?, last_issue = ? WHERE id = ?", [*marks, target])

    def changed_texts(self, change: int) -> list[ChangedText]:
        """The pieces of the page that differ, before and after a change: title, blocks and links.

        A page that is new or has returned has nothing before, and one that is gone has nothing after.
        """
        kind, title, old_title, hunks, links, whole = self.db.conn.execute(
            _CHANGED, {"change": change}
        ).fetchone()
        if whole is not None:
            return [ChangedText(whole, "") if kind == "gone" else ChangedText("", whole)]
        found = [ChangedText(old_title, title or "")] if old_title is not None else []
        found += [ChangedText(*("\n".join(one[side]) for side in ("old", "new"))) for one in loads(hunks)]
        return found + [ChangedText(one["old"] or "", one["new"] or "") for one in loads(links)]

    def is_due(self, target: str, at: str, horizon: str) -> bool:
        """Whether a notification is due for the target."""
        return self._exists(_DUE, {"target": target, "at": at, "horizon": horizon})

    def rests(self, target: str, at: str, horizon: str) -> bool:
        """Whether the target has failed, and the time of the next attempt is not reached."""
        return self._exists(_RESTING, {"target": target, "at": at, "horizon": horizon})

    def claim(self, target: str, at: str, horizon: str, *, claimed_at: str, size: BatchSize) -> MessageBatch:
        """Claim what is due for the target, as much as fits into one message; it is being sent from now
        on."""
        values: Values = {"target": target, "at": at, "horizon": horizon, "now": claimed_at}
        values |= {"most": size.shown, "claimed": -1 if size.each is None else size.each}
        conn: Connection = self.db.conn
        with self.writing():
            rows = conn.execute(
                f"UPDATE deliveries SET claimed_at = :now WHERE id IN ({_DUE_FIRST}) RETURNING id", values
            )
            ids = [number for (number,) in rows]
            values["ids"] = dumps(ids)
            ((failures,),) = conn.execute("SELECT failures FROM targets WHERE id = :target", values)
            return MessageBatch(
                deliveries=ids,
                issues=read(IssueNews, conn.execute(_ISSUES, values)),
                counts=conn.execute(_COUNTS, values).fetchall(),
                changes=read(ChangeNews, conn.execute(_WEIGHTIEST, values)),
                each=[] if size.each is None else read(ChangeRow, conn.execute(_EACH, values)),
                failures=failures,
            )

    def sent(self, batch: MessageBatch, target: str, at: str) -> None:
        """Mark the message of this batch as sent."""
        values: Values = {"ids": dumps(batch.deliveries), "at": at, "target": target}
        with self.writing():
            self._run(f"UPDATE deliveries SET sent_at = :at WHERE id IN {_THESE}", values)
            changes = f"(SELECT change FROM deliveries WHERE id IN {_THESE})"
            self._run(f"UPDATE changes SET sent_at = :at WHERE sent_at IS NULL AND id IN {changes}", values)
            self._run(
                "UPDATE targets SET failures = 0, retry_at = NULL, trouble = NULL WHERE id = :target", values
            )

    def failed(self, batch: MessageBatch, target: str, trouble: str, retry_at: str) -> None:
        """Record that the message did not arrive; its notifications wait until `retry_at`."""
        values: Values = {"ids": dumps(batch.deliveries), "trouble": trouble, "at": retry_at, "id": target}
        with self.writing():
            self._run(f"UPDATE deliveries SET claimed_at = NULL WHERE id IN {_THESE}", values)
            self._run(
                "UPDATE targets SET failures = failures + 1, trouble = :trouble, retry_at = :at"
                " WHERE id = :id",
                values,
            )

    def resolve(self, *, again: bool) -> int:
        """Mark doubtful deliveries as sent, or queue them `again`; return how many there were."""
        decided = "claimed_at = NULL" if again else "sent_at = claimed_at"
        with self.writing():
            doubtful = "sent_at IS NULL AND claimed_at IS NOT NULL"
            return self.db.conn.execute(f"UPDATE deliveries SET {decided} WHERE {doubtful}").rowcount

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """While inside, everything is written as usual; afterwards all of it is rolled back."""
        with suppress(_Over), self.writing():
            yield
            raise _Over


class _Over(Exception):
    """Raised to roll back a rehearsal."""


def target_states(conn: Connection, before: str) -> list[TargetState]:
    """The state of each target; deliveries that were claimed earlier than `before` are doubtful."""
    return read(TargetState, conn.execute(_STANDINGS, {"before": before}))
