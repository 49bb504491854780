"""Copies the database as it is at one moment, while a crawl may go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from variorum.storage.database import refusals_in_words
from variorum.storage.errors import StoreError
from variorum.storage.reader import Reader

STEP = 256
"""The number of SQLite pages that are copied at a time: a megabyte."""


def copy(reader: Reader, into: Path, step: Callable[[], None]) -> None:
    """Copy the database into the empty file `into`, which nobody else may have open; calls `step` for each
    megabyte.

    Raises StoreError if the disk is full, or if the copy is damaged.
    """
    source = reader.db.conn
    # One moment for all of it: else it would begin anew whenever a crawl has written something.
    with reader.held(), refusals_in_words("the copy"), closing(sqlite3.connect(into)) as target:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        target.execute("PRAGMA journal_mode = OFF")  # what is half written is thrown away anyway
        target.execute("PRAGMA synchronous = OFF")  # whoever gave the file brings it to the disk
        try:
            source.backup(target, pages=STEP, progress=lambda *_: step())
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise StoreError(f"the database can't be read to its end: {error}. {_MEND}") from error
    _check(into)


_MEND = "Run `variorum verify` to see what is broken, and keep the backups that you have."


def _check(path: Path) -> None:
    """Raise StoreError if the copy is damaged."""
    # As a file that nobody writes to: else SQLite would put files of its own beside it.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as copied:
        try:
            [result] = copied.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            result = str(error)
    if result != "ok":
        raise StoreError(
            f"the copy is not sound, and nor is the database: {' '.join(result.split())}. {_MEND}"
        )
