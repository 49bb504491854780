"""An open database and its migrations, over sqlite-utils, which is imported only when it has work to do.

Reading needs nothing but the connection, and the import takes longer than most that is asked of a database.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite_utils

_UNUSED = ("numpy", "pandas")
"""sqlite-utils imports them where it finds them, only to know their types: 80 MB and half a second."""


class Database:
    """An open database: its connection, and all else that sqlite-utils does with it as `utils`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        # As sqlite-utils sets it: what REPLACE deletes runs the triggers, too.
        conn.execute("PRAGMA recursive_triggers = ON")

    @cached_property
    def utils(self) -> sqlite_utils.Database:
        """The database as sqlite-utils has it."""
        db: sqlite_utils.Database = _library().Database(self.conn)
        return db

    def execute(self, sql: str) -> sqlite3.Cursor:
        """The cursor of an SQL statement."""
        return self.conn.execute(sql)

    def close(self) -> None:
        """Close the database file."""
        self.conn.close()


Step = Callable[[Database], None]


class Migrations:
    """What has come to the tables, step by step. sqlite-utils applies the steps and notes which were."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[str, Step] = {}

    def __call__(self) -> Callable[[Step], Step]:
        """The decorator that makes a function the next step, under its own name."""

        def add(step: Step) -> Step:
            assert step.__name__ not in self.steps
            self.steps[step.__name__] = step
            return step

        return add

    def applied(self, db: Database) -> set[str]:
        """The names of the steps that the database has had; they may be those of a newer program."""
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
            return set()
        sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
        return {name for (name,) in db.conn.execute(sql, [self.name])}

    def pending(self, db: Database) -> list[str]:
        """The names of the steps that the database has not had."""
        applied = self.applied(db)
        return [name for name in self.steps if name not in applied]

    def apply(self, db: Database) -> None:
        """Apply the steps that are pending, each in a transaction with the note that it was applied."""
        theirs = _library().Migrations(self.name)
        for name, step in self.steps.items():
            theirs(name=name)(lambda _, step=step: step(db))
        theirs.apply(db.utils)


def _library() -> Any:
    with _as_if_absent(_UNUSED):
        import sqlite_utils  # noqa: PLC0415 - see above

    return sqlite_utils


@contextmanager
def _as_if_absent(names: tuple[str, ...]) -> Iterator[None]:
    """Inside, importing one of these fails, unless it was imported before."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
