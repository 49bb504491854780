"""Opens and migrates the database through sqlite-utils, which is imported only when needed.

Reading needs only the connection, and the import takes longer than most queries.
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
"""Modules that sqlite-utils imports if it finds them, only to know their types: 80 MB and half a second."""


class Database:
    """An open database: its connection, and the sqlite-utils object as `utils`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        # As sqlite-utils sets it: what REPLACE deletes runs the triggers, too.
        conn.execute("PRAGMA recursive_triggers = ON")
        conn.create_function("version_text", 1, lambda version: _version_text(conn, version))
        conn.create_function("version_links", 1, lambda version: _version_links(conn, version))
        conn.create_function("change_hunks", 1, _change_hunks, deterministic=True)

    @cached_property
    def utils(self) -> sqlite_utils.Database:
        """The database as an sqlite-utils object."""
        db: sqlite_utils.Database = library().Database(self.conn)
        return db

    def execute(self, sql: str) -> sqlite3.Cursor:
        """Run an SQL statement and return its cursor."""
        return self.conn.execute(sql)

    def close(self) -> None:
        """Close the connection to the database."""
        self.conn.close()


def _version_text(conn: sqlite3.Connection, version: int | None) -> str | None:
    from variorum.storage import texts  # noqa: PLC0415 - zstd is imported when the first text is read

    return texts.get(conn, version)


def _version_links(conn: sqlite3.Connection, version: int | None) -> str | None:
    from variorum.storage import texts  # noqa: PLC0415 - as above

    return texts.links(conn, version)


def _change_hunks(stored: str | bytes | None) -> str | None:
    if not isinstance(stored, bytes):
        return stored
    from variorum.storage import hunks  # noqa: PLC0415 - as above

    return hunks.unpack(stored)


Step = Callable[[Database], None]


class Migrations:
    """The migrations, in order. sqlite-utils applies them and records which were applied."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[str, Step] = {}

    def __call__(self) -> Callable[[Step], Step]:
        """A decorator that adds a function as the next migration, under its own name."""

        def add(step: Step) -> Step:
            assert step.__name__ not in self.steps
            self.steps[step.__name__] = step
            return step

        return add

    def applied(self, db: Database) -> set[str]:
        """The names of the applied migrations; a newer program may have added some."""
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
            return set()
        sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
        return {name for (name,) in db.conn.execute(sql, [self.name])}

    def pending(self, db: Database) -> list[str]:
        """The names of the migrations that are not applied yet."""
        applied = self.applied(db)
        return [name for name in self.steps if name not in applied]

    def apply(self, db: Database) -> None:
        """Apply the pending migrations, each in one transaction together with its record."""
        theirs = library().Migrations(self.name)
        for name, step in self.steps.items():
            theirs(name=name)(lambda _, step=step: step(db))
        theirs.apply(db.utils)


def library() -> Any:
    """The module sqlite_utils, imported when first needed."""
    with _as_if_absent(_UNUSED):
        import sqlite_utils  # noqa: PLC0415 - see above

    return sqlite_utils


@contextmanager
def _as_if_absent(names: tuple[str, ...]) -> Iterator[None]:
    """While inside, importing one of these modules fails, unless it was imported before."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
